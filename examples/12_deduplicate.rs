//! A library of molecules cleaned up, brought to one form each, and freed of duplicates.
//!
//! ```text
//! cargo run --release --example 12_deduplicate -- examples/data/molecules.csv out/unique.smi
//! ```

#![allow(clippy::print_stdout)] // an example talks

use molkit::data::{Record, load, read};
use molkit::io::{write_atomic, write_smiles};
use molkit::perceive::Perception;
use molkit::standardize::{StandardizeOptions, standardize};
use molkit::{Canonical, Molecule, Result};
use std::collections::BTreeMap;

/// The compound itself: the largest piece, groups written in one way, charges taken off where a proton does it.
fn cleaned(molecule: &Molecule) -> Result<Molecule> {
    Ok(standardize(molecule, StandardizeOptions::default())?.molecule)
}

/// A table's column `name`, or the name that other formats have.
fn name(record: &Record) -> &str {
    record.property("name").unwrap_or(&record.name)
}

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let mut given = std::env::args().skip(1).filter(|argument| argument != "--quick");
    let input = given.next().unwrap_or_else(|| "examples/data/molecules.csv".to_owned());
    let output = given.next().unwrap_or_else(|| "out/unique.smi".to_owned());

    let loaded = load(read(&input)?)?;
    let mut records = loaded.records;
    if quick {
        // The duplicates stand at the end of the file.
        records.drain(..records.len().saturating_sub(60));
    }

    // One text for each compound, whatever its spelling: a map from it to the records that are it.
    let (mut compounds, mut refused) = (BTreeMap::<String, Vec<Record>>::new(), Vec::new());
    for record in records {
        match cleaned(&record.molecule).and_then(|molecule| Perception::new(&molecule)) {
            Ok(perception) => {
                let canonical = Canonical::new(&perception).into_smiles();
                compounds.entry(canonical).or_default().push(record);
            }
            Err(error) => refused.push(format!("{}: {error}", name(&record))),
        }
    }
    let total: usize = compounds.values().map(Vec::len).sum();
    println!("{input}: {total} molecules are {} compounds; {} are refused", compounds.len(), refused.len());
    refused.iter().take(5).for_each(|reason| println!("  {reason}"));
    for (canonical, same) in compounds.iter().filter(|(_, same)| same.len() > 1) {
        println!("\n{canonical}");
        for record in same {
            println!("  {:<8} {}", name(record), record.molecule.to_smiles());
        }
    }

    let mut text = Vec::new();
    for (canonical, same) in &compounds {
        write_smiles(&mut text, &Molecule::from_smiles(canonical)?, name(&same[0]))?;
    }
    if let Some(folder) = std::path::Path::new(&output).parent() {
        std::fs::create_dir_all(folder).map_err(|source| molkit::Error::Io { path: folder.into(), source })?;
    }
    write_atomic(&output, |file| file.write_all(&text))?;
    println!("\n{output} written");
    Ok(())
}
