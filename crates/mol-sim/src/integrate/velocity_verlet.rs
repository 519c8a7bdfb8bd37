//! Velocity Verlet: the microcanonical ensemble.

use crate::integrate::{Engine, Integrator, propagate};
use crate::{Error, Result};
use mol_core::{Rng, State, System, Vec3, units};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Configuration of [`VelocityVerlet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VelocityVerletConfig {
    /// Time step [Å√(u/eV)], positive; 0.5 fs, which free hydrogens need.
    pub time_step: f64,
}

impl Default for VelocityVerletConfig {
    fn default() -> Self {
        Self { time_step: 0.5 * units::FEMTOSECOND }
    }
}

/// Velocity Verlet, symplectic and time-reversible, of second order.
///
/// ```text
/// v ← v + dt/2 · F(x)/m      B
/// x ← x + dt · v             A
/// v ← v + dt/2 · F(x)/m      B
/// ```
/// `x` positions [Å], `v` velocities at the same time as `x` [Å per Å√(u/eV)], `F` forces [eV/Å], `m` masses \[u\],
/// `dt` time step [Å√(u/eV)]. The [invariant](Integrator::invariant) is the total energy K + U; it fluctuates with dt²
/// and does not drift. Not to be confused with leapfrog, whose velocities stand half a step before the positions (same
/// trajectory).
///
/// A harmonic oscillator of frequency 1 after one period, 100 steps, is where it began, within (ω dt)²/24 of the
/// phase:
///
/// ```
/// use mol_core::{Propagator, Seed, State, System, Element, Vec3};
/// use mol_sim::{HarmonicWell, VelocityVerlet, VelocityVerletConfig};
/// let system = System::new(vec![Element::from_symbol("C")?]);
/// let k = system.masses()[0]; // ω = √(k/m) = 1
/// let mut well = HarmonicWell::new(vec![Vec3::zeros()], k)?;
/// let config = VelocityVerletConfig { time_step: std::f64::consts::TAU / 100.0 };
/// let mut state = State::at_rest(vec![Vec3::x()]);
/// VelocityVerlet::new(&system, config)?.advance(&mut well, &mut state, 100, &mut Seed::new(0).rng())?;
/// assert!((state.positions[0].x - 1.0).abs() < 1e-6);
/// assert!((state.velocities[0].x + std::f64::consts::TAU.powi(3) / 1e4 / 24.0).abs() < 1e-5);
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
///
/// W. C. Swope, H. C. Andersen, P. H. Berens and K. R. Wilson, *J. Chem. Phys.* **76**, 637 (1982), appendix.
#[derive(Clone, Debug)]
pub struct VelocityVerlet {
    config: VelocityVerletConfig,
    masses: Arc<[f64]>,
    engine: Option<Engine>,
}

impl VelocityVerlet {
    /// The integrator for the masses of `system`.
    ///
    /// # Errors
    /// If the time step is not positive and finite.
    pub fn new(system: &System, config: VelocityVerletConfig) -> Result<Self> {
        Error::check("time step", "positive and finite", config.time_step, config.time_step > 0.0)?;
        Ok(Self { config, masses: system.masses().into(), engine: None })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &VelocityVerletConfig {
        &self.config
    }
}

/// v ← v + dt · F/m.
pub(super) fn kick(masses: &[f64], velocities: &mut [Vec3], forces: &[Vec3], dt: f64) {
    for ((v, force), mass) in velocities.iter_mut().zip(forces).zip(masses) {
        *v += force * (dt / mass);
    }
}

/// x ← x + dt · v.
pub(super) fn drift(state: &mut State, dt: f64) {
    for (x, v) in state.positions.iter_mut().zip(&state.velocities) {
        *x += v * dt;
    }
}

impl Integrator for VelocityVerlet {
    fn masses(&self) -> &[f64] {
        &self.masses
    }

    fn time_step(&self) -> f64 {
        self.config.time_step
    }

    fn first_half(&mut self, state: &mut State, forces: &[Vec3], _: &mut Rng) {
        kick(&self.masses, &mut state.velocities, forces, 0.5 * self.config.time_step);
        drift(state, self.config.time_step);
    }

    fn second_half(&mut self, state: &mut State, forces: &[Vec3], _: &mut Rng) {
        kick(&self.masses, &mut state.velocities, forces, 0.5 * self.config.time_step);
    }

    fn invariant(&self, total_energy: f64) -> f64 {
        total_energy
    }

    fn memory(&self) -> &[f64] {
        &[]
    }

    fn memory_mut(&mut self) -> &mut [f64] {
        &mut []
    }

    fn describe(&self) -> String {
        format!("{:?}", self.config)
    }

    fn boxed_clone(&self) -> Box<dyn Integrator> {
        Box::new(Self { engine: None, ..self.clone() })
    }
}

propagate!(VelocityVerlet);
