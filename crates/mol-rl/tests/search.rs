//! Searches on a molecule whose minima are known.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]

mod chain;

use chain::{THERMAL_ENERGY, gauche, normalizer, task};
use mol_core::{Fault, Seed, Stop, watch};
use mol_rl::env::{SingleTorsion, TorsionEnvironment, TorsionEnvironmentConfig};
use mol_rl::search::{MonteCarloMinimization, RandomSearch, Search, SearchRecord, SystematicSearch, search_with_actor};
use mol_rl::{Budget, UniformPolicy};
use std::ops::ControlFlow;

fn searches() -> [Box<dyn Search>; 3] {
    let walk = MonteCarloMinimization { thermal_energy: THERMAL_ENERGY, ..Default::default() };
    [Box::new(RandomSearch), Box::new(SystematicSearch::default()), Box::new(walk)]
}

fn run(search: &dyn Search, minimizations: u64) -> SearchRecord {
    let budget = Budget::of_minimizations(minimizations).unwrap();
    let record = search.run(&task(), &budget, &mut (), &mut Seed::new(7).rng()).unwrap();
    assert_eq!(record.spent(), budget.spent(), "{}", search.name());
    record
}

#[test]
fn every_search_finds_the_lowest_minimum_and_counts() {
    for search in searches() {
        let record = run(&*search, 60);
        assert!(record.lowest().unwrap().abs() < 1e-7, "{}: {:?}", search.name(), record.lowest());
        let best = record.best_so_far();
        assert!(best.windows(2).all(|w| w[1] <= w[0]) && *best.last().unwrap() == record.lowest().unwrap());
        assert!(record.spent().energies > 60 && record.faults().is_empty());
        // Every energy is that of one of the four kinds of minimum.
        for energy in record.energies() {
            let gauches = energy / gauche();
            assert!((gauches - gauches.round()).abs() < 1e-5, "{}: {gauches}", search.name());
        }
    }
}

#[test]
fn the_grid_is_the_exact_answer() {
    let record = run(&SystematicSearch::default(), 1000);
    assert_eq!((record.spent().minimizations, record.conformers().len()), (27, 27), "it ends when all is done");
    assert!((record.score(&normalizer()) - 1.0).abs() < 1e-5);
    let counts: Vec<usize> = (0..4).map(|k| record.within((f64::from(k) + 0.5) * gauche(), 0.0)).collect();
    assert_eq!(counts, [1, 7, 19, 27]);
    // Half a budget tries half a grid: nine of each angle, no setting twice.
    let part = run(&SystematicSearch::default(), 13);
    assert_eq!(part.conformers().len(), 13);
}

#[test]
fn a_walk_at_no_temperature_ends_at_the_bottom_and_a_hot_one_visits_everything() {
    let cold = MonteCarloMinimization { thermal_energy: 0.0, most_turned: 1, walkers: 1 };
    let record = run(&cold, 60);
    assert!(record.lowest().unwrap().abs() < 1e-7);
    let hot = MonteCarloMinimization { thermal_energy: 1e3, most_turned: 3, walkers: 2 };
    assert_eq!(run(&hot, 300).conformers().len(), 27);
    for bad in [
        MonteCarloMinimization { thermal_energy: f64::NAN, ..hot },
        MonteCarloMinimization { most_turned: 0, ..hot },
        MonteCarloMinimization { walkers: 0, ..hot },
    ] {
        assert!(bad.run(&task(), &Budget::unlimited(), &mut (), &mut Seed::new(1).rng()).is_err());
    }
}

#[test]
fn visits_of_a_walk_follow_the_weights_of_the_minima() {
    // One torsion per move with the same three angles for all: symmetric proposals, so that minima are visited by their
    // Boltzmann weights. The record holds proposals; the walk itself is seen through its energies by detailed balance.
    let walk = MonteCarloMinimization { thermal_energy: THERMAL_ENERGY, most_turned: 1, walkers: 4 };
    let record = run(&walk, 1200);
    // Proposals from a walk in equilibrium: one torsion of three is redrawn with weights (1, 1, 1), two are in equilibrium.
    let weight = (-gauche() / THERMAL_ENERGY).exp();
    let bound = 2.0 * weight / (1.0 + 2.0 * weight);
    // The wells of random angles are as wide as the distances between the maxima of the torsion energy.
    let expected = 2.0 * bound + 2.0 / 3.0;
    let mean = record.energies()[200..].iter().map(|energy| energy / gauche()).sum::<f64>() / 1000.0;
    assert!((mean - expected).abs() < 0.12, "{mean} {expected}");
}

#[test]
fn threads_change_nothing() {
    for search in searches() {
        let [one, four] = [1, 4].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run(&*search, 40))
        });
        assert_eq!(one.energies(), four.energies(), "{}", search.name());
        assert!(one.conformers().iter().eq(four.conformers().iter()));
    }
}

#[test]
fn actors_search_on_the_same_account() {
    let settings = TorsionEnvironmentConfig { bins: 3, steps: 10, ..Default::default() };
    let budget = Budget::of_minimizations(45).unwrap();
    let environment = TorsionEnvironment::new(task(), normalizer(), settings, budget.clone()).unwrap();
    let mut environment = SingleTorsion::new(environment);
    let mut rng = Seed::new(1).rng();
    let record = search_with_actor(&mut environment, &mut UniformPolicy, &mut (), &mut rng).unwrap();
    assert_eq!((record.spent(), record.energies().len()), (budget.spent(), 45));
    assert!(record.lowest().unwrap().abs() < 1e-7 && record.conformers().len() > 10);
    assert_eq!(environment.into_inner().recorder().record().energies(), record.energies());
}

#[test]
fn records_merge_in_turn() {
    let records = [run(&SystematicSearch::default(), 9), run(&RandomSearch, 12)];
    let merged = SearchRecord::merge(&records).unwrap();
    assert_eq!(merged.energies()[..2], [records[0].energies()[0], records[1].energies()[0]]);
    assert_eq!(merged.energies()[18..], records[1].energies()[9..]);
    assert_eq!(merged.spent().minimizations, 21);
    assert!(merged.conformers().len() <= 27 && merged.conformers().len() >= records[0].conformers().len());
    assert!(SearchRecord::merge(&[]).is_err());
    let mut both = records[0].clone();
    both.append(&records[1]).unwrap();
    assert_eq!(
        (both.energies()[..9].to_vec(), &both.energies()[9..]),
        (records[0].energies().to_vec(), records[1].energies())
    );
    assert_eq!((both.spent(), both.conformers().len()), (merged.spent(), merged.conformers().len()));
}

#[test]
fn observers_end_a_search() {
    for search in searches() {
        let mut rng = Seed::new(1).rng();
        let mut stop = watch(
            |step, _: &SearchRecord| {
                if step >= 8 { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) }
            },
        );
        let record = search.run(&task(), &Budget::unlimited(), &mut stop, &mut rng).unwrap();
        assert!((8..=32).contains(&record.spent().minimizations), "{}", search.name());
        let mut full = watch(|_, _: &SearchRecord| ControlFlow::Break(Stop::Failed(Fault::from("disk full"))));
        let error = search.run(&task(), &Budget::unlimited(), &mut full, &mut rng).unwrap_err();
        assert!(error.to_string().contains("disk full"), "{error}");
    }
}
