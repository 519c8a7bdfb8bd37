//! Substructure search: 90 SMARTS on 313 molecules, and common substructures of 60 pairs. The peer is
//! `benches/peers/search_rdkit.py` on the same files.

use criterion::Criterion;
use molkit::Molecule;
use molkit::mcs::{Options, maximum_common_substructure};
use molkit::perceive::Perception;
use molkit::smarts::Pattern;
use std::hint::black_box;

/// Molecules and SMARTS of the reference data, or a few if it is not there.
fn inputs() -> (Vec<Perception>, Vec<String>) {
    let read = |name: &str| molkit::testing::reference(name).and_then(|path| std::fs::read_to_string(path).ok());
    let (molecules, patterns): (Vec<String>, Vec<String>) =
        match (read("smiles/rdkit_properties.csv"), read("smiles/smarts_counts.csv")) {
            (Some(molecules), Some(patterns)) => (
                molecules
                    .lines()
                    .skip(1)
                    .step_by(10)
                    .filter_map(|line| line.split(',').nth(1))
                    .map(Into::into)
                    .collect(),
                // A SMARTS with a comma stands in quotes; the counts behind it have none.
                patterns
                    .lines()
                    .skip(1)
                    .filter_map(|line| line.rsplit_once(','))
                    .map(|(smarts, _)| smarts.trim_matches('"').to_owned())
                    .collect(),
            ),
            _ => (
                ["CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"].map(Into::into).to_vec(),
                ["c1ccccc1", "[CX3](=O)[NX3]", "[$(C(=O)[OH])]", "[r5]"].map(Into::into).to_vec(),
            ),
        };
    let perceive = |smiles: &String| {
        Perception::new(&Molecule::from_smiles(smiles).expect("valid SMILES")).expect("a molecule with a Kekulé form")
    };
    (molecules.iter().map(perceive).collect(), patterns)
}

/// The benchmarks of this file.
pub(crate) fn bench(c: &mut Criterion) {
    let (perceptions, smarts) = inputs();
    let patterns: Vec<Pattern> =
        smarts.iter().map(|smarts| Pattern::from_smarts(smarts).expect("valid SMARTS")).collect();
    let mut group = c.benchmark_group("search");
    group.sample_size(20);
    group.bench_function("count", |b| {
        b.iter(|| patterns.iter().flat_map(|p| perceptions.iter().map(|m| p.count(black_box(m)))).sum::<usize>());
    });
    group.bench_function("matches", |b| {
        b.iter(|| {
            patterns.iter().flat_map(|p| perceptions.iter().map(|m| p.matches(black_box(m)).len())).sum::<usize>()
        });
    });
    group.bench_function("is_in", |b| {
        b.iter(|| patterns.iter().flat_map(|p| perceptions.iter().filter(|m| p.is_in(black_box(m)))).count());
    });
    group.bench_function("read", |b| {
        b.iter(|| smarts.iter().map(|text| Pattern::from_smarts(text).map_or(0, |p| p.atom_count())).sum::<usize>());
    });
    let small: Vec<&Perception> =
        perceptions.iter().filter(|m| (10..=30).contains(&m.molecule().atom_count())).take(120).collect();
    for (name, ring_matches_ring) in [("common", false), ("common, ring matches ring", true)] {
        let options = Options { ring_matches_ring, ..Options::default() };
        group.bench_function(name, |b| {
            b.iter(|| {
                let sizes = small
                    .chunks_exact(2)
                    .map(|pair| maximum_common_substructure(pair[0], pair[1], &options).bonds.len());
                sizes.sum::<usize>()
            });
        });
    }
    group.finish();
}
