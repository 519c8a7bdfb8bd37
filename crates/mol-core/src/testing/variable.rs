//! The contracts of [`CollectiveVariable`] and [`Featurizer`] as functions.

use super::numeric::close;
use super::{PotentialCheck, check_potential};
use crate::{
    CollectiveVariable, Derivatives, Domain, Featurizer, FeaturizerExt, Frame, Potential, Rng, Seed, Vec3, Want,
};
use ndarray::Array1;

#[cfg(test)]
mod tests;

/// Tests everything that [`CollectiveVariable`] promises: what [`check_potential`] tests, of its value unwrapped around
/// each frame, and that values lie in the domain.
///
/// The options are those of a potential: `reflection` must be off for a variable that knows left from right.
///
/// # Panics
/// If a promise is broken, with its name, the frame, the atom or component, and both numbers. Without frames.
pub fn check_collective_variable(cv: &dyn CollectiveVariable, frames: &[Frame<'_>], options: &PotentialCheck) {
    assert!(!frames.is_empty(), "check_collective_variable: no frames to test on");
    for (index, frame) in frames.iter().enumerate() {
        assert!(cv.atoms() == frame.positions.len(), "atoms: atoms() is {}, frame {index} differs", cv.atoms());
        let center = cv.boxed_clone().value(*frame, &mut Derivatives::new(cv.atoms(), Want::Energy));
        if let Domain::Periodic { low, high } = cv.domain() {
            assert!((low..=high).contains(&center), "domain, frame {index}: {center} is not in [{low}, {high}]");
        }
        check_potential(&Unwrapped { cv: cv.boxed_clone(), center }, &[*frame], options);
    }
}

/// A collective variable as a potential that is smooth around `center`.
struct Unwrapped {
    cv: Box<dyn CollectiveVariable>,
    center: f64,
}

impl Potential for Unwrapped {
    fn atoms(&self) -> usize {
        self.cv.atoms()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let value = self.cv.value(frame, out);
        self.center + self.cv.domain().difference(value, self.center)
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(Self { cv: self.cv.clone(), center: self.center })
    }
}

/// At most so many outputs are tested, spread evenly.
const OUTPUTS: usize = 16;

/// Tests everything that [`Featurizer`] promises.
///
/// 1. `features` overwrites, `pull_back` adds and is linear in the cotangent;
/// 2. each output (16 of them at most) is a collective variable as [`check_collective_variable`] tests it.
///
/// With a cell the virial is not tested: a featurizer has none.
///
/// # Panics
/// If a promise is broken, with its name, the frame, the output, the atom or component, and both numbers. Without frames.
pub fn check_featurizer(featurizer: &dyn Featurizer, frames: &[Frame<'_>], options: &PotentialCheck) {
    assert!(!frames.is_empty(), "check_featurizer: no frames to test on");
    let (dim, atoms) = (featurizer.dim(), featurizer.atoms());
    let mut rng = Seed::new(0x5eed).stream("check_featurizer").rng();
    for (index, frame) in frames.iter().enumerate() {
        assert!(atoms == frame.positions.len(), "atoms: atoms() is {atoms}, frame {index} differs");
        let clean = featurizer.boxed_clone().compute(*frame);
        let mut dirty = Array1::from_elem(dim, 1e3);
        featurizer.boxed_clone().features(*frame, dirty.view_mut());
        assert!(clean == dirty, "features, frame {index}: written over 1e3 they are {dirty}, over 0 {clean}");
        check_linear(featurizer, *frame, &mut rng, options, index);
        let options = PotentialCheck { virial: options.virial && frame.cell.vectors().is_none(), ..options.clone() };
        let take = dim.min(OUTPUTS);
        for output in (0..take).map(|k| k * dim / take) {
            let component = featurizer.boxed_clone().component(output).expect("output < dim");
            let one = || check_collective_variable(&component, &[*frame], &options);
            super::in_context(&format!("output {output}, frame {index}"), one);
        }
    }
}

fn check_linear(featurizer: &dyn Featurizer, frame: Frame<'_>, rng: &mut Rng, options: &PotentialCheck, index: usize) {
    let dim = featurizer.dim();
    let mut featurizer = featurizer.boxed_clone();
    let mut pull = |cotangent: &Array1<f64>, start: Vec3| {
        let mut gradient = vec![start; frame.positions.len()];
        _ = featurizer.compute(frame);
        featurizer.pull_back(frame, cotangent.view(), &mut gradient);
        gradient
    };
    let [a, b] = [(); 2].map(|()| Array1::from_shape_simple_fn(dim, || rng.normal()));
    let start = Vec3::new(1.0, -2.0, 3.0);
    let (of_a, of_b, of_both) = (pull(&a, Vec3::zeros()), pull(&b, Vec3::zeros()), pull(&(&a + &b), start));
    let scale = of_both.iter().map(Vec3::amax).fold(1.0, f64::max);
    for (atom, both) in of_both.iter().enumerate() {
        let expected = start + of_a[atom] + of_b[atom];
        let place = || format!("frame {index}, atom {atom}");
        let tolerance = options.symmetry_tolerance * scale;
        close("pull_back adds and is linear", &place, both.as_slice(), expected.as_slice(), tolerance);
    }
}
