//! The network that turns some features into the parameters of the map of others.

use super::Feature;
use mol_core::tensor::ops::{dense, operation};
use mol_core::tensor::{Activation, Dual, Matrix, Parameters, Real, values};
use mol_core::{Result, Rng};

/// Perceptron from features of both kinds to raw parameters, shape `[batch, outputs]`.
///
/// A circular feature φ enters as cos kφ and sin kφ, k = 1 … harmonics, so that its parameters are continuous round the
/// circle; a linear one enters as it is. The last layer starts at zero: the map it parametrises is the identity.
#[derive(Clone, Debug)]
pub(super) struct Conditioner {
    /// Features that enter, with their kinds.
    context: Vec<(usize, Feature)>,
    harmonics: usize,
    /// Index of the first weight matrix; each layer has one and a bias. Without context there is one bias row.
    first: usize,
    layers: usize,
    outputs: usize,
}

impl Conditioner {
    pub(super) fn new<E: Real>(
        context: Vec<(usize, Feature)>,
        harmonics: usize,
        (hidden, outputs): (&[usize], usize),
        name: &str,
        weights: &mut Parameters<E>,
        rng: &mut Rng,
    ) -> Result<Self> {
        let first = weights.matrices();
        let inputs = context.iter().map(|(_, kind)| if *kind == Feature::Circular { 2 * harmonics } else { 1 }).sum();
        let hidden = if context.is_empty() { &[] } else { hidden };
        let mut width: usize = inputs;
        for (k, next) in hidden.iter().enumerate() {
            weights.push_glorot(format!("{name}.{k}.weight"), (width, *next), rng)?;
            weights.push(format!("{name}.{k}.bias"), (1, *next), &vec![E::ZERO; *next])?;
            width = *next;
        }
        if !context.is_empty() {
            weights.push(format!("{name}.last.weight"), (width, outputs), &vec![E::ZERO; width * outputs])?;
        }
        weights.push(format!("{name}.last.bias"), (1, outputs), &vec![E::ZERO; outputs])?;
        Ok(Self { context, harmonics, first, layers: hidden.len() + 1, outputs })
    }

    /// Raw parameters for each row of `x` `[batch, features]`.
    pub(super) fn apply<E: Real>(&self, weights: &[Matrix<E>], x: &Matrix<E>, batch: usize) -> Matrix<E> {
        let own = &weights[self.first..];
        if self.context.is_empty() {
            return repeat(&own[0], batch, self.outputs);
        }
        let mut y = Dual::from(self.encode(x, batch));
        for k in 0..self.layers {
            let activation = if k + 1 == self.layers { Activation::Identity } else { Activation::Silu };
            y = dense(&y, &own[2 * k], Some(&own[2 * k + 1]), activation);
        }
        y.value
    }

    /// Linear features and harmonics of circular ones, in the order of the context.
    fn encode<E: Real>(&self, x: &Matrix<E>, batch: usize) -> Matrix<E> {
        let (context, harmonics) = (self.context.clone(), self.harmonics);
        let numbers = values(x);
        let width = numbers.len() / batch.max(1);
        let mut out = Vec::new();
        for row in numbers.chunks_exact(width) {
            for (at, kind) in &context {
                let value = row[*at];
                if *kind == Feature::Linear {
                    out.push(value);
                    continue;
                }
                let (sine, cosine) = value.f64().sin_cos();
                let (mut s, mut c) = (sine, cosine);
                for _ in 0..harmonics {
                    out.extend([E::of(c), E::of(s)]);
                    (s, c) = (s * cosine + c * sine, c * cosine - s * sine);
                }
            }
        }
        let columns = out.len() / batch.max(1);
        let encoded = out.clone();
        operation(&[x], vec![(out, (batch, columns))], move |adjoints, gradients| {
            let rows = adjoints[0].chunks_exact(columns).zip(encoded.chunks_exact(columns));
            for ((g, y), into) in rows.zip(gradients[0].chunks_exact_mut(width)) {
                let mut column = 0;
                for (at, kind) in &context {
                    if *kind == Feature::Linear {
                        into[*at] += g[column];
                        column += 1;
                        continue;
                    }
                    for k in 1..=harmonics {
                        let by_angle = y[column] * g[column + 1] - y[column + 1] * g[column];
                        into[*at] += E::of(k as f64) * by_angle;
                        column += 2;
                    }
                }
            }
        })
        .remove(0)
    }
}

/// One row `[1, columns]` for each of `rows` rows.
fn repeat<E: Real>(row: &Matrix<E>, rows: usize, columns: usize) -> Matrix<E> {
    let numbers = values(row).repeat(rows);
    operation(&[row], vec![(numbers, (rows, columns))], move |adjoints, gradients| {
        for g in adjoints[0].chunks_exact(columns) {
            for (sum, g) in gradients[0].iter_mut().zip(g) {
                *sum += *g;
            }
        }
    })
    .remove(0)
}
