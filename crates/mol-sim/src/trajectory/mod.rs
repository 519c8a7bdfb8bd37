//! Trajectories, and keeping them in step with checkpoints.
//!
//! [`ExtxyzTrajectory`] appends frames to an extended XYZ file, which ASE, OVITO and VMD read. [`Recorder`] adds
//! checkpoints: the length of the trajectory is in the checkpoint, and resuming cuts the file back to it, so that a
//! run that was killed at any moment and resumed leaves the bytes of one that was not. Deliberately not here: binary
//! formats (XTC, DCD), which come with their readers in mol-core.

mod extxyz;
mod recorder;

pub use extxyz::{ExtxyzTrajectory, ExtxyzTrajectoryConfig};
pub use recorder::{Recorder, RecorderConfig};
