//! Molecular dynamics with a trained network: the model file is all it needs.
//!
//! Without a model file, a small SchNet is trained first on the frames the repository carries.

#![allow(clippy::print_stdout)] // an example talks

use clap::Parser;
use molkit::io::ReadOptions;
use molkit::minimize::{Lbfgs, Minimize};
use molkit::nn::train::{EnergyAndForces, LabelledFrame, LossWeights};
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use molkit::sim::{ExtxyzTrajectory, ExtxyzTrajectoryConfig, Langevin, LangevinConfig, Simulation};
use molkit::tensor::{Trainer, TrainerConfig};
use molkit::units::PICOSECOND;
use molkit::{Frame, ProgressBar, Seed, State, System};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    /// A model written by 01_pipeline or 03_train_your_own.
    #[arg(long)]
    model: Option<PathBuf>,
    /// Steps of 0.5 fs.
    #[arg(long, default_value_t = 20_000)]
    steps: u64,
    /// Temperature [K].
    #[arg(long, default_value_t = 300.0)]
    temperature: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Extended XYZ to write.
    #[arg(long, default_value = "out/dynamics.extxyz")]
    out: PathBuf,
    /// 200 steps.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let steps = if arguments.quick { 200 } else { arguments.steps };
    let seed = Seed::new(arguments.seed);
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/ethanediol.extxyz");
    let (frames, _) = LabelledFrame::read_extxyz(data.as_ref(), ReadOptions::default(), None)?;
    let model = match &arguments.model {
        Some(path) => SchNet::load(path)?,
        None => train(&frames, if arguments.quick { 100 } else { 1000 }, seed)?,
    };

    // From here on the network is a potential like any other: relax, thermalise, run.
    let elements = &frames[0].elements;
    let mut potential = NeuralPotential::new(&model, elements, NeuralPotentialConfig::default())?;
    let minimum = Minimize::<Lbfgs>::default().run(&mut potential, Frame::isolated(&frames[0].positions), &mut ())?;
    println!("relaxed to {:.4} eV in {} evaluations", minimum.energy, minimum.evaluations);
    let system = System::new(elements.clone());
    let mut start = State::at_rest(minimum.positions);
    start.velocities = system.maxwell_boltzmann(arguments.temperature, &mut seed.stream("velocities").rng())?;
    let config = LangevinConfig { temperature: arguments.temperature, ..LangevinConfig::default() };
    let bath = Langevin::new(&system, config)?;
    let mut simulation = Simulation::new(system, start, potential, bath, seed.stream("dynamics").rng())?;
    if let Some(folder) = arguments.out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let trajectory = ExtxyzTrajectory::create(&arguments.out, ExtxyzTrajectoryConfig::default())?;
    let bar = ProgressBar::new("dynamics", steps, |now: &Simulation| {
        format!("{:.1} ps  {:.0} K", now.time() / PICOSECOND, now.temperature())
    });
    let _ended = simulation.run(steps, &mut (trajectory, bar))?;
    println!("{:.2} ps written to {}", simulation.time() / PICOSECOND, arguments.out.display());
    Ok(())
}

/// A network for when none is at hand: `frames` random frames, enough to run but not to publish.
fn train(data: &[LabelledFrame], frames: usize, seed: Seed) -> Result<SchNet<f32>, Box<dyn std::error::Error>> {
    println!("no --model: training a small one on {frames} frames");
    let mut order: Vec<usize> = (0..data.len()).collect();
    seed.stream("choice").rng().shuffle(&mut order);
    let chosen: Vec<_> = order[..frames].iter().map(|&k| data[k].clone()).collect();
    let mut elements = data[0].elements.clone();
    elements.sort_unstable();
    elements.dedup();
    let shape = SchNetConfig { features: 32, basis: 32, ..SchNetConfig::default() };
    let mut model = SchNet::new(shape, &elements, seed)?;
    let objective = EnergyAndForces::new(&mut model, &chosen, &[], LossWeights::default())?;
    let config = TrainerConfig { epochs: 20, batch: 8, ..TrainerConfig::default() };
    let mut trainer = Trainer::new(config, model.weights().clone())?;
    trainer.run(&objective, &mut (), None)?;
    Ok(model.with_weights(trainer.best()?.flat().to_vec())?)
}
