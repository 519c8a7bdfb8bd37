//! Policies for observations that are vectors: a perceptron, with a recurrent layer on top if it is to remember.

use super::layers::{Dense, Recurrent};
use super::network::{open, read, require, save};
use super::{ActorCritic, Distribution, Forward, Sequences};
use crate::{Error, Result};
use mol_core::Rng;
use mol_core::tensor::{Activation, Matrix, Parameters, Real, constant, values};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;
use std::path::Path;

/// Writes an observation as numbers.
pub trait Encoder<O: ?Sized>: Clone + Send + Sync {
    /// How many.
    fn width(&self) -> usize;

    /// Overwrites `out`, shape `[width]`, which comes as zeros.
    fn encode(&self, observation: &O, out: &mut [f64]);

    /// Whether `observation` can be encoded.
    ///
    /// # Errors
    /// [`Error::OtherTask`] if not.
    fn check(&self, observation: &O) -> Result<()>;
}

/// A state's number among `.0` states as a unit vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneHot(pub usize);

impl Encoder<usize> for OneHot {
    fn width(&self) -> usize {
        self.0
    }

    fn encode(&self, observation: &usize, out: &mut [f64]) {
        out[*observation] = 1.0;
    }

    fn check(&self, observation: &usize) -> Result<()> {
        let fits = *observation < self.0;
        if fits {
            Ok(())
        } else {
            Err(Error::OtherTask { what: "number of states", expected: self.0, got: observation + 1 })
        }
    }
}

/// The `.0` numbers of an observation as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers(pub usize);

impl Encoder<Vec<f64>> for Numbers {
    fn width(&self) -> usize {
        self.0
    }

    fn encode(&self, observation: &Vec<f64>, out: &mut [f64]) {
        out.copy_from_slice(observation);
    }

    fn check(&self, observation: &Vec<f64>) -> Result<()> {
        let got = observation.len();
        if got == self.0 {
            Ok(())
        } else {
            Err(Error::OtherTask { what: "numbers of an observation", expected: self.0, got })
        }
    }
}

/// Shape of a [`VectorPolicy`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorPolicyConfig {
    /// Widths of the hidden layers (tanh); may be empty.
    pub hidden: Vec<usize>,
    /// Width of the recurrent layer; 0 for a policy without memory.
    pub memory: usize,
    /// Factors of an action.
    pub factors: usize,
}

impl Default for VectorPolicyConfig {
    /// Two layers of 64, no memory, one factor.
    fn default() -> Self {
        Self { hidden: vec![64, 64], memory: 0, factors: 1 }
    }
}

/// Actor–critic network for vectors.
///
/// ```text
/// y = tanh(… tanh(x W₁ + b₁) …)      h′ = GRU(y, h)      parameters = h′ Wa + ba      value = h′ Wc + bc
/// ```
///
/// The weights of the actor's head start at a hundredth of Glorot's, so that learning begins from nearly uniform actions
/// (M. Andrychowicz et al., *ICLR* (2021)).
///
/// ```
/// use mol_core::Seed;
/// use mol_rl::policy::{ActorCritic, Categorical, OneHot, VectorPolicy, VectorPolicyConfig};
/// let config = VectorPolicyConfig { hidden: vec![8], ..VectorPolicyConfig::default() };
/// let policy = VectorPolicy::<usize, _, _>::new(config, OneHot(5), Categorical::new(2)?, &mut Seed::new(1).rng())?;
/// assert_eq!(policy.parameters().len(), (5 + 1) * 8 + (8 + 1) * 2 + (8 + 1));
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Debug)]
pub struct VectorPolicy<O, N, D, E = f32> {
    config: VectorPolicyConfig,
    encoder: N,
    distribution: D,
    parameters: Parameters<E>,
    hidden: Vec<Dense>,
    recurrent: Option<Recurrent>,
    actor: Dense,
    critic: Dense,
    observation: PhantomData<fn(&O)>,
}

impl<O, N: Clone, D: Clone, E: Clone> Clone for VectorPolicy<O, N, D, E> {
    fn clone(&self) -> Self {
        Self {
            config: self.config.clone(),
            encoder: self.encoder.clone(),
            distribution: self.distribution.clone(),
            parameters: self.parameters.clone(),
            hidden: self.hidden.clone(),
            ..*self
        }
    }
}

const FORMAT: &str = "molkit-vector-policy";

/// What a file says beside the weights.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Saved {
    config: VectorPolicyConfig,
    inputs: usize,
    parameters: usize,
}

impl<O, N: Encoder<O>, D: Distribution, E: Real> VectorPolicy<O, N, D, E> {
    /// A network with random weights.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if a width or the number of factors is 0.
    pub fn new(config: VectorPolicyConfig, encoder: N, distribution: D, rng: &mut Rng) -> Result<Self> {
        require(!config.hidden.contains(&0), "width of a hidden layer", "at least 1", 0)?;
        require(config.factors > 0, "factors of an action", "at least 1", 0)?;
        require(encoder.width() > 0, "width of an observation", "at least 1", 0)?;
        let mut parameters = Parameters::default();
        let (mut width, mut hidden) = (encoder.width(), Vec::new());
        for (k, &next) in config.hidden.iter().enumerate() {
            let tanh = (Activation::Tanh, 1.0);
            hidden.push(Dense::push(&mut parameters, &format!("hidden.{k}"), (width, next), tanh, rng)?);
            width = next;
        }
        let recurrent = match config.memory {
            0 => None,
            memory => Some(Recurrent::push(&mut parameters, "memory", (width, memory), rng)?),
        };
        width = recurrent.map_or(width, |layer| layer.width);
        let outputs = config.factors * distribution.parameters();
        let actor = Dense::push(&mut parameters, "actor", (width, outputs), (Activation::Identity, 0.01), rng)?;
        let critic = Dense::push(&mut parameters, "critic", (width, 1), (Activation::Identity, 1.0), rng)?;
        let observation = PhantomData;
        Ok(Self { config, encoder, distribution, parameters, hidden, recurrent, actor, critic, observation })
    }

    fn saved(&self) -> Saved {
        Saved { config: self.config.clone(), inputs: self.encoder.width(), parameters: self.distribution.parameters() }
    }

    /// Writes the weights to `path`, atomically.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        save(path, FORMAT, &self.saved(), &self.parameters)
    }

    /// Reads the weights of a network of the same shape from `path`.
    ///
    /// # Errors
    /// If the file cannot be read or is of a network of another shape; `self` is then unchanged.
    pub fn load(&mut self, path: &Path) -> Result<()> {
        let archive = open(path, FORMAT)?;
        let (found, own): (Saved, Saved) = (archive.config()?, self.saved());
        if found != own {
            let problem = format!("it is of a network {found:?}, this one is {own:?}");
            return Err(mol_core::Error::Checkpoint { what: path.display().to_string(), problem }.into());
        }
        read(&archive, &mut self.parameters)
    }
}

impl<O: Clone + Send + Sync, N: Encoder<O>, D: Distribution, E: Real> ActorCritic for VectorPolicy<O, N, D, E> {
    type Scalar = E;
    type Observation = O;
    type Distribution = D;

    fn distribution(&self) -> &D {
        &self.distribution
    }

    fn parameters(&self) -> &Parameters<E> {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut Parameters<E> {
        &mut self.parameters
    }

    fn memory(&self) -> usize {
        self.config.memory
    }

    fn check(&self, observation: &O) -> Result<()> {
        self.encoder.check(observation)
    }

    fn forward(&self, weights: &[Matrix<E>], batch: Sequences<'_, O, E>) -> Forward<E> {
        let (all, inputs) = (batch.observations.len(), self.encoder.width());
        let mut x = vec![0.0; all * inputs];
        for (row, observation) in x.chunks_exact_mut(inputs).zip(batch.observations) {
            self.encoder.encode(observation, row);
        }
        let mut y = constant(x.into_iter().map(E::of).collect(), (all, inputs));
        for layer in &self.hidden {
            y = layer.apply(weights, &y);
        }
        let mut memory = Vec::new();
        if let Some(layer) = self.recurrent {
            let before = constant(batch.memory.to_vec(), (batch.rows, layer.width));
            y = layer.apply(weights, &y, &before, batch.starts);
            memory = values(&y).split_off((all - batch.rows) * layer.width);
        }
        Forward {
            parameters: self.actor.apply(weights, &y),
            offsets: (0..=all).map(|k| k * self.config.factors).collect(),
            values: self.critic.apply(weights, &y),
            memory,
        }
    }
}
