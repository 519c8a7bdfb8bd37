//! Adam and AdamW, gradient clipping, learning-rate schedules, averaged weights.

use super::Real;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Settings of [`Adam`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamConfig {
    /// Decay β₁ of the mean gradient.
    pub beta1: f64,
    /// Decay β₂ of the mean squared gradient.
    pub beta2: f64,
    /// ε beside √v̂.
    pub epsilon: f64,
    /// Weight decay λ; 0 for none.
    pub weight_decay: f64,
    /// Whether λ acts on the weights (AdamW) or enters the gradient (Adam with L2 penalty).
    pub decoupled: bool,
}

impl Default for AdamConfig {
    /// PyTorch's defaults: 0.9, 0.999, 10⁻⁸, no decay, decoupled.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0, decoupled: true }
    }
}

/// Adam (Kingma & Ba, ICLR 2015) and AdamW (Loshchilov & Hutter, ICLR 2019).
///
/// ```text
/// m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²
/// θ ← θ − η [ (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε) + λ θ ]
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<E> {
    config: AdamConfig,
    pub(super) mean: Vec<E>,
    pub(super) square: Vec<E>,
    pub(super) steps: u64,
}

impl<E: Real> Adam<E> {
    /// At rest, for `weights` weights.
    ///
    /// # Errors
    /// If a β lies outside [0, 1), ε is not positive or λ is negative.
    pub fn new(config: AdamConfig, weights: usize) -> Result<Self> {
        let AdamConfig { beta1, beta2, epsilon, weight_decay, .. } = config;
        for (what, value) in [("Adam beta1", beta1), ("Adam beta2", beta2)] {
            check(what, "in [0, 1)", value, (0.0..1.0).contains(&value))?;
        }
        check("Adam epsilon", "positive", epsilon, epsilon > 0.0)?;
        check("weight decay", "zero or positive", weight_decay, weight_decay >= 0.0)?;
        Ok(Self { config, mean: vec![E::ZERO; weights], square: vec![E::ZERO; weights], steps: 0 })
    }

    /// Mean gradient, mean squared gradient and number of steps: all that a checkpoint needs.
    #[must_use]
    pub fn moments(&self) -> (&[E], &[E], u64) {
        (&self.mean, &self.square, self.steps)
    }

    /// Goes on from [`moments`](Self::moments) of an earlier run.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if they are of another number of weights; `self` is then unchanged.
    pub fn restore(&mut self, mean: Vec<E>, square: Vec<E>, steps: u64) -> Result<()> {
        Error::check_len("mean gradient of Adam", self.mean.len(), mean.len())?;
        Error::check_len("squared gradient of Adam", self.square.len(), square.len())?;
        (self.mean, self.square, self.steps) = (mean, square, steps);
        Ok(())
    }

    /// One step of size `rate` on `weights` along `gradient`.
    ///
    /// # Panics
    /// If the lengths differ from the one given to [`new`](Self::new).
    pub fn step(&mut self, rate: f64, weights: &mut [E], gradient: &[E]) {
        assert!(weights.len() == self.mean.len() && gradient.len() == self.mean.len(), "weights of another model");
        let AdamConfig { beta1, beta2, epsilon, weight_decay, decoupled } = self.config;
        self.steps += 1;
        let correct = |beta: f64| 1.0 - beta.powf(self.steps as f64);
        let (scale1, scale2) = (E::of(1.0 / correct(beta1)), E::of(1.0 / correct(beta2)));
        let (b1, c1, b2, c2) = (E::of(beta1), E::of(1.0 - beta1), E::of(beta2), E::of(1.0 - beta2));
        let penalty = E::of(if decoupled { 0.0 } else { weight_decay });
        let shrink = E::of(if decoupled { rate * weight_decay } else { 0.0 });
        let (rate, epsilon) = (E::of(rate), E::of(epsilon));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((w, g), (m, v)) in weights.iter_mut().zip(gradient).zip(moments) {
            let g = *g + penalty * *w;
            *m = b1 * *m + c1 * g;
            *v = b2 * *v + c2 * g * g;
            *w = *w - shrink * *w - rate * (*m * scale1) / (Real::sqrt(*v * scale2) + epsilon);
        }
    }
}

fn check(what: &'static str, expected: &'static str, value: f64, holds: bool) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::InvalidArgument { what, expected, got: value.to_string() }) }
}

/// Euclidean norm of `gradient`; if it exceeds `limit`, the gradient is scaled down to it.
///
/// Sums in f64 in index order.
pub fn clip_norm<E: Real>(gradient: &mut [E], limit: Option<f64>) -> f64 {
    let norm = gradient.iter().map(|g| g.f64() * g.f64()).sum::<f64>().sqrt();
    if let Some(limit) = limit
        && norm > limit
    {
        let scale = E::of(limit / norm);
        for g in gradient {
            *g *= scale;
        }
    }
    norm
}

/// Learning rate as a function of the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Decay {
    /// Constant.
    Constant,
    /// From the full rate to `floor` times it along half a cosine over the whole run.
    Cosine {
        /// Final rate as a fraction of the first.
        floor: f64,
    },
    /// From the full rate to `floor` times it exponentially over the whole run.
    Exponential {
        /// Final rate as a fraction of the first.
        floor: f64,
    },
}

/// Warm-up and decay of the learning rate; stateless, so a resumed run needs only the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Rate after warm-up.
    pub rate: f64,
    /// Steps of linear warm-up from zero.
    pub warmup: u64,
    /// What follows.
    pub decay: Decay,
}

impl Schedule {
    /// The rate of step `step` (from 0) of `steps`.
    #[must_use]
    pub fn at(&self, step: u64, steps: u64) -> f64 {
        if step < self.warmup {
            return self.rate * (step + 1) as f64 / self.warmup as f64;
        }
        let x = (step - self.warmup) as f64 / steps.saturating_sub(self.warmup).max(1) as f64;
        let factor = match self.decay {
            Decay::Constant => 1.0,
            Decay::Cosine { floor } => floor + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * x.min(1.0)).cos()),
            Decay::Exponential { floor } => floor.powf(x.min(1.0)),
        };
        self.rate * factor
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// If the rate is not positive or a floor lies outside (0, 1].
    pub fn validate(&self) -> Result<()> {
        check("learning rate", "positive and finite", self.rate, self.rate > 0.0 && self.rate.is_finite())?;
        match self.decay {
            Decay::Constant => Ok(()),
            Decay::Cosine { floor } => check("cosine floor", "in [0, 1]", floor, (0.0..=1.0).contains(&floor)),
            Decay::Exponential { floor } => check("exponential floor", "in (0, 1]", floor, floor > 0.0 && floor <= 1.0),
        }
    }
}

/// Exponential moving average of weights with warm-up: decay at step t is min(β, (1 + t) / (10 + t)).
pub fn average<E: Real>(mean: &mut [E], weights: &[E], beta: f64, step: u64) {
    let beta = beta.min((1.0 + step as f64) / (10.0 + step as f64));
    let (keep, take) = (E::of(beta), E::of(1.0 - beta));
    for (m, w) in mean.iter_mut().zip(weights) {
        *m = keep * *m + take * *w;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps by hand on one weight.
    #[test]
    fn adam_follows_its_equations() {
        for (decoupled, decay) in [(true, 0.0), (true, 0.1), (false, 0.1)] {
            let config = AdamConfig { weight_decay: decay, decoupled, ..AdamConfig::default() };
            let mut adam = Adam::<f64>::new(config, 1).expect("valid");
            let (mut w, mut m, mut v, mut x) = ([2.0], 0.0, 0.0, 2.0);
            for (t, g) in [(1, 0.5), (2, -1.5)] {
                adam.step(0.01, &mut w, &[g]);
                let g = if decoupled { g } else { g + decay * x };
                m = 0.9 * m + 0.1 * g;
                v = 0.999 * v + 0.001 * g * g;
                let (mh, vh) = (m / (1.0 - 0.9_f64.powi(t)), v / (1.0 - 0.999_f64.powi(t)));
                let pull = if decoupled { decay * x } else { 0.0 };
                x -= 0.01 * (mh / (vh.sqrt() + 1e-8) + pull);
                assert!((w[0] - x).abs() < 1e-12, "{decoupled} {decay}: {} {x}", w[0]);
            }
        }
    }

    #[test]
    fn clipping_keeps_the_direction() {
        let mut g = [3.0_f32, 4.0];
        assert_eq!(clip_norm(&mut g, Some(10.0)), 5.0);
        assert_eq!(g, [3.0, 4.0]);
        assert_eq!(clip_norm(&mut g, Some(1.0)), 5.0);
        assert!((g[0] - 0.6).abs() < 1e-7 && (g[1] - 0.8).abs() < 1e-7);
    }

    #[test]
    fn schedules_start_and_end_where_they_say() {
        let cosine = Schedule { rate: 2.0, warmup: 10, decay: Decay::Cosine { floor: 0.1 } };
        assert!((cosine.at(0, 110) - 0.2).abs() < 1e-12);
        assert!((cosine.at(10, 110) - 2.0).abs() < 1e-12);
        assert!((cosine.at(60, 110) - 1.1).abs() < 1e-12);
        assert!((cosine.at(110, 110) - 0.2).abs() < 1e-12);
        let falling = Schedule { rate: 1.0, warmup: 0, decay: Decay::Exponential { floor: 0.01 } };
        assert!((falling.at(50, 100) - 0.1).abs() < 1e-12);
        assert!(Schedule { rate: -1.0, ..falling }.validate().is_err());
    }

    #[test]
    fn averaged_weights_forget_their_start() {
        let mut mean = [0.0_f64];
        for step in 0..200 {
            average(&mut mean, &[1.0], 0.9, step);
        }
        assert!((mean[0] - 1.0).abs() < 1e-8);
    }
}
