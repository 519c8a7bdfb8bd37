//! Records of files, one after the other.

use super::Record;
use super::csv_lines::Rows;
use crate::io::{self, Input, SdfReader, SmilesReader};
use crate::{Error, Molecule, Result};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Which columns of a table are what.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct CsvOptions {
    /// Column of the SMILES, by its name in the first row; upper and lower case, and blanks around it, do not differ.
    pub smiles: String,
    /// Column of the names, if there is one.
    pub name: Option<String>,
    /// What stands between two columns, one byte.
    pub separator: char,
}

impl Default for CsvOptions {
    /// A column `smiles`, no names, commas.
    fn default() -> Self {
        Self { smiles: "smiles".to_owned(), name: None, separator: ',' }
    }
}

/// Records of a stream; see [`read`].
#[derive(Debug)]
pub struct Records<R>(Source<R>);

#[derive(Debug)]
enum Source<R> {
    Csv(Table<R>),
    Smiles(SmilesReader<R>),
    Sdf(SdfReader<R>),
}

/// Opens a file of molecules by its extension, `.gz` behind it or not: `.csv` and `.tsv` with a column `smiles`, `.smi`,
/// `.smiles`, `.ism` and `.can` (SMILES, then a name), `.sdf`, `.sd` and `.mol`.
///
/// Each record is read when it is asked for. One that cannot be read is an error with its line, and the iterator goes
/// on behind it; after an error of the file itself it ends.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("two.smi");
/// std::fs::write(&path, "CCO ethanol\nCC(C\nO water\n").unwrap();
/// let records: Vec<_> = mol_core::data::read(&path)?.collect();
/// let names: Vec<_> = records.iter().flatten().map(|record| record.name.as_str()).collect();
/// assert_eq!(names, ["ethanol", "water"]);
/// assert!(records[1].as_ref().unwrap_err().to_string().contains("two.smi:2: "));
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] if the file cannot be opened, [`Error::InvalidArgument`] for another extension, [`Error::Parse`] if a
/// table has no such column.
pub fn read(path: impl AsRef<Path>) -> Result<Records<Input>> {
    read_with(path, &CsvOptions::default())
}

/// As [`read`], with a choice of columns if the file is a table. A `.tsv` has tabs unless the separator is neither comma
/// nor tab.
///
/// # Errors
/// As [`read`].
pub fn read_with(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Records<Input>> {
    let path = path.as_ref();
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let kind = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map_or("", |(_, kind)| kind);
    match kind {
        "tsv" if options.separator == ',' => read_csv(path, &CsvOptions { separator: '\t', ..options.clone() }),
        "csv" | "tsv" => read_csv(path, options),
        "smi" | "smiles" | "ism" | "can" => Ok(Records(Source::Smiles(io::read_smiles(path)?))),
        "sdf" | "sd" | "mol" => Ok(Records(Source::Sdf(io::read_sdf(path)?))),
        _ => {
            let expected = "one of csv, tsv, smi, smiles, ism, can, sdf, sd, mol (and .gz)";
            let got = path.display().to_string();
            Err(Error::InvalidArgument { what: "extension of a file of molecules", expected, got })
        }
    }
}

/// Opens a table, gzip or not.
///
/// # Errors
/// As [`read_csv_from`], and [`Error::Io`] if the file cannot be opened.
pub fn read_csv(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Records<Input>> {
    read_csv_from(io::open(path.as_ref())?, path.as_ref(), options)
}

/// Records of a table of comma-separated values: the first row names the columns, blanks around names ignored; those that
/// are neither SMILES nor name become properties. `name` is what errors call the source.
///
/// ```
/// use mol_core::data::{CsvOptions, read_csv_from};
/// let table = "id,SMILES,\"log S\"\n7,CCO,1.1\n8,\"c1ccccc1\",-1.6\n9,C1CC,0\n";
/// let options = CsvOptions { name: Some("id".to_owned()), ..CsvOptions::default() };
/// let records: Vec<_> = read_csv_from(table.as_bytes(), "memory", &options)?.collect();
/// let benzene = records[1].as_ref().unwrap();
/// assert_eq!((benzene.name.as_str(), benzene.number("log S")?), ("8", -1.6));
/// assert!(records[2].as_ref().unwrap_err().to_string().starts_with("memory:4: "));
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parse`] if the first row cannot be read, or has no or two columns of a name asked for, [`Error::InvalidArgument`] unless the separator is
/// one byte.
pub fn read_csv_from<R: BufRead>(reader: R, name: impl Into<PathBuf>, options: &CsvOptions) -> Result<Records<R>> {
    let separator = u8::try_from(options.separator).ok().filter(u8::is_ascii).filter(|byte| !b"\"\r\n".contains(byte));
    let Some(separator) = separator else {
        let got = format!("{:?}", options.separator);
        return Err(Error::InvalidArgument { what: "separator of columns", expected: "one byte, no quote", got });
    };
    Table::new(Rows::new(reader, name.into(), separator), options).map(|table| Records(Source::Csv(table)))
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Csv(table) => table.next(),
            Source::Smiles(reader) => reader.next().map(|record| {
                record.map(|found| Record {
                    molecule: found.molecule,
                    name: found.name,
                    line: Some(found.line),
                    properties: Vec::new(),
                })
            }),
            Source::Sdf(reader) => reader.next().map(|record| {
                record.map(|found| Record {
                    molecule: found.molecule,
                    name: found.title,
                    line: None,
                    properties: found.data,
                })
            }),
        }
    }
}

/// A table whose columns are known.
#[derive(Debug)]
struct Table<R> {
    rows: Rows<R>,
    columns: Vec<String>,
    smiles: usize,
    name: Option<usize>,
}

impl<R: BufRead> Table<R> {
    fn new(mut rows: Rows<R>, options: &CsvOptions) -> Result<Self> {
        let Some((line, first)) = rows.next_row() else {
            return Err(rows.error(1, "expected a row that names the columns, the file is empty".to_owned()));
        };
        let columns: Vec<String> = first?.iter().map(|column| column.trim().to_owned()).collect();
        let find = |wanted: &str| {
            let mut found = (0..columns.len()).filter(|&k| columns[k].eq_ignore_ascii_case(wanted.trim()));
            match (found.next(), found.next()) {
                (Some(place), None) => Ok(place),
                (first, _) => {
                    let shown: String = columns.join(", ").chars().take(200).collect();
                    let number = if first.is_some() { "one column" } else { "a column" };
                    Err(rows.error(line, format!("expected {number} {wanted:?}, got {shown}")))
                }
            }
        };
        let smiles = find(&options.smiles)?;
        let name = options.name.as_deref().map(find).transpose()?;
        Ok(Self { rows, columns, smiles, name })
    }

    fn next(&mut self) -> Option<Result<Record>> {
        let (line, row) = self.rows.next_row()?;
        Some(row.and_then(|row| self.record(line, row)))
    }

    fn record(&self, line: usize, row: Vec<String>) -> Result<Record> {
        if row.len() != self.columns.len() {
            let problem = format!("expected {} columns as in the first row, got {}", self.columns.len(), row.len());
            return Err(self.rows.error(line, problem));
        }
        let text = row[self.smiles].trim();
        if text.is_empty() {
            return Err(self.rows.error(line, "expected a SMILES, got an empty column".to_owned()));
        }
        let molecule =
            Molecule::from_smiles(text).map_err(|error| self.rows.error(line, Error::from(error).to_string()))?;
        let mut record = Record { line: Some(line), ..Record::new(molecule) };
        for (place, (column, text)) in self.columns.iter().zip(row).enumerate() {
            if Some(place) == self.name {
                record.name = text;
            } else if place != self.smiles {
                record.properties.push((column.clone(), text));
            }
        }
        Ok(record)
    }
}
