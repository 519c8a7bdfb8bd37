//! A potential times a constant.

use super::{Fault, Potential, TermSink};
use crate::{Derivatives, Error, Frame, Result, Want};

/// A potential times a factor: a unit, a tempering of the energy surface, a coupling λ.
///
/// ```text
/// E(x) = λ E₀(x)
/// ```
///
/// ```
/// use mol_core::{Frame, PotentialExt, Scaled, Vec3, potential_fn};
/// let well = potential_fn(1, |frame, _| frame.positions[0].norm_squared());
/// let mut half = Scaled::new(0.5, well)?;
/// assert_eq!(half.energy(Frame::isolated(&[Vec3::new(2.0, 0.0, 0.0)])), 2.0);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Scaled<P> {
    factor: f64,
    inner: P,
    scratch: Vec<Derivatives>,
}

impl<P: Potential> Scaled<P> {
    /// `factor` times `inner`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the factor is not finite.
    pub fn new(factor: f64, inner: P) -> Result<Self> {
        let mut scaled = Self { factor: 0.0, inner, scratch: vec![Derivatives::new(0, Want::Energy)] };
        scaled.set_factor(factor)?;
        Ok(scaled)
    }

    /// The factor λ.
    #[must_use]
    pub const fn factor(&self) -> f64 {
        self.factor
    }

    /// Changes the factor, e.g. along a schedule.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if it is not finite.
    pub fn set_factor(&mut self, factor: f64) -> Result<()> {
        if !factor.is_finite() {
            let got = factor.to_string();
            return Err(Error::InvalidArgument { what: "factor of a scaled potential", expected: "finite", got });
        }
        self.factor = factor;
        Ok(())
    }

    /// The potential inside.
    #[must_use]
    pub fn into_inner(self) -> P {
        self.inner
    }
}

impl<P: Potential> Potential for Scaled<P> {
    fn atoms(&self) -> usize {
        self.inner.atoms()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let scratch = &mut self.scratch[0];
        scratch.reset(out.atoms(), out.want());
        let energy = self.inner.accumulate(frame, scratch);
        out.add_scaled(self.factor, scratch);
        self.factor * energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        let scratch = vec![Derivatives::new(0, Want::Energy)];
        Box::new(Scaled { factor: self.factor, inner: self.inner.boxed_clone(), scratch })
    }

    fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
        if self.scratch.len() < out.len() {
            self.scratch.resize(out.len(), Derivatives::new(0, Want::Energy));
        }
        let scratch = &mut self.scratch[..out.len()];
        scratch.iter_mut().zip(&*out).for_each(|(scratch, out)| scratch.reset(out.atoms(), out.want()));
        self.inner.accumulate_batch(frames, scratch, energies);
        out.iter_mut().zip(&*scratch).for_each(|(out, scratch)| out.add_scaled(self.factor, scratch));
        for energy in energies {
            *energy *= self.factor;
        }
    }

    fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
        self.inner.terms(frame, &mut ScaledSink { factor: self.factor, sink });
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.inner.take_fault()
    }
}

/// Multiplies what a term reports.
struct ScaledSink<'a> {
    factor: f64,
    sink: &'a mut dyn TermSink,
}

impl TermSink for ScaledSink<'_> {
    fn term(&mut self, name: &str, energy: f64, derivatives: &Derivatives) {
        let mut scaled = Derivatives::new(derivatives.atoms(), derivatives.want());
        scaled.add_scaled(self.factor, derivatives);
        self.sink.term(name, self.factor * energy, &scaled);
    }
}
