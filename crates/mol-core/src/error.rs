//! The crate's error: what is wrong, what was expected, where it stands.

use std::path::PathBuf;

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in `mol-core`, each with the place and the remedy in its message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An array or list has another length or shape than its partner.
    #[error("{what}: expected shape {expected:?}, got {got:?}")]
    ShapeMismatch {
        /// The quantity whose shape is wrong.
        what: &'static str,
        /// The shape it must have.
        expected: Vec<usize>,
        /// The shape it has.
        got: Vec<usize>,
    },
    /// A number that must be finite is NaN or infinite.
    #[error("{what} {index}: {value} is not finite")]
    NotFinite {
        /// The quantity, e.g. "position of atom".
        what: &'static str,
        /// Its index.
        index: usize,
        /// The offending value.
        value: f64,
    },
    /// A parameter lies outside its range.
    #[error("{what} must be {expected}, got {got}")]
    InvalidArgument {
        /// The parameter.
        what: &'static str,
        /// The condition it must meet.
        expected: &'static str,
        /// What was given.
        got: String,
    },
    /// A symbol or atomic number that is no chemical element.
    #[error("unknown element {symbol:?}: expected a symbol from H to Og")]
    UnknownElement {
        /// The text that was read.
        symbol: String,
    },
    /// A file cannot be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file's text does not follow its format.
    #[error("{}:{line}: {message}", path.display())]
    Parse {
        /// The file, or the name the reader was given.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong and what was expected.
        message: String,
    },
    /// A model or checkpoint file that this build cannot take.
    #[error("{what}: {problem}")]
    Checkpoint {
        /// The file or object.
        what: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// More results than the caller asked for at most.
    #[error("more than {limit} {what}: raise the limit or take a smaller molecule")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// The caller's limit.
        limit: usize,
    },
    /// A text that is no SMILES.
    #[error("SMILES: {0}")]
    Smiles(#[from] crate::smiles::Error),
    /// Something that only its source knows went wrong on the way.
    #[error("{during}: {source}")]
    Fault {
        /// What was being done.
        during: &'static str,
        /// What went wrong.
        source: crate::Fault,
    },
    /// Aromatic bonds that cannot be written as alternating single and double ones.
    #[error(
        "aromatic bonds cannot be kekulized: no double bond is left for {}; state a hydrogen ([nH]) or a charge there",
        listed(atoms)
    )]
    Kekulize {
        /// Atoms that need a double bond and get none.
        atoms: Vec<crate::AtomIndex>,
    },
    /// Atoms with more bonds and hydrogens than they can have.
    #[error("valence too large: {}; check its bonds, hydrogens and charge", listed_faults(faults))]
    Valence {
        /// The atoms with their numbers.
        faults: Vec<crate::perceive::ValenceFault>,
    },
    /// No coordinates of a molecule could be found.
    #[error(
        "no coordinates found in {attempts} attempts: {problem}; allow more attempts, or check the stereo marks of the graph"
    )]
    Embedding {
        /// How many were allowed.
        attempts: usize,
        /// What was wrong with the last one: the centre, bond or pair.
        problem: String,
    },
    /// The drawing library refused a figure.
    #[error("figure cannot be drawn: {reason}")]
    Drawing {
        /// What it said.
        reason: String,
    },
    /// A potential returned an energy or a force that is not finite.
    #[error("the potential failed at {place}: {source}")]
    PotentialFailed {
        /// Step or iteration, and the atom where known.
        place: String,
        /// What it reported.
        source: crate::Fault,
    },
    /// An observer lost output, e.g. on a full disk; going on would lose data.
    #[error("an observer failed at step {step}: {source}")]
    ObserverFailed {
        /// The step it was shown.
        step: u64,
        /// What it reported.
        source: crate::Fault,
    },
    /// A text that is no SELFIES, or a molecule that has none.
    #[error("SELFIES: {0}")]
    Selfies(#[from] crate::selfies::Error),
}

impl Error {
    /// `Err(ShapeMismatch)` unless the two lengths agree.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if `got != expected`.
    pub fn check_len(what: &'static str, expected: usize, got: usize) -> Result<()> {
        if expected == got {
            Ok(())
        } else {
            Err(Self::ShapeMismatch { what, expected: vec![expected], got: vec![got] })
        }
    }
}

/// "atoms 3, 5", the first few of a long list.
fn listed(atoms: &[crate::AtomIndex]) -> String {
    let shown: Vec<String> = atoms.iter().take(12).map(ToString::to_string).collect();
    let more =
        if atoms.len() > shown.len() { format!(" and {} more", atoms.len() - shown.len()) } else { String::new() };
    format!("{} {}{more}", if atoms.len() == 1 { "atom" } else { "atoms" }, shown.join(", "))
}

/// The first few of a list of valences.
fn listed_faults(faults: &[crate::perceive::ValenceFault]) -> String {
    let shown: Vec<String> = faults.iter().take(12).map(ToString::to_string).collect();
    let more =
        if faults.len() > shown.len() { format!(", and {} more", faults.len() - shown.len()) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
