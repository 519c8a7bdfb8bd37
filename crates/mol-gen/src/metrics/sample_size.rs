//! How many independent draws a weighted sample is worth.

use crate::{Error, Result};

/// Kish's effective sample size of weights given by their logarithms.
///
/// ```text
/// n_eff = (Σ wᵢ)² / Σ wᵢ²      wᵢ = exp(ln wᵢ − max ln w)
/// ```
///
/// It lies between 1 and n and does not change when a constant is added to all logarithms, so unnormalised densities
/// serve, and no exponential overflows. A weight of zero is −∞. Not to be confused with the effective size of a
/// *correlated* sample, which divides by the autocorrelation time: this one assumes independent draws. Cost O(n).
///
/// Reference: L. Kish, *Survey Sampling*, Wiley (1965), § 11.7.
///
/// # Errors
/// - [`Error::TooFew`] if there are no weights;
/// - [`Error::InvalidComponent`] if a logarithm is NaN or +∞;
/// - [`Error::NoOverlap`] if all weights are zero.
///
/// # Example
/// ```
/// use mol_gen::metrics::effective_sample_size;
/// // Weights 1, 1, 2: 4² / 6, whatever the offset.
/// let log_weights = [5000.0, 5000.0, 5000.0 + 2.0_f64.ln()];
/// assert!((effective_sample_size(&log_weights)? - 16.0 / 6.0).abs() < 1e-9);
/// # Ok::<(), mol_gen::Error>(())
/// ```
pub fn effective_sample_size(log_weights: &[f64]) -> Result<f64> {
    if log_weights.is_empty() {
        return Err(Error::TooFew { what: "weights", expected: 1, got: 0 });
    }
    if let Some(index) = log_weights.iter().position(|w| w.is_nan() || *w == f64::INFINITY) {
        let got = log_weights[index];
        return Err(Error::InvalidComponent { what: "logarithm of weight", index, expected: "finite or −∞", got });
    }
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return Err(Error::NoOverlap { count: log_weights.len() });
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    for log_weight in log_weights {
        let weight = (log_weight - largest).exp();
        sum += weight;
        squares += weight * weight;
    }
    Ok(sum * sum / squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_count_fully_and_one_weight_once() {
        assert!((effective_sample_size(&[-3e5; 1000]).expect("valid") - 1000.0).abs() < 1e-9);
        assert_eq!(effective_sample_size(&[0.0, f64::NEG_INFINITY, -1e9]).expect("valid"), 1.0);
    }

    #[test]
    fn what_cannot_be_judged_is_named() {
        let message = |w: &[f64]| effective_sample_size(w).expect_err("invalid").to_string();
        assert_eq!(message(&[]), "weights: expected at least 1, got 0");
        assert_eq!(message(&[0.0, f64::NAN]), "logarithm of weight 1 must be finite or −∞, got NaN");
        assert_eq!(message(&[f64::INFINITY]), "logarithm of weight 0 must be finite or −∞, got inf");
        assert!(message(&[f64::NEG_INFINITY; 2]).starts_with("all 2 weights are zero"));
    }
}
