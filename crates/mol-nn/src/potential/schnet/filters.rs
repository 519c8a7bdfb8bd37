//! Filters W(d) f_c(d) and their slopes, by the filter network or from a table.

use super::SchNet;
use super::graph::Prepared;
use crate::{CosineCutoff, GaussianBasis};
use mol_core::tensor::ops::Expansion;
use mol_core::tensor::{Activation, Kernel, Operand, Real, matmul, simd};
use serde::{Deserialize, Serialize};

/// How an evaluation obtains its filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FilterMode {
    /// By the filter network: two products per pair, block and derivative.
    Network,
    /// From piecewise cubics on an even grid of `knots` points from 0 to the cut-off.
    ///
    /// A filter depends on the distance alone, so a table costs one interpolation; with knots 5 mÅ apart its error is
    /// near the rounding of f32 (docs/methods/schnet.md).
    Table {
        /// Grid points, at least 2.
        knots: usize,
    },
}

impl Default for FilterMode {
    fn default() -> Self {
        Self::Table { knots: 1001 }
    }
}

/// The filters of every block.
#[derive(Clone, Debug)]
pub(super) enum Filters<E> {
    Network(FilterNetwork<E>),
    Table(Table<E>),
    /// Those of one fixed list of pairs.
    Prepared(Prepared<E>),
}

/// The filter network's weights and its radial functions.
#[derive(Clone, Debug)]
pub(super) struct FilterNetwork<E> {
    features: usize,
    gaussians: GaussianBasis<E>,
    cosine: CosineCutoff<E>,
    /// w₁, b₁, w₂, b₂ of each block.
    blocks: Vec<[Vec<E>; 4]>,
}

/// Buffers of [`FilterNetwork::fill`].
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch<E> {
    basis: Vec<E>,
    basis_slope: Vec<E>,
    cutoff: Vec<[E; 2]>,
    hidden: Vec<E>,
    hidden_slope: Vec<E>,
    activation_slope: Vec<E>,
}

impl<E: Real> FilterNetwork<E> {
    pub(super) fn new(model: &SchNet<E>) -> Self {
        let cutoff = E::of(model.config.cutoff);
        let values = |k: usize| model.weights.matrix(k).2.to_vec();
        Self {
            features: model.config.features,
            gaussians: GaussianBasis::new(model.config.basis, cutoff),
            cosine: CosineCutoff::new(cutoff),
            blocks: model.layout.blocks.iter().map(|b| b.filter.map(values)).collect(),
        }
    }

    /// The same network in f64: rounding of values in f32 would be amplified by the fine grid of a table.
    fn widened(&self, cutoff: f64) -> FilterNetwork<f64> {
        let wide = |m: &Vec<E>| m.iter().map(|w| w.f64()).collect();
        FilterNetwork {
            features: self.features,
            gaussians: GaussianBasis::new(self.gaussians.dim(), cutoff),
            cosine: CosineCutoff::new(cutoff),
            blocks: self.blocks.iter().map(|block| block.each_ref().map(wide)).collect(),
        }
    }

    /// Radial functions of all pairs; shared by the blocks.
    pub(super) fn expand(&self, distances: &[E], scratch: &mut Scratch<E>) {
        let dim = self.gaussians.dim();
        scratch.basis.resize(distances.len() * dim, E::ZERO);
        scratch.basis_slope.resize(distances.len() * dim, E::ZERO);
        scratch.cutoff.resize(distances.len(), [E::ZERO; 2]);
        let rows = scratch.basis.chunks_exact_mut(dim).zip(scratch.basis_slope.chunks_exact_mut(dim));
        for ((d, (value, slope)), cutoff) in distances.iter().zip(rows).zip(&mut scratch.cutoff) {
            self.gaussians.evaluate(*d, value, slope);
            let (mut c, mut dc) = ([E::ZERO], [E::ZERO]);
            self.cosine.evaluate(*d, &mut c, &mut dc);
            *cutoff = [c[0], dc[0]];
        }
    }

    /// W f_c and its slope for all pairs of `expand`, each `[pairs, features]`.
    pub(super) fn fill(&self, block: usize, scratch: &mut Scratch<E>, filter: &mut [E], slope: &mut [E]) {
        let (f, dim) = (self.features, self.gaussians.dim());
        let pairs = scratch.cutoff.len();
        let [w1, b1, w2, b2] = &self.blocks[block];
        for buffer in [&mut scratch.hidden, &mut scratch.hidden_slope, &mut scratch.activation_slope] {
            buffer.resize(pairs * f, E::ZERO);
        }
        let (hidden, along) = (&mut scratch.hidden[..], &mut scratch.hidden_slope[..]);
        for (rows, bias) in [(&mut *hidden, b1), (&mut *filter, b2)] {
            rows.chunks_exact_mut(f).for_each(|row| row.copy_from_slice(bias));
        }
        let (first, second) = ((pairs, dim, f), (pairs, f, f));
        matmul(hidden, true, (&scratch.basis, Operand::Plain), (w1, Operand::Plain), first);
        matmul(along, false, (&scratch.basis_slope, Operand::Plain), (w1, Operand::Plain), first);
        Activation::ShiftedSoftplus.apply(hidden, &mut scratch.activation_slope);
        for (a, s) in along.iter_mut().zip(&scratch.activation_slope) {
            *a *= *s;
        }
        matmul(filter, true, (hidden, Operand::Plain), (w2, Operand::Plain), second);
        matmul(slope, false, (along, Operand::Plain), (w2, Operand::Plain), second);
        apply_cutoff(scratch.cutoff.iter().copied(), filter, slope);
    }
}

/// Piecewise cubics of every block's filters: value and slope agree with the network's at the knots.
///
/// Coefficients of each interval, all computed in f64, rather than values and slopes at knots: the slope of the cubic then
/// needs no difference of nearly equal numbers, which in f32 would cost three digits.
#[derive(Clone, Debug)]
pub(super) struct Table<E> {
    features: usize,
    knots: usize,
    step: E,
    /// Per block, interval by interval: c₀, c₁, c₂, c₃ of F features each; W = Σ c_n sⁿ with s = d / step − knot.
    blocks: Vec<Vec<E>>,
}

impl<E: Real> Table<E> {
    pub(super) fn new(network: &FilterNetwork<E>, cutoff: f64, knots: usize) -> Self {
        let f = network.features;
        let step = cutoff / (knots - 1) as f64;
        let distances: Vec<f64> = (0..knots).map(|k| k as f64 * step).collect();
        let network = network.widened(cutoff);
        let mut scratch = Scratch::default();
        network.expand(&distances, &mut scratch);
        let (mut value, mut slope) = (vec![0.0; knots * f], vec![0.0; knots * f]);
        let blocks = (0..network.blocks.len())
            .map(|block| {
                network.fill(block, &mut scratch, &mut value, &mut slope);
                let mut rows = vec![E::ZERO; 4 * (knots - 1) * f];
                for (knot, row) in rows.chunks_exact_mut(4 * f).enumerate() {
                    for k in 0..f {
                        let (near, far) = (knot * f + k, (knot + 1) * f + k);
                        let rise = value[far] - value[near];
                        let (m0, m1) = (slope[near] * step, slope[far] * step);
                        row[k] = E::of(value[near]);
                        row[f + k] = E::of(m0);
                        row[2 * f + k] = E::of(3.0 * rise - 2.0 * m0 - m1);
                        row[3 * f + k] = E::of(m0 + m1 - 2.0 * rise);
                    }
                }
                rows
            })
            .collect();
        Self { features: f, knots, step: E::of(step), blocks }
    }

    /// W f_c and its slope for all pairs, each `[pairs, features]`.
    pub(super) fn fill(&self, block: usize, distances: &[E], filter: &mut [E], slope: &mut [E]) {
        simd(Interpolate { table: self, rows: &self.blocks[block], distances, filter, slope });
    }
}

struct Interpolate<'a, E> {
    table: &'a Table<E>,
    rows: &'a [E],
    distances: &'a [E],
    filter: &'a mut [E],
    slope: &'a mut [E],
}

impl<E: Real> Kernel for Interpolate<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let f = self.table.features;
        let per_step = E::ONE / self.table.step;
        let (two, three) = (E::of(2.0), E::of(3.0));
        let rows = self.filter.chunks_exact_mut(f).zip(self.slope.chunks_exact_mut(f));
        for (d, (filter, slope)) in self.distances.iter().zip(rows) {
            let position = *d * per_step;
            let knot = (position.f64() as usize).min(self.table.knots - 2);
            let s = position - E::of(knot as f64);
            let row = &self.rows[4 * knot * f..][..4 * f];
            let (c0, row) = row.split_at(f);
            let (c1, row) = row.split_at(f);
            let (c2, c3) = row.split_at(f);
            let coefficients = c0.iter().zip(c1).zip(c2.iter().zip(c3));
            for ((w, dw), ((c0, c1), (c2, c3))) in filter.iter_mut().zip(slope).zip(coefficients) {
                *w = *c0 + s * (*c1 + s * (*c2 + s * *c3));
                *dw = (*c1 + s * (two * *c2 + s * three * *c3)) * per_step;
            }
        }
    }
}

impl<E: Real> Prepared<E> {
    /// W f_c and its slope for all pairs, each `[pairs, features]`.
    pub(super) fn fill(&self, block: usize, filter: &mut [E], slope: &mut [E]) {
        let pass = &self.passes[block];
        let source = pass.filter().iter().zip(pass.filter_slope().unwrap_or_default());
        for ((w, dw), (source, source_slope)) in filter.iter_mut().zip(&mut *slope).zip(source) {
            (*w, *dw) = (*source, *source_slope);
        }
        let cutoff = self.rows.cutoff.iter().zip(&self.rows.cutoff_slope);
        apply_cutoff(cutoff.map(|(c, dc)| [*c, *dc]), filter, slope);
    }
}

/// W → W c and W′ → W′ c + W c′, pair by pair.
fn apply_cutoff<E: Real>(cutoff: impl ExactSizeIterator<Item = [E; 2]>, filter: &mut [E], slope: &mut [E]) {
    let features = filter.len() / cutoff.len().max(1);
    if features == 0 {
        return;
    }
    let rows = filter.chunks_exact_mut(features).zip(slope.chunks_exact_mut(features));
    for ([c, dc], (filter, slope)) in cutoff.zip(rows) {
        for (w, dw) in filter.iter_mut().zip(slope) {
            *dw = *dw * c + *w * dc;
            *w *= c;
        }
    }
}
