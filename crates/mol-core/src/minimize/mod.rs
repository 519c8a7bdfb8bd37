//! Local minimisation of the energy: L-BFGS and FIRE over any [`Potential`](crate::Potential).
//!
//! A method is written as a machine that proposes positions and is told their energy and forces ([`Descent`]). The loop
//! around it ([`Minimize`]) decides when to end, shows progress and asks the potential, either for one start or for many
//! at once through `accumulate_batch`; because the machine does not know which, a batch gives the bits of single runs.
//! The cell stays fixed. Deliberately not here: relaxation of cells, saddle points, constraints.
//!
//! The equations and measured behaviour are in `docs/methods/minimize.md`.

mod fire;
mod lbfgs;
mod run;
#[cfg(test)]
mod tests;

pub use fire::Fire;
pub use lbfgs::Lbfgs;
pub use run::{Ending, Minimize, Minimum, Progress};

use crate::{Result, Vec3};

/// A way downhill: the parameters of a method.
pub trait Method {
    /// Checks the parameters and starts at `positions` [Å].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) if a parameter is out of range.
    fn begin(&self, positions: &[Vec3]) -> Result<Box<dyn Descent>>;
}

/// One descent under way.
///
/// The loop asks for [`trial`](Self::trial), evaluates it, [`tell`](Self::tell)s the result, and so on. The first trial
/// is the start itself.
pub trait Descent: Send {
    /// Where to evaluate next [Å], shape `[atoms]`.
    fn trial(&self) -> &[Vec3];

    /// Takes energy [eV] and forces [eV/Å] of the trial, and prepares the next.
    ///
    /// The energy may be +∞ (a collision); it is never NaN.
    fn tell(&mut self, energy: f64, forces: &[Vec3]) -> Move;
}

/// What became of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is the next iterate.
    Accepted,
    /// It was a probe of a line search.
    Probed,
    /// No better point can be found in the precision of the energies.
    Stalled,
}

/// Σᵢ aᵢ·bᵢ in the order of the atoms.
fn dot(a: &[Vec3], b: &[Vec3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.dot(b)).sum()
}

/// The length of the longest vector.
fn longest(vectors: &[Vec3]) -> f64 {
    vectors.iter().map(Vec3::norm).fold(0.0, f64::max)
}

/// `Err(InvalidArgument)` unless `value` is finite and positive.
fn check_positive(what: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(crate::Error::InvalidArgument { what, expected: "finite and positive", got: value.to_string() })
}
