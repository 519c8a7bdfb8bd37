//! What an integrator advances.

use crate::{Cell, Error, Frame, Result, System, Vec3};

/// State of a simulation: what an integrator advances and a checkpoint stores.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct State {
    /// Positions [Å], shape `[atoms]`, not wrapped.
    pub positions: Vec<Vec3>,
    /// Velocities [Å per Å√(u/eV)], shape `[atoms]`.
    pub velocities: Vec<Vec3>,
    /// Periodic cell.
    pub cell: Cell,
    /// Steps done.
    pub step: u64,
}

impl State {
    /// At rest at `positions` [Å] without a cell.
    #[must_use]
    pub fn at_rest(positions: Vec<Vec3>) -> Self {
        let velocities = vec![Vec3::zeros(); positions.len()];
        Self { positions, velocities, cell: Cell::NONE, step: 0 }
    }

    /// The same in `cell`.
    #[must_use]
    pub const fn with_cell(mut self, cell: Cell) -> Self {
        self.cell = cell;
        self
    }

    /// The frame of this state.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame { positions: &self.positions, cell: &self.cell }
    }

    /// Tests that this is a finite state of `system`; what an engine calls before it starts.
    ///
    /// ```
    /// use mol_core::{Element, State, System, Vec3};
    /// let system = System::new(vec![Element::H]);
    /// let state = State::at_rest(vec![Vec3::new(0.0, f64::NAN, 0.0)]);
    /// assert_eq!(state.check(&system).unwrap_err().to_string(), "position of atom 0: NaN is not finite");
    /// ```
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if a length is not `system.atoms()`, [`Error::NotFinite`] with the atom.
    pub fn check(&self, system: &System) -> Result<()> {
        Error::check_len("positions of the state", system.atoms(), self.positions.len())?;
        Error::check_len("velocities of the state", system.atoms(), self.velocities.len())?;
        check_finite("position of atom", &self.positions)?;
        check_finite("velocity of atom", &self.velocities)
    }
}

/// `Err(NotFinite)` with the first vector that has a component that is not.
pub(crate) fn check_finite(what: &'static str, vectors: &[Vec3]) -> Result<()> {
    for (index, vector) in vectors.iter().enumerate() {
        if let Some(&value) = vector.iter().find(|x| !x.is_finite()) {
            return Err(Error::NotFinite { what, index, value });
        }
    }
    Ok(())
}
