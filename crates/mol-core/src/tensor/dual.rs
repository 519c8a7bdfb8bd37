//! Dual numbers on the tape: a value and its derivative along one direction.
//!
//! For a loss L on forces F = −∂E/∂x, let v = ∂L/∂F be held fixed. Then
//!
//! ```text
//! ∂L/∂θ = ∂/∂θ (v · F) = −∂/∂θ (v · ∂E/∂x)
//! ```
//!
//! and v · ∂E/∂x is the derivative of E along v. Carrying (value, tangent) through every layer and running **one**
//! ordinary backward pass from the tangent gives the exact gradient of a force loss with respect to the weights, with
//! no second-order tape. The same tangents give Hessian–vector products and divergences.

use super::{Matrix, Real, Record};
use dfdx::prelude::{HasShape, SplitTape};

/// A matrix and its derivative along the direction of the pass.
#[derive(Clone, Debug)]
pub struct Dual<E: Real> {
    /// Value, shape `[rows, columns]`.
    pub value: Matrix<E>,
    /// Directional derivative of the same shape; `None` is an exact zero and costs nothing.
    pub tangent: Option<Matrix<E>>,
}

impl<E: Real> From<Matrix<E>> for Dual<E> {
    fn from(value: Matrix<E>) -> Self {
        Self { value, tangent: None }
    }
}

/// A tensor off its tape.
pub(super) type Plain<E> = dfdx::prelude::Tensor<(usize, usize), E, dfdx::prelude::Cpu>;

impl<E: Real> Dual<E> {
    /// A value with its tangent.
    ///
    /// # Panics
    /// If the shapes differ.
    #[must_use]
    pub fn new(value: Matrix<E>, tangent: Matrix<E>) -> Self {
        assert_eq!(value.shape(), tangent.shape(), "a tangent has the shape of its value");
        Self { value, tangent: Some(tangent) }
    }

    /// Rows and columns.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        *self.value.shape()
    }

    /// Value, tangent and the tapes they were on.
    pub(super) fn split(&self) -> (Plain<E>, Option<Plain<E>>, Record<E>) {
        let (value, tape) = self.value.clone().split_tape();
        match self.tangent.clone().map(SplitTape::split_tape) {
            None => (value, None, tape),
            Some((tangent, other)) => (value, Some(tangent), dfdx::prelude::Merge::merge(tape, other)),
        }
    }
}
