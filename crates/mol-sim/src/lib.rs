//! Molecular dynamics, force fields and enhanced sampling over any potential energy surface.

mod checkpoint;
mod dynamics;
mod error;
mod forcefield;
mod integrate;
mod simulation;
mod trajectory;
mod walkers;

pub use checkpoint::{load_from, save_to};
pub use dynamics::{Dynamics, Moment};
pub use error::{Divergence, Error, Result, TermReport};
pub use forcefield::{
    DoubleWell, HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, HarmonicWell, LennardJones,
    LennardJonesConfig, MullerBrown, PeriodicTorsion, PeriodicTorsions, Truncation,
};
pub use integrate::{Integrator, Langevin, LangevinConfig, VelocityVerlet, VelocityVerletConfig};
pub use simulation::{Ended, Simulation};
pub use trajectory::{ExtxyzTrajectory, ExtxyzTrajectoryConfig, Recorder, RecorderConfig};
pub use walkers::Walkers;
