//! SELFIES: every text of known symbols is a molecule within the table of valences, and what is encoded is decoded to the same
//! compound.
//!
//! `-dict=dictionaries/selfies.dict` gives the fuzzer the symbols.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mol_core::Molecule;
use mol_core::selfies::{Alphabet, Constraints, symbols};

/// Atoms up to which canonical forms are compared.
const SMALL: usize = 40;

fuzz_target!(|text: &str| {
    if let Ok(alphabet) = Alphabet::of([text]) {
        let length = symbols(text).count();
        let labels = alphabet.labels(text, length).expect("an alphabet has the symbols it was made of");
        assert_eq!(alphabet.text(&labels).expect("its own labels"), text.replace("[nop]", ""), "{text:?}");
    }
    for constraints in [Constraints::octet_rule(), Constraints::hypervalent()] {
        let _ = Molecule::from_selfies_with(text, &constraints);
    }
    let Ok(molecule) = Molecule::from_selfies(text) else { return };
    assert!(Molecule::from_smiles(&molecule.to_smiles()).is_ok(), "{text:?}");
    let Ok(again) = molecule.to_selfies() else { return };
    let back = Molecule::from_selfies(&again).unwrap_or_else(|error| panic!("{text:?} -> {again:?}: {error}"));
    assert_eq!(back.formula(), molecule.formula(), "{text:?} -> {again:?}");
    assert_eq!(back.charge(), molecule.charge(), "{text:?} -> {again:?}");
    if molecule.atom_count() <= SMALL {
        let form = |molecule: &Molecule| molecule.to_canonical_smiles().map_err(|error| error.to_string());
        assert_eq!(form(&back), form(&molecule), "{text:?} -> {again:?}");
    }
});
