//! Episodes of bounded length.

use super::{DiscreteEnvironment, Environment, Step};
use crate::{Error, Result, Rng};

/// Cuts episodes after `limit` steps: the last step is `truncated`, unless the task ends with it.
///
/// ```
/// use mol_core::{Environment, Rng, Seed, Step, TimeLimit};
/// /// Walks on for ever.
/// struct Walk(f64);
/// impl Environment for Walk {
///     type Observation = f64;
///     type Action = f64;
///     fn reset(&mut self, _: &mut Rng) -> f64 {
///         self.0 = 0.0;
///         self.0
///     }
///     fn step(&mut self, action: &f64, _: &mut Rng) -> Step<f64> {
///         self.0 += action;
///         Step { observation: self.0, reward: -self.0.abs(), terminated: false, truncated: false }
///     }
///     fn sample_action(&self, rng: &mut Rng) -> f64 {
///         rng.normal()
///     }
/// }
/// let mut rng = Seed::new(1).rng();
/// let mut walk = TimeLimit::new(2, Walk(0.0))?;
/// walk.reset(&mut rng);
/// assert!(!walk.step(&1.0, &mut rng).truncated);
/// assert!(walk.step(&1.0, &mut rng).truncated);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TimeLimit<E> {
    limit: u64,
    steps: u64,
    environment: E,
}

impl<E> TimeLimit<E> {
    /// `environment` in episodes of at most `limit` steps.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `limit` is 0.
    pub fn new(limit: u64, environment: E) -> Result<Self> {
        if limit == 0 {
            return Err(Error::InvalidArgument { what: "time limit [steps]", expected: "at least 1", got: "0".into() });
        }
        Ok(Self { limit, steps: 0, environment })
    }

    /// The environment inside.
    #[must_use]
    pub fn into_inner(self) -> E {
        self.environment
    }
}

impl<E: Environment> Environment for TimeLimit<E> {
    type Observation = E::Observation;
    type Action = E::Action;

    fn reset(&mut self, rng: &mut Rng) -> Self::Observation {
        self.steps = 0;
        self.environment.reset(rng)
    }

    fn step(&mut self, action: &Self::Action, rng: &mut Rng) -> Step<Self::Observation> {
        let mut step = self.environment.step(action, rng);
        self.steps += 1;
        step.truncated |= self.steps >= self.limit && !step.terminated;
        step
    }

    fn sample_action(&self, rng: &mut Rng) -> Self::Action {
        self.environment.sample_action(rng)
    }
}

impl<E: DiscreteEnvironment> DiscreteEnvironment for TimeLimit<E> {
    fn actions(&self) -> usize {
        self.environment.actions()
    }

    fn legal(&self, mask: &mut [bool]) {
        self.environment.legal(mask);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    /// Terminates at its third step.
    struct Three(u32);

    impl Environment for Three {
        type Observation = u32;
        type Action = ();
        fn reset(&mut self, _: &mut Rng) -> u32 {
            self.0 = 0;
            0
        }
        fn step(&mut self, (): &(), _: &mut Rng) -> Step<u32> {
            self.0 += 1;
            Step { observation: self.0, reward: 1.0, terminated: self.0 == 3, truncated: false }
        }
        fn sample_action(&self, _: &mut Rng) {}
    }

    /// The end of the second episode: it counts from its own start.
    fn end(limit: u64) -> (u32, bool, bool) {
        let mut rng = Seed::new(1).rng();
        let mut task = TimeLimit::new(limit, Three(0)).unwrap();
        let mut episode = || {
            task.reset(&mut rng);
            std::iter::repeat_with(|| task.step(&(), &mut rng)).find(Step::ended).unwrap()
        };
        episode();
        let last = episode();
        (last.observation, last.terminated, last.truncated)
    }

    #[test]
    fn the_end_of_the_task_wins_over_the_limit() {
        assert_eq!(end(2), (2, false, true));
        assert_eq!(end(3), (3, true, false));
        assert_eq!(end(9), (3, true, false));
        assert!(TimeLimit::new(0, Three(0)).is_err());
    }
}
