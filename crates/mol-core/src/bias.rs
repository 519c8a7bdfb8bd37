//! Potentials that learn while they run.
//!
//! Metadynamics, OPES and adaptive restraints change as the simulation visits frames. They are potentials to whoever
//! asks for forces, and checkpoints to whoever restarts; the one thing of their own is [`Bias::advance`].

use crate::{Checkpoint, Frame, Potential};

/// A potential that changes as the simulation visits frames (metadynamics, OPES, adaptive restraints).
///
/// Between two calls of [`advance`](Self::advance) it is a [`Potential`] like any other: a pure function of the frame.
/// `dyn Bias` upcasts to `dyn Potential`, so an engine takes both.
pub trait Bias: Potential + Checkpoint {
    /// Called once per accepted step, with the number of steps done and the frame they led to.
    fn advance(&mut self, step: u64, frame: Frame<'_>);
}

impl<B: Bias + ?Sized> Bias for Box<B> {
    fn advance(&mut self, step: u64, frame: Frame<'_>) {
        (**self).advance(step, frame);
    }
}

impl<B: Bias + ?Sized> Bias for &mut B {
    fn advance(&mut self, step: u64, frame: Frame<'_>) {
        (**self).advance(step, frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Derivatives, Fault, PotentialExt, Sum, Vec3, load_state, save_state};

    /// A constant that grows by one with each step.
    #[derive(Clone)]
    struct Counter(f64);

    impl Potential for Counter {
        fn atoms(&self) -> usize {
            1
        }
        fn accumulate(&mut self, _: Frame<'_>, _: &mut Derivatives) -> f64 {
            self.0
        }
        fn boxed_clone(&self) -> Box<dyn Potential> {
            Box::new(self.clone())
        }
    }

    impl Checkpoint for Counter {
        fn save(&self, out: &mut dyn std::io::Write) -> Result<(), Fault> {
            save_state(out, "counter", 1, &self.0)
        }
        fn load(&mut self, from: &mut dyn std::io::Read) -> Result<(), Fault> {
            self.0 = load_state(from, "counter", 1)?;
            Ok(())
        }
    }

    impl Bias for Counter {
        fn advance(&mut self, _: u64, _: Frame<'_>) {
            self.0 += 1.0;
        }
    }

    #[test]
    fn a_bias_is_a_potential_to_an_engine() {
        let at = [Vec3::zeros()];
        let mut bias: Box<dyn Bias> = Box::new(Counter(1.0));
        bias.advance(1, Frame::isolated(&at));
        let potential: &mut dyn Potential = &mut *bias;
        assert_eq!(potential.energy(Frame::isolated(&at)), 2.0);
        let mut sum = Sum::of([("bias".to_owned(), &mut bias)]).unwrap();
        sum.get_mut("bias").unwrap().advance(2, Frame::isolated(&at));
        assert_eq!(sum.energy(Frame::isolated(&at)), 3.0);
        let owned: Box<dyn Potential> = bias;
        assert_eq!(owned.clone().energy(Frame::isolated(&at)), 3.0);
    }
}
