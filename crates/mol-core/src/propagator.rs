//! Advancing a state in time: how mol-rl and mol-gen simulate without knowing mol-sim.

use crate::{Checkpoint, Fault, Potential, Rng, State};

/// Advances a state by an integrator or a Monte-Carlo move.
pub trait Propagator: Send + Checkpoint {
    /// Takes `steps` steps of `state` on `potential`.
    ///
    /// # Errors
    /// What stopped it: a potential's fault, a state of another size, a coordinate that is no longer finite.
    fn advance(
        &mut self,
        potential: &mut dyn Potential,
        state: &mut State,
        steps: u64,
        rng: &mut Rng,
    ) -> Result<(), Fault>;
}
