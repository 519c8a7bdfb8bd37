//! Correct implementations pass, and for each promise one that breaks it is found and named.

use super::*;
use crate::testing::outcome;
use crate::{Fault, Scaled, Sum, TermSink, potential_fn};

/// What is wrong with a [`Pairs`].
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bug {
    None,
    Force,
    Virial,
    Want,
    Overwrites,
    Atoms,
    Translation,
    NetForce,
    Rotation,
    Reflection,
    Permutation,
    Terms,
    History,
    CloneHistory,
    Batch,
    HidesNan,
    PanicsOnNan,
    StaleFault,
    NanPoisons,
}

/// Minimum-image pairs of E = (r² − 2)² within √6 Å, with a choice of bugs.
#[derive(Clone)]
struct Pairs {
    bug: Bug,
    calls: u32,
    poisoned: bool,
}

impl Pairs {
    fn new(bug: Bug) -> Self {
        Self { bug, calls: 0, poisoned: false }
    }
}

impl Potential for Pairs {
    fn atoms(&self) -> usize {
        if self.bug == Bug::Atoms { 3 } else { 4 }
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let x = frame.positions;
        self.calls += 1;
        let finite = x.iter().all(|x| x.iter().all(|c| c.is_finite()));
        assert!(finite || self.bug != Bug::PanicsOnNan, "bad frame");
        self.poisoned |= !finite;
        if self.bug == Bug::Overwrites {
            out.clear();
        }
        let mut energy = 0.0;
        for (i, j) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
            let r = frame.cell.minimum_image(&(x[j] - x[i]));
            let weight = if self.bug == Bug::Permutation && i == 0 { 1.1 } else { 1.0 };
            let s = r.norm_squared() - 2.0;
            if s.is_nan() && self.bug == Bug::HidesNan {
                continue;
            }
            if s >= 4.0 {
                continue;
            }
            // (4 − s)³ s² is smooth at the cut-off.
            let c = 4.0 - s;
            energy += weight * s * s * c * c * c;
            let slope = weight * (2.0 * s * c * c * c - 3.0 * s * s * c * c);
            out.add_pair(i, j, &r, &(-2.0 * slope * r));
        }
        match self.bug {
            Bug::Force => out.forces_mut().into_iter().for_each(|f| f[2].y += 1e-4),
            Bug::Virial => out.virial_mut().into_iter().for_each(|w| w[(0, 1)] += 1e-3),
            Bug::Want if out.want() == Want::Energy => energy += 1e-13,
            Bug::Translation => {
                energy += 0.1 * x[1].x;
                out.forces_mut().into_iter().for_each(|f| f[1].x -= 0.1);
            }
            // A force that the energy does not have: hidden from finite differences when they are not asked for.
            Bug::NetForce => out.forces_mut().into_iter().for_each(|f| f[1].x += 1e-6),
            Bug::Rotation => {
                let d = x[1] - x[0];
                energy += 0.1 * d.x * d.x;
                out.add_pair(0, 1, &d, &Vec3::new(-0.2 * d.x, 0.0, 0.0));
            }
            Bug::Reflection => {
                let (a, b, c) = (x[1] - x[0], x[2] - x[0], x[3] - x[0]);
                energy += a.dot(&b.cross(&c));
                out.add_pair(0, 1, &a, &-b.cross(&c));
                out.add_pair(0, 2, &b, &-c.cross(&a));
                out.add_pair(0, 3, &c, &-a.cross(&b));
            }
            Bug::History => energy += 1e-13 * f64::from(self.calls.min(30)),
            Bug::NanPoisons if self.poisoned => return f64::NAN,
            _ => {}
        }
        energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        let calls = if self.bug == Bug::CloneHistory { self.calls } else { 0 };
        let bug = if self.bug == Bug::CloneHistory && calls > 0 { Bug::History } else { self.bug };
        Box::new(Self { bug, calls, poisoned: self.poisoned })
    }

    fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
        for ((frame, out), energy) in frames.iter().zip(out).zip(energies) {
            *energy = self.accumulate(*frame, out) + if self.bug == Bug::Batch { 1e-12 } else { 0.0 };
        }
    }

    fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
        let mut out = Derivatives::new(4, Want::Forces);
        let energy = self.accumulate(frame, &mut out);
        sink.term("a", energy, &out);
        if self.bug == Bug::Terms {
            sink.term("b", 0.1, &Derivatives::new(4, Want::Forces));
        }
    }

    fn take_fault(&mut self) -> Option<Fault> {
        let stale = self.bug == Bug::StaleFault && self.poisoned;
        stale.then(|| "not finite".into())
    }
}

const FRAME: [Vec3; 4] =
    [Vec3::new(0.1, 0.0, 0.0), Vec3::new(1.1, 0.9, 0.2), Vec3::new(-0.3, 1.2, -0.7), Vec3::new(0.4, 0.3, 1.5)];

fn options() -> PotentialCheck {
    PotentialCheck { permutations: vec![vec![1, 0, 2, 3], vec![3, 0, 1, 2]], ..PotentialCheck::default() }
}

fn cells() -> [Cell; 3] {
    let triclinic = [Vec3::new(5.6, 0.0, 0.0), Vec3::new(0.7, 5.8, 0.0), Vec3::new(-0.4, 0.9, 5.9)];
    [Cell::NONE, Cell::orthorhombic(5.5, 5.9, 6.3).unwrap(), Cell::from_vectors(triclinic).unwrap()]
}

#[test]
fn a_correct_potential_passes_in_every_cell() {
    for cell in cells() {
        check_potential(&Pairs::new(Bug::None), &[Frame::new(&FRAME, &cell)], &options());
    }
}

#[test]
fn composites_pass() {
    let pairs = || Pairs::new(Bug::None);
    let sum = Sum::new(4).with("a", Scaled::new(0.3, pairs()).unwrap()).unwrap().with("b", pairs()).unwrap();
    let again = FRAME.map(|x| 1.05 * x + Vec3::new(0.1, -0.2, 0.3));
    check_potential(&sum, &[Frame::isolated(&FRAME), Frame::isolated(&again)], &options());
}

#[test]
fn an_external_field_passes_with_its_options_and_fails_without() {
    let field = potential_fn(4, |frame, out| {
        let x = frame.positions;
        let energy = x.iter().map(|x| x.x * x.x + 0.3 * x.x * x.y).sum();
        let slope = |x: &Vec3| Vec3::new(2.0 * x.x + 0.3 * x.y, 0.3 * x.x, 0.0);
        if let Some(forces) = out.forces_mut() {
            forces.iter_mut().zip(x).for_each(|(f, x)| *f -= slope(x));
        }
        if let Some(virial) = out.virial_mut() {
            *virial -= x.iter().map(|x| x * slope(x).transpose()).sum::<Mat3>();
        }
        energy
    });
    let frames = [Frame::isolated(&FRAME)];
    check_potential(&field, &frames, &PotentialCheck::external_field());
    assert!(outcome(|| check_potential(&field, &frames, &options())).starts_with("translation, frame 0, energy"));
}

#[test]
fn every_broken_promise_is_found_and_named() {
    for (bug, expected) in [
        (Bug::Force, "gradient (analytic, numeric), frame 0, atom 2, y"),
        (Bug::Virial, "virial (analytic, numeric), frame 0, component [0][1]"),
        (Bug::Want, "want, frame 0: the energy at Energy is"),
        (Bug::Overwrites, "accumulate adds, frame 0, force on atom 0"),
        (Bug::Atoms, "atoms: atoms() is 3, frame 0 has 4 positions"),
        (Bug::Translation, "virial"),
        (Bug::Rotation, "net torque, frame 0"),
        (Bug::Reflection, "reflection, frame 0, energy"),
        (Bug::Permutation, "permutation 0, frame 0, energy"),
        (Bug::Terms, "terms, frame 0, sum of energies"),
        (Bug::History, "accumulate, frame 0: the energy is"),
        (Bug::CloneHistory, "history, frame 0: a clone of a used potential"),
        (Bug::Batch, "batch, frame 0 of 2, Energy"),
        (Bug::HidesNan, "non-finite, frame 0: atom"),
        (Bug::PanicsOnNan, "non-finite, frame 0: a position of NaN makes it panic"),
        (Bug::StaleFault, "non-finite, frame 0: a good frame after a bad one reports Some(\"not finite\")"),
        (Bug::NanPoisons, "non-finite, frame 0: after a bad frame it gives energy NaN"),
    ] {
        let message = outcome(|| check_potential(&Pairs::new(bug), &[Frame::isolated(&FRAME)], &options()));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
}

#[test]
fn symmetries_are_tested_apart_from_the_gradient() {
    let loose = PotentialCheck { gradient_tolerance: 1e9, ..options() };
    for (bug, expected) in [(Bug::Translation, "translation, frame 0, energy"), (Bug::NetForce, "net force, frame 0")] {
        let message = outcome(|| check_potential(&Pairs::new(bug), &[Frame::isolated(&FRAME)], &loose));
        assert!(message.starts_with(expected), "{bug:?}: {message}");
    }
    let without = PotentialCheck { rotation: false, permutations: Vec::new(), ..loose };
    let message = outcome(|| check_potential(&Pairs::new(Bug::Rotation), &[Frame::isolated(&FRAME)], &without));
    assert!(message == "passed", "{message}");
}

#[test]
fn no_frames_is_no_test() {
    let empty = catch_unwind(|| check_potential(&Pairs::new(Bug::None), &[], &options()));
    assert!(empty.is_err());
}
