//! The torsion environment: an agent turns the rotatable bonds of a molecule in search of its low minima.

mod observation;

pub use observation::{TorsionGraph, TorsionObservation};
