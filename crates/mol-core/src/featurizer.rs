//! Vector functions of a frame: features for learning, and models of several outputs.

use crate::{Frame, Vec3};
use ndarray::{ArrayView1, ArrayViewMut1};

/// A vector of features of a frame, with the product of its transposed Jacobian.
pub trait Featurizer: Send + Sync {
    /// Number of atoms of the frames it takes.
    fn atoms(&self) -> usize;

    /// Number of features.
    fn dim(&self) -> usize;

    /// Overwrites `out`, shape `[dim]`, with the features of `frame`.
    fn features(&mut self, frame: Frame<'_>, out: ArrayViewMut1<'_, f64>);

    /// **Adds** Jᵀ · `cotangent` (shape `[dim]`) of the same `frame` to `gradient`, shape `[atoms]`.
    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]);

    /// An independent copy.
    fn boxed_clone(&self) -> Box<dyn Featurizer>;
}

impl Clone for Box<dyn Featurizer> {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}
