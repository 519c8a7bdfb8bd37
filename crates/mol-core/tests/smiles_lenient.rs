//! Lenient reading: each liberty by name, what stays an error, and that nothing panics.

use mol_core::smiles::{ErrorKind, Leniency, SmilesReader};
use mol_core::{AtomIndex, Molecule};
use proptest::prelude::*;

const LENIENT: SmilesReader = SmilesReader { lenient: true };

#[test]
fn liberties_are_taken_and_named() {
    for (text, meant, expected) in [
        ("CCO", "CCO", &[][..]),
        ("CCO.", "CCO", &[(4, Leniency::StrayDot)]),
        (".C..O", "C.O", &[(0, Leniency::StrayDot), (3, Leniency::StrayDot)]),
        ("C1CCC", "CCCC", &[(1, Leniency::UnclosedRing)]),
        ("C12CC1CCCCC3", "C1CC1CCCCC", &[(2, Leniency::UnclosedRing), (11, Leniency::UnclosedRing)]),
        ("[Fe+++]", "[Fe+3]", &[(5, Leniency::RepeatedSign)]),
        ("[O----]", "[O-4]", &[(4, Leniency::RepeatedSign)]),
        ("CC/=C/C", "CC=C/C", &[(2, Leniency::BondBeforeBond)]),
        ("C(C)1CC1", "C1(C)CC1", &[(4, Leniency::RingBondBehindBranch)]),
        ("[D]C", "[2H]C", &[(1, Leniency::HydrogenIsotope)]),
        ("[T+]", "[3H+]", &[(1, Leniency::HydrogenIsotope)]),
        ("[Db][Te][Dy]", "[Db][Te][Dy]", &[]),
        ("[#6]", "[C]", &[(1, Leniency::AtomicNumber)]),
        ("[2#1]C", "[2H]C", &[(2, Leniency::AtomicNumber)]),
        ("C-1CCCCC=1", "C1CCCCC1", &[(9, Leniency::RingBondConflict)]),
        ("C/C(\\F)=C/F", "CC(F)=C/F", &[(4, Leniency::DirectionConflict)]),
        ("  C", "C", &[(0, Leniency::LeadingBlank)]),
    ] {
        let reading = LENIENT.read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let meant = Molecule::from_smiles(meant).expect("valid");
        let got: Vec<_> = reading.warnings.iter().map(|warning| (warning.offset, warning.kind)).collect();
        assert_eq!(got, expected, "{text}");
        assert_eq!(reading.molecule.to_smiles(), meant.to_smiles(), "{text}");
        assert_eq!(reading.molecule.to_canonical_smiles().unwrap(), meant.to_canonical_smiles().unwrap(), "{text}");
        if !expected.is_empty() {
            assert!(Molecule::from_smiles(text).is_err(), "{text} is no SMILES by the letter");
        }
    }
}

#[test]
fn chirality_survives_what_is_left_out() {
    // The ring bond that is never closed stood between the neighbours of the centre.
    let reading = LENIENT.read("N[C@]1(F)(Cl)Br").expect("lenient");
    assert_eq!(reading.warnings.len(), 1);
    assert_eq!(reading.molecule.to_smiles(), "N[C@](F)(Cl)Br");
    // A ring bond behind a branch counts for the lone pair of its atom, whether the branch has a tag of its own or not.
    for [tagged, plain] in
        [["C[S@]([C@H](F)Cl)1CC1", "C[S@](C(F)Cl)1CC1"], ["C[N@]([C@H](F)Cl)1CC1", "C[N@](C(F)Cl)1CC1"]]
    {
        let chirality = |text: &str| {
            let molecule = LENIENT.read(text).expect("lenient").molecule;
            molecule.atom(AtomIndex::new(1)).chirality.expect("a tag")
        };
        assert_eq!(chirality(tagged), chirality(plain), "{tagged}");
    }
}

#[test]
fn names_and_extensions_are_kept() {
    let reading = LENIENT.read("CC |$R1;$| ethane of sorts \n").expect("lenient");
    assert_eq!((reading.rest.as_str(), reading.molecule.formula().as_str()), ("|$R1;$| ethane of sorts", "C2H6"));
    assert!(reading.warnings.is_empty());
    assert!(matches!(SmilesReader { lenient: false }.read("CC ethane").unwrap_err().kind, ErrorKind::TrailingText));
}

#[test]
fn what_has_no_one_meaning_stays_an_error() {
    for text in [
        "(CO)N",
        "C()C",
        "C((C)C)",
        "C11",
        "C12CCCCC12",
        "C(C",
        "C)C",
        "[C-H3]",
        "C[CH@](Br)Cl",
        "[HH1]",
        "[Xx]",
        "C==",
        "C(.)C",
        "[C+++",
        "[#119]",
        "[#0]",
        "C%1CC%1",
        "[2D]",
        "D",
    ] {
        assert!(LENIENT.read(text).is_err(), "{text}");
    }
    for text in ["CC>>CC", "C.C>[Pd]>CC", ">>C"] {
        for lenient in [false, true] {
            let error = SmilesReader { lenient }.read(text).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Reaction, "{text}");
            assert!(error.to_string().contains("reaction"), "{error}");
        }
    }
}

#[test]
fn many_open_rings_take_no_patience() {
    let text: String = (1..20_000).map(|number| format!("C%({number})")).collect::<Vec<_>>().concat();
    assert_eq!(LENIENT.read(&text).expect("lenient").warnings.len(), 19_999);
    let one: String = (1..20_000).map(|number| format!("%({number})")).collect::<Vec<_>>().concat();
    assert_eq!(LENIENT.read(&format!("C{one}")).expect("lenient").molecule.atom_count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = LENIENT.read(&text);
    }

    #[test]
    fn what_is_read_leniently_can_be_written_and_read_strictly(text in r"[\[\]()@BCNOHFDTcno0-9%=#/\\*+. -]{0,40}") {
        if let Ok(reading) = LENIENT.read(&text) {
            let written = reading.molecule.to_smiles();
            let again = Molecule::from_smiles(&written);
            prop_assert!(again.is_ok(), "{} -> {}", text, written);
            if reading.warnings.is_empty() && reading.rest.is_empty() {
                prop_assert!(Molecule::from_smiles(&text).is_ok(), "{} without a warning", text);
            }
        }
    }
}
