//! SDF: MDL's V2000 connection tables with data, in and out.
//!
//! A record is a [`Molecule`](crate::Molecule) with title, comment and data fields ([`SdfRecord`]). Valences, charges,
//! isotopes and radicals follow the rules of the format, and stereo is taken from coordinates (wedges if they are flat,
//! atom parities if there are none), as the format intends. See docs/methods/sdf.md.
//!
//! Deliberately not here: V3000 (refused by name), query atoms and bonds, S-groups (skipped), reaction files.

mod atoms;
mod parse;
mod reader;
mod record;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::{SdfReader, read_sdf};
pub use record::{SdfLayout, SdfRecord};
pub use writer::write_sdf;
