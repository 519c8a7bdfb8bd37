//! Composites against sums done by hand.

use super::*;
use crate::Cell;

/// A spring of stiffness `k` along x that fails beyond 10 Å.
#[derive(Clone)]
struct Spring {
    k: f64,
    fault: bool,
}

impl Potential for Spring {
    fn atoms(&self) -> usize {
        2
    }
    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let r = frame.positions[1] - frame.positions[0];
        if r.norm() > 10.0 {
            self.fault = true;
            return f64::NAN;
        }
        out.add_pair(0, 1, &r, &(-self.k * r));
        0.5 * self.k * r.norm_squared()
    }
    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
    fn take_fault(&mut self) -> Option<Fault> {
        std::mem::take(&mut self.fault).then(|| "spring torn".into())
    }
}

fn spring(k: f64) -> Spring {
    Spring { k, fault: false }
}

fn pair(x: f64) -> [Vec3; 2] {
    [Vec3::zeros(), Vec3::new(x, 0.5, 0.0)]
}

#[test]
fn sum_adds_energies_forces_and_virials() {
    let mut sum = Sum::new(2).with("soft", spring(1.0)).unwrap().with("hard", spring(3.0)).unwrap();
    let (energy, forces, virial) = sum.energy_forces_and_virial(Frame::isolated(&pair(2.0)));
    assert_eq!(energy, 0.5 * 4.0 * 4.25);
    assert_eq!(forces[1], Vec3::new(-8.0, -2.0, 0.0));
    assert_eq!(virial[(0, 1)], -4.0);
    assert_eq!(sum.names().collect::<Vec<_>>(), ["soft", "hard"]);
}

#[test]
fn sum_refuses_other_numbers_of_atoms_and_no_terms() {
    let error = Sum::new(3).with("pair", spring(1.0)).err().unwrap();
    assert_eq!(error.to_string(), "atoms of a term of a sum: expected shape [3], got [2]");
    assert!(Sum::<Spring>::of([]).is_err());
}

#[test]
fn nested_terms_are_named_by_path_and_add_up() {
    let inner = Sum::new(2).with("a", spring(1.0)).unwrap().with("b", spring(2.0)).unwrap();
    let mut outer = Sum::new(2).with("x", inner).unwrap().with("y", Scaled::new(0.5, spring(4.0)).unwrap()).unwrap();
    let frame = pair(1.0);
    let terms = outer.term_energies(Frame::isolated(&frame));
    let names: Vec<_> = terms.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x/a", "x/b", "y"]);
    assert_eq!(terms.iter().map(|t| t.1).sum::<f64>(), outer.energy(Frame::isolated(&frame)));
}

#[test]
fn faults_carry_the_name_of_their_term_once() {
    let mut sum = Sum::new(2).with("bond", spring(1.0)).unwrap();
    assert!(sum.energy(Frame::isolated(&pair(11.0))).is_nan());
    assert_eq!(sum.take_fault().unwrap().to_string(), "term \"bond\": spring torn");
    assert!(sum.take_fault().is_none());
}

#[test]
fn a_sum_borrows_or_owns_and_clones_to_an_owner() {
    let (mut a, mut b) = (spring(1.0), spring(2.0));
    let mut sum = Sum::of([("a".to_owned(), &mut a as &mut dyn Potential), ("b".to_owned(), &mut b)]).unwrap();
    let frame = pair(1.5);
    let energy = sum.energy(Frame::isolated(&frame));
    let owner: Box<dyn Potential> = sum.boxed_clone();
    assert_eq!(owner.clone().energy(Frame::isolated(&frame)), energy);
}

#[test]
fn batches_have_the_bits_of_single_calls_at_every_level() {
    let sum = Sum::new(2).with("a", spring(0.3)).unwrap().with("b", spring(0.7)).unwrap();
    let mut scaled = Scaled::new(1.0 / 3.0, sum).unwrap();
    let positions = [pair(1.1), pair(2.3), pair(0.7)];
    let frames: Vec<_> = positions.iter().map(|p| Frame::new(p, &Cell::NONE)).collect();
    let mut out: Vec<_> = [Want::Energy, Want::Virial, Want::Forces].map(|want| Derivatives::new(2, want)).into();
    let mut energies = vec![0.0; 3];
    scaled.accumulate_batch(&frames, &mut out, &mut energies);
    for ((frame, out), energy) in frames.iter().zip(&out).zip(energies) {
        let mut single = Derivatives::new(2, out.want());
        assert_eq!(scaled.accumulate(*frame, &mut single), energy);
        assert_eq!(&single, out);
    }
}

#[test]
fn scaled_scales_and_refuses_nan() {
    let mut twice = Scaled::new(2.0, spring(1.0)).unwrap();
    let (energy, forces) = twice.energy_and_forces(Frame::isolated(&pair(1.0)));
    assert_eq!((energy, forces[0].x), (1.25, 2.0));
    assert!(twice.set_factor(f64::NAN).is_err());
    assert_eq!(twice.factor(), 2.0);
    assert!(Scaled::new(f64::INFINITY, spring(1.0)).is_err());
}

#[test]
fn check_atoms_names_both_numbers() {
    assert!(spring(1.0).check_atoms(2).is_ok());
    assert_eq!(
        spring(1.0).check_atoms(5).unwrap_err().to_string(),
        "atoms of the potential: expected shape [5], got [2]"
    );
}
