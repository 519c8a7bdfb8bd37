//! Tables are whole, and Crippen's types agree with the table's SMARTS on every atom of a sample.

use super::crippen::{Type, atom_type, hydrogen_type};
use super::sites::Sites;
use super::*;
use crate::Molecule;
use crate::perceive::Perception;
use crate::smarts::{MatchOptions, Pattern, Target};

fn perceive(smiles: &str) -> Perception {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    Perception::new(&molecule).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

/// Types as scripts/descriptors_reference.py lists them: the atoms, then their counted hydrogens.
fn crippen_types(perception: &Perception) -> String {
    let sites = Sites::new(perception);
    let show = |kind: Option<Type>| kind.map_or_else(|| "-".to_owned(), |kind| format!("{kind:?}"));
    let heavy = (0..sites.len()).map(|atom| show(atom_type(&sites, atom)));
    let counted = sites.iter().flat_map(|(atom, site)| {
        std::iter::repeat_n(show(Some(hydrogen_type(&sites, atom))), usize::from(site.implicit)).collect::<Vec<_>>()
    });
    heavy.chain(counted).collect::<Vec<_>>().join(" ")
}

#[test]
fn types_of_all_atoms_of_a_sample_are_those_of_the_smarts_table() {
    let table = include_str!("../../tests/data/descriptors.tsv");
    let mut lines = table.lines().skip(1);
    let column =
        lines.next().and_then(|line| line.split('\t').position(|name| name == "crippen_types")).expect("a header");
    let mut rows = 0;
    for fields in lines.map(|line| line.split('\t').collect::<Vec<_>>()) {
        assert_eq!(crippen_types(&perceive(fields[0])), fields[column], "{}", fields[0]);
        rows += 1;
    }
    assert_eq!(rows, 313);
}

#[test]
fn rare_types_are_found() {
    // One molecule for each type that the sample does not reach, and what RDKit calls its first atom.
    for (smiles, label) in
        [("[Na+]", "Hal"), ("[Na]C", "Me1"), ("[Fe]", "Me2"), ("[I-]", "Hal"), ("[He]", "-"), ("[2H]O", "H2")]
    {
        let types = crippen_types(&perceive(smiles));
        assert_eq!(types.split(' ').next(), Some(label), "{smiles}: {types}");
    }
}

#[test]
fn types_are_those_that_the_smarts_of_the_table_find() {
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/crippen.csv")[..]);
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let patterns: Vec<Pattern> = rows.iter().map(|row| Pattern::from_smarts(&row[1]).unwrap()).collect();
    let all = MatchOptions { unique: false, ..MatchOptions::default() };
    for line in include_str!("../../tests/data/descriptors.tsv").lines().skip(2).step_by(7) {
        let smiles = line.split('\t').next().unwrap();
        let drawn = perceive(smiles).kekule().with_explicit_hydrogens().unwrap();
        let perception = Perception::new(&drawn).unwrap();
        let target = Target::new(&perception);
        let mut labels = vec![None; drawn.atom_count()];
        for (row, pattern) in rows.iter().zip(&patterns) {
            for found in pattern.matches_in(&target, &all) {
                labels[found[0].index()].get_or_insert(&row[0]);
            }
        }
        let sites = Sites::new(&perception);
        for (atom, label) in labels.into_iter().enumerate() {
            let kind = atom_type(&sites, atom).map(|kind| format!("{kind:?}"));
            assert_eq!(kind.as_deref(), label, "{smiles} atom {atom}");
        }
    }
}

#[test]
fn the_tables_are_whole() {
    let weights = [AtomicWeights::Ciaaw, AtomicWeights::Rdkit];
    let all: String = crate::Element::all().flat_map(|element| ["[", element.symbol(), "]."]).collect();
    let elements = Molecule::from_smiles(all.trim_end_matches('.')).unwrap();
    let [ciaaw, rdkit] = weights.map(|weights| molecular_weight(&elements, weights));
    assert!((ciaaw - rdkit).abs() < 60.0, "{ciaaw} {rdkit}"); // most of it from elements without stable isotopes
    let seen = Perception::new(&elements).unwrap();
    assert!(Descriptors::new(&seen).to_vec().iter().all(|value| value.is_finite()));
    // The most common fragment of all is in the table, a code that is none is not.
    let benzene = synthetic_accessibility(&perceive("c1ccccc1")).unwrap();
    assert!((benzene - 1.0).abs() < 1e-9, "{benzene}");
    assert_eq!(synthetic_accessibility(&perceive("")), None);
    let empty = Descriptors::new(&perceive(""));
    assert!(empty.to_vec().iter().all(|value| value.is_finite()) && empty.molecular_weight == 0.0);
}

#[test]
fn names_are_distinct_and_in_serde() {
    let names: std::collections::BTreeSet<&str> = Descriptor::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), Descriptor::ALL.len());
    for &kind in Descriptor::ALL {
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("{:?}", kind.name()));
    }
}
