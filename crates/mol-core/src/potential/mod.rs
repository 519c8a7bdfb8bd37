//! The trait of every energy surface: force field, neural network, bias, restraint.
//!
//! A [`Potential`] adds forces to an accumulator and returns an energy, and nothing else: minimisers, integrators,
//! samplers and tests take any of them. To compose, wrap: [`Sum`] adds named terms, [`Scaled`] multiplies by a factor,
//! [`potential_fn`] makes a potential of a closure; `Box<P>` and `&mut P` are potentials themselves. Deliberately not
//! here: parameters, units other than the house's, and any notion of time.

mod function;
mod scaled;
mod sum;
#[cfg(test)]
mod tests;

pub use function::{FnPotential, potential_fn};
pub use scaled::Scaled;
pub use sum::{Sum, TermFault};

use crate::{Derivatives, Error, Frame, Mat3, Result, Vec3, Want};

/// A failure whose type only its source knows.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Receives the parts of a composite potential.
pub trait TermSink {
    /// One term: its name, energy [eV] and own derivatives (energy and forces).
    fn term(&mut self, name: &str, energy: f64, derivatives: &Derivatives);
}

/// Collects terms as (name, energy [eV]); forces are dropped.
impl TermSink for Vec<(String, f64)> {
    fn term(&mut self, name: &str, energy: f64, _: &Derivatives) {
        self.push((name.to_owned(), energy));
    }
}

/// Energy surface of a fixed list of atoms.
///
/// A potential owns its scratch and shares its parameters (`Arc`): cheap to clone, one clone per thread, no allocation
/// once warm. `accumulate` is a pure function of parameters and frame, whatever frames came before.
///
/// What a constructor can see fails there. What appears later (a cell shrunk by a barostat, atoms on top of each
/// other, a lost socket) returns NaN and leaves the reason to [`take_fault`](Self::take_fault); it does not panic.
/// `mol_core::testing::check_potential` tests all of this for an implementation.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3, potential_fn};
///
/// // A spring of 2 eV/Å² and length 1 Å between two atoms: E = ½ k (r − r₀)².
/// let mut spring = potential_fn(2, |frame, out| {
///     let r = frame.positions[1] - frame.positions[0];
///     let (k, stretch) = (2.0, r.norm() - 1.0);
///     out.add_pair(0, 1, &r, &(-k * stretch * r.normalize()));
///     0.5 * k * stretch * stretch
/// });
/// let (energy, forces) = spring.energy_and_forces(Frame::isolated(&[Vec3::zeros(), Vec3::new(1.5, 0.0, 0.0)]));
/// assert_eq!(energy, 0.25);
/// assert_eq!(forces[1].x, -1.0);
/// ```
pub trait Potential: Send + Sync {
    /// Number of atoms.
    fn atoms(&self) -> usize;

    /// Adds the wanted derivatives to `out` and returns the energy [eV].
    ///
    /// NaN means failure; [`take_fault`](Self::take_fault) then says why.
    ///
    /// # Panics
    /// If `frame` or `out` are of another number of atoms: engines compare once, beforehand.
    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64;

    /// An independent copy for another thread.
    fn boxed_clone(&self) -> Box<dyn Potential>;

    /// Many frames of the same atoms; the bits are those of one call per frame.
    ///
    /// A learned model overrides it to evaluate all walkers in one pass.
    ///
    /// # Panics
    /// If `frames`, `out` and `energies` differ in length.
    fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
        assert!(frames.len() == out.len() && frames.len() == energies.len(), "batch of unequal lengths");
        for ((frame, out), energy) in frames.iter().zip(out).zip(energies) {
            *energy = self.accumulate(*frame, out);
        }
    }

    /// Energy and forces term by term; a composite overrides it.
    fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
        let mut derivatives = Derivatives::new(self.atoms(), Want::Forces);
        let energy = self.accumulate(frame, &mut derivatives);
        sink.term("total", energy, &derivatives);
    }

    /// Why the last energy was NaN, once.
    fn take_fault(&mut self) -> Option<Fault> {
        None
    }
}

/// Conveniences on every [`Potential`]; blanket, so nobody overrides them.
pub trait PotentialExt: Potential {
    /// Energy [eV].
    fn energy(&mut self, frame: Frame<'_>) -> f64 {
        self.accumulate(frame, &mut Derivatives::new(self.atoms(), Want::Energy))
    }

    /// Energy [eV] and forces [eV/Å].
    fn energy_and_forces(&mut self, frame: Frame<'_>) -> (f64, Vec<Vec3>) {
        let mut out = Derivatives::new(self.atoms(), Want::Forces);
        let energy = self.accumulate(frame, &mut out);
        (energy, out.forces().to_vec())
    }

    /// Energy [eV], forces [eV/Å] and virial [eV] (see [`Derivatives`] for its sign).
    fn energy_forces_and_virial(&mut self, frame: Frame<'_>) -> (f64, Vec<Vec3>, Mat3) {
        let mut out = Derivatives::new(self.atoms(), Want::Virial);
        let energy = self.accumulate(frame, &mut out);
        (energy, out.forces().to_vec(), *out.virial())
    }

    /// The energy of each term [eV], by name and in order.
    fn term_energies(&mut self, frame: Frame<'_>) -> Vec<(String, f64)> {
        let mut list = Vec::new();
        self.terms(frame, &mut list);
        list
    }

    /// Compares the number of atoms once, before a loop; what engines call.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the potential is of another number of atoms.
    fn check_atoms(&self, atoms: usize) -> Result<()> {
        Error::check_len("atoms of the potential", atoms, self.atoms())
    }
}

impl<P: Potential + ?Sized> PotentialExt for P {}

macro_rules! forward_potential {
    ($pointer:ty) => {
        impl<P: Potential + ?Sized> Potential for $pointer {
            fn atoms(&self) -> usize {
                (**self).atoms()
            }
            fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
                (**self).accumulate(frame, out)
            }
            fn boxed_clone(&self) -> Box<dyn Potential> {
                (**self).boxed_clone()
            }
            fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
                (**self).accumulate_batch(frames, out, energies);
            }
            fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
                (**self).terms(frame, sink);
            }
            fn take_fault(&mut self) -> Option<Fault> {
                (**self).take_fault()
            }
        }
    };
}
forward_potential!(Box<P>);
forward_potential!(&mut P);

impl Clone for Box<dyn Potential> {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}
