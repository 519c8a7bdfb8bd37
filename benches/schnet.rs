//! SchNet: energy and forces of 9 and 21 atoms, batches, and a training step of 32 × 21 atoms.

use criterion::{Criterion, criterion_group, criterion_main};
use mol_core::tensor::{Trainer, TrainerConfig};
use mol_core::{Derivatives, Element, Frame, Potential, Rng, Seed, Vec3, Want};
use mol_nn::train::{EnergyAndForces, LabelledFrame, LossWeights};
use mol_nn::{FilterMode, Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use std::hint::black_box;

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

fn evaluation(c: &mut Criterion) {
    let mut rng = Seed::new(2).rng();
    for (atoms, features) in [(9, 64), (21, 64), (21, 128)] {
        let frame = frame(atoms, &mut rng);
        let model = model(features);
        for (name, filters) in [("network", FilterMode::Network), ("table", FilterMode::default())] {
            let config = NeuralPotentialConfig { filters, guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
            let mut potential = NeuralPotential::new(&model, &frame.elements, config).expect("known elements");
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
    let config = NeuralPotentialConfig { guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    let mut potential = NeuralPotential::new(&model(64), &frame.elements, config).expect("known elements");
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
    for features in [64, 128] {
        let frames: Vec<_> = (0..32).map(|_| frame(21, &mut rng)).collect();
        let mut model = model(features);
        let objective =
            EnergyAndForces::new(&mut model, &frames, &[], LossWeights::default()).expect("well-formed frames");
        group.bench_function(format!("F={features}"), |b| {
            let config = TrainerConfig { epochs: 1, batch: 32, ..TrainerConfig::default() };
            b.iter(|| {
                let mut trainer = Trainer::new(config.clone(), model.weights().clone()).expect("valid settings");
                trainer.run(&objective, &mut (), None).expect("finite")
            });
        });
    }
}

criterion_group!(benches, evaluation, walkers, training);
criterion_main!(benches);
