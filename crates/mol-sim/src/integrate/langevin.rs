//! Langevin dynamics by the BAOAB splitting: the canonical ensemble.

use crate::integrate::velocity_verlet::{drift, kick};
use crate::integrate::{Engine, Integrator, propagate};
use crate::{Error, Result};
use mol_core::{Rng, State, System, Vec3, units};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Configuration of [`Langevin`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LangevinConfig {
    /// Time step [Å√(u/eV)], positive; 0.5 fs, which free hydrogens need.
    pub time_step: f64,
    /// Temperature of the bath \[K\], not negative; 300 K.
    pub temperature: f64,
    /// Friction γ [1/(Å√(u/eV))], not negative; 1 ps⁻¹, written `1.0 / PICOSECOND`.
    pub friction: f64,
}

impl Default for LangevinConfig {
    fn default() -> Self {
        Self { time_step: 0.5 * units::FEMTOSECOND, temperature: 300.0, friction: 1.0 / units::PICOSECOND }
    }
}

/// Langevin dynamics, m dv = F dt − γ m v dt + √(2 γ m kT) dW, by the splitting BAOAB.
///
/// ```text
/// v ← v + dt/2 · F(x)/m                      B
/// x ← x + dt/2 · v                           A
/// v ← c v + √((1 − c²) kT/m) · R             O   c = exp(−γ dt), R standard normal
/// x ← x + dt/2 · v                           A
/// v ← v + dt/2 · F(x)/m                      B
/// ```
/// `x` positions [Å], `v` velocities [Å per Å√(u/eV)], `F` forces [eV/Å], `m` masses \[u\], `γ` friction
/// [1/(Å√(u/eV))], `T` temperature \[K\].
///
/// Configurations of a harmonic potential are sampled exactly at any stable time step, those of others with an error
/// that is of fourth order at high friction; velocities carry an error of order dt², so the kinetic temperature reads
/// low: kT (1 − ω²dt²/4) for a mode of frequency ω, which is a property of the estimate and not of the sampling.
///
/// Differs from `OpenMM`'s `LangevinMiddleIntegrator` ("LF-middle", BAOA-like: one full B, then A O A), which has the
/// same configurations, while its velocities stand half a step apart from the positions; and from
/// Brünger–Brooks–Karplus, whose configurations are wrong by dt².
///
/// The [invariant](Integrator::invariant) is the effective energy: total energy minus the heat taken up in O, constant
/// up to dt². All 3N degrees of freedom are thermostatted, the centre of mass included. Without friction no random
/// number is drawn and the step is velocity Verlet with its drift taken in two halves.
///
/// A free atom keeps c per step of its velocity at T = 0:
///
/// ```
/// use mol_core::{Element, Propagator, Seed, State, System, Vec3};
/// use mol_sim::{HarmonicWell, Langevin, LangevinConfig};
/// let system = System::new(vec![Element::from_symbol("C")?]);
/// let mut free = HarmonicWell::new(vec![Vec3::zeros()], 0.0)?;
/// let config = LangevinConfig { time_step: 0.1, temperature: 0.0, friction: 2.0 };
/// let mut state = State::at_rest(vec![Vec3::zeros()]);
/// state.velocities[0].x = 1.0;
/// Langevin::new(&system, config)?.advance(&mut free, &mut state, 10, &mut Seed::new(0).rng())?;
/// assert!((state.velocities[0].x - f64::exp(-2.0)).abs() < 1e-15); // c¹⁰ = exp(−γ t)
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
///
/// B. Leimkuhler and C. Matthews, *Appl. Math. Res. Express* **2013**, 34; *J. Chem. Phys.* **138**, 174102 (2013).
/// Heat and effective energy: G. Bussi and M. Parrinello, *Phys. Rev. E* **75**, 056707 (2007), Eq. 15.
#[derive(Clone, Debug)]
pub struct Langevin {
    config: LangevinConfig,
    masses: Arc<[f64]>,
    /// √((1 − c²) kT/m) [Å per Å√(u/eV)], shape `[atoms]`.
    noise: Arc<[f64]>,
    /// c = exp(−γ dt).
    keep: f64,
    /// Heat taken up from the bath so far [eV].
    heat: f64,
    engine: Option<Engine>,
}

impl Langevin {
    /// The integrator for the masses of `system`.
    ///
    /// # Errors
    /// If the time step is not positive, temperature or friction are negative, one of them is not finite.
    pub fn new(system: &System, config: LangevinConfig) -> Result<Self> {
        Error::check("time step", "positive and finite", config.time_step, config.time_step > 0.0)?;
        Error::check("temperature", "not negative and finite", config.temperature, config.temperature >= 0.0)?;
        Error::check("friction", "not negative and finite", config.friction, config.friction >= 0.0)?;
        let masses: Arc<[f64]> = system.masses().into();
        let keep = (-config.friction * config.time_step).exp();
        // 1 − c² by expm1: at weak friction the difference would lose half of its digits.
        let lose = -(-2.0 * config.friction * config.time_step).exp_m1();
        let noise = masses.iter().map(|m| (lose * units::BOLTZMANN * config.temperature / m).sqrt()).collect();
        Ok(Self { config, masses, noise, keep, heat: 0.0, engine: None })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &LangevinConfig {
        &self.config
    }

    /// Heat taken up from the bath so far [eV].
    #[must_use]
    pub const fn heat(&self) -> f64 {
        self.heat
    }
}

impl Integrator for Langevin {
    fn masses(&self) -> &[f64] {
        &self.masses
    }

    fn time_step(&self) -> f64 {
        self.config.time_step
    }

    fn first_half(&mut self, state: &mut State, forces: &[Vec3], rng: &mut Rng) {
        let half = 0.5 * self.config.time_step;
        kick(&self.masses, &mut state.velocities, forces, half);
        drift(state, half);
        if self.config.friction > 0.0 {
            let mut twice_heat = 0.0;
            for ((v, mass), noise) in state.velocities.iter_mut().zip(&*self.masses).zip(&*self.noise) {
                let before = v.norm_squared();
                let kick = Vec3::new(rng.normal(), rng.normal(), rng.normal());
                *v = *v * self.keep + kick * *noise;
                twice_heat += mass * (v.norm_squared() - before);
            }
            self.heat += 0.5 * twice_heat;
        }
        drift(state, half);
    }

    fn second_half(&mut self, state: &mut State, forces: &[Vec3], _: &mut Rng) {
        kick(&self.masses, &mut state.velocities, forces, 0.5 * self.config.time_step);
    }

    fn invariant(&self, total_energy: f64) -> f64 {
        total_energy - self.heat
    }

    fn memory(&self) -> &[f64] {
        std::slice::from_ref(&self.heat)
    }

    fn memory_mut(&mut self) -> &mut [f64] {
        std::slice::from_mut(&mut self.heat)
    }

    fn describe(&self) -> String {
        format!("{:?}", self.config)
    }

    fn boxed_clone(&self) -> Box<dyn Integrator> {
        Box::new(Self { engine: None, ..self.clone() })
    }
}

propagate!(Langevin);
