//! What was played: sequences of transitions, and the advantages learned from them.

use crate::policy::{ActorCritic, Choice, Decision, Task, decide};
use crate::{Episode, Result, Vectorised};
use mol_core::tensor::Real;

/// One step of one environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition<O, C> {
    /// What was seen.
    pub observation: O,
    /// Whether an episode began there.
    pub start: bool,
    /// Which choices were legal; empty if all were.
    pub mask: Vec<bool>,
    /// What was decided, with the log-probability and the value of the time.
    pub decision: Decision<C>,
    /// What it paid.
    pub reward: f64,
    /// The task ended with it.
    pub terminated: bool,
    /// The episode was cut short after it.
    pub truncated: bool,
    /// Value of what was seen next, in the same episode; 0 if the task ended.
    pub next_value: f64,
}

/// Consecutive steps of one environment, perhaps over several episodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence<O, C, E> {
    /// The policy's memory before the first step.
    pub memory: Vec<E>,
    /// The steps.
    pub transitions: Vec<Transition<O, C>>,
}

impl<O, C, E> Sequence<O, C, E> {
    /// Advantages by generalised advantage estimation.
    ///
    /// ```text
    /// δₜ = rₜ + γ V(sₜ₊₁) − V(sₜ)         V(sₜ₊₁) = 0 where the task ended, the value of the last observation where it was cut
    /// Aₜ = δₜ + γ λ Aₜ₊₁                   Aₜ₊₁ = 0 where the episode ended, either way
    /// ```
    ///
    /// λ = 0 is the one-step error, λ = 1 the discounted return minus the value. The return to learn the value from is A + V.
    ///
    /// Reference: J. Schulman, P. Moritz, S. Levine, M. Jordan and P. Abbeel, *ICLR* (2016), Eq. 16; truncation after
    /// F. Pardo, A. Tavakoli, V. Levdik and P. Kormushev, *Proc. ICML* (2018).
    #[must_use]
    pub fn advantages(&self, gamma: f64, lambda: f64) -> Vec<f64> {
        let mut advantages = vec![0.0; self.transitions.len()];
        let mut next = 0.0;
        for (advantage, step) in advantages.iter_mut().zip(&self.transitions).rev() {
            if step.terminated || step.truncated {
                next = 0.0;
            }
            let future = if step.terminated { 0.0 } else { step.next_value };
            next = step.reward + gamma * future - step.decision.value + gamma * lambda * next;
            *advantage = next;
        }
        advantages
    }
}

/// When [`collect`] has enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so many steps of each environment, wherever its episode stands.
    Steps(usize),
    /// After so many whole episodes of each environment.
    Episodes(usize),
}

/// Sequences of what a network played.
pub type Played<N> = Sequence<<N as ActorCritic>::Observation, Choice<N>, <N as ActorCritic>::Scalar>;

/// Plays `network` in all environments and records it.
///
/// `memories` are the policy's, one per environment `[memory]`; they are carried on from call to call.
///
/// # Errors
/// - what [`decide`] refuses: a policy of another task, an empty mask, an answer that is not finite;
/// - [`Error::Reward`](crate::Error::Reward) if a reward is not finite.
///
/// # Panics
/// If there is not one memory per environment.
pub fn collect<N: ActorCritic, V: Task<N>>(
    network: &N,
    environments: &mut Vectorised<V, Choice<N>>,
    memories: &mut [Vec<N::Scalar>],
    until: Until,
) -> Result<(Vec<Played<N>>, Vec<Episode>)> {
    let count = environments.len();
    assert_eq!(memories.len(), count, "one memory per environment");
    let mut sequences: Vec<Played<N>> = (0..count)
        .map(|k| {
            // A memory is emptied where an episode starts, so what it holds there is of no account.
            let memory =
                if environments.at_start(k) { vec![N::Scalar::ZERO; network.memory()] } else { memories[k].clone() };
            Sequence { memory, transitions: Vec::new() }
        })
        .collect();
    let mut episodes: Vec<Vec<Episode>> = vec![Vec::new(); count];
    loop {
        let active: Vec<usize> = (0..count)
            .filter(|&k| match until {
                Until::Steps(steps) => sequences[k].transitions.len() < steps,
                Until::Episodes(number) => episodes[k].len() < number,
            })
            .collect();
        if active.is_empty() {
            break;
        }
        let seen: Vec<N::Observation> = active.iter().map(|&k| environments.observation(k).clone()).collect();
        let starts: Vec<bool> = active.iter().map(|&k| environments.at_start(k)).collect();
        let masks: Vec<Vec<bool>> = active.iter().map(|&k| environments.mask(k)).collect();
        let decisions = play(network, environments, memories, &active, (&seen, &starts, &masks))?;
        let mut actions = vec![None; count];
        for (&k, decision) in active.iter().zip(&decisions) {
            actions[k] = Some(decision.choices.clone());
        }
        let arrivals = environments.step(&actions)?;
        let steps = seen.into_iter().zip(starts).zip(masks).zip(decisions);
        for (&k, (((observation, start), mask), decision)) in active.iter().zip(steps) {
            let arrival = arrivals[k].as_ref().expect("an active environment was stepped");
            let (reward, terminated, truncated) = (arrival.reward, arrival.terminated, arrival.truncated);
            episodes[k].extend(arrival.episode);
            sequences[k].transitions.push(Transition {
                observation,
                start,
                mask,
                decision,
                reward,
                terminated,
                truncated,
                next_value: 0.0,
            });
        }
        let cut: Vec<(usize, &N::Observation)> = active
            .iter()
            .filter_map(|&k| arrivals[k].as_ref().map(|arrival| (k, arrival)))
            .filter_map(|(k, arrival)| arrival.last.as_ref().filter(|_| arrival.truncated).map(|last| (k, last)))
            .collect();
        for ((k, _), value) in cut.iter().zip(look(network, &cut, memories)?) {
            last_step(&mut sequences[*k]).next_value = value;
        }
    }
    for sequence in &mut sequences {
        for k in 1..sequence.transitions.len() {
            let value = sequence.transitions[k].decision.value;
            let before = &mut sequence.transitions[k - 1];
            if !(before.terminated || before.truncated) {
                before.next_value = value;
            }
        }
    }
    let goes_on = |k: &usize| sequences[*k].transitions.last().is_some_and(|step| !(step.terminated || step.truncated));
    let open: Vec<_> = (0..count).filter(goes_on).map(|k| (k, environments.observation(k))).collect();
    for ((k, _), value) in open.iter().zip(look(network, &open, memories)?) {
        last_step(&mut sequences[*k]).next_value = value;
    }
    Ok((sequences, episodes.concat()))
}

fn last_step<O, C, E>(sequence: &mut Sequence<O, C, E>) -> &mut Transition<O, C> {
    sequence.transitions.last_mut().expect("a step was recorded before its value is asked for")
}

type Answer<N> = Vec<Decision<Choice<N>>>;

/// Decisions in the active environments; their memories go on.
fn play<N: ActorCritic, V: Task<N>>(
    network: &N,
    environments: &mut Vectorised<V, Choice<N>>,
    memories: &mut [Vec<N::Scalar>],
    active: &[usize],
    (seen, starts, masks): (&[N::Observation], &[bool], &[Vec<bool>]),
) -> Result<Answer<N>> {
    let seen: Vec<&N::Observation> = seen.iter().collect();
    let masks: Vec<&[bool]> = masks.iter().map(Vec::as_slice).collect();
    let mut carried: Vec<Vec<N::Scalar>> = active.iter().map(|&k| memories[k].clone()).collect();
    let mut wanted = vec![false; memories.len()];
    for &k in active {
        wanted[k] = true;
    }
    let rngs = environments.actors().zip(wanted).filter_map(|(rng, wanted)| wanted.then_some(Some(rng)));
    let decisions = decide(network, &seen, starts, &masks, &mut carried, &mut rngs.collect::<Vec<_>>())?;
    for (&k, memory) in active.iter().zip(carried) {
        memories[k] = memory;
    }
    Ok(decisions)
}

/// Values of observations within episodes; the memories stay as they are.
fn look<N: ActorCritic>(
    network: &N,
    seen: &[(usize, &N::Observation)],
    memories: &[Vec<N::Scalar>],
) -> Result<Vec<f64>> {
    let observations: Vec<_> = seen.iter().map(|(_, observation)| *observation).collect();
    let mut copies: Vec<_> = seen.iter().map(|(k, _)| memories[*k].clone()).collect();
    let mut rngs: Vec<_> = seen.iter().map(|_| None).collect();
    let decisions =
        decide(network, &observations, &vec![false; seen.len()], &vec![&[][..]; seen.len()], &mut copies, &mut rngs)?;
    Ok(decisions.into_iter().map(|decision| decision.value).collect())
}
