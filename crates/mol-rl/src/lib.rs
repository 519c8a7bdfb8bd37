//! Reinforcement learning for conformer search and adaptive sampling of molecules.
//!
//! The vocabulary is [`mol_core`]'s: an [`Environment`](mol_core::Environment) is a task, a
//! [`Policy`](mol_core::Policy) chooses actions by what it sees. This crate adds the [`Actor`], which may also look at
//! the task's legal actions, the baseline that every learner has to beat, [`UniformPolicy`], and [`evaluate`], which
//! measures any of them. Environments that simulate do so through [`mol_core::Propagator`] and
//! [`mol_core::Potential`]; this crate does not know mol-sim or mol-nn.
//!
//! ```
//! use mol_core::Seed;
//! use mol_rl::{UniformPolicy, env::Chain, evaluate};
//!
//! // A random walk over 5 places from the middle: it reaches the right end in half of the episodes.
//! let mut chain = Chain::new(5)?;
//! let returns = evaluate(&mut chain, &mut UniformPolicy, 4000, &mut Seed::new(1).rng())?;
//! let statistics = returns.terminated().expect("every episode of the chain ends by itself");
//! assert!((statistics.mean - 0.5).abs() < 0.03);
//! assert!((statistics.mean_length - 9.0).abs() < 0.4);
//! # Ok::<(), mol_rl::Error>(())
//! ```
//!
//! Conformers are searched by [`env::TorsionEnvironment`], which pays the Gibbs score ([`Normalizer`]), and by the methods of
//! [`search`], which do not learn; all of them spend one [`Budget`].
//!
//! Learning is three things: a network ([`policy::ActorCritic`]) with a [distribution](policy::Distribution) of actions, many
//! copies of an environment ([`Vectorised`]), and an algorithm ([`algo`]: PPO, A2C, REINFORCE) that lets one play in the
//! other. An [`Agent`] acts by a network, trained or not, wherever an [`Actor`] is asked for.
//!
//! Deliberately not here: off-policy learning, planning, and simulation itself.

pub mod algo;
pub mod env;
pub mod policy;
pub mod search;

mod budget;
mod buffer;
mod error;
mod evaluate;
mod reward;
mod vector;

pub use budget::{Budget, Spent};
pub use buffer::{Played, Sequence, Transition, Until, collect};
pub use error::{Error, Result};
pub use evaluate::{Episode, Returns, Statistics, evaluate};
pub use policy::{Actor, Agent, UniformPolicy, Unmasked};
pub use reward::{DEFAULT_THERMAL_ENERGY, Normalizer, Normalizers};
pub use search::TorsionFault;
pub use vector::{Arrival, ColumnState, Vectorised};
