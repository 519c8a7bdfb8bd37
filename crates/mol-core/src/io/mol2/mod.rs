//! Tripos mol2: atom types and partial charges, several molecules a file, in and out.
//!
//! The format gives every atom a force-field type and every bond a type of its own (`ar`, `am`), but no formal charges:
//! these follow from the bonds, since all hydrogens are written. See docs/methods/formats.md. Deliberately not here: sets,
//! centroids, sequences and the other record types (skipped), and typing: types are kept, not made.

mod read;
mod record;
mod repair;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Mol2Reader, read_mol2};
pub use record::{Mol2Record, Substructure};
pub use write::write_mol2;
