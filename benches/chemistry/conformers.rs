//! Symmetric RMSD and torsion fingerprints of the 40 molecules of three conformers; `benches/peers/conformers_rdkit.py`.

use criterion::{Criterion, Throughput};
use molkit::geometry::{SymmetricRmsd, SymmetryOptions, TorsionFingerprint, TorsionFingerprintOptions};
use molkit::perceive::Perception;
use molkit::{Molecule, Vec3};
use std::hint::black_box;

/// A molecule's perception and its conformers.
type Case = (Perception, Vec<Vec<Vec3>>);

fn molecules() -> Vec<Case> {
    let Some(path) = molkit::testing::reference("conformers/conformers.sdf") else { return Vec::new() };
    let records: Vec<_> =
        molkit::io::read_sdf(path).expect("readable").map(|record| record.expect("valid").molecule).collect();
    let one = |three: &[Molecule]| {
        let conformers = three.iter().flat_map(Molecule::conformers).map(|c| c.positions().to_vec());
        (Perception::new(&three[0]).expect("kekulized"), conformers.collect())
    };
    records.chunks(3).map(one).collect()
}

/// The group; nothing without the reference data.
pub(crate) fn bench(c: &mut Criterion) {
    let molecules = molecules();
    if molecules.is_empty() {
        return;
    }
    let mut group = c.benchmark_group("conformers");
    group.throughput(Throughput::Elements(3 * molecules.len() as u64)).sample_size(10);
    for (name, hydrogens) in [("best_rmsd_heavy", false), ("best_rmsd_hydrogens", true)] {
        // The peer finds the matches for every pair anew, so the symmetries are found here too.
        group.bench_function(name, |b| {
            b.iter(|| {
                let one = |(perception, conformers): &Case| {
                    let options = SymmetryOptions { hydrogens, ..SymmetryOptions::default() };
                    let symmetric = SymmetricRmsd::new(black_box(perception), options).expect("few rings");
                    symmetric.matrix(conformers).expect("within the limit").iter().sum::<f64>()
                };
                molecules.iter().map(one).sum::<f64>()
            });
        });
    }
    for count in [3, 50] {
        group.bench_function(format!("tfd_matrix of {count}"), |b| {
            b.iter(|| {
                let one = |(perception, conformers): &Case| {
                    let options = TorsionFingerprintOptions::default();
                    let fingerprint =
                        TorsionFingerprint::new(black_box(perception.molecule()), options).expect("one piece");
                    let all: Vec<&[Vec3]> = (0..count).map(|k| &conformers[k % 3][..]).collect();
                    fingerprint.matrix(&all).expect("of one molecule").iter().sum::<f64>()
                };
                molecules.iter().map(one).sum::<f64>()
            });
        });
    }
    group.finish();
}
