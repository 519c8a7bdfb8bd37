//! SMILES: whatever is read, by the letter or leniently, can be written, and what is written can be read; a canonical text is
//! read back to the same text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::perceive::{Perception, StereoElements, Symmetry};
use mol_core::smiles::{SmilesReader, SmilesWriter};
use mol_core::{Canonical, Molecule};

fuzz_target!(|text: &str| {
    let lenient = SmilesReader { lenient: true }.read(text);
    if let Ok(reading) = &lenient {
        let written = reading.molecule.to_smiles();
        let again = Molecule::from_smiles(&written).unwrap_or_else(|error| panic!("{text:?} -> {written:?}: {error}"));
        assert_eq!(again.formula(), reading.molecule.formula(), "{text:?} -> {written:?}");
    }
    let Ok(molecule) = Molecule::from_smiles(text) else {
        let silent = lenient.is_ok_and(|reading| reading.warnings.is_empty() && reading.rest.is_empty());
        assert!(!silent, "{text:?} is read leniently without a warning");
        return;
    };
    let written = molecule.to_smiles();
    let again = Molecule::from_smiles(&written).unwrap_or_else(|error| panic!("{text:?} -> {written:?}: {error}"));
    assert_eq!(again.formula(), molecule.formula(), "{text:?} -> {written:?}");
    assert_eq!(again.to_smiles(), written, "{text:?}");
    if molecule.atom_count() > 100 {
        return;
    }
    let Ok(perception) = Perception::new(&molecule) else { return };
    let _ = (StereoElements::new(&perception), Symmetry::new(&perception));
    let canonical = Canonical::new(&perception);
    let form = canonical.smiles();
    assert_eq!(canonical.order().len(), molecule.atom_count(), "{text:?}");
    assert_eq!(SmilesWriter::default().write_perceived(&perception).expect("no root"), form, "{text:?}");
    let again = Molecule::from_smiles(form).unwrap_or_else(|error| panic!("{text:?} -> {form:?}: {error}"));
    let again = Perception::new(&again).unwrap_or_else(|error| panic!("{text:?} -> {form:?}: {error}"));
    let again = Canonical::new(&again);
    if canonical.is_exact() && again.is_exact() {
        assert_eq!(again.smiles(), form, "{text:?}");
    }
    let settled = molecule.without_idle_stereo().expect("perceived before");
    assert_eq!(settled.formula(), molecule.formula(), "{text:?}");
});
