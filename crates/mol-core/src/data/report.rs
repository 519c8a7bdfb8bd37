//! What was read and what was wrong.

use super::Record;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::fmt;

/// Bad records that a [`Report`] keeps in full; more are only counted.
pub const MOST_BAD_RECORDS: usize = 10_000;

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BadRecord {
    /// Its line, from 1, where known.
    pub line: Option<usize>,
    /// What was wrong.
    pub message: String,
}

/// How many records of a source were read, and what was wrong with the others.
///
/// As text: one line with the counts, one for each kind of fault with its first lines (of those that are kept).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// Records that were read.
    pub read: usize,
    /// Records that were not.
    pub failed: usize,
    /// The first [`MOST_BAD_RECORDS`] of these.
    pub bad: Vec<BadRecord>,
}

/// The good records of a source and the report on the bad ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// What was read, in order.
    pub records: Vec<Record>,
    /// What was not.
    pub report: Report,
}

/// Reads all records of a source, bad ones into the report.
///
/// ```
/// use mol_core::data::{CsvOptions, load, read_csv_from};
/// let table = "smiles,y\nC,1\nC(,2\nCC,3\nC(C,4\n";
/// let loaded = load(read_csv_from(table.as_bytes(), "memory", &CsvOptions::default())?)?;
/// assert_eq!((loaded.records.len(), loaded.report.failed), (2, 2));
/// assert_eq!(loaded.report.bad.iter().filter_map(|bad| bad.line).collect::<Vec<_>>(), [3, 5]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] if the source itself fails: what follows is lost, which no count may hide.
pub fn load(records: impl Iterator<Item = Result<Record>>) -> Result<Loaded> {
    let mut loaded = Loaded::default();
    for record in records {
        match record {
            Ok(record) => {
                loaded.report.read += 1;
                loaded.records.push(record);
            }
            Err(error @ Error::Io { .. }) => return Err(error),
            Err(error) => loaded.report.add(&error),
        }
    }
    Ok(loaded)
}

impl Report {
    /// Notes a record that could not be read.
    pub fn add(&mut self, error: &Error) {
        self.failed += 1;
        if self.bad.len() < MOST_BAD_RECORDS {
            self.bad.push(match error {
                Error::Parse { line, message, .. } => BadRecord { line: Some(*line), message: message.clone() },
                _ => BadRecord { line: None, message: error.to_string() },
            });
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records read, {} not", self.read, self.failed)?;
        if self.bad.len() < self.failed {
            write!(f, "; of the first {} of these", self.bad.len())?;
        }
        let mut kinds: BTreeMap<String, Vec<&BadRecord>> = BTreeMap::new();
        for bad in &self.bad {
            kinds.entry(kind(&bad.message)).or_default().push(bad);
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
        for (_, members) in kinds {
            let lines: Vec<String> = members.iter().take(5).filter_map(|bad| Some(bad.line?.to_string())).collect();
            let more = if members.len() > lines.len() { ", …" } else { "" };
            let place = if lines.is_empty() { String::new() } else { format!(" (line {}{more})", lines.join(", ")) };
            write!(f, "\n{} × {}{place}", members.len(), members[0].message)?;
        }
        Ok(())
    }
}

/// A message without its numbers and quotations: what is wrong, not where.
fn kind(message: &str) -> String {
    let mut quoted = false;
    let mut kind = String::new();
    for c in message.chars().filter(|c| !c.is_ascii_digit()) {
        if c == '\'' || c == '"' {
            quoted = !quoted;
        } else if !quoted {
            kind.push(c);
        }
    }
    kind
}
