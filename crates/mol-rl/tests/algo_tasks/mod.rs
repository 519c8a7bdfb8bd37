//! Small tasks with known answers, on which the learners are tested.
#![allow(dead_code, reason = "each test file uses some")]

use mol_core::{Environment, Rng, Seed, Step};
use mol_rl::policy::{Categorical, Distribution, Encoder, OneHot, VectorPolicy, VectorPolicyConfig};

/// A cue of ±1 is shown once; after `delay` empty steps the action that it named (0 or 1) pays 1. Without memory the best is ½.
#[derive(Clone, Debug)]
pub(crate) struct Recall {
    pub(crate) delay: usize,
    cue: usize,
    step: usize,
}

impl Recall {
    pub(crate) fn new(delay: usize) -> Self {
        Self { delay, cue: 0, step: 0 }
    }
}

impl Environment for Recall {
    type Observation = Vec<f64>;
    type Action = usize;
    fn reset(&mut self, rng: &mut Rng) -> Vec<f64> {
        (self.cue, self.step) = (rng.below(2), 0);
        vec![2.0 * self.cue as f64 - 1.0, 0.0]
    }
    fn step(&mut self, action: &usize, _: &mut Rng) -> Step<Vec<f64>> {
        self.step += 1;
        let terminated = self.step > self.delay;
        let reward = f64::from(u8::from(terminated && *action == self.cue));
        let asked = f64::from(u8::from(self.step == self.delay));
        Step { observation: vec![0.0, asked], reward, terminated, truncated: false }
    }
    fn sample_action(&self, rng: &mut Rng) -> usize {
        rng.below(2)
    }
}

/// One step: the best action for the observation x is x/2, missed by d it pays −d²; as an angle, cos(a − x/2).
#[derive(Clone, Debug)]
pub(crate) struct Aim {
    pub angle: bool,
    x: f64,
}

impl Aim {
    pub(crate) fn new(angle: bool) -> Self {
        Self { angle, x: 0.0 }
    }
}

impl Environment for Aim {
    type Observation = Vec<f64>;
    type Action = f64;
    fn reset(&mut self, rng: &mut Rng) -> Vec<f64> {
        self.x = 2.0 * rng.uniform() - 1.0;
        vec![self.x]
    }
    fn step(&mut self, action: &f64, _: &mut Rng) -> Step<Vec<f64>> {
        let miss = action - 0.5 * self.x;
        let reward = if self.angle { miss.cos() } else { -miss * miss };
        Step { observation: vec![self.x], reward, terminated: true, truncated: false }
    }
    fn sample_action(&self, rng: &mut Rng) -> f64 {
        rng.normal()
    }
}

/// A network for a small task.
pub(crate) fn network<O, N: Encoder<O>, D: Distribution>(
    encoder: N,
    distribution: D,
    (hidden, memory): (usize, usize),
) -> VectorPolicy<O, N, D> {
    let shape = VectorPolicyConfig { hidden: vec![hidden], memory, factors: 1 };
    VectorPolicy::new(shape, encoder, distribution, &mut Seed::new(1).stream("weights").rng()).expect("valid")
}

/// A network for chains.
pub(crate) fn walker(places: usize) -> VectorPolicy<usize, OneHot, Categorical> {
    network(OneHot(places + 2), Categorical::new(2).expect("choices"), (16, 0))
}
