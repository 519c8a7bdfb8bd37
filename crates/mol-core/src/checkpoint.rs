//! What must survive a restart.

use crate::Fault;

/// Saves and restores everything that a restart needs to continue bit for bit.
pub trait Checkpoint {
    /// Writes the state.
    ///
    /// # Errors
    /// The writer's failure.
    fn save(&self, out: &mut dyn std::io::Write) -> Result<(), Fault>;

    /// Reads it back into an object of the same configuration.
    ///
    /// # Errors
    /// The reader's failure, or a state of another kind, version or size; `self` is then unchanged.
    fn load(&mut self, from: &mut dyn std::io::Read) -> Result<(), Fault>;
}
