//! One molecule of a data set.

use crate::{Error, Molecule, Result};

/// A molecule of a data set with what stood beside it.
///
/// ```
/// use mol_core::{Molecule, data::Record};
/// let mut record = Record::new(Molecule::from_smiles("CCO")?);
/// record.properties.push(("logS".to_owned(), " 1.1".to_owned()));
/// assert_eq!(record.number("logS")?, 1.1);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Record {
    /// The molecule as it was written.
    pub molecule: Molecule,
    /// Its name, empty if it has none.
    pub name: String,
    /// Where it began in the file, from 1; `None` where the format does not tell.
    pub line: Option<usize>,
    /// The other columns or data fields as (name, text), in the order of the file.
    pub properties: Vec<(String, String)>,
}

impl Record {
    /// A record of nothing but a molecule.
    #[must_use]
    pub fn new(molecule: Molecule) -> Self {
        Self { molecule, ..Self::default() }
    }

    /// The text of the first property of this name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    /// A property as a number, blanks around it ignored.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no such property, or its text is no finite number.
    pub fn number(&self, name: &str) -> Result<f64> {
        let place = || self.line.map_or(String::new(), |line| format!(" in line {line}"));
        let refused = |got| Err(Error::InvalidArgument { what: "property", expected: "a finite number", got });
        let Some(text) = self.property(name) else {
            return refused(format!("none called {name:?}{}", place()));
        };
        match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => {
                let excerpt: String = text.chars().take(40).collect();
                refused(format!("{excerpt:?} of {name:?}{}", place()))
            }
        }
    }
}
