//! Torsion fingerprints and their deviation (TFD): how far apart two conformers are, free of superposition.
//!
//! The choices are those of RDKit's `TorsionFingerprints` on molecules without hydrogen atoms, down to the order of atom
//! invariants that selects reference atoms, so that numbers can be compared. Hydrogens on other elements than carbon can
//! be included, without which the conformers of an alcohol look alike. Deliberately not here: clustering, and distances
//! between conformers of different molecules.

mod deviation;
mod reference;
mod skeleton;
mod weights;

use super::internal::dihedral;
use crate::molecule::check_finite;
use crate::perceive::Perception;
use crate::{Error, Result, Vec3};
use deviation::{Columns, append_row, columns};
use rayon::prelude::*;
use reference::{Neighbors, invariants, references};
use skeleton::Skeleton;

/// Rows of a matrix that one thread takes at a time.
const ROWS: usize = 16;
/// Conformers up to which one thread does all: some 0.2 ms, and other threads have to be woken.
const FEW: usize = 128;

/// How torsions are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TorsionFingerprintOptions {
    /// Weights that fall off from the centre of the molecule; otherwise all torsions count alike.
    pub weighted: bool,
    /// Differences over the largest that the torsion's symmetry allows (180°, 90°, 60°, 30°); otherwise over 180°.
    pub specific: bool,
    /// Whether hydrogens that are atoms of the graph and not bonded to carbon count as atoms.
    pub polar_hydrogens: bool,
}

impl Default for TorsionFingerprintOptions {
    /// Weighted, over 180°, without hydrogens: the defaults of RDKit.
    fn default() -> Self {
        Self { weighted: true, specific: false, polar_hydrogens: false }
    }
}

/// What is compared between conformers of one molecule: its torsions, their symmetry and weights.
///
/// ```text
/// TFD(A, B) = Σᵢ wᵢ δᵢ / dᵢ  /  Σᵢ wᵢ,     δᵢ = min over equivalent atoms of |φᵢ(A) − φᵢ(B)| on the circle
/// wᵢ = exp(−β sᵢ²),   β = −ln 0.1 / (s_max / 2)²
/// ```
///
/// with one term per bond outside of rings that is neither terminal nor beside a triple bond or inside an allene, and
/// one per ring, whose φ is the mean of |φ| around it and whose weight is N/2 of the formula with the mean distance of its N
/// bonds. The sᵢ are bonds from the most central bond; d is 180° (or the torsion's own maximum), for rings
/// 180° exp(−0.025 (N − 14)²). TFD has no unit; it is 0 for equal conformers and at most 1 where d is 180°. Atoms are
/// equivalent if their surroundings up to two bonds away are, with aromatic bonds alike however the molecule was written.
/// The rings are the [symmetrised](Perception::symmetrized_rings) ones: all of those that are as short as others of a cage.
///
/// Not a metric in the strict sense: conformers that differ by the exchange of equivalent neighbours on one side, or by one
/// of three positions of two equivalent neighbours, have TFD 0.
///
/// T. Schulz-Gasch, C. Schärfer, W. Guba and M. Rarey, *J. Chem. Inf. Model.* **52**, 1499 (2012).
///
/// ```
/// use mol_core::{Molecule, geometry::{TorsionFingerprint, TorsionFingerprintOptions}, perceive::Perception};
/// let pentane = Perception::new(&Molecule::from_smiles("CCCCC")?)?;
/// let fingerprint = TorsionFingerprint::new(&pentane, TorsionFingerprintOptions::default())?;
/// // The most central bond weighs 1, its neighbour 10^-4.
/// assert!((fingerprint.weights()[0] - 1e-4).abs() < 1e-12 || (fingerprint.weights()[1] - 1e-4).abs() < 1e-12);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TorsionFingerprint {
    atoms: usize,
    terms: Vec<Term>,
    weights: Vec<f64>,
    total: f64,
}

/// One torsion with its equivalent chains, or one ring.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    chains: Vec<[usize; 4]>,
    /// Weight over the largest deviation, w/d [1/°].
    scale: f64,
    ring: bool,
}

/// The torsion angles of one conformer, as [`TorsionFingerprint::angles`] measures them [°].
#[derive(Clone, Debug, PartialEq)]
pub struct TorsionAngles {
    angles: Vec<f64>,
}

impl TorsionFingerprint {
    /// Chains of equivalent neighbours about one bond, at most; two SF₅ groups have 25.
    pub const MOST_CHAINS: usize = 256;

    /// The torsions of a perceived molecule. Time grows with the square of the atoms if they are weighted.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the molecule, or what is left of it without the hydrogens that do not count, is in
    /// several pieces: distances from the centre are then undefined. [`Error::TooMany`] if a bond has more than
    /// [`MOST_CHAINS`](Self::MOST_CHAINS) equivalent chains.
    pub fn new(perception: &Perception, options: TorsionFingerprintOptions) -> Result<Self> {
        let skeleton = Skeleton::new(perception, options.polar_hydrogens);
        // Without a hydrogen that bridges two atoms they may come apart.
        let molecule = perception.molecule();
        let pieces = skeleton.pieces(|_| true).max(skeleton.pieces(|atom| skeleton.kept[atom]));
        if pieces > 1 {
            let got = format!("{pieces} pieces");
            return Err(Error::InvalidArgument {
                what: "molecule of a torsion fingerprint",
                expected: "connected",
                got,
            });
        }
        let invariants = invariants(&skeleton);
        let (mut bonds, mut terms) = (Vec::new(), Vec::new());
        for (bond, ends) in molecule.bonds() {
            let [b, c] = [ends.begin, ends.end].map(crate::AtomIndex::index);
            if perception.is_ring_bond(bond) || !skeleton.kept[b] || !skeleton.kept[c] {
                continue;
            }
            let beside = |atom, but| skeleton.neighbors(atom).filter(|&next| next != but).collect::<Neighbors>();
            let [left, right] = [beside(b, c), beside(c, b)];
            if left.is_empty() || right.is_empty() || skeleton.is_linear(b) || skeleton.is_linear(c) {
                continue;
            }
            let [first, last] = [references(&left, &invariants), references(&right, &invariants)];
            if first.len().saturating_mul(last.len()) > Self::MOST_CHAINS {
                return Err(Error::TooMany { what: "equivalent chains of a torsion", limit: Self::MOST_CHAINS });
            }
            let chains = first.iter().flat_map(|&a| last.iter().map(move |&d| [a, b, c, d])).collect();
            // How many equivalent neighbours there are at each end; 1 if one atom marks it.
            let fold = |all: &Neighbors, chosen: &Neighbors| if chosen.len() > 1 { all.len() } else { 1 };
            let largest = match (fold(&left, &first), fold(&right, &last)) {
                _ if !options.specific => 180.0,
                (1, 1) => 180.0,
                (1, 2) | (2, 1 | 2) => 90.0,
                (1, _) | (_, 1) | (3, 3) => 60.0,
                _ => 30.0,
            };
            bonds.push([b, c]);
            terms.push(Term { chains, scale: 1.0 / largest, ring: false });
        }
        let rings: Vec<Vec<usize>> = perception
            .symmetrized_rings()
            .iter()
            .map(|ring| ring.iter().map(|atom| atom.index()).collect())
            .filter(|ring: &Vec<usize>| ring.iter().all(|&atom| skeleton.kept[atom]))
            .collect();
        for ring in &rings {
            let n = ring.len();
            let chains = (0..n).map(|k| [0, 1, 2, 3].map(|step| ring[(k + step) % n])).collect();
            let shape = if n < 14 { (-0.025 * (n as f64 - 14.0).powi(2)).exp() } else { 1.0 };
            terms.push(Term { chains, scale: 1.0 / (180.0 * shape), ring: true });
        }
        let weights = if options.weighted && !terms.is_empty() {
            weights::weights(&skeleton, &bonds, &rings)
        } else {
            vec![1.0; terms.len()]
        };
        terms.iter_mut().zip(&weights).for_each(|(term, weight)| term.scale *= weight);
        let total = weights.iter().sum();
        Ok(Self { atoms: molecule.atom_count(), terms, weights, total })
    }

    /// Number of torsions and rings.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether the molecule has neither: all its conformers are alike.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The weights wᵢ, torsions first, then rings, shape `[len]`.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Measures a conformer: positions [Å], shape `[atoms]`.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for another number of atoms, [`Error::NotFinite`] for a position that is no number.
    pub fn angles(&self, positions: &[Vec3]) -> Result<TorsionAngles> {
        Error::check_len("positions of the molecule of a torsion fingerprint", self.atoms, positions.len())?;
        check_finite(positions)?;
        let measure = |chain: &[usize; 4]| {
            let [a, b, c, d] = chain.map(|atom| &positions[atom]);
            dihedral(a, b, c, d).to_degrees()
        };
        let mut angles = Vec::with_capacity(self.terms.iter().map(Term::size).sum());
        for term in &self.terms {
            if term.ring {
                let sum: f64 = term.chains.iter().map(|chain| measure(chain).abs()).sum();
                angles.push(sum / term.chains.len() as f64);
            } else {
                angles.extend(term.chains.iter().map(measure));
            }
        }
        Ok(TorsionAngles { angles })
    }

    /// The deviation of two conformers, from their angles.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the angles are of another molecule.
    pub fn deviation(&self, a: &TorsionAngles, b: &TorsionAngles) -> Result<f64> {
        let expected = self.terms.iter().map(Term::size).sum();
        for angles in [a, b] {
            Error::check_len("angles of a torsion fingerprint", expected, angles.angles.len())?;
        }
        let mut out = Vec::with_capacity(1);
        append_row(&self.terms, self.total, a, (Columns { angles: &b.angles, conformers: 1 }, 1), &mut out);
        Ok(out[0])
    }

    /// The deviations of all pairs of conformers, whose positions [Å] are of shape `[atoms]` each: those of conformer 1 from
    /// 0, of 2 from 0 and 1, and so on, shape `[n (n − 1) / 2]`, on the ambient threads.
    ///
    /// Angles are measured once for each conformer.
    ///
    /// ```
    /// use mol_core::{Molecule, Vec3, geometry::{TorsionFingerprint, TorsionFingerprintOptions}, perceive::Perception};
    /// let butane = Perception::new(&Molecule::from_smiles("CCCC")?)?;
    /// let fingerprint = TorsionFingerprint::new(&butane, TorsionFingerprintOptions::default())?;
    /// let turned = |angle: f64| {
    ///     let end = Vec3::new(angle.cos(), angle.sin(), 1.5);
    ///     [Vec3::x(), Vec3::zeros(), Vec3::z() * 1.5, end]
    /// };
    /// let matrix = fingerprint.matrix(&[turned(0.0), turned(1.5), turned(3.0)])?;
    /// assert!((matrix[1] - 3.0 / std::f64::consts::PI).abs() < 1e-12); // of the third from the first
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`angles`](Self::angles).
    pub fn matrix<C: AsRef<[Vec3]> + Sync>(&self, conformers: &[C]) -> Result<Vec<f64>> {
        let measure = |conformer: &C| self.angles(conformer.as_ref());
        let angles: Vec<TorsionAngles> = if conformers.len() <= FEW {
            conformers.iter().map(measure).collect::<Result<_>>()?
        } else {
            conformers.par_iter().map(measure).collect::<Result<_>>()?
        };
        let columns = columns(&angles);
        let columns = Columns { angles: &columns, conformers: angles.len() };
        let rows = |rows: std::ops::Range<usize>| {
            let mut out = Vec::with_capacity(rows.clone().sum());
            rows.for_each(|i| append_row(&self.terms, self.total, &angles[i], (columns, i), &mut out));
            out
        };
        if angles.len() <= FEW {
            return Ok(rows(0..angles.len()));
        }
        let chunk = |k: usize| rows(k * ROWS..((k + 1) * ROWS).min(angles.len()));
        let parts: Vec<Vec<f64>> = (0..angles.len().div_ceil(ROWS)).into_par_iter().map(chunk).collect();
        Ok(parts.concat())
    }
}

impl Term {
    /// Number of angles that are stored.
    const fn size(&self) -> usize {
        if self.ring { 1 } else { self.chains.len() }
    }
}
