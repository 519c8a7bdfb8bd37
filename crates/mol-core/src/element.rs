//! Chemical elements.

use crate::{Error, Result};

/// A chemical element by its atomic number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Element(u8);

impl Element {
    /// Hydrogen.
    pub const H: Self = Self(1);
    /// Carbon.
    pub const C: Self = Self(6);
    /// Oxygen.
    pub const O: Self = Self(8);

    /// The element of a symbol, e.g. "Cl".
    ///
    /// # Errors
    /// [`Error::UnknownElement`] if there is none.
    pub fn from_symbol(symbol: &str) -> Result<Self> {
        match symbol {
            "H" => Ok(Self::H),
            "C" => Ok(Self::C),
            "O" => Ok(Self::O),
            _ => Err(Error::UnknownElement { symbol: symbol.to_owned() }),
        }
    }

    /// Atomic number Z.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Standard atomic mass [u].
    #[must_use]
    pub fn mass(self) -> f64 {
        match self.0 {
            1 => 1.008,
            6 => 12.011,
            _ => 15.999,
        }
    }
}
