//! Deep learning for molecular modelling in one process.
//!
//! This crate is the facade: it re-exports [`mol_core`] at its root and, under features that are all on by default, the
//! four crates built on it. It holds no code of its own.
//!
//! | Module | Feature | Crate | What it is |
//! |---|---|---|---|
//! | the root | | `mol-core` | molecules, SMILES, files, geometry, units, seeds, statistics, shared traits, minimisers |
#![cfg_attr(feature = "nn", doc = "| [`nn`] | `nn` | `mol-nn` | neural potentials and their training |")]
#![cfg_attr(feature = "sim", doc = "| [`sim`] | `sim` | `mol-sim` | molecular dynamics and force-field terms |")]
#![cfg_attr(feature = "rl", doc = "| [`rl`] | `rl` | `mol-rl` | reinforcement learning |")]
#![cfg_attr(feature = "gen", doc = "| [`generative`] | `gen` | `mol-gen` | generative models (`gen` is a keyword) |")]
//!
//! # The tour
//!
//! A molecule is a graph, read from SMILES or perceived from coordinates ([`Molecule`]). Its atoms in space are a
//! [`Frame`]: positions [Å] and a [`Cell`]. Whatever gives energies [eV] and forces [eV/Å] of frames is a [`Potential`];
//! whatever moves a [`State`] in time drives any of them. Randomness comes from a [`Seed`] and nowhere else. Numbers
//! enter by multiplication with a unit and leave by division ([`units`]).
//!
//! ```
//! use molkit::{Derivatives, Frame, Molecule, PotentialExt, Scaled, Vec3, potential_fn, units::KCAL_PER_MOL};
//!
//! let ethanediol = Molecule::from_smiles("OCCO")?.with_explicit_hydrogens()?;
//! assert_eq!((ethanediol.formula().as_str(), ethanediol.atom_count()), ("C2H6O2", 10));
//!
//! // A spring between two atoms, and the same at half its strength: potentials compose by wrapping.
//! let spring = potential_fn(2, |frame: Frame<'_>, out: &mut Derivatives| {
//!     let r = frame.positions[1] - frame.positions[0];
//!     let stretch = r.norm() - 1.0;
//!     out.add_pair(0, 1, &r, &(-30.0 * stretch * r.normalize()));
//!     15.0 * stretch * stretch
//! });
//! let mut half = Scaled::new(0.5, spring)?;
//! let (energy, forces) = half.energy_and_forces(Frame::isolated(&[Vec3::zeros(), Vec3::x() * 1.1]));
//! assert!((energy - 0.075).abs() < 1e-12 && (forces[1].x + 1.5).abs() < 1e-12);
//! assert!((energy / KCAL_PER_MOL - 1.73).abs() < 0.01);
//! # Ok::<(), molkit::Error>(())
//! ```
//!
//! A whole simulation in twenty lines stands in README.md; ARCHITECTURE.md says what is where and why; the examples are
//! a numbered course.

pub use mol_core::*;
#[cfg(feature = "gen")]
pub use mol_gen as generative;
#[cfg(feature = "nn")]
pub use mol_nn as nn;
#[cfg(feature = "rl")]
pub use mol_rl as rl;
#[cfg(feature = "sim")]
pub use mol_sim as sim;

/// Tests the code in README.md.
#[cfg(all(doctest, feature = "sim"))]
#[doc = include_str!("../README.md")]
struct Readme;
