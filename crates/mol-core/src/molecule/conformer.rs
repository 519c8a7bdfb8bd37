//! Conformers: the coordinates a molecule carries.

use super::Molecule;
use crate::{Error, Result, Vec3};

/// One set of coordinates of all atoms of a molecule.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Conformer {
    positions: Vec<Vec3>,
}

impl Conformer {
    /// Positions [Å], shape `[atoms]`, all finite.
    #[must_use]
    pub fn positions(&self) -> &[Vec3] {
        &self.positions
    }

    /// The positions of the atoms that are not `gone`, shape `[atoms]`.
    pub(super) fn without(&self, gone: &[bool]) -> Self {
        let kept = self.positions.iter().zip(gone).filter(|(_, gone)| !**gone);
        Self { positions: kept.map(|(position, _)| *position).collect() }
    }
}

impl AsRef<[Vec3]> for Conformer {
    fn as_ref(&self) -> &[Vec3] {
        self.positions()
    }
}

impl Molecule {
    /// The conformers, in the order in which they were added.
    #[must_use]
    pub fn conformers(&self) -> &[Conformer] {
        &self.conformers
    }

    /// Appends a conformer: positions [Å], shape `[atoms]`. Returns its place.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for another number of positions, [`Error::NotFinite`] for one that is not a number.
    pub fn add_conformer(&mut self, positions: Vec<Vec3>) -> Result<usize> {
        Error::check_len("positions of a conformer", self.atom_count(), positions.len())?;
        check_finite(&positions)?;
        self.conformers.push(Conformer { positions });
        Ok(self.conformers.len() - 1)
    }

    /// Removes all conformers.
    pub fn clear_conformers(&mut self) {
        self.conformers.clear();
    }
}

/// Refuses positions that are not finite.
pub(crate) fn check_finite(positions: &[Vec3]) -> Result<()> {
    for (index, position) in positions.iter().enumerate() {
        if let Some(&value) = position.iter().find(|x| !x.is_finite()) {
            return Err(Error::NotFinite { what: "position of atom", index, value });
        }
    }
    Ok(())
}
