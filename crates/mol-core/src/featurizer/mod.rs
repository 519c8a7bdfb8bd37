//! Vector functions of a frame: features for learning, and models of several outputs.
//!
//! A [`Featurizer`] gives its Jacobian only in products with a vector, as reverse differentiation does; a full Jacobian
//! is never needed. [`Stack`] puts several side by side; [`FeaturizerExt::component`] makes a
//! [`CollectiveVariable`](crate::CollectiveVariable) of one output, so that a learned coordinate biases a simulation.

mod component;
mod stack;
#[cfg(test)]
mod tests;

pub use component::{Component, FeaturizerExt};
pub use stack::Stack;

use crate::{Frame, Vec3};
use ndarray::{ArrayView1, ArrayViewMut1};

/// A vector of features of a frame, with the product of its transposed Jacobian.
///
/// `mol_core::testing::check_featurizer` tests an implementation.
pub trait Featurizer: Send + Sync {
    /// Number of atoms of the frames it takes.
    fn atoms(&self) -> usize;

    /// Number of features.
    fn dim(&self) -> usize;

    /// Overwrites `out`, shape `[dim]`, with the features of `frame`; NaN means failure.
    ///
    /// # Panics
    /// If `frame` is of another number of atoms or `out` of another length.
    fn features(&mut self, frame: Frame<'_>, out: ArrayViewMut1<'_, f64>);

    /// **Adds** Jᵀ · `cotangent` (shape `[dim]`) of the same `frame` to `gradient`, shape `[atoms]`.
    ///
    /// ```text
    /// gradient[i] += Σ_k cotangent[k] ∂f_k/∂x_i
    /// ```
    ///
    /// Only valid right after [`features`](Self::features) of the same frame, whose intermediates it may reuse.
    ///
    /// # Panics
    /// If a length is another.
    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]);

    /// An independent copy.
    fn boxed_clone(&self) -> Box<dyn Featurizer>;
}

macro_rules! forward_featurizer {
    ($pointer:ty) => {
        impl<F: Featurizer + ?Sized> Featurizer for $pointer {
            fn atoms(&self) -> usize {
                (**self).atoms()
            }
            fn dim(&self) -> usize {
                (**self).dim()
            }
            fn features(&mut self, frame: Frame<'_>, out: ArrayViewMut1<'_, f64>) {
                (**self).features(frame, out);
            }
            fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
                (**self).pull_back(frame, cotangent, gradient);
            }
            fn boxed_clone(&self) -> Box<dyn Featurizer> {
                (**self).boxed_clone()
            }
        }
    };
}
forward_featurizer!(Box<F>);
forward_featurizer!(&mut F);

impl Clone for Box<dyn Featurizer> {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}
