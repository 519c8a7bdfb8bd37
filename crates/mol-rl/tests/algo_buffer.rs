//! Advantages by hand, and what is recorded where episodes end.

mod algo_tasks;

use algo_tasks::{Recall, network};
use mol_core::{Environment, Rng, Seed, Step, TimeLimit};
use mol_rl::policy::{ActorCritic, Categorical, Decision, Numbers, legal_actions};
use mol_rl::{Sequence, Transition, Until, Vectorised, collect, env::Chain};

/// (reward, value, next value, terminated, truncated)
fn sequence(steps: &[(f64, f64, f64, bool, bool)]) -> Sequence<(), usize, f32> {
    let transitions = steps
        .iter()
        .map(|&(reward, value, next_value, terminated, truncated)| Transition {
            observation: (),
            start: false,
            mask: Vec::new(),
            decision: Decision { choices: vec![0], log_probability: 0.0, value },
            reward,
            terminated,
            truncated,
            next_value,
        })
        .collect();
    Sequence { memory: Vec::new(), transitions }
}

/// γ = 0.5, λ = 0.5, so γλ = ¼.
#[test]
fn advantages_by_hand_with_both_kinds_of_ends_inside() {
    let played = sequence(&[
        (1.0, 2.0, 4.0, false, false), // δ = 1 + 2 − 2 = 1           A = 1 + ¼ · 3 = 1.75
        (2.0, 4.0, 10.0, false, true), // δ = 2 + 5 − 4 = 3, cut:     A = 3
        (0.0, 1.0, 3.0, false, false), // δ = 0 + 1.5 − 1 = 0.5       A = 0.5 + ¼ · 1 = 0.75
        (4.0, 3.0, 99.0, true, false), // δ = 4 − 3 = 1, ended:       A = 1
        (1.0, 6.0, 8.0, false, false), // δ = 1 + 4 − 6 = −1, open:   A = −1
    ]);
    assert_eq!(played.advantages(0.5, 0.5), [1.75, 3.0, 0.75, 1.0, -1.0]);
    assert_eq!(played.advantages(0.5, 0.0), [1.0, 3.0, 0.5, 1.0, -1.0]);
    // λ = 1: discounted returns with bootstrap, minus the value: 1 + 0.5 · (2 + 0.5 · 10) − 2 = 2.5.
    assert_eq!(played.advantages(0.5, 1.0), [2.5, 3.0, 1.0, 1.0, -1.0]);
}

/// Counts its steps and never ends.
#[derive(Clone)]
struct Count(f64);

impl Environment for Count {
    type Observation = Vec<f64>;
    type Action = usize;
    fn reset(&mut self, rng: &mut Rng) -> Vec<f64> {
        self.0 = 10.0 * rng.below(5) as f64;
        vec![self.0, 0.0]
    }
    fn step(&mut self, _: &usize, _: &mut Rng) -> Step<Vec<f64>> {
        self.0 += 1.0;
        Step { observation: vec![self.0, 0.0], reward: self.0, terminated: false, truncated: false }
    }
    fn sample_action(&self, rng: &mut Rng) -> usize {
        rng.below(2)
    }
}

#[test]
fn a_cut_episode_is_valued_by_its_last_observation_and_its_memory() {
    let policy = network(Numbers(2), Categorical::new(2).expect("choices"), (8, 5));
    let counts = vec![TimeLimit::new(3, Count(0.0)).expect("a limit"); 2];
    let mut environments = Vectorised::new(counts, Seed::new(1)).expect("environments");
    let mut memories = vec![vec![0.0_f32; 5]; 2];
    let (played, episodes) = collect(&policy, &mut environments, &mut memories, Until::Steps(7)).expect("plays");
    assert_eq!((episodes.len(), episodes[0].length, episodes[0].truncated), (4, 3, true));
    for sequence in &played {
        let steps = &sequence.transitions;
        let ends: Vec<bool> = steps.iter().map(|step| step.truncated).collect();
        assert_eq!(ends, [false, false, true, false, false, true, false]);
        let starts: Vec<bool> = steps.iter().map(|step| step.start).collect();
        assert_eq!(starts, [true, false, false, true, false, false, true]);
        assert_eq!(steps[0].next_value, steps[1].decision.value);
        // The value that the first episode would have gone on with, from the network itself over the episode.
        let seen: Vec<Vec<f64>> = (0..4).map(|k| vec![steps[0].observation[0] + f64::from(k), 0.0]).collect();
        let observations: Vec<&Vec<f64>> = seen.iter().collect();
        let weights = policy.parameters().leaves(&mol_core::tensor::Record::default());
        let (starts, memory) = ([true, false, false, false], [0.0; 5]);
        let batch =
            mol_rl::policy::Sequences { observations: &observations, starts: &starts, memory: &memory, rows: 1 };
        let whole = mol_core::tensor::values(&policy.forward(&weights, batch).values);
        assert!((steps[2].next_value - f64::from(whole[3])).abs() < 1e-5, "{} {}", steps[2].next_value, whole[3]);
        assert!((steps[2].next_value - steps[3].decision.value).abs() > 1e-4, "not the value after the reset");
    }
}

#[test]
fn whole_episodes_are_whole_and_others_wait() {
    let policy = network(Numbers(2), Categorical::new(2).expect("choices"), (8, 0));
    let tasks = vec![Recall::new(1), Recall::new(4)];
    let mut environments = Vectorised::new(tasks, Seed::new(1)).expect("environments");
    let mut memories = vec![Vec::new(); 2];
    let (played, episodes) = collect(&policy, &mut environments, &mut memories, Until::Episodes(2)).expect("plays");
    let lengths: Vec<usize> = played.iter().map(|sequence| sequence.transitions.len()).collect();
    assert_eq!((lengths, episodes.len()), (vec![4, 10], 4));
    assert!(played.iter().all(|sequence| sequence.transitions.last().is_some_and(|step| step.terminated)));
    assert!(environments.at_start(0) && environments.at_start(1));
}

#[test]
fn copies_are_independent_of_their_company_and_replay_their_episodes() {
    let make = |n: usize| {
        let limits = (0..n).map(|_| TimeLimit::new(50, Chain::walled(5).expect("places")).expect("a limit"));
        Vectorised::<_, usize>::new(limits.collect(), Seed::new(8)).expect("environments").with_masks(legal_actions)
    };
    let (mut alone, mut three) = (make(1), make(3));
    for _ in 0..30 {
        let choose = |environments: &mut Vectorised<TimeLimit<Chain>, usize>| {
            let masks: Vec<_> = (0..environments.len()).map(|k| environments.mask(k)).collect();
            let draws: Vec<_> = environments.actors().map(|rng| rng.below(2)).collect();
            let actions: Vec<_> =
                draws.iter().zip(masks).map(|(a, m)| Some(vec![if m[*a] { *a } else { 1 }])).collect();
            environments.step(&actions).expect("finite").remove(0)
        };
        assert_eq!(choose(&mut alone), choose(&mut three));
    }
    let state = three.state();
    let mut again = make(3);
    again.restore(state.clone()).expect("replays");
    assert_eq!(again.state(), state);
    assert!((0..3).all(|k| again.observation(k) == three.observation(k)));
    assert!(
        make(2).restore(state).expect_err("three against two").to_string().contains("environments in the checkpoint")
    );
}
