//! Structures of biomolecules: PDB in and out, mmCIF in.
//!
//! A [`Structure`] is a [`Molecule`](crate::Molecule) with a table of [`Residue`]s and [`AtomSite`]s beside it and a cell;
//! models with the same atoms are its conformers. Both formats are read into the same raw lists, and bonds, orders and
//! charges are found in one place: standard residues from a table of the Chemical Component Dictionary
//! (`data/residues.csv`), hydrogens and unknown atoms by distance, links by what the file states and by distance. See
//! docs/methods/formats.md. Deliberately not here: missing atoms, symmetry mates, secondary structure, crystallographic
//! CIF with fractional coordinates.

mod alternate;
mod bonds;
mod cif;
mod columns;
mod hybrid36;
mod implied;
mod mmcif;
mod model;
mod pdb;
mod raw;
mod residues;
#[cfg(test)]
mod tests;
mod write;

pub use mmcif::{parse_mmcif, read_mmcif};
pub use model::{AtomSite, Residue, Structure};
pub use pdb::{parse_pdb, read_pdb};
pub use write::write_pdb;
