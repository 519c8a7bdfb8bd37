//! Unsupervised and generative models of molecules.
//!
//! A model that draws is a [`Sampler`](mol_core::Sampler); one that also knows the probability of what it draws is a
//! [`Density`](mol_core::Density), and can therefore be reweighted to a target, such as the Boltzmann distribution of
//! any [`Potential`](mol_core::Potential): [`flow`] holds normalizing flows, [`boltzmann`] weighs their draws, [`metrics`]
//! the measures by which generators are judged, [`DiagonalNormal`] the simplest of them. [`kinetics`] finds what is slow in
//! trajectories.
//!
//! ```
//! use mol_core::{Density, Sampler, Seed};
//! use mol_gen::{DiagonalNormal, metrics::effective_sample_size};
//!
//! // Draw from a broad normal, weigh towards a narrow one: 93 % of the draws count.
//! let mut broad = DiagonalNormal::standard(1)?;
//! let mut narrow = DiagonalNormal::new(vec![0.0], vec![0.8])?;
//! let mut rng = Seed::new(1).rng();
//! let log_weights: Vec<f64> = (0..10_000)
//!     .map(|_| {
//!         let x = broad.sample(&mut rng);
//!         narrow.log_density(&x) - broad.log_density(&x)
//!     })
//!     .collect();
//! let fraction = effective_sample_size(&log_weights)? / 10_000.0;
//! assert!((fraction - 0.8 * (2.0_f64 - 0.64).sqrt()).abs() < 0.01);
//! # Ok::<(), mol_gen::Error>(())
//! ```
//!
//! Deliberately not here yet: language and diffusion models.
//! ARCHITECTURE.md names their rooms.

pub mod boltzmann;
pub mod flow;
pub mod kinetics;
pub mod metrics;

mod error;
mod normal;

pub use error::{Error, Result};
pub use normal::DiagonalNormal;
