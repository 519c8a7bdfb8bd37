//! The crate's error.

use std::path::PathBuf;

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in `mol-nn`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A failure below, in `mol-core`.
    #[error(transparent)]
    Core(#[from] mol_core::Error),
    /// A setting of a model outside its range.
    #[error("{what} must be {expected}, got {got}")]
    Config {
        /// The setting.
        what: &'static str,
        /// The condition it must meet.
        expected: &'static str,
        /// What was given.
        got: String,
    },
    /// An element the model was not trained on.
    #[error("atom {atom} is {element}, but the model knows only {known}")]
    ElementNotTrained {
        /// Index of the atom.
        atom: usize,
        /// Its element.
        element: mol_core::Element,
        /// The elements of the model.
        known: String,
    },
    /// A frame of the training data that cannot be used.
    #[error("{}frame {frame}: {problem}", path.as_ref().map(|p| format!("{}: ", p.display())).unwrap_or_default())]
    Data {
        /// The file, if it came from one.
        path: Option<PathBuf>,
        /// Index of the frame, from 0.
        frame: usize,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// A distance outside the range of the training data.
    #[error(
        "atoms {i} and {j} ({first}–{second}) are {distance:.3} Å apart; the training data have {low:.3} to {high:.3} Å"
    )]
    OutsideTraining {
        /// First atom.
        i: usize,
        /// Second atom.
        j: usize,
        /// Element of the first.
        first: mol_core::Element,
        /// Element of the second.
        second: mol_core::Element,
        /// Their distance [Å].
        distance: f64,
        /// Smallest distance of these elements in training [Å].
        low: f64,
        /// Largest distance of these elements in training [Å].
        high: f64,
    },
}
