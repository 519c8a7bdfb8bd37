//! Potentials that learn while they run.

use crate::{Checkpoint, Frame, Potential};

/// A potential that changes as the simulation visits frames (metadynamics, OPES, adaptive restraints).
///
/// `dyn Bias` upcasts to `dyn Potential`, so an engine takes both.
pub trait Bias: Potential + Checkpoint {
    /// Called once per accepted step.
    fn advance(&mut self, step: u64, frame: Frame<'_>);
}
