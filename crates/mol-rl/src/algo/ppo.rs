//! Proximal policy optimisation with a clipped surrogate.
//!
//! The numbers in the code are those of the details listed in docs/methods/ppo.md.

use super::run::{Losses, Now, Progress, Run, Term, normalise, report};
use crate::buffer::{Until, collect};
use crate::policy::{ActorCritic, Choice, Task, require};
use crate::{Result, Vectorised};
use mol_core::tensor::{AdamConfig, Decay, Outcome, Schedule};
use mol_core::{Observer, Seed};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Settings of [`Ppo`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PpoConfig {
    /// Iterations of playing and learning.
    pub iterations: u64,
    /// Steps of each environment per iteration.
    pub steps: usize,
    /// Factor of the rewards, for tasks whose rewards are far from 1: the value is learned in scaled units.
    pub reward_scale: f64,
    /// Discount γ.
    pub gamma: f64,
    /// λ of the advantages.
    pub lambda: f64,
    /// Passes over what was played.
    pub epochs: usize,
    /// Minibatches per pass; each is made of whole sequences, as evenly as possible, so at most as many as environments count.
    pub minibatches: usize,
    /// Clip range ε of the ratio of probabilities.
    pub clip: f64,
    /// Range within which the value may move per iteration; `None` for no bound.
    pub value_clip: Option<f64>,
    /// Weight of the value's loss.
    pub value_weight: f64,
    /// Weight of the entropy.
    pub entropy_weight: f64,
    /// Passes end once the divergence from the policy that played exceeds this [nat]; `None` for never.
    pub target_kl: Option<f64>,
    /// Whether advantages are brought to mean 0 and deviation 1 in each minibatch.
    pub normalise: bool,
    /// Largest norm of a gradient.
    pub max_norm: Option<f64>,
    /// Learning rate over the iterations.
    pub schedule: Schedule,
    /// Optimiser.
    pub adam: AdamConfig,
    /// Where the order of minibatches comes from.
    pub seed: Seed,
}

impl Default for PpoConfig {
    /// 100 iterations of 16 steps, γ 0.99, λ 0.95, 4 passes of 4 minibatches, ε 0.2, Adam at 3·10⁻⁴ with ε 10⁻⁵.
    fn default() -> Self {
        Self {
            iterations: 100,
            steps: 16,
            reward_scale: 1.0,
            gamma: 0.99,
            lambda: 0.95,
            epochs: 4,
            minibatches: 4,
            clip: 0.2,
            value_clip: None,
            value_weight: 0.5,
            entropy_weight: 0.01,
            target_kl: None,
            normalise: true,
            max_norm: Some(0.5),
            schedule: Schedule { rate: 3e-4, warmup: 0, decay: Decay::Constant },
            adam: AdamConfig { epsilon: 1e-5, ..AdamConfig::default() },
            seed: Seed::new(0),
        }
    }
}

impl PpoConfig {
    /// For budgets of about a thousand steps in all, as where each step is a minimisation: many short iterations, long
    /// learning from each, a wide trust region. The user sets iterations, reward scale and seed.
    ///
    /// 6 steps, γ = λ = 0.9, 8 passes of 2 minibatches, ε 0.3, no entropy, divergence 0.2, norm 1, rate 3·10⁻³; chosen on
    /// 5-butylnonane (docs/methods/ppo.md).
    #[must_use]
    pub fn small_budget() -> Self {
        Self {
            steps: 6,
            gamma: 0.9,
            lambda: 0.9,
            epochs: 8,
            minibatches: 2,
            clip: 0.3,
            entropy_weight: 0.0,
            target_kl: Some(0.2),
            max_norm: Some(1.0),
            schedule: Schedule { rate: 3e-3, warmup: 0, decay: Decay::Constant },
            ..Self::default()
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) naming the first that lies outside its range.
    pub fn validate(&self) -> Result<()> {
        require(self.steps > 0, "steps per iteration", "at least 1", self.steps)?;
        require(self.epochs > 0, "epochs", "at least 1", self.epochs)?;
        require(self.minibatches > 0, "minibatches", "at least 1", self.minibatches)?;
        require((0.0..=1.0).contains(&self.gamma), "discount gamma", "in [0, 1]", self.gamma)?;
        require((0.0..=1.0).contains(&self.lambda), "lambda", "in [0, 1]", self.lambda)?;
        let scale = self.reward_scale;
        require(scale > 0.0 && scale.is_finite(), "reward scale", "positive and finite", scale)?;
        require(self.clip > 0.0, "clip range", "positive", self.clip)?;
        for (what, value) in
            [("value clip", self.value_clip), ("target KL", self.target_kl), ("largest norm", self.max_norm)]
        {
            require(value.is_none_or(|x| x > 0.0), what, "positive", value.unwrap_or(1.0))?;
        }
        for (what, value) in [("value weight", self.value_weight), ("entropy weight", self.entropy_weight)] {
            require(value >= 0.0 && value.is_finite(), what, "zero or positive", value)?;
        }
        Ok(self.schedule.validate()?)
    }
}

/// Proximal policy optimisation: several passes over what was played, bounded by a clipped ratio of probabilities.
///
/// ```text
/// r = π(a|s) / π_played(a|s)
/// L = ⟨ max(−A r, −A clip(r, 1 − ε, 1 + ε)) ⟩ + c_v ⟨½ (V − R)²⟩ − c_e ⟨H⟩
/// ```
///
/// A are the advantages of [`Sequence::advantages`](crate::Sequence::advantages), R = A + V_played, H the entropy.
///
/// Reference: J. Schulman, F. Wolski, P. Dhariwal, A. Radford and O. Klimov, arXiv:1707.06347 (2017), Eq. 7 and 9.
///
/// # Example
/// ```
/// use mol_core::Seed;
/// use mol_rl::algo::{Ppo, PpoConfig};
/// use mol_rl::policy::{Categorical, OneHot, VectorPolicy, VectorPolicyConfig};
/// use mol_rl::{Agent, Vectorised, env::Chain, evaluate};
///
/// let shape = VectorPolicyConfig { hidden: vec![16], ..VectorPolicyConfig::default() };
/// let network = VectorPolicy::<_, _, _>::new(shape, OneHot(7), Categorical::new(2)?, &mut Seed::new(1).rng())?;
/// let mut config = PpoConfig { iterations: 30, ..PpoConfig::default() };
/// config.schedule.rate = 1e-2;
/// let mut ppo = Ppo::new(config, network)?;
/// let mut chains = Vectorised::new(vec![Chain::new(5)?; 8], Seed::new(2))?;
/// ppo.train(&mut chains, &mut (), None)?;
/// let mut agent: Agent<_, Chain> = Agent::new(ppo.into_network());
/// let returns = evaluate(&mut Chain::new(5)?, &mut agent, 200, &mut Seed::new(3).rng())?;
/// assert!(returns.all().expect("episodes").mean > 0.9, "a random walk earns 0.5");
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ppo<N: ActorCritic> {
    config: PpoConfig,
    run: Run<N>,
}

const FORMAT: &str = "molkit-ppo";

impl<N: ActorCritic> Ppo<N> {
    /// At the start, from `network`.
    ///
    /// # Errors
    /// If a setting lies outside its range.
    pub fn new(config: PpoConfig, network: N) -> Result<Self> {
        config.validate()?;
        Ok(Self { run: Run::new(network, config.adam)?, config })
    }

    /// Trains to the end, or until the observer stops it; then a further call goes on. A checkpoint path is written after
    /// every iteration.
    ///
    /// It does not know of budgets: when that of the environments is spent their steps do nothing and pay nothing, and an
    /// observer has to end the training, as [`Budget::is_exhausted`](crate::Budget::is_exhausted) says.
    ///
    /// # Errors
    /// - a policy of another task, an empty mask, a reward, answer or gradient that is not finite;
    /// - fewer environments than minibatches, or another number than before;
    /// - output is lost, or the checkpoint cannot be written.
    pub fn train<V: Task<N>>(
        &mut self,
        environments: &mut Vectorised<V, Choice<N>>,
        observer: &mut dyn Observer<Progress>,
        checkpoint: Option<&Path>,
    ) -> Result<Outcome> {
        let config = self.config;
        let (count, expected) = (environments.len(), "at most the number of environments");
        require(config.minibatches <= count, "minibatches", expected, config.minibatches)?;
        let what = (FORMAT, &config, config.iterations);
        self.run
            .drive(what, environments, observer, checkpoint, |run, environments| iterate(&config, run, environments))
    }

    /// The network as trained so far.
    pub const fn network(&self) -> &N {
        &self.run.network
    }

    /// The network as trained so far.
    pub fn into_network(self) -> N {
        self.run.network
    }

    /// Writes a checkpoint of run and environments, atomically.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_to<V: Task<N>>(&self, path: &Path, environments: &Vectorised<V, Choice<N>>) -> Result<()> {
        self.run.save(path, FORMAT, &self.config, environments)
    }

    /// Goes on from a checkpoint of the same settings and network, to the same bits.
    ///
    /// Unfinished episodes are replayed in `environments`, which costs what their steps cost and is booked on budgets and
    /// records; what these held is not in the file, nor is what an environment remembers across episodes. A budget that
    /// ends during the replay is an error; after an error `environments` may be partly replayed.
    ///
    /// # Errors
    /// If the file cannot be read, is of other settings, another network or another number of environments.
    pub fn load_from<V: Task<N>>(&mut self, path: &Path, environments: &mut Vectorised<V, Choice<N>>) -> Result<()> {
        self.run.load(path, FORMAT, &self.config, environments)
    }
}

/// One iteration.
fn iterate<N: ActorCritic, V: Task<N>>(
    config: &PpoConfig,
    run: &mut Run<N>,
    environments: &mut Vectorised<V, Choice<N>>,
) -> Result<Progress> {
    // 1. All environments play the same number of steps; unfinished episodes go on in the next iteration.
    let until = Until::Steps(config.steps);
    let (mut played, episodes) = collect(&run.network, environments, &mut run.memories, until)?;
    run.steps += (config.steps * played.len()) as u64;
    for step in played.iter_mut().flat_map(|sequence| &mut sequence.transitions) {
        step.reward *= config.reward_scale;
    }
    // 2. Advantages are estimated once, from the values of the policy that played; 3. truncation is bootstrapped.
    let advantages: Vec<Vec<f64>> =
        played.iter().map(|sequence| sequence.advantages(config.gamma, config.lambda)).collect();
    // 4. The learning rate follows its schedule by iterations.
    let rate = config.schedule.at(run.iteration, config.iterations);

    let mut losses = Losses::default();
    let mut order: Vec<usize> = (0..played.len()).collect();
    let mut rng = config.seed.stream("minibatches").at(run.iteration).rng();
    for _ in 0..config.epochs {
        // 5. Minibatches are made of whole sequences, for the memory runs through them.
        rng.shuffle(&mut order);
        let mut pass = Losses::default();
        for part in 0..config.minibatches {
            let minibatch = &order[minibatch(part, config.minibatches, order.len())];
            // 6. Advantages are normalised in each minibatch.
            let (mean, scale) = if config.normalise { normalise(&advantages, minibatch) } else { (0.0, 1.0) };
            let loss = |(sequence, step): (usize, usize), now: Now| {
                let old = &played[sequence].transitions[step].decision;
                let raw = advantages[sequence][step];
                let advantage = (raw - mean) * scale;
                // 7. Clipped surrogate.
                let change = now.log_probability - old.log_probability;
                let ratio = change.exp();
                let plain = -advantage * ratio;
                let clipped = -advantage * ratio.clamp(1.0 - config.clip, 1.0 + config.clip);
                let (policy, by_log_probability) = if plain >= clipped { (plain, plain) } else { (clipped, 0.0) };
                // 8. The value follows the returns, if wanted only within a range of its old self.
                let target = raw + old.value;
                let (value, by_value) = value_loss(now.value, old.value, target, config.value_clip);
                Term {
                    policy,
                    value,
                    // 9. Divergence by r − 1 − ln r, which is never negative.
                    kl: ratio - 1.0 - change,
                    clipped: f64::from(u8::from((ratio - 1.0).abs() > config.clip)),
                    // 10. The entropy's bonus.
                    slopes: [by_log_probability, -config.entropy_weight, config.value_weight * by_value],
                }
            };
            // 11. The gradient's norm is bounded over all weights.
            run.learn(&played, minibatch, (rate, config.max_norm), &loss, &mut pass)?;
        }
        merge(&mut losses, &pass);
        // 12. Passes end when the policy has moved too far.
        if config.target_kl.is_some_and(|limit| pass.kl > limit) {
            break;
        }
    }
    Ok(report(&played, &advantages, episodes, (rate, losses)))
}

/// Minibatch number `part` of `parts` among `count` sequences.
fn minibatch(part: usize, parts: usize, count: usize) -> std::ops::Range<usize> {
    part * count / parts..(part + 1) * count / parts
}

/// ½ (V − R)² and its derivative; with a range, the larger of it and that of the value kept within.
fn value_loss(now: f64, old: f64, target: f64, range: Option<f64>) -> (f64, f64) {
    let error = now - target;
    let plain = (0.5 * error * error, error);
    let Some(range) = range else { return plain };
    let kept = old + (now - old).clamp(-range, range);
    let bounded = 0.5 * (kept - target) * (kept - target);
    if bounded > plain.0 { (bounded, if kept == now { error } else { 0.0 }) } else { plain }
}

/// Means over all passes, weighted by their updates; the divergence is that of the last.
fn merge(all: &mut Losses, pass: &Losses) {
    let updates = all.updates + pass.updates;
    let share = pass.updates as f64 / updates.max(1) as f64;
    let blend = |mean: f64, new: f64| mean + share * (new - mean);
    *all = Losses {
        policy: blend(all.policy, pass.policy),
        value: blend(all.value, pass.value),
        entropy: blend(all.entropy, pass.entropy),
        clipped: blend(all.clipped, pass.clipped),
        kl: pass.kl,
        gradient_norm: pass.gradient_norm,
        updates,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounded_value_loss_is_the_larger_one() {
        assert_eq!(value_loss(3.0, 0.0, 1.0, None), (2.0, 2.0));
        // Moving away from the target beyond the range: the plain loss is larger and pulls back.
        assert_eq!(value_loss(3.0, 0.0, 1.0, Some(0.5)), (2.0, 2.0));
        // Overshooting towards it beyond the range: the bounded loss is larger and passes no gradient.
        assert_eq!(value_loss(0.9, 0.0, 1.0, Some(0.5)), (0.125, 0.0));
        assert_eq!(value_loss(0.25, 0.0, 1.0, Some(0.5)), (0.28125, -0.75));
    }

    #[test]
    fn minibatches_are_as_many_as_asked_for_and_even() {
        let sizes = |parts, count| (0..parts).map(|part| minibatch(part, parts, count).len()).collect::<Vec<_>>();
        assert_eq!((sizes(5, 8), sizes(4, 8), sizes(3, 3)), (vec![1, 2, 1, 2, 2], vec![2; 4], vec![1; 3]));
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let default = PpoConfig::default();
        assert!(default.validate().is_ok() && PpoConfig::small_budget().validate().is_ok());
        let error = |config: PpoConfig| config.validate().expect_err("out of range").to_string();
        assert_eq!(error(PpoConfig { clip: 0.0, ..default }), "clip range must be positive, got 0");
        assert_eq!(error(PpoConfig { gamma: 1.5, ..default }), "discount gamma must be in [0, 1], got 1.5");
        assert_eq!(error(PpoConfig { gamma: f64::NAN, ..default }), "discount gamma must be in [0, 1], got NaN");
        assert_eq!(error(PpoConfig { target_kl: Some(-1.0), ..default }), "target KL must be positive, got -1");
    }
}
