//! Tasks of reinforcement learning and the policies that act in them.

use crate::Rng;

/// What one action led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<O> {
    /// What the agent sees now.
    pub observation: O,
    /// Reward of the action.
    pub reward: f64,
    /// The task itself has ended: there is no future reward.
    pub terminated: bool,
    /// The episode was cut short from outside: the future has a value.
    pub truncated: bool,
}

/// A task: states, actions, rewards.
pub trait Environment {
    /// What the agent sees.
    type Observation;
    /// What it does.
    type Action;

    /// Starts an episode.
    fn reset(&mut self, rng: &mut Rng) -> Self::Observation;

    /// Takes one action.
    fn step(&mut self, action: &Self::Action, rng: &mut Rng) -> Step<Self::Observation>;

    /// A uniformly random legal action.
    fn sample_action(&self, rng: &mut Rng) -> Self::Action;
}

/// An environment of finitely many actions `0..actions()`.
pub trait DiscreteEnvironment: Environment<Action = usize> {
    /// Number of actions.
    fn actions(&self) -> usize;

    /// Overwrites `mask`, shape `[actions]`, with which actions are legal now.
    fn legal(&self, mask: &mut [bool]) {
        mask.fill(true);
    }
}

/// Chooses actions.
pub trait Policy<O: ?Sized, A> {
    /// The action for what is seen.
    fn act(&mut self, seen: &O, rng: &mut Rng) -> A;
}
