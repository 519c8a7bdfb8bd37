//! Advantage actor–critic, synchronous: one step of the optimiser per few steps played.

use super::run::{Losses, Now, Progress, Run, Term, normalise, report};
use crate::buffer::{Until, collect};
use crate::policy::{ActorCritic, Choice, Task, require};
use crate::{Result, Vectorised};
use mol_core::Observer;
use mol_core::tensor::{AdamConfig, Decay, Outcome, Schedule};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Settings of [`A2c`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct A2cConfig {
    /// Iterations of playing and learning.
    pub iterations: u64,
    /// Steps of each environment per iteration.
    pub steps: usize,
    /// Discount γ.
    pub gamma: f64,
    /// λ of the advantages; 1 for n-step returns.
    pub lambda: f64,
    /// Weight of the value's loss.
    pub value_weight: f64,
    /// Weight of the entropy.
    pub entropy_weight: f64,
    /// Whether advantages are brought to mean 0 and deviation 1.
    pub normalise: bool,
    /// Largest norm of a gradient.
    pub max_norm: Option<f64>,
    /// Learning rate over the iterations.
    pub schedule: Schedule,
    /// Optimiser.
    pub adam: AdamConfig,
}

impl Default for A2cConfig {
    /// 500 iterations of 5 steps, γ 0.99, λ 1, Adam at 7·10⁻⁴.
    fn default() -> Self {
        Self {
            iterations: 500,
            steps: 5,
            gamma: 0.99,
            lambda: 1.0,
            value_weight: 0.5,
            entropy_weight: 0.01,
            normalise: false,
            max_norm: Some(0.5),
            schedule: Schedule { rate: 7e-4, warmup: 0, decay: Decay::Constant },
            adam: AdamConfig { epsilon: 1e-5, ..AdamConfig::default() },
        }
    }
}

impl A2cConfig {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) naming the first that lies outside its range.
    pub fn validate(&self) -> Result<()> {
        require(self.steps > 0, "steps per iteration", "at least 1", self.steps)?;
        require((0.0..=1.0).contains(&self.gamma), "discount gamma", "in [0, 1]", self.gamma)?;
        require((0.0..=1.0).contains(&self.lambda), "lambda", "in [0, 1]", self.lambda)?;
        let norm = self.max_norm.unwrap_or(1.0);
        require(norm > 0.0, "largest norm", "positive", norm)?;
        for (what, value) in [("value weight", self.value_weight), ("entropy weight", self.entropy_weight)] {
            require(value >= 0.0 && value.is_finite(), what, "zero or positive", value)?;
        }
        Ok(self.schedule.validate()?)
    }
}

/// Synchronous advantage actor–critic: each batch is learned from once and thrown away.
///
/// ```text
/// L = −⟨A ln π(a|s)⟩ + c_v ⟨½ (V − R)²⟩ − c_e ⟨H⟩
/// ```
///
/// A are the advantages of [`Sequence::advantages`](crate::Sequence::advantages), R = A + V. It is [`Ppo`](super::Ppo) with a single
/// pass over a single minibatch, where the ratio is 1.
///
/// Reference: V. Mnih, A. P. Badia, M. Mirza, A. Graves, T. Harley, T. P. Lillicrap, D. Silver and K. Kavukcuoglu,
/// *Proc. ICML* (2016), of whose A3C this is the synchronous form.
///
/// # Example
/// ```
/// use mol_core::Seed;
/// use mol_rl::algo::{A2c, A2cConfig};
/// use mol_rl::policy::{Categorical, OneHot, VectorPolicy, VectorPolicyConfig};
/// use mol_rl::{Vectorised, env::Chain};
/// let network = VectorPolicy::<_, _, _>::new(
///     VectorPolicyConfig::default(), OneHot(5), Categorical::new(2)?, &mut Seed::new(1).rng())?;
/// let mut learner = A2c::new(A2cConfig { iterations: 2, ..A2cConfig::default() }, network)?;
/// let mut chains = Vectorised::new(vec![Chain::new(3)?; 4], Seed::new(2))?;
/// let mut steps = 0;
/// learner.train(&mut chains, &mut mol_core::watch(|_, progress: &mol_rl::algo::Progress| {
///     steps = progress.steps;
///     std::ops::ControlFlow::Continue(())
/// }), None)?;
/// assert_eq!(steps, 2 * 4 * 5);
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct A2c<N: ActorCritic> {
    config: A2cConfig,
    run: Run<N>,
}

const FORMAT: &str = "molkit-a2c";

impl<N: ActorCritic> A2c<N> {
    /// At the start, from `network`.
    ///
    /// # Errors
    /// If a setting lies outside its range.
    pub fn new(config: A2cConfig, network: N) -> Result<Self> {
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
    /// - another number of environments than before;
    /// - output is lost, or the checkpoint cannot be written.
    pub fn train<V: Task<N>>(
        &mut self,
        environments: &mut Vectorised<V, Choice<N>>,
        observer: &mut dyn Observer<Progress>,
        checkpoint: Option<&Path>,
    ) -> Result<Outcome> {
        let config = self.config;
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
    config: &A2cConfig,
    run: &mut Run<N>,
    environments: &mut Vectorised<V, Choice<N>>,
) -> Result<Progress> {
    // 1. A few steps of all environments; unfinished episodes go on in the next iteration.
    let until = Until::Steps(config.steps);
    let (played, episodes) = collect(&run.network, environments, &mut run.memories, until)?;
    run.steps += (config.steps * played.len()) as u64;
    // 2. Advantages, bootstrapped at the end of the batch and where episodes were cut.
    let advantages: Vec<Vec<f64>> =
        played.iter().map(|sequence| sequence.advantages(config.gamma, config.lambda)).collect();
    let rate = config.schedule.at(run.iteration, config.iterations);
    let all: Vec<usize> = (0..played.len()).collect();
    let (mean, scale) = if config.normalise { normalise(&advantages, &all) } else { (0.0, 1.0) };
    // 3. Policy gradient, regression of the value, entropy bonus: one step of the optimiser.
    let loss = |(sequence, step): (usize, usize), now: Now| {
        let raw = advantages[sequence][step];
        let advantage = (raw - mean) * scale;
        let error = now.value - raw - played[sequence].transitions[step].decision.value;
        Term {
            policy: -advantage * now.log_probability,
            value: 0.5 * error * error,
            slopes: [-advantage, -config.entropy_weight, config.value_weight * error],
            ..Term::default()
        }
    };
    let mut losses = Losses::default();
    run.learn(&played, &all, (rate, config.max_norm), &loss, &mut losses)?;
    Ok(report(&played, &advantages, episodes, (rate, losses)))
}
