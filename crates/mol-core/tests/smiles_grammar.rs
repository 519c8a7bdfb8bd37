//! What the reader refuses and where it says so, and what no text may do to it.

use mol_core::smiles::ErrorKind;
use mol_core::{Atom, AtomIndex, BondDirection, BondOrder, Element, Molecule, MoleculeBuilder};
use proptest::prelude::*;

/// The message of the error of a text, `byte {offset}: …`.
fn refusal(smiles: &str) -> String {
    match Molecule::from_smiles(smiles) {
        Ok(molecule) => format!("accepted as {}", molecule.to_smiles()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn refusals_say_what_and_where() {
    for (smiles, start) in [
        ("CCx", "byte 2: expected an atom, bond, ring bond, branch or '.', found 'x'"),
        ("é", "byte 0: expected an atom, found 'é'"),
        ("C=", "byte 2: expected an atom or ring bond behind the bond, found the end"),
        ("CCO.", "byte 4: expected an atom, found the end"),
        (".C", "byte 0: expected an atom, found '.'"),
        ("C..C", "byte 2: expected an atom"),
        ("C==C", "byte 2: expected an atom or ring bond behind the bond, found '='"),
        ("CC/=C/C", "byte 3: expected an atom or ring bond behind the bond"),
        ("C()C", "byte 2: expected an atom, bond or '.', found ')'"),
        ("C((C)C)", "byte 2: expected an atom, bond or '.', found '('"),
        ("(CO)N", "byte 0: expected an atom, found '('"),
        ("CC)C", "byte 2: expected a branch to close, found ')'"),
        ("C(C(C)", "byte 1: the branch opened here is never closed"),
        ("C(C)1CC1", "byte 4: expected no ring bond behind a branch"),
        ("C(=1)C", "byte 3: expected an atom behind the bond"),
        ("1CC1", "byte 0: expected an atom"),
        ("C1CCC", "byte 1: ring bond 1 is opened here and never closed"),
        ("C3%12", "byte 1: ring bond 3 is opened here"),
        ("C11", "byte 2: ring bond 1 joins an atom with itself"),
        ("C12CCCCC12", "byte 9: ring bond 2 is a second bond"),
        ("C12C2CCC1", "byte 4: ring bond 2 is a second bond"),
        ("C-1CCCCC=1", "byte 9: ring bond 1 carries another bond symbol at its other end, byte 2"),
        ("C/1CCCCC/1", "byte 9: ring bond 1 carries another bond symbol"),
        ("C%1CC", "byte 3: expected two digits"),
        ("C%(12C", "byte 5: expected ')' behind the ring number"),
        ("[HH1]", "byte 2: a hydrogen cannot count hydrogens"),
        ("[C-H3]", "byte 3: expected ']'"),
        ("C[CH@](Br)Cl", "byte 4: expected ']'"),
        ("[Xx]", "byte 1: unknown element \"Xx\""),
        ("[si]", "byte 2: expected ']'"),
        ("[]", "byte 1: expected an element symbol"),
        ("[1000C]", "byte 1: the isotope is at most 999"),
        ("[C+100]", "byte 5: expected ']'"),
        ("[C+++]", "byte 4: expected ']'"),
        ("[C@TH3]", "byte 3: TH3 is no arrangement: TH goes from 1 to 2"),
        ("[Co@OH31]", "byte 4: OH31 is no arrangement"),
        ("[C@TH]", "byte 5: expected the number of the arrangement"),
        ("[C:]", "byte 3: expected the digits of an atom class"),
        ("[C:99999999999]", "byte 3: the atom class is at most 4294967294"),
        ("[C", "byte 2: expected ']'"),
        ("[", "byte 1: expected an element symbol, found the end"),
        ("C/C(\\F)=C/F", "byte 4: the marks / and \\ put both neighbours of the double-bonded atom 1 on one side"),
        ("CC ethane", "byte 3: text behind the SMILES"),
    ] {
        let message = refusal(smiles);
        assert!(message.starts_with(start), "{smiles}\n  got      {message}\n  expected {start}");
    }
}

#[test]
fn parts_of_an_atom_are_read() {
    let molecule =
        Molecule::from_smiles("[013CH2-:042]C[Fe++][Fe+3][2*--].[te]1cccc1.C%(10000)CC%(10000)\n").expect("valid");
    let atom = |k| *molecule.atom(AtomIndex::new(k));
    let carbon = Atom { isotope: Some(13), charge: -1, hydrogens: Some(2), map_number: 42, ..Atom::new(Element::C) };
    assert_eq!(atom(0), carbon);
    assert_eq!([2, 3, 4].map(|k| atom(k).charge), [2, 3, -2]);
    assert_eq!((atom(4).element, atom(4).isotope), (None, Some(2)));
    assert!(atom(5).aromatic && atom(5).element == Some(Element::TE));
    assert_eq!("OCCO".parse::<Molecule>().expect("valid"), Molecule::from_smiles(" \tOCCO".trim()).expect("valid"));
}

#[test]
fn texts_are_written_as_expected() {
    for (read, written) in [
        ("C1CC1C2CC2", "C1CC1C1CC1"),
        ("C9CC8CC9CC8", "C1CC2CC1CC2"),
        ("C(C)(C)(C)C", "C(C)(C)(C)C"),
        ("[CH4].[Na+].*", "[CH4].[Na+].*"),
        ("C-C=C:C", "CC=C:C"),
        ("c1ccccc1c1ccccc1", "c1ccccc1-c1ccccc1"),
        ("[2H+].[13cH]1cccc[nH+]1", "[2H+].[13cH]1cccc[nH+]1"),
        ("[Fe++].[O--].[CH3:007][CH2:0]C", "[Fe+2].[O-2].[CH3:7][CH2]C"),
        (r"F/C=C/1.Cl1", r"F/C=C/Cl"),
        ("N[C@@H](C)O", "N[C@@H](C)O"),
        ("[C@TH2](F)(Cl)(Br)I", "[C@@](F)(Cl)(Br)I"),
        ("F[Co@](Cl)(Br)(I)(N)O", "F[Co@OH1](Cl)(Br)(I)(N)O"),
        ("O=C=[C@AL1]=CC", "O=C=[C@]=CC"),
    ] {
        assert_eq!(Molecule::from_smiles(read).expect(read).to_smiles(), written, "{read}");
    }
}

#[test]
fn marks_around_other_groups_are_no_conflict() {
    for smiles in
        [r"F/C=C/S(=O)\C=C\F", r"[H]/N=C(C=C)\C(/N=C\[O-])=N\[H]", r"F\C(/Cl)Br", "F/C=C=C=C/F", r"C/1=C/C=C\C=C/C=C\1"]
    {
        let written = Molecule::from_smiles(smiles).expect(smiles).to_smiles();
        assert_eq!(Molecule::from_smiles(&written).expect(&written).to_smiles(), written, "{smiles}");
    }
}

#[test]
fn long_texts_need_no_stack_and_no_patience() {
    let size = 50_000;
    let numbers = |before: &str| -> Vec<String> { (1..=size).map(|k| format!("{before}%({k})")).collect() };
    let deep = "C(".repeat(size) + "CC" + &")".repeat(size);
    let rings = numbers("C").concat().repeat(2);
    let star = format!("[C@@H]{}C", "(/C=C)".repeat(size));
    let hub = "C".to_owned() + &numbers("").concat() + &numbers(".C").concat();
    for text in [deep, rings, star, hub] {
        let molecule = Molecule::from_smiles(&text).expect("valid");
        let again = Molecule::from_smiles(&molecule.to_smiles()).expect("written");
        assert_eq!((again.atom_count(), again.bond_count()), (molecule.atom_count(), molecule.bond_count()));
    }
    let unclosed = Molecule::from_smiles(&"[C](".repeat(size)).expect_err("ends in a branch");
    assert_eq!(unclosed.offset, 4 * size);
    assert!(matches!(unclosed.kind, ErrorKind::UnexpectedEnd { .. }));
}

/// Any molecule the builder accepts: a random tree with some rings on top.
fn molecules() -> impl Strategy<Value = Molecule> {
    let atom = (0..118_u8, 0..1100_u16, -20..20_i8, 0..12_u8, any::<bool>(), 0..4_u32).prop_map(
        |(number, isotope, charge, hydrogens, aromatic, map_number)| {
            let element = [6, 7, 8, 16, number].map(|z| Element::from_number(z).ok())[usize::from(number % 5)];
            let can = element.is_some_and(|e| [5, 6, 7, 8, 15, 16, 33, 34, 52].contains(&e.number()));
            Atom {
                element,
                isotope: Some(isotope).filter(|&a| a > 900 && a < 1000),
                charge: if charge.abs() < 3 { charge } else { 0 },
                hydrogens: Some(hydrogens)
                    .filter(|&h| h < 10 && charge > 0)
                    .map(|h| if element == Some(Element::H) { 0 } else { h }),
                aromatic: aromatic && can,
                chirality: None,
                map_number: map_number / 3,
            }
        },
    );
    let bond = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..8_u8);
    (prop::collection::vec(atom, 1..24), prop::collection::vec(bond, 0..40)).prop_map(|(atoms, bonds)| {
        let mut builder = MoleculeBuilder::new();
        let indices: Vec<_> = atoms.into_iter().map(|atom| builder.add_atom(atom)).collect();
        for (a, b, kind) in bonds {
            let order = match kind {
                0 => BondOrder::Double,
                1 => BondOrder::Triple,
                2 => BondOrder::Quadruple,
                3 => BondOrder::Aromatic,
                _ => BondOrder::Single,
            };
            // Pairs bonded already, and loops, are simply not made.
            drop(builder.add_bond(*a.get(&indices), *b.get(&indices), order));
        }
        builder.build().expect("the strategy keeps to the rules")
    })
}

const SEEDS: [&str; 6] = [
    "CC(=O)Oc1ccccc1C(=O)O",
    "C[C@H]1CC[C@@]2(O)CCCC[C@@H]2C1",
    r"F/C=C/C(\[13CH3])=C\1/CCCC1",
    "[Co@OH12](F)(Cl)(Br)(I)([NH3+])[O-]",
    "c1ccc2c(c1)[nH]c1ccc(-c3ccsc3)cc12",
    "[Na+:3].[Cl-].C%12CC%12C%(123)CC%(123)$*",
];

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        drop(Molecule::from_smiles(&text));
    }

    #[test]
    fn no_smiles_like_text_makes_the_reader_panic(text in r"[\[\]()@A-Za-z0-9%=#$:./\\*+ -]{0,60}") {
        if let Ok(molecule) = Molecule::from_smiles(&text) {
            prop_assert!(Molecule::from_smiles(&molecule.to_smiles()).is_ok());
        }
    }

    #[test]
    fn mutated_smiles_are_read_or_refused(
        seed in prop::sample::select(&SEEDS[..]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"CcNn[]()@H123%=/\\.+-*:$".to_vec()), 0..3_u8), 1..5),
    ) {
        let mut bytes = seed.as_bytes().to_vec();
        for (place, byte, kind) in edits {
            let k = place.index(bytes.len());
            match kind {
                0 => bytes[k] = byte,
                1 => bytes.insert(k, byte),
                _ if bytes.len() > 1 => drop(bytes.remove(k)),
                _ => {}
            }
        }
        let text = String::from_utf8(bytes).expect("ASCII");
        match Molecule::from_smiles(&text) {
            Err(error) => prop_assert!(error.offset <= text.len()),
            Ok(molecule) => {
                let written = molecule.to_smiles();
                let again = Molecule::from_smiles(&written);
                prop_assert!(again.is_ok(), "{} -> {}: {:?}", text, written, again);
                let again = again.expect("just checked");
                prop_assert_eq!(again.to_smiles(), written, "{}", text);
                prop_assert_eq!(again.formula(), molecule.formula(), "{}", text);
            }
        }
    }

    #[test]
    fn every_molecule_survives_writing(molecule in molecules()) {
        let written = molecule.to_smiles();
        let again = Molecule::from_smiles(&written);
        prop_assert!(again.is_ok(), "{}: {:?}", written, again);
        let again = again.expect("just checked");
        prop_assert_eq!(again.to_smiles(), &*written);
        prop_assert_eq!(again.formula(), molecule.formula());
        prop_assert!((again.mass() - molecule.mass()).abs() < 1e-9);
        let orders = |m: &Molecule| {
            let mut list: Vec<_> = m.bonds().map(|(_, bond)| {
                let mut ends = [bond.begin, bond.end].map(|atom| (m.atom(atom).element, m.atom(atom).charge, m.atom(atom).map_number));
                ends.sort_unstable();
                (bond.order, ends)
            }).collect();
            list.sort_unstable();
            list
        };
        prop_assert_eq!(orders(&again), orders(&molecule), "{}", written);
        prop_assert_eq!(again.components().len(), molecule.components().len());
    }
}

#[test]
fn a_mark_means_the_same_from_both_ends() {
    let sides = |smiles: &str| {
        let molecule = Molecule::from_smiles(smiles).expect(smiles);
        let carbon = molecule.atoms().find(|(_, atom)| atom.element == Some(Element::C)).expect("a carbon").0;
        molecule.bonds_of(carbon).iter().find_map(|&bond| molecule.bond(bond).direction_from(carbon))
    };
    assert_eq!(sides(r"F\C=C/F"), Some(BondDirection::Up));
    assert_eq!(sides(r"C(/F)=C/F"), Some(BondDirection::Up));
    assert_eq!(sides(r"C\1=C/F.F1"), Some(BondDirection::Down));
    assert_eq!(sides(r"C1=C/F.F/1"), Some(BondDirection::Down));
}
