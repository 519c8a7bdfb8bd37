//! Fingerprints of perceived molecules and search among them. The peer is `benches/peers/fingerprint_rdkit.py`.
//!
//! Reads `smiles/rdkit_properties.csv` of the reference data if it is there, else a short built-in list, and names the
//! benchmarks after the number of molecules.

use criterion::{BenchmarkId, Criterion, Throughput};
use molkit::fingerprint::{
    AtomPairs, Fingerprint, FoldedSize, Library, Morgan, MorganAtoms, Paths, Similarity, TopologicalTorsions,
};
use molkit::perceive::Perception;
use molkit::{Molecule, Seed};
use std::hint::black_box;

/// Molecules as the peer has them: perceived, without drawn hydrogens.
fn molecules() -> Vec<Perception> {
    let file = molkit::testing::reference("smiles/rdkit_properties.csv");
    let strings: Vec<String> = match file.and_then(|path| std::fs::read_to_string(path).ok()) {
        Some(text) => text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).map(str::to_owned).collect(),
        None => ["CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"].map(str::to_owned).to_vec(),
    };
    let read = |text: &String| {
        let molecule = Molecule::from_smiles(text).expect("valid").without_explicit_hydrogens();
        Perception::new(&molecule).expect("valid")
    };
    strings.iter().map(read).collect()
}

/// Fingerprints that are searched: 256 MB, which no cache holds.
const LIBRARY: usize = 1_000_000;

/// Random fingerprints of 2048 bits with about 45 of them on, as drug-like molecules have.
fn library(count: usize) -> Vec<Fingerprint> {
    let mut rng = Seed::new(1).stream("library").rng();
    let scheme = Morgan::default().scheme();
    let bits = |_| {
        let on: Vec<usize> = (0..30 + rng.below(30)).map(|_| rng.below(2048)).collect();
        Fingerprint::from_bits(scheme.clone(), FoldedSize::default(), on).expect("below the size")
    };
    (0..count).map(bits).collect()
}

/// The group.
pub(crate) fn bench(c: &mut Criterion) {
    let molecules = molecules();
    let mut group = c.benchmark_group("fingerprint");
    group.throughput(Throughput::Elements(molecules.len() as u64)).sample_size(20);
    let mut time = |name: &str, work: &dyn Fn(&Perception) -> usize| {
        group.bench_with_input(BenchmarkId::new(name, molecules.len()), &molecules, |b, molecules| {
            b.iter(|| molecules.iter().map(|seen| work(black_box(seen))).sum::<usize>());
        });
    };
    let morgan = Morgan::default();
    time("morgan2_2048", &|seen| morgan.fingerprint(seen).count_ones());
    let chiral = Morgan { chirality: true, ..morgan };
    time("morgan2_chirality", &|seen| chiral.fingerprint(seen).count_ones());
    time("morgan2_sparse", &|seen| morgan.counts(seen).len());
    let features = Morgan { atoms: MorganAtoms::Features, ..morgan };
    time("morgan2_features", &|seen| features.fingerprint(seen).count_ones());
    time("atom_pairs_2048", &|seen| AtomPairs::default().fingerprint(seen).map_or(0, |bits| bits.count_ones()));
    time("torsions_2048", &|seen| TopologicalTorsions::default().fingerprint(seen).map_or(0, |bits| bits.count_ones()));
    time("paths_2048", &|seen| Paths::default().fingerprint(seen).map_or(0, |bits| bits.count_ones()));
    group.finish();

    let all = library(LIBRARY);
    let (library, query) = (Library::new(&all).expect("one scheme"), all[7].clone());
    let words: Vec<u64> = all.iter().flat_map(|bits| bits.words().to_vec()).collect();
    drop(all);
    let mut group = c.benchmark_group("similarity");
    group.throughput(Throughput::Bytes(words.len() as u64 * 8)).sample_size(20);
    group.bench_function("similarities", |b| {
        b.iter(|| library.similarities(black_box(&query), Similarity::Tanimoto).expect("one scheme").len());
    });
    group.bench_function("nearest_10", |b| {
        b.iter(|| library.nearest(black_box(&query), 10, Similarity::Tanimoto).expect("one scheme").len());
    });
    for threshold in [0.4, 1.0] {
        group.bench_function(format!("within_{threshold}"), |b| {
            b.iter(|| library.within(black_box(&query), threshold, Similarity::Tanimoto).expect("one scheme").len());
        });
    }
    // What memory gives: the same bytes, added up.
    group.bench_function("plain_read", |b| {
        b.iter(|| black_box(&words).iter().fold(0_u64, |sum, &word| sum.wrapping_add(word)));
    });
    group.finish();
}
