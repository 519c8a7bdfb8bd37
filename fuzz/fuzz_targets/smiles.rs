//! SMILES: whatever is read can be written, and what is written can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;

fuzz_target!(|text: &str| {
    let Ok(molecule) = Molecule::from_smiles(text) else { return };
    let written = molecule.to_smiles();
    let again = Molecule::from_smiles(&written).unwrap_or_else(|error| panic!("{text:?} -> {written:?}: {error}"));
    assert_eq!(again.formula(), molecule.formula(), "{text:?} -> {written:?}");
    if molecule.atom_count() <= 100 {
        let _ = mol_core::perceive::Perception::new(&molecule);
    }
});
