//! Deep learning for molecular modelling in one workspace.
pub use mol_core::*;
#[cfg(feature = "gen")]
pub use mol_gen as generative;
#[cfg(feature = "nn")]
pub use mol_nn as nn;
#[cfg(feature = "rl")]
pub use mol_rl as rl;
#[cfg(feature = "sim")]
pub use mol_sim as sim;
