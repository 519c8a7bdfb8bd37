//! Training potentials on energies and forces.
//!
//! [`LabelledFrame`]s go into [`EnergyAndForces`], the [`Objective`](mol_core::tensor::Objective) of
//! [`Trainer`](mol_core::tensor::Trainer); [`Errors`] measures what came out.

mod data;
mod errors;
mod objective;
mod split;
#[cfg(test)]
mod tests;

pub use data::LabelledFrame;
pub use errors::{ElementErrors, Errors, Prediction, predict};
pub use objective::{EnergyAndForces, LossWeights};
pub use split::{Split, split_by_group};
