//! Anything that draws features and knows their density.

use crate::flow::FlowModel;
use mol_core::Rng;
use mol_core::tensor::Real;

/// Draws many items at once, with their log densities.
pub trait Proposal {
    /// Number of features.
    fn dim(&self) -> usize;

    /// `n` draws, shape `[n × features]` row by row, and their normalised log densities `[n]`.
    fn draw(&self, n: usize, rng: &mut Rng) -> (Vec<f64>, Vec<f64>);
}

impl<E: Real> Proposal for FlowModel<E> {
    fn dim(&self) -> usize {
        Self::dim(self)
    }

    fn draw(&self, n: usize, rng: &mut Rng) -> (Vec<f64>, Vec<f64>) {
        self.sample_batch(n, rng)
    }
}
