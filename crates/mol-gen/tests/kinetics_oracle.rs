//! Markov state models against deeptime 0.4.5 on the same discrete trajectory.

use mol_core::ndarray::{Array1, Array2};
use mol_gen::kinetics::{Counting, Msm, MsmModel, TransitionCounts};
use serde_json::Value;

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(value.clone()).expect("a matrix");
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).expect("rectangular")
}

fn close(what: &str, got: &Array2<f64>, expected: &Array2<f64>, tolerance: f64) {
    let worst = got.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(got.dim() == expected.dim() && worst <= tolerance, "{what}: differs by {worst:e}");
}

#[test]
fn estimates_are_those_of_deeptime() {
    let Some(path) = mol_core::testing::reference("oracle/pymbar_deeptime.json") else { return };
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON");
    let msm = &all["msm"];
    let trajectory: Vec<usize> = serde_json::from_value(msm["dtraj"].clone()).expect("states");
    for (lag, name, counting) in [
        (1, "lag1_sliding", Counting::Sliding),
        (1, "lag1_sample", Counting::Strided),
        (5, "lag5_sliding", Counting::Sliding),
        (5, "lag5_sample", Counting::Strided),
    ] {
        let expected = &msm["est"][name];
        let counts = TransitionCounts::estimate(&[&trajectory], 4, lag, counting).expect("valid");
        assert_eq!(counts.matrix(), matrix(&expected["C"]), "{name}");
        let fit = |msm: Msm| -> MsmModel { msm.fit(&counts).expect("connected") };
        close(name, fit(Msm::non_reversible()).transition_matrix(), &matrix(&expected["T_nonrev"]), 1e-15);
        // deeptime's fixed point ends at a change of 1e-8; ours at 1e-12.
        let model = fit(Msm::default());
        close(name, model.transition_matrix(), &matrix(&expected["T_rev"]), 2e-7);
        let pi: Array1<f64> = serde_json::from_value::<Vec<f64>>(expected["pi"].clone()).expect("numbers").into();
        assert!((model.stationary() - &pi).iter().all(|d| d.abs() < 2e-6), "{name}: {} {pi}", model.stationary());
        let times: Vec<f64> = serde_json::from_value(expected["timescales"].clone()).expect("numbers");
        assert_eq!(model.timescales().len(), 3);
        for (got, expected) in model.timescales().iter().zip(times) {
            assert!((got / expected - 1.0).abs() < 2e-6, "{name}: timescale {got} {expected}");
        }
        let passage = model.mean_first_passage_time(0, &[3]).expect("rows exist");
        let expected = expected["mfpt_0_3"].as_f64().expect("a number");
        assert!((passage / expected - 1.0).abs() < 2e-6, "{name}: passage {passage} {expected}");
    }
}
