//! SMARTS: a pattern that is read can be written and read again, both find the same, and search ends.
//!
//! `-dict=dictionaries/smarts.dict` gives the fuzzer the primitives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;
use mol_core::perceive::Perception;
use mol_core::smarts::{MatchOptions, Pattern, Target};
use std::sync::LazyLock;

static MOLECULES: LazyLock<Vec<Perception>> = LazyLock::new(|| {
    let read = |smiles: &&str| Perception::new(&Molecule::from_smiles(smiles).expect("valid")).expect("a Kekulé form");
    [
        "C[C@H](N)C(=O)Nc1ccc(/C=C/C)nc1.[Na+]",
        "[2H][C@](F)(Cl)[As@](F)(Cl)(Br)I.[H][C@@](N)(C)O.[O-2].C12C3C4C1C5C2C3C45",
        "CC(C)(C)C1CCCCCCCCCCCCCCCCC1.C#CC=C=CS(=O)(=O)[N+](C)(C)C",
    ]
    .iter()
    .map(read)
    .collect()
});

fuzz_target!(|text: &str| {
    let Ok(pattern) = Pattern::from_smarts(text) else { return };
    let written = pattern.to_smarts();
    let again = Pattern::from_smarts(&written).unwrap_or_else(|error| panic!("{text:?} -> {written:?}: {error}"));
    assert_eq!(again.atom_count(), pattern.atom_count(), "{text:?} -> {written:?}");
    assert_eq!(again.to_smarts(), written, "{text:?}");
    let options = MatchOptions { step_limit: 20_000, ..MatchOptions::default() };
    for molecule in &*MOLECULES {
        let target = Target::new(molecule);
        let [first, second] = [&pattern, &again].map(|pattern| pattern.count_in(&target, &options));
        if first.is_complete && second.is_complete {
            assert_eq!(first.matches, second.matches, "{text:?} -> {written:?}");
            assert_eq!(pattern.matches_in(&target, &options).atoms.len(), first.matches, "{text:?}");
        }
    }
});
