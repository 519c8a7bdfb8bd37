//! One step of the torsion environment: set the nine torsions of 5-butylnonane, minimise with UFF to 0.005 eV/Å, check.
//! The peer is `benches/peers/torsion_step_rdkit.py`: the same settings, RDKit's UFF minimiser, TFD against what is known.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use molkit::embed::EmbedConfig;
use molkit::geometry::TorsionGrid;
use molkit::rl::env::{TorsionEnvironment, TorsionEnvironmentConfig};
use molkit::rl::search::{TorsionTask, TorsionTaskConfig};
use molkit::rl::{Budget, DEFAULT_THERMAL_ENERGY, Normalizer};
use molkit::sim::Uff;
use molkit::{Environment, Molecule, Seed};

/// Settings per round, the same as the peer's.
const SETTINGS: usize = 20;

fn torsion_step(c: &mut Criterion) {
    let mut rng = Seed::new(1).rng();
    let molecule = Molecule::from_smiles("CCCCC(CCCC)CCCC").expect("valid");
    let molecule = molecule.with_explicit_hydrogens().expect("no conformers yet");
    let molecule = molecule.embedded(1, &EmbedConfig::default(), &mut rng).expect("an alkane");
    let uff = Uff::new(&molecule).expect("an alkane");
    let task = TorsionTask::new(&molecule, &uff, TorsionTaskConfig::default()).expect("flexible");
    let normalizer = Normalizer::new(0.0, DEFAULT_THERMAL_ENERGY, 1.0).expect("positive");
    let settings = TorsionEnvironmentConfig { bins: 3, steps: SETTINGS, ..TorsionEnvironmentConfig::default() };
    let budget = Budget::unlimited();
    let mut environment = TorsionEnvironment::new(task, normalizer, settings, budget.clone()).expect("a minimum");
    let grid = TorsionGrid::uniform(9, 3, std::f64::consts::PI).expect("finite");
    let actions: Vec<Vec<usize>> = (0..SETTINGS as u128).map(|k| grid.setting(k * 983).expect("of 19683")).collect();
    let mut group = c.benchmark_group("torsion_step");
    group.throughput(Throughput::Elements(SETTINGS as u64)).sample_size(10);
    group.bench_function("butylnonane_uff_20_steps", |b| {
        b.iter(|| {
            environment.reset(&mut rng);
            actions.iter().map(|action| environment.step(action, &mut rng).reward).sum::<f64>()
        });
    });
    group.finish();
}

criterion_group!(benches, torsion_step);
criterion_main!(benches);
