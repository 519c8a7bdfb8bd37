//! SELFIES against the Python package, and round trips of the reference molecules.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]
#![allow(clippy::print_stdout, reason = "docs/methods/selfies.md quotes the counts printed here")]

use mol_core::testing::reference;
use mol_core::{Error, Molecule};

/// Rows of tests/data/selfies.csv of one kind: input and output.
fn rows(kind: &str) -> Vec<(String, String)> {
    let mut reader = csv_rows(include_str!("data/selfies.csv"));
    reader.retain(|row| row[0] == kind);
    reader.into_iter().map(|[_, input, output]| (input, output)).collect()
}

/// A table without quoted fields: neither notation has a comma.
fn csv_rows(text: &str) -> Vec<[String; 3]> {
    let row = |line: &str| {
        let mut fields = line.split(',').map(str::to_owned);
        [(); 3].map(|()| fields.next().unwrap_or_default())
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn strings_of_kekule_structures_are_the_packages() {
    let rows = rows("E");
    assert_eq!(rows.len(), 250);
    for (smiles, selfies) in rows {
        assert_eq!(Molecule::from_smiles(&smiles).unwrap().to_selfies().unwrap(), selfies, "{smiles}");
    }
}

#[test]
fn random_strings_mean_what_they_mean_in_the_package() {
    let rows = rows("D");
    assert_eq!(rows.len(), 800);
    let (mut same_text, mut same) = (0, 0);
    for (selfies, smiles) in &rows {
        let got = Molecule::from_selfies(selfies).unwrap();
        // Ring numbers of the package never repeat, and end at 99.
        let expected = Molecule::from_smiles(smiles).unwrap();
        same_text += usize::from(got.to_smiles() == expected.to_smiles());
        let equal = got.to_canonical_smiles().unwrap() == expected.to_canonical_smiles().unwrap();
        assert!(equal, "{selfies}: {} {smiles}", got.to_smiles());
        same += 1;
    }
    println!("of {} random strings {same} are the package's molecule, {same_text} in the same text", rows.len());
}

/// Many more strings, if scripts/selfies_reference.py has written them: nothing that either side reads or writes may mean
/// another molecule, but for one kind of centre that RDKit reads in its own way (docs/methods/selfies.md).
#[test]
fn a_longer_list_agrees_with_the_package() {
    let Some(path) = std::env::var_os("MOLKIT_SELFIES") else { return };
    let table = csv_rows(&std::fs::read_to_string(path).unwrap());
    let form = |molecule: &Molecule| molecule.to_canonical_smiles().unwrap();
    let (mut same, mut refused, mut alone, mut other, mut others) = (0, 0, 0, 0, Vec::new());
    for [_, smiles, theirs] in table.iter().filter(|row| row[0] == "W") {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        match molecule.to_selfies() {
            Err(_) if theirs.is_empty() => refused += 1,
            Ok(ours) if ours == *theirs => same += 1,
            Ok(ours) if !theirs.is_empty() => {
                other += 1;
                let expected = form(&molecule);
                for text in [&ours, theirs] {
                    if form(&Molecule::from_selfies(text).unwrap()) != expected {
                        others.push(format!("{smiles}: {text}"));
                    }
                }
            }
            _ => alone += 1,
        }
    }
    println!("written: {same} alike, {refused} refused by both, {alone} by one, {other} in another text");
    let (mut text, mut read) = (0, 0);
    let rows = table.iter().filter(|row| row[0] == "D").count();
    for [_, selfies, smiles] in table.iter().filter(|row| row[0] == "D") {
        let (ours, theirs) = (Molecule::from_selfies(selfies).unwrap(), Molecule::from_smiles(smiles).unwrap());
        text += usize::from(ours.to_smiles() == *smiles);
        if form(&ours) == form(&theirs) {
            read += 1;
        } else {
            others.push(format!("{selfies}: {} {smiles}", ours.to_smiles()));
        }
    }
    println!("read: {read} of {rows} the same molecule, {text} in the same text; different: {others:#?}");
    assert!(alone == 0 && others.len() * 1000 <= rows);
}

#[test]
fn every_reference_molecule_comes_back() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let (mut back, mut refused) = (0, Vec::new());
    for smiles in text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()) {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let selfies = match molecule.to_selfies() {
            Ok(selfies) => selfies,
            Err(error @ Error::Selfies(mol_core::selfies::Error::Capacity { .. })) => {
                refused.push(format!("{smiles}: {error}"));
                continue;
            }
            Err(error) => panic!("{smiles}: {error}"),
        };
        let again = Molecule::from_selfies(&selfies).unwrap();
        let expected = molecule.to_canonical_smiles().unwrap();
        assert_eq!(again.to_canonical_smiles().unwrap(), expected, "{smiles}");
        back += 1;
    }
    println!("{back} reference molecules come back, {} are refused", refused.len());
    for line in &refused {
        println!("{line}");
    }
    assert_eq!(back + refused.len(), 3121);
    assert!(refused.len() <= 10, "the package refuses no more");
}
