//! Files: readers are iterators of `Result`, and no reader panics, whatever the bytes.
//!
//! XYZ and extended XYZ in and out ([`read_extxyz`], [`ExtxyzReader`], [`write_extxyz`], [`ExtxyzWriter`]), SDF and MOL
//! V2000 ([`read_sdf`], [`SdfReader`], [`write_sdf`]), and files that survive a crash ([`write_atomic`]). A frame of a file is a [`Snapshot`]; its energies and forces are converted on
//! entry from the units declared in [`ReadOptions`].
//!
//! Deliberately not here: trajectories of a running simulation (`mol-sim`) and models (`tensor`), which build on these.

mod atomic;
mod formal;
mod header;
mod lines;
mod mol2;
mod open;
mod reader;
mod sdf;
mod smiles_file;
mod snapshot;
mod structure;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub use atomic::write_atomic;
pub use lines::{LONGEST_LINE, LONGEST_RECORD, MOST_ATOMS};
pub use mol2::{Mol2Reader, Mol2Record, Substructure, read_mol2, write_mol2};
pub use open::{Input, Output, create, open};
pub use reader::{ExtxyzReader, read_extxyz, read_extxyz_with};
pub use sdf::{
    SdfLayout, SdfReader, SdfRecord, SdfVersion, StereoGroup, StereoKind, read_sdf, write_sdf, write_sdf_as,
};
pub use smiles_file::{SmilesReader, SmilesRecord, read_smiles, write_smiles};
pub use snapshot::{EnergyUnit, LengthUnit, ReadOptions, Snapshot};
pub use structure::{AtomSite, Residue, Structure, parse_mmcif, parse_pdb, read_mmcif, read_pdb, write_pdb};
pub use value::{Column, Fields, Value, Values};
pub use writer::{ExtxyzWriter, write_extxyz};
