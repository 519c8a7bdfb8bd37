//! Things that draw, and things that know the density of what they draw.

use crate::Rng;

/// Draws items.
pub trait Sampler {
    /// What is drawn.
    type Item;

    /// One draw.
    fn sample(&mut self, rng: &mut Rng) -> Self::Item;
}

/// A sampler that knows the natural logarithm of its normalised density.
pub trait Density: Sampler {
    /// ln p(item).
    fn log_density(&mut self, item: &Self::Item) -> f64;
}
