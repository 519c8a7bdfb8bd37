//! Perception: what follows from a molecule's atoms and bonds, or bonds from its atoms' places.
//!
//! [`Perception`] is all of it at once: [`Rings`], Kekulé and aromatic form by an [`AromaticityModel`], conjugation,
//! [`Hybridization`]; [`check_valence`], [`RingFamilies`], [`Symmetry`], [`rotatable_bonds`], [`ring_bonds`],
//! [`symmetry_classes`] and [`chiral_volume`] stand alone, as do
//! [`Molecule::kekulized`](crate::Molecule::kekulized),
//! [`Molecule::with_aromaticity`](crate::Molecule::with_aromaticity),
//! [`Molecule::with_stereo_of`](crate::Molecule::with_stereo_of) and
//! [`Molecule::from_coordinates`](crate::Molecule::from_coordinates). See docs/methods/perception.md. Deliberately not
//! here: canonical numbering, R and S, bond orders from coordinates.

mod aromaticity;
mod automorphism;
mod blocks;
mod check;
mod connectivity;
mod families;
mod flat;
mod hybridization;
mod junctions;
mod kekulize;
mod perception;
mod prototypes;
mod rings;
mod rotatable;
mod sets;
mod sssr;
mod stereo;
mod symmetry;
mod theta;
mod valence;

pub use aromaticity::{AromaticityModel, mmff94_aromatic_rings};
pub(crate) use aromaticity::{Marks, written_order};
pub use blocks::ring_bonds;
pub use check::{ValenceFault, ValenceModel, check_valence};
pub use families::RingFamilies;
pub(crate) use flat::Flat;
pub use hybridization::Hybridization;
pub use junctions::RingJunction;
pub use perception::Perception;
pub use rings::Rings;
pub use rotatable::{Rotatable, rotatable_bonds};
pub use stereo::{
    StereoAllene, StereoBond, StereoCenter, StereoElements, chiral_volume, double_bond_cosine, stated_side,
};
pub use symmetry::{Symmetry, symmetry_classes};
pub(crate) use valence::{effective_valences, radical_electrons, unpaired_electrons};
