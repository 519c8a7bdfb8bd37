//! Which atoms of a molecule look alike.
//!
//! Classes by refinement over neighbourhoods. Deliberately not here: canonical numbering, and the proof that atoms of
//! one class are exchanged by an automorphism (regular graphs such as two fused frames can fool the refinement).

use crate::{BondOrder, Molecule};

/// A class for each atom: atoms of different classes are certainly not equivalent, atoms of one class nearly always
/// are. Shape `[atoms]`; classes are numbered from 0 without gaps, by keys that no numbering of the atoms changes.
///
/// The classes start from element, isotope, charge, counted hydrogens and degree, and are split by the classes and bond
/// orders of neighbours until nothing changes. Aromaticity is perceived first, so that a Kekulé structure does not
/// break symmetry. Chirality and direction marks are not looked at.
///
/// ```
/// use mol_core::{Molecule, perceive::symmetry_classes};
/// let toluene = symmetry_classes(&Molecule::from_smiles("CC1=CC=CC=C1")?);
/// assert_eq!(toluene[2], toluene[6]);
/// assert_ne!(toluene[2], toluene[3]);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
///
/// Morgan, *J. Chem. Doc.* **5**, 107 (1965).
#[must_use]
pub fn symmetry_classes(molecule: &Molecule) -> Vec<usize> {
    let perceived = molecule.with_aromaticity().ok();
    let molecule = perceived.as_ref().unwrap_or(molecule);
    let first = |(atom, data): (crate::AtomIndex, &crate::Atom)| {
        (data.element, data.isotope, data.charge, molecule.hydrogens(atom), molecule.degree(atom))
    };
    let mut classes = ranks(&molecule.atoms().map(first).collect::<Vec<_>>());
    loop {
        let around = |(atom, _): (crate::AtomIndex, &crate::Atom)| {
            let bonds = molecule.bonds_of(atom).iter().map(|&bond| molecule.bond(bond));
            let mut neighbors: Vec<(BondOrder, usize)> =
                bonds.map(|bond| (bond.order, classes[bond.other(atom).index()])).collect();
            neighbors.sort_unstable();
            (classes[atom.index()], neighbors)
        };
        let finer = ranks(&molecule.atoms().map(around).collect::<Vec<_>>());
        if finer.iter().max() == classes.iter().max() {
            return finer;
        }
        classes = finer;
    }
}

/// The rank of each key among the distinct ones.
fn ranks<K: Ord>(keys: &[K]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    let mut ranks = vec![0; keys.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += usize::from(keys[pair[0]] != keys[pair[1]]);
        ranks[pair[1]] = rank;
    }
    ranks
}
