//! Embedding: ten conformers of each of the 40 reference molecules, hydrogens included. The peer is
//! `benches/peers/embed_rdkit.py`, which makes as many of the same molecules.

use criterion::Criterion;
use molkit::embed::{EmbedConfig, Embedder};
use molkit::io::read_sdf;
use molkit::{Molecule, Seed};
use std::hint::black_box;

/// Conformers per molecule.
const COUNT: usize = 10;

fn molecules() -> Vec<Molecule> {
    let Some(path) = molkit::testing::reference("conformers/conformers.sdf") else {
        let few = ["CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O"];
        let read = |text: &str| Molecule::from_smiles(text).ok()?.with_explicit_hydrogens().ok();
        return few.iter().map(|text| read(text).expect("valid")).collect();
    };
    let records = read_sdf(path).expect("the file was found").step_by(3);
    records.map(|record| record.expect("a valid record").molecule).collect()
}

/// One group: preparation alone, and conformers on one thread.
pub(crate) fn bench(c: &mut Criterion) {
    let molecules = molecules();
    let mut group = c.benchmark_group("embed");
    group.sample_size(10);
    group.bench_function("prepare", |b| {
        b.iter(|| {
            for molecule in &molecules {
                black_box(Embedder::new(black_box(molecule), EmbedConfig::default()).expect("explicit hydrogens"));
            }
        });
    });
    group.bench_function("ten_conformers", |b| {
        b.iter(|| {
            for molecule in &molecules {
                let embedder = Embedder::new(black_box(molecule), EmbedConfig::default()).expect("explicit hydrogens");
                let mut rng = Seed::new(1).rng();
                for _ in 0..COUNT {
                    black_box(embedder.conformer(&mut rng).expect("drug-like molecules"));
                }
            }
        });
    });
    group.finish();
}
