//! Errors of means of correlated series by blocking.

use super::{check, raw_mean, sum_of_squares};
use crate::Result;

/// The error estimate from blocks of one size.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BlockLevel {
    /// Values per block.
    pub size: usize,
    /// Number of blocks.
    pub blocks: usize,
    /// Standard error of the mean if blocks of this size are independent.
    pub error: f64,
    /// Standard error of `error` itself.
    pub uncertainty: f64,
}

/// A mean with its error from blocking; made by [`block_average`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BlockAverage {
    /// Mean of all values.
    pub mean: f64,
    /// Standard error of the mean.
    pub error: f64,
    /// Standard error of `error`.
    pub uncertainty: f64,
    /// Whether the error has reached its plateau; if not, it is a lower bound.
    pub converged: bool,
    /// All block sizes 1, 2, 4, …, for the plateau plot.
    pub levels: Vec<BlockLevel>,
}

/// Mean of a correlated series with its standard error by repeated halving.
///
/// Neighbouring values are averaged in pairs again and again; with n′ blocks left, of variance c₀ around the mean,
///
/// ```text
/// error = √(c₀ / (n′ − 1)),     error of the error = error / √(2 (n′ − 1))
/// ```
///
/// The estimate grows with the block size B until blocks are independent. The plateau is taken at the smallest B with
/// `B³ > 2 n (error_B / error_1)⁴`, which balances the bias of small blocks against the noise of few. Without one the
/// largest error found is returned, marked as not converged. A value left over when a level is halved is dropped from the error, not from
/// the mean.
///
/// ```
/// let x: Vec<f64> = (0..4096).map(|k| f64::from(k % 2)).collect();
/// let average = mol_core::stats::block_average(&x)?;
/// assert_eq!(average.mean, 0.5);
/// assert_eq!(average.levels[1].error, 0.0); // pairs cancel exactly
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Flyvbjerg & Petersen, *J. Chem. Phys.* **91**, 461 (1989); the choice of B after Lee *et al.*, *Phys. Rev. E* **83**, 066706 (2011).
///
/// # Errors
/// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for fewer than two values,
/// [`Error::NotFinite`](crate::Error::NotFinite) naming the first value that is not finite.
pub fn block_average(x: &[f64]) -> Result<BlockAverage> {
    check(x, 2)?;
    let mut blocks = x.to_vec();
    let mut levels = Vec::new();
    let mut size = 1;
    while blocks.len() >= 2 {
        let free = (blocks.len() - 1) as f64;
        let error = (sum_of_squares(&blocks) / blocks.len() as f64 / free).sqrt();
        levels.push(BlockLevel { size, blocks: blocks.len(), error, uncertainty: error / (2.0 * free).sqrt() });
        blocks = blocks.chunks_exact(2).map(raw_mean).collect();
        size *= 2;
    }
    let first = levels[0].error;
    let is_plateau = |level: &&BlockLevel| {
        let ratio = if first > 0.0 { (level.error / first).powi(4) } else { 0.0 };
        (level.size as f64).powi(3) > 2.0 * x.len() as f64 * ratio
    };
    let plateau = levels.iter().find(is_plateau).copied();
    let largest = levels.iter().copied().fold(levels[0], |a, b| if b.error > a.error { b } else { a });
    let chosen = plateau.unwrap_or(largest);
    Ok(BlockAverage {
        mean: raw_mean(x),
        error: chosen.error,
        uncertainty: chosen.uncertainty,
        converged: plateau.is_some(),
        levels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    /// `x_{k+1} = φ x_k + ξ`: variance 1/(1 − φ²), statistical inefficiency (1 + φ)/(1 − φ).
    fn ar1(phi: f64, n: usize, seed: u64) -> Vec<f64> {
        let mut rng = Seed::new(seed).rng();
        let mut x = rng.normal() / (1.0 - phi * phi).sqrt();
        (0..n)
            .map(|_| {
                x = phi * x + rng.normal();
                x
            })
            .collect()
    }

    #[test]
    fn errors_of_correlated_series_are_the_exact_ones() {
        for phi in [0.0_f64, 0.5, 0.9] {
            let n = 1 << 15;
            let exact = (1.0 / (1.0 - phi * phi) * (1.0 + phi) / (1.0 - phi) / n as f64).sqrt();
            let mut sum = 0.0;
            for seed in 0..8 {
                let average = block_average(&ar1(phi, n, seed)).unwrap();
                assert!(
                    average.converged && (average.error / exact - 1.0).abs() < 0.3,
                    "{phi}: {} {exact}",
                    average.error
                );
                assert!(average.mean.abs() < 5.0 * exact);
                sum += average.error / exact / 8.0;
            }
            assert!((sum - 1.0).abs() < 0.08, "mean ratio {sum} at {phi}");
        }
    }

    #[test]
    fn levels_of_four_values_by_hand() {
        let levels = block_average(&[1.0, 2.0, 3.0, 4.0]).unwrap().levels;
        let exact = [(1, 4, (1.25 / 3.0_f64).sqrt(), 6.0_f64), (2, 2, 1.0, 2.0)];
        assert_eq!(levels.len(), 2);
        for (level, (size, blocks, error, twice_free)) in levels.iter().zip(exact) {
            assert_eq!((level.size, level.blocks), (size, blocks));
            assert!((level.error - error).abs() < 1e-15);
            assert!((level.uncertainty - error / twice_free.sqrt()).abs() < 1e-15);
        }
    }

    #[test]
    fn a_series_shorter_than_its_correlation_is_not_converged() {
        let drift: Vec<f64> = (0..256).map(f64::from).collect();
        let average = block_average(&drift).unwrap();
        assert!(!average.converged && average.error > 30.0, "{average:?}");
    }

    #[test]
    fn constants_have_no_error_and_single_values_are_refused() {
        let average = block_average(&[3.0; 100]).unwrap();
        assert_eq!((average.mean, average.error, average.converged), (3.0, 0.0, true));
        assert!(block_average(&[3.0]).is_err() && block_average(&[3.0, f64::INFINITY]).is_err());
    }
}
