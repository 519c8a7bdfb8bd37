//! The contracts of [`Environment`] and [`DiscreteEnvironment`] as functions.

use crate::{DiscreteEnvironment, Environment, Rng, Seed};
use std::fmt::Debug;

#[cfg(test)]
mod tests;

/// How long [`check_environment`] plays.
#[derive(Clone, Copy, Debug)]
pub struct EnvironmentCheck {
    /// Episodes of random actions.
    pub episodes: u64,
    /// An episode longer than this is left.
    pub max_steps: usize,
    /// Whether every episode must end within `max_steps`.
    pub must_end: bool,
}

impl Default for EnvironmentCheck {
    fn default() -> Self {
        Self { episodes: 20, max_steps: 1000, must_end: true }
    }
}

/// Tests everything that [`Environment`] promises, with random actions.
///
/// 1. an episode is reproduced by the generator alone: by a new object, and by one that has played before;
/// 2. observations equal themselves (no NaN), rewards are finite;
/// 3. a step is not both terminated and truncated; episodes end within `max_steps`.
///
/// # Panics
/// If a promise is broken, with its name, the episode and the step.
pub fn check_environment<E: Environment>(mut make: impl FnMut() -> E, options: &EnvironmentCheck)
where
    E::Observation: PartialEq + Debug,
    E::Action: PartialEq + Debug,
{
    let mut used = make();
    for episode in 0..options.episodes {
        let seed = Seed::new(0x5eed).stream("check_environment").at(episode);
        let first = play(&mut make(), &mut seed.rng(), options, episode);
        for (who, environment) in [("a new one", &mut make()), ("one that has played before", &mut used)] {
            let again = play(environment, &mut seed.rng(), options, episode);
            for (step, (a, b)) in first.iter().zip(&again).enumerate() {
                assert!(
                    a == b,
                    "environment, episode {episode}, step {step}: {a:?}, from the same generator {who} {b:?}"
                );
            }
            let lengths = (first.len(), again.len());
            assert!(
                lengths.0 == lengths.1,
                "environment, episode {episode}: {lengths:?} steps from the same generator"
            );
        }
    }
}

/// Action (none for the reset), observation, reward, terminated, truncated.
type Event<E> = (Option<<E as Environment>::Action>, <E as Environment>::Observation, f64, bool, bool);

fn play<E: Environment>(environment: &mut E, rng: &mut Rng, options: &EnvironmentCheck, episode: u64) -> Vec<Event<E>>
where
    E::Observation: PartialEq + Debug,
{
    let mut events = vec![(None, environment.reset(rng), 0.0, false, false)];
    for step in 1..=options.max_steps {
        let action = environment.sample_action(rng);
        let result = environment.step(&action, rng);
        let place = || format!("environment, episode {episode}, step {step}");
        assert!(result.reward.is_finite(), "{}: the reward is {}", place(), result.reward);
        #[expect(clippy::eq_op, reason = "NaN does not equal itself")]
        let itself = result.observation == result.observation;
        assert!(itself, "{}: the observation does not equal itself: {:?}", place(), result.observation);
        assert!(!(result.terminated && result.truncated), "{}: both terminated and truncated", place());
        let ended = result.ended();
        events.push((Some(action), result.observation, result.reward, result.terminated, result.truncated));
        if ended {
            return events;
        }
    }
    assert!(!options.must_end, "environment, episode {episode}: no end after {} steps", options.max_steps);
    events
}

/// Tests what [`DiscreteEnvironment`] adds; run it after [`check_environment`].
///
/// 1. until the end at least one action is legal, and `legal` overwrites the whole mask;
/// 2. `sample_action` draws legal actions only, and at the start of an episode all of them alike.
///
/// # Panics
/// If a promise is broken, with its name, the episode and the step.
pub fn check_discrete_environment<E: DiscreteEnvironment>(mut make: impl FnMut() -> E, options: &EnvironmentCheck) {
    let mut environment = make();
    let actions = environment.actions();
    assert!(actions > 0, "environment: actions() is 0");
    for episode in 0..options.episodes {
        let mut rng = Seed::new(0x5eed).stream("check_discrete_environment").at(episode).rng();
        environment.reset(&mut rng);
        for step in 0..options.max_steps {
            let place = || format!("environment, episode {episode}, step {step}");
            let mask = mask(&environment, true, &place());
            assert!(mask.contains(&true), "{}: no action is legal", place());
            if step == 0 {
                check_uniform(&environment, &mask, &mut rng, &place());
            }
            let action = environment.sample_action(&mut rng);
            let legal = mask.get(action).copied().unwrap_or(false);
            assert!(legal, "{}: sample_action draws {action}, the mask is {mask:?}", place());
            if environment.step(&action, &mut rng).ended() {
                break;
            }
        }
    }
}

/// The mask, written over `true` and over `false`.
fn mask(environment: &impl DiscreteEnvironment, first: bool, place: &str) -> Vec<bool> {
    let [a, b] = [first, !first].map(|start| {
        let mut mask = vec![start; environment.actions()];
        environment.legal(&mut mask);
        mask
    });
    assert!(a == b, "{place}: legal() does not overwrite the whole mask: {a:?} over true, {b:?} over false");
    a
}

/// Every legal action is drawn within six standard deviations of its share.
fn check_uniform(environment: &impl DiscreteEnvironment, mask: &[bool], rng: &mut Rng, place: &str) {
    let legal = mask.iter().filter(|legal| **legal).count();
    let draws = (100 * legal).min(20_000);
    let mut counts = vec![0_u32; mask.len()];
    for _ in 0..draws {
        let action = environment.sample_action(rng);
        assert!(mask.get(action) == Some(&true), "{place}: sample_action draws {action}, the mask is {mask:?}");
        counts[action] += 1;
    }
    let mean = draws as f64 / legal as f64;
    for (action, count) in counts.iter().enumerate().filter(|(action, _)| mask[*action]) {
        let off = (f64::from(*count) - mean).abs();
        assert!(off <= 6.0 * mean.sqrt(), "{place}: action {action} is drawn {count} times, expected {mean:.1}");
    }
}
