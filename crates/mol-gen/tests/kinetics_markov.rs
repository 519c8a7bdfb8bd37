//! Clusters, counts, Markov models, their timescales and tests, on processes whose answers are known.

mod kinetics_common;

use kinetics_common::{chain, on_threads};
use mol_core::Seed;
use mol_core::ndarray::{Array2, array};
use mol_gen::kinetics::{
    ChapmanKolmogorovTest, Counting, ImpliedTimescales, KMeans, KMeansModel, Koopman, Msm, Resampling, TransitionCounts,
};
use proptest::prelude::*;

/// Three states in a row: eigenvalues 1, 0.9, 0.8, in detailed balance with π = (¼, ½, ¼).
fn row() -> Array2<f64> {
    array![[0.9, 0.1, 0.0], [0.05, 0.9, 0.05], [0.0, 0.1, 0.9]]
}

fn one_hot(x: &[usize], states: usize) -> Array2<f64> {
    Array2::from_shape_fn((x.len(), states), |(t, k)| f64::from(u8::from(x[t] == k)))
}

proptest! {
    /// Any connected counts give a stochastic matrix in detailed balance that no small move makes likelier.
    #[test]
    fn reversible_models_are_the_likeliest_in_detailed_balance(
        counts in proptest::collection::vec(0.0_f64..50.0, 16), seed in 0_u64..1000
    ) {
        let mut c = Array2::from_shape_vec((4, 4), counts).expect("4 × 4").mapv(f64::round);
        for k in 0..4 {
            c[[k, (k + 1) % 4]] += 1.0; // a ring connects all
        }
        let model = Msm::default().fit(&TransitionCounts::from_matrix(c.clone(), 1).expect("valid")).expect("connected");
        let (t, pi) = (model.transition_matrix(), model.stationary());
        for i in 0..4 {
            prop_assert!((t.row(i).sum() - 1.0).abs() < 1e-14);
            for j in 0..4 {
                prop_assert!((pi[i] * t[[i, j]] - pi[j] * t[[j, i]]).abs() < 1e-9);
            }
        }
        let likelihood = |x: &Array2<f64>| -> f64 {
            c.indexed_iter().filter(|(_, c)| **c > 0.0).map(|((i, j), c)| c * (x[[i, j]] / x.row(i).sum()).ln()).sum()
        };
        let flow = Array2::from_shape_fn((4, 4), |(i, j)| 0.5 * (pi[i] * t[[i, j]] + pi[j] * t[[j, i]]));
        let best = likelihood(&flow);
        let mut rng = Seed::new(seed).rng();
        let noise = Array2::from_shape_fn((4, 4), |_| 1e-3 * rng.normal());
        let moved = Array2::from_shape_fn((4, 4), |(i, j)| flow[[i, j]] * (1.0 + noise[[i, j]] + noise[[j, i]]));
        prop_assert!(likelihood(&moved) <= best + 1e-9 * best.abs());
    }

    /// πT = π without detailed balance, and rare states keep their digits.
    #[test]
    fn stationary_distributions_are_stationary(rates in proptest::collection::vec(1e-9_f64..1.0, 25)) {
        let c = Array2::from_shape_vec((5, 5), rates).expect("5 × 5");
        let model = Msm::non_reversible().fit(&TransitionCounts::from_matrix(c, 3).expect("valid")).expect("connected");
        let pi = model.stationary();
        let next = pi.dot(model.transition_matrix());
        for (a, b) in pi.iter().zip(&next) {
            prop_assert!((a / b - 1.0).abs() < 1e-12, "{a} {b}");
        }
        prop_assert!((model.eigenvalues()[0].re - 1.0).abs() < 1e-10);
    }
}

#[test]
fn a_known_chain_is_found_again() {
    let walk = chain(&row(), 400_000, &mut Seed::new(1).rng());
    let counts = TransitionCounts::estimate(&[&walk], 3, 2, Counting::Sliding).expect("valid");
    for msm in [Msm::default(), Msm::non_reversible()] {
        let model = msm.fit(&counts).expect("connected");
        let exact = row().dot(&row());
        assert!((model.transition_matrix() - &exact).iter().all(|d| d.abs() < 0.004));
        let exact = [0.9_f64, 0.8].map(|v| -1.0 / v.ln());
        for (got, exact) in model.timescales().iter().zip(exact) {
            assert!((got / exact - 1.0).abs() < 0.03, "{got} {exact}");
        }
    }
    let model = Msm::default().fit(&counts).expect("connected");
    let psi = model.eigenvectors(2).expect("reversible");
    assert!(psi.column(0).iter().all(|x| (x - 1.0).abs() < 1e-9));
    // The slowest process moves from one end to the other: √2 (1, 0, −1).
    assert!((psi[[0, 1]].abs() - 2.0_f64.sqrt()).abs() < 0.02 && psi[[1, 1]].abs() < 0.02);
    assert!(
        (model.power(3) - model.transition_matrix().dot(model.transition_matrix()).dot(model.transition_matrix()))
            .iter()
            .all(|d| d.abs() < 1e-14)
    );
    // First passage across the row, from two equations: m = 2 + T m outside the target.
    let passage = model.mean_first_passage_time(0, &[2]).expect("rows exist");
    let exact = {
        let t = row().dot(&row());
        let (a, b, c, d) = (1.0 - t[[0, 0]], -t[[0, 1]], -t[[1, 0]], 1.0 - t[[1, 1]]);
        2.0 * (d - b) / (a * d - b * c)
    };
    assert!((passage / exact - 1.0).abs() < 0.03, "{passage} {exact}");
}

#[test]
fn timescales_carry_errors_that_cover_the_truth() {
    let mut covered = [0, 0];
    let exact = [-1.0 / 0.9_f64.ln(), -1.0 / 0.8_f64.ln()];
    for seed in 0..40 {
        let mut rng = Seed::new(seed).rng();
        let walks: Vec<_> = (0..12).map(|_| chain(&row(), 1500, &mut rng)).collect();
        let test =
            ImpliedTimescales { lags: vec![3], processes: 2, resampling: Resampling { resamples: 60, level: 0.9 } };
        let times = test.markov(&Msm::default(), &walks, 3, &mut rng).expect("valid");
        for (k, t) in times[0].iter().enumerate() {
            covered[k] += usize::from(t.low <= exact[k] && exact[k] <= t.high);
        }
    }
    // 36 of 40 expected; percentile intervals of twelve items are a little short.
    assert!(covered.iter().all(|c| (28..=40).contains(c)), "{covered:?}");
}

#[test]
fn hard_states_give_koopman_the_numbers_of_the_markov_model() {
    let mut rng = Seed::new(3).rng();
    let walks: Vec<_> = (0..5).map(|_| chain(&row(), 2000, &mut rng)).collect();
    let soft: Vec<_> = walks.iter().map(|x| one_hot(x, 3)).collect();
    let counts = TransitionCounts::estimate(&walks, 3, 4, Counting::Sliding).expect("valid");
    let msm = Msm::non_reversible().fit(&counts).expect("connected");
    let koopman = Koopman { reversible: false, ..Koopman::new(4) }.fit(&soft).expect("valid");
    assert!((koopman.matrix() - msm.transition_matrix()).iter().all(|d| d.abs() < 1e-12));
    assert!(koopman.timescales().iter().zip(msm.timescales()).all(|(a, b)| (a / b - 1.0).abs() < 1e-9));
    let test = ImpliedTimescales { lags: vec![4], processes: 2, resampling: Resampling { resamples: 20, level: 0.9 } };
    let a = test.koopman(&soft, false, &mut Seed::new(5).rng()).expect("valid");
    let b = test.markov(&Msm::non_reversible(), &walks, 3, &mut Seed::new(5).rng()).expect("valid");
    for (a, b) in a[0].iter().zip(&b[0]) {
        assert!((a.estimate / b.estimate - 1.0).abs() < 1e-9 && (a.error / b.error - 1.0).abs() < 1e-6, "{a:?} {b:?}");
    }
}

/// Draws of nothing but trajectories too short for a pair do not count: the one long trajectory gives the same numbers in all others.
#[test]
fn draws_without_a_pair_are_left_out() {
    let mut rng = Seed::new(8).rng();
    let soft = [one_hot(&chain(&row(), 500, &mut rng), 3), one_hot(&[0, 1], 3)];
    let resampling = Resampling { resamples: 40, level: 0.9 };
    for reversible in [false, true] {
        let test = ImpliedTimescales { lags: vec![3], processes: 2, resampling };
        for t in &test.koopman(&soft, reversible, &mut rng).expect("a pair")[0] {
            assert!(t.estimate > 1.0 && t.error < 1e-9 * t.estimate, "{t:?}");
        }
        let test = ChapmanKolmogorovTest { lag: 3, multiples: vec![1, 2], resampling };
        let result = test.koopman(&soft, reversible, &mut rng).expect("pairs");
        for p in result.predicted.iter().chain(&result.estimated).flatten() {
            assert!((p.low - p.estimate).abs() < 1e-12 && (p.high - p.estimate).abs() < 1e-12, "{p:?}");
        }
        let nothing = Koopman { reversible, ..Koopman::new(1) }.fit(&[Array2::zeros((9, 2))]).expect("no rank");
        assert!(nothing.eigenvalues().is_empty() && nothing.timescales().is_empty());
        assert!(nothing.matrix().iter().all(|k| *k == 0.0));
        for epsilon in [f64::NAN, -1e-9] {
            let koopman = Koopman { reversible, epsilon, ..Koopman::new(3) };
            assert!(koopman.fit(&soft).expect_err("refused").to_string().contains("epsilon"));
        }
    }
}

/// A state that is left once in 10²⁰ steps is left; where rounding hides the way out, an error says so.
#[test]
fn rare_passages_and_processes_that_never_decay() {
    let fit = |c| Msm::non_reversible().fit(&TransitionCounts::from_matrix(c, 2).expect("valid")).expect("connected");
    let rare = fit(array![[1.0, 1e-20], [1.0, 1.0]]);
    assert!((rare.mean_first_passage_time(0, &[1]).expect("rows exist") / 2e20 - 1.0).abs() < 1e-12);
    let hidden = fit(array![[0.0, 1.0, 0.0], [1.0, 0.0, 1e-20], [0.0, 1.0, 1.0]]);
    let error = hidden.mean_first_passage_time(0, &[2]).expect_err("singular").to_string();
    assert!(error.starts_with("state 0 is not connected"), "{error}");
    // λ = 1 to the last bit: not a time of nought.
    let frozen = fit(array![[1.0, 1e-20], [1e-20, 1.0]]);
    assert!(frozen.timescales()[0].is_nan(), "{:?}", frozen.timescales());
}

/// A Markov chain passes; what remains of it when two states are seen as one does not.
#[test]
fn chapman_and_kolmogorov_tell_a_markov_chain_from_a_lumped_one() {
    let mut rng = Seed::new(4).rng();
    // Two states that jump on at once, and a trap behind one of them: lumped, they remember.
    let t = array![[0.5, 0.5, 0.0], [0.4, 0.5, 0.1], [0.0, 0.02, 0.98]];
    let walks: Vec<_> = (0..10).map(|_| chain(&t, 10_000, &mut rng)).collect();
    let test = ChapmanKolmogorovTest {
        lag: 1,
        multiples: vec![1, 2, 5, 10],
        resampling: Resampling { resamples: 30, level: 0.95 },
    };
    let identity = Array2::eye(3);
    let passed = test.markov(&Msm::default(), &walks, &identity, &mut rng).expect("valid");
    assert_eq!(passed.lags, [1, 2, 5, 10]);
    assert!(passed.worst().1 < 0.03, "{:?}", passed.worst());
    for (p, e) in passed.predicted[3].iter().zip(&passed.estimated[3]) {
        assert!((p.estimate - e.estimate).abs() < 5.0 * p.error.hypot(e.error) && p.error > 0.0 && e.error > 0.0);
    }
    let first = passed.predicted[0].iter().zip(&passed.estimated[0]);
    assert!(first.clone().all(|(a, b)| (a.estimate - b.estimate).abs() < 1e-12), "k = 1 is the model itself");
    let lumped: Vec<Vec<usize>> = walks.iter().map(|x| x.iter().map(|s| usize::from(*s == 0)).collect()).collect();
    let failed = test.markov(&Msm::default(), &lumped, &Array2::eye(2), &mut rng).expect("valid");
    assert!(failed.worst().1 > 0.1, "{:?}", failed.worst());
    let soft: Vec<_> = lumped.iter().map(|x| one_hot(x, 2)).collect();
    let failed = test.koopman(&soft, true, &mut rng).expect("valid");
    assert!(failed.worst().1 > 0.1 && failed.predicted[2].dim() == (2, 2), "{:?}", failed.worst());
}

#[test]
fn k_means_finds_well_separated_clusters_whatever_the_threads() {
    let mut rng = Seed::new(6).rng();
    let centers = [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]];
    let x = Array2::from_shape_fn((20_000, 2), |(t, k)| centers[t % 4][k] + 0.5 * rng.normal());
    let fit = || KMeans::new(4).fit(&[x.view()], &mut Seed::new(7).rng()).expect("valid");
    let model = on_threads(1, fit);
    assert_eq!(model, on_threads(3, fit));
    for center in centers {
        let near = model.centers().outer_iter().any(|c| (c[0] - center[0]).hypot(c[1] - center[1]) < 0.05);
        assert!(near, "{}", model.centers());
    }
    assert!((model.inertia() / 20_000.0 - 0.5).abs() < 0.02);
    let states = model.assign(&x).expect("fits");
    assert!((0..20_000).all(|t| states[t] == states[t % 4]));
}

#[test]
fn k_means_meets_repeated_frames_ties_and_bad_input() {
    let few = array![[1.0], [1.0], [2.0], [2.0], [3.0]];
    let model = KMeans::new(3).fit(&[few.view()], &mut Seed::new(1).rng()).expect("three places");
    assert_eq!(model.inertia(), 0.0);
    let error = KMeans::new(4).fit(&[few.view()], &mut Seed::new(1).rng()).expect_err("refused").to_string();
    assert_eq!(error, "distinct frames to cluster: expected at least 4, got 3");
    assert!(KMeans::new(0).fit(&[few.view()], &mut Seed::new(1).rng()).is_err());
    assert!(KMeans::new(1).fit(&[array![[f64::NAN]]], &mut Seed::new(1).rng()).is_err());
    let grid = KMeansModel::from_centers(&array![[0.0], [1.0], [2.0]]).expect("finite");
    assert_eq!(grid.assign(&array![[0.5], [1.5], [-9.0], [9.0]]).expect("fits"), [0, 1, 0, 2], "ties to the first");
    assert!(grid.assign(&array![[0.5, 1.0]]).is_err());
}

#[test]
fn bad_counts_and_settings_are_named() {
    let one_way = TransitionCounts::estimate(&[vec![0, 0, 1, 1, 2, 1]], 3, 1, Counting::Sliding).expect("valid");
    let error = Msm::default().fit(&one_way).expect_err("0 is never entered").to_string();
    assert!(error.starts_with("state 0 is not connected"), "{error}");
    assert_eq!(one_way.largest_connected().states(), [1, 2]);
    let slow =
        TransitionCounts::from_matrix(array![[90.0, 10.0, 3.0], [2.0, 80.0, 1.0], [3.0, 1.0, 7.0]], 1).expect("valid");
    let error = Msm { iterations: 2, ..Msm::default() }.fit(&slow).expect_err("two iterations").to_string();
    assert!(error.contains("after 2 iterations"), "{error}");
    assert!(Msm { tolerance: 0.0, ..Msm::default() }.fit(&slow).is_err());
    let mut rng = Seed::new(0).rng();
    let test =
        ImpliedTimescales { resampling: Resampling { resamples: 1, level: 0.9 }, ..ImpliedTimescales::default() };
    assert!(
        test.markov(&Msm::default(), &[vec![0, 1, 0]], 2, &mut rng)
            .expect_err("one")
            .to_string()
            .contains("two or more")
    );
    let test = ChapmanKolmogorovTest { lag: 1, multiples: vec![1], resampling: Resampling::default() };
    let mut refused = |sets: Array2<f64>| {
        test.markov(&Msm::default(), &[vec![0, 1, 0]], &sets, &mut rng).expect_err("refused").to_string()
    };
    assert_eq!(refused(Array2::zeros((2, 0))), "sets of states: expected at least 1, got 0");
    let error = refused(array![[1.0, 0.0], [f64::NAN, 1.0]]);
    assert_eq!(error, "sum of the memberships of state 1 must be 1, got NaN");
    assert!(refused(array![[0.5, 0.4], [0.0, 1.0]]).contains("of state 0 must be 1, got 0.9"));
    let late = ImpliedTimescales { lags: vec![5], ..ImpliedTimescales::default() };
    assert!(
        late.markov(&Msm::default(), &[vec![0, 1, 0]], 2, &mut rng)
            .expect_err("short")
            .to_string()
            .contains("lag of 5")
    );
}

/// Relaxation times in units of D = kT = 1 of the diffusion on a grid with rates D/h² e^(−ΔU/2) to the neighbours, given to the
/// estimator as expected counts over a step short enough to stay on the grid.
fn diffusion(potential: impl Fn(f64) -> f64, end: f64, states: usize) -> Vec<f64> {
    let h = 2.0 * end / states as f64;
    let u: Vec<f64> = (0..states).map(|k| potential((k as f64 + 0.5) * h - end)).collect();
    let lowest = u.iter().copied().fold(f64::INFINITY, f64::min);
    let rate = |i: usize, j: usize| (-0.5 * (u[j] - u[i])).exp() / (h * h);
    let leave = |i: usize| {
        [i.checked_sub(1), Some(i + 1).filter(|j| *j < states)].into_iter().flatten().map(move |j| (j, rate(i, j)))
    };
    let fastest = (0..states).map(|i| leave(i).map(|(_, k)| k).sum::<f64>()).fold(0.0, f64::max);
    let step = 0.5 / fastest;
    let mut counts = Array2::zeros((states, states));
    for i in 0..states {
        let weight = (lowest - u[i]).exp();
        counts[[i, i]] = weight;
        for (j, k) in leave(i) {
            counts[[i, j]] = weight * step * k;
            counts[[i, i]] -= weight * step * k;
        }
    }
    let model = Msm::default().fit(&TransitionCounts::from_matrix(counts, 1).expect("valid")).expect("connected");
    model.timescales().iter().map(|t| t * step).collect()
}

#[test]
fn textbook_wells_have_their_exact_relaxation_times() {
    let times = diffusion(|x| x.powi(4) - 6.0 * x * x + x, 3.0, 300);
    assert!((times[0] / 602.38 - 1.0).abs() < 2e-3, "tilted double well: {}", times[0]);
    for (b, exact) in [(2.0, 2.2000), (5.0, 18.0106), (8.0, 218.58)] {
        let time = diffusion(|x| b * (x * x - 1.0).powi(2), 2.2, 300)[0];
        assert!((time / exact - 1.0).abs() < 2e-3, "barrier {b}: {time}, exact {exact}");
    }
    let prinz = |x: f64| {
        let hill = |a: f64, k: f64, c: f64| a * (-k * (x - c) * (x - c)).exp();
        4.0 * (x.powi(8) + hill(0.8, 80.0, 0.0) + hill(0.2, 80.0, 0.5) + hill(0.5, 40.0, -0.5))
    };
    for (time, exact) in diffusion(prinz, 1.25, 300).iter().zip([0.8340, 0.12677, 0.06510]) {
        assert!((time / exact - 1.0).abs() < 2e-3, "Prinz: {time}, exact {exact}");
    }
}
