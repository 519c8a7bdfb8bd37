//! Canonical forms: exact counts of stereo-isomers, symmetric frames, marks that say nothing.

use crate::Molecule;

fn canonical(smiles: &str) -> String {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.to_canonical_smiles().unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

#[test]
fn benzene() {
    assert_eq!(canonical("C1=CC=CC=C1"), "c1ccccc1");
}
