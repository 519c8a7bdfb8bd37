//! What can be wrong with a SELFIES, or with a molecule that is to become one.

use crate::{AtomIndex, BondIndex};

/// A fault, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Brackets that do not match, or text between them.
    #[error("{reason} (at byte {offset})")]
    Malformed {
        /// Bytes before the fault.
        offset: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A symbol that the language does not have.
    #[error("symbol {position} is {symbol:?}: expected an atom, [BranchN], [RingN], [epsilon] or [nop]")]
    UnknownSymbol {
        /// The symbol.
        symbol: String,
        /// Its place among the symbols of its molecule, from 0, `[nop]` not counted.
        position: usize,
    },
    /// A symbol that an alphabet does not have.
    #[error("{symbol:?} is not in the alphabet of {size} symbols")]
    NotInAlphabet {
        /// The symbol, or the label.
        symbol: String,
        /// Size of the alphabet.
        size: usize,
    },
    /// A string that is longer than its place.
    #[error("{symbols} symbols do not fit into {length}: raise the length, or leave the string out")]
    TooLong {
        /// How many there are.
        symbols: usize,
        /// How many there may be.
        length: usize,
    },
    /// An atom of more bonds than its element may have.
    #[error(
        "atom {atom} has bonds of total order {bonds}, and the constraints allow {capacity}: SELFIES would lose some; \
         write it with charges, or raise the capacity"
    )]
    Capacity {
        /// The atom.
        atom: AtomIndex,
        /// Sum of its bond orders.
        bonds: usize,
        /// How much is allowed.
        capacity: usize,
    },
    /// An atom that the language has no symbol for.
    #[error("atom {atom}: SELFIES has no {what}")]
    UnsupportedAtom {
        /// The atom.
        atom: AtomIndex,
        /// What is missing.
        what: &'static str,
    },
    /// A bond that the language has no symbol for.
    #[error("bond {bond}: SELFIES has no {what}")]
    UnsupportedBond {
        /// The bond.
        bond: BondIndex,
        /// What is missing.
        what: &'static str,
    },
    /// A table of valences with an entry that cannot be.
    #[error("constraint {key:?}: {reason}")]
    Constraint {
        /// The entry.
        key: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}
