//! The trait of every energy surface: force field, neural network, bias, restraint.

use crate::{Derivatives, Frame, Vec3, Want};

/// A failure whose type only its source knows.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Receives the parts of a composite potential.
pub trait TermSink {
    /// One term: its name, energy [eV] and own derivatives.
    fn term(&mut self, name: &str, energy: f64, derivatives: &Derivatives);
}

/// Energy surface of a fixed list of atoms.
///
/// A potential owns its scratch and shares its parameters (`Arc`): cheap to clone, one clone per thread, no allocation
/// once warm. `accumulate` is a pure function of parameters and frame, whatever frames came before.
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
    fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
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
