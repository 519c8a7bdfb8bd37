//! Correct implementations pass, and for each promise one that breaks it is found and named.

use super::*;
use crate::Stack;
use crate::testing::outcome;
use ndarray::{ArrayView1, ArrayViewMut1};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    Sign,
    Domain,
    Wraps,
    Adds,
    Overwrites,
    NotLinear,
}

/// The azimuth of atom 1 seen from atom 0, on the circle.
#[derive(Clone)]
struct Azimuth(Bug);

impl CollectiveVariable for Azimuth {
    fn atoms(&self) -> usize {
        2
    }
    fn domain(&self) -> Domain {
        match self.0 {
            Bug::Domain => Domain::Periodic { low: 0.0, high: 1.0 },
            Bug::Wraps => Domain::Line,
            _ => Domain::ANGLE,
        }
    }
    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let r = frame.positions[1] - frame.positions[0];
        let rho = r.x * r.x + r.y * r.y;
        let sign = if self.0 == Bug::Sign { 1.0 } else { -1.0 };
        out.add_pair(0, 1, &r, &Vec3::new(-sign * r.y / rho, sign * r.x / rho, 0.0));
        r.y.atan2(r.x)
    }
    fn boxed_clone(&self) -> Box<dyn CollectiveVariable> {
        Box::new(self.clone())
    }
}

/// The two ends of a bond along −x, where the azimuth jumps from −π to π.
const AT_THE_CUT: [Vec3; 2] = [Vec3::new(0.3, 0.2, 0.1), Vec3::new(-1.0, 0.2 + 1e-4, 0.5)];

fn along_z() -> PotentialCheck {
    PotentialCheck { rotation: false, reflection: false, ..PotentialCheck::default() }
}

fn check_azimuth(bug: Bug) {
    check_collective_variable(&Azimuth(bug), &[Frame::isolated(&AT_THE_CUT)], &along_z());
}

#[test]
fn collective_variables_are_tested_across_the_cut_of_their_circle() {
    check_azimuth(Bug::None);
    for (bug, expected) in [
        (Bug::Sign, "gradient (analytic, numeric), frame 0, atom 0, x"),
        (Bug::Domain, "domain, frame 0: 3.14"),
        (Bug::Wraps, "gradient (analytic, numeric), frame 0, atom 0, y"),
    ] {
        let message = outcome(|| check_azimuth(bug));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
}

/// All squared distances from atom 0.
#[derive(Clone)]
struct Distances(Bug);

impl Featurizer for Distances {
    fn atoms(&self) -> usize {
        3
    }
    fn dim(&self) -> usize {
        2
    }
    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        let x = frame.positions;
        for k in 0..2 {
            let value = (x[k + 1] - x[0]).norm_squared();
            out[k] = if self.0 == Bug::Adds { out[k] + value } else { value };
        }
    }
    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        if self.0 == Bug::Overwrites {
            gradient.fill(Vec3::zeros());
        }
        for (k, c) in cotangent.iter().enumerate() {
            let c = match self.0 {
                Bug::NotLinear => c.abs(),
                Bug::Sign if k == 1 => -c,
                _ => *c,
            };
            let r = frame.positions[k + 1] - frame.positions[0];
            gradient[k + 1] += 2.0 * c * r;
            gradient[0] -= 2.0 * c * r;
        }
    }
    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(self.clone())
    }
}

#[test]
fn featurizers_are_tested_output_by_output() {
    let frame = [Vec3::zeros(), Vec3::new(1.0, 0.5, 0.2), Vec3::new(-0.7, 0.9, 0.1)];
    let check = |featurizer: &dyn Featurizer| {
        check_featurizer(featurizer, &[Frame::isolated(&frame)], &PotentialCheck::default());
    };
    check(&Stack::of([Distances(Bug::None), Distances(Bug::None)]).unwrap());
    for (bug, expected) in [
        (Bug::Adds, "features, frame 0: written over 1e3"),
        (Bug::Overwrites, "pull_back adds and is linear, frame 0, atom 0"),
        (Bug::NotLinear, "pull_back adds and is linear, frame 0, atom 0"),
        (Bug::Sign, "output 1, frame 0: gradient (analytic, numeric), frame 0, atom 0, x"),
    ] {
        let message = outcome(|| check(&Distances(bug)));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
}
