//! Stacks and components of a featurizer with a known Jacobian.

use super::*;
use crate::{Cell, CollectiveVariable, Derivatives, Want};
use ndarray::array;

/// Inverse squared distances between neighbours in the list, times a factor.
#[derive(Clone)]
struct Chain {
    atoms: usize,
    factor: f64,
}

impl Featurizer for Chain {
    fn atoms(&self) -> usize {
        self.atoms
    }
    fn dim(&self) -> usize {
        self.atoms - 1
    }
    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        let x = frame.positions;
        out.iter_mut().enumerate().for_each(|(k, f)| *f = self.factor / (x[k + 1] - x[k]).norm_squared());
    }
    fn pull_back(&mut self, frame: Frame<'_>, cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        for (k, c) in cotangent.iter().enumerate() {
            let r = frame.positions[k + 1] - frame.positions[k];
            let g = r * (-2.0 * c * self.factor / r.norm_squared().powi(2));
            gradient[k + 1] += g;
            gradient[k] -= g;
        }
    }
    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(self.clone())
    }
}

const FRAME: [Vec3; 3] = [Vec3::new(0.0, 0.0, 0.0), Vec3::new(2.0, 0.0, 0.0), Vec3::new(2.0, 1.0, 0.0)];

fn stack() -> Stack<Chain> {
    Stack::of([1.0, 8.0].map(|factor| Chain { atoms: 3, factor })).unwrap()
}

#[test]
fn a_stack_is_side_by_side() {
    let mut stack = stack();
    assert_eq!(stack.compute(Frame::isolated(&FRAME)), array![0.25, 1.0, 2.0, 8.0]);
    let mut gradient = [Vec3::zeros(); 3];
    stack.pull_back(Frame::isolated(&FRAME), array![1.0, 0.0, 0.0, 1.0].view(), &mut gradient);
    assert_eq!(gradient[0], Vec3::new(0.25, 0.0, 0.0));
    assert_eq!(gradient[2], Vec3::new(0.0, -16.0, 0.0));
    let mut boxed = stack.boxed_clone();
    assert_eq!(boxed.compute(Frame::isolated(&FRAME))[3], 8.0);
}

#[test]
fn a_stack_needs_parts_of_one_size() {
    let parts = [3, 4].map(|atoms| Chain { atoms, factor: 1.0 });
    assert!(Stack::of(parts).is_err_and(|error| error.to_string().contains("expected shape [3], got [4]")));
    assert!(Stack::<Chain>::of([]).is_err());
}

#[test]
fn a_component_is_a_collective_variable() {
    let mut cv = stack().component(2).unwrap();
    let mut out = Derivatives::new(3, Want::Virial);
    assert_eq!(cv.value(Frame::isolated(&FRAME), &mut out), 2.0);
    // −∂s/∂x of s = 8/r² at r = 2: 16/r³ = 2 along the bond.
    assert_eq!(out.forces(), [Vec3::new(-2.0, 0.0, 0.0), Vec3::new(2.0, 0.0, 0.0), Vec3::zeros()]);
    assert_eq!(out.virial()[(0, 0)], 4.0);
    let cell = Cell::orthorhombic(9.0, 9.0, 9.0).unwrap();
    cv.value(Frame::new(&FRAME, &cell), &mut out);
    assert!(out.virial()[(0, 0)].is_nan(), "no strain is known in a cell");
    let error = stack().component(4).err().unwrap().to_string();
    assert_eq!(error, "index of a feature must be less than their number, got 4 of 4");
}
