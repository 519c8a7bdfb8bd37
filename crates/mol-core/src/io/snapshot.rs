//! One frame of a file: atoms, cell, labels and everything else that stood there.

use super::value::{Column, Fields, Value};
use crate::{Cell, Element, Error, Frame, Mat3, Result, Vec3};

/// One frame of an XYZ or extended XYZ file, in the toolkit's units.
///
/// What the toolkit understands has a field of its own; whatever else the file holds is kept in [`info`](Self::info) and
/// [`columns`](Self::columns), so that reading and writing lose nothing.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Snapshot {
    /// Elements, shape `[atoms]`.
    pub elements: Vec<Element>,
    /// Positions [Å], shape `[atoms]`.
    pub positions: Vec<Vec3>,
    /// Periodic cell. A `Lattice` that repeats in no direction stays in `info`.
    pub cell: Cell,
    /// Potential energy [eV].
    pub energy: Option<f64>,
    /// Forces [eV/Å], shape `[atoms]`.
    pub forces: Option<Vec<Vec3>>,
    /// Stress [eV/Å³].
    pub stress: Option<Mat3>,
    /// Virial [eV].
    pub virial: Option<Mat3>,
    /// Other keys of the comment line, as they stand: no unit is converted. A plain XYZ comment is the text `comment`.
    pub info: Fields<Value>,
    /// Other per-atom columns, as they stand.
    pub columns: Fields<Column>,
}

impl Snapshot {
    /// Atoms at `positions` [Å] without a cell or labels.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if there are not as many positions as elements.
    pub fn new(elements: Vec<Element>, positions: Vec<Vec3>) -> Result<Self> {
        Error::check_len("positions of a snapshot", elements.len(), positions.len())?;
        Ok(Self {
            elements,
            positions,
            cell: Cell::NONE,
            energy: None,
            forces: None,
            stress: None,
            virial: None,
            info: Fields::default(),
            columns: Fields::default(),
        })
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.elements.len()
    }

    /// Positions and cell, as potentials take them.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame::new(&self.positions, &self.cell)
    }

    /// Whether all arrays have one entry per atom.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] naming the array that has not.
    pub fn check(&self) -> Result<()> {
        let atoms = self.atoms();
        Error::check_len("positions of a snapshot", atoms, self.positions.len())?;
        if let Some(forces) = &self.forces {
            Error::check_len("forces of a snapshot", atoms, forces.len())?;
        }
        for (_, column) in self.columns.iter() {
            Error::check_len("per-atom column of a snapshot", atoms * column.width, column.values.len())?;
        }
        Ok(())
    }
}

/// Unit of the energies in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EnergyUnit {
    /// Electronvolt, as ASE writes it.
    #[default]
    ElectronVolt,
    /// Hartree.
    Hartree,
    /// Thermochemical kilocalorie per mole.
    KilocaloriePerMole,
    /// Kilojoule per mole.
    KilojoulePerMole,
}

impl EnergyUnit {
    /// The unit [eV].
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::ElectronVolt => 1.0,
            Self::Hartree => crate::units::HARTREE,
            Self::KilocaloriePerMole => crate::units::KCAL_PER_MOL,
            Self::KilojoulePerMole => crate::units::KJ_PER_MOL,
        }
    }
}

/// Unit of the lengths in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LengthUnit {
    /// Ångström, as ASE writes it.
    #[default]
    Angstrom,
    /// Bohr.
    Bohr,
    /// Nanometre.
    Nanometre,
}

impl LengthUnit {
    /// The unit [Å].
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::Angstrom => 1.0,
            Self::Bohr => crate::units::BOHR,
            Self::Nanometre => 10.0,
        }
    }
}

/// What a reader must be told about a file because the file does not say it.
///
/// ```
/// use mol_core::io::{EnergyUnit, ReadOptions};
/// // MD17 gives kcal/mol and kcal/mol/Å.
/// let options = ReadOptions { energy: EnergyUnit::KilocaloriePerMole, ..ReadOptions::default() };
/// assert_eq!(options.forces_name, "forces");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReadOptions {
    /// Unit of energy, and with `length` of forces, stress and virial.
    pub energy: EnergyUnit,
    /// Unit of positions and lattice, and with `energy` of forces and stress.
    pub length: LengthUnit,
    /// Key of the potential energy.
    pub energy_name: String,
    /// Name of the column of forces.
    pub forces_name: String,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            energy: EnergyUnit::default(),
            length: LengthUnit::default(),
            energy_name: "energy".into(),
            forces_name: "forces".into(),
        }
    }
}
