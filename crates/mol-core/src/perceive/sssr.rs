//! The smallest set of smallest rings: a minimum cycle basis of the bonds.
//!
//! Candidates are Vismara's prototypes, found by one breadth-first search per atom and described by three or four atoms
//! only; they are taken by length and kept if no sum of shorter ones gives them (elimination over the field of two
//! elements). Pure heuristics that prune atom by atom miss rings of cages; this does not. Deliberately not here: all
//! cycles, and the union of all minimum bases.

use super::ring_bonds;
use crate::{AtomIndex, BondIndex, Molecule};
use fixedbitset::FixedBitSet;
use smallvec::SmallVec;

/// The rings of a molecule: a smallest set of smallest rings, with membership both ways.
///
/// Their number is that of independent cycles,
///
/// ```text
/// rings = bonds − atoms + components
/// ```
///
/// and the sum of their sizes is least. The sizes are the same for every numbering of a molecule, and so is the
/// smallest ring of every atom and bond; which rings of equal size are taken is not (cubane has six faces and five
/// rings), but it is fixed for one numbering. Each ring begins at its lowest atom and goes on to the lower of that
/// atom's two neighbours; rings are sorted by size, then by their atoms.
///
/// ```
/// use mol_core::{Molecule, perceive::Rings};
/// let norbornane = Molecule::from_smiles("C1CC2CCC1C2")?;
/// let rings = Rings::new(&norbornane);
/// assert_eq!(rings.iter().map(<[_]>::len).collect::<Vec<_>>(), [5, 5]);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
///
/// Vismara, *Electron. J. Combin.* **4**, R9 (1997); Horton, *SIAM J. Comput.* **16**, 358 (1987); the notion: Plotkin,
/// *J. Chem. Doc.* **11**, 60 (1971).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rings {
    atoms: Vec<Vec<AtomIndex>>,
    bonds: Vec<Vec<BondIndex>>,
    of_atom: Vec<SmallVec<[usize; 2]>>,
    of_bond: Vec<SmallVec<[usize; 2]>>,
}

impl Rings {
    /// Finds the rings of `molecule`. The time grows with the square of the atoms of the largest ring system.
    #[must_use]
    pub fn new(molecule: &Molecule) -> Self {
        Self::collect(molecule, Choice::Basis)
    }

    /// All prototypes of relevant cycles (those of any smallest set), so that no choice among rings of equal size
    /// shows.
    pub(super) fn relevant(molecule: &Molecule) -> Self {
        Self::collect(molecule, Choice::Relevant)
    }

    fn collect(molecule: &Molecule, choice: Choice) -> Self {
        let on_ring = ring_bonds(molecule);
        let systems = systems(molecule, &on_ring);
        let mut found: Vec<Vec<AtomIndex>> =
            systems.iter().flat_map(|system| cycles(molecule, &on_ring, system, choice)).collect();
        for ring in &mut found {
            normalize(ring);
        }
        found.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        let mut rings = Self {
            bonds: found.iter().map(|ring| bonds_around(molecule, ring)).collect(),
            atoms: found,
            of_atom: vec![SmallVec::new(); molecule.atom_count()],
            of_bond: vec![SmallVec::new(); molecule.bond_count()],
        };
        for (k, (atoms, bonds)) in rings.atoms.iter().zip(&rings.bonds).enumerate() {
            for atom in atoms {
                rings.of_atom[atom.index()].push(k);
            }
            for bond in bonds {
                rings.of_bond[bond.index()].push(k);
            }
        }
        rings
    }

    /// Number of rings.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.atoms.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }

    /// The rings as lists of atoms around them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[AtomIndex]> {
        self.atoms.iter().map(Vec::as_slice)
    }

    /// The atoms around ring `ring`.
    ///
    /// # Panics
    /// If there is no such ring.
    #[must_use]
    pub fn atoms(&self, ring: usize) -> &[AtomIndex] {
        &self.atoms[ring]
    }

    /// The bonds around ring `ring`: entry k joins atom k to the next.
    ///
    /// # Panics
    /// If there is no such ring.
    #[must_use]
    pub fn bonds(&self, ring: usize) -> &[BondIndex] {
        &self.bonds[ring]
    }

    /// The rings of an atom, ascending; empty if it is on none.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn of_atom(&self, atom: AtomIndex) -> &[usize] {
        &self.of_atom[atom.index()]
    }

    /// The rings of a bond, ascending; empty if it is on none.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn of_bond(&self, bond: BondIndex) -> &[usize] {
        &self.of_bond[bond.index()]
    }

    /// Size of the smallest ring of an atom.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn smallest_at_atom(&self, atom: AtomIndex) -> Option<usize> {
        self.of_atom(atom).first().map(|&ring| self.atoms[ring].len())
    }

    /// Size of the smallest ring of a bond.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn smallest_at_bond(&self, bond: BondIndex) -> Option<usize> {
        self.of_bond(bond).first().map(|&ring| self.atoms[ring].len())
    }

    /// Whether an atom is on a ring of `size` atoms.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn has_atom_in_size(&self, atom: AtomIndex, size: usize) -> bool {
        self.of_atom(atom).iter().any(|&ring| self.atoms[ring].len() == size)
    }

    /// Size of the smallest ring that contains all of `atoms`, `None` if none does.
    ///
    /// # Panics
    /// If an atom is not of the molecule.
    #[must_use]
    pub fn smallest_with(&self, atoms: &[AtomIndex]) -> Option<usize> {
        let (first, others) = atoms.split_first()?;
        let mut rings = self.of_atom(*first).iter();
        let found = rings.find(|ring| others.iter().all(|&other| self.of_atom(other).contains(ring)))?;
        Some(self.atoms[*found].len())
    }

    /// The fused systems: groups of rings joined by shared bonds, each ascending, by their first ring. Spiro atoms join
    /// nothing.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Rings};
    /// let joined = Rings::new(&Molecule::from_smiles("C1CCC2CCCCC2C1")?).fused_systems(); // decalin
    /// assert_eq!(joined, [[0, 1]]);
    /// let spiro = Rings::new(&Molecule::from_smiles("C1CCC2(CC1)CCCCC2")?).fused_systems();
    /// assert_eq!(spiro, [[0], [1]]);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn fused_systems(&self) -> Vec<Vec<usize>> {
        let mut label = vec![usize::MAX; self.len()];
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for start in 0..self.len() {
            if label[start] != usize::MAX {
                continue;
            }
            let group = groups.len();
            label[start] = group;
            let mut members = vec![start];
            let mut done = 0;
            while let Some(&ring) = members.get(done) {
                for &other in self.bonds[ring].iter().flat_map(|bond| &self.of_bond[bond.index()]) {
                    if label[other] == usize::MAX {
                        label[other] = group;
                        members.push(other);
                    }
                }
                done += 1;
            }
            members.sort_unstable();
            groups.push(members);
        }
        groups
    }
}

/// Turns a ring so that it begins at its lowest atom and goes on to the lower of the two beside it.
fn normalize(ring: &mut [AtomIndex]) {
    let lowest = (0..ring.len()).min_by_key(|&k| ring[k]).unwrap_or(0);
    ring.rotate_left(lowest);
    if ring.len() > 2 && ring[ring.len() - 1] < ring[1] {
        ring[1..].reverse();
    }
}

/// The bonds around a ring of atoms.
fn bonds_around(molecule: &Molecule, ring: &[AtomIndex]) -> Vec<BondIndex> {
    let next = ring.iter().cycle().skip(1);
    let join = |(&a, &b)| molecule.bond_between(a, b).expect("neighbours on a ring are bonded");
    ring.iter().zip(next).map(join).collect()
}

/// The atoms joined by ring bonds, system by system.
fn systems(molecule: &Molecule, on_ring: &[bool]) -> Vec<Vec<AtomIndex>> {
    let mut seen = vec![false; molecule.atom_count()];
    let mut systems = Vec::new();
    for (start, _) in molecule.atoms() {
        if std::mem::replace(&mut seen[start.index()], true) {
            continue;
        }
        let mut system = vec![start];
        let mut done = 0;
        while let Some(&atom) = system.get(done) {
            for &bond in molecule.bonds_of(atom).iter().filter(|bond| on_ring[bond.index()]) {
                let other = molecule.bond(bond).other(atom);
                if !std::mem::replace(&mut seen[other.index()], true) {
                    system.push(other);
                }
            }
            done += 1;
        }
        if system.len() > 1 {
            systems.push(system);
        }
    }
    systems
}

/// Which cycles are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// Independent ones.
    Basis,
    /// All that are no sum of shorter ones.
    Relevant,
}

/// A candidate: two shortest paths from `root` to `left` and `right`, closed by their bond or by `top` between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    size: usize,
    root: usize,
    left: usize,
    right: usize,
    top: Option<usize>,
}

/// A graph of one ring system in local numbers.
struct Local {
    neighbors: Vec<SmallVec<[usize; 4]>>,
}

const UNREACHED: usize = usize::MAX;

impl Local {
    /// Distances from `root`, and with `below` also parents along shortest paths, over atoms that are at most `root`.
    fn search(&self, root: usize, below: bool) -> (Vec<usize>, Vec<usize>) {
        let mut distance = vec![UNREACHED; self.neighbors.len()];
        let mut parent = vec![UNREACHED; self.neighbors.len()];
        distance[root] = 0;
        let mut queue = vec![root];
        let mut done = 0;
        while let Some(&here) = queue.get(done) {
            for &other in &self.neighbors[here] {
                if distance[other] == UNREACHED && (!below || other < root) {
                    distance[other] = distance[here] + 1;
                    parent[other] = here;
                    queue.push(other);
                }
            }
            done += 1;
        }
        (distance, parent)
    }

    /// The prototypes that have `root` as their highest atom.
    fn candidates(&self, root: usize, found: &mut Vec<Candidate>) {
        let (free, _) = self.search(root, false);
        let (mut distance, parent) = self.search(root, true);
        // Only atoms that lie as near below the root as in the whole graph.
        distance.iter_mut().zip(&free).for_each(|(d, f)| *d = if d == f { *d } else { UNREACHED });
        for top in (0..=root).filter(|&k| distance[k] != UNREACHED && k != root) {
            let nearer: SmallVec<[usize; 4]> =
                self.neighbors[top].iter().copied().filter(|&k| distance[k] == distance[top] - 1).collect();
            for (k, &left) in nearer.iter().enumerate() {
                for &right in &nearer[k + 1..] {
                    if left != root && disjoint(&parent, root, left, right) {
                        found.push(Candidate { size: 2 * distance[top], root, left, right, top: Some(top) });
                    }
                }
            }
            for &other in self.neighbors[top].iter().filter(|&&k| k < top && distance[k] == distance[top]) {
                if disjoint(&parent, root, top, other) {
                    found.push(Candidate { size: 2 * distance[top] + 1, root, left: top, right: other, top: None });
                }
            }
        }
    }

    /// The atoms around a candidate.
    fn trace(&self, candidate: &Candidate) -> Vec<usize> {
        let (_, parent) = self.search(candidate.root, true);
        let path = |mut atom: usize| {
            let mut path = Vec::new();
            while atom != candidate.root {
                path.push(atom);
                atom = parent[atom];
            }
            path
        };
        let mut ring = vec![candidate.root];
        ring.extend(path(candidate.left).into_iter().rev());
        ring.extend(candidate.top);
        ring.extend(path(candidate.right));
        ring
    }
}

/// Whether the paths to two atoms share the root only.
fn disjoint(parent: &[usize], root: usize, mut left: usize, mut right: usize) -> bool {
    // Both are equally far from the root: a shared atom is met at the same step.
    while left != root && right != root {
        if left == right {
            return false;
        }
        (left, right) = (parent[left], parent[right]);
    }
    true
}

/// A minimum cycle basis of one system, or its relevant cycles.
fn cycles(molecule: &Molecule, on_ring: &[bool], system: &[AtomIndex], choice: Choice) -> Vec<Vec<AtomIndex>> {
    // Atoms of high degree come last, so that they are the roots of the few rings they join.
    let mut order = system.to_vec();
    let ring_degree = |atom: AtomIndex| molecule.bonds_of(atom).iter().filter(|bond| on_ring[bond.index()]).count();
    order.sort_by_key(|&atom| (ring_degree(atom), atom));
    let mut local = vec![UNREACHED; molecule.atom_count()];
    order.iter().enumerate().for_each(|(k, atom)| local[atom.index()] = k);
    let mut graph = Local { neighbors: vec![SmallVec::new(); order.len()] };
    let mut edges = rustc_hash::FxHashMap::default();
    for (_, bond) in molecule.bonds().filter(|(k, bond)| on_ring[k.index()] && local[bond.begin.index()] != UNREACHED) {
        let (a, b) = (local[bond.begin.index()], local[bond.end.index()]);
        edges.insert((a.min(b), a.max(b)), edges.len());
        graph.neighbors[a].push(b);
        graph.neighbors[b].push(a);
    }
    let wanted = edges.len() + 1 - order.len();
    let mut candidates = Vec::new();
    (0..order.len()).for_each(|root| graph.candidates(root, &mut candidates));
    candidates.sort_unstable();
    let mut rows: Vec<(usize, FixedBitSet)> = Vec::with_capacity(wanted);
    let mut rings = Vec::with_capacity(wanted);
    // Rows of cycles shorter than those at hand, and the size at hand.
    let (mut shorter, mut size) = (0, 0);
    for candidate in &candidates {
        if candidate.size > size {
            (shorter, size) = (rows.len(), candidate.size);
        }
        if rows.len() == wanted && (choice == Choice::Basis || shorter == wanted) {
            break;
        }
        let ring = graph.trace(candidate);
        let mut row = FixedBitSet::with_capacity(edges.len());
        for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            row.insert(edges[&(a.min(b), a.max(b))]);
        }
        let mut is_relevant = false;
        for (k, (pivot, reduced)) in rows.iter().enumerate() {
            is_relevant |= k == shorter && !row.is_clear();
            if row.contains(*pivot) {
                row.symmetric_difference_with(reduced);
            }
        }
        let is_independent = !row.is_clear();
        if let Some(pivot) = row.minimum() {
            rows.push((pivot, row));
        }
        if is_independent || is_relevant && choice == Choice::Relevant {
            rings.push(ring.into_iter().map(|k| order[k]).collect());
        }
    }
    rings
}
