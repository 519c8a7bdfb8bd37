//! SMILES of 3121 molecules: reading, canonical and random writing. The peer is `benches/peers/smiles_rdkit.py` on the same file.
//!
//! Reads `smiles/rdkit_properties.csv` of the reference data if it is there, else a short built-in list, and names the
//! benchmarks after the number of molecules.

use criterion::{BenchmarkId, Criterion, Throughput};
use molkit::perceive::{Perception, StereoElements};
use molkit::smiles::SmilesWriter;
use molkit::{Canonical, Molecule, Seed};
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

/// The benchmarks of canonical SMILES.
pub(crate) fn bench(c: &mut Criterion) {
    let strings = strings();
    let molecules: Vec<Molecule> = strings.iter().map(|text| Molecule::from_smiles(text).expect("valid")).collect();
    let perceived: Vec<Perception> =
        molecules.iter().map(|molecule| Perception::new(molecule).expect("valid")).collect();
    let count = strings.len();
    let mut group = c.benchmark_group("smiles");
    group.throughput(Throughput::Elements(count as u64)).sample_size(20);
    group.bench_with_input(BenchmarkId::new("read_and_canonical", count), &strings, |b, strings| {
        b.iter(|| {
            let form = |text: &String| {
                Molecule::from_smiles(black_box(text)).expect("valid").to_canonical_smiles().expect("valid").len()
            };
            strings.iter().map(form).sum::<usize>()
        });
    });
    group.bench_with_input(BenchmarkId::new("canonical_of_perceived", count), &perceived, |b, perceived| {
        b.iter(|| perceived.iter().map(|one| Canonical::new(black_box(one)).smiles().len()).sum::<usize>());
    });
    group.bench_with_input(BenchmarkId::new("stereo_elements_of_perceived", count), &perceived, |b, perceived| {
        b.iter(|| perceived.iter().map(|one| StereoElements::new(black_box(one)).centers().len()).sum::<usize>());
    });
    group.bench_with_input(BenchmarkId::new("write_random", count), &molecules, |b, molecules| {
        let mut rng = Seed::new(1).rng();
        let writer = SmilesWriter::default();
        b.iter(|| {
            let mut length =
                |molecule: &Molecule| writer.write_random(black_box(molecule), &mut rng).expect("no root").len();
            molecules.iter().map(&mut length).sum::<usize>()
        });
    });
    group.finish();
}
