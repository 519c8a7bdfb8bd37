//! The normal distribution with independent components: base density of flows, and the simplest generator.

use crate::{Error, Result};
use mol_core::ndarray::{Array1, ArrayView2};
use mol_core::{Density, Rng, Sampler};

/// Normal distribution with a diagonal covariance matrix.
///
/// ```text
/// ln p(x) = −½ Σₖ ((xₖ − μₖ) / σₖ)² − Σₖ ln σₖ − d/2 ln 2π
/// ```
///
/// μ: means, σ: standard deviations (not variances), both shape `[dim]`, in the unit of x. Items are arrays of shape
/// `[dim]`.
///
/// ```
/// use mol_core::{Density, ndarray::array};
/// use mol_gen::DiagonalNormal;
/// let mut normal = DiagonalNormal::new(vec![1.0, 0.0], vec![2.0, 0.5])?;
/// // −½ (1 + 4) − ln 2 − ln ½ − ln 2π
/// assert!((normal.log_density(&array![3.0, 1.0]) + 2.5 + std::f64::consts::TAU.ln()).abs() < 1e-12);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct DiagonalNormal {
    mean: Array1<f64>,
    deviation: Array1<f64>,
    /// −Σ ln σ − d/2 ln 2π.
    log_normaliser: f64,
}

impl DiagonalNormal {
    /// The distribution with these means and standard deviations, shape `[dim]` each.
    ///
    /// # Errors
    /// - [`Error::TooFew`] without components; a shape mismatch if the lengths differ;
    /// - [`Error::InvalidComponent`] if a mean is not finite or a deviation not finite and positive.
    pub fn new(mean: impl Into<Array1<f64>>, deviation: impl Into<Array1<f64>>) -> Result<Self> {
        let (mean, deviation) = (mean.into(), deviation.into());
        if mean.is_empty() {
            return Err(Error::TooFew { what: "components of a normal distribution", expected: 1, got: 0 });
        }
        mol_core::Error::check_len("standard deviations", mean.len(), deviation.len())?;
        for (index, (mean, deviation)) in mean.iter().zip(&deviation).enumerate() {
            if !mean.is_finite() {
                return Err(Error::InvalidComponent { what: "mean", index, expected: "finite", got: *mean });
            }
            if !(deviation.is_finite() && *deviation > 0.0) {
                let expected = "finite and positive";
                return Err(Error::InvalidComponent { what: "standard deviation", index, expected, got: *deviation });
            }
        }
        let log_normaliser =
            -deviation.iter().map(|s| s.ln()).sum::<f64>() - 0.5 * mean.len() as f64 * std::f64::consts::TAU.ln();
        Ok(Self { mean, deviation, log_normaliser })
    }

    /// Mean 0 and deviation 1 in `dim` components.
    ///
    /// # Errors
    /// [`Error::TooFew`] if `dim` is 0.
    pub fn standard(dim: usize) -> Result<Self> {
        Self::new(vec![0.0; dim], vec![1.0; dim])
    }

    /// The distribution of greatest likelihood for `samples`, shape `[samples, dim]`.
    ///
    /// ```text
    /// μ = 1/n Σ xᵢ      σ² = 1/n Σ (xᵢ − μ)²
    /// ```
    ///
    /// The divisor is n, not n − 1: this is the estimate of maximum likelihood, biased for small n. Cost O(n dim).
    ///
    /// # Errors
    /// - [`Error::TooFew`] for fewer than two samples;
    /// - [`Error::InvalidComponent`] naming the component whose samples are all equal or not finite.
    ///
    /// # Example
    /// ```
    /// use mol_core::ndarray::array;
    /// let normal = mol_gen::DiagonalNormal::fit(&array![[1.0], [3.0]].view())?;
    /// assert_eq!((normal.mean()[0], normal.standard_deviation()[0]), (2.0, 1.0));
    /// # Ok::<(), mol_gen::Error>(())
    /// ```
    pub fn fit(samples: &ArrayView2<'_, f64>) -> Result<Self> {
        if samples.nrows() < 2 {
            return Err(Error::TooFew {
                what: "samples to fit a normal distribution",
                expected: 2,
                got: samples.nrows(),
            });
        }
        let n = samples.nrows() as f64;
        let mean: Array1<f64> = samples.columns().into_iter().map(|column| column.sum() / n).collect();
        let deviation: Array1<f64> = samples
            .columns()
            .into_iter()
            .zip(&mean)
            .map(|(column, mean)| (column.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt())
            .collect();
        Self::new(mean, deviation)
    }

    /// Number of components.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// Means, shape `[dim]`.
    #[must_use]
    pub const fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// Standard deviations, shape `[dim]`.
    #[must_use]
    pub const fn standard_deviation(&self) -> &Array1<f64> {
        &self.deviation
    }
}

impl Sampler for DiagonalNormal {
    type Item = Array1<f64>;

    fn sample(&mut self, rng: &mut Rng) -> Array1<f64> {
        self.mean.iter().zip(&self.deviation).map(|(mean, deviation)| mean + deviation * rng.normal()).collect()
    }
}

impl Density for DiagonalNormal {
    /// # Panics
    /// If `item` has not `dim` components.
    fn log_density(&mut self, item: &Array1<f64>) -> f64 {
        assert_eq!(item.len(), self.dim(), "item of another dimension than its density");
        let squares: f64 = item
            .iter()
            .zip(&self.mean)
            .zip(&self.deviation)
            .map(|((x, mean), deviation)| {
                let z = (x - mean) / deviation;
                z * z
            })
            .sum();
        self.log_normaliser - 0.5 * squares
    }
}

/// What is written; reading goes through [`DiagonalNormal::new`], so that no invalid distribution can be read.
#[derive(serde::Serialize, serde::Deserialize)]
struct Parameters {
    mean: Vec<f64>,
    standard_deviation: Vec<f64>,
}

impl TryFrom<Parameters> for DiagonalNormal {
    type Error = Error;
    fn try_from(parameters: Parameters) -> Result<Self> {
        Self::new(parameters.mean, parameters.standard_deviation)
    }
}

impl From<DiagonalNormal> for Parameters {
    fn from(normal: DiagonalNormal) -> Self {
        Self { mean: normal.mean.to_vec(), standard_deviation: normal.deviation.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::Seed;
    use mol_core::ndarray::{Array2, array};

    #[test]
    fn a_fit_finds_the_parameters_it_was_drawn_from() {
        let mut truth = DiagonalNormal::new(vec![-3.0, 100.0, 0.5], vec![0.1, 20.0, 1.0]).expect("valid");
        let mut rng = Seed::new(5).rng();
        let n = 20_000;
        let mut samples = Array2::zeros((n, 3));
        for mut row in samples.rows_mut() {
            row.assign(&truth.sample(&mut rng));
        }
        let fitted = DiagonalNormal::fit(&samples.view()).expect("enough samples");
        for k in 0..3 {
            let sigma = truth.deviation[k];
            let z_mean = (fitted.mean[k] - truth.mean[k]) / sigma * (n as f64).sqrt();
            let z_deviation = (fitted.deviation[k] / sigma - 1.0) * (2.0 * n as f64).sqrt();
            assert!(z_mean.abs() < 4.0 && z_deviation.abs() < 4.0, "{k}: {z_mean}, {z_deviation}");
        }
        // Nothing of the family is likelier than the fit.
        let likelihood = |mut model: DiagonalNormal| {
            samples.rows().into_iter().map(|x| model.log_density(&x.to_owned())).sum::<f64>()
        };
        let best = likelihood(fitted.clone());
        for (mean, deviation) in [(1e-3, 1.0), (-1e-3, 1.0), (0.0, 1.005), (0.0, 0.995)] {
            let moved = DiagonalNormal::new(&fitted.mean + mean, &fitted.deviation * deviation).expect("valid");
            assert!(likelihood(moved) < best);
        }
    }

    #[test]
    fn wrong_parameters_are_named() {
        let message = |mean: &[f64], sigma: &[f64]| {
            DiagonalNormal::new(mean.to_vec(), sigma.to_vec()).expect_err("invalid").to_string()
        };
        assert_eq!(message(&[0.0], &[0.0]), "standard deviation 0 must be finite and positive, got 0");
        assert_eq!(message(&[0.0, f64::NAN], &[1.0, 1.0]), "mean 1 must be finite, got NaN");
        assert_eq!(message(&[0.0, 1.0], &[1.0]), "standard deviations: expected shape [2], got [1]");
        assert!(DiagonalNormal::standard(0).is_err());
        let read = |text: &str| serde_json::from_str::<DiagonalNormal>(text);
        assert!(read(r#"{"mean": [0.0], "standard_deviation": [-1.0]}"#).is_err(), "no invalid one can be read");
        let normal = DiagonalNormal::new(vec![0.1, 1.0 / 3.0], vec![1e-3, 7.0]).expect("valid");
        let text = serde_json::to_string(&normal).expect("numbers");
        assert_eq!(read(&text).expect("what was written"), normal);
        let constant = DiagonalNormal::fit(&array![[1.0, 2.0], [2.0, 2.0]].view()).expect_err("no spread");
        assert_eq!(constant.to_string(), "standard deviation 1 must be finite and positive, got 0");
        assert!(DiagonalNormal::fit(&array![[1.0]].view()).is_err());
        assert!(DiagonalNormal::fit(&array![[1.0], [f64::NAN]].view()).is_err());
    }
}
