//! The Koopman operator on a few functions: propagators between soft states.

use super::algebra::{array, relaxation_time, symmetric_eigen, whitening};
use super::covariance::{CovarianceConfig, Covariances};
use super::data;
use crate::{Error, Result};
use mol_core::nalgebra::{Complex, DMatrix, DVector};
use mol_core::ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};

/// Estimator of the matrix that best propagates functions χ over a lag.
///
/// ```text
/// E[χ(x_{t+τ}) | x_t] ≈ Kᵀ χ(x_t),   K = C₀₀⁻¹ C₀t,   C of χ without means removed
/// ```
///
/// χ are usually memberships of soft states (rows that sum to 1, as a VAMPnet gives): then rows of K sum to 1, and K is the
/// transition matrix of a Markov model of those states; entries may be slightly negative. For memberships 0 and 1 it is the non-reversible
/// [`Msm`](super::Msm). With `reversible` every pair counts in both directions, so that eigenvalues are real; right for
/// equilibrium data only. Directions whose share in the correlation matrix is up to ε are left out.
///
/// ```
/// use mol_core::ndarray::array;
/// use mol_gen::kinetics::Koopman;
/// let hard = array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]];
/// let model = Koopman { reversible: false, ..Koopman::new(1) }.fit(&[hard])?;
/// assert!((model.matrix()[[0, 1]] - 0.5).abs() < 1e-12);
/// assert!((model.matrix()[[1, 0]] - 1.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// A. Mardt, L. Pasquali, H. Wu and F. Noé, *Nat. Commun.* **9**, 5 (2018), Eqs. 12–13.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Koopman {
    /// Lag τ [frames].
    pub lag: usize,
    /// Whether pairs count in both directions of time.
    pub reversible: bool,
    /// Eigenvalues of the correlation matrix up to this are dropped.
    pub epsilon: f64,
}

impl Koopman {
    /// Reversible, at `lag` [frames], ε = 10⁻⁸.
    #[must_use]
    pub const fn new(lag: usize) -> Self {
        Self { lag, reversible: true, epsilon: 1e-8 }
    }

    /// The model of functions along trajectories, shape `[frames, functions]` each.
    ///
    /// # Errors
    /// As [`Covariances::estimate`]; for an ε that is negative or not finite.
    pub fn fit<S: Data<Elem = f64>>(&self, functions: &[ArrayBase<S, Ix2>]) -> Result<KoopmanModel> {
        super::tica::check_epsilon(self.epsilon)?;
        let config = CovarianceConfig { remove_mean: false, reversible: self.reversible };
        let c = Covariances::estimate(functions, self.lag, config)?;
        Ok(self.solve(&c.c00, &c.c0t, &c.mean_0))
    }

    fn solve(&self, c00: &DMatrix<f64>, c0t: &DMatrix<f64>, mean: &DVector<f64>) -> KoopmanModel {
        let l = whitening(c00, &DVector::zeros(c00.nrows()), self.epsilon);
        let inner = l.transpose() * c0t * &l;
        // Functions that are all zero leave nothing: no eigenvalues, a matrix of zeros.
        let mut eigenvalues: Vec<Complex<f64>> = if inner.is_empty() {
            Vec::new()
        } else if self.reversible {
            symmetric_eigen(&inner).0.iter().map(|value| Complex::new(*value, 0.0)).collect()
        } else {
            inner.complex_eigenvalues().iter().copied().collect()
        };
        eigenvalues
            .sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.re.total_cmp(&a.re)).then(b.im.total_cmp(&a.im)));
        let matrix = array(&(&l * l.transpose() * c0t));
        KoopmanModel { lag: self.lag, matrix, eigenvalues, populations: mean.iter().copied().collect() }
    }

    /// Sums over the pairs of each trajectory, to be added with weights.
    pub(super) fn moments(&self, functions: &[ArrayView2<'_, f64>]) -> Result<Vec<Moments>> {
        super::tica::check_epsilon(self.epsilon)?;
        let d = data::features(functions)?;
        data::pairs(functions.iter().map(ArrayView2::nrows), self.lag)?;
        data::check_finite(functions)?;
        let config = CovarianceConfig { remove_mean: false, reversible: self.reversible };
        functions
            .iter()
            .map(|x| {
                if x.nrows() <= self.lag {
                    let zero = DMatrix::zeros(d, d);
                    return Ok(Moments { pairs: 0.0, c00: zero.clone(), c0t: zero, mean: DVector::zeros(d) });
                }
                let c = Covariances::of_views(&[*x], self.lag, config)?;
                let n = c.pairs as f64;
                Ok(Moments { pairs: n, c00: c.c00 * n, c0t: c.c0t * n, mean: c.mean_0 * n })
            })
            .collect()
    }

    /// The model of trajectories that count so many times each; an error if none of those counted holds a pair.
    pub(super) fn fit_weighted(&self, moments: &[Moments], times: &[f64]) -> Result<KoopmanModel> {
        let d = moments[0].mean.len();
        let (mut n, mut c00, mut c0t) = (0.0, DMatrix::zeros(d, d), DMatrix::zeros(d, d));
        let mut mean = DVector::zeros(d);
        for (m, times) in moments.iter().zip(times) {
            n += m.pairs * times;
            c00 += &m.c00 * *times;
            c0t += &m.c0t * *times;
            mean += &m.mean * *times;
        }
        if n <= 0.0 {
            return Err(Error::TooFew { what: "pairs of frames", expected: 1, got: 0 });
        }
        Ok(self.solve(&(c00 / n), &(c0t / n), &(mean / n)))
    }
}

/// Sums of products over the pairs of one trajectory.
pub(super) struct Moments {
    pairs: f64,
    c00: DMatrix<f64>,
    c0t: DMatrix<f64>,
    mean: DVector<f64>,
}

/// The propagator that [`Koopman`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct KoopmanModel {
    lag: usize,
    matrix: Array2<f64>,
    eigenvalues: Vec<Complex<f64>>,
    populations: Vec<f64>,
}

impl KoopmanModel {
    /// Lag τ [frames].
    #[must_use]
    pub const fn lag(&self) -> usize {
        self.lag
    }

    /// K, shape `[functions, functions]`, rows for the earlier frame.
    #[must_use]
    pub const fn matrix(&self) -> &Array2<f64> {
        &self.matrix
    }

    /// Means of the functions over the earlier frames of all pairs: populations of soft states.
    #[must_use]
    pub fn populations(&self) -> &[f64] {
        &self.populations
    }

    /// Eigenvalues by falling modulus; the first is 1 for memberships.
    #[must_use]
    pub fn eigenvalues(&self) -> &[Complex<f64>] {
        &self.eigenvalues
    }

    /// Relaxation times −τ / ln |λ| [frames] of all eigenvalues but the first; 0 for λ = 0, NaN for |λ| ≥ 1 (noise).
    #[must_use]
    pub fn timescales(&self) -> Vec<f64> {
        self.eigenvalues.iter().skip(1).map(|value| relaxation_time(value.norm(), self.lag)).collect()
    }

    /// Kᵏ, shape `[functions, functions]`.
    #[must_use]
    pub fn power(&self, k: u32) -> Array2<f64> {
        let m = &self.matrix;
        array(&DMatrix::from_fn(m.nrows(), m.ncols(), |i, j| m[[i, j]]).pow(k))
    }
}
