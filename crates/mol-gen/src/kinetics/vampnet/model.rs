//! A trained VAMPnet: memberships of frames, their kinetics, files, and its use on frames of atoms.

use super::super::data;
use super::super::koopman::{Koopman, KoopmanModel};
use super::super::linear::LinearMap;
use super::super::score::Score;
use super::VampnetConfig;
use super::network::{Network, Trace};
use super::objective::{memberships, score_of};
use crate::{Error, Result};
use mol_core::ndarray::{Array1, Array2, ArrayBase, ArrayView1, ArrayViewMut1, Data, Ix2};
use mol_core::tensor::{Archive, Parameters};
use mol_core::{Featurizer, Frame, Vec3};
use std::path::Path;
use std::sync::Arc;

const FORMAT: &str = "molkit-vampnet";
const VERSION: u32 = 1;

/// Soft states that a VAMPnet found; made by [`Vampnet::fit`](super::Vampnet::fit).
///
/// Trained in single, evaluated in double precision: derivatives of memberships are exact to rounding.
#[derive(Clone, Debug, PartialEq)]
pub struct VampnetModel {
    pub(super) config: VampnetConfig,
    pub(super) input: LinearMap,
    pub(super) network: Network,
    pub(super) validation: Option<f64>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Header {
    config: VampnetConfig,
    features: usize,
    inputs: usize,
    validation: Option<f64>,
}

impl VampnetModel {
    /// Settings it was trained with.
    #[must_use]
    pub const fn config(&self) -> &VampnetConfig {
        &self.config
    }

    /// Number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.network.states()
    }

    /// Best score of the held-out trajectories during training.
    #[must_use]
    pub const fn validation(&self) -> Option<f64> {
        self.validation
    }

    /// Memberships χ of every frame, shape `[frames, states]`; rows sum to 1.
    ///
    /// # Errors
    /// If the frames have another number of features or one is not finite.
    pub fn transform<S: Data<Elem = f64>>(&self, trajectory: &ArrayBase<S, Ix2>) -> Result<Array2<f64>> {
        data::check_features(&[trajectory.view()], self.input.mean().len())?;
        data::check_finite(&[trajectory.view()])?;
        Ok(memberships(&self.network, &self.input.transform(trajectory)?))
    }

    /// [`transform`](Self::transform) of several trajectories.
    ///
    /// # Errors
    /// As there, naming the trajectory.
    pub fn transform_all<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>]) -> Result<Vec<Array2<f64>>> {
        let views = data::views(trajectories);
        data::check_features(&views, self.input.mean().len())?;
        data::check_finite(&views)?;
        views.iter().map(|x| self.transform(x)).collect()
    }

    /// The propagator between the states, estimated on `trajectories`.
    ///
    /// # Errors
    /// As [`transform_all`](Self::transform_all) and [`Koopman::fit`].
    pub fn koopman<S: Data<Elem = f64>>(
        &self,
        trajectories: &[ArrayBase<S, Ix2>],
        estimator: &Koopman,
    ) -> Result<KoopmanModel> {
        estimator.fit(&self.transform_all(trajectories)?)
    }

    /// Relaxation times [frames] at the lag of the training, reversible: states − 1 of them.
    ///
    /// # Errors
    /// As [`koopman`](Self::koopman).
    pub fn timescales<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>]) -> Result<Vec<f64>> {
        Ok(self.koopman(trajectories, &Koopman::new(self.config.lag))?.timescales())
    }

    /// The score of the memberships on other trajectories: of the space they span, so that VAMP-E, with singular values fitted to these
    /// trajectories, equals VAMP-2.
    ///
    /// # Errors
    /// As [`transform_all`](Self::transform_all) and [`Covariances::estimate`](super::super::Covariances::estimate).
    pub fn score<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>], which: Score) -> Result<f64> {
        score_of(&self.transform_all(trajectories)?, self.config.lag, which)
    }

    /// Memberships of the features of a frame of atoms, with exact derivatives.
    ///
    /// # Errors
    /// If the featurizer has another number of features than the data of the training.
    pub fn featurizer(&self, featurizer: Box<dyn Featurizer>) -> Result<VampnetFeaturizer> {
        let features = self.input.mean().len();
        mol_core::Error::check_len("features of a featurizer", features, featurizer.dim())?;
        let inner = Array1::zeros(features);
        Ok(VampnetFeaturizer { model: Arc::new(self.clone()), featurizer, inner, trace: Trace::default() })
    }

    /// Writes the model as safetensors, atomically.
    ///
    /// # Errors
    /// With the path, if it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let (features, inputs) = self.input.coefficients().dim();
        let header = Header { config: self.config.clone(), features, inputs, validation: self.validation };
        let mut archive = Archive::new(FORMAT, VERSION, &header)?;
        let flat = |x: &Array2<f64>| x.iter().copied().collect::<Vec<f64>>();
        archive.push("input.mean", &[features], &self.input.mean().to_vec());
        archive.push("input.coefficients", &[features, inputs], &flat(self.input.coefficients()));
        for (name, shape, values) in self.network.matrices() {
            archive.push(name, &shape, values);
        }
        Ok(archive.save(path)?)
    }

    /// Reads a model back: the same bits.
    ///
    /// # Errors
    /// If the file is damaged, not a VAMPnet or of a newer version (with its path).
    pub fn load(path: &Path) -> Result<Self> {
        let archive = Archive::open(path, FORMAT, VERSION)?;
        let Header { config, features, inputs, validation } = archive.config()?;
        config.validate()?;
        let coefficients = archive.tensor("input.coefficients", &[features, inputs])?;
        let coefficients = Array2::from_shape_vec((features, inputs), coefficients).expect("the archive checks shapes");
        let input = LinearMap::new(archive.tensor("input.mean", &[features])?.into(), coefficients)?;
        if inputs == 0 {
            return Err(Error::TooFew { what: "inputs of a VAMPnet", expected: 1, got: 0 });
        }
        let widths = config.widths(inputs);
        let mut weights = Parameters::<f64>::default();
        for (layer, pair) in widths.windows(2).enumerate() {
            for (kind, shape) in [("weights", [pair[0], pair[1]]), ("bias", [1, pair[1]])] {
                let name = format!("layer{layer}.{kind}");
                let values = archive.tensor::<f64>(&name, &shape)?;
                weights.push(name, (shape[0], shape[1]), &values)?;
            }
        }
        let network = Network::new(&weights, &widths, config.activation)?;
        Ok(Self { config, input, network, validation })
    }
}

/// Memberships of a [`VampnetModel`] as functions of the atoms: a learned coordinate that can bias a simulation.
#[derive(Clone)]
pub struct VampnetFeaturizer {
    model: Arc<VampnetModel>,
    featurizer: Box<dyn Featurizer>,
    /// Scratch: features, or their cotangent.
    inner: Array1<f64>,
    trace: Trace,
}

impl Featurizer for VampnetFeaturizer {
    fn atoms(&self) -> usize {
        self.featurizer.atoms()
    }

    fn dim(&self) -> usize {
        self.model.states()
    }

    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        assert_eq!(out.len(), self.dim(), "features: length of the output");
        self.featurizer.features(frame, self.inner.view_mut());
        self.inner -= self.model.input.mean();
        let x = self.inner.dot(self.model.input.coefficients()).to_vec();
        let memberships = self.model.network.trace(&x, &mut self.trace);
        out.iter_mut().zip(memberships).for_each(|(out, p)| *out = *p);
    }

    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        assert_eq!(cotangent.len(), self.dim(), "pull_back: length of the cotangent");
        let inputs = Array1::from(self.model.network.pull_back(&self.trace, &cotangent.to_vec()));
        self.inner.assign(&self.model.input.coefficients().dot(&inputs));
        self.featurizer.pull_back(frame, self.inner.view(), gradient);
    }

    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(self.clone())
    }
}
