//! Molecules as the search sees them: labels of atoms, kinds of bonds, similarity of surroundings.

use super::{AtomComparison, BondComparison, Options};
use crate::perceive::Perception;
use crate::{BondOrder, Element};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// How far surroundings are compared to try likely partners first.
const RADII: usize = 4;

/// Labels of atoms and classes of bonds, shared by both molecules: like atoms have the same label, and like bonds are
/// of one class.
#[derive(Default)]
pub(super) struct Labels {
    known: FxHashMap<(u16, i8, u16, bool), u32>,
    classes: FxHashMap<(u32, u32, bool), u32>,
}

/// A bond with what it can be like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) ends: [u32; 2],
    /// 0 to 4: single, double, triple, quadruple, aromatic; 0 for all if orders do not matter.
    pub(super) order: u8,
    /// Whether it is on a ring, if that matters.
    pub(super) ring: bool,
    /// What it joins, on a ring or off it if that matters.
    pub(super) class: u32,
}

/// A molecule with labels.
pub(super) struct Graph {
    pub(super) labels: Vec<u32>,
    pub(super) edges: Vec<Edge>,
    first: Vec<u32>,
    /// Neighbour and bond.
    around: Vec<(u32, u32)>,
    /// Hashes of the surroundings of each atom, by radius.
    surroundings: Vec<[u64; RADII]>,
    /// Whether each bond is on a ring, whether that matters for labels or not.
    pub(super) on_ring: Vec<bool>,
}

impl Labels {
    /// Number of labels.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Number of classes of bonds.
    pub(super) fn classes(&self) -> usize {
        self.classes.len()
    }

    pub(super) fn graph(&mut self, perception: &Perception, options: &Options) -> Graph {
        let molecule = perception.molecule();
        let mut labels = Vec::with_capacity(molecule.atom_count());
        for (index, atom) in molecule.atoms() {
            let number = u16::from(atom.element.map_or(0, Element::number));
            let kind = match options.atoms {
                AtomComparison::Elements => number,
                AtomComparison::Isotopes => atom.isotope.unwrap_or(0),
                AtomComparison::Heavy => u16::from(number == 1),
                AtomComparison::Any => 0,
            };
            let charge = if options.match_charges { atom.charge } else { 0 };
            let valence = if options.match_valences { perception.valence(index) } else { 0 };
            let ring = options.ring_matches_ring && perception.in_ring(index);
            let next = self.known.len() as u32;
            let key = (kind, charge, u16::try_from(valence).unwrap_or(u16::MAX), ring);
            labels.push(*self.known.entry(key).or_insert(next));
        }
        let mut edges = Vec::with_capacity(molecule.bond_count());
        let mut on_ring = Vec::with_capacity(molecule.bond_count());
        for (index, bond) in molecule.bonds() {
            let order = match (options.bonds, perception.order(index)) {
                (BondComparison::Any, _) | (_, BondOrder::Single) => 0,
                (_, BondOrder::Double) => 1,
                (_, BondOrder::Triple) => 2,
                (_, BondOrder::Quadruple) => 3,
                (_, BondOrder::Aromatic) => 4,
            };
            let is_ring = perception.is_ring_bond(index);
            on_ring.push(is_ring);
            let ring = (options.ring_matches_ring || options.complete_rings) && is_ring;
            let ends = [bond.begin.index() as u32, bond.end.index() as u32];
            let [one, two] = ends.map(|end| labels[end as usize]);
            let next = self.classes.len() as u32;
            let class = *self.classes.entry((one.min(two), one.max(two), ring)).or_insert(next);
            edges.push(Edge { ends, order, ring, class });
        }
        let mut first = vec![0];
        let mut around = Vec::with_capacity(2 * edges.len());
        for (index, _) in molecule.atoms() {
            for &bond in molecule.bonds_of(index) {
                around.push((molecule.bond(bond).other(index).index() as u32, bond.index() as u32));
            }
            first.push(around.len() as u32);
        }
        let mut graph = Graph { labels, edges, first, around, surroundings: Vec::new(), on_ring };
        graph.surroundings = graph.surroundings();
        graph
    }
}

impl Graph {
    pub(super) fn around(&self, atom: u32) -> &[(u32, u32)] {
        &self.around[self.first[atom as usize] as usize..self.first[atom as usize + 1] as usize]
    }

    pub(super) fn bond_between(&self, a: u32, b: u32) -> Option<u32> {
        self.around(a).iter().find(|&&(other, _)| other == b).map(|&(_, bond)| bond)
    }

    fn surroundings(&self) -> Vec<[u64; RADII]> {
        let hash = |parts: &[u64]| {
            let mut hasher = FxHasher::default();
            parts.hash(&mut hasher);
            hasher.finish()
        };
        let mut hashes = vec![[0; RADII]; self.labels.len()];
        let mut previous: Vec<u64> = self.labels.iter().map(|&label| u64::from(label)).collect();
        for radius in 0..RADII {
            let next = (0..self.labels.len()).map(|atom| {
                let mut parts: Vec<u64> = self
                    .around(atom as u32)
                    .iter()
                    .map(|&(other, bond)| {
                        let edge = &self.edges[bond as usize];
                        hash(&[previous[other as usize], u64::from(edge.order), u64::from(edge.ring)])
                    })
                    .collect();
                parts.sort_unstable();
                parts.push(previous[atom]);
                hash(&parts)
            });
            let next: Vec<u64> = next.collect();
            next.iter().zip(&mut hashes).for_each(|(&hash, row)| row[radius] = hash);
            previous = next;
        }
        hashes
    }

    /// Up to which radius the surroundings of an atom are those of an atom of another molecule.
    pub(super) fn likeness(&self, atom: u32, other: &Self, image: u32) -> usize {
        let [a, b] = [&self.surroundings[atom as usize], &other.surroundings[image as usize]];
        a.iter().zip(b).take_while(|(a, b)| a == b).count()
    }
}

/// Whether two bonds are alike, their atoms aside.
pub(super) fn alike(a: &Edge, b: &Edge, comparison: BondComparison) -> bool {
    let exact = comparison != BondComparison::Order;
    a.ring == b.ring && (a.order == b.order || !exact && aromatic_pair(a, b))
}

/// Whether one bond is aromatic and the other single.
const fn aromatic_pair(a: &Edge, b: &Edge) -> bool {
    matches!((a.order, b.order), (0, 4) | (4, 0))
}
