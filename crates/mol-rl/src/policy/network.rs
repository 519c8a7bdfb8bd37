//! The contract between networks and the algorithms that train them.

use super::Distribution;
use crate::policy::FromChoices;
use crate::{Error, Result};
use mol_core::Environment;
use mol_core::tensor::{Archive, Matrix, Parameters, Real};
use std::path::Path;

/// Several sequences of observations of equal length, one step of all after the other.
#[derive(Clone, Copy, Debug)]
pub struct Sequences<'a, O, E> {
    /// Observations, shape `[steps × rows]`.
    pub observations: &'a [&'a O],
    /// Whether an episode starts there, shape `[steps × rows]`: the memory is emptied first.
    pub starts: &'a [bool],
    /// Memories before the first step, shape `[rows, memory]`.
    pub memory: &'a [E],
    /// Number of sequences.
    pub rows: usize,
}

/// What a network makes of [`Sequences`].
#[derive(Clone, Debug)]
pub struct Forward<E: Real> {
    /// Parameters of the actions' distributions, row-major, one row per factor in the order of the observations.
    pub parameters: Matrix<E>,
    /// The action after observation k has the factors `offsets[k]..offsets[k + 1]`.
    pub offsets: Vec<usize>,
    /// Values, shape `[steps × rows, 1]`.
    pub values: Matrix<E>,
    /// Memories after the last step, shape `[rows, memory]`.
    pub memory: Vec<E>,
}

/// A network that is policy and value function at once, with or without memory.
///
/// One forward pass serves acting (one step) and learning (whole sequences), so the two cannot disagree. Its memory is a
/// plain vector that the caller carries from step to step.
pub trait ActorCritic: Clone + Send + Sync {
    /// Precision.
    type Scalar: Real;
    /// What it sees.
    type Observation: Clone + Send + Sync;
    /// How it chooses.
    type Distribution: Distribution;

    /// The distribution of one factor.
    fn distribution(&self) -> &Self::Distribution;

    /// The weights.
    fn parameters(&self) -> &Parameters<Self::Scalar>;

    /// The weights, to change.
    fn parameters_mut(&mut self) -> &mut Parameters<Self::Scalar>;

    /// Numbers of memory; 0 for none.
    fn memory(&self) -> usize;

    /// Whether this network can take `observation`.
    ///
    /// # Errors
    /// [`Error::OtherTask`] with what does not fit.
    fn check(&self, observation: &Self::Observation) -> Result<()>;

    /// The forward pass; `weights` are the leaves of [`parameters`](Self::parameters) on some tape, or off it.
    ///
    /// # Panics
    /// It may, if an observation did not pass [`check`](Self::check) or lengths do not fit.
    fn forward(
        &self,
        weights: &[Matrix<Self::Scalar>],
        batch: Sequences<'_, Self::Observation, Self::Scalar>,
    ) -> Forward<Self::Scalar>;
}

/// What a factor of a network's actions is.
pub type Choice<N> = <<N as ActorCritic>::Distribution as Distribution>::Choice;

/// An environment that a network of type `N` can play: every one whose observations and actions fit.
pub trait Task<N: ActorCritic>:
    Environment<Observation = N::Observation, Action: FromChoices<Choice<N>>> + Send
{
}

impl<N, V> Task<N> for V
where
    N: ActorCritic,
    V: Environment<Observation = N::Observation, Action: FromChoices<Choice<N>>> + Send,
{
}

/// Writes weights with their configuration, atomically.
pub(super) fn save<E: Real, C: serde::Serialize>(
    path: &Path,
    format: &str,
    config: &C,
    parameters: &Parameters<E>,
) -> Result<()> {
    let mut archive = Archive::new(format, VERSION, config)?;
    for (name, shape, values) in parameters.iter() {
        archive.push(name, &[shape.0, shape.1], values);
    }
    Ok(archive.save(path)?)
}

/// Version of the policies' files.
const VERSION: u32 = 1;

/// Opens what [`save`] wrote.
pub(super) fn open(path: &Path, format: &str) -> Result<Archive> {
    Ok(Archive::open(path, format, VERSION)?)
}

/// Replaces the weights by those of `archive`.
pub(super) fn read<E: Real>(archive: &Archive, parameters: &mut Parameters<E>) -> Result<()> {
    let mut flat = Vec::with_capacity(parameters.len());
    for (name, shape, _) in parameters.iter() {
        flat.extend(archive.tensor::<E>(name, &[shape.0, shape.1])?);
    }
    parameters.flat_mut().copy_from_slice(&flat);
    Ok(())
}

/// An error of a configuration unless `holds`.
pub(crate) fn require(
    holds: bool,
    what: &'static str,
    expected: &'static str,
    got: impl std::fmt::Display,
) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::InvalidArgument { what, expected, got: got.to_string() }) }
}
