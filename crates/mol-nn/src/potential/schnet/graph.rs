//! SchNet on the tape: what training differentiates.

use super::SchNet;
use crate::{CosineCutoff, GaussianBasis};
use mol_core::tensor::ops::{
    Expansion, Filter, PairGraph, add, continuous_filter, dense, expand, gather_rows, segment_sum,
};
use mol_core::tensor::{Activation, Dual, Matrix, Real};
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

impl<E: Real> SchNet<E> {
    /// Σ ε_i of each molecule, shape `[molecules, 1]`, and its derivative along the tangent of the distances
    /// `[pairs, 1]`; `leaves` are the weights on the tape.
    pub(crate) fn energies(&self, leaves: &[Matrix<E>], graph: &Graph, distances: &Dual<E>) -> Dual<E> {
        let cutoff = E::of(self.config.cutoff);
        let gaussians: Arc<dyn Expansion<E>> = Arc::new(GaussianBasis::new(self.config.basis, cutoff));
        let cosine: Arc<dyn Expansion<E>> = Arc::new(CosineCutoff::new(cutoff));
        let (basis, envelope) = (expand(distances, &gaussians), expand(distances, &cosine));
        let leaf = |k: usize| &leaves[k];
        let activation = Activation::ShiftedSoftplus;
        let two_layers = |x: &Dual<E>, [w1, b1, w2, b2]: [usize; 4]| {
            let hidden = dense(x, leaf(w1), Some(leaf(b1)), activation);
            dense(&hidden, leaf(w2), Some(leaf(b2)), Activation::Identity)
        };
        let mut x = gather_rows(&Dual::from(leaf(self.layout.embedding).clone()), &graph.species);
        for block in &self.layout.blocks {
            let h = dense(&x, leaf(block.input), None, Activation::Identity);
            let [w1, b1, w2, b2] = block.filter;
            let filter = Filter { w1: leaf(w1), b1: leaf(b1), w2: leaf(w2), b2: leaf(b2), activation };
            let message = continuous_filter(&h, &basis, &envelope, &filter, &graph.pairs);
            x = add(&x, &two_layers(&message, block.output));
        }
        segment_sum(&two_layers(&x, self.layout.readout), &graph.molecule, graph.molecules)
    }
}
