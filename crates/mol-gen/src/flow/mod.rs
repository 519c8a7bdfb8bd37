//! Normalizing flows: densities that are learned, drawn from and evaluated exactly.
//!
//! A [`Flow`] is a sequence of invertible layers over features that are lines or circles ([`Feature`]). Each
//! [`Coupling`] transforms some features, element by element, with parameters that a small network computes from others;
//! its Jacobian is triangular, so the log-determinant is a sum and the inverse is analytic. [`Transform`] lists the
//! elementwise maps: affine (RealNVP), rational-quadratic splines on the line, and their periodic form on the circle.
//! [`FlowModel`] adds the density the flow starts from and a [`Whitening`], and is a
//! [`Sampler`](mol_core::Sampler) and a [`Density`](mol_core::Density).
//!
//! ```text
//! x = f(z),   z ~ p₀      ln p(x) = ln p₀(z) − ln |det ∂f/∂z|
//! ```
//!
//! One coupling is one fused operation on the tape beside the dense layers of its network: nodes per element would cost
//! more in bookkeeping than they compute. New flows are the identity, so training starts from the base density.
//!
//! Deliberately not here: flows by integration (continuous flows, flow matching), autoregressive networks with
//! sequential inverses, and the target distributions ([`boltzmann`](crate::boltzmann)).

mod base;
mod conditioner;
mod coupling;
mod element;
mod likelihood;
mod model;
mod network;
mod spline;
mod whitening;

#[cfg(test)]
mod tests;

pub use base::Feature;
pub(crate) use base::{draw_base, log_base};
pub use coupling::{Coupling, Transform};
pub use likelihood::MaximumLikelihood;
pub use model::FlowModel;
pub use network::{Direction, Flow, FlowConfig, Layer};
pub use whitening::Whitening;
