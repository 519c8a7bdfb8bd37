//! Rows of comma-separated values in bounded memory.
//!
//! The rules are those of RFC 4180, with LF or CR LF; a mark within a field that does not begin with one stands for
//! itself. An open quotation mark swallows what follows, up to the next one, behind which no text may stand, or to
//! [`LONGEST_ROW`]. Then the row is given up and only its first line counts as lost: one stray mark costs one line of a
//! file. The lines that it had swallowed are read again as rows of one line each, so that no line is looked at more than
//! three times, whatever a file contains. Deliberately not here: comments, other quotation marks, guessing of separators.

use crate::{Error, Result};
use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::path::PathBuf;

/// Longest row that is taken [bytes], line breaks within quotation marks included.
pub const LONGEST_ROW: usize = 1 << 20;

/// What some programs put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Rows of a stream.
#[derive(Debug)]
pub(super) struct Rows<R> {
    reader: R,
    name: PathBuf,
    separator: u8,
    /// Lines read and not used yet, with their line ends; an entry of `None` was too long.
    ahead: VecDeque<Option<Vec<u8>>>,
    /// Lines used.
    number: usize,
    /// Rows that begin on lines up to this one end on the same line: a row that was given up went over them.
    single_until: usize,
    /// Whether a line was read.
    started: bool,
    done: bool,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R, name: PathBuf, separator: u8) -> Self {
        let ahead = VecDeque::new();
        Self { reader, name, separator, ahead, number: 0, single_until: 0, started: false, done: false }
    }

    /// The next row that is not empty, and the line on which it begins; `None` at the end.
    pub(super) fn next_row(&mut self) -> Option<(usize, Result<Vec<String>>)> {
        loop {
            if let Err(error) = self.look_ahead(1) {
                return Some((self.number + 1, Err(error)));
            }
            let line = self.number + 1;
            match self.ahead.front()? {
                None => {
                    self.drop_lines(1);
                    let message = format!("expected a row of at most {LONGEST_ROW} bytes");
                    return Some((line, Err(self.error(line, message))));
                }
                Some(text) if text.iter().all(u8::is_ascii_whitespace) => self.drop_lines(1),
                Some(_) => return Some((line, self.row(line))),
            }
        }
    }

    /// Reads the row that begins on the first line held.
    fn row(&mut self, line: usize) -> Result<Vec<String>> {
        let mut fields = Vec::new();
        let mut field = Vec::new();
        let mut state = State::Start;
        let (mut lines, mut bytes) = (0, 0);
        loop {
            self.look_ahead(lines + 1)?;
            let Some(Some(text)) = self.ahead.get(lines) else {
                let problem = "expected a closing quotation mark, the file ends or a line is too long".to_owned();
                return Err(self.give_up(line, lines, problem));
            };
            bytes += text.len();
            if bytes > LONGEST_ROW {
                let problem = format!("expected a row of at most {LONGEST_ROW} bytes; is a quotation mark not closed?");
                return Err(self.give_up(line, lines, problem));
            }
            let end = text.len() - line_end(text);
            for &byte in &text[..end] {
                let Some(next) = state.after(byte, self.separator, &mut field, &mut fields) else {
                    let problem = "expected a separator behind a closing quotation mark; is one not closed?".to_owned();
                    return Err(self.give_up(line, lines, problem));
                };
                state = next;
            }
            lines += 1;
            if !matches!(state, State::Quoted) {
                break;
            }
            if line <= self.single_until {
                let problem =
                    "expected a closing quotation mark on this line, as one before it is not closed".to_owned();
                return Err(self.give_up(line, 0, problem));
            }
            field.extend_from_slice(&text[end..]);
        }
        self.drop_lines(lines);
        fields.push(field);
        fields
            .into_iter()
            .map(String::from_utf8)
            .collect::<Result<_, _>>()
            .map_err(|_| self.error(line, "expected text in UTF-8".to_owned()))
    }

    /// Drops the first line of a row that went over so many lines before a fault showed.
    fn give_up(&mut self, line: usize, lines: usize, problem: String) -> Error {
        self.single_until = self.single_until.max((line + lines).saturating_sub(1));
        self.drop_lines(1);
        self.error(line, problem)
    }

    /// Reads until so many lines are held, if there are.
    fn look_ahead(&mut self, lines: usize) -> Result<()> {
        while self.ahead.len() < lines && !self.done {
            let mut text = Vec::new();
            let limit = LONGEST_ROW as u64 + 1;
            let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut text);
            let mut whole = text.len() <= LONGEST_ROW || text.ends_with(b"\n");
            let read = read.and_then(|count| if whole { Ok(count) } else { self.reader.skip_until(b'\n') });
            match read {
                Ok(0) if text.is_empty() => self.done = true,
                Ok(_) => {
                    if !std::mem::replace(&mut self.started, true) && text.starts_with(BYTE_ORDER_MARK) {
                        text.drain(..BYTE_ORDER_MARK.len());
                    }
                    whole &= text.len() <= LONGEST_ROW;
                    self.ahead.push_back(whole.then_some(text));
                }
                Err(source) => {
                    // What is held was cut off: nothing of it is a row.
                    self.ahead.clear();
                    self.done = true;
                    return Err(Error::Io { path: self.name.clone(), source });
                }
            }
        }
        Ok(())
    }

    fn drop_lines(&mut self, lines: usize) {
        self.ahead.drain(..lines.min(self.ahead.len()));
        self.number += lines;
    }

    pub(super) fn error(&self, line: usize, message: String) -> Error {
        Error::Parse { path: self.name.clone(), line, message }
    }
}

/// Bytes of the line end; the last line of a file may have half of one.
fn line_end(text: &[u8]) -> usize {
    if text.ends_with(b"\r\n") { 2 } else { usize::from(text.ends_with(b"\n") || text.ends_with(b"\r")) }
}

/// Where in a field the reader stands.
#[derive(Clone, Copy)]
enum State {
    Start,
    Plain,
    Quoted,
    /// Behind a mark within a quoted field: the end of it, or the first half of a doubled one.
    Mark,
}

impl State {
    /// The state behind a byte; none if it cannot stand there.
    fn after(self, byte: u8, separator: u8, field: &mut Vec<u8>, fields: &mut Vec<Vec<u8>>) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Start, b'"') => Self::Quoted,
            (Self::Quoted, b'"') => Self::Mark,
            (Self::Mark, b'"') => {
                field.push(b'"');
                Self::Quoted
            }
            (Self::Start | Self::Plain | Self::Mark, _) if byte == separator => {
                fields.push(std::mem::take(field));
                Self::Start
            }
            (Self::Quoted, _) => {
                field.push(byte);
                Self::Quoted
            }
            (Self::Mark, _) => return None,
            (Self::Start | Self::Plain, _) => {
                field.push(byte);
                Self::Plain
            }
        })
    }
}
