//! SMILES files: one molecule a line, its name behind it.
//!
//! What a line may be is fixed by use rather than by a standard: the first word is the SMILES, the rest the name. Deliberately
//! not here: tables with several columns (CSV), and what is computed of the molecules.

use super::Input;
use super::lines::Lines;
use crate::{Error, Molecule, Result};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// A molecule of a SMILES file.
#[derive(Clone, Debug, PartialEq)]
pub struct SmilesRecord {
    /// Line of the file, from 1.
    pub line: usize,
    /// The molecule.
    pub molecule: Molecule,
    /// What follows the SMILES, trimmed; empty if nothing does.
    pub name: String,
}

/// Molecules of a SMILES stream, one a line.
///
/// The first word of a line is the SMILES, the rest its name. Empty lines and lines that begin with `#` (no SMILES does)
/// are skipped. A line that cannot be read gives an error with its number, and the iterator goes on; it ends with the
/// stream, or with an error of the stream itself.
///
/// ```
/// use mol_core::io::SmilesReader;
/// let file = "CCO\tethyl alcohol\nc1ccccc\nO\n";
/// let records: Vec<_> = SmilesReader::new(file.as_bytes(), "memory").collect();
/// assert_eq!(records[0].as_ref().map(|record| record.name.as_str()).ok(), Some("ethyl alcohol"));
/// assert!(records[1].as_ref().unwrap_err().to_string().starts_with("memory:2: "));
/// assert_eq!(records[2].as_ref().map(|record| record.molecule.formula()).ok(), Some("H2O".to_owned()));
/// ```
#[derive(Debug)]
pub struct SmilesReader<R> {
    lines: Lines<R>,
}

/// Opens a SMILES file, gzip or not.
///
/// # Errors
/// [`Error::Io`] if the file cannot be opened; what is wrong inside comes from the iterator.
pub fn read_smiles(path: impl AsRef<Path>) -> Result<SmilesReader<Input>> {
    Ok(SmilesReader::new(super::open(path.as_ref())?, path.as_ref()))
}

impl<R: BufRead> SmilesReader<R> {
    /// A reader of `reader`; `name` is what errors call the source.
    pub fn new(reader: R, name: impl Into<PathBuf>) -> Self {
        Self { lines: Lines::new(reader, name, "SMILES") }
    }
}

impl<R: BufRead> Iterator for SmilesReader<R> {
    type Item = Result<SmilesRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.lines.begin_record();
            match self.lines.advance() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            let text = self.lines.line.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (smiles, name) = text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, ""));
            return Some(match Molecule::from_smiles(smiles) {
                Ok(molecule) => Ok(SmilesRecord { line: self.lines.number(), molecule, name: name.trim().to_owned() }),
                Err(error) => Err(self.lines.error(error.to_string())),
            });
        }
    }
}

/// Writes a molecule as a line of a SMILES file, its name (may be empty) behind a tab; conformers are not written.
///
/// ```
/// let mut file = Vec::new();
/// mol_core::io::write_smiles(&mut file, &mol_core::Molecule::from_smiles("OCC")?, "ethanol")?;
/// assert_eq!(file, b"OCC\tethanol\n");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidArgument`] for a name with a line break or white space at an end and for a molecule without atoms,
/// which would not be read back; [`Error::Io`] for what the writer reports.
pub fn write_smiles(out: &mut dyn Write, molecule: &Molecule, name: &str) -> Result<()> {
    let refused = |what, expected, got| Err(Error::InvalidArgument { what, expected, got });
    if name.contains(['\n', '\r']) || name.trim() != name {
        return refused("name in a SMILES file", "one line without white space at its ends", format!("{name:?}"));
    }
    if molecule.atom_count() == 0 {
        return refused("molecule of a SMILES file", "of at least one atom", "none".to_owned());
    }
    let text =
        if name.is_empty() { molecule.to_smiles() + "\n" } else { format!("{}\t{name}\n", molecule.to_smiles()) };
    out.write_all(text.as_bytes()).map_err(|source| Error::Io { path: "SMILES output".into(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut file = Vec::new();
        for (smiles, name) in [("C[C@H](N)C(=O)O", "alanine, L"), ("[Na+].[Cl-]", ""), ("*", "# not a comment")] {
            write_smiles(&mut file, &Molecule::from_smiles(smiles).unwrap(), name).unwrap();
        }
        let records: Vec<_> = SmilesReader::new(&file[..], "memory").map(Result::unwrap).collect();
        let seen: Vec<_> = records.iter().map(|r| (r.line, r.molecule.to_smiles(), r.name.as_str())).collect();
        assert_eq!(
            seen,
            [
                (1, "C[C@H](N)C(=O)O".to_owned(), "alanine, L"),
                (2, "[Na+].[Cl-]".to_owned(), ""),
                (3, "*".to_owned(), "# not a comment")
            ]
        );
    }

    #[test]
    fn lines_that_fail_are_named_and_passed() {
        let bytes = b"# comment\r\n\r\n  CC  ethane \r\n\xff\xfe\nC(\nC\n";
        let got: Vec<_> = SmilesReader::new(&bytes[..], "m").collect();
        assert_eq!(got.len(), 4);
        let first = got[0].as_ref().unwrap();
        assert_eq!((first.line, first.name.as_str()), (3, "ethane"));
        assert!(got[1].as_ref().unwrap_err().to_string().starts_with("m:4: expected text in UTF-8"));
        assert!(got[2].as_ref().unwrap_err().to_string().starts_with("m:5: "));
        assert_eq!(got[3].as_ref().unwrap().line, 6);
    }

    #[test]
    fn names_that_would_not_come_back_are_refused() {
        let water = Molecule::from_smiles("O").unwrap();
        for name in ["a\nb", " a", "a ", "\r"] {
            assert!(write_smiles(&mut Vec::new(), &water, name).is_err(), "{name:?}");
        }
        assert!(write_smiles(&mut Vec::new(), &Molecule::default(), "x").is_err());
    }
}
