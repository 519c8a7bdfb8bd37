//! The contract of each trait as a function for tests, and the place of the reference data.
//!
//! An implementation of a trait of this crate is tested by one line, `check_…(&mut object, …)`, which panics with the
//! name of the broken promise, the atom or component, and both numbers. The functions are ordinary code behind the
//! feature `testing`, so that every crate of the workspace, and every user, tests its own implementations with them.

mod checkpoint;
mod environment;
mod numeric;
mod potential;
mod propagator;
mod reference;
mod sampler;
mod transform;
mod variable;

pub use checkpoint::check_checkpoint;
pub use environment::{EnvironmentCheck, check_discrete_environment, check_environment};
pub use potential::{PotentialCheck, check_gradient, check_potential};
pub use propagator::check_propagator;
pub use reference::reference;
pub use sampler::{check_dataset, check_density, check_sampler};
pub use variable::{check_collective_variable, check_featurizer};

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a check; a panic's message is prefixed with `context`.
fn in_context(context: &str, check: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(check)) {
        panic!("{context}: {}", message(payload));
    }
}

/// The text of a panic.
fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().map_or_else(String::new, |text| (*text).to_owned()),
    }
}

/// The message of the panic, or "passed".
#[cfg(test)]
fn outcome(check: impl FnOnce()) -> String {
    catch_unwind(AssertUnwindSafe(check)).map_or_else(message, |()| "passed".to_owned())
}
