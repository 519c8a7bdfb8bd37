//! Molecules as input of graph networks (not to be confused with [`Featurizer`](crate::Featurizer), which turns frames of
//! coordinates into numbers): a vector for each atom and each bond, in the layouts that published models use.
//!
//! [`ogb`] gives the integer features of the Open Graph Benchmark, [`chemprop`] the multi-hot vectors of chemprop. Both
//! are defined by `RDKit`'s perception of a sanitised molecule without drawn hydrogens, which is what
//! [`Perception`](crate::perceive::Perception) finds, so that a network trained on theirs can be fed with these. A vector
//! for a whole molecule is a fingerprint ([`Fingerprint::to_dense`](crate::fingerprint::Fingerprint::to_dense),
//! [`Counts::to_dense`](crate::fingerprint::Counts::to_dense)).
//!
//! Deliberately not here: batches and their padding, coordinates, and features that need training.

mod chemprop;
mod ogb;
mod tags;

pub use chemprop::{ChempropAtoms, chemprop, chemprop_of};
pub use ogb::{OGB_ATOM_SIZES, OGB_BOND_SIZES, ogb, ogb_of};
pub use tags::ReadFrom;

use ndarray::Array2;

#[cfg(test)]
mod tests;

/// A molecule as arrays.
#[derive(Clone, Debug, PartialEq)]
pub struct MoleculeGraph<T> {
    /// Features of each atom, shape `[atoms, features]`.
    pub atoms: Array2<T>,
    /// Features of each bond, shape `[bonds, features]`.
    pub bonds: Array2<T>,
    /// The two atoms of each bond, shape `[bonds]`.
    pub ends: Vec<[usize; 2]>,
}

impl<T: Clone> MoleculeGraph<T> {
    /// Both directions of each bond, one after the other, as (from, to); shape `[2 bonds]`. Edge k is bond k / 2, its
    /// reverse edge k ^ 1.
    #[must_use]
    pub fn edges(&self) -> Vec<[usize; 2]> {
        self.ends.iter().flat_map(|&[a, b]| [[a, b], [b, a]]).collect()
    }

    /// The features of [`edges`](Self::edges), shape `[2 bonds, features]`: each row of `bonds` twice.
    #[must_use]
    pub fn edge_features(&self) -> Array2<T> {
        Array2::from_shape_fn((2 * self.bonds.nrows(), self.bonds.ncols()), |(edge, k)| {
            self.bonds[[edge / 2, k]].clone()
        })
    }
}
