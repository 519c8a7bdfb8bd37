//! R and S, E and Z, as fingerprints with chirality need them.
//!
//! The labels are those of `RDKit`'s older perception, because the bits depend on them: a refinement of ranks after
//! Labute that agrees with the rules of Cahn, Ingold and Prelog for nearly all molecules and is fast. Deliberately not
//! here: the rules in full, and marks of allenes or of more than four neighbours.
//!
//! Labute, *J. Chem. Comput. Group* (1996), as cited by `RDKit`; Cahn, Ingold and Prelog, *Angew. Chem. Int. Ed.* **5**,
//! 385 (1966).

use super::graph::Graph;
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
        let molecule = seen.kekule();
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
            ranks.refine_by(&labels, graph);
        }
        labels.mark_rings(seen, graph, &ranks.of_atom);
        labels
    }

    /// Labels what the ranks decide; gives whether anything was, and whether possible centres are left.
    fn assign(&mut self, seen: &Perception, graph: &Graph, ranks: &[u32]) -> (bool, bool) {
        let molecule = seen.kekule();
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
        let molecule = seen.kekule();
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
    let number = seen.kekule().atom(index).element.map_or(0, Element::number);
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
            valence == 4 || valence == 3 && seen.kekule().atom(index).charge == 1
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
    let number = seen.kekule().atom(index).element.map_or(0, Element::number);
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
    let bond = seen.kekule().bond(index);
    let fits = |atom: AtomIndex| (2..=3).contains(&graph.degree(atom.index()));
    !seen.is_aromatic_bond(index)
        && fits(bond.begin)
        && fits(bond.end)
        && rings.of_bond(index).iter().all(|&ring| rings.atoms(ring).len() >= 8)
}

/// On which side the neighbour of the highest rank lies at one end of a double bond, as far as marks say so.
fn side(seen: &Perception, atom: AtomIndex, double: BondIndex, ranks: &[u32]) -> Option<BondDirection> {
    let molecule = seen.kekule();
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

/// Priorities of the atoms, refined by those of their neighbours.
struct Ranks<'a> {
    seen: &'a Perception,
    graph: &'a Graph,
    of_atom: Vec<u32>,
}

impl<'a> Ranks<'a> {
    fn new(seen: &'a Perception, graph: &'a Graph) -> Self {
        let first: Vec<u64> = seen
            .kekule()
            .atoms()
            .map(|(_, atom)| {
                let number = atom.element.map_or(0, Element::number);
                let mass = match atom.isotope {
                    None | Some(0) => 512,
                    Some(nucleons) => {
                        let deviation = i64::from(nucleons) - i64::from(atom.element.map_or(0, usual_nucleons));
                        (deviation + i64::from(deviation >= 0) + 512).max(0) % 1024
                    }
                };
                let map = if atom.map_number == 0 { 0 } else { (u64::from(atom.map_number) + 1) % 1024 };
                (u64::from(number) << 10 | mass as u64) << 10 | map
            })
            .collect();
        let mut ranks = Self { seen, graph, of_atom: dense_ranks(&first) };
        ranks.iterate();
        ranks
    }

    /// Lets R stand before S before no label, and Z before E.
    fn refine_by(&mut self, labels: &Labels, graph: &Graph) {
        let factor = std::iter::successors(Some(100_u64), |factor| Some(factor * 10))
            .find(|&factor| factor >= graph.atom_count() as u64)
            .expect("the series has no bound");
        let mut keys: Vec<u64> = self.of_atom.iter().map(|&rank| u64::from(rank) * factor).collect();
        for (key, label) in keys.iter_mut().zip(&labels.atoms) {
            *key += match label {
                Label::R => 20,
                Label::S => 10,
                Label::None | Label::Ring => 0,
            };
        }
        for (ends, cis) in graph.bonds.iter().zip(&labels.cis) {
            if let Some(cis) = cis {
                ends.iter().for_each(|&atom| keys[atom as usize] += if *cis { 2 } else { 1 });
            }
        }
        self.of_atom = dense_ranks(&keys);
        self.iterate();
    }

    /// Refines the ranks by those around, each as often as twice the order of the bond to it, highest first.
    fn iterate(&mut self) {
        let atoms = self.graph.atom_count();
        let mut classes = self.of_atom.iter().max().map_or(0, |&rank| rank as usize + 1);
        for _ in 0..=atoms / 2 {
            if classes == atoms {
                return;
            }
            let keys: Vec<Vec<u32>> = (0..atoms).map(|atom| self.key(atom)).collect();
            self.of_atom = dense_ranks(&keys);
            let finer = self.of_atom.iter().max().map_or(0, |&rank| rank as usize + 1);
            if finer == classes {
                return;
            }
            classes = finer;
        }
    }

    fn key(&self, atom: usize) -> Vec<u32> {
        let mut around: Vec<(u32, u32)> = self
            .graph
            .around(atom)
            .iter()
            .map(|&(other, bond)| {
                let order = self.graph.orders[bond as usize];
                let phosphorus = self.seen.kekule().atom(AtomIndex::new(other as usize)).element == Some(Element::P)
                    && (3..=4).contains(&self.graph.degree(other as usize));
                let times = match order {
                    2 if phosphorus => 1,
                    12 => 3,
                    order => 2 * order,
                };
                (self.of_atom[other as usize] + 1, times)
            })
            .collect();
        around.sort_unstable_by(|a, b| b.cmp(a));
        let mut key = vec![self.of_atom[atom]];
        for (rank, times) in around {
            key.extend(std::iter::repeat_n(rank, times as usize));
        }
        key.extend(std::iter::repeat_n(0, self.seen.hydrogens(AtomIndex::new(atom))));
        key
    }
}

/// Nucleons of the most common isotope, by its mass number.
fn usual_nucleons(element: Element) -> u16 {
    element.mass().round() as u16
}

/// The rank of each key among the distinct ones, from 0.
fn dense_ranks<K: Ord>(keys: &[K]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_unstable_by(|&a, &b| keys[a].cmp(&keys[b]));
    let mut ranks = vec![0; keys.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(keys[pair[0]] != keys[pair[1]]);
        ranks[pair[1]] = rank;
    }
    ranks
}
