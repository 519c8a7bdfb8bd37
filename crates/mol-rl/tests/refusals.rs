//! What the search and the learners must refuse by name, on a molecule whose minima are known.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]

mod chain;

use chain::{config, molecule, normalizer, potential, task};
use mol_core::embed::EmbedConfig;
use mol_core::{DiscreteEnvironment, Environment, Molecule, Potential, Seed, potential_fn, watch};
use mol_rl::algo::{A2c, A2cConfig};
use mol_rl::env::{ContinuousTorsions, SingleTorsion, TorsionEnvironment, TorsionEnvironmentConfig};
use mol_rl::policy::{ActorCritic, Categorical, Distribution, GraphPolicy, GraphPolicyConfig, VonMises, legal_actions};
use mol_rl::search::{
    Search, SearchRecord, SystematicSearch, TorsionFault, TorsionTask, TorsionTaskConfig, search_with_actor,
};
use mol_rl::{Agent, Budget, UniformPolicy, Vectorised};
use std::f64::consts::PI;
use std::ops::ControlFlow;

fn environment() -> TorsionEnvironment {
    let settings = TorsionEnvironmentConfig { bins: 3, steps: 4, ..Default::default() };
    TorsionEnvironment::new(task(), normalizer(), settings, Budget::unlimited()).unwrap()
}

fn policy<D: Distribution>(distribution: D) -> GraphPolicy<D> {
    let shape = GraphPolicyConfig { width: 4, rounds: 1, heads: 1, memory: 2 };
    GraphPolicy::new(shape, environment().graph(), distribution, &mut Seed::new(1).rng()).unwrap()
}

#[test]
fn a_stall_counts_only_where_forces_are_small() {
    // Forces without an energy: no step ever pays, wherever it stands.
    let inner = potential();
    let flat = potential_fn(6, move |frame, out| {
        inner.clone().accumulate(frame, out);
        frame.positions.iter().map(|x| 1e3 * x.norm()).sum()
    });
    let make = |stalled| TorsionTask::new(&molecule(), &flat, TorsionTaskConfig { stalled, ..config() });
    let outcome = |stalled| {
        let mut task = make(stalled).unwrap();
        let turned = task.set(task.start(), &[PI / 2.0; 3]).unwrap();
        task.minimize(&turned, &Budget::unlimited()).0
    };
    let fault = outcome(10.0).unwrap_err();
    assert!(matches!(fault, TorsionFault::NotConverged { max_force } if max_force > 1e-3), "{fault}");
    assert!(outcome(1e6).is_ok(), "what is allowed counts");
    assert!([0.5, f64::NAN, f64::INFINITY].into_iter().all(|stalled| make(stalled).is_err()));
}

#[test]
fn a_start_of_the_other_hand_is_refused() {
    let read = |smiles| Molecule::from_smiles(smiles).unwrap().with_explicit_hydrogens().unwrap();
    let [left, right] = ["CC[C@H](O)CO", "CC[C@@H](O)CO"].map(read);
    let left = left.embedded(1, &EmbedConfig::default(), &mut Seed::new(1).rng()).unwrap();
    let flat = potential_fn(left.atom_count(), |_, _| 0.0);
    let error = |molecule: &Molecule| TorsionTask::new(molecule, &flat, config()).err().map(|error| error.to_string());
    assert_eq!(error(&left), None);
    let mut wrong = right;
    wrong.add_conformer(left.conformers()[0].positions().to_vec()).unwrap();
    let message = "start of a conformer search must be of the handedness that its stereocentres are marked with, got the \
                   other at atom 2";
    assert_eq!(error(&wrong).unwrap(), message);
}

#[test]
fn a_policy_for_other_actions_is_refused() {
    let other = "a policy for another molecule or task: ";
    let seen = environment().reset(&mut Seed::new(1).rng());
    assert!(policy(Categorical::new(3).unwrap()).check(&seen).is_ok());
    for bins in [2, 6] {
        let error = policy(Categorical::new(bins).unwrap()).check(&seen).unwrap_err().to_string();
        assert_eq!(error, format!("{other}choices per torsion: the policy has {bins}, the task 3"));
    }
    let mut free = ContinuousTorsions::new(environment());
    assert!(policy(VonMises).check(&free.reset(&mut Seed::new(1).rng())).is_ok());
    assert!(policy(VonMises).check(&seen).is_err());
    assert_eq!(free.into_inner().graph().choices, 3);

    // One torsion at a time takes one number, and this policy gives one per torsion.
    let message = format!("{other}factors of an action: the policy has 3, the task 1");
    let mut one = SingleTorsion::new(environment());
    let seen = one.reset(&mut Seed::new(1).rng());
    let mut agent = Agent::new(policy(Categorical::new(3).unwrap())).with_masks(legal_actions);
    assert_eq!(agent.act::<usize>(&seen, &one, &mut Seed::new(1).rng()).unwrap_err().to_string(), message);
    assert_eq!(one.actions(), 9);
    let mut learner = A2c::new(A2cConfig::default(), policy(Categorical::new(3).unwrap())).unwrap();
    let mut copies = Vectorised::new(vec![one], Seed::new(1)).unwrap();
    assert_eq!(learner.train(&mut copies, &mut (), None).unwrap_err().to_string(), message);
}

#[test]
fn a_grid_and_a_budget_without_end_are_refused() {
    let search = SystematicSearch { bins: 1000, ..SystematicSearch::default() };
    let mut rng = Seed::new(1).rng();
    let error = search.run(&task(), &Budget::unlimited(), &mut (), &mut rng).unwrap_err().to_string();
    assert_eq!(error, "settings of a systematic search must be at most 2²⁴, by the grid or the budget, got 1000000000");
    let budget = Budget::of_minimizations(3).unwrap();
    assert_eq!(search.run(&task(), &budget, &mut (), &mut rng).unwrap().spent().minimizations, 3);
}

#[test]
fn an_observer_may_look_at_the_record_itself() {
    let budget = Budget::of_minimizations(6).unwrap();
    let mut environment = environment().fork(budget);
    let recorder = environment.recorder();
    let mut same = true;
    let mut look = watch(|_, record: &SearchRecord| {
        same &= recorder.record().energies() == record.energies();
        ControlFlow::Continue(())
    });
    search_with_actor(&mut environment, &mut UniformPolicy, &mut look, &mut Seed::new(1).rng()).unwrap();
    assert!(same);
}
