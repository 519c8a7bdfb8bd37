//! Checkpoint files: the parts of a run one after the other in one file, written atomically.
//!
//! Each part is an envelope of [`mol_core::save_state`]: format, version, length, checksum, JSON whose floats keep all
//! of their bits. The same state gives the same bytes. Deliberately not here: trajectories (only their length is in a
//! checkpoint) and the parameters of potentials, which belong to the program that builds them.

use crate::{Error, Result};
use mol_core::{Checkpoint, Fault};
use std::path::Path;

/// Writes `parts` one after the other to the file `path`, atomically: a crash leaves the old file or the new one.
///
/// # Errors
/// [`Error::Core`] or [`Error::Checkpoint`], which name the file and the reason.
pub fn save_to(path: impl AsRef<Path>, parts: &[&dyn Checkpoint]) -> Result<()> {
    let path = path.as_ref();
    let mut bytes = Vec::new();
    for part in parts {
        part.save(&mut bytes).map_err(|fault| named(path, &fault))?;
    }
    Ok(mol_core::io::write_atomic(path, |out| out.write_all(&bytes))?)
}

/// Reads `parts` in the order in which [`save_to`] wrote them to `path`.
///
/// A part that fails is unchanged; those before it are loaded.
///
/// # Errors
/// [`Error::Core`] if the file cannot be read, [`Error::Checkpoint`] that names it and what is wrong: truncated,
/// damaged, newer than this build, of another kind or size, with more parts than asked for.
pub fn load_from(path: impl AsRef<Path>, parts: &mut [&mut dyn Checkpoint]) -> Result<()> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|source| mol_core::Error::Io { path: path.to_owned(), source })?;
    let mut rest = &bytes[..];
    for part in parts {
        part.load(&mut rest).map_err(|fault| named(path, &fault))?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    let problem = format!("{} bytes follow the last part: it was written with other parts", rest.len());
    Err(Error::Checkpoint { what: path.display().to_string(), problem })
}

/// `fault` with the name of the file.
fn named(path: &Path, fault: &Fault) -> Error {
    Error::Checkpoint { what: path.display().to_string(), problem: fault.to_string() }
}
