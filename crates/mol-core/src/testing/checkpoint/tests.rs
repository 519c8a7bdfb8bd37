//! Correct implementations pass, and for each promise one that breaks it is found and named.

use super::*;
use crate::testing::outcome;
use crate::{Fault, Rng, Seed, State, Vec3, load_state, save_state};
use std::io::Read;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    ForgetsSpare,
    SavesClock,
    ReadsAll,
    AcceptsAll,
    HalfLoads,
    Panics,
    SwallowsWriteErrors,
}

struct Walker {
    bug: Bug,
    rng: Rng,
    sum: f64,
    saves: std::cell::Cell<u32>,
}

impl Walker {
    fn new(bug: Bug) -> Self {
        Self { bug, rng: Seed::new(3).rng(), sum: 0.0, saves: std::cell::Cell::new(0) }
    }
    fn advance(&mut self) -> f64 {
        self.sum += self.rng.normal();
        self.sum
    }
}

impl Checkpoint for Walker {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        self.saves.set(self.saves.get() + 1);
        let clock = if self.bug == Bug::SavesClock { self.saves.get() } else { 0 };
        let sum = if self.bug == Bug::ForgetsSpare { 0.0 } else { self.sum };
        let result = save_state(out, "walker", 1, &(clock, sum, &self.rng));
        if self.bug == Bug::SwallowsWriteErrors { Ok(()) } else { result }
    }

    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        if self.bug == Bug::HalfLoads {
            self.sum = -1.0;
        }
        let loaded = load_state::<(u32, f64, Rng)>(from, "walker", 1);
        match self.bug {
            Bug::ReadsAll => _ = std::io::copy(from, &mut std::io::sink())?,
            Bug::AcceptsAll if loaded.is_err() => return Ok(()),
            Bug::Panics if loaded.is_err() => panic!("bad file"),
            _ => {}
        }
        (_, self.sum, self.rng) = loaded?;
        Ok(())
    }
}

#[test]
fn correct_ones_pass() {
    check_checkpoint(|| Walker::new(Bug::None), Walker::advance);
    check_checkpoint(|| Box::new(Walker::new(Bug::None)), |walker| walker.advance());
    check_checkpoint(|| Seed::new(1).rng(), Rng::normal);
    let start = || State::at_rest(vec![Vec3::new(0.1, 0.2, 0.3); 3]);
    check_checkpoint(start, |state| {
        state.step += 1;
        state.positions[0].x /= 3.0;
        state.clone()
    });
}

#[test]
fn every_broken_promise_is_found_and_named() {
    for (bug, expected) in [
        (Bug::ForgetsSpare, "checkpoint, a new object, step 0 after loading"),
        (Bug::SavesClock, "checkpoint: saving twice gives different bytes"),
        (Bug::ReadsAll, "checkpoint, with data behind it: loading consumed"),
        (Bug::AcceptsAll, "checkpoint, truncated to 0 of"),
        (Bug::HalfLoads, "checkpoint, truncated to 0 of"),
        (Bug::Panics, "checkpoint, truncated to 0 of"),
        (Bug::SwallowsWriteErrors, "checkpoint, full disk: saving"),
    ] {
        let message = outcome(|| check_checkpoint(|| Walker::new(bug), Walker::advance));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
}
