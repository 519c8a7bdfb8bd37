//! Files of tensors: safetensors with format, version and JSON configuration in the metadata.
//!
//! The metadata holds one entry, `"molkit"`, whose JSON carries `format`, `version` and `config`: the safetensors crate
//! writes metadata in hash order, and one entry is what keeps the bytes of a file reproducible.

use super::Real;
use crate::{Error, Result, io::write_atomic};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{Read, Write};
use std::path::Path;

const KEY: &str = "molkit";

/// Tensors and configuration of a model or checkpoint, on their way to or from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    format: String,
    version: u32,
    config: serde_json::Value,
    tensors: Vec<Stored>,
}

#[derive(Clone, Debug, PartialEq)]
struct Stored {
    name: String,
    kind: &'static str,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

#[derive(serde::Deserialize, Serialize)]
struct Header {
    format: String,
    version: u32,
    config: serde_json::Value,
}

impl Archive {
    /// An archive without tensors.
    ///
    /// # Errors
    /// If `config` cannot be written as JSON.
    pub fn new(format: &str, version: u32, config: &impl Serialize) -> Result<Self> {
        let config = serde_json::to_value(config)
            .map_err(|e| problem(format, format!("its configuration is not valid JSON: {e}")))?;
        Ok(Self { format: format.to_owned(), version, config, tensors: Vec::new() })
    }

    /// Appends a tensor.
    ///
    /// # Panics
    /// If `values` does not fill `shape`.
    pub fn push<E: Real>(&mut self, name: impl Into<String>, shape: &[usize], values: &[E]) {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "a tensor fills its shape");
        let mut bytes = Vec::with_capacity(values.len() * E::BYTES);
        for v in values {
            v.write_le(&mut bytes);
        }
        self.tensors.push(Stored { name: name.into(), kind: E::NAME, shape: shape.to_vec(), bytes });
    }

    /// The configuration.
    ///
    /// # Errors
    /// If it does not have the form of `C`.
    pub fn config<C: DeserializeOwned>(&self) -> Result<C> {
        serde_json::from_value(self.config.clone())
            .map_err(|e| problem(&self.format, format!("its configuration cannot be read: {e}")))
    }

    /// Version of the format.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Names and shapes of the tensors, in order.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.tensors.iter().map(|t| (&t.name[..], &t.shape[..]))
    }

    /// The numbers of tensor `name`, which must have `shape` and the precision of `E`.
    ///
    /// # Errors
    /// If it is absent, of another shape or precision, or holds a number that is not finite.
    pub fn tensor<E: Real>(&self, name: &str, shape: &[usize]) -> Result<Vec<E>> {
        let fail = |text: String| Err(problem(&self.format, text));
        let Some(stored) = self.tensors.iter().find(|t| t.name == name) else {
            return fail(format!("tensor {name:?} is missing"));
        };
        if stored.kind != E::NAME {
            return fail(format!("tensor {name:?} is {}, expected {}", stored.kind, E::NAME));
        }
        if stored.shape != shape {
            return fail(format!("tensor {name:?} has shape {:?}, expected {shape:?}", stored.shape));
        }
        let values: Vec<E> = stored.bytes.chunks_exact(E::BYTES).map(E::read_le).collect();
        match values.iter().position(|v| !v.f64().is_finite()) {
            Some(k) => fail(format!("tensor {name:?} holds {} at {k}", values[k])),
            None => Ok(values),
        }
    }

    /// Writes the archive.
    ///
    /// # Errors
    /// The writer's failure.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let header = Header { format: self.format.clone(), version: self.version, config: self.config.clone() };
        let header = serde_json::to_string(&header).map_err(std::io::Error::other)?;
        let views = self.tensors.iter().map(|t| {
            let kind = if t.kind == f32::NAME { Dtype::F32 } else { Dtype::F64 };
            Ok((&t.name, TensorView::new(kind, t.shape.clone(), &t.bytes).map_err(std::io::Error::other)?))
        });
        let views = views.collect::<std::io::Result<Vec<_>>>()?;
        let metadata = [(KEY.to_owned(), header)].into_iter().collect();
        out.write_all(&safetensors::serialize(views, Some(metadata)).map_err(std::io::Error::other)?)
    }

    /// Reads an archive of `format`, of version `newest` or older.
    ///
    /// # Errors
    /// If the bytes are no such archive, or are of a newer version (named).
    pub fn read(from: &mut dyn Read, format: &str, newest: u32) -> Result<Self> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map_err(|e| problem(format, format!("cannot be read: {e}")))?;
        let damaged = |e: safetensors::SafeTensorError| problem(format, format!("damaged or not safetensors: {e}"));
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(damaged)?;
        let Some(header) = metadata.metadata().as_ref().and_then(|m| m.get(KEY)) else {
            return Err(problem(format, "not a molkit file: its metadata has no entry \"molkit\"".into()));
        };
        let header: Header = serde_json::from_str(header)
            .map_err(|e| problem(format, format!("its metadata entry \"molkit\" cannot be read: {e}")))?;
        if header.format != format {
            return Err(problem(format, format!("the file is a {:?}, expected a {format:?}", header.format)));
        }
        if header.version > newest {
            let text = format!(
                "version {} is newer than {newest}, the newest this build reads: update molkit",
                header.version
            );
            return Err(problem(format, text));
        }
        let file = SafeTensors::deserialize(&bytes).map_err(damaged)?;
        let mut tensors = Vec::new();
        for (name, view) in file.iter() {
            let kind = match view.dtype() {
                Dtype::F32 => f32::NAME,
                Dtype::F64 => f64::NAME,
                other => return Err(problem(format, format!("tensor {name:?} is {other:?}, expected F32 or F64"))),
            };
            let (shape, bytes) = (view.shape().to_vec(), view.data().to_vec());
            tensors.push(Stored { name: name.to_owned(), kind, shape, bytes });
        }
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { format: header.format, version: header.version, config: header.config, tensors })
    }

    /// Writes the archive to `path`, atomically.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn save(&self, path: &Path) -> Result<()> {
        write_atomic(path, |out| self.write(out))
    }

    /// Reads an archive from `path`.
    ///
    /// # Errors
    /// As [`read`](Self::read), with the path in the message.
    pub fn open(path: &Path, format: &str, newest: u32) -> Result<Self> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let mut file = std::fs::File::open(path).map_err(io)?;
        Self::read(&mut file, format, newest).map_err(|e| match e {
            Error::Checkpoint { what, problem } => {
                Error::Checkpoint { what: format!("{} ({what})", path.display()), problem }
            }
            other => other,
        })
    }
}

fn problem(what: &str, problem: String) -> Error {
    Error::Checkpoint { what: what.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Archive {
        let mut archive = Archive::new("test-model", 2, &serde_json::json!({"cutoff": 0.1})).expect("valid JSON");
        archive.push("w", &[2, 1], &[0.1_f32, f32::MIN_POSITIVE]);
        archive.push("b", &[1], &[std::f64::consts::PI]);
        archive
    }

    fn bytes(archive: &Archive) -> Vec<u8> {
        let mut out = Vec::new();
        archive.write(&mut out).expect("memory takes all");
        out
    }

    #[test]
    fn round_trip_keeps_bits_and_bytes() {
        let archive = sample();
        let back = Archive::read(&mut &bytes(&archive)[..], "test-model", 2).expect("just written");
        assert_eq!(back.tensor::<f32>("w", &[2, 1]).expect("there"), [0.1, f32::MIN_POSITIVE]);
        assert_eq!(back.tensor::<f64>("b", &[1]).expect("there"), [std::f64::consts::PI]);
        assert_eq!(bytes(&archive), bytes(&sample()));
        assert_eq!(back.config::<serde_json::Value>().expect("JSON")["cutoff"], 0.1);
    }

    #[test]
    fn wrong_files_are_named() {
        let read = |bytes: &[u8], format: &str, newest| {
            Archive::read(&mut &bytes[..], format, newest).expect_err("refused").to_string()
        };
        let whole = bytes(&sample());
        assert!(read(&whole, "other", 2).contains("is a \"test-model\", expected a \"other\""));
        assert!(read(&whole, "test-model", 1).contains("version 2 is newer than 1"));
        for cut in [0, 7, 40, whole.len() - 1] {
            assert!(read(&whole[..cut], "test-model", 2).contains("damaged"), "cut at {cut}");
        }
        let archive = sample();
        let tensor = |name, shape: &[usize]| archive.tensor::<f32>(name, shape).expect_err("refused").to_string();
        assert!(tensor("v", &[1]).contains("\"v\" is missing"));
        assert!(tensor("b", &[1]).contains("is F64, expected F32"));
        assert!(tensor("w", &[1, 2]).contains("shape [2, 1], expected [1, 2]"));
    }

    #[test]
    fn files_are_opened_with_their_path_in_errors() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("m.safetensors");
        sample().save(&path).expect("written");
        assert!(Archive::open(&path, "test-model", 2).is_ok());
        let error = Archive::open(&path, "other", 2).expect_err("another format").to_string();
        assert!(error.contains("m.safetensors"), "{error}");
    }
}
