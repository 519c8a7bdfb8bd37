//! Reading by the letter or leniently.

use super::{Error, Warning, read};
use crate::Molecule;

/// How to read a SMILES.
///
/// By the letter, what the specification's grammar does not derive is an error ([`Molecule::from_smiles`]). Leniently,
/// what other programs write and take is read with a [`Warning`] for each liberty; [`Leniency`](super::Leniency) names them
/// all. What has no one meaning stays an error.
///
/// Limits of both: 2³² − 2 bytes, ring numbers to 99 999, isotopes to 999, charges to ±99, hydrogen counts to 9, atom
/// classes below 2³² − 1; branches nest without limit. Time and memory are linear in the length of the text.
///
/// ```
/// use mol_core::smiles::{Leniency, SmilesReader};
/// let reading = SmilesReader { lenient: true }.read("CC(O)1CC1.[Fe+++]. catalyst")?;
/// assert_eq!(reading.molecule.to_smiles(), "CC1(O)CC1.[Fe+3]");
/// assert_eq!(reading.rest, "catalyst");
/// let kinds: Vec<Leniency> = reading.warnings.iter().map(|warning| warning.kind).collect();
/// assert_eq!(kinds, [Leniency::RingBondBehindBranch, Leniency::RepeatedSign, Leniency::StrayDot]);
/// assert!(SmilesReader { lenient: false }.read("C. ").is_err());
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct SmilesReader {
    /// Whether to take what is not SMILES by the letter but has one meaning.
    pub lenient: bool,
}

/// What a [`SmilesReader`] has read.
#[derive(Clone, Debug, PartialEq)]
pub struct SmilesReading {
    /// The molecule.
    pub molecule: Molecule,
    /// What stands behind the blank that ends the SMILES: a name, or a CXSMILES extension between bars, not interpreted.
    pub rest: String,
    /// What was tolerated, in the order in which it was found.
    pub warnings: Vec<Warning>,
}

impl SmilesReader {
    /// Reads one line.
    ///
    /// # Errors
    /// [`Error`] with the offset of the first fault that is not tolerated.
    pub fn read(&self, text: &str) -> Result<SmilesReading, Error> {
        let (molecule, warnings, rest) = read::read(text, self.lenient)?;
        Ok(SmilesReading { molecule, rest: rest.to_owned(), warnings })
    }
}
