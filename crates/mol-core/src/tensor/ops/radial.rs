//! Functions of a distance: basis and cut-off, with the derivatives that forces and their training need.

use super::{Dual, Real, plain, taped};
use crate::tensor::record::{buffer_of, values};
use dfdx::prelude::Tape;
use std::sync::Arc;

/// A row of functions of one distance: a radial basis, a cut-off, or their product.
pub trait Expansion<E>: Send + Sync {
    /// Number of functions.
    fn dim(&self) -> usize;
    /// Overwrites `value` and `slope`, shape `[dim]`, with φ(d) and φ′(d).
    fn evaluate(&self, d: E, value: &mut [E], slope: &mut [E]);
    /// Overwrites `curvature`, shape `[dim]`, with φ″(d).
    fn curvature(&self, d: E, curvature: &mut [E]);
}

/// `out[p] = φ(d[p])` with tangent `φ′(d[p]) ḋ[p]`: d `[pairs, 1]` → `[pairs, dim]`.
///
/// # Panics
/// If `d` is not one column.
#[must_use]
pub fn expand<E: Real>(distances: &Dual<E>, expansion: &Arc<dyn Expansion<E>>) -> Dual<E> {
    let (pairs, one) = distances.shape();
    assert_eq!(one, 1, "distances are one column");
    let dim = expansion.dim();
    let (value, tangent, mut tape) = distances.split();
    let d = values(&value);
    let (mut phi, mut slope) = (vec![E::ZERO; pairs * dim], vec![E::ZERO; pairs * dim]);
    for ((d, phi), slope) in d.iter().zip(phi.chunks_exact_mut(dim)).zip(slope.chunks_exact_mut(dim)) {
        expansion.evaluate(*d, phi, slope);
    }
    let direction = tangent.as_ref().map(values);
    let out = plain(phi, (pairs, dim));
    let out_tangent = direction.as_ref().map(|direction| {
        let rows = slope.chunks_exact(dim).zip(direction);
        plain(rows.flat_map(|(row, t)| row.iter().map(|s| *s * *t)).collect(), (pairs, dim))
    });
    let result = taped(&out, out_tangent.as_ref(), &tape);
    if !tape.is_recording() {
        return result;
    }
    let expansion = Arc::clone(expansion);
    tape.add_backward_op(move |gradients| {
        let dot = |a: &[E], b: &[E]| a.iter().zip(b).map(|(a, b)| *a * *b).sum::<E>();
        let g = std::mem::take(buffer_of(gradients, &out));
        for ((total, g), slope) in
            buffer_of(gradients, &value).iter_mut().zip(g.chunks_exact(dim)).zip(slope.chunks_exact(dim))
        {
            *total += dot(g, slope);
        }
        if let (Some(out_tangent), Some(tangent), Some(direction)) = (&out_tangent, &tangent, &direction) {
            let g = std::mem::take(buffer_of(gradients, out_tangent));
            let mut curvature = vec![E::ZERO; dim];
            let rows = g.chunks_exact(dim).zip(slope.chunks_exact(dim));
            for (p, (g, slope)) in rows.enumerate() {
                expansion.curvature(d[p], &mut curvature);
                let bend = dot(g, &curvature) * direction[p];
                buffer_of(gradients, &value)[p] += bend;
                buffer_of(gradients, tangent)[p] += dot(g, slope);
            }
        }
        Ok(())
    });
    result
}
