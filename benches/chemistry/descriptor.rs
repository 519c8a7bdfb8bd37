//! Descriptors, charges, scaffolds and BRICS bonds of perceived molecules. The peer is `benches/peers/descriptor_rdkit.py` on the
//! same file.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use molkit::descriptor::{Descriptors, gasteiger_charges, synthetic_accessibility};
use molkit::fragment::brics_bonds;
use molkit::perceive::Perception;
use molkit::standardize::{NeutralizeOptions, neutralize};
use molkit::{Molecule, murcko_scaffold};
use std::hint::black_box;

/// The molecules of `smiles/rdkit_properties.csv` if it is there, else a few.
fn molecules() -> Vec<Perception> {
    let file = molkit::testing::reference("smiles/rdkit_properties.csv");
    let text = file.and_then(|path| std::fs::read_to_string(path).ok());
    let few = "\n,CC(=O)Oc1ccccc1C(=O)O\n,CN1C=NC2=C1C(=O)N(C(=O)N2C)C\n,C[NH+](C)CCCN1c2ccccc2Sc2ccc(Cl)cc21";
    let lines = text.as_deref().unwrap_or(few).lines().skip(1).filter_map(|line| line.split(',').nth(1));
    lines.map(|text| Perception::new(&Molecule::from_smiles(text).expect("valid")).expect("valid")).collect()
}

pub(crate) fn bench(c: &mut Criterion) {
    let molecules = molecules();
    let mut group = c.benchmark_group("descriptor");
    group.throughput(Throughput::Elements(molecules.len() as u64)).sample_size(10);
    let mut time = |name: &str, work: &dyn Fn(&Perception) -> f64| {
        group.bench_with_input(BenchmarkId::new(name, molecules.len()), &molecules, |b, molecules| {
            // Fresh copies, as the peer's: what a perception finds when first asked is part of the work.
            b.iter_batched_ref(
                || molecules.clone(),
                |fresh| fresh.iter().map(|molecule| work(black_box(molecule))).sum::<f64>(),
                BatchSize::LargeInput,
            );
        });
    };
    time("set", &|molecule| Descriptors::new(molecule).drug_likeness);
    time("synthetic_accessibility", &|molecule| synthetic_accessibility(molecule).unwrap_or(0.0));
    time("gasteiger", &|molecule| gasteiger_charges(molecule, 12).map_or(0.0, |charges| charges.atoms[0]));
    time("murcko", &|molecule| murcko_scaffold(molecule).atom_count() as f64);
    time("brics_bonds", &|molecule| brics_bonds(molecule).len() as f64);
    time("neutralize", &|molecule| {
        neutralize(molecule.molecule(), NeutralizeOptions::default()).map_or(0.0, |clean| clean.changes.len() as f64)
    });
    group.finish();
}
