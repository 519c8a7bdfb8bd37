//! Files: readers are iterators of `Result`, and no reader panics, whatever the bytes.
//!
//! Deliberately not here: trajectories of a running simulation (`mol-sim`) and models (`tensor`), which build on
//! [`write_atomic`].

mod atomic;

pub use atomic::write_atomic;
