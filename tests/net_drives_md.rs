//! A network of mol-nn in everything of mol-core and mol-sim that takes a potential: integrators, walkers, minimisers,
//! sums, restarts.
#![cfg(all(feature = "nn", feature = "sim"))]

use molkit::minimize::{Lbfgs, Minimize};
use molkit::nn::train::{EnergyAndForces, LabelledFrame, LossWeights};
use molkit::nn::{Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig, TrainingWalls};
use molkit::sim::{Langevin, LangevinConfig, Simulation, VelocityVerlet, VelocityVerletConfig, Walkers};
use molkit::tensor::{Trainer, TrainerConfig};
use molkit::testing::{PotentialCheck, check_potential, check_propagator};
use molkit::units::FEMTOSECOND;
use molkit::{Cell, Element, Frame, Seed, State, Sum, System, Vec3};

const ATOMS: [Element; 3] = [Element::O, Element::H, Element::H];

/// Water as two bonds and a distance between the hydrogens, all springs.
fn water(scale: f64, seed: u64) -> LabelledFrame {
    let mut rng = Seed::new(seed).rng();
    let still = [[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]];
    let positions: Vec<Vec3> =
        still.iter().map(|x| Vec3::from(*x) + scale * Vec3::from_fn(|_, _| rng.normal())).collect();
    let (mut energy, mut forces) = (-500.0, vec![Vec3::zeros(); 3]);
    for (i, j, rest, k) in [(0, 1, 0.96, 40.0), (0, 2, 0.96, 40.0), (1, 2, 1.52, 15.0)] {
        let r: Vec3 = positions[j] - positions[i];
        let stretch = r.norm() - rest;
        energy += 0.5 * k * stretch * stretch;
        let force = r * (-k * stretch / r.norm());
        forces[j] += force;
        forces[i] -= force;
    }
    LabelledFrame { elements: ATOMS.to_vec(), positions, cell: Cell::NONE, energy, forces }
}

fn trained() -> SchNet<f32> {
    let data: Vec<_> = (0..80).map(|k| water(0.05, k)).collect();
    let shape = SchNetConfig { features: 16, interactions: 2, basis: 20, cutoff: 3.0 };
    let mut model = SchNet::new(shape, &[Element::H, Element::O], Seed::new(1)).expect("valid settings");
    let objective = EnergyAndForces::new(&mut model, &data, &[], LossWeights::default()).expect("good frames");
    let config = TrainerConfig { epochs: 60, batch: 8, average: Some(0.98), ..TrainerConfig::default() };
    let mut trainer = Trainer::new(config, model.weights().clone()).expect("valid settings");
    trainer.run(&objective, &mut (), None).expect("trains");
    model.with_weights(trainer.best().expect("same shape").flat().to_vec()).expect("same shape")
}

#[test]
fn a_trained_network_drives_everything() {
    let model = trained();
    let config = NeuralPotentialConfig { guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    let network = NeuralPotential::new(&model, &ATOMS, config).expect("known elements");
    let walls = TrainingWalls::new(&model, &ATOMS, 50.0).expect("known elements");
    let potential = Sum::new(3).with("network", network).and_then(|s| s.with("walls", walls)).expect("same atoms");
    let frame = water(0.03, 1000);
    let options = PotentialCheck { permutations: vec![vec![0, 2, 1]], ..PotentialCheck::single_precision() };
    check_potential(&potential, &[Frame::isolated(&frame.positions)], &options);

    // The minimiser finds the springs' rest state.
    let minimize = Minimize::<Lbfgs> { force_tolerance: 1e-3, ..Minimize::default() };
    let minimum = minimize.run(&mut potential.clone(), Frame::isolated(&frame.positions), &mut ()).expect("runs");
    let bond = (minimum.positions[1] - minimum.positions[0]).norm();
    assert!((bond - 0.96).abs() < 0.02, "O–H {bond} Å");

    // Constant energy: no drift beyond the oscillation with the step.
    let system = System::new(ATOMS.to_vec());
    let mut start = State::at_rest(minimum.positions);
    start.velocities = system.maxwell_boltzmann(300.0, &mut Seed::new(2).rng()).expect("a temperature");
    let step = VelocityVerletConfig { time_step: 0.25 * FEMTOSECOND };
    let verlet = VelocityVerlet::new(&system, step).expect("valid");
    let mut run = Simulation::new(system.clone(), start.clone(), potential.clone(), verlet, Seed::new(3).rng())
        .expect("sizes agree");
    let before = run.invariant();
    run.run(4000, &mut ()).expect("stays finite");
    assert!((run.invariant() - before).abs() < 2e-3, "energy {before} became {}", run.invariant());

    // Restarts bit for bit, and walkers whose bits do not depend on threads.
    let langevin = Langevin::new(&system, LangevinConfig::default()).expect("valid");
    check_propagator(|| langevin.clone(), &potential, &start, 20);
    let walk = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let starts = vec![start.clone(); 6];
            let mut walkers =
                Walkers::new(system.clone(), starts, &potential, &langevin, Seed::new(4)).expect("sizes agree");
            walkers.run(50, 10, &mut ()).expect("stays finite");
            walkers.iter().map(|moment| moment.state.clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!(walk(1), walk(3));
}
