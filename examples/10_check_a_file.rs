//! Reads a file of molecules (CSV, SMILES, SDF, gzip or not) and reports what is wrong in it, record by record.
//!
//! ```text
//! cargo run --release --example 10_check_a_file -- examples/data/molecules.csv
//! ```

#![allow(clippy::print_stdout)] // an example talks

use molkit::data::{Record, Report, read};
use molkit::perceive::{Perception, StereoElements, ValenceModel, check_valence};
use std::path::PathBuf;

/// Fewer records are shown with `--quick`.
const SHOWN: usize = 20;

fn main() -> Result<(), molkit::Error> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let given = std::env::args().skip(1).find(|argument| argument != "--quick");
    let path = given.map_or_else(|| PathBuf::from("examples/data/molecules.csv"), PathBuf::from);

    // 1. Syntax. Records stream; one that cannot be read is an error with its line, and the next one follows.
    let mut report = Report::default();
    let mut good: Vec<Record> = Vec::new();
    for record in read(&path)? {
        match record {
            Ok(record) => good.push(record),
            // A file that itself breaks off is another matter than a bad record.
            Err(error @ molkit::Error::Io { .. }) => return Err(error),
            Err(error) => report.add(&error),
        }
    }
    report.read = good.len();
    println!("{}: {report}", path.display());

    // 2. Chemistry: valences, Kekulé structures, stereo that is left open or says nothing.
    let (mut impossible, mut open, mut pieces) = (Vec::new(), Vec::new(), 0);
    for record in &good {
        let name = record.property("name").unwrap_or(&record.name);
        let place = || record.line.map_or_else(|| name.to_owned(), |line| format!("line {line}, {name}"));
        let perception = match Perception::new(&record.molecule) {
            Ok(perception) => perception,
            Err(error) => {
                impossible.push(format!("{}: {error}", place()));
                continue;
            }
        };
        if let Err(error) = check_valence(&record.molecule, ValenceModel::Strict) {
            impossible.push(format!("{}: {error}", place()));
        }
        let stereo = StereoElements::new(&perception);
        let missing = stereo.centers().iter().filter(|center| !center.specified).count()
            + stereo.bonds().iter().filter(|bond| !bond.specified).count();
        if missing > 0 {
            open.push(format!("{}: {missing} of {}", place(), record.molecule.to_smiles()));
        }
        pieces += usize::from(record.molecule.components().len() > 1);
    }
    let shown = if quick { 3 } else { SHOWN };
    for (title, list) in [("cannot exist as written", &impossible), ("have stereo that is not stated", &open)] {
        println!("\n{} records {title}", list.len());
        list.iter().take(shown).for_each(|line| println!("  {line}"));
    }
    println!("\n{pieces} records hold several molecules: salts, solvents (12_deduplicate takes them apart)");
    Ok(())
}
