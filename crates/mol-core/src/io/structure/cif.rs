//! The syntax of CIF: values, loops and blocks (Hall, Allen & Brown, *Acta Cryst.* A**47**, 655 (1991); version 1.1).
//!
//! A file is a sequence of tokens: names that begin with `_`, values, and the reserved words `data_…`, `loop_`, `save_…`,
//! `stop_`, `global_`. Deliberately not here: what names mean, and CIF 2.0 (lists and tables).

use crate::Result;
use crate::io::lines::{LONGEST_LINE, Lines, excerpt};
use std::io::BufRead;

/// A piece of a CIF file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `data_NAME`.
    Block(String),
    /// `loop_`.
    Loop,
    /// `save_` with or without a name.
    Frame,
    /// `_category.item`, in small letters.
    Name(String),
    /// A value; `?` and `.` without quotes are none.
    Value(Option<String>),
}

/// Tokens of a stream.
pub(super) struct Tokens<R> {
    pub(super) lines: Lines<R>,
    /// Where the next token begins in the line in hand.
    at: usize,
    /// Whether the line in hand is one.
    has_line: bool,
}

impl<R: BufRead> Tokens<R> {
    pub(super) const fn new(lines: Lines<R>) -> Self {
        Self { lines, at: 0, has_line: false }
    }

    /// The next token, `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token>> {
        loop {
            if !self.has_line {
                if !self.lines.advance_lossy()? {
                    return Ok(None);
                }
                (self.at, self.has_line) = (0, true);
                if self.lines.line.starts_with(';') {
                    return self.text().map(Some);
                }
            }
            let rest = &self.lines.line[self.at..];
            let skipped = rest.len() - rest.trim_start().len();
            let rest = rest.trim_start();
            if rest.is_empty() || rest.starts_with('#') {
                self.has_line = false;
                continue;
            }
            self.at += skipped;
            return self.word().map(Some);
        }
    }

    /// A value of several lines, between lines that begin with `;`.
    fn text(&mut self) -> Result<Token> {
        let began = self.lines.number();
        let mut text = self.lines.line[1..].to_owned();
        loop {
            if !self.lines.advance_lossy()? {
                return Err(self.lines.error_at(began, "expected the line \";\" that ends a text, the file ends"));
            }
            if self.lines.line.starts_with(';') {
                self.at = 1;
                return Ok(Token::Value(Some(text)));
            }
            if text.len() + self.lines.line.len() >= LONGEST_LINE {
                return Err(self.lines.error(format!("expected a text of at most {LONGEST_LINE} bytes")));
            }
            text.push('\n');
            text.push_str(&self.lines.line);
        }
    }

    /// A token within the line in hand, which begins with no white space.
    fn word(&mut self) -> Result<Token> {
        let rest = &self.lines.line[self.at..];
        if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
            // A quote ends where white space follows it.
            let inner = &rest[1..];
            let is_end = |&at: &usize| inner[at + 1..].chars().next().is_none_or(char::is_whitespace);
            let Some(end) = inner.match_indices(quote).map(|(at, _)| at).find(is_end) else {
                let message = format!("expected the end of a quoted value, got {:?}", excerpt(rest));
                return Err(self.lines.error(message));
            };
            let value = inner[..end].to_owned();
            self.at += end + 2;
            return Ok(Token::Value(Some(value)));
        }
        let word = rest.split(char::is_whitespace).next().unwrap_or("");
        self.at += word.len();
        let lower = |from: usize| word.get(..from).map(str::to_ascii_lowercase);
        Ok(if word.starts_with('_') {
            Token::Name(word.to_ascii_lowercase())
        } else if lower(5).as_deref() == Some("data_") {
            Token::Block(word[5..].to_owned())
        } else if lower(5).as_deref() == Some("save_") {
            Token::Frame
        } else if word.eq_ignore_ascii_case("loop_") {
            Token::Loop
        } else if word.eq_ignore_ascii_case("stop_") || word.eq_ignore_ascii_case("global_") {
            let message = format!("{word} is a word of STAR files, not of CIF");
            return Err(self.lines.error(message));
        } else if word == "?" || word == "." {
            Token::Value(None)
        } else {
            Token::Value(Some(word.to_owned()))
        })
    }
}
