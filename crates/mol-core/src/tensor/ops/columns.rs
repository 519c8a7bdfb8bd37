//! Matrices side by side.

use super::operation;
use crate::tensor::record::values;
use crate::tensor::{Matrix, Real};
use dfdx::prelude::HasShape;

/// `out[i] = (x[i], y[i], …)`: parts `[rows, cₖ]` → `[rows, Σ cₖ]`.
///
/// ```
/// use mol_core::tensor::{constant, ops::join_columns, values};
/// let (x, y) = (constant(vec![1.0_f64, 2.0], (2, 1)), constant(vec![3.0, 4.0, 5.0, 6.0], (2, 2)));
/// assert_eq!(values(&join_columns(&[&x, &y])), [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
/// ```
///
/// # Panics
/// If there are no parts, or they differ in their number of rows.
#[must_use]
pub fn join_columns<E: Real>(parts: &[&Matrix<E>]) -> Matrix<E> {
    let rows = parts.first().expect("the caller joins at least one matrix").shape().0;
    assert!(parts.iter().all(|part| part.shape().0 == rows), "only matrices of as many rows stand side by side");
    let widths: Vec<usize> = parts.iter().map(|part| part.shape().1).collect();
    let columns: usize = widths.iter().sum();
    let mut out = vec![E::ZERO; rows * columns];
    let mut start = 0;
    for (part, &width) in parts.iter().zip(&widths) {
        let part = values(*part);
        for row in 0..rows {
            out[row * columns + start..][..width].copy_from_slice(&part[row * width..][..width]);
        }
        start += width;
    }
    operation(parts, vec![(out, (rows, columns))], move |adjoints, gradients| {
        let mut start = 0;
        for (gradient, &width) in gradients.iter_mut().zip(&widths) {
            for row in 0..rows {
                let adjoint = &adjoints[0][row * columns + start..][..width];
                super::add_to(&mut gradient[row * width..][..width], adjoint);
            }
            start += width;
        }
    })
    .remove(0)
}
