//! The torsion environment on a molecule whose minima and Gibbs score are known.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]

mod chain;

use chain::{THERMAL_ENERGY, config, gauche, molecule, normalizer, potential, task};
use mol_core::testing::{EnvironmentCheck, check_discrete_environment, check_environment};
use mol_core::{DiscreteEnvironment, Environment, Molecule, Seed, Sum, potential_fn};
use mol_rl::env::{
    ContinuousTorsions, SingleTorsion, TorsionEnvironment, TorsionEnvironmentConfig, TorsionMemory, TorsionStart,
};
use mol_rl::search::{SearchRecord, TorsionFault, TorsionTask};
use mol_rl::{Budget, Normalizer, UniformPolicy, evaluate};
use std::f64::consts::PI;

fn environment(settings: TorsionEnvironmentConfig) -> TorsionEnvironment {
    TorsionEnvironment::new(task(), normalizer(), settings, Budget::unlimited()).unwrap()
}

fn three_bins(steps: usize) -> TorsionEnvironmentConfig {
    TorsionEnvironmentConfig { bins: 3, steps, ..Default::default() }
}

#[test]
fn keeps_the_contract_of_environments() {
    let check = EnvironmentCheck { episodes: 3, max_steps: 20, must_end: true };
    for start in [TorsionStart::Given, TorsionStart::Random] {
        let settings = TorsionEnvironmentConfig { start, steps: 8, ..Default::default() };
        check_environment(|| environment(settings), &check);
        check_environment(|| SingleTorsion::new(environment(settings)), &check);
        check_discrete_environment(|| SingleTorsion::new(environment(settings)), &check);
        check_environment(|| ContinuousTorsions::new(environment(settings)), &check);
    }
}

#[test]
fn all_minima_together_earn_a_score_of_one() {
    let mut rng = Seed::new(1).rng();
    let mut environment = environment(three_bins(100));
    environment.reset(&mut rng);
    let mut total = normalizer().reward(0.0); // The start, all trans, is known and pays nothing.
    for setting in environment.grid().clone().settings() {
        let step = environment.step(&setting, &mut rng);
        let gauches = setting.iter().filter(|&&bin| bin > 0).count();
        let expected = if gauches == 0 { 0.0 } else { normalizer().reward(gauches as f64 * gauche()) };
        assert!((step.reward - expected).abs() < 1e-5, "{setting:?}: {} {expected}", step.reward);
        assert!((step.observation.energy - gauches as f64 * gauche() / THERMAL_ENERGY).abs() < 1e-5);
        assert_eq!(environment.bins_now(), setting, "the minimum is in the well it was set to");
        assert_eq!(environment.step(&setting, &mut rng).reward, 0.0, "known by now");
        total += step.reward;
    }
    assert!((total - 1.0).abs() < 1e-5, "{total}");
    environment.record(|record| {
        assert_eq!(record.conformers().len(), 27);
        assert_eq!(record.spent().minimizations, 1 + 2 * 27);
        assert!((record.score(&normalizer()) - 1.0).abs() < 1e-5);
        assert_eq!((record.within(1.5 * gauche(), 0.0), record.faults().len()), (1 + 6, 0));
    });
}

#[test]
fn what_is_a_duplicate_depends_on_the_memory() {
    let mut rng = Seed::new(1).rng();
    for (memory, again) in [(TorsionMemory::Episode, true), (TorsionMemory::Run, false)] {
        let mut environment = environment(TorsionEnvironmentConfig { memory, ..three_bins(2) });
        for episode in 0..2 {
            environment.reset(&mut rng);
            let reward = environment.step(&vec![1, 0, 0], &mut rng).reward;
            assert_eq!(reward > 0.0, episode == 0 || again, "{memory:?}, episode {episode}");
        }
    }
}

#[test]
fn episodes_are_truncated_by_steps_and_by_the_budget() {
    let mut rng = Seed::new(1).rng();
    let settings = three_bins(4);
    let budget = Budget::of_minimizations(7).unwrap();
    let mut limited = TorsionEnvironment::new(task(), normalizer(), settings, budget.clone()).unwrap();
    let lengths: Vec<usize> = (0..3)
        .map(|_| {
            limited.reset(&mut rng);
            let ends = (1..100).find(|_| {
                let step = limited.step(&vec![1, 2, 0], &mut rng);
                assert!(!step.terminated);
                step.truncated
            });
            ends.unwrap()
        })
        .collect();
    // One minimisation for the start, four, two; then nothing is left, and a step does nothing.
    assert_eq!((lengths, budget.spent().minimizations), (vec![4, 2, 1], 7));
    assert_eq!(limited.record(SearchRecord::spent), budget.spent());
    let returns = evaluate(&mut environment(settings), &mut UniformPolicy, 3, &mut rng).unwrap();
    assert_eq!(returns.truncated().unwrap().mean_length, 4.0);
}

#[test]
fn masks_exclude_what_does_nothing_and_what_was_tried() {
    let mut rng = Seed::new(1).rng();
    let mut single = SingleTorsion::new(environment(three_bins(50)));
    single.reset(&mut rng);
    let mut mask = vec![false; single.actions()];
    single.legal(&mut mask);
    assert_eq!(mask, [false, true, true, false, true, true, false, true, true], "all are trans");
    single.step(&1, &mut rng);
    single.legal(&mut mask);
    // Back to trans and staying are out; the other torsions may move.
    assert_eq!(mask, [false, false, true, false, true, true, false, true, true]);
    // 26 other settings can be reached without repetition; when nothing new is near, anything that moves is legal.
    for _ in 0..40 {
        let action = single.sample_action(&mut rng);
        single.step(&action, &mut rng);
        single.legal(&mut mask);
        assert!(mask.iter().filter(|&&legal| legal).count() <= 6 && mask.contains(&true));
    }
}

#[test]
#[should_panic(expected = "illegal action [3, 0, 0]")]
fn bins_that_do_not_exist_are_refused() {
    let mut rng = Seed::new(1).rng();
    let mut environment = environment(three_bins(5));
    environment.reset(&mut rng);
    environment.step(&vec![3, 0, 0], &mut rng);
}

#[test]
fn faults_are_named_and_pay_nothing() {
    let mut rng = Seed::new(1).rng();
    // Where the first torsion is positive the surface has a hole.
    let inner = potential();
    let nan = potential_fn(6, move |frame, out| {
        let x = frame.positions;
        let phi = mol_core::geometry::dihedral(&x[4], &x[0], &x[1], &x[2]);
        if (0.1..2.0).contains(&phi) {
            f64::NAN
        } else {
            mol_core::Potential::accumulate(&mut inner.clone(), frame, out)
        }
    });
    let task = TorsionTask::new(&molecule(), &nan, config()).unwrap();
    let mut holed = TorsionEnvironment::new(task, normalizer(), three_bins(9), Budget::unlimited()).unwrap();
    let mut before = holed.reset(&mut rng);
    let mut faults = 0;
    for setting in [[1, 0, 0], [2, 0, 0]] {
        let step = holed.step(&setting.to_vec(), &mut rng);
        if let Some(fault) = holed.last_fault() {
            faults += 1;
            assert!(matches!(fault, TorsionFault::Energy { .. }) && fault.to_string().contains("NaN"), "{fault}");
            assert_eq!((step.reward, &step.observation.positions), (0.0, &before.positions));
        }
        before = step.observation;
    }
    assert_eq!((faults, holed.record(|record| record.faults().len())), (1, 1));
    assert!(holed.record(|record| record.spent().energies) > 3, "failed calls are counted");
    // Angles that are no numbers.
    let mut free = ContinuousTorsions::new(holed);
    free.reset(&mut rng);
    assert_eq!(free.step(&vec![f64::NAN, 0.0, 0.0], &mut rng).reward, 0.0);
    assert!(matches!(free.into_inner().last_fault(), Some(TorsionFault::Angles { .. })));
}

#[test]
fn reactions_are_noticed() {
    // A spring that breaks a bond, or one that pulls the two ends of the chain together.
    let outcome = |(i, j): (usize, usize), rest: f64| {
        let spring = potential_fn(6, move |frame, out| {
            let d = frame.positions[j] - frame.positions[i];
            out.add_pair(i, j, &d, &(-200.0 * (d.norm() - rest) * d.normalize()));
            100.0 * (d.norm() - rest).powi(2)
        });
        let sum = Sum::new(6).with("molecule", potential()).unwrap().with("spring", spring).unwrap();
        let mut task = TorsionTask::new(&molecule(), &sum, config()).unwrap();
        let start = task.set(task.start(), &[0.9, 0.9, 0.9]).unwrap();
        task.minimize(&start, &Budget::unlimited()).0.unwrap_err()
    };
    let (broken, formed) = (outcome((0, 1), 2.5), outcome((4, 5), 0.6));
    assert!(matches!(broken, TorsionFault::BrokenBond { a: 0, b: 1, .. }), "{broken}");
    assert!(matches!(formed, TorsionFault::NewBond { a: 4, b: 5, .. }), "{formed}");
    let mut short = config();
    short.minimize.max_iterations = 1;
    let mut task = TorsionTask::new(&molecule(), &potential(), short).unwrap();
    let turned = task.set(task.start(), &[PI / 2.0; 3]).unwrap();
    let fault = task.minimize(&turned, &Budget::unlimited()).0.unwrap_err();
    assert!(fault.to_string().starts_with("not converged: the longest force is"), "{fault}");
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let error = |molecule: &Molecule| {
        let flat = potential_fn(molecule.atom_count(), |_, _| 0.0);
        TorsionTask::new(molecule, &flat, config()).map(|_| ()).unwrap_err().to_string()
    };
    assert!(error(&Molecule::from_smiles("OOOO").unwrap()).contains("with hydrogens as atoms"));
    let mut bare = molecule();
    bare.clear_conformers();
    assert!(error(&bare).contains("with a conformer to start from"));
    let mut water = Molecule::from_smiles("O").unwrap().with_explicit_hydrogens().unwrap();
    water.add_conformer(vec![mol_core::Vec3::zeros(); 3]).unwrap();
    assert!(error(&water).contains("no rotatable bond"));
    let small = potential_fn(5, |_, _| 0.0);
    let wrong = TorsionTask::new(&molecule(), &small, config()).map(|_| ()).unwrap_err();
    assert_eq!(wrong.to_string(), "atoms of the potential: expected shape [6], got [5]");
    let make = |settings, normalizer| {
        TorsionEnvironment::new(task(), normalizer, settings, Budget::unlimited()).map(|_| ()).unwrap_err().to_string()
    };
    assert!(make(three_bins(0), normalizer()).contains("3 bins and 0 steps"));
    let none = Normalizer { partition: 0.0, ..normalizer() };
    assert!(make(three_bins(1), none).contains("Z0 = 0"));
    let nan = potential_fn(6, |_, _| f64::NAN);
    let task = TorsionTask::new(&molecule(), &nan, config()).unwrap();
    let error =
        TorsionEnvironment::new(task, normalizer(), three_bins(1), Budget::unlimited()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("the start of the torsion environment gives no conformer"), "{error}");
}

#[test]
fn the_graph_says_what_turns() {
    let environment = environment(three_bins(1));
    let graph = environment.graph();
    assert_eq!((graph.node_features.dim(), graph.edge_features.dim(), graph.edges.len()), ((6, 15), (10, 7), 10));
    assert_eq!(graph.torsions.len(), 3);
    let rotatable = graph.edge_features.column(5).sum();
    assert_eq!(rotatable, 6.0, "three bonds, both ways");
    assert_eq!(graph.node_features.row(0)[3], 1.0, "oxygen");
    assert_eq!(graph.edges[0], [graph.edges[1][1], graph.edges[1][0]]);
}
