//! What V3000 says beyond V2000, its continuations and skipped blocks, and what is refused.

use crate::io::{SdfReader, SdfRecord, SdfVersion, StereoGroup, StereoKind, write_sdf_as};
use crate::{AtomIndex, Molecule, Result, Vec3};
use proptest::prelude::*;

fn file(body: &str) -> String {
    format!("title\n\n\n  0  0  0     0  0            999 V3000\n{body}M  END\n$$$$\n")
}

fn read(text: &str) -> Result<SdfRecord> {
    let mut records: Vec<_> = SdfReader::new(text.as_bytes(), "test").collect();
    assert_eq!(records.len(), 1);
    records.remove(0)
}

const GLYCINE: &str = "M  V30 BEGIN CTAB
M  V30 COUNTS 5 4 1 0 0
M  V30 BEGIN ATOM
M  V30 10 N 0 0 0 0 CHG=1
M  V30 20 C 1.4 0 0 0 MASS=-
M  V30 13
M  V30 30 C 2.1 1.2 0 7
M  V30 40 O 3.3 1.2 0 0
M  V30 50 \"O\" 1.4 2.3 0 0 CHG=-1
M  V30 END ATOM
M  V30 BEGIN BOND
M  V30 1 1 10 20
M  V30 2 1 20 30
M  V30 3 2 30 40
M  V30 4 1 30 50
M  V30 END BOND
M  V30 LINKNODE 1 2 2 1 2 1 3
M  V30 BEGIN SGROUP
M  V30 1 DAT 1 ATOMS=(1 10) FIELDNAME=x FIELDDATA=\"BEGIN (\"
M  V30 BEGIN INNER
M  V30 END INNER
M  V30 END SGROUP
M  V30 BEGIN COLLECTION
M  V30 MDLV30/STERAC2 ATOMS=(2 20 -
M  V30 30)
M  V30 MDLV30/HILITE ATOMS=(1 10)
M  V30 END COLLECTION
M  V30 END CTAB
";

#[test]
fn words_continuations_numbers_and_skipped_blocks() {
    let record = read(&file(GLYCINE)).unwrap();
    assert_eq!(record.molecule.to_smiles(), "[NH3+][13CH2][C:7](=O)[O-]");
    let group = StereoGroup { kind: StereoKind::Racemic, number: 2, atoms: [1, 2].map(AtomIndex::new).to_vec() };
    assert_eq!(record.groups, [group]);
    assert_eq!(record.molecule.conformers()[0].positions()[3], Vec3::new(3.3, 1.2, 0.0));
}

#[test]
fn options_state_what_valence_would_not() {
    for (options, formula) in [
        ("RAD=2", "CH3"),
        ("RAD=3", "CH2"),
        ("VAL=-1", "C"),
        ("VAL=2", "CH2"),
        ("HCOUNT=-1", "C"),
        ("HCOUNT=3 CHG=1", "CH3+"),
        ("RGROUPS=(1 1) ATTCHPT=1 CLASS=\"a b\"", "CH4"),
    ] {
        let text = file(&format!(
            "M  V30 BEGIN CTAB\nM  V30 COUNTS 1 0 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 C 0 0 0 0 {options}\nM  V30 END ATOM\nM  V30 END CTAB\n"
        ));
        assert_eq!(read(&text).unwrap().molecule.formula(), formula, "{options}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (from, to, line, word) in [
        ("COUNTS 5 4 1", "COUNTS 6 4 1", 33, "expected 6 atoms and 4 bonds, got 5 and 4"),
        ("COUNTS 5 4 1", "COUNTS 4 4 1", 13, "no more atoms"),
        ("COUNTS 5 4 1", "COUNTS 5 3 1", 19, "no more bonds"),
        ("COUNTS 5 4 1", "COUNTS 99999999999 4 1", 6, "at most 8388608 atoms"),
        ("COUNTS 5 4 1", "COUNTS x 4 1", 6, "COUNTS"),
        ("50 \"O\"", "40 \"O\"", 13, "40 twice"),
        ("50 \"O\"", "50 \"O", 13, "quotes"),
        ("50 \"O\"", "50 Q", 13, "query"),
        ("50 \"O\"", "50 [O,N]", 13, "queries"),
        ("3.3 1.2", "inf 1.2", 12, "finite"),
        ("3 2 30 40", "3 2 30 41", 18, "got 41"),
        ("3 2 30 40", "3 10 30 40", 18, "hydrogen bonds"),
        ("3 2 30 40", "3 2 30 40 CFG=4", 18, "CFG"),
        ("3 2 30 40", "3 2 30 40 ENDPTS=(2 1 2)", 18, "ENDPTS"),
        ("CHG=1", "CHG=x", 8, "CHG"),
        ("CHG=1", "CHG=128", 8, "-99 to 99"),
        ("CHG=1", "UNSAT=1", 8, "UNSAT"),
        ("(2 20 -", "(3 20 -", 29, "3 atoms in a list, got 2"),
        ("STERAC2", "STEXXX2", 29, "STEABS"),
        ("M  V30 END CTAB\n", "", 32, "every block"),
        ("M  V30 BEGIN SGROUP", "M  V30 BEGIN TEMPLATE", 22, "TEMPLATE"),
        ("M  V30 END BOND\n", "stray\n", 20, "M  V30"),
    ] {
        assert!(GLYCINE.contains(from), "{from}");
        let message = read(&file(&GLYCINE.replacen(from, to, 1))).unwrap_err().to_string();
        assert!(message.starts_with(&format!("test:{line}: ")) && message.contains(word), "{from} -> {to}: {message}");
    }
}

fn written(record: &SdfRecord) -> String {
    let mut out = Vec::new();
    write_sdf_as(&mut out, record, SdfVersion::V3000).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn groups_isotopes_charges_and_coordinates_come_back_to_the_bit() {
    let mut molecule = Molecule::from_smiles("[13CH3]C([NH3+])C(=O)[O-].[CH3].[Fe+2].[CH4:1234567]").unwrap();
    let place = |k: usize| Vec3::new(1.0 / (k as f64 + 3.0), -1e-7 * k as f64, 12_345.678_9 * (k as f64).sqrt());
    molecule.add_conformer((0..molecule.atom_count()).map(place).collect()).unwrap();
    let molecule = molecule.with_stereo_of(0).unwrap();
    let groups = vec![StereoGroup {
        kind: StereoKind::Absolute,
        number: 0,
        atoms: (0..40).map(|k| AtomIndex::new(k % 6)).collect(),
    }];
    let record = SdfRecord { groups, title: "all".into(), ..SdfRecord::new(molecule) };
    let text = written(&record);
    assert!(text.lines().all(|line| line.len() <= 80) && text.contains("-\nM  V30 "));
    assert_eq!(read(&text).unwrap(), record);
}

#[test]
fn a_thousand_atoms_choose_the_version_themselves() {
    let record = SdfRecord::new(Molecule::from_smiles(&"C".repeat(1200)).unwrap());
    let mut out = Vec::new();
    crate::io::write_sdf(&mut out, &record).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("V3000") && read(&text).unwrap().molecule == record.molecule);
}

proptest! {
    #[test]
    fn no_damage_makes_the_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = file(GLYCINE).into_bytes();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(2 * bytes.len()).max(1));
        for record in SdfReader::new(&bytes[..], "damaged").flatten() {
            prop_assert!(record.molecule.atom_count() <= 5);
        }
    }
}

#[test]
fn dative_bonds_take_nothing_of_the_donors_valence() {
    // Cisplatin's half, and ammonia on borane: an arrow from N each.
    let text = |atoms: [&str; 3], bonds: [&str; 2]| {
        let atoms = (1..=3).zip(atoms).map(|(k, symbol)| format!("M  V30 {k} {symbol} {k} 0 0 0\n"));
        let bonds = (1..=2).zip(bonds).map(|(k, bond)| format!("M  V30 {k} {bond}\n"));
        let [atoms, bonds] = [atoms.collect::<Vec<_>>(), bonds.collect()].map(|lines| lines.concat());
        let counts = "M  V30 BEGIN CTAB\nM  V30 COUNTS 3 2 0 0 1\nM  V30 BEGIN ATOM\n";
        format!("{counts}{atoms}M  V30 END ATOM\nM  V30 BEGIN BOND\n{bonds}M  V30 END BOND\nM  V30 END CTAB\n")
    };
    let record = read(&file(&text(["N", "Pt", "Cl"], ["9 1 2", "1 2 3"]))).unwrap();
    assert_eq!((record.molecule.formula(), record.molecule.bond_count()), ("ClH3NPt".to_owned(), 2));
    assert!(record.is_chiral);
    // From oxygen to carbon's side it counts for the one who takes.
    let record = read(&file(&text(["C", "O", "B"], ["1 1 2", "9 2 3"]))).unwrap();
    assert_eq!(record.molecule.to_smiles(), "C[OH]B");
    let mut out = Vec::new();
    crate::io::write_sdf(&mut out, &record).unwrap();
    let back = SdfReader::new(&out[..], "back").next().unwrap().unwrap();
    assert_eq!((back.molecule.to_smiles(), back.is_chiral), (record.molecule.to_smiles(), true));
}
