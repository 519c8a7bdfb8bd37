//! Learning algorithms, one file each, to be read from top to bottom.
//!
//! [`Ppo`], [`A2c`] and [`Reinforce`] train an [`ActorCritic`](crate::policy::ActorCritic) in a
//! [`Vectorised`](crate::Vectorised) environment. An iteration plays (in parallel), then learns. What differs is in their
//! files: how much is played, and the loss of one sample with its three derivatives. What is common is in `run.rs`: the
//! tape, the optimiser, observers, checkpoints.
//!
//! A budget of energy calls is the environment's to count. Every iteration is shown to an observer, which stops training
//! when the budget is spent: the number of steps an iteration takes is known beforehand for [`Ppo`] and [`A2c`].
//! Deliberately not here: off-policy learning and planning.

mod a2c;
mod ppo;
mod reinforce;
mod run;

pub use a2c::{A2c, A2cConfig};
pub use ppo::{Ppo, PpoConfig};
pub use reinforce::{Reinforce, ReinforceConfig};
pub use run::{Losses, Progress};
