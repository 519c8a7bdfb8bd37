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
    /// No trajectory holds a pair of frames that far apart.
    #[error("lag of {lag} frames: the longest of {trajectories} trajectories has {longest}, and needs at least {}", lag + 1)]
    LagTooLong {
        /// The lag [frames].
        lag: usize,
        /// Number of trajectories.
        trajectories: usize,
        /// Frames of the longest.
        longest: usize,
    },
    /// A trajectory without frames.
    #[error("trajectory {trajectory} has no frames: leave it out")]
    EmptyTrajectory {
        /// Its index.
        trajectory: usize,
    },
    /// A trajectory of another number of features than the model or the first trajectory.
    #[error("trajectory {trajectory}: expected {expected} features per frame, got {got}")]
    FeatureCount {
        /// Its index.
        trajectory: usize,
        /// Features of the model or the first trajectory.
        expected: usize,
        /// Features of this trajectory.
        got: usize,
    },
    /// A feature of a trajectory is NaN or infinite.
    #[error("trajectory {trajectory}, frame {frame}, feature {feature}: {value} is not finite")]
    NotFiniteFeature {
        /// Index of the trajectory.
        trajectory: usize,
        /// Index of the frame.
        frame: usize,
        /// Index of the feature.
        feature: usize,
        /// The offending value.
        value: f64,
    },
    /// A state of a discrete trajectory does not exist.
    #[error("trajectory {trajectory}, frame {frame}: state {state} does not exist, there are {states}")]
    UnknownState {
        /// Index of the trajectory.
        trajectory: usize,
        /// Index of the frame.
        frame: usize,
        /// The state.
        state: usize,
        /// Number of states.
        states: usize,
    },
    /// A Markov model needs every state to be reached from every other.
    #[error(
        "state {state} is not connected to the others by transitions both ways: restrict the counts to a connected set"
    )]
    NotConnected {
        /// The first such state.
        state: usize,
    },
    /// An iteration did not reach its tolerance.
    #[error("{what}: change {change:.1e} after {iterations} iterations, wanted {tolerance:.1e}")]
    NotConverged {
        /// The iteration.
        what: &'static str,
        /// Iterations done.
        iterations: usize,
        /// Last relative change.
        change: f64,
        /// Tolerance asked for.
        tolerance: f64,
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
