//! A trajectory and the checkpoints that agree with it.

use crate::{Dynamics, Error, ExtxyzTrajectory, ExtxyzTrajectoryConfig, Result, checkpoint};
use mol_core::{Checkpoint, Fault, Observer, Stop};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Configuration of [`Recorder`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecorderConfig {
    /// What the trajectory holds and how often.
    pub trajectory: ExtxyzTrajectoryConfig,
    /// Steps between checkpoints, at least 1; 10 000.
    pub checkpoint_stride: u64,
}

impl Default for RecorderConfig {
    fn default() -> Self {
        Self { trajectory: ExtxyzTrajectoryConfig::default(), checkpoint_stride: 10_000 }
    }
}

/// Observer that writes a trajectory and checkpoints such that a run can be killed at any moment.
///
/// A checkpoint brings the trajectory to the disk first and then holds its length; [`resume`](Self::resume) cuts off
/// what was written after it. Of a run that was killed and resumed, the trajectory and the last checkpoint are to the
/// byte those of one that was not.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let (trajectory, checkpoint) = (folder.path().join("run.extxyz"), folder.path().join("run.checkpoint"));
/// use mol_core::{Element, Seed, State, System, Vec3};
/// use mol_sim::{Dynamics, HarmonicWell, Langevin, LangevinConfig, Recorder, RecorderConfig, Simulation};
/// let system = System::new(vec![Element::C]);
/// let well = HarmonicWell::new(vec![Vec3::zeros()], 1.0)?;
/// let langevin = Langevin::new(&system, LangevinConfig::default())?;
/// let start = State::at_rest(vec![Vec3::zeros()]);
/// let mut simulation = Simulation::new(system, start, well, langevin, Seed::new(1).rng())?;
/// let config = RecorderConfig { checkpoint_stride: 1000, ..RecorderConfig::default() };
/// let mut recorder = if checkpoint.exists() {
///     Recorder::resume(&trajectory, &checkpoint, config, &mut simulation)?
/// } else {
///     Recorder::create(&trajectory, &checkpoint, config)?
/// };
/// simulation.run(5000 - simulation.step(), &mut recorder)?;
/// recorder.save(&simulation)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recorder {
    trajectory: ExtxyzTrajectory,
    checkpoint: PathBuf,
    stride: u64,
}

impl Recorder {
    /// Starts a new trajectory; the checkpoint file is written when its first step comes.
    ///
    /// # Errors
    /// If the trajectory cannot be made or a stride is 0.
    pub fn create(trajectory: impl AsRef<Path>, checkpoint: impl AsRef<Path>, config: RecorderConfig) -> Result<Self> {
        check(&config)?;
        let trajectory = ExtxyzTrajectory::create(trajectory, config.trajectory)?;
        Ok(Self { trajectory, checkpoint: checkpoint.as_ref().to_owned(), stride: config.checkpoint_stride })
    }

    /// Brings `dynamics` and the trajectory back to the checkpoint.
    ///
    /// # Errors
    /// If the checkpoint is missing, damaged or of something else, or the trajectory shorter than it says; the message
    /// names the file. The trajectory is not cut unless everything else went well.
    pub fn resume(
        trajectory: impl AsRef<Path>,
        checkpoint: impl AsRef<Path>,
        config: RecorderConfig,
        dynamics: &mut dyn Dynamics,
    ) -> Result<Self> {
        check(&config)?;
        let mut length = Length(0);
        checkpoint::load_from(&checkpoint, &mut [&mut length, dynamics as &mut dyn Checkpoint])?;
        let trajectory = ExtxyzTrajectory::append(trajectory, length.0, config.trajectory)?;
        Ok(Self { trajectory, checkpoint: checkpoint.as_ref().to_owned(), stride: config.checkpoint_stride })
    }

    /// Writes a checkpoint now: after a run that was interrupted, or at its end.
    ///
    /// # Errors
    /// If a file cannot be written; the checkpoint before is then still there.
    pub fn save(&mut self, dynamics: &dyn Dynamics) -> Result<()> {
        let length = Length(self.trajectory.sync()?);
        checkpoint::save_to(&self.checkpoint, &[&length, dynamics as &dyn Checkpoint])
    }

    /// The trajectory.
    pub fn trajectory(&mut self) -> &mut ExtxyzTrajectory {
        &mut self.trajectory
    }
}

fn check(config: &RecorderConfig) -> Result<()> {
    let stride = config.checkpoint_stride;
    if stride > 0 { Ok(()) } else { Err(Error::argument("stride of checkpoints", "at least 1", stride)) }
}

impl<S: Dynamics> Observer<S> for Recorder {
    fn observe(&mut self, step: u64, dynamics: &S) -> ControlFlow<Stop> {
        self.trajectory.observe(step, dynamics)?;
        if !step.is_multiple_of(self.stride) {
            return ControlFlow::Continue(());
        }
        match self.save(dynamics) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Stop::Failed(error.into())),
        }
    }
}

/// Length of the trajectory [bytes], as a part of the checkpoint.
struct Length(u64);

impl Checkpoint for Length {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        mol_core::save_state(out, "molkit-trajectory", 1, &self.0)
    }

    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        self.0 = mol_core::load_state(from, "molkit-trajectory", 1)?;
        Ok(())
    }
}
