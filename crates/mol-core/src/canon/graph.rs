//! One connected component of a molecule as flat arrays: what refinement and search work on.
//!
//! Plain hydrogens drawn as atoms are folded into the count of their neighbour, so that `[H]C` and `C` are one graph;
//! aromatic bonds are those of the [`Perception`]. Vertices are numbered from 0 within the component.

use super::site::{Site, find_sites};
use crate::perceive::Perception;
use crate::{AtomIndex, BondIndex, Molecule};
use smallvec::SmallVec;

/// No vertex: the atom belongs to another component or is a folded hydrogen.
pub(crate) const ABSENT: u32 = u32::MAX - 2;
/// A counted hydrogen in a list of ligands.
pub(crate) const HYDROGEN: u32 = u32::MAX - 1;
/// A lone pair in a list of ligands.
pub(crate) const LONE_PAIR: u32 = u32::MAX;

/// A bond as seen from one of its ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    pub(crate) to: u32,
    /// Number of the bond order, aromatic apart.
    pub(crate) order: u8,
    pub(crate) bond: BondIndex,
}

/// A component with its stereo sites.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// The atom of each vertex.
    pub(crate) atoms: Vec<AtomIndex>,
    starts: Vec<u32>,
    arcs: Vec<Arc>,
    /// All hydrogens of a vertex that are no vertices.
    pub(crate) hydrogens: Vec<u8>,
    /// What an atom is apart from its bonds.
    pub(crate) colors: Vec<u64>,
    /// Whether a vertex is on a ring or between rings.
    pub(crate) core: Vec<bool>,
    pub(crate) sites: Vec<Site>,
    /// The most bonds that a vertex has.
    most: usize,
}

/// So many bonds to one cell can be counted in the twelve bits that a partition has for each order.
const MOST_COUNTED: usize = (1 << 12) - 1;

impl Graph {
    /// Whether some vertex has more bonds than a partition counts in one pass.
    #[inline]
    pub(crate) const fn has_hub(&self) -> bool {
        self.most > MOST_COUNTED
    }

    /// Number of vertices.
    pub(crate) fn len(&self) -> usize {
        self.atoms.len()
    }

    /// The bonds at a vertex.
    #[inline]
    pub(crate) fn arcs(&self, vertex: u32) -> &[Arc] {
        let k = vertex as usize;
        &self.arcs[self.starts[k] as usize..self.starts[k + 1] as usize]
    }

    pub(crate) fn degree(&self, vertex: u32) -> usize {
        self.arcs(vertex).len()
    }
}

/// Which stereo sites are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stereo {
    None,
    /// Those with marks, and the double bonds beside them, which their marks must not touch.
    Stated,
    /// Also those that could have marks.
    Possible,
}

/// What a canonical form looks at beside the graph itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four choices that do not depend on each other")]
pub(crate) struct Scope {
    pub(crate) stereo: Stereo,
    pub(crate) maps: bool,
    pub(crate) isotopes: bool,
    /// Whether a double bond with a hydrogen alone at one end is a site though nothing is stated, as where coordinates show
    /// its side.
    pub(crate) bare: bool,
}

impl Scope {
    pub(crate) const ALL: Self = Self { stereo: Stereo::Stated, maps: true, isotopes: true, bare: false };
}

/// The components of a molecule, by their first atoms, and the plain hydrogens folded into them.
pub(crate) fn components(perception: &Perception, mut scope: Scope) -> (Vec<Graph>, Vec<bool>) {
    let molecule = perception.molecule();
    let is_marked = || {
        molecule.atoms().any(|(_, atom)| atom.chirality.is_some())
            || molecule.bonds().any(|(_, bond)| bond.direction.is_some())
    };
    if scope.stereo == Stereo::Stated && !is_marked() {
        scope.stereo = Stereo::None;
    }
    let flat = perception.flat();
    let count = flat.atoms.len();
    let mut folded = vec![false; count];
    for (atom, data) in flat.atoms.iter().enumerate() {
        if data.number == 1 && data.degree == 1 {
            folded[atom] = molecule.is_foldable_hydrogen(AtomIndex::new(atom));
        }
    }
    let mut place: SmallVec<[u32; 64]> = SmallVec::from_elem(ABSENT, count);
    let mut graphs: SmallVec<[usize; 4]> = SmallVec::new();
    let mut members: SmallVec<[AtomIndex; 64]> = SmallVec::new();
    for start in 0..count {
        if folded[start] || place[start] != ABSENT {
            continue;
        }
        let first = members.len();
        members.push(AtomIndex::new(start));
        place[start] = 0;
        let mut done = first;
        while let Some(&atom) = members.get(done) {
            done += 1;
            for link in flat.links(atom.index() as u32) {
                let other = link.atom as usize;
                if place[other] == ABSENT && !folded[other] {
                    place[other] = 0;
                    members.push(AtomIndex::new(other));
                }
            }
        }
        graphs.push(first);
    }
    let ends: SmallVec<[usize; 4]> = graphs.iter().skip(1).copied().chain([members.len()]).collect();
    let built = graphs.iter().zip(ends).map(|(&first, end)| {
        members[first..end].sort_unstable();
        let atoms = members[first..end].to_vec();
        build(perception, atoms, &mut place, scope)
    });
    let built = built.collect();
    (built, folded)
}

fn build(perception: &Perception, atoms: Vec<AtomIndex>, place: &mut [u32], scope: Scope) -> Graph {
    let molecule = perception.molecule();
    for (k, atom) in atoms.iter().enumerate() {
        place[atom.index()] = k as u32;
    }
    let count = atoms.len();
    let degrees = atoms.iter().map(|atom| perception.flat().atoms[atom.index()].degree as usize);
    let mut graph = Graph {
        arcs: Vec::with_capacity(degrees.sum()),
        starts: Vec::with_capacity(count + 1),
        hydrogens: Vec::with_capacity(count),
        colors: Vec::with_capacity(count),
        core: Vec::new(),
        sites: Vec::new(),
        most: 0,
        atoms,
    };
    graph.starts.push(0);
    for k in 0..count {
        let atom = graph.atoms[k];
        let mut hydrogens = perception.implicit_hydrogens(atom) as u8;
        for link in perception.flat().links(atom.index() as u32) {
            let to = place[link.atom as usize];
            if to == ABSENT {
                hydrogens += 1;
            } else {
                let bond = BondIndex::new(link.bond as usize);
                graph.arcs.push(Arc { to, order: perception.written_order(bond) as u8, bond });
            }
        }
        graph.starts.push(graph.arcs.len() as u32);
        graph.hydrogens.push(hydrogens);
        graph.most = graph.most.max(graph.degree(k as u32));
        graph.colors.push(color(
            molecule,
            atom,
            perception.is_aromatic(atom),
            hydrogens,
            graph.degree(k as u32),
            scope,
        ));
    }
    graph.core = core(&graph);
    if scope.stereo != Stereo::None {
        graph.sites = find_sites(perception, &graph, place, scope);
    }
    graph
}

/// Everything an atom states except its bonds and its stereo, the number of neighbours first.
fn color(molecule: &Molecule, atom: AtomIndex, aromatic: bool, hydrogens: u8, degree: usize, scope: Scope) -> u64 {
    let data = molecule.atom(atom);
    let element = data.element.map_or(127, |element| u64::from(element.number()));
    let isotope = data.isotope.filter(|_| scope.isotopes).map_or(0, |isotope| 1 + u64::from(isotope));
    let charge = (i64::from(data.charge) + 100) as u64;
    let map = if scope.maps { u64::from(data.map_number) } else { 0 };
    let few = degree.clamp(1, 4) as u64 - 1;
    few << 62
        | element << 55
        | u64::from(aromatic) << 54
        | charge << 46
        | u64::from(hydrogens) << 42
        | isotope << 32
        | map
}

/// The vertices that are left when those with fewer than two neighbours are taken away until there are none.
fn core(graph: &Graph) -> Vec<bool> {
    let mut core = vec![true; graph.len()];
    let mut degrees: SmallVec<[u32; 64]> = (0..graph.len()).map(|k| graph.degree(k as u32) as u32).collect();
    let mut open: SmallVec<[u32; 32]> = (0..graph.len() as u32).filter(|&k| degrees[k as usize] < 2).collect();
    for &leaf in &open {
        core[leaf as usize] = false;
    }
    while let Some(vertex) = open.pop() {
        for arc in graph.arcs(vertex) {
            let other = arc.to as usize;
            degrees[other] = degrees[other].saturating_sub(1);
            if core[other] && degrees[other] < 2 {
                core[other] = false;
                open.push(arc.to);
            }
        }
    }
    core
}
