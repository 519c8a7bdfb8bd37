//! Geometry of molecules: distances, angles and dihedrals with gradients, superposition and RMSD.
//!
//! Plain functions on points ([`distance`], [`angle`], [`dihedral`] and their `_gradient` forms, [`superpose`], [`rmsd`]);
//! the same quantities of a frame as collective variables ([`Distance`], [`Angle`], [`Dihedral`]), which apply periodic
//! images and give the virial; and as features for learning ([`DistanceFeatures`], [`TorsionFeatures`]). Of molecules:
//! [`ZMatrix`] is their internal coordinates, both ways; [`Torsions`] turn rotatable bonds, [`TorsionGrid`] enumerates
//! their settings, [`TorsionFingerprint`] says how far apart two conformers are (TFD).
//!
//! Deliberately not here: energies of bonds, angles and torsions (`mol-sim`), and perception of bonds from coordinates
//! (`molecule`).

mod enumerate;
mod features;
mod internal;
mod overlap;
mod superpose;
mod symmetric;
mod tfd;
mod torsions;
mod variables;
mod zmatrix;

pub use enumerate::{TorsionGrid, TorsionSettings, TorsionSymmetry};
pub use features::{DistanceFeatures, TorsionFeatures};
pub use internal::{angle, angle_gradient, dihedral, dihedral_gradient, distance, distance_gradient};
pub use superpose::{Superposition, align, rmsd, superpose};
pub use symmetric::{SymmetricFit, SymmetricRmsd, SymmetryOptions};
pub use tfd::{TorsionAngles, TorsionFingerprint, TorsionFingerprintOptions};
pub use torsions::{Torsions, wrap_angle};
pub use variables::{Angle, Dihedral, Distance};
pub use zmatrix::ZMatrix;
