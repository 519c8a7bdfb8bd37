//! Row gather, its transpose the segment sum, and addition.

use super::{Dual, Real, add_to, plain, taped};
use crate::tensor::record::{buffer_of, values};
use dfdx::prelude::{Merge, Tape};
use std::sync::Arc;

/// `out[e] = x[index[e]]`: rows of x `[rows, columns]` → `[index.len(), columns]`.
///
/// # Panics
/// If an index is not a row of `x`.
#[must_use]
pub fn gather_rows<E: Real>(x: &Dual<E>, index: &Arc<[u32]>) -> Dual<E> {
    rows(
        x,
        index,
        index.len(),
        |index, from, to, columns| {
            for (out, &i) in to.chunks_exact_mut(columns).zip(index) {
                add_to(out, &from[i as usize * columns..][..columns]);
            }
        },
        scatter,
    )
}

/// `out[s] = Σ_{index[e] = s} x[e]`: x `[index.len(), columns]` → `[segments, columns]`.
///
/// Rows are added in the order of e, so the bits do not depend on anything else.
///
/// # Panics
/// If `index` is not one number below `segments` per row.
#[must_use]
pub fn segment_sum<E: Real>(x: &Dual<E>, index: &Arc<[u32]>, segments: usize) -> Dual<E> {
    assert_eq!(x.shape().0, index.len(), "one segment per row");
    rows(x, index, segments, scatter, |index, from, to, columns| {
        for (out, &i) in to.chunks_exact_mut(columns).zip(index) {
            add_to(out, &from[i as usize * columns..][..columns]);
        }
    })
}

fn scatter<E: Real>(index: &[u32], from: &[E], to: &mut [E], columns: usize) {
    for (row, &i) in from.chunks_exact(columns).zip(index) {
        add_to(&mut to[i as usize * columns..][..columns], row);
    }
}

/// A linear map of rows and its transpose, for value and tangent alike.
fn rows<E: Real>(
    x: &Dual<E>,
    index: &Arc<[u32]>,
    rows: usize,
    forward: impl Fn(&[u32], &[E], &mut [E], usize),
    transposed: impl Fn(&[u32], &[E], &mut [E], usize) + Copy + 'static,
) -> Dual<E> {
    let columns = x.shape().1;
    let (value, tangent, mut tape) = x.split();
    let map = |from| {
        let mut out = vec![E::ZERO; rows * columns];
        forward(index, &values(from), &mut out, columns);
        plain(out, (rows, columns))
    };
    let (out, out_tangent) = (map(&value), tangent.as_ref().map(map));
    let result = taped(&out, out_tangent.as_ref(), &tape);
    let index = Arc::clone(index);
    tape.add_backward_op(move |gradients| {
        for (from, to) in [(&out, &value)].into_iter().chain(out_tangent.as_ref().zip(tangent.as_ref())) {
            let adjoint = std::mem::take(buffer_of(gradients, from));
            transposed(&index, &adjoint, buffer_of(gradients, to), columns);
        }
        Ok(())
    });
    result
}

/// `x + y` of equal shapes.
///
/// # Panics
/// If the shapes differ.
#[must_use]
pub fn add<E: Real>(x: &Dual<E>, y: &Dual<E>) -> Dual<E> {
    assert_eq!(x.shape(), y.shape(), "only equal shapes can be added");
    let (a, a_tangent, tape) = x.split();
    let (b, b_tangent, other) = y.split();
    let mut tape = tape.merge(other);
    let sum = |a, b| {
        let mut out = values(a);
        add_to(&mut out, &values(b));
        plain(out, x.shape())
    };
    let out = sum(&a, &b);
    let out_tangent = match (&a_tangent, &b_tangent) {
        (Some(a), Some(b)) => Some(sum(a, b)),
        (Some(one), None) | (None, Some(one)) => Some(plain(values(one), x.shape())),
        (None, None) => None,
    };
    let result = taped(&out, out_tangent.as_ref(), &tape);
    tape.add_backward_op(move |gradients| {
        let mut pass = |from, to: [Option<&_>; 2]| {
            let adjoint = std::mem::take(buffer_of(gradients, from));
            for to in to.into_iter().flatten() {
                add_to(buffer_of(gradients, to), &adjoint);
            }
        };
        pass(&out, [Some(&a), Some(&b)]);
        if let Some(out_tangent) = &out_tangent {
            pass(out_tangent, [a_tangent.as_ref(), b_tangent.as_ref()]);
        }
        Ok(())
    });
    result
}
