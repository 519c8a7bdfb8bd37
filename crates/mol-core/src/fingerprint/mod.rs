//! Fingerprints: molecules as bits and counts, their similarities, and search among many.
//!
//! [`Morgan`], [`AtomPairs`], [`TopologicalTorsions`] and [`Paths`] turn a [`Perception`](crate::perceive::Perception)
//! into a [`Fingerprint`] (bits) or [`Counts`]; [`Library`] holds many of them in one piece of memory and searches it.
//! Each result carries its [`Scheme`]: a name of algorithm, version and every option. A change of any bit is a new
//! version under a new name, and two fingerprints of different schemes are never compared, so that the inputs of a
//! trained model cannot change under it unnoticed.
//!
//! The schemes called `…-rdkit-…` set the bits that `RDKit` sets (docs/methods/fingerprints.md has the counts of the
//! comparison): models and libraries made with it go on working. Deliberately not here: learned fingerprints, keys of
//! substructures (MACCS), fingerprints of reactions and of shapes.

mod bits;
mod counts;
pub(crate) mod graph;
pub(crate) mod hash;
pub(crate) mod labels;
mod library;
mod morgan;
mod pairs;
mod paths;
mod popcount;
mod ranks;
pub(crate) mod rdkit_elements;
mod scheme;
mod similarity;
mod subgraphs;
mod torsions;
mod types;

pub use bits::{Fingerprint, FoldedSize};
pub use counts::Counts;
pub use library::{Hit, Library, Similarity};
pub(crate) use morgan::connectivity;
pub use morgan::{AtomEnvironment, Morgan, MorganAtoms};
pub use pairs::AtomPairs;
pub use paths::Paths;
pub use scheme::Scheme;
pub use torsions::TopologicalTorsions;

/// Most pairs, chains or pieces of one molecule that [`AtomPairs`], [`TopologicalTorsions`] and [`Paths`] count; drug-like
/// molecules have some hundreds to thousands.
pub const MOST_PATHS: usize = 1 << 24;
/// Most bonds that these walk along, or look at, to find them: where chains are few but those that end too early many.
pub const MOST_STEPS: usize = 1 << 28;
/// What is said where a molecule has more than that.
const STEPS: &str = "bonds to walk along for the fingerprint";
