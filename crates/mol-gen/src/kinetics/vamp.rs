//! The variational approach for Markov processes: slow linear coordinates without reversibility.

use super::algebra::{array, array1, sign, whitening};
use super::covariance::{CovarianceConfig, Covariances};
use super::data;
use super::linear::{LinearFeaturizer, LinearMap};
use super::score::{Score, score};
use super::tica::{check_rank, check_settings};
use crate::Result;
use mol_core::Featurizer;
use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::ndarray::{Array2, ArrayBase, Data, Ix2};

/// Estimator of the linear singular functions of the Koopman operator.
///
/// ```text
/// C₀₀^(−½) C₀t C_tt^(−½) = U′ S V′ᵀ,   f = U′ᵀ C₀₀^(−½) (x_t − μ₀),   g = V′ᵀ C_tt^(−½) (x_{t+τ} − μ_t)
/// ```
///
/// f and g are the pairs of functions of earlier and later frames with the largest correlations σ ∈ [0, 1] (canonical
/// correlation analysis in time). Nothing assumes reversibility or stationarity; for reversible data it goes over into
/// [`Tica`](super::Tica), with σ = |λ|. Means are removed; the whitening is that of TICA.
///
/// ```
/// use mol_core::ndarray::Array2;
/// use mol_gen::kinetics::{Score, Vamp};
/// // A rotation loses nothing: both singular values are 1, where TICA would see cos 0.1 only.
/// let x = Array2::from_shape_fn((6283, 2), |(t, k)| (0.1 * t as f64 - 1.57 * k as f64).cos());
/// let model = Vamp::new(1).fit(&[x.view()])?;
/// assert!(model.singular_values()[1] > 0.9999);
/// assert!((model.score(&[x], Score::Vamp2)? - 3.0).abs() < 1e-4);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// H. Wu and F. Noé, *J. Nonlinear Sci.* **30**, 23 (2020).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Vamp {
    /// Lag τ [frames].
    pub lag: usize,
    /// Singular functions kept; all of the rank if `None`.
    pub dim: Option<usize>,
    /// Eigenvalues of the correlation matrices up to this are dropped.
    pub epsilon: f64,
}

impl Vamp {
    /// All singular functions at `lag` [frames], ε = 10⁻⁶.
    #[must_use]
    pub const fn new(lag: usize) -> Self {
        Self { lag, dim: None, epsilon: 1e-6 }
    }

    /// Fits the functions to `trajectories`, shape `[frames, features]` each. Cost O(frames features² + features³).
    ///
    /// # Errors
    /// As [`Tica::fit`](super::Tica::fit).
    pub fn fit<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>]) -> Result<VampModel> {
        self.fit_covariances(&Covariances::estimate(trajectories, self.lag, CovarianceConfig::default())?)
    }

    /// As [`fit`](Self::fit), from covariances of means removed.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and for covariances of another lag.
    pub fn fit_covariances(&self, c: &Covariances) -> Result<VampModel> {
        check_settings(self.lag, self.dim, self.epsilon, c)?;
        let l = whitening(&c.c00, &c.mean_0, self.epsilon);
        let r = whitening(&c.ctt, &c.mean_t, self.epsilon);
        check_rank(&l)?;
        check_rank(&r)?;
        let svd = (l.transpose() * &c.c0t * &r).svd(true, true);
        let (u, vt) = (svd.u.expect("asked for"), svd.v_t.expect("asked for"));
        let sigma = svd.singular_values;
        let dim = self.dim.unwrap_or(sigma.len()).min(sigma.len());
        let (mut left, mut right) = (l * u.columns(0, dim), r * vt.transpose().columns(0, dim));
        for k in 0..dim {
            let entries =
                left.column(k).iter().enumerate().map(|(i, w)| w * c.c00[(i, i)].max(0.0).sqrt()).collect::<Vec<_>>();
            let sign = sign(entries.into_iter());
            left.column_mut(k).scale_mut(sign);
            right.column_mut(k).scale_mut(sign);
        }
        Ok(VampModel {
            lag: self.lag,
            map: LinearMap::new(array1(&c.mean_0), array(&left))?,
            later: LinearMap::new(array1(&c.mean_t), array(&right))?,
            singular_values: sigma.iter().copied().collect(),
        })
    }
}

/// The singular functions that [`Vamp`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct VampModel {
    lag: usize,
    map: LinearMap,
    later: LinearMap,
    singular_values: Vec<f64>,
}

impl VampModel {
    /// Lag τ [frames].
    #[must_use]
    pub const fn lag(&self) -> usize {
        self.lag
    }

    /// Singular values σ of the whole rank, descending; the constant's 1 is not among them.
    #[must_use]
    pub fn singular_values(&self) -> &[f64] {
        &self.singular_values
    }

    /// Functions f of the earlier frame, a map of the features; the slow coordinates.
    #[must_use]
    pub const fn map(&self) -> &LinearMap {
        &self.map
    }

    /// Functions g of the later frame.
    #[must_use]
    pub const fn later(&self) -> &LinearMap {
        &self.later
    }

    /// f of every frame, shape `[frames, dim]`.
    ///
    /// # Errors
    /// [`Error::FeatureCount`](crate::Error::FeatureCount) if the frames have another number of features.
    pub fn transform<S: Data<Elem = f64>>(&self, trajectory: &ArrayBase<S, Ix2>) -> Result<Array2<f64>> {
        self.map.transform(trajectory)
    }

    /// The score of the kept functions on other trajectories (or those of the fit).
    ///
    /// # Errors
    /// As [`Covariances::estimate`], and [`Error::FeatureCount`](crate::Error::FeatureCount).
    pub fn score<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>], which: Score) -> Result<f64> {
        let views = data::views(trajectories);
        data::check_features(&views, self.map.mean().len())?;
        let c = Covariances::of_views(&views, self.lag, CovarianceConfig::default())?;
        let matrix = |map: &LinearMap| {
            let w = map.coefficients();
            DMatrix::from_fn(w.nrows(), w.ncols(), |i, j| w[[i, j]])
        };
        let (left, right) = (matrix(&self.map), matrix(&self.later));
        let kept = self.singular_values.iter().take(left.ncols()).copied();
        Ok(score(which, &c, (&left, &right, &DVector::from_iterator(left.ncols(), kept))))
    }

    /// f of the features of a frame of atoms.
    ///
    /// # Errors
    /// If the featurizer has another number of features than the data of the fit.
    pub fn featurizer(&self, featurizer: Box<dyn Featurizer>) -> Result<LinearFeaturizer> {
        self.map.featurizer(featurizer)
    }
}
