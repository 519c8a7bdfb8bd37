//! The Boltzmann distribution of a potential in the coordinates of a generator.

use super::Coordinates;
use crate::{Error, Result};
use mol_core::{Derivatives, Frame, Potential, PotentialExt, Vec3, Want};
use rayon::prelude::*;
use std::sync::Arc;

/// Items per unit of parallel work.
const CHUNK: usize = 64;

/// Logarithmic limit of high energies.
///
/// ```text
/// c(u) = u                      u ≤ h
/// c(u) = h + ln(1 + u − h)      u > h
/// ```
///
/// u = β(E − E₀). Clashes of atoms, which every new generator draws, have energies of any size: unlimited, one of them is the
/// whole gradient. c is once continuously differentiable; it changes the minimum of the loss only where u > h.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Clip {
    /// Energy E₀ from which reduced energies are counted \[eV\], e.g. the least of the data.
    pub reference: f64,
    /// Reduced energy h above which they grow as a logarithm only.
    pub threshold: f64,
}

impl Clip {
    /// (c, dc/du) of the reduced energy β(E − E₀).
    #[must_use]
    pub fn apply(&self, u: f64) -> (f64, f64) {
        let above = u - self.threshold;
        if above > 0.0 { (self.threshold + above.ln_1p(), 1.0 / (1.0 + above)) } else { (u, 1.0) }
    }
}

/// What a target says of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Energy \[eV\]; +∞ where the features describe no positions.
    pub energy: f64,
    /// ln |det ∂x/∂y|; 0 where there are no positions.
    pub log_jacobian: f64,
}

/// The Boltzmann distribution exp(−E/kT) of a potential, as a density over features, up to its normalisation.
#[derive(Clone)]
pub struct Target {
    coordinates: Arc<dyn Coordinates>,
    potential: Box<dyn Potential>,
    kt: f64,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("atoms", &self.coordinates.atoms()).field("kt", &self.kt).finish_non_exhaustive()
    }
}

impl Target {
    /// Of `potential` at the thermal energy `kt` \[eV\] ([`BOLTZMANN`](mol_core::units::BOLTZMANN) times the temperature).
    ///
    /// # Errors
    /// If the potential is of another number of atoms than the coordinates, or kT is not positive and finite.
    pub fn new(coordinates: Arc<dyn Coordinates>, potential: &dyn Potential, kt: f64) -> Result<Self> {
        potential.check_atoms(coordinates.atoms())?;
        if !(kt.is_finite() && kt > 0.0) {
            let (what, expected) = ("thermal energy kT", "positive and finite");
            return Err(mol_core::Error::InvalidArgument { what, expected, got: kt.to_string() }.into());
        }
        Ok(Self { coordinates, potential: potential.boxed_clone(), kt })
    }

    /// The coordinates.
    #[must_use]
    pub fn coordinates(&self) -> &dyn Coordinates {
        &*self.coordinates
    }

    /// Thermal energy kT \[eV\].
    #[must_use]
    pub const fn kt(&self) -> f64 {
        self.kt
    }

    /// Number of features.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.coordinates.features().len()
    }

    /// A copy of the potential for one chunk of work.
    pub(super) fn potential(&self) -> Box<dyn Potential> {
        self.potential.boxed_clone()
    }

    /// Energies and Jacobians of `items`, shape `[n × features]` row by row, in chunks on the ambient pool.
    ///
    /// # Errors
    /// [`Error::PotentialFailed`] with the number of the first item whose energy is NaN, or −∞.
    ///
    /// # Panics
    /// If `items` is not a whole number of rows.
    pub fn evaluate(&self, items: &[f64]) -> Result<Vec<Evaluation>> {
        assert_eq!(items.len() % self.dim(), 0, "items against the target's features");
        let work = |(chunk, rows): (usize, &[f64])| -> Result<Vec<Evaluation>> {
            let mut potential = self.potential();
            let mut positions = vec![Vec3::zeros(); self.coordinates.atoms()];
            let mut out = Derivatives::new(positions.len(), Want::Energy);
            let rows = rows.chunks_exact(self.dim()).enumerate();
            let one = |(k, y): (usize, &[f64])| {
                let Ok(log_jacobian) = self.coordinates.to_positions(y, &mut positions) else {
                    return Ok(Evaluation { energy: f64::INFINITY, log_jacobian: 0.0 });
                };
                let energy = potential.accumulate(Frame::isolated(&positions), &mut out);
                check_energy(energy, chunk * CHUNK + k, &mut *potential)?;
                Ok(Evaluation { energy, log_jacobian })
            };
            rows.map(one).collect()
        };
        // The first failure in order, not in time.
        let parts: Vec<_> = items.par_chunks(CHUNK * self.dim()).enumerate().map(work).collect();
        Ok(parts.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }
}

/// Refuses NaN and −∞ with the potential's own reason.
pub(super) fn check_energy(energy: f64, item: usize, potential: &mut dyn Potential) -> Result<()> {
    if energy.is_nan() || energy == f64::NEG_INFINITY {
        let source = potential.take_fault().unwrap_or_else(|| format!("the energy is {energy}").into());
        return Err(Error::PotentialFailed { item, source });
    }
    Ok(())
}
