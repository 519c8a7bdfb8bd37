//! The deviation of two conformers that does not mind which of its equivalent atoms is which.
//!
//! Hydrogens of a methyl group, the sides of a phenyl ring, the oxygens of a carboxylate have no names in nature, but have
//! numbers in a file. [`SymmetricRmsd`] takes the smallest deviation over all exchanges that leave the graph as it is, of
//! which a molecule with hydrogens easily has 10¹⁰. They are never listed: the graph becomes a tree of rigid blocks, its
//! symmetries become independent choices at the nodes of the tree, and a branch-and-bound search over rotations decides
//! them with proof. Groups of up to 1024 symmetries are simply tried.
//!
//! The equations and measured behaviour are in docs/methods/rmsd.md. Deliberately not here: chirality (mirror images of a
//! centre have one graph; compare conformers of one stereoisomer), and the exchange of atoms of different molecules.

mod assignment;
mod blocks;
mod classes;
mod exchange;
mod graph;
mod search;
#[cfg(test)]
mod tests;

use super::overlap::best_rotation;
use super::superpose::{Superposition, superpose};
use crate::molecule::check_finite;
use crate::perceive::Perception;
use crate::{Error, Mat3, Result, Vec3};
use exchange::Exchanges;
use graph::Graph;
use rayon::prelude::*;
use search::{NEGLIGIBLE, Overlap};

/// Pairs of conformers that one thread takes at a time.
const CHUNK: usize = 16;
/// Square of a deviation, over the mean square size of the conformers, below which it is summed over the moved points: the
/// difference of sums has lost half of its digits there.
const SMALL: f64 = 1e-8;

/// Which atoms are compared and which of them are equivalent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SymmetryOptions {
    /// Whether hydrogens that are atoms of the graph are compared.
    pub hydrogens: bool,
    /// Whether terminal oxygens or nitrogens of a conjugated group are equivalent although one is drawn with a double bond
    /// and another with a single bond or a charge: carboxylates, nitro groups, sulfonates, phosphates.
    pub terminal_groups: bool,
    /// How much is done for one pair of conformers: so many balls of rotations are searched, fewer of molecules of more than
    /// some tens of equivalent branches. A search that needs more says so.
    pub work_limit: usize,
}

impl Default for SymmetryOptions {
    /// Heavy atoms, conjugated groups symmetric (RDKit's `GetBestRMS` after removing hydrogens), 200 000 balls (a second).
    fn default() -> Self {
        Self { hydrogens: false, terminal_groups: true, work_limit: 200_000 }
    }
}

/// The smallest root-mean-square deviation over rigid motions and exchanges of equivalent atoms.
///
/// ```text
/// RMSD² = min over g, R, t of  1/n Σᵢ |R x_g(i) + t − yᵢ|²,     det R = +1,  g in Aut(G)
/// ```
///
/// where x are the mobile and y the target positions [Å] of the n atoms compared, and Aut(G) the symmetries of the molecular
/// graph: permutations that keep elements, isotopes, charges and bonds, aromatic bonds being alike. Counted hydrogens are not
/// compared, so tautomers that differ in nothing else are one (imidazole has a mirror plane). The result is exact: it is the
/// smallest of all, or the fit says that the work limit was reached and what is proven instead.
///
/// Unlike [`superpose`], which takes atoms as they are numbered; unlike RDKit's `GetBestRMS` there is no list of matches to
/// overflow.
///
/// ```
/// use mol_core::{Molecule, Vec3, geometry::{SymmetricRmsd, SymmetryOptions}, perceive::Perception};
/// let propane = Perception::new(&Molecule::from_smiles("CCC")?)?;
/// let rmsd = SymmetricRmsd::new(&propane, SymmetryOptions::default())?;
/// let one = [Vec3::new(0.0, 1.0, 0.0), Vec3::zeros(), Vec3::new(2.0, 0.0, 0.0)];
/// let other = [one[2], one[1], one[0]]; // the ends exchanged
/// assert!(rmsd.rmsd(&one, &other)? < 1e-12);
/// assert_eq!(rmsd.order(), Some(2));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SymmetricRmsd {
    /// Number of atoms of the molecule.
    total: usize,
    atoms: Vec<usize>,
    exchanges: Exchanges,
    work_limit: usize,
    /// Weights of the atoms compared, all one if not given, and their sum.
    weights: Option<Vec<f64>>,
    weight: f64,
}

/// The best superposition of one conformer on another, with its exchange of equivalent atoms.
#[derive(Clone, Debug, PartialEq)]
pub struct SymmetricFit {
    /// The rigid motion, and the deviation after it [Å].
    pub superposition: Superposition,
    /// The mobile atom that is compared with each target atom of [`SymmetricRmsd::atoms`], shape `[atoms compared]`.
    pub mobile_atoms: Vec<usize>,
    /// No motion and exchange gives a smaller deviation than this [Å]: the deviation itself, unless the work limit ended
    /// the search.
    pub lower_bound: f64,
}

impl SymmetricFit {
    /// The deviation [Å].
    #[must_use]
    pub const fn rmsd(&self) -> f64 {
        self.superposition.rmsd
    }

    /// Whether the deviation is proven to be the smallest.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.lower_bound == self.superposition.rmsd
    }
}

/// The compared atoms of a conformer about their centre, each times the root of its weight, and the sum of their squares.
struct Centred {
    points: Vec<Vec3>,
    squares: f64,
}

/// The pairs (i, j) of rows, j < i.
fn pairs(rows: std::ops::Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    rows.flat_map(|i| (0..i).map(move |j| (i, j)))
}

impl SymmetricRmsd {
    /// Finds the symmetries of a molecule.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is nothing to compare; [`Error::TooMany`] for graphs with a ring system of more
    /// than 4096 symmetries, or more than a million pairs of equivalent branches.
    pub fn new(perception: &Perception, options: SymmetryOptions) -> Result<Self> {
        let graph = Graph::new(perception, &options)?;
        let exchanges = Exchanges::new(&graph)?;
        let total = perception.kekule().atom_count();
        let (atoms, weight) = (graph.atoms, graph.colors.len() as f64);
        Ok(Self { total, atoms, exchanges, work_limit: options.work_limit, weights: None, weight })
    }

    /// The same with weights, masses [u] say, of shape `[atoms]`; those of atoms that are not compared are passed over.
    ///
    /// ```text
    /// RMSD² = min over g, R, t of  Σᵢ wᵢ |R x_g(i) + t − yᵢ|² / Σᵢ wᵢ
    /// ```
    ///
    /// ```
    /// use mol_core::{Molecule, Vec3, geometry::{SymmetricRmsd, SymmetryOptions}, perceive::Perception};
    /// let propanol = Perception::new(&Molecule::from_smiles("CCO")?)?;
    /// let plain = SymmetricRmsd::new(&propanol, SymmetryOptions::default())?;
    /// let without_oxygen = plain.clone().with_weights(&[1.0, 1.0, 0.0])?;
    /// let x = [Vec3::x() * 1.5, Vec3::zeros(), Vec3::y() * 1.4];
    /// let y = [x[0], x[1], x[2] * 3.0];
    /// assert!(without_oxygen.rmsd(&x, &y)? < 1e-12 && plain.rmsd(&x, &y)? > 0.5);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`]; [`Error::InvalidArgument`] if a weight is negative or not finite, if all are zero, or if two
    /// atoms that may be exchanged differ in theirs: the exchange would then change what is compared.
    pub fn with_weights(mut self, weights: &[f64]) -> Result<Self> {
        Error::check_len("weights of a symmetric RMSD", self.total, weights.len())?;
        let refuse =
            |expected, got: String| Err(Error::InvalidArgument { what: "weights of a symmetric RMSD", expected, got });
        let weights: Vec<f64> = self.atoms.iter().map(|&atom| weights[atom]).collect();
        if let Some(bad) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
            return refuse("finite and not negative", bad.to_string());
        }
        let sum: f64 = weights.iter().sum();
        if !(sum.is_finite() && sum > 0.0) {
            return refuse("of positive, finite sum over the atoms compared", format!("a sum of {sum}"));
        }
        let differ = |&&(y, x): &&(u32, u32)| weights[y as usize] != weights[x as usize];
        if let Some(&(y, x)) = self.exchanges.nodes.iter().flat_map(|node| &node.pairs).find(differ) {
            let [one, other] = [y, x].map(|k| (self.atoms[k as usize], weights[k as usize]));
            let got = format!("{} at atom {} and {} at atom {}", one.1, one.0, other.1, other.0);
            return refuse("equal for equivalent atoms", got);
        }
        (self.weights, self.weight) = (Some(weights), sum);
        Ok(self)
    }

    /// The atoms that are compared, ascending.
    #[must_use]
    pub fn atoms(&self) -> &[usize] {
        &self.atoms
    }

    /// Number of symmetries, `None` from 2¹²⁸ on.
    #[must_use]
    pub const fn order(&self) -> Option<u128> {
        self.exchanges.order
    }

    /// The best superposition of `mobile` on `target` [Å], both of shape `[atoms]`, all atoms of the molecule.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] or [`Error::NotFinite`] for the positions. A search that reached its limit is no error here:
    /// see [`SymmetricFit::is_exact`].
    pub fn best(&self, mobile: &[Vec3], target: &[Vec3]) -> Result<SymmetricFit> {
        let (x, y) = (self.centred(mobile)?, self.centred(target)?);
        let possible = 0.5 * (x.squares + y.squares);
        let overlap = Overlap::new(&self.exchanges, &x.points, &y.points);
        let found = overlap.search(possible, f64::NEG_INFINITY, f64::INFINITY, self.work_limit);
        let symmetry = overlap.symmetry_at(&found.rotation);
        let relabelled: Vec<Vec3> = symmetry.iter().map(|&x| mobile[self.atoms[x]]).collect();
        let fixed: Vec<Vec3> = self.atoms.iter().map(|&atom| target[atom]).collect();
        let superposition = superpose(&relabelled, &fixed, self.weights.as_deref())?;
        let lower_bound = if found.bound > found.overlap {
            self.mean_square(possible, found.bound).sqrt().min(superposition.rmsd)
        } else {
            superposition.rmsd
        };
        let mobile_atoms = symmetry.iter().map(|&x| self.atoms[x]).collect();
        Ok(SymmetricFit { superposition, mobile_atoms, lower_bound })
    }

    /// The smallest deviation [Å] of `mobile` from `target`, both of shape `[atoms]`; the number of [`best`](Self::best)
    /// without its motion, to 10⁻⁹ Å for molecules of drug size. (Gains of 10⁻¹³ of the mean square size of the conformers are not looked for, which may matter below 10⁻⁶ Å.)
    ///
    /// # Errors
    /// As [`best`](Self::best), and [`Error::TooMany`] if the work limit ended the search.
    pub fn rmsd(&self, mobile: &[Vec3], target: &[Vec3]) -> Result<f64> {
        self.between(&self.centred(mobile)?, &self.centred(target)?)
    }

    /// Whether the deviation of two conformers, shape `[atoms]` each, is at most `threshold` [Å]: cheaper than the deviation
    /// itself where the answer is clear. Squares are compared to 10⁻¹³ of the mean square size of the conformers, so that a
    /// copy is within 0 Å of itself.
    ///
    /// # Errors
    /// As [`rmsd`](Self::rmsd), and [`Error::InvalidArgument`] for a threshold that is negative or not a number.
    pub fn within(&self, mobile: &[Vec3], target: &[Vec3], threshold: f64) -> Result<bool> {
        if threshold.is_nan() || threshold < 0.0 {
            let expected = "not negative";
            return Err(Error::InvalidArgument {
                what: "threshold of a deviation [Å]",
                expected,
                got: threshold.to_string(),
            });
        }
        let (x, y) = (self.centred(mobile)?, self.centred(target)?);
        let possible = 0.5 * (x.squares + y.squares);
        let enough = possible - 0.5 * self.weight * threshold * threshold - NEGLIGIBLE * possible;
        let overlap = Overlap::new(&self.exchanges, &x.points, &y.points);
        let found = overlap.search(possible, enough, enough, self.work_limit);
        match (found.overlap >= enough, found.bound > enough.max(found.overlap)) {
            (true, _) => Ok(true),
            (false, false) => Ok(false),
            (false, true) => Err(self.unfinished()),
        }
    }

    /// The deviation [Å] of `mobile` from `target` where they stand, over exchanges alone: poses of a docked ligand.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] or [`Error::NotFinite`] for the positions.
    pub fn in_place(&self, mobile: &[Vec3], target: &[Vec3]) -> Result<f64> {
        self.check(mobile)?;
        self.check(target)?;
        let origin = target[self.atoms[0]];
        let [x, y] = [mobile, target].map(|all| self.scaled(all, &origin));
        let symmetry = Overlap::new(&self.exchanges, &x, &y).symmetry_at(&Mat3::identity());
        let sum: f64 = symmetry.iter().zip(&y).map(|(&k, y)| (x[k] - y).norm_squared()).sum();
        Ok((sum / self.weight).sqrt())
    }

    /// The deviations [Å] of all pairs of conformers, each of shape `[atoms]`: those of conformer 1 from 0, of 2 from 0 and
    /// 1, and so on, shape `[n (n − 1) / 2]`, on the ambient threads.
    ///
    /// # Errors
    /// As [`rmsd`](Self::rmsd).
    pub fn matrix<C: AsRef<[Vec3]> + Sync>(&self, conformers: &[C]) -> Result<Vec<f64>> {
        let count = conformers.len();
        if count * count.saturating_sub(1) / 2 <= CHUNK {
            let centred: Vec<Centred> =
                conformers.iter().map(|one| self.centred(one.as_ref())).collect::<Result<_>>()?;
            return pairs(0..count).map(|(i, j)| self.between(&centred[i], &centred[j])).collect();
        }
        let centred: Vec<Centred> =
            conformers.par_iter().map(|one| self.centred(one.as_ref())).collect::<Result<_>>()?;
        let pairs: Vec<(usize, usize)> = pairs(0..count).collect();
        let chunk = |pairs: &[(usize, usize)]| {
            pairs.iter().map(|&(i, j)| self.between(&centred[i], &centred[j])).collect::<Result<Vec<f64>>>()
        };
        Ok(pairs.par_chunks(CHUNK).map(chunk).collect::<Result<Vec<_>>>()?.concat())
    }

    /// The smallest deviation of two centred conformers.
    fn between(&self, mobile: &Centred, target: &Centred) -> Result<f64> {
        let possible = 0.5 * (mobile.squares + target.squares);
        let overlap = Overlap::new(&self.exchanges, &mobile.points, &target.points);
        let found = overlap.search(possible, f64::NEG_INFINITY, f64::INFINITY, self.work_limit);
        if found.bound > found.overlap {
            return Err(self.unfinished());
        }
        let square = self.mean_square(possible, found.overlap);
        if square * self.weight > SMALL * possible {
            return Ok(square.sqrt());
        }
        let symmetry = overlap.symmetry_at(&found.rotation);
        let pairs = || symmetry.iter().zip(&target.points).map(|(&k, y)| (mobile.points[k], y));
        let (_, rotation) = best_rotation(&pairs().map(|(x, y)| x * y.transpose()).sum());
        let sum: f64 = pairs().map(|(x, y)| (rotation * x - y).norm_squared()).sum();
        Ok((sum / self.weight).sqrt())
    }

    /// The square of the deviation that belongs to an overlap.
    fn mean_square(&self, possible: f64, overlap: f64) -> f64 {
        2.0 * (possible - overlap).max(0.0) / self.weight
    }

    fn centred(&self, positions: &[Vec3]) -> Result<Centred> {
        self.check(positions)?;
        let weight = |k: usize| self.weights.as_ref().map_or(1.0, |weights| weights[k]);
        let sum: Vec3 = self.atoms.iter().enumerate().map(|(k, &atom)| positions[atom] * weight(k)).sum();
        let points = self.scaled(positions, &(sum / self.weight));
        let squares = points.iter().map(Vec3::norm_squared).sum();
        Ok(Centred { points, squares })
    }

    /// The compared atoms as seen from `origin`, each times the root of its weight.
    fn scaled(&self, positions: &[Vec3], origin: &Vec3) -> Vec<Vec3> {
        let points = self.atoms.iter().map(|&atom| positions[atom] - origin);
        match &self.weights {
            None => points.collect(),
            Some(weights) => points.zip(weights).map(|(x, weight)| x * weight.sqrt()).collect(),
        }
    }

    fn check(&self, positions: &[Vec3]) -> Result<()> {
        Error::check_len("positions of a symmetric RMSD", self.total, positions.len())?;
        check_finite(positions)
    }

    fn unfinished(&self) -> Error {
        Error::TooMany { what: "balls of rotations to search for a symmetric RMSD", limit: self.work_limit }
    }
}
