//! From sets of rows to one row each: attention pooling.
//!
//! A sum grows with the size of the set and a mean forgets it; attention lets the network choose what to read. One query
//! per head is learned (it is in the weights that made the scores), so this is the set-to-vector read-out of
//! O. Vinyals, S. Bengio and M. Kudlur, *ICLR* (2016), with one processing step. Deliberately not here: its repeated
//! steps (Set2Set), since the memory of a policy already repeats the reading at every step of an episode.

use super::operation;
use crate::tensor::record::values;
use crate::tensor::{Matrix, Real};
use dfdx::prelude::HasShape;

/// Mean of the rows of each set, weighted by the softmax of their scores.
///
/// ```text
/// aᵢₕ = exp(sᵢₕ) / Σ_{k in set} exp(sₖₕ)        out[set, c] = Σ_{i in set} aᵢₕ x[i, c],   h the head of column c
/// ```
///
/// `scores` has shape `[rows, heads]`, `x` `[rows, columns]` with columns a multiple of heads, shared among them in order;
/// set k is the rows `offsets[k]..offsets[k + 1]`. Returns `[sets, columns]`. An empty set gives zeros.
///
/// # Panics
/// If the shapes do not fit or `offsets` do not rise from 0 to the number of rows.
///
/// # Example
/// ```
/// use mol_core::tensor::{constant, ops::attention_pool, values};
/// let x = constant(vec![1.0_f64, 5.0, 7.0], (3, 1));
/// let scores = constant(vec![0.0, 3.0_f64.ln(), 9.0], (3, 1));
/// assert_eq!(values(&attention_pool(&scores, &x, &[0, 2, 3])), [4.0, 7.0]);
/// ```
#[must_use]
pub fn attention_pool<E: Real>(scores: &Matrix<E>, x: &Matrix<E>, offsets: &[usize]) -> Matrix<E> {
    let ((rows, heads), (also, columns)) = (*scores.shape(), *x.shape());
    assert!(rows == also && heads > 0 && columns.is_multiple_of(heads), "attention_pool: scores against rows");
    let ends = (offsets.first(), offsets.last());
    assert!(ends == (Some(&0), Some(&rows)) && offsets.is_sorted(), "attention_pool: offsets rise from 0 to rows");
    let (sets, share) = (offsets.len() - 1, columns / heads);
    let (mut weights, from) = (values(scores), values(x));
    let mut out = vec![E::ZERO; sets * columns];
    for (out, range) in out.chunks_exact_mut(columns).zip(offsets.windows(2)) {
        let range = range[0]..range[1];
        for head in 0..heads {
            let largest = range.clone().map(|i| weights[i * heads + head]).reduce(Real::max).unwrap_or(E::ZERO);
            let mut total = E::ZERO;
            for i in range.clone() {
                let weight = &mut weights[i * heads + head];
                *weight = Real::exp(*weight - largest);
                total += *weight;
            }
            for i in range.clone() {
                let weight = &mut weights[i * heads + head];
                *weight /= total;
                for c in head * share..(head + 1) * share {
                    out[c] += *weight * from[i * columns + c];
                }
            }
        }
    }
    let offsets = offsets.to_vec();
    operation(&[scores, x], vec![(out, (sets, columns))], move |adjoints, gradients| {
        let (to_scores, to_x) = gradients.split_at_mut(1);
        for (adjoint, range) in adjoints[0].chunks_exact(columns).zip(offsets.windows(2)) {
            for head in 0..heads {
                let span = head * share..(head + 1) * share;
                let mut mean = E::ZERO;
                for i in range[0]..range[1] {
                    let weight = weights[i * heads + head];
                    let mut along = E::ZERO;
                    for c in span.clone() {
                        to_x[0][i * columns + c] += weight * adjoint[c];
                        along += adjoint[c] * from[i * columns + c];
                    }
                    to_scores[0][i * heads + head] += weight * along;
                    mean += weight * along;
                }
                for i in range[0]..range[1] {
                    to_scores[0][i * heads + head] -= weights[i * heads + head] * mean;
                }
            }
        }
    })
    .remove(0)
}
