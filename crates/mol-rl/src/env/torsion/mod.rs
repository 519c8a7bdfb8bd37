//! The torsion environment: an agent turns the rotatable bonds of a molecule in search of its low minima.
//!
//! The equations and choices are in `docs/methods/torsion-environment.md`.

mod actions;
mod environment;
mod features;
mod observation;

pub use actions::{ContinuousTorsions, SingleTorsion};
pub use environment::{TorsionEnvironment, TorsionEnvironmentConfig, TorsionMemory, TorsionRecorder, TorsionStart};
pub use observation::{TorsionGraph, TorsionObservation};
