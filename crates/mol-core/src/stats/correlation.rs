//! Autocorrelation of time series.

use super::{check_varies, raw_mean};
use crate::{Error, Result};

/// Where the sum over the autocorrelation function ends, before its noise outweighs its signal.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Truncation {
    /// At the first lag t ≥ c τ(t) (Sokal, in *Functional Integration*, NATO ASI B **361**, 131 (1997)); c = 5 is common.
    Sokal {
        /// The factor c.
        c: f64,
    },
    /// At the first negative sum of a pair of neighbouring lags, the sums made monotone (Geyer, *Stat. Sci.* **7**, 473
    /// (1992)); meant for reversible chains.
    Geyer,
    /// At the first lag beyond 3 where the function is not positive (Chodera *et al.*, *J. Chem. Theory Comput.* **3**, 26
    /// (2007)), with weights 1 − t/n; what pymbar does.
    FirstZero,
}

/// Normalised autocorrelation function at lags 0 to `max_lag`, shape `[max_lag + 1]`.
///
/// ```text
/// ρ(t) = Σ_k (x_k − x̄)(x_{k+t} − x̄) / (n σ²),    k = 0 … n − t − 1,   σ² = Σ_k (x_k − x̄)² / n
/// ```
///
/// This is the biased estimate: divided by n at every lag, which keeps the function positive definite and its tail quiet.
/// It costs O(n · `max_lag`).
///
/// ```
/// let x: Vec<f64> = (0..100).map(|k| f64::from(k % 2)).collect();
/// let rho = mol_core::stats::autocorrelation(&x, 2)?;
/// assert!((rho[1] + 0.99).abs() < 1e-12 && (rho[2] - 0.98).abs() < 1e-12);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] if the series has fewer than two values, never changes, or is not longer than `max_lag`;
/// [`Error::NotFinite`] naming the first value that is not finite.
pub fn autocorrelation(x: &[f64], max_lag: usize) -> Result<Vec<f64>> {
    let series = Series::new(x)?;
    if max_lag >= x.len() {
        let got = format!("{max_lag} for {} values", x.len());
        return Err(Error::InvalidArgument {
            what: "largest lag",
            expected: "less than the length of the series",
            got,
        });
    }
    Ok((0..=max_lag).map(|lag| series.rho(lag)).collect())
}

/// Integrated autocorrelation time, in units of the sampling interval.
///
/// ```text
/// τ = ½ + Σ_{t ≥ 1} ρ(t)
/// ```
///
/// so that the variance of the mean is 2τ times that of independent samples. White noise has τ = ½, an alternating series
/// less; the estimate is never below 1/(2n). Beware of the other conventions, without the ½ or twice as large.
///
/// ```
/// use mol_core::stats::{Truncation, integrated_autocorrelation_time};
/// let x: Vec<f64> = (0..1000).map(|k| f64::from(k / 10 % 2)).collect(); // runs of ten
/// let tau = integrated_autocorrelation_time(&x, Truncation::FirstZero)?;
/// assert!((tau - 2.5).abs() < 0.05);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// As [`autocorrelation`]; [`Error::InvalidArgument`] if Sokal's c is not positive.
pub fn integrated_autocorrelation_time(x: &[f64], truncation: Truncation) -> Result<f64> {
    let series = Series::new(x)?;
    let n = x.len();
    let tau = match truncation {
        Truncation::Sokal { c } if c.is_nan() || c <= 0.0 => {
            return Err(Error::InvalidArgument { what: "Sokal's window c", expected: "positive", got: c.to_string() });
        }
        Truncation::Sokal { c } => {
            let mut tau = 0.5;
            for lag in 1..n {
                tau += series.rho(lag);
                if lag as f64 >= c * tau {
                    break;
                }
            }
            tau
        }
        Truncation::Geyer => {
            let (mut sum, mut smallest) = (0.0, f64::INFINITY);
            for pair in 0..n / 2 {
                let gamma = series.rho(2 * pair) + series.rho(2 * pair + 1);
                if gamma <= 0.0 {
                    break;
                }
                smallest = gamma.min(smallest);
                sum += smallest;
            }
            sum - 0.5
        }
        Truncation::FirstZero => {
            let mut sum = 0.5;
            for lag in 1..n - 1 {
                // The weight 1 − t/n and the n − t terms of the unbiased estimate combine to ρ.
                let rho = series.rho(lag);
                if rho <= 0.0 && lag > 3 {
                    break;
                }
                sum += rho;
            }
            sum.max(0.5)
        }
    };
    Ok(tau.max(0.5 / n as f64))
}

/// Statistical inefficiency g = 2τ ≥ 1: how many values of the series are worth one independent value.
///
/// Truncated as [`Truncation::FirstZero`], with pymbar's numbers: the standard error of the mean is `σ √(g / n)`.
///
/// # Errors
/// As [`autocorrelation`].
pub fn statistical_inefficiency(x: &[f64]) -> Result<f64> {
    integrated_autocorrelation_time(x, Truncation::FirstZero).map(|tau| 2.0 * tau)
}

/// Number of independent values the series is worth: n / g with g the [`statistical_inefficiency`].
///
/// # Errors
/// As [`autocorrelation`].
pub fn effective_sample_size(x: &[f64]) -> Result<f64> {
    statistical_inefficiency(x).map(|g| x.len() as f64 / g)
}

/// A series with its mean taken off.
struct Series {
    centred: Vec<f64>,
    squares: f64,
}

impl Series {
    fn new(x: &[f64]) -> Result<Self> {
        check_varies(x)?;
        let mean = raw_mean(x);
        let centred: Vec<f64> = x.iter().map(|x| x - mean).collect();
        let squares = centred.iter().map(|x| x * x).sum();
        Ok(Self { centred, squares })
    }

    fn rho(&self, lag: usize) -> f64 {
        let products: f64 = self.centred.iter().zip(&self.centred[lag..]).map(|(a, b)| a * b).sum();
        products / self.squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    fn ar1(phi: f64, n: usize, seed: u64) -> Vec<f64> {
        let mut rng = Seed::new(seed).rng();
        let mut x = 0.0;
        (0..n)
            .map(|_| {
                x = phi * x + rng.normal();
                x
            })
            .collect()
    }

    #[test]
    fn times_of_an_autoregressive_series_are_the_exact_ones() {
        for phi in [0.0_f64, 0.6, 0.9] {
            let exact = 0.5 * (1.0 + phi) / (1.0 - phi);
            let x = ar1(phi, 40_000, 4);
            for truncation in [Truncation::Sokal { c: 5.0 }, Truncation::Geyer, Truncation::FirstZero] {
                let tau = integrated_autocorrelation_time(&x, truncation).unwrap();
                assert!((tau / exact - 1.0).abs() < 0.12, "{phi} {truncation:?}: {tau}, exact {exact}");
            }
            let rho = autocorrelation(&x, 3).unwrap();
            assert!(rho[0] == 1.0 && (1..4).all(|t| (rho[t] - phi.powi(t as i32)).abs() < 0.03), "{rho:?}");
            let worth = effective_sample_size(&x).unwrap();
            assert!((worth * 2.0 * exact / 40_000.0 - 1.0).abs() < 0.12);
        }
    }

    #[test]
    fn alternating_series_are_worth_more_than_independent_ones() {
        let x = ar1(-0.5, 20_000, 1);
        let tau = integrated_autocorrelation_time(&x, Truncation::Geyer).unwrap();
        assert!((tau - 1.0 / 6.0).abs() < 0.03, "{tau}");
        assert!(statistical_inefficiency(&x).unwrap() >= 1.0);
    }

    #[test]
    fn the_first_zero_is_looked_for_beyond_lag_three() {
        // pymbar.timeseries.statistical_inefficiency, mintime = 3; stopping at the first zero would give 2.357.
        let g = statistical_inefficiency(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).unwrap();
        assert!((g - 1.714_285_714_285_714).abs() < 1e-12, "{g}");
    }

    #[test]
    fn bad_series_are_refused() {
        assert!(autocorrelation(&[1.0, 2.0], 2).is_err() && autocorrelation(&[], 0).is_err());
        assert!(statistical_inefficiency(&[2.0; 9]).is_err() && statistical_inefficiency(&[1.0, f64::NAN]).is_err());
        assert!(integrated_autocorrelation_time(&[1.0, 2.0], Truncation::Sokal { c: 0.0 }).is_err());
        for truncation in [Truncation::Sokal { c: 5.0 }, Truncation::Geyer, Truncation::FirstZero] {
            assert!(integrated_autocorrelation_time(&[1.0, 2.0], truncation).unwrap() > 0.0);
        }
    }
}
