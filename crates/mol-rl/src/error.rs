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
    /// Something of `mol-core` failed.
    #[error(transparent)]
    Core(#[from] mol_core::Error),
}
