//! The contract of [`Propagator`] as a function.

use super::check_checkpoint;
use crate::{Derivatives, Potential, Propagator, Rng, Seed, State, Vec3, potential_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(test)]
mod tests;

/// Tests everything that [`Propagator`] promises, from `state` on `potential`, over twice `steps` steps.
///
/// 1. the same generator gives the same bits; no steps change nothing; `state.step` counts;
/// 2. `2n` steps are `n` and `n` more, bit for bit, also across a checkpoint ([`check_checkpoint`]);
/// 3. a state or potential of another size and a potential that fails are errors, not panics, and the state stays finite.
///
/// # Panics
/// If a promise is broken, with its name.
pub fn check_propagator<P: Propagator>(
    mut make: impl FnMut() -> P,
    potential: &dyn Potential,
    state: &State,
    steps: u64,
) {
    let seed = Seed::new(0x5eed).stream("check_propagator");
    let mut whole = (state.clone(), seed.rng());
    run(&mut make(), potential, &mut whole, 2 * steps, "2n steps");
    let expected = state.step + 2 * steps;
    assert!(whole.0.step == expected, "propagator: state.step is {}, expected {expected}", whole.0.step);

    let mut again = (state.clone(), seed.rng());
    run(&mut make(), potential, &mut again, 2 * steps, "2n steps again");
    same(&whole, &again, "the same run again");

    let mut propagator = make();
    let mut halves = (state.clone(), seed.rng());
    run(&mut propagator, potential, &mut halves, steps, "n steps");
    let middle = halves.clone();
    run(&mut propagator, potential, &mut halves, 0, "no steps");
    same(&middle, &halves, "no steps");
    run(&mut propagator, potential, &mut halves, steps, "n more steps");
    same(&whole, &halves, "2n steps as n and n");

    let mut propagator = make();
    let mut first = (state.clone(), seed.rng());
    run(&mut propagator, potential, &mut first, steps, "n steps");
    let mut file = Vec::new();
    propagator.save(&mut file).unwrap_or_else(|error| panic!("propagator: saving fails: {error}"));
    let mut restarted = make();
    restarted.load(&mut file.as_slice()).unwrap_or_else(|error| panic!("propagator: loading fails: {error}"));
    run(&mut restarted, potential, &mut first, steps, "n steps after a restart");
    same(&whole, &first, "2n steps as n, a restart, and n");

    check_checkpoint(&mut make, |propagator| {
        let mut walk = (state.clone(), seed.rng());
        run(propagator, potential, &mut walk, steps.min(5), "steps");
        walk.0
    });
    check_failures(&mut make, potential, state);
}

type Walk = (State, Rng);

fn run(propagator: &mut impl Propagator, potential: &dyn Potential, walk: &mut Walk, steps: u64, what: &str) {
    let mut potential = potential.boxed_clone();
    propagator
        .advance(&mut *potential, &mut walk.0, steps, &mut walk.1)
        .unwrap_or_else(|error| panic!("propagator, {what}: {error}"));
}

fn same(expected: &Walk, got: &Walk, what: &str) {
    for (name, a, b) in
        [("position", &expected.0.positions, &got.0.positions), ("velocity", &expected.0.velocities, &got.0.velocities)]
    {
        for (atom, (a, b)) in a.iter().zip(b).enumerate() {
            assert!(a == b, "propagator, {what}: {name} of atom {atom} is {b:?}, expected {a:?}");
        }
    }
    assert!(expected.0 == got.0, "propagator, {what}: cell or step differ: {:?} and {:?}", expected.0, got.0);
    assert!(expected.1 == got.1, "propagator, {what}: another number of random numbers was drawn");
}

fn check_failures<P: Propagator>(make: &mut impl FnMut() -> P, potential: &dyn Potential, state: &State) {
    let atoms = state.positions.len();
    let mut longer = state.clone();
    longer.positions.push(Vec3::new(50.0, 0.0, 0.0));
    longer.velocities.push(Vec3::zeros());
    let mut uneven = state.clone();
    uneven.velocities.pop();
    let mut not_finite = state.clone();
    not_finite.positions[0].x = f64::NAN;
    // A potential that fails as soon as an atom has moved.
    let start = state.positions.clone();
    let fails =
        potential_fn(atoms, move |frame, _: &mut Derivatives| if frame.positions == start { 0.0 } else { f64::NAN });
    let mut moving = state.clone();
    moving.velocities.fill(Vec3::new(0.01, 0.0, 0.0));
    let cases: [(&str, State, Box<dyn Potential>); 4] = [
        ("a state of one atom more", longer, potential.boxed_clone()),
        ("a state with a velocity missing", uneven, potential.boxed_clone()),
        ("a position that is NaN", not_finite, potential.boxed_clone()),
        ("a potential that returns NaN", moving, Box::new(fails)),
    ];
    for (what, mut state, mut potential) in cases {
        let finite_before = finite(&state);
        let mut propagator = make();
        let mut rng = Seed::new(1).rng();
        let run = catch_unwind(AssertUnwindSafe(|| propagator.advance(&mut *potential, &mut state, 3, &mut rng)));
        let Ok(result) = run else { panic!("propagator, {what}: it panics") };
        assert!(result.is_err(), "propagator, {what}: it reports success");
        assert!(!finite_before || finite(&state), "propagator, {what}: the state is not the last good one: {state:?}");
    }
}

fn finite(state: &State) -> bool {
    state.positions.iter().chain(&state.velocities).all(|x| x.iter().all(|c| c.is_finite()))
}
