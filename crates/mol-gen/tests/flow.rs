//! Flows: inverses, normalisation, continuity on the circle, the contract of samplers, files, training.

use mol_core::ndarray::{Array2, array};
use mol_core::tensor::{
    Decay, Objective, Outcome, Parameters, Real, Record, Schedule, Trainer, TrainerConfig, constant, values,
};
use mol_core::testing::{check_density, check_sampler};
use mol_core::{Density, Seed};
use mol_gen::flow::{
    Coupling, Direction, Feature, Flow, FlowConfig, FlowModel, Layer, MaximumLikelihood, Transform, Whitening,
};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

const LINE: Transform = Transform::AffineSpline { bins: 7, bound: 3.0, limit: 0.8 };
const CIRCLE: Transform = Transform::CircularSpline { bins: 9 };

/// Couplings in turn over `features`, with weights `size` away from the identity.
fn flow<E: Real>(features: &[Feature], layers: usize, size: f64, seed: u64) -> Flow<E> {
    let config = FlowConfig::alternating(features, layers, LINE, CIRCLE, &[12]);
    let flow = Flow::<E>::new(config, Seed::new(seed)).expect("valid");
    let mut rng = Seed::new(seed).stream("weights").rng();
    let flat = flow.weights().flat().iter().map(|w: &E| E::of(w.f64() + size * rng.normal())).collect();
    flow.with_weights(flat).expect("as many")
}

fn model(features: &[Feature], layers: usize, size: f64, seed: u64) -> FlowModel<f64> {
    let linear = features.iter().filter(|f| **f == Feature::Linear).count();
    FlowModel::new(flow(features, layers, size, seed), Whitening::identity(linear)).expect("fits")
}

/// Largest |f⁻¹(f(z)) − z| (round the circle) and |ln det f + ln det f⁻¹|.
fn round_trip<E: Real>(flow: &Flow<E>, rows: &[f64]) -> [f64; 2] {
    let width = flow.features().len();
    let shape = (rows.len() / width, width);
    let z = constant(rows.iter().map(|x| E::of(*x)).collect(), shape);
    let (x, forward) = flow.apply(&flow.constants(), &z, Direction::Generate);
    let (back, backward) = flow.apply(&flow.constants(), &x, Direction::Normalise);
    let mut worst = [0.0_f64; 2];
    for (k, (a, b)) in values(&back).iter().zip(rows).enumerate() {
        let d = a.f64() - b;
        let circular = flow.features()[k % width] == Feature::Circular;
        worst[0] = worst[0].max(if circular { d - TAU * (d / TAU).round() } else { d }.abs());
    }
    for (a, b) in values(&forward).iter().zip(values(&backward)) {
        worst[1] = worst[1].max((a.f64() + b.f64()).abs());
    }
    worst
}

fn rows(features: &[Feature], n: usize, seed: u64) -> Vec<f64> {
    let mut rng = Seed::new(seed).rng();
    let one = |f: &Feature, rng: &mut mol_core::Rng| match f {
        Feature::Linear => rng.normal(),
        Feature::Circular => PI * (2.0 * rng.uniform() - 1.0),
    };
    (0..n).flat_map(|_| features.iter().map(|f| one(f, &mut rng)).collect::<Vec<_>>()).collect()
}

const MIXED: [Feature; 5] = [Feature::Circular, Feature::Linear, Feature::Linear, Feature::Circular, Feature::Linear];

#[test]
fn inverses_in_single_precision() {
    let flow = flow::<f32>(&MIXED, 6, 0.1, 4);
    let [place, log_det] = round_trip(&flow, &rows(&MIXED, 500, 1));
    assert!(place < 1e-5 && log_det < 5e-5, "{place:e} {log_det:e}");
    assert!(place > 0.0, "the flow does something");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn inverses_in_double_precision(seed in any::<u64>(), layers in 1..5_usize, size in 0.0..0.2_f64) {
        let flow = flow::<f64>(&MIXED, layers, size, seed);
        let [place, log_det] = round_trip(&flow, &rows(&MIXED, 20, seed));
        prop_assert!(place < 1e-8 && log_det < 1e-8, "{:e} {:e}", place, log_det);
    }

    #[test]
    fn knots_and_ends_are_ordinary_points(seed in any::<u64>(), bins in 2..17_usize) {
        // All knots of a new spline, the ends of the interval, and beyond.
        let transform = Transform::Spline { bins, bound: 2.0 };
        let layer = Coupling { transformed: vec![0], context: vec![], transform, hidden: vec![], harmonics: 1 };
        let config = FlowConfig { features: vec![Feature::Linear], layers: vec![Layer::Coupling(layer)] };
        let flow = Flow::<f64>::new(config, Seed::new(seed)).expect("valid");
        let mut rng = Seed::new(seed).rng();
        let flat = flow.weights().flat().iter().map(|_| rng.normal()).collect();
        let flow = flow.with_weights(flat).expect("as many");
        let points: Vec<f64> = (0..=2 * bins).map(|k| -3.0 + 6.0 * k as f64 / (2 * bins) as f64).chain([-2.0, 2.0]).collect();
        let [place, _] = round_trip(&flow, &points);
        prop_assert!(place < 1e-9, "{:e}", place);
        let at = |x: f64| values(&flow.apply(&flow.constants(), &constant(vec![x], (1, 1)), Direction::Generate).0)[0];
        for end in [-2.0, 2.0] {
            prop_assert!((at(end + 1e-9) - at(end - 1e-9)).abs() < 1e-7 && at(end) == end);
        }
        prop_assert!(points[..2 * bins].windows(2).all(|w| at(w[0]) < at(w[1])), "monotone");
        prop_assert_eq!(at(2.5), 2.5);
    }
}

#[test]
fn densities_integrate_to_one() {
    let mut line = model(&[Feature::Linear], 1, 0.8, 2);
    let h = 2e-3;
    let sum: f64 = (-10_000..10_000).map(|k| line.log_density(&array![(f64::from(k) + 0.5) * h]).exp() * h).sum();
    assert!((sum - 1.0).abs() < 1e-5, "line: {sum}");
    for (features, seed) in [([Feature::Circular; 2], 3), ([Feature::Circular, Feature::Linear], 4)] {
        let model = model(&features, 2, 0.1, seed);
        let (n, long) = (240, if features[1] == Feature::Linear { 6.0 } else { PI });
        let step = |k: usize, half: f64| -half + (k as f64 + 0.5) * 2.0 * half / n as f64;
        let grid: Vec<f64> = (0..n * n).flat_map(|k| [step(k / n, PI), step(k % n, long)]).collect();
        let cell = 4.0 * PI * long / (n * n) as f64;
        let sum: f64 = model.log_density_batch(&grid).iter().map(|l| l.exp() * cell).sum();
        assert!((sum - 1.0).abs() < 1e-3, "{features:?}: {sum}");
    }
}

#[test]
fn densities_are_continuous_round_the_circle() {
    let mut model = model(&[Feature::Circular, Feature::Linear], 4, 0.4, 8);
    let mut at = |phi: f64| model.log_density(&array![phi, 0.3]);
    let (below, above, inside) = (at(PI - 1e-9), at(-PI + 1e-9), at(0.5));
    assert!((below - above).abs() < 1e-6, "{below} {above}");
    assert!((below - inside).abs() > 1e-3, "the density varies");
    // Nor does it jump where a spline's own cut lies, which its rotation moves.
    let n = 20_000;
    let grid: Vec<f64> = (0..=n).flat_map(|k| [-PI + TAU * f64::from(k) / f64::from(n), 0.3]).collect();
    let around = self::model(&[Feature::Circular, Feature::Linear], 4, 0.15, 8).log_density_batch(&grid);
    let jump = around.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
    assert!(jump < 0.02, "jump of ln p by {jump}");
    let mut at = |phi: f64| model.log_density(&array![phi, 0.3]);
    // The same angle by another name.
    assert!((at(0.5 + TAU) - inside).abs() < 1e-9);
}

#[test]
fn models_keep_the_contract_of_samplers_and_densities() {
    let data = array![[1.0, 100.0], [1.2, 90.0], [0.7, 95.0], [1.1, 93.0]];
    let make = || {
        let flow = flow::<f64>(&[Feature::Linear; 2], 2, 0.1, 9);
        FlowModel::new(flow, Whitening::principal(&data.view()).expect("spread")).expect("fits")
    };
    check_sampler(make);
    check_density(make, |item| item.to_vec(), 5000);
    let (items, log_p) = make().sample_batch(300, &mut Seed::new(3).rng());
    for (a, b) in log_p.iter().zip(make().log_density_batch(&items)) {
        assert!((a - b).abs() < 1e-8, "{a} {b}");
    }
}

#[test]
fn whitening_whitens_and_knows_its_determinant() {
    let mut rng = Seed::new(6).rng();
    let samples = Array2::from_shape_fn((4000, 3), |_| rng.normal()).dot(&array![
        [2.0, 0.3, 0.0],
        [0.0, 0.1, 5.0],
        [1.0, 0.0, 0.5]
    ]);
    let white = Whitening::principal(&samples.view()).expect("spread");
    let rows: Vec<Vec<f64>> = samples
        .rows()
        .into_iter()
        .map(|r| {
            let mut r = r.to_vec();
            white.whiten(&mut r);
            r
        })
        .collect();
    for i in 0..3 {
        for j in 0..3 {
            let moment = rows.iter().map(|r| r[i] * r[j]).sum::<f64>() / 4000.0;
            assert!((moment - f64::from(u8::from(i == j))).abs() < 1e-9, "{i} {j}: {moment}");
        }
    }
    let mut x = rows[7].clone();
    white.colour(&mut x);
    assert!(x.iter().zip(samples.row(7)).all(|(a, b)| (a - b).abs() < 1e-9));
    // The determinant of A by its columns, and the gradient by differences of a linear function.
    let column = |k: usize| {
        let (mut at, mut zero) = ([0.0; 3], [0.0; 3]);
        at[k] = 1.0;
        white.colour(&mut at);
        white.colour(&mut zero);
        [at[0] - zero[0], at[1] - zero[1], at[2] - zero[2]]
    };
    let columns = [column(0), column(1), column(2)];
    let matrix = mol_core::Mat3::from_fn(|i, j| columns[j][i]);
    assert!((matrix.determinant().abs().ln() - white.log_det()).abs() < 1e-9);
    let mut gradient = [1.0, -2.0, 0.5];
    white.pull_back(&mut gradient);
    for (k, g) in gradient.iter().enumerate() {
        assert!((g - (columns[k][0] - 2.0 * columns[k][1] + 0.5 * columns[k][2])).abs() < 1e-9);
    }
    let repeated = array![[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]];
    assert!(Whitening::principal(&repeated.view()).expect_err("rank one").to_string().contains("repeats others"));
    let constant = array![[1.0, 2.0], [2.0, 2.0]];
    assert!(
        Whitening::per_feature(&constant.view())
            .expect_err("constant")
            .to_string()
            .starts_with("variance of feature 1")
    );
}

/// Samples on circle × line: two wells, the line's mean and width following the angle.
fn wells(n: usize) -> Array2<f64> {
    let mut rng = Seed::new(77).rng();
    let mut out = Array2::zeros((n, 2));
    for mut row in out.rows_mut() {
        let phi = if rng.uniform() < 0.3 { 3.0 } else { 0.5 } + 0.3 * rng.normal();
        let phi = phi - TAU * ((phi + PI) / TAU).floor();
        row[0] = phi;
        row[1] = 5.0 + phi.cos() + 0.2 * (1.5 + phi.sin()) * rng.normal();
    }
    out
}

#[test]
fn training_by_likelihood_reaches_the_entropy_at_any_number_of_threads() {
    let data = wells(3000);
    let features = [Feature::Circular, Feature::Linear];
    let train = || {
        let circular = (2, CIRCLE, &[][..]);
        let config = FlowConfig::circular_then_linear(&features, circular, (1, LINE, &[16][..]), 2);
        let flow = Flow::<f32>::new(config, Seed::new(1)).expect("valid");
        let line = data.slice(mol_core::ndarray::s![.., 1..]);
        let model = FlowModel::new(flow, Whitening::per_feature(&line).expect("spread")).expect("fits");
        let half = |r: std::ops::Range<usize>| data.slice(mol_core::ndarray::s![r, ..]);
        let objective = MaximumLikelihood::new(&model, &half(0..2000), &half(2000..3000)).expect("finite");
        let config = TrainerConfig {
            epochs: 25,
            batch: 200,
            chunk: 50,
            schedule: Schedule { rate: 1e-2, warmup: 5, decay: Decay::Cosine { floor: 0.01 } },
            average: Some(0.95),
            ..TrainerConfig::default()
        };
        let mut trainer = Trainer::new(config, model.flow().weights().clone()).expect("valid");
        assert_eq!(trainer.run(&objective, &mut (), None).expect("finite"), Outcome::Finished);
        let loss = trainer.best_validation().expect("validated");
        (model.with_weights(trainer.best().expect("as many").flat().to_vec()).expect("as many"), loss)
    };
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
    let (model, loss) = pool(1).install(train);
    let (again, other) = pool(3).install(train);
    assert_eq!((model.flow().weights().flat(), loss), (again.flow().weights().flat(), other));
    // Entropy: of the mixture's angle, the wells hardly overlapping, and of the line given the angle.
    let normal = 0.5 * (TAU.ln() + 1.0);
    let mixture = -(0.3 * 0.3_f64.ln() + 0.7 * 0.7_f64.ln()) + normal + 0.3_f64.ln();
    let spread = data.column(0).iter().map(|p| (0.2 * (1.5 + p.sin())).ln()).sum::<f64>() / 3000.0;
    let entropy = mixture + normal + spread;
    assert!((loss - entropy).abs() < 0.06, "validation {loss:.3}, entropy {entropy:.3}");
    let mut whitened = data.clone().into_raw_vec_and_offset().0;
    whitened.chunks_exact_mut(2).for_each(|row| model.whiten(row));
    let [place, log_det] = round_trip(model.flow(), &whitened);
    assert!(place < 1e-5 && log_det < 1e-4, "a trained flow in f32: {place:e} {log_det:e}");
}

#[test]
fn files_give_the_model_back_and_name_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("flow.safetensors");
    let data = array![[1.0, 3.0, 2.0], [2.0, 5.0, 1.0], [4.0, 4.0, 0.0], [1.5, 4.5, 0.7], [0.0, 1.0, 3.3]];
    let whitening = Whitening::principal(&data.view()).expect("spread");
    let model = FlowModel::new(flow::<f32>(&MIXED, 3, 0.3, 2), whitening).expect("fits");
    model.save(&path).expect("written");
    let back = FlowModel::<f32>::load(&path).expect("just written");
    let (a, b) = (model.sample_batch(5, &mut Seed::new(1).rng()), back.sample_batch(5, &mut Seed::new(1).rng()));
    assert_eq!(a, b);
    let error = FlowModel::<f64>::load(&path).expect_err("another precision").to_string();
    assert!(error.contains("F32, expected F64"), "{error}");
    std::fs::write(&path, b"no flow").expect("written");
    assert!(FlowModel::<f32>::load(&path).expect_err("damaged").to_string().contains("flow.safetensors"));
}

#[test]
fn wrong_settings_are_named() {
    let message = |layer: Layer| {
        let config = FlowConfig { features: MIXED.to_vec(), layers: vec![layer] };
        Flow::<f32>::new(config, Seed::new(1)).expect_err("refused").to_string()
    };
    let good = Coupling { transformed: vec![1], context: vec![0], transform: LINE, hidden: vec![4], harmonics: 1 };
    let coupling = |change: &dyn Fn(&mut Coupling)| {
        let mut c = good.clone();
        change(&mut c);
        message(Layer::Coupling(c))
    };
    assert!(coupling(&|c| c.transformed = vec![7]).contains("got 7"));
    assert!(coupling(&|c| c.context = vec![1]).contains("1 twice"));
    assert!(coupling(&|c| c.transformed = vec![]).contains("not empty"));
    assert!(coupling(&|c| c.transformed = vec![3]).contains("Circular feature 3"));
    assert!(coupling(&|c| c.harmonics = 0).contains("harmonics"));
    assert!(coupling(&|c| c.hidden = vec![4, 0]).contains("0 in layer 1"));
    assert!(coupling(&|c| c.transform = Transform::Spline { bins: 17, bound: 1.0 }).contains("2 to 16, got 17"));
    assert!(coupling(&|c| c.transform = Transform::Spline { bins: 4, bound: -1.0 }).contains("got -1"));
    assert!(coupling(&|c| c.transform = Transform::Affine { limit: f64::NAN }).contains("got NaN"));
    assert!(message(Layer::Permutation(vec![1, 0, 2, 3, 4])).contains("at a place of its kind"));
    assert!(message(Layer::Permutation(vec![0, 1])).contains("expected shape [5], got [2]"));
    let none = FlowConfig { features: vec![], layers: vec![] };
    assert!(Flow::<f32>::new(none, Seed::new(1)).is_err());
    let model = model(&[Feature::Linear; 2], 2, 0.1, 1);
    let nothing = Array2::zeros((0, 2));
    let objective = |train: &Array2<f64>| MaximumLikelihood::new(&model, &train.view(), &nothing.view()).map(|_| ());
    assert!(objective(&nothing).expect_err("none").to_string().contains("training samples"));
    assert!(objective(&array![[1.0, f64::NAN]]).expect_err("NaN").to_string().contains("feature of sample 0"));
    assert!(objective(&array![[1.0]]).expect_err("short").to_string().contains("expected shape [2], got [1]"));
    assert!(FlowModel::new(flow::<f32>(&MIXED, 1, 0.0, 1), Whitening::identity(2)).is_err());
}

#[test]
fn nothing_maps_to_nothing() {
    let flow = flow::<f64>(&MIXED, 3, 0.2, 1);
    for direction in [Direction::Generate, Direction::Normalise] {
        let tape = Record::start();
        let leaves = flow.weights().leaves(&tape);
        let x = tape.leaf(vec![], (0, 5));
        let (y, log_det) = flow.apply(&leaves, &x, direction);
        assert!(values(&y).is_empty() && values(&log_det).is_empty());
        let mut gradient = vec![0.0; flow.weights().len()];
        flow.weights().collect_gradient(&leaves, &mut tape.backward(&[(&y, &[]), (&log_det, &[])]), &mut gradient);
        assert!(gradient.iter().all(|g| *g == 0.0));
    }
    let none = Whitening::principal(&Array2::zeros((5, 0)).view()).expect("no features");
    assert_eq!(none, Whitening::identity(0));
    assert!(Whitening::principal(&Array2::zeros((1, 0)).view()).is_err(), "one sample");
}

#[test]
fn the_likelihood_gradient_matches_differences() {
    let (data, model) = (wells(6), model(&[Feature::Circular, Feature::Linear], 2, 0.3, 5));
    let nothing = Array2::zeros((0, 2));
    let objective = MaximumLikelihood::new(&model, &data.view(), &nothing.view()).expect("finite");
    let weights = model.flow().weights().clone();
    let items: Vec<usize> = (0..6).collect();
    let mut rng = Seed::new(0).rng();
    let mut run = |weights: &Parameters<f64>, gradient: &mut [f64]| {
        objective.accumulate(weights, &items, gradient, &mut rng).expect("finite")
    };
    let mut gradient = vec![0.0; weights.len()];
    run(&weights, &mut gradient);
    for k in (0..weights.len()).step_by(7) {
        let mut at = |d: f64| {
            let mut flat = weights.flat().to_vec();
            flat[k] += d;
            run(&weights.with_flat(flat).expect("as many"), &mut vec![0.0; weights.len()])
        };
        let numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
        assert!((gradient[k] - numeric).abs() < 1e-5 * (1.0 + numeric.abs()), "{k}: {} {numeric}", gradient[k]);
    }
}
