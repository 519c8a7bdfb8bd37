//! The model file: safetensors with the whole model, configuration in the metadata.

use super::{SchNet, SchNetConfig};
use crate::{DistanceRanges, Error, Result, Standardization};
use mol_core::tensor::{Archive, Real};
use mol_core::{Element, Seed};
use serde::{Deserialize, Serialize};
use std::path::Path;

const FORMAT: &str = "molkit-schnet";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Saved {
    config: SchNetConfig,
    elements: Vec<Element>,
    standardization: Standardization,
    ranges: DistanceRanges,
}

impl<E: Real> SchNet<E> {
    /// Writes the model to `path`, atomically.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let saved = Saved {
            config: self.config,
            elements: self.elements.clone(),
            standardization: self.standardization.clone(),
            ranges: self.ranges.clone(),
        };
        let mut archive = Archive::new(FORMAT, VERSION, &saved)?;
        for (name, (rows, columns), values) in self.weights.iter() {
            archive.push(name, &[rows, columns], values);
        }
        Ok(archive.save(path.as_ref())?)
    }

    /// Reads a model written by [`save`](Self::save).
    ///
    /// # Errors
    /// If the file is absent, damaged, of another kind, precision or a newer version, or its parts do not fit.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let archive = Archive::open(path, FORMAT, VERSION)?;
        let saved: Saved = archive.config()?;
        let mut model = Self::new(saved.config, &saved.elements, Seed::new(0))?;
        if saved.standardization.references.len() != saved.elements.len()
            || saved.standardization.scale.is_nan()
            || saved.standardization.scale <= 0.0
        {
            return Err(Error::Core(mol_core::Error::Checkpoint {
                what: path.display().to_string(),
                problem: "its standardisation does not fit its elements".into(),
            }));
        }
        let mut flat = Vec::with_capacity(model.weights.len());
        for (name, (rows, columns), _) in model.weights.iter() {
            flat.extend(archive.tensor::<E>(name, &[rows, columns])?);
        }
        model = model.with_weights(flat)?;
        model.standardization = saved.standardization;
        model.ranges = saved.ranges;
        Ok(model)
    }
}
