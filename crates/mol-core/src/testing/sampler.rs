//! The contracts of [`Sampler`], [`Density`] and [`Dataset`] as functions.

use crate::{Dataset, Density, Sampler, Seed};
use nalgebra::{DMatrix, DVector};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(test)]
mod tests;

/// Tests everything that [`Sampler`] promises: the same generator gives the same items, another gives others, and the
/// randomness comes from nowhere else.
///
/// # Panics
/// If a promise is broken, with its name.
pub fn check_sampler<S: Sampler>(mut make: impl FnMut() -> S)
where
    S::Item: PartialEq + Debug,
{
    let seed = Seed::new(0x5eed).stream("check_sampler");
    let mut draw = |seed: Seed| {
        let (mut sampler, mut rng) = (make(), seed.rng());
        let items: Vec<S::Item> = (0..8).map(|_| sampler.sample(&mut rng)).collect();
        (items, rng)
    };
    let (first, again, other) = (draw(seed), draw(seed), draw(seed.at(1)));
    for (k, (a, b)) in first.0.iter().zip(&again.0).enumerate() {
        assert!(a == b, "sampler, draw {k}: {a:?}, from the same generator again {b:?}");
    }
    assert!(first.1 == again.1, "sampler: the same draws take different numbers of random numbers");
    assert!(first.0 != other.0, "sampler: eight draws do not depend on the generator: {:?}", first.0);
}

/// Tests everything that [`Density`] promises: that it is normalised and the density of what is drawn.
///
/// `coordinates` gives an item as a point of Rᵈ. For any normalised density q inside the
/// support, draws from p fulfil
///
/// ```text
/// E_p[q(x)/p(x)] = 1
/// ```
///
/// which is tested with four normal densities of a quarter of the sample's covariance around the mean and draws, to five standard
/// errors: it fails if p is not normalised, or if it is not the density of the draws. For densities that are one hill of
/// moderate dimension; otherwise the test says that it is inconclusive. 10 000 draws suit one to three dimensions.
///
/// # Panics
/// If a promise is broken, with its name and both numbers.
pub fn check_density<D: Density>(
    mut make: impl FnMut() -> D,
    coordinates: impl Fn(&D::Item) -> Vec<f64>,
    draws: usize,
) {
    let (mut density, mut rng) = (make(), Seed::new(0x5eed).stream("check_density").rng());
    let items: Vec<D::Item> = (0..draws).map(|_| density.sample(&mut rng)).collect();
    let points: Vec<DVector<f64>> = items.iter().map(|item| DVector::from_vec(coordinates(item))).collect();
    let log_p: Vec<f64> = items.iter().map(|item| density.log_density(item)).collect();
    for (k, (item, first)) in items.iter().zip(&log_p).enumerate() {
        assert!(first.is_finite(), "density, draw {k}: ln p is {first} at {}", points[k].transpose());
        if k < 8 {
            let again = make().log_density(item);
            assert!(first.to_bits() == again.to_bits(), "density, draw {k}: ln p is {first:e}, asked again {again:e}");
        }
    }
    let dim = points[0].len();
    let mean: DVector<f64> = points.iter().sum::<DVector<f64>>() / draws as f64;
    let outer = points.iter().fold(DMatrix::zeros(dim, dim), |sum, x| sum + (x - &mean) * (x - &mean).transpose());
    let covariance = outer / (4.0 * draws as f64);
    let factor =
        covariance.cholesky().unwrap_or_else(|| panic!("density: the draws fill no volume of {dim} dimensions"));
    let log_norm = -0.5 * dim as f64 * std::f64::consts::TAU.ln() - factor.l().diagonal().map(f64::ln).sum();
    // Around the mean and around three draws on half the way to it, so that q stays within the hill.
    let centers = std::iter::once(mean.clone()).chain((0..3).map(|k| (&points[k * draws / 3] + &mean) / 2.0));
    for center in centers {
        let log_q = |x: &DVector<f64>| log_norm - 0.5 * (x - &center).dot(&factor.solve(&(x - &center)));
        let ratios: Vec<f64> = points.iter().zip(&log_p).map(|(x, log_p)| (log_q(x) - log_p).exp()).collect();
        let average = ratios.iter().sum::<f64>() / draws as f64;
        let variance = ratios.iter().map(|r| (r - average).powi(2)).sum::<f64>() / (draws as f64 - 1.0);
        let error = (variance / draws as f64).sqrt();
        let place = center.transpose();
        assert!(
            (average - 1.0).abs() <= 5.0 * error.max(1e-9) || error > 0.1 * average,
            "density: E[q/p] around {place} is {average:.4} ± {error:.4}, expected 1: p is not normalised, or not the density of the draws"
        );
        assert!(error <= 0.1 * average, "density: inconclusive, E[q/p] around {place} is {average:.3} ± {error:.3}");
    }
}

/// Tests everything that [`Dataset`] promises: the same item at each call and from every thread, errors beyond the end.
///
/// # Panics
/// If a promise is broken, with its name and the index.
pub fn check_dataset<D: Dataset + ?Sized>(dataset: &D)
where
    D::Item: PartialEq + Debug + Send,
{
    let len = dataset.len();
    assert!(dataset.is_empty() == (len == 0), "data set: is_empty() is {}, len() {len}", dataset.is_empty());
    let get = |index: usize| match dataset.get(index) {
        Ok(item) => item,
        Err(error) => panic!("data set, index {index} of {len}: {error}"),
    };
    let indices: Vec<usize> = (0..len.min(200)).map(|k| k * len / len.min(200)).collect();
    let first: Vec<D::Item> = indices.iter().map(|&index| get(index)).collect();
    let elsewhere = std::thread::scope(|scope| {
        let backwards = scope.spawn(|| indices.iter().rev().map(|&index| get(index)).collect::<Vec<_>>());
        backwards.join()
    });
    let mut elsewhere = elsewhere.unwrap_or_else(|_| panic!("data set: getting items on another thread panics"));
    elsewhere.reverse();
    for ((index, a), b) in indices.iter().zip(&first).zip(&elsewhere) {
        assert!(a == b, "data set, index {index}: {a:?}, from another thread and order {b:?}");
    }
    for index in [len, len + 1, usize::MAX] {
        let run = catch_unwind(AssertUnwindSafe(|| dataset.get(index).is_err()));
        let Ok(is_error) = run else { panic!("data set: index {index} of {len} makes it panic") };
        assert!(is_error, "data set: index {index} of {len} is no error");
    }
}
