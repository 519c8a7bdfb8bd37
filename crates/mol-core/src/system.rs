//! The atoms of a simulation and their state.

use crate::{Cell, Element, Frame, Vec3};

/// What a simulation's atoms are: fixed while their [`State`] moves.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct System {
    elements: Vec<Element>,
    masses: Vec<f64>,
}

impl System {
    /// Atoms of the given elements with their standard masses.
    #[must_use]
    pub fn new(elements: Vec<Element>) -> Self {
        let masses = elements.iter().map(|e| e.mass()).collect();
        Self { elements, masses }
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> usize {
        self.elements.len()
    }

    /// Elements, shape `[atoms]`.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Masses [u], shape `[atoms]`.
    #[must_use]
    pub fn masses(&self) -> &[f64] {
        &self.masses
    }
}

/// State of a simulation: what an integrator advances.
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
    /// At rest at `positions` without a cell.
    #[must_use]
    pub fn at_rest(positions: Vec<Vec3>) -> Self {
        let velocities = vec![Vec3::zeros(); positions.len()];
        Self { positions, velocities, cell: Cell::NONE, step: 0 }
    }

    /// The frame of this state.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame { positions: &self.positions, cell: &self.cell }
    }
}
