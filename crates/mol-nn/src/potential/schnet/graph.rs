//! SchNet on the tape: what training differentiates.

use super::{BlockLayout, SchNet};
use crate::{CosineCutoff, GaussianBasis};
use mol_core::tensor::ops::{
    Expansion, Filter, FilterPass, PairGraph, RadialRows, add, continuous_filter_along, dense, gather_rows, segment_sum,
};
use mol_core::tensor::{Activation, Dual, Matrix, Parameters, Real};
use std::sync::Arc;

/// Several molecules as one graph.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    /// Row of each atom's element in the model's list.
    pub species: Arc<[u32]>,
    /// Molecule of each atom.
    pub molecule: Arc<[u32]>,
    /// Number of molecules.
    pub molecules: usize,
    /// Pairs within the cut-off, each once.
    pub pairs: Arc<PairGraph>,
}

/// Filters of every block for fixed distances: computed once for forces and weight gradients alike.
#[derive(Clone, Debug)]
pub(crate) struct Prepared<E> {
    pub rows: Arc<RadialRows<E>>,
    pub passes: Vec<Arc<FilterPass<E>>>,
}

impl<E: Real> SchNet<E> {
    /// Runs the filter networks of `weights` on `distances`.
    pub(crate) fn prepare(&self, weights: &Parameters<E>, distances: &[E]) -> Prepared<E> {
        let cutoff = E::of(self.config.cutoff);
        let (gaussians, cosine) = (GaussianBasis::new(self.config.basis, cutoff), CosineCutoff::new(cutoff));
        let (pairs, dim) = (distances.len(), self.config.basis);
        let mut rows = RadialRows {
            dim,
            basis: vec![E::ZERO; pairs * dim],
            basis_slope: vec![E::ZERO; pairs * dim],
            cutoff: vec![E::ZERO; pairs],
            cutoff_slope: vec![E::ZERO; pairs],
        };
        let basis = rows.basis.chunks_exact_mut(dim).zip(rows.basis_slope.chunks_exact_mut(dim));
        let cutoff = rows.cutoff.chunks_exact_mut(1).zip(rows.cutoff_slope.chunks_exact_mut(1));
        for ((d, basis), cutoff) in distances.iter().zip(basis).zip(cutoff) {
            gaussians.evaluate(*d, basis.0, basis.1);
            cosine.evaluate(*d, cutoff.0, cutoff.1);
        }
        let pass = |block: &BlockLayout| {
            let values = block.filter.map(|k| weights.matrix(k).2);
            Arc::new(FilterPass::new(&rows, values, Activation::ShiftedSoftplus))
        };
        let passes = self.layout.blocks.iter().map(pass).collect();
        Prepared { rows: Arc::new(rows), passes }
    }

    /// Σ ε_i of each molecule, shape `[molecules, 1]`, and its derivative along `direction`, shape `[pairs]`, of the
    /// distances of `prepared`; `leaves` are the weights on the tape.
    pub(crate) fn energies(
        &self,
        leaves: &[Matrix<E>],
        graph: &Graph,
        prepared: &Prepared<E>,
        direction: &Arc<[E]>,
    ) -> Dual<E> {
        let leaf = |k: usize| &leaves[k];
        let activation = Activation::ShiftedSoftplus;
        let two_layers = |x: &Dual<E>, [w1, b1, w2, b2]: [usize; 4]| {
            let hidden = dense(x, leaf(w1), Some(leaf(b1)), activation);
            dense(&hidden, leaf(w2), Some(leaf(b2)), Activation::Identity)
        };
        let mut x = gather_rows(&Dual::from(leaf(self.layout.embedding).clone()), &graph.species);
        for (block, pass) in self.layout.blocks.iter().zip(&prepared.passes) {
            let h = dense(&x, leaf(block.input), None, Activation::Identity);
            let [w1, b1, w2, b2] = block.filter;
            let filter = Filter { w1: leaf(w1), b1: leaf(b1), w2: leaf(w2), b2: leaf(b2), activation };
            let message = continuous_filter_along(&h, &prepared.rows, direction, pass, &filter, &graph.pairs);
            x = add(&x, &two_layers(&message, block.output));
        }
        segment_sum(&two_layers(&x, self.layout.readout), &graph.molecule, graph.molecules)
    }
}
