//! The file format of checkpoints: parts, each one line of header and one line of JSON.
//!
//! ```text
//! {"format":"molkit-simulation","version":1,"bytes":1234,"fnv1a64":"9f…"}
//! {"state":{"positions":[[0.0,…
//! ```
//!
//! JSON, because floats round-trip to the bit (`float_roundtrip`), a person can read it, and the same state gives the
//! same bytes. The header carries the length, so parts follow one another in one stream, and a checksum, so a torn or
//! flipped byte is an error and never a slightly different simulation. Files are written to a temporary beside them,
//! synced and renamed. Deliberately not here: trajectories (only their length is in a checkpoint) and the parameters of
//! potentials, which belong to the program that builds them.

use crate::{Error, Result};
use mol_core::{Checkpoint, Fault};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{Read, Write};
use std::path::Path;

/// Longest header line that is read [bytes].
const HEADER_LIMIT: u64 = 1024;

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    bytes: u64,
    fnv1a64: String,
}

/// FNV-1a, 64 bits (Fowler, Noll & Vo).
fn checksum(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// Writes one part.
pub(crate) fn write_part<T: Serialize>(
    out: &mut dyn Write,
    format: &str,
    version: u32,
    body: &T,
) -> std::result::Result<(), Fault> {
    let mut body = serde_json::to_vec(body)?;
    body.push(b'\n');
    let header =
        Header { format: format.to_owned(), version, bytes: body.len() as u64, fnv1a64: checksum(&body) };
    let mut text = serde_json::to_vec(&header)?;
    text.push(b'\n');
    text.append(&mut body);
    Ok(out.write_all(&text)?)
}

/// Reads one part of the given format, up to version `newest`.
pub(crate) fn read_part<T: DeserializeOwned>(
    from: &mut dyn Read,
    format: &'static str,
    newest: u32,
) -> std::result::Result<T, Fault> {
    let refuse = |problem: String| Error::Checkpoint { what: format.to_owned(), problem };
    let mut line = Vec::new();
    let mut byte = [0_u8];
    while line.last() != Some(&b'\n') {
        if line.len() as u64 >= HEADER_LIMIT || from.read(&mut byte)? == 0 {
            return Err(refuse("no header line found: the file is truncated or no checkpoint".to_owned()).into());
        }
        line.push(byte[0]);
    }
    let header: Header = serde_json::from_slice(&line)
        .map_err(|error| refuse(format!("its header is damaged ({error}): the file is no checkpoint or was altered")))?;
    if header.format != format {
        return Err(refuse(format!("expected a part of format {format:?}, got {:?}", header.format)).into());
    }
    if header.version > newest {
        let version = header.version;
        return Err(refuse(format!(
            "written as version {version} of {format:?}, this build reads versions up to {newest}: update mol-sim"
        ))
        .into());
    }
    let mut body = Vec::new();
    from.take(header.bytes).read_to_end(&mut body)?;
    if body.len() as u64 != header.bytes {
        let problem = format!("truncated: {} of {} bytes are there", body.len(), header.bytes);
        return Err(refuse(problem).into());
    }
    let sum = checksum(&body);
    if sum != header.fnv1a64 {
        return Err(refuse(format!("damaged: checksum {sum}, expected {}", header.fnv1a64)).into());
    }
    serde_json::from_slice(&body).map_err(|error| refuse(format!("does not fit its format: {error}")).into())
}

/// Writes `parts` one after the other to the file `path`, atomically: a crash leaves the old file or the new one.
///
/// # Errors
/// [`Error::Checkpoint`] that names the file and the reason.
pub fn save_to(path: impl AsRef<Path>, parts: &[&dyn Checkpoint]) -> Result<()> {
    let path = path.as_ref();
    let mut bytes = Vec::new();
    for part in parts {
        part.save(&mut bytes).map_err(|fault| named(path, &fault))?;
    }
    Ok(mol_core::io::write_atomic(path, |out| out.write_all(&bytes))?)
}

/// Reads `parts` in the order in which they were written to `path`.
///
/// # Errors
/// [`Error::Checkpoint`] that names the file and what is wrong with it: not there, truncated, damaged, newer than this
/// build, of another kind or size.
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
pub(crate) fn named(path: &Path, fault: &Fault) -> Error {
    Error::Checkpoint { what: path.display().to_string(), problem: fault.to_string() }
}
