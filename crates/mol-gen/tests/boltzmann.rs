//! Boltzmann generators: exact free energies, gradients of all losses, symmetries, proposals, failures by name.

use mol_core::ndarray::Array2;
use mol_core::tensor::{Decay, Objective, Parameters, Schedule, Trainer, TrainerConfig};
use mol_core::testing::{check_density, check_sampler};
use mol_core::{Derivatives, Domain, Element, Frame, Molecule, Potential, Seed, Vec3, potential_fn};
use mol_gen::boltzmann::{
    BoltzmannConfig, BoltzmannObjective, CartesianCoordinates, Clip, Coordinates, Estimator, InternalCoordinates,
    Proposal, ReactionCoordinate, Symmetry, Target, TorsionProposal, TorsionProposalConfig, WeightedSample,
};
use mol_gen::flow::{Feature, Flow, FlowConfig, FlowModel, Transform, Whitening};
use std::f64::consts::TAU;
use std::sync::Arc;

const LINE: Transform = Transform::AffineSpline { bins: 8, bound: 4.0, limit: 2.0 };
const CIRCLE: Transform = Transform::CircularSpline { bins: 8 };
const CLIP: Clip = Clip { reference: 0.0, threshold: 50.0 };
const ENERGY: BoltzmannConfig = BoltzmannConfig {
    likelihood: 0.0,
    energy: 1.0,
    estimator: Estimator::Total,
    clip: CLIP,
    coordinate: None,
    draws: 8,
};

/// U = x⁴ − 6x² + x + y²/2 [kT = 1].
fn double_well() -> impl Potential {
    potential_fn(1, |frame: Frame<'_>, out: &mut Derivatives| {
        let (x, y) = (frame.positions[0].x, frame.positions[0].y);
        if let Some(forces) = out.forces_mut() {
            forces[0] -= Vec3::new(4.0 * x.powi(3) - 12.0 * x + 1.0, y, 0.0);
        }
        x.powi(4) - 6.0 * x * x + x + 0.5 * y * y
    })
}

fn plane(potential: &dyn Potential) -> Target {
    Target::new(Arc::new(CartesianCoordinates::new(1, 2).expect("two components")), potential, 1.0).expect("fits")
}

/// A few draws from both wells, far from their weights: what a short simulation would leave.
fn both_wells(n: usize) -> Array2<f64> {
    let mut rng = Seed::new(2).rng();
    let mut out = Array2::zeros((n, 2));
    for (k, mut row) in out.rows_mut().into_iter().enumerate() {
        row[0] = if k % 2 == 0 { 1.69 } else { -1.77 } + 0.25 * rng.normal();
        row[1] = rng.normal();
    }
    out
}

fn new_model(features: &[Feature], layers: usize, whitening: Whitening) -> FlowModel<f64> {
    let config = FlowConfig::alternating(features, layers, LINE, CIRCLE, &[16]);
    FlowModel::new(Flow::new(config, Seed::new(1)).expect("valid"), whitening).expect("fits")
}

/// Weights `size` away from the identity.
fn shaken(model: FlowModel<f64>, size: f64) -> FlowModel<f64> {
    let mut rng = Seed::new(4).rng();
    let flat = model.flow().weights().flat().iter().map(|w: &f64| *w + size * rng.normal()).collect();
    model.with_weights(flat).expect("as many")
}

#[test]
fn the_double_well_gives_its_exact_free_energies() {
    let (target, data) = (plane(&double_well()), both_wells(2000));
    let model = new_model(&[Feature::Linear; 2], 4, Whitening::per_feature(&data.view()).expect("spread"));
    let config = BoltzmannConfig { likelihood: 1.0, clip: Clip { reference: -13.0, threshold: 20.0 }, ..ENERGY };
    let objective = BoltzmannObjective::new(&model, &target, &data.view(), config).expect("fits");
    let config = TrainerConfig {
        epochs: 20,
        batch: 200,
        chunk: 50,
        schedule: Schedule { rate: 1e-2, warmup: 5, decay: Decay::Cosine { floor: 0.01 } },
        average: Some(0.9),
        ..TrainerConfig::default()
    };
    let mut trainer = Trainer::new(config, model.flow().weights().clone()).expect("valid");
    trainer.run(&objective, &mut (), None).expect("finite");
    let model = model.with_weights(trainer.best().expect("as many").flat().to_vec()).expect("as many");

    let mut rng = Seed::new(5).rng();
    let sample = WeightedSample::draw(&target, &model, 20_000, &mut rng).expect("finite");
    let x: Vec<f64> = sample.items().map(|item| item[0]).collect();
    let (right, left): (Vec<bool>, Vec<bool>) = x.iter().map(|x| (*x > 0.083_53, *x <= 0.083_53)).unzip();
    let f = sample.free_energy_difference(&left, &right, 50, &mut rng).expect("both wells");
    assert!((f.estimate - 3.380).abs() < 0.05, "F(right) − F(left) = {} ± {}", f.estimate, f.error);
    assert!(f.error > 0.002 && f.error < 0.05 && (f.estimate - 3.380).abs() < 5.0 * f.error, "error {}", f.error);
    let log_z = sample.log_partition().expect("weights");
    assert!((log_z - 11.020_47).abs() < 0.02, "ln Z = {log_z}");
    let fraction = sample.effective_size().expect("weights") / 20_000.0;
    assert!(fraction > 0.3, "effective fraction {fraction}");
    assert!(sample.largest_weight().expect("weights") < 0.01);
    // ⟨y²⟩ = 1, and the profile's depth between the wells: U(−1.7728) − U(1.6889), little changed by the bins.
    let squares: Vec<f64> = sample.items().map(|item| item[1] * item[1]).collect();
    let y2 = sample.average(&squares, 50, &mut rng).expect("finite");
    assert!((y2.estimate - 1.0).abs() < 5.0 * y2.error && y2.error < 0.05, "{y2:?}");
    let profile = sample.profile(&x, Domain::Line, [-2.5, 2.5], (25, 20), &mut rng).expect("weights");
    let least =
        |range: std::ops::Range<usize>| profile.free_energy[range].iter().copied().fold(f64::INFINITY, f64::min);
    assert!((least(13..25) - least(0..12) - 3.46).abs() < 0.25, "{}", least(13..25));
    assert_eq!(least(0..25), 0.0);
}

/// The loss of all items and its gradient, with the chunk's generator as it is at the start.
fn run(objective: &BoltzmannObjective<f64>, weights: &Parameters<f64>, n: usize) -> (f64, Vec<f64>) {
    let items: Vec<usize> = (0..n).collect();
    let mut gradient = vec![0.0; weights.len()];
    let loss = objective.accumulate(weights, &items, &mut gradient, &mut Seed::new(3).rng()).expect("finite");
    (loss, gradient)
}

fn check_gradient(objective: &BoltzmannObjective<f64>, weights: &Parameters<f64>, stride: usize) {
    let (_, gradient) = run(objective, weights, 5);
    for k in (0..weights.len()).step_by(stride) {
        let at = |d: f64| {
            let mut flat = weights.flat().to_vec();
            flat[k] += d;
            run(objective, &weights.with_flat(flat).expect("as many"), 5).0
        };
        let numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
        assert!((gradient[k] - numeric).abs() < 1e-5 * (1.0 + numeric.abs()), "{k}: {} {numeric}", gradient[k]);
    }
    assert!(gradient.iter().any(|g| g.abs() > 1e-2));
}

#[test]
fn gradients_of_all_losses_match_differences() {
    let (target, data) = (plane(&double_well()), both_wells(5));
    let model = shaken(new_model(&[Feature::Linear; 2], 2, Whitening::per_feature(&data.view()).expect("spread")), 0.3);
    let weights = model.flow().weights().clone();
    let coordinate = Some(ReactionCoordinate { feature: 0, weight: 0.7, width: 0.3 });
    // A threshold that some draws exceed.
    let clip = Clip { reference: -10.0, threshold: 3.0 };
    for config in [
        ENERGY,
        BoltzmannConfig { clip, ..ENERGY },
        BoltzmannConfig { energy: 0.0, coordinate, ..ENERGY },
        BoltzmannConfig { likelihood: 0.5, energy: 0.8, coordinate, ..ENERGY },
    ] {
        let objective = BoltzmannObjective::new(&model, &target, &data.view(), config).expect("fits");
        check_gradient(&objective, &weights, 5);
    }
}

#[test]
fn path_gradients_have_the_same_mean_and_vanish_at_the_target() {
    let data = both_wells(50);
    let model = shaken(new_model(&[Feature::Linear; 2], 2, Whitening::per_feature(&data.view()).expect("spread")), 0.1);
    let weights = model.flow().weights().clone();
    let target = plane(&double_well());
    let gradient = |estimator| {
        let config = BoltzmannConfig { estimator, ..ENERGY };
        run(&BoltzmannObjective::new(&model, &target, &data.view(), config).expect("fits"), &weights, 20_000).1
    };
    let (total, path) = (gradient(Estimator::Total), gradient(Estimator::Path));
    let norm = |g: &[f64]| g.iter().map(|g| g * g).sum::<f64>().sqrt();
    let difference: Vec<f64> = total.iter().zip(&path).map(|(a, b)| a - b).collect();
    assert!(norm(&difference) < 0.02 * norm(&total), "{} {}", norm(&difference), norm(&total));
    assert!(norm(&difference) > 1e-6 * norm(&total), "two estimators");

    // A new flow is the normal distribution; that of the target x²/2 + y²/2.
    let bowl = potential_fn(1, |frame: Frame<'_>, out: &mut Derivatives| {
        let x = Vec3::new(frame.positions[0].x, frame.positions[0].y, 0.0);
        out.forces_mut().into_iter().for_each(|f| f[0] -= x);
        0.5 * x.norm_squared()
    });
    let model = new_model(&[Feature::Linear; 2], 2, Whitening::identity(2));
    let at = |estimator| {
        let config = BoltzmannConfig { estimator, ..ENERGY };
        let objective = BoltzmannObjective::new(&model, &plane(&bowl), &data.view(), config).expect("fits");
        norm(&run(&objective, model.flow().weights(), 50).1)
    };
    assert!(at(Estimator::Path) < 1e-10 && at(Estimator::Total) > 1.0);
}

/// Ethane-1,2-diol from its graph, some structure, and an energy of all distances.
fn glycol() -> (Molecule, InternalCoordinates, Vec<Vec3>) {
    let molecule = Molecule::from_smiles("OCCO").expect("valid").with_explicit_hydrogens().expect("small");
    let zmatrix = mol_core::geometry::ZMatrix::from_molecule(&molecule).expect("one part");
    let torsions = zmatrix.torsions(&molecule).expect("its own");
    // Staggered: bonds by element, tetrahedral angles, impropers ±120°.
    let hydrogen = |atom: usize| molecule.atoms().nth(atom).is_some_and(|(_, a)| a.element == Some(Element::H));
    let rows: Vec<Vec<usize>> = zmatrix.rows().map(<[usize]>::to_vec).collect();
    let mut q = vec![0.0; zmatrix.dim()];
    let mut sign = 1.0;
    for (k, row) in rows.iter().enumerate().skip(1) {
        q[k - 1] = if hydrogen(row[0]) { 1.05 } else { 1.45 };
        if k >= 2 {
            q[zmatrix.angles_at() + k - 2] = 1.9;
        }
        if k >= 3 {
            let at = zmatrix.dihedrals_at() + k - 3;
            q[at] = if torsions.contains(&at) { 1.1 } else { sign * TAU / 3.0 };
            sign *= if torsions.contains(&at) { 1.0 } else { -1.0 };
        }
    }
    let mut positions = vec![Vec3::zeros(); zmatrix.atoms()];
    zmatrix.to_cartesian(&q, &mut positions).expect("a structure");
    let internal = InternalCoordinates::new(&molecule, &positions).expect("fits");
    (molecule, internal, positions)
}

/// Harmonic about the distances of `reference`, so that every coordinate matters.
fn elastic(reference: &[Vec3], k: f64) -> impl Potential + use<> {
    let reference = reference.to_vec();
    potential_fn(reference.len(), move |frame: Frame<'_>, out: &mut Derivatives| {
        let mut energy = 0.0;
        for i in 0..reference.len() {
            for j in 0..i {
                let r = frame.positions[i] - frame.positions[j];
                let stretch = r.norm() - (reference[i] - reference[j]).norm();
                out.add_pair(j, i, &r, &(-k * stretch / r.norm() * r));
                energy += 0.5 * k * stretch * stretch;
            }
        }
        energy
    })
}

#[test]
fn energies_train_through_internal_coordinates() {
    let (_, internal, positions) = glycol();
    let target = Target::new(Arc::new(internal), &elastic(&positions, 0.2), 0.5).expect("fits");
    let features = target.coordinates().features().to_vec();
    let mut y = vec![0.0; target.dim()];
    target.coordinates().to_features(&positions, &mut y).expect("a structure");
    let mut rng = Seed::new(8).rng();
    // Narrow data about the structure; enough to whiten by.
    let data = Array2::from_shape_fn((60, y.len()), |(_, k)| y[k] + 0.04 * rng.normal());
    let lines: Vec<usize> = (0..y.len()).filter(|k| features[*k] == Feature::Linear).collect();
    let white = Whitening::principal(&data.select(mol_core::ndarray::Axis(1), &lines).view()).expect("spread");
    let config = FlowConfig::circular_then_linear(&features, (3, CIRCLE, &[8]), (2, LINE, &[8]), 2);
    let model = FlowModel::new(Flow::new(config, Seed::new(1)).expect("valid"), white).expect("fits");
    let model = shaken(model, 0.03);
    let objective = BoltzmannObjective::new(&model, &target, &data.view(), ENERGY).expect("fits");
    check_gradient(&objective, model.flow().weights(), 61);
}

#[test]
fn symmetries_of_a_molecule_leave_energy_and_branches() {
    let (molecule, internal, positions) = glycol();
    let symmetries = Symmetry::of(&molecule, &internal, &positions).expect("few");
    assert_eq!(symmetries.len(), 4, "identity, exchange of the ends, mirror image, both");
    assert!(symmetries.contains(&Symmetry { from: (0..10).collect(), mirrored: false }));
    let mut y = vec![0.0; 24];
    let mut torsions: Vec<Vec<f64>> = Vec::new();
    for symmetry in &symmetries {
        internal.to_features(&symmetry.apply(&positions), &mut y).expect("a structure");
        assert!(internal.same_branches(&y));
        torsions.push(internal.torsions().iter().map(|k| y[*k]).collect());
    }
    for wrong in [&positions[1..], &[&positions[..], &positions[..1]].concat()] {
        let error = Symmetry::of(&molecule, &internal, wrong).expect_err("another molecule's").to_string();
        assert!(error.contains("reference positions"), "{error}");
    }
    // Chain torsions change sign with a mirror image and only then.
    for (symmetry, torsions) in symmetries.iter().zip(&torsions) {
        let sign = if symmetry.mirrored { -1.0 } else { 1.0 };
        assert!(torsions.iter().all(|t| (t * sign - 1.1).abs() < 1e-9), "{symmetry:?}: {torsions:?}");
    }
}

#[test]
fn features_come_back_and_impropers_stay_on_their_branch() {
    let (_, internal, positions) = glycol();
    let mut y = vec![0.0; 24];
    let down = internal.to_features(&positions, &mut y).expect("a structure");
    let mut again = vec![Vec3::zeros(); 10];
    let up = internal.to_positions(&y, &mut again).expect("a structure");
    assert!((down + up).abs() < 1e-10);
    let mut back = vec![0.0; 24];
    internal.to_features(&again, &mut back).expect("a structure");
    assert!(y.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-9));
    y[0] = -1.0;
    assert!(internal.to_positions(&y, &mut again).is_err(), "a negative bond");
    assert!(internal.to_positions(&y[1..], &mut again).is_err());
}

#[test]
fn proposals_know_their_density() {
    let mut rng = Seed::new(4).rng();
    let data = Array2::from_shape_fn((4000, 3), |(k, f)| match f {
        0 => Domain::ANGLE.wrap(if k % 3 == 0 { 3.0 } else { 1.0 } + 0.2 * rng.normal()),
        1 => 10.0 + f64::from(u8::from(k % 3 == 0)) + 0.1 * rng.normal(),
        _ => 0.5 * rng.normal(),
    });
    let features = [Feature::Circular, Feature::Linear, Feature::Linear];
    let fit = |wells| {
        let config = TorsionProposalConfig { bins: 36, wells, ..TorsionProposalConfig::default() };
        TorsionProposal::fit(&features, &data.view(), config).expect("enough")
    };
    check_sampler(|| fit(true));
    // Normalised on a grid of all three features.
    for wells in [true, false] {
        let proposal = fit(wells);
        let (items, log_q) = proposal.draw(20_000, &mut Seed::new(1).rng());
        // E_q[uniform / q] over a box inside the support is the box's own probability under the uniform: one.
        let inside = |y: &[f64]| (0.7..1.3).contains(&y[0]) && (9.9..10.1).contains(&y[1]) && y[2].abs() < 0.5;
        let mean = items.chunks(3).zip(&log_q).map(|(y, l)| if inside(y) { (-l).exp() } else { 0.0 }).sum::<f64>();
        let volume = 0.6 * 0.2 * 1.0;
        assert!((mean / 20_000.0 / volume - 1.0).abs() < 0.1, "{wells}: {}", mean / 20_000.0 / volume);
    }
    let line = Array2::from_shape_fn((500, 1), |_| 2.0 + 0.3 * rng.normal());
    let make =
        || TorsionProposal::fit(&[Feature::Linear], &line.view(), TorsionProposalConfig::default()).expect("fits");
    check_density(make, |item| item.to_vec(), 4000);
}

#[test]
fn failures_are_named() {
    let data = both_wells(20);
    let model = new_model(&[Feature::Linear; 2], 2, Whitening::identity(2));
    let nan = potential_fn(
        1,
        |frame: Frame<'_>, _: &mut Derivatives| if frame.positions[0].x > 0.5 { f64::NAN } else { 0.0 },
    );
    let mut rng = Seed::new(1).rng();
    let error = WeightedSample::draw(&plane(&nan), &model, 50, &mut rng).expect_err("NaN").to_string();
    assert!(error.contains("potential failed on sample") && error.contains("NaN"), "{error}");
    let objective = BoltzmannObjective::new(&model, &plane(&nan), &data.view(), ENERGY).expect("fits");
    let weights = model.flow().weights();
    let items: Vec<usize> = (0..20).collect();
    let fault = objective.accumulate(weights, &items, &mut vec![0.0; weights.len()], &mut rng).expect_err("NaN");
    assert!(fault.to_string().contains("potential failed on sample"), "{fault}");

    let target = plane(&double_well());
    let refuse =
        |config| BoltzmannObjective::new(&model, &target, &data.view(), config).expect_err("refused").to_string();
    assert!(refuse(BoltzmannConfig { energy: -1.0, ..ENERGY }).contains("-1 for energy"));
    assert!(refuse(BoltzmannConfig { draws: 0, ..ENERGY }).contains("latent draws"));
    assert!(refuse(BoltzmannConfig { clip: Clip { threshold: f64::NAN, ..CLIP }, ..ENERGY }).contains("threshold"));
    let coordinate = Some(ReactionCoordinate { feature: 2, weight: 1.0, width: 0.1 });
    assert!(refuse(BoltzmannConfig { coordinate, ..ENERGY }).contains("feature 2"));
    assert!(refuse(BoltzmannConfig { energy: 0.0, ..ENERGY }).contains("not all zero"));
    let coordinate = Some(ReactionCoordinate { feature: 0, weight: 0.0, width: 0.1 });
    assert!(refuse(BoltzmannConfig { energy: 0.0, coordinate, ..ENERGY }).contains("not all zero"));
    let three = new_model(&[Feature::Linear; 3], 2, Whitening::identity(3));
    assert!(
        WeightedSample::draw(&target, &three, 5, &mut rng).expect_err("3 of 2").to_string().contains("[2], got [3]")
    );
    let circle = new_model(&[Feature::Linear, Feature::Circular], 2, Whitening::identity(1));
    let error = BoltzmannObjective::new(&circle, &target, &data.view(), ENERGY).expect_err("kinds").to_string();
    assert!(error.contains("Circular feature 1"), "{error}");
    assert!(Target::new(Arc::new(CartesianCoordinates::new(2, 2).expect("fits")), &double_well(), 1.0).is_err());
    assert!(Target::new(Arc::new(CartesianCoordinates::new(1, 2).expect("fits")), &double_well(), 0.0).is_err());
    assert!(CartesianCoordinates::new(1, 4).is_err() && CartesianCoordinates::new(1, 0).is_err());

    let sample = WeightedSample::draw(&target, &model, 50, &mut rng).expect("finite");
    assert!(sample.average(&[1.0], 9, &mut rng).is_err());
    assert!(sample.free_energy_difference(&[true; 50], &[false; 50], 9, &mut rng).is_err(), "an empty set");
    assert!(sample.profile(&[0.0; 50], Domain::Line, [1.0, 1.0], (3, 9), &mut rng).is_err());
    assert!(sample.profile(&[9.0; 50], Domain::Line, [0.0, 1.0], (3, 9), &mut rng).is_err(), "nothing in the range");
    let wall = potential_fn(1, |_: Frame<'_>, _: &mut Derivatives| f64::INFINITY);
    let nowhere = WeightedSample::draw(&plane(&wall), &model, 50, &mut rng).expect("zero weights are weights");
    assert!(nowhere.weights().expect_err("all zero").to_string().contains("do not overlap"));
    let fit = |data: &Array2<f64>, config| {
        TorsionProposal::fit(&[Feature::Circular, Feature::Linear], &data.view(), config)
            .expect_err("refused")
            .to_string()
    };
    let default = TorsionProposalConfig::default();
    assert!(fit(&Array2::zeros((1, 2)), default).contains("at least 2, got 1"));
    assert!(fit(&Array2::zeros((5, 3)), default).contains("[2], got [3]"));
    assert!(fit(&Array2::zeros((5, 2)), TorsionProposalConfig { floor: 1.0, ..default }).contains("floor"));
    assert!(fit(&Array2::from_elem((5, 2), f64::NAN), default).contains("sample 0"));
    let nothing =
        TorsionProposal::fit(&[], &Array2::zeros((5, 0)).view(), default).expect_err("no features").to_string();
    assert!(nothing.contains("features of a torsion proposal"), "{nothing}");
}

#[test]
fn draws_that_do_not_count_leave_the_mean_of_the_others() {
    let model = new_model(&[Feature::Linear; 2], 2, Whitening::identity(2));
    let loss = |energy: f64, estimator| {
        let half = potential_fn(
            1,
            move |frame: Frame<'_>, _: &mut Derivatives| {
                if frame.positions[0].x > 0.0 { f64::INFINITY } else { energy }
            },
        );
        let config = BoltzmannConfig { energy: 0.5, estimator, ..ENERGY };
        let objective = BoltzmannObjective::new(&model, &plane(&half), &Array2::zeros((0, 2)).view(), config);
        run(&objective.expect("fits"), model.flow().weights(), 40)
    };
    for estimator in [Estimator::Total, Estimator::Path] {
        let (low, high) = (loss(3.0, estimator), loss(5.0, estimator));
        assert!((high.0 - low.0 - 0.5 * 2.0 * 40.0).abs() < 1e-9, "{} {}", low.0, high.0);
        assert_eq!(low.1, high.1);
    }
    let wall = potential_fn(1, |_: Frame<'_>, _: &mut Derivatives| f64::INFINITY);
    let objective = BoltzmannObjective::new(&model, &plane(&wall), &Array2::zeros((0, 2)).view(), ENERGY);
    let (objective, weights) = (objective.expect("fits"), model.flow().weights());
    let accumulate =
        |items: &[usize]| objective.accumulate(weights, items, &mut vec![0.0; weights.len()], &mut Seed::new(1).rng());
    let fault = accumulate(&[0, 1, 2]).expect_err("none counts").to_string();
    assert!(fault.contains("latent draws of a chunk with finite energy"), "{fault}");
    assert_eq!(accumulate(&[]).expect("nothing to do"), 0.0);
}

#[test]
fn the_first_failure_in_order_is_named() {
    // The first chunk of 64 is the last to finish.
    let slow = potential_fn(1, |frame: Frame<'_>, _: &mut Derivatives| {
        if frame.positions[0].x == 0.0 {
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
        if frame.positions[0].y > 0.0 { f64::NAN } else { 0.0 }
    });
    let mut items = vec![1.0; 2 * 640];
    (items[0], items[1], items[3]) = (0.0, -1.0, -1.0);
    let error = plane(&slow).evaluate(&items).expect_err("NaN").to_string();
    assert!(error.contains("sample 2:"), "{error}");
}

#[test]
fn periodic_profiles_may_begin_anywhere() {
    let (target, mut rng) = (plane(&double_well()), Seed::new(6).rng());
    let model = new_model(&[Feature::Linear; 2], 2, Whitening::identity(2));
    let sample = WeightedSample::draw(&target, &model, 400, &mut rng).expect("finite");
    let angles: Vec<f64> = sample.items().map(|item| Domain::ANGLE.wrap(3.0 * item[0])).collect();
    let mut profile =
        |from: f64, to: f64, bins| sample.profile(&angles, Domain::ANGLE, [from, to], (bins, 20), &mut rng);
    let half = TAU / 2.0;
    let (inside, across) = (profile(-half, half, 8).expect("a turn"), profile(0.0, TAU, 8).expect("a turn"));
    for k in 0..8 {
        let (a, b) = (inside.free_energy[k], across.free_energy[(k + 4) % 8]);
        assert!(a == b || (a - b).abs() < 1e-12, "bin {k}: {a} {b}");
    }
    assert!(profile(0.1, 0.1 + TAU, 8).is_ok(), "rounding is no second turn");
    assert!(profile(0.0, 6.3, 8).expect_err("more than a turn").to_string().contains("at most a period"));
}

#[test]
fn a_profile_of_one_draw_has_no_error_of_zero() {
    let model = new_model(&[Feature::Linear; 2], 2, Whitening::identity(2));
    let mut x: Vec<f64> = model.sample_batch(50, &mut Seed::new(1).rng()).0.iter().step_by(2).copied().collect();
    x.sort_by(f64::total_cmp);
    let limit = 0.5 * (x[48] + x[49]);
    let wall = potential_fn(
        1,
        move |frame: Frame<'_>, _: &mut Derivatives| if frame.positions[0].x > limit { 0.0 } else { f64::INFINITY },
    );
    let mut rng = Seed::new(1).rng();
    let sample = WeightedSample::draw(&plane(&wall), &model, 50, &mut rng).expect("zero weights are weights");
    assert_eq!(sample.effective_size().expect("one draw"), 1.0);
    let x: Vec<f64> = sample.items().map(|item| item[0]).collect();
    let error = sample.profile(&x, Domain::Line, [-9.0, 9.0], (3, 50), &mut rng).expect_err("resamples without it");
    assert!(error.to_string().contains("do not overlap"), "{error}");
}

#[test]
fn weights_in_internal_coordinates_have_the_jacobian() {
    let water = Molecule::from_smiles("O").expect("valid").with_explicit_hydrogens().expect("small");
    let (r0, t0, kt) = (1.3, 1.8, 0.1);
    let at = |t: f64| vec![Vec3::zeros(), Vec3::x() * r0, Vec3::new(t.cos(), t.sin(), 0.0) * r0];
    // Soft enough that r² and sin θ change the integral: E = k (r₁ − r₀)²/2 + k (r₂ − r₀)²/2 + κ (θ − θ₀)²/2.
    let (k, kappa) = (4.0, 0.8);
    let soft = potential_fn(3, move |frame: Frame<'_>, _: &mut Derivatives| {
        let x = frame.positions;
        let (a, b) = ((x[1] - x[0]).norm() - r0, (x[2] - x[0]).norm() - r0);
        let bend = mol_core::geometry::angle(&x[1], &x[0], &x[2]) - t0;
        0.5 * k * (a * a + b * b) + 0.5 * kappa * bend * bend
    });
    let internal = InternalCoordinates::new(&water, &at(t0)).expect("fits");
    let target = Target::new(Arc::new(internal), &soft, kt).expect("fits");
    let mut rng = Seed::new(3).rng();
    let data =
        Array2::from_shape_fn(
            (3000, 3),
            |(_, f)| if f < 2 { 1.34 + 0.17 * rng.normal() } else { 1.75 + 0.36 * rng.normal() },
        );
    let proposal = TorsionProposal::fit(&[Feature::Linear; 3], &data.view(), TorsionProposalConfig::default());
    let sample = WeightedSample::draw(&target, &proposal.expect("enough"), 40_000, &mut rng).expect("finite");
    let integral = |f: &dyn Fn(f64) -> f64, to: f64| {
        (0..20_000).map(|i| f((f64::from(i) + 0.5) * to / 2e4) * to / 2e4).sum::<f64>()
    };
    let stretch = integral(&|r| r * r * (-0.5 * k * (r - r0).powi(2) / kt).exp(), 4.0);
    let bend = integral(&|t| t.sin() * (-0.5 * kappa * (t - t0).powi(2) / kt).exp(), std::f64::consts::PI);
    let exact = 2.0 * stretch.ln() + bend.ln();
    let log_z = sample.log_partition().expect("weights");
    assert!((log_z - exact).abs() < 0.01, "{log_z} {exact}");
    let plain = 2.0 * (TAU * kt / k).sqrt().ln() + (TAU * kt / kappa).sqrt().ln();
    assert!((plain - exact).abs() > 0.05, "the Jacobian matters");
    let bonds: Vec<f64> = sample.items().map(|y| y[0]).collect();
    let mean = sample.average(&bonds, 50, &mut rng).expect("finite");
    let exact = integral(&|r| r.powi(3) * (-0.5 * k * (r - r0).powi(2) / kt).exp(), 4.0) / stretch;
    assert!((mean.estimate - exact).abs() < 5.0 * mean.error && mean.error < 2e-3, "{mean:?} {exact}");
}
