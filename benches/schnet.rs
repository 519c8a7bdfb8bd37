//! SchNet: energy and forces of 9 and 21 atoms, batches, and a training step of 32 × 21 atoms.
//!
//! With `MOLKIT_PEER=folder` nothing is timed: models, frames and what we compute from them go to that folder, for
//! `benches/peers/schnet_torch.py` to compute the same.

use criterion::{Criterion, criterion_group};
use mol_core::io::{ExtxyzWriter, Snapshot};
use mol_core::tensor::{Decay, Objective, Schedule, Trainer, TrainerConfig};
use mol_core::{Derivatives, Element, Fault, Frame, Potential, PotentialExt, Rng, Seed, Vec3, Want};
use mol_nn::train::{EnergyAndForces, LabelledFrame, LossWeights};
use mol_nn::{FilterMode, Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use std::hint::black_box;
use std::path::Path;

/// Atoms and features of the evaluations.
const EVALUATIONS: [(usize, usize); 3] = [(9, 64), (21, 64), (21, 128)];
/// Features of the models trained.
const TRAININGS: [usize; 2] = [64, 128];

/// `atoms` atoms in a ball of 2.4 Å: all pairs lie within the cut-off, as in the PyTorch script beside this.
fn frame(atoms: usize, rng: &mut Rng) -> LabelledFrame {
    let known = [Element::H, Element::C, Element::N, Element::O];
    let mut positions = Vec::new();
    while positions.len() < atoms {
        let x = Vec3::new(rng.uniform(), rng.uniform(), rng.uniform()) * 4.8 - Vec3::repeat(2.4);
        if x.norm() < 2.4 {
            positions.push(x);
        }
    }
    let elements = (0..atoms).map(|_| known[rng.below(4)]).collect();
    let forces = (0..atoms).map(|_| Vec3::new(rng.normal(), rng.normal(), rng.normal())).collect();
    LabelledFrame { elements, positions, cell: mol_core::Cell::NONE, energy: rng.normal(), forces }
}

fn model(features: usize) -> SchNet<f32> {
    let config = SchNetConfig { features, ..SchNetConfig::default() };
    SchNet::new(config, &[Element::H, Element::C, Element::N, Element::O], Seed::new(1)).expect("valid settings")
}

/// As simulations use it, but without a guard: a random network has seen no distances.
fn potential(model: &SchNet<f32>, elements: &[Element], filters: FilterMode) -> NeuralPotential<f32> {
    let config = NeuralPotentialConfig { filters, guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    NeuralPotential::new(model, elements, config).expect("known elements")
}

/// The batch of a training step, and the model fitted to its scale.
fn batch(features: usize, rng: &mut Rng) -> (SchNet<f32>, Vec<LabelledFrame>, EnergyAndForces<f32>) {
    let frames: Vec<_> = (0..32).map(|_| frame(21, rng)).collect();
    let mut model = model(features);
    let objective = EnergyAndForces::new(&mut model, &frames, &[], LossWeights::default()).expect("well-formed frames");
    (model, frames, objective)
}

fn evaluation(c: &mut Criterion) {
    let mut rng = Seed::new(2).rng();
    for (atoms, features) in EVALUATIONS {
        let frame = frame(atoms, &mut rng);
        let model = model(features);
        for (name, filters) in [("network", FilterMode::Network), ("table", FilterMode::default())] {
            let mut potential = potential(&model, &frame.elements, filters);
            let mut out = Derivatives::new(atoms, Want::Forces);
            c.bench_function(&format!("schnet/{name}/{atoms} atoms/F={features}"), |b| {
                b.iter(|| {
                    out.clear();
                    black_box(potential.accumulate(Frame::isolated(&frame.positions), &mut out))
                });
            });
        }
    }
}

fn walkers(c: &mut Criterion) {
    let mut rng = Seed::new(3).rng();
    let frame = frame(10, &mut rng);
    let mut potential = potential(&model(64), &frame.elements, FilterMode::default());
    let frames = [Frame::isolated(&frame.positions); 8];
    let mut out = vec![Derivatives::new(10, Want::Forces); 8];
    let mut energies = [0.0; 8];
    c.bench_function("schnet/table/8 walkers of 10 atoms/F=64", |b| {
        b.iter(|| {
            out.iter_mut().for_each(Derivatives::clear);
            potential.accumulate_batch(&frames, &mut out, &mut energies);
            black_box(energies[7])
        });
    });
}

fn training(c: &mut Criterion) {
    let mut rng = Seed::new(4).rng();
    let mut group = c.benchmark_group("schnet/training step/32 x 21 atoms");
    group.sample_size(10);
    for features in TRAININGS {
        let (model, _, objective) = batch(features, &mut rng);
        group.bench_function(format!("F={features}"), |b| {
            let config = TrainerConfig { epochs: 1, batch: 32, ..TrainerConfig::default() };
            // Making the trainer copies the weights: less than 2 % of a step.
            b.iter(|| {
                let mut trainer = Trainer::new(config.clone(), model.weights().clone()).expect("valid settings");
                trainer.run(&objective, &mut (), None).expect("finite")
            });
        });
    }
}

/// Writes `evaluation-*` (energies and forces of this network) and `training-*` (labels, loss, gradient, one Adam step).
fn export(folder: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(folder)?;
    let write = |name: &str, frames: &[LabelledFrame]| -> mol_core::Result<()> {
        let mut writer = ExtxyzWriter::create(folder.join(name).with_extension("extxyz"))?;
        for frame in frames {
            let mut snapshot = Snapshot::new(frame.elements.clone(), frame.positions.clone())?;
            (snapshot.energy, snapshot.forces) = (Some(frame.energy), Some(frame.forces.clone()));
            writer.write(&snapshot)?;
        }
        writer.sync().map(drop)
    };
    let mut rng = Seed::new(2).rng();
    for (atoms, features) in EVALUATIONS {
        let (mut frame, model) = (frame(atoms, &mut rng), model(features));
        let mut potential = potential(&model, &frame.elements, FilterMode::Network);
        (frame.energy, frame.forces) = potential.energy_and_forces(Frame::isolated(&frame.positions));
        let name = format!("evaluation-{atoms}-{features}");
        model.save(folder.join(&name).with_extension("safetensors"))?;
        write(&name, &[frame])?;
    }
    let mut rng = Seed::new(4).rng();
    for features in TRAININGS {
        let (model, frames, objective) = batch(features, &mut rng);
        let name = format!("training-{features}");
        let save = |model: &SchNet<f32>, what: &str| model.save(folder.join(format!("{name}{what}.safetensors")));
        save(&model, "")?;
        write(&name, &frames)?;
        let items: Vec<_> = (0..frames.len()).collect();
        let mut gradient = vec![0.0; model.weights().len()];
        let loss = objective.accumulate(model.weights(), &items, &mut gradient, &mut rng)? / items.len() as f64;
        for g in &mut gradient {
            *g /= items.len() as f32;
        }
        save(&model.clone().with_weights(gradient)?, "-gradient")?;
        std::fs::write(folder.join(format!("{name}-loss.txt")), loss.to_string())?;
        // Bare Adam, as in the peer's check: no clipping, no averaging, constant rate.
        let schedule = Schedule { rate: 1e-3, warmup: 0, decay: Decay::Constant };
        let config =
            TrainerConfig { epochs: 1, batch: 32, schedule, clip: None, average: None, ..TrainerConfig::default() };
        let mut trainer = Trainer::new(config, model.weights().clone())?;
        trainer.run(&objective, &mut (), None)?;
        save(&model.clone().with_weights(trainer.averaged()?.flat().to_vec())?, "-stepped")?;
    }
    Ok(())
}

criterion_group!(benches, evaluation, walkers, training);

fn main() -> Result<(), Fault> {
    if let Some(folder) = std::env::var_os("MOLKIT_PEER") {
        return export(Path::new(&folder));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
    Ok(())
}
