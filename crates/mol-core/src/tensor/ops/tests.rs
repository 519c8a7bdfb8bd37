//! Every operation against central differences in f64: value and tangent, all inputs.

use super::*;
use crate::tensor::{Activation, Record, constant, values};
use crate::{Rng, Seed};
use std::sync::Arc;

/// Builds outputs from leaves.
pub(super) type Graph<'a> = &'a dyn Fn(&[Matrix<f64>]) -> Dual<f64>;

fn random(rng: &mut Rng, n: usize) -> Vec<f64> {
    (0..n).map(|_| rng.normal()).collect()
}

/// Weighted sum of value and tangent: a scalar that depends on all of both.
fn scalar(out: &Dual<f64>, seeds: &[Vec<f64>; 2]) -> f64 {
    let dot = |m: &Matrix<f64>, s: &[f64]| values(m).iter().zip(s).map(|(a, b)| a * b).sum::<f64>();
    dot(&out.value, &seeds[0]) + out.tangent.as_ref().map_or(0.0, |t| dot(t, &seeds[1]))
}

/// Largest error of the tape's gradient, over all leaves, relative to the largest gradient.
pub(super) fn gradient_error(graph: Graph<'_>, inputs: &[(Vec<f64>, (usize, usize))], rng: &mut Rng) -> f64 {
    let tape = Record::start();
    let leaves: Vec<_> = inputs.iter().map(|(x, shape)| tape.leaf(x.clone(), *shape)).collect();
    let out = graph(&leaves);
    let (rows, columns) = out.shape();
    let seeds = [random(rng, rows * columns), random(rng, rows * columns)];
    let mut ends = vec![(&out.value, &seeds[0][..])];
    if let Some(t) = &out.tangent {
        ends.push((t, &seeds[1][..]));
    }
    let mut adjoints = tape.backward(&ends);
    let at = |changed: &[(Vec<f64>, (usize, usize))]| {
        let leaves: Vec<_> = changed.iter().map(|(x, shape)| constant(x.clone(), *shape)).collect();
        scalar(&graph(&leaves), &seeds)
    };
    let (mut worst, mut scale) = (0.0_f64, 1e-3_f64);
    for (which, leaf) in leaves.iter().enumerate() {
        let gradient = adjoints.take(leaf);
        for (k, g) in gradient.iter().enumerate() {
            let h = 1e-5;
            let shifted = |by: f64| {
                let mut changed = inputs.to_vec();
                changed[which].0[k] += by;
                at(&changed)
            };
            let difference = (shifted(h) - shifted(-h)) / (2.0 * h);
            worst = worst.max((difference - g).abs());
            scale = scale.max(g.abs());
        }
    }
    worst / scale
}

/// Error of the tangent: the outputs' change when the inputs that carry tangents move along them.
fn tangent_error(graph: Graph<'_>, inputs: &[(Vec<f64>, (usize, usize))], carriers: &[(usize, usize)]) -> f64 {
    let run = |by: f64| {
        let mut changed = inputs.to_vec();
        for &(value, tangent) in carriers {
            for k in 0..changed[value].0.len() {
                changed[value].0[k] += by * inputs[tangent].0[k];
            }
        }
        let leaves: Vec<_> = changed.iter().map(|(x, shape)| constant(x.clone(), *shape)).collect();
        graph(&leaves)
    };
    let h = 1e-5;
    let (up, down) = (values(&run(h).value), values(&run(-h).value));
    let tangent = values(&run(0.0).tangent.expect("the graph has a tangent"));
    let errors = up.iter().zip(&down).zip(&tangent).map(|((u, d), t)| ((u - d) / (2.0 * h) - t).abs());
    errors.fold(0.0, f64::max)
}

pub(super) fn inputs(rng: &mut Rng, shapes: &[(usize, usize)]) -> Vec<(Vec<f64>, (usize, usize))> {
    shapes.iter().map(|&(r, c)| (random(rng, r * c), (r, c))).collect()
}

#[test]
fn gather_segment_sum_and_add() {
    let mut rng = Seed::new(1).rng();
    let index: Arc<[u32]> = Arc::from([2, 0, 2, 1, 0]);
    let x = inputs(&mut rng, &[(3, 4), (3, 4), (5, 4), (5, 4)]);
    let graph = |l: &[Matrix<f64>]| {
        let gathered = gather_rows(&Dual::new(l[0].clone(), l[1].clone()), &index);
        segment_sum(&add(&gathered, &Dual::new(l[2].clone(), l[3].clone())), &index, 3)
    };
    assert!(gradient_error(&graph, &x, &mut rng) < 1e-9);
    assert!(tangent_error(&graph, &x, &[(0, 1), (2, 3)]) < 1e-9);
}

#[test]
fn dense_with_every_activation() {
    let mut rng = Seed::new(2).rng();
    for activation in [Activation::Identity, Activation::ShiftedSoftplus, Activation::Silu, Activation::Tanh] {
        let x = inputs(&mut rng, &[(5, 3), (5, 3), (3, 4), (1, 4)]);
        let dual = |l: &[Matrix<f64>]| dense(&Dual::new(l[0].clone(), l[1].clone()), &l[2], Some(&l[3]), activation);
        assert!(gradient_error(&dual, &x, &mut rng) < 1e-8, "{activation:?}");
        assert!(tangent_error(&dual, &x, &[(0, 1)]) < 1e-8, "{activation:?}");
        let plain = |l: &[Matrix<f64>]| dense(&Dual::from(l[0].clone()), &l[2], None, activation);
        assert!(gradient_error(&plain, &x, &mut rng) < 1e-8, "{activation:?} without tangent and bias");
    }
}

/// Two smooth functions of a distance.
struct Waves;

impl Expansion<f64> for Waves {
    fn dim(&self) -> usize {
        2
    }
    fn evaluate(&self, d: f64, value: &mut [f64], slope: &mut [f64]) {
        value.copy_from_slice(&[d.sin(), (-d * d).exp()]);
        slope.copy_from_slice(&[d.cos(), -2.0 * d * (-d * d).exp()]);
    }
    fn curvature(&self, d: f64, curvature: &mut [f64]) {
        curvature.copy_from_slice(&[-d.sin(), (4.0 * d * d - 2.0) * (-d * d).exp()]);
    }
}

#[test]
fn expansion_of_distances() {
    let mut rng = Seed::new(3).rng();
    let x = inputs(&mut rng, &[(6, 1), (6, 1)]);
    let waves: Arc<dyn Expansion<f64>> = Arc::new(Waves);
    let graph = |l: &[Matrix<f64>]| expand(&Dual::new(l[0].clone(), l[1].clone()), &waves);
    assert!(gradient_error(&graph, &x, &mut rng) < 1e-9);
    assert!(tangent_error(&graph, &x, &[(0, 1)]) < 1e-9);
}

#[test]
fn message_passing_block() {
    let mut rng = Seed::new(4).rng();
    // A pair (1, 1) is an atom with its own periodic image.
    let graph = Arc::new(PairGraph { atoms: 4, first: vec![0, 0, 1, 1, 2], second: vec![1, 2, 1, 3, 3] });
    let (atoms, pairs, basis, features) = (4, 5, 3, 4);
    let x = inputs(
        &mut rng,
        &[
            (atoms, features),
            (atoms, features),
            (pairs, basis),
            (pairs, basis),
            (pairs, 1),
            (pairs, 1),
            (basis, features),
            (1, features),
            (features, features),
            (1, features),
        ],
    );
    let run = |l: &[Matrix<f64>], h: Dual<f64>, radial: bool| {
        let filter = Filter { w1: &l[6], b1: &l[7], w2: &l[8], b2: &l[9], activation: Activation::ShiftedSoftplus };
        let pick = |value: usize| {
            if radial { Dual::new(l[value].clone(), l[value + 1].clone()) } else { Dual::from(l[value].clone()) }
        };
        continuous_filter(&h, &pick(2), &pick(4), &filter, &graph)
    };
    let both = |l: &[Matrix<f64>]| run(l, Dual::new(l[0].clone(), l[1].clone()), true);
    assert!(gradient_error(&both, &x, &mut rng) < 1e-8);
    assert!(tangent_error(&both, &x, &[(0, 1), (2, 3), (4, 5)]) < 1e-8);
    let radial_only = |l: &[Matrix<f64>]| run(l, Dual::from(l[0].clone()), true);
    assert!(gradient_error(&radial_only, &x, &mut rng) < 1e-8);
    assert!(tangent_error(&radial_only, &x, &[(2, 3), (4, 5)]) < 1e-8);
    let features_only = |l: &[Matrix<f64>]| run(l, Dual::new(l[0].clone(), l[1].clone()), false);
    assert!(gradient_error(&features_only, &x, &mut rng) < 1e-8);
    let plain = |l: &[Matrix<f64>]| run(l, Dual::from(l[0].clone()), false);
    assert!(gradient_error(&plain, &x, &mut rng) < 1e-8);
}

#[test]
fn prepared_filters_have_the_gradient_of_taped_ones() {
    let mut rng = Seed::new(5).rng();
    let graph = Arc::new(PairGraph { atoms: 4, first: vec![0, 0, 1, 1, 2], second: vec![1, 2, 1, 3, 3] });
    let (atoms, pairs, dim, features) = (4, 5, 3, 4);
    let rows = Arc::new(RadialRows {
        dim,
        basis: random(&mut rng, pairs * dim),
        basis_slope: random(&mut rng, pairs * dim),
        cutoff: random(&mut rng, pairs),
        cutoff_slope: random(&mut rng, pairs),
    });
    let direction: Arc<[f64]> = random(&mut rng, pairs).into();
    let x = inputs(
        &mut rng,
        &[(atoms, features), (atoms, features), (dim, features), (1, features), (features, features), (1, features)],
    );
    let activation = Activation::ShiftedSoftplus;
    let filter = |l: &[Matrix<f64>]| [l[2].clone(), l[3].clone(), l[4].clone(), l[5].clone()];
    let prepared = |l: &[Matrix<f64>]| {
        let [w1, b1, w2, b2] = filter(l);
        let numbers = [&w1, &b1, &w2, &b2].map(values);
        let pass = Arc::new(FilterPass::new(&rows, numbers.each_ref().map(Vec::as_slice), activation));
        let weights = Filter { w1: &w1, b1: &b1, w2: &w2, b2: &b2, activation };
        let h = Dual::new(l[0].clone(), l[1].clone());
        continuous_filter_along(&h, &rows, &direction, &pass, &weights, &graph)
    };
    assert!(gradient_error(&prepared, &x, &mut rng) < 1e-8);
    // Value and tangent are those of the general operation, its radial tangents being slopes times direction.
    let leaves: Vec<_> = x.iter().map(|(x, shape)| constant(x.clone(), *shape)).collect();
    let along = |slope: &[f64], n: usize| slope.iter().enumerate().map(|(k, s)| s * direction[k / n]).collect();
    let dual = |x: &[f64], slope: &[f64], n: usize| {
        Dual::new(constant(x.to_vec(), (pairs, n)), constant(along(slope, n), (pairs, n)))
    };
    let [w1, b1, w2, b2] = filter(&leaves);
    let weights = Filter { w1: &w1, b1: &b1, w2: &w2, b2: &b2, activation };
    let h = Dual::new(leaves[0].clone(), leaves[1].clone());
    let (basis, cutoff) = (dual(&rows.basis, &rows.basis_slope, dim), dual(&rows.cutoff, &rows.cutoff_slope, 1));
    let general = continuous_filter(&h, &basis, &cutoff, &weights, &graph);
    let (fast, tangent) = (prepared(&leaves), |d: &Dual<f64>| values(d.tangent.as_ref().expect("both are dual")));
    assert_eq!(values(&fast.value), values(&general.value));
    for (a, b) in tangent(&fast).iter().zip(tangent(&general)) {
        assert!((a - b).abs() < 1e-12 * (1.0 + b.abs()), "{a} {b}");
    }
}

#[test]
fn constants_record_nothing_and_tapes_do_not_mix() {
    let x = constant(vec![1.0_f64, 2.0], (1, 2));
    let y = add(&Dual::from(x.clone()), &Dual::from(x));
    assert_eq!(values(&y.value), [2.0, 4.0]);
    let (a, b) = (Record::<f64>::start(), Record::<f64>::start());
    let (x, y) = (a.leaf(vec![1.0], (1, 1)), b.leaf(vec![1.0], (1, 1)));
    let mixed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| add(&x.into(), &y.into())));
    assert!(mixed.is_err());
}

#[test]
fn one_leaf_used_twice_collects_both_gradients() {
    let tape = Record::start();
    let x = tape.leaf(vec![3.0_f64, -1.0], (1, 2));
    let y = add(&Dual::from(x.clone()), &Dual::from(x.clone()));
    let mut adjoints = tape.backward(&[(&y.value, &[1.0, 10.0])]);
    assert_eq!(adjoints.take(&x), [2.0, 20.0]);
}
