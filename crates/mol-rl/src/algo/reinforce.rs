//! REINFORCE with a learned baseline: whole episodes, their true returns, one step of the optimiser.

use super::run::{Losses, Now, Progress, Run, Term, normalise, report};
use crate::buffer::{Until, collect};
use crate::policy::{ActorCritic, Choice, Task, require};
use crate::{Result, Vectorised};
use mol_core::Observer;
use mol_core::tensor::{AdamConfig, Decay, Outcome, Schedule};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Settings of [`Reinforce`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReinforceConfig {
    /// Iterations of playing and learning.
    pub iterations: u64,
    /// Whole episodes of each environment per iteration.
    pub episodes: usize,
    /// Discount γ.
    pub gamma: f64,
    /// Weight of the baseline's loss; with 0 the baseline stays what it is.
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

impl Default for ReinforceConfig {
    /// 500 iterations of one episode, γ 0.99, Adam at 10⁻³.
    fn default() -> Self {
        Self {
            iterations: 500,
            episodes: 1,
            gamma: 0.99,
            value_weight: 0.5,
            entropy_weight: 0.01,
            normalise: false,
            max_norm: Some(0.5),
            schedule: Schedule { rate: 1e-3, warmup: 0, decay: Decay::Constant },
            adam: AdamConfig { epsilon: 1e-5, ..AdamConfig::default() },
        }
    }
}

impl ReinforceConfig {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) naming the first that lies outside its range.
    pub fn validate(&self) -> Result<()> {
        require(self.episodes > 0, "episodes per iteration", "at least 1", self.episodes)?;
        require((0.0..=1.0).contains(&self.gamma), "discount gamma", "in [0, 1]", self.gamma)?;
        let norm = self.max_norm.unwrap_or(1.0);
        require(norm > 0.0, "largest norm", "positive", norm)?;
        for (what, value) in [("value weight", self.value_weight), ("entropy weight", self.entropy_weight)] {
            require(value >= 0.0 && value.is_finite(), what, "zero or positive", value)?;
        }
        Ok(self.schedule.validate()?)
    }
}

/// REINFORCE: the gradient of the expected return from whole episodes, with a value function as the baseline.
///
/// ```text
/// G_t = Σ_{k ≥ t} γ^(k − t) r_k        L = −⟨(G − V) ln π(a|s)⟩ + c_v ⟨½ (V − G)²⟩ − c_e ⟨H⟩
/// ```
///
/// Where an episode was cut short, the value of its last observation stands for the rest of G. Unlike
/// [`A2c`](super::A2c) it never learns from an unfinished episode, so for tasks that end by themselves the gradient has no bias, and
/// more variance. The factor γ^t of the exact gradient of the discounted return is left out, as is usual.
///
/// Reference: R. J. Williams, *Mach. Learn.* **8**, 229 (1992).
///
/// # Example
/// ```
/// use mol_core::Seed;
/// use mol_rl::algo::{Reinforce, ReinforceConfig};
/// use mol_rl::policy::{Categorical, OneHot, VectorPolicy, VectorPolicyConfig};
/// use mol_rl::{Vectorised, env::Chain};
/// let network = VectorPolicy::<_, _, _>::new(
///     VectorPolicyConfig::default(), OneHot(5), Categorical::new(2)?, &mut Seed::new(1).rng())?;
/// let mut learner = Reinforce::new(ReinforceConfig { iterations: 2, ..ReinforceConfig::default() }, network)?;
/// let mut chains = Vectorised::new(vec![Chain::new(3)?; 4], Seed::new(2))?;
/// let mut episodes = 0;
/// learner.train(&mut chains, &mut mol_core::watch(|_, progress: &mol_rl::algo::Progress| {
///     episodes += progress.episodes.len();
///     std::ops::ControlFlow::Continue(())
/// }), None)?;
/// assert_eq!(episodes, 2 * 4);
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reinforce<N: ActorCritic> {
    config: ReinforceConfig,
    run: Run<N>,
}

const FORMAT: &str = "molkit-reinforce";

impl<N: ActorCritic> Reinforce<N> {
    /// At the start, from `network`.
    ///
    /// # Errors
    /// If a setting lies outside its range.
    pub fn new(config: ReinforceConfig, network: N) -> Result<Self> {
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
    config: &ReinforceConfig,
    run: &mut Run<N>,
    environments: &mut Vectorised<V, Choice<N>>,
) -> Result<Progress> {
    // 1. Whole episodes: training begins and ends between episodes, and so does every iteration.
    let until = Until::Episodes(config.episodes);
    let (played, episodes) = collect(&run.network, environments, &mut run.memories, until)?;
    run.steps += played.iter().map(|sequence| sequence.transitions.len() as u64).sum::<u64>();
    // 2. With λ = 1 the advantage is the return minus the baseline.
    let advantages: Vec<Vec<f64>> = played.iter().map(|sequence| sequence.advantages(config.gamma, 1.0)).collect();
    let rate = config.schedule.at(run.iteration, config.iterations);
    let all: Vec<usize> = (0..played.len()).collect();
    let (mean, scale) = if config.normalise { normalise(&advantages, &all) } else { (0.0, 1.0) };
    // 3. Policy gradient, regression of the baseline, entropy bonus: one step of the optimiser.
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
