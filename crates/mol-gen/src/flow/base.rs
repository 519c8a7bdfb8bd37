//! Kinds of features and the density a flow starts from.

use mol_core::Rng;
use mol_core::tensor::Real;
use std::f64::consts::{PI, TAU};

/// Where a feature lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Feature {
    /// The real line; its base density is the standard normal.
    Linear,
    /// The circle [−π, π) [rad]; its base density is uniform.
    Circular,
}

/// ln p₀(z) = −½ Σ z² − ½ n ln 2π over the n linear features − m ln 2π over the m circular ones.
pub(crate) fn log_base<E: Real>(features: &[Feature], z: &[E]) -> f64 {
    let mut sum = 0.0;
    for (feature, z) in features.iter().zip(z) {
        sum -= match feature {
            Feature::Linear => 0.5 * (z.f64() * z.f64() + TAU.ln()),
            Feature::Circular => TAU.ln(),
        };
    }
    sum
}

/// Appends one draw from the base density to `out`.
pub(crate) fn draw_base<E: Real>(features: &[Feature], out: &mut Vec<E>, rng: &mut Rng) {
    for feature in features {
        out.push(E::of(match feature {
            Feature::Linear => rng.normal(),
            Feature::Circular => PI * (2.0 * rng.uniform() - 1.0),
        }));
    }
}
