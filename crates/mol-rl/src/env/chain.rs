//! The random walk on a chain, whose values and durations are known exactly.

use crate::{Error, Result};
use mol_core::{DiscreteEnvironment, Environment, Rng, Step};

/// A walk over the places 1…n with a goal at n + 1; the observation is the place.
///
/// Actions are [`LEFT`](Self::LEFT) and [`RIGHT`](Self::RIGHT), one place each. Reaching the goal pays 1 and ends the
/// episode. An *open* chain ([`new`](Self::new)) starts in the middle and also ends, unpaid, at place 0; a *walled* one
/// ([`walled`](Self::walled)) starts at place 1, where going left is illegal. Under uniformly random legal actions the
/// probability of the goal V and the expected number of steps T from place i are
///
/// ```text
/// open     V(i) = i / (n + 1)      T(i) = i (n + 1 − i)
/// walled   V(i) = 1                T(i) = n² − (i − 1)²
/// ```
///
/// Reference: R. S. Sutton and A. G. Barto, *Reinforcement Learning*, 2nd ed., MIT Press (2018), example 6.2; the
/// durations are those of the gambler's ruin, W. Feller, *An Introduction to Probability Theory* **1**, ch. XIV.
///
/// ```
/// let chain = mol_rl::env::Chain::new(19)?;
/// assert_eq!((chain.start(), chain.value(10), chain.duration(10)), (10, 0.5, 100.0));
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    places: usize,
    wall: bool,
    at: usize,
}

impl Chain {
    /// The action of going one place down.
    pub const LEFT: usize = 0;
    /// The action of going one place up.
    pub const RIGHT: usize = 1;

    /// An open chain of `places` places.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `places` is 0.
    pub fn new(places: usize) -> Result<Self> {
        Self::build(places, false)
    }

    /// A chain of `places` places with a wall on the left.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `places` is 0.
    pub fn walled(places: usize) -> Result<Self> {
        Self::build(places, true)
    }

    fn build(places: usize, wall: bool) -> Result<Self> {
        if places == 0 {
            return Err(Error::InvalidArgument { what: "places of a chain", expected: "at least 1", got: "0".into() });
        }
        let mut chain = Self { places, wall, at: 0 };
        chain.at = chain.start();
        Ok(chain)
    }

    /// The place where episodes begin.
    pub const fn start(&self) -> usize {
        if self.wall { 1 } else { self.places.div_ceil(2) }
    }

    /// Probability of reaching the goal from place `place` by uniformly random legal actions.
    pub fn value(&self, place: usize) -> f64 {
        if self.wall { 1.0 } else { place as f64 / (self.places + 1) as f64 }
    }

    /// Expected number of steps to the end from place `place` (1…n) by uniformly random legal actions.
    pub fn duration(&self, place: usize) -> f64 {
        let (n, i) = (self.places as f64, place as f64);
        if self.wall { n * n - (i - 1.0) * (i - 1.0) } else { i * (n + 1.0 - i) }
    }
}

impl Environment for Chain {
    type Observation = usize;
    type Action = usize;

    fn reset(&mut self, _rng: &mut Rng) -> usize {
        self.at = self.start();
        self.at
    }

    /// # Panics
    /// If the action is illegal, or the episode has ended and was not reset.
    fn step(&mut self, action: &usize, _rng: &mut Rng) -> Step<usize> {
        assert!((1..=self.places).contains(&self.at), "the episode has ended at place {}: reset first", self.at);
        let mut mask = [false; 2];
        self.legal(&mut mask);
        assert!(mask.get(*action) == Some(&true), "action {action} is illegal at place {}", self.at);
        self.at = if *action == Self::RIGHT { self.at + 1 } else { self.at - 1 };
        let goal = self.at > self.places;
        Step {
            observation: self.at,
            reward: f64::from(u8::from(goal)),
            terminated: goal || self.at == 0,
            truncated: false,
        }
    }

    fn sample_action(&self, rng: &mut Rng) -> usize {
        let mut mask = [false; 2];
        self.legal(&mut mask);
        if mask[Self::LEFT] { rng.below(2) } else { Self::RIGHT }
    }
}

impl DiscreteEnvironment for Chain {
    fn actions(&self) -> usize {
        2
    }

    fn legal(&self, mask: &mut [bool]) {
        mask.fill(true);
        mask[Self::LEFT] = !(self.wall && self.at == 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::Seed;

    #[test]
    fn walks_pay_only_at_the_goal() {
        let mut rng = Seed::new(0).rng();
        let mut chain = Chain::new(3).expect("three places");
        assert_eq!(chain.reset(&mut rng), 2);
        let step = chain.step(&Chain::RIGHT, &mut rng);
        assert_eq!(step, Step { observation: 3, reward: 0.0, terminated: false, truncated: false });
        let step = chain.step(&Chain::RIGHT, &mut rng);
        assert_eq!(step, Step { observation: 4, reward: 1.0, terminated: true, truncated: false });
        chain.reset(&mut rng);
        chain.step(&Chain::LEFT, &mut rng);
        let step = chain.step(&Chain::LEFT, &mut rng);
        assert_eq!(step, Step { observation: 0, reward: 0.0, terminated: true, truncated: false });
    }

    #[test]
    #[should_panic(expected = "action 0 is illegal at place 1")]
    fn the_wall_holds() {
        let mut rng = Seed::new(0).rng();
        let mut chain = Chain::walled(3).expect("three places");
        chain.reset(&mut rng);
        chain.step(&Chain::LEFT, &mut rng);
    }

    #[test]
    fn exact_values_solve_their_equations() {
        for wall in [false, true] {
            let chain = Chain::build(9, wall).expect("nine places");
            for i in 1..=9 {
                // The neighbour on the left of a walled chain's first place is never entered.
                let (left, right) = if wall && i == 1 { (2, 2) } else { (i - 1, i + 1) };
                let mean = |f: &dyn Fn(usize) -> f64| 0.5 * (f(left) + f(right));
                let ends = |i: usize| if i == 0 || i == 10 { 0.0 } else { chain.duration(i) };
                assert!((chain.value(i) - mean(&|i| chain.value(i))).abs() < 1e-12);
                assert!((chain.duration(i) - 1.0 - mean(&ends)).abs() < 1e-12, "place {i}, wall {wall}");
            }
        }
        assert!(Chain::new(0).is_err());
    }
}
