//! The crate's error.

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in `mol-rl`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter lies outside its range.
    #[error("{what} must be {expected}, got {got}")]
    InvalidArgument {
        /// The parameter.
        what: &'static str,
        /// The condition it must meet.
        expected: &'static str,
        /// What was given.
        got: String,
    },
    /// An environment paid a reward that is NaN or infinite.
    #[error("episode {episode}, step {step}: reward {reward} is not finite; the environment must end such an episode")]
    Reward {
        /// Episode, from 0.
        episode: usize,
        /// Step of the episode, from 0.
        step: usize,
        /// The reward.
        reward: f64,
    },
    /// A molecule has no entry among the normalisers of the Gibbs score.
    #[error("no normalisers for {key:?}: make them with Normalizer::from_energies and insert them")]
    NoNormalizer {
        /// The key that was asked for.
        key: String,
    },
    /// A file of normalisers that cannot be taken.
    #[error("{}: {problem}", path.display())]
    Normalizers {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The conformer that a torsion environment starts from cannot be minimised.
    #[error("the start of the torsion environment gives no conformer: {source}")]
    Start {
        /// Why.
        source: crate::TorsionFault,
    },
    /// A policy meets a task whose observations or actions it was not built for.
    #[error("a policy for another molecule or task: {what}: the policy has {expected}, the task {got}")]
    OtherTask {
        /// What does not fit.
        what: &'static str,
        /// The policy's number.
        expected: usize,
        /// The task's number.
        got: usize,
    },
    /// A mask of legal actions is all false.
    #[error("factor {factor} of the action has no legal choice: the environment must end such an episode")]
    NoLegalChoice {
        /// The factor, from 0.
        factor: usize,
    },
    /// A policy network answered with NaN or an infinity.
    #[error("a policy network answered {value}: the observation is not finite, or training has diverged")]
    Output {
        /// The answer.
        value: f64,
    },
    /// A gradient or loss of training is not finite.
    #[error("iteration {iteration}: {what} is {value}: lower the learning rate or bound the rewards")]
    Diverged {
        /// Iteration, from 0.
        iteration: u64,
        /// The quantity.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// Something of `mol-core` failed.
    #[error(transparent)]
    Core(#[from] mol_core::Error),
}
