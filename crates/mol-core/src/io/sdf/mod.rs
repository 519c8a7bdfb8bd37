//! SDF: MDL's connection tables, V2000 and V3000, with data, in and out.
//!
//! A record is a [`Molecule`](crate::Molecule) with title, comment and data fields ([`SdfRecord`]). Valences, charges,
//! isotopes and radicals follow the rules of the format, and stereo is taken from coordinates (wedges if they are flat,
//! atom parities if there are none), as the format intends. See docs/methods/sdf.md.
//!
//! Deliberately not here: query atoms and bonds (refused by name), S-groups (skipped), reaction files.

mod atoms;
mod reader;
mod record;
mod table;
#[cfg(test)]
mod tests;
mod v2000;
mod v3000;
mod wedge;
mod write_v2000;
mod write_v3000;
mod writer;

pub use reader::{SdfReader, read_sdf};
pub use record::{SdfLayout, SdfRecord, SdfVersion, StereoGroup, StereoKind};
pub use writer::{write_sdf, write_sdf_as};
