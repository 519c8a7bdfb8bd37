//! Rows of comma-separated values in bounded memory.
//!
//! The rules are those of RFC 4180, with LF or CR LF. An open quotation mark swallows what follows, so a row is given up
//! at [`LONGEST_ROW`] and only its first line counts as lost: one stray mark does not cost the rest of a file.
//! Deliberately not here: comments, other quotation marks, guessing of separators.

use crate::{Error, Result};
use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::path::PathBuf;

/// Longest row that is taken [bytes], line breaks within quotation marks included.
pub const LONGEST_ROW: usize = 1 << 20;

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
    done: bool,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(reader: R, name: PathBuf, separator: u8) -> Self {
        Self { reader, name, separator, ahead: VecDeque::new(), number: 0, done: false }
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
                self.drop_lines(1);
                let problem = "expected a closing quotation mark, the file ends or a line is too long".to_owned();
                return Err(self.error(line, problem));
            };
            bytes += text.len();
            if bytes > LONGEST_ROW {
                self.drop_lines(1);
                let problem = format!("expected a row of at most {LONGEST_ROW} bytes; is a quotation mark not closed?");
                return Err(self.error(line, problem));
            }
            lines += 1;
            let end = text.len() - line_end(text);
            for &byte in &text[..end] {
                state = state.after(byte, self.separator, &mut field, &mut fields);
            }
            if !matches!(state, State::Quoted) {
                break;
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
                    whole &= text.len() <= LONGEST_ROW;
                    self.ahead.push_back(whole.then_some(text));
                }
                Err(source) => {
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

fn line_end(text: &[u8]) -> usize {
    if text.ends_with(b"\r\n") { 2 } else { usize::from(text.ends_with(b"\n")) }
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
    fn after(self, byte: u8, separator: u8, field: &mut Vec<u8>, fields: &mut Vec<Vec<u8>>) -> Self {
        match (self, byte) {
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
            (Self::Start | Self::Plain | Self::Mark, _) => {
                field.push(byte);
                Self::Plain
            }
        }
    }
}
