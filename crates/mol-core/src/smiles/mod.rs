//! SMILES: molecules as lines of text, by the `OpenSMILES` specification (version 1.0, <http://opensmiles.org>; Weininger,
//! *J. Chem. Inf. Comput. Sci.* **28**, 31 (1988)).
//!
//! [`Molecule::from_smiles`] reads the whole grammar, strictly: what the specification's grammar does not derive is an
//! [`Error`] with its offset, never a guess; [`SmilesReader`] can be lenient and then says what it tolerated. Two additions:
//! ring numbers above 99 as `%(nnn)`, and aromatic `te`. Neither reader nor writer recurses, so a chain of a million branches
//! needs no stack. [`Molecule::to_smiles`] writes every field of every molecule; reading it back gives the same graph and
//! stereochemistry, and from then on the same text. [`Molecule::to_canonical_smiles`] writes the canonical form, and
//! [`SmilesWriter`] knows the other ways: rooted, random, Kekulé, without stereo.
//!
//! Aromaticity is what the text says (lower case); a bond left out between two aromatic atoms is aromatic if it lies on a
//! ring, else single. The method page `docs/methods/smiles.md` has the details.
//!
//! Deliberately not here: perception of aromaticity, the search for the canonical numbering (module `canon`), reactions, and
//! the meaning of CXSMILES extensions.

mod bracket;
mod error;
pub(crate) mod neighbors;
mod number;
mod read;
mod reader;
mod rings;
pub(crate) mod sheet;
mod stereo;
pub(crate) mod write;
mod writer;

pub use error::{Error, ErrorKind, Leniency, Warning};
pub(crate) use number::leading_number;
pub use reader::{SmilesReader, SmilesReading};
pub use writer::{SmilesOrder, SmilesWriter};

use crate::Molecule;
use std::str::FromStr;

impl Molecule {
    /// Reads a SMILES; white space may follow it. The empty text is the empty molecule.
    ///
    /// Atoms and bonds are numbered as written.
    ///
    /// ```
    /// use mol_core::{BondOrder, Molecule};
    /// let aspirin = Molecule::from_smiles("CC(=O)Oc1ccccc1C(=O)O")?;
    /// assert_eq!((aspirin.atom_count(), aspirin.formula().as_str()), (13, "C9H8O4"));
    /// assert_eq!(aspirin.bonds().filter(|(_, bond)| bond.order == BondOrder::Aromatic).count(), 6);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`] with the offset of the first fault. Time and memory are linear in the length of the text.
    pub fn from_smiles(smiles: &str) -> Result<Self, Error> {
        read::read(smiles, false).map(|(molecule, ..)| molecule)
    }

    /// Writes a SMILES, atoms in the order of their numbers as far as a depth-first walk allows.
    ///
    /// All fields of all atoms and bonds are kept; conformers are not part of SMILES. One thing is made explicit: atoms
    /// that need brackets (charged, labelled, outside the organic subset) state their hydrogens afterwards. The text is not
    /// canonical: it depends on the numbering.
    ///
    /// ```
    /// let alanine = mol_core::Molecule::from_smiles("[C@@H](C)(C(O)=O)N")?;
    /// assert_eq!(alanine.to_smiles(), "[C@@H](C)(C(O)=O)N");
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn to_smiles(&self) -> String {
        let priority: Vec<u32> = (0..self.atom_count() as u32).collect();
        write::write(&sheet::Sheet::of(self), &priority, write::Explicit::default()).0
    }
}

impl FromStr for Molecule {
    type Err = Error;

    fn from_str(smiles: &str) -> Result<Self, Error> {
        Self::from_smiles(smiles)
    }
}
