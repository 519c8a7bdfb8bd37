//! A molecule whose torsions are searched: its energy surface, what turns, and what a valid conformer is.

use super::record::{ConformerSet, MinimizedConformer, SameConformer};
use crate::{Budget, Error, Result};
use mol_core::geometry::{TorsionFingerprint, TorsionFingerprintOptions, Torsions};
use mol_core::minimize::{Ending, Lbfgs, Minimize};
use mol_core::perceive::{Perception, chiral_volume};
use mol_core::{AtomIndex, ChiralClass, Derivatives, Element, Fault, Frame, Molecule, Potential, TermSink, Vec3};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Starts that share a clone of the potential; a constant, so that threads change nothing.
const CHUNK: usize = 2;
/// A bond longer than the sum of covalent radii by more than this is broken [Å].
const BROKEN: f64 = 0.45;
/// Atoms two or more bonds apart (beyond angles) nearer than the sum of covalent radii plus this have reacted [Å].
const FORMED: f64 = 0.2;

/// Why a minimisation gave no conformer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TorsionFault {
    /// A torsion cannot be set.
    #[error("the angles cannot be set: {reason}")]
    Angles {
        /// What mol-core said.
        reason: String,
    },
    /// The potential failed, with an energy that is NaN or a reason of its own.
    #[error("the minimisation failed: {reason}")]
    Energy {
        /// What the minimiser said.
        reason: String,
    },
    /// The iterations ran out, or the minimisation stalled where forces are still large.
    #[error("not converged: the longest force is {max_force} eV/Å")]
    NotConverged {
        /// Longest force on an atom [eV/Å].
        max_force: f64,
    },
    /// A bond of the molecule is broken.
    #[error("the bond of atoms {a} and {b} is broken: {distance} Å")]
    BrokenBond {
        /// An atom.
        a: usize,
        /// The other.
        b: usize,
        /// Their distance [Å].
        distance: f64,
    },
    /// Two atoms have come as near as if they were bonded.
    #[error("atoms {a} and {b} have reacted: {distance} Å")]
    NewBond {
        /// An atom.
        a: usize,
        /// The other.
        b: usize,
        /// Their distance [Å].
        distance: f64,
    },
    /// A stereocentre has turned inside out.
    #[error("the stereocentre at atom {atom} is inverted")]
    Inverted {
        /// The centre.
        atom: usize,
    },
}

/// How conformers are minimised and told apart.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TorsionTaskConfig {
    /// The minimisation after each setting of torsions; the same for every method.
    pub minimize: Minimize<Lbfgs>,
    /// A minimisation that stalls, because energies in single precision allow no further step, counts as converged if its
    /// longest force is at most this multiple of the force tolerance.
    pub stalled: f64,
    /// When two conformers are the same.
    pub same: SameConformer,
    /// The fingerprint that decides it.
    pub fingerprint: TorsionFingerprintOptions,
}

impl Default for TorsionTaskConfig {
    /// L-BFGS to 0.005 eV/Å (0.12 kcal/mol/Å) in at most 2000 iterations, stalls accepted up to ten times that; unweighted fingerprints with polar hydrogens.
    ///
    /// At 0.02 eV/Å soft torsions end so far from their minima that one minimum counts as several.
    fn default() -> Self {
        Self {
            minimize: Minimize { force_tolerance: 0.005, max_iterations: 2000, method: Lbfgs::default() },
            stalled: 10.0,
            same: SameConformer::default(),
            fingerprint: TorsionFingerprintOptions { weighted: false, specific: false, polar_hydrogens: true },
        }
    }
}

/// The search for conformers of one molecule on one energy surface, by turning its rotatable bonds.
///
/// Environments and searches share it, so that all methods set angles, minimise, check and compare in the same way: a
/// setting of all torsions is applied by rotation, minimised, and accepted if the graph is still the molecule's: no bond
/// longer than the covalent radii + 0.45 Å, no other pair beyond angles nearer than the radii + 0.2 Å, no marked
/// stereocentre inverted. Anything else is a [`TorsionFault`], which costs what it has cost and gives nothing.
#[derive(Clone)]
pub struct TorsionTask {
    molecule: Arc<Molecule>,
    torsions: Arc<Torsions>,
    fingerprint: Arc<TorsionFingerprint>,
    guard: Arc<Guard>,
    potential: Counted,
    config: TorsionTaskConfig,
    start: Arc<Vec<Vec3>>,
}

impl TorsionTask {
    /// The torsions of `molecule`, hydrogens as atoms, with its first conformer as the start.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the molecule has no conformer, no torsion or hydrogens that are not atoms, if the
    /// conformer contradicts a marked tetrahedral centre, or a setting is out of range; [`Error::Core`] for an unknown
    /// element, several pieces, or a potential of another number of atoms.
    pub fn new(molecule: &Molecule, potential: &dyn Potential, config: TorsionTaskConfig) -> Result<Self> {
        let torsions = Torsions::new(molecule);
        Self::with_torsions(molecule, torsions, potential, config)
    }

    /// As [`new`](Self::new) with chosen torsions of the same molecule.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_torsions(
        molecule: &Molecule,
        torsions: Torsions,
        potential: &dyn Potential,
        config: TorsionTaskConfig,
    ) -> Result<Self> {
        let refuse = |what, expected, got: &str| Err(Error::InvalidArgument { what, expected, got: got.to_owned() });
        if molecule.atoms().any(|(atom, _)| molecule.hydrogens(atom) > 0) {
            return refuse(
                "molecule of a conformer search",
                "with hydrogens as atoms",
                "hydrogens that are counted only",
            );
        }
        let Some(start) = molecule.conformers().first() else {
            return refuse("molecule of a conformer search", "with a conformer to start from", "none");
        };
        if torsions.is_empty() {
            return refuse("molecule of a conformer search", "flexible", "no rotatable bond");
        }
        if !(config.stalled >= 1.0 && config.stalled.is_finite()) {
            return refuse(
                "force of a stalled minimisation",
                "finite, at least 1 tolerance",
                &config.stalled.to_string(),
            );
        }
        mol_core::Error::check_len("atoms of the potential", molecule.atom_count(), potential.atoms())?;
        let start = start.positions().to_vec();
        torsions.angles(&start)?;
        let fingerprint = Arc::new(TorsionFingerprint::new(&Perception::new(molecule)?, config.fingerprint)?);
        let guard = Arc::new(Guard::new(molecule, &start)?);
        let mut bare = molecule.clone();
        bare.clear_conformers();
        Ok(Self {
            molecule: Arc::new(bare),
            torsions: Arc::new(torsions),
            fingerprint,
            guard,
            potential: Counted { inner: potential.boxed_clone(), calls: Arc::default() },
            config,
            start: Arc::new(start),
        })
    }

    /// The molecule, without conformers.
    #[must_use]
    pub fn molecule(&self) -> &Molecule {
        &self.molecule
    }

    /// What turns.
    #[must_use]
    pub fn torsions(&self) -> &Torsions {
        &self.torsions
    }

    /// The positions [Å] that angles are set on, shape `[atoms]`.
    #[must_use]
    pub fn start(&self) -> &[Vec3] {
        &self.start
    }

    /// An empty set of conformers of this molecule.
    #[must_use]
    pub fn conformer_set(&self) -> ConformerSet {
        ConformerSet::new(Arc::clone(&self.fingerprint), self.config.same)
    }

    /// Sets the torsions of `base` to `angles` [rad], shape `[torsions]`.
    ///
    /// # Errors
    /// [`TorsionFault::Angles`].
    pub fn set(&self, base: &[Vec3], angles: &[f64]) -> Result<Vec<Vec3>, TorsionFault> {
        let mut positions = base.to_vec();
        let refuse = |error: mol_core::Error| TorsionFault::Angles { reason: error.to_string() };
        self.torsions.set_all(&mut positions, angles).map_err(refuse)?;
        Ok(positions)
    }

    /// Minimises one conformer; books it on `budget` and returns the energy calls.
    pub fn minimize(&mut self, start: &[Vec3], budget: &Budget) -> (Result<MinimizedConformer, TorsionFault>, u64) {
        // A counter of its own: clones of this task may be minimising on other threads at this moment.
        self.potential.calls = Arc::default();
        let minimum = self.config.minimize.run(&mut self.potential, Frame::isolated(start), &mut ());
        let calls = self.potential.calls.load(Ordering::Relaxed);
        budget.spend(1, calls);
        (self.accept(minimum), calls)
    }

    /// Minimises many conformers on all threads, in the same bits as one by one; books them and returns the energy calls.
    pub fn minimize_all(
        &self,
        starts: &[Vec<Vec3>],
        budget: &Budget,
    ) -> (Vec<Result<MinimizedConformer, TorsionFault>>, u64) {
        let counter = Arc::default();
        let chunk = |starts: &[Vec<Vec3>]| {
            let mut potential = Counted { inner: self.potential.inner.clone(), calls: Arc::clone(&counter) };
            let frames: Vec<Frame<'_>> = starts.iter().map(|start| Frame::isolated(start)).collect();
            if let Ok(minima) = self.config.minimize.run_batch(&mut potential, &frames, &mut ()) {
                return minima.into_iter().map(|minimum| self.accept(minimum)).collect::<Vec<_>>();
            }
            // A start that is refused spoils its chunk: the others get their own run.
            let alone = |frame| self.accept(self.config.minimize.run(&mut potential, frame, &mut ()));
            frames.into_iter().map(alone).collect()
        };
        let outcomes: Vec<_> = starts.par_chunks(CHUNK).flat_map_iter(chunk).collect();
        let calls = counter.load(Ordering::Relaxed);
        budget.spend(starts.len() as u64, calls);
        (outcomes, calls)
    }

    /// Checks what a minimisation gave.
    fn accept(
        &self,
        minimum: mol_core::Result<mol_core::minimize::Minimum>,
    ) -> Result<MinimizedConformer, TorsionFault> {
        let minimum = minimum.map_err(|error| TorsionFault::Energy { reason: error.to_string() })?;
        let bound = self.config.stalled * self.config.minimize.force_tolerance;
        let relaxed = match minimum.ending {
            Ending::Iterations => false,
            Ending::Stalled => minimum.max_force <= bound,
            Ending::Converged | Ending::Requested => true,
        };
        if !relaxed {
            return Err(TorsionFault::NotConverged { max_force: minimum.max_force });
        }
        self.guard.check(&minimum.positions)?;
        let torsions = self.torsions.angles(&minimum.positions).expect("the atoms were counted at construction");
        Ok(MinimizedConformer { positions: minimum.positions, energy: minimum.energy, torsions })
    }
}

/// What must stay true of the graph.
struct Guard {
    radii: Vec<f64>,
    bonds: Vec<[usize; 2]>,
    /// Pairs i < j that are neither bonded nor share a neighbour.
    apart: Vec<[usize; 2]>,
    /// Tetrahedral centres: atom, three neighbours, and the sign of their volume.
    centers: Vec<(usize, [usize; 3], f64)>,
}

impl Guard {
    fn new(molecule: &Molecule, start: &[Vec3]) -> Result<Self> {
        let radii: Vec<f64> = molecule.elements()?.into_iter().map(Element::covalent_radius).collect();
        let bonds: Vec<[usize; 2]> = molecule.bonds().map(|(_, b)| [b.begin.index(), b.end.index()]).collect();
        let n = molecule.atom_count();
        let mut near = vec![false; n * n];
        for (atom, _) in molecule.atoms() {
            let around: Vec<usize> = molecule.neighbors(atom).map(AtomIndex::index).collect();
            for &i in &around {
                near[i * n + atom.index()] = true;
                near[atom.index() * n + i] = true;
                for &j in &around {
                    near[i * n + j] = true;
                }
            }
        }
        let apart = (0..n).flat_map(|i| (i + 1..n).map(move |j| [i, j])).filter(|[i, j]| !near[i * n + j]).collect();
        let mut centers = Vec::new();
        for (atom, data) in molecule.atoms() {
            let Some(chirality) = data.chirality.filter(|chirality| chirality.class() == ChiralClass::Tetrahedral)
            else {
                continue;
            };
            if !(3..=4).contains(&molecule.degree(atom)) {
                continue;
            }
            // Number 1 is anticlockwise and has a negative volume.
            let stated = if chirality.number() == 1 { -1.0 } else { 1.0 };
            let held = chiral_volume(molecule, atom, start).is_some_and(|volume| volume * stated > 0.0);
            if !held {
                return Err(Error::InvalidArgument {
                    what: "start of a conformer search",
                    expected: "of the handedness that its stereocentres are marked with",
                    got: format!("the other at atom {}", atom.index()),
                });
            }
            let mut around = molecule.neighbors(atom).map(AtomIndex::index);
            let three = [(); 3].map(|()| around.next().expect("a stereocentre has three neighbours"));
            centers.push((atom.index(), three, volume(start, atom.index(), three).signum()));
        }
        Ok(Self { radii, bonds, apart, centers })
    }

    fn check(&self, x: &[Vec3]) -> Result<(), TorsionFault> {
        let gap = |[a, b]: [usize; 2]| {
            let distance = (x[a] - x[b]).norm();
            (distance, distance - self.radii[a] - self.radii[b])
        };
        for &[a, b] in &self.bonds {
            let (distance, gap) = gap([a, b]);
            if gap > BROKEN {
                return Err(TorsionFault::BrokenBond { a, b, distance });
            }
        }
        for &[a, b] in &self.apart {
            let (distance, gap) = gap([a, b]);
            if gap < FORMED {
                return Err(TorsionFault::NewBond { a, b, distance });
            }
        }
        match self.centers.iter().find(|(atom, three, sign)| volume(x, *atom, *three) * sign < 0.0) {
            Some(&(atom, ..)) => Err(TorsionFault::Inverted { atom }),
            None => Ok(()),
        }
    }
}

/// Signed volume of the arms to three neighbours [Å³].
fn volume(x: &[Vec3], center: usize, [a, b, c]: [usize; 3]) -> f64 {
    (x[a] - x[center]).cross(&(x[b] - x[center])).dot(&(x[c] - x[center]))
}

/// A potential whose clones count their evaluations together.
#[derive(Clone)]
struct Counted {
    inner: Box<dyn Potential>,
    calls: Arc<AtomicU64>,
}

impl Potential for Counted {
    fn atoms(&self) -> usize {
        self.inner.atoms()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.inner.accumulate(frame, out)
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }

    fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
        self.calls.fetch_add(frames.len() as u64, Ordering::Relaxed);
        self.inner.accumulate_batch(frames, out, energies);
    }

    fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
        self.inner.terms(frame, sink);
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.inner.take_fault()
    }
}
