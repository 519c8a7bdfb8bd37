//! Simulation, walkers, observers, checkpoints: what a run promises to whoever interrupts it.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]

mod common;

use mol_core::testing::check_checkpoint;
use mol_core::{Checkpoint, Derivatives, Error as CoreError, Frame, Potential, Seed, Stop, units, watch};
use mol_sim::{
    Dynamics, Ended, Error, ExtxyzTrajectoryConfig, Langevin, LangevinConfig, Recorder, RecorderConfig, Simulation,
    VelocityVerlet, VelocityVerletConfig, Walkers,
};
use std::ops::ControlFlow;

fn langevin(system: &mol_core::System) -> Langevin {
    let config = LangevinConfig { friction: 5.0 / units::PICOSECOND, ..LangevinConfig::default() };
    Langevin::new(system, config).unwrap()
}

fn simulation(seed: u64) -> Simulation {
    let (system, state) = common::start(300.0, seed);
    let integrator = Box::new(langevin(&system));
    Simulation::new(system, state, common::boxed(), integrator, Seed::new(seed).rng()).unwrap()
}

const SEED: Seed = Seed::new(21);

fn walkers(count: u64) -> Walkers {
    let (system, _) = common::chain();
    let states = (0..count).map(|k| common::start(300.0, k).1).collect();
    let integrator = langevin(&system);
    Walkers::new(system, states, &common::chain_potential(), &integrator, SEED).unwrap()
}

/// Everything that is seen of a simulation.
fn seen(dynamics: &dyn Dynamics) -> Vec<(mol_core::State, Vec<mol_core::Vec3>, [f64; 4])> {
    let look = |index| {
        let moment = dynamics.moment(index);
        let numbers = [moment.potential_energy, moment.kinetic_energy, moment.invariant, moment.time];
        (moment.state.clone(), moment.forces.to_vec(), numbers)
    };
    (0..dynamics.walkers()).map(look).collect()
}

#[test]
fn simulation_and_walkers_keep_the_contract_of_a_checkpoint() {
    check_checkpoint(
        || simulation(1),
        |simulation| {
            assert_eq!(simulation.run(20, &mut ()).unwrap(), Ended::Completed);
            seen(simulation)
        },
    );
    check_checkpoint(
        || walkers(6),
        |walkers| {
            assert_eq!(walkers.run(20, 7, &mut ()).unwrap(), Ended::Completed);
            seen(walkers)
        },
    );
}

#[test]
fn twice_n_steps_are_n_and_a_restart_and_n() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.checkpoint");
    let (mut whole, mut half) = (simulation(2), simulation(2));
    whole.run(2000, &mut ()).unwrap();
    half.run(1000, &mut ()).unwrap();
    half.save_to(&path).unwrap();
    let mut resumed = simulation(2);
    resumed.load_from(&path).unwrap();
    resumed.run(1000, &mut ()).unwrap();
    assert_eq!(seen(&resumed), seen(&whole));
    assert_ne!(seen(&half), seen(&whole));
}

#[test]
fn a_walker_is_the_simulation_of_its_random_stream() {
    let mut all = walkers(6);
    all.run(300, 100, &mut ()).unwrap();
    for index in 0..6 {
        let (system, state) = common::start(300.0, index);
        let integrator = Box::new(langevin(&system));
        let rng = SEED.stream("walker").at(index).rng();
        let mut alone = Simulation::new(system, state, common::boxed(), integrator, rng).unwrap();
        alone.run(300, &mut ()).unwrap();
        assert_eq!(seen(&alone)[0], seen(&all)[index as usize], "walker {index}");
    }
}

#[test]
fn walkers_do_not_depend_on_threads_nor_on_the_stride() {
    let run = |threads, stride| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut all = walkers(9);
            all.run(200, stride, &mut ()).unwrap();
            seen(&all)
        })
    };
    let one = run(1, 200);
    assert_eq!(run(2, 200), one);
    assert_eq!(run(4, 13), one);
}

#[test]
fn observers_see_every_step_and_can_stop() {
    let mut simulation = simulation(3);
    let mut steps = Vec::new();
    let mut observer = watch(|step, seen: &Simulation| {
        assert_eq!(step, seen.state().step);
        assert!((seen.time() - step as f64 * 0.5 * units::FEMTOSECOND).abs() < 1e-12);
        assert!((seen.temperature() * 1.5 * units::BOLTZMANN * 10.0 - seen.kinetic_energy()).abs() < 1e-12);
        steps.push(step);
        if step == 5 { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(simulation.run(10, &mut observer).unwrap(), Ended::Requested);
    assert_eq!(steps, [1, 2, 3, 4, 5]);
    assert_eq!(simulation.run(5, &mut ()).unwrap(), Ended::Completed);

    let mut all = walkers(5);
    let mut steps = Vec::new();
    let mut observer = watch(|step, seen: &Walkers| {
        assert!(seen.iter().all(|moment| moment.state.step == step));
        steps.push(step);
        ControlFlow::Continue(())
    });
    all.run(7, 5, &mut observer).unwrap();
    all.run(8, 5, &mut observer).unwrap();
    assert_eq!(steps, [5, 10, 15]);
    assert!(all.run(1, 0, &mut ()).unwrap_err().to_string().contains("stride must be at least 1"));
}

#[test]
fn a_failing_observer_loses_nothing() {
    let mut failing = simulation(4);
    let mut observer = watch(|step, _: &Simulation| {
        if step == 7 {
            ControlFlow::Break(Stop::Failed("no space left on device".into()))
        } else {
            ControlFlow::Continue(())
        }
    });
    let error = failing.run(20, &mut observer).unwrap_err();
    assert_eq!(error.to_string(), "step 7: an observer could not write its output: no space left on device");
    failing.run(13, &mut ()).unwrap();
    let mut whole = simulation(4);
    whole.run(20, &mut ()).unwrap();
    assert_eq!(seen(&failing), seen(&whole));
}

#[test]
fn a_recorder_reports_a_lost_folder() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    let config = RecorderConfig { checkpoint_stride: 10, ..RecorderConfig::default() };
    let mut recorder = Recorder::create(folder.path().join("run.extxyz"), gone.join("run.checkpoint"), config).unwrap();
    let mut run = simulation(5);
    let error = run.run(100, &mut recorder).unwrap_err().to_string();
    assert!(error.starts_with("step 10:") && error.contains("gone"), "{error}");
    std::fs::create_dir(gone).unwrap();
    recorder.save(&run).unwrap();
}

#[test]
fn resuming_cuts_the_trajectory_to_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let trajectory = ExtxyzTrajectoryConfig { stride: 10, forces: true, momenta: true };
    let config = RecorderConfig { trajectory, checkpoint_stride: 100 };
    let mut whole = walkers(3);
    let mut recorder = Recorder::create(path("whole.extxyz"), path("whole.checkpoint"), config.clone()).unwrap();
    recorder.trajectory().write(&whole).unwrap();
    whole.run(400, 10, &mut recorder).unwrap();

    let mut first = walkers(3);
    let mut recorder = Recorder::create(path("run.extxyz"), path("run.checkpoint"), config.clone()).unwrap();
    recorder.trajectory().write(&first).unwrap();
    first.run(270, 10, &mut recorder).unwrap(); // the last checkpoint is that of step 200
    drop(recorder);
    let mut second = walkers(3);
    let mut recorder =
        Recorder::resume(path("run.extxyz"), path("run.checkpoint"), config.clone(), &mut second).unwrap();
    assert_eq!(second.step(), 200);
    second.run(200, 10, &mut recorder).unwrap();
    assert_eq!(seen(&second), seen(&whole));
    let read = |name| std::fs::read(path(name)).unwrap();
    assert!(read("run.extxyz") == read("whole.extxyz"));
    assert!(read("run.checkpoint") == read("whole.checkpoint"));

    let frames: Vec<_> = mol_core::io::read_extxyz(path("run.extxyz")).unwrap().map(Result::unwrap).collect();
    assert_eq!(frames.len(), 3 * 41);
    let (last, moment) = (frames.last().unwrap(), second.moment(2));
    assert_eq!(last.positions, moment.state.positions);
    assert_eq!(last.energy, Some(moment.potential_energy));
    assert_eq!(last.forces.as_deref(), Some(moment.forces));
    assert_eq!(last.info.get("step"), Some(&mol_core::io::Value::Integer(400)));

    // A trajectory that lost frames is not continued.
    drop(recorder);
    std::fs::write(path("run.extxyz"), "10\n").unwrap();
    let error = Recorder::resume(path("run.extxyz"), path("run.checkpoint"), config, &mut second).unwrap_err();
    assert!(error.to_string().contains("run.extxyz"), "{error}");
}

#[test]
fn bad_checkpoints_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.checkpoint");
    let mut target = simulation(6);
    let before = seen(&target);
    simulation(6).save_to(&path).unwrap();
    let good = std::fs::read(&path).unwrap();
    let mut refuse = |bytes: &[u8], reason: &str| {
        std::fs::write(&path, bytes).unwrap();
        let error = target.load_from(&path).unwrap_err().to_string();
        assert!(error.contains("run.checkpoint") && error.contains(reason), "{error}");
        assert_eq!(seen(&target), before, "unchanged after: {error}");
    };
    refuse(&good[..good.len() / 2], "file ends");
    refuse(b"", "header");
    refuse(&[&good[..], b"more"].concat(), "4 bytes follow the last part");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    refuse(&flipped, "checksum");
    let newer = String::from_utf8(good.clone()).unwrap().replacen("molkit-simulation 1", "molkit-simulation 9", 1);
    refuse(newer.as_bytes(), "newer");

    let save = |run: &dyn Checkpoint| {
        let mut bytes = Vec::new();
        run.save(&mut bytes).unwrap();
        bytes
    };
    refuse(&save(&walkers(2)), "molkit-walkers");
    let (system, state) = common::start(300.0, 6);
    let verlet = VelocityVerlet::new(&system, VelocityVerletConfig::default()).unwrap();
    let other = Simulation::new(system, state, common::boxed(), Box::new(verlet), Seed::new(6).rng()).unwrap();
    refuse(&save(&other), "VelocityVerletConfig");
    std::fs::remove_file(&path).unwrap();
    assert!(target.load_from(&path).unwrap_err().to_string().contains("run.checkpoint"));
}

#[test]
fn a_state_is_replaced_or_refused_whole() {
    let (mut one, two) = (simulation(8), simulation(9));
    let mut bad = two.state().clone();
    bad.positions[2].z = f64::INFINITY;
    let before = seen(&one);
    assert!(one.set_state(bad).is_err());
    assert_eq!(seen(&one), before);
    one.set_state(two.state().clone()).unwrap();
    assert_eq!((one.state(), one.forces()), (two.state(), two.forces()));
}

#[test]
fn mismatched_parts_are_refused() {
    let (system, state) = common::start(300.0, 7);
    let integrator = || Box::new(langevin(&system));
    let rng = || Seed::new(1).rng();
    let mut short = state.clone();
    short.velocities.pop();
    assert!(Simulation::new(system.clone(), short, common::boxed(), integrator(), rng()).is_err());
    let mut bad = state.clone();
    bad.velocities[4].y = f64::NAN;
    let error = Simulation::new(system.clone(), bad, common::boxed(), integrator(), rng()).err().unwrap().to_string();
    assert_eq!(error, "velocity of atom 4: NaN is not finite");
    let heavy = mol_core::System::with_masses(system.elements().to_vec(), vec![13.0; 10]).unwrap();
    let error = Simulation::new(heavy, state.clone(), common::boxed(), integrator(), rng()).err().unwrap().to_string();
    assert!(error.contains("atom 0: 12.011 u, in the system 13 u"), "{error}");
    let good = Simulation::new(system.clone(), state, common::boxed(), integrator(), rng()).unwrap();
    assert!(good.with_degrees_of_freedom(31).is_err());
    assert!(Walkers::new(system.clone(), vec![], &common::chain_potential(), &langevin(&system), SEED).is_err());
}

/// Fails for any frame whose first atom is far out.
#[derive(Clone)]
struct Fragile(Box<dyn Potential>);

impl Potential for Fragile {
    fn atoms(&self) -> usize {
        self.0.atoms()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let energy = self.0.accumulate(frame, out);
        if frame.positions[0].x < -2.0 { f64::NAN } else { energy }
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }

    fn take_fault(&mut self) -> Option<mol_core::Fault> {
        Some(CoreError::NotFinite { what: "fragile atom", index: 0, value: f64::NAN }.into())
    }
}

#[test]
fn a_walker_that_fails_takes_all_back_to_the_last_observation() {
    let (system, _) = common::chain();
    let mut states: Vec<_> = (0..6).map(|k| common::start(300.0, k).1).collect();
    states[5].velocities.iter_mut().for_each(|v| v.x = -0.3); // it leaves
    let integrator = langevin(&system);
    let mut all = Walkers::new(system, states, &Fragile(common::boxed()), &integrator, SEED).unwrap();
    let mut last = Vec::new();
    let mut observer = watch(|_, walkers: &Walkers| {
        last = seen(walkers);
        ControlFlow::Continue(())
    });
    let Err(Error::Diverged(report)) = all.run(100_000, 10, &mut observer) else { panic!("walker 5 must fail") };
    assert_eq!(report.walker, Some(5));
    assert!(report.fault.as_ref().is_some_and(|fault| fault.to_string().contains("fragile")));
    assert_eq!(report.last_good.step + 1, report.step);
    assert!(report.step > all.step() && report.step <= all.step() + 10, "{} at {}", report.step, all.step());
    assert_eq!(seen(&all), last);
}
