//! A data set split by scaffold: no ring system of the test set was seen in training, which a random split cannot promise.
//!
//! ```text
//! cargo run --release --example 14_scaffold_split
//! ```

#![allow(clippy::print_stdout)] // an example talks

use molkit::data::{Fractions, GroupOrder, Split, group_by, grouped_split, load, random_split, read};
use molkit::fingerprint::{Library, Morgan, Similarity};
use molkit::perceive::Perception;
use molkit::{Seed, murcko_scaffold};

fn main() -> Result<(), molkit::Error> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let loaded = load(read("examples/data/molecules.csv")?)?;
    let mut records = loaded.records;
    records.retain(|record| Perception::new(&record.molecule).is_ok());
    records.truncate(if quick { 80 } else { records.len() });
    let perceived: Vec<Perception> =
        records.iter().map(|record| Perception::new(&record.molecule)).collect::<Result<_, _>>()?;

    // Molecules of one scaffold stay together: its canonical SMILES names the group.
    let scaffold = |perception: &Perception| murcko_scaffold(perception).to_canonical_smiles();
    let scaffolds: Vec<String> = perceived.iter().map(scaffold).collect::<Result<_, _>>()?;
    let groups = group_by(scaffolds.iter());
    let distinct = groups.iter().max().map_or(0, |last| last + 1);
    println!("{} molecules of {distinct} scaffolds", records.len());

    let fractions = Fractions::new(0.8, 0.1, 0.1)?;
    let rng = &mut Seed::new(1).stream("split").rng();
    let splits = [
        ("random", random_split(records.len(), fractions, rng)),
        ("scaffold, largest first", grouped_split(&groups, fractions, GroupOrder::LargestFirst, rng)),
        ("scaffold, balanced", grouped_split(&groups, fractions, GroupOrder::Balanced, rng)),
    ];

    // How far the test set really is from what was trained on: shared scaffolds, and the nearest training molecule.
    let morgan = Morgan::default();
    let fingerprints: Vec<_> = perceived.iter().map(|perception| morgan.fingerprint(perception)).collect();
    println!("\nsplit                    train  val  test  shared scaffolds  mean nearest similarity");
    for (name, Split { train, validation, test }) in &splits {
        let shared = test.iter().filter(|&&k| train.iter().any(|&other| groups[other] == groups[k])).count();
        let library = Library::new(&train.iter().map(|&k| fingerprints[k].clone()).collect::<Vec<_>>())?;
        let mut sum = 0.0;
        for &k in test {
            sum +=
                library.nearest(&fingerprints[k], 1, Similarity::Tanimoto)?.first().map_or(0.0, |hit| hit.similarity);
        }
        let mean = sum / test.len().max(1) as f64;
        let sizes = (train.len(), validation.len(), test.len());
        println!("{name:<24} {:>5} {:>4} {:>5} {shared:>17} {mean:>24.3}", sizes.0, sizes.1, sizes.2);
    }
    Ok(())
}
