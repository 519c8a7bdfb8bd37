//! Step 3: does the network conserve energy, and what does it sample at 400 K?

use crate::graph::Matched;
use crate::{Fallible, Study, torsions};
use molkit::nn::train::LabelledFrame;
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, TrainingWalls};
use molkit::report::Plot;
use molkit::sim::{
    Dynamics, Ended, ExtxyzTrajectoryConfig, Langevin, LangevinConfig, Recorder, RecorderConfig, Simulation,
    VelocityVerlet, VelocityVerletConfig, Walkers,
};
use molkit::units::{FEMTOSECOND, PICOSECOND};
use molkit::{Potential, ProgressBar, State, Sum, System, watch};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Of the sampling [K].
pub(crate) const TEMPERATURE: f64 = 400.0;
const TIME_STEP: f64 = 0.5 * FEMTOSECOND;
/// Stiffness of the walls [eV/Å²].
pub(crate) const WALL: f64 = 100.0;
const WALKERS: usize = 8;
/// Steps between frames: 20 fs.
const STRIDE: u64 = 40;

/// The trajectory of the sampling.
pub(crate) struct Sampled {
    pub(crate) path: PathBuf,
    /// The step after which the averages begin.
    pub(crate) from: u64,
}

/// Energy drift, then sampling. `None` if interrupted.
pub(crate) fn study(
    study: &mut Study,
    model: &SchNet<f32>,
    frames: &[LabelledFrame],
    walkers: &[i64],
    matched: &Matched,
) -> Fallible<Option<Sampled>> {
    let elements = &frames[0].elements;
    let system = System::new(elements.clone());
    let network = NeuralPotential::new(model, elements, NeuralPotentialConfig::default())?;
    // The walls stand where the training data end and are zero on all of it: they keep the network out of its holes.
    let walls = TrainingWalls::new(model, elements, WALL)?.with_outer();
    let potential = Sum::new(elements.len()).with("network", network.clone())?.with("walls", walls.clone())?;
    // One start per eighth of the walkers of the data, so that the wells are all among the starts.
    let groups = walkers.iter().max().map_or(1, |last| *last as usize + 1);
    let starts = (0..WALKERS).map(|k| {
        let frame = walkers.iter().position(|w| *w as usize == k * groups / WALKERS).ok_or("a walker has no frames")?;
        let mut rng = study.seed.stream("velocities").at(k as u64).rng();
        let mut state = State::at_rest(frames[frame].positions.clone());
        state.velocities = system.maxwell_boltzmann(TEMPERATURE, &mut rng)?;
        Ok(state)
    });
    let starts: Vec<State> = starts.collect::<Fallible<_>>()?;

    study.report.heading("3. Dynamics");
    conserve(study, &system, &starts[0], &potential)?;

    let config = LangevinConfig { time_step: TIME_STEP, temperature: TEMPERATURE, friction: 1.0 / PICOSECOND };
    let bath = Langevin::new(&system, config)?;
    let mut dynamics = Walkers::new(system, starts, &potential, &bath, study.seed.stream("dynamics"))?;
    let steps = if study.quick { 2_000 } else { 100_000 };
    let (trajectory, checkpoint) = (study.out.join("trajectory.extxyz"), study.out.join("dynamics.checkpoint"));
    let config = RecorderConfig {
        trajectory: ExtxyzTrajectoryConfig { stride: STRIDE, ..Default::default() },
        checkpoint_stride: 100 * STRIDE,
    };
    let recorder = if study.resume && checkpoint.exists() {
        Recorder::resume(&trajectory, &checkpoint, config, &mut dynamics)?
    } else {
        Recorder::create(&trajectory, &checkpoint, config)?
    };
    let bar = ProgressBar::new("   8 walkers", steps, |all: &Walkers| {
        let temperature = all.iter().map(|m| temperature(&m)).sum::<f64>() / WALKERS as f64;
        format!("{:.1} ps  {temperature:.0} K", all.step() as f64 * TIME_STEP / PICOSECOND)
    });
    let mut observers = (recorder, (bar, study.interrupt.clone()));
    let ended = dynamics.run(steps - dynamics.step(), STRIDE, &mut observers)?;
    observers.0.save(&dynamics)?;
    if ended == Ended::Requested {
        return Ok(None);
    }
    let length = steps as f64 * TIME_STEP / PICOSECOND;
    study.report.paragraph(&format!(
        "{WALKERS} walkers of {length} ps of Langevin dynamics (BAOAB, {} fs, friction 1/ps) at {TEMPERATURE} K with the \
         network, between soft walls ({WALL} eV/Å²) at the smallest and largest distances of the training data: where no frame has \
         been, a network may have a hole, and dynamics finds it. The walls are zero on all of the data. The first tenth \
         is left out of the averages below. Errors are standard errors over blocks.",
        TIME_STEP / FEMTOSECOND
    ));
    let sampled = Sampled { path: trajectory, from: steps / 10 };
    torsions::study(study, &sampled, network, walls, matched)?;
    Ok(Some(sampled))
}

/// Kinetic temperature of a walker whose 3N velocities are all thermostatted [K].
fn temperature(moment: &molkit::sim::Moment<'_>) -> f64 {
    2.0 * moment.kinetic_energy / (3.0 * moment.state.positions.len() as f64 * molkit::units::BOLTZMANN)
}

/// A run at constant energy: the total energy may oscillate with the step but must not drift.
fn conserve(study: &mut Study, system: &System, start: &State, potential: &dyn Potential) -> Fallible<()> {
    let integrator = VelocityVerlet::new(system, VelocityVerletConfig { time_step: TIME_STEP })?;
    let rng = study.seed.stream("constant energy").rng();
    let mut run = Simulation::new(system.clone(), start.clone(), potential.boxed_clone(), integrator, rng)?;
    let (mut time, mut energy) = (Vec::new(), Vec::new());
    let steps = if study.quick { 1_000 } else { 20_000 };
    let begin = run.invariant();
    let mut watch = watch(|step: u64, now: &Simulation| {
        if step.is_multiple_of(10) {
            time.push(now.time() / PICOSECOND);
            energy.push(1e3 * (now.invariant() - begin) / now.system().atoms() as f64);
        }
        ControlFlow::Continue(())
    });
    let _ended = run.run(steps, &mut watch)?;
    let n = time.len() as f64;
    let (mean_t, mean_e) = (time.iter().sum::<f64>() / n, energy.iter().sum::<f64>() / n);
    let covariance: f64 = time.iter().zip(&energy).map(|(t, e)| (t - mean_t) * (e - mean_e)).sum();
    let drift = covariance / time.iter().map(|t| (t - mean_t).powi(2)).sum::<f64>();
    let residual = time.iter().zip(&energy).map(|(t, e)| (e - mean_e - drift * (t - mean_t)).powi(2)).sum::<f64>();
    let fluctuation = (residual / n).sqrt();
    println!("   constant energy: drift {drift:.4} meV/atom/ps, fluctuation {fluctuation:.3} meV/atom");
    let report = &mut study.report;
    report.key_figure("Energy drift", &format!("{drift:.4}").replace('-', "−"), "meV/atom/ps");
    let plot =
        Plot::new("time [ps]", "change of total energy [meV/atom]").line("velocity Verlet, 0.5 fs", &time, &energy);
    let caption = format!(
        "Total energy at constant energy: drift {drift:.4} meV/atom/ps, r.m.s. about it {fluctuation:.3} meV/atom."
    );
    report.figure("energy-drift", &plot, &caption.replace("drift -", "drift −"))?;
    report.number("nve_drift_meV_per_atom_per_ps", drift);
    report.number("nve_fluctuation_meV_per_atom", fluctuation);
    Ok(())
}
