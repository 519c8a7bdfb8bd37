//! Linear maps of features to zero mean and unit variance, with their log-determinant.

use crate::{Error, Result};
use mol_core::nalgebra::{DMatrix, SymmetricEigen};
use mol_core::ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// x = μ + A y, invertible; fixed once fitted.
///
/// ```text
/// per feature   A = diag(σ)
/// principal     A = V Λ^½     with the covariance V Λ Vᵀ of the samples
/// ```
///
/// y is the whitened side: mean 0, variance 1, and uncorrelated after [`principal`](Self::principal). μ and A are in the unit of x.
///
/// ```
/// use mol_core::ndarray::array;
/// use mol_gen::flow::Whitening;
/// let white = Whitening::per_feature(&array![[1.0], [3.0]].view())?;
/// let mut y = [3.0];
/// white.whiten(&mut y);
/// assert_eq!((y[0], white.log_det()), (1.0, 0.0)); // deviation 1: ln |det A| = 0
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Whitening {
    mean: Vec<f64>,
    /// A, row-major; `None` is the identity.
    matrix: Option<DMatrix<f64>>,
    inverse: Option<DMatrix<f64>>,
    log_det: f64,
}

impl Whitening {
    /// Leaves `dim` features as they are.
    #[must_use]
    pub fn identity(dim: usize) -> Self {
        Self { mean: vec![0.0; dim], matrix: None, inverse: None, log_det: 0.0 }
    }

    /// Mean and standard deviation of each feature of `samples` `[samples, dim]`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two samples; [`Error::InvalidComponent`] naming a feature that does not vary or is not finite.
    pub fn per_feature(samples: &ArrayView2<'_, f64>) -> Result<Self> {
        let (mean, covariance) = moments(samples)?;
        let deviations: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
        let dim = mean.len();
        let matrix = DMatrix::from_fn(dim, dim, |i, j| if i == j { deviations[i] } else { 0.0 });
        let inverse = DMatrix::from_fn(dim, dim, |i, j| if i == j { 1.0 / deviations[i] } else { 0.0 });
        let log_det = deviations.iter().map(|s| s.ln()).sum();
        Ok(Self { mean, matrix: Some(matrix), inverse: Some(inverse), log_det })
    }

    /// Principal axes of `samples` `[samples, dim]`, stiffest last; the [`identity`](Self::identity) of no features. Cost O(dim³).
    ///
    /// # Errors
    /// As [`per_feature`](Self::per_feature), and [`Error::InvalidComponent`] naming an axis along which the samples do not spread.
    pub fn principal(samples: &ArrayView2<'_, f64>) -> Result<Self> {
        let (mean, covariance) = moments(samples)?;
        let dim = mean.len();
        if dim == 0 {
            return Ok(Self::identity(0));
        }
        // In units of each feature's deviation: Å and radians then weigh alike.
        let deviations: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
        let correlation = DMatrix::from_fn(dim, dim, |i, j| covariance[(i, j)] / (deviations[i] * deviations[j]));
        let eigen = SymmetricEigen::new(correlation);
        let mut order: Vec<usize> = (0..dim).collect();
        order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
        if let Some(index) = order.iter().position(|k| eigen.eigenvalues[*k] <= 1e-12) {
            let got = eigen.eigenvalues[order[index]];
            let what = "variance along principal axis";
            return Err(Error::InvalidComponent { what, index, expected: "positive: a feature repeats others", got });
        }
        let roots: Vec<f64> = order.iter().map(|k| eigen.eigenvalues[*k].sqrt()).collect();
        let axis = |i: usize, j: usize| eigen.eigenvectors[(i, order[j])];
        let matrix = DMatrix::from_fn(dim, dim, |i, j| deviations[i] * axis(i, j) * roots[j]);
        let inverse = DMatrix::from_fn(dim, dim, |j, i| axis(i, j) / (roots[j] * deviations[i]));
        let log_det = deviations.iter().chain(&roots).map(|s| s.ln()).sum();
        Ok(Self { mean, matrix: Some(matrix), inverse: Some(inverse), log_det })
    }

    /// Number of features.
    #[must_use]
    pub const fn dim(&self) -> usize {
        self.mean.len()
    }

    /// ln |det A| = ln |det ∂x/∂y|.
    #[must_use]
    pub const fn log_det(&self) -> f64 {
        self.log_det
    }

    /// Whether matrices fit the features and all numbers are finite; what was read from a file may not be.
    pub(super) fn is_valid(&self) -> bool {
        let fits = |matrix: &Option<DMatrix<f64>>| {
            matrix.as_ref().is_none_or(|m| m.shape() == (self.dim(), self.dim()) && m.iter().all(|x| x.is_finite()))
        };
        let pair = self.matrix.is_some() == self.inverse.is_some();
        let finite = self.log_det.is_finite() && self.mean.iter().all(|x| x.is_finite());
        pair && finite && fits(&self.matrix) && fits(&self.inverse)
    }

    /// x → y = A⁻¹ (x − μ).
    ///
    /// # Panics
    /// If `x` has not `dim` numbers.
    pub fn whiten(&self, x: &mut [f64]) {
        assert_eq!(x.len(), self.dim(), "features of the whitening");
        let centred: Vec<f64> = x.iter().zip(&self.mean).map(|(x, mean)| x - mean).collect();
        multiply(self.inverse.as_ref(), false, &centred, x);
    }

    /// y → x = μ + A y.
    ///
    /// # Panics
    /// If `y` has not `dim` numbers.
    pub fn colour(&self, y: &mut [f64]) {
        assert_eq!(y.len(), self.dim(), "features of the whitening");
        let white = y.to_vec();
        multiply(self.matrix.as_ref(), false, &white, y);
        for (y, mean) in y.iter_mut().zip(&self.mean) {
            *y += mean;
        }
    }

    /// ∂L/∂x → ∂L/∂y = Aᵀ ∂L/∂x.
    ///
    /// # Panics
    /// If `gradient` has not `dim` numbers.
    pub fn pull_back(&self, gradient: &mut [f64]) {
        assert_eq!(gradient.len(), self.dim(), "features of the whitening");
        let by_x = gradient.to_vec();
        multiply(self.matrix.as_ref(), true, &by_x, gradient);
    }
}

/// out = M x or Mᵀ x, sums in index order.
fn multiply(matrix: Option<&DMatrix<f64>>, transposed: bool, x: &[f64], out: &mut [f64]) {
    let Some(matrix) = matrix else {
        out.copy_from_slice(x);
        return;
    };
    for (i, out) in out.iter_mut().enumerate() {
        let entry = |j: usize| if transposed { matrix[(j, i)] } else { matrix[(i, j)] };
        *out = x.iter().enumerate().map(|(j, x)| entry(j) * x).sum();
    }
}

/// Mean and covariance (divisor n), refusing features that do not vary.
fn moments(samples: &ArrayView2<'_, f64>) -> Result<(Vec<f64>, DMatrix<f64>)> {
    let (n, dim) = samples.dim();
    if n < 2 {
        return Err(Error::TooFew { what: "samples to fit a whitening", expected: 2, got: n });
    }
    let mean: Vec<f64> = samples.columns().into_iter().map(|c| c.sum() / n as f64).collect();
    let mut covariance = DMatrix::<f64>::zeros(dim, dim);
    for row in samples.rows() {
        for i in 0..dim {
            for j in 0..=i {
                covariance[(i, j)] += (row[i] - mean[i]) * (row[j] - mean[j]) / n as f64;
            }
        }
    }
    for i in 0..dim {
        for j in i + 1..dim {
            covariance[(i, j)] = covariance[(j, i)];
        }
        let got: f64 = covariance[(i, i)];
        if !(got.is_finite() && got > 0.0) {
            let what = "variance of feature";
            return Err(Error::InvalidComponent { what, index: i, expected: "finite and positive", got });
        }
    }
    Ok((mean, covariance))
}
