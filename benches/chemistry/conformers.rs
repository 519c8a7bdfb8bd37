//! Symmetric RMSD and torsion fingerprints of the 40 molecules of three conformers; `benches/peers/conformers_rdkit.py`.
//!
//! With `MOLKIT_PEER=folder` nothing is timed: all deviations go to that folder, where the peer compares them with its own
//! before it times the same work.

use criterion::{Criterion, Throughput};
use molkit::geometry::{SymmetricRmsd, SymmetryOptions, TorsionFingerprint, TorsionFingerprintOptions};
use molkit::perceive::Perception;
use molkit::{Fault, Molecule, Vec3};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

/// A molecule's perception and its conformers.
type Case = (Perception, Vec<Vec<Vec3>>);

/// Molecules of more symmetries are not compared with hydrogens: RDKit lists them all for every pair.
const MOST: u128 = 20_000;

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

/// The symmetries of a molecule.
fn symmetric(perception: &Perception, hydrogens: bool) -> SymmetricRmsd {
    let options = SymmetryOptions { hydrogens, ..SymmetryOptions::default() };
    SymmetricRmsd::new(perception, options).expect("few rings")
}

/// Whether RDKit can list the symmetries of a molecule with hydrogens.
fn is_listed((perception, _): &Case) -> bool {
    symmetric(perception, true).order().is_some_and(|order| order <= MOST)
}

/// Deviations of all pairs, symmetries found anew as the peer does.
fn deviations((perception, conformers): &Case, hydrogens: bool) -> Vec<f64> {
    symmetric(black_box(perception), hydrogens).matrix(conformers).expect("within the limit")
}

/// Fingerprints of all pairs of `count` conformers, the three again and again.
fn fingerprints((perception, conformers): &Case, count: usize) -> Vec<f64> {
    let options = TorsionFingerprintOptions::default();
    let fingerprint = TorsionFingerprint::new(black_box(perception), options).expect("one piece");
    let all: Vec<&[Vec3]> = (0..count).map(|k| &conformers[k % 3][..]).collect();
    fingerprint.matrix(&all).expect("of one molecule")
}

/// The group; nothing without the reference data.
pub(crate) fn bench(c: &mut Criterion) {
    let molecules = molecules();
    if molecules.is_empty() {
        return;
    }
    let listed: Vec<&Case> = molecules.iter().filter(|case| is_listed(case)).collect();
    let all: Vec<&Case> = molecules.iter().collect();
    let mut group = c.benchmark_group("conformers");
    group.sample_size(10);
    for (name, cases, hydrogens) in [
        ("best_rmsd_heavy", &all, false),
        ("best_rmsd_hydrogens", &listed, true),
        ("best_rmsd_hydrogens, all", &all, true),
    ] {
        group.throughput(Throughput::Elements(3 * cases.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| cases.iter().map(|case| deviations(case, hydrogens).iter().sum::<f64>()).sum::<f64>());
        });
    }
    group.throughput(Throughput::Elements(molecules.len() as u64));
    for count in [3, 50] {
        group.bench_function(format!("tfd_matrix of {count}"), |b| {
            b.iter(|| molecules.iter().map(|case| fingerprints(case, count).iter().sum::<f64>()).sum::<f64>());
        });
    }
    group.finish();
}

/// What the peer compares with: one row for each pair, hydrogens only where they are compared.
pub(crate) fn export(folder: &Path) -> Result<(), Fault> {
    let mut table = String::from("molecule,first,second,heavy,hydrogens,tfd\n");
    for (molecule, case) in molecules().iter().enumerate() {
        let [heavy, tfd] = [deviations(case, false), fingerprints(case, 3)];
        let full = is_listed(case).then(|| deviations(case, true));
        for (place, (first, second)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
            let full = full.as_ref().map_or(String::new(), |full| full[place].to_string());
            writeln!(table, "{molecule},{first},{second},{},{full},{}", heavy[place], tfd[place])?;
        }
    }
    std::fs::write(folder.join("conformers.csv"), table)?;
    Ok(())
}
