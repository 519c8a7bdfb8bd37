//! Descriptors and charges against `RDKit` (scripts/descriptors_reference.py): a sample that is kept here, and the columns of all
//! 3121 reference molecules.
//!
//! `MOLKIT_DESCRIPTORS=FILE` names another table of that script for the first test, which prints and counts what differs.
#![allow(clippy::print_stdout, reason = "docs/methods/descriptors.md quotes the disagreements printed here")]

use mol_core::descriptor::{
    AtomicWeights, Descriptor, DescriptorOptions, Descriptors, QedWeights, gasteiger_charges, synthetic_accessibility,
};
use mol_core::perceive::{AromaticityModel, Perception};
use mol_core::testing::reference;
use mol_core::{Molecule, Seed};
use std::collections::BTreeMap;

fn perceive(smiles: &str) -> Option<Perception> {
    Molecule::from_smiles(smiles).ok().and_then(|molecule| Perception::new(&molecule).ok())
}

/// Disagreements by column.
#[derive(Default)]
struct Tally {
    rows: usize,
    wrong: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn number(&mut self, row: &BTreeMap<&str, &str>, column: &str, got: f64, tolerance: f64) {
        let agrees = row[column].parse::<f64>().is_ok_and(|value| (value - got).abs() <= tolerance);
        self.note(row, column, agrees, &format!("{got:.5}"));
    }

    fn note(&mut self, row: &BTreeMap<&str, &str>, column: &str, agrees: bool, got: &str) {
        if !agrees && row[column] != "!" {
            let text = format!("{}: {got} not {}", row["smiles"], row[column]);
            self.wrong.entry(column.to_owned()).or_default().push(text);
        }
    }

    fn finish(&self, expected_rows: Option<usize>) {
        for (column, list) in &self.wrong {
            println!("{column}: {} of {}", list.len(), self.rows);
            list.iter().take(20).for_each(|text| println!("  {text}"));
        }
        assert!(expected_rows.is_none_or(|rows| rows == self.rows), "{} rows", self.rows);
        assert!(self.wrong.is_empty(), "disagreements are listed above");
    }
}

const OPTIONS: DescriptorOptions =
    DescriptorOptions { weights: AtomicWeights::Rdkit, polar_sulfur: false, drug_likeness: QedWeights::Mean };

#[test]
fn every_column_of_a_table_of_rdkit_agrees() {
    let other = std::env::var_os("MOLKIT_DESCRIPTORS").map(|path| std::fs::read_to_string(path).expect("a table"));
    let table = other.as_deref().unwrap_or(include_str!("data/descriptors.tsv"));
    let mut lines = table.lines().skip(1);
    let columns: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let mut tally = Tally::default();
    for line in lines {
        let row: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split('\t')).collect();
        let Some(perception) = perceive(row["smiles"]) else {
            tally.note(&row, "smiles", false, "unread");
            continue;
        };
        tally.rows += 1;
        let d = Descriptors::with_options(&perception, OPTIONS);
        let polar_sulfur = Descriptors::with_options(&perception, DescriptorOptions { polar_sulfur: true, ..OPTIONS });
        tally.number(&row, "weight", d.molecular_weight, 1e-3);
        tally.number(&row, "exact_mass", d.exact_mass, 1e-4);
        tally.number(&row, "tpsa", d.polar_surface_area, 6e-3);
        tally.number(&row, "tpsa_sp", polar_sulfur.polar_surface_area, 6e-3);
        tally.number(&row, "log_p", d.log_p, 1e-4);
        tally.number(&row, "refractivity", d.molar_refractivity, 1e-4);
        tally.number(&row, "fraction_sp3", d.fraction_sp3, 1e-5);
        tally.number(&row, "labute", d.labute_surface_area, 1e-3);
        tally.number(&row, "qed", d.drug_likeness, 1e-4);
        for (column, got) in [
            ("rings", d.rings.aromatic + d.rings.aliphatic),
            ("aromatic", d.rings.aromatic),
            ("aliphatic", d.rings.aliphatic),
            ("saturated", d.rings.saturated),
            ("hetero", d.rings.hetero),
            ("aromatic_hetero", d.rings.aromatic_hetero),
            ("aliphatic_hetero", d.rings.aliphatic_hetero),
            ("saturated_hetero", d.rings.saturated_hetero),
            ("bridgehead", d.rings.bridgehead_atoms),
            ("alerts", d.structural_alerts),
            ("donors", d.donors),
            ("acceptors", d.acceptors),
            ("rotatable", d.rotatable_bonds),
            ("spiro", d.rings.spiro_atoms),
            ("hetero_atoms", d.hetero_atoms),
        ] {
            tally.number(&row, column, got as f64, 0.0);
        }
        let expected: Vec<f64> = row["gasteiger"].split(' ').map(|q| q.parse().unwrap_or(f64::NAN)).collect();
        let charges = gasteiger_charges(&perception, 12);
        let agrees = match &charges {
            Ok(charges) => {
                let got = charges.atoms.iter().zip(&charges.hydrogens).flat_map(|(a, b)| [*a, *b]);
                expected.len() == 2 * charges.atoms.len() && got.zip(&expected).all(|(a, b)| (a - b).abs() < 2e-5)
            }
            Err(_) => expected.iter().any(|q| !q.is_finite()),
        };
        tally.note(&row, "gasteiger", agrees, &format!("{charges:.5?}"));
    }
    tally.finish(other.is_none().then_some(313));
}

#[test]
fn columns_of_all_reference_molecules_agree() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let columns: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let mut tally = Tally::default();
    for line in text.lines().skip(1) {
        let row: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split(',')).collect();
        let perception = perceive(row["smiles"]).unwrap_or_else(|| panic!("{}", row["smiles"]));
        tally.rows += 1;
        let d = Descriptors::with_options(&perception, OPTIONS);
        for (column, got, tolerance) in [
            ("mw", d.molecular_weight, 1e-3),
            ("exact_mw", d.exact_mass, 1e-4),
            ("tpsa", d.polar_surface_area, 6e-3),
            ("crippen_logp", d.log_p, 1e-3),
            ("qed", d.drug_likeness, 1e-3),
            ("frac_csp3", d.fraction_sp3, 1e-4),
            ("hbd", d.donors as f64, 0.0),
            ("hba", d.acceptors as f64, 0.0),
            ("n_rot", d.rotatable_bonds as f64, 0.0),
            ("heavy", d.heavy_atoms as f64, 0.0),
            ("charge", d.charge as f64, 0.0),
        ] {
            tally.number(&row, column, got, tolerance);
        }
    }
    tally.finish(Some(3121));
}

#[test]
fn hydrogens_may_be_drawn_or_counted() {
    for smiles in
        ["CC(=O)Oc1ccccc1C(=O)O", "C[N+](C)(C)CC(=O)[O-]", "NS(=O)(=O)c1ccc(N)cc1", "OP(O)(=O)O", "C1CC1NC=O", "[NH4+]"]
    {
        let molecule = Molecule::from_smiles(smiles).expect("valid");
        let drawn = molecule.with_explicit_hydrogens().expect("no conformers");
        let [counted, drawn] = [molecule, drawn].map(|molecule| Perception::new(&molecule).expect("valid"));
        assert_eq!(Descriptors::new(&counted), Descriptors::new(&drawn), "{smiles}");
        let [a, b] = [&counted, &drawn].map(|form| gasteiger_charges(form, 12).expect("parameters"));
        for (atom, _) in counted.kekule().atoms() {
            assert!((a.atoms[atom.index()] - b.atoms[atom.index()]).abs() < 1e-12, "{smiles}");
        }
        assert!((a.total() - b.total()).abs() < 1e-12 && (a.total() - counted.kekule().charge() as f64).abs() < 1e-9);
    }
}

#[test]
fn hydrogens_may_be_drawn_in_every_model_of_aromaticity() {
    for smiles in ["O=c1cccc[nH]1", "Cn1cnc2c1c(=O)[nH]c(=O)n2C", "c1ccc2cccc-2cc1"] {
        let molecule = Molecule::from_smiles(smiles).expect("valid");
        let drawn = molecule.with_explicit_hydrogens().expect("no conformers");
        for model in [AromaticityModel::Rdkit, AromaticityModel::Daylight, AromaticityModel::Mmff94] {
            let [a, b] = [&molecule, &drawn].map(|form| Perception::with_model(form, model).expect("valid"));
            assert_eq!(Descriptors::new(&a), Descriptors::new(&b), "{smiles} {model:?}");
        }
    }
}

#[test]
fn atoms_of_hundreds_of_neighbours_are_counted_without_overflow() {
    for (centre, arm) in [("C", "(C)"), ("[CH9]", "(C)"), ("S", "(O)"), ("N", "([H])")] {
        for arms in [240, 300] {
            let molecule = Molecule::from_smiles(&(centre.to_owned() + &arm.repeat(arms))).expect("valid");
            let perception = Perception::new(&molecule).expect("no aromatic bonds");
            let values = Descriptors::new(&perception).to_vec();
            assert!(values.iter().all(|value| value.is_finite()), "{centre}{arm}{arms}: {values:?}");
            let _ = (synthetic_accessibility(&perception), gasteiger_charges(&perception, 2));
        }
    }
}

#[test]
fn numbers_do_not_depend_on_the_spelling() {
    let mut rng = Seed::new(11).stream("spellings").rng();
    for line in include_str!("data/descriptors.tsv").lines().skip(2).step_by(9) {
        let smiles = line.split('\t').next().expect("a field");
        let molecule = Molecule::from_smiles(smiles).expect("valid");
        let mut order: Vec<usize> = (0..molecule.atom_count()).collect();
        rng.shuffle(&mut order);
        let mut builder = mol_core::MoleculeBuilder::new();
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new;
            let old = mol_core::AtomIndex::new(old);
            let atom =
                mol_core::Atom { chirality: None, hydrogens: Some(molecule.hydrogens(old)), ..*molecule.atom(old) };
            builder.add_atom(atom);
        }
        let at = |atom: mol_core::AtomIndex| mol_core::AtomIndex::new(place[atom.index()]);
        for (_, bond) in molecule.bonds() {
            builder.add_bond(at(bond.end), at(bond.begin), bond.order).expect("as before");
        }
        let renumbered = Perception::new(&builder.build().expect("as before")).expect("as before");
        let [a, b] =
            [&Perception::new(&molecule).expect("valid"), &renumbered].map(|form| Descriptors::new(form).to_vec());
        for ((kind, a), b) in Descriptor::ALL.iter().zip(a).zip(b) {
            assert!((a - b).abs() < 1e-9, "{smiles}: {kind} {a} {b}");
        }
    }
}
