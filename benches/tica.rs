//! TICA and VAMP of a million frames of ten features. The peer is `benches/peers/tica_deeptime.py` on the same numbers.
//!
//! With `MOLKIT_PEER=folder` nothing is timed: data and results go to that folder, for the peer to compute the same.

use criterion::{Criterion, criterion_group};
use molkit::generative::kinetics::{Score, Tica, Vamp};
use molkit::ndarray::Array2;
use molkit::{Fault, Seed};
use std::hint::black_box;
use std::path::Path;

const FEATURES: usize = 10;
const LAG: usize = 10;

/// Ten processes with correlation times from 2 to 200 frames, mixed; every feature has another mean and unit.
fn data(frames: usize, seed: u64) -> Array2<f64> {
    let mut rng = Seed::new(seed).rng();
    let decays: Vec<f64> = (0..FEATURES).map(|k| (-1.0 / (200.0 * 0.6_f64.powi(k as i32))).exp()).collect();
    let mix: Vec<f64> = (0..FEATURES * FEATURES).map(|_| rng.normal()).collect();
    let mut z = vec![0.0; FEATURES];
    let mut x = Array2::zeros((frames, FEATURES));
    for mut row in x.outer_iter_mut() {
        for (z, decay) in z.iter_mut().zip(&decays) {
            *z = decay * *z + (1.0 - decay * decay).sqrt() * rng.normal();
        }
        for (k, (x, mix)) in row.iter_mut().zip(mix.chunks_exact(FEATURES)).enumerate() {
            let sum: f64 = mix.iter().zip(&z).map(|(m, z)| m * z).sum();
            *x = (k as f64 + sum) * 2.0_f64.powi(k as i32 - 5);
        }
    }
    x
}

fn fits(c: &mut Criterion) {
    let x = [data(1_000_000, 1)];
    let mut group = c.benchmark_group("kinetics");
    group.sample_size(20);
    group.bench_function("tica/1000000x10", |b| b.iter(|| Tica::new(LAG).fit(black_box(&x)).expect("valid")));
    group.bench_function("vamp/1000000x10", |b| b.iter(|| Vamp::new(LAG).fit(black_box(&x)).expect("valid")));
    group.finish();
}

/// Writes data and results.
fn export(folder: &Path) -> Result<(), Fault> {
    let (fit, test) = ([data(1_000_000, 1)], [data(20_000, 2)]);
    for (name, x) in [("fit.f64", &fit[0]), ("test.f64", &test[0])] {
        let bytes: Vec<u8> = x.iter().flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes)?;
    }
    let (tica, vamp) = (Tica::new(LAG).fit(&fit)?, Vamp { dim: Some(3), ..Vamp::new(LAG) }.fit(&fit)?);
    let score = |x: &[Array2<f64>]| -> Result<Vec<f64>, Fault> {
        Ok([Score::Vamp1, Score::Vamp2, Score::VampE]
            .map(|which| vamp.score(x, which))
            .into_iter()
            .collect::<Result<_, _>>()?)
    };
    let results = serde_json::json!({
        "lag": LAG,
        "tica_eigenvalues": tica.eigenvalues(),
        "tica_timescales": tica.timescales().to_vec(),
        "vamp_singular_values": vamp.singular_values(),
        "scores_fit": score(&fit)?,
        "scores_test": score(&test)?,
    });
    std::fs::write(folder.join("results.json"), serde_json::to_vec(&results)?)?;
    Ok(())
}

criterion_group!(benches, fits);

fn main() -> Result<(), Fault> {
    if let Some(folder) = std::env::var_os("MOLKIT_PEER") {
        return export(Path::new(&folder));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
    Ok(())
}
