//! What makes two molecules one, stereo apart.

use mol_core::{AtomIndex, Molecule};

/// Elements, isotopes, charges and hydrogens of the atoms, and the bonds with their orders in Kekulé form: two molecules that
/// agree in them are one, stereo apart.
pub fn facts(molecule: &Molecule) -> impl PartialEq + std::fmt::Debug {
    let kekule = molecule.kekulized().unwrap_or_else(|_| molecule.clone());
    let atom = |(index, atom): (AtomIndex, &mol_core::Atom)| {
        (atom.element, atom.isotope, atom.charge, kekule.hydrogens(index))
    };
    let mut bonds: Vec<_> = kekule.bonds().map(|(_, b)| (b.begin.min(b.end), b.begin.max(b.end), b.order)).collect();
    bonds.sort_unstable();
    (kekule.atoms().map(atom).collect::<Vec<_>>(), bonds)
}
