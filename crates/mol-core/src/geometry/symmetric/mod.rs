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

use super::superpose::{Superposition, superpose};
use crate::molecule::check_finite;
use crate::perceive::Perception;
use crate::{Error, Mat3, Result, Vec3};
use exchange::Exchanges;
use graph::Graph;
use rayon::prelude::*;
use search::Overlap;

/// Pairs of conformers that one thread takes at a time.
const CHUNK: usize = 16;

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

/// Two conformers, centred, with the sum of their squares.
struct Pair {
    mobile: Vec<Vec3>,
    target: Vec<Vec3>,
    squares: f64,
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
        Ok(Self { total, atoms: graph.atoms, exchanges, work_limit: options.work_limit })
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
        let pair = self.pair(mobile, target)?;
        let (symmetry, bound) = self.best_symmetry(&pair);
        let relabelled: Vec<Vec3> = symmetry.iter().map(|&x| mobile[self.atoms[x]]).collect();
        let fixed: Vec<Vec3> = self.atoms.iter().map(|&atom| target[atom]).collect();
        let superposition = superpose(&relabelled, &fixed, None)?;
        let lower_bound =
            bound.map_or(superposition.rmsd, |bound| self.deviation(&pair, bound).min(superposition.rmsd));
        let mobile_atoms = symmetry.iter().map(|&x| self.atoms[x]).collect();
        Ok(SymmetricFit { superposition, mobile_atoms, lower_bound })
    }

    /// The smallest deviation [Å] of `mobile` from `target`, both of shape `[atoms]`; the number of [`best`](Self::best)
    /// to rounding (10⁻⁶ Å where it is zero), without its motion.
    ///
    /// # Errors
    /// As [`best`](Self::best), and [`Error::TooMany`] if the work limit ended the search.
    pub fn rmsd(&self, mobile: &[Vec3], target: &[Vec3]) -> Result<f64> {
        let pair = self.pair(mobile, target)?;
        let overlap = Overlap::new(&self.exchanges, &pair.mobile, &pair.target);
        let found = overlap.search(0.5 * pair.squares, f64::NEG_INFINITY, f64::INFINITY, self.work_limit);
        if found.bound > found.overlap {
            return Err(self.unfinished());
        }
        Ok(self.deviation(&pair, found.overlap))
    }

    /// Whether the deviation of two conformers, shape `[atoms]` each, is at most `threshold` [Å]: cheaper than the deviation
    /// itself where the answer is clear.
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
        let pair = self.pair(mobile, target)?;
        let enough = 0.5 * (pair.squares - self.atoms.len() as f64 * threshold * threshold);
        let overlap = Overlap::new(&self.exchanges, &pair.mobile, &pair.target);
        let found = overlap.search(0.5 * pair.squares, enough, enough, self.work_limit);
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
        self.check(mobile, target)?;
        let origin = target[self.atoms[0]];
        let [x, y] = [mobile, target].map(|all| self.atoms.iter().map(|&atom| all[atom] - origin).collect::<Vec<_>>());
        let symmetry = Overlap::new(&self.exchanges, &x, &y).symmetry_at(&Mat3::identity());
        let sum: f64 = symmetry.iter().zip(&y).map(|(&k, y)| (x[k] - y).norm_squared()).sum();
        Ok((sum / self.atoms.len() as f64).sqrt())
    }

    /// The deviations [Å] of all pairs of conformers, each of shape `[atoms]`: those of conformer 1 from 0, of 2 from 0 and
    /// 1, and so on, shape `[n (n − 1) / 2]`, on the ambient threads.
    ///
    /// # Errors
    /// As [`rmsd`](Self::rmsd).
    pub fn matrix<C: AsRef<[Vec3]> + Sync>(&self, conformers: &[C]) -> Result<Vec<f64>> {
        let pairs: Vec<(usize, usize)> = (1..conformers.len()).flat_map(|i| (0..i).map(move |j| (i, j))).collect();
        let chunk = |pairs: &[(usize, usize)]| {
            let one = |&(i, j): &(usize, usize)| self.rmsd(conformers[i].as_ref(), conformers[j].as_ref());
            pairs.iter().map(one).collect::<Result<Vec<f64>>>()
        };
        Ok(pairs.par_chunks(CHUNK).map(chunk).collect::<Result<Vec<_>>>()?.concat())
    }

    /// The best symmetry, and a bound on all overlaps if the search was not finished.
    fn best_symmetry(&self, pair: &Pair) -> (Vec<usize>, Option<f64>) {
        let overlap = Overlap::new(&self.exchanges, &pair.mobile, &pair.target);
        let found = overlap.search(0.5 * pair.squares, f64::NEG_INFINITY, f64::INFINITY, self.work_limit);
        (overlap.symmetry_at(&found.rotation), (found.bound > found.overlap).then_some(found.bound))
    }

    fn deviation(&self, pair: &Pair, overlap: f64) -> f64 {
        ((pair.squares - 2.0 * overlap).max(0.0) / self.atoms.len() as f64).sqrt()
    }

    fn pair(&self, mobile: &[Vec3], target: &[Vec3]) -> Result<Pair> {
        self.check(mobile, target)?;
        let centred = |all: &[Vec3]| {
            let mean = self.atoms.iter().map(|&atom| all[atom]).sum::<Vec3>() / self.atoms.len() as f64;
            self.atoms.iter().map(|&atom| all[atom] - mean).collect::<Vec<_>>()
        };
        let (mobile, target) = (centred(mobile), centred(target));
        let squares = mobile.iter().chain(&target).map(Vec3::norm_squared).sum();
        Ok(Pair { mobile, target, squares })
    }

    fn check(&self, mobile: &[Vec3], target: &[Vec3]) -> Result<()> {
        for positions in [mobile, target] {
            Error::check_len("positions of a symmetric RMSD", self.total, positions.len())?;
            check_finite(positions)?;
        }
        Ok(())
    }

    fn unfinished(&self) -> Error {
        Error::TooMany { what: "balls of rotations to search for a symmetric RMSD", limit: self.work_limit }
    }
}
