//! Normalizing flow of 24 features (3 torsions, 21 others) and 8 spline couplings, as the study uses it: draws with their log
//! densities, log densities of given points, and a training step by likelihood; points per second on the ambient pool.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mol_core::ndarray::Array2;
use mol_core::tensor::{Objective, Schedule, Trainer, TrainerConfig};
use mol_core::{Seed, tensor::Decay};
use mol_gen::flow::{Feature, Flow, FlowConfig, FlowModel, MaximumLikelihood, Transform, Whitening};
use std::hint::black_box;

const POINTS: usize = 2048;

fn model() -> FlowModel<f32> {
    let features = [vec![Feature::Circular; 3], vec![Feature::Linear; 21]].concat();
    let config = FlowConfig::circular_then_linear(
        &features,
        (3, Transform::CircularSpline { bins: 12 }, &[32, 32]),
        (5, Transform::AffineSpline { bins: 8, bound: 4.0, limit: 2.0 }, &[64, 64]),
        3,
    );
    let flow = Flow::<f32>::new(config, Seed::new(1)).expect("valid settings");
    // Off the identity, so that no shortcut of a special value is timed.
    let mut rng = Seed::new(2).rng();
    let flat = flow.weights().flat().iter().map(|w| w + 0.02 * rng.normal() as f32).collect();
    FlowModel::new(flow.with_weights(flat).expect("as many"), Whitening::identity(21)).expect("21 linear features")
}

fn flow(c: &mut Criterion) {
    let model = model();
    let (items, _) = model.sample_batch(POINTS, &mut Seed::new(3).rng());
    let mut group = c.benchmark_group("flow");
    group.throughput(Throughput::Elements(POINTS as u64));
    group.bench_function("draw with log density", |b| {
        let mut rng = Seed::new(4).rng();
        b.iter(|| black_box(model.sample_batch(POINTS, &mut rng)));
    });
    group.bench_function("log density", |b| b.iter(|| black_box(model.log_density_batch(&items))));
    let data = Array2::from_shape_vec((POINTS, 24), items.clone()).expect("rows of 24");
    let none = data.slice(mol_core::ndarray::s![..0, ..]);
    let objective = MaximumLikelihood::new(&model, &data.view(), &none).expect("finite");
    let config = TrainerConfig {
        epochs: 1,
        batch: 256,
        chunk: 128,
        schedule: Schedule { rate: 1e-3, warmup: 0, decay: Decay::Constant },
        ..TrainerConfig::default()
    };
    group.throughput(Throughput::Elements(objective.items() as u64));
    group.bench_function("epoch by likelihood, batches of 256", |b| {
        b.iter(|| {
            let mut trainer = Trainer::new(config.clone(), model.flow().weights().clone()).expect("valid settings");
            trainer.run(&objective, &mut (), None).expect("finite")
        });
    });
    group.finish();
}

criterion_group!(benches, flow);
criterion_main!(benches);
