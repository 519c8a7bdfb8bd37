//! The loops over pairs, forward and backward.

use super::{FilterPass, PairGraph, RadialRows};
use crate::tensor::{Kernel, Real};
use std::sync::Arc;

/// Pairs with what multiplies their filters.
pub(super) struct Geometry<E> {
    graph: Arc<PairGraph>,
    features: usize,
    /// c.
    cutoff: Vec<E>,
    /// c times the pair's direction: what turns a filter's slope into its part of the tangent.
    along: Vec<E>,
    /// ċ.
    cutoff_tangent: Vec<E>,
}

impl<E: Real> Geometry<E> {
    pub(super) fn new(graph: &Arc<PairGraph>, features: usize, rows: &RadialRows<E>, direction: Option<&[E]>) -> Self {
        let scaled = |x: &[E]| match direction {
            Some(direction) => x.iter().zip(direction).map(|(x, d)| *x * *d).collect(),
            None => x.to_vec(),
        };
        Self {
            graph: Arc::clone(graph),
            features,
            cutoff: rows.cutoff.clone(),
            along: scaled(&rows.cutoff),
            cutoff_tangent: scaled(&rows.cutoff_slope),
        }
    }
}

pub(super) struct Forward<'a, E> {
    pub(super) geometry: &'a Geometry<E>,
    pub(super) pass: &'a FilterPass<E>,
    pub(super) h: &'a [E],
    pub(super) h_tangent: Option<&'a [E]>,
    pub(super) out: &'a mut [E],
    pub(super) out_tangent: &'a mut [E],
}

impl<E: Real> Kernel for Forward<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let f = self.geometry.features;
        let graph = &self.geometry.graph;
        for (p, (&i, &j)) in graph.first.iter().zip(&graph.second).enumerate() {
            let c = self.geometry.cutoff[p];
            let (w, slope) = self.pass.row(p, f);
            for (to, from) in [(i, j), (j, i)] {
                let (to, from) = (to as usize * f, from as usize * f);
                let h = &self.h[from..][..f];
                for ((o, h), w) in self.out[to..][..f].iter_mut().zip(h).zip(w) {
                    *o += *h * *w * c;
                }
                if let Some(slope) = slope {
                    let (cs, ct) = (self.geometry.along[p], self.geometry.cutoff_tangent[p]);
                    for (((o, h), w), slope) in self.out_tangent[to..][..f].iter_mut().zip(h).zip(w).zip(slope) {
                        *o += *h * (*slope * cs + *w * ct);
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
pub(super) struct Backward<'a, E> {
    pub(super) adjoint: &'a [E],
    pub(super) adjoint_tangent: Option<&'a [E]>,
    pub(super) h: &'a [E],
    pub(super) h_tangent: Option<&'a [E]>,
    pub(super) h_adjoint: Vec<E>,
    pub(super) h_tangent_adjoint: Vec<E>,
    pub(super) g: Vec<E>,
    pub(super) g_slope: Vec<E>,
    pub(super) c: Vec<E>,
    pub(super) c_tangent: Vec<E>,
}

pub(super) struct BackwardKernel<'a, 'b, E> {
    pub(super) geometry: &'a Geometry<E>,
    pub(super) pass: &'a FilterPass<E>,
    pub(super) back: &'a mut Backward<'b, E>,
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
            let (w, slope) = self.pass.row(p, f);
            let (cs, ct) = match slope {
                Some(_) => (self.geometry.along[p], self.geometry.cutoff_tangent[p]),
                None => (E::ZERO, E::ZERO),
            };
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
                if let Some(slope) = slope {
                    for (to, b) in [(j, bi), (i, bj)] {
                        for (((g, b), w), slope) in back.h_adjoint[to..][..f].iter_mut().zip(b).zip(w).zip(slope) {
                            *g += *b * (*slope * cs + *w * ct);
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
            if let Some(slope) = slope {
                for (g, dt) in back.g_slope[p * f..][..f].iter_mut().zip(&dwt) {
                    *g = *dt * cs;
                }
                if !back.c.is_empty() {
                    // Only rows that are tangents themselves are on a tape: their direction is one.
                    back.c[p] += dwt.iter().zip(slope).map(|(d, w)| *d * *w).sum::<E>();
                    back.c_tangent[p] += dwt.iter().zip(w).map(|(d, w)| *d * *w).sum::<E>();
                }
            }
            if !back.c.is_empty() {
                back.c[p] += dw.iter().zip(w).map(|(d, w)| *d * *w).sum::<E>();
            }
        }
    }
}
