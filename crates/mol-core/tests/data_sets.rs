//! Data sets: clusters against `RDKit`, reading of whole files, damaged input.

use mol_core::data::{CsvOptions, LONGEST_ROW, Record, butina, load, read, read_csv, read_csv_from};
use mol_core::fingerprint::{Library, Morgan, Similarity};
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use proptest::prelude::*;
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
