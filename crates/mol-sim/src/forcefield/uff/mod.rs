//! The Universal Force Field.
//!
//! [`Uff`] types a [`Molecule`], derives every constant from its atom types and evaluates five kinds of terms. The terms
//! are flat lists: each kernel is a loop over one of them, bonded terms as polynomials of cosines, torsions grouped by
//! their bond, van der Waals pairs in rows. What the paper leaves open is decided as RDKit decides it, since that is
//! what the numbers of the field come from (docs/methods/uff.md lists the decisions). Deliberately not here: charges (the
//! published validation has none), cut-offs, periodic cells, metals.

mod bend;
mod build;
mod inversion;
mod parameters;
mod resonance;
mod stretch;
mod torsion;
mod typing;
mod van_der_waals;

use super::assert_sizes;
use crate::{Error, Result};
use mol_core::{Derivatives, Fault, Frame, Mat3, Molecule, Potential, TermSink, Vec3, Want};
use std::sync::Arc;

pub use resonance::UffAromaticity;

/// The Universal Force Field of one molecule, or of several that belong together.
///
/// ```text
/// E = Σ ½ k (r − r₀)²                                    bonds
///   + Σ K Σₙ Cₙ cos nθ                                   angles
///   + Σ ½ V (1 − cos nφ₀ cos nφ)                         torsions
///   + Σ K (C₀ + C₁ cos ω + C₂ cos 2ω)                    inversions
///   + Σ D [(x/r)¹² − 2 (x/r)⁶]                           van der Waals, pairs more than two bonds apart
/// ```
/// Constants follow from atom types: element, hybridisation, and for some elements the oxidation state. Energies in eV,
/// forces in eV/Å; divide by [`KCAL_PER_MOL`](mol_core::units::KCAL_PER_MOL) to compare with other programs. There are no
/// charges and there is no cut-off, so it is a model of shape and strain: use it for conformers, not for energies of
/// reactions or of binding.
///
/// A frame in a periodic cell gives NaN, and [`take_fault`](Potential::take_fault) says so.
///
/// ```
/// use mol_core::{Frame, Molecule, PotentialExt, Vec3, units::KCAL_PER_MOL};
/// use mol_sim::Uff;
/// let water = Molecule::from_smiles("O")?.with_explicit_hydrogens()?;
/// let mut uff = Uff::new(&water)?;
/// assert_eq!(uff.types(), ["O_3", "H_", "H_"]);
/// let shape = [Vec3::zeros(), Vec3::x(), Vec3::new(-0.25, 0.96, 0.0)];
/// let energy = uff.energy(Frame::isolated(&shape)) / KCAL_PER_MOL;
/// assert!((energy - 0.055_068_574).abs() < 1e-9); // kcal/mol, as RDKit gives
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A. K. Rappé, C. J. Casewit, K. S. Colwell, W. A. Goddard and W. M. Skiff, *J. Am. Chem. Soc.* **114**, 10024 (1992);
/// what it leaves open as in RDKit 2026.09.
pub struct Uff {
    terms: Arc<Terms>,
    scratch: Scratch,
    fault: Option<Fault>,
}

/// Choices of [`Uff`] that the paper leaves open and programs make differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UffConfig {
    /// Which ring bonds have the order 1.5.
    pub aromaticity: UffAromaticity,
}

/// Everything that follows from the molecule.
struct Terms {
    types: Vec<&'static str>,
    stretches: Vec<stretch::Stretch>,
    bends: Vec<bend::Bend>,
    rotors: Vec<torsion::Rotor>,
    inversions: Vec<inversion::Inversion>,
    pairs: van_der_waals::Pairs,
}

/// Forces of one evaluation and what the pairs need.
#[derive(Clone)]
struct Scratch {
    forces: Vec<Vec3>,
    pairs: van_der_waals::Scratch,
}

/// One kind of terms.
#[derive(Clone, Copy)]
enum Kind {
    Bond,
    Angle,
    Torsion,
    Inversion,
    VanDerWaals,
}

impl Kind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Bond, "bond"),
        (Self::Angle, "angle"),
        (Self::Torsion, "torsion"),
        (Self::Inversion, "inversion"),
        (Self::VanDerWaals, "van der waals"),
    ];
}

impl Uff {
    /// Types the atoms of `molecule` and collects its terms.
    ///
    /// All hydrogens must be atoms ([`Molecule::with_explicit_hydrogens`]). Aromaticity and hybridisation are perceived
    /// here, so Kekulé and aromatic spellings give the same field. Coordinates are needed only by five-coordinate
    /// phosphorus, to tell its axis: the first conformer's.
    ///
    /// # Errors
    /// [`Error::Untyped`] with the atom for a wildcard, implicit hydrogens, an element, charge or valence without a type;
    /// [`Error::Core`] if an aromatic system cannot be given double bonds.
    pub fn new(molecule: &Molecule) -> Result<Self> {
        Self::with_config(molecule, UffConfig::default())
    }

    /// As [`new`](Self::new), with choices of one's own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_config(molecule: &Molecule, config: UffConfig) -> Result<Self> {
        let terms = build::terms(molecule, config)?;
        let scratch = Scratch { forces: vec![Vec3::zeros(); terms.types.len()], pairs: terms.pairs.scratch() };
        Ok(Self { terms: Arc::new(terms), scratch, fault: None })
    }

    /// The type of each atom, as the paper spells it, shape `[atoms]`.
    #[must_use]
    pub fn types(&self) -> &[&'static str] {
        &self.terms.types
    }

    /// Energy of one kind of terms; adds their forces to the scratch.
    fn part<const FORCES: bool>(&mut self, kind: Kind, x: &[Vec3]) -> f64 {
        let (terms, forces) = (&*self.terms, &mut self.scratch.forces[..]);
        match kind {
            Kind::Bond => stretch::sum::<FORCES>(&terms.stretches, x, forces),
            Kind::Angle => bend::sum::<FORCES>(&terms.bends, x, forces),
            Kind::Torsion => torsion::sum::<FORCES>(&terms.rotors, x, forces),
            Kind::Inversion => inversion::sum::<FORCES>(&terms.inversions, x, forces),
            Kind::VanDerWaals => terms.pairs.sum::<FORCES>(&mut self.scratch.pairs, x, forces),
        }
    }

    /// Energy of some kinds of terms, with the wanted derivatives added to `out` unless the energy is not finite.
    fn sum(&mut self, kinds: &[(Kind, &str)], frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        if let Err(error) = check(&frame) {
            self.fault = Some(error.into());
            return f64::NAN;
        }
        let x = frame.positions;
        if out.want() == Want::Energy {
            let energy = kinds.iter().map(|(kind, _)| self.part::<false>(*kind, x)).sum();
            return self.judge(energy, x);
        }
        self.scratch.forces.fill(Vec3::zeros());
        let energy = kinds.iter().map(|(kind, _)| self.part::<true>(*kind, x)).sum();
        let energy = self.judge(energy, x);
        if energy.is_finite() {
            add(&self.scratch.forces, x, out);
        }
        energy
    }

    /// The energy, with a reason kept if it is NaN.
    fn judge(&mut self, energy: f64, x: &[Vec3]) -> f64 {
        if energy.is_nan() {
            let mut close = self.terms.stretches.iter().filter(|bond| {
                let [i, j] = bond.atoms.map(|atom| atom as usize);
                (x[i] - x[j]).norm() < 1e-9
            });
            let got = close.next().map_or_else(
                || "several atoms at one place".to_owned(),
                |bond| format!("atoms {} and {} at one place", bond.atoms[0], bond.atoms[1]),
            );
            self.fault = Some(Error::argument("positions for UFF", "bonded atoms apart from each other", got).into());
        }
        energy
    }
}

/// What no term can be asked about.
fn check(frame: &Frame<'_>) -> Result<()> {
    if frame.cell.is_periodic() {
        return Err(Error::argument("cell for UFF", "no periodic cell: UFF is of an isolated molecule", frame.cell));
    }
    for (index, x) in frame.positions.iter().enumerate() {
        // The sum of three finite numbers may overflow, which is as far from a molecule as infinity is.
        let value = x.x + x.y + x.z;
        if !value.is_finite() {
            return Err(mol_core::Error::NotFinite { what: "position of atom", index, value }.into());
        }
    }
    Ok(())
}

/// Adds forces of a potential that moves with its atoms.
fn add(forces: &[Vec3], x: &[Vec3], out: &mut Derivatives) {
    if let Some(all) = out.forces_mut() {
        all.iter_mut().zip(forces).for_each(|(sum, force)| *sum += force);
    }
    if let (Some(sum), Some(origin)) = (out.virial_mut(), x.first()) {
        // Every term's forces add up to zero, so any origin gives the same virial; one of the atoms rounds least.
        *sum += x.iter().zip(forces).map(|(x, force)| (x - origin) * force.transpose()).sum::<Mat3>();
    }
}

impl Clone for Uff {
    fn clone(&self) -> Self {
        Self { terms: Arc::clone(&self.terms), scratch: self.scratch.clone(), fault: None }
    }
}

impl Potential for Uff {
    fn atoms(&self) -> usize {
        self.terms.types.len()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        assert_sizes(self.atoms(), &frame, out);
        self.sum(&Kind::ALL, frame, out)
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }

    fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
        let mut out = Derivatives::new(self.atoms(), Want::Forces);
        assert_sizes(self.atoms(), &frame, &out);
        for kind in Kind::ALL {
            out.clear();
            let energy = self.sum(&[kind], frame, &mut out);
            sink.term(kind.1, energy, &out);
        }
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }
}

impl std::fmt::Debug for Uff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uff").field("types", &self.terms.types).finish_non_exhaustive()
    }
}
