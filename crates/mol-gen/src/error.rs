//! The crate's error.

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in `mol-gen`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter lies outside its range.
    #[error("{what} {index} must be {expected}, got {got}")]
    InvalidComponent {
        /// The parameter.
        what: &'static str,
        /// Its component.
        index: usize,
        /// The condition it must meet.
        expected: &'static str,
        /// What was given.
        got: f64,
    },
    /// There is too little data to estimate from.
    #[error("{what}: expected at least {expected}, got {got}")]
    TooFew {
        /// The data.
        what: &'static str,
        /// The least number needed.
        expected: usize,
        /// The number given.
        got: usize,
    },
    /// Every weight of a sample is zero, so it says nothing about its target.
    #[error("all {count} weights are zero: the sample and its target do not overlap")]
    NoOverlap {
        /// Number of weights.
        count: usize,
    },
    /// A potential returned an energy that is no number.
    #[error("the potential failed on sample {item}: {source}")]
    PotentialFailed {
        /// The sample, counted from the first of the batch or chunk.
        item: usize,
        /// What it reported.
        source: mol_core::Fault,
    },
    /// Something of `mol-core` failed.
    #[error(transparent)]
    Core(#[from] mol_core::Error),
}
