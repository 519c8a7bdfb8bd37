//! Writing extended XYZ.

use super::header;
use super::snapshot::Snapshot;
use super::value::{Value, Values, spell_logical, spell_real};
use crate::{Error, Mat3, Result, Vec3};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Text kept in memory before it goes to the file [bytes].
const BUFFER: usize = 1 << 16;
/// Keys that the fields of a snapshot write themselves.
const RESERVED: [&str; 5] = ["Properties", "pbc", "energy", "stress", "virial"];

/// Writes one frame of extended XYZ, in eV and Å.
///
/// Every number is the shortest decimal that reads back to the same bits, and types are kept: a snapshot that is written
/// and read is equal to itself.
///
/// ```
/// use mol_core::{Element, Vec3, io};
/// let mut frame = io::Snapshot::new(vec![Element::O], vec![Vec3::new(0.1, 0.0, -2.0)])?;
/// frame.energy = Some(-1.25);
/// let mut text = Vec::new();
/// io::write_extxyz(&mut text, &frame)?;
/// let expected = "1\nProperties=species:S:1:pos:R:3 energy=-1.25 pbc=\"F F F\"\nO 0.1 0.0 -2.0\n";
/// assert_eq!(String::from_utf8(text).unwrap(), expected);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::ShapeMismatch`] if an array is not per atom; [`Error::InvalidArgument`] for what the format cannot hold (blanks
/// in a per-atom text, a colon in a column's name, a key that a field of the snapshot already writes, numbers that are not
/// finite in a field that must be); [`Error::Io`] for what the writer reports.
pub fn write_extxyz(out: &mut dyn Write, snapshot: &Snapshot) -> Result<()> {
    let mut text = String::new();
    format_frame(&mut text, snapshot)?;
    out.write_all(text.as_bytes()).map_err(|source| Error::Io { path: "extended XYZ output".into(), source })
}

/// An extended XYZ file that grows frame by frame and knows its length, so that a checkpoint can hold it.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("run.extxyz");
/// use mol_core::{Element, Vec3, io};
/// let frame = io::Snapshot::new(vec![Element::O], vec![Vec3::zeros()])?;
/// let mut writer = io::ExtxyzWriter::create(&path)?;
/// writer.write(&frame)?;
/// let length = writer.sync()?; // on the disk: this goes into the checkpoint
/// writer.write(&frame)?;
/// drop(writer); // the run is interrupted after the checkpoint
/// let mut writer = io::ExtxyzWriter::append(&path, length)?;
/// writer.write(&frame)?;
/// writer.sync()?;
/// assert_eq!(io::read_extxyz(&path)?.count(), 2);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Debug)]
pub struct ExtxyzWriter {
    file: File,
    path: PathBuf,
    /// Bytes handed to the operating system.
    written: u64,
    pending: String,
}

impl ExtxyzWriter {
    /// Starts a new file, or empties the one that is there.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Self::open(path.as_ref(), OpenOptions::new().write(true).create(true).truncate(true), 0)
    }

    /// Continues a file after its first `length` bytes; what follows them is cut off.
    ///
    /// # Errors
    /// [`Error::Io`] with the path: also if the file is shorter than `length`, for frames are then lost.
    pub fn append(path: impl AsRef<Path>, length: u64) -> Result<Self> {
        Self::open(path.as_ref(), OpenOptions::new().write(true).create(length == 0).truncate(false), length)
    }

    fn open(path: &Path, options: &OpenOptions, length: u64) -> Result<Self> {
        let open = || {
            let mut file = options.open(path)?;
            let found = file.metadata()?.len();
            if found < length {
                let message = format!("expected at least {length} bytes to continue after, the file has {found}");
                return Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, message));
            }
            file.set_len(length)?;
            file.seek(SeekFrom::Start(length))?;
            Ok(file)
        };
        let file = open().map_err(|source| Error::Io { path: path.to_owned(), source })?;
        Ok(Self { file, path: path.to_owned(), written: length, pending: String::new() })
    }

    /// Adds one frame.
    ///
    /// # Errors
    /// As [`write_extxyz`]. After an [`Error::Io`] the frame is still pending and [`sync`](Self::sync) may be tried again;
    /// after any other the frame is not in the file.
    pub fn write(&mut self, snapshot: &Snapshot) -> Result<()> {
        let before = self.pending.len();
        if let Err(error) = format_frame(&mut self.pending, snapshot) {
            self.pending.truncate(before);
            return Err(error);
        }
        if self.pending.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Makes everything durable (`fsync`) and returns the length of the file [bytes].
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn sync(&mut self) -> Result<u64> {
        self.flush()?;
        self.file.sync_data().map_err(|source| Error::Io { path: self.path.clone(), source })?;
        Ok(self.written)
    }

    /// Length of the file with all frames so far [bytes]; they may still be in memory.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    fn flush(&mut self) -> Result<()> {
        if let Err(source) = self.file.write_all(self.pending.as_bytes()) {
            // Back to the last whole frame, as far as the disk lets us: the text is still pending.
            let cut = self.file.set_len(self.written).and_then(|()| self.file.seek(SeekFrom::Start(self.written)));
            let source = cut.err().unwrap_or(source);
            return Err(Error::Io { path: self.path.clone(), source });
        }
        self.written += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }
}

impl Drop for ExtxyzWriter {
    /// Writes what is pending; whoever must know whether that works calls [`sync`](ExtxyzWriter::sync) first.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn format_frame(text: &mut String, snapshot: &Snapshot) -> Result<()> {
    snapshot.check()?;
    let _ = writeln!(text, "{}", snapshot.atoms());
    format_comment(text, snapshot)?;
    for (_, column) in snapshot.columns.iter() {
        if let Values::Texts(words) = &column.values {
            let bad = |word: &&String| word.is_empty() || word.contains(|c: char| c.is_whitespace());
            if let Some(word) = words.iter().find(bad) {
                return Err(refuse("per-atom text of extended XYZ", "not empty and without blanks", word));
            }
        }
    }
    for atom in 0..snapshot.atoms() {
        text.push_str(snapshot.elements[atom].symbol());
        push_vector(text, &snapshot.positions[atom], "position of atom", atom)?;
        if let Some(forces) = &snapshot.forces {
            push_vector(text, &forces[atom], "force on atom", atom)?;
        }
        for (_, column) in snapshot.columns.iter() {
            for k in atom * column.width..(atom + 1) * column.width {
                text.push(' ');
                text.push_str(&column.values.spell(k));
            }
        }
        text.push('\n');
    }
    Ok(())
}

fn format_comment(text: &mut String, snapshot: &Snapshot) -> Result<()> {
    if let Some(vectors) = snapshot.cell.vectors() {
        let _ = write!(text, "Lattice=\"{}\" ", spell_matrix(&vectors.transpose()));
    }
    text.push_str("Properties=species:S:1:pos:R:3");
    if snapshot.forces.is_some() {
        text.push_str(":forces:R:3");
    }
    for (name, column) in snapshot.columns.iter() {
        let kind = match column.values {
            Values::Integers(_) => 'I',
            Values::Reals(_) => 'R',
            Values::Logicals(_) => 'L',
            Values::Texts(_) => 'S',
        };
        let taken = ["species", "pos"].contains(&name) || (name == "forces" && snapshot.forces.is_some());
        let special = |c: char| c.is_whitespace() || c.is_control() || ":=\"',[]{}\\".contains(c);
        if name.is_empty() || name.contains(special) || taken || column.width == 0 {
            let expected = "a new name of letters, digits and the like, with a positive width";
            return Err(refuse("per-atom column of extended XYZ", expected, name));
        }
        let _ = write!(text, ":{name}:{kind}:{}", column.width);
    }
    for (key, value) in snapshot.info.iter() {
        if RESERVED.contains(&key) || (key == "Lattice" && snapshot.cell.is_periodic()) {
            return Err(refuse("key of a snapshot's info", "none that a field of the snapshot writes", key));
        }
        header::append(text, key, value)?;
    }
    if let Some(energy) = snapshot.energy {
        if !energy.is_finite() {
            return Err(refuse("energy of a snapshot [eV]", "finite", &energy.to_string()));
        }
        header::append(text, "energy", &Value::Real(energy))?;
    }
    for (name, tensor) in [("stress", &snapshot.stress), ("virial", &snapshot.virial)] {
        if let Some(tensor) = tensor {
            if tensor.iter().any(|x| !x.is_finite()) {
                return Err(refuse("stress or virial of a snapshot", "finite", &format!("{tensor:?}")));
            }
            let _ = write!(text, " {name}=\"{}\"", spell_matrix(tensor));
        }
    }
    let flags = snapshot.cell.periodic().map(spell_logical);
    let _ = writeln!(text, " pbc=\"{}\"", flags.join(" "));
    Ok(())
}

/// Nine numbers column by column.
fn spell_matrix(matrix: &Mat3) -> String {
    matrix.iter().map(|&x| spell_real(x)).collect::<Vec<_>>().join(" ")
}

fn push_vector(text: &mut String, vector: &Vec3, what: &'static str, index: usize) -> Result<()> {
    for &value in vector {
        if !value.is_finite() {
            return Err(Error::NotFinite { what, index, value });
        }
        text.push(' ');
        text.push_str(&spell_real(value));
    }
    Ok(())
}

fn refuse(what: &'static str, expected: &'static str, got: &str) -> Error {
    Error::InvalidArgument { what, expected, got: format!("{got:?}") }
}
