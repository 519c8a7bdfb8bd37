//! Canonical forms and stereo elements on the reference data: one form per molecule, a fixed point, as many forms as `RDKit`.

use mol_core::perceive::{Perception, StereoElements};
use mol_core::smiles::SmilesWriter;
use mol_core::testing::reference;
use mol_core::{Molecule, Seed};
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a reference table without quoted commas; `None` without the data.
fn rows(path: &str) -> Option<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(reference(path)?).expect("the file was found");
    Some(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

fn canonical(smiles: &str) -> String {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    molecule.to_canonical_smiles().unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

#[test]
fn forms_are_fixed_and_as_many_as_those_of_rdkit() {
    let Some(rows) = rows("smiles/rdkit_properties.csv") else { return };
    let (mut by_form, mut by_theirs) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    let mut rng = Seed::new(1).rng();
    for row in &rows {
        let form = canonical(&row[1]);
        assert_eq!(canonical(&form), form, "{}", row[1]);
        assert_eq!(canonical(&row[3]), form, "{} as RDKit writes it", row[1]);
        let molecule = Molecule::from_smiles(&row[1]).expect("read above");
        assert_eq!(SmilesWriter::default().write(&molecule).expect("no root"), form, "{}", row[1]);
        let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).expect("no root");
        assert_eq!(canonical(&spelling), form, "{} as {spelling}", row[1]);
        by_theirs.entry(row[3].clone()).or_default().insert(form.clone());
        by_form.entry(form).or_default().insert(row[3].clone());
    }
    assert_eq!((by_form.len(), by_theirs.len()), (3100, 3100));
    assert!(by_form.values().chain(by_theirs.values()).all(|partners| partners.len() == 1));
}

#[test]
fn spellings_of_one_molecule_have_one_form() {
    let Some(rows) = rows("smiles/random_spellings.csv") else { return };
    let mut groups = BTreeMap::<_, BTreeSet<_>>::new();
    for row in &rows {
        groups.entry(&row[0]).or_default().insert(canonical(&row[1]));
    }
    assert_eq!(groups.len(), 750);
    for (group, forms) in groups {
        assert_eq!(forms.len(), 1, "group {group}: {forms:?}");
    }
}

#[test]
fn molecules_on_which_others_oscillate_do_not() {
    let Some(rows) = rows("smiles/canonical_oscillators.csv") else { return };
    let mut rng = Seed::new(7).rng();
    for row in &rows {
        let molecule = Molecule::from_smiles(&row[1]).expect("valid");
        let form = canonical(&row[1]);
        assert_eq!(canonical(&form), form, "{}", row[1]);
        for _ in 0..200 {
            let spelling = SmilesWriter::default().write_random(&molecule, &mut rng).expect("no root");
            assert_eq!(canonical(&spelling), form, "{} as {spelling}", row[1]);
        }
    }
}

#[test]
fn the_specification_s_examples_have_a_form() {
    let Some(rows) = rows("smiles/opensmiles_accept.csv") else { return };
    for row in &rows {
        let form = canonical(&row[1]);
        assert_eq!(canonical(&form), form, "{}", row[1]);
    }
}

/// The counts agree with the older perception of `RDKit` that the table was made with, except where that one misses centres
/// that depend on others: then they are its newer perception's. docs/methods/canonical.md lists them.
#[test]
fn stereocentres_agree_with_rdkit() {
    let Some(rows) = rows("smiles/rdkit_properties.csv") else { return };
    let mut other = Vec::new();
    for row in &rows {
        let perception = Perception::new(&Molecule::from_smiles(&row[1]).expect("valid")).expect("valid");
        let stereo = StereoElements::new(&perception);
        let specified = stereo.centers().iter().filter(|center| center.specified).count();
        let theirs = (row[22].parse::<usize>().expect("a count"), row[23].parse::<usize>().expect("a count"));
        if (specified, stereo.centers().len()) != theirs {
            // Never fewer: what the older perception sees is there.
            assert!(specified >= theirs.0 && stereo.centers().len() > theirs.1, "{}", row[1]);
            other.push(&row[1]);
        }
    }
    assert_eq!(other.len(), 40, "{other:#?}");
}

/// Random spellings of isomers of the reference molecules against `InChI` and the forms of `RDKit`, a table of
/// `scripts/canonical_inchi.py`; docs/methods/canonical.md says what the disagreements are.
#[test]
fn isomers_are_told_apart_as_by_inchi() {
    let Some(path) = std::env::var_os("MOLKIT_ISOMERS") else { return };
    let text = std::fs::read_to_string(path).expect("a table");
    let mut molecules = BTreeMap::<usize, Vec<(&str, &str, String)>>::new();
    let mut spellings = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [number, inchi, theirs, spelling] = fields[..] else { panic!("four columns: {line}") };
        let number = number.parse().expect("a number");
        molecules.entry(number).or_default().push((inchi, theirs, canonical(spelling)));
        spellings += 1;
    }
    // Molecules with isomers that have one form, that have several, with fewer forms than RDKit has, and with more.
    let mut differing = [const { Vec::<usize>::new() }; 4];
    for (number, list) in &molecules {
        let (mut by_form, mut by_inchi) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
        for (inchi, _, form) in list {
            by_form.entry(form).or_default().insert(inchi);
            by_inchi.entry(inchi).or_default().insert(form);
        }
        let theirs = list.iter().map(|(_, theirs, _)| theirs).collect::<BTreeSet<_>>().len();
        let differs = [
            by_form.values().any(|inchis| inchis.len() > 1),
            by_inchi.values().any(|forms| forms.len() > 1),
            by_form.len() < theirs,
            by_form.len() > theirs,
        ];
        differing.iter_mut().zip(differs).for_each(|(list, differs)| list.extend(differs.then_some(*number)));
    }
    let counts = differing.each_ref().map(Vec::len);
    assert_eq!((molecules.len(), spellings, counts), (3012, 36_114, [0, 62, 0, 0]), "{differing:?}");
}
