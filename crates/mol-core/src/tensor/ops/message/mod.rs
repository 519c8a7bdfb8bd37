//! The message-passing block of continuous-filter convolutions, fused for value and tangent.
//!
//! ```text
//! W_p   = φ(R_p w₁ + b₁) w₂ + b₂              filter of the pair p = {i, j}
//! out_i = Σ_{p ∋ i} h_j ∘ W_p c_p             c_p the cut-off function of the pair's distance
//! ```
//!
//! A filter depends on the distance alone, so each pair's is computed **once** and serves both directions. Stock
//! operations would write five arrays of shape `[pairs, features]` to memory per layer and read them back; here a chunk
//! of a batch stays in cache from the filter to the sum.

mod filter;
mod kernels;

pub use filter::{FilterPass, RadialRows};

use super::{Dual, Matrix, Real, add_to, plain, taped};
use crate::tensor::dual::Plain;
use crate::tensor::record::{buffer_of, values};
use crate::tensor::{Activation, Record, simd};
use dfdx::prelude::{HasShape, Merge, SplitTape, Tape};
use kernels::{Backward, BackwardKernel, Forward, Geometry};
use std::sync::Arc;

/// Pairs of atoms, each once; order them by (first, second) and the sums have a fixed order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PairGraph {
    /// Number of atoms.
    pub atoms: usize,
    /// First atom of each pair.
    pub first: Vec<u32>,
    /// Second atom of each pair; may equal the first for an atom and its own periodic image.
    pub second: Vec<u32>,
}

/// Weights of the filter network.
#[derive(Clone, Debug)]
pub struct Filter<'a, E: Real> {
    /// w₁, shape `[basis, features]`.
    pub w1: &'a Matrix<E>,
    /// b₁, shape `[1, features]`.
    pub b1: &'a Matrix<E>,
    /// w₂, shape `[features, features]`.
    pub w2: &'a Matrix<E>,
    /// b₂, shape `[1, features]`.
    pub b2: &'a Matrix<E>,
    /// φ.
    pub activation: Activation,
}

/// Continuous-filter convolution (Schütt 2018, Eq. 4 and Fig. 2) of features h `[atoms, features]` over pairs with
/// radial basis `[pairs, basis]` and cut-off values `[pairs, 1]` → `[atoms, features]`.
///
/// Tangents of basis and cut-off come together or not at all; h's is optional. Gradients reach the basis and the cut-off
/// only if those are on a tape. Cost: 2 pairs (basis + features) features multiplications forward, twice that for
/// value and tangent, twice again backward.
///
/// # Panics
/// If the shapes do not fit.
#[must_use]
pub fn continuous_filter<E: Real>(
    h: &Dual<E>,
    basis: &Dual<E>,
    cutoff: &Dual<E>,
    filter: &Filter<'_, E>,
    graph: &Arc<PairGraph>,
) -> Dual<E> {
    let (pairs, dim) = basis.shape();
    assert_eq!(cutoff.shape(), (pairs, 1), "one cut-off value per pair");
    assert_eq!(basis.tangent.is_some(), cutoff.tangent.is_some(), "tangents of basis and cut-off come together");
    let (basis, basis_tangent, tape_of_basis) = basis.split();
    let (cutoff, cutoff_tangent, tape_of_cutoff) = cutoff.split();
    let recorded = tape_of_basis.is_recording() || tape_of_cutoff.is_recording();
    let slopes = |tangent: &Option<Plain<E>>| tangent.as_ref().map(values).unwrap_or_default();
    let rows = RadialRows {
        dim,
        basis: values(&basis),
        basis_slope: slopes(&basis_tangent),
        cutoff: values(&cutoff),
        cutoff_slope: slopes(&cutoff_tangent),
    };
    let weights = [filter.w1, filter.b1, filter.w2, filter.b2].map(values);
    let pass = FilterPass::new(&rows, weights.each_ref().map(Vec::as_slice), filter.activation);
    let inputs = recorded.then_some(Inputs { basis, basis_tangent, cutoff, cutoff_tangent });
    convolve(
        h,
        Radial { rows: rows.into(), direction: None, inputs },
        Arc::new(pass),
        filter,
        graph,
        tape_of_basis.merge(tape_of_cutoff),
    )
}

/// [`continuous_filter`] whose filters were already computed, with the tangent along `direction`, shape `[pairs]`: the
/// derivative of each pair's distance.
///
/// The slopes of `pass` gave the forces; scaled by `direction` they are the tangent of the filters, so that training on
/// forces runs the filter network forward once and not twice. Distances are constants here.
///
/// # Panics
/// If the shapes do not fit or `pass` has no slopes.
#[must_use]
pub fn continuous_filter_along<E: Real>(
    h: &Dual<E>,
    rows: &Arc<RadialRows<E>>,
    direction: &Arc<[E]>,
    pass: &Arc<FilterPass<E>>,
    filter: &Filter<'_, E>,
    graph: &Arc<PairGraph>,
) -> Dual<E> {
    assert!(direction.len() == rows.cutoff.len() && pass.has_slopes(), "a direction per pair, and slopes to scale");
    let radial = Radial { rows: Arc::clone(rows), direction: Some(Arc::clone(direction)), inputs: None };
    convolve(h, radial, Arc::clone(pass), filter, graph, Record::default())
}

/// The radial side of a convolution.
struct Radial<E: Real> {
    rows: Arc<RadialRows<E>>,
    /// What turns slopes into tangents; `None` if the rows hold tangents.
    direction: Option<Arc<[E]>>,
    /// The tensors that want gradients, if they do.
    inputs: Option<Inputs<E>>,
}

/// Radial functions on the tape.
struct Inputs<E: Real> {
    basis: Plain<E>,
    basis_tangent: Option<Plain<E>>,
    cutoff: Plain<E>,
    cutoff_tangent: Option<Plain<E>>,
}

fn convolve<E: Real>(
    h: &Dual<E>,
    radial: Radial<E>,
    pass: Arc<FilterPass<E>>,
    filter: &Filter<'_, E>,
    graph: &Arc<PairGraph>,
    tape: Record<E>,
) -> Dual<E> {
    let (atoms, features) = h.shape();
    let pairs = radial.rows.cutoff.len();
    assert!(atoms == graph.atoms && pairs == graph.first.len() && pairs == graph.second.len(), "graph of another size");
    assert_eq!(*filter.w2.shape(), (features, features), "filter: shape of w₂");
    let (h, h_tangent, tape_of_h) = h.split();
    let mut tape = tape.merge(tape_of_h);
    let weights = [filter.w1, filter.b1, filter.w2, filter.b2].map(|m| {
        let (m, other) = m.clone().split_tape();
        tape = tape.clone().merge(other);
        m
    });
    let dual = pass.has_slopes() || h_tangent.is_some();
    let geometry = Geometry::new(graph, features, &radial.rows, radial.direction.as_deref());
    let (hidden, hidden_tangent) = (values(&h), h_tangent.as_ref().map(values));
    let mut out = vec![E::ZERO; atoms * features];
    let mut out_tangent = vec![E::ZERO; if dual { out.len() } else { 0 }];
    simd(Forward {
        geometry: &geometry,
        pass: &pass,
        h: &hidden,
        h_tangent: hidden_tangent.as_deref(),
        out: &mut out,
        out_tangent: &mut out_tangent,
    });

    let out = plain(out, (atoms, features));
    let out_tangent = dual.then(|| plain(out_tangent, (atoms, features)));
    let result = taped(&out, out_tangent.as_ref(), &tape);
    tape.add_backward_op(move |gradients| {
        let adjoint = std::mem::take(buffer_of(gradients, &out));
        let adjoint_tangent = out_tangent.as_ref().map(|t| std::mem::take(buffer_of(gradients, t)));
        let recorded = if radial.inputs.is_some() { pairs } else { 0 };
        let mut back = Backward {
            adjoint: &adjoint,
            adjoint_tangent: adjoint_tangent.as_deref(),
            h: &hidden,
            h_tangent: hidden_tangent.as_deref(),
            h_adjoint: vec![E::ZERO; hidden.len()],
            h_tangent_adjoint: vec![E::ZERO; hidden_tangent.as_ref().map_or(0, Vec::len)],
            g: vec![E::ZERO; pairs * features],
            g_slope: vec![E::ZERO; if pass.has_slopes() { pairs * features } else { 0 }],
            c: vec![E::ZERO; recorded],
            c_tangent: vec![E::ZERO; recorded],
        };
        simd(BackwardKernel { geometry: &geometry, pass: &pass, back: &mut back });
        add_to(buffer_of(gradients, &h), &back.h_adjoint);
        if let Some(t) = &h_tangent {
            add_to(buffer_of(gradients, t), &back.h_tangent_adjoint);
        }
        if let Some(inputs) = &radial.inputs {
            add_to(buffer_of(gradients, &inputs.cutoff), &back.c);
            if let Some(t) = &inputs.cutoff_tangent {
                add_to(buffer_of(gradients, t), &back.c_tangent);
            }
        }
        let basis = radial.inputs.as_ref().map(|inputs| (&inputs.basis, inputs.basis_tangent.as_ref()));
        pass.backward(gradients, &radial.rows, basis, &weights, &back.g, &back.g_slope);
        Ok(())
    });
    result
}
