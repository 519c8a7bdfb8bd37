//! Advancing a state in time: how mol-rl and mol-gen simulate without knowing mol-sim.

use crate::{Checkpoint, Fault, Potential, Rng, State};

/// Advances a state by an integrator or a Monte-Carlo move.
///
/// `2n` steps are `n` steps and `n` more, bit for bit, also across [`Checkpoint`]; `mol_core::testing::check_propagator`
/// tests it.
pub trait Propagator: Send + Checkpoint {
    /// Takes `steps` steps of `state` on `potential` and counts them in `state.step`.
    ///
    /// # Errors
    /// What stopped it: a potential's fault, a state of another size, a coordinate that is no longer finite. `state`
    /// then holds the last good step.
    fn advance(
        &mut self,
        potential: &mut dyn Potential,
        state: &mut State,
        steps: u64,
        rng: &mut Rng,
    ) -> Result<(), Fault>;
}

macro_rules! forward_propagator {
    ($pointer:ty) => {
        impl<P: Propagator + ?Sized> Propagator for $pointer {
            fn advance(
                &mut self,
                potential: &mut dyn Potential,
                state: &mut State,
                steps: u64,
                rng: &mut Rng,
            ) -> Result<(), Fault> {
                (**self).advance(potential, state, steps, rng)
            }
        }
    };
}
forward_propagator!(Box<P>);
forward_propagator!(&mut P);
