//! SchNet by hand: forward and analytic backward on reused buffers, for simulation and for the forces in training.
//!
//! Filters and their slopes come first, for each pair once; after that the backward pass needs only the node features
//! of each block. Energies per atom and dE/dd per pair come out; positions, cells and units are the caller's affair.

use super::filters::{FilterMode, FilterNetwork, Filters, Scratch, Table};
use super::graph::Prepared;
use super::{BlockLayout, SchNet};
use mol_core::tensor::{Activation, Kernel, Operand, Parameters, Real, matmul, matmul_rows, simd};

/// The compiled network.
#[derive(Clone, Debug)]
pub(crate) struct Engine<E> {
    features: usize,
    embedding: Vec<E>,
    blocks: Vec<Block<E>>,
    /// r₁, d₁, r₂, d₂.
    readout: [Vec<E>; 4],
    /// r₁ᵀ.
    readout_transposed: Vec<E>,
    filters: Filters<E>,
}

#[derive(Clone, Debug)]
struct Block<E> {
    input: Vec<E>,
    /// o₁, c₁, o₂, c₂.
    output: [Vec<E>; 4],
    /// w_inᵀ, o₁ᵀ, o₂ᵀ, for the way back.
    transposed: [Vec<E>; 3],
}

/// Pairs of one evaluation, each once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairs<'a, E> {
    pub first: &'a [u32],
    pub second: &'a [u32],
    /// [Å].
    pub distances: &'a [E],
}

/// Buffers of an evaluation and its results.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace<E> {
    /// ε_i, shape `[atoms]`.
    pub energies: Vec<E>,
    /// dΣε/dd, shape `[pairs]`.
    pub slopes: Vec<E>,
    scratch: Scratch<E>,
    blocks: Vec<Stored<E>>,
    x: Vec<E>,
    sum: Vec<E>,
    hidden: Vec<E>,
    readout: Vec<E>,
    readout_slope: Vec<E>,
    x_adjoint: Vec<E>,
    h_adjoint: Vec<E>,
}

/// What a block's forward pass leaves for the way back.
#[derive(Clone, Debug, Default)]
struct Stored<E> {
    filter: Vec<E>,
    filter_slope: Vec<E>,
    h: Vec<E>,
    output_slope: Vec<E>,
}

impl<E: Real> Engine<E> {
    pub(crate) fn new(model: &SchNet<E>, mode: FilterMode) -> Self {
        let network = FilterNetwork::new(model);
        let filters = match mode {
            FilterMode::Network => Filters::Network(network),
            FilterMode::Table { knots } => Filters::Table(Table::new(&network, model.config.cutoff, knots)),
        };
        Self::with_filters(model, &model.weights, filters)
    }

    /// For the pairs of `prepared` only, with `weights` in place of the model's own.
    pub(crate) fn prepared(model: &SchNet<E>, weights: &Parameters<E>, prepared: Prepared<E>) -> Self {
        Self::with_filters(model, weights, Filters::Prepared(prepared))
    }

    fn with_filters(model: &SchNet<E>, weights: &Parameters<E>, filters: Filters<E>) -> Self {
        let values = |k: usize| weights.matrix(k).2.to_vec();
        let transposed = |k: usize| {
            let (_, (rows, columns), values) = weights.matrix(k);
            (0..rows * columns).map(|t| values[(t % rows) * columns + t / rows]).collect::<Vec<_>>()
        };
        let block = |b: &BlockLayout| Block {
            input: values(b.input),
            output: b.output.map(values),
            transposed: [transposed(b.input), transposed(b.output[0]), transposed(b.output[2])],
        };
        Self {
            features: model.config.features,
            embedding: values(model.layout.embedding),
            blocks: model.layout.blocks.iter().map(block).collect(),
            readout: model.layout.readout.map(values),
            readout_transposed: transposed(model.layout.readout[0]),
            filters,
        }
    }

    /// Energies per atom and, with `slopes`, dΣε/dd per pair, into `ws`.
    pub(crate) fn evaluate(&self, species: &[u32], pairs: Pairs<'_, E>, slopes: bool, ws: &mut Workspace<E>) {
        let (f, atoms, n) = (self.features, species.len(), pairs.distances.len());
        let square = (atoms, f, f);
        ws.blocks.resize_with(self.blocks.len(), Stored::default);
        for buffer in [&mut ws.x, &mut ws.sum, &mut ws.hidden, &mut ws.x_adjoint, &mut ws.h_adjoint] {
            buffer.resize(atoms * f, E::ZERO);
        }
        for (x, &s) in ws.x.chunks_exact_mut(f).zip(species) {
            x.copy_from_slice(&self.embedding[s as usize * f..][..f]);
        }
        if let Filters::Network(network) = &self.filters {
            network.expand(pairs.distances, &mut ws.scratch);
        }
        for (t, (block, stored)) in self.blocks.iter().zip(&mut ws.blocks).enumerate() {
            stored.filter.resize(n * f, E::ZERO);
            stored.filter_slope.resize(n * f, E::ZERO);
            stored.h.resize(atoms * f, E::ZERO);
            stored.output_slope.resize(atoms * f, E::ZERO);
            match &self.filters {
                Filters::Network(network) => {
                    network.fill(t, &mut ws.scratch, &mut stored.filter, &mut stored.filter_slope);
                }
                Filters::Table(table) => {
                    table.fill(t, pairs.distances, &mut stored.filter, &mut stored.filter_slope);
                }
                Filters::Prepared(prepared) => prepared.fill(t, &mut stored.filter, &mut stored.filter_slope),
            }
            self.product(&mut stored.h, false, &ws.x, &block.input, square);
            ws.sum.fill(E::ZERO);
            simd(Message { features: f, pairs, h: &stored.h, filter: &stored.filter, sum: &mut ws.sum });
            let [o1, c1, o2, c2] = &block.output;
            fill_rows(&mut ws.hidden, c1);
            self.product(&mut ws.hidden, true, &ws.sum, o1, square);
            Activation::ShiftedSoftplus.apply(&mut ws.hidden, &mut stored.output_slope);
            add_rows(&mut ws.x, c2);
            self.product(&mut ws.x, true, &ws.hidden, o2, square);
        }
        self.read_out(atoms, ws);
        ws.slopes.clear();
        ws.slopes.resize(n, E::ZERO);
        if slopes {
            self.backward(pairs, ws);
        }
    }

    /// `c = a b` or `c += a b`: allocation-free beside tabulated filters, else by gemm, which is twice as fast and packs
    /// into a fresh buffer each time.
    fn product(&self, c: &mut [E], add: bool, a: &[E], b: &[E], shape: (usize, usize, usize)) {
        match self.filters {
            Filters::Table(_) => matmul_rows(c, add, a, b, shape),
            _ => matmul(c, add, (a, Operand::Plain), (b, Operand::Plain), shape),
        }
    }

    /// ε = φ(x r₁ + d₁) · r₂ + d₂, leaving ∂ε/∂(x r₁ + d₁) in `readout_slope`.
    fn read_out(&self, atoms: usize, ws: &mut Workspace<E>) {
        let [r1, d1, r2, d2] = &self.readout;
        let half = d1.len();
        ws.readout.resize(atoms * half, E::ZERO);
        ws.readout_slope.resize(atoms * half, E::ZERO);
        fill_rows(&mut ws.readout, d1);
        let shape = (atoms, self.features, half);
        self.product(&mut ws.readout, true, &ws.x, r1, shape);
        Activation::ShiftedSoftplus.apply(&mut ws.readout, &mut ws.readout_slope);
        ws.energies.resize(atoms, E::ZERO);
        let rows = ws.readout.chunks_exact(half).zip(ws.readout_slope.chunks_exact_mut(half));
        for (energy, (hidden, slope)) in ws.energies.iter_mut().zip(rows) {
            // A plain loop, not a product with one column: its bits do not depend on the number of rows.
            *energy = d2[0];
            for ((h, s), r) in hidden.iter().zip(slope).zip(r2) {
                *energy += *h * *r;
                *s *= *r;
            }
        }
    }

    fn backward(&self, pairs: Pairs<'_, E>, ws: &mut Workspace<E>) {
        let (f, half) = (self.features, self.readout[1].len());
        let atoms = ws.energies.len();
        let (square, shape) = ((atoms, f, f), (atoms, half, f));
        self.product(&mut ws.x_adjoint, false, &ws.readout_slope, &self.readout_transposed, shape);
        for (t, (block, stored)) in self.blocks.iter().zip(&ws.blocks).enumerate().rev() {
            let [input, o1, o2] = &block.transposed;
            self.product(&mut ws.hidden, false, &ws.x_adjoint, o2, square);
            for (u, s) in ws.hidden.iter_mut().zip(&stored.output_slope) {
                *u *= *s;
            }
            self.product(&mut ws.sum, false, &ws.hidden, o1, square);
            ws.h_adjoint.fill(E::ZERO);
            simd(MessageBackward {
                features: f,
                pairs,
                stored,
                adjoint: &ws.sum,
                h_adjoint: &mut ws.h_adjoint,
                slopes: &mut ws.slopes,
            });
            if t > 0 {
                self.product(&mut ws.x_adjoint, true, &ws.h_adjoint, input, square);
            }
        }
    }
}

fn fill_rows<E: Real>(x: &mut [E], row: &[E]) {
    for out in x.chunks_exact_mut(row.len()) {
        out.copy_from_slice(row);
    }
}

fn add_rows<E: Real>(x: &mut [E], row: &[E]) {
    for out in x.chunks_exact_mut(row.len()) {
        for (o, r) in out.iter_mut().zip(row) {
            *o += *r;
        }
    }
}

/// sum_i += h_j ∘ W_p and sum_j += h_i ∘ W_p over pairs.
struct Message<'a, E> {
    features: usize,
    pairs: Pairs<'a, E>,
    h: &'a [E],
    filter: &'a [E],
    sum: &'a mut [E],
}

impl<E: Real> Kernel for Message<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let f = self.features;
        let ends = self.pairs.first.iter().zip(self.pairs.second);
        for ((&i, &j), w) in ends.zip(self.filter.chunks_exact(f)) {
            for (to, from) in [(i, j), (j, i)] {
                let h = &self.h[from as usize * f..][..f];
                for ((s, h), w) in self.sum[to as usize * f..][..f].iter_mut().zip(h).zip(w) {
                    *s += *h * *w;
                }
            }
        }
    }
}

/// Adjoints of messages: to the features, and through the filters' slopes to the distances.
struct MessageBackward<'a, E> {
    features: usize,
    pairs: Pairs<'a, E>,
    stored: &'a Stored<E>,
    adjoint: &'a [E],
    h_adjoint: &'a mut [E],
    slopes: &'a mut [E],
}

/// Partial sums of a dot product: fixed, so that every instruction set adds in the same order.
const LANES: usize = 16;

impl<E: Real> Kernel for MessageBackward<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let f = self.features;
        let ends = self.pairs.first.iter().zip(self.pairs.second).zip(self.slopes);
        let filters = self.stored.filter.chunks_exact(f).zip(self.stored.filter_slope.chunks_exact(f));
        for (((&i, &j), slope), (w, dw)) in ends.zip(filters) {
            let (i, j) = (i as usize * f, j as usize * f);
            let (ai, aj) = (&self.adjoint[i..][..f], &self.adjoint[j..][..f]);
            let (hi, hj) = (&self.stored.h[i..][..f], &self.stored.h[j..][..f]);
            let mut partial = [E::ZERO; LANES];
            let mut start = 0;
            while start < f {
                let lanes = LANES.min(f - start);
                let block = start..start + lanes;
                let terms = ai[block.clone()].iter().zip(&aj[block.clone()]);
                let terms = terms.zip(hi[block.clone()].iter().zip(&hj[block.clone()]));
                for ((p, ((ai, aj), (hi, hj))), dw) in partial.iter_mut().zip(terms).zip(&dw[block]) {
                    *p += (*ai * *hj + *aj * *hi) * *dw;
                }
                start += lanes;
            }
            *slope += partial.iter().copied().sum::<E>();
            for (to, a) in [(j, ai), (i, aj)] {
                for ((g, a), w) in self.h_adjoint[to..][..f].iter_mut().zip(a).zip(w) {
                    *g += *a * *w;
                }
            }
        }
    }
}
