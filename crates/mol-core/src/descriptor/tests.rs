//! Tables are whole, and Crippen's types agree with the table's SMARTS on every atom of a sample.

use super::crippen::{Type, atom_type, hydrogen_type};
use super::sites::Sites;
use super::*;
use crate::Molecule;
use crate::perceive::Perception;

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
