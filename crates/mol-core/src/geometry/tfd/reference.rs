//! Which atoms mark a torsion: equivalence of neighbours, and the choice among those that differ.
//!
//! Atoms are told apart by their circular surroundings of radius two. The invariants are those of RDKit's Morgan
//! fingerprint, 32-bit hashes included, because the neighbour of smallest invariant marks the torsion where all differ.

use super::Skeleton;
use crate::{AtomIndex, BondOrder, Element, Molecule};

/// How far surroundings are compared [bonds].
const RADIUS: u32 = 2;

/// Boost's way of mixing a value into a hash, in 32 bits.
const fn combine(seed: u32, value: u32) -> u32 {
    let mixed = value.wrapping_add(0x9e37_79b9).wrapping_add(seed << 6).wrapping_add(seed >> 2);
    seed ^ mixed
}

/// One number per atom, equal for atoms whose surroundings are equal, shape `[atoms]`.
///
/// Atoms that do not count (see [`Skeleton`]) are hydrogens of their neighbours. Rogers and Hahn, *J. Chem. Inf. Model.*
/// **50**, 742 (2010).
pub(super) fn invariants(molecule: &Molecule, graph: &Skeleton) -> Vec<u32> {
    let mut current: Vec<u32> = molecule.atoms().map(|(atom, _)| alone(molecule, graph, atom)).collect();
    for layer in 0..RADIUS {
        let around = |(atom, _): (AtomIndex, _)| {
            let mut neighbors: Vec<(u32, u32)> = molecule
                .bonds_of(atom)
                .iter()
                .map(|&bond| molecule.bond(bond))
                .filter(|bond| graph.kept[bond.other(atom).index()])
                .map(|bond| (order(bond.order), current[bond.other(atom).index()]))
                .collect();
            neighbors.sort_unstable();
            if neighbors.is_empty() {
                return 0;
            }
            let start = combine(layer, current[atom.index()]);
            neighbors.iter().fold(start, |hash, &(order, other)| combine(hash, combine(combine(0, order), other)))
        };
        current = molecule.atoms().map(around).collect();
    }
    current
}

/// The invariant of an atom without its surroundings: element, neighbours, hydrogens, charge, isotope, ring.
fn alone(molecule: &Molecule, graph: &Skeleton, index: AtomIndex) -> u32 {
    let atom = molecule.atom(index);
    let neighbors = molecule.neighbors(index).filter(|&k| molecule.atom(k).element == Some(Element::H)).count();
    let hydrogens = u32::from(molecule.hydrogens(index)) + neighbors as u32;
    let degree = molecule.degree(index) as u32 + u32::from(molecule.hydrogens(index));
    let excess = atom.mass() - atom.element.map_or(0.0, Element::mass);
    let number = atom.element.map_or(0, |element| u32::from(element.number()));
    let parts = [number, degree, hydrogens, i32::from(atom.charge) as u32, (excess as i32) as u32];
    let hash = parts.into_iter().fold(0, combine);
    let in_ring = molecule.bonds_of(index).iter().any(|bond| graph.on_ring[bond.index()]);
    if in_ring { combine(hash, 1) } else { hash }
}

/// RDKit's number of a bond order.
const fn order(order: BondOrder) -> u32 {
    match order {
        BondOrder::Single => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
        BondOrder::Aromatic => 12,
    }
}

/// The neighbours that mark a torsion at one end: all if they are equivalent, else the one that differs from two
/// equivalent ones, else the one of smallest invariant.
pub(super) fn references(neighbors: &[AtomIndex], invariants: &[u32]) -> Vec<AtomIndex> {
    let of = |atom: &AtomIndex| invariants[atom.index()];
    if neighbors.iter().all(|atom| of(atom) == of(&neighbors[0])) {
        return neighbors.to_vec();
    }
    let same = |atom: &AtomIndex| neighbors.iter().filter(|other| of(other) == of(atom)).count();
    let single = neighbors.iter().find(|atom| same(atom) == 1);
    match single {
        Some(&atom) if neighbors.len() == 3 && neighbors.iter().filter(|atom| same(atom) == 1).count() == 1 => {
            vec![atom]
        }
        _ => neighbors.iter().copied().min_by_key(of).into_iter().collect(),
    }
}
