//! Stereo sites: what could carry a stereo mark, with the mark if there is one.
//!
//! A mark is a number that refers to the order of a list of ligands. [`Site::value`] says it for the order that any keys
//! of the ligands give, which is how marks are compared between numberings, and how refinement sees them.

use super::graph::{ABSENT, Graph, HYDROGEN, LONE_PAIR, Scope, Stereo};
use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Chirality, Element, Molecule};
use smallvec::SmallVec;

/// Smallest ring that can hold a trans double bond.
const TRANS_RING: usize = 8;

/// What kind of stereo a site has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Four ligands around a vertex: 1 is anticlockwise, 2 clockwise.
    Tetrahedral,
    /// Two at each end of a double bond, or of an odd number of them in a row: 1 is cis, 2 trans (of the first at each end).
    Bond,
    /// Two at each end of an even number of double bonds in a row: as tetrahedral.
    Allene,
    /// A square, bipyramid or octahedron.
    Polyhedron(ChiralClass),
}

/// A stereo site.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) kind: Kind,
    /// The centre twice, or the two ends of a double bond.
    pub(crate) ends: [u32; 2],
    /// The atom in the middle, for all but double bonds.
    pub(crate) atom: AtomIndex,
    /// The bond in the middle, for double bonds.
    pub(crate) bond: Option<BondIndex>,
    /// Vertices, [`HYDROGEN`] or [`LONE_PAIR`]; two per end for double bonds and allenes.
    pub(crate) ligands: SmallVec<[u32; 6]>,
    /// The mark, 0 for none.
    pub(crate) number: u8,
    /// Whether the centre is a metal, whose shape four ligands do not tell.
    pub(crate) metal: bool,
}

impl Site {
    /// The mark in the order of the ligands by `key`; 0 if two keys that matter are equal or there is no mark.
    #[inline]
    pub(crate) fn value(&self, key: impl Fn(u32) -> u32) -> u8 {
        if self.number == 0 {
            return 0;
        }
        let keys: SmallVec<[u32; 6]> =
            self.ligands.iter().map(|&ligand| if ligand < ABSENT { key(ligand) } else { ligand }).collect();
        match self.kind {
            Kind::Bond | Kind::Allene => {
                if keys[0] == keys[1] || keys[2] == keys[3] {
                    return 0;
                }
                let exchanged = (keys[0] > keys[1]) != (keys[2] > keys[3]);
                if exchanged { 3 - self.number } else { self.number }
            }
            Kind::Tetrahedral => {
                let mut odd = false;
                for i in 0..keys.len() {
                    for j in i + 1..keys.len() {
                        if keys[i] == keys[j] {
                            return 0;
                        }
                        odd ^= keys[i] > keys[j];
                    }
                }
                if odd { 3 - self.number } else { self.number }
            }
            Kind::Polyhedron(class) => {
                let mut order: SmallVec<[usize; 6]> = (0..keys.len()).collect();
                order.sort_by_key(|&k| keys[k]);
                let tied = order.windows(2).any(|pair| keys[pair[0]] == keys[pair[1]] && keys[pair[0]] < ABSENT);
                if tied {
                    return 0;
                }
                let hydrogens = keys.iter().filter(|&&key| key == HYDROGEN).count();
                let first = keys.iter().filter(|&&key| key < ABSENT).count();
                least_number(class, self.number, &order, first, hydrogens)
            }
        }
    }

    /// Whether two ligands that must differ have the same key.
    pub(crate) fn is_tied(&self, key: impl Fn(u32) -> u32) -> bool {
        !self.ties(key).is_empty()
    }

    /// The pairs of ligands that must differ and have the same key.
    pub(crate) fn ties(&self, key: impl Fn(u32) -> u32) -> SmallVec<[(u32, u32); 6]> {
        let key = |ligand: u32| if ligand < ABSENT { key(ligand) } else { ligand };
        let pairs: &[(usize, usize)] = match self.kind {
            Kind::Polyhedron(_) => &[],
            Kind::Bond | Kind::Allene => &[(0, 1), (2, 3)],
            Kind::Tetrahedral => &[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)],
        };
        let pairs = pairs.iter().map(|&(a, b)| (self.ligands[a], self.ligands[b]));
        pairs.filter(|&(a, b)| key(a) == key(b)).collect()
    }

    /// Whether one end of a row of double bonds has no ligand that is a vertex.
    fn is_bare(&self) -> bool {
        self.ligands.chunks(2).any(|end| end.iter().all(|&ligand| ligand >= ABSENT))
    }

    pub(crate) const fn is_polyhedron(&self) -> bool {
        matches!(self.kind, Kind::Polyhedron(_))
    }
}

/// The least number of an arrangement over all orders of its `count` counted hydrogens, which stand at `first` of the list.
pub(crate) fn least_number(class: ChiralClass, number: u8, order: &[usize], first: usize, count: usize) -> u8 {
    let chirality = Chirality::new(class, number).expect("marks are read from a chirality");
    let mut order: SmallVec<[usize; 6]> = order.into();
    let mut best = chirality.reordered(&order).number();
    // Heap's way through the permutations; at most six ligands.
    let mut counters = [0_usize; 8];
    let mut k = 1;
    while k < count.min(6) {
        if counters[k] < k {
            let other = if k % 2 == 0 { 0 } else { counters[k] };
            order.swap(first + other, first + k);
            best = best.min(chirality.reordered(&order).number());
            counters[k] += 1;
            k = 1;
        } else {
            counters[k] = 0;
            k += 1;
        }
    }
    best
}

/// All atoms and bonds that could be stereogenic as far as their own neighbours tell, and all marked polyhedra; only marked
/// atoms if no others are wanted; `bare` as in [`Scope`].
pub(crate) fn find_sites(perception: &Perception, graph: &Graph, place: &[u32], scope: Scope) -> Vec<Site> {
    let molecule = perception.molecule();
    let is_wanted = |stated: bool| stated || scope.stereo == Stereo::Possible;
    let mut sites = Vec::new();
    for k in 0..graph.len() as u32 {
        let atom = graph.atoms[k as usize];
        let chirality = molecule.atom(atom).chirality;
        match chirality.map(Chirality::class) {
            Some(class @ (ChiralClass::SquarePlanar | ChiralClass::TrigonalBipyramidal | ChiralClass::Octahedral)) => {
                sites.extend(polyhedron(molecule, atom, k, class, place));
            }
            class
                if is_wanted(class == Some(ChiralClass::Tetrahedral))
                    && graph.degree(k) + usize::from(graph.hydrogens[k as usize]) >= 3
                    && can_be_tetrahedral(perception, graph, k) =>
            {
                sites.push(tetrahedral(molecule, atom, k, place));
            }
            _ => {}
        }
        for arc in graph.arcs(k) {
            if arc.order == BondOrder::Double as u8 {
                // A hydrogen alone at one end is looked at only if its side is stated.
                let row = cumulene(perception, graph, k, arc.to, arc.bond, place)
                    .filter(|site| is_wanted(site.kind == Kind::Bond || site.number > 0))
                    .filter(|site| scope.bare || site.number > 0 || !site.is_bare());
                sites.extend(row);
            }
        }
    }
    sites
}

/// Whether the own neighbours of an atom allow it to be a tetrahedral centre, by the rules of `RDKit` and `InChI`.
fn can_be_tetrahedral(perception: &Perception, graph: &Graph, vertex: u32) -> bool {
    let atom = graph.atoms[vertex as usize];
    let data = perception.molecule().atom(atom);
    let (degree, hydrogens) = (graph.degree(vertex), graph.hydrogens[vertex as usize]);
    if degree + usize::from(hydrogens) > 4 || hydrogens > 1 {
        return false;
    }
    match (degree, hydrogens, data.element) {
        (4, ..) | (3, 1, _) | (3, 0, Some(Element::P | Element::AS)) => true,
        (2, 1, Some(Element::P | Element::AS)) => graph.arcs(vertex).iter().all(|arc| arc.order == 0),
        (3, 0, Some(Element::S | Element::SE)) => match perception.valence(atom) {
            4 => true,
            3 => data.charge == 1,
            _ => false,
        },
        (3, 0, Some(Element::N)) => {
            // Not a basis, in which the choice among rings of one size depends on the numbering.
            let rings = perception.symmetrized_rings();
            let in_three = || rings.of_atom(atom).iter().any(|&ring| rings.atoms(ring).len() == 3);
            perception.hybridization(atom) == Hybridization::Sp3 && (in_three() || is_bridgehead(perception, atom))
        }
        _ => false,
    }
}

/// Whether an atom has three ring bonds and each of its rings shares two bonds or more with another of them.
fn is_bridgehead(perception: &Perception, atom: AtomIndex) -> bool {
    let rings = perception.symmetrized_rings();
    let on_ring = |bond: &&BondIndex| perception.is_ring_bond(**bond);
    if perception.molecule().bonds_of(atom).iter().filter(on_ring).count() < 3 {
        return false;
    }
    let own = rings.of_atom(atom);
    own.iter().all(|&ring| {
        own.iter().any(|&other| {
            let shared = rings.bonds(ring).iter().filter(|bond| rings.bonds(other).contains(bond)).count();
            other != ring && shared >= 2
        })
    })
}

/// The ligands of an atom in the order that its chirality refers to.
fn ligands(molecule: &Molecule, atom: AtomIndex, place: &[u32]) -> SmallVec<[u32; 6]> {
    let vertex = |other: AtomIndex| match place[other.index()] {
        ABSENT => HYDROGEN,
        vertex => vertex,
    };
    let counted = (0..molecule.hydrogens(atom)).map(|_| HYDROGEN);
    counted.chain(molecule.neighbors(atom).map(vertex)).collect()
}

fn tetrahedral(molecule: &Molecule, atom: AtomIndex, vertex: u32, place: &[u32]) -> Site {
    let mut ligands = ligands(molecule, atom, place);
    if ligands.len() == 3 {
        ligands.push(LONE_PAIR);
    }
    let chirality = molecule.atom(atom).chirality.filter(|chirality| chirality.class() == ChiralClass::Tetrahedral);
    let number = chirality.map_or(0, Chirality::number);
    let metal = molecule.atom(atom).element.is_some_and(is_metal);
    Site { kind: Kind::Tetrahedral, ends: [vertex; 2], atom, bond: None, ligands, number, metal }
}

/// Whether an element is of groups 1 to 12, a lanthanide or actinide, or a heavier metal of groups 13 to 16.
const fn is_metal(element: Element) -> bool {
    matches!(element.number(), 3 | 4 | 11..=13 | 19..=31 | 37..=50 | 55..=84 | 87..=118)
}

fn polyhedron(molecule: &Molecule, atom: AtomIndex, vertex: u32, class: ChiralClass, place: &[u32]) -> Option<Site> {
    let mut ligands = ligands(molecule, atom, place);
    let complete = match class {
        ChiralClass::TrigonalBipyramidal => 5,
        ChiralClass::Octahedral => 6,
        _ => 4,
    };
    if ligands.len() > complete {
        return None;
    }
    ligands.resize(complete, LONE_PAIR);
    let number = molecule.atom(atom).chirality.map_or(0, Chirality::number);
    Some(Site { kind: Kind::Polyhedron(class), ends: [vertex; 2], atom, bond: None, ligands, number, metal: true })
}

/// The site of a row of double bonds that begins at `start` with the bond to `next`, if it begins there, has two sides at
/// both ends, and `start` is the end of lower number.
fn cumulene(
    perception: &Perception,
    graph: &Graph,
    start: u32,
    next: u32,
    first: BondIndex,
    place: &[u32],
) -> Option<Site> {
    let double = BondOrder::Double as u8;
    let is_inner = |vertex: u32| {
        graph.degree(vertex) == 2
            && graph.hydrogens[vertex as usize] == 0
            && graph.arcs(vertex).iter().all(|arc| arc.order == double)
    };
    if is_inner(start) {
        return None;
    }
    let (mut before, mut here) = (start, next);
    let mut row: SmallVec<[(u32, BondIndex); 4]> = SmallVec::from_slice(&[(next, first)]);
    while is_inner(here) {
        let onward = graph.arcs(here).iter().find(|arc| arc.to != before)?;
        (before, here) = (here, onward.to);
        row.push((onward.to, onward.bond));
    }
    if here <= start {
        return None;
    }
    let rings = perception.rings();
    let middle = row[(row.len() - 1) / 2];
    let last = row[row.len() - 1].1;
    // A row in a ring takes as much of it as one double bond and its inner atoms, which are in no other ring.
    if row.len() % 2 == 1 && rings.smallest_at_bond(first).is_some_and(|size| size < TRANS_RING + row.len() - 1) {
        return None;
    }
    let mut ligands = side(perception.molecule(), graph, start, first, place)?;
    ligands.extend(side(perception.molecule(), graph, here, last, place)?);
    let (kind, atom, bond, number) = if row.len() % 2 == 1 {
        let number = stated_bond(perception.molecule(), graph, [(start, first), (here, last)], &ligands, place);
        (Kind::Bond, graph.atoms[start as usize], Some(middle.1), number)
    } else {
        let atom = graph.atoms[middle.0 as usize];
        let chirality = perception.molecule().atom(atom).chirality;
        let number =
            chirality.filter(|chirality| chirality.class() == ChiralClass::Allenal).map_or(0, Chirality::number);
        (Kind::Allene, atom, None, number)
    };
    let ends = if kind == Kind::Bond { [start, here] } else { [place[atom.index()]; 2] };
    Some(Site { kind, ends, atom, bond, ligands, number, metal: false })
}

/// The two ligands of an end of a row of double bonds beside `inner`, counted hydrogens first, a lone pair last; `None` if it
/// has none or more, or two hydrogens.
fn side(
    molecule: &Molecule,
    graph: &Graph,
    vertex: u32,
    inner: BondIndex,
    place: &[u32],
) -> Option<SmallVec<[u32; 6]>> {
    let atom = graph.atoms[vertex as usize];
    let hydrogens = usize::from(graph.hydrogens[vertex as usize]);
    if hydrogens > 1 || !(2..=3).contains(&(graph.degree(vertex) + hydrogens)) {
        return None;
    }
    let mut ligands: SmallVec<[u32; 6]> = SmallVec::new();
    ligands.extend((0..molecule.hydrogens(atom)).map(|_| HYDROGEN));
    for &bond in molecule.bonds_of(atom).iter().filter(|&&bond| bond != inner) {
        let other = molecule.bond(bond).other(atom);
        ligands.push(if place[other.index()] == ABSENT { HYDROGEN } else { place[other.index()] });
    }
    ligands.resize(2, LONE_PAIR);
    Some(ligands)
}

/// What direction marks, or two `@` at its ends, say about a double bond; 0 for nothing.
fn stated_bond(molecule: &Molecule, graph: &Graph, ends: [(u32, BondIndex); 2], ligands: &[u32], place: &[u32]) -> u8 {
    let above = |k: usize| {
        let (vertex, inner) = ends[k];
        let atom = graph.atoms[vertex as usize];
        let mut side = None;
        for &index in molecule.bonds_of(atom).iter().filter(|&&bond| bond != inner) {
            let bond = molecule.bond(index);
            let Some(direction) = bond.direction_from(atom) else { continue };
            let other = place[bond.other(atom).index()];
            let other = if other == ABSENT { HYDROGEN } else { other };
            let up = (direction == crate::BondDirection::Up) == (ligands[2 * k] == other);
            if side.is_some_and(|side| side != up) {
                return None;
            }
            side = Some(up);
        }
        side
    };
    if let (Some(left), Some(right)) = (above(0), above(1)) {
        return if left == right { 1 } else { 2 };
    }
    // As seen from one face of the plane: going around from the double bond, the first ligand comes first on the left
    // (anticlockwise) or right.
    let around = |k: usize| {
        let (vertex, inner) = ends[k];
        let atom = graph.atoms[vertex as usize];
        let chirality = molecule.atom(atom).chirality?;
        let hydrogens = usize::from(molecule.hydrogens(atom));
        let bonds = molecule.bonds_of(atom);
        let place_of_inner = hydrogens + bonds.iter().position(|&bond| bond == inner)?;
        if chirality.class() != ChiralClass::Tetrahedral || bonds.len() + hydrogens != 3 {
            return None;
        }
        // The list without the double bond is the list of ligands; moving the double bond to the front is a rotation of
        // three if it stood in the second place after one exchange.
        Some((chirality.number() == 1) ^ (place_of_inner == 1))
    };
    match (around(0), around(1)) {
        (Some(left), Some(right)) => {
            if left == right {
                2
            } else {
                1
            }
        }
        _ => 0,
    }
}
