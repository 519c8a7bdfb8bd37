//! Molecular dynamics: one step of ten atoms, the engine's own share of it, walkers, and a Lennard-Jones melt.
//!
//! `cargo bench --bench md`; times are per step (of each walker where there are several).

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use molkit::sim::{
    HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, Integrator, Langevin, LangevinConfig, LennardJones,
    LennardJonesConfig, PeriodicTorsion, PeriodicTorsions, Simulation, Truncation, VelocityVerlet,
    VelocityVerletConfig, Walkers,
};
use molkit::{Cell, Derivatives, Element, Potential, Seed, State, Sum, System, Vec3, Want, potential_fn};
use std::hint::black_box;

const ATOMS: usize = 10;
const STEPS: u64 = 100;

/// A zigzag chain of carbons.
fn chain() -> (System, State) {
    let site = |i: usize| Vec3::new(1.25 * i as f64, 0.85 * (i % 2) as f64, 0.2 * (i * i % 3) as f64);
    let system = System::new(vec![Element::C; ATOMS]);
    let mut state = State::at_rest((0..ATOMS).map(site).collect());
    state.velocities = system.maxwell_boltzmann(300.0, &mut Seed::new(1).rng()).expect("a temperature");
    (system, state)
}

/// Bonds, angles, torsions and Lennard-Jones beyond them.
fn chain_potential() -> Sum {
    let bonds = (1..ATOMS).map(|i| HarmonicBond { atoms: [i - 1, i], k: 25.0, r0: 1.53 }).collect();
    let angles = (2..ATOMS).map(|i| HarmonicAngle { atoms: [i - 2, i - 1, i], k: 5.0, theta0: 1.95 }).collect();
    let torsion = |i| PeriodicTorsion { atoms: [i - 3, i - 2, i - 1, i], k: 0.06, multiplicity: 3, phase: 0.0 };
    let torsions = (3..ATOMS).map(torsion).collect();
    let excluded: Vec<[usize; 2]> = (0..ATOMS).flat_map(|i| (i + 1..ATOMS.min(i + 4)).map(move |j| [i, j])).collect();
    let pairs = LennardJones::new(&[(0.005, 3.4); ATOMS], &excluded, LennardJonesConfig::default());
    let bonded = Sum::new(ATOMS)
        .with("bonds", HarmonicBonds::new(ATOMS, bonds).expect("valid"))
        .and_then(|sum| sum.with("angles", HarmonicAngles::new(ATOMS, angles).expect("valid")))
        .and_then(|sum| sum.with("torsions", PeriodicTorsions::new(ATOMS, torsions).expect("valid")));
    bonded.and_then(|sum| sum.with("van der Waals", pairs.expect("valid"))).expect("all of ten atoms")
}

fn integrators(system: &System) -> [(&'static str, Box<dyn Integrator>); 2] {
    let verlet = VelocityVerlet::new(system, VelocityVerletConfig::default()).expect("valid");
    let langevin = Langevin::new(system, LangevinConfig::default()).expect("valid");
    [("velocity Verlet", Box::new(verlet)), ("Langevin", Box::new(langevin))]
}

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("md/10 atoms");
    let (system, state) = chain();
    group.bench_function("forces alone", |bencher| {
        let (mut potential, mut out) = (chain_potential(), Derivatives::new(ATOMS, Want::Forces));
        bencher.iter(|| {
            out.clear();
            black_box(potential.accumulate(black_box(state.frame()), &mut out))
        });
    });
    group.throughput(Throughput::Elements(STEPS));
    let flat = potential_fn(ATOMS, |_, _| 0.0);
    let potentials: [(&str, Box<dyn Potential>); 2] =
        [("no potential", Box::new(flat)), ("chain", Box::new(chain_potential()))];
    for (what, potential) in potentials {
        for (name, integrator) in integrators(&system) {
            let (system, state, rng) = (system.clone(), state.clone(), Seed::new(2).rng());
            let mut simulation =
                Simulation::new(system, state, potential.clone(), integrator, rng).expect("a good start");
            group.bench_function(format!("{what}, {name}"), |bencher| {
                bencher.iter(|| simulation.run(STEPS, &mut ()).expect("no failure"));
            });
        }
    }
    group.finish();
}

fn walkers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("md/walkers");
    let (system, state) = chain();
    let langevin = Langevin::new(&system, LangevinConfig::default()).expect("valid");
    for count in [1, 8, 64] {
        let states = vec![state.clone(); count];
        let mut walkers =
            Walkers::new(system.clone(), states, &chain_potential(), &langevin, Seed::new(3)).expect("good");
        group.throughput(Throughput::Elements(STEPS * count as u64));
        group.bench_function(format!("chain, {count} walkers"), |bencher| {
            bencher.iter(|| walkers.run(STEPS, STEPS, &mut ()).expect("no failure"));
        });
    }
    group.finish();
}

/// LAMMPS' melt: 4000 atoms at density 0.8442 and T = 1.44 in reduced units, cut-off 2.5, skin 0.3.
fn melt(criterion: &mut Criterion) {
    let edge = (4.0_f64 / 0.8442).cbrt();
    let basis = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]];
    let corner = |i: usize| Vec3::new((i % 10) as f64, (i / 10 % 10) as f64, (i / 100) as f64);
    let positions: Vec<Vec3> =
        (0..1000).flat_map(|i| basis.map(|site| (corner(i) + Vec3::from(site)) * edge)).collect();
    let atoms = positions.len();
    let system = System::with_masses(vec![Element::H; atoms], vec![1.0; atoms]).expect("masses");
    let mut state = State::at_rest(positions);
    state.cell = Cell::orthorhombic(10.0 * edge, 10.0 * edge, 10.0 * edge).expect("a cell");
    let mut rng = Seed::new(4).rng();
    state.velocities.iter_mut().for_each(|v| *v = Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 1.2);
    let config = LennardJonesConfig { cutoff: 2.5, skin: 0.3, truncation: Truncation::Plain };
    let potential = Box::new(LennardJones::uniform(atoms, 1.0, 1.0, config).expect("valid"));
    let verlet = Box::new(VelocityVerlet::new(&system, VelocityVerletConfig { time_step: 0.005 }).expect("valid"));
    let mut simulation = Simulation::new(system, state, potential, verlet, rng).expect("a good start");
    simulation.run(100, &mut ()).expect("no failure"); // past the crystal
    let mut group = criterion.benchmark_group("md/melt");
    group.sample_size(10).throughput(Throughput::Elements(10));
    group.bench_function("4000 atoms, velocity Verlet", |bencher| {
        bencher.iter(|| simulation.run(10, &mut ()).expect("no failure"));
    });
    group.finish();
}

criterion_group!(benches, steps, walkers, melt);
criterion_main!(benches);
