//! Correct implementations pass, and for each promise one that breaks it is found and named.

use super::*;
use crate::testing::outcome;
use crate::{Fault, Rng, Subset};
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    OwnState,
    Constant,
    Norm,
    Shifted,
    Wider,
    Nan,
}

/// A correlated normal distribution in the plane.
struct Normal {
    bug: Bug,
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

impl Sampler for Normal {
    type Item = (f64, f64);
    fn sample(&mut self, rng: &mut Rng) -> (f64, f64) {
        let (u, v) = (rng.normal(), rng.normal());
        match self.bug {
            Bug::OwnState => (u, CALLS.fetch_add(1, Ordering::Relaxed) as f64),
            Bug::Constant => (1.0, 2.0),
            Bug::Wider => (1.0 + 2.4 * u, 0.5 * v + u),
            _ => (1.0 + 2.0 * u, 0.5 * v + u),
        }
    }
}

impl Density for Normal {
    fn log_density(&mut self, item: &(f64, f64)) -> f64 {
        let (x, y) = *item;
        let x = if self.bug == Bug::Shifted { x + 0.5 } else { x };
        let u = (x - 1.0) / 2.0;
        let v = (y - u) / 0.5;
        let norm = if self.bug == Bug::Norm { 0.1 } else { 0.0 };
        let log = -0.5 * (u * u + v * v) - std::f64::consts::TAU.ln() - norm;
        if self.bug == Bug::Nan && x > 6.0 { f64::NAN } else { log }
    }
}

fn check(bug: Bug) {
    check_sampler(|| Box::new(Normal { bug }));
    check_density(|| Normal { bug }, |(x, y)| vec![*x, *y], 10_000);
}

#[test]
fn a_correct_density_passes() {
    check(Bug::None);
}

#[test]
fn every_broken_promise_is_found_and_named() {
    for (bug, expected) in [
        (Bug::OwnState, "sampler, draw 0"),
        (Bug::Constant, "sampler: eight draws do not depend on the generator"),
        (Bug::Norm, "density: E[q/p] around"),
        (Bug::Shifted, "density: E[q/p] around"),
        (Bug::Wider, "density: E[q/p] around"),
        (Bug::Nan, "density, draw"),
    ] {
        let message = outcome(|| check(bug));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
}

/// Squares, with what is wrong.
struct Squares(u8);

impl Dataset for Squares {
    type Item = usize;
    fn len(&self) -> usize {
        10
    }
    fn is_empty(&self) -> bool {
        self.0 == 1
    }
    fn get(&self, index: usize) -> Result<usize, Fault> {
        match self.0 {
            2 => Ok(CALLS.fetch_add(1, Ordering::Relaxed)),
            3 => Ok(index.wrapping_mul(index)),
            4 => Ok([0, 1, 4, 9, 16, 25, 36, 49, 64, 81][index]),
            5 if index == 7 => Err("item 7 is damaged".into()),
            _ if index >= 10 => Err("beyond the end".into()),
            _ => Ok(index * index),
        }
    }
}

#[test]
fn data_sets_are_tested() {
    check_dataset(&Subset::new(Squares(0), vec![3, 1, 3]).unwrap());
    check_dataset(&[1.5, 2.5][..]);
    check_dataset::<[u8]>(&[]);
    for (bug, expected) in [
        (1, "data set: is_empty() is true, len() 10"),
        (2, "data set, index 0:"),
        (3, "data set: index 10 of 10 is no error"),
        (4, "data set: index 10 of 10 makes it panic"),
        (5, "data set, index 7 of 10: item 7 is damaged"),
    ] {
        let message = outcome(|| check_dataset(&Squares(bug)));
        assert!(message.starts_with(expected), "{bug}: {message}");
    }
}
