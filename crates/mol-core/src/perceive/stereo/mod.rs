//! Stereo: what could be stereogenic, what is stated, and what coordinates show.
//!
//! [`StereoElements`] are the atoms and bonds of a molecule that can carry stereo, found from the graph alone;
//! [`chiral_volume`], [`double_bond_cosine`] and [`Molecule::with_stereo_of`](crate::Molecule::with_stereo_of) read it off
//! coordinates. Deliberately not here: R and S, E and Z as letters.

mod coordinates;
mod elements;
mod shown;

pub use coordinates::{chiral_volume, double_bond_cosine, stated_side};
pub use elements::{StereoAllene, StereoBond, StereoCenter, StereoElements};
