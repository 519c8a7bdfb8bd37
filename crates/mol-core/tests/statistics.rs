//! Statistics against pymbar on a reference series.

use mol_core::stats::{Truncation, block_average, integrated_autocorrelation_time, statistical_inefficiency};
use mol_core::testing::reference;

#[test]
fn the_statistical_inefficiency_is_that_of_pymbar() {
    let Some(path) = reference("oracle/pymbar_deeptime.json") else { return };
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let series = &json["timeseries_ar1_0.95"];
    let x: Vec<f64> = serde_json::from_value(series["x"].clone()).unwrap();
    let expected = series["g"].as_f64().unwrap();
    let g = statistical_inefficiency(&x).unwrap();
    assert!((g - expected).abs() < 1e-9, "{g}, pymbar {expected}");
    // The others and blocking see the same correlation, within their own noise.
    for truncation in [Truncation::Sokal { c: 5.0 }, Truncation::Geyer] {
        let g = 2.0 * integrated_autocorrelation_time(&x, truncation).unwrap();
        assert!((g / 39.0 - 1.0).abs() < 0.25, "{truncation:?}: {g}");
    }
    let average = block_average(&x).unwrap();
    let naive = average.levels[0].error;
    let blocked = (average.error / naive).powi(2);
    assert!((blocked / 39.0 - 1.0).abs() < 0.5, "from blocks: {blocked}");
}
