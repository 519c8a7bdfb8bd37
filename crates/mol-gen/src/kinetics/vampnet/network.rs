//! A multilayer perceptron that ends in a softmax: with a tape for training, in double precision without one for use.

use crate::Result;
use mol_core::tensor::ops::{dense, operation};
use mol_core::tensor::{Activation, Dual, Matrix, Parameters, Real, matmul_rows, values};
use mol_core::{Error, Rng};

/// Weights for layers of these widths, first the inputs, last the states.
pub(super) fn initial<E: Real>(widths: &[usize], rng: &mut Rng) -> Result<Parameters<E>> {
    let mut weights = Parameters::default();
    for (layer, pair) in widths.windows(2).enumerate() {
        weights.push_glorot(format!("layer{layer}.weights"), (pair[0], pair[1]), rng)?;
        weights.push(format!("layer{layer}.bias"), (1, pair[1]), &vec![E::ZERO; pair[1]])?;
    }
    Ok(weights)
}

/// Memberships of the rows of x, on the tape of the leaves of [`initial`]'s weights.
pub(super) fn forward<E: Real>(leaves: &[Matrix<E>], x: Matrix<E>, activation: Activation) -> Matrix<E> {
    let last = leaves.len() / 2 - 1;
    let mut y = Dual::from(x);
    for (layer, pair) in leaves.chunks_exact(2).enumerate() {
        y = dense(&y, &pair[0], Some(&pair[1]), if layer == last { Activation::Identity } else { activation });
    }
    softmax(&y.value, y.shape())
}

fn softmax<E: Real>(x: &Matrix<E>, shape: (usize, usize)) -> Matrix<E> {
    let mut p = values(x);
    p.chunks_exact_mut(shape.1).for_each(softmax_row);
    let kept = p.clone();
    operation(&[x], vec![(p, shape)], move |adjoints, gradients| {
        let rows = kept.chunks_exact(shape.1).zip(adjoints[0].chunks_exact(shape.1));
        for ((p, g), out) in rows.zip(gradients[0].chunks_exact_mut(shape.1)) {
            let mean: E = p.iter().zip(g).map(|(p, g)| *p * *g).sum();
            for ((out, p), g) in out.iter_mut().zip(p).zip(g) {
                *out += *p * (*g - mean);
            }
        }
    })
    .remove(0)
}

fn softmax_row<E: Real>(row: &mut [E]) {
    let highest = row.iter().copied().fold(row[0], Real::max);
    row.iter_mut().for_each(|x| *x = Real::exp(*x - highest));
    let sum: E = row.iter().copied().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

/// The network without tape, in f64: every row's bits depend on that row alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Network {
    widths: Vec<usize>,
    activation: Activation,
    /// Weights, row-major `[inputs, outputs]`, and bias of each layer.
    layers: Vec<(Vec<f64>, Vec<f64>)>,
}

/// What one frame leaves behind for [`Network::pull_back`].
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    slopes: Vec<Vec<f64>>,
    output: Vec<f64>,
}

impl Network {
    pub(super) fn new<E: Real>(weights: &Parameters<E>, widths: &[usize], activation: Activation) -> Result<Self> {
        Error::check_len("matrices of a VAMPnet", 2 * (widths.len() - 1), weights.matrices())?;
        let matrix = |index: usize, shape: (usize, usize)| -> Result<Vec<f64>> {
            let (_, got, values) = weights.matrix(index);
            Error::check_len("rows of a layer", shape.0, got.0)?;
            Error::check_len("columns of a layer", shape.1, got.1)?;
            Ok(values.iter().map(|w| w.f64()).collect())
        };
        let layer =
            |(k, pair): (usize, &[usize])| Ok((matrix(2 * k, (pair[0], pair[1]))?, matrix(2 * k + 1, (1, pair[1]))?));
        let layers = widths.windows(2).enumerate().map(layer).collect::<Result<Vec<_>>>()?;
        Ok(Self { widths: widths.to_vec(), activation, layers })
    }

    pub(super) fn states(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    /// Memberships of rows of x, `[rows, inputs]` → `[rows, states]`.
    pub(super) fn memberships(&self, x: &[f64]) -> Vec<f64> {
        self.run(x, None)
    }

    /// As [`memberships`](Self::memberships) of one row, keeping what its derivative needs.
    pub(super) fn trace<'a>(&self, x: &[f64], trace: &'a mut Trace) -> &'a [f64] {
        trace.slopes.clear();
        let output = self.run(x, Some(&mut trace.slopes));
        trace.output = output;
        &trace.output
    }

    fn run(&self, x: &[f64], mut slopes: Option<&mut Vec<Vec<f64>>>) -> Vec<f64> {
        let rows = x.len() / self.widths[0];
        let mut y = x.to_vec();
        let mut slope = Vec::new();
        for (layer, (weights, bias)) in self.layers.iter().enumerate() {
            let (inputs, outputs) = (self.widths[layer], self.widths[layer + 1]);
            let mut next = bias.repeat(rows);
            matmul_rows(&mut next, true, &y, weights, (rows, inputs, outputs));
            if layer + 1 < self.layers.len() {
                slope.clear();
                slope.resize(next.len(), 0.0);
                self.activation.apply(&mut next, &mut slope);
                if let Some(slopes) = &mut slopes {
                    slopes.push(slope.clone());
                }
            }
            y = next;
        }
        y.chunks_exact_mut(self.states()).for_each(softmax_row);
        y
    }

    /// Jᵀ c of the row last traced.
    pub(super) fn pull_back(&self, trace: &Trace, cotangent: &[f64]) -> Vec<f64> {
        let mean: f64 = trace.output.iter().zip(cotangent).map(|(p, c)| p * c).sum();
        let mut g: Vec<f64> = trace.output.iter().zip(cotangent).map(|(p, c)| p * (c - mean)).collect();
        for (layer, (weights, _)) in self.layers.iter().enumerate().rev() {
            if layer + 1 < self.layers.len() {
                g.iter_mut().zip(&trace.slopes[layer]).for_each(|(g, s)| *g *= s);
            }
            let row = |row: &[f64]| row.iter().zip(&g).map(|(w, g)| w * g).sum();
            g = weights.chunks_exact(self.widths[layer + 1]).map(row).collect();
        }
        g
    }

    /// Name, shape and values of each matrix, as [`initial`] names them.
    pub(super) fn matrices(&self) -> impl Iterator<Item = (String, [usize; 2], &[f64])> {
        self.layers.iter().enumerate().flat_map(|(layer, (weights, bias))| {
            let (inputs, outputs) = (self.widths[layer], self.widths[layer + 1]);
            [
                (format!("layer{layer}.weights"), [inputs, outputs], &weights[..]),
                (format!("layer{layer}.bias"), [1, outputs], &bias[..]),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::Seed;
    use mol_core::tensor::{Record, constant};

    fn network() -> (Parameters<f64>, Network) {
        let mut rng = Seed::new(3).rng();
        let mut weights = initial::<f64>(&[4, 7, 5, 3], &mut rng).expect("unused names");
        weights.flat_mut().iter_mut().for_each(|w| *w += 0.3 * rng.normal());
        let network = Network::new(&weights, &[4, 7, 5, 3], Activation::Silu).expect("fits");
        (weights, network)
    }

    #[test]
    fn with_and_without_tape_agree() {
        let (weights, network) = network();
        let x: Vec<f64> = (0..24).map(|k| (f64::from(k) * 0.7).sin()).collect();
        let tape = Record::start();
        let taped = values(&forward(&weights.leaves(&tape), constant(x.clone(), (6, 4)), Activation::Silu));
        let plain = network.memberships(&x);
        assert!(taped.iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-14));
        assert!(plain.chunks_exact(3).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-15));
    }

    /// The gradient of the weights on the tape and that of the input without it, against differences.
    #[test]
    fn gradients_match_finite_differences() {
        let (weights, network) = network();
        let (x, c) = ([0.3, -1.2, 0.8, 2.0], [0.5, -2.0, 1.5]);
        let dot = |y: &[f64]| y.iter().zip(&c).map(|(y, c)| y * c).sum::<f64>();
        let tape = Record::start();
        let leaves = weights.leaves(&tape);
        let out = forward(&leaves, constant(x.to_vec(), (1, 4)), Activation::Silu);
        let mut gradient = vec![0.0; weights.len()];
        weights.collect_gradient(&leaves, &mut tape.backward(&[(&out, &c)]), &mut gradient);
        let slope = |f: &dyn Fn(f64) -> f64| (8.0 * (f(1e-3) - f(-1e-3)) - f(2e-3) + f(-2e-3)) / 12e-3;
        for (k, gradient) in gradient.iter().enumerate() {
            let at = |by: f64| {
                let mut flat = weights.flat().to_vec();
                flat[k] += by;
                let moved = weights.with_flat(flat).expect("same shape");
                dot(&Network::new(&moved, &[4, 7, 5, 3], Activation::Silu).expect("fits").memberships(&x))
            };
            assert!((gradient - slope(&at)).abs() < 1e-9, "weight {k}");
        }
        let mut trace = Trace::default();
        network.trace(&x, &mut trace);
        for (k, gradient) in network.pull_back(&trace, &c).iter().enumerate() {
            let at = |by: f64| {
                let mut x = x;
                x[k] += by;
                dot(&network.memberships(&x))
            };
            assert!((gradient - slope(&at)).abs() < 1e-9, "input {k}");
        }
    }
}
