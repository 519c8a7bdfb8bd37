//! A frame of a simulation and the derivatives asked of it.
//!
//! Frames are borrowed and `Copy`, so that an integrator, a batch of walkers and a file reader hand over their own
//! storage. Derivatives are an accumulator that potentials add to, so that a sum of potentials needs no temporary and a
//! caller who wants the energy alone pays for nothing else.

use crate::{Cell, Mat3, Vec3};

/// Positions and cell of one instant, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Positions [Å], shape `[atoms]`; not wrapped into the cell.
    pub positions: &'a [Vec3],
    /// Periodic cell, [`Cell::NONE`] for an isolated molecule.
    pub cell: &'a Cell,
}

impl<'a> Frame<'a> {
    /// A frame with a cell.
    #[must_use]
    pub const fn new(positions: &'a [Vec3], cell: &'a Cell) -> Self {
        Self { positions, cell }
    }

    /// A frame without periodicity.
    #[must_use]
    pub const fn isolated(positions: &'a [Vec3]) -> Self {
        Self { positions, cell: &Cell::NONE }
    }
}

/// Which derivatives a caller wants beside the energy; each level includes the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The energy alone.
    Energy,
    /// Energy and forces −∂E/∂x.
    Forces,
    /// Energy, forces and virial −∂E/∂ε.
    Virial,
}

/// Accumulator of forces and virial: potentials **add** to it, so that a sum of potentials needs no temporary.
///
/// The virial is
///
/// ```text
/// W_ab = −∂E/∂ε_ab   [eV]   under   x_b → x_b + Σ_a x_a ε_ab   of all positions and lattice vectors
/// ```
///
/// (rows times 1 + ε); for pair forces it is `Σ r_a F_b` over the pairs, and the pressure is (2K + tr W) / 3V. It is
/// symmetric if the energy is invariant under rotation.
///
/// ```
/// use mol_core::{Derivatives, Vec3, Want};
/// let mut out = Derivatives::new(2, Want::Virial);
/// out.add_pair(0, 1, &Vec3::new(2.0, 0.0, 0.0), &Vec3::new(-3.0, 0.0, 0.0)); // an attraction over 2 Å
/// assert_eq!(out.forces()[0].x, 3.0);
/// assert_eq!(out.virial().trace(), -6.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Derivatives {
    want: Want,
    atoms: usize,
    forces: Vec<Vec3>,
    virial: Mat3,
}

impl Derivatives {
    /// Zeros for `atoms` atoms.
    #[must_use]
    pub fn new(atoms: usize, want: Want) -> Self {
        let forces = vec![Vec3::zeros(); if want == Want::Energy { 0 } else { atoms }];
        Self { want, atoms, forces, virial: Mat3::zeros() }
    }

    /// What is wanted.
    #[must_use]
    pub const fn want(&self) -> Want {
        self.want
    }

    /// Number of atoms.
    #[must_use]
    pub const fn atoms(&self) -> usize {
        self.atoms
    }

    /// Zeros for another request, in the storage at hand.
    pub fn reset(&mut self, atoms: usize, want: Want) {
        (self.want, self.atoms) = (want, atoms);
        self.forces.resize(if want == Want::Energy { 0 } else { atoms }, Vec3::zeros());
        self.clear();
    }

    /// Sets all sums to zero.
    pub fn clear(&mut self) {
        self.forces.fill(Vec3::zeros());
        self.virial = Mat3::zeros();
    }

    /// Forces so far [eV/Å], shape `[atoms]`; empty if not wanted.
    #[must_use]
    pub fn forces(&self) -> &[Vec3] {
        &self.forces
    }

    /// Virial so far [eV]; zero if not wanted.
    #[must_use]
    pub const fn virial(&self) -> &Mat3 {
        &self.virial
    }

    /// Forces to add to, if wanted.
    pub fn forces_mut(&mut self) -> Option<&mut [Vec3]> {
        (self.want >= Want::Forces).then_some(&mut self.forces[..])
    }

    /// Virial to add to, if wanted.
    pub fn virial_mut(&mut self) -> Option<&mut Mat3> {
        (self.want == Want::Virial).then_some(&mut self.virial)
    }

    /// Adds the force `force` on the far end of the separation `r = x_j − x_i` and its reaction on `i`, with the virial.
    pub fn add_pair(&mut self, i: usize, j: usize, r: &Vec3, force: &Vec3) {
        if self.want >= Want::Forces {
            self.forces[j] += force;
            self.forces[i] -= force;
            if self.want == Want::Virial {
                self.virial += r * force.transpose();
            }
        }
    }

    /// Adds `factor` times another accumulator of the same size.
    ///
    /// # Panics
    /// If the numbers of atoms differ or `other` holds fewer derivatives than `self` wants.
    pub fn add_scaled(&mut self, factor: f64, other: &Self) {
        assert!(self.atoms == other.atoms && other.want >= self.want, "derivatives of another shape");
        for (a, b) in self.forces.iter_mut().zip(&other.forces) {
            *a += b * factor;
        }
        if self.want == Want::Virial {
            self.virial += other.virial * factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reset_equals_new() {
        let mut out = Derivatives::new(3, Want::Virial);
        out.add_pair(0, 2, &Vec3::x(), &Vec3::y());
        for (atoms, want) in [(2, Want::Forces), (5, Want::Virial), (4, Want::Energy)] {
            out.reset(atoms, want);
            assert_eq!(out, Derivatives::new(atoms, want));
        }
    }

    #[test]
    fn each_level_gives_what_was_asked_and_no_more() {
        let mut energy = Derivatives::new(2, Want::Energy);
        energy.add_pair(0, 1, &Vec3::x(), &Vec3::x());
        assert!(energy.forces().is_empty() && energy.forces_mut().is_none() && energy.virial_mut().is_none());
        let mut forces = Derivatives::new(2, Want::Forces);
        forces.add_pair(0, 1, &Vec3::x(), &Vec3::x());
        assert_eq!(forces.forces(), [-Vec3::x(), Vec3::x()]);
        assert_eq!(*forces.virial(), Mat3::zeros());
    }
}
