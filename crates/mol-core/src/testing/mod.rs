//! The contract of each trait as a function for tests, and the place of the reference data.
//!
//! An implementation of a trait of this crate is tested by one line, `check_…(&mut object, …)`, which panics with the
//! name of the broken promise, the atom or component, and both numbers. The functions are ordinary code behind the
//! feature `testing`, so that every crate of the workspace, and every user, tests its own implementations with them.

mod numeric;
mod potential;
mod reference;
mod transform;

pub use potential::{PotentialCheck, check_gradient, check_potential};
pub use reference::reference;
