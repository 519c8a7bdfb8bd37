//! Synthetic accessibility, scaffolds, BRICS and clean-up against `RDKit` (scripts/descriptors_reference.py).
//!
//! `MOLKIT_DESCRIPTORS=FILE` names another table of that script; what differs is printed and counted.

use mol_core::descriptor::synthetic_accessibility;
use mol_core::fragment::{brics_bonds, brics_fragments};
use mol_core::perceive::Perception;
use mol_core::{Molecule, generic_scaffold, murcko_scaffold};
use std::collections::BTreeMap;

type Row<'a> = BTreeMap<&'a str, &'a str>;

fn perceive(smiles: &str) -> Option<Perception> {
    Molecule::from_smiles(smiles).ok().and_then(|molecule| Perception::new(&molecule).ok())
}

/// Counts the rows in which `check` finds a column to differ, and prints some.
fn compare(mut check: impl FnMut(&Row, &Perception, &mut dyn FnMut(&'static str, String))) {
    let other = std::env::var_os("MOLKIT_DESCRIPTORS").map(|path| std::fs::read_to_string(path).expect("a table"));
    let table = other.as_deref().unwrap_or(include_str!("data/descriptors.tsv"));
    let mut lines = table.lines().skip(1);
    let columns: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut rows = 0;
    for line in lines {
        let row: Row = columns.iter().copied().zip(line.split('\t')).collect();
        let Some(perception) = perceive(row["smiles"]) else { continue };
        rows += 1;
        check(&row, &perception, &mut |column, got| {
            if row[column] != "!" {
                let text = format!("{}: {got} not {}", row["smiles"], row[column]);
                wrong.entry(column).or_default().push(text);
            }
        });
    }
    for (column, list) in &wrong {
        eprintln!("{column}: {} of {rows}", list.len());
        list.iter().take(30).for_each(|text| eprintln!("  {text}"));
    }
    assert!(rows == 313 || other.is_some(), "{rows} rows");
    assert!(wrong.is_empty(), "disagreements are listed above");
}

/// The form by which two spellings are compared.
fn canonical(smiles: &str) -> String {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.to_smiles()
}

#[test]
fn synthetic_accessibility_is_rdkits() {
    compare(|row, perception, wrong| {
        let got = synthetic_accessibility(perception).expect("it has atoms");
        if !row["accessibility"].parse::<f64>().is_ok_and(|value| (value - got).abs() < 2e-5) {
            wrong("accessibility", format!("{got:.5}"));
        }
    });
}

#[test]
fn brics_cuts_the_same_bonds() {
    compare(|row, perception, wrong| {
        let molecule = perception.molecule();
        let mut found: Vec<(usize, usize, u16, u16)> = brics_bonds(perception)
            .into_iter()
            .map(|cut| {
                let bond = molecule.bond(cut.bond);
                let (a, b) = (bond.begin.index(), bond.end.index());
                if a < b { (a, b, cut.begin, cut.end) } else { (b, a, cut.end, cut.begin) }
            })
            .collect();
        found.sort_unstable();
        let mut expected: Vec<(usize, usize, [u16; 2])> = Vec::new();
        for text in row["brics_bonds"].split(' ').filter(|text| !text.is_empty()) {
            let numbers: Vec<usize> = text.split(['-', ':']).map(|number| number.parse().expect("a number")).collect();
            // The script sorts the atoms, not their labels.
            let mut labels = [numbers[2] as u16, numbers[3] as u16];
            labels.sort_unstable();
            expected.push((numbers[0], numbers[1], labels));
        }
        expected.sort_unstable();
        let sorted = |&(a, b, i, j): &(usize, usize, u16, u16)| (a, b, [i.min(j), i.max(j)]);
        if found.iter().map(sorted).collect::<Vec<_>>() != expected {
            wrong("brics_bonds", format!("{found:?}"));
        }
    });
}
