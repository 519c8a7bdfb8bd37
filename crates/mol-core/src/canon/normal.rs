//! The canonical text of a molecule: components labelled one by one, marks that mean something chosen anew, written.

use super::budget::Budget;
use super::directions::{Failure, MOST_LOOKS, directions};
use super::graph::{ABSENT, Graph, HYDROGEN, LONE_PAIR, Scope, components};
use super::idle::{is_stated_idle, settle};
use super::search::label;
use super::site::{Kind, Site};
use crate::perceive::Perception;
use crate::smiles::sheet::{Line, Row, Sheet, Stroke, is_implied};
use crate::smiles::write::{Explicit, write};
use crate::{Atom, AtomIndex, BondOrder, ChiralClass, Chirality, Element};
use smallvec::SmallVec;

/// A canonical text with the atoms in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Normal {
    pub(crate) text: String,
    /// The atoms of the text; `None` for a hydrogen that is written for a direction mark and only counted in the molecule.
    pub(crate) atoms: Vec<Option<AtomIndex>>,
}

/// Writes the canonical form; a root stands first.
pub(crate) fn normal(
    perception: &Perception,
    scope: Scope,
    root: Option<AtomIndex>,
    explicit: Explicit,
    budget: &mut Budget,
) -> Normal {
    let (graphs, folded) = components(perception, scope);
    let molecule = perception.molecule();
    // A folded hydrogen cannot stand first; the atom it is folded into can.
    let root =
        root.map(|atom| if folded[atom.index()] { molecule.neighbors(atom).next().unwrap_or(atom) } else { atom });
    let mut parts: Vec<(bool, Normal)> = graphs
        .into_iter()
        .map(|graph| {
            let place = root.and_then(|root| graph.atoms.binary_search(&root).ok());
            let part = Component { perception, scope, explicit, folded: &folded };
            (place.is_none(), part.write(graph, place, budget))
        })
        .collect();
    if parts.len() > 1 {
        parts.sort_by(|a, b| (a.0, &a.1.text).cmp(&(b.0, &b.1.text)));
    }
    let mut parts = parts.into_iter().map(|(_, part)| part);
    let mut whole = parts.next().unwrap_or_default();
    for part in parts {
        whole.text.push('.');
        whole.text.push_str(&part.text);
        whole.atoms.extend(part.atoms);
    }
    whole
}

/// What the writing of a component looks at beside its graph.
struct Component<'a> {
    perception: &'a Perception,
    scope: Scope,
    explicit: Explicit,
    folded: &'a [bool],
}

impl Component<'_> {
    fn write(&self, mut graph: Graph, root: Option<usize>, budget: &mut Budget) -> Normal {
        let mut looks = MOST_LOOKS;
        loop {
            let mut partition = settle(&mut graph, budget);
            if let Some(root) = root {
                partition.individualize(root as u32);
                partition.refine(&graph, &graph.sites);
            }
            // Marked sites first, which are all that a numbering looks at.
            graph.sites.sort_by_key(|site| site.number == 0);
            let marked = graph.sites.partition_point(|site| site.number > 0);
            let labelling = label(&graph, partition, &graph.sites[..marked], budget);
            let mut rank: SmallVec<[u32; 64]> = SmallVec::from_elem(0, graph.len());
            for (place, &vertex) in (0..).zip(&labelling.order) {
                rank[vertex as usize] = place;
            }
            let marks = match directions(&graph, &rank, &mut looks, |site| is_stated_idle(&graph, site, budget)) {
                Ok(directions) => directions.marks,
                Err(Failure::Inexpressible(site)) if looks > graph.len() => {
                    looks -= graph.len();
                    graph.sites[site].number = 0;
                    continue;
                }
                Err(_) => {
                    budget.give_up();
                    graph.sites.iter_mut().filter(|site| site.kind == Kind::Bond).for_each(|site| site.number = 0);
                    continue;
                }
            };
            let mut sheet = sheet(self.perception, &graph, self.scope);
            let mut written: SmallVec<[Option<AtomIndex>; 2]> = SmallVec::new();
            for mark in marks {
                if mark.ligand == HYDROGEN {
                    written.push(self.hydrogen_of(graph.atoms[mark.end as usize]));
                }
                let line = mark_line(&mut sheet, &mut rank, mark.end, mark.ligand);
                let line = &mut sheet.lines[line];
                let seen = if line.begin == mark.end { mark.direction } else { mark.direction.reversed() };
                (line.direction, line.group) = (Some(seen), mark.group);
            }
            if let Some(root) = root {
                // Only the walk starts at the root; the order of neighbours is that of the labelling.
                for place in &mut rank {
                    *place += 1;
                }
                rank[root] = 0;
            }
            let (text, order) = write(&sheet, &rank, self.explicit);
            let mut atoms = Vec::with_capacity(self.perception.molecule().atom_count());
            atoms.extend(order.iter().map(|&vertex| match graph.atoms.get(vertex as usize) {
                Some(&atom) => Some(atom),
                None => written[vertex as usize - graph.len()],
            }));
            return Normal { text, atoms };
        }
    }

    /// The hydrogen drawn at an atom that was folded into its count.
    fn hydrogen_of(&self, atom: AtomIndex) -> Option<AtomIndex> {
        self.perception.molecule().neighbors(atom).find(|other| self.folded[other.index()])
    }
}

/// The line between a vertex and a ligand; a hydrogen that is only counted becomes an atom.
fn mark_line(sheet: &mut Sheet, rank: &mut SmallVec<[u32; 64]>, end: u32, ligand: u32) -> usize {
    if ligand != HYDROGEN {
        let found = sheet.strokes(end).iter().find(|stroke| stroke.to == ligand);
        return found.expect("a ligand is a neighbour").line as usize;
    }
    let (new, line) = (sheet.rows.len() as u32, sheet.lines.len() as u32);
    sheet.rows[end as usize].hydrogens -= 1;
    let atom = Atom { hydrogens: Some(0), ..Atom::new(Element::H) };
    sheet.rows.push(Row { atom, hydrogens: 0, bare: false });
    sheet.lines.push(Line { begin: end, order: BondOrder::Single, direction: None, group: 0, implied: true });
    let at = sheet.starts[end as usize + 1];
    sheet.strokes.insert(at as usize, Stroke { to: new, line });
    for start in &mut sheet.starts[end as usize + 1..] {
        *start += 1;
    }
    sheet.strokes.push(Stroke { to: end, line });
    sheet.starts.push(sheet.strokes.len() as u32);
    rank.push(new);
    sheet.rows[end as usize].bare = sheet.can_be_bare(end);
    line as usize
}

/// A component as it is written: hydrogens folded, aromatic bonds as perceived, only marks that mean something.
fn sheet(perception: &Perception, graph: &Graph, scope: Scope) -> Sheet {
    let (molecule, count) = (perception.molecule(), graph.len());
    let mut sheet = Sheet::default();
    let strokes = (0..count as u32).map(|vertex| graph.degree(vertex)).sum::<usize>();
    sheet.rows.reserve(count);
    sheet.starts.reserve(count + 1);
    sheet.strokes.reserve(strokes);
    sheet.lines.reserve(strokes / 2);
    sheet.starts.push(0);
    for vertex in 0..count as u32 {
        let index = graph.atoms[vertex as usize];
        let mut atom = *molecule.atom(index);
        atom.aromatic = perception.is_aromatic(index);
        atom.chirality = None;
        if !scope.maps {
            atom.map_number = 0;
        }
        if !scope.isotopes {
            atom.isotope = None;
        }
        sheet.rows.push(Row { atom, hydrogens: graph.hydrogens[vertex as usize], bare: false });
        for arc in graph.arcs(vertex) {
            let line = if arc.to > vertex {
                let order = perception.written_order(arc.bond);
                let other = graph.atoms[arc.to as usize];
                let other = Atom { aromatic: perception.is_aromatic(other), ..*molecule.atom(other) };
                let implied = is_implied(order, [&atom, &other], || perception.is_ring_bond(arc.bond));
                sheet.lines.push(Line { begin: vertex, order, direction: None, group: 0, implied });
                sheet.lines.len() as u32 - 1
            } else {
                // The neighbour came first; its stroke to here has the line.
                let there = sheet.strokes(arc.to).iter().find(|stroke| stroke.to == vertex);
                there.expect("bonds have two ends").line
            };
            sheet.strokes.push(Stroke { to: arc.to, line });
        }
        sheet.starts.push(sheet.strokes.len() as u32);
    }
    for site in graph.sites.iter().filter(|site| site.number > 0) {
        if let Some(chirality) = chirality(graph, site) {
            let vertex = site.ends[0] as usize;
            sheet.rows[vertex].atom.chirality = Some(chirality);
        }
    }
    for vertex in 0..count as u32 {
        sheet.rows[vertex as usize].bare = sheet.can_be_bare(vertex);
    }
    sheet
}

/// The chirality of a site for the order of the sheet: counted hydrogens, then neighbours, then lone pairs.
fn chirality(graph: &Graph, site: &Site) -> Option<Chirality> {
    let class = match site.kind {
        Kind::Bond => return None,
        Kind::Allene => {
            // Of two ligands at one end a hydrogen stands first.
            let late = |end: usize| site.ligands[2 * end + 1] == HYDROGEN && site.ligands[2 * end] < ABSENT;
            let number = if late(0) ^ late(1) { 3 - site.number } else { site.number };
            return Chirality::new(ChiralClass::Allenal, number).ok();
        }
        Kind::Tetrahedral => ChiralClass::Tetrahedral,
        Kind::Polyhedron(class) => class,
    };
    let position = |wanted: u32| move |(k, ligand): (usize, &u32)| (*ligand == wanted).then_some(k);
    let all = |wanted: u32| site.ligands.iter().enumerate().filter_map(position(wanted));
    let mut order: SmallVec<[usize; 8]> = all(HYDROGEN).collect();
    order.extend(graph.arcs(site.ends[0]).iter().flat_map(|arc| all(arc.to)));
    order.extend(all(LONE_PAIR));
    Some(Chirality::new(class, site.number).ok()?.reordered(&order))
}
