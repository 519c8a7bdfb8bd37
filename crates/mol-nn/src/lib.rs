//! Neural potentials and property models.
mod cutoff;
mod error;
mod potential;
mod radial;
pub mod train;

pub use cutoff::CosineCutoff;
pub use error::{Error, Result};
pub use potential::{
    DistanceRanges, FilterMode, Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig, Standardization,
};
pub use radial::GaussianBasis;
