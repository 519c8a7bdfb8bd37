//! Gradients of every elementwise map, in both directions, against differences.

use super::coupling::Transform;
use super::{Coupling, Direction, Feature, Flow, FlowConfig, Layer};
use mol_core::Seed;
use mol_core::tensor::{Record, constant, values};

const KINDS: [Feature; 4] = [Feature::Circular, Feature::Linear, Feature::Circular, Feature::Linear];

/// All transforms in one flow of two circles and two lines, with weights far from the identity.
pub(super) fn mixed(seed: u64) -> Flow<f64> {
    let coupling = |transformed: &[usize], context: &[usize], transform| {
        let (transformed, context) = (transformed.to_vec(), context.to_vec());
        Layer::Coupling(Coupling { transformed, context, transform, hidden: vec![7], harmonics: 2 })
    };
    let layers = vec![
        coupling(&[0, 2], &[], Transform::CircularSpline { bins: 5 }),
        coupling(&[0], &[1, 2], Transform::CircularSpline { bins: 4 }),
        coupling(&[1, 3], &[0, 2], Transform::AffineSpline { bins: 6, bound: 2.5, limit: 1.5 }),
        Layer::Permutation(vec![2, 3, 0, 1]),
        coupling(&[1], &[3, 0], Transform::Spline { bins: 16, bound: 3.0 }),
        coupling(&[3], &[1, 2], Transform::Affine { limit: 1.0 }),
    ];
    let flow = Flow::new(FlowConfig { features: KINDS.to_vec(), layers }, Seed::new(seed)).expect("valid");
    let mut rng = Seed::new(seed).stream("weights").rng();
    let flat: Vec<f64> = flow.weights().flat().iter().map(|w: &f64| *w + 0.4 * rng.normal()).collect();
    flow.with_weights(flat).expect("as many")
}

/// Rows off the kinks of tails and cuts.
pub(super) fn rows(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = Seed::new(seed).stream("rows").rng();
    (0..n)
        .flat_map(|_| [6.0 * rng.uniform() - 3.0, 1.5 * rng.normal(), 6.0 * rng.uniform() - 3.0, rng.normal()])
        .collect()
}

/// A scalar of both outputs with unequal coefficients.
fn scalar(flow: &Flow<f64>, x: &[f64], direction: Direction) -> f64 {
    let (y, log_det) = flow.apply(&flow.constants(), &constant(x.to_vec(), (x.len() / 4, 4)), direction);
    let y = values(&y).iter().enumerate().map(|(k, y)| y * (1.0 + k as f64).sin()).sum::<f64>();
    y + values(&log_det).iter().enumerate().map(|(k, l)| l * (0.5 + k as f64).cos()).sum::<f64>()
}

#[test]
fn gradients_to_weights_and_inputs_match_differences_both_ways() {
    for direction in [Direction::Generate, Direction::Normalise] {
        let (flow, x) = (mixed(3), rows(3, 1));
        let tape = Record::start();
        let leaves = flow.weights().leaves(&tape);
        let input = tape.leaf(x.clone(), (3, 4));
        let (y, log_det) = flow.apply(&leaves, &input, direction);
        let seed_y: Vec<f64> = (0..12).map(|k| (1.0 + f64::from(k)).sin()).collect();
        let seed_l: Vec<f64> = (0..3).map(|k| (0.5 + f64::from(k)).cos()).collect();
        let mut adjoints = tape.backward(&[(&y, &seed_y), (&log_det, &seed_l)]);
        let to_x = adjoints.take(&input);
        let mut to_weights = vec![0.0; flow.weights().len()];
        flow.weights().collect_gradient(&leaves, &mut adjoints, &mut to_weights);
        let h = 1e-6;
        for k in 0..x.len() {
            let at = |d: f64| {
                let mut x = x.clone();
                x[k] += d;
                scalar(&flow, &x, direction)
            };
            let numeric = (at(h) - at(-h)) / (2.0 * h);
            assert!(
                (to_x[k] - numeric).abs() < 1e-6 * (1.0 + numeric.abs()),
                "{direction:?} x{k}: {} {numeric}",
                to_x[k]
            );
        }
        let flat = flow.weights().flat().to_vec();
        let mut largest = 0.0_f64;
        for k in 0..flat.len() {
            let at = |d: f64| {
                let mut flat = flat.clone();
                flat[k] += d;
                scalar(&flow.clone().with_weights(flat).expect("as many"), &x, direction)
            };
            let numeric = (at(h) - at(-h)) / (2.0 * h);
            let error = (to_weights[k] - numeric).abs() / (1.0 + numeric.abs());
            assert!(error < 2e-6, "{direction:?} weight {k}: {} {numeric}", to_weights[k]);
            largest = largest.max(numeric.abs());
        }
        assert!(largest > 0.5, "the weights matter");
    }
}

#[test]
fn log_determinants_match_the_jacobian_by_differences() {
    for direction in [Direction::Generate, Direction::Normalise] {
        let (flow, x) = (mixed(5), rows(6, 2));
        for row in x.chunks_exact(4) {
            let run = |x: &[f64]| {
                let (y, l) = flow.apply(&flow.constants(), &constant(x.to_vec(), (1, 4)), direction);
                (values(&y), values(&l)[0])
            };
            // Small, since a knot within the step bends the difference by O(h).
            let (h, log_det) = (1e-7, run(row).1);
            let jacobian = mol_core::nalgebra::Matrix4::from_fn(|i, j| {
                let at = |d: f64| {
                    let mut x = row.to_vec();
                    x[j] += d;
                    run(&x).0[i]
                };
                (at(h) - at(-h)) / (2.0 * h)
            });
            let numeric = jacobian.determinant().abs().ln();
            assert!((log_det - numeric).abs() < 2e-6, "{direction:?}: {log_det} {numeric}");
        }
    }
}
