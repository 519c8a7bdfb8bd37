//! Environments: the textbook task on which learners are tested, and torsions of molecules.

mod chain;
mod torsion;

pub use chain::Chain;
pub use torsion::{
    ContinuousTorsions, SingleTorsion, TorsionEnvironment, TorsionEnvironmentConfig, TorsionGraph, TorsionMemory,
    TorsionObservation, TorsionRecorder, TorsionStart,
};
