//! Scalar functions of a frame: collective variables.

use crate::{Derivatives, Frame};

/// The range of a collective variable.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Domain {
    /// The real line.
    Line,
    /// A circle cut open at `low` ≡ `high`.
    Periodic {
        /// Lower end of the period.
        low: f64,
        /// Upper end of the period.
        high: f64,
    },
}

/// A scalar of a frame with its gradient; what enhanced sampling biases.
pub trait CollectiveVariable: Send + Sync {
    /// Number of atoms of the frames it takes.
    fn atoms(&self) -> usize;

    /// Its range.
    fn domain(&self) -> Domain {
        Domain::Line
    }

    /// The value s; adds −∂s/∂x (and its virial) to `out`, as a potential does.
    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64;

    /// An independent copy.
    fn boxed_clone(&self) -> Box<dyn CollectiveVariable>;
}

impl Clone for Box<dyn CollectiveVariable> {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}
