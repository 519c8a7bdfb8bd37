//! SELFIES: molecules as strings in which nothing can be wrong.
//!
//! A SELFIES is a list of symbols in square brackets. Each is read in the light of the bonds that are still free, so *every*
//! list of symbols is a molecule that keeps the valences of a table, which is what a generator wants: it can mutate, cross and
//! sample without a parser in its way. [`Molecule::to_selfies`] and [`Molecule::from_selfies`] translate; [`symbols`] takes a
//! string apart; an [`Alphabet`] turns strings into labels and back; [`Constraints`] is the table of valences.
//!
//! The language is that of version 2 of the Python package `selfies` (Krenn et al., *Mach. Learn.: Sci. Technol.* **1**, 045024
//! (2020); Lo et al., *Digital Discovery* **2**, 897 (2023)): the same string means the same molecule, and a molecule written
//! from the same SMILES, if that is a Kekulé structure, is the same string. See docs/methods/selfies.md. Deliberately not here:
//! symbols of version 1, group symbols, and atom maps (they are left out).

mod alphabet;
mod build;
mod constraints;
mod decode;
mod encode;
mod error;
mod stereo;
mod symbol;
#[cfg(test)]
mod tests;

pub use alphabet::Alphabet;
pub use constraints::Constraints;
pub use error::Error;

use crate::{Molecule, Result};

/// Most symbols that a branch can have, and most atoms that a ring bond can reach back: three digits of base 16.
pub const REACH: usize = 4096;

impl Molecule {
    /// Writes a SELFIES, atoms in the order of their numbers as far as a walk along the bonds allows; aromatic bonds as
    /// single and double ones.
    ///
    /// A molecule read from a SMILES keeps the order of that text, so random SMILES give random SELFIES. Atom maps are left
    /// out, everything else is kept: [`from_selfies`](Self::from_selfies) gives the same compound back.
    ///
    /// ```
    /// let glycine = mol_core::Molecule::from_smiles("NCC(=O)O")?;
    /// assert_eq!(glycine.to_selfies()?, "[N][C][C][=Branch1][C][=O][O]");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned; [`Error`] for an atom of more bonds than
    /// [`Constraints::default`] allows (perchlorates, N(=O)=O written so), and for what the language lacks: wildcards,
    /// quadruple bonds, stereo other than tetrahedral, of allenes and of double bonds, branches or rings beyond [`REACH`].
    pub fn to_selfies(&self) -> Result<String> {
        self.to_selfies_with(&Constraints::default())
    }

    /// As [`to_selfies`](Self::to_selfies), with another table of valences; a string means what it should only to a reader
    /// with a table that allows as much.
    ///
    /// # Errors
    /// As [`to_selfies`](Self::to_selfies).
    pub fn to_selfies_with(&self, constraints: &Constraints) -> Result<String> {
        encode::encode(self, constraints)
    }

    /// Reads a SELFIES: any list of symbols is a molecule.
    ///
    /// Symbols that ask for more bonds than are free get fewer, ring bonds that have no room are dropped, and what follows an
    /// atom without free bonds is ignored to the end of its branch. Direction marks and chirality that say nothing are kept
    /// where the molecule can hold them.
    ///
    /// ```
    /// use mol_core::Molecule;
    /// let benzene = Molecule::from_selfies("[C][=C][C][=C][C][=C][Ring1][=Branch1]")?;
    /// assert_eq!(benzene.formula(), "C6H6");
    /// // Fluorine has one bond: the rest of the chain is not there.
    /// assert_eq!(Molecule::from_selfies("[C][#F][C][C]")?.formula(), "CH3F");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`] naming the symbol that is none, or the place where brackets do not match. Time and memory are linear in
    /// the length of the text.
    pub fn from_selfies(selfies: &str) -> Result<Self> {
        Self::from_selfies_with(selfies, &Constraints::default())
    }

    /// As [`from_selfies`](Self::from_selfies), with another table of valences.
    ///
    /// # Errors
    /// As [`from_selfies`](Self::from_selfies).
    pub fn from_selfies_with(selfies: &str, constraints: &Constraints) -> Result<Self> {
        Ok(decode::decode(selfies, constraints)?)
    }
}

/// The symbols of a SELFIES, with their brackets; `.` between molecules is a symbol too.
///
/// ```
/// let all: Vec<&str> = mol_core::selfies::symbols("[C][=C].[F]").collect::<Result<_, _>>()?;
/// assert_eq!(all, ["[C]", "[=C]", ".", "[F]"]);
/// # Ok::<(), mol_core::selfies::Error>(())
/// ```
///
/// # Errors
/// Each item may be [`Error::Malformed`], after which nothing follows.
pub fn symbols(selfies: &str) -> impl Iterator<Item = Result<&str, Error>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let rest = selfies.get(offset..).filter(|rest| !rest.is_empty())?;
        let fault = |reason| Some(Err(Error::Malformed { offset, reason }));
        let length = match rest.as_bytes()[0] {
            b'.' => Some(1),
            b'[' => rest[1..].find(['[', ']']).filter(|&at| rest.as_bytes()[1 + at] == b']').map(|at| at + 2),
            _ => {
                let item = fault("expected [ or . here");
                offset = selfies.len();
                return item;
            }
        };
        let Some(length) = length else {
            let item = fault("this [ is not closed");
            offset = selfies.len();
            return item;
        };
        offset += length;
        Some(Ok(&rest[..length]))
    })
}
