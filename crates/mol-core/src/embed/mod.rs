//! Coordinates from a molecular graph by distance geometry.
//!
//! Bounds on all distances follow from the graph ([`EmbedConfig`] has nothing to say about chemistry); random distances
//! between them give places in four dimensions, which are refined by violations of bounds and handedness, pressed into
//! three, cleaned with springs, and checked against the graph. What fails is tried again with other random numbers,
//! within a budget. The result is a start for a force field, not an equilibrium geometry. See docs/methods/embed.md.
//!
//! Deliberately not here: torsion preferences from databases, energies, and the choice among conformers.

mod bounds;
mod clean;
mod ideal;
mod start;
#[cfg(test)]
mod tests;
mod verify;
mod violations;

use crate::minimize::{Lbfgs, Minimize};
use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, ChiralClass, Error, Frame, Molecule, Result, Rng, Vec3};
use bounds::Distances;
use clean::Springs;
use ideal::View;
use std::sync::Arc;
use verify::{Check, MarkedBond};
use violations::{Handed, Violations};

/// Space between molecules that are not bonded [Å].
const GAP: f64 = 3.5;
/// Violations per atom that are still accepted.
const VIOLATION_PER_ATOM: f64 = 0.05;

/// Spring energy per atom that needs no second look [eV].
const RELAXED: f64 = 0.02;
/// Results above it from which the best is taken.
const STRAINED: usize = 8;

/// How much is tried.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbedConfig {
    /// Attempts for one conformer of one connected part before it is given up, at least 1.
    pub attempts: usize,
}

impl Default for EmbedConfig {
    fn default() -> Self {
        Self { attempts: 50 }
    }
}

/// Makes coordinates of one molecule, as many sets as one likes.
///
/// ```
/// use mol_core::{Molecule, Seed, embed::{EmbedConfig, Embedder}};
/// let glycol = Molecule::from_smiles("OCCO")?.with_explicit_hydrogens()?;
/// let embedder = Embedder::new(&glycol, EmbedConfig::default())?;
/// let positions = embedder.conformer(&mut Seed::new(1).rng())?;
/// let bond = (positions[1] - positions[2]).norm(); // C–C
/// assert!((bond - 1.52).abs() < 0.05, "{bond}");
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Embedder {
    config: EmbedConfig,
    atoms: usize,
    parts: Vec<Part>,
}

/// A connected part.
#[derive(Clone, Debug)]
struct Part {
    /// Its atoms in the numbering of the whole.
    atoms: Vec<AtomIndex>,
    molecule: Molecule,
    distances: Distances,
    lengths: Vec<f64>,
    handed: Arc<[Handed]>,
    planes: Vec<Handed>,
    staggered: Arc<[[usize; 4]]>,
    tetrahedral: Vec<AtomIndex>,
    marked: Vec<MarkedBond>,
}

impl Embedder {
    /// Prepares `molecule`, all of whose hydrogens must be atoms.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if hydrogens are only counted or no attempt is allowed; [`Error::Kekulize`] if
    /// aromatic bonds cannot be assigned.
    pub fn new(molecule: &Molecule, config: EmbedConfig) -> Result<Self> {
        if config.attempts == 0 {
            return Err(Error::InvalidArgument {
                what: "attempts of an embedding",
                expected: "at least 1",
                got: "0".into(),
            });
        }
        if let Some((atom, _)) = molecule.atoms().find(|&(atom, _)| molecule.hydrogens(atom) > 0) {
            let expected = "given hydrogens that are atoms (Molecule::with_explicit_hydrogens)";
            let got = format!("{} counted ones at atom {atom}", molecule.hydrogens(atom));
            return Err(Error::InvalidArgument { what: "molecule to embed", expected, got });
        }
        let parts = molecule.components().into_iter().map(|atoms| Part::new(molecule, atoms)).collect::<Result<_>>()?;
        Ok(Self { config, atoms: molecule.atom_count(), parts })
    }

    /// One set of positions [Å], shape `[atoms]`; parts that are not bonded stand side by side along x.
    ///
    /// # Errors
    /// [`Error::Embedding`] if the attempts are spent, with what was wrong with the last one.
    pub fn conformer(&self, rng: &mut Rng) -> Result<Vec<Vec3>> {
        let mut all = vec![Vec3::zeros(); self.atoms];
        let mut edge = f64::NEG_INFINITY;
        for part in &self.parts {
            let positions = part.embed(self.config.attempts, rng)?;
            let least = positions.iter().map(|x| x.x).fold(f64::INFINITY, f64::min);
            let shift = if edge.is_finite() { edge + GAP - least } else { 0.0 };
            for (atom, x) in part.atoms.iter().zip(positions) {
                let x = x + Vec3::x() * shift;
                edge = edge.max(x.x);
                all[atom.index()] = x;
            }
        }
        Ok(all)
    }

    /// `count` sets of positions, one after the other; they may be alike.
    ///
    /// # Errors
    /// As [`conformer`](Self::conformer).
    pub fn conformers(&self, count: usize, rng: &mut Rng) -> Result<Vec<Vec<Vec3>>> {
        (0..count).map(|_| self.conformer(rng)).collect()
    }
}

impl Molecule {
    /// The same molecule with `count` embedded conformers in place of those it has.
    ///
    /// ```
    /// use mol_core::{Molecule, Seed, embed::EmbedConfig};
    /// let alanine = Molecule::from_smiles("C[C@H](N)C(=O)O")?.with_explicit_hydrogens()?;
    /// let alanine = alanine.embedded(2, &EmbedConfig::default(), &mut Seed::new(5).rng())?;
    /// assert_eq!(alanine.conformers().len(), 2);
    /// assert_eq!(alanine.with_stereo_of(1)?.without_explicit_hydrogens().to_smiles(), "C[C@H](N)C(=O)O");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Embedder::new`] and [`Embedder::conformer`].
    pub fn embedded(&self, count: usize, config: &EmbedConfig, rng: &mut Rng) -> Result<Self> {
        let embedder = Embedder::new(self, config.clone())?;
        let mut molecule = self.clone();
        molecule.clear_conformers();
        for positions in embedder.conformers(count, rng)? {
            molecule.add_conformer(positions)?;
        }
        Ok(molecule)
    }
}

impl Part {
    fn new(whole: &Molecule, atoms: Vec<AtomIndex>) -> Result<Self> {
        let molecule = part_of(whole, &atoms);
        let seen = Perception::new(&molecule)?;
        let view = View { molecule: &molecule, seen: &seen };
        let lengths: Vec<f64> = molecule.bonds().map(|(bond, _)| view.length(bond)).collect();
        let handed = molecule.atoms().filter_map(|(atom, _)| handed(&molecule, atom, &lengths)).collect();
        let planes = molecule.atoms().filter(|&(atom, _)| view.is_planar(atom)).map(|(atom, _)| plane(&molecule, atom));
        let (planes, staggered) = (planes.collect(), staggered(&molecule, &seen));
        let distances = Distances::new(&view);
        let tetrahedral = verify::tetrahedral(&molecule, &seen);
        let marked = MarkedBond::all(&molecule, seen.rings());
        Ok(Self { atoms, molecule, distances, lengths, handed, planes, staggered, tetrahedral, marked })
    }

    fn embed(&self, attempts: usize, rng: &mut Rng) -> Result<Vec<Vec3>> {
        if self.atoms.len() == 1 {
            return Ok(vec![Vec3::zeros()]);
        }
        let mut problem = String::new();
        // Of strained results the best of a few: an atom may be caught on the wrong side of a frame.
        let mut best: Option<(f64, Vec<Vec3>)> = None;
        let mut strained = 0;
        for _ in 0..attempts {
            match self.attempt(rng)? {
                Ok((strain, positions)) if strain <= RELAXED => return Ok(positions),
                Ok((strain, positions)) => {
                    strained += 1;
                    if best.as_ref().is_none_or(|(least, _)| strain < *least) {
                        best = Some((strain, positions));
                    }
                    if strained == STRAINED {
                        break;
                    }
                }
                Err(found) => problem = found,
            }
        }
        if let Some((_, positions)) = best {
            return Ok(positions);
        }
        Err(Error::Embedding { attempts, problem })
    }

    /// One attempt: spring energy per atom [eV] and positions, or what is wrong with them.
    fn attempt(&self, rng: &mut Rng) -> Result<Result<(f64, Vec<Vec3>), String>> {
        let n = self.atoms.len();
        let (bounds, planar) = self.distances.bounds(rng);
        let places = start::places(&bounds, rng);
        let mut x: Vec<Vec3> = places.iter().map(|p| Vec3::new(p[0], p[1], p[2])).collect();
        x.extend(places.iter().map(|p| Vec3::new(p[3], 0.0, 0.0)));
        // Half of all starts are the mirror image of a better one.
        if 2 * self.handed.iter().filter(|centre| centre.volume(&x).0 < 0.0).count() > self.handed.len() {
            x.iter_mut().take(n).for_each(|x| x.z = -x.z);
        }
        let mut violations = Violations::new(&bounds, Arc::clone(&self.handed));
        let mut energy = 0.0;
        for (chiral, flat, iterations) in [(1.0, 0.05, 300), (0.5, 1.0, 400)] {
            (violations.chiral_weight, violations.flat_weight) = (chiral, flat);
            let minimum = descent(1e-3, iterations, 4.0, 1.0).run(&mut violations, Frame::isolated(&x), &mut ())?;
            (x, energy) = (minimum.positions, minimum.energy);
        }
        x.truncate(n);
        if energy / n as f64 > VIOLATION_PER_ATOM {
            return Ok(Err(format!("the distances cannot be met (violation {:.3} per atom)", energy / n as f64)));
        }
        let apart = |i: usize, j: usize| self.distances.apart(i, j);
        let check = Check {
            molecule: &self.molecule,
            names: &self.atoms,
            lengths: &self.lengths,
            apart: &apart,
            tetrahedral: &self.tetrahedral,
            marked: &self.marked,
        };
        if let Some(problem) = check.stereo_problem(&x) {
            return Ok(Err(problem));
        }
        let far = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).filter(|&(i, j)| apart(i, j) > 2);
        let contacts = far.map(|(i, j)| (i, j, self.distances.contact(i, j))).collect();
        let far_planar: Vec<_> = planar.into_iter().filter(|known| apart(known.pair[0], known.pair[1]) == 3).collect();
        let lists = [&self.distances.bonds[..], &self.distances.angles, &far_planar];
        let (planes, staggered) = (self.planes.clone(), Arc::clone(&self.staggered));
        let mut springs = Springs::new(n, lists, contacts, planes, Arc::clone(&self.handed), staggered);
        let minimum = descent(0.02, 500, 20.0, 0.3).run(&mut springs, Frame::isolated(&x), &mut ())?;
        let strain = minimum.energy / n as f64;
        let x = centred(minimum.positions);
        Ok(match check.problem(&x) {
            Some(problem) => Err(problem),
            None => Ok((strain, x)),
        })
    }
}

fn descent(force_tolerance: f64, max_iterations: u64, stiffness: f64, max_step: f64) -> Minimize<Lbfgs> {
    Minimize { force_tolerance, max_iterations, method: Lbfgs { memory: 10, stiffness, max_step, ..Lbfgs::default() } }
}

fn centred(mut positions: Vec<Vec3>) -> Vec<Vec3> {
    let centre = positions.iter().sum::<Vec3>() / positions.len() as f64;
    for x in &mut positions {
        *x -= centre;
    }
    positions
}

/// The molecule of some of the atoms, which are all that are bonded to one another; orders of neighbours are kept.
fn part_of(whole: &Molecule, atoms: &[AtomIndex]) -> Molecule {
    if atoms.len() == whole.atom_count() {
        let mut molecule = whole.clone();
        molecule.clear_conformers();
        return molecule;
    }
    whole.restricted_to(atoms)
}

/// The sign of a tetrahedral centre that the graph states.
fn handed(molecule: &Molecule, atom: AtomIndex, lengths: &[f64]) -> Option<Handed> {
    let chirality = molecule.atom(atom).chirality.filter(|chirality| chirality.class() == ChiralClass::Tetrahedral)?;
    let neighbors: Vec<usize> = molecule.neighbors(atom).map(AtomIndex::index).collect();
    let mean = molecule.bonds_of(atom).iter().map(|bond| lengths[bond.index()]).sum::<f64>() / neighbors.len() as f64;
    let (corners, regular) = match neighbors[..] {
        [a, b, c, d] => ([a, b, c, d], 3.08),
        [a, b, c] => ([a, b, c, atom.index()], 0.77),
        _ => return None,
    };
    let sign = if chirality.number() == 1 { -1.0 } else { 1.0 };
    Some(Handed { corners, sign, least: 0.5 * regular * mean.powi(3) })
}

/// A planar centre with its three neighbours, whose volume should vanish.
fn plane(molecule: &Molecule, atom: AtomIndex) -> Handed {
    let mut around = molecule.neighbors(atom).map(AtomIndex::index);
    let mut next = || around.next().expect("a planar centre has three neighbours");
    Handed { corners: [atom.index(), next(), next(), next()], sign: 1.0, least: 0.0 }
}

/// One chain of four atoms about each single bond between sp³ atoms off small rings.
fn staggered(molecule: &Molecule, seen: &Perception) -> Arc<[[usize; 4]]> {
    let is_sp3 = |atom: AtomIndex| seen.hybridization(atom) == Hybridization::Sp3 && molecule.degree(atom) == 4;
    let mut chains = Vec::new();
    for (index, bond) in molecule.bonds() {
        if is_sp3(bond.begin) && is_sp3(bond.end) && seen.rings().smallest_at_bond(index).is_none() {
            let end = |from: AtomIndex, to: AtomIndex| molecule.neighbors(from).find(|&other| other != to);
            if let (Some(a), Some(d)) = (end(bond.begin, bond.end), end(bond.end, bond.begin)) {
                chains.push([a.index(), bond.begin.index(), bond.end.index(), d.index()]);
            }
        }
    }
    chains.into()
}
