//! Vocabulary of molkit: molecules, geometry, units, seeds, shared traits, minimisers and the tensor layer.

pub mod geometry;
pub mod io;
pub mod minimize;
pub mod perceive;
#[cfg(feature = "report")]
pub mod report;
pub mod smiles;
pub mod stats;
#[cfg(feature = "tensor")]
pub mod tensor;
#[cfg(feature = "testing")]
pub mod testing;
pub mod units;

mod bias;
mod cell;
mod checkpoint;
mod cv;
mod dataset;
mod element;
mod environment;
mod error;
mod featurizer;
mod frame;
mod molecule;
mod neighbors;
mod observe;
mod potential;
#[cfg(feature = "progress")]
mod progress;
mod propagator;
mod rng;
mod sampler;
mod seed;
mod system;

pub use bias::Bias;
pub use cell::Cell;
pub use checkpoint::{Checkpoint, load_state, save_state};
pub use cv::{CollectiveVariable, Domain};
pub use dataset::{Dataset, Subset};
pub use element::Element;
pub use environment::{DiscreteEnvironment, Environment, Policy, Step, TimeLimit};
pub use error::{Error, Result};
pub use featurizer::{Component, Featurizer, FeaturizerExt, Stack};
pub use frame::{Derivatives, Frame, Want};
pub use molecule::{
    Atom, AtomIndex, Bond, BondDirection, BondIndex, BondOrder, ChiralClass, Chirality, Conformer, Molecule,
    MoleculeBuilder,
};
pub use neighbors::{NeighborList, Pair, Pairs};
pub use observe::{Every, Observer, Stop, Watch, watch};
pub use potential::{Fault, FnPotential, Potential, PotentialExt, Scaled, Sum, TermFault, TermSink, potential_fn};
#[cfg(feature = "progress")]
pub use progress::ProgressBar;
pub use propagator::Propagator;
pub use rng::Rng;
pub use sampler::{Density, Sampler};
pub use seed::Seed;
pub use system::{State, System};

pub use nalgebra;
pub use ndarray;

/// A vector in space [Å unless said otherwise].
pub type Vec3 = nalgebra::Vector3<f64>;
/// A 3 × 3 matrix: cells (rows are lattice vectors), virials, rotations.
pub type Mat3 = nalgebra::Matrix3<f64>;
