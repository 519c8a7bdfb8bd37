//! The language symbol by symbol, round trips, and strings of everything.

use super::*;
use crate::Seed;
use proptest::prelude::*;

fn encode(smiles: &str) -> String {
    Molecule::from_smiles(smiles).unwrap().to_selfies().unwrap()
}

fn decode(selfies: &str) -> String {
    Molecule::from_selfies(selfies).unwrap().to_smiles()
}

/// What the package gives, version 2.2.0.
#[test]
fn strings_are_those_of_the_package() {
    for (smiles, selfies) in [
        ("C1=CC=CC=C1", "[C][=C][C][=C][C][=C][Ring1][=Branch1]"),
        ("C[C@H](N)C(=O)O", "[C][C@H1][Branch1][C][N][C][=Branch1][C][=O][O]"),
        ("[C@]1(F)(Cl)CCCC1", "[C@][Branch1][C][F][Branch1][C][Cl][C][C][C][C][Ring1][#Branch1]"),
        ("F/C=C/F", "[F][/C][=C][/F]"),
        ("[Na+].[Cl-]", "[Na+1].[Cl-1]"),
        ("[13CH4]", "[13CH4]"),
        ("C12CC1C2", "[C][C][C][Ring1][Ring1][C][Ring1][Ring2]"),
        ("C#CC(C)(C)C", "[C][#C][C][Branch1][C][C][Branch1][C][C][C]"),
    ] {
        assert_eq!(encode(smiles), selfies, "{smiles}");
    }
}

#[test]
fn derivation_keeps_valences() {
    for (selfies, smiles) in [
        ("", ""),
        ("[C][#C][#C]", "C#CC"),
        ("[F][=C][=C][#N]", "FC=C=N"),
        ("[C][Branch1]", "C"),
        ("[C][=Branch1][C][=O][F]", "C(=O)F"),
        ("[Branch1][C][O]", "CO"),
        ("[C][Ring1][C][C]", "CC"),
        ("[C][C][Ring1][C]", "C=C"),
        ("[C][C][C][=Ring1][Ring1]", "C1CC=1"),
        ("[C][epsilon][C]", "C"),
        ("[nop][C][nop][O]", "CO"),
        ("[C].[O].", "C.O"),
        ("[O][Branch1][Ring1][C][C][N]", "O(CC)N"),
        ("[F][Branch1][C][O]", "FCO"),
        ("[C][/C][=C][\\C]", "C/C=C\\C"),
    ] {
        let expected = Molecule::from_smiles(smiles).unwrap();
        let got = Molecule::from_selfies(selfies).unwrap();
        assert_eq!(got.to_smiles(), expected.to_smiles(), "{selfies}");
    }
}

#[test]
fn what_is_no_string_or_has_none_is_named() {
    let refuses = |selfies: &str, text: &str| {
        let error = Molecule::from_selfies(selfies).unwrap_err().to_string();
        assert!(error.contains(text), "{selfies}: {error}");
    };
    refuses("[C]C", "expected [ or . here (at byte 3)");
    refuses("[C][C", "not closed (at byte 3)");
    refuses("[C[C]]", "not closed (at byte 0)");
    refuses("[C][Xx]", "symbol 1 is \"[Xx]\"");
    for bad in
        ["[]", "[CH]", "[C+]", "[C+0]", "[CH5]", "[Branch4]", "[Ring]", "[--Ring1]", "[c]", "[C€]", "[€]", "[1000C]"]
    {
        refuses(bad, "symbol 0 is");
    }
    let lacks = |smiles: &str, text: &str| {
        let error = Molecule::from_smiles(smiles).unwrap().to_selfies().unwrap_err().to_string();
        assert!(error.contains(text), "{smiles}: {error}");
    };
    lacks("*C", "wildcard");
    lacks("C$C", "quadruple");
    lacks("CN(=O)=O", "bonds of total order 5, and the constraints allow 3");
    lacks("F[Pt@SP1](F)(Cl)Cl", "stereo");
    let hypervalent = Constraints::hypervalent();
    let nitro = Molecule::from_smiles("CN(=O)=O").unwrap();
    let text = nitro.to_selfies_with(&hypervalent).unwrap();
    assert_eq!(Molecule::from_selfies_with(&text, &hypervalent).unwrap().to_smiles(), "CN(=O)=O");
}

#[test]
fn marks_along_a_row_of_double_bonds_are_read_in_linear_time() {
    // Each tag asked for the two ends of the row: 10¹⁰ steps here.
    let molecule = Molecule::from_selfies(&format!("[C]{}[F]", "[=C@]".repeat(100_001))).unwrap();
    let marked: Vec<usize> = molecule.atoms().filter(|(_, a)| a.chirality.is_some()).map(|(k, _)| k.index()).collect();
    // A row of an odd number of double bonds has no middle atom; its ends, of two neighbours, are no centres either.
    assert_eq!((molecule.atom_count(), marked), (100_003, vec![]));
    let molecule = Molecule::from_selfies(&format!("[C]{}[F]", "[=C@]".repeat(100_000))).unwrap();
    let marked: Vec<usize> = molecule.atoms().filter(|(_, a)| a.chirality.is_some()).map(|(k, _)| k.index()).collect();
    assert_eq!(marked, [50_000]);
    let again = Molecule::from_selfies(&molecule.to_selfies().unwrap()).unwrap();
    assert_eq!(again, molecule);
}

#[test]
fn deep_and_long_strings_need_no_stack() {
    let mut rng = Seed::new(1).rng();
    let nested = "[C][Branch3][P][P][P]".repeat(20_000);
    assert!(Molecule::from_selfies(&nested).unwrap().atom_count() > 1000);
    let chain = "C".repeat(3000);
    assert_eq!(decode(&encode(&chain)), chain);
    let far = format!("C1{}1", "C".repeat(5000));
    assert!(Molecule::from_smiles(&far).unwrap().to_selfies().unwrap_err().to_string().contains("4096"));
    // Every bond is a branch of another: symmetric strings of a random tree.
    let mut builder = crate::MoleculeBuilder::new();
    let atoms: Vec<_> = (0..300).map(|_| builder.add_atom(crate::Atom::new(crate::Element::C))).collect();
    for k in 1..300 {
        let free: Vec<_> = (0..k).filter(|&j| builder.molecule().degree(atoms[j]) < 4).collect();
        let parent = free[rng.below(free.len())];
        builder.add_bond(atoms[parent], atoms[k], crate::BondOrder::Single).unwrap();
    }
    let tree = builder.build().unwrap();
    let back = Molecule::from_selfies(&tree.to_selfies().unwrap()).unwrap();
    assert!(back.match_graph(&tree).unwrap().is_some());
}

#[test]
fn alphabets_label_and_spell() {
    let alphabet = Alphabet::robust(&Constraints::default());
    // 69 symbols as of the package, and [nop].
    assert_eq!(alphabet.len(), 70);
    assert_eq!(alphabet.label("[nop]"), Some(0));
    let benzene = "[C][=C][C][=C][C][=C][Ring1][=Branch1]";
    let labels = alphabet.labels(benzene, 12).unwrap();
    assert_eq!(alphabet.text(&labels).unwrap(), benzene);
    let rows = alphabet.one_hot(benzene, 12).unwrap();
    assert_eq!((rows.sum(), rows[(11, 0)], rows[(1, labels[1])]), (12.0, 1.0, 1.0));
    assert!(alphabet.labels(benzene, 7).unwrap_err().to_string().contains("8 symbols do not fit into 7"));
    assert!(alphabet.labels("[Zr]", 7).unwrap_err().to_string().contains("not in the alphabet"));
    assert!(alphabet.text(&[70]).is_err());
    let text = serde_json::to_string(&alphabet).unwrap();
    assert_eq!(serde_json::from_str::<Alphabet>(&text).unwrap(), alphabet);
    assert!(serde_json::from_str::<Alphabet>(r#"["[C]"]"#).is_err());
    let table = serde_json::to_string(&Constraints::octet_rule()).unwrap();
    assert!(table.contains("\"S-1\":1"));
    assert_eq!(serde_json::from_str::<Constraints>(&table).unwrap(), Constraints::octet_rule());
    assert!(serde_json::from_str::<Constraints>(r#"{"C": 4}"#).is_err());
}

/// Bonds of each atom within its capacity, and a text that can be read.
fn check_valid(molecule: &Molecule, constraints: &Constraints) {
    for (atom, data) in molecule.atoms() {
        let orders: usize = molecule.bonds_of(atom).iter().map(|&bond| 1 + molecule.bond(bond).order as usize).sum();
        let capacity = constraints.capacity(data.element.unwrap(), data.charge);
        assert!(orders + usize::from(data.hydrogens.unwrap_or(0)) <= usize::from(capacity));
    }
    let again = Molecule::from_smiles(&molecule.to_smiles()).unwrap();
    assert_eq!(again.formula(), molecule.formula());
}

proptest! {
    #[test]
    fn every_string_of_the_alphabet_is_a_molecule(
        labels in prop::collection::vec(0_usize..70, 0..80),
        preset in 0_usize..3,
    ) {
        let constraints = [Constraints::default(), Constraints::octet_rule(), Constraints::hypervalent()][preset].clone();
        let alphabet = Alphabet::robust(&constraints);
        let labels: Vec<usize> = labels.into_iter().map(|label| label % alphabet.len()).collect();
        let text = alphabet.text(&labels).unwrap();
        let molecule = Molecule::from_selfies_with(&text, &constraints).unwrap();
        check_valid(&molecule, &constraints);
        // What it means, said again, means the same.
        let again = molecule.to_selfies_with(&constraints).unwrap();
        let second = Molecule::from_selfies_with(&again, &constraints).unwrap();
        prop_assert_eq!(second.to_selfies_with(&constraints).unwrap(), again);
        prop_assert_eq!(second.formula(), molecule.formula());
        prop_assert!(second.match_graph(&molecule).unwrap().is_some());
    }

    #[test]
    fn stereo_and_charges_round_trip(picks in prop::collection::vec(0_usize..24, 1..40)) {
        let more = [
            "[C@H1]", "[C@@H1]", "[C@]", "[C@@]", "[/C]", "[\\C]", "[=C]", "[C]", "[N+1]", "[O-1]", "[Branch1]", "[Ring1]",
            "[/-Ring1]", "[-\\Ring1]", "[\\/Ring2]", "[//Ring1]", "[S@@]", "[P@]", "[=Branch1]", "[13CH2]", "[F]", "[=Ring1]", "[NH1]", "[O]",
        ];
        let text: String = picks.iter().map(|&k| more[k]).collect();
        let molecule = Molecule::from_selfies(&text).unwrap();
        check_valid(&molecule, &Constraints::default());
        if let Ok(again) = molecule.to_selfies() {
            let second = Molecule::from_selfies(&again).unwrap();
            prop_assert_eq!(second.to_selfies().unwrap(), again);
            prop_assert_eq!(second.to_smiles(), molecule.to_smiles());
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}", symbols in "(\\[[=#/\\\\]?[A-Za-z0-9@+\\-]{0,8}\\]){0,6}") {
        let _ = Molecule::from_selfies(&text);
        let _ = Molecule::from_selfies(&symbols);
    }
}
