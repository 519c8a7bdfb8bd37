//! Statistics of samples and time series: means with honest errors.
//!
//! Simulation data are correlated, so the textbook error of a mean is too small. [`block_average`] and
//! [`statistical_inefficiency`] measure by how much; [`bootstrap`] gives intervals of any statistic of independent items;
//! [`Histogram`] carries errors from independent blocks (walkers, pieces of a trajectory).
//!
//! Every function refuses an empty sample and names the first value that is not finite. Sums run in index order, so
//! results do not depend on threads. Deliberately not here: free energies (MBAR, `mol-sim`) and kinetics (`mol-gen`).

mod block;
mod bootstrap;
mod correlation;
mod histogram;

pub use block::{BlockAverage, BlockLevel, block_average};
pub use bootstrap::{Bootstrap, bootstrap};
pub use correlation::{
    Truncation, autocorrelation, effective_sample_size, integrated_autocorrelation_time, statistical_inefficiency,
};
pub use histogram::{Histogram, split};

use crate::{Error, Result};

/// Arithmetic mean.
///
/// ```
/// assert_eq!(mol_core::stats::mean(&[1.0, 2.0, 6.0])?, 3.0);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] if `x` is empty, [`Error::NotFinite`] naming the first value that is not finite.
pub fn mean(x: &[f64]) -> Result<f64> {
    check(x, 1)?;
    Ok(raw_mean(x))
}

/// Unbiased variance `Σ (x − x̄)² / (n − 1)`, in two passes.
///
/// ```
/// assert_eq!(mol_core::stats::variance(&[1.0, 2.0, 6.0])?, 7.0);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// As [`mean`], and for a single value.
pub fn variance(x: &[f64]) -> Result<f64> {
    check(x, 2)?;
    Ok(sum_of_squares(x) / (x.len() - 1) as f64)
}

/// Kish's effective number of samples of importance weights.
///
/// ```text
/// n_eff = (Σ w)² / Σ w²
/// ```
///
/// It is n for equal weights and 1 if one weight dominates. Not to be confused with [`effective_sample_size`], which
/// counts independent samples of a correlated series.
///
/// ```
/// assert_eq!(mol_core::stats::kish_sample_size(&[1.0, 1.0, 0.0])?, 2.0);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Kish, *Survey Sampling* (Wiley, 1965), section 11.7.
///
/// # Errors
/// As [`mean`], and [`Error::InvalidArgument`] if a weight is negative or all are zero.
pub fn kish_sample_size(weights: &[f64]) -> Result<f64> {
    check(weights, 1)?;
    let largest = weights.iter().copied().fold(0.0, f64::max);
    if weights.iter().any(|&w| w < 0.0) || largest == 0.0 {
        let got = format!("{} weights from {:?}", weights.len(), weights.iter().copied().fold(f64::INFINITY, f64::min));
        return Err(Error::InvalidArgument { what: "weights", expected: "not negative and not all zero", got });
    }
    // Divided by the largest, so that squares neither overflow nor vanish.
    let sum: f64 = weights.iter().map(|w| w / largest).sum();
    let squares: f64 = weights.iter().map(|w| (w / largest).powi(2)).sum();
    Ok(sum * sum / squares)
}

fn raw_mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn sum_of_squares(x: &[f64]) -> f64 {
    let mean = raw_mean(x);
    x.iter().map(|x| (x - mean).powi(2)).sum()
}

/// Refuses fewer than `least` values and values that are not finite.
fn check(x: &[f64], least: usize) -> Result<()> {
    if x.len() < least {
        let expected = if least == 1 { "not empty" } else { "of two or more values" };
        return Err(Error::InvalidArgument { what: "sample", expected, got: format!("{} values", x.len()) });
    }
    match x.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(Error::NotFinite { what: "value", index, value: x[index] }),
        None => Ok(()),
    }
}

/// As [`check`], and refuses a series that never changes: nothing can be said of its correlation.
fn check_varies(x: &[f64]) -> Result<()> {
    check(x, 2)?;
    if x.iter().any(|&value| value != x[0]) {
        return Ok(());
    }
    Err(Error::InvalidArgument {
        what: "series",
        expected: "one whose values differ",
        got: format!("{} times {}", x.len(), x[0]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_keep_their_digits_far_from_zero() {
        let x: Vec<f64> = (0..1000).map(|k| 1e9 + f64::from(k % 2)).collect();
        assert!((variance(&x).unwrap() - 0.25 * 1000.0 / 999.0).abs() < 1e-9);
    }

    #[test]
    fn bad_samples_are_named() {
        assert!(mean(&[]).unwrap_err().to_string().contains("not empty"));
        assert!(variance(&[1.0]).unwrap_err().to_string().contains("two or more"));
        assert!(matches!(mean(&[0.0, f64::NAN]), Err(Error::NotFinite { index: 1, .. })));
        assert!(check_varies(&[2.0; 5]).unwrap_err().to_string().contains("5 times 2"));
        assert!(kish_sample_size(&[1.0, -1.0]).is_err() && kish_sample_size(&[0.0]).is_err());
        assert_eq!(kish_sample_size(&[1e-300, 1e-300]).unwrap(), 2.0);
        assert_eq!(kish_sample_size(&[1e300, 1e300]).unwrap(), 2.0);
    }
}
