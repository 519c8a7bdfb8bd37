//! The vocabulary of molkit: molecules, geometry, units, files, seeds, the shared traits, minimisers, the tensor layer.
//!
//! - [`Molecule`] is the graph of a molecule, read from SMILES ([`smiles`]) or perceived from coordinates; [`System`] and
//!   [`State`] are the atoms of a simulation; [`io`] reads and writes extended XYZ;
//! - [`Potential`] gives energies \[eV\] and forces [eV/Å] of a [`Frame`], [`CollectiveVariable`] a scalar,
//!   [`Featurizer`] a vector; [`Propagator`], [`Environment`], [`Sampler`] and [`Observer`] are the other meeting points;
//! - [`minimize`], [`geometry`], [`stats`] and [`NeighborList`] work on any of them;
//! - features: `tensor` (networks and their training), `testing` (the contract of each trait as a function), `progress`
//!   (bars), `report` (figures and pages).
//!
//! ```
//! use mol_core::{Frame, Molecule, PotentialExt, Vec3, minimize::{Lbfgs, Minimize}, potential_fn};
//!
//! let nitrogen = Molecule::from_smiles("N#N")?;
//! // Any energy surface of its two atoms: here a spring of 143 eV/Å² about 1.10 Å.
//! let mut spring = potential_fn(nitrogen.atom_count(), |frame, out| {
//!     let r = frame.positions[1] - frame.positions[0];
//!     let stretch = r.norm() - 1.10;
//!     out.add_pair(0, 1, &r, &(-143.0 * stretch * r.normalize()));
//!     0.5 * 143.0 * stretch * stretch
//! });
//! let start = [Vec3::zeros(), Vec3::x() * 1.25];
//! let tight = Minimize::<Lbfgs> { force_tolerance: 1e-6, ..Minimize::default() };
//! let minimum = tight.run(&mut spring, Frame::isolated(&start), &mut ())?;
//! assert!(((minimum.positions[1] - minimum.positions[0]).norm() - 1.10).abs() < 1e-8);
//! assert!(spring.energy(Frame::isolated(&minimum.positions)) < 1e-12);
//! # Ok::<(), mol_core::Error>(())
//! ```

pub mod data;
pub mod descriptor;
pub mod embed;
pub mod ensemble;
pub mod featurize;
pub mod fingerprint;
pub mod fragment;
pub mod geometry;
pub mod io;
pub mod mcs;
pub mod minimize;
pub mod perceive;
#[cfg(feature = "report")]
pub mod report;
pub mod selfies;
pub mod smarts;
pub mod smiles;
pub mod standardize;
pub mod stats;
#[cfg(feature = "tensor")]
pub mod tensor;
#[cfg(feature = "testing")]
pub mod testing;
pub mod units;

mod bias;
mod canon;
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
mod scaffold;
mod seed;
mod system;

pub use bias::Bias;
pub use canon::Canonical;
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
pub use scaffold::{generic_scaffold, murcko_scaffold, side_chains};
pub use seed::Seed;
pub use system::{State, System};

pub use nalgebra;
pub use ndarray;

/// A vector in space [Å unless said otherwise].
pub type Vec3 = nalgebra::Vector3<f64>;
/// A 3 × 3 matrix: cells (rows are lattice vectors), virials, rotations.
pub type Mat3 = nalgebra::Matrix3<f64>;
