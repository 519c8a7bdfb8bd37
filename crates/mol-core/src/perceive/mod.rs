//! Perception: what follows from a molecule's atoms and bonds, or bonds from its atoms' places.
//!
//! Here are the ring bonds and the connectivity of coordinates. Deliberately not here yet: ring sets, aromaticity,
//! stereocentres, bond orders from coordinates.

mod connectivity;
mod rings;

pub use rings::ring_bonds;
