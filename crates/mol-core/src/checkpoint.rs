//! What must survive a restart, and the envelope it travels in.
//!
//! [`Checkpoint`] is a byte stream rather than a data model, so that each object chooses its own form; most use
//! [`save_state`] and [`load_state`], which wrap any serde value with format, version, length and checksum. A state
//! reads back exactly the bytes that it wrote, so that several follow one another in one file. Deliberately not here:
//! files (see the atomic writer of [`io`](crate::io)) and models, which are safetensors.

use crate::{Error, Fault, Rng, State};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{ErrorKind, Read, Write};

/// Saves and restores everything that a restart needs to continue bit for bit.
///
/// `mol_core::testing::check_checkpoint` tests an implementation.
///
/// ```
/// use mol_core::{Checkpoint, Seed};
/// let mut rng = Seed::new(1).rng();
/// let mut file = Vec::new();
/// rng.save(&mut file)?;
/// let first = rng.normal();
/// rng.load(&mut file.as_slice())?;
/// assert_eq!(rng.normal(), first);
/// # Ok::<(), mol_core::Fault>(())
/// ```
pub trait Checkpoint {
    /// Writes the state.
    ///
    /// # Errors
    /// The writer's failure.
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault>;

    /// Reads it back into an object of the same configuration; consumes exactly what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// The reader's failure, or a state of another kind, version or size; `self` is then unchanged.
    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault>;
}

macro_rules! forward_checkpoint {
    ($pointer:ty) => {
        impl<C: Checkpoint + ?Sized> Checkpoint for $pointer {
            fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
                (**self).save(out)
            }
            fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
                (**self).load(from)
            }
        }
    };
}
forward_checkpoint!(Box<C>);
forward_checkpoint!(&mut C);

/// The magic word of the envelope.
const MAGIC: &str = "molkit-state";
/// A header line longer than this is none.
const LONGEST_HEADER: usize = 256;

/// Writes `state` as one envelope: a header line with `format`, `version`, length and checksum, then JSON.
///
/// `format` is one word, e.g. `"langevin"`. Floats keep all their bits, except that NaN and infinities do not survive
/// JSON: they make [`load_state`] fail.
///
/// # Errors
/// The writer's failure, or what serde cannot write.
pub fn save_state<T: Serialize + ?Sized>(
    out: &mut dyn Write,
    format: &str,
    version: u32,
    state: &T,
) -> Result<(), Fault> {
    let payload = serde_json::to_vec(state)?;
    writeln!(out, "{MAGIC} {format} {version} {} {:016x}", payload.len(), checksum(&payload))?;
    out.write_all(&payload)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// Reads one envelope of [`save_state`] back.
///
/// # Errors
/// [`Error::Checkpoint`] naming `format` if the stream ends early, is not an envelope, holds another format or
/// version, or its checksum or content is wrong; the reader's failure.
pub fn load_state<T: DeserializeOwned>(from: &mut dyn Read, format: &str, version: u32) -> Result<T, Fault> {
    let wrong = |problem: String| Error::Checkpoint { what: format!("state of {format:?}"), problem };
    // One byte at a time: a buffer would take what follows the envelope from the next reader.
    let (mut header, mut byte) = (Vec::new(), [0]);
    while header.len() < LONGEST_HEADER {
        match from.read_exact(&mut byte) {
            Ok(()) if byte[0] == b'\n' => break,
            Ok(()) => header.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error.into()),
        }
    }
    let header = String::from_utf8_lossy(&header);
    let fields: Vec<&str> = header.split(' ').collect();
    let [MAGIC, found, found_version, length, sum] = fields[..] else {
        let start: String = header.chars().take(40).collect();
        return Err(wrong(format!("expected a header \"{MAGIC} {format} …\", got {start:?}")).into());
    };
    if found != format {
        return Err(wrong(format!("the file holds the state of {found:?}")).into());
    }
    let number = |text: &str| text.parse::<u64>().map_err(|_| wrong(format!("{text:?} in the header is no number")));
    match number(found_version)? {
        v if v > u64::from(version) => {
            return Err(wrong(format!("version {v} is newer than this build's {version}: update the program")).into());
        }
        v if v < u64::from(version) => {
            return Err(wrong(format!("version {v} is older than {version} and cannot be read any more")).into());
        }
        _ => {}
    }
    let length = number(length)?;
    let sum = u64::from_str_radix(sum, 16).map_err(|_| wrong(format!("{sum:?} in the header is no checksum")))?;
    let mut payload = Vec::new();
    from.take(length.saturating_add(1)).read_to_end(&mut payload)?;
    if payload.len() as u64 != length.saturating_add(1) || payload.pop() != Some(b'\n') {
        return Err(wrong(format!("expected {length} bytes, the file ends after {}", payload.len())).into());
    }
    if checksum(&payload) != sum {
        return Err(wrong("the checksum does not match: the file is damaged".to_owned()).into());
    }
    serde_json::from_slice(&payload).map_err(|error| wrong(error.to_string()).into())
}

/// FNV-1a, 64 bits: against accidents, not adversaries.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

impl Checkpoint for Rng {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        save_state(out, "rng", 1, self)
    }

    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        *self = load_state(from, "rng", 1)?;
        Ok(())
    }
}

impl Checkpoint for State {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        save_state(out, "state", 1, self)
    }

    /// # Errors
    /// Also if the file is of another number of atoms than `self`.
    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        let state: Self = load_state(from, "state", 1)?;
        Error::check_len("positions in the checkpoint", self.positions.len(), state.positions.len())?;
        Error::check_len("velocities in the checkpoint", self.velocities.len(), state.velocities.len())?;
        *self = state;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vec3;

    fn file() -> Vec<u8> {
        let mut file = Vec::new();
        save_state(&mut file, "numbers", 3, &[0.1, 1.0 / 3.0, 5e-324]).unwrap();
        file
    }

    fn error(bytes: &[u8], version: u32) -> String {
        load_state::<[f64; 3]>(&mut &*bytes, "numbers", version).unwrap_err().to_string()
    }

    #[test]
    fn floats_keep_their_bits_and_the_stream_its_place() {
        let mut two = [file(), file()].concat();
        two.extend(b"rest");
        let mut from = two.as_slice();
        for _ in 0..2 {
            let back: [f64; 3] = load_state(&mut from, "numbers", 3).unwrap();
            assert_eq!(back, [0.1, 1.0 / 3.0, 5e-324]);
        }
        assert_eq!(from, b"rest");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let file = file();
        let text = String::from_utf8(file.clone()).unwrap();
        assert!(error(&file, 2).contains("version 3 is newer than this build's 2"));
        assert!(error(&file, 4).contains("version 3 is older than 4"));
        assert!(error(&file[..file.len() - 5], 3).contains("the file ends after"));
        assert!(error(text.replace("0.1", "0.2").as_bytes(), 3).contains("the checksum does not match"));
        assert!(error(text.replace("numbers", "letters").as_bytes(), 3).contains("holds the state of \"letters\""));
        assert!(error(b"{\"json\": 1}", 3).contains("expected a header"));
        assert!(error(&[0xff; 1000], 3).contains("expected a header"));
        let huge = format!("{MAGIC} numbers 3 {} 0\n[", u64::MAX);
        assert!(error(huge.as_bytes(), 3).contains("the file ends after"));
    }

    #[test]
    fn nan_is_refused_on_the_way_back() {
        let mut file = Vec::new();
        save_state(&mut file, "numbers", 3, &[f64::NAN, 1.0, 2.0]).unwrap();
        assert!(error(&file, 3).contains("null"));
    }

    #[test]
    fn a_state_of_another_size_is_refused() {
        let mut file = Vec::new();
        State::at_rest(vec![Vec3::zeros(); 3]).save(&mut file).unwrap();
        let error = State::at_rest(vec![Vec3::zeros(); 2]).load(&mut file.as_slice()).unwrap_err();
        assert_eq!(error.to_string(), "positions in the checkpoint: expected shape [2], got [3]");
    }
}
