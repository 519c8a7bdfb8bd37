//! What can be wrong with a SMILES, and where.

/// A SMILES that cannot be read: the place and the reason.
///
/// ```
/// let error = mol_core::Molecule::from_smiles("C1CCC").unwrap_err();
/// assert_eq!(error.offset, 1);
/// assert_eq!(error.to_string(), "byte 1: ring bond 1 is opened here and never closed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {kind}")]
pub struct Error {
    /// Where, in bytes from the beginning of the text.
    pub offset: usize,
    /// What.
    pub kind: ErrorKind,
}

/// The kinds of faults of a SMILES.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A character that cannot stand here.
    #[error("expected {expected}, found {found:?}")]
    Unexpected {
        /// The character.
        found: char,
        /// What could stand here.
        expected: &'static str,
    },
    /// The text stops too early.
    #[error("expected {expected}, found the end")]
    UnexpectedEnd {
        /// What is missing.
        expected: &'static str,
    },
    /// A reaction, of which `>` separates the parts.
    #[error("a reaction SMILES is no molecule: read the parts between the '>' one by one")]
    Reaction,
    /// Something follows the white space that ends a SMILES.
    #[error("text behind the SMILES: cut the line at the first blank")]
    TrailingText,
    /// No element has this symbol.
    #[error("unknown element {symbol:?}: expected a symbol from H to Og, an aromatic b c n o p s as se te, or *")]
    UnknownElement {
        /// The letters.
        symbol: String,
    },
    /// A number is too large.
    #[error("the {what} is at most {largest}")]
    NumberTooLarge {
        /// What the number counts.
        what: &'static str,
        /// The largest that is allowed.
        largest: u32,
    },
    /// No arrangement has this number.
    #[error("{class}{number} is no arrangement: {class} goes from 1 to {count}")]
    UnknownChirality {
        /// Two letters of the class.
        class: &'static str,
        /// The number given.
        number: u32,
        /// The largest of the class.
        count: u8,
    },
    /// A hydrogen with a hydrogen count.
    #[error("a hydrogen cannot count hydrogens: write [H][H]")]
    HydrogenOnHydrogen,
    /// A ring bond without its other end.
    #[error("ring bond {number} is opened here and never closed")]
    UnclosedRing {
        /// Its number.
        number: u32,
    },
    /// The two ends of a ring bond carry different symbols.
    #[error("ring bond {number} carries another bond symbol at its other end, byte {other}")]
    RingBondConflict {
        /// Its number.
        number: u32,
        /// Where it was opened.
        other: usize,
    },
    /// A ring bond from an atom to itself.
    #[error("ring bond {number} joins an atom with itself")]
    RingOnAtom {
        /// Its number.
        number: u32,
    },
    /// A ring bond between atoms that are bonded already.
    #[error("ring bond {number} is a second bond between the same atoms")]
    DuplicateBond {
        /// Its number.
        number: u32,
    },
    /// A branch without its end.
    #[error("the branch opened here is never closed")]
    UnclosedBranch,
    /// Two marks `/` or `\` put both neighbours of a double-bonded atom on the same side.
    #[error("the marks / and \\ put both neighbours of the double-bonded atom {atom} on one side")]
    DirectionConflict {
        /// The atom, counted from 0.
        atom: usize,
    },
    /// More text than atoms can be numbered.
    #[error("a SMILES has at most {largest} bytes")]
    TooLong {
        /// The largest length.
        largest: usize,
    },
}

/// Something that is not SMILES by the letter and was read leniently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("byte {offset}: {kind}")]
pub struct Warning {
    /// Where, in bytes from the beginning of the text.
    pub offset: usize,
    /// What.
    pub kind: Leniency,
}

/// What a lenient reader takes that the specification's grammar does not derive, and what it makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Leniency {
    /// White space before the text.
    #[error("white space before the SMILES is passed over")]
    LeadingBlank,
    /// A dot at the beginning or end, or two in a row.
    #[error("a dot without a component beside it is passed over")]
    StrayDot,
    /// A ring bond without its other end.
    #[error("a ring bond opened here and never closed is left out")]
    UnclosedRing,
    /// Other symbols at the two ends of a ring bond.
    #[error("of the two symbols of a ring bond the first counts")]
    RingBondConflict,
    /// A ring bond behind a branch, `C(C)1CC1`.
    #[error("a ring bond behind a branch is taken as one of the atom")]
    RingBondBehindBranch,
    /// Two bond symbols in a row, `CC/=C`.
    #[error("of two bond symbols in a row the last counts")]
    BondBeforeBond,
    /// A sign three times or more, `[Fe+++]`.
    #[error("signs are counted")]
    RepeatedSign,
    /// `[D]` or `[T]`.
    #[error("D and T are read as isotopes of hydrogen")]
    HydrogenIsotope,
    /// An atomic number in place of a symbol, `[#6]`.
    #[error("an atomic number is read as its element")]
    AtomicNumber,
    /// Two marks `/` or `\` that put both neighbours on one side.
    #[error("marks that contradict each other are dropped")]
    DirectionConflict,
}
