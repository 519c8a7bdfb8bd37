//! Covariances, TICA, VAMP, their scores and their use on frames of atoms.

mod kinetics_common;

use kinetics_common::{mixed, on_threads};
use mol_core::geometry::TorsionFeatures;
use mol_core::ndarray::{Array2, array, s};
use mol_core::testing::{PotentialCheck, check_featurizer};
use mol_core::{Featurizer, FeaturizerExt, Frame, Seed, Vec3};
use mol_gen::kinetics::{
    CovarianceAccumulator, CovarianceConfig, Covariances, Scaling, Score, Tica, TicaModel, Vamp, cross_validate, pieces,
};

const DECAYS: [f64; 4] = [0.98, 0.9, 0.6, 0.1];

fn walks(count: usize, frames: usize, seed: u64) -> Vec<Array2<f64>> {
    let mut rng = Seed::new(seed).rng();
    (0..count).map(|k| mixed(&DECAYS, frames + 37 * k, &mut rng)).collect()
}

/// An earlier and a later frame.
type Pair = (Vec<f64>, Vec<f64>);

/// Written out: means over all pairs of all trajectories.
#[test]
fn covariances_are_the_plain_sums() {
    let mut data = walks(3, 500, 1);
    data.push(data[0].slice(s![..4, ..]).to_owned()); // shorter than the longest lag
    for (lag, remove_mean, reversible) in [(1, true, false), (7, false, false), (300, true, true), (450, false, true)] {
        let c = Covariances::estimate(&data, lag, CovarianceConfig { remove_mean, reversible }).expect("valid");
        let mut pairs: Vec<Pair> = Vec::new();
        for x in &data {
            for t in lag..x.nrows() {
                pairs.push((x.row(t - lag).to_vec(), x.row(t).to_vec()));
            }
        }
        assert_eq!(c.pairs(), pairs.len());
        if reversible {
            pairs.extend(pairs.clone().into_iter().map(|(a, b)| (b, a)));
        }
        let n = pairs.len() as f64;
        let mean = |k: usize, late: bool| pairs.iter().map(|(a, b)| if late { b[k] } else { a[k] }).sum::<f64>() / n;
        for i in 0..4 {
            assert!((c.mean()[i] - mean(i, false)).abs() < 1e-12);
            for j in 0..4 {
                let of = |f: &dyn Fn(&Pair) -> f64, m: f64| {
                    pairs.iter().map(f).sum::<f64>() / n - if remove_mean { m } else { 0.0 }
                };
                let early = of(&|(a, _)| a[i] * a[j], mean(i, false) * mean(j, false));
                let late = of(&|(_, b)| b[i] * b[j], mean(i, true) * mean(j, true));
                let lagged = of(&|(a, b)| a[i] * b[j], mean(i, false) * mean(j, true));
                let got = [c.instantaneous()[[i, j]], c.instantaneous_later()[[i, j]], c.lagged()[[i, j]]];
                for (got, expected) in got.into_iter().zip([early, late, lagged]) {
                    assert!((got - expected).abs() < 1e-10, "lag {lag}: {got} {expected}");
                }
            }
        }
    }
}

#[test]
fn bits_depend_on_neither_threads_nor_layout_nor_streaming() {
    let data = walks(2, 9000, 2);
    let estimate = |data: &[Array2<f64>]| Covariances::estimate(data, 50, CovarianceConfig::default()).expect("valid");
    let one = on_threads(1, || estimate(&data));
    assert_eq!(one, on_threads(3, || estimate(&data)));
    let columns: Vec<_> = data.iter().map(|x| x.t().as_standard_layout().reversed_axes().to_owned()).collect();
    assert_eq!(one, estimate(&columns));
    let mut stream = CovarianceAccumulator::new(4, 50).expect("valid");
    for x in &data {
        stream.add(x).expect("finite");
    }
    assert_eq!(one, stream.finish(CovarianceConfig::default()).expect("pairs"));
    let before = stream.finish(CovarianceConfig::default()).expect("pairs");
    let mut bad = data[0].clone();
    bad[[8, 1]] = f64::INFINITY;
    assert_eq!(
        stream.add(&bad).expect_err("refused").to_string(),
        "trajectory 2, frame 8, feature 1: inf is not finite"
    );
    assert_eq!(stream.finish(CovarianceConfig::default()).expect("pairs"), before);
}

/// The exact eigenvalues are the decays to the power of the lag, whatever invertible map mixes the processes.
#[test]
fn tica_finds_the_processes_it_was_mixed_from() {
    let data = walks(8, 40_000, 3);
    for lag in [1, 3] {
        let model = Tica::new(lag).fit(&data).expect("valid");
        for (value, decay) in model.eigenvalues().iter().zip(DECAYS) {
            let exact = decay.powi(lag as i32);
            assert!((value - exact).abs() < 0.006, "lag {lag}: {value} {exact}");
        }
        assert!((model.timescales()[0] / (-1.0 / 0.98_f64.ln()) - 1.0).abs() < 0.1);
        let y = model.transform(&data[0]).expect("four features");
        let (a, b) = (y.column(0), y.column(1));
        let n = y.nrows() as f64;
        assert!((a.dot(&a) / n - 1.0).abs() < 0.2 && (a.dot(&b) / n).abs() < 0.2);
    }
}

#[test]
fn a_change_of_basis_and_of_units_changes_nothing() {
    let data = walks(2, 3000, 4);
    let mut mix = array![[2.0, 0.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, -1.0, 0.5], [0.0, 3.0, 0.0, -1.0]];
    mix.column_mut(1).map_inplace(|x| *x *= 1e4);
    mix.column_mut(2).map_inplace(|x| *x *= 1e-3);
    let moved: Vec<_> = data.iter().map(|x| x.dot(&mix) + 1e3).collect();
    let (a, b) = (Tica::new(5).fit(&data).expect("valid"), Tica::new(5).fit(&moved).expect("valid"));
    for (x, y) in a.eigenvalues().iter().zip(b.eigenvalues()) {
        assert!((x - y).abs() < 1e-6, "{x} {y}");
    }
    let (x, y) = (a.transform(&data[1]).expect("fits"), b.transform(&moved[1]).expect("fits"));
    for k in 0..2 {
        let overlap = x.column(k).dot(&y.column(k)) / x.column(k).dot(&x.column(k));
        assert!((overlap.abs() - 1.0).abs() < 1e-5, "component {k}: {overlap}");
    }
    // A repeated and a constant feature are dropped.
    let more: Vec<_> = data
        .iter()
        .map(|x| {
            Array2::from_shape_fn((x.nrows(), 6), |(t, k)| {
                [x[[t, 0]], x[[t, 1]], x[[t, 2]], x[[t, 3]], 2.0 * x[[t, 0]] - x[[t, 2]], 3.7][k]
            })
        })
        .collect();
    let c = Tica::new(5).fit(&more).expect("valid");
    assert_eq!(c.eigenvalues().len(), 4);
    assert!(c.eigenvalues().iter().zip(a.eigenvalues()).all(|(x, y)| (x - y).abs() < 1e-8));
}

#[test]
fn reversing_time_leaves_tica_and_swaps_the_functions_of_vamp() {
    let data = walks(2, 2000, 5);
    let back: Vec<_> = data.iter().map(|x| x.slice(s![..;-1, ..]).to_owned()).collect();
    let (a, b) = (Tica::new(4).fit(&data).expect("valid"), Tica::new(4).fit(&back).expect("valid"));
    assert!(a.eigenvalues().iter().zip(b.eigenvalues()).all(|(x, y)| (x - y).abs() < 1e-12));
    let (a, b) = (Vamp::new(4).fit(&data).expect("valid"), Vamp::new(4).fit(&back).expect("valid"));
    assert!(a.singular_values().iter().zip(b.singular_values()).all(|(x, y)| (x - y).abs() < 1e-12));
    for (x, y) in a.map().coefficients().iter().zip(b.later().coefficients()) {
        assert!((x.abs() - y.abs()).abs() < 1e-9, "{x} {y}");
    }
}

#[test]
fn scores_are_sums_over_singular_values() {
    let data = walks(3, 2000, 6);
    let model = Vamp { dim: Some(2), ..Vamp::new(2) }.fit(&data).expect("valid");
    let sigma = &model.singular_values()[..2];
    let score = |which| model.score(&data, which).expect("valid");
    assert!((score(Score::Vamp1) - 1.0 - sigma.iter().sum::<f64>()).abs() < 1e-10);
    let squares = 1.0 + sigma.iter().map(|s| s * s).sum::<f64>();
    assert!((score(Score::Vamp2) - squares).abs() < 1e-10 && (score(Score::VampE) - squares).abs() < 1e-10);
    // On other data VAMP-E is lower than what these data could reach, VAMP-2.
    let other = walks(1, 600, 7);
    let test = |which| model.score(&other, which).expect("valid");
    assert!(test(Score::VampE) < test(Score::Vamp2));
    let tica = Tica { scaling: Scaling::KineticMap, ..Tica::new(2) }.fit(&data).expect("valid");
    let exact = 1.0 + tica.eigenvalues().iter().map(|v| v * v).sum::<f64>();
    for which in [Score::Vamp2, Score::VampE] {
        assert!((tica.score(&data, which).expect("valid") - exact).abs() < 1e-9, "{which:?}");
    }
    let y = tica.transform(&data[0]).expect("fits");
    let variance = y.column(1).iter().map(|y| y * y).sum::<f64>() / y.nrows() as f64;
    assert!((variance / tica.eigenvalues()[1].powi(2) - 1.0).abs() < 0.3, "kinetic map: variance {variance}");
}

#[test]
fn what_is_constant_on_other_data_scores_nothing_and_what_forgets_at_once_can_be_scored() {
    let data = walks(2, 500, 12);
    let (tica, vamp) = (Tica::new(2).fit(&data).expect("valid"), Vamp::new(2).fit(&data).expect("valid"));
    for constant in [0.0, 0.1, 77.7] {
        let x = [Array2::from_elem((50, 4), constant)];
        for which in [Score::Vamp1, Score::Vamp2] {
            assert_eq!(tica.score(&x, which).expect("valid"), 1.0, "{which:?} {constant}");
            assert_eq!(vamp.score(&x, which).expect("valid"), 1.0, "{which:?} {constant}");
        }
        assert!((vamp.score(&x, Score::VampE).expect("valid") - 1.0).abs() < 1e-12);
    }
    // λ = 0 exactly: nothing is left of the component in a kinetic map, but its space has a score on other data.
    let forgets = [array![[1.0], [1.0], [-1.0], [-1.0]], array![[-1.0], [1.0]]];
    let fit = |scaling| Tica { scaling, ..Tica::new(1) }.fit(&forgets).expect("valid");
    let (unit, kinetic) = (fit(Scaling::UnitVariance), fit(Scaling::KineticMap));
    assert_eq!((unit.eigenvalues()[0], kinetic.map().coefficients()[[0, 0]]), (0.0, 0.0));
    let other = [data[0].slice(s![.., ..1])];
    for which in [Score::Vamp1, Score::Vamp2, Score::VampE] {
        let score = kinetic.score(&other, which).expect("valid");
        assert_eq!(score, unit.score(&other, which).expect("valid"));
        assert_eq!(score > 1.1, which != Score::VampE, "{which:?} {score}");
    }
    let text = serde_json::to_string(&kinetic).expect("numbers");
    assert_eq!(serde_json::from_str::<TicaModel>(&text).expect("what was written"), kinetic);
}

#[test]
fn cross_validation_prefers_the_features_that_carry_the_kinetics() {
    let data = walks(1, 20_000, 8);
    let folds = pieces(&data, 5).expect("long enough");
    let score_with = |columns: usize| {
        let kept: Vec<_> = folds.iter().map(|x| x.slice(s![.., ..columns])).collect();
        cross_validate(&kept, 5, |fit, test| Vamp::new(5).fit(fit)?.score(test, Score::VampE)).expect("valid")
    };
    let (two, four) = (score_with(2), score_with(4));
    assert_eq!(two.scores.len(), 5);
    assert!(four.mean > two.mean + 3.0 * (four.error.hypot(two.error)), "{two:?} {four:?}");
    assert!(cross_validate(&data, 2, |_, _| Ok(0.0)).is_err(), "fewer trajectories than folds");
}

#[test]
fn components_of_frames_have_exact_derivatives() {
    let mut rng = Seed::new(9).rng();
    let frames: Vec<Vec<Vec3>> = (0..200)
        .map(|_| {
            (0..5)
                .map(|k| Vec3::new(f64::from(k), f64::from(k % 2), 0.0) + Vec3::from_fn(|_, _| 0.4 * rng.normal()))
                .collect()
        })
        .collect();
    let mut torsions = TorsionFeatures::new(5, vec![[0, 1, 2, 3], [1, 2, 3, 4]]).expect("atoms exist");
    let x = mol_gen::kinetics::featurize(&mut torsions, frames.iter().map(|x| Frame::isolated(x)));
    assert_eq!(x.dim(), (200, 4));
    let model = Tica { dim: Some(2), scaling: Scaling::KineticMap, ..Tica::new(1) }.fit(&[x.view()]).expect("valid");
    let mut learned = model.featurizer(torsions.boxed_clone()).expect("four features");
    let y = model.transform(&x).expect("fits");
    for (frame, y) in frames.iter().zip(y.outer_iter()).step_by(40) {
        let got = learned.compute(Frame::isolated(frame));
        assert!(got.iter().zip(y).all(|(a, b)| (a - b).abs() < 1e-12));
    }
    let options = PotentialCheck { reflection: false, ..PotentialCheck::default() };
    let checked: Vec<_> = frames[..3].iter().map(|x| Frame::isolated(x)).collect();
    check_featurizer(&learned, &checked, &options);
    check_featurizer(
        &Vamp::new(1).fit(&[x]).expect("valid").featurizer(torsions.boxed_clone()).expect("fits"),
        &checked,
        &options,
    );
    let one = TorsionFeatures::new(5, vec![[0, 1, 2, 3]]).expect("atoms exist");
    let error = model.featurizer(Box::new(one)).err().expect("two features").to_string();
    assert_eq!(error, "features of a featurizer: expected shape [4], got [2]");
}

#[test]
fn models_survive_being_written() {
    let model = Tica { dim: Some(3), ..Tica::new(2) }.fit(&walks(1, 500, 10)).expect("valid");
    let text = serde_json::to_string(&model).expect("numbers");
    assert_eq!(serde_json::from_str::<TicaModel>(&text).expect("what was written"), model);
    assert!(serde_json::from_str::<TicaModel>(&text.replace("\"lag\":2", "\"lag\":0")).is_err());
}

#[test]
fn bad_data_and_settings_are_named() {
    let data = walks(2, 50, 11);
    let text = |tica: Tica, data: &[Array2<f64>]| tica.fit(data).expect_err("refused").to_string();
    assert_eq!(text(Tica::new(0), &data), "lag [frames] must be at least 1, got 0");
    assert_eq!(
        text(Tica::new(90), &data),
        "lag of 90 frames: the longest of 2 trajectories has 87, and needs at least 91"
    );
    assert_eq!(text(Tica { dim: Some(0), ..Tica::new(1) }, &data), "components kept must be at least 1, got 0");
    assert!(text(Tica { epsilon: f64::NAN, ..Tica::new(1) }, &data).contains("epsilon"));
    assert_eq!(text(Tica::new(1), &[Array2::from_elem((9, 2), 0.1)]), "features that vary: expected at least 1, got 0");
    let mut hole = data.clone();
    hole[1][[3, 2]] = f64::NAN;
    assert_eq!(text(Tica::new(1), &hole), "trajectory 1, frame 3, feature 2: NaN is not finite");
    let model = Tica::new(1).fit(&data).expect("valid");
    let error = model.transform(&Array2::zeros((3, 5))).expect_err("refused").to_string();
    assert_eq!(error, "trajectory 0: expected 4 features per frame, got 5");
    let forward = Covariances::estimate(&data, 1, CovarianceConfig::default()).expect("valid");
    assert!(Tica::new(1).fit_covariances(&forward).expect_err("not symmetric").to_string().contains("reversible"));
}
