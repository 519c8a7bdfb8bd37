//! SMILES of 3121 molecules: reading, writing, hydrogens. The peer is `benches/peers/smiles_rdkit.py` on the same file.
//!
//! Reads `smiles/rdkit_properties.csv` of the reference data if it is there, else a short built-in list, and names the
//! benchmarks after the number of molecules.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use molkit::Molecule;
use std::hint::black_box;

/// One string per molecule.
fn strings() -> Vec<String> {
    let file = molkit::testing::reference("smiles/rdkit_properties.csv");
    let Some(text) = file.and_then(|path| std::fs::read_to_string(path).ok()) else {
        let few = [
            "CC(=O)Oc1ccccc1C(=O)O",
            "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
            "C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=C3C=CC(O)=C4",
        ];
        return few.map(str::to_owned).to_vec();
    };
    text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).map(str::to_owned).collect()
}

fn smiles(c: &mut Criterion) {
    let strings = strings();
    let molecules: Vec<Molecule> = strings.iter().map(|text| Molecule::from_smiles(text).expect("valid")).collect();
    let mut group = c.benchmark_group("smiles");
    group.throughput(Throughput::Elements(strings.len() as u64)).sample_size(20);
    group.bench_with_input(BenchmarkId::new("read", strings.len()), &strings, |b, strings| {
        b.iter(|| {
            strings
                .iter()
                .map(|text| Molecule::from_smiles(black_box(text)).expect("valid").atom_count())
                .sum::<usize>()
        });
    });
    group.bench_with_input(BenchmarkId::new("read_and_formula", strings.len()), &strings, |b, strings| {
        b.iter(|| {
            strings
                .iter()
                .map(|text| Molecule::from_smiles(black_box(text)).expect("valid").formula().len())
                .sum::<usize>()
        });
    });
    group.bench_with_input(BenchmarkId::new("write", molecules.len()), &molecules, |b, molecules| {
        b.iter(|| molecules.iter().map(|molecule| black_box(molecule).to_smiles().len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, smiles);
criterion_main!(benches);
