//! VAMPnets: soft states learned by maximising a variational score.
//!
//! The network ends in a softmax, so its outputs are memberships of states and its loss needs no labels, only pairs of frames a lag
//! apart. Loss ([`Score`] of a batch with its exact gradient), network and training are apart; the training loop, its checkpoints and
//! observers are those of mol-core's tensor layer. Deliberately not here: separate networks for earlier and later frames, and
//! networks on graphs (any [`Featurizer`](mol_core::Featurizer) comes in front).

mod loss;
mod model;
mod network;
mod objective;

pub use model::{VampnetFeaturizer, VampnetModel};

use super::algebra::{array, array1, whitening};
use super::covariance::{CovarianceConfig, Covariances};
use super::data;
use super::linear::LinearMap;
use super::score::Score;
use crate::{Error, Result};
use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::ndarray::{ArrayBase, ArrayView2, Data, Ix2};
use mol_core::tensor::{Activation, AdamConfig, Decay, Outcome, Progress, Real, Schedule, Trainer, TrainerConfig};
use mol_core::{Observer, Seed};
use network::Network;
use objective::Pairs;
use std::path::Path;

/// What is done to features before the network sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum InputScaling {
    /// Mean 0 and deviation 1 each; features that are constant are left out.
    #[default]
    Standardize,
    /// Uncorrelated, mean 0 and deviation 1, of as many directions as vary.
    Whiten,
}

/// Settings of a [`Vampnet`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct VampnetConfig {
    /// Lag τ [frames].
    pub lag: usize,
    /// Number of states, 2 or more.
    pub states: usize,
    /// Widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Scaling of the features.
    pub input: InputScaling,
    /// What is maximised.
    pub score: Score,
    /// ε added to the diagonals of C₀₀ and C_tt of a batch.
    pub epsilon: f64,
    /// Passes over all pairs.
    pub epochs: u64,
    /// Pairs per step, about: the last batch of an epoch has at least half as many as the others. A score needs many, say 500 and more.
    pub batch: usize,
    /// Learning rate of Adam.
    pub schedule: Schedule,
    /// Decay of the averaged weights, which are what is validated and kept.
    pub average: Option<f64>,
    /// Root of the initial weights and of the order of pairs.
    pub seed: Seed,
}

impl VampnetConfig {
    /// Two hidden layers of 32 (SiLU), VAMP-2, ε = 10⁻⁶, 20 epochs of batches of about 1000, rate 10⁻² falling along a cosine.
    #[must_use]
    pub fn new(lag: usize, states: usize) -> Self {
        Self {
            lag,
            states,
            hidden: vec![32, 32],
            activation: Activation::Silu,
            input: InputScaling::Standardize,
            score: Score::Vamp2,
            epsilon: 1e-6,
            epochs: 20,
            batch: 1000,
            schedule: Schedule { rate: 1e-2, warmup: 10, decay: Decay::Cosine { floor: 0.02 } },
            average: Some(0.9),
            seed: Seed::new(0),
        }
    }

    fn validate(&self) -> Result<()> {
        data::check_lag(self.lag)?;
        if self.states < 2 {
            return Err(Error::TooFew { what: "states of a VAMPnet", expected: 2, got: self.states });
        }
        data::argument("width of a hidden layer", "at least 1", !self.hidden.contains(&0), &0)?;
        let positive = self.epsilon > 0.0 && self.epsilon.is_finite();
        data::argument("epsilon", "positive and finite", positive, &self.epsilon)?;
        data::argument("batch", "more pairs than states", self.batch > self.states, &self.batch)
    }

    /// Widths of all layers.
    fn widths(&self, inputs: usize) -> Vec<usize> {
        [&[inputs], &self.hidden[..], &[self.states]].concat()
    }
}

/// Estimator of soft states whose memberships χ capture the slowest processes.
///
/// ```text
/// χ(x) = softmax(MLP(scaled x)),   maximise R = VAMP-2 of χ over batches of pairs (x_t, x_{t+τ})
/// ```
///
/// One network for both frames of a pair. R is at most the number of states, and is reached when memberships are functions of the
/// true slow processes; by the variational principle nothing else scores higher (for infinite data). Held-out trajectories
/// choose among the weights along the training. Not to be confused with a time-lagged autoencoder, which predicts frames.
///
/// ```
/// use mol_core::{Seed, ndarray::Array2};
/// use mol_gen::kinetics::{Vampnet, VampnetConfig};
/// // Two wells, left and right, swapped with probability 0.01; noise within.
/// let mut rng = Seed::new(1).rng();
/// let mut side = 1.0;
/// let mut walk = || Array2::from_shape_fn((4000, 1), |_| {
///     side = if rng.uniform() < 0.01 { -side } else { side };
///     side + 0.3 * rng.normal()
/// });
/// let (train, held_out) = ([walk(), walk()], [walk()]);
/// let config = VampnetConfig { epochs: 15, batch: 500, hidden: vec![8], ..VampnetConfig::new(1, 2) };
/// let model = Vampnet::new(config)?.fit(&train, &held_out)?;
/// // λ = 0.98, VAMP-2 = 1 + λ².
/// assert!((model.validation().unwrap() - 1.96).abs() < 0.03, "{:?}", model.validation());
/// let chi = model.transform(&Array2::from_shape_vec((2, 1), vec![-1.0, 1.0])?)?;
/// assert!((chi[[0, 0]] - chi[[1, 0]]).abs() > 0.9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A. Mardt, L. Pasquali, H. Wu and F. Noé, *Nat. Commun.* **9**, 5 (2018).
#[derive(Clone, Debug, PartialEq)]
pub struct Vampnet {
    config: VampnetConfig,
}

/// Pairs per batch, near `wanted`: `count` over the rounded number of batches, more where the last batch would be less than half
/// of that, whose score would be noise.
fn batch_size(count: usize, wanted: usize) -> usize {
    let equal = count.div_ceil((count as f64 / wanted as f64).round().max(1.0) as usize);
    let last = |batch: usize| (count - 1) % batch + 1;
    (equal..count).find(|batch| 2 * last(*batch) >= *batch).unwrap_or(count)
}

impl Vampnet {
    /// The estimator with these settings.
    ///
    /// # Errors
    /// For a lag of 0, fewer than two states, an empty layer, an ε that is not positive, or batches of no more pairs than states.
    pub fn new(config: VampnetConfig) -> Result<Self> {
        config.validate()?;
        Ok(Self { config })
    }

    /// Trains on `train`, keeping the weights that score best on `held_out` (the last ones if that is empty); shape
    /// `[frames, features]` each.
    ///
    /// # Errors
    /// As [`Covariances::estimate`] of either; features that are all constant; fewer pairs than a batch needs; a score that is not finite.
    pub fn fit<S: Data<Elem = f64>>(
        &self,
        train: &[ArrayBase<S, Ix2>],
        held_out: &[ArrayBase<S, Ix2>],
    ) -> Result<VampnetModel> {
        let model = self.fit_watched(train, held_out, &mut (), None)?;
        Ok(model.expect("nothing but an observer interrupts a training"))
    }

    /// As [`fit`](Self::fit), shown to an observer (losses are minus the scores) and saved to a checkpoint at every epoch, from which it
    /// goes on, to the same bits, if the file is there. `None` if the observer asked to stop.
    ///
    /// # Errors
    /// As [`fit`](Self::fit); a checkpoint of other settings, other data sizes or a newer version, or one that cannot be written.
    pub fn fit_watched<S: Data<Elem = f64>>(
        &self,
        train: &[ArrayBase<S, Ix2>],
        held_out: &[ArrayBase<S, Ix2>],
        observer: &mut dyn Observer<Progress>,
        checkpoint: Option<&Path>,
    ) -> Result<Option<VampnetModel>> {
        let config = &self.config;
        let (train, held_out) = (data::views(train), data::views(held_out));
        let input = self.scale(&train)?;
        if !held_out.is_empty() {
            data::check_features(&held_out, input.mean().len())?;
            data::check_finite(&held_out)?;
            data::pairs(held_out.iter().map(ArrayView2::nrows), config.lag)?;
        }
        let pairs = self.pairs::<f32>(&input, &train, &held_out)?;
        let count = pairs.starts.len();
        if count <= config.states {
            return Err(Error::TooFew { what: "pairs of frames", expected: config.states + 1, got: count });
        }
        let batch = batch_size(count, config.batch);
        let settings = TrainerConfig {
            epochs: config.epochs,
            batch,
            chunk: batch,
            schedule: config.schedule,
            adam: AdamConfig::default(),
            clip: Some(10.0),
            average: config.average,
            validate_every: 1,
            seed: config.seed,
        };
        let mut rng = config.seed.stream("weights").rng();
        let mut trainer = Trainer::new(settings, network::initial::<f32>(&pairs.widths, &mut rng)?)?;
        if let Some(path) = checkpoint.filter(|path| path.exists()) {
            trainer.load_from(path)?;
        }
        if trainer.run(&pairs, observer, checkpoint)? == Outcome::Interrupted {
            return Ok(None);
        }
        let network = Network::new(&trainer.best()?, &pairs.widths, config.activation)?;
        let validation = trainer.best_validation().map(|loss| -loss);
        Ok(Some(VampnetModel { config: config.clone(), input, network, validation }))
    }

    /// The map from features to inputs, from the training data.
    fn scale(&self, train: &[ArrayView2<'_, f64>]) -> Result<LinearMap> {
        const RANK: f64 = 1e-8;
        let config = CovarianceConfig { remove_mean: true, reversible: true };
        let c = Covariances::of_views(train, self.config.lag, config)?;
        let coefficients = match self.config.input {
            InputScaling::Whiten => whitening(&c.c00, &c.mean_0, RANK),
            InputScaling::Standardize => {
                // Feature by feature: the whitening of one alone has no column if it is constant.
                let alone = |i: usize| {
                    let variance = DMatrix::from_element(1, 1, c.c00[(i, i)]);
                    whitening(&variance, &DVector::from_element(1, c.mean_0[i]), RANK).get(0).copied()
                };
                let scale: Vec<(usize, f64)> = (0..c.c00.nrows()).filter_map(|i| Some((i, alone(i)?))).collect();
                let mut white = DMatrix::zeros(c.c00.nrows(), scale.len());
                scale.iter().enumerate().for_each(|(k, (i, scale))| white[(*i, k)] = *scale);
                white
            }
        };
        super::tica::check_rank(&coefficients)?;
        LinearMap::new(array1(&c.mean_0), array(&coefficients))
    }

    fn pairs<E: Real>(
        &self,
        input: &LinearMap,
        train: &[ArrayView2<'_, f64>],
        held_out: &[ArrayView2<'_, f64>],
    ) -> Result<Pairs<E>> {
        let (mut frames, mut starts, mut total) = (Vec::new(), Vec::new(), 0);
        for x in train {
            frames.extend(input.transform(x)?.iter().map(|x| E::of(*x)));
            starts.extend(total..total + x.nrows().saturating_sub(self.config.lag));
            total += x.nrows();
        }
        Ok(Pairs {
            widths: self.config.widths(input.coefficients().ncols()),
            activation: self.config.activation,
            score: self.config.score,
            epsilon: self.config.epsilon,
            lag: self.config.lag,
            frames,
            starts,
            held_out: held_out.iter().map(|x| input.transform(x)).collect::<Result<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::batch_size;

    #[test]
    fn no_last_batch_is_small() {
        assert_eq!(
            [(749_940, 4000), (99_920, 1000), (8994, 400), (5, 100)].map(|(n, b)| batch_size(n, b)),
            [4011, 1000, 409, 5]
        );
        for (count, wanted) in (10..3000).flat_map(|count| [(count, 20), (count, 100)]) {
            let batch = batch_size(count, wanted);
            let last = count - (count.div_ceil(batch) - 1) * batch;
            assert!(2 * last >= batch && batch <= 2 * wanted, "{count} {wanted}: {batch} {last}");
        }
    }
}
