//! Which bonds are part of a ring.

use crate::{AtomIndex, BondIndex, Molecule};

/// For each bond whether it lies on a ring, shape `[bonds]`.
///
/// A bond is on a ring unless removing it disconnects its ends; found in one depth-first pass in linear time, without
/// recursion (Tarjan, *Inf. Process. Lett.* **2**, 160 (1974)).
///
/// ```
/// let toluene = mol_core::Molecule::from_smiles("Cc1ccccc1")?;
/// let on_ring = mol_core::perceive::ring_bonds(&toluene);
/// assert_eq!(on_ring.iter().filter(|&&yes| yes).count(), 6);
/// assert!(!on_ring[0]);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[must_use]
pub fn ring_bonds(molecule: &Molecule) -> Vec<bool> {
    const UNSEEN: u32 = u32::MAX;
    let mut on_ring = vec![true; molecule.bond_count()];
    // Order of discovery, and the earliest atom that the subtree reaches without its own tree bond.
    let mut found = vec![UNSEEN; molecule.atom_count()];
    let mut lowest = vec![UNSEEN; molecule.atom_count()];
    let mut clock = 0;
    // Atom, the bond it was reached by, the next of its bonds to follow.
    let mut path: Vec<(AtomIndex, Option<BondIndex>, usize)> = Vec::new();
    for (start, _) in molecule.atoms() {
        if found[start.index()] != UNSEEN {
            continue;
        }
        (found[start.index()], lowest[start.index()]) = (clock, clock);
        clock += 1;
        path.push((start, None, 0));
        while let Some((atom, reached_by, next)) = path.last_mut() {
            let (here, reached_by) = (atom.index(), *reached_by);
            if let Some(&bond) = molecule.bonds_of(*atom).get(*next) {
                *next += 1;
                let other = molecule.bond(bond).other(*atom);
                if found[other.index()] == UNSEEN {
                    (found[other.index()], lowest[other.index()]) = (clock, clock);
                    clock += 1;
                    path.push((other, Some(bond), 0));
                } else if Some(bond) != reached_by {
                    lowest[here] = lowest[here].min(found[other.index()]);
                }
                continue;
            }
            path.pop();
            if let (Some(bond), Some((parent, ..))) = (reached_by, path.last()) {
                let above = parent.index();
                lowest[above] = lowest[above].min(lowest[here]);
                if lowest[here] > found[above] {
                    on_ring[bond.index()] = false;
                }
            }
        }
    }
    on_ring
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_removing_each_bond() {
        for smiles in ["C", "CC", "C1CC1CC2CC2", "C1CC2CCC1C2", "C12CC1C2.C3CC3C", "C1CC1C1CC1", "CC(C)(C)C"] {
            let molecule = Molecule::from_smiles(smiles).unwrap();
            let parts = molecule.components().len();
            for (bond, on_ring) in ring_bonds(&molecule).into_iter().enumerate() {
                let mut builder = crate::MoleculeBuilder::new();
                for (_, atom) in molecule.atoms() {
                    builder.add_atom(*atom);
                }
                for (_, kept) in molecule.bonds().filter(|(k, _)| k.index() != bond) {
                    builder.add_bond(kept.begin, kept.end, kept.order).unwrap();
                }
                assert_eq!(on_ring, builder.molecule().components().len() == parts, "{smiles} bond {bond}");
            }
        }
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let chain = Molecule::from_smiles(&"C".repeat(200_000)).unwrap();
        assert!(ring_bonds(&chain).iter().all(|yes| !yes));
    }
}
