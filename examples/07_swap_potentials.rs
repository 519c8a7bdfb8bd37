//! A neural network and a force field swapped in the same conformer search: only the potential changes.
//!
//! The search turns the three torsions of ethane-1,2-diol through all 27 combinations of gauche and trans, minimises each
//! and keeps what is distinct. It takes any `Potential`; here a SchNet trained on the frames the repository carries (or
//! a model of yours), and UFF, which is built from the graph. UFF has no charges, hence no hydrogen bond.

#![allow(clippy::print_stdout)] // an example talks

use clap::Parser;
use molkit::io::ReadOptions;
use molkit::nn::train::{EnergyAndForces, LabelledFrame, LossWeights};
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use molkit::rl::Budget;
use molkit::rl::search::{Search, SearchRecord, SystematicSearch, TorsionTask, TorsionTaskConfig};
use molkit::sim::Uff;
use molkit::tensor::{Trainer, TrainerConfig};
use molkit::units::KCAL_PER_MOL;
use molkit::{Frame, Molecule, Potential, PotentialExt, Seed, Vec3};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    /// A model written by 01_pipeline or 03_train_on_extxyz.
    #[arg(long)]
    model: Option<PathBuf>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A network of 100 frames.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let seed = Seed::new(arguments.seed);
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/ethanediol.extxyz");
    let (frames, _) = LabelledFrame::read_extxyz(data.as_ref(), ReadOptions::default(), None)?;
    let model = match &arguments.model {
        Some(path) => SchNet::load(path)?,
        None => train(&frames, if arguments.quick { 100 } else { 1000 }, seed)?,
    };

    // The graph comes from the first frame, so that it has the numbering of the network's elements.
    let molecule = Molecule::from_coordinates(&frames[0].elements, &frames[0].positions)?;
    let network = NeuralPotential::new(&model, &frames[0].elements, NeuralPotentialConfig::default())?;
    let uff = Uff::new(&molecule)?;

    // The one function, the two surfaces.
    let mut surfaces: [(&str, Box<dyn Potential>); 2] = [("SchNet", Box::new(network)), ("UFF", Box::new(uff))];
    let mut records = Vec::new();
    for (name, surface) in &surfaces {
        let record = search(&molecule, &**surface, seed)?;
        let (spent, found) = (record.spent(), record.conformers().len());
        let failed = record.faults().len();
        println!(
            "{name:>6}: {found} conformers, {} minimisations ({failed} failed), {} energies",
            spent.minimizations, spent.energies
        );
        records.push(record);
    }

    // Each well by its angles: the energy above the lowest, where the surface has it.
    let wells: Vec<_> = records.iter().map(wells).collect();
    let names: BTreeSet<&String> = wells.iter().flat_map(BTreeMap::keys).collect();
    println!("\n{:>12} {:>10} {:>10}   [kcal/mol]", "well", surfaces[0].0, surfaces[1].0);
    for name in names {
        let cell = |k: usize| match (wells[k].get(name), records[k].lowest()) {
            (Some(energy), Some(lowest)) => format!("{:.2}", (energy - lowest) / KCAL_PER_MOL),
            _ => "-".to_owned(),
        };
        println!("{name:>12} {:>10} {:>10}", cell(0), cell(1));
    }
    if let [Some(here), Some(there)] = [0, 1].map(|k| records[k].conformers().lowest()) {
        let mut above =
            |k: usize, at: &[Vec3], lowest: f64| (surfaces[k].1.energy(Frame::isolated(at)) - lowest) / KCAL_PER_MOL;
        let network = above(0, &there.positions, here.energy);
        let uff = above(1, &here.positions, there.energy);
        println!(
            "\nnot relaxed, UFF's lowest lies {network:.1} kcal/mol above SchNet's on SchNet, SchNet's {uff:.1} above UFF's on UFF"
        );
    }
    Ok(())
}

/// Every conformer of `molecule` on any surface.
fn search(molecule: &Molecule, surface: &dyn Potential, seed: Seed) -> molkit::rl::Result<SearchRecord> {
    let task = TorsionTask::new(molecule, surface, TorsionTaskConfig::default())?;
    let mut rng = seed.stream("search").rng();
    SystematicSearch::default().run(&task, &Budget::of_minimizations(27)?, &mut (), &mut rng)
}

/// The lowest energy [eV] of each combination of gauche (+, −) and trans (t) along H–O–C–C–O–H; mirror images and the two
/// directions are one.
fn wells(record: &SearchRecord) -> BTreeMap<String, f64> {
    let mut wells = BTreeMap::new();
    for conformer in record.conformers().iter() {
        let letter = |angle: &f64| match angle.to_degrees() {
            a if a.abs() > 120.0 => 't',
            a if a > 0.0 => '+',
            _ => '-',
        };
        let forward: String = conformer.torsions.iter().map(letter).collect();
        let backward: String = forward.chars().rev().collect();
        let mirror = |name: &str| {
            name.chars()
                .map(|c| match c {
                    '+' => '-',
                    '-' => '+',
                    c => c,
                })
                .collect::<String>()
        };
        let name = [mirror(&forward), mirror(&backward), forward, backward].into_iter().min().expect("four names");
        let well = wells.entry(name).or_insert(f64::INFINITY);
        *well = well.min(conformer.energy);
    }
    wells
}

/// A network for when none is at hand.
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
