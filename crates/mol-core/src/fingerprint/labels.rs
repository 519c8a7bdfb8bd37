//! R and S, E and Z, as fingerprints with chirality need them.
//!
//! The labels are those of `RDKit`'s older perception, because the bits depend on them: a refinement of ranks after
//! Labute that agrees with the rules of Cahn, Ingold and Prelog for nearly all molecules and is fast. Deliberately not
//! here: the rules in full, and marks of allenes or of more than four neighbours.
//!
//! Labute, *J. Chem. Comput. Group* (1996), as cited by `RDKit`; Cahn, Ingold and Prelog, *Angew. Chem. Int. Ed.* **5**,
//! 385 (1966).

use super::graph::Graph;
use super::ranks::Ranks;
use crate::perceive::Perception;
use crate::{AtomIndex, BondDirection, BondIndex, BondOrder, ChiralClass, Element};

/// What a marked centre is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// No centre, or one whose mark says nothing.
    None,
    /// A centre of a ring whose mark means something only beside another one's (cis and trans rings); or one of other
    /// than tetrahedral shape.
    Ring,
    /// Clockwise.
    R,
    /// Anticlockwise.
    S,
}

/// The labels of a molecule.
pub(crate) struct Labels {
    /// Shape `[atoms]`.
    pub(crate) atoms: Vec<Label>,
    /// Whether the highest ranks lie on the same side (Z), shape `[bonds]`; none for other bonds.
    pub(crate) cis: Vec<Option<bool>>,
}

impl Labels {
    pub(crate) fn new(seen: &Perception, graph: &Graph) -> Self {
        let molecule = seen.molecule();
        let mut labels = Self { atoms: vec![Label::None; graph.atom_count()], cis: vec![None; graph.bonds.len()] };
        let marked = molecule.atoms().any(|(_, atom)| atom.chirality.is_some())
            || molecule.bonds().any(|(_, bond)| bond.direction.is_some());
        if !marked {
            return labels;
        }
        let mut ranks = Ranks::new(seen, graph);
        loop {
            let (changed, left) = labels.assign(seen, graph, &ranks.of_atom);
            if !changed || !left {
                break;
            }
            ranks.refine_by(&labels);
        }
        labels.mark_rings(seen, graph, &ranks.of_atom);
        labels
    }

    /// Labels what the ranks decide; gives whether anything was, and whether possible centres are left.
    fn assign(&mut self, seen: &Perception, graph: &Graph, ranks: &[u32]) -> (bool, bool) {
        let molecule = seen.molecule();
        let (mut changed, mut left) = (false, false);
        for (index, atom) in molecule.atoms() {
            let Some(chirality) = atom.chirality.filter(|chirality| chirality.class() == ChiralClass::Tetrahedral)
            else {
                continue;
            };
            let here = index.index();
            if self.atoms[here] != Label::None || !can_be_centre(seen, graph, index) {
                continue;
            }
            // As chirality counts them: a hydrogen that is not drawn first, then the neighbours. A lone pair is left
            // out of both the list and the ranks, as in the model of these labels: the rules proper would rank it last
            // and call such a centre by the other letter.
            let hydrogens = seen.implicit_hydrogens(index);
            let mut around: Vec<i64> = vec![-1; hydrogens];
            around.extend(molecule.neighbors(index).map(|other| i64::from(ranks[other.index()])));
            let mut sorted = around.clone();
            sorted.sort_unstable();
            if sorted.windows(2).any(|two| two[0] == two[1]) {
                left = true;
                continue;
            }
            let inversions: usize =
                (0..around.len()).map(|i| around[i + 1..].iter().filter(|&&rank| rank < around[i]).count()).sum();
            // In ascending order, seen from the lowest: anticlockwise there is clockwise from the other side.
            let anticlockwise = (chirality.number() == 1) ^ (inversions % 2 == 1);
            self.atoms[here] = if anticlockwise { Label::S } else { Label::R };
            changed = true;
        }
        for (index, bond) in molecule.bonds() {
            if self.cis[index.index()].is_some()
                || bond.order != BondOrder::Double
                || !can_be_marked(seen, graph, index)
            {
                continue;
            }
            let sides = [bond.begin, bond.end].map(|atom| side(seen, atom, index, ranks));
            if let [Some(first), Some(second)] = sides {
                self.cis[index.index()] = Some(first == second);
                changed = true;
            } else {
                left = true;
            }
        }
        (changed, left)
    }

    /// Marks that stay without label but mean something together with another one of the same rings.
    fn mark_rings(&mut self, seen: &Perception, graph: &Graph, ranks: &[u32]) {
        let molecule = seen.molecule();
        let mut candidates = Vec::new();
        for (index, atom) in molecule.atoms() {
            let Some(chirality) = atom.chirality else { continue };
            if matches!(
                chirality.class(),
                ChiralClass::SquarePlanar | ChiralClass::TrigonalBipyramidal | ChiralClass::Octahedral
            ) {
                self.atoms[index.index()] = Label::Ring;
            } else if chirality.class() == ChiralClass::Tetrahedral
                && self.atoms[index.index()] == Label::None
                && is_ring_candidate(seen, graph, index, ranks)
            {
                candidates.push(index);
            }
        }
        if candidates.len() < 2 {
            return;
        }
        let systems = ring_systems(seen, graph);
        for &index in &candidates {
            let system = systems[index.index()];
            if candidates.iter().any(|&other| other != index && systems[other.index()] == system) {
                self.atoms[index.index()] = Label::Ring;
            }
        }
    }
}

/// For each atom the least number of the atoms that ring bonds join it with.
fn ring_systems(seen: &Perception, graph: &Graph) -> Vec<usize> {
    let mut system = vec![usize::MAX; graph.atom_count()];
    let mut stack = Vec::new();
    for start in 0..graph.atom_count() {
        if system[start] != usize::MAX {
            continue;
        }
        system[start] = start;
        stack.push(start);
        while let Some(atom) = stack.pop() {
            for &(other, bond) in graph.around(atom) {
                if seen.is_ring_bond(BondIndex::new(bond as usize)) && system[other as usize] == usize::MAX {
                    system[other as usize] = start;
                    stack.push(other as usize);
                }
            }
        }
    }
    system
}

/// Whether an atom can be a tetrahedral centre by its number of neighbours and its element.
fn can_be_centre(seen: &Perception, graph: &Graph, index: AtomIndex) -> bool {
    let degree = graph.degree(index.index());
    let hydrogens = seen.hydrogens(index);
    let total = degree + seen.implicit_hydrogens(index);
    let number = seen.molecule().atom(index).element.map_or(0, Element::number);
    if !(3..=4).contains(&total) || degree < 3 && number != 15 && number != 33 {
        return false;
    }
    if degree != 3 {
        return true;
    }
    if hydrogens == 1 {
        return graph.drawn_hydrogens(seen, index.index()) == 0;
    }
    match number {
        7 => is_stiff_nitrogen(seen, graph, index),
        15 | 33 => true,
        16 | 34 => {
            let valence = seen.valence(index);
            valence == 4 || valence == 3 && seen.molecule().atom(index).charge == 1
        }
        _ => false,
    }
}

/// Whether a nitrogen with three neighbours cannot invert: in a ring of three, or where three rings of two meet.
fn is_stiff_nitrogen(seen: &Perception, graph: &Graph, index: AtomIndex) -> bool {
    let rings = seen.rings();
    if rings.of_atom(index).iter().any(|&ring| rings.atoms(ring).len() == 3) {
        return true;
    }
    let on_rings =
        graph.around(index.index()).iter().all(|&(_, bond)| seen.is_ring_bond(BondIndex::new(bond as usize)));
    // A bridgehead: two rings through it share two bonds or more.
    on_rings
        && rings.of_atom(index).iter().enumerate().any(|(k, &one)| {
            rings.of_atom(index)[k + 1..].iter().any(|&two| {
                let shared = rings.bonds(one).iter().filter(|bond| rings.bonds(two).contains(bond)).count();
                shared > 1 && {
                    let here = graph.around(index.index()).iter().filter(|&&(_, bond)| {
                        let bond = BondIndex::new(bond as usize);
                        rings.bonds(one).contains(&bond) && rings.bonds(two).contains(&bond)
                    });
                    here.count() == 1
                }
            })
        })
}

/// Whether a mark on an atom of a ring can say cis or trans.
fn is_ring_candidate(seen: &Perception, graph: &Graph, index: AtomIndex, ranks: &[u32]) -> bool {
    if !seen.in_ring(index) {
        return false;
    }
    let number = seen.molecule().atom(index).element.map_or(0, Element::number);
    if number == 7 && seen.total_degree(index) == 3 && !is_stiff_nitrogen(seen, graph, index) {
        return false;
    }
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for &(other, bond) in graph.around(index.index()) {
        let on_ring = seen.is_ring_bond(BondIndex::new(bond as usize));
        if on_ring { &mut inside } else { &mut outside }.push(ranks[other as usize]);
    }
    let members = inside.len();
    inside.sort_unstable();
    inside.dedup();
    match outside[..] {
        [first, second] => first != second,
        [_] => members >= 2,
        [] => members == 4 && inside.len() == 3 || members == 3 && inside.len() == 2,
        _ => false,
    }
}

/// Whether a double bond can be cis or trans by the degrees of its ends and the rings it is on.
fn can_be_marked(seen: &Perception, graph: &Graph, index: BondIndex) -> bool {
    let rings = seen.rings();
    let bond = seen.molecule().bond(index);
    let fits = |atom: AtomIndex| (2..=3).contains(&graph.degree(atom.index()));
    !seen.is_aromatic_bond(index)
        && fits(bond.begin)
        && fits(bond.end)
        && rings.of_bond(index).iter().all(|&ring| rings.atoms(ring).len() >= 8)
}

/// On which side the neighbour of the highest rank lies at one end of a double bond, as far as marks say so.
fn side(seen: &Perception, atom: AtomIndex, double: BondIndex, ranks: &[u32]) -> Option<BondDirection> {
    let molecule = seen.molecule();
    let mut around = Vec::with_capacity(2);
    for &bond in molecule.bonds_of(atom).iter().filter(|&&bond| bond != double) {
        let data = molecule.bond(bond);
        around.push((ranks[data.other(atom).index()], data.direction_from(atom)));
    }
    match around[..] {
        [(_, direction)] => direction,
        [(a, first), (b, second)] if a != b => {
            // One mark says where the other neighbour is; two that agree contradict each other.
            if first.is_some() && first == second {
                return None;
            }
            let first = first.or(second.map(BondDirection::reversed));
            if a > b { first } else { first.map(BondDirection::reversed) }
        }
        _ => None,
    }
}
