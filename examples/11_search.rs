//! Substructure and similarity search in a file of molecules, each perceived once.
//!
//! ```text
//! cargo run --release --example 11_search -- "c1ccccc1C(=O)[OX2H1,OX1-]"
//! ```

#![allow(clippy::print_stdout)] // an example talks

use molkit::data::{load, read};
use molkit::fingerprint::{Library, Morgan, Similarity};
use molkit::perceive::Perception;
use molkit::smarts::Pattern;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let given = std::env::args().skip(1).find(|argument| argument != "--quick");
    let smarts = given.unwrap_or_else(|| "[CX3](=O)[OX2H1,OX1-]".to_owned());

    // 1. The molecules. What cannot be read is counted, what cannot be kekulized is left out.
    let loaded = load(read("examples/data/molecules.csv")?)?;
    let mut records = loaded.records;
    records.truncate(if quick { 50 } else { records.len() });
    let (mut names, mut perceived) = (Vec::new(), Vec::new());
    for record in &records {
        if let Ok(perception) = Perception::new(&record.molecule) {
            let name = record.property("name").unwrap_or(&record.name);
            names.push(format!("{name:<8} {}", record.molecule.to_smiles()));
            perceived.push(perception);
        }
    }
    println!("{} molecules, {} records were not read", perceived.len(), loaded.report.failed);

    // 2. Substructure: a pattern is compiled once, its matches are atoms of the molecule.
    let pattern = Pattern::from_smarts(&smarts)?;
    let found: Vec<usize> = (0..perceived.len()).filter(|&k| pattern.is_in(&perceived[k])).collect();
    println!("\n{smarts} is in {} of them", found.len());
    for &k in found.iter().take(5) {
        let matches = pattern.matches(&perceived[k]);
        let atoms: Vec<String> = matches[0].iter().map(ToString::to_string).collect();
        println!("  {}, {} times, first at atoms {}", names[k], matches.len(), atoms.join(" "));
    }

    // 3. Similarity: fingerprints of one scheme lie in one piece of memory.
    let morgan = Morgan::default();
    let fingerprints: Vec<_> = perceived.iter().map(|perception| morgan.fingerprint(perception)).collect();
    let library = Library::new(&fingerprints)?;
    let query = *found.first().unwrap_or(&0);
    println!("\nmost similar to {}", names[query]);
    for hit in library.nearest(&fingerprints[query], 6, Similarity::Tanimoto)? {
        println!("  {:.3}  {}", hit.similarity, names[hit.index]);
    }
    Ok(())
}
