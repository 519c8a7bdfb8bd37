//! Reading with full perception on the 3121 reference molecules, and the parts of perception one by one.
//!
//! The same work in the peers: `benches/peers/perceive_rdkit.py` and `benches/peers/chematic`.

use criterion::{Criterion, Throughput};
use molkit::Molecule;
use molkit::perceive::{
    AromaticityModel, Perception, RingFamilies, Rings, ValenceModel, check_valence, symmetry_classes,
};
use std::hint::black_box;

/// The SMILES of the reference table, or a few where it is not at hand.
fn strings() -> Vec<String> {
    let file = molkit::testing::reference("smiles/rdkit_properties.csv");
    let few = "CC(=O)Oc1ccccc1C(=O)O\nCn1cnc2c1c(=O)n(C)c(=O)n2C\nCC12CCC3C(CCC4=CC(=O)CCC34C)C1CCC2O";
    match file.and_then(|path| std::fs::read_to_string(path).ok()) {
        Some(text) => text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).map(str::to_owned).collect(),
        None => few.lines().map(str::to_owned).collect(),
    }
}

/// Times `work` on all of `items` at once.
fn time<T>(c: &mut Criterion, name: &str, items: &[T], mut work: impl FnMut(&T)) {
    let mut group = c.benchmark_group("perceive");
    group.sample_size(10).throughput(Throughput::Elements(items.len() as u64));
    group.bench_function(name, |bencher| bencher.iter(|| items.iter().for_each(&mut work)));
    group.finish();
}

/// Reads, strips drawn hydrogens, checks valences and perceives: what `MolFromSmiles` does in RDKit.
fn sanitised(smiles: &str) -> Perception {
    let molecule = Molecule::from_smiles(smiles).expect("a reference SMILES").into_without_explicit_hydrogens();
    check_valence(&molecule, ValenceModel::Strict).expect("valences that RDKit takes");
    Perception::new(&molecule).expect("a molecule that RDKit kekulizes")
}

/// The group.
pub(crate) fn bench(c: &mut Criterion) {
    let strings = strings();
    time(c, "read and perceive", &strings, |smiles| {
        let read = Molecule::from_smiles(smiles).expect("a reference SMILES").into_without_explicit_hydrogens();
        black_box(Perception::new(&read).expect("a molecule that RDKit kekulizes"));
    });
    time(c, "read, check valences and perceive", &strings, |smiles| {
        black_box(sanitised(smiles));
    });
    let molecules: Vec<Molecule> =
        strings.iter().map(|smiles| Molecule::from_smiles(smiles).expect("a reference SMILES")).collect();
    time(c, "perceive", &molecules, |molecule| {
        black_box(Perception::new(molecule).expect("a molecule that RDKit kekulizes"));
    });
    time(c, "rings", &molecules, |molecule| {
        black_box(Rings::new(molecule));
    });
    time(c, "ring families", &molecules, |molecule| {
        black_box(RingFamilies::new(molecule));
    });
    time(c, "valences", &molecules, |molecule| {
        black_box(check_valence(molecule, ValenceModel::Strict)).expect("valences that RDKit takes");
    });
    time(c, "kekulize", &molecules, |molecule| {
        black_box(molecule.kekulized().expect("a molecule that RDKit kekulizes"));
    });
    time(c, "MMFF94 aromaticity", &molecules, |molecule| {
        black_box(molecule.with_aromaticity_model(AromaticityModel::Mmff94).expect("kekulizable"));
    });
    time(c, "symmetry classes", &molecules, |molecule| {
        black_box(symmetry_classes(molecule));
    });
}
