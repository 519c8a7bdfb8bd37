//! Things that draw, and things that know the density of what they draw.
//!
//! A generator, a Boltzmann sampler and a flow are [`Sampler`]s; those with a tractable likelihood are [`Density`]s, and
//! their draws can be reweighted. Deliberately not here: densities known up to a constant, which are potentials.

use crate::Rng;

/// Draws items.
///
/// `mol_core::testing::check_sampler` tests an implementation.
pub trait Sampler {
    /// What is drawn.
    type Item;

    /// One draw; the randomness comes from `rng` alone.
    fn sample(&mut self, rng: &mut Rng) -> Self::Item;
}

/// A sampler that knows the natural logarithm of its normalised density.
///
/// `mol_core::testing::check_density` tests an implementation.
pub trait Density: Sampler {
    /// ln p(item); −∞ outside the support.
    fn log_density(&mut self, item: &Self::Item) -> f64;
}

impl<S: Sampler + ?Sized> Sampler for Box<S> {
    type Item = S::Item;
    fn sample(&mut self, rng: &mut Rng) -> Self::Item {
        (**self).sample(rng)
    }
}

impl<S: Sampler + ?Sized> Sampler for &mut S {
    type Item = S::Item;
    fn sample(&mut self, rng: &mut Rng) -> Self::Item {
        (**self).sample(rng)
    }
}

impl<D: Density + ?Sized> Density for Box<D> {
    fn log_density(&mut self, item: &Self::Item) -> f64 {
        (**self).log_density(item)
    }
}

impl<D: Density + ?Sized> Density for &mut D {
    fn log_density(&mut self, item: &Self::Item) -> f64 {
        (**self).log_density(item)
    }
}
