//! UFF: energy and forces of 5-butylnonane (41 atoms), construction, and the minimisation of 120 conformers.
//!
//! The conformers are those of `conformers/conformers.sdf` of the reference data, passed over if it is not there. With
//! `MOLKIT_PEER=folder` nothing is timed: energies before and after go to that folder, for
//! `benches/peers/uff_rdkit.py` to compare with its own.

use criterion::{BatchSize, Criterion, criterion_group};
use molkit::io::read_sdf;
use molkit::minimize::{Lbfgs, Minimize, Minimum};
use molkit::sim::{Uff, UffAromaticity, UffConfig};
use molkit::units::KCAL_PER_MOL;
use molkit::{Derivatives, Fault, Frame, Molecule, Potential, PotentialExt, Seed, Vec3, Want};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

/// The aromaticity of RDKit's molecules as read.
const CONFIG: UffConfig = UffConfig { aromaticity: UffAromaticity::Huckel };

/// 5-Butylnonane on a jittered lattice: a timing needs no minimum.
fn butylnonane() -> (Molecule, Vec<Vec3>) {
    let molecule = Molecule::from_smiles("CCCCC(CCCC)CCCC").expect("valid");
    let molecule = molecule.with_explicit_hydrogens().expect("no conformers");
    let mut rng = Seed::new(1).rng();
    let site = |k: usize| Vec3::new((k % 4) as f64, (k / 4 % 4) as f64, (k / 16) as f64) * 1.7;
    let x = (0..molecule.atom_count()).map(|k| site(k) + Vec3::new(rng.uniform(), rng.uniform(), rng.uniform()) * 0.2);
    let x = x.collect();
    (molecule, x)
}

/// Name, field and start of each conformer.
fn conformers() -> Vec<(String, Uff, Vec<Vec3>)> {
    let Some(path) = molkit::testing::reference("conformers/conformers.sdf") else { return Vec::new() };
    let records = read_sdf(path).expect("readable").map(|record| record.expect("valid"));
    let conformer = |record: molkit::io::SdfRecord| {
        let x = record.molecule.conformers()[0].positions().to_vec();
        (record.title, Uff::with_config(&record.molecule, CONFIG).expect("typed"), x)
    };
    records.map(conformer).collect()
}

/// Until no atom feels more than 0.01 kcal/mol/Å.
fn minimize(uff: &mut Uff, x: &[Vec3]) -> Minimum {
    let minimize = Minimize::<Lbfgs> { force_tolerance: 0.01 * KCAL_PER_MOL, max_iterations: 10_000, ..Minimize::default() };
    minimize.run(uff, Frame::isolated(x), &mut ()).expect("finite")
}

fn uff(c: &mut Criterion) {
    let (molecule, x) = butylnonane();
    let mut group = c.benchmark_group("uff");
    group.sample_size(20);
    group.bench_function("new", |b| b.iter(|| Uff::new(black_box(&molecule)).expect("typed")));
    for (name, want) in [("energy", Want::Energy), ("gradient", Want::Forces)] {
        let mut uff = Uff::new(&molecule).expect("typed");
        let mut out = Derivatives::new(molecule.atom_count(), want);
        group.bench_function(name, |b| {
            b.iter(|| {
                out.clear();
                uff.accumulate(Frame::isolated(black_box(&x)), &mut out)
            });
        });
    }
    let conformers = conformers();
    if !conformers.is_empty() {
        group.sample_size(10).bench_function("minimize 120 conformers", |b| {
            b.iter_batched_ref(
                || conformers.clone(),
                |conformers| conformers.iter_mut().map(|(_, uff, x)| minimize(uff, x).energy).sum::<f64>(),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// What the peer compares with.
fn export(folder: &Path) -> Result<(), Fault> {
    let mut table = String::from("name,start,final,evaluations\n");
    for (name, mut uff, x) in conformers() {
        let start = uff.energy(Frame::isolated(&x)) / KCAL_PER_MOL;
        let minimum = minimize(&mut uff, &x);
        writeln!(table, "{name},{start},{},{}", minimum.energy / KCAL_PER_MOL, minimum.evaluations)?;
    }
    std::fs::write(folder.join("uff.csv"), table)?;
    let mut table = String::from("x,y,z\n");
    butylnonane().1.iter().try_for_each(|x| writeln!(table, "{},{},{}", x.x, x.y, x.z))?;
    std::fs::write(folder.join("butylnonane.csv"), table)?;
    Ok(())
}

criterion_group!(benches, uff);

fn main() -> Result<(), Fault> {
    if let Some(folder) = std::env::var_os("MOLKIT_PEER") {
        return export(Path::new(&folder));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
    Ok(())
}
