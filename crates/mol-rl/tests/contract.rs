//! Every environment of the crate keeps what `Environment` promises, with a time limit and without.

use mol_core::testing::{EnvironmentCheck, check_discrete_environment, check_environment};
use mol_core::{Seed, TimeLimit};
use mol_rl::env::Chain;
use mol_rl::{UniformPolicy, evaluate};

fn chain() -> Chain {
    Chain::new(5).expect("five places")
}

fn walled() -> Chain {
    Chain::walled(4).expect("four places")
}

#[test]
fn chains_keep_the_contract() {
    let options = EnvironmentCheck::default();
    check_environment(chain, &options);
    check_discrete_environment(chain, &options);
    check_environment(walled, &options);
    check_discrete_environment(walled, &options);
}

#[test]
fn a_time_limit_truncates_and_the_rest_is_unbiased() {
    let limit = || TimeLimit::new(4, chain()).expect("a positive limit");
    check_environment(limit, &EnvironmentCheck::default());
    let returns = evaluate(&mut limit(), &mut UniformPolicy, 20_000, &mut Seed::new(8).rng()).expect("finite rewards");
    let (ended, cut) = (returns.terminated().expect("some"), returns.truncated().expect("some"));
    // From the middle of five: 2/8 reach an end at step 3, none at step 4, half of them the goal.
    assert!((cut.episodes as f64 / 20_000.0 - 0.75).abs() < 0.015, "{}", cut.episodes);
    assert_eq!((cut.mean, cut.mean_length, ended.mean_length), (0.0, 4.0, 3.0));
    assert!((ended.mean - 0.5).abs() < 4.0 * ended.standard_error.expect("many"), "{}", ended.mean);
}
