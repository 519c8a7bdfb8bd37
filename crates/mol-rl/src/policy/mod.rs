//! Who acts: baselines, actor–critic networks, and the distributions between them.
//!
//! - [`Actor`] chooses by what is seen and what is legal; [`UniformPolicy`] is the baseline, [`Agent`] acts by a network;
//! - [`ActorCritic`] is a network with memory that gives the parameters of a [`Distribution`] and a value;
//!   [`VectorPolicy`] is one for observations that are vectors, [`GraphPolicy`] one for molecules.

mod actor;
mod agent;
mod distribution;
mod graph;
mod layers;
mod network;
mod vector;

pub use actor::{Actor, UniformPolicy, Unmasked};
pub use agent::{Agent, Decision, FromChoices, Masks, decide, legal_actions};
pub use distribution::{Categorical, Choices, Distribution, Normal, VonMises, score};
pub use graph::{GraphPolicy, GraphPolicyConfig};
pub(crate) use network::require;
pub use network::{ActorCritic, Choice, Forward, Sequences, Task};
pub use vector::{Encoder, Numbers, OneHot, VectorPolicy, VectorPolicyConfig};
