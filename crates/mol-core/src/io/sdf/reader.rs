//! The records of a stream, one after the other.

use super::table::Parser;
use super::{SdfLayout, SdfRecord};
use crate::io::Input;
use crate::io::lines::Lines;
use crate::{Error, Result};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// What ends a record.
const END: &str = "$$$$";

/// Records of an SDF stream, or the one of a MOL file; lines may end in CR LF.
///
/// A record that cannot be read gives an error with the line where it went wrong, and the iterator continues behind the
/// next `$$$$`; it ends with the stream, or with an error of the stream itself.
///
/// ```
/// use mol_core::io::SdfReader;
/// let text = "water\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    \
///             0.0000    0.0000    0.0000 O   0  0  0  0  0  0\nM  END\n>  <source>\nthe sea\n\n$$$$\n";
/// let record = SdfReader::new(text.as_bytes(), "memory").next().unwrap()?;
/// assert_eq!((record.molecule.formula(), record.field("source")), ("H2O".to_owned(), Some("the sea")));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Debug)]
pub struct SdfReader<R> {
    lines: Lines<R>,
}

/// Opens an SDF or MOL file, gzip or not.
///
/// # Errors
/// [`Error::Io`] if the file cannot be opened; what is wrong inside comes from the iterator.
pub fn read_sdf(path: impl AsRef<Path>) -> Result<SdfReader<Input>> {
    Ok(SdfReader::new(crate::io::open(path.as_ref())?, path.as_ref()))
}

impl<R: BufRead> Iterator for SdfReader<R> {
    type Item = Result<SdfRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lines.done {
            return None;
        }
        self.lines.begin_record();
        let record = self.record();
        if record.is_err() && !self.lines.done && self.lines.line != END {
            // Whatever follows belongs to the record that failed.
            loop {
                self.lines.begin_record();
                match self.advance() {
                    Ok(true) if self.lines.line != END => {}
                    Ok(_) | Err(Error::Io { .. }) => break,
                    Err(_) => {}
                }
            }
        }
        record.transpose()
    }
}

impl<R: BufRead> SdfReader<R> {
    /// A reader of `reader`; `name` is what errors call the source.
    pub fn new(reader: R, name: impl Into<PathBuf>) -> Self {
        Self { lines: Lines::new(reader, name, "SDF") }
    }

    fn record(&mut self) -> Result<Option<SdfRecord>> {
        self.lines.line.clear();
        let mut head = [const { String::new() }; 4];
        let mut got = 0;
        while got < head.len() {
            if !self.advance()? {
                break;
            }
            if self.lines.line == END {
                return Err(self.error(format!("expected {} more header lines, the record ends", 4 - got)));
            }
            head[got].clone_from(&self.lines.line);
            got += 1;
        }
        if self.lines.done {
            if head.iter().all(|line| line.trim().is_empty()) {
                return Ok(None);
            }
            if got < 4 {
                return Err(self.error(format!("expected {} more header lines, the file ends", 4 - got)));
            }
        }
        let [title, program, comment, counts] = head;
        let mut table = Parser::new(&counts).map_err(|message| self.error(message))?;
        while !table.is_complete() {
            self.demand("the connection table")?;
            table.line(&self.lines.line).map_err(|message| self.error(message))?;
        }
        let data = self.data()?;
        // What is wrong with the table as a whole is reported where the record ends.
        let table = table.into_table();
        let (groups, is_chiral) = (table.groups.clone(), table.is_chiral);
        let (molecule, layout) = table.finish(program.get(20..22)).map_err(|message| self.error(message))?;
        let layout = if molecule.conformers().is_empty() { SdfLayout::Absent } else { layout };
        Ok(Some(SdfRecord { title, comment, molecule, layout, is_chiral, groups, data }))
    }

    /// Data fields up to the end of the record.
    fn data(&mut self) -> Result<Vec<(String, String)>> {
        let mut data: Vec<(String, String)> = Vec::new();
        // Blank lines since the last line of a value: they end it, unless more text follows.
        let mut blank = 0;
        while self.advance()? && self.lines.line != END {
            let line = self.lines.line.as_str();
            if line.trim().is_empty() {
                blank += 1;
            } else if line.starts_with('>') && (blank > 0 || data.is_empty()) {
                data.push((field_name(line).to_owned(), String::new()));
                blank = 0;
            } else if let Some((_, value)) = data.last_mut() {
                if !value.is_empty() {
                    (0..=blank).for_each(|_| value.push('\n'));
                }
                value.push_str(line);
                blank = 0;
            } else {
                let got: String = line.chars().take(40).collect();
                return Err(self.error(format!("expected a data field (\">  <name>\") or $$$$, got {got:?}")));
            }
        }
        Ok(data)
    }

    /// Reads the next line of a record that cannot end here.
    fn demand(&mut self, inside: &str) -> Result<()> {
        if !self.advance()? {
            return Err(self.error(format!("the file ends inside {inside}")));
        }
        if self.lines.line == END {
            return Err(self.error(format!("the record ends inside {inside}")));
        }
        Ok(())
    }

    /// Reads the next line; false at the end.
    fn advance(&mut self) -> Result<bool> {
        let more = self.lines.advance()?;
        if self.lines.line.starts_with(END) {
            self.lines.line.truncate(END.len());
        }
        Ok(more)
    }

    fn error(&self, message: String) -> Error {
        self.lines.error(message)
    }
}

/// The name of a data header: what stands in angle brackets, else all of it.
fn field_name(line: &str) -> &str {
    let rest = line.trim_start_matches('>').trim();
    match (rest.find('<'), rest.rfind('>')) {
        (Some(start), Some(end)) if start < end => &rest[start + 1..end],
        _ => rest,
    }
}
