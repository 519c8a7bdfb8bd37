//! SELFIES: every text of known symbols is a molecule, and a molecule that is encoded is decoded with the same atoms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;

fuzz_target!(|text: &str| {
    let Ok(molecule) = Molecule::from_selfies(text) else { return };
    assert!(Molecule::from_smiles(&molecule.to_smiles()).is_ok(), "{text:?}");
    let Ok(again) = molecule.to_selfies() else { return };
    let back = Molecule::from_selfies(&again).unwrap_or_else(|error| panic!("{text:?} -> {again:?}: {error}"));
    assert_eq!(back.formula(), molecule.formula(), "{text:?} -> {again:?}");
});
