//! Which atoms mark a torsion: equivalence of neighbours, and the choice among those that differ.
//!
//! Atoms are told apart by their circular surroundings of radius two. The codes are those of the Morgan fingerprint, because
//! the neighbour of smallest code marks the torsion where all differ; unlike there, every atom has one, whatever bonds its
//! surroundings cover.

use super::skeleton::Skeleton;
use crate::fingerprint::connectivity;
use crate::fingerprint::hash::combine;
use smallvec::SmallVec;

/// How far surroundings are compared [bonds].
const RADIUS: u32 = 2;

/// Neighbours at one end of a bond.
pub(super) type Neighbors = SmallVec<[usize; 4]>;

/// One number per atom, equal for atoms whose surroundings are equal, shape `[atoms]`.
///
/// Atoms that do not count (see [`Skeleton`]) are hydrogens of their neighbours. Rogers and Hahn, *J. Chem. Inf. Model.*
/// **50**, 742 (2010).
pub(super) fn invariants(skeleton: &Skeleton) -> Vec<u32> {
    let mut codes = connectivity(skeleton.seen, &skeleton.graph);
    let mut next = codes.clone();
    let mut pairs: SmallVec<[(u32, u32); 8]> = SmallVec::new();
    for layer in 0..RADIUS {
        for (atom, code) in next.iter_mut().enumerate() {
            pairs.clear();
            pairs.extend(skeleton.around(atom).map(|(other, bond)| (skeleton.graph.orders[bond], codes[other])));
            pairs.sort_unstable();
            let start = if pairs.is_empty() { 0 } else { combine(layer, codes[atom]) };
            let add = |hash, &(order, other): &(u32, u32)| combine(hash, combine(combine(0, order), other));
            *code = pairs.iter().fold(start, add);
        }
        std::mem::swap(&mut codes, &mut next);
    }
    codes
}

/// The neighbours that mark a torsion at one end: all if they are equivalent, else the one that differs from two
/// equivalent ones, else the one of smallest invariant.
pub(super) fn references(neighbors: &Neighbors, invariants: &[u32]) -> Neighbors {
    let of = |&atom: &usize| invariants[atom];
    if neighbors.iter().all(|atom| of(atom) == of(&neighbors[0])) {
        return neighbors.clone();
    }
    if let [a, b, c] = neighbors[..] {
        let single = [(a, b, c), (b, a, c), (c, a, b)].into_iter().find(|(_, x, y)| of(x) == of(y));
        if let Some((single, ..)) = single {
            return SmallVec::from_slice(&[single]);
        }
    }
    neighbors.iter().copied().min_by_key(of).into_iter().collect()
}
