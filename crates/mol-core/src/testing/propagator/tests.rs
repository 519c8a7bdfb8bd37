//! Correct implementations pass, and for each promise one that breaks it is found and named.

use super::*;
use crate::testing::outcome;
use crate::{Checkpoint, Error, Fault, Want, load_state, save_state};
use std::io::{Read, Write};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    ForgetsStep,
    Warms,
    LosesMemory,
    DrawsAhead,
    IgnoresSize,
    IgnoresNan,
    KeepsBadStep,
}

/// Overdamped motion with memory: x ← x + dt F + noise, m ← (m + noise)/2.
struct Brownian {
    bug: Bug,
    memory: f64,
}

impl Checkpoint for Brownian {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        save_state(out, "brownian", 1, &if self.bug == Bug::LosesMemory { 0.0 } else { self.memory })
    }
    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        self.memory = load_state(from, "brownian", 1)?;
        Ok(())
    }
}

impl Propagator for Brownian {
    fn advance(
        &mut self,
        potential: &mut dyn Potential,
        state: &mut State,
        steps: u64,
        rng: &mut Rng,
    ) -> Result<(), Fault> {
        if self.bug != Bug::IgnoresSize {
            Error::check_len("positions", potential.atoms(), state.positions.len())?;
            Error::check_len("velocities", potential.atoms(), state.velocities.len())?;
        }
        if self.bug == Bug::DrawsAhead {
            rng.normal();
        }
        if self.bug == Bug::Warms {
            self.memory = 0.0;
        }
        for _ in 0..steps {
            let mut out = Derivatives::new(potential.atoms(), Want::Forces);
            let energy = potential.accumulate(state.frame(), &mut out);
            if energy.is_nan() && self.bug != Bug::IgnoresNan {
                if self.bug == Bug::KeepsBadStep {
                    state.positions[0].x = f64::NAN;
                }
                return Err("NaN".into());
            }
            for (x, f) in state.positions.iter_mut().zip(out.forces()) {
                let noise = 0.01 * rng.normal();
                self.memory = 0.5 * (self.memory + noise);
                *x += 0.01 * f + Vec3::repeat(noise + 0.1 * self.memory);
            }
            state.step += u64::from(self.bug != Bug::ForgetsStep);
        }
        Ok(())
    }
}

fn check(bug: Bug) {
    let well = potential_fn(2, |frame, out| {
        let x = frame.positions;
        if let Some(forces) = out.forces_mut() {
            forces.iter_mut().zip(x).for_each(|(f, x)| *f -= 2.0 * x);
        }
        x.iter().map(Vec3::norm_squared).sum()
    });
    let state = State::at_rest(vec![Vec3::new(0.1, 0.2, 0.3), Vec3::new(1.0, 0.0, -1.0)]);
    check_propagator(|| Brownian { bug, memory: 0.0 }, &well, &state, 7);
}

#[test]
fn a_correct_one_passes() {
    check(Bug::None);
}

#[test]
fn every_broken_promise_is_found_and_named() {
    for (bug, expected) in [
        (Bug::ForgetsStep, "propagator: state.step is 0, expected 14"),
        (Bug::Warms, "propagator, 2n steps as n and n: position of atom 0"),
        (Bug::LosesMemory, "propagator, 2n steps as n, a restart, and n: position of atom 0"),
        (Bug::DrawsAhead, "propagator, no steps: another number of random numbers"),
        (Bug::IgnoresSize, "propagator, a state of one atom more: it"),
        (Bug::IgnoresNan, "propagator, a position that is NaN: it reports success"),
        (Bug::KeepsBadStep, "propagator, a potential that returns NaN: the state is not the last good one"),
    ] {
        let message = outcome(|| check(bug));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
}
