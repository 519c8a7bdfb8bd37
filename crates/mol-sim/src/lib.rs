//! Molecular dynamics, force fields and enhanced sampling over any potential energy surface.
//!
//! - A [`Simulation`] is a system, its state, a [`Potential`](mol_core::Potential) and an [`Integrator`]; [`Walkers`]
//!   are many of them whose forces are computed in batches on all cores. Observers watch both; both are saved and
//!   restored to the bit.
//! - Integrators: [`VelocityVerlet`] and [`Langevin`]; each is also a [`Propagator`](mol_core::Propagator), which is how
//!   mol-rl and mol-gen simulate without this crate.
//! - [`ExtxyzTrajectory`] writes frames; [`Recorder`] keeps them in step with checkpoints, so that a run may be killed
//!   at any moment.
//! - [`TimeSeries`] records collective variables of every walker, with histograms and their errors.
//! - Force field: [`HarmonicBonds`], [`HarmonicAngles`], [`PeriodicTorsions`], [`LennardJones`], added up by
//!   [`Sum`](mol_core::Sum); [`Uff`], the Universal Force Field of a molecule; surfaces with known answers: [`HarmonicWell`], [`DoubleWell`], [`MullerBrown`].
//!
//! A molecule of two atoms for a picosecond at 300 K, by any potential:
//!
//! ```
//! use mol_core::{Element, Seed, State, System, Vec3, units::PICOSECOND};
//! use mol_sim::{HarmonicBond, HarmonicBonds, Langevin, LangevinConfig, Simulation};
//!
//! let system = System::new(vec![Element::O; 2]);
//! let bond = HarmonicBonds::new(2, vec![HarmonicBond { atoms: [0, 1], k: 73.0, r0: 1.21 }])?;
//! let config = LangevinConfig { temperature: 300.0, friction: 10.0 / PICOSECOND, ..LangevinConfig::default() };
//! let langevin = Langevin::new(&system, config)?;
//! let start = State::at_rest(vec![Vec3::zeros(), Vec3::x() * 1.21]);
//! let mut simulation = Simulation::new(system, start, bond, langevin, Seed::new(7).rng())?;
//! simulation.run(2000, &mut ())?;
//! let length = (simulation.state().positions[1] - simulation.state().positions[0]).norm();
//! assert!((length - 1.21).abs() < 0.1); // √(kT/k) is 0.02 Å
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything is in the units of [`mol_core::units`]: Å, eV, u, K and Å√(u/eV) = 10.1805 fs.

mod analyse;
mod checkpoint;
mod dynamics;
mod error;
mod forcefield;
mod integrate;
mod simulation;
mod trajectory;
mod walkers;

pub use analyse::TimeSeries;
pub use checkpoint::{load_from, save_to};
pub use dynamics::{Dynamics, Moment};
pub use error::{Divergence, Error, Result, TermReport};
pub use forcefield::{
    DoubleWell, HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, HarmonicWell, LennardJones,
    LennardJonesConfig, MullerBrown, PeriodicTorsion, PeriodicTorsions, Truncation, Uff, UffAromaticity, UffConfig,
};
pub use integrate::{Integrator, Langevin, LangevinConfig, VelocityVerlet, VelocityVerletConfig};
pub use simulation::{Ended, Simulation};
pub use trajectory::{ExtxyzTrajectory, ExtxyzTrajectoryConfig, Recorder, RecorderConfig};
pub use walkers::Walkers;
