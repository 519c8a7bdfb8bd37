//! Boltzmann generators: draws from a learned density, weighed to the Boltzmann distribution of any potential.
//!
//! A [`Target`] is a [`Potential`](mol_core::Potential) at a temperature, written in the features of a generator through
//! [`Coordinates`]: internal coordinates of a molecule, or plain Cartesian ones of a textbook surface. A [`Proposal`] draws
//! features and knows their density: a [`FlowModel`](crate::flow::FlowModel), or the [`TorsionProposal`], which learns nothing
//! by gradients and is the baseline every flow has to beat. [`WeightedSample::draw`] brings the two together:
//!
//! ```text
//! ln w = −βE(x(y)) + ln |det ∂x/∂y| − ln q(y)      y ~ q
//! ```
//!
//! and gives averages, free energies and their errors, whatever q was, as far as it overlaps with the target; the effective sample size says
//! how far that is. [`BoltzmannObjective`] trains a flow by likelihood, by energy, and along a reaction coordinate;
//! [`Symmetry`] multiplies data by what leaves the energy unchanged.
//!
//! Deliberately not here: transitions by Markov chains that use the flow as proposal, annealed importance sampling, and solvents.

mod coordinates;
mod objective;
mod proposal;
mod symmetry;
mod target;
mod torsions;
mod weighted;

pub use coordinates::{CartesianCoordinates, Coordinates, InternalCoordinates};
pub use objective::{BoltzmannConfig, BoltzmannObjective, Estimator, ReactionCoordinate};
pub use proposal::Proposal;
pub use symmetry::Symmetry;
pub use target::{Clip, Evaluation, Target};
pub use torsions::{TorsionProposal, TorsionProposalConfig};
pub use weighted::{FreeEnergyProfile, WeightedSample};
