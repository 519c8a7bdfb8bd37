//! Distributions against quadrature, sums, differences and their own samples.

use super::*;
use mol_core::Seed;
use mol_core::tensor::{Record, constant, values};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};

/// Largest error of both gradients against central differences.
fn gradient_error<D: Distribution>(distribution: &D, parameters: &[f64], mask: &[bool], choice: D::Choice) -> f64 {
    let mut scratch = vec![0.0; parameters.len()];
    let mut both = |p: &[f64]| {
        [distribution.log_probability(p, mask, choice, &mut scratch), distribution.entropy(p, mask, &mut scratch)]
    };
    let (mut slope, mut of_entropy) = (vec![0.0; parameters.len()], vec![0.0; parameters.len()]);
    distribution.log_probability(parameters, mask, choice, &mut slope);
    distribution.entropy(parameters, mask, &mut of_entropy);
    let mut worst = 0.0_f64;
    for k in 0..parameters.len() {
        let mut shifted = |by: f64| {
            let mut p = parameters.to_vec();
            p[k] += by;
            both(&p)
        };
        let (up, down) = (shifted(1e-5), shifted(-1e-5));
        worst = worst.max((slope[k] - (up[0] - down[0]) / 2e-5).abs());
        worst = worst.max((of_entropy[k] - (up[1] - down[1]) / 2e-5).abs());
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn gradients_agree_with_differences(p in prop::array::uniform4(-4.0..4.0_f64), choice in 0..2_usize, angle in -3.0..3.0_f64) {
        let four = Categorical::new(4).unwrap();
        let mask = [true, true, false, true];
        prop_assert!(gradient_error(&four, &p, &mask, choice) < 1e-8);
        prop_assert!(gradient_error(&four, &p, &[], choice) < 1e-8);
        prop_assert!(gradient_error(&VonMises, &p[..2], &[], angle) < 1e-8);
        prop_assert!(gradient_error(&VonMises, &[20.0 * p[0], 20.0 * p[1]], &[], angle) < 1e-7);
        let width = 0.4 * p[1];
        prop_assert!(gradient_error(&Normal, &[p[0], width], &[], angle) < 1e-5 * (1.0 + (angle - p[0]).powi(2)));
    }
}

#[test]
fn probabilities_add_up_and_entropies_are_their_definition() {
    let four = Categorical::new(4).expect("choices");
    let (logits, mask) = ([0.3, -1.0, 800.0, 2.0], [true, true, false, true]);
    let mut scratch = [0.0; 4];
    let ln: Vec<f64> = [0, 1, 3].iter().map(|k| four.log_probability(&logits, &mask, *k, &mut scratch)).collect();
    assert!((ln.iter().map(|l| l.exp()).sum::<f64>() - 1.0).abs() < 1e-14);
    let entropy = -ln.iter().map(|l| l * l.exp()).sum::<f64>();
    assert!((four.entropy(&logits, &mask, &mut scratch) - entropy).abs() < 1e-14);
    assert_eq!(four.mode(&logits, &mask), 3);

    // Trapezoids converge geometrically on the circle.
    let n = 2000;
    for eta in [[0.0, 0.0], [1.0, -2.0], [30.0, 20.0], [39.9999, 0.0], [40.0001, 0.0], [0.0, 150.0]] {
        let mut scratch = [0.0; 2];
        let (mut total, mut entropy) = (0.0, 0.0);
        for k in 0..n {
            let ln = VonMises.log_probability(&eta, &[], TAU * f64::from(k) / f64::from(n), &mut scratch);
            total += ln.exp() * TAU / f64::from(n);
            entropy -= ln * ln.exp() * TAU / f64::from(n);
        }
        assert!((total - 1.0).abs() < 1e-12, "{eta:?}: {total}");
        assert!((VonMises.entropy(&eta, &[], &mut scratch) - entropy).abs() < 1e-11, "{eta:?}: {entropy}");
    }
}

#[test]
fn samples_follow_their_distributions() {
    let mut rng = Seed::new(5).rng();
    let n = 40_000;
    let four = Categorical::new(4).expect("choices");
    let (logits, mask) = ([0.0, 1.0, 5.0, -1.0], [true, true, false, true]);
    let mut counts = [0.0; 4];
    for _ in 0..n {
        counts[four.sample(&logits, &mask, &mut rng)] += 1.0 / f64::from(n);
    }
    let mut scratch = [0.0; 4];
    for k in [0, 1, 3] {
        let p = four.log_probability(&logits, &mask, k, &mut scratch).exp();
        assert!((counts[k] - p).abs() < 5.0 * (p / f64::from(n)).sqrt(), "{counts:?} {k} {p}");
    }
    assert_eq!(counts[2], 0.0);

    // ⟨(cos θ, sin θ)⟩ = A(κ) (cos μ, sin μ); A(2) = 0.697774657964008.
    for (kappa, mean) in [(0.0, 0.0), (2.0, 0.697_774_657_964), (200.0, 0.997_496_8)] {
        let eta = [kappa * 2.5_f64.cos(), kappa * 2.5_f64.sin()];
        let mut sums = [0.0; 2];
        for _ in 0..n {
            let angle = VonMises.sample(&eta, &[], &mut rng);
            assert!((-PI..PI).contains(&angle));
            sums[0] += (angle - 2.5).cos() / f64::from(n);
            sums[1] += (angle - 2.5).sin() / f64::from(n);
        }
        assert!((sums[0] - mean).abs() < 0.015 && sums[1].abs() < 0.015, "{kappa}: {sums:?}");
    }

    // As narrow as it may get, and the sampling ends.
    for kappa in [1e9, 1e17, 1e300] {
        let square = |_| VonMises.sample(&[kappa, 0.0], &[], &mut rng).powi(2) / 1000.0;
        let variance = (0..1000).map(square).sum::<f64>();
        assert!(variance < 1.3 / kappa + 1e-30, "{kappa}: {variance}");
    }

    let draws: Vec<f64> = (0..n).map(|_| Normal.sample(&[1.0, 0.5_f64.ln()], &[], &mut rng)).collect();
    let mean = draws.iter().sum::<f64>() / f64::from(n);
    let variance = draws.iter().map(|x| (x - 1.0).powi(2)).sum::<f64>() / f64::from(n);
    assert!((mean - 1.0).abs() < 0.012 && (variance - 0.25).abs() < 0.01, "{mean} {variance}");
}

#[test]
fn scores_of_ragged_actions_and_their_gradient() {
    let three = Categorical::new(3).expect("choices");
    let rows = [0.5, -1.0, 0.2, 1.5, 0.0, -0.3, 0.9, 0.8, -2.0];
    let masks = [true, true, false, true, true, true, true, true, true];
    let choices = Choices { factors: &[1_usize, 0, 2], masks: &masks, offsets: &[0, 1, 3] };
    let seeds = ([0.7, -1.3], [0.4, 2.0]);
    let scalar = |rows: Vec<f64>| {
        let (p, h) = score(&three, &constant(rows, (9, 1)), choices);
        let dot =
            |m: &mol_core::tensor::Matrix<f64>, s: [f64; 2]| values(m).iter().zip(s).map(|(a, b)| a * b).sum::<f64>();
        dot(&p, seeds.0) + dot(&h, seeds.1)
    };
    let tape = Record::start();
    let leaf = tape.leaf(rows.to_vec(), (9, 1));
    let (p, h) = score(&three, &leaf, choices);
    let gradient = tape.backward(&[(&p, &seeds.0), (&h, &seeds.1)]).take(&leaf);
    for k in 0..9 {
        let shifted = |by: f64| {
            let mut rows = rows.to_vec();
            rows[k] += by;
            scalar(rows)
        };
        let difference = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        assert!((gradient[k] - difference).abs() < 1e-9, "{k}: {} {difference}", gradient[k]);
    }
}
