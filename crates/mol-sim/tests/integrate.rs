//! Integrators: contracts, conserved quantities, reversibility, the ensembles they sample.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]

mod common;

use mol_core::testing::check_propagator;
use mol_core::{
    Derivatives, Element, Frame, Observer, Potential, Propagator, Rng, Seed, State, Stop, System, Vec3, potential_fn,
    units, watch,
};
use mol_sim::{
    DoubleWell, Error, HarmonicWell, Integrator, Langevin, LangevinConfig, Simulation, VelocityVerlet,
    VelocityVerletConfig,
};
use std::ops::ControlFlow;

fn verlet(system: &System, femtoseconds: f64) -> VelocityVerlet {
    VelocityVerlet::new(system, VelocityVerletConfig { time_step: femtoseconds * units::FEMTOSECOND }).unwrap()
}

fn langevin(system: &System, femtoseconds: f64, temperature: f64, per_picosecond: f64) -> Langevin {
    let config = LangevinConfig {
        time_step: femtoseconds * units::FEMTOSECOND,
        temperature,
        friction: per_picosecond / units::PICOSECOND,
    };
    Langevin::new(system, config).unwrap()
}

fn watching(mut look: impl FnMut(&Simulation)) -> impl Observer<Simulation> {
    watch(move |_, simulation: &Simulation| -> ControlFlow<Stop> {
        look(simulation);
        ControlFlow::Continue(())
    })
}

#[test]
fn both_keep_the_contract_of_a_propagator() {
    let (system, state) = common::start(400.0, 1);
    check_propagator(|| verlet(&system, 1.0), &common::chain_potential(), &state, 25);
    check_propagator(|| langevin(&system, 1.0, 400.0, 2.0), &common::chain_potential(), &state, 25);
}

type Make = dyn Fn(&System, f64) -> Box<dyn Integrator>;

/// Root-mean-square deviation of the invariant from its start, over 100 fs.
fn fluctuation(integrator: &Make, femtoseconds: f64) -> f64 {
    let (system, state) = common::start(300.0, 2);
    let integrator = integrator(&system, femtoseconds);
    let mut simulation = Simulation::new(system, state, common::boxed(), integrator, Seed::new(3).rng()).unwrap();
    let start = simulation.invariant();
    let (mut sum, mut count) = (0.0, 0);
    let mut look = watching(|simulation| {
        sum += (simulation.invariant() - start).powi(2);
        count += 1;
    });
    simulation.run((200.0 / femtoseconds) as u64, &mut look).unwrap();
    drop(look);
    (sum / f64::from(count)).sqrt()
}

#[test]
fn invariants_fluctuate_with_the_square_of_the_time_step() {
    let makers: [(&str, &Make); 2] = [
        ("velocity Verlet", &|system, dt| Box::new(verlet(system, dt))),
        ("Langevin", &|system, dt| Box::new(langevin(system, dt, 300.0, 1.0))),
    ];
    for (name, make) in makers {
        let [large, middle, small] = [1.0, 0.5, 0.25].map(|dt| fluctuation(make, dt));
        for (name, ratio) in [(name, large / middle), (name, middle / small)] {
            assert!((3.2..4.8).contains(&ratio), "{name}: halving the step divides the fluctuation by {ratio}, not 4");
        }
        assert!(large < 0.02, "{name}: {large} eV at 1 fs");
    }
}

#[test]
fn velocity_verlet_does_not_drift() {
    let (system, state) = common::start(300.0, 4);
    let integrator = Box::new(verlet(&system, 0.5));
    let mut simulation = Simulation::new(system, state, common::boxed(), integrator, Seed::new(0).rng()).unwrap();
    let mut energies = Vec::new();
    simulation.run(40_000, &mut watching(|simulation| energies.push(simulation.invariant()))).unwrap();
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let drift = mean(&energies[30_000..]) - mean(&energies[..10_000]);
    assert!(drift.abs() < 1e-4, "{drift} eV over 15 ps");
}

#[test]
fn velocity_verlet_is_reversible() {
    let (system, start) = common::start(300.0, 5);
    let (mut state, mut rng) = (start.clone(), Seed::new(0).rng());
    let mut integrator = verlet(&system, 0.5);
    let mut potential = common::chain_potential();
    integrator.advance(&mut potential, &mut state, 2000, &mut rng).unwrap();
    assert!((state.positions[0] - start.positions[0]).norm() > 0.1, "it went somewhere");
    state.velocities.iter_mut().for_each(|v| *v = -*v);
    integrator.advance(&mut potential, &mut state, 2000, &mut rng).unwrap();
    let off =
        |a: &[Vec3], b: &[Vec3], sign: f64| a.iter().zip(b).map(|(a, b)| (a - b * sign).amax()).fold(0.0, f64::max);
    let (x, v) = (off(&state.positions, &start.positions, 1.0), off(&state.velocities, &start.velocities, -1.0));
    assert!(x < 1e-9 && v < 1e-9, "positions off by {x}, velocities by {v}");
}

#[test]
fn langevin_without_friction_is_velocity_verlet() {
    let (system, state) = common::start(300.0, 6);
    let run = |integrator: &mut dyn Propagator| {
        let (mut state, mut rng) = (state.clone(), Seed::new(0).rng());
        integrator.advance(&mut common::chain_potential(), &mut state, 500, &mut rng).unwrap();
        assert_eq!(rng, Seed::new(0).rng(), "no random number is drawn");
        state
    };
    let a = run(&mut verlet(&system, 0.5));
    let b = run(&mut langevin(&system, 0.5, 300.0, 0.0));
    let off = a.positions.iter().zip(&b.positions).map(|(a, b)| (a - b).amax()).fold(0.0, f64::max);
    assert!(off < 1e-10, "{off}");
}

/// Means of x² and v² over the atoms of an Einstein crystal in units of kT/k and kT/m, for ω dt = `step`.
fn einstein(step: f64, friction: f64, steps: u64) -> (f64, f64) {
    const ATOMS: usize = 100;
    let (k, temperature) = (2.0, 300.0);
    let system = System::new(vec![Element::C; ATOMS]);
    let mass = system.masses()[0];
    let omega = f64::sqrt(k / mass);
    let config = LangevinConfig { time_step: step / omega, temperature, friction: friction * omega };
    let integrator = Box::new(Langevin::new(&system, config).unwrap());
    let well = Box::new(HarmonicWell::new(vec![Vec3::zeros(); ATOMS], k).unwrap());
    let start = State::at_rest(vec![Vec3::zeros(); ATOMS]);
    let mut simulation = Simulation::new(system, start, well, integrator, Seed::new(11).rng()).unwrap();
    simulation.run(200, &mut ()).unwrap();
    let (mut x2, mut v2) = (0.0, 0.0);
    let mut look = watching(|simulation| {
        x2 += simulation.state().positions.iter().map(Vec3::norm_squared).sum::<f64>();
        v2 += simulation.state().velocities.iter().map(Vec3::norm_squared).sum::<f64>();
    });
    simulation.run(steps, &mut look).unwrap();
    drop(look);
    let unit = units::BOLTZMANN * temperature * (3 * ATOMS) as f64 * steps as f64;
    (x2 * k / unit, v2 * mass / unit)
}

#[test]
fn baoab_samples_harmonic_configurations_exactly_at_any_step() {
    // 300 oscillators × 4000 steps; the error of a mean is about √(2 · 2τ/(300 · 4000)) ≈ 0.5 %.
    for (step, friction) in [(0.2, 1.0), (1.0, 1.0), (1.8, 0.5)] {
        let (x2, v2) = einstein(step, friction, 4000);
        assert!((x2 - 1.0).abs() < 0.015, "ω dt = {step}: k⟨x²⟩/kT = {x2}");
        let expected = 1.0 - step * step / 4.0;
        assert!((v2 - expected).abs() < 0.015, "ω dt = {step}: m⟨v²⟩/kT = {v2}, expected {expected}");
    }
}

#[test]
fn langevin_samples_the_temperature_and_its_fluctuation() {
    let (system, state) = common::start(350.0, 7);
    let freedom = (3 * common::ATOMS) as f64;
    let integrator = Box::new(langevin(&system, 1.0, 350.0, 20.0));
    let mut simulation = Simulation::new(system, state, common::boxed(), integrator, Seed::new(8).rng()).unwrap();
    let mut temperatures = Vec::new();
    simulation.run(60_000, &mut watching(|simulation| temperatures.push(simulation.temperature()))).unwrap();
    let count = temperatures.len() as f64;
    let mean = temperatures.iter().sum::<f64>() / count;
    let variance = temperatures.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / count;
    assert!((mean / 350.0 - 1.0).abs() < 0.02, "⟨T⟩ = {mean} K");
    // Var T / T² = 2 / f in the canonical ensemble.
    let ratio = variance / (mean * mean) * freedom / 2.0;
    assert!((ratio - 1.0).abs() < 0.1, "the fluctuation is {ratio} of the canonical one");
}

#[test]
fn langevin_crosses_a_barrier_and_fills_both_wells_alike() {
    let system = System::new(vec![Element::C]);
    let integrator = Box::new(langevin(&system, 2.0, 300.0, 10.0));
    let well = Box::new(DoubleWell::new(0.05, 0.6, 2.0).unwrap());
    let start = State::at_rest(vec![Vec3::x() * 0.6]);
    let mut simulation = Simulation::new(system, start, well, integrator, Seed::new(9).rng()).unwrap();
    let mut right = 0_u32;
    let mut look = watching(|simulation| right += u32::from(simulation.state().positions[0].x > 0.0));
    simulation.run(1_000_000, &mut look).unwrap();
    drop(look);
    let share = f64::from(right) / 1e6;
    assert!((share - 0.5).abs() < 0.05, "{share} of the time in the right well");
}

#[test]
fn configurations_are_checked() {
    let (system, _) = common::chain();
    let bad = |error: Error| error.to_string();
    for time_step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let message = bad(VelocityVerlet::new(&system, VelocityVerletConfig { time_step }).unwrap_err());
        assert!(message.contains("time step must be positive and finite"), "{message}");
        assert!(Langevin::new(&system, LangevinConfig { time_step, ..LangevinConfig::default() }).is_err());
    }
    for value in [-1.0, f64::NAN] {
        assert!(Langevin::new(&system, LangevinConfig { temperature: value, ..LangevinConfig::default() }).is_err());
        assert!(Langevin::new(&system, LangevinConfig { friction: value, ..LangevinConfig::default() }).is_err());
    }
    let typo = serde_json::from_str::<LangevinConfig>(r#"{"temprature": 300}"#).unwrap_err().to_string();
    assert!(typo.contains("temprature"), "{typo}");
    let given: LangevinConfig = serde_json::from_str(r#"{"temperature": 310.0}"#).unwrap();
    assert_eq!(given, LangevinConfig { temperature: 310.0, ..LangevinConfig::default() });
}

#[test]
fn a_failed_step_is_reported_and_undone() {
    // A wall at x = 0.5 from which no energy comes back.
    let potential = potential_fn(2, |frame, out| {
        let inside = frame.positions.iter().all(|x| x.x < 0.5);
        if let Some(forces) = out.forces_mut() {
            forces[1].x += if inside { 0.1 } else { f64::NAN };
        }
        if inside { -0.1 * frame.positions[1].x } else { f64::NAN }
    });
    let system = System::new(vec![Element::C; 2]);
    let integrator = langevin(&system, 1.0, 300.0, 1.0);
    let start = State::at_rest(vec![Vec3::zeros(); 2]);
    let rng: Rng = Seed::new(10).rng();
    let mut simulation = Simulation::new(system, start, Box::new(potential), Box::new(integrator), rng).unwrap();
    let mut last = None;
    let mut look = watching(|simulation| last = Some((simulation.state().clone(), simulation.invariant())));
    let Err(Error::Diverged(report)) = simulation.run(100_000, &mut look) else { panic!("it must fail") };
    drop(look);
    let (state, invariant) = last.unwrap();
    assert_eq!((report.step, &report.last_good), (state.step + 1, &state));
    assert_eq!((simulation.state(), simulation.invariant()), (&state, invariant), "energy, forces and heat as well");
    assert_eq!(report.largest[0].0, 1);
    assert!(report.largest[0].1.is_nan());
    assert_eq!(report.terms[0].largest.unwrap().0, 1);
    let text = report.to_string();
    assert!(text.starts_with(&format!("step {}: energy NaN eV", state.step + 1)), "{text}");
    assert!(matches!(simulation.run(20, &mut ()), Err(Error::Diverged(_))), "nothing has changed, it fails again");
}

/// Fails at its evaluation number `at`, as a potential behind a socket might.
#[derive(Clone)]
struct FailsOnce {
    inner: Box<dyn Potential>,
    calls: u32,
    at: u32,
}

impl Potential for FailsOnce {
    fn atoms(&self) -> usize {
        self.inner.atoms()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        self.calls += 1;
        let energy = self.inner.accumulate(frame, out);
        if self.calls == self.at { f64::NAN } else { energy }
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}

#[test]
fn a_run_goes_on_after_a_passing_fault_as_if_there_had_been_none() {
    let run = |at: u32| {
        let (system, state) = common::start(300.0, 12);
        let integrator = Box::new(langevin(&system, 1.0, 300.0, 5.0));
        let potential = Box::new(FailsOnce { inner: common::boxed(), calls: 0, at });
        Simulation::new(system, state, potential, integrator, Seed::new(13).rng()).unwrap()
    };
    let (mut whole, mut disturbed) = (run(0), run(50));
    whole.run(100, &mut ()).unwrap();
    assert!(matches!(disturbed.run(100, &mut ()), Err(Error::Diverged(_))));
    disturbed.run(100 - disturbed.state().step, &mut ()).unwrap();
    assert_eq!(disturbed.state(), whole.state());
    assert_eq!(disturbed.invariant(), whole.invariant());
}

#[test]
fn the_potential_explains_a_divergence() {
    let (system, mut state) = common::start(300.0, 1);
    state.positions[3] = state.positions[9]; // excluded from nothing: Lennard-Jones is infinite
    let integrator = Box::new(verlet(&system, 1.0));
    let failed = Simulation::new(system, state, common::boxed(), integrator, Seed::new(0).rng());
    let Err(Error::Diverged(report)) = failed else { panic!("it must fail") };
    let worst = report.terms.iter().find(|term| !term.energy.is_finite()).unwrap();
    assert_eq!(worst.name, "van der Waals");
}
