//! Frozen draws, and the moments of the distributions.

use super::*;

fn mean(values: impl Iterator<Item = f64>, n: usize) -> f64 {
    values.sum::<f64>() / n as f64
}

/// The draws are part of every checkpoint and recorded run: these numbers never change.
#[test]
#[expect(clippy::unreadable_literal, reason = "all digits of a float, as printed")]
fn first_draws_are_frozen() {
    let mut rng = Seed::new(42).rng();
    let bits: Vec<u64> = (0..4).map(|_| rng.bits()).collect();
    assert_eq!(
        bits,
        [12_578_764_544_318_200_737, 17_529_487_244_874_322_312, 7_886_285_670_807_131_020, 11_572_758_976_476_374_866]
    );
    let uniform: Vec<f64> = (0..3).map(|_| rng.uniform()).collect();
    assert_eq!(uniform, [0.2885938791411826, 0.14995887029032495, 0.30804055959790966]);
    let normal: Vec<f64> = (0..3).map(|_| rng.normal()).collect();
    assert_eq!(normal, [0.6755384638833506, 0.6030121962455708, -1.609606301963866]);
    let below: Vec<usize> = (0..6).map(|_| rng.below(10)).collect();
    assert_eq!(below, [9, 9, 5, 7, 1, 5]);
    let mut items = [0, 1, 2, 3, 4, 5, 6, 7];
    rng.shuffle(&mut items);
    assert_eq!(items, [6, 4, 2, 7, 5, 0, 3, 1]);
}

#[test]
fn uniform_fills_the_half_open_interval() {
    let mut rng = Seed::new(1).rng();
    let n = 200_000;
    let x: Vec<f64> = (0..n).map(|_| rng.uniform()).collect();
    assert!(x.iter().all(|x| (0.0..1.0).contains(x)));
    let m = mean(x.iter().copied(), n);
    let v = mean(x.iter().map(|x| (x - m).powi(2)), n);
    // Five standard errors: σ/√n = 6.5e-4 for the mean, about 1.7e-4 for the variance.
    assert!((m - 0.5).abs() < 3.3e-3 && (v - 1.0 / 12.0).abs() < 9e-4, "mean {m}, variance {v}");
}

#[test]
fn normal_has_the_moments_of_the_standard_normal() {
    let mut rng = Seed::new(2).rng();
    let n = 200_000;
    let x: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    // Standard errors of the first four moments: √(1, 2, 15, 96)/√n.
    for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0_f64)] {
        let moment = mean(x.iter().map(|x| x.powi(power)), n);
        let error = (variance / n as f64).sqrt();
        assert!((moment - expected).abs() < 5.0 * error, "moment {power}: {moment}");
    }
    let neighbours = mean(x.windows(2).map(|w| w[0] * w[1]), n);
    assert!(neighbours.abs() < 5.0 / (n as f64).sqrt(), "the two numbers of a pair are independent: {neighbours}");
}

/// χ² of ten bins has nine degrees of freedom: mean 9, standard deviation 4.2.
#[test]
fn below_is_unbiased() {
    let mut rng = Seed::new(3).rng();
    let (n, bins) = (100_000, 10);
    let mut counts = vec![0.0; bins];
    (0..n).for_each(|_| counts[rng.below(bins)] += 1.0);
    let expected = f64::from(n) / bins as f64;
    let chi2: f64 = counts.iter().map(|c: &f64| (c - expected).powi(2) / expected).sum();
    assert!(chi2 < 30.0, "χ² {chi2}");
    // 3·2⁶² does not divide 2⁶⁴: without rejection every third number would come up half of the time.
    let third = (0..10_000).filter(|_| rng.below(3 << 62).is_multiple_of(3)).count();
    assert!((3100..3570).contains(&third), "{third} of 10000 are divisible by three");
    assert_eq!(rng.below(1), 0);
}

#[test]
fn shuffle_reaches_all_permutations_alike() {
    let mut rng = Seed::new(4).rng();
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..24_000 {
        let mut items = [0, 1, 2, 3];
        rng.shuffle(&mut items);
        *counts.entry(items).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 24);
    assert!(counts.values().all(|count| (840..1160).contains(count)), "{counts:?}");
}

#[test]
fn serialised_in_the_middle_it_continues_to_the_bit() {
    let mut rng = Seed::new(5).rng();
    (0..37).for_each(|_| _ = rng.normal()); // an odd number: the spare is full
    let text = serde_json::to_string(&rng).unwrap();
    let mut back: Rng = serde_json::from_str(&text).unwrap();
    assert_eq!(back, rng);
    assert!((0..100).all(|_| back.normal() == rng.normal() && back.bits() == rng.bits()));
}

#[test]
#[should_panic(expected = "below(0)")]
fn below_zero_is_a_broken_contract() {
    Seed::new(6).rng().below(0);
}
