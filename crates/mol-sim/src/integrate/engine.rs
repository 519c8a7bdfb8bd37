//! One step of any integrator: both halves around the forces, and the way back when they are not finite.

use crate::error::TermReport;
use crate::integrate::Integrator;
use crate::{Divergence, Error, Result};
use mol_core::{Derivatives, Frame, Potential, Rng, State, TermSink, Vec3, Want};

/// Forces and energy of one state, with the copy to which a failed step returns. Allocates only when made.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    pub(crate) derivatives: Derivatives,
    pub(crate) energy: f64,
    last_good: LastGood,
}

impl Engine {
    /// Scratch for the integrator's atoms.
    pub(crate) fn new(integrator: &dyn Integrator) -> Self {
        let derivatives = Derivatives::new(integrator.masses().len(), Want::Forces);
        Self { derivatives, energy: f64::NAN, last_good: LastGood::default() }
    }

    /// Energy and forces of `state`.
    pub(crate) fn evaluate(&mut self, potential: &mut dyn Potential, state: &State) -> Result<()> {
        self.derivatives.clear();
        self.energy = potential.accumulate(state.frame(), &mut self.derivatives);
        if finite(self.energy, self.derivatives.forces()) {
            return Ok(());
        }
        let fault = potential.take_fault();
        Err(diverged(potential, state, &self.derivatives, self.energy, fault, state.clone()))
    }

    /// One step; after an error state, generator and integrator are those of before it.
    pub(crate) fn step(
        &mut self,
        integrator: &mut dyn Integrator,
        potential: &mut dyn Potential,
        state: &mut State,
        rng: &mut Rng,
    ) -> Result<()> {
        self.last_good.keep(state, rng, integrator);
        integrator.first_half(state, self.derivatives.forces(), rng);
        state.step += 1;
        match self.evaluate(potential, state) {
            Ok(()) => {
                integrator.second_half(state, self.derivatives.forces(), rng);
                Ok(())
            }
            Err(mut error) => {
                self.last_good.restore(state, rng, integrator);
                // The forces of the good step: pure, so they come out as they were, and the run can be looked at.
                self.derivatives.clear();
                self.energy = potential.accumulate(state.frame(), &mut self.derivatives);
                if let Error::Diverged(divergence) = &mut error {
                    divergence.last_good.clone_from(state);
                }
                Err(error)
            }
        }
    }
}

/// What a failed step returns to.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastGood {
    kept: Option<(State, Rng)>,
    memory: Vec<f64>,
}

impl LastGood {
    pub(crate) fn keep(&mut self, state: &State, rng: &Rng, integrator: &dyn Integrator) {
        match &mut self.kept {
            Some((kept, kept_rng)) => {
                copy(kept, state);
                kept_rng.clone_from(rng);
            }
            None => self.kept = Some((state.clone(), rng.clone())),
        }
        self.memory.clear();
        self.memory.extend_from_slice(integrator.memory());
    }

    /// The state kept.
    pub(crate) fn state(&self) -> Option<&State> {
        self.kept.as_ref().map(|(state, _)| state)
    }

    pub(crate) fn restore(&self, state: &mut State, rng: &mut Rng, integrator: &mut dyn Integrator) {
        if let Some((kept, kept_rng)) = &self.kept {
            copy(state, kept);
            rng.clone_from(kept_rng);
            integrator.memory_mut().copy_from_slice(&self.memory);
        }
    }
}

/// `to = from` in the memory that `to` has.
fn copy(to: &mut State, from: &State) {
    to.positions.clone_from(&from.positions);
    to.velocities.clone_from(&from.velocities);
    to.cell = from.cell;
    to.step = from.step;
}

/// Whether all components are finite.
pub(crate) fn is_finite(x: &Vec3) -> bool {
    x.iter().all(|component| component.is_finite())
}

/// Whether the energy and all forces are finite. NaN and infinity survive multiplication by zero and addition.
pub(crate) fn finite(energy: f64, forces: &[Vec3]) -> bool {
    let poison = forces.iter().fold(Vec3::zeros(), |sum, force| sum + force * 0.0);
    (energy * 0.0 + poison.x + poison.y + poison.z) == 0.0
}

/// The report of a frame whose energy or forces are not finite.
pub(crate) fn diverged(
    potential: &mut dyn Potential,
    state: &State,
    derivatives: &Derivatives,
    energy: f64,
    fault: Option<mol_core::Fault>,
    last_good: State,
) -> Error {
    let mut terms = Terms(Vec::new());
    potential.terms(Frame::new(&state.positions, &state.cell), &mut terms);
    let largest = largest(derivatives.forces(), 3);
    let divergence = Divergence { step: state.step, walker: None, energy, largest, terms: terms.0, fault, last_good };
    Error::Diverged(Box::new(divergence))
}

/// The `count` largest forces with their atoms, not-a-number first.
fn largest(forces: &[Vec3], count: usize) -> Vec<(usize, f64)> {
    let mut norms: Vec<(usize, f64)> = forces.iter().map(Vec3::norm).enumerate().collect();
    let rank = |force: f64| if force.is_nan() { f64::INFINITY } else { force };
    norms.sort_by(|a, b| rank(b.1).total_cmp(&rank(a.1)));
    norms.truncate(count);
    norms
}

struct Terms(Vec<TermReport>);

impl TermSink for Terms {
    fn term(&mut self, name: &str, energy: f64, derivatives: &Derivatives) {
        let largest = largest(derivatives.forces(), 1).first().copied();
        self.0.push(TermReport { name: name.to_owned(), energy, largest });
    }
}
