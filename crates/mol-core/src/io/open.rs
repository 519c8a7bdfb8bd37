//! Opening files for reading and writing, gzip or not.
//!
//! A gzip file is known by its first two bytes when it is read (names lie) and by the extension `.gz` when it is written.
//! Readers take any [`BufRead`](std::io::BufRead), so that this is the only place that knows of compression. Deliberately
//! not here: other compressions, and archives of several files.

use crate::{Error, Result};
use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Chain, Cursor, Read, Write};
use std::path::{Path, PathBuf};

/// First bytes of a gzip stream (RFC 1952).
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Bytes read at once.
const BUFFER: usize = 1 << 16;

type Raw = BufReader<Chain<Cursor<Vec<u8>>, File>>;

/// An open file as buffered bytes, decompressed if it is gzip; see [`open`].
#[derive(Debug)]
pub struct Input(Source);

#[derive(Debug)]
enum Source {
    Plain(Raw),
    Gzip(Box<BufReader<Gunzip>>),
}

/// A gzip stream of one or several members whose errors say what they mean.
#[derive(Debug)]
struct Gunzip(MultiGzDecoder<Raw>);

/// Opens a file for reading; gzip, known by its first bytes, is decompressed on the way, all members of it.
///
/// ```
/// use std::io::{Read, Write};
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("molecules.smi.gz");
/// let mut out = mol_core::io::create(&path)?;
/// out.write_all(b"CCO ethanol\n").unwrap();
/// out.finish()?;
/// let mut text = String::new();
/// mol_core::io::open(&path)?.read_to_string(&mut text).unwrap();
/// assert_eq!(text, "CCO ethanol\n");
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] if the file cannot be opened. Reading fails where the file does; a gzip stream that ends early says so,
/// after all bytes before have been given.
pub fn open(path: impl AsRef<Path>) -> Result<Input> {
    let path = path.as_ref();
    start(path).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn start(path: &Path) -> io::Result<Input> {
    let file = File::open(path)?;
    let mut head = Vec::with_capacity(MAGIC.len());
    (&file).take(MAGIC.len() as u64).read_to_end(&mut head)?;
    let is_gzip = head == MAGIC;
    let raw = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(file));
    Ok(Input(if is_gzip {
        Source::Gzip(Box::new(BufReader::with_capacity(BUFFER, Gunzip(MultiGzDecoder::new(raw)))))
    } else {
        Source::Plain(raw)
    }))
}

impl Read for Gunzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            let message = match error.kind() {
                io::ErrorKind::UnexpectedEof => "the gzip stream ends early: the file is truncated".to_owned(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                    format!("the gzip stream is damaged: {error}")
                }
                _ => return error,
            };
            io::Error::new(error.kind(), message)
        })
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Source::Plain(reader) => reader.read(buffer),
            Source::Gzip(reader) => reader.read(buffer),
        }
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.0 {
            Source::Plain(reader) => reader.fill_buf(),
            Source::Gzip(reader) => reader.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.0 {
            Source::Plain(reader) => reader.consume(amount),
            Source::Gzip(reader) => reader.consume(amount),
        }
    }
}

/// A file being written, compressed if its name ends in `.gz`; see [`create`].
///
/// What was written is complete only after [`finish`](Self::finish): dropping it writes what it can and hides errors.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

/// Creates a file for writing, or empties it; a name that ends in `.gz` compresses.
///
/// The same bytes give the same file: the gzip header carries no time. For a file that must survive a crash use
/// [`write_atomic`](super::write_atomic).
///
/// # Errors
/// [`Error::Io`] if the file cannot be created.
pub fn create(path: impl AsRef<Path>) -> Result<Output> {
    let path = path.as_ref().to_owned();
    let file = File::create(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
    let plain = BufWriter::with_capacity(BUFFER, file);
    let is_gzip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let sink =
        if is_gzip { Sink::Gzip(Box::new(GzEncoder::new(plain, Compression::default()))) } else { Sink::Plain(plain) };
    Ok(Output { path, sink })
}

impl Output {
    /// Writes what is still held, and the end of a gzip stream.
    ///
    /// # Errors
    /// [`Error::Io`] with the file and the reason.
    pub fn finish(self) -> Result<()> {
        let flushed = match self.sink {
            Sink::Plain(mut plain) => plain.flush(),
            Sink::Gzip(encoder) => encoder.finish().and_then(|mut plain| plain.flush()),
        };
        flushed.map_err(|source| Error::Io { path: self.path, source })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Plain(plain) => plain.write(bytes),
            Sink::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Plain(plain) => plain.flush(),
            Sink::Gzip(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::SmilesReader;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_follow_one_another_and_the_name_does_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.smi");
        std::fs::write(&path, [packed("C methane\n"), packed("N ammonia\n")].concat()).unwrap();
        let mut text = String::new();
        open(&path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "C methane\nN ammonia\n");
        for short in [&b""[..], b"C", b"\x1f"] {
            std::fs::write(&path, short).unwrap();
            let mut bytes = Vec::new();
            open(&path).unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, short);
        }
    }

    #[test]
    fn a_truncated_or_damaged_stream_says_so_after_what_could_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.smi.gz");
        // Lines that do not compress to nothing, so that the cut loses some of them only.
        let lines = (0..20_000_u64).map(|k| format!("C {}\n", k.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let text = lines.collect::<Vec<_>>().concat();
        let whole = packed(&text);
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let records: Vec<_> = SmilesReader::new(open(&path).unwrap(), &path).collect();
        let (last, before) = records.split_last().unwrap();
        assert!(before.len() > 1000 && before.iter().all(Result::is_ok));
        let message = last.as_ref().unwrap_err().to_string();
        assert!(message.contains("a.smi.gz") && message.contains("truncated"), "{message}");
        let mut damaged = whole.clone();
        let middle = damaged.len() - 6;
        damaged[middle] ^= 0xff;
        std::fs::write(&path, damaged).unwrap();
        let mut bytes = Vec::new();
        let error = open(&path).unwrap().read_to_end(&mut bytes).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }

    #[test]
    fn the_extension_decides_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        for (name, is_gzip) in [("a.sdf", false), ("a.sdf.gz", true), ("a.GZ", true)] {
            let path = folder.path().join(name);
            let mut out = create(&path).unwrap();
            out.write_all(b"hello").unwrap();
            out.finish().unwrap();
            assert_eq!(std::fs::read(&path).unwrap().starts_with(&MAGIC), is_gzip, "{name}");
            let mut text = String::new();
            open(&path).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "hello");
        }
        let message = create(folder.path().join("none/a.gz")).unwrap_err().to_string();
        assert!(message.contains("a.gz"), "{message}");
    }
}
