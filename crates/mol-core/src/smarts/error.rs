//! What can be wrong with a SMARTS, and where.

/// A SMARTS that cannot be read: the place and the reason.
///
/// ```
/// let error = mol_core::smarts::Pattern::from_smarts("[#6;;N]").unwrap_err();
/// assert_eq!(error.offset, 4);
/// assert_eq!(error.to_string(), "byte 4: expected an atom primitive, found ';'");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {kind}")]
pub struct Error {
    /// Where, in bytes from the beginning of the text.
    pub offset: usize,
    /// What.
    pub kind: ErrorKind,
}

/// The kinds of faults of a SMARTS.
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
    /// A number is too large.
    #[error("the {what} is at most {largest}")]
    NumberTooLarge {
        /// What the number counts.
        what: &'static str,
        /// The largest that is allowed.
        largest: u32,
    },
    /// A range whose first number is above its second.
    #[error("the range {{{low}-{high}}} is empty: write the smaller number first")]
    EmptyRange {
        /// The first number.
        low: u32,
        /// The second number.
        high: u32,
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
    /// A ring bond without its other end.
    #[error("ring bond {number} is opened here and never closed")]
    UnclosedRing {
        /// Its number.
        number: u32,
    },
    /// The two ends of a ring bond carry different expressions.
    #[error("ring bond {number} carries another bond expression at its other end, byte {other}")]
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
    /// A branch or a group of components without its end.
    #[error("the parenthesis opened here is never closed")]
    UnclosedParenthesis,
    /// Environments within environments, too many of them.
    #[error("environments $(…) are nested at most {largest} deep")]
    TooDeep {
        /// The largest depth.
        largest: usize,
    },
    /// Too many different environments.
    #[error("a pattern has at most {largest} different environments $(…)")]
    TooManyEnvironments {
        /// The largest number.
        largest: usize,
    },
    /// More text than a pattern may have.
    #[error("a SMARTS has at most {largest} bytes")]
    TooLong {
        /// The largest length.
        largest: usize,
    },
}
