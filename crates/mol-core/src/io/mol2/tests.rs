//! mol2: charged groups, aromatic nitrogen, several molecules, errors with lines, damage.

use super::*;
use crate::{Molecule, Vec3};
use proptest::prelude::*;
use std::fmt::Write as _;

/// A file of atoms "type" and bonds (a, b, type), from 1, on a line.
fn file(atoms: &[&str], bonds: &[(usize, usize, &str)]) -> String {
    let mut text =
        format!("@<TRIPOS>MOLECULE\nname\n{} {}\nSMALL\nNO_CHARGES\n\n@<TRIPOS>ATOM\n", atoms.len(), bonds.len());
    for (k, kind) in atoms.iter().enumerate() {
        writeln!(text, "{} A{k} {k}.5 {}.0 0.0 {kind} 1 LIG1 0.0", k + 1, k % 2).expect("a String takes all");
    }
    text += "@<TRIPOS>BOND\n";
    for (k, (a, b, kind)) in bonds.iter().enumerate() {
        writeln!(text, "{} {a} {b} {kind}", k + 1).expect("a String takes all");
    }
    text + "@<TRIPOS>SUBSTRUCTURE\n1 LIG1 1 GROUP\n"
}

fn smiles(text: &str) -> String {
    let record = Mol2Reader::new(text.as_bytes(), "test").next().unwrap().unwrap_or_else(|error| panic!("{error}"));
    record.molecule.to_smiles()
}

#[test]
fn delocalised_groups_get_one_double_bond_and_their_charge() {
    let carboxylate = file(&["H", "C.2", "O.co2", "O.co2"], &[(1, 2, "1"), (2, 3, "ar"), (2, 4, "ar")]);
    assert_eq!(smiles(&carboxylate), "[H]C(=O)[O-]");
    let sulfate =
        file(&["C.3", "S.O2", "O.co2", "O.co2", "O.co2"], &[(1, 2, "1"), (2, 3, "ar"), (2, 4, "ar"), (2, 5, "ar")]);
    assert_eq!(smiles(&sulfate), "[C]S(=O)(=O)[O-]");
    let amidinium = file(
        &["C.cat", "N.pl3", "N.pl3", "H", "H", "H", "H", "H"],
        &[(1, 2, "ar"), (1, 3, "ar"), (2, 4, "1"), (2, 5, "1"), (3, 6, "1"), (3, 7, "1"), (1, 8, "1")],
    );
    assert_eq!(smiles(&amidinium), "C(=[N+]([H])[H])(N([H])[H])[H]");
    let ammonium = file(&["N.4", "H", "H", "H", "H"], &[(1, 2, "1"), (1, 3, "1"), (1, 4, "1"), (1, 5, "1")]);
    assert_eq!(smiles(&ammonium), "[N+]([H])([H])([H])[H]");
    assert_eq!(smiles(&file(&["Cl", "Na", "Du"], &[])), "[Cl-].[Na+].*");
}

#[test]
fn aromatic_nitrogen_is_charged_only_if_it_must_be() {
    let ring = |size: usize| (1..=size).map(move |k| (k, k % size + 1, "ar")).collect::<Vec<_>>();
    let pyrrole = file(&["N.pl3", "C.ar", "C.ar", "C.ar", "C.ar", "H"], &[ring(5), vec![(1, 6, "1")]].concat());
    assert!(Mol2Reader::new(pyrrole.as_bytes(), "t").next().unwrap().unwrap().molecule.charge() == 0);
    let pyridinium =
        file(&["N.ar", "C.ar", "C.ar", "C.ar", "C.ar", "C.ar", "H"], &[ring(6), vec![(1, 7, "1")]].concat());
    assert!(Mol2Reader::new(pyridinium.as_bytes(), "t").next().unwrap().unwrap().molecule.charge() == 1);
}

#[test]
fn oxygen_of_three_bonds_is_charged_in_aromatic_rings_too() {
    let ring = file(&["O.2", "C.ar", "C.ar", "C.2"], &[(1, 2, "ar"), (2, 3, "ar"), (3, 4, "1"), (4, 1, "2")]);
    let written = ring.replace("1 1 2 ar", "1 1 2 1").replace("2 2 3 ar", "2 2 3 2");
    for text in [ring, written] {
        let record = Mol2Reader::new(text.as_bytes(), "test").next().unwrap().unwrap();
        assert_eq!(record.molecule.charge(), 1, "{}", record.molecule.to_smiles());
    }
}

#[test]
fn delocalised_sulfur_phosphorus_and_chlorine() {
    // The centre, its delocalised and its other neighbours.
    for (centre, shared, others, expected) in [
        ("S.O2", 4, 0, "[O-]S(=O)(=O)[O-]"),
        ("S.O2", 2, 2, "[C]S([C])(=O)=O"),
        ("S.O", 2, 1, "[C]S([O-])=O"),
        ("S.O2", 3, 1, "[C]S(=O)(=O)[O-]"),
        ("S.O", 3, 0, "[O-]S([O-])=O"),
        ("S", 2, 0, "O=S=O"),
        ("P.3", 4, 0, "[O-]P(=O)([O-])[O-]"),
        ("P.3", 2, 2, "[C]P([C])(=O)[O-]"),
        ("Cl", 4, 0, "O=Cl(=O)(=O)[O-]"),
        ("Cl", 3, 0, "O=Cl(=O)[O-]"),
        ("B", 3, 0, "[O-]B([O-])[O-]"),
        ("N.pl3", 3, 0, "[O-][N+](=O)[O-]"),
    ] {
        let kinds: Vec<&str> = [centre].into_iter().chain(vec!["O.co2"; shared]).chain(vec!["C.3"; others]).collect();
        let kind = |k: usize| if k < shared + 2 { "ar" } else { "1" };
        let bonds: Vec<(usize, usize, &str)> = (2..=kinds.len()).map(|k| (1, k, kind(k))).collect();
        let molecule = Molecule::from_smiles(&smiles(&file(&kinds, &bonds))).unwrap();
        let wanted = Molecule::from_smiles(expected).unwrap();
        assert_eq!(molecule.to_canonical_smiles().unwrap(), wanted.to_canonical_smiles().unwrap(), "{expected}");
    }
}

#[test]
fn ions_of_many_bonds_are_charged() {
    let star = |centre: &'static str, around: &'static str, count: usize| {
        let kinds: Vec<&str> = [centre].into_iter().chain(vec![around; count]).collect();
        let text = file(&kinds, &(2..=count + 1).map(|k| (1, k, "1")).collect::<Vec<_>>());
        Mol2Reader::new(text.as_bytes(), "test").next().unwrap().unwrap().molecule.charge()
    };
    for (centre, around, count, charge) in [
        ("P.3", "F", 6, -1),
        ("As", "F", 6, -1),
        ("Sb", "Cl", 6, -1),
        ("Si", "F", 6, -2),
        ("B", "F", 4, -1),
        ("Al", "Cl", 4, -1),
        ("Cl", "O.3", 4, -1),
        ("Cl", "O.3", 3, -1),
        ("Cl", "O.3", 2, -1),
        ("I", "O.3", 4, -1),
        ("I", "O.3", 6, -5),
        ("P.3", "F", 5, 0),
        ("Cl", "O.3", 1, -1),
        ("Br", "F", 3, 0),
    ] {
        assert_eq!(star(centre, around, count), charge, "{centre}({around}){count}");
    }
}

#[test]
fn oxides_of_ring_nitrogen_are_cations_unless_they_cannot_be() {
    let ring = |size: usize| (1..=size).map(move |k| (k, k % size + 1, "ar")).collect::<Vec<_>>();
    let canonical = |text: &str| Molecule::from_smiles(text).unwrap().to_canonical_smiles().unwrap();
    let hydrogens = |atoms: &[usize], from: usize| -> Vec<(usize, usize, &str)> {
        atoms.iter().zip(from..).map(|(&atom, hydrogen)| (atom, hydrogen, "1")).collect()
    };
    // Pyrazine dioxide: its ring has double bonds without charges too.
    let kinds = ["N.ar", "C.ar", "C.ar", "N.ar", "C.ar", "C.ar", "O.3", "O.3", "H", "H", "H", "H"];
    let oxides = vec![(1, 7, "1"), (4, 8, "1")];
    let dioxide = smiles(&file(&kinds, &[ring(6), oxides, hydrogens(&[2, 3, 5, 6], 9)].concat()));
    let plain =
        |text: &str| Molecule::from_smiles(text).unwrap().without_explicit_hydrogens().to_canonical_smiles().unwrap();
    assert_eq!(plain(&dioxide), canonical("[O-][n+]1cc[n+]([O-])cc1"));
    // 1-oxidopyrrole, the anion of N-hydroxypyrrole.
    let kinds = ["N.pl3", "C.ar", "C.ar", "C.ar", "C.ar", "O.3", "H", "H", "H", "H"];
    let anion = smiles(&file(&kinds, &[ring(5), vec![(1, 6, "1")], hydrogens(&[2, 3, 4, 5], 7)].concat()));
    assert_eq!(plain(&anion), canonical("[O-]n1cccc1"));
}

/// Every charge once looked at the whole record: two hundred rings took seconds, two thousand many minutes.
#[test]
fn many_charged_rings_take_as_long_as_they_are_many() {
    let rings = 600;
    let (mut kinds, mut bonds) = (Vec::new(), Vec::new());
    for ring in 0..rings {
        let first = 7 * ring + 1;
        kinds.extend(["N.ar", "C.ar", "C.ar", "C.ar", "C.ar", "C.ar", "H"]);
        bonds.extend((0..6).map(|k| (first + k, first + (k + 1) % 6, "ar")));
        bonds.push((first, first + 6, "1"));
        if ring > 0 {
            bonds.push((first + 1, first - 4, "1"));
        }
    }
    let text = file(&kinds, &bonds);
    let molecule = Mol2Reader::new(text.as_bytes(), "test").next().unwrap().unwrap().molecule;
    assert_eq!(molecule.charge(), rings as i64);
}

#[test]
fn records_come_back_equal_and_several_follow() {
    let mut molecule = Molecule::from_smiles("[NH3+][C@@H](C)C(=O)[O-]").unwrap().with_explicit_hydrogens().unwrap();
    let place = |k: usize| Vec3::new((k as f64).sin() * 3.0, (k as f64 * 2.0).cos() * 3.0, k as f64 * 0.7);
    molecule
        .add_conformer((0..molecule.atom_count()).map(place).map(|x| x.map(|c| (c * 1e4).round() / 1e4)).collect())
        .unwrap();
    let molecule = molecule.with_stereo_of(0).unwrap();
    let atoms = molecule.atom_count();
    let record = Mol2Record {
        name: "alanine".into(),
        charge_kind: "USER_CHARGES".into(),
        charges: (0..atoms).map(|k| k as f64 / 8.0).collect(),
        substructure_of: (0..atoms).map(|k| k % 2).collect(),
        substructures: vec![
            Substructure { number: 7, name: "ALA7".into() },
            Substructure { number: 3, name: "X".into() },
        ],
        ..Mol2Record::new(molecule)
    };
    let mut out = Vec::new();
    for _ in 0..3 {
        write_mol2(&mut out, &record).unwrap();
    }
    let back: Vec<Mol2Record> = Mol2Reader::new(&out[..], "memory").map(Result::unwrap).collect();
    assert_eq!(back.len(), 3);
    for back in back {
        assert_eq!(back.molecule.formula(), record.molecule.formula());
        assert_eq!(Mol2Record { molecule: record.molecule.clone(), ..back }, record);
    }
}

#[test]
fn errors_have_lines_and_the_reader_goes_on() {
    let good = file(&["C.3", "O.3"], &[(1, 2, "1")]);
    for (from, to, line, word) in [
        ("2 1\nSMALL", "two 1\nSMALL", 3, "numbers of atoms"),
        ("2 1\nSMALL", "99999999 1\nSMALL", 3, "8388608"),
        ("2 1\nSMALL", "3 1\nSMALL", 10, "expected 3 lines in a section, got 2"),
        ("1 A0 0.5", "1 A0 nan", 8, "finite"),
        ("2 A1", "1 A1", 9, "1 twice"),
        ("O.3 1", "Xx.3 1", 9, "Xx"),
        ("O.3 1", "LP 1", 9, "lone pair"),
        ("1 1 2 1\n", "1 1 5 1\n", 11, "\"5\""),
        ("1 1 2 1\n", "1 1 2 ar\n", 14, "aromatic bonds on rings"),
        ("1 1 2 1\n", "1 1 2 un\n", 11, "bond type"),
        ("1 1 2 1\n", "1 1 1 1\n", 14, "different"),
        ("@<TRIPOS>ATOM\n", "@<TRIPOS>OTHER\n", 11, "number of an atom"),
    ] {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1) + &good;
        let records: Vec<_> = Mol2Reader::new(text.as_bytes(), "test").collect();
        assert_eq!(records.len(), 2, "{from} -> {to}");
        let message = records[0].as_ref().unwrap_err().to_string();
        assert!(message.starts_with(&format!("test:{line}: ")) && message.contains(word), "{from} -> {to}: {message}");
        assert!(records[1].is_ok());
    }
    assert_eq!(Mol2Reader::new(&b"# only a remark\n"[..], "t").count(), 0);
    // A file that ends where a molecule begins is one error, not one again and again.
    assert_eq!(Mol2Reader::new(&b"@<TRIPOS>MOLECULE\n"[..], "t").take(9).count(), 1);
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut record = Mol2Record::new(Molecule::from_smiles("C").unwrap());
    let message = |record: &Mol2Record| write_mol2(&mut Vec::new(), record).unwrap_err().to_string();
    assert!(message(&record).contains("hydrogens"));
    record = Mol2Record::new(Molecule::from_smiles("[Ar]").unwrap());
    assert!(message(&record).contains("conformer"));
    record.molecule.add_conformer(vec![Vec3::zeros()]).unwrap();
    assert!(message(&Mol2Record { names: vec!["a b".into()], ..record.clone() }).contains("one word"));
    assert!(message(&Mol2Record { name: "a\nb".into(), ..record.clone() }).contains("one line"));
    assert!(message(&Mol2Record { types: Vec::new(), ..record }).contains("types"));
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = file(&["C.ar", "N.ar", "O.co2"], &[(1, 2, "ar"), (2, 3, "1")]).repeat(2).into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(2 * bytes.len()).max(1));
        prop_assert!(Mol2Reader::new(&bytes[..], "damaged").count() <= 6);
    }
}
