//! SMARTS: a pattern that is read can be written and read again, and search ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;
use mol_core::perceive::Perception;
use mol_core::smarts::Pattern;
use std::sync::LazyLock;

static TARGET: LazyLock<Perception> = LazyLock::new(|| {
    let molecule = Molecule::from_smiles("C[C@H](N)C(=O)Nc1ccc(/C=C/C)nc1.[Na+]").expect("a valid SMILES");
    Perception::new(&molecule).expect("a Kekulé form")
});

fuzz_target!(|text: &str| {
    let Ok(pattern) = Pattern::from_smarts(text) else { return };
    let written = pattern.to_smarts();
    let again = Pattern::from_smarts(&written).unwrap_or_else(|error| panic!("{text:?} -> {written:?}: {error}"));
    assert_eq!(again.atom_count(), pattern.atom_count(), "{text:?} -> {written:?}");
    if pattern.atom_count() <= 8 {
        assert_eq!(pattern.is_in(&TARGET), again.is_in(&TARGET), "{text:?} -> {written:?}");
    }
});
