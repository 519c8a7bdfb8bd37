//! Harmonic wells: the Einstein crystal.

use crate::forcefield::assert_sizes;
use crate::{Error, Result};
use mol_core::{Derivatives, Frame, Potential, Vec3};
use std::sync::Arc;

/// Einstein crystal: every atom tied to its own site by a spring.
///
/// ```text
/// E = ½ k Σ |x − x₀|²
/// ```
/// `x` positions [Å], `x₀` sites [Å], shape `[atoms]`, `k` force constant [eV/Å²]. Every sampler can be tested on it:
/// ⟨|x − x₀|²⟩ = 3 kT/k and the modes are ω = √(k/m). The sites do not move with the frame, so the energy is not
/// invariant to translation or rotation.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// use mol_sim::HarmonicWell;
/// let mut well = HarmonicWell::new(vec![Vec3::zeros()], 2.0)?;
/// let (energy, forces) = well.energy_and_forces(Frame::isolated(&[Vec3::x() * 3.0]));
/// assert_eq!((energy, forces[0].x), (9.0, -6.0));
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// D. Frenkel and A. J. C. Ladd, *J. Chem. Phys.* **81**, 3188 (1984), Eq. 6.
#[derive(Clone, Debug)]
pub struct HarmonicWell {
    sites: Arc<[Vec3]>,
    k: f64,
}

impl HarmonicWell {
    /// Springs of constant `k` [eV/Å²] to `sites` [Å].
    ///
    /// # Errors
    /// If `k` is negative or a number is not finite.
    pub fn new(sites: Vec<Vec3>, k: f64) -> Result<Self> {
        Error::check("force constant k of a well", "not negative and finite", k, k >= 0.0)?;
        for site in &sites {
            Error::check("site of a well", "finite", site.sum(), true)?;
        }
        Ok(Self { sites: sites.into(), k })
    }
}

impl Potential for HarmonicWell {
    fn atoms(&self) -> usize {
        self.sites.len()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        assert_sizes(self.sites.len(), &frame, out);
        let mut twice = 0.0;
        for (atom, (x, site)) in frame.positions.iter().zip(&*self.sites).enumerate() {
            let force = (site - x) * self.k;
            twice += self.k * (site - x).norm_squared();
            add_external(out, atom, x, &force);
        }
        0.5 * twice
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}

/// Adds the force of an external field on one atom, with its virial x Fᵀ.
pub(super) fn add_external(out: &mut Derivatives, atom: usize, x: &Vec3, force: &Vec3) {
    if let Some(forces) = out.forces_mut() {
        forces[atom] += force;
    }
    if let Some(virial) = out.virial_mut() {
        *virial += x * force.transpose();
    }
}
