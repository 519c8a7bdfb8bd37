//! Variational scores of coordinates: VAMP-1, VAMP-2, VAMP-E.

use super::algebra::whitening_above;
use super::covariance::Covariances;
use mol_core::nalgebra::{DMatrix, DVector};

/// Which variational score; larger is better, and the true slow processes have the largest.
///
/// ```text
/// K̄ = C₀₀^(−½) C₀t C_tt^(−½), singular values σᵢ
/// VAMP-1 = 1 + Σ σᵢ       VAMP-2 = 1 + Σ σᵢ²
/// VAMP-E = 1 + 2 tr(S Uᵀ C₀t V) − tr(S Uᵀ C₀₀ U S Vᵀ C_tt V)
/// ```
///
/// Covariances are those of the data scored, about these data's own means (so VAMP-E does not see that held-out data have other
/// means than those of the fit); U, S, V are the singular functions and values of the model scored, fitted
/// elsewhere. VAMP-1 and -2 score the space that the model's functions span, VAMP-E also its singular values. The 1 is
/// the constant function, which means removed took out; functions that are constant on the data scored add nothing. On the data of the fit VAMP-E equals VAMP-2.
///
/// H. Wu and F. Noé, *J. Nonlinear Sci.* **30**, 23 (2020), Eqs. 30 and 33.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Score {
    /// Sum of singular values.
    Vamp1,
    /// Sum of their squares: the kinetic variance.
    Vamp2,
    /// What the model's Koopman operator explains of the data's.
    VampE,
}

impl Score {
    /// f(σ) of one singular value of a model scored on its own data, and f′(σ).
    pub(super) fn of_singular_value(self, sigma: f64) -> (f64, f64) {
        match self {
            Self::Vamp1 => (sigma, 1.0),
            Self::Vamp2 | Self::VampE => (sigma * sigma, 2.0 * sigma),
        }
    }
}

/// Relative eigenvalue below which a direction of the scored functions counts as constant.
const RANK: f64 = 1e-10;
/// Variance up to which a function counts as constant on the data scored; on those of its fit it is about 1.
const CONSTANT: f64 = 1e-20;

/// The score of functions U (earlier frame) and V (later frame), columns of coefficients, on covariances of other data.
pub(super) fn score(
    which: Score,
    data: &Covariances,
    (left, right, sigma): (&DMatrix<f64>, &DMatrix<f64>, &DVector<f64>),
) -> f64 {
    let [c00, c0t, ctt] = data.projected(left, right);
    match which {
        Score::Vamp1 | Score::Vamp2 => {
            let [l, r] = [c00, ctt].map(|c| whitening_above(&c, |_| CONSTANT, RANK));
            if l.ncols() == 0 || r.ncols() == 0 {
                return 1.0;
            }
            let k = l.transpose() * c0t * r;
            1.0 + k.singular_values().iter().map(|s| which.of_singular_value(*s).0).sum::<f64>()
        }
        Score::VampE => {
            let s = DMatrix::from_diagonal(sigma);
            1.0 + 2.0 * (&s * c0t.transpose()).trace() - (&s * c00 * &s * ctt).trace()
        }
    }
}
