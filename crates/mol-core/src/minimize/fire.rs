//! FIRE: damped dynamics with an adaptive time step.

use super::{Descent, Method, Move, check_positive, dot};
use crate::{Error, Result, Vec3};

/// Fast inertial relaxation engine: dynamics that is turned towards the force and stopped when it goes uphill.
///
/// ```text
/// P = F·v
/// P > 0:  v ← (1 − α) v + α |v| F/|F|;   after N steps in a row:  Δt ← min(f₊ Δt, Δt_max),  α ← f_α α
/// P ≤ 0:  v ← 0,  Δt ← f₋ Δt,  α ← α₀
/// v ← v + Δt F;   x ← x + Δt v,   shortened to `max_step` in all coordinates together
/// ```
///
/// All masses are 1 u, and the defaults are those of ASE, whose iterates this reproduces. It needs one evaluation per
/// iteration and no energies, so it bears noisy and discontinuous potentials that upset a line search; on smooth ones
/// [`Lbfgs`](super::Lbfgs) is several times faster.
///
/// E. Bitzek, P. Koskinen, F. Gähler, M. Moseler and P. Gumbsch, *Phys. Rev. Lett.* **97**, 170201 (2006).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fire {
    /// First time step Δt [Å√(u/eV)].
    pub time_step: f64,
    /// Longest time step `Δt_max` [Å√(u/eV)].
    pub max_time_step: f64,
    /// Longest displacement of a step, as the norm over all coordinates [Å].
    pub max_step: f64,
    /// Steps downhill before Δt grows, N.
    pub delay: u32,
    /// Growth of Δt, f₊ > 1.
    pub growth: f64,
    /// Shrinking of Δt, 0 < f₋ < 1.
    pub shrinking: f64,
    /// First mixing parameter, 0 < α₀ ≤ 1.
    pub mixing: f64,
    /// Decay of α, 0 < `f_α` ≤ 1.
    pub mixing_decay: f64,
}

impl Default for Fire {
    fn default() -> Self {
        Self {
            time_step: 0.1,
            max_time_step: 1.0,
            max_step: 0.2,
            delay: 5,
            growth: 1.1,
            shrinking: 0.5,
            mixing: 0.1,
            mixing_decay: 0.99,
        }
    }
}

impl Method for Fire {
    fn begin(&self, positions: &[Vec3]) -> Result<Box<dyn Descent>> {
        check_positive("time step of FIRE", self.time_step)?;
        check_positive("longest time step of FIRE", self.max_time_step)?;
        check_positive("longest step of FIRE [Å]", self.max_step)?;
        let fraction = |what, value: f64| {
            let good = value > 0.0 && value <= 1.0;
            let error = Error::InvalidArgument { what, expected: "in (0, 1]", got: value.to_string() };
            if good { Ok(()) } else { Err(error) }
        };
        fraction("shrinking of FIRE", self.shrinking)?;
        fraction("mixing of FIRE", self.mixing)?;
        fraction("decay of the mixing of FIRE", self.mixing_decay)?;
        if !(self.growth.is_finite() && self.growth >= 1.0) {
            let got = self.growth.to_string();
            return Err(Error::InvalidArgument { what: "growth of FIRE", expected: "at least 1", got });
        }
        Ok(Box::new(Running {
            config: self.clone(),
            positions: positions.to_vec(),
            velocities: vec![Vec3::zeros(); positions.len()],
            time_step: self.time_step,
            mixing: self.mixing,
            downhill: 0,
            moving: false,
        }))
    }
}

struct Running {
    config: Fire,
    positions: Vec<Vec3>,
    velocities: Vec<Vec3>,
    time_step: f64,
    mixing: f64,
    /// Steps downhill in a row.
    downhill: u32,
    /// False until the first step.
    moving: bool,
}

impl Descent for Running {
    fn trial(&self) -> &[Vec3] {
        &self.positions
    }

    fn tell(&mut self, _: f64, forces: &[Vec3]) -> Move {
        let config = &self.config;
        if self.moving {
            if dot(forces, &self.velocities) > 0.0 {
                let speed = dot(&self.velocities, &self.velocities).sqrt();
                let turn = self.mixing * speed / dot(forces, forces).sqrt();
                for (v, f) in self.velocities.iter_mut().zip(forces) {
                    *v = *v * (1.0 - self.mixing) + f * turn;
                }
                if self.downhill > config.delay {
                    self.time_step = (self.time_step * config.growth).min(config.max_time_step);
                    self.mixing *= config.mixing_decay;
                }
                self.downhill += 1;
            } else {
                self.velocities.fill(Vec3::zeros());
                self.mixing = config.mixing;
                self.time_step *= config.shrinking;
                self.downhill = 0;
            }
        }
        self.moving = true;
        for (v, f) in self.velocities.iter_mut().zip(forces) {
            *v += f * self.time_step;
        }
        let length = self.time_step * dot(&self.velocities, &self.velocities).sqrt();
        let shortened = if length > config.max_step { config.max_step / length } else { 1.0 };
        for (x, v) in self.positions.iter_mut().zip(&self.velocities) {
            *x += v * (self.time_step * shortened);
        }
        Move::Accepted
    }
}
