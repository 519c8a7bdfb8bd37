//! Trajectories as extended XYZ.

use crate::{Dynamics, Error, Moment, Result};
use mol_core::io::{Column, ExtxyzWriter, Snapshot, Value, Values};
use mol_core::{Observer, Stop, System, units};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::Path;

/// Configuration of [`ExtxyzTrajectory`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExtxyzTrajectoryConfig {
    /// Steps between frames, at least 1; 100.
    pub stride: u64,
    /// Whether forces are written [eV/Å].
    pub forces: bool,
    /// Whether momenta are written [√(u eV)], in the column `momenta`, which ASE knows.
    pub momenta: bool,
}

impl Default for ExtxyzTrajectoryConfig {
    fn default() -> Self {
        Self { stride: 100, forces: false, momenta: false }
    }
}

/// Observer that appends a frame of every walker each [`stride`](ExtxyzTrajectoryConfig::stride) steps.
///
/// A frame has positions [Å], cell and energy \[eV\], and the keys `step`, `time` \[fs\], `kinetic_energy` \[eV\] and,
/// of several walkers, `walker`. Floats are written so that they read back to the bit. The frame of the start is
/// written by [`write`](Self::write), if it is wanted.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("run.extxyz");
/// use mol_core::{Element, Seed, State, System, Vec3, io::read_extxyz};
/// use mol_sim::{ExtxyzTrajectory, ExtxyzTrajectoryConfig, HarmonicWell, Langevin, LangevinConfig, Simulation};
/// let system = System::new(vec![Element::C]);
/// let well = HarmonicWell::new(vec![Vec3::zeros()], 1.0)?;
/// let langevin = Langevin::new(&system, LangevinConfig::default())?;
/// let start = State::at_rest(vec![Vec3::zeros()]);
/// let mut simulation = Simulation::new(system, start, well, langevin, Seed::new(1).rng())?;
/// let mut trajectory = ExtxyzTrajectory::create(&path, ExtxyzTrajectoryConfig { stride: 10, ..Default::default() })?;
/// simulation.run(100, &mut trajectory)?;
/// trajectory.sync()?;
/// let last = read_extxyz(&path)?.last().expect("ten frames")?;
/// assert_eq!(last.positions, simulation.state().positions);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ExtxyzTrajectory {
    writer: ExtxyzWriter,
    config: ExtxyzTrajectoryConfig,
}

impl ExtxyzTrajectory {
    /// Starts a new file, or empties the one that is there.
    ///
    /// # Errors
    /// If the file cannot be made or the stride is 0.
    pub fn create(path: impl AsRef<Path>, config: ExtxyzTrajectoryConfig) -> Result<Self> {
        check(&config)?;
        Ok(Self { writer: ExtxyzWriter::create(path)?, config })
    }

    /// Continues a file after its first `length` bytes and cuts off the rest.
    ///
    /// # Errors
    /// If the file is not there, cannot be written or is shorter, or the stride is 0.
    pub fn append(path: impl AsRef<Path>, length: u64, config: ExtxyzTrajectoryConfig) -> Result<Self> {
        check(&config)?;
        Ok(Self { writer: ExtxyzWriter::append(path, length)?, config })
    }

    /// Appends a frame of every walker, whatever the step.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, dynamics: &dyn Dynamics) -> Result<()> {
        for index in 0..dynamics.walkers() {
            let snapshot = snapshot(dynamics.system(), &dynamics.moment(index), &self.config)?;
            self.writer.write(&snapshot)?;
        }
        Ok(())
    }

    /// Brings all frames to the disk and returns the length of the file [bytes].
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn sync(&mut self) -> Result<u64> {
        Ok(self.writer.sync()?)
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &ExtxyzTrajectoryConfig {
        &self.config
    }
}

fn check(config: &ExtxyzTrajectoryConfig) -> Result<()> {
    if config.stride > 0 { Ok(()) } else { Err(Error::argument("stride of a trajectory", "at least 1", config.stride)) }
}

fn snapshot(system: &System, moment: &Moment<'_>, config: &ExtxyzTrajectoryConfig) -> Result<Snapshot> {
    let mut snapshot = Snapshot::new(system.elements().to_vec(), moment.state.positions.clone())?;
    snapshot.cell = moment.state.cell;
    snapshot.energy = Some(moment.potential_energy);
    if let Some(walker) = moment.walker {
        snapshot.info.insert("walker", Value::Integer(walker as i64));
    }
    snapshot.info.insert("step", Value::Integer(moment.state.step as i64));
    snapshot.info.insert("time", Value::Real(moment.time / units::FEMTOSECOND));
    snapshot.info.insert("kinetic_energy", Value::Real(moment.kinetic_energy));
    if config.forces {
        snapshot.forces = Some(moment.forces.to_vec());
    }
    if config.momenta {
        let momenta =
            system.masses().iter().zip(&moment.state.velocities).flat_map(|(m, v)| [m * v.x, m * v.y, m * v.z]);
        snapshot.columns.insert("momenta", Column::new(3, Values::Reals(momenta.collect()))?);
    }
    Ok(snapshot)
}

impl<S: Dynamics> Observer<S> for ExtxyzTrajectory {
    fn observe(&mut self, step: u64, dynamics: &S) -> ControlFlow<Stop> {
        if !step.is_multiple_of(self.config.stride) {
            return ControlFlow::Continue(());
        }
        match self.write(dynamics) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Stop::Failed(error.into())),
        }
    }
}
