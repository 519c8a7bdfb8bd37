//! The learners solve tasks whose answers are known.

mod algo_tasks;

use algo_tasks::{Aim, Recall, network, walker};
use mol_core::tensor::{Decay, Schedule, values};
use mol_core::{Environment, Rng, Seed, Step};
use mol_rl::algo::{A2c, A2cConfig, Ppo, PpoConfig, Reinforce, ReinforceConfig};
use mol_rl::policy::{ActorCritic, Categorical, Normal, Numbers, Sequences, VonMises, legal_actions};
use mol_rl::{Agent, Vectorised, env::Chain, evaluate};

const PLACES: usize = 7;
const GAMMA: f64 = 0.9;

fn chains(walled: bool) -> Vectorised<Chain, usize> {
    let make = || if walled { Chain::walled(PLACES) } else { Chain::new(PLACES) };
    let chains = (0..8).map(|_| make().expect("places")).collect();
    Vectorised::new(chains, Seed::new(2)).expect("environments").with_masks(legal_actions)
}

fn rate(rate: f64) -> Schedule {
    Schedule { rate, warmup: 0, decay: Decay::Cosine { floor: 0.01 } }
}

/// Mean return of `network` in `task` over `episodes`.
fn earns<N: ActorCritic, V: mol_rl::policy::Task<N>>(network: &N, mut task: V, episodes: usize) -> f64 {
    let mut agent: Agent<N, V> = Agent::new(network.clone());
    evaluate(&mut task, &mut agent, episodes, &mut Seed::new(9).rng()).expect("finite").all().expect("some").mean
}

/// The walk goes right at once, and the values are those of the best walk: γ^(steps to the goal − 1).
fn knows_the_chain<N: ActorCritic<Observation = usize, Scalar = f32>>(network: &N, tolerance: f64) {
    let places: Vec<usize> = (4..=PLACES).collect();
    let seen: Vec<&usize> = places.iter().collect();
    let weights = network.parameters().leaves(&mol_core::tensor::Record::default());
    let starts = vec![false; seen.len()];
    let batch = Sequences { observations: &seen, starts: &starts, memory: &[], rows: seen.len() };
    let found = values(&network.forward(&weights, batch).values);
    for (place, value) in places.iter().zip(found) {
        let exact = GAMMA.powi((PLACES - place) as i32);
        assert!((f64::from(value) - exact).abs() < tolerance, "place {place}: {value}, exact {exact}");
    }
}

#[test]
fn ppo_walks_the_chain_and_knows_its_values() {
    let mut config = PpoConfig { iterations: 60, gamma: GAMMA, schedule: rate(1e-2), ..PpoConfig::default() };
    config.entropy_weight = 0.0;
    let mut ppo = Ppo::new(config, walker(PLACES)).expect("valid");
    ppo.train(&mut chains(false), &mut (), None).expect("trains");
    let earned = earns(ppo.network(), Chain::new(PLACES).expect("places"), 300);
    assert!(earned > 0.99, "{earned}; a random walk earns 0.5");
    knows_the_chain(ppo.network(), 0.05);
}

#[test]
fn a2c_walks_the_chain_and_knows_its_values() {
    let mut config = A2cConfig { iterations: 400, gamma: GAMMA, schedule: rate(1e-2), ..A2cConfig::default() };
    config.entropy_weight = 0.0;
    let mut a2c = A2c::new(config, walker(PLACES)).expect("valid");
    a2c.train(&mut chains(false), &mut (), None).expect("trains");
    let earned = earns(a2c.network(), Chain::new(PLACES).expect("places"), 300);
    assert!(earned > 0.99, "{earned}; a random walk earns 0.5");
    knows_the_chain(a2c.network(), 0.05);
}

#[test]
fn reinforce_walks_the_chain_and_knows_its_values() {
    let mut config =
        ReinforceConfig { iterations: 300, gamma: GAMMA, schedule: rate(1e-2), ..ReinforceConfig::default() };
    config.entropy_weight = 0.0;
    let mut reinforce = Reinforce::new(config, walker(PLACES)).expect("valid");
    reinforce.train(&mut chains(false), &mut (), None).expect("trains");
    let earned = earns(reinforce.network(), Chain::new(PLACES).expect("places"), 300);
    assert!(earned > 0.99, "{earned}; a random walk earns 0.5");
    knows_the_chain(reinforce.network(), 0.05);
}

#[test]
fn illegal_actions_are_never_taken() {
    // The walled chain panics at its wall, so finishing is the proof.
    let config = PpoConfig { iterations: 20, gamma: GAMMA, schedule: rate(1e-2), ..PpoConfig::default() };
    let mut ppo = Ppo::new(config, walker(PLACES)).expect("valid");
    ppo.train(&mut chains(true), &mut (), None).expect("trains");
    let mut agent = Agent::new(ppo.into_network()).with_masks(legal_actions);
    let mut chain = Chain::walled(PLACES).expect("places");
    let walk = evaluate(&mut chain, &mut agent, 50, &mut Seed::new(3).rng()).expect("finite").all().expect("some");
    assert!(walk.mean_length < 20.0, "{} steps; a random walk takes 49", walk.mean_length);
}

fn recalls(memory: usize) -> f64 {
    let tasks = vec![Recall::new(3); 16];
    let mut config =
        PpoConfig { iterations: 60, steps: 8, minibatches: 2, schedule: rate(1e-2), ..PpoConfig::default() };
    config.gamma = 1.0;
    let policy = network(Numbers(2), Categorical::new(2).expect("choices"), (16, memory));
    let mut ppo = Ppo::new(config, policy).expect("valid");
    ppo.train(&mut Vectorised::new(tasks, Seed::new(4)).expect("tasks"), &mut (), None).expect("trains");
    earns(ppo.network(), Recall::new(3), 400)
}

#[test]
fn what_needs_memory_is_learned_by_a_policy_with_memory_only() {
    let (with, without) = (recalls(16), recalls(0));
    assert!(with > 0.97, "{with}");
    assert!((without - 0.5).abs() < 0.1, "{without}");
}

#[test]
fn continuous_actions_are_aimed() {
    let config =
        PpoConfig { iterations: 80, steps: 8, schedule: rate(1e-2), entropy_weight: 0.0, ..PpoConfig::default() };
    let mut ppo = Ppo::new(config, network(Numbers(1), Normal, (16, 0))).expect("valid");
    let mut aims = Vectorised::new(vec![Aim::new(false); 16], Seed::new(5)).expect("tasks");
    ppo.train(&mut aims, &mut (), None).expect("trains");
    let mut agent: Agent<_, Aim> = Agent::new(ppo.into_network()).greedy();
    let (mut aim, mut rng) = (Aim::new(false), Seed::new(6).rng());
    for _ in 0..20 {
        let seen = aim.reset(&mut rng);
        let action: f64 = agent.act(&seen, &aim, &mut rng).expect("fits");
        assert!((action - 0.5 * seen[0]).abs() < 0.12, "{seen:?}: {action}");
    }

    let mut ppo = Ppo::new(config, network(Numbers(1), VonMises, (16, 0))).expect("valid");
    let mut aims = Vectorised::new(vec![Aim::new(true); 16], Seed::new(5)).expect("tasks");
    ppo.train(&mut aims, &mut (), None).expect("trains");
    let mean = earns(ppo.network(), Aim::new(true), 400);
    assert!(mean > 0.9, "{mean}; uniform angles earn 0");
}

#[test]
fn a_policy_of_another_task_and_bad_rewards_are_named() {
    let mut ppo = Ppo::new(PpoConfig::default(), walker(3)).expect("valid");
    let error = ppo.train(&mut chains(false), &mut (), None).expect_err("five states against nine").to_string();
    assert!(error.starts_with("a policy for another molecule or task: number of states"), "{error}");
    let few = Vectorised::new(vec![Chain::new(3).expect("places"); 2], Seed::new(1));
    let error = ppo.train(&mut few.expect("some"), &mut (), None).expect_err("four minibatches of two").to_string();
    assert_eq!(error, "minibatches must be at most the number of environments, got 4");
    assert!(Vectorised::<Chain, usize>::new(Vec::new(), Seed::new(1)).is_err());
}

/// Pays and shows what it is told to.
#[derive(Clone)]
struct Told {
    reward: f64,
    shown: f64,
    mask: Vec<bool>,
}

impl Environment for Told {
    type Observation = Vec<f64>;
    type Action = usize;
    fn reset(&mut self, _: &mut Rng) -> Vec<f64> {
        vec![0.0, 0.0]
    }
    fn step(&mut self, _: &usize, _: &mut Rng) -> Step<Vec<f64>> {
        Step { observation: vec![self.shown, 0.0], reward: self.reward, terminated: false, truncated: false }
    }
    fn sample_action(&self, rng: &mut Rng) -> usize {
        rng.below(2)
    }
}

#[test]
fn what_an_environment_does_wrong_is_named() {
    let fails = |reward, shown, mask: &[bool]| {
        let told = Told { reward, shown, mask: mask.to_vec() };
        let mut tasks =
            Vectorised::new(vec![told; 4], Seed::new(1)).expect("tasks").with_masks(|told| told.mask.clone());
        let policy = network(Numbers(2), Categorical::new(2).expect("choices"), (8, 0));
        let mut a2c = A2c::new(A2cConfig { iterations: 2, ..A2cConfig::default() }, policy).expect("valid");
        a2c.train(&mut tasks, &mut (), None).map_err(|error| error.to_string())
    };
    assert!(fails(1.0, 0.0, &[true, false]).is_ok());
    // Where one state has a mask and another none, all is legal in the latter.
    let masks = [vec![], vec![true, false], vec![], vec![]];
    let told = masks.map(|mask| Told { reward: 1.0, shown: 0.0, mask });
    let mut mixed = Vectorised::new(told.into(), Seed::new(1)).expect("tasks").with_masks(|told| told.mask.clone());
    let policy = network(Numbers(2), Categorical::new(2).expect("choices"), (8, 0));
    let mut a2c = A2c::new(A2cConfig { iterations: 2, ..A2cConfig::default() }, policy).expect("valid");
    a2c.train(&mut mixed, &mut (), None).expect("trains");
    let error = fails(f64::NAN, 0.0, &[]).expect_err("a NaN reward");
    assert_eq!(error, "episode 0, step 0: reward NaN is not finite; the environment must end such an episode");
    let error = fails(1.0, f64::NAN, &[]).expect_err("a NaN observation");
    assert!(error.starts_with("a policy network answered NaN"), "{error}");
    let error = fails(1.0, 0.0, &[false, false]).expect_err("nothing is legal");
    assert!(error.starts_with("factor 0 of the action has no legal choice"), "{error}");
    let error = fails(1.0, 0.0, &[true; 3]).expect_err("a mask for three actions");
    assert!(error.ends_with("entries of a mask: the policy has 2, the task 3"), "{error}");
}
