//! Networks that are energy surfaces.

mod neural;
mod ranges;
mod schnet;
mod standardize;
mod walls;

pub use neural::{Guard, NeuralPotential, NeuralPotentialConfig};
pub use ranges::DistanceRanges;
pub use schnet::{FilterMode, SchNet, SchNetConfig};
pub use standardize::Standardization;
pub use walls::TrainingWalls;

pub(crate) use schnet::graph as schnet_graph;
pub(crate) use schnet::{Engine, Pairs, Workspace};
