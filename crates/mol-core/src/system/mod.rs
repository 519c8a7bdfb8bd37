//! The atoms of a simulation and their state.
//!
//! A [`System`] is what does not change while a simulation runs (elements, masses); a [`State`] is what an integrator
//! advances and a checkpoint stores. Neither knows the energy: that is a [`Potential`](crate::Potential) of the same
//! atoms. Deliberately not here: bonds (a molecule has them), constraints, charges.

mod state;
#[cfg(test)]
mod tests;

pub use state::State;

use crate::{Element, Error, Mat3, Result, Rng, Vec3, units::BOLTZMANN};

/// What a simulation's atoms are: fixed while their [`State`] moves.
///
/// ```
/// use mol_core::{Element, Seed, System};
/// let water = System::new(vec![Element::O, Element::H, Element::H]);
/// let velocities = water.maxwell_boltzmann(300.0, &mut Seed::new(1).rng())?;
/// assert!(water.kinetic_energy(&velocities) > 0.0);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Stored")]
pub struct System {
    elements: Vec<Element>,
    masses: Vec<f64>,
}

/// What a file holds of a system.
#[derive(serde::Deserialize)]
struct Stored {
    elements: Vec<Element>,
    masses: Vec<f64>,
}

impl TryFrom<Stored> for System {
    type Error = Error;
    fn try_from(stored: Stored) -> Result<Self> {
        Self::with_masses(stored.elements, stored.masses)
    }
}

impl System {
    /// Atoms of the given elements with their standard masses.
    #[must_use]
    pub fn new(elements: Vec<Element>) -> Self {
        let masses = elements.iter().map(|e| e.mass()).collect();
        Self { elements, masses }
    }

    /// Atoms of the given masses [u]: isotopes, repartitioned hydrogens, beads.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the lengths differ, [`Error::InvalidArgument`] unless every mass is finite and
    /// positive.
    pub fn with_masses(elements: Vec<Element>, masses: Vec<f64>) -> Result<Self> {
        Error::check_len("masses", elements.len(), masses.len())?;
        if let Some((atom, mass)) = masses.iter().enumerate().find(|(_, mass)| !(mass.is_finite() && **mass > 0.0)) {
            let got = format!("{mass} for atom {atom}");
            return Err(Error::InvalidArgument { what: "a mass [u]", expected: "finite and positive", got });
        }
        Ok(Self { elements, masses })
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.elements.len()
    }

    /// Elements, shape `[atoms]`.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Masses [u], shape `[atoms]`.
    #[must_use]
    pub fn masses(&self) -> &[f64] {
        &self.masses
    }

    /// Sum of the masses [u].
    #[must_use]
    pub fn total_mass(&self) -> f64 {
        self.masses.iter().sum()
    }

    /// Kinetic energy [eV] of velocities [Å/(Å√(u/eV))], shape `[atoms]`.
    ///
    /// ```text
    /// K = ½ Σᵢ mᵢ |vᵢ|²
    /// ```
    ///
    /// ```
    /// use mol_core::{Element, System, Vec3};
    /// let atom = System::with_masses(vec![Element::H], vec![2.0])?;
    /// assert_eq!(atom.kinetic_energy(&[Vec3::new(0.0, 3.0, 0.0)]), 9.0);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `velocities` is of another length.
    #[must_use]
    pub fn kinetic_energy(&self, velocities: &[Vec3]) -> f64 {
        assert_eq!(velocities.len(), self.atoms(), "velocities of another number of atoms");
        0.5 * self.masses.iter().zip(velocities).map(|(m, v)| m * v.norm_squared()).sum::<f64>()
    }

    /// Instantaneous temperature [K].
    ///
    /// ```text
    /// T = 2 K / (f k_B)
    /// ```
    ///
    /// `degrees_of_freedom` f is 3·atoms, less 3 where the centre of mass is held, less one for each constraint. The
    /// temperature is NaN or infinite if it is 0.
    ///
    /// # Panics
    /// If `velocities` is of another length.
    #[must_use]
    pub fn temperature(&self, velocities: &[Vec3], degrees_of_freedom: usize) -> f64 {
        2.0 * self.kinetic_energy(velocities) / (degrees_of_freedom as f64 * BOLTZMANN)
    }

    /// Velocities drawn from the Maxwell–Boltzmann distribution at `temperature` [K].
    ///
    /// ```text
    /// vᵢ ~ N(0, k_B T / mᵢ)   for each component
    /// ```
    ///
    /// The draw is the canonical one: the centre of mass moves. Follow with [`remove_translation`] or
    /// [`remove_rotation`] for a molecule that should stay; its mean temperature is then that of fewer degrees of
    /// freedom.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the temperature is negative or not finite.
    ///
    /// [`remove_translation`]: Self::remove_translation
    /// [`remove_rotation`]: Self::remove_rotation
    pub fn maxwell_boltzmann(&self, temperature: f64, rng: &mut Rng) -> Result<Vec<Vec3>> {
        if !(temperature.is_finite() && temperature >= 0.0) {
            let got = temperature.to_string();
            return Err(Error::InvalidArgument { what: "temperature [K]", expected: "finite and not negative", got });
        }
        let draw = |mass: &f64| {
            let sigma = (BOLTZMANN * temperature / mass).sqrt();
            let [x, y, z] = [(); 3].map(|()| sigma * rng.normal());
            Vec3::new(x, y, z)
        };
        Ok(self.masses.iter().map(draw).collect())
    }

    /// Centre of mass [Å] of positions as they are, not wrapped; NaN without atoms.
    ///
    /// # Panics
    /// If `positions` is of another length.
    #[must_use]
    pub fn center_of_mass(&self, positions: &[Vec3]) -> Vec3 {
        self.weighted_sum(positions) / self.total_mass()
    }

    /// Total momentum Σ mᵢ vᵢ [u Å/(Å√(u/eV))].
    ///
    /// # Panics
    /// If `velocities` is of another length.
    #[must_use]
    pub fn momentum(&self, velocities: &[Vec3]) -> Vec3 {
        self.weighted_sum(velocities)
    }

    /// Angular momentum about the centre of mass, Σ mᵢ (xᵢ − X) × vᵢ.
    ///
    /// # Panics
    /// If `positions` or `velocities` is of another length.
    #[must_use]
    pub fn angular_momentum(&self, positions: &[Vec3], velocities: &[Vec3]) -> Vec3 {
        assert_eq!(velocities.len(), self.atoms(), "velocities of another number of atoms");
        let center = self.center_of_mass(positions);
        let moments = self.masses.iter().zip(positions).zip(velocities);
        moments.map(|((m, x), v)| (x - center).cross(v) * *m).sum()
    }

    /// Takes the motion of the centre of mass out of `velocities`.
    ///
    /// # Panics
    /// If `velocities` is of another length.
    pub fn remove_translation(&self, velocities: &mut [Vec3]) {
        let drift = self.momentum(velocities) / self.total_mass();
        for v in velocities {
            *v -= drift;
        }
    }

    /// Takes the rotation about the centre of mass out of `velocities`: v → v − ω × (x − X) with ω = I⁺ L.
    ///
    /// The pseudo-inverse of the inertia tensor leaves alone what does not rotate: the axis of a linear molecule, an
    /// atom. For isolated molecules only: in a cell angular momentum is not conserved.
    ///
    /// # Panics
    /// If `positions` or `velocities` is of another length.
    pub fn remove_rotation(&self, positions: &[Vec3], velocities: &mut [Vec3]) {
        let center = self.center_of_mass(positions);
        let angular = self.angular_momentum(positions, velocities);
        let mut inertia = Mat3::zeros();
        for (m, x) in self.masses.iter().zip(positions) {
            let r = x - center;
            inertia += (Mat3::identity() * r.norm_squared() - r * r.transpose()) * *m;
        }
        let eigen = inertia.symmetric_eigen();
        let threshold = 1e-10 * eigen.eigenvalues.amax();
        let mut omega = Vec3::zeros();
        for (value, axis) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
            if *value > threshold {
                omega += axis * (axis.dot(&angular) / value);
            }
        }
        for (v, x) in velocities.iter_mut().zip(positions) {
            *v -= omega.cross(&(x - center));
        }
    }

    fn weighted_sum(&self, vectors: &[Vec3]) -> Vec3 {
        assert_eq!(vectors.len(), self.atoms(), "vectors of another number of atoms");
        self.masses.iter().zip(vectors).map(|(m, x)| x * *m).sum()
    }
}
