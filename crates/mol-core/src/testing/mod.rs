//! The contract of each trait as a function for tests, and the place of the reference data.
//!
//! An implementation of a trait of this crate is tested by one line, `check_…(&mut object, …)`, which panics with the
//! name of the broken promise, the atom or component, and both numbers. The functions are ordinary code behind the
//! feature `testing`, so that every crate of the workspace, and every user, tests its own implementations with them.

mod checkpoint;
mod numeric;
mod potential;
mod propagator;
mod reference;
mod transform;

pub use checkpoint::check_checkpoint;
pub use potential::{PotentialCheck, check_gradient, check_potential};
pub use propagator::check_propagator;
pub use reference::reference;

/// The message of the panic, or "passed".
#[cfg(test)]
fn outcome(check: impl FnOnce()) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)) {
        Ok(()) => "passed".to_owned(),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload.downcast_ref::<&str>().map_or_else(String::new, |text| (*text).to_owned()),
        },
    }
}
