//! Files: readers are iterators of `Result`, and no reader panics, whatever the bytes.
//!
//! | format | read | written |
//! |---|---|---|
//! | SDF and MOL, V2000 and V3000 | [`SdfReader`], [`read_sdf`] | [`write_sdf`], [`write_sdf_as`] |
//! | SMILES files | [`SmilesReader`], [`read_smiles`] | [`write_smiles`] |
//! | mol2 | [`Mol2Reader`], [`read_mol2`] | [`write_mol2`] |
//! | PDB | [`parse_pdb`], [`read_pdb`] | [`write_pdb`] |
//! | mmCIF | [`parse_mmcif`], [`read_mmcif`] | |
//! | XYZ and extended XYZ | [`ExtxyzReader`], [`read_extxyz`] | [`ExtxyzWriter`], [`write_extxyz`] |
//!
//! Each reader takes any buffered stream; [`open`] gives one of a file, gzip or not, and [`create`] writes one. What a reader
//! holds is bounded by [`LONGEST_LINE`], [`LONGEST_RECORD`] and [`MOST_ATOMS`]. A frame of an XYZ file is a [`Snapshot`], whose
//! energies and forces are converted on entry from the units declared in [`ReadOptions`]. [`write_atomic`] makes files that
//! survive a crash. See docs/methods/formats.md, sdf.md and extxyz.md.
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
