//! Symbols as numbers: what a network reads and writes.

use super::{Constraints, Error, symbols};
use ndarray::Array2;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The symbol that means nothing and fills a string up to its length.
const PADDING: &str = "[nop]";

/// A list of symbols, each with its label: its place in the list. `[nop]` is the first and fills up.
///
/// ```
/// use mol_core::selfies::Alphabet;
/// let alphabet = Alphabet::of(["[C][=C][F]", "[C].[O]"])?;
/// assert_eq!(alphabet.symbols(), ["[nop]", ".", "[=C]", "[C]", "[F]", "[O]"]);
/// let labels = alphabet.labels("[C][F]", 4)?;
/// assert_eq!(labels, [3, 4, 0, 0]);
/// assert_eq!(alphabet.text(&labels)?, "[C][F]");
/// assert_eq!(alphabet.one_hot("[C][F]", 4)?.shape(), [4, 6]);
/// # Ok::<(), mol_core::selfies::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Alphabet {
    symbols: Vec<String>,
    labels: FxHashMap<String, usize>,
}

impl Alphabet {
    /// The symbols that occur in some strings, sorted by their text, after `[nop]`.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn of<'a>(strings: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let mut found = BTreeSet::new();
        for text in strings {
            for symbol in symbols(text) {
                found.insert(symbol?);
            }
        }
        Ok(Self::numbered(found.into_iter().map(str::to_owned)))
    }

    /// All symbols over the listed atoms of a table, with branches, rings and digits: whatever is made of them is a molecule
    /// that keeps the table. `.` is not among them, nor stereo.
    #[must_use]
    pub fn robust(constraints: &Constraints) -> Self {
        let mut found = BTreeSet::new();
        for (element, charge, capacity) in constraints.iter() {
            let charge = if charge == 0 { String::new() } else { format!("{charge:+}") };
            for (bond, order) in [("", 1), ("=", 2), ("#", 3)] {
                if order <= capacity {
                    found.insert(format!("[{bond}{}{charge}]", element.symbol()));
                }
            }
        }
        for digits in 1..=3 {
            for symbol in ["Ring", "=Ring", "Branch", "=Branch", "#Branch"] {
                found.insert(format!("[{symbol}{digits}]"));
            }
        }
        found.extend(super::symbol::DIGITS.map(str::to_owned));
        Self::numbered(found)
    }

    fn numbered(found: impl IntoIterator<Item = String>) -> Self {
        let rest = found.into_iter().filter(|symbol| symbol != PADDING);
        let symbols: Vec<String> = std::iter::once(PADDING.to_owned()).chain(rest).collect();
        let labels = symbols.iter().enumerate().map(|(label, symbol)| (symbol.clone(), label)).collect();
        Self { symbols, labels }
    }

    /// The symbols by their labels, `[nop]` first.
    #[must_use]
    pub fn symbols(&self) -> &[String] {
        &self.symbols
    }

    /// Number of symbols.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Never: `[nop]` is always there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// The label of a symbol.
    #[must_use]
    pub fn label(&self, symbol: &str) -> Option<usize> {
        self.labels.get(symbol).copied()
    }

    /// The labels of a string, filled up with 0 to `length`, shape `[length]`.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::NotInAlphabet`] or [`Error::Malformed`].
    pub fn labels(&self, selfies: &str, length: usize) -> Result<Vec<usize>, Error> {
        let mut labels = Vec::with_capacity(length);
        for symbol in symbols(selfies) {
            let symbol = symbol?;
            let unknown = || Error::NotInAlphabet { symbol: symbol.to_owned(), size: self.len() };
            labels.push(self.label(symbol).ok_or_else(unknown)?);
        }
        if labels.len() > length {
            return Err(Error::TooLong { symbols: labels.len(), length });
        }
        labels.resize(length, 0);
        Ok(labels)
    }

    /// The labels of a string as rows with a single 1, shape `[length, symbols]`.
    ///
    /// # Errors
    /// As [`labels`](Self::labels).
    pub fn one_hot(&self, selfies: &str, length: usize) -> Result<Array2<f32>, Error> {
        let mut rows = Array2::zeros((length, self.len()));
        for (row, label) in self.labels(selfies, length)?.into_iter().enumerate() {
            rows[(row, label)] = 1.0;
        }
        Ok(rows)
    }

    /// The string of labels; `[nop]` is left out.
    ///
    /// # Errors
    /// [`Error::NotInAlphabet`] for a label that is too large.
    pub fn text(&self, labels: &[usize]) -> Result<String, Error> {
        let unknown = |label: usize| Error::NotInAlphabet { symbol: label.to_string(), size: self.len() };
        let symbol = |&label: &usize| self.symbols.get(label).ok_or_else(|| unknown(label));
        let all = labels.iter().map(symbol).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|symbol| *symbol != PADDING).map(String::as_str).collect())
    }
}

impl From<Alphabet> for Vec<String> {
    fn from(alphabet: Alphabet) -> Self {
        alphabet.symbols
    }
}

impl TryFrom<Vec<String>> for Alphabet {
    type Error = Error;

    fn try_from(list: Vec<String>) -> Result<Self, Error> {
        let alphabet = Self::numbered(list.iter().cloned());
        if alphabet.symbols == list && alphabet.labels.len() == list.len() {
            return Ok(alphabet);
        }
        Err(Error::Malformed { offset: 0, reason: "an alphabet begins with [nop] and names each symbol once" })
    }
}
