//! The two slowest relaxations of the Prinz potential, 166.8 and 25.35 frames, from a million frames.

mod kinetics_common;

use kinetics_common::prinz;
use mol_core::Seed;
use mol_core::ndarray::{Array2, s};
use mol_core::tensor::{Decay, Schedule};
use mol_gen::kinetics::{Counting, KMeans, Koopman, Msm, TransitionCounts, Vampnet, VampnetConfig};
use std::sync::LazyLock;

/// A million frames in eight trajectories, made once for both tests.
static DATA: LazyLock<Vec<Array2<f64>>> = LazyLock::new(|| prinz(8, 125_000, 1));

fn within_five_percent(name: &str, times: &[f64]) {
    for (got, exact) in times.iter().zip([166.8, 25.35]) {
        assert!((got / exact - 1.0).abs() < 0.05, "{name}: {got} frames, exact {exact}; all: {times:?}");
    }
}

#[test]
fn a_markov_model_of_two_hundred_states_has_the_exact_timescales() {
    let thinned: Vec<_> = DATA.iter().map(|x| x.slice(s![..;50, ..])).collect();
    let clusters = KMeans { iterations: 5, ..KMeans::new(200) };
    let centers = clusters.fit(&thinned, &mut Seed::new(1).rng()).expect("valid");
    let states: Vec<_> = DATA.iter().map(|x| centers.assign(x).expect("one feature")).collect();
    let counts = TransitionCounts::estimate(&states, 200, 1, Counting::Sliding).expect("valid");
    let model = Msm::default().fit(&counts.largest_connected()).expect("connected");
    within_five_percent("Markov model", &model.timescales());
}

/// Trained on a tenth of the pairs, so that the test stays short; the times come from the whole data.
/// `examples/08_vampnet_prinz.rs` trains on more.
#[test]
fn a_vampnet_of_five_states_has_the_exact_timescales() {
    let thinned: Vec<_> = DATA.iter().map(|x| x.slice(s![..12_500, ..])).collect();
    let config = VampnetConfig {
        hidden: vec![16, 16],
        epochs: 8,
        batch: 2000,
        schedule: Schedule { rate: 1e-2, warmup: 10, decay: Decay::Cosine { floor: 0.02 } },
        ..VampnetConfig::new(10, 5)
    };
    let model = Vampnet::new(config).expect("valid").fit(&thinned, &[]).expect("trains");
    let koopman = model.koopman(&DATA, &Koopman::new(10)).expect("fits");
    within_five_percent("VAMPnet", &koopman.timescales());
}
