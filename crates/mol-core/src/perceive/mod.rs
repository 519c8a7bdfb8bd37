//! Perception: what follows from a molecule's atoms and bonds, or bonds from its atoms' places.
//!
//! [`Perception`] is all of it at once: [`Rings`], Kekulé and aromatic form, conjugation, [`Hybridization`];
//! [`rotatable_bonds`] and [`ring_bonds`] stand alone, as do [`Molecule::kekulized`](crate::Molecule::kekulized),
//! [`Molecule::with_aromaticity`](crate::Molecule::with_aromaticity) and
//! [`Molecule::from_coordinates`](crate::Molecule::from_coordinates). See docs/methods/perception.md. Deliberately not
//! here: canonical numbering, R and S, bond orders from coordinates.

mod aromaticity;
mod connectivity;
mod hybridization;
mod kekulize;
mod rings;
mod rotatable;
mod sssr;
mod valence;

pub use hybridization::{Hybridization, Perception};
pub use rings::ring_bonds;
pub use rotatable::{Rotatable, rotatable_bonds};
pub use sssr::Rings;
