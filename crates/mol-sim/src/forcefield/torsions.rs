//! Periodic torsions.

use crate::forcefield::{add_group, bonded_potential};
use crate::{Error, Result};
use mol_core::geometry::dihedral_gradient;
use mol_core::{Derivatives, Vec3};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One cosine of [`PeriodicTorsions`]; a Fourier series is several of them on the same atoms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodicTorsion {
    /// The four atoms i, j, k, l about the bond j–k.
    pub atoms: [usize; 4],
    /// Half of the barrier's height \[eV\].
    pub k: f64,
    /// Number n of minima per turn.
    pub multiplicity: u32,
    /// Phase φ₀ \[rad\].
    pub phase: f64,
}

/// Periodic torsions.
///
/// ```text
/// E = Σ k (1 + cos(n φ − φ₀))
/// ```
/// `φ` dihedral angle \[rad\] by the IUPAC sign: 0 for cis, positive when the far bond is turned clockwise seen along
/// j → k; `n` multiplicity, `φ₀` phase \[rad\], `k` half of the barrier \[eV\]. Where i, j, k or j, k, l are collinear
/// the angle is undefined: it is taken as 0 and the force as zero.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// use mol_sim::{PeriodicTorsion, PeriodicTorsions};
/// let torsion = PeriodicTorsion { atoms: [0, 1, 2, 3], k: 0.1, multiplicity: 3, phase: 0.0 };
/// let cis = [Vec3::y(), Vec3::zeros(), Vec3::x(), Vec3::x() + Vec3::y()];
/// let energy = PeriodicTorsions::new(4, vec![torsion])?.energy(Frame::isolated(&cis));
/// assert!((energy - 0.2).abs() < 1e-12); // eclipsed: 2k
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// Gradient without singularity at φ = 0 and π: A. Blondel and M. Karplus, *J. Comput. Chem.* **17**, 1132 (1996), Eq.
/// 27.
#[derive(Clone, Debug)]
pub struct PeriodicTorsions {
    atoms: usize,
    terms: Arc<[PeriodicTorsion]>,
}

impl PeriodicTorsion {
    fn check(&self) -> Result<()> {
        Error::check("half barrier k of a torsion", "finite", self.k, true)?;
        Error::check("phase of a torsion", "finite", self.phase, true)
    }

    fn accumulate(&self, positions: &[Vec3], out: &mut Derivatives) -> f64 {
        let chain = self.atoms.map(|atom| positions[atom]);
        let (phi, gradient) = dihedral_gradient(&chain[0], &chain[1], &chain[2], &chain[3]);
        let n = f64::from(self.multiplicity);
        let argument = n * phi - self.phase;
        let slope = self.k * n * argument.sin(); // −∂E/∂φ
        add_group(out, self.atoms, &gradient.map(|g| g * slope), &chain.map(|x| x - chain[1]));
        self.k * (1.0 + argument.cos())
    }
}

bonded_potential!(PeriodicTorsions, PeriodicTorsion, "atoms of a torsion");
