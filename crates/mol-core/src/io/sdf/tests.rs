//! Unit tests of SDF: what the format implies, errors, going on after them, what cannot be written.

use super::*;
use crate::perceive::stated_side;
use crate::{Atom, AtomIndex, BondIndex, BondOrder, Element, Error, Molecule, MoleculeBuilder, Result, Vec3};
use proptest::prelude::*;

fn read(text: &str) -> Vec<Result<SdfRecord>> {
    SdfReader::new(text.as_bytes(), "test").collect()
}

fn write(record: &SdfRecord) -> String {
    let mut file = Vec::new();
    write_sdf(&mut file, record).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(file).expect("ASCII")
}

/// A record of atoms "symbol charge-code", bonds and further lines.
fn table(atoms: &[&str], bonds: &[(usize, usize, usize)], lines: &str) -> String {
    let head = format!("name\n\n\n{:>3}{:>3}  0  0  0  0  0  0  0  0999 V2000\n", atoms.len(), bonds.len());
    let atom = |(k, atom): (usize, &&str)| {
        let (symbol, code) = atom.split_once(' ').unwrap_or((atom, "0"));
        format!("{:>10.4}{:>10.4}{:>10.4} {symbol:<3} 0{code:>3}  0  0  0  0\n", k as f64, 0.5, 0.25)
    };
    let atoms: String = atoms.iter().enumerate().map(atom).collect();
    let bonds: Vec<String> = bonds.iter().map(|(a, b, order)| format!("{a:>3}{b:>3}{order:>3}  0\n")).collect();
    head + &atoms + &bonds.concat() + lines + "M  END\n$$$$\n"
}

fn one(text: &str) -> Result<Molecule> {
    let mut records = read(text);
    assert_eq!(records.len(), 1);
    records.remove(0).map(|record| record.molecule)
}

#[test]
fn hydrogens_follow_from_valence_charge_and_radicals() {
    for (atoms, bonds, lines, formula) in [
        (&["C"][..], &[][..], "", "CH4"),
        (&["N 3"], &[], "", "H4N+"),
        (&["O 5"], &[], "", "HO-"),
        (&["C", "O"], &[(1, 2, 2)], "", "CH2O"),
        (&["S", "O", "O"], &[(1, 2, 2), (1, 3, 2)], "", "O2S"),
        (&["Na 3"], &[], "", "Na+"),
        (&["Na"], &[], "", "Na"),
        (&["C 4"], &[], "", "CH3"),
        (&["C"], &[], "M  RAD  1   1   3\n", "CH2"),
        // A property line overrules all charges of the atom block.
        (&["N 3", "O 5"], &[], "M  CHG  1   2  -1\n", "H4NO-"),
        (&["c"], &[], "", ""),
    ] {
        let got = one(&table(atoms, bonds, lines));
        if formula.is_empty() {
            assert!(got.unwrap_err().to_string().contains("\"c\""));
        } else {
            assert_eq!(got.unwrap().formula(), formula, "{atoms:?} {lines}");
        }
    }
    let ring: Vec<(usize, usize, usize)> = (1..=6).map(|k| (k, k % 6 + 1, 4)).collect();
    let benzene = one(&table(&["C"; 6], &ring, "")).unwrap();
    assert_eq!((benzene.formula(), benzene.to_smiles()), ("C6H6".to_owned(), "c1ccccc1".to_owned()));
    let pyridinium = one(&table(&["N 3", "C", "C", "C", "C", "C"], &ring, "")).unwrap();
    assert_eq!(pyridinium.formula(), "C5H6N+");
}

#[test]
fn isotopes_valences_and_maps() {
    let mut text = table(&["D", "C", "*"], &[(1, 2, 1), (2, 3, 1)], "M  ISO  1   2  13\n");
    let molecule = one(&text).unwrap();
    assert_eq!(molecule.atom(AtomIndex::new(0)).isotope, Some(2));
    assert_eq!(molecule.atom(AtomIndex::new(1)).isotope, Some(13));
    assert_eq!(molecule.atom(AtomIndex::new(2)).element, None);
    text = table(&["C"], &[], "").replace(" C   0  0  0  0  0  0", " C  -1  0  0  0  0  2  0  0  0  7");
    let molecule = one(&text).unwrap();
    assert_eq!((molecule.formula(), molecule.atom(AtomIndex::new(0)).isotope), ("CH2".to_owned(), Some(11)));
    assert_eq!(molecule.atom(AtomIndex::new(0)).map_number, 7);
    // An isotope line overrules all mass differences, not the names.
    text = table(&["C", "C", "T"], &[(1, 2, 1), (2, 3, 1)], "M  ISO  1   2  13\n");
    text = text.replacen(" C   0", " C  -1", 1);
    let isotopes: Vec<_> = one(&text).unwrap().atoms().map(|(_, atom)| atom.isotope).collect();
    assert_eq!(isotopes, [None, Some(13), Some(3)]);
}

#[test]
fn errors_have_lines_and_the_reader_goes_on() {
    let good = table(&["C"], &[], "");
    let bad = [
        (good.replace("V2000", "V3000"), 5, "M  V30"),
        (good.replace("V2000", "V1000"), 4, "V1000"),
        (good.replace("  1  0  0  0", "abc  0  0  0"), 4, "number of atoms"),
        (good.replace("    0.5000", "    0.5x00"), 5, "columns 11-20"),
        (good.replace("    0.5000", "       inf"), 5, "finite"),
        (good.replace(" C  ", " Xx "), 5, "Xx"),
        (good.replace(" C  ", " Q  "), 5, "query"),
        (table(&["C", "C"], &[(1, 3, 1)], ""), 7, "from 1 to 2"),
        (table(&["C", "C"], &[(1, 2, 8)], ""), 7, "bond type"),
        (table(&["C", "C"], &[(1, 1, 1)], ""), 9, "different"),
        (table(&["C", "C"], &[(1, 2, 1), (2, 1, 1)], ""), 10, "only one"),
        (table(&["C"], &[], "M  CHG  1   2   1\n"), 6, "from 1 to 1"),
        (table(&["C"], &[], "M  CHG  9   1   1\n"), 6, "expected \"M"),
        (table(&["C"], &[], "M  ALS   1  2 F C   N\n"), 6, "queries"),
        (good.replace("M  END\n", ""), 6, "ends inside"),
        (good.replace("M  END\n", "M  END\nstray\n"), 7, "data field"),
        ("a\n$$$$\n".to_owned(), 2, "header lines"),
        (good.replace("    0.5000", "    ½.5000"), 5, "expected"),
    ];
    for (text, line, word) in bad {
        let records = read(&format!("{text}{good}"));
        assert_eq!(records.len(), 2, "{text}");
        let message = records[0].as_ref().unwrap_err().to_string();
        assert!(message.starts_with(&format!("test:{line}: ")) && message.contains(word), "{message}");
        assert_eq!(records[1].as_ref().unwrap().molecule.formula(), "CH4");
    }
    assert!(read("").is_empty() && read("\n\n").is_empty());
    assert!(read("a\nb\n")[0].is_err());
    let no_utf8 = [b"\xff\n".as_slice(), &good.as_bytes()[5..], good.as_bytes()].concat();
    let records: Vec<_> = SdfReader::new(&no_utf8[..], "test").collect();
    assert!(records.len() == 2 && records[0].is_err() && records[1].is_ok());
}

#[test]
fn data_fields_titles_and_windows_line_ends_survive() {
    let mut record = SdfRecord::new(Molecule::from_smiles("CO").unwrap());
    record.title = " two words".into();
    record.comment = "third line".into();
    record.data =
        [("a", "1"), ("b <c>", "x\ny\n\nz"), ("", ""), ("> d", "> e")].map(|(k, v)| (k.into(), v.into())).into();
    let text = write(&record);
    for text in [text.replace('\n', "\r\n"), text] {
        let back: Vec<SdfRecord> = read(&text.repeat(2)).into_iter().map(Result::unwrap).collect();
        assert_eq!(back.len(), 2);
        for back in back {
            assert_eq!(back, record);
        }
    }
    assert_eq!(record.field("a"), Some("1"));
}

#[test]
fn the_chiral_flag_is_kept() {
    let mut record = SdfRecord::new(Molecule::from_smiles("C[C@H](N)C(=O)O").unwrap());
    assert!(record.is_chiral && !SdfRecord::new(Molecule::from_smiles("CO").unwrap()).is_chiral);
    for is_chiral in [false, true] {
        record.is_chiral = is_chiral;
        for version in [SdfVersion::V2000, SdfVersion::V3000] {
            let mut out = Vec::new();
            write_sdf_as(&mut out, &record, version).unwrap();
            let back = read(&String::from_utf8(out).unwrap()).remove(0).unwrap();
            assert_eq!((back.is_chiral, back.molecule.to_smiles()), (is_chiral, record.molecule.to_smiles()));
        }
    }
}

#[test]
fn a_drawing_that_is_called_3d_keeps_its_wedges() {
    let head = "alanine\n  x                 3D\n\n  6  5  0  0  1  0  0  0  0  0999 V2000\n";
    let places =
        [(0.0, 0.0, "C"), (0.87, 0.5, "C"), (1.73, 0.0, "C"), (0.87, 1.5, "N"), (2.6, 0.5, "O"), (1.73, -1.0, "O")];
    let atom = |(x, y, e): &(f64, f64, &str)| format!("{x:>10.4}{y:>10.4}    0.0000 {e:<3} 0  0\n");
    let atoms = places.iter().map(atom).collect::<Vec<_>>().concat();
    let bonds = |mark: usize| format!("  2  1  1  0\n  2  3  1  0\n  2  4  1  {mark}\n  3  5  1  0\n  3  6  2  0\n");
    let text = |mark: usize| format!("{head}{atoms}{}M  END\n$$$$\n", bonds(mark));
    // As RDKit reads them.
    for (mark, expected) in [(1, "C[C@@H](N)C(=O)O"), (6, "C[C@H](N)C(=O)O")] {
        let drawn = read(&text(mark)).remove(0).unwrap();
        let expected = Molecule::from_smiles(expected).unwrap().to_canonical_smiles().unwrap();
        assert_eq!(drawn.molecule.to_canonical_smiles().unwrap(), expected);
        assert_eq!(drawn.layout, SdfLayout::Flat);
    }
    // Without a mark it is what it says: flat, in space.
    assert_eq!(read(&text(0)).remove(0).unwrap().layout, SdfLayout::Space);
}

#[test]
fn centres_that_parities_cannot_say_are_refused_without_coordinates() {
    for smiles in ["CC=[C@]=CC", "F[Pt@SP1](Cl)(Br)I", "F[P@TB1](Cl)(Br)(I)N"] {
        let record = SdfRecord::new(Molecule::from_smiles(smiles).unwrap());
        let message = write_sdf(&mut Vec::new(), &record).unwrap_err().to_string();
        assert!(message.contains("tetrahedral centres only"), "{smiles}: {message}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let methane = || SdfRecord::new(Molecule::from_smiles("C").unwrap());
    let refused_as = |record: SdfRecord, version: SdfVersion, word: &str| {
        let message = write_sdf_as(&mut Vec::new(), &record, version).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    };
    let refused = |record: SdfRecord, word: &str| refused_as(record, SdfVersion::Automatic, word);
    refused_as(SdfRecord::new(Molecule::from_smiles(&"C".repeat(1000)).unwrap()), SdfVersion::V2000, "1000 atoms");
    refused_as(SdfRecord::new(Molecule::from_smiles("[CH4:1000]").unwrap()), SdfVersion::V2000, "map number");
    refused(SdfRecord::new(Molecule::from_smiles("[Re]$[Re]").unwrap()), "Quadruple");
    refused(SdfRecord::new(Molecule::from_smiles("C/C=C/C").unwrap()), "cis and trans");
    refused(SdfRecord::new(Molecule::from_smiles("c1cccc1").unwrap()), "kekulized");
    refused(SdfRecord { title: "a\nb".into(), ..methane() }, "title");
    refused(SdfRecord { data: vec![("a".into(), "x\n$$$$".into())], ..methane() }, "field \"a\"");
    // Read back, a line of spaces would be an empty one, and what follows it another field.
    for value in ["x\n \n> y", " ", "x\n\t", "\u{a0}\nx", "x\n  \ny", "x\n\n>"] {
        refused(SdfRecord { data: vec![("a".into(), value.into())], ..methane() }, "field \"a\"");
    }
    let at = |x: f64| {
        let mut argon = Molecule::from_smiles("[Ar]").unwrap();
        argon.add_conformer(vec![Vec3::new(1.0, x, 0.0)]).unwrap();
        SdfRecord::new(argon)
    };
    for far in [1e6, 99_999.999_96, -9_999.999_96, -10_000.0] {
        refused_as(at(far), SdfVersion::V2000, "from -9999.9999 to 99999.9999");
    }
    for near in [99_999.999_9, -9_999.999_9] {
        let back = one(&write(&at(near))).unwrap();
        assert!((back.conformers()[0].positions()[0].y - near).abs() < 1e-9);
    }
}

#[test]
fn unusual_hydrogen_counts_survive() {
    for smiles in [
        "[CH3]",
        "[CH2]",
        "[C]",
        "[NH2-]",
        "[Na]",
        "[NaH]",
        "[SiH2]",
        "[SH4]",
        "C[NH3+]",
        "[O][O]",
        "[B-](F)(F)(F)F",
        "[Fe+2]",
        "[13CH4]",
        "[CH3:5]C",
    ] {
        let record = SdfRecord::new(Molecule::from_smiles(smiles).unwrap());
        let back = one(&write(&record)).unwrap();
        assert_eq!(back.to_smiles(), record.molecule.to_smiles());
        assert_eq!(back.formula(), record.molecule.formula());
    }
}

#[test]
fn parities_and_wedges_keep_chirality() {
    for smiles in
        ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "F[C@](Cl)(Br)I", "N1C[C@@H]1C", "C[S@](=O)CC", "[H][C@@](C)(F)O"]
    {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let record = SdfRecord::new(molecule.clone());
        assert_eq!(one(&write(&record)).unwrap().to_smiles(), molecule.to_smiles(), "{smiles}");
        // A drawing: the same atoms on a star around the centre.
        let centre = molecule.atoms().find(|(_, atom)| atom.chirality.is_some()).unwrap().0;
        let mut flat = vec![Vec3::zeros(); molecule.atom_count()];
        let mut far = 3.0;
        for (atom, _) in molecule.atoms().filter(|&(atom, _)| atom != centre) {
            let place = molecule.neighbors(centre).position(|other| other == atom);
            let angle = place.map_or(0.3, |k| k as f64 * std::f64::consts::TAU / molecule.degree(centre) as f64);
            far += 1.0;
            flat[atom.index()] = Vec3::new(angle.cos(), angle.sin(), 0.0) * if place.is_some() { 1.5 } else { far };
        }
        let mut drawn = molecule.clone();
        drawn.add_conformer(flat).unwrap();
        let record = SdfRecord { layout: SdfLayout::Flat, ..SdfRecord::new(drawn) };
        let back = read(&write(&record)).remove(0).unwrap();
        assert_eq!((back.molecule.to_smiles(), back.layout), (molecule.to_smiles(), SdfLayout::Flat), "{smiles}");
    }
}

#[test]
fn cis_and_trans_are_seen_in_space() {
    let mut builder = MoleculeBuilder::new();
    let atoms = [Element::F, Element::C, Element::C, Element::F].map(|element| builder.add_atom(Atom::new(element)));
    for (pair, order) in [((0, 1), BondOrder::Single), ((1, 2), BondOrder::Double), ((2, 3), BondOrder::Single)] {
        builder.add_bond(atoms[pair.0], atoms[pair.1], order).unwrap();
    }
    for (side, smiles) in [(1.0, r"F/C=C\F"), (-1.0, "F/C=C/F")] {
        let mut molecule = builder.clone().build().unwrap();
        let places = [(-0.7, 1.2), (0.0, 0.0), (1.3, 0.0), (2.0, 1.2 * side)].map(|(x, y)| Vec3::new(x, y, 0.0));
        molecule.add_conformer(places.to_vec()).unwrap();
        let seen = molecule.with_stereo_of(0).unwrap();
        assert_eq!(seen.to_smiles(), smiles);
        // Drawings say it too.
        let record = SdfRecord { layout: SdfLayout::Flat, ..SdfRecord::new(seen) };
        let text = write(&record);
        assert_eq!(one(&text).unwrap().to_smiles(), smiles);
        assert_eq!(one(&text.replace("  2  3  2  0", "  2  3  2  3")).unwrap().to_smiles(), "FC=CF");
        assert!(molecule.with_stereo_of(1).is_err());
    }
}

#[test]
fn two_marks_on_one_end_are_opposite() {
    // F–C=C(Cl)–N=C–F: the first double bond marks chlorine, the second the bond to nitrogen.
    for side in [1.0, -1.0] {
        let mut builder = MoleculeBuilder::new();
        let elements = [Element::F, Element::C, Element::C, Element::CL, Element::N, Element::C, Element::F];
        let atoms = elements.map(|element| builder.add_atom(Atom::new(element)));
        for (a, b, double) in [(0, 1, 0), (1, 2, 1), (2, 3, 0), (2, 4, 0), (4, 5, 1), (5, 6, 0)] {
            let order = if double == 1 { BondOrder::Double } else { BondOrder::Single };
            builder.add_bond(atoms[a], atoms[b], order).unwrap();
        }
        let mut molecule = builder.build().unwrap();
        let places = [(-0.7, 1.2 * side), (0.0, 0.0), (1.3, 0.0), (2.0, -1.2), (2.0, 1.2), (3.3, 1.2), (4.0, 2.4)];
        molecule.add_conformer(places.map(|(x, y)| Vec3::new(x, y, 0.0)).to_vec()).unwrap();
        let seen = molecule.with_stereo_of(0).unwrap();
        let [chlorine, nitrogen] = [2, 3].map(|k| seen.bond(BondIndex::new(k)).direction_from(atoms[2]).unwrap());
        assert_eq!(chlorine, nitrogen.reversed());
        let sides = [1, 4].map(|k| stated_side(&seen, BondIndex::new(k)).unwrap().2);
        assert_eq!(sides, [side < 0.0, false]);
    }
}

#[test]
fn marks_of_two_double_bonds_say_nothing_about_one_between() {
    // F–C=C–C=C–C=C–F as a zigzag, the second double bond undecided.
    let zigzag = |drawn: &[usize]| {
        let mut builder = MoleculeBuilder::new();
        let mut places = Vec::new();
        for k in 0..8_usize {
            builder.add_atom(Atom::new(if k % 7 == 0 { Element::F } else { Element::C }));
            places.push(Vec3::new(1.2 * k as f64, 0.7 * (k % 2) as f64, 0.0));
        }
        for k in 0..7 {
            let order = if k % 2 == 1 { BondOrder::Double } else { BondOrder::Single };
            builder.add_bond(AtomIndex::new(k), AtomIndex::new(k + 1), order).unwrap();
        }
        for &k in drawn {
            let hydrogen = builder.add_atom(Atom::new(Element::H));
            builder.add_bond(AtomIndex::new(k), hydrogen, BondOrder::Single).unwrap();
            places.push(places[k] + Vec3::y() * if k % 2 == 0 { -1.0 } else { 1.0 });
        }
        let mut molecule = builder.build().unwrap();
        molecule.add_conformer(places).unwrap();
        let molecule = molecule.with_stereo_of(0).unwrap();
        let text = write(&SdfRecord { layout: SdfLayout::Flat, ..SdfRecord::new(molecule) });
        let sides = |text: &str| {
            let seen = one(text).unwrap();
            [1, 3, 5].map(|k| stated_side(&seen, BondIndex::new(k)).map(|(_, _, cis)| cis))
        };
        assert_eq!(sides(&text), [Some(false); 3]);
        sides(&text.replace("  4  5  2  0", "  4  5  2  3"))
    };
    assert_eq!(zigzag(&[2])[1], None);
    assert!(zigzag(&[5])[1].is_none() && zigzag(&[1, 2, 3, 4, 5, 6])[1].is_none());
    // On the hydrogen the mark says cis, for fluorine is opposite.
    let [first, _, last] = zigzag(&[2]);
    assert_eq!((first, last), (Some(true), Some(false)));
    // Without a hydrogen to carry it the marks of the outer bonds stay, and with them the statement.
    assert_eq!(zigzag(&[])[1], Some(false));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let read = SdfReader::new(&bytes[..], "bytes").count();
        prop_assert!(read <= 1 + bytes.len());
    }

    #[test]
    fn no_damage_makes_the_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let ring: Vec<(usize, usize, usize)> = (1..=5).map(|k| (k, k % 5 + 1, 1 + k % 2)).collect();
        let text = table(&["C", "N 3", "O", "S", "Cl"], &ring, "M  CHG  1   2   1\nM  ISO  1   1  14\n");
        let mut bytes = (text.clone() + &text).into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(2 * bytes.len()).max(1));
        for record in SdfReader::new(&bytes[..], "damaged") {
            if let Err(error) = record {
                prop_assert!(matches!(error, Error::Parse { line: 1.., .. }), "{}", error);
            }
        }
    }
}
