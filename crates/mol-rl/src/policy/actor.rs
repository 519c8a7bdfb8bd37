//! Who acts: policies, and actors that may also look at the environment.

use mol_core::{Environment, Policy, Rng};

/// Chooses an action by what is seen and by what the environment allows now.
///
/// A [`Policy`] sees the observation only; [`Unmasked`] makes it an actor. What needs the legal actions of the moment (a
/// uniform baseline, a masked policy, a tree search) implements this trait itself. There is no blanket implementation
/// for policies, because it would forbid every other one.
///
/// Not to be confused with the *actor* of actor-critic algorithms, which is a network.
pub trait Actor<E: Environment + ?Sized> {
    /// Told before the first action of an episode; who remembers forgets.
    fn begin(&mut self) {}

    /// The action in the present state of `environment`, of which `seen` is the observation.
    fn choose(&mut self, seen: &E::Observation, environment: &E, rng: &mut Rng) -> E::Action;
}

/// Acts by a [`Policy`], which sees the observation and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unmasked<P>(pub P);

impl<E: Environment + ?Sized, P: Policy<E::Observation, E::Action>> Actor<E> for Unmasked<P> {
    fn choose(&mut self, seen: &E::Observation, _environment: &E, rng: &mut Rng) -> E::Action {
        self.0.act(seen, rng)
    }
}

/// Chooses uniformly among the legal actions, through [`Environment::sample_action`].
///
/// The baseline of every learner: what it earns is earned without learning.
///
/// ```
/// use mol_core::{Environment, Seed};
/// use mol_rl::{Actor, UniformPolicy, env::Chain};
/// let mut rng = Seed::new(1).rng();
/// let mut chain = Chain::walled(3)?;
/// let seen = chain.reset(&mut rng);
/// assert_eq!((seen, UniformPolicy.choose(&seen, &chain, &mut rng)), (1, Chain::RIGHT), "left is a wall");
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UniformPolicy;

impl<E: Environment + ?Sized> Actor<E> for UniformPolicy {
    fn choose(&mut self, _seen: &E::Observation, environment: &E, rng: &mut Rng) -> E::Action {
        environment.sample_action(rng)
    }
}
