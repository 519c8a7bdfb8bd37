//! SELFIES of the reference molecules, written and read; the peer is `benches/peers/selfies_python.py`.

use criterion::{Criterion, Throughput};
use molkit::Molecule;
use std::hint::black_box;

fn strings() -> Vec<String> {
    let file = molkit::testing::reference("smiles/rdkit_properties.csv");
    let Some(text) = file.and_then(|path| std::fs::read_to_string(path).ok()) else {
        return ["CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"].map(str::to_owned).to_vec();
    };
    text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).map(str::to_owned).collect()
}

/// The group.
pub(crate) fn bench(c: &mut Criterion) {
    let smiles = strings();
    let encode = |text: &String| Molecule::from_smiles(text).expect("valid").to_selfies().ok();
    let selfies: Vec<String> = smiles.iter().filter_map(encode).collect();
    let mut group = c.benchmark_group("selfies");
    group.throughput(Throughput::Elements(smiles.len() as u64)).sample_size(10);
    group.bench_function("encode", |b| {
        b.iter(|| smiles.iter().filter_map(|text| encode(black_box(text))).map(|text| text.len()).sum::<usize>());
    });
    group.bench_function("decode", |b| {
        let decode = |text: &String| Molecule::from_selfies(black_box(text)).expect("valid").to_smiles().len();
        b.iter(|| selfies.iter().map(decode).sum::<usize>());
    });
    group.finish();
}
