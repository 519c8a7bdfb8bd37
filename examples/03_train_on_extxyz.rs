//! Train a SchNet on an extended XYZ file of your own, energies and forces together.

#![allow(clippy::print_stdout)] // an example talks

use clap::Parser;
use molkit::io::{EnergyUnit, ReadOptions};
use molkit::nn::train::{EnergyAndForces, Errors, LabelledFrame, LossWeights, predict, split_by_group};
use molkit::nn::{Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use molkit::tensor::{Decay, Progress, Schedule, Trainer, TrainerConfig};
use molkit::{Observer, Seed, Stop, watch};
use std::ops::ControlFlow;
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    /// Extended XYZ with energies and forces, all frames of one molecule.
    #[arg(default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/ethanediol.extxyz"))]
    file: PathBuf,
    /// Energies are in kcal/mol and forces in kcal/mol/Å, as in MD17, instead of eV.
    #[arg(long)]
    kcal: bool,
    /// Integer key whose values stay on one side of the split; without it, every 20 frames in sequence do.
    #[arg(long)]
    group: Option<String>,
    #[arg(long, default_value_t = 100)]
    epochs: u64,
    #[arg(long, default_value_t = 64)]
    features: usize,
    #[arg(long, default_value_t = 3)]
    interactions: usize,
    #[arg(long, default_value_t = 50)]
    basis: usize,
    #[arg(long, default_value_t = 5.0)]
    cutoff: f64,
    #[arg(long, default_value_t = 16)]
    batch: usize,
    #[arg(long, default_value_t = 4)]
    chunk: usize,
    #[arg(long, default_value_t = 4e-3)]
    rate: f64,
    #[arg(long, default_value_t = 0.01)]
    floor: f64,
    #[arg(long, default_value_t = 0.999)]
    average: f64,
    #[arg(long, default_value_t = 0.02)]
    energy_weight: f64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where to write the model.
    #[arg(long, default_value = "out/model.safetensors")]
    out: PathBuf,
    /// Two epochs.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let seed = Seed::new(arguments.seed);
    let energy = if arguments.kcal { EnergyUnit::KilocaloriePerMole } else { EnergyUnit::ElectronVolt };
    let options = ReadOptions { energy, ..ReadOptions::default() };
    let (frames, mut groups) = LabelledFrame::read_extxyz(&arguments.file, options, arguments.group.as_deref())?;
    if groups.is_empty() {
        groups = (0..frames.len() as i64).map(|k| k / 20).collect();
    }
    let number = groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    let split = split_by_group(&groups, number.div_ceil(9), number.div_ceil(9), seed)?;
    let pick = |indices: &[usize]| -> Vec<_> { indices.iter().map(|&k| frames[k].clone()).collect() };
    let (train, validation, test) = (pick(&split.train), pick(&split.validation), pick(&split.test));
    println!("{} frames to train, {} to validate, {} to test", train.len(), validation.len(), test.len());

    let mut elements = train[0].elements.clone();
    elements.sort_unstable();
    elements.dedup();
    let Arguments { features, interactions, basis, cutoff, .. } = arguments;
    let shape = SchNetConfig { features, interactions, basis, cutoff };
    let mut model = SchNet::<f32>::new(shape, &elements, seed)?;
    let loss = LossWeights { energy: arguments.energy_weight, ..LossWeights::default() };
    let objective = EnergyAndForces::new(&mut model, &train, &validation, loss)?;
    let config = TrainerConfig {
        epochs: if arguments.quick { 2 } else { arguments.epochs },
        batch: arguments.batch,
        chunk: arguments.chunk,
        schedule: Schedule { rate: arguments.rate, warmup: 50, decay: Decay::Exponential { floor: arguments.floor } },
        average: Some(arguments.average),
        seed,
        ..TrainerConfig::default()
    };
    let mut trainer = Trainer::new(config, model.weights().clone())?;
    let started = std::time::Instant::now();
    trainer.run(&objective, &mut report(), None)?;
    println!("trained in {:.1} s", started.elapsed().as_secs_f64());
    model = model.with_weights(trainer.best()?.flat().to_vec())?;
    if let Some(folder) = arguments.out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    model.save(&arguments.out)?;

    let config = NeuralPotentialConfig { guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    let potential = NeuralPotential::new(&model, &test[0].elements, config)?;
    let errors = Errors::new(&test, &predict(&potential, &test)?)?;
    println!("test energy MAE {:.1} meV, force MAE {:.1} meV/Å", 1e3 * errors.energy_mae, 1e3 * errors.force_mae);
    Ok(())
}

/// Prints the validation loss each time it changes.
fn report() -> impl Observer<Progress> {
    let mut last = None;
    watch(move |_, p: &Progress| {
        if p.validation != last {
            last = p.validation;
            println!("epoch {:4}  loss {:.5}  validation {:.5}", p.epoch + 1, p.loss, p.validation.unwrap_or(f64::NAN));
        }
        ControlFlow::<Stop>::Continue(())
    })
}
