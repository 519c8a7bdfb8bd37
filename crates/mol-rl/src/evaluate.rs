//! What an actor earns: returns and lengths of whole episodes.

use crate::{Actor, Error, Result};
use mol_core::{Environment, Rng};

/// One finished episode.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Episode {
    /// Undiscounted sum of the rewards.
    pub total: f64,
    /// Number of steps.
    pub length: usize,
    /// Whether it was cut short from outside rather than ended by the task.
    pub truncated: bool,
}

/// Mean and spread over some episodes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Statistics {
    /// Number of episodes.
    pub episodes: usize,
    /// Mean return.
    pub mean: f64,
    /// Standard error of the mean return; `None` for a single episode.
    pub standard_error: Option<f64>,
    /// Mean number of steps.
    pub mean_length: f64,
}

/// The episodes of an evaluation in the order they were played.
///
/// The return of a truncated episode lacks what the future would have paid, so a mean over both kinds estimates
/// neither: [`terminated`](Self::terminated) and [`truncated`](Self::truncated) are kept apart, and whoever wants
/// [`all`](Self::all) asks for it by name.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Returns {
    episodes: Vec<Episode>,
}

impl Returns {
    /// Every episode.
    #[must_use]
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }

    /// Statistics of the episodes that the task ended; `None` if there are none.
    #[must_use]
    pub fn terminated(&self) -> Option<Statistics> {
        statistics(self.episodes.iter().filter(|episode| !episode.truncated))
    }

    /// Statistics of the episodes that were cut short; `None` if there are none.
    #[must_use]
    pub fn truncated(&self) -> Option<Statistics> {
        statistics(self.episodes.iter().filter(|episode| episode.truncated))
    }

    /// Statistics of all episodes, for tasks of fixed duration, where being cut short is the rule; `None` if there are
    /// none.
    #[must_use]
    pub fn all(&self) -> Option<Statistics> {
        statistics(self.episodes.iter())
    }
}

/// Plays `episodes` episodes and returns what was earned.
///
/// ```text
/// G = Σₜ rₜ      mean = 1/n Σ G      standard error = (Σ (G − mean)² / (n (n − 1)))^½
/// ```
///
/// Episodes are independent if the environment's resets are. An environment that does not end by itself must be wrapped
/// in a [`TimeLimit`](mol_core::TimeLimit), or this function does not return.
///
/// # Errors
/// - [`Error::InvalidArgument`] if `episodes` is 0;
/// - [`Error::Reward`] if the environment pays NaN or an infinity, with episode and step.
///
/// # Example
/// ```
/// use mol_core::{Policy, Rng, Seed};
/// use mol_rl::{Unmasked, env::Chain, evaluate};
///
/// struct AlwaysRight;
/// impl Policy<usize, usize> for AlwaysRight {
///     fn act(&mut self, _place: &usize, _rng: &mut Rng) -> usize {
///         Chain::RIGHT
///     }
/// }
/// let returns = evaluate(&mut Chain::new(5)?, &mut Unmasked(AlwaysRight), 3, &mut Seed::new(1).rng())?;
/// let statistics = returns.terminated().expect("three episodes");
/// assert_eq!((statistics.mean, statistics.standard_error, statistics.mean_length), (1.0, Some(0.0), 3.0));
/// # Ok::<(), mol_rl::Error>(())
/// ```
pub fn evaluate<E: Environment + ?Sized, A: Actor<E> + ?Sized>(
    environment: &mut E,
    actor: &mut A,
    episodes: usize,
    rng: &mut Rng,
) -> Result<Returns> {
    if episodes == 0 {
        return Err(Error::InvalidArgument { what: "number of episodes", expected: "at least 1", got: "0".into() });
    }
    let mut played = Vec::with_capacity(episodes.min(1 << 16));
    for episode in 0..episodes {
        let mut seen = environment.reset(rng);
        actor.begin();
        let (mut total, mut length) = (0.0, 0);
        let truncated = loop {
            let action = actor.choose(&seen, environment, rng);
            let step = environment.step(&action, rng);
            if !step.reward.is_finite() {
                return Err(Error::Reward { episode, step: length, reward: step.reward });
            }
            total += step.reward;
            length += 1;
            let (over, truncated) = (step.ended(), step.truncated);
            seen = step.observation;
            if over {
                break truncated;
            }
        };
        played.push(Episode { total, length, truncated });
    }
    Ok(Returns { episodes: played })
}

fn statistics<'a>(episodes: impl Iterator<Item = &'a Episode> + Clone) -> Option<Statistics> {
    let count = episodes.clone().count();
    if count == 0 {
        return None;
    }
    let n = count as f64;
    let mean = episodes.clone().map(|e| e.total).sum::<f64>() / n;
    let squares: f64 = episodes.clone().map(|e| (e.total - mean) * (e.total - mean)).sum();
    let standard_error = (count > 1).then(|| (squares / (n * (n - 1.0))).sqrt());
    let mean_length = episodes.map(|e| e.length as f64).sum::<f64>() / n;
    Some(Statistics { episodes: count, mean, standard_error, mean_length })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{UniformPolicy, env::Chain};
    use mol_core::{Seed, Step};

    /// Pays 1 a step; ends by itself after as many steps as the episode's number, is cut off after `limit`.
    struct Counter {
        episode: usize,
        step: usize,
        limit: usize,
        reward: f64,
    }

    impl Environment for Counter {
        type Observation = ();
        type Action = ();
        fn reset(&mut self, _rng: &mut Rng) {
            self.episode += 1;
            self.step = 0;
        }
        fn step(&mut self, (): &(), _rng: &mut Rng) -> Step<()> {
            self.step += 1;
            let terminated = self.step == self.episode;
            let truncated = !terminated && self.step == self.limit;
            Step { observation: (), reward: self.reward, terminated, truncated }
        }
        fn sample_action(&self, _rng: &mut Rng) {}
    }

    #[test]
    fn truncated_episodes_are_kept_apart() {
        let mut counter = Counter { episode: 0, step: 0, limit: 3, reward: 1.0 };
        let returns = evaluate(&mut counter, &mut UniformPolicy, 5, &mut Seed::new(0).rng()).expect("finite rewards");
        let totals: Vec<_> = returns.episodes().iter().map(|e| (e.total, e.truncated)).collect();
        assert_eq!(totals, [(1.0, false), (2.0, false), (3.0, false), (3.0, true), (3.0, true)]);
        let ended = returns.terminated().expect("three episodes");
        assert_eq!((ended.episodes, ended.mean, ended.mean_length), (3, 2.0, 2.0));
        assert!((ended.standard_error.expect("three") - 1.0 / 3f64.sqrt()).abs() < 1e-15);
        assert_eq!(returns.truncated().map(|s| (s.episodes, s.mean)), Some((2, 3.0)));
        assert_eq!(returns.all().map(|s| s.mean), Some(2.4));
    }

    #[test]
    fn wrong_arguments_and_rewards_are_named() {
        let mut rng = Seed::new(0).rng();
        let mut counter = Counter { episode: 0, step: 0, limit: 3, reward: f64::NAN };
        let error = evaluate(&mut counter, &mut UniformPolicy, 1, &mut rng).expect_err("a NaN reward");
        assert!(error.to_string().starts_with("episode 0, step 0: reward NaN"), "{error}");
        let error = evaluate(&mut counter, &mut UniformPolicy, 0, &mut rng).expect_err("no episode");
        assert_eq!(error.to_string(), "number of episodes must be at least 1, got 0");
    }

    #[test]
    fn random_walks_have_their_exact_value_and_duration() {
        for (chain, seed) in [(Chain::new(7), 1), (Chain::new(4), 2), (Chain::walled(6), 3)] {
            let mut chain = chain.expect("some places");
            let returns = evaluate(&mut chain, &mut UniformPolicy, 20_000, &mut Seed::new(seed).rng());
            let found = returns.expect("finite rewards").terminated().expect("every walk ends");
            let (value, duration) = (chain.value(chain.start()), chain.duration(chain.start()));
            let error = found.standard_error.expect("many episodes");
            assert!((found.mean - value).abs() <= 4.0 * error, "{} ± {error}, exact {value}", found.mean);
            assert!((found.mean_length / duration - 1.0).abs() < 0.03, "{}, exact {duration}", found.mean_length);
        }
    }
}
