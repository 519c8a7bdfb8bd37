//! Linear maps of features: what TICA and VAMP fit, and its use on frames of atoms.

use super::data;
use crate::{Error, Result};
use mol_core::ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayView2, ArrayViewMut1, Data, Ix2};
use mol_core::{Featurizer, Frame, Vec3};
use std::sync::Arc;

/// y = Wᵀ (x − μ): μ shape `[features]`, W shape `[features, dim]`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct LinearMap {
    mean: Array1<f64>,
    coefficients: Array2<f64>,
}

impl LinearMap {
    /// The map with these means, shape `[features]`, and coefficients, shape `[features, dim]`.
    ///
    /// # Errors
    /// If the shapes do not fit or a number is not finite.
    pub fn new(mean: Array1<f64>, coefficients: Array2<f64>) -> Result<Self> {
        mol_core::Error::check_len("rows of the coefficients", mean.len(), coefficients.nrows())?;
        let values = mean.iter().chain(&coefficients);
        if let Some((index, value)) = values.enumerate().find(|(_, v)| !v.is_finite()) {
            return Err(mol_core::Error::NotFinite { what: "number of a linear map", index, value: *value }.into());
        }
        Ok(Self { mean, coefficients })
    }

    /// Means μ, shape `[features]`.
    #[must_use]
    pub const fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// Coefficients W, shape `[features, dim]`.
    #[must_use]
    pub const fn coefficients(&self) -> &Array2<f64> {
        &self.coefficients
    }

    /// Wᵀ (x − μ) of every frame, shape `[frames, dim]`.
    ///
    /// # Errors
    /// [`Error::FeatureCount`] if the frames have another number of features.
    pub fn transform<S: Data<Elem = f64>>(&self, trajectory: &ArrayBase<S, Ix2>) -> Result<Array2<f64>> {
        data::check_features(&[trajectory.view()], self.mean.len())?;
        Ok(trajectory.dot(&self.coefficients) - &self.mean.dot(&self.coefficients))
    }

    /// The map applied to the output of `featurizer`.
    ///
    /// # Errors
    /// If the featurizer has another number of features.
    pub fn featurizer(&self, featurizer: Box<dyn Featurizer>) -> Result<LinearFeaturizer> {
        mol_core::Error::check_len("features of a featurizer", self.mean.len(), featurizer.dim())?;
        let inner = Array1::zeros(self.mean.len());
        Ok(LinearFeaturizer { map: Arc::new(self.clone()), featurizer, inner })
    }
}

/// The written form of a [`LinearMap`]; reading goes through [`LinearMap::new`].
#[derive(serde::Serialize, serde::Deserialize)]
struct Parts {
    mean: Array1<f64>,
    coefficients: Array2<f64>,
}

impl TryFrom<Parts> for LinearMap {
    type Error = Error;
    fn try_from(parts: Parts) -> Result<Self> {
        Self::new(parts.mean, parts.coefficients)
    }
}

impl From<LinearMap> for Parts {
    fn from(map: LinearMap) -> Self {
        Self { mean: map.mean, coefficients: map.coefficients }
    }
}

/// A [`LinearMap`] of the features of a frame: learned coordinates as functions of the atoms.
///
/// [`component`](mol_core::FeaturizerExt::component) makes a [`CollectiveVariable`](mol_core::CollectiveVariable) of one
/// output, with its exact derivative, so that a slow coordinate can bias a simulation.
#[derive(Clone)]
pub struct LinearFeaturizer {
    map: Arc<LinearMap>,
    featurizer: Box<dyn Featurizer>,
    /// Scratch: features x − μ, or the cotangent W c.
    inner: Array1<f64>,
}

impl Featurizer for LinearFeaturizer {
    fn atoms(&self) -> usize {
        self.featurizer.atoms()
    }

    fn dim(&self) -> usize {
        self.map.coefficients.ncols()
    }

    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        assert_eq!(out.len(), self.dim(), "features: length of the output");
        self.featurizer.features(frame, self.inner.view_mut());
        self.inner -= &self.map.mean;
        out.fill(0.0);
        for (x, row) in self.inner.iter().zip(self.map.coefficients.outer_iter()) {
            out.scaled_add(*x, &row);
        }
    }

    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        self.inner.assign(&self.map.coefficients.dot(&cotangent));
        self.featurizer.pull_back(frame, self.inner.view(), gradient);
    }

    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(self.clone())
    }
}

/// The features of many frames, shape `[frames, dim]`, in the order given.
///
/// ```
/// use mol_core::{Frame, Vec3, geometry::DistanceFeatures};
/// let frames = [[Vec3::zeros(), Vec3::x()], [Vec3::zeros(), Vec3::x() * 2.0]];
/// let x = mol_gen::kinetics::featurize(&mut DistanceFeatures::all(2), frames.iter().map(|x| Frame::isolated(x)));
/// assert_eq!(x.into_raw_vec_and_offset().0, [1.0, 2.0]);
/// ```
///
/// # Panics
/// If a frame is of another number of atoms than the featurizer.
pub fn featurize<'a>(featurizer: &mut dyn Featurizer, frames: impl Iterator<Item = Frame<'a>>) -> Array2<f64> {
    let (dim, mut values, mut count) = (featurizer.dim(), Vec::new(), 0);
    for frame in frames {
        values.resize((count + 1) * dim, 0.0);
        featurizer.features(frame, ArrayViewMut1::from(&mut values[count * dim..]));
        count += 1;
    }
    ArrayView2::from_shape((count, dim), &values).expect("one row per frame").to_owned()
}
