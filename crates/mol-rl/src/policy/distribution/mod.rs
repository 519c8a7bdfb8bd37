//! Probability distributions of actions, with the gradients that policy learning needs.
//!
//! An action is a list of *factors* that are independent given what was seen: one for a task with a few actions, one per
//! torsion for a molecule. A network gives each factor a row of parameters, and a [`Distribution`] turns the row into
//! probabilities. So the factorised (multi-discrete) categorical and the diagonal normal are not types of their own:
//! they are [`Categorical`] and [`Normal`] with several factors.
//!
//! Everything here is per factor and in f64, with derivatives written by hand; [`score`] makes one operation on the tape
//! of it. Deliberately not here: correlated factors, squashed normals.

mod categorical;
mod normal;
mod score;
mod von_mises;

pub use categorical::Categorical;
pub use normal::Normal;
pub use score::{Choices, score};
pub use von_mises::VonMises;

use mol_core::Rng;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Distribution of one factor of an action, given its row of parameters.
///
/// A mask says which of as many choices are legal as there are parameters; an empty one allows all. Continuous
/// distributions ignore it.
pub trait Distribution: Clone + Debug + Send + Sync {
    /// What is drawn.
    type Choice: Copy + Debug + PartialEq + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// Numbers per factor.
    fn parameters(&self) -> usize;

    /// Number of choices; 0 where they are continuous.
    fn choices(&self) -> usize;

    /// Draws a choice.
    fn sample(&self, parameters: &[f64], mask: &[bool], rng: &mut Rng) -> Self::Choice;

    /// The most probable choice.
    fn mode(&self, parameters: &[f64], mask: &[bool]) -> Self::Choice;

    /// Logarithm of the probability (density) of `choice`; overwrites `gradient` with its derivatives by the parameters.
    ///
    /// # Panics
    /// If `choice` is not among as many as the distribution has.
    fn log_probability(&self, parameters: &[f64], mask: &[bool], choice: Self::Choice, gradient: &mut [f64]) -> f64;

    /// Entropy [nat]; overwrites `gradient` with its derivatives by the parameters.
    fn entropy(&self, parameters: &[f64], mask: &[bool], gradient: &mut [f64]) -> f64;
}

#[cfg(test)]
mod tests;
