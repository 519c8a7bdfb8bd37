//! Harmonic bonds.

use crate::forcefield::bonded_potential;
use crate::{Error, Result};
use mol_core::{Derivatives, Vec3};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One bond of [`HarmonicBonds`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HarmonicBond {
    /// The two atoms.
    pub atoms: [usize; 2],
    /// Force constant [eV/Å²].
    pub k: f64,
    /// Length at rest [Å].
    pub r0: f64,
}

/// Harmonic bonds.
///
/// ```text
/// E = Σ ½ k (r − r₀)²
/// ```
/// `r` distance [Å], `r₀` length at rest [Å], `k` force constant [eV/Å²]. Amber and CHARMM files hold k/2 under the
/// name k: double it. Two atoms at one place get the energy and no force: there is no direction to push.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// use mol_sim::{HarmonicBond, HarmonicBonds};
/// let mut bonds = HarmonicBonds::new(2, vec![HarmonicBond { atoms: [0, 1], k: 30.0, r0: 1.0 }])?;
/// let (energy, forces) = bonds.energy_and_forces(Frame::isolated(&[Vec3::zeros(), Vec3::new(1.1, 0.0, 0.0)]));
/// assert!((energy - 0.15).abs() < 1e-12); // ½ · 30 · 0.1²
/// assert!((forces[1].x + 3.0).abs() < 1e-12);
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// S. Lifson and A. Warshel, *J. Chem. Phys.* **49**, 5116 (1968), Eq. 1.
#[derive(Clone, Debug)]
pub struct HarmonicBonds {
    atoms: usize,
    terms: Arc<[HarmonicBond]>,
}

impl HarmonicBond {
    fn check(&self) -> Result<()> {
        Error::check("force constant k of a bond", "finite", self.k, true)?;
        Error::check("length r0 of a bond", "not negative and finite", self.r0, self.r0 >= 0.0)
    }

    fn accumulate(&self, positions: &[Vec3], out: &mut Derivatives) -> f64 {
        let [i, j] = self.atoms;
        let separation = positions[j] - positions[i];
        let r = separation.norm();
        let stretch = r - self.r0;
        if r > 0.0 {
            out.add_pair(i, j, &separation, &(separation * (-self.k * stretch / r)));
        }
        0.5 * self.k * stretch * stretch
    }
}

bonded_potential!(HarmonicBonds, HarmonicBond, "atoms of a bond");
