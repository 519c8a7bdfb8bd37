//! Conformers of your own SMILES string: embedded, searched with a force field or a trained network, written as extended XYZ.
//!
//! ```text
//! cargo run --release --example 09_conformer_search -- --smiles "CC(C)C[C@@H](N)C(=O)O"
//! cargo run --release --example 09_conformer_search -- --smiles OCCO --model out/model.safetensors
//! ```

#![allow(clippy::print_stdout)] // an example talks

use clap::Parser;
use molkit::embed::EmbedConfig;
use molkit::io::{ExtxyzWriter, Snapshot};
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, TrainingWalls};
use molkit::rl::search::{
    MonteCarloMinimization, RandomSearch, Search, SearchRecord, SystematicSearch, TorsionTask, TorsionTaskConfig,
};
use molkit::rl::{Budget, DEFAULT_THERMAL_ENERGY, Normalizer};
use molkit::sim::Uff;
use molkit::units::KCAL_PER_MOL;
use molkit::{Molecule, Potential, ProgressBar, Seed, Sum};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    /// The molecule.
    #[arg(long, default_value = "CCCCC(CCCC)CCCC")]
    smiles: String,
    /// A network of 01_pipeline or 03_train_on_extxyz for these elements; without it UFF.
    #[arg(long)]
    model: Option<PathBuf>,
    /// Minimisations of each method.
    #[arg(long, default_value_t = 500)]
    minimizations: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Extended XYZ to write, lowest energy first.
    #[arg(long, default_value = "out/conformers.extxyz")]
    out: PathBuf,
    /// 60 minimisations.
    #[arg(long)]
    quick: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let seed = Seed::new(arguments.seed);

    // 1. The graph, its hydrogens, and a first conformer from nothing but the graph.
    let molecule = Molecule::from_smiles(&arguments.smiles)?.with_explicit_hydrogens()?;
    let molecule = molecule.embedded(1, &EmbedConfig::default(), &mut seed.stream("embedding").rng())?;
    let elements = molecule.elements()?;

    // 2. The energy surface: a force field or a network, the search does not ask which.
    let mut config = TorsionTaskConfig::default();
    let potential: Box<dyn Potential> = match &arguments.model {
        None => Box::new(Uff::new(&molecule)?),
        Some(path) => {
            let model = SchNet::<f32>::load(path)?;
            config.minimize.method.energy_noise = 1e-6; // single precision
            let network = NeuralPotential::new(&model, &elements, NeuralPotentialConfig::default())?;
            let walls = TrainingWalls::new(&model, &elements, 100.0)?.with_outer();
            Box::new(Sum::new(elements.len()).with("network", network)?.with("walls", walls)?)
        }
    };
    let task = TorsionTask::new(&molecule, &*potential, config)?;
    println!("{}: {}, {} torsions turn", arguments.smiles, molecule.formula(), task.torsions().len());

    // 3. Three searches with the same budget.
    let total = if arguments.quick { 60 } else { arguments.minimizations };
    let searches: [&dyn Search; 3] = [&RandomSearch, &SystematicSearch::default(), &MonteCarloMinimization::default()];
    let mut records = Vec::new();
    for search in searches {
        let mut bar = ProgressBar::new(search.name(), total, |now: &SearchRecord| {
            format!("{} conformers", now.conformers().len())
        });
        let budget = Budget::of_minimizations(total)?;
        records.push(search.run(&task, &budget, &mut bar, &mut seed.stream(search.name()).rng())?);
    }

    // 4. What they found, against everything that was found.
    let all = SearchRecord::merge(&records)?;
    let best = all.lowest().ok_or("no minimisation gave a conformer: see the faults of a record")?;
    let normalizer = Normalizer::from_energies(&all.conformers().energies(), DEFAULT_THERMAL_ENERGY)?;
    println!("\n{:26} {:>13} {:>16} {:>11} {:>6}", "", "above [kcal]", "within 3 kcal", "Gibbs score", "faults");
    for (search, record) in searches.iter().zip(&records) {
        let above = record.lowest().map_or(f64::INFINITY, |lowest| (lowest - best) / KCAL_PER_MOL);
        let (within, score) = (record.within(3.0 * KCAL_PER_MOL, best), record.score(&normalizer));
        println!("{:26} {above:>13.3} {within:>16} {score:>11.3} {:>6}", search.name(), record.faults().len());
    }

    // 5. All distinct conformers in a file.
    let mut conformers: Vec<_> = all.conformers().iter().collect();
    conformers.sort_by(|a, b| a.energy.total_cmp(&b.energy));
    if let Some(folder) = arguments.out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut writer = ExtxyzWriter::create(&arguments.out)?;
    for conformer in &conformers {
        let mut snapshot = Snapshot::new(elements.clone(), conformer.positions.clone())?;
        snapshot.energy = Some(conformer.energy);
        writer.write(&snapshot)?;
    }
    writer.sync()?;
    println!("\n{} conformers in {}", conformers.len(), arguments.out.display());
    Ok(())
}
