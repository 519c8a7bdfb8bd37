//! Periodic cells.

use crate::Mat3;

/// Periodic cell: none, orthorhombic or triclinic.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cell(Option<Mat3>);

impl Cell {
    /// No periodicity.
    pub const NONE: Self = Self(None);

    /// Lattice vectors as rows [Å], if periodic.
    #[must_use]
    pub const fn vectors(&self) -> Option<&Mat3> {
        self.0.as_ref()
    }
}
