//! Data sets: clusters against `RDKit`, reading of whole files, damaged input.

use mol_core::data::{CsvOptions, LONGEST_ROW, Record, butina, load, read, read_csv, read_csv_from};
use mol_core::fingerprint::{Library, Morgan, Similarity};
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::io::{BufReader, Read};

#[test]
fn clusters_are_those_of_rdkit() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let loaded = load(read(path).expect("a table")).expect("a whole file");
    assert_eq!((loaded.records.len(), loaded.report.failed), (3121, 0));
    let fingerprint = |record: &Record| {
        let seen = Perception::new(&record.molecule.without_explicit_hydrogens()).expect("a valid molecule");
        Morgan::default().fingerprint(&seen)
    };
    let all: Vec<_> = loaded.records.iter().step_by(10).map(fingerprint).collect();
    let library = Library::new(&all).expect("one scheme");
    let neighbors = library.neighbors(0.4, Similarity::Tanimoto).expect("a distance");
    for (kind, recount) in [("plain", false), ("recount", true)] {
        let rows = include_str!("data/butina.tsv").lines().filter_map(|line| line.strip_prefix(kind));
        let expected: Vec<Vec<usize>> =
            rows.map(|row| row.split_whitespace().map(|item| item.parse().expect("an index")).collect()).collect();
        assert_eq!(butina(&neighbors, recount).expect("lists of items").members(), expected, "{kind}");
    }
}

#[test]
fn properties_of_a_table_are_kept() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let options = CsvOptions { name: Some("inchikey".to_owned()), ..CsvOptions::default() };
    let mut checked = 0;
    for record in read_csv(path, &options).expect("a table") {
        let record = record.expect("a good row");
        assert_eq!((record.name.len(), record.properties.len()), (27, 23));
        let heavy = record.number("heavy").expect("a number");
        assert_eq!(record.molecule.without_explicit_hydrogens().atom_count(), heavy as usize);
        assert_eq!(record.line, Some(checked + 2));
        checked += 1;
    }
    assert_eq!(checked, 3121);
}

#[test]
fn one_stray_quotation_mark_costs_one_line() {
    let rows = (0..200_000).map(|k| format!("C,{k}\n")).collect::<Vec<_>>().concat();
    let table = format!("smiles,y\nCC,1\n\"CCC,2\n{rows}");
    assert!(table.len() > LONGEST_ROW);
    let loaded = load(read_csv_from(table.as_bytes(), "memory", &CsvOptions::default()).expect("a header"));
    let loaded = loaded.expect("memory does not fail");
    assert_eq!((loaded.records.len(), loaded.report.failed), (200_001, 1));
    assert_eq!(loaded.report.bad[0].line, Some(3));
    assert_eq!(loaded.records[1].line, Some(4));
}

fn names(table: &str) -> (Vec<String>, Vec<Option<usize>>) {
    let options = CsvOptions { name: Some("name".to_owned()), ..CsvOptions::default() };
    let loaded = load(read_csv_from(table.as_bytes(), "memory", &options).expect("a header")).expect("memory");
    let names = loaded.records.into_iter().map(|record| record.name).collect();
    (names, loaded.report.bad.iter().map(|bad| bad.line).collect())
}

#[test]
fn a_stray_quotation_mark_among_quoted_cells_costs_one_line() {
    let header = "smiles,name,note\n";
    let stray = format!("{header}C,\"a\",1\nCC,\"b,2\nCCC,\"c\",3\nO,\"w\",4\n");
    assert_eq!(names(&stray), (["a", "c", "w"].map(str::to_owned).to_vec(), vec![Some(3)]));
    // What follows may have cells of several lines again.
    let stray = format!("{header}CC,\"b,2\nC,x,1\nCCC,\"c\nd\",3\nO,\"w\",4\n");
    assert_eq!(names(&stray), (["x", "c\nd", "w"].map(str::to_owned).to_vec(), vec![Some(2)]));
    // A mark within a plain cell stands for itself.
    assert_eq!(names(&format!("{header}C,5\" pipe,1\n")).0, ["5\" pipe"]);
    // The end of the file within a cell.
    assert_eq!(
        names(&format!("{header}C,\"a,1\nC,b,2\nC,\"c\",3\r")),
        (vec!["b".to_owned(), "c".to_owned()], vec![Some(2)])
    );
}

#[test]
fn rows_that_never_close_end() {
    // Each line opens what the next one closes and opens again; alternating with good ones.
    for line in ["x\",\"\n", "C,\"\nC,a,1\n", "C,\"\"\"\n\"\n", "\"\",\"\n"] {
        let table = format!("smiles,name,note\n{}", line.repeat(300_000));
        let bad = load(read_csv_from(table.as_bytes(), "memory", &CsvOptions::default()).expect("a header"));
        let report = bad.expect("memory").report;
        assert!(report.read + report.failed <= 600_000 && report.failed > 0, "{line:?}");
    }
}

#[test]
fn headers_are_trimmed_and_byte_order_marks_passed_over() {
    let table = "\u{feff}\"smiles\",\" logP\"\n\"C\",\"1.5\"\n";
    let mut records = read_csv_from(table.as_bytes(), "memory", &CsvOptions::default()).expect("a column smiles");
    assert_eq!(records.next().expect("a row").expect("a good row").number("logP").expect("a number"), 1.5);
    let error = read_csv_from("smiles,SMILES\n".as_bytes(), "memory", &CsvOptions::default()).unwrap_err().to_string();
    assert_eq!(error, "memory:1: expected one column \"smiles\", got smiles, SMILES");
}

/// A file that breaks off.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(std::io::Error::other("disk")),
            count => Ok(count),
        }
    }
}

#[test]
fn reading_ends_with_an_error_of_the_file() {
    for table in ["smiles,y\nC,1\nCC,2\n", "smiles,y\nC,1\nCC,\"2\nC,3\nC,4\n"] {
        let reader = BufReader::new(Broken(table.as_bytes()));
        let found: Vec<bool> = read_csv_from(reader, "memory", &CsvOptions::default())
            .expect("a header")
            .map(|record| record.is_ok())
            .collect();
        assert!(!found.last().expect("a row"), "{table}");
        assert_eq!(found.iter().filter(|&&good| !good).count(), 1, "{table}");
    }
}

#[test]
fn a_line_without_end_is_answered_in_bounded_memory() {
    let endless = std::io::repeat(b'C').take(1 << 28);
    let table = "smiles\nC\n".as_bytes().chain(endless).chain("\nO\n".as_bytes());
    let records = read_csv_from(BufReader::new(table), "memory", &CsvOptions::default()).expect("a header");
    let loaded = load(records).expect("memory does not fail");
    assert_eq!((loaded.records.len(), loaded.report.failed), (2, 1));
    assert_eq!(loaded.records[1].line, Some(4));
}

#[test]
fn files_are_known_by_their_extension_compressed_or_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = "smiles,y\nCCO,1\nC(,2\n";
    let lines = "CCO one\nC(\n";
    for (name, text) in [("a.csv", table), ("a.CSV.gz", table), ("a.smi", lines), ("b.smi.gz", lines)] {
        let path = folder.path().join(name);
        let mut file = mol_core::io::create(&path).expect("a new file");
        std::io::Write::write_all(&mut file, text.as_bytes()).expect("room on the disk");
        file.finish().expect("room on the disk");
        let loaded = load(read(&path).expect("a known extension")).expect("a whole file");
        assert_eq!((loaded.report.read, loaded.report.failed), (1, 1), "{name}");
    }
    assert!(read(folder.path().join("a.xlsx")).unwrap_err().to_string().contains("xlsx"));
    assert!(read(folder.path().join("none.csv")).is_err());
    let error = read_csv_from("a,b\n".as_bytes(), "memory", &CsvOptions::default()).unwrap_err().to_string();
    assert_eq!(error, "memory:1: expected a column \"smiles\", got a, b");
}

/// The text of scripts/featurize.py: numbers as multiples of 1e-5, a line for each atom and each bond.
fn vectors_text(seen: &Perception) -> String {
    use mol_core::featurize::{ChempropAtoms, chemprop, ogb};
    let mut text = String::new();
    let mut line = |numbers: &mut dyn Iterator<Item = f64>| {
        for (k, number) in numbers.enumerate() {
            let space = if k > 0 { " " } else { "" };
            write!(text, "{space}{:.0}", number * 1e5).expect("a String takes all");
        }
        text.push('\n');
    };
    let integers = ogb(seen);
    let hot = [ChempropAtoms::V1, ChempropAtoms::V2, ChempropAtoms::Organic].map(|layout| chemprop(seen, layout));
    for atom in 0..integers.atoms.nrows() {
        line(&mut integers.atoms.row(atom).iter().map(|&value| value as f64));
        for graph in &hot {
            line(&mut graph.atoms.row(atom).iter().map(|&value| f64::from(value)));
        }
    }
    let sorted = |ends: [usize; 2]| [ends[0].min(ends[1]), ends[0].max(ends[1])];
    let mut bonds: Vec<usize> = (0..integers.ends.len()).collect();
    bonds.sort_by_key(|&bond| sorted(integers.ends[bond]));
    for bond in bonds {
        line(&mut sorted(integers.ends[bond]).iter().map(|&atom| atom as f64));
        line(&mut integers.bonds.row(bond).iter().map(|&value| value as f64));
        line(&mut hot[0].bonds.row(bond).iter().map(|&value| f64::from(value)));
    }
    text.pop();
    text
}

#[test]
fn vectors_are_those_of_ogb_and_chemprop() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let mut digests = include_str!("data/vectors.tsv").lines().skip(1);
    let mut checked = 0;
    for record in read(path).expect("a table") {
        let molecule = record.expect("a good row").molecule.without_explicit_hydrogens();
        let text = vectors_text(&Perception::new(&molecule).expect("a valid molecule"));
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        let digest = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
        assert_eq!(format!("{digest:016x}"), digests.next().expect("a line for each row"), "row {checked}");
        checked += 1;
    }
    assert_eq!((checked, digests.next()), (3121, None));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut table = b"smiles,y\n".to_vec();
        table.extend(bytes);
        let lines = table.split(|&byte| byte == b'\n').count();
        let records = read_csv_from(&table[..], "memory", &CsvOptions::default()).expect("a header");
        prop_assert!(records.count() <= lines);
    }

    #[test]
    fn what_is_quoted_comes_back(cells in proptest::collection::vec("[ -~\n\"]{0,12}", 1..6)) {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let header: Vec<String> = (0..cells.len()).map(|k| format!("c{k}")).collect();
        let table = format!("smiles,{}\nC,{}\n", header.join(","), quoted.join(","));
        let record = read_csv_from(table.as_bytes(), "memory", &CsvOptions::default())
            .expect("a header").next().expect("a row").expect("a good row");
        let got: Vec<&str> = record.properties.iter().map(|(_, text)| text.as_str()).collect();
        prop_assert_eq!(got, cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
