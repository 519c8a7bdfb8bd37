//! Reading XYZ and extended XYZ.

use super::lines::{Lines, MOST_ATOMS, excerpt};
use super::snapshot::{ReadOptions, Snapshot};
use super::value::{Column, Fields, Value, Values, parse_integer, parse_logical, parse_real};
use super::{Input, header};
use crate::{Cell, Element, Error, Mat3, Result, Vec3};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// Frames of a plain or extended XYZ stream, one after the other.
///
/// A comment line with `Properties=`, `Lattice=` or other `key=value` pairs is extended XYZ; any other is kept as the text
/// `comment` of a plain frame, whose columns beyond the fourth are skipped (they have no declared meaning). Nothing is
/// allocated in advance on the word of a header. After an error the iterator ends.
///
/// ```
/// use mol_core::io::{ExtxyzReader, ReadOptions};
/// let text = "2\nProperties=species:S:1:pos:R:3:q:R:1 energy=-1.5 step=7\nH 0 0 0 0.4\nO 0 0 0.97 -0.4\n";
/// let frame = ExtxyzReader::new(text.as_bytes(), "memory", ReadOptions::default()).next().unwrap()?;
/// assert_eq!((frame.atoms(), frame.energy), (2, Some(-1.5)));
/// assert_eq!(frame.positions[1].z, 0.97);
/// assert!(frame.info.get("step").is_some() && frame.columns.get("q").is_some());
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Debug)]
pub struct ExtxyzReader<R> {
    lines: Lines<R>,
    options: ReadOptions,
    done: bool,
}

/// Opens a plain or extended XYZ file, gzip or not, in ASE's units (eV, Å).
///
/// # Errors
/// [`Error::Io`] if the file cannot be opened; what is wrong inside comes from the iterator.
pub fn read_extxyz(path: impl AsRef<Path>) -> Result<ExtxyzReader<Input>> {
    read_extxyz_with(path, ReadOptions::default())
}

/// Opens a plain or extended XYZ file whose units and names the caller declares.
///
/// # Errors
/// As [`read_extxyz`].
pub fn read_extxyz_with(path: impl AsRef<Path>, options: ReadOptions) -> Result<ExtxyzReader<Input>> {
    Ok(ExtxyzReader::new(super::open(path.as_ref())?, path.as_ref(), options))
}

impl<R: BufRead> Iterator for ExtxyzReader<R> {
    type Item = Result<Snapshot>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let frame = self.frame().transpose();
        self.done = !matches!(frame, Some(Ok(_)));
        frame
    }
}

impl<R: BufRead> ExtxyzReader<R> {
    /// A reader of `reader`; `name` is what errors call the source.
    pub fn new(reader: R, name: impl Into<PathBuf>, options: ReadOptions) -> Self {
        Self { lines: Lines::new(reader, name, "XYZ"), options, done: false }
    }

    fn frame(&mut self) -> Result<Option<Snapshot>> {
        loop {
            self.lines.begin_record();
            if !self.lines.advance()? {
                return Ok(None);
            }
            if !self.lines.line.trim().is_empty() {
                break;
            }
        }
        let count = self.lines.line.trim();
        let Ok(atoms) = count.parse::<usize>() else {
            let got = excerpt(count);
            return Err(self.error(format!("expected the number of atoms of a frame, got {got:?}")));
        };
        if atoms > MOST_ATOMS {
            return Err(self.error(format!("expected a frame of at most {MOST_ATOMS} atoms, got {atoms}")));
        }
        if !self.lines.advance()? {
            return Err(self.error("expected a comment line, the file ends".into()));
        }
        let header = Header::new(&self.lines.line).map_err(|message| self.error(message))?;
        let comment_line = self.lines.number();
        let mut columns = header.columns.clone();
        for atom in 0..atoms {
            if !self.lines.advance()? {
                return Err(self.error(format!("expected {atoms} atoms, the file ends after {atom}")));
            }
            header.push(&self.lines.line, &mut columns).map_err(|message| self.error(message))?;
        }
        // What is wrong with the frame as a whole is reported at its comment line.
        let first_atom = comment_line + 1;
        assemble(header.info, columns, atoms, &self.options).map(Some).map_err(|(atom, message)| {
            self.lines.error_at(atom.map_or(comment_line, |atom| first_atom + atom), message)
        })
    }

    fn error(&self, message: String) -> Error {
        self.lines.error(message)
    }
}

/// What the comment line says: keys, and empty columns in the order of `Properties`.
struct Header {
    info: Fields<Value>,
    columns: Vec<(String, Column)>,
    width: usize,
    /// Whether the columns are those of `Properties`, so that a line must hold no more.
    declared: bool,
}

impl Header {
    fn new(line: &str) -> Result<Self, String> {
        let mut info = Fields::default();
        let pairs = header::parse(line);
        let extended = line.contains("Properties") || line.contains("Lattice");
        match pairs {
            Err(message) if extended => return Err(message),
            Ok(pairs) if extended || line.contains('=') => {
                for (key, value) in pairs {
                    info.insert(key, value);
                }
            }
            _ if line.is_empty() => {}
            _ => {
                info.insert("comment", Value::Text(line.to_owned()));
            }
        }
        let properties = info.remove("Properties");
        let declared = properties.is_some();
        let columns = match &properties {
            None => parse_properties("species:S:1:pos:R:3")?,
            Some(Value::Text(text)) => parse_properties(text)?,
            Some(other) => return Err(format!("expected Properties=name:type:width:…, got {other:?}")),
        };
        let width = columns.iter().map(|(_, column)| column.width).sum();
        Ok(Self { info, columns, width, declared })
    }

    /// Appends the values of one atom's line.
    fn push(&self, line: &str, columns: &mut [(String, Column)]) -> Result<(), String> {
        let got = line.split_ascii_whitespace().count();
        if got < self.width || (self.declared && got > self.width) {
            let names: Vec<String> =
                self.columns.iter().map(|(name, column)| format!("{name} × {}", column.width)).collect();
            return Err(format!("expected {} columns ({}), got {got}", self.width, names.join(", ")));
        }
        let mut words = line.split_ascii_whitespace();
        for (name, column) in columns {
            for word in words.by_ref().take(column.width) {
                let kind = match &mut column.values {
                    Values::Integers(v) => parse_integer(word).map(|x| v.push(x)).ok_or("an integer"),
                    Values::Reals(v) => parse_real(word).map(|x| v.push(x)).ok_or("a real number"),
                    Values::Logicals(v) => parse_logical(word).map(|x| v.push(x)).ok_or("T or F"),
                    Values::Texts(v) => {
                        v.push(word.to_owned());
                        Ok(())
                    }
                };
                kind.map_err(|kind| format!("expected {kind} in column {name:?}, got {:?}", excerpt(word)))?;
            }
        }
        Ok(())
    }
}

fn parse_properties(text: &str) -> Result<Vec<(String, Column)>, String> {
    let malformed = |what: &str| Err(format!("Properties={}: expected {what}", excerpt(text)));
    let parts: Vec<&str> = text.split(':').collect();
    if !parts.len().is_multiple_of(3) {
        return malformed("triplets name:type:width separated by colons");
    }
    let mut columns: Vec<(String, Column)> = Vec::new();
    let mut total = 0_usize;
    for triplet in parts.chunks_exact(3) {
        let values = match triplet[1] {
            "I" => Values::Integers(Vec::new()),
            "R" => Values::Reals(Vec::new()),
            "L" => Values::Logicals(Vec::new()),
            "S" => Values::Texts(Vec::new()),
            other => return malformed(&format!("a type I, R, L or S, got {:?}", excerpt(other))),
        };
        let Some(width) = triplet[2].parse::<usize>().ok().filter(|&width| width > 0) else {
            return malformed(&format!("a positive number of columns, got {:?}", excerpt(triplet[2])));
        };
        let name = triplet[0];
        if name.is_empty() || columns.iter().any(|(other, _)| other == name) {
            return malformed(&format!("a new name for each column, got {:?}", excerpt(name)));
        }
        match total.checked_add(width) {
            Some(sum) => total = sum,
            None => return malformed("a number of columns that a line can hold"),
        }
        columns.push((name.to_owned(), Column { width, values }));
    }
    Ok(columns)
}

/// A problem and the atom whose line shows it, if it is one atom's.
type Problem = (Option<usize>, String);

/// Turns keys and columns into a snapshot.
fn assemble(
    mut info: Fields<Value>,
    columns: Vec<(String, Column)>,
    atoms: usize,
    options: &ReadOptions,
) -> Result<Snapshot, Problem> {
    let whole = |message: String| (None, message);
    let mut fields = Fields::default();
    for (name, column) in columns {
        fields.insert(name, column);
    }
    let (energy_unit, length) = (options.energy.value(), options.length.value());
    let elements = take_elements(&mut fields)?;
    let Some(positions) = take_vectors(&mut fields, "pos", length)? else {
        return Err(whole("expected the column pos:R:3 in Properties".into()));
    };
    let forces = take_vectors(&mut fields, &options.forces_name, energy_unit / length)?;
    let energy = match info.remove(&options.energy_name) {
        None => None,
        Some(value) => {
            let energy = value.to_real().filter(|energy| energy.is_finite());
            let name = &options.energy_name;
            Some(
                energy.ok_or_else(|| whole(format!("expected a finite number as {name}, got {value:?}")))?
                    * energy_unit,
            )
        }
    };
    let stress = take_tensor(&mut info, "stress", energy_unit / length.powi(3)).map_err(whole)?;
    let virial = take_tensor(&mut info, "virial", energy_unit).map_err(whole)?;
    let cell = take_cell(&mut info, length).map_err(whole)?;
    debug_assert_eq!(positions.len(), atoms);
    Ok(Snapshot { elements, positions, cell, energy, forces, stress, virial, info, columns: fields })
}

/// The elements of `species` (symbols) or `Z` (atomic numbers); `Z` beside `species` stays a column.
fn take_elements(fields: &mut Fields<Column>) -> Result<Vec<Element>, Problem> {
    let all = |result: Vec<Result<Element>>| {
        let place = |(atom, element): (usize, Result<Element>)| element.map_err(|e| (Some(atom), e.to_string()));
        result.into_iter().enumerate().map(place).collect()
    };
    match fields.remove("species") {
        Some(Column { width: 1, values: Values::Texts(symbols) }) => {
            all(symbols.iter().map(|symbol| Element::from_symbol(symbol)).collect())
        }
        Some(_) => Err((None, "expected the elements as species:S:1 in Properties".into())),
        None => match fields.remove("Z") {
            Some(Column { width: 1, values: Values::Integers(numbers) }) => all(numbers
                .iter()
                .map(|&z| {
                    let number = u8::try_from(z).map_err(|_| Error::UnknownElement { symbol: z.to_string() })?;
                    Element::from_number(number)
                })
                .collect()),
            _ => Err((None, "expected the elements as species:S:1 or Z:I:1 in Properties".into())),
        },
    }
}

fn take_vectors(fields: &mut Fields<Column>, name: &str, unit: f64) -> Result<Option<Vec<Vec3>>, Problem> {
    let reals = match fields.remove(name) {
        None => return Ok(None),
        Some(Column { width: 3, values: Values::Reals(reals) }) => reals,
        Some(_) => return Err((None, format!("expected {name} as three real columns, {name}:R:3"))),
    };
    if let Some(at) = reals.iter().position(|x| !(x * unit).is_finite()) {
        return Err((Some(at / 3), format!("expected finite {name}, got {} for atom {}", reals[at], at / 3)));
    }
    Ok(Some(reals.chunks_exact(3).map(|x| Vec3::new(x[0], x[1], x[2]) * unit).collect()))
}

/// A symmetric 3 × 3 tensor of 9 numbers or of 6 in Voigt's order xx, yy, zz, yz, xz, xy.
fn take_tensor(info: &mut Fields<Value>, name: &str, unit: f64) -> Result<Option<Mat3>, String> {
    let Some(value) = info.remove(name) else { return Ok(None) };
    let tensor = match value.to_reals().as_deref() {
        // Nine numbers stand column by column, as ASE writes them; the rows of a matrix are rows.
        Some(v) if v.len() == 9 && matches!(value, Value::Matrix { .. }) => Mat3::from_row_slice(v),
        Some(v) if v.len() == 9 => Mat3::from_column_slice(v),
        Some(&[xx, yy, zz, yz, xz, xy]) => Mat3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz),
        _ => return Err(format!("expected 9 or 6 numbers as {name}, got {value:?}")),
    };
    if tensor.iter().all(|x| x.is_finite()) {
        return Ok(Some(tensor * unit));
    }
    Err(format!("expected finite numbers as {name}, got {value:?}"))
}

fn take_cell(info: &mut Fields<Value>, length: f64) -> Result<Cell, String> {
    let periodic = match info.remove("pbc") {
        None => None,
        Some(Value::Vector(Values::Logicals(flags))) if flags.len() == 3 => Some([flags[0], flags[1], flags[2]]),
        Some(Value::Logical(flag)) => Some([flag; 3]),
        Some(other) => return Err(format!("expected pbc=\"T T F\" or the like, got {other:?}")),
    };
    let Some(lattice) = info.get("Lattice") else {
        return match periodic {
            Some(flags) if flags != [false; 3] => Err("expected a Lattice where pbc has a T".into()),
            _ => Ok(Cell::NONE),
        };
    };
    let vectors = match lattice.to_reals().as_deref() {
        Some(v) if v.len() == 9 => Mat3::from_row_slice(v),
        Some(&[a, b, c]) => Mat3::from_diagonal(&Vec3::new(a, b, c)),
        _ => return Err(format!("expected Lattice=\"ax ay az bx by bz cx cy cz\", got {lattice:?}")),
    };
    if vectors.iter().any(|x| !x.is_finite()) {
        return Err(format!("expected a finite Lattice, got {lattice:?}"));
    }
    let cell = Cell::new(vectors * length, periodic.unwrap_or([true; 3])).map_err(|error| error.to_string())?;
    if cell.is_periodic() {
        info.remove("Lattice");
    } else if length != 1.0 {
        let values = (vectors * length).transpose().iter().copied().collect();
        info.insert("Lattice", Value::Vector(Values::Reals(values)));
    }
    Ok(cell)
}
