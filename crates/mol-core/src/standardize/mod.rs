//! Clean-up of molecules before they are compared or learned from: the largest fragment, charges taken off, groups written in
//! one way.
//!
//! Each step gives a [`Cleaned`] molecule together with the [`Change`]s that led to it, so that a data set's clean-up can be
//! read afterwards. The rules are `RDKit`'s (`rdMolStandardize`), where it has one; see docs/methods/standardize.md.
//! Deliberately not here: tautomers, and acid constants.

mod largest;
mod neutralize;
mod normalize;

pub use largest::largest_fragment;
pub use neutralize::{NeutralizeOptions, neutralize};
pub use normalize::normalize_groups;

use crate::{AtomIndex, Molecule};

/// A molecule after a step of clean-up, and what was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleaned {
    /// The molecule; equal to the one before if there are no changes.
    pub molecule: Molecule,
    /// What was changed, in the order in which it was.
    pub changes: Vec<Change>,
}

/// One change of a clean-up; atoms are those of the molecule before it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Change {
    /// A fragment was left out.
    Removed {
        /// Its SMILES.
        smiles: String,
    },
    /// An atom took up or gave away a proton (or a hydride, if carbon or a metal).
    Neutralized {
        /// The atom.
        atom: AtomIndex,
        /// Its charge before [e].
        from: i8,
        /// Its charge after [e].
        to: i8,
    },
    /// A group was written in its usual form.
    Rewritten {
        /// The rule's name.
        rule: String,
        /// The atoms of the group.
        atoms: Vec<AtomIndex>,
    },
}
