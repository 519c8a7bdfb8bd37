//! VAMPnets: training, restart, files, errors, and memberships of frames of atoms.

mod kinetics_common;

use kinetics_common::on_threads;
use mol_core::geometry::TorsionFeatures;
use mol_core::ndarray::Array2;
use mol_core::tensor::Progress;
use mol_core::testing::{PotentialCheck, check_featurizer};
use mol_core::{Featurizer, FeaturizerExt, Frame, Seed, Stop, Vec3, watch};
use mol_gen::kinetics::{InputScaling, Koopman, Score, Vampnet, VampnetConfig, VampnetModel, featurize};
use std::ops::ControlFlow;

/// A circle with three wells visited in turn at random, and a feature that is noise.
fn walks(count: usize, frames: usize, seed: u64) -> Vec<Array2<f64>> {
    let mut rng = Seed::new(seed).rng();
    (0..count)
        .map(|_| {
            let mut well = rng.below(3);
            let mut angle = 0.0;
            Array2::from_shape_fn((frames, 3), |(_, k)| {
                if k == 0 {
                    if rng.uniform() < 0.02 {
                        well = (well + 1 + rng.below(2)) % 3;
                    }
                    angle = well as f64 * std::f64::consts::TAU / 3.0 + 0.25 * rng.normal();
                }
                [angle.cos(), angle.sin(), 100.0 + 7.0 * rng.normal()][k]
            })
        })
        .collect()
}

fn config() -> VampnetConfig {
    VampnetConfig { hidden: vec![12], epochs: 6, batch: 400, seed: Seed::new(3), ..VampnetConfig::new(2, 3) }
}

fn trained() -> (VampnetModel, Vec<Array2<f64>>) {
    let (train, held_out) = (walks(3, 3000, 1), walks(2, 3000, 2));
    (Vampnet::new(config()).expect("valid").fit(&train, &held_out).expect("trains"), held_out)
}

/// Jumps to either other well with 0.01 each: λ = 1 − 0.03 twice, so VAMP-2 at lag 2 is 1 + 2 · 0.97⁴.
#[test]
fn three_wells_become_three_states() {
    for input in [InputScaling::Standardize, InputScaling::Whiten] {
        let (train, held_out) = (walks(3, 3000, 1), walks(4, 3000, 2));
        let net = Vampnet::new(VampnetConfig { input, epochs: 12, ..config() }).expect("valid");
        let model = net.fit(&train, &held_out).expect("trains");
        let exact = 1.0 + 2.0 * 0.97_f64.powi(4);
        let score = model.score(&held_out, Score::Vamp2).expect("fits");
        assert!((score - exact).abs() < 0.04, "{input:?}: {score} {exact}");
        assert!((score - model.validation().expect("held out")).abs() < 1e-6, "single against double precision");
        for time in model.timescales(&held_out).expect("fits") {
            assert!((time / (-1.0 / 0.97_f64.ln()) - 1.0).abs() < 0.25, "{time}");
        }
        let koopman = model.koopman(&held_out, &Koopman::new(2)).expect("fits");
        assert!(koopman.matrix().outer_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
        assert!(koopman.populations().iter().all(|p| (p - 1.0 / 3.0).abs() < 0.12), "{:?}", koopman.populations());
        let chi = model.transform(&held_out[0]).expect("fits");
        assert!(chi.outer_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
        let decided = chi.outer_iter().filter(|row| row.iter().any(|p| *p > 0.9)).count();
        assert!(decided > 2700, "{decided} of 3000 frames");
    }
}

#[test]
fn training_gives_the_same_bits_on_any_number_of_threads_and_after_a_restart() {
    let (train, held_out) = (walks(2, 1500, 4), walks(1, 1500, 5));
    let net = Vampnet::new(config()).expect("valid");
    let whole = on_threads(1, || net.fit(&train, &held_out).expect("trains"));
    assert_eq!(whole, on_threads(3, || net.fit(&train, &held_out).expect("trains")));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("training.safetensors");
    let mut stop = watch(|step, progress: &Progress| {
        assert!(progress.loss < 0.0, "minus a score");
        if step == 19 { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
    });
    let interrupted = net.fit_watched(&train, &held_out, &mut stop, Some(&path)).expect("no failure");
    assert!(interrupted.is_none());
    let resumed = net.fit_watched(&train, &held_out, &mut (), Some(&path)).expect("goes on").expect("to the end");
    assert_eq!(resumed, whole);
    let other = Vampnet::new(VampnetConfig { epochs: 7, ..config() }).expect("valid");
    assert!(other.fit_watched(&train, &held_out, &mut (), Some(&path)).is_err(), "a checkpoint of other settings");
}

#[test]
fn files_keep_every_bit_and_wrong_ones_are_refused() {
    let (model, held_out) = trained();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("model.safetensors");
    model.save(&path).expect("written");
    let back = VampnetModel::load(&path).expect("just written");
    assert_eq!(back, model);
    assert_eq!(back.transform(&held_out[0]).expect("fits"), model.transform(&held_out[0]).expect("fits"));
    let bytes = std::fs::read(&path).expect("there");
    for cut in [0, 20, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..cut]).expect("written");
        let error = VampnetModel::load(&path).expect_err("cut short").to_string();
        assert!(error.contains("model.safetensors") && error.contains("damaged"), "{error}");
    }
}

#[test]
fn memberships_of_frames_have_exact_derivatives() {
    let mut rng = Seed::new(9).rng();
    let frames: Vec<Vec<Vec3>> = (0..400)
        .map(|_| {
            (0..4)
                .map(|k| Vec3::new(f64::from(k), f64::from(k % 2), 0.0) + Vec3::from_fn(|_, _| 0.5 * rng.normal()))
                .collect()
        })
        .collect();
    let mut torsion = TorsionFeatures::new(4, vec![[0, 1, 2, 3]]).expect("atoms exist");
    let x = [featurize(&mut torsion, frames.iter().map(|x| Frame::isolated(x)))];
    let config = VampnetConfig { hidden: vec![6, 5], epochs: 2, batch: 100, ..VampnetConfig::new(1, 3) };
    let model = Vampnet::new(config).expect("valid").fit(&x, &[]).expect("trains");
    assert_eq!(model.validation(), None);
    let mut learned = model.featurizer(torsion.boxed_clone()).expect("two features");
    let chi = model.transform(&x[0]).expect("fits");
    for (frame, chi) in frames.iter().zip(chi.outer_iter()).step_by(100) {
        let got = learned.compute(Frame::isolated(frame));
        assert!(got.iter().zip(chi).all(|(a, b)| (a - b).abs() < 1e-12));
    }
    let options = PotentialCheck { reflection: false, ..PotentialCheck::default() };
    let checked: Vec<_> = frames[..3].iter().map(|x| Frame::isolated(x)).collect();
    check_featurizer(&learned, &checked, &options);
}

#[test]
fn bad_data_and_settings_are_named() {
    let refused = |config: VampnetConfig| Vampnet::new(config).expect_err("refused").to_string();
    assert_eq!(refused(VampnetConfig::new(2, 1)), "states of a VAMPnet: expected at least 2, got 1");
    assert_eq!(refused(VampnetConfig::new(0, 2)), "lag [frames] must be at least 1, got 0");
    assert!(refused(VampnetConfig { epsilon: 0.0, ..config() }).contains("epsilon"));
    assert!(refused(VampnetConfig { batch: 3, ..config() }).contains("more pairs than states"));
    assert!(refused(VampnetConfig { hidden: vec![3, 0], ..config() }).contains("hidden layer"));
    let fit = |train: &[Array2<f64>], held_out: &[Array2<f64>]| {
        Vampnet::new(config()).expect("valid").fit(train, held_out).expect_err("refused").to_string()
    };
    let good = walks(1, 100, 6);
    assert!(fit(&[], &good).contains("trajectories: expected at least 1"));
    assert!(fit(&[Array2::zeros((2, 3))], &good).contains("lag of 2 frames"));
    assert!(fit(&[Array2::zeros((50, 3))], &good).contains("features that vary"));
    assert!(fit(&good, &[Array2::zeros((9, 2))]).contains("expected 3 features per frame, got 2"));
    assert!(fit(&good, &[Array2::zeros((2, 3))]).contains("lag of 2 frames"));
    let mut hole = good.clone();
    hole[0][[7, 1]] = f64::NEG_INFINITY;
    assert_eq!(fit(&hole, &good), "trajectory 0, frame 7, feature 1: -inf is not finite");
    assert_eq!(fit(&good, &hole), "trajectory 0, frame 7, feature 1: -inf is not finite");
    let (model, _) = trained();
    assert!(model.transform(&Array2::zeros((5, 2))).is_err());
    assert!(model.transform(&hole[0]).is_err());
}
