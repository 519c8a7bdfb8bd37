//! Networks that are energy surfaces.

mod neural;
mod ranges;
mod schnet;
mod standardize;

pub use neural::{Guard, NeuralPotential, NeuralPotentialConfig};
pub use ranges::DistanceRanges;
pub use schnet::{FilterMode, SchNet, SchNetConfig};
pub use standardize::Standardization;

pub(crate) use schnet::graph as schnet_graph;
pub(crate) use schnet::{Engine, Pairs, Workspace};
