//! A closure as a potential.

use super::Potential;
use crate::{Derivatives, Frame};

/// A closure as [`Potential`]; made by [`potential_fn`].
#[derive(Clone)]
pub struct FnPotential<F> {
    atoms: usize,
    function: F,
}

/// Makes a potential of `atoms` atoms out of a closure that adds its derivatives to the accumulator and returns the
/// energy [eV]; see [`Potential`] for an example.
///
/// The closure is `Fn`, so it has no memory: what it returns depends on the frame alone. What it owns is cloned with
/// the potential; put large tables into an `Arc`.
pub const fn potential_fn<F>(atoms: usize, function: F) -> FnPotential<F>
where
    F: Fn(Frame<'_>, &mut Derivatives) -> f64 + Clone + Send + Sync + 'static,
{
    FnPotential { atoms, function }
}

impl<F> Potential for FnPotential<F>
where
    F: Fn(Frame<'_>, &mut Derivatives) -> f64 + Clone + Send + Sync + 'static,
{
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        (self.function)(frame, out)
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}
