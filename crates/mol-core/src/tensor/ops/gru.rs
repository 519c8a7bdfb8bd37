//! The gated recurrent unit over a whole sequence, in one operation.
//!
//! One entry on the tape unrolls every step, so that the products with the input weights are a single gemm over all
//! steps and the pass through time needs no small tensors. A sequence of one step is the cell. Where a row starts an
//! episode its memory is zero and no gradient crosses: batches hold episodes end to end. Deliberately not here: stacked
//! or bidirectional layers, which are two calls.

use super::{add_rows, fill_rows, operation};
use crate::tensor::record::values;
use crate::tensor::{Matrix, Operand, Real, matmul};
use dfdx::prelude::HasShape;

/// Weights of [`gru`] on a tape; the three gates r, z, n stand side by side.
#[derive(Clone, Debug)]
pub struct GruWeights<'a, E: Real> {
    /// Input weights, shape `[inputs, 3 width]`: the transpose of PyTorch's `weight_ih`.
    pub input: &'a Matrix<E>,
    /// Memory weights, shape `[width, 3 width]`: the transpose of PyTorch's `weight_hh`.
    pub memory: &'a Matrix<E>,
    /// Bias b of the input side, shape `[1, 3 width]`.
    pub input_bias: &'a Matrix<E>,
    /// Bias c of the memory side, shape `[1, 3 width]`.
    pub memory_bias: &'a Matrix<E>,
}

/// Memories after every step of a batch of sequences.
///
/// ```text
/// r = σ(x Wr + br + h Ur + cr)       z = σ(x Wz + bz + h Uz + cz)
/// n = tanh(x Wn + bn + r ∘ (h Un + cn))
/// h′ = (1 − z) ∘ n + z ∘ h
/// ```
///
/// This is PyTorch's `GRU` (gates in the order r, z, n; r multiplies after the product with Un), not the first version of
/// the paper, in which r multiplies h and z has the opposite meaning.
///
/// `x` has shape `[steps × rows, inputs]`, step after step; `memory` is h before the first step, `[rows, width]`. Where
/// `starts` (`[steps × rows]`) is true, h is taken as zero. Returns h′ of all steps, `[steps × rows, width]`.
///
/// # Panics
/// If the shapes do not fit.
///
/// # Example
/// ```
/// use mol_core::tensor::{constant, ops::{GruWeights, gru}, values};
/// let w = |rows: usize, value: f64| constant(vec![value; 3 * rows], (rows, 3));
/// let (input, memory, zero) = (w(1, 1.0), w(1, 0.5), w(1, 0.0));
/// let weights = GruWeights { input: &input, memory: &memory, input_bias: &zero, memory_bias: &zero };
/// // From an empty memory: h′ = (1 − σ(1)) tanh 1.
/// let h = gru(&constant(vec![1.0], (1, 1)), &constant(vec![0.0], (1, 1)), &weights, &[false]);
/// assert!((values(&h)[0] - 0.204_824).abs() < 1e-6);
/// ```
///
/// Reference: K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk and Y. Bengio,
/// *Proc. EMNLP* **2014**, 1724.
#[must_use]
pub fn gru<E: Real>(x: &Matrix<E>, memory: &Matrix<E>, weights: &GruWeights<'_, E>, starts: &[bool]) -> Matrix<E> {
    let ((all, inputs), (rows, width)) = (*x.shape(), *memory.shape());
    assert!(all == starts.len() && (rows > 0 && all.is_multiple_of(rows)), "gru: steps × rows of x, of starts, of h");
    assert_eq!(*weights.input.shape(), (inputs, 3 * width), "gru: input weights");
    assert_eq!(*weights.memory.shape(), (width, 3 * width), "gru: memory weights");
    let biases = (*weights.input_bias.shape(), *weights.memory_bias.shape());
    assert_eq!(biases, ((1, 3 * width), (1, 3 * width)), "gru: biases");
    let steps = all / rows;

    let (x_values, w, u) = (values(x), values(weights.input), values(weights.memory));
    let c = values(weights.memory_bias);
    let mut from_input = vec![E::ZERO; all * 3 * width];
    fill_rows(&mut from_input, &values(weights.input_bias));
    matmul(&mut from_input, true, (&x_values, Operand::Plain), (&w, Operand::Plain), (all, inputs, 3 * width));

    let mut trace = Trace::new(all, rows, width, starts);
    let mut h = values(memory);
    let mut out = Vec::with_capacity(all * width);
    let mut from_memory = vec![E::ZERO; rows * 3 * width];
    for step in 0..steps {
        zero_starts(&mut h, &starts[step * rows..], width);
        fill_rows(&mut from_memory, &c);
        matmul(&mut from_memory, true, (&h, Operand::Plain), (&u, Operand::Plain), (rows, width, 3 * width));
        trace.advance(step, &mut h, &from_input[step * rows * 3 * width..], &from_memory);
        out.extend_from_slice(&h);
    }

    let list = [x, memory, weights.input, weights.memory, weights.input_bias, weights.memory_bias];
    operation(&list, vec![(out, (all, width))], move |adjoints, gradients| {
        let (inner, outer, first) = trace.backward(&adjoints[0], &u);
        let (down, wide) = ((all, 3 * width, inputs), (inputs, all, 3 * width));
        matmul(&mut gradients[0], true, (&inner, Operand::Plain), (&w, Operand::Transposed), down);
        super::add_to(&mut gradients[1], &first);
        matmul(&mut gradients[2], true, (&x_values, Operand::Transposed), (&inner, Operand::Plain), wide);
        let wide = (width, all, 3 * width);
        matmul(&mut gradients[3], true, (&trace.h, Operand::Transposed), (&outer, Operand::Plain), wide);
        add_rows(&mut gradients[4], &inner);
        add_rows(&mut gradients[5], &outer);
    })
    .remove(0)
}

/// Forgets the memories of the rows that start an episode.
fn zero_starts<E: Real>(h: &mut [E], starts: &[bool], width: usize) {
    for (row, start) in h.chunks_exact_mut(width).zip(starts) {
        if *start {
            row.fill(E::ZERO);
        }
    }
}

/// What the backward pass needs of every step, each `[steps × rows, width]`.
struct Trace<E> {
    rows: usize,
    width: usize,
    starts: Vec<bool>,
    /// Memory before the step.
    h: Vec<E>,
    r: Vec<E>,
    z: Vec<E>,
    n: Vec<E>,
    /// h Un + cn.
    inside: Vec<E>,
}

impl<E: Real> Trace<E> {
    fn new(all: usize, rows: usize, width: usize, starts: &[bool]) -> Self {
        let empty = || vec![E::ZERO; all * width];
        let starts = starts.to_vec();
        Self { rows, width, starts, h: empty(), r: empty(), z: empty(), n: empty(), inside: empty() }
    }

    /// Takes `h` one step on, given x W + b of this and later steps and h U + c.
    fn advance(&mut self, step: usize, h: &mut [E], from_input: &[E], from_memory: &[E]) {
        let width = self.width;
        for row in 0..self.rows {
            let (i, m) = (&from_input[row * 3 * width..], &from_memory[row * 3 * width..]);
            let at = (step * self.rows + row) * width;
            for k in 0..width {
                let h = &mut h[row * width + k];
                let r = sigmoid(i[k] + m[k]);
                let z = sigmoid(i[width + k] + m[width + k]);
                let inside = m[2 * width + k];
                let n = E::of(2.0) * sigmoid(E::of(2.0) * (i[2 * width + k] + r * inside)) - E::ONE;
                (self.h[at + k], self.r[at + k], self.z[at + k]) = (*h, r, z);
                (self.n[at + k], self.inside[at + k]) = (n, inside);
                *h = (E::ONE - z) * n + z * *h;
            }
        }
    }

    /// ∂L/∂(x W + b), ∂L/∂(h U + c) of all steps and ∂L/∂h before the first.
    fn backward(&self, adjoint: &[E], u: &[E]) -> (Vec<E>, Vec<E>, Vec<E>) {
        let (rows, width) = (self.rows, self.width);
        let (mut inner, mut outer) = (vec![E::ZERO; 3 * adjoint.len()], vec![E::ZERO; 3 * adjoint.len()]);
        let mut carried = vec![E::ZERO; rows * width];
        for step in (0..self.starts.len() / rows).rev() {
            for row in 0..rows {
                let here = step * rows + row;
                let (inner, outer) = (&mut inner[here * 3 * width..], &mut outer[here * 3 * width..]);
                for k in 0..width {
                    let at = here * width + k;
                    let carried = &mut carried[row * width + k];
                    let g = adjoint[at] + *carried;
                    let (r, z, n) = (self.r[at], self.z[at], self.n[at]);
                    let to_n = g * (E::ONE - z) * (E::ONE - n * n);
                    let to_r = to_n * self.inside[at] * r * (E::ONE - r);
                    let to_z = g * (self.h[at] - n) * z * (E::ONE - z);
                    (inner[k], inner[width + k], inner[2 * width + k]) = (to_r, to_z, to_n);
                    (outer[k], outer[width + k], outer[2 * width + k]) = (to_r, to_z, to_n * r);
                    *carried = g * z;
                }
            }
            let outer = &outer[step * rows * 3 * width..][..rows * 3 * width];
            let shape = (rows, 3 * width, width);
            matmul(&mut carried, true, (outer, Operand::Plain), (u, Operand::Transposed), shape);
            zero_starts(&mut carried, &self.starts[step * rows..], width);
        }
        (inner, outer, carried)
    }
}

#[inline(always)]
fn sigmoid<E: Real>(x: E) -> E {
    E::ONE / (E::ONE + Real::exp(-x))
}
