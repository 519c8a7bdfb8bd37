//! Layers that both networks are made of: where their weights lie and how they are applied.

use crate::Result;
use mol_core::Rng;
use mol_core::tensor::ops::{GruWeights, dense, gru};
use mol_core::tensor::{Activation, Dual, Matrix, Parameters, Real};

/// A dense layer: indices of its weights, bias and activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dense {
    weight: usize,
    bias: usize,
    activation: Activation,
}

impl Dense {
    /// Appends a layer of Glorot weights times `gain`, and zero biases.
    pub(super) fn push<E: Real>(
        parameters: &mut Parameters<E>,
        name: &str,
        (inputs, outputs): (usize, usize),
        (activation, gain): (Activation, f64),
        rng: &mut Rng,
    ) -> Result<Self> {
        let start = parameters.len();
        let weight = parameters.push_glorot(format!("{name}.weight"), (inputs, outputs), rng)?;
        for w in &mut parameters.flat_mut()[start..] {
            *w *= E::of(gain);
        }
        let bias = parameters.push(format!("{name}.bias"), (1, outputs), &vec![E::ZERO; outputs])?;
        Ok(Self { weight, bias, activation })
    }

    /// φ(x w + b).
    pub(super) fn apply<E: Real>(self, weights: &[Matrix<E>], x: &Matrix<E>) -> Matrix<E> {
        dense(&Dual::from(x.clone()), &weights[self.weight], Some(&weights[self.bias]), self.activation).value
    }
}

/// A recurrent layer: indices of its weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Recurrent {
    first: usize,
    pub(super) width: usize,
}

impl Recurrent {
    /// Appends a layer of weights and biases uniform in ±1/√width, as PyTorch draws them.
    pub(super) fn push<E: Real>(
        parameters: &mut Parameters<E>,
        name: &str,
        (inputs, width): (usize, usize),
        rng: &mut Rng,
    ) -> Result<Self> {
        let bound = 1.0 / (width as f64).sqrt();
        let first = parameters.matrices();
        for (part, rows) in [("input", inputs), ("memory", width), ("input_bias", 1), ("memory_bias", 1)] {
            let draw = |_| E::of(bound * (2.0 * rng.uniform() - 1.0));
            let values: Vec<E> = (0..rows * 3 * width).map(draw).collect();
            parameters.push(format!("{name}.{part}"), (rows, 3 * width), &values)?;
        }
        Ok(Self { first, width })
    }

    /// Memories after every step.
    pub(super) fn apply<E: Real>(
        self,
        weights: &[Matrix<E>],
        x: &Matrix<E>,
        memory: &Matrix<E>,
        starts: &[bool],
    ) -> Matrix<E> {
        let [input, memory_weights, input_bias, memory_bias] = [0, 1, 2, 3].map(|k| &weights[self.first + k]);
        gru(x, memory, &GruWeights { input, memory: memory_weights, input_bias, memory_bias }, starts)
    }
}
