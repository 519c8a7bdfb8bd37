//! The filter network: forward for values and slopes, backward to its weights.

use super::super::{Real, add_rows, fill_rows};
use crate::tensor::dual::Plain;
use crate::tensor::record::{buffer_of, values};
use crate::tensor::{Activation, Operand, matmul};
use dfdx::prelude::{Cpu, Gradients, HasShape};

/// Radial functions of every pair, and their slopes; without slopes those lists are empty.
#[derive(Clone, Debug, Default)]
pub struct RadialRows<E> {
    /// Number of basis functions.
    pub dim: usize,
    /// Basis, row-major `[pairs, dim]`.
    pub basis: Vec<E>,
    /// Its derivative by the distance, `[pairs, dim]`.
    pub basis_slope: Vec<E>,
    /// Cut-off function, `[pairs]`.
    pub cutoff: Vec<E>,
    /// Its derivative by the distance, `[pairs]`.
    pub cutoff_slope: Vec<E>,
}

/// What the filter network made of some pairs, each array `[pairs, features]`.
#[derive(Clone, Debug)]
pub struct FilterPass<E> {
    /// φ(q), q = R w₁ + b₁.
    hidden: Vec<E>,
    /// φ′(q).
    activation_slope: Vec<E>,
    filter: Vec<E>,
    slopes: Option<Slopes<E>>,
}

/// Derivatives along the slopes of the radial functions.
#[derive(Clone, Debug)]
struct Slopes<E> {
    /// φ′(q) ∘ q′.
    hidden: Vec<E>,
    /// φ″(q) ∘ q′.
    bend: Vec<E>,
    filter: Vec<E>,
}

impl<E: Real> FilterPass<E> {
    /// Runs the network with weights w₁ `[dim, features]`, b₁ `[features]`, w₂ `[features, features]`, b₂ `[features]`;
    /// with slopes if `rows` has them.
    ///
    /// # Panics
    /// If the lengths do not fit.
    #[must_use]
    pub fn new(rows: &RadialRows<E>, [w1, b1, w2, b2]: [&[E]; 4], activation: Activation) -> Self {
        let (pairs, features) = (rows.cutoff.len(), b1.len());
        let layer = |x: &[E], w: &[E], bias: Option<&[E]>, inputs: usize| {
            let mut y = vec![E::ZERO; pairs * features];
            if let Some(bias) = bias {
                fill_rows(&mut y, bias);
            }
            let shape = (pairs, inputs, features);
            matmul(&mut y, bias.is_some(), (x, Operand::Plain), (w, Operand::Plain), shape);
            y
        };
        let mut hidden = layer(&rows.basis, w1, Some(b1), rows.dim);
        let mut activation_slope = vec![E::ZERO; hidden.len()];
        let mut bend = Vec::new();
        if rows.basis_slope.is_empty() {
            activation.apply(&mut hidden, &mut activation_slope);
        } else {
            bend = vec![E::ZERO; hidden.len()];
            activation.apply_second(&mut hidden, &mut activation_slope, &mut bend);
        }
        let filter = layer(&hidden, w2, Some(b2), features);
        let slopes = (!rows.basis_slope.is_empty()).then(|| {
            let mut along = layer(&rows.basis_slope, w1, None, rows.dim);
            for ((q, s), c) in along.iter_mut().zip(&activation_slope).zip(&mut bend) {
                *c *= *q;
                *q *= *s;
            }
            let filter = layer(&along, w2, None, features);
            Slopes { hidden: along, bend, filter }
        });
        Self { hidden, activation_slope, filter, slopes }
    }

    /// Filters without the cut-off, `[pairs, features]`.
    #[must_use]
    pub fn filter(&self) -> &[E] {
        &self.filter
    }

    /// Their derivatives, likewise, if the radial rows had slopes.
    #[must_use]
    pub fn filter_slope(&self) -> Option<&[E]> {
        self.slopes.as_ref().map(|s| &s.filter[..])
    }

    pub(super) const fn has_slopes(&self) -> bool {
        self.slopes.is_some()
    }

    /// From the adjoints of filters and their slopes to the weights and, where wanted, to basis and basis tangent.
    pub(super) fn backward(
        &self,
        gradients: &mut Gradients<E, Cpu>,
        rows: &RadialRows<E>,
        basis: Option<(&Plain<E>, Option<&Plain<E>>)>,
        [w1, b1, w2, b2]: &[Plain<E>; 4],
        g: &[E],
        g_slope: &[E],
    ) {
        let (pairs, features, dim) = (rows.cutoff.len(), w1.shape().1, rows.dim);
        let (narrow, wide) = ((features, pairs, features), (pairs, features, features));
        let second = values(w2);
        matmul(buffer_of(gradients, w2), true, (&self.hidden, Operand::Transposed), (g, Operand::Plain), narrow);
        add_rows(buffer_of(gradients, b2), g);
        let mut q = vec![E::ZERO; g.len()];
        matmul(&mut q, false, (g, Operand::Plain), (&second, Operand::Transposed), wide);
        for (q, s) in q.iter_mut().zip(&self.activation_slope) {
            *q *= *s;
        }
        let mut along = Vec::new();
        if let Some(t) = &self.slopes {
            let adjoint = (g_slope, Operand::Plain);
            matmul(buffer_of(gradients, w2), true, (&t.hidden, Operand::Transposed), adjoint, narrow);
            along = vec![E::ZERO; g.len()];
            matmul(&mut along, false, adjoint, (&second, Operand::Transposed), wide);
            for (((q, a), s), c) in q.iter_mut().zip(&mut along).zip(&self.activation_slope).zip(&t.bend) {
                *q += *a * *c;
                *a *= *s;
            }
        }
        add_rows(buffer_of(gradients, b1), &q);
        let inputs = [(&rows.basis, &q, basis.map(|b| b.0)), (&rows.basis_slope, &along, basis.and_then(|b| b.1))];
        for (input, adjoint, wanted) in inputs {
            if adjoint.is_empty() {
                continue;
            }
            let shape = (dim, pairs, features);
            matmul(buffer_of(gradients, w1), true, (input, Operand::Transposed), (adjoint, Operand::Plain), shape);
            if let Some(wanted) = wanted {
                let first = values(w1);
                let to = buffer_of(gradients, wanted);
                matmul(to, true, (adjoint, Operand::Plain), (&first, Operand::Transposed), (pairs, features, dim));
            }
        }
    }

    /// Filter and, if any, filter slope of pair `p`.
    #[inline(always)]
    pub(super) fn row(&self, p: usize, features: usize) -> (&[E], Option<&[E]>) {
        let range = p * features..(p + 1) * features;
        (&self.filter[range.clone()], self.slopes.as_ref().map(|s| &s.filter[range]))
    }
}
