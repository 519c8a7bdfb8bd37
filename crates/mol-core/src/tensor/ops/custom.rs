//! Operations of one's own, for layers that exist only once: one entry on the tape, written without dfdx.

use super::{Matrix, Real, add_to, plain};
use crate::tensor::record::{Record, buffer_of};
use dfdx::prelude::{HasShape, Merge, PutTape, Shape, SplitTape, Tape};

/// Puts the outputs of a computation on the tape, with the pass that takes their adjoints back to the inputs.
///
/// The caller computes the outputs (values row-major, shape `[rows, columns]`) from the inputs' [`values`](super::super::values)
/// and captures in `backward` what it needs of them. `backward(adjoints, gradients)` receives ∂L/∂output of each output
/// and **adds** ∂L/∂input to the buffer of each input, in the order given. Matrices off the tape have a buffer too; what is
/// added to it is dropped. Fuse a whole layer into one operation: small ones cost more in copies than they compute.
///
/// ```
/// use mol_core::tensor::{Record, ops::operation, values};
/// let tape = Record::start();
/// let x = tape.leaf(vec![3.0_f64], (1, 1));
/// let at = values(&x)[0];
/// let square = operation(&[&x], vec![(vec![at * at], (1, 1))], move |adjoints, gradients| {
///     gradients[0][0] += 2.0 * at * adjoints[0][0];
/// }).remove(0);
/// let mut adjoints = tape.backward(&[(&square, &[1.0])]);
/// assert_eq!(adjoints.take(&x), [6.0]);
/// ```
///
/// # Panics
/// If an output's values are not rows × columns long, or inputs are on different tapes.
#[must_use]
pub fn operation<E: Real>(
    inputs: &[&Matrix<E>],
    outputs: Vec<(Vec<E>, (usize, usize))>,
    backward: impl FnOnce(&[Vec<E>], &mut [Vec<E>]) + 'static,
) -> Vec<Matrix<E>> {
    let mut tape = Record::default();
    let mut from = Vec::with_capacity(inputs.len());
    for input in inputs {
        let (tensor, other) = (*input).clone().split_tape();
        tape = tape.merge(other);
        from.push(tensor);
    }
    let plains: Vec<_> = outputs.into_iter().map(|(values, shape)| plain(values, shape)).collect();
    let results = plains.iter().map(|t| t.clone().put_tape(tape.clone())).collect();
    tape.add_backward_op(move |all| {
        let adjoints: Vec<Vec<E>> = plains.iter().map(|t| std::mem::take(buffer_of(all, t))).collect();
        let mut gradients: Vec<Vec<E>> = from.iter().map(|t| std::mem::take(buffer_of(all, t))).collect();
        for (gradient, tensor) in gradients.iter_mut().zip(&from) {
            // Taken before: the same tensor is an input twice, and what is added here is added to the first below.
            gradient.resize(tensor.shape().num_elements(), E::ZERO);
        }
        backward(&adjoints, &mut gradients);
        for (tensor, gradient) in from.iter().zip(gradients) {
            let buffer = buffer_of(all, tensor);
            if buffer.is_empty() {
                *buffer = gradient;
            } else {
                add_to(buffer, &gradient);
            }
        }
        Ok(())
    });
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Record, values};

    /// Two outputs of two inputs: sums and products, element by element.
    fn sum_and_product(x: &Matrix<f64>, y: &Matrix<f64>) -> Vec<Matrix<f64>> {
        let (a, b) = (values(x), values(y));
        let map = |f: fn(f64, f64) -> f64| (a.iter().zip(&b).map(|(a, b)| f(*a, *b)).collect(), (1, a.len()));
        operation(&[x, y], vec![map(|a, b| a + b), map(|a, b| a * b)], move |adjoints, gradients| {
            for k in 0..a.len() {
                gradients[0][k] += adjoints[0][k] + adjoints[1][k] * b[k];
                gradients[1][k] += adjoints[0][k] + adjoints[1][k] * a[k];
            }
        })
    }

    #[test]
    fn adjoints_of_all_outputs_reach_all_inputs_and_chain() {
        let tape = Record::start();
        let x = tape.leaf(vec![2.0, -1.0], (1, 2));
        let y = tape.leaf(vec![5.0, 3.0], (1, 2));
        let out = sum_and_product(&x, &y);
        let last = sum_and_product(&out[0], &out[1]).remove(1); // (x + y) x y
        assert_eq!(values(&last), [70.0, -6.0]);
        let mut adjoints = tape.backward(&[(&last, &[1.0, 1.0])]);
        assert_eq!(adjoints.take(&x), [45.0, 3.0]); // 2xy + y²
        assert_eq!(adjoints.take(&y), [24.0, -5.0]); // x² + 2xy
    }

    #[test]
    fn one_tensor_may_be_two_inputs() {
        let tape = Record::start();
        let x = tape.leaf(vec![2.0, -1.0], (1, 2));
        let product = sum_and_product(&x, &x).remove(1);
        let mut adjoints = tape.backward(&[(&product, &[1.0, 10.0])]);
        assert_eq!(adjoints.take(&x), [4.0, -20.0]);
    }
}
