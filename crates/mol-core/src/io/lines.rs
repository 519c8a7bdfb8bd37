//! Lines of a stream, one after the other, in bounded memory.
//!
//! Every reader of text goes through [`Lines`], so that each limit and each message about a line is made once. What a
//! reader allocates is bounded by the limits below, whatever the stream holds: a line is cut at [`LONGEST_LINE`] and the
//! rest of it skipped unread, a record ends at [`LONGEST_RECORD`] or [`MOST_ATOMS`]. Deliberately not here: what lines mean.

use crate::{Error, Result};
use std::io::{BufRead, Read};
use std::path::PathBuf;

/// Longest line that a reader takes [bytes]; a longer one is an error, and is skipped without being held.
pub const LONGEST_LINE: usize = 1 << 24;
/// Longest record (a molecule with its data, a frame) that a reader takes [bytes], 256 MiB; PDB and mmCIF are bounded by
/// [`MOST_ATOMS`] instead.
pub const LONGEST_RECORD: usize = 1 << 28;
/// Most atoms of one molecule, model or frame that a reader takes, 8 388 608; the largest entries of the Protein Data
/// Bank have fewer.
pub const MOST_ATOMS: usize = 1 << 23;

/// A stream read line by line.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    name: PathBuf,
    /// What the lines are of, for messages.
    format: &'static str,
    /// The line read last, without its end.
    pub(super) line: String,
    number: usize,
    /// Bytes since the record began.
    bytes: usize,
    /// Whether the stream has ended or failed.
    pub(super) done: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R, name: impl Into<PathBuf>, format: &'static str) -> Self {
        Self { reader, name: name.into(), format, line: String::new(), number: 0, bytes: 0, done: false }
    }

    /// Number of the line read last, from 1; 0 before the first.
    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// Begins to count the bytes of a record anew.
    pub(super) const fn begin_record(&mut self) {
        self.bytes = 0;
    }

    /// Reads the next line; false at the end. Lines may end in LF or CR LF.
    ///
    /// # Errors
    /// [`Error::Io`] of the stream, [`Error::Parse`] for a line that is too long or no UTF-8, and for a record that is
    /// too long; after [`Error::Parse`] the line is behind.
    pub(super) fn advance(&mut self) -> Result<bool> {
        let mut bytes = std::mem::take(&mut self.line).into_bytes();
        let read = self.raw(&mut bytes)?;
        if read == 0 {
            return Ok(false);
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.line = text,
            Err(_) => return Err(self.error("expected text in UTF-8")),
        }
        self.line.truncate(self.line.trim_end_matches(['\n', '\r']).len());
        if self.bytes > LONGEST_RECORD {
            return Err(self.error(format!("expected a record of at most {LONGEST_RECORD} bytes of {}", self.format)));
        }
        Ok(true)
    }

    /// As [`advance`](Self::advance), for formats whose records are bounded by their atoms and whose remarks may be in
    /// any encoding: bytes that are no UTF-8 become U+FFFD.
    pub(super) fn advance_lossy(&mut self) -> Result<bool> {
        let mut bytes = std::mem::take(&mut self.line).into_bytes();
        if self.raw(&mut bytes)? == 0 {
            return Ok(false);
        }
        self.line = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into());
        self.line.truncate(self.line.trim_end_matches(['\n', '\r']).len());
        Ok(true)
    }

    fn raw(&mut self, bytes: &mut Vec<u8>) -> Result<usize> {
        bytes.clear();
        if self.done {
            return Ok(0);
        }
        let mut read = self.reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', bytes);
        let mut is_cut = false;
        if matches!(read, Ok(LONGEST_LINE)) && bytes.last() != Some(&b'\n') {
            match skip_line(&mut self.reader) {
                Ok(count) => is_cut = count > 0,
                Err(error) => read = Err(error),
            }
        }
        let read = read.map_err(|source| {
            self.done = true;
            Error::Io { path: self.name.clone(), source }
        })?;
        if read == 0 {
            self.done = true;
            return Ok(0);
        }
        self.number += 1;
        if is_cut {
            let format = self.format;
            return Err(self.error(format!("expected a line of {format}, got one longer than {LONGEST_LINE} bytes")));
        }
        self.bytes = self.bytes.saturating_add(read);
        Ok(read)
    }

    /// An error at the line read last.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.error_at(self.number, message)
    }

    /// An error at another line.
    pub(super) fn error_at(&self, line: usize, message: impl Into<String>) -> Error {
        Error::Parse { path: self.name.clone(), line: line.max(1), message: message.into() }
    }
}

/// Reads to the end of a line and forgets it; gives the number of bytes.
fn skip_line(reader: &mut impl BufRead) -> std::io::Result<usize> {
    let mut skipped = 0_usize;
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(skipped);
        }
        let end = buffer.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        skipped = skipped.saturating_add(length);
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

/// The beginning of a text, for a message.
pub(super) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn a_line_of_a_gigabyte_is_one_error_and_the_next_line_is_read() {
        let long = std::io::repeat(b'x').take(1 << 30).chain(&b"\nshort\r\n"[..]);
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, long), "long", "text");
        let message = lines.advance().unwrap_err().to_string();
        assert_eq!(message, "long:1: expected a line of text, got one longer than 16777216 bytes");
        assert!(lines.advance().unwrap());
        assert_eq!((lines.line.as_str(), lines.number()), ("short", 2));
        assert!(!lines.advance().unwrap() && lines.done);
    }

    #[test]
    fn a_line_of_just_the_limit_passes() {
        let text = [vec![b'y'; LONGEST_LINE - 1], b"\nz".to_vec()].concat();
        let mut lines = Lines::new(&text[..], "limit", "text");
        assert!(lines.advance().unwrap() && lines.line.len() == LONGEST_LINE - 1);
        assert!(lines.advance().unwrap() && lines.line == "z");
    }
}
