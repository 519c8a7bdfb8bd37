//! What one simulation and many walkers have in common, for whoever writes them down.

use mol_core::{Checkpoint, State, System, Vec3};

/// One walker at one step, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Its number, where there are several.
    pub walker: Option<usize>,
    /// Positions, velocities, cell and step.
    pub state: &'a State,
    /// Forces [eV/Å], shape `[atoms]`.
    pub forces: &'a [Vec3],
    /// Potential energy \[eV\].
    pub potential_energy: f64,
    /// Kinetic energy \[eV\].
    pub kinetic_energy: f64,
    /// The integrator's conserved quantity \[eV\].
    pub invariant: f64,
    /// Time since step 0 [Å√(u/eV)].
    pub time: f64,
}

/// Something that moves: a [`Simulation`](crate::Simulation) or [`Walkers`](crate::Walkers).
pub trait Dynamics: Checkpoint {
    /// What the atoms are.
    fn system(&self) -> &System;

    /// Steps done.
    fn step(&self) -> u64;

    /// Number of walkers; 1 for a single simulation.
    fn walkers(&self) -> usize;

    /// Walker `index` as it stands.
    ///
    /// # Panics
    /// If there are no more than `index` walkers.
    fn moment(&self, index: usize) -> Moment<'_>;
}
