//! Acting by a network: one step of many environments, or an [`Actor`] for one.

use super::{Actor, ActorCritic, Choice, Distribution, Sequences, Task};
use crate::{Error, Result};
use mol_core::tensor::{Real, Record, values};
use mol_core::{DiscreteEnvironment, Rng};

/// An action made of its factors.
///
/// How many choices a factor has is not known here: an environment says so by its mask or its observation, and a policy with
/// another number is then refused; without either an illegal choice is the environment's to refuse.
pub trait FromChoices<C>: Sized {
    /// The action; a scalar one is made of exactly one factor.
    ///
    /// # Errors
    /// [`Error::OtherTask`] if a scalar is to be made of another number of factors.
    fn from_choices(choices: &[C]) -> Result<Self>;
}

impl<C: Copy> FromChoices<C> for Vec<C> {
    fn from_choices(choices: &[C]) -> Result<Self> {
        Ok(choices.to_vec())
    }
}

fn scalar<C: Copy>(choices: &[C]) -> Result<C> {
    match choices {
        [choice] => Ok(*choice),
        _ => Err(Error::OtherTask { what: "factors of an action", expected: choices.len(), got: 1 }),
    }
}

impl FromChoices<Self> for usize {
    fn from_choices(choices: &[Self]) -> Result<Self> {
        scalar(choices)
    }
}

impl FromChoices<Self> for f64 {
    fn from_choices(choices: &[Self]) -> Result<Self> {
        scalar(choices)
    }
}

/// Reads the legal choices of the moment off an environment: one entry per parameter of every factor, or none if all are
/// legal.
pub type Masks<V> = fn(&V) -> Vec<bool>;

/// The [`Masks`] of a discrete environment.
pub fn legal_actions<V: DiscreteEnvironment>(environment: &V) -> Vec<bool> {
    let mut mask = vec![true; environment.actions()];
    environment.legal(&mut mask);
    mask
}

/// What a network decided for one observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<C> {
    /// The factors of the action.
    pub choices: Vec<C>,
    /// ln π(action).
    pub log_probability: f64,
    /// Value of the observation.
    pub value: f64,
}

/// One step of as many environments as there are observations.
///
/// Each row has its own mask (empty: all legal), memory (`[memory]`, replaced by the one after the step) and generator, so that
/// what one environment draws depends on no other. Without a generator the most probable choices are taken.
///
/// # Errors
/// - [`Error::OtherTask`] if an observation does not fit the network, or a mask the action;
/// - [`Error::NoLegalChoice`] if a mask leaves a factor none;
/// - [`Error::Output`] if the network's answer is not finite.
///
/// # Panics
/// If the slices differ in length.
pub fn decide<N: ActorCritic>(
    network: &N,
    observations: &[&N::Observation],
    starts: &[bool],
    masks: &[&[bool]],
    memories: &mut [Vec<N::Scalar>],
    rngs: &mut [Option<&mut Rng>],
) -> Result<Vec<Decision<Choice<N>>>> {
    let rows = observations.len();
    assert!(
        rows == starts.len() && rows == masks.len() && rows == memories.len() && rows == rngs.len(),
        "decide: one start, mask, memory and generator per observation"
    );
    if rows == 0 {
        return Ok(Vec::new());
    }
    observations.iter().try_for_each(|observation| network.check(observation))?;
    let weights = network.parameters().leaves(&Record::default());
    let memory: Vec<N::Scalar> = memories.concat();
    let out = network.forward(&weights, Sequences { observations, starts, memory: &memory, rows });
    let (distribution, width) = (network.distribution(), network.distribution().parameters());
    let parameters: Vec<f64> = values(&out.parameters).into_iter().map(Real::f64).collect();
    let estimates: Vec<f64> = values(&out.values).into_iter().map(Real::f64).collect();
    if let Some(value) = parameters.iter().chain(&estimates).find(|x| !x.is_finite()) {
        return Err(Error::Output { value: *value });
    }
    let mut scratch = vec![0.0; width];
    let mut decisions = Vec::with_capacity(rows);
    for (row, range) in out.offsets.windows(2).enumerate() {
        let mask = masks[row];
        let entries = (range[1] - range[0]) * width;
        if !mask.is_empty() && mask.len() != entries {
            return Err(Error::OtherTask { what: "entries of a mask", expected: entries, got: mask.len() });
        }
        let (mut choices, mut log_probability) = (Vec::with_capacity(range[1] - range[0]), 0.0);
        for factor in range[0]..range[1] {
            let mask = if mask.is_empty() { mask } else { &mask[(factor - range[0]) * width..][..width] };
            if !mask.is_empty() && !mask.contains(&true) {
                return Err(Error::NoLegalChoice { factor: factor - range[0] });
            }
            let parameters = &parameters[factor * width..][..width];
            let choice = match &mut rngs[row] {
                Some(rng) => distribution.sample(parameters, mask, rng),
                None => distribution.mode(parameters, mask),
            };
            log_probability += distribution.log_probability(parameters, mask, choice, &mut scratch);
            choices.push(choice);
        }
        decisions.push(Decision { choices, log_probability, value: estimates[row] });
    }
    for (memory, row) in memories.iter_mut().zip(out.memory.chunks_exact(network.memory().max(1))) {
        memory.copy_from_slice(row);
    }
    Ok(decisions)
}

/// Acts by a network in one environment, trained or not.
///
/// [`evaluate`](crate::evaluate) tells it where episodes begin; who plays otherwise calls [`Actor::begin`], or the memory
/// runs on.
#[derive(Clone, Debug)]
pub struct Agent<N: ActorCritic, V> {
    network: N,
    masks: Option<Masks<V>>,
    greedy: bool,
    memory: Vec<N::Scalar>,
    start: bool,
}

impl<N: ActorCritic, V> Agent<N, V> {
    /// Draws actions from the network's distribution.
    pub fn new(network: N) -> Self {
        let memory = vec![N::Scalar::ZERO; network.memory()];
        Self { network, masks: None, greedy: false, memory, start: true }
    }

    /// Keeps to the legal choices that `masks` reads off the environment.
    #[must_use]
    pub fn with_masks(self, masks: Masks<V>) -> Self {
        Self { masks: Some(masks), ..self }
    }

    /// Takes the most probable action instead of drawing one.
    #[must_use]
    pub fn greedy(self) -> Self {
        Self { greedy: true, ..self }
    }

    /// The network.
    pub const fn network(&self) -> &N {
        &self.network
    }

    /// The action in the present state of `environment`.
    ///
    /// # Errors
    /// As for [`decide`], and [`Error::OtherTask`] if the action is made of another number of factors.
    pub fn act<A>(&mut self, seen: &N::Observation, environment: &V, rng: &mut Rng) -> Result<A>
    where
        A: FromChoices<Choice<N>>,
    {
        let mask = self.masks.map(|masks| masks(environment)).unwrap_or_default();
        let rng = (!self.greedy).then_some(rng);
        let memory = std::slice::from_mut(&mut self.memory);
        let decision = decide(&self.network, &[seen], &[self.start], &[&mask], memory, &mut [rng])?.remove(0);
        self.start = false;
        A::from_choices(&decision.choices)
    }
}

impl<N: ActorCritic, V: Task<N>> Actor<V> for Agent<N, V> {
    fn begin(&mut self) {
        self.start = true;
    }

    /// # Panics
    /// Where [`act`](Self::act) fails: a network of another task is a mistake of the program that pairs them.
    fn choose(&mut self, seen: &V::Observation, environment: &V, rng: &mut Rng) -> V::Action {
        self.act(seen, environment, rng).unwrap_or_else(|error| panic!("{error}"))
    }
}
