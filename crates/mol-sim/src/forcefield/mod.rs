//! Classical terms, each a [`Potential`](mol_core::Potential), the Universal Force Field built from a molecule, and the
//! textbook surfaces.
//!
//! Every term sums its own list over the atoms of the whole system, so a force field is a `mol_core::Sum` of terms
//! whose parameters the caller gives in the toolkit's units; [`Uff`] finds its own. Other parameter files, charges and
//! long-range electrostatics are deliberately not here yet. Bonded terms take positions as they stand: molecules are
//! kept whole (unwrapped) by every engine of this crate, so a bond never needs a minimum image.

mod angles;
mod bonds;
mod lennard_jones;
mod surfaces;
mod torsions;
mod uff;
mod well;

pub use angles::{HarmonicAngle, HarmonicAngles};
pub use bonds::{HarmonicBond, HarmonicBonds};
pub use lennard_jones::{LennardJones, LennardJonesConfig, Truncation};
pub use surfaces::{DoubleWell, MullerBrown};
pub use torsions::{PeriodicTorsion, PeriodicTorsions};
pub use uff::{Uff, UffAromaticity, UffConfig};
pub use well::HarmonicWell;

use crate::{Error, Result};
use mol_core::{Derivatives, Frame, Vec3};

/// Checks that the atoms of a bonded term exist and are distinct.
fn check_atoms(what: &'static str, atoms: usize, members: &[usize]) -> Result<()> {
    let distinct = members.iter().enumerate().all(|(k, a)| !members[..k].contains(a));
    if distinct && members.iter().all(|a| *a < atoms) {
        return Ok(());
    }
    Err(Error::argument(what, "distinct atoms of the system", format!("atoms {members:?} of {atoms}")))
}

/// Adds forces on a group of atoms whose sum is zero; `arms` are their positions from any common point [Å].
fn add_group<const N: usize>(out: &mut Derivatives, atoms: [usize; N], forces: &[Vec3; N], arms: &[Vec3; N]) {
    if let Some(all) = out.forces_mut() {
        for (atom, force) in atoms.into_iter().zip(forces) {
            all[atom] += force;
        }
    }
    if let Some(virial) = out.virial_mut() {
        for (force, arm) in forces.iter().zip(arms) {
            *virial += arm * force.transpose();
        }
    }
}

/// The contract of `Potential::accumulate`.
fn assert_sizes(atoms: usize, frame: &Frame<'_>, out: &Derivatives) {
    assert!(
        frame.positions.len() == atoms && out.atoms() == atoms,
        "a potential of {atoms} atoms got a frame of {} and derivatives of {}",
        frame.positions.len(),
        out.atoms()
    );
}

/// `Potential` for a list of bonded terms: a struct with `atoms` and `terms`, whose terms have `energy(positions,
/// out)`.
macro_rules! bonded_potential {
    ($potential:ident, $term:ident, $kind:literal) => {
        impl $potential {
            /// The terms of a system of `atoms` atoms.
            ///
            /// # Errors
            /// If a term names an atom twice or one that is not there, or a parameter is not finite.
            pub fn new(atoms: usize, terms: Vec<$term>) -> crate::Result<Self> {
                for term in &terms {
                    $crate::forcefield::check_atoms($kind, atoms, &term.atoms)?;
                    term.check()?;
                }
                Ok(Self { atoms, terms: terms.into() })
            }

            /// The terms.
            #[must_use]
            pub fn terms(&self) -> &[$term] {
                &self.terms
            }
        }

        impl mol_core::Potential for $potential {
            fn atoms(&self) -> usize {
                self.atoms
            }

            fn accumulate(&mut self, frame: mol_core::Frame<'_>, out: &mut mol_core::Derivatives) -> f64 {
                $crate::forcefield::assert_sizes(self.atoms, &frame, out);
                self.terms.iter().map(|term| term.accumulate(frame.positions, out)).sum()
            }

            fn boxed_clone(&self) -> Box<dyn mol_core::Potential> {
                Box::new(self.clone())
            }
        }
    };
}
use bonded_potential;
