//! Harmonic angles.

use crate::forcefield::{add_group, bonded_potential};
use crate::{Error, Result};
use mol_core::geometry::angle_gradient;
use mol_core::{Derivatives, Vec3};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One angle of [`HarmonicAngles`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HarmonicAngle {
    /// The three atoms, the vertex in the middle.
    pub atoms: [usize; 3],
    /// Force constant [eV/rad²].
    pub k: f64,
    /// Angle at rest \[rad\].
    pub theta0: f64,
}

/// Harmonic angles.
///
/// ```text
/// E = Σ ½ k (θ − θ₀)²
/// ```
/// `θ` angle at the vertex \[rad\], in [0, π], `θ₀` angle at rest \[rad\], `k` force constant [eV/rad²]. The angle
/// comes from atan2 of cross and dot product, exact to the last digits also near 0 and π, where the arc cosine is not.
/// Of three collinear atoms the direction of bending is undefined and the force is zero, which for θ₀ = π is the right
/// one.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// use mol_sim::{HarmonicAngle, HarmonicAngles};
/// let angle = HarmonicAngle { atoms: [0, 1, 2], k: 4.0, theta0: std::f64::consts::FRAC_PI_2 - 0.1 };
/// let energy = HarmonicAngles::new(3, vec![angle])?.energy(Frame::isolated(&[Vec3::x(), Vec3::zeros(), Vec3::y()]));
/// assert!((energy - 0.02).abs() < 1e-12); // ½ · 4 · 0.1²
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// S. Lifson and A. Warshel, *J. Chem. Phys.* **49**, 5116 (1968), Eq. 1.
#[derive(Clone, Debug)]
pub struct HarmonicAngles {
    atoms: usize,
    terms: Arc<[HarmonicAngle]>,
}

impl HarmonicAngle {
    fn check(&self) -> Result<()> {
        Error::check("force constant k of an angle", "finite", self.k, true)?;
        Error::check("angle theta0", "finite", self.theta0, true)
    }

    fn accumulate(&self, positions: &[Vec3], out: &mut Derivatives) -> f64 {
        let corner = self.atoms.map(|atom| positions[atom]);
        let (theta, gradient) = angle_gradient(&corner[0], &corner[1], &corner[2]);
        let bend = theta - self.theta0;
        add_group(out, self.atoms, &gradient.map(|g| g * (-self.k * bend)), &corner.map(|x| x - corner[1]));
        0.5 * self.k * bend * bend
    }
}

bonded_potential!(HarmonicAngles, HarmonicAngle, "atoms of an angle");
