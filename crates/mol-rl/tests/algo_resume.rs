//! Runs repeat to the bit: at any number of threads, and across a checkpoint.

mod algo_tasks;

use algo_tasks::{Recall, network};
use mol_core::tensor::Outcome;
use mol_core::{Observer, Seed, Stop, TimeLimit, watch};
use mol_rl::Vectorised;
use mol_rl::algo::{A2c, A2cConfig, Ppo, PpoConfig, Progress, Reinforce, ReinforceConfig};
use mol_rl::policy::{ActorCritic, Categorical, Numbers, VectorPolicy};
use std::ops::ControlFlow;

type Network = VectorPolicy<Vec<f64>, Numbers, Categorical>;

fn policy() -> Network {
    network(Numbers(2), Categorical::new(2).expect("choices"), (8, 6))
}

/// Episodes of four steps of which some are cut after three: neither divides what an iteration plays.
fn tasks() -> Vectorised<TimeLimit<Recall>, usize> {
    let limits = [9, 3, 9, 3, 9];
    let tasks = limits.map(|limit| TimeLimit::new(limit, Recall::new(3)).expect("a limit"));
    Vectorised::new(tasks.into(), Seed::new(4)).expect("tasks")
}

/// Stops after `n` iterations.
fn stop_after(n: u64) -> impl Observer<Progress> {
    watch(
        move |iteration, _: &Progress| {
            if iteration == n { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
        },
    )
}

fn ppo() -> Ppo<Network> {
    let config = PpoConfig { iterations: 6, steps: 7, minibatches: 2, ..PpoConfig::default() };
    Ppo::new(config, policy()).expect("valid")
}

#[test]
fn bits_do_not_depend_on_threads() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let (mut ppo, mut seen) = (ppo(), Vec::new());
            let mut watcher = watch(|_, progress: &Progress| {
                seen.push(progress.clone());
                ControlFlow::Continue(())
            });
            ppo.train(&mut tasks(), &mut watcher, None).expect("trains");
            (ppo.network().parameters().flat().to_vec(), seen)
        })
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one.1.len(), 6);
    assert_eq!(one.1[5].steps, 6 * 7 * 5);
    assert_eq!(one, two);
}

/// Trains to the end at once, and with a stop, a file and a new process's objects in between.
macro_rules! resumes {
    ($name:ident, $make:expr) => {
        #[test]
        fn $name() {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("run.safetensors");
            let mut whole = $make;
            assert_eq!(whole.train(&mut tasks(), &mut (), None).expect("trains"), Outcome::Finished);
            let (mut first, mut environments) = ($make, tasks());
            let outcome = first.train(&mut environments, &mut stop_after(3), Some(&path)).expect("trains");
            assert_eq!(outcome, Outcome::Interrupted);
            let (mut second, mut environments) = ($make, tasks());
            second.load_from(&path, &mut environments).expect("loads");
            assert_eq!(second.network().parameters(), first.network().parameters());
            second.train(&mut environments, &mut (), None).expect("trains");
            assert_eq!(second.network().parameters(), whole.network().parameters());
            assert_ne!(second.network().parameters(), first.network().parameters());
        }
    };
}

resumes!(ppo_resumes_to_the_same_bits, ppo());
resumes!(
    a2c_resumes_to_the_same_bits,
    A2c::new(A2cConfig { iterations: 6, ..A2cConfig::default() }, policy()).expect("valid")
);
resumes!(
    reinforce_resumes_to_the_same_bits,
    Reinforce::new(ReinforceConfig { iterations: 6, ..ReinforceConfig::default() }, policy()).expect("valid")
);

#[test]
fn checkpoints_of_other_runs_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let mut environments = tasks();
    ppo().save_to(&path, &environments).expect("writes");
    let other = PpoConfig { iterations: 7, steps: 7, minibatches: 2, ..PpoConfig::default() };
    let mut other = Ppo::new(other, policy()).expect("valid");
    let error = other.load_from(&path, &mut environments).expect_err("other settings").to_string();
    assert!(error.contains("it was made with"), "{error}");
    let mut a2c = A2c::new(A2cConfig::default(), policy()).expect("valid");
    let error = a2c.load_from(&path, &mut environments).expect_err("another algorithm").to_string();
    assert!(error.contains("molkit-ppo"), "{error}");
    std::fs::write(&path, b"nothing").expect("writes");
    assert!(ppo().load_from(&path, &mut environments).is_err());
}
