//! Many copies of an environment, stepped side by side.
//!
//! Each copy has two generators of its own, one for the environment and one for whoever acts in it, derived from its
//! index, and is stepped on the ambient rayon pool: the bits do not depend on the number of threads. An episode that
//! ends is followed by a reset at once; the observation it ended with is handed out beside the one the next begins with,
//! since the value of a truncated episode is that of the former.
//!
//! A checkpoint needs no support by the environment: an episode is reproduced by the generator it began with and the
//! actions since, which is the contract of [`Environment`], so these are saved, and loading replays the unfinished
//! episodes. What an environment keeps across episodes (a counter of energy calls) is not part of that and is its
//! owner's to restore. Deliberately not here: policies.

use crate::policy::{FromChoices, Masks};
use crate::{Episode, Error, Result};
use mol_core::{Environment, Rng, Seed};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What one action led to in one copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival<O> {
    /// Reward of the action.
    pub reward: f64,
    /// The task has ended: no future reward.
    pub terminated: bool,
    /// The episode was cut short: the future has a value.
    pub truncated: bool,
    /// The episode's last observation, if it has ended.
    pub last: Option<O>,
    /// The episode, if it has ended.
    pub episode: Option<Episode>,
}

/// One copy and all that its continuation needs.
struct Column<V: Environment, C> {
    environment: V,
    seen: V::Observation,
    rng: Rng,
    /// The generator as it was before the reset of this episode.
    began: Rng,
    actor: Rng,
    /// Factors of the actions since.
    history: Vec<Vec<C>>,
    total: f64,
    episodes: usize,
}

/// What is saved of one copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnState<C> {
    began: Rng,
    actor: Rng,
    history: Vec<Vec<C>>,
    episodes: usize,
}

/// Copies of an environment whose actions are made of factors of type `C`.
///
/// ```
/// use mol_core::Seed;
/// use mol_rl::{Vectorised, env::Chain};
/// let mut chains = Vectorised::<_, usize>::new(vec![Chain::new(1)?, Chain::new(3)?], Seed::new(1))?;
/// let arrivals = chains.step(&[Some(vec![Chain::RIGHT]), Some(vec![Chain::LEFT])])?;
/// assert_eq!((arrivals[0].as_ref().unwrap().last, chains.observation(0)), (Some(2), &1)); // the goal, and reset
/// assert_eq!((arrivals[1].as_ref().unwrap().last, chains.observation(1)), (None, &1));
/// # Ok::<(), mol_rl::Error>(())
/// ```
pub struct Vectorised<V: Environment, C> {
    columns: Vec<Column<V, C>>,
    masks: Option<Masks<V>>,
}

impl<V, C> Vectorised<V, C>
where
    V: Environment + Send,
    V::Observation: Clone + Send,
    V::Action: FromChoices<C>,
    C: Clone + Send + Sync,
{
    /// Resets all `environments`; copy k draws from `seed.stream("env").at(k)`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there are none.
    pub fn new(environments: Vec<V>, seed: Seed) -> Result<Self> {
        if environments.is_empty() {
            let (what, expected) = ("number of environments", "at least 1");
            return Err(Error::InvalidArgument { what, expected, got: "0".into() });
        }
        let column = |(k, mut environment): (usize, V)| {
            let mut rng = seed.stream("env").at(k as u64).rng();
            let (began, actor) = (rng.clone(), seed.stream("actor").at(k as u64).rng());
            let seen = environment.reset(&mut rng);
            Column { environment, seen, rng, began, actor, history: Vec::new(), total: 0.0, episodes: 0 }
        };
        let columns = environments.into_iter().enumerate().collect::<Vec<_>>().into_par_iter().map(column).collect();
        Ok(Self { columns, masks: None })
    }

    /// Reads legal choices off the environments by `masks`.
    #[must_use]
    pub fn with_masks(self, masks: Masks<V>) -> Self {
        Self { masks: Some(masks), ..self }
    }

    /// Number of copies.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none: never.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// What is seen in copy `k`.
    ///
    /// # Panics
    /// If there is no such copy.
    #[must_use]
    pub fn observation(&self, k: usize) -> &V::Observation {
        &self.columns[k].seen
    }

    /// Copy `k` itself.
    ///
    /// # Panics
    /// If there is no such copy.
    #[must_use]
    pub fn environment(&self, k: usize) -> &V {
        &self.columns[k].environment
    }

    /// Whether copy `k` stands at the beginning of an episode.
    ///
    /// # Panics
    /// If there is no such copy.
    #[must_use]
    pub fn at_start(&self, k: usize) -> bool {
        self.columns[k].history.is_empty()
    }

    /// Legal choices in copy `k`; empty if all are.
    ///
    /// # Panics
    /// If there is no such copy.
    #[must_use]
    pub fn mask(&self, k: usize) -> Vec<bool> {
        self.masks.map(|masks| masks(&self.columns[k].environment)).unwrap_or_default()
    }

    /// The generators of whoever acts, one per copy.
    pub fn actors(&mut self) -> impl Iterator<Item = &mut Rng> {
        self.columns.iter_mut().map(|column| &mut column.actor)
    }

    /// Takes one action in each copy for which there is one.
    ///
    /// # Errors
    /// [`Error::Reward`] with the copy's episode and step if a reward is not finite, [`Error::OtherTask`] if an action is
    /// made of another number of factors.
    ///
    /// # Panics
    /// If there is not one entry per copy.
    pub fn step(&mut self, actions: &[Option<Vec<C>>]) -> Result<Vec<Option<Arrival<V::Observation>>>> {
        assert_eq!(actions.len(), self.columns.len(), "one action, or none, per copy");
        let arrivals: Vec<_> = self
            .columns
            .par_iter_mut()
            .zip(actions)
            .with_max_len(1)
            .map(|(column, action)| action.as_ref().map(|choices| column.step(choices)).transpose())
            .collect();
        arrivals.into_iter().collect()
    }

    /// All that a checkpoint needs.
    #[must_use]
    pub fn state(&self) -> Vec<ColumnState<C>> {
        let state = |column: &Column<V, C>| {
            let Column { began, actor, history, episodes, .. } = column;
            ColumnState { began: began.clone(), actor: actor.clone(), history: history.clone(), episodes: *episodes }
        };
        self.columns.iter().map(state).collect()
    }

    /// Goes on from [`state`](Self::state), replaying the unfinished episodes.
    ///
    /// # Errors
    /// If it is of another number of copies (`self` is then unchanged), or an episode ends before its history does: the
    /// environment is another one.
    pub fn restore(&mut self, state: Vec<ColumnState<C>>) -> Result<()> {
        mol_core::Error::check_len("environments in the checkpoint", self.columns.len(), state.len())?;
        let replayed: Vec<Result<()>> = self
            .columns
            .par_iter_mut()
            .zip(state)
            .with_max_len(1)
            .map(|(column, state)| column.replay(state))
            .collect();
        replayed.into_iter().collect()
    }
}

impl<V, C> Column<V, C>
where
    V: Environment,
    V::Observation: Clone,
    V::Action: FromChoices<C>,
    C: Clone,
{
    fn step(&mut self, choices: &[C]) -> Result<Arrival<V::Observation>> {
        let step = self.environment.step(&V::Action::from_choices(choices)?, &mut self.rng);
        let (reward, terminated, truncated) = (step.reward, step.terminated, step.truncated);
        if !reward.is_finite() {
            return Err(Error::Reward { episode: self.episodes, step: self.history.len(), reward });
        }
        self.history.push(choices.to_vec());
        self.total += reward;
        let mut arrival = Arrival { reward, terminated, truncated, last: None, episode: None };
        if terminated || truncated {
            let length = self.history.len();
            arrival.episode = Some(Episode { total: self.total, length, truncated });
            arrival.last = Some(step.observation);
            self.episodes += 1;
            self.begin();
        } else {
            self.seen = step.observation;
        }
        Ok(arrival)
    }

    fn begin(&mut self) {
        self.began = self.rng.clone();
        self.seen = self.environment.reset(&mut self.rng);
        self.history.clear();
        self.total = 0.0;
    }

    fn replay(&mut self, state: ColumnState<C>) -> Result<()> {
        self.rng = state.began;
        self.begin();
        for choices in &state.history {
            if self.step(choices)?.last.is_some() {
                let problem = "an unfinished episode ends when replayed: the environment is another one".to_owned();
                return Err(mol_core::Error::Checkpoint { what: "vectorised environments".into(), problem }.into());
            }
        }
        (self.actor, self.episodes) = (state.actor, state.episodes);
        Ok(())
    }
}
