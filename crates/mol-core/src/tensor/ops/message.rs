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

use super::{Dual, Matrix, Real, add_rows, fill_rows, plain, taped};
use crate::tensor::dual::Plain;
use crate::tensor::record::{buffer_of, values};
use crate::tensor::{Activation, Kernel, Operand, matmul, simd};
use dfdx::prelude::{Cpu, Gradients, HasShape, Merge, SplitTape, Tape};
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
    let (atoms, features) = h.shape();
    let (pairs, _) = basis.shape();
    assert!(atoms == graph.atoms && pairs == graph.first.len() && pairs == graph.second.len(), "graph of another size");
    assert_eq!(cutoff.shape(), (pairs, 1), "one cut-off value per pair");
    assert_eq!(basis.tangent.is_some(), cutoff.tangent.is_some(), "tangents of basis and cut-off come together");
    assert_eq!(*filter.w2.shape(), (features, features), "filter: shape of w₂");

    let (h, h_tangent, mut tape) = h.split();
    let (basis, basis_tangent, tape_of_basis) = basis.split();
    let (cutoff, cutoff_tangent, tape_of_cutoff) = cutoff.split();
    let radial_recorded = tape_of_basis.is_recording() || tape_of_cutoff.is_recording();
    tape = tape.merge(tape_of_basis).merge(tape_of_cutoff);
    let mut take = |m: &Matrix<E>| {
        let (m, other) = m.clone().split_tape();
        tape = tape.clone().merge(other);
        m
    };
    let weights = [take(filter.w1), take(filter.b1), take(filter.w2), take(filter.b2)];
    let dual = basis_tangent.is_some() || h_tangent.is_some();
    let saved = Saved::forward(&basis, basis_tangent.as_ref(), &weights, filter.activation, dual);
    let geometry = Geometry {
        graph: Arc::clone(graph),
        features,
        cutoff: values(&cutoff),
        cutoff_tangent: cutoff_tangent.as_ref().map(values),
    };

    let (hidden, hidden_tangent) = (values(&h), h_tangent.as_ref().map(values));
    let mut out = vec![E::ZERO; atoms * features];
    let mut out_tangent = vec![E::ZERO; if dual { out.len() } else { 0 }];
    simd(Forward {
        geometry: &geometry,
        saved: &saved,
        h: &hidden,
        h_tangent: hidden_tangent.as_deref(),
        out: &mut out,
        out_tangent: &mut out_tangent,
    });

    let out = plain(out, (atoms, features));
    let out_tangent = dual.then(|| plain(out_tangent, (atoms, features)));
    let result = taped(&out, out_tangent.as_ref(), &tape);
    let radial = Radial { basis, basis_tangent, cutoff, cutoff_tangent, recorded: radial_recorded };
    tape.add_backward_op(move |gradients| {
        let adjoint = std::mem::take(buffer_of(gradients, &out));
        let adjoint_tangent = out_tangent.as_ref().map(|t| std::mem::take(buffer_of(gradients, t)));
        let (pairs, features) = (geometry.cutoff.len(), geometry.features);
        let mut back = Backward {
            adjoint: &adjoint,
            adjoint_tangent: adjoint_tangent.as_deref(),
            h: &hidden,
            h_tangent: hidden_tangent.as_deref(),
            h_adjoint: vec![E::ZERO; hidden.len()],
            h_tangent_adjoint: vec![E::ZERO; hidden_tangent.as_ref().map_or(0, Vec::len)],
            g: vec![E::ZERO; pairs * features],
            g_tangent: vec![E::ZERO; if saved.tangent.is_some() { pairs * features } else { 0 }],
            c: vec![E::ZERO; if radial.recorded { pairs } else { 0 }],
            c_tangent: vec![E::ZERO; if radial.recorded { pairs } else { 0 }],
        };
        simd(BackwardKernel { geometry: &geometry, saved: &saved, back: &mut back });
        super::add_to(buffer_of(gradients, &h), &back.h_adjoint);
        if let Some(t) = &h_tangent {
            super::add_to(buffer_of(gradients, t), &back.h_tangent_adjoint);
        }
        if radial.recorded {
            super::add_to(buffer_of(gradients, &radial.cutoff), &back.c);
            if let Some(t) = &radial.cutoff_tangent {
                super::add_to(buffer_of(gradients, t), &back.c_tangent);
            }
        }
        saved.backward(gradients, &radial, &weights, &back.g, &back.g_tangent);
        Ok(())
    });
    result
}

/// Pairs and their cut-off values.
struct Geometry<E> {
    graph: Arc<PairGraph>,
    features: usize,
    cutoff: Vec<E>,
    cutoff_tangent: Option<Vec<E>>,
}

/// The radial inputs, kept for their gradients.
struct Radial<E: Real> {
    basis: Plain<E>,
    basis_tangent: Option<Plain<E>>,
    cutoff: Plain<E>,
    cutoff_tangent: Option<Plain<E>>,
    recorded: bool,
}

/// What the filter network leaves for the backward pass, each `[pairs, features]`.
struct Saved<E> {
    /// φ(q).
    hidden: Vec<E>,
    /// φ′(q).
    slope: Vec<E>,
    /// W without the cut-off.
    filter: Vec<E>,
    tangent: Option<SavedTangent<E>>,
}

struct SavedTangent<E> {
    /// φ′(q) ∘ q̇.
    hidden: Vec<E>,
    /// φ″(q) ∘ q̇.
    bend: Vec<E>,
    /// Ẇ without the cut-off.
    filter: Vec<E>,
}

impl<E: Real> Saved<E> {
    fn forward(
        basis: &Plain<E>,
        basis_tangent: Option<&Plain<E>>,
        [w1, b1, w2, b2]: &[Plain<E>; 4],
        activation: Activation,
        dual: bool,
    ) -> Self {
        let (pairs, dim) = *basis.shape();
        let features = w1.shape().1;
        let (first, second) = (values(w1), values(w2));
        let layer = |x: &[E], w: &[E], bias: Option<&Plain<E>>, inputs: usize| {
            let mut y = vec![E::ZERO; pairs * features];
            if let Some(bias) = bias {
                fill_rows(&mut y, &values(bias));
            }
            let shape = (pairs, inputs, features);
            matmul(&mut y, bias.is_some(), (x, Operand::Plain), (w, Operand::Plain), shape);
            y
        };
        let mut hidden = layer(&values(basis), &first, Some(b1), dim);
        let mut slope = vec![E::ZERO; hidden.len()];
        let mut bend = Vec::new();
        if dual {
            bend = vec![E::ZERO; hidden.len()];
            activation.apply_second(&mut hidden, &mut slope, &mut bend);
        } else {
            activation.apply(&mut hidden, &mut slope);
        }
        let filter = layer(&hidden, &second, Some(b2), features);
        let tangent = basis_tangent.map(|t| {
            let mut along = layer(&values(t), &first, None, dim);
            for ((q, s), c) in along.iter_mut().zip(&slope).zip(&mut bend) {
                *c *= *q;
                *q *= *s;
            }
            let filter = layer(&along, &second, None, features);
            SavedTangent { hidden: along, bend, filter }
        });
        Self { hidden, slope, filter, tangent }
    }

    /// From the adjoints of filter and tangent filter to weights and, if recorded, the radial inputs.
    fn backward(
        &self,
        gradients: &mut Gradients<E, Cpu>,
        radial: &Radial<E>,
        [w1, b1, w2, b2]: &[Plain<E>; 4],
        g: &[E],
        g_tangent: &[E],
    ) {
        let (pairs, dim) = *radial.basis.shape();
        let features = w1.shape().1;
        let (narrow, wide) = ((features, pairs, features), (pairs, features, features));
        let second = values(w2);
        matmul(buffer_of(gradients, w2), true, (&self.hidden, Operand::Transposed), (g, Operand::Plain), narrow);
        add_rows(buffer_of(gradients, b2), g);
        let mut q = vec![E::ZERO; g.len()];
        matmul(&mut q, false, (g, Operand::Plain), (&second, Operand::Transposed), wide);
        for (q, s) in q.iter_mut().zip(&self.slope) {
            *q *= *s;
        }
        let mut along = Vec::new();
        if let Some(t) = &self.tangent {
            let adjoint = (g_tangent, Operand::Plain);
            matmul(buffer_of(gradients, w2), true, (&t.hidden, Operand::Transposed), adjoint, narrow);
            along = vec![E::ZERO; g.len()];
            matmul(&mut along, false, adjoint, (&second, Operand::Transposed), wide);
            for (((q, a), s), c) in q.iter_mut().zip(&mut along).zip(&self.slope).zip(&t.bend) {
                *q += *a * *c;
                *a *= *s;
            }
        }
        add_rows(buffer_of(gradients, b1), &q);
        let first = values(w1);
        for (input, adjoint) in [(Some(&radial.basis), &q), (radial.basis_tangent.as_ref(), &along)] {
            let Some(input) = input else { continue };
            let inputs = values(input);
            let shape = (dim, pairs, features);
            matmul(buffer_of(gradients, w1), true, (&inputs, Operand::Transposed), (adjoint, Operand::Plain), shape);
            if radial.recorded {
                let shape = (pairs, features, dim);
                let to = buffer_of(gradients, input);
                matmul(to, true, (adjoint, Operand::Plain), (&first, Operand::Transposed), shape);
            }
        }
    }
}

struct Forward<'a, E> {
    geometry: &'a Geometry<E>,
    saved: &'a Saved<E>,
    h: &'a [E],
    h_tangent: Option<&'a [E]>,
    out: &'a mut [E],
    out_tangent: &'a mut [E],
}

impl<E: Real> Kernel for Forward<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let f = self.geometry.features;
        let graph = &self.geometry.graph;
        for (p, (&i, &j)) in graph.first.iter().zip(&graph.second).enumerate() {
            let c = self.geometry.cutoff[p];
            let w = &self.saved.filter[p * f..][..f];
            for (to, from) in [(i, j), (j, i)] {
                let (to, from) = (to as usize * f, from as usize * f);
                let h = &self.h[from..][..f];
                for ((o, h), w) in self.out[to..][..f].iter_mut().zip(h).zip(w) {
                    *o += *h * *w * c;
                }
                if let (Some(t), Some(ct)) = (&self.saved.tangent, &self.geometry.cutoff_tangent) {
                    let (ct, wt) = (ct[p], &t.filter[p * f..][..f]);
                    for (((o, h), w), wt) in self.out_tangent[to..][..f].iter_mut().zip(h).zip(w).zip(wt) {
                        *o += *h * (*wt * c + *w * ct);
                    }
                }
                if let Some(ht) = self.h_tangent {
                    for ((o, h), w) in self.out_tangent[to..][..f].iter_mut().zip(&ht[from..][..f]).zip(w) {
                        *o += *h * *w * c;
                    }
                }
            }
        }
    }
}

/// Adjoints on their way from the sum to features, filter and cut-off.
struct Backward<'a, E> {
    adjoint: &'a [E],
    adjoint_tangent: Option<&'a [E]>,
    h: &'a [E],
    h_tangent: Option<&'a [E]>,
    h_adjoint: Vec<E>,
    h_tangent_adjoint: Vec<E>,
    g: Vec<E>,
    g_tangent: Vec<E>,
    c: Vec<E>,
    c_tangent: Vec<E>,
}

struct BackwardKernel<'a, 'b, E> {
    geometry: &'a Geometry<E>,
    saved: &'a Saved<E>,
    back: &'a mut Backward<'b, E>,
}

impl<E: Real> Kernel for BackwardKernel<'_, '_, E> {
    type Output = ();
    /// ```text
    /// w = W c,  ẇ = Ẇ c + W ċ,  adjoints A of out and B of its tangent:
    /// ∂w = A_i h_j + A_j h_i + B_i ḣ_j + B_j ḣ_i      ∂ẇ = B_i h_j + B_j h_i
    /// ```
    #[inline(always)]
    fn run(self) {
        let f = self.geometry.features;
        let graph = &self.geometry.graph;
        let back = self.back;
        let mut dw = vec![E::ZERO; f];
        let mut dwt = vec![E::ZERO; f];
        for (p, (&i, &j)) in graph.first.iter().zip(&graph.second).enumerate() {
            let (i, j) = (i as usize * f, j as usize * f);
            let c = self.geometry.cutoff[p];
            let ct = self.geometry.cutoff_tangent.as_ref().map_or(E::ZERO, |t| t[p]);
            let w = &self.saved.filter[p * f..][..f];
            let (ai, aj) = (&back.adjoint[i..][..f], &back.adjoint[j..][..f]);
            let (hi, hj) = (&back.h[i..][..f], &back.h[j..][..f]);
            for ((((d, ai), aj), hi), hj) in dw.iter_mut().zip(ai).zip(aj).zip(hi).zip(hj) {
                *d = *ai * *hj + *aj * *hi;
            }
            for (to, a) in [(j, ai), (i, aj)] {
                for ((g, a), w) in back.h_adjoint[to..][..f].iter_mut().zip(a).zip(w) {
                    *g += *a * *w * c;
                }
            }
            dwt.fill(E::ZERO);
            if let Some(b) = back.adjoint_tangent {
                let (bi, bj) = (&b[i..][..f], &b[j..][..f]);
                for ((((d, bi), bj), hi), hj) in dwt.iter_mut().zip(bi).zip(bj).zip(hi).zip(hj) {
                    *d = *bi * *hj + *bj * *hi;
                }
                if let Some(t) = &self.saved.tangent {
                    let wt = &t.filter[p * f..][..f];
                    for (to, b) in [(j, bi), (i, bj)] {
                        for (((g, b), w), wt) in back.h_adjoint[to..][..f].iter_mut().zip(b).zip(w).zip(wt) {
                            *g += *b * (*wt * c + *w * ct);
                        }
                    }
                }
                if let Some(ht) = back.h_tangent {
                    let (ti, tj) = (&ht[i..][..f], &ht[j..][..f]);
                    for ((((d, bi), bj), ti), tj) in dw.iter_mut().zip(bi).zip(bj).zip(ti).zip(tj) {
                        *d += *bi * *tj + *bj * *ti;
                    }
                    for (to, b) in [(j, bi), (i, bj)] {
                        for ((g, b), w) in back.h_tangent_adjoint[to..][..f].iter_mut().zip(b).zip(w) {
                            *g += *b * *w * c;
                        }
                    }
                }
            }
            for ((g, d), dt) in back.g[p * f..][..f].iter_mut().zip(&dw).zip(&dwt) {
                *g = *d * c + *dt * ct;
            }
            if let Some(t) = &self.saved.tangent {
                for (g, dt) in back.g_tangent[p * f..][..f].iter_mut().zip(&dwt) {
                    *g = *dt * c;
                }
                if !back.c.is_empty() {
                    let wt = &t.filter[p * f..][..f];
                    back.c[p] += dwt.iter().zip(wt).map(|(d, w)| *d * *w).sum::<E>();
                    back.c_tangent[p] += dwt.iter().zip(w).map(|(d, w)| *d * *w).sum::<E>();
                }
            }
            if !back.c.is_empty() {
                back.c[p] += dw.iter().zip(w).map(|(d, w)| *d * *w).sum::<E>();
            }
        }
    }
}
