//! Time-lagged independent component analysis: the slowest linear coordinates.

use super::algebra::{array, array1, sign, symmetric_eigen, timescale, whitening};
use super::covariance::{CovarianceConfig, Covariances};
use super::data;
use super::linear::{LinearFeaturizer, LinearMap};
use super::score::{Score, score};
use crate::{Error, Result};
use mol_core::Featurizer;
use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::ndarray::{Array1, Array2, ArrayBase, Data, Ix2};

/// How the components are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Scaling {
    /// Unit variance.
    #[default]
    UnitVariance,
    /// Component i times λᵢ: Euclidean distance is then kinetic distance (Noé and Clementi 2015).
    KineticMap,
}

/// Estimator of the linear combinations of features that decorrelate most slowly.
///
/// ```text
/// C₀t w = λ C₀₀ w,   wᵀ C₀₀ w = 1,   tᵢ = −τ / ln λᵢ
/// ```
///
/// Covariances are reversible ([`CovarianceConfig::reversible`]) with means removed, so λ is real and at most 1. C₀₀ is
/// whitened over the eigenvectors of the correlation matrix with eigenvalues above `epsilon`. Among all linear combinations the
/// components have the largest autocorrelations at τ; by the variational principle, every tᵢ is a lower bound (for
/// infinite data). Not to be confused with PCA, whose components vary most, and VAMP, which needs no
/// reversibility.
///
/// ```
/// use mol_core::{Seed, ndarray::Array2};
/// use mol_gen::kinetics::Tica;
/// // A slow and a fast first-order process, mixed; correlation times 50 and 2 frames.
/// let mut rng = Seed::new(1).rng();
/// let (mut slow, mut fast) = (0.0, 0.0);
/// let x = Array2::from_shape_fn((100_000, 2), |(_, k)| {
///     if k == 0 {
///         let decay = [(-1.0_f64 / 50.0).exp(), (-1.0_f64 / 2.0).exp()];
///         slow = decay[0] * slow + (1.0 - decay[0] * decay[0]).sqrt() * rng.normal();
///         fast = decay[1] * fast + (1.0 - decay[1] * decay[1]).sqrt() * rng.normal();
///     }
///     [slow + 2.0 * fast, fast - 0.5 * slow][k]
/// });
/// let model = Tica::new(2).fit(&[x])?;
/// assert!((model.timescales()[0] / 50.0 - 1.0).abs() < 0.1);
/// assert!((model.timescales()[1] / 2.0 - 1.0).abs() < 0.1);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// L. Molgedey and H. G. Schuster, *Phys. Rev. Lett.* **72**, 3634 (1994); G. Pérez-Hernández *et al.*, *J. Chem. Phys.* **139**,
/// 015102 (2013); F. Noé and C. Clementi, *J. Chem. Theory Comput.* **11**, 5002 (2015).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Tica {
    /// Lag τ [frames].
    pub lag: usize,
    /// Components kept; all of the rank if `None`.
    pub dim: Option<usize>,
    /// Eigenvalues of the correlation matrix up to this are dropped.
    pub epsilon: f64,
    /// Scale of the components.
    pub scaling: Scaling,
}

impl Tica {
    /// All components at `lag` [frames], unit variance, ε = 10⁻⁶.
    #[must_use]
    pub const fn new(lag: usize) -> Self {
        Self { lag, dim: None, epsilon: 1e-6, scaling: Scaling::UnitVariance }
    }

    /// Fits the components to `trajectories`, shape `[frames, features]` each. Cost O(frames features² + features³).
    ///
    /// # Errors
    /// As [`Covariances::estimate`]; for a `dim` of 0, an ε that is negative or not finite, and features that are all constant.
    pub fn fit<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>]) -> Result<TicaModel> {
        self.fit_covariances(&Covariances::estimate(
            trajectories,
            self.lag,
            CovarianceConfig { remove_mean: true, reversible: true },
        )?)
    }

    /// As [`fit`](Self::fit), from reversible covariances of means removed.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and for covariances of another lag or not symmetric.
    pub fn fit_covariances(&self, c: &Covariances) -> Result<TicaModel> {
        check_settings(self.lag, self.dim, self.epsilon, c)?;
        let asymmetry = (&c.c0t - c.c0t.transpose()).amax().max((&c.c00 - &c.ctt).amax());
        data::argument("covariances for TICA", "reversible", asymmetry <= 1e-9 * c.c00.amax(), &"others")?;
        let l = whitening(&c.c00, &c.mean_0, self.epsilon);
        check_rank(&l)?;
        let (values, vectors) = symmetric_eigen(&(l.transpose() * &c.c0t * &l));
        let dim = self.dim.unwrap_or(l.ncols()).min(l.ncols());
        let mut w = l * vectors.columns(0, dim);
        for mut column in w.column_iter_mut() {
            // The sign by the largest contribution: coefficient times deviation of the feature.
            column *= sign(column.iter().enumerate().map(|(i, w)| w * c.c00[(i, i)].max(0.0).sqrt()));
        }
        let unit_variance = LinearMap::new(array1(&c.mean_0), array(&w))?;
        let eigenvalues = values.iter().copied().collect();
        TicaModel::try_from(Parts { lag: self.lag, scaling: self.scaling, unit_variance, eigenvalues })
    }
}

/// What TICA and VAMP ask of their settings.
pub(super) fn check_settings(lag: usize, dim: Option<usize>, epsilon: f64, c: &Covariances) -> Result<()> {
    data::argument("lag of the covariances [frames]", "that of the estimator", c.lag == lag, &c.lag)?;
    data::argument("components kept", "at least 1", dim != Some(0), &0)?;
    check_epsilon(epsilon)
}

/// What whitening asks of its cut.
pub(super) fn check_epsilon(epsilon: f64) -> Result<()> {
    data::argument("epsilon", "zero or positive and finite", epsilon >= 0.0 && epsilon.is_finite(), &epsilon)
}

pub(super) fn check_rank(l: &DMatrix<f64>) -> Result<()> {
    if l.ncols() == 0 {
        return Err(Error::TooFew { what: "features that vary", expected: 1, got: 0 });
    }
    Ok(())
}

/// The slow linear coordinates that [`Tica`] found.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct TicaModel {
    lag: usize,
    scaling: Scaling,
    /// The components at unit variance: λ = 0 would leave nothing of one in a kinetic map.
    unit_variance: LinearMap,
    /// The components as scaled.
    map: LinearMap,
    /// All of the rank, the kept components' first.
    eigenvalues: Vec<f64>,
}

/// The written form; what is read is checked.
#[derive(serde::Serialize, serde::Deserialize)]
struct Parts {
    lag: usize,
    scaling: Scaling,
    unit_variance: LinearMap,
    eigenvalues: Vec<f64>,
}

impl TryFrom<Parts> for TicaModel {
    type Error = Error;
    fn try_from(Parts { lag, scaling, unit_variance, eigenvalues }: Parts) -> Result<Self> {
        data::check_lag(lag)?;
        let dim = unit_variance.coefficients().ncols();
        if eigenvalues.len() < dim {
            return Err(Error::TooFew { what: "eigenvalues of a TICA model", expected: dim, got: eigenvalues.len() });
        }
        let map = match scaling {
            Scaling::UnitVariance => unit_variance.clone(),
            Scaling::KineticMap => {
                let w = unit_variance.coefficients();
                let scaled = Array2::from_shape_fn(w.raw_dim(), |(i, j)| w[[i, j]] * eigenvalues[j]);
                LinearMap::new(unit_variance.mean().clone(), scaled)?
            }
        };
        Ok(Self { lag, scaling, unit_variance, map, eigenvalues })
    }
}

impl From<TicaModel> for Parts {
    fn from(TicaModel { lag, scaling, unit_variance, map: _, eigenvalues }: TicaModel) -> Self {
        Self { lag, scaling, unit_variance, eigenvalues }
    }
}

impl TicaModel {
    /// Lag τ [frames].
    #[must_use]
    pub const fn lag(&self) -> usize {
        self.lag
    }

    /// Number of components kept.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.map.coefficients().ncols()
    }

    /// Autocorrelations λ of all components of the rank, descending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// Timescales −τ / ln λ [frames] of all components of the rank; NaN where λ ≤ 0.
    #[must_use]
    pub fn timescales(&self) -> Array1<f64> {
        self.eigenvalues.iter().map(|value| timescale(*value, self.lag)).collect()
    }

    /// The components as a map y = Wᵀ (x − μ) of the features.
    #[must_use]
    pub const fn map(&self) -> &LinearMap {
        &self.map
    }

    /// Share of the kinetic variance Σ λ² in the first k components, for k = 1, 2, …
    #[must_use]
    pub fn cumulative_kinetic_variance(&self) -> Vec<f64> {
        let total: f64 = self.eigenvalues.iter().map(|v| v * v).sum();
        let mut sum = 0.0;
        let share = |value: &f64| {
            sum += value * value;
            sum / total
        };
        self.eigenvalues.iter().map(share).collect()
    }

    /// The components of every frame, shape `[frames, dim]`.
    ///
    /// # Errors
    /// [`Error::FeatureCount`] if the frames have another number of features.
    pub fn transform<S: Data<Elem = f64>>(&self, trajectory: &ArrayBase<S, Ix2>) -> Result<Array2<f64>> {
        self.map.transform(trajectory)
    }

    /// The [`Score`] of the kept components on other trajectories.
    ///
    /// # Errors
    /// As [`Covariances::estimate`], and [`Error::FeatureCount`].
    pub fn score<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>], which: Score) -> Result<f64> {
        let views = data::views(trajectories);
        data::check_features(&views, self.map.mean().len())?;
        let c = Covariances::of_views(&views, self.lag, CovarianceConfig { remove_mean: true, reversible: true })?;
        // Whatever the scale of the components.
        let w = self.unit_variance.coefficients();
        let unit = DMatrix::from_fn(w.nrows(), w.ncols(), |i, j| w[[i, j]]);
        let sigma = DVector::from_iterator(w.ncols(), self.eigenvalues.iter().take(w.ncols()).copied());
        Ok(score(which, &c, (&unit, &unit, &sigma)))
    }

    /// The components of the features of a frame of atoms.
    ///
    /// # Errors
    /// If the featurizer has another number of features than the data of the fit.
    pub fn featurizer(&self, featurizer: Box<dyn Featurizer>) -> Result<LinearFeaturizer> {
        self.map.featurizer(featurizer)
    }
}
