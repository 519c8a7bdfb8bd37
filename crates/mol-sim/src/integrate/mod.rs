//! Integrators: how a state moves through time, one file per method.
//!
//! An [`Integrator`] is written as two halves around one force evaluation, because that is what lets the same code
//! serve one simulation, many walkers whose forces are computed in one batch, and the [`Propagator`] of mol-core. What
//! it carries from step to step beside the state (heat exchanged with the bath, say) is a slice of numbers, its
//! [`memory`](Integrator::memory), so that rolling back a failed step and saving a checkpoint need no knowledge of the
//! method. Deliberately not here: constraints and barostats (later issues), and removal of the centre-of-mass motion,
//! which is done once, when velocities are drawn.

mod engine;
mod langevin;
mod velocity_verlet;

pub(crate) use engine::{Engine, LastGood, diverged, finite, is_finite};
pub use langevin::{Langevin, LangevinConfig};
pub use velocity_verlet::{VelocityVerlet, VelocityVerletConfig};

use crate::{Error, Result};
use mol_core::{Potential, Propagator, Rng, State, Vec3};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// An integrator of the equations of motion with one force evaluation per step.
///
/// One step is [`first_half`](Self::first_half) with the forces of the old positions, the forces of the new positions,
/// and [`second_half`](Self::second_half) with those.
pub trait Integrator: Propagator + Sync {
    /// Masses [u], shape `[atoms]`.
    fn masses(&self) -> &[f64];

    /// Time step [Å√(u/eV)].
    fn time_step(&self) -> f64;

    /// Moves positions to the end of the step and velocities to where they need the new forces; `forces` [eV/Å] are
    /// those of the old positions.
    fn first_half(&mut self, state: &mut State, forces: &[Vec3], rng: &mut Rng);

    /// Completes the velocities with the forces [eV/Å] of the new positions.
    fn second_half(&mut self, state: &mut State, forces: &[Vec3], rng: &mut Rng);

    /// The conserved quantity [eV], constant up to terms of order dt², from the total energy K + U [eV].
    fn invariant(&self, total_energy: f64) -> f64;

    /// What is carried from step to step beside the state.
    fn memory(&self) -> &[f64];

    /// The same, to restore it.
    fn memory_mut(&mut self) -> &mut [f64];

    /// Method and configuration as text: two integrators of equal text and memory continue a state to the same bits.
    fn describe(&self) -> String;

    /// An independent copy for another walker.
    fn boxed_clone(&self) -> Box<dyn Integrator>;
}

impl<I: Integrator + ?Sized> Integrator for Box<I> {
    fn masses(&self) -> &[f64] {
        (**self).masses()
    }
    fn time_step(&self) -> f64 {
        (**self).time_step()
    }
    fn first_half(&mut self, state: &mut State, forces: &[Vec3], rng: &mut Rng) {
        (**self).first_half(state, forces, rng);
    }
    fn second_half(&mut self, state: &mut State, forces: &[Vec3], rng: &mut Rng) {
        (**self).second_half(state, forces, rng);
    }
    fn invariant(&self, total_energy: f64) -> f64 {
        (**self).invariant(total_energy)
    }
    fn memory(&self) -> &[f64] {
        (**self).memory()
    }
    fn memory_mut(&mut self) -> &mut [f64] {
        (**self).memory_mut()
    }
    fn describe(&self) -> String {
        (**self).describe()
    }
    fn boxed_clone(&self) -> Box<dyn Integrator> {
        (**self).boxed_clone()
    }
}

/// Checks that potential and state are of the integrator's number of atoms.
pub(crate) fn check_sizes(integrator: &dyn Integrator, potential: &dyn Potential, state: &State) -> Result<()> {
    let atoms = integrator.masses().len();
    mol_core::Error::check_len("atoms of the potential, as the integrator has", atoms, potential.atoms())?;
    mol_core::Error::check_len("positions of the state, as the integrator has atoms", atoms, state.positions.len())?;
    mol_core::Error::check_len("velocities of the state, as the integrator has atoms", atoms, state.velocities.len())?;
    for (what, vectors) in [("position of atom", &state.positions), ("velocity of atom", &state.velocities)] {
        if let Some(index) = vectors.iter().position(|x| !is_finite(x)) {
            let value = vectors[index].iter().copied().find(|x| !x.is_finite()).unwrap_or(f64::NAN);
            return Err(mol_core::Error::NotFinite { what, index, value }.into());
        }
    }
    Ok(())
}

/// The integrator's share of a checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Saved {
    describe: String,
    memory: Vec<f64>,
}

impl Saved {
    pub(crate) fn new(integrator: &dyn Integrator) -> Self {
        Self { describe: integrator.describe(), memory: integrator.memory().to_vec() }
    }

    /// Refuses a share of another method or configuration.
    pub(crate) fn check(&self, integrator: &dyn Integrator) -> Result<()> {
        let (here, there) = (integrator.describe(), &self.describe);
        if here == *there && self.memory.len() == integrator.memory().len() {
            return Ok(());
        }
        let problem = format!("saved with the integrator {there}, but this run has {here}: configure it as saved");
        Err(Error::Checkpoint { what: "integrator".to_owned(), problem })
    }

    pub(crate) fn restore(&self, integrator: &mut dyn Integrator) {
        integrator.memory_mut().copy_from_slice(&self.memory);
    }
}

const FORMAT: &str = "molkit-integrator";
const VERSION: u32 = 1;

fn save(integrator: &dyn Integrator, out: &mut dyn Write) -> std::result::Result<(), mol_core::Fault> {
    mol_core::save_state(out, FORMAT, VERSION, &Saved::new(integrator))
}

fn load(integrator: &mut dyn Integrator, from: &mut dyn Read) -> std::result::Result<(), mol_core::Fault> {
    let saved: Saved = mol_core::load_state(from, FORMAT, VERSION)?;
    saved.check(integrator)?;
    saved.restore(integrator);
    Ok(())
}

/// `Propagator`, `Checkpoint` for an integrator with a field `engine: Option<Engine>`.
macro_rules! propagate {
    ($integrator:ty) => {
        impl mol_core::Checkpoint for $integrator {
            fn save(&self, out: &mut dyn std::io::Write) -> Result<(), mol_core::Fault> {
                $crate::integrate::save(self, out)
            }
            fn load(&mut self, from: &mut dyn std::io::Read) -> Result<(), mol_core::Fault> {
                $crate::integrate::load(self, from)
            }
        }

        impl mol_core::Propagator for $integrator {
            /// The forces of the starting positions are computed once per call, because neither the potential nor the
            /// state need be those of the call before; within a call they are kept from step to step.
            fn advance(
                &mut self,
                potential: &mut dyn mol_core::Potential,
                state: &mut State,
                steps: u64,
                rng: &mut Rng,
            ) -> Result<(), mol_core::Fault> {
                $crate::integrate::check_sizes(self, potential, state)?;
                if steps == 0 {
                    return Ok(());
                }
                let mut engine = self.engine.take().unwrap_or_else(|| $crate::integrate::Engine::new(self));
                let mut outcome = engine.evaluate(potential, state);
                for _ in 0..steps {
                    outcome = outcome.and_then(|()| engine.step(self, potential, state, rng));
                }
                self.engine = Some(engine);
                Ok(outcome?)
            }
        }
    };
}
pub(crate) use propagate;
