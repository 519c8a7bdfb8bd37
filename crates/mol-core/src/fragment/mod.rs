//! Cutting molecules into pieces along bonds.
//!
//! [`cut_bonds`] is the operation: each end of a cut bond gets a wildcard in the other's place, so that stereo stays what it
//! was; its isotope label says what kind of end it is. [`brics_bonds`] are the bonds that a synthesis would make;
//! [`murcko_scaffold`](crate::murcko_scaffold) and its side chains are in the crate's root. Deliberately not here: joining
//! fragments.

mod brics;
mod cut;

pub use brics::{BricsBond, brics_bonds, brics_fragments};
pub(crate) use cut::pieces;
pub use cut::{CutBond, cut_bonds};
