//! Cutting molecules into pieces along bonds.
//!
//! [`cut_bonds`] is the operation: each end of a cut bond gets a wildcard in the other's place, so that stereo stays what it
//! was; its isotope label says what kind of end it is. [`murcko_scaffold`](crate::murcko_scaffold) and its side chains are
//! in the crate's root. Deliberately not here: joining fragments.

mod cut;

pub(crate) use cut::pieces;
pub use cut::{CutBond, cut_bonds};
