//! The crate's error: what is wrong, at which step, on which atoms, and what to do.

use mol_core::{Fault, State};
use std::fmt;

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in `mol-sim`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument, a shape or a file that `mol-core` refused.
    #[error(transparent)]
    Core(#[from] mol_core::Error),
    /// Energy or forces stopped being finite.
    #[error(transparent)]
    Diverged(#[from] Box<Divergence>),
    /// An observer lost its output; the state is that of `step`, nothing of it is lost.
    #[error("step {step}: an observer could not write its output: {source}")]
    Output {
        /// The step after which it happened.
        step: u64,
        /// The observer's reason.
        source: Fault,
    },
    /// A checkpoint that cannot be taken.
    #[error("{what}: {problem}")]
    Checkpoint {
        /// The file or format.
        what: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// An atom that a force field has no parameters for.
    #[error("{force_field}: atom {atom} ({element}): {problem}")]
    Untyped {
        /// The force field.
        force_field: &'static str,
        /// Index of the atom, from 0.
        atom: usize,
        /// Symbol of its element, `*` for the wildcard.
        element: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
}

impl Error {
    /// An argument out of its range.
    pub(crate) fn argument(what: &'static str, expected: &'static str, got: impl fmt::Debug) -> Self {
        mol_core::Error::InvalidArgument { what, expected, got: format!("{got:?}") }.into()
    }

    /// `Err(InvalidArgument)` unless `value` is finite and `accept` holds.
    pub(crate) fn check(what: &'static str, expected: &'static str, value: f64, accept: bool) -> Result<()> {
        if value.is_finite() && accept { Ok(()) } else { Err(Self::argument(what, expected, value)) }
    }
}

/// One term of a potential at the frame that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct TermReport {
    /// Name of the term.
    pub name: String,
    /// Its energy [eV].
    pub energy: f64,
    /// The atom with its largest force, first NaN before all, and that force [eV/Å]; `None` without atoms.
    pub largest: Option<(usize, f64)>,
}

/// A simulation whose energy or forces stopped being finite.
///
/// The simulation itself stands at the last good step, and so does [`last_good`](Self::last_good).
#[derive(Debug)]
pub struct Divergence {
    /// The step that could not be completed.
    pub step: u64,
    /// The walker, where there are several.
    pub walker: Option<usize>,
    /// The energy that came out [eV].
    pub energy: f64,
    /// The atoms of the largest forces and those forces [eV/Å], NaN first, at most three.
    pub largest: Vec<(usize, f64)>,
    /// The terms of the potential, as its [`terms`](mol_core::Potential::terms) gives them.
    pub terms: Vec<TermReport>,
    /// What the potential itself says.
    pub fault: Option<Fault>,
    /// State after the last good step.
    pub last_good: State,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}", self.step)?;
        if let Some(walker) = self.walker {
            write!(f, " of walker {walker}")?;
        }
        write!(f, ": energy {} eV", self.energy)?;
        for (k, (atom, force)) in self.largest.iter().enumerate() {
            write!(f, "{}atom {atom}: {force:.3e}", if k == 0 { ", largest forces [eV/Å] " } else { ", " })?;
        }
        for term in &self.terms {
            write!(f, "; term {:?}: {} eV", term.name, term.energy)?;
            if let Some((atom, force)) = term.largest {
                write!(f, ", {force:.3e} eV/Å on atom {atom}")?;
            }
        }
        if let Some(fault) = &self.fault {
            write!(f, "; the potential says: {fault}")?;
        }
        write!(f, "; the last good step is {}: try a shorter time step or a better start", self.last_good.step)
    }
}

impl std::error::Error for Divergence {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.as_ref().map(|fault| fault.as_ref() as _)
    }
}
