//! Tasks of reinforcement learning and the policies that act in them.
//!
//! An [`Environment`] owns its state and draws from the generator it is handed, so that an episode is reproduced by the
//! generator alone. The end of the task (`terminated`) and the end of our patience (`truncated`, usually by
//! [`TimeLimit`]) are told apart, because only the second has a future to bootstrap from. Deliberately not here: vectors
//! of environments and learning, which are mol-rl's.

mod time_limit;

pub use time_limit::TimeLimit;

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
    /// The episode was cut short from outside: the future has a value. Never together with `terminated`.
    pub truncated: bool,
}

impl<O> Step<O> {
    /// Whether the episode is over, either way.
    #[must_use]
    pub const fn ended(&self) -> bool {
        self.terminated || self.truncated
    }
}

/// A task: states, actions, rewards.
///
/// `mol_core::testing::check_environment` tests an implementation.
pub trait Environment {
    /// What the agent sees.
    type Observation;
    /// What it does.
    type Action;

    /// Starts an episode; what came before leaves no trace.
    fn reset(&mut self, rng: &mut Rng) -> Self::Observation;

    /// Takes one action.
    ///
    /// # Panics
    /// It may, if the action is illegal, or the episode has ended or never begun: both are errors of the caller.
    fn step(&mut self, action: &Self::Action, rng: &mut Rng) -> Step<Self::Observation>;

    /// A uniformly random legal action.
    fn sample_action(&self, rng: &mut Rng) -> Self::Action;
}

/// An environment of finitely many actions `0..actions()`.
///
/// `mol_core::testing::check_discrete_environment` tests an implementation.
pub trait DiscreteEnvironment: Environment<Action = usize> {
    /// Number of actions.
    fn actions(&self) -> usize;

    /// Overwrites `mask`, shape `[actions]`, with which actions are legal now; until the end, at least one is.
    fn legal(&self, mask: &mut [bool]) {
        mask.fill(true);
    }
}

/// Chooses actions.
pub trait Policy<O: ?Sized, A> {
    /// The action for what is seen.
    fn act(&mut self, seen: &O, rng: &mut Rng) -> A;
}

macro_rules! forward_environment {
    ($($pointer:tt)+) => {
        impl<E: Environment + ?Sized> Environment for $($pointer)+ {
            type Observation = E::Observation;
            type Action = E::Action;
            fn reset(&mut self, rng: &mut Rng) -> Self::Observation {
                (**self).reset(rng)
            }
            fn step(&mut self, action: &Self::Action, rng: &mut Rng) -> Step<Self::Observation> {
                (**self).step(action, rng)
            }
            fn sample_action(&self, rng: &mut Rng) -> Self::Action {
                (**self).sample_action(rng)
            }
        }

        impl<E: DiscreteEnvironment + ?Sized> DiscreteEnvironment for $($pointer)+ {
            fn actions(&self) -> usize {
                (**self).actions()
            }
            fn legal(&self, mask: &mut [bool]) {
                (**self).legal(mask);
            }
        }
    };
}
forward_environment!(Box<E>);
forward_environment!(&mut E);

impl<O: ?Sized, A, P: Policy<O, A> + ?Sized> Policy<O, A> for Box<P> {
    fn act(&mut self, seen: &O, rng: &mut Rng) -> A {
        (**self).act(seen, rng)
    }
}

impl<O: ?Sized, A, P: Policy<O, A> + ?Sized> Policy<O, A> for &mut P {
    fn act(&mut self, seen: &O, rng: &mut Rng) -> A {
        (**self).act(seen, rng)
    }
}
