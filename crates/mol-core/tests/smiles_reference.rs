//! The SMILES reader and writer against the reference data: 3121 molecules with the formulas of `RDKit`, 6000 spellings,
//! and the strings of the `OpenSMILES` specification.

use mol_core::testing::reference;
use mol_core::{AtomIndex, BondDirection, BondOrder, Molecule};
use std::collections::BTreeMap;

/// The rows of a reference table of `columns` columns, quotes around a last column undone; `None` without the data.
fn rows(path: &str, columns: usize) -> Option<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(reference(path)?).expect("the file was found");
    let split = |line: &str| line.splitn(columns, ',').map(|field| field.trim_matches('"').to_owned()).collect();
    Some(text.lines().skip(1).map(split).collect())
}

/// A formula taken apart: `RDKit` puts H first where there is no carbon, Hill does not.
fn counts(formula: &str) -> BTreeMap<String, String> {
    let starts: Vec<usize> =
        formula.match_indices(|c: char| c.is_ascii_uppercase() || "+-*".contains(c)).map(|m| m.0).collect();
    let ends = starts.iter().skip(1).copied().chain([formula.len()]);
    let parts = starts.iter().zip(ends).map(|(&start, end)| formula[start..end].to_owned());
    parts.map(|part| (part.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(), part)).collect()
}

/// Everything SMILES says about a molecule, in the numbering of the text.
fn same(a: &Molecule, b: &Molecule) -> bool {
    let atoms = |m: &Molecule| m.atoms().map(|(k, atom)| (*atom, m.hydrogens(k))).collect::<Vec<_>>();
    atoms(a) == atoms(b) && a.bonds().eq(b.bonds()) && a.atoms().all(|(k, _)| a.bonds_of(k) == b.bonds_of(k))
}

#[test]
fn formulas_masses_and_counts_agree_with_rdkit() {
    let Some(rows) = rows("smiles/rdkit_properties.csv", 25) else { return };
    assert_eq!(rows.len(), 3121);
    let mut worst = 0.0_f64;
    for row in &rows {
        let (smiles, formula) = (&row[1], &row[6]);
        let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
        assert_eq!(counts(&molecule.formula()), counts(formula), "{smiles}");
        assert_eq!(molecule.heavy_atom_count().to_string(), row[7], "{smiles}");
        assert_eq!(molecule.charge().to_string(), row[8], "{smiles}");
        assert_eq!(molecule.components().len(), smiles.split('.').count(), "{smiles}");
        // The table is rounded to 1e-3 and uses older weights: S 32.067, Se 78.96, Zn 65.39 among others.
        worst = worst.max((molecule.mass() / row[15].parse::<f64>().expect("a mass") - 1.0).abs());
    }
    assert!(worst < 2e-4, "relative difference of masses {worst:e}");
}

#[test]
fn what_is_written_reads_back_and_is_a_fixed_point() {
    let Some(rows) = rows("smiles/rdkit_properties.csv", 25) else { return };
    for smiles in rows.iter().flat_map(|row| [&row[1], &row[3]]) {
        let molecule = Molecule::from_smiles(smiles).expect("read above");
        let written = molecule.to_smiles();
        let again = Molecule::from_smiles(&written).unwrap_or_else(|error| panic!("{smiles} -> {written}: {error}"));
        assert_eq!(again.to_smiles(), written, "{smiles}");
        assert!(molecule.match_graph(&again).unwrap().is_some(), "{smiles} -> {written}");
        let third = Molecule::from_smiles(&again.to_smiles()).expect("the same text");
        assert!(same(&again, &third), "{written}");
    }
}

#[test]
fn spellings_of_one_molecule_are_one_molecule() {
    let Some(rows) = rows("smiles/random_spellings.csv", 2) else { return };
    assert_eq!(rows.len(), 6000);
    let mut first: BTreeMap<String, Molecule> = BTreeMap::new();
    for row in rows {
        let molecule = Molecule::from_smiles(&row[1]).unwrap_or_else(|error| panic!("{}: {error}", row[1]));
        let earlier = first.entry(row[0].clone()).or_insert_with(|| molecule.clone());
        assert_eq!(molecule.formula(), earlier.formula(), "{}", row[1]);
        assert_eq!(molecule.bond_count(), earlier.bond_count(), "{}", row[1]);
        assert!(molecule.match_graph(earlier).unwrap().is_some(), "{}", row[1]);
    }
    assert_eq!(first.len(), 750);
}

#[test]
fn the_specification_s_examples_are_read_and_survive() {
    let Some(rows) = rows("smiles/opensmiles_accept.csv", 3) else { return };
    assert_eq!(rows.len(), 98);
    for row in rows {
        let molecule = Molecule::from_smiles(&row[1]).unwrap_or_else(|error| panic!("{}: {error}", row[1]));
        let written = molecule.to_smiles();
        let again = Molecule::from_smiles(&written).unwrap_or_else(|error| panic!("{} -> {written}: {error}", row[1]));
        assert_eq!(again.to_smiles(), written, "{}", row[1]);
        assert_eq!(again.formula(), molecule.formula(), "{}", row[1]);
    }
}

#[test]
fn the_specification_s_counterexamples_are_refused() {
    let Some(rows) = rows("smiles/must_reject.csv", 2) else { return };
    assert_eq!(rows.len(), 15);
    for row in rows {
        let error = Molecule::from_smiles(&row[0]).expect_err(&row[0]);
        assert!(error.offset <= row[0].len(), "{}: {error}", row[0]);
    }
}

#[test]
fn one_bond_of_each_kind_keeps_its_kind() {
    let molecule = Molecule::from_smiles(r"C-C=C#C.[Rh]$[Rh].C/C=C\C.c1ccccc1-c2ccccc2").expect("valid");
    let count = |order| molecule.bonds().filter(|(_, bond)| bond.order == order).count();
    assert_eq!([BondOrder::Quadruple, BondOrder::Triple, BondOrder::Aromatic].map(count), [1, 1, 12]);
    let marks: Vec<_> = molecule.bonds().filter_map(|(_, bond)| bond.direction).collect();
    assert_eq!(marks, [BondDirection::Up, BondDirection::Down]);
    assert_eq!(molecule.atom(AtomIndex::new(0)).hydrogens, None);
}
