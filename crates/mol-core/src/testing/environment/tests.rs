//! Correct implementations pass, and for each promise one that breaks it is found and named.

use super::*;
use crate::testing::outcome;
use crate::{Step, TimeLimit};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    Remembers,
    NanReward,
    NanSeen,
    EndsTwice,
    Endless,
    MaskAdds,
    NothingLegal,
    DrawsIllegal,
    NotUniform,
}

/// Walk on 0..=6 from 3 with noise; left is illegal at 1; ends at 0 or 6.
#[derive(Clone)]
struct Walk {
    bug: Bug,
    at: f64,
    played: f64,
}

impl Environment for Walk {
    type Observation = f64;
    type Action = usize;

    fn reset(&mut self, rng: &mut Rng) -> f64 {
        self.played += 1.0;
        self.at = 3.0 + 0.1 * rng.uniform();
        if self.bug == Bug::Remembers { self.at + 0.001 * self.played } else { self.at }
    }

    fn step(&mut self, action: &usize, rng: &mut Rng) -> Step<f64> {
        self.at += [-1.0, 1.0, 0.0][*action] * rng.uniform();
        let ended = self.bug != Bug::Endless && !(0.0..=6.0).contains(&self.at);
        let observation = if self.bug == Bug::NanSeen { f64::NAN } else { self.at };
        let reward = if self.bug == Bug::NanReward { f64::NAN } else { -0.1 };
        Step { observation, reward, terminated: ended, truncated: ended && self.bug == Bug::EndsTwice }
    }

    fn sample_action(&self, rng: &mut Rng) -> usize {
        let all = if self.at < 1.0 && self.bug != Bug::DrawsIllegal { 1..3 } else { 0..3 };
        let action = all.start + rng.below(all.len());
        if self.bug == Bug::NotUniform && rng.uniform() < 0.6 { 1 } else { action }
    }
}

impl DiscreteEnvironment for Walk {
    fn actions(&self) -> usize {
        3
    }

    fn legal(&self, mask: &mut [bool]) {
        if self.bug != Bug::MaskAdds {
            mask.fill(self.bug != Bug::NothingLegal);
        }
        mask[0] &= self.at >= 1.0;
    }
}

fn check(bug: Bug) {
    let make = || Walk { bug, at: 0.0, played: 0.0 };
    check_environment(make, &EnvironmentCheck::default());
    check_discrete_environment(make, &EnvironmentCheck::default());
}

#[test]
fn correct_ones_pass_through_every_wrapper() {
    check(Bug::None);
    let make = || Box::new(TimeLimit::new(5, Walk { bug: Bug::Endless, at: 0.0, played: 0.0 }).unwrap());
    let options = EnvironmentCheck { max_steps: 5, ..EnvironmentCheck::default() };
    check_environment(make, &options);
    check_discrete_environment(make, &options);
    let message = outcome(|| check_environment(make, &EnvironmentCheck { max_steps: 4, ..options }));
    assert!(message.contains("no end after 4 steps"), "{message}");
}

#[test]
fn every_broken_promise_is_found_and_named() {
    for (bug, expected) in [
        (Bug::Remembers, "environment, episode 1, step 0"),
        (Bug::NanReward, "environment, episode 0, step 1: the reward is NaN"),
        (Bug::NanSeen, "environment, episode 0, step 1: the observation does not equal itself"),
        (Bug::EndsTwice, "both terminated and truncated"),
        (Bug::Endless, "environment, episode 0: no end after 1000 steps"),
        (Bug::MaskAdds, "environment, episode 0, step 0: legal() does not overwrite"),
        (Bug::NothingLegal, "environment, episode 0, step 0: no action is legal"),
        (Bug::DrawsIllegal, "sample_action draws 0, the mask is [false, true, true]"),
        (Bug::NotUniform, "environment, episode 0, step 0: action 1 is drawn"),
    ] {
        let message = outcome(|| check(bug));
        assert!(message.contains(expected), "{bug:?}: {message}");
    }
}
