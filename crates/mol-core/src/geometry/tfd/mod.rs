//! Torsion fingerprints and their deviation (TFD): how far apart two conformers are, free of superposition.
//!
//! The choices are those of RDKit's `TorsionFingerprints` on molecules without hydrogen atoms, down to the order of atom
//! invariants that selects reference atoms, so that numbers can be compared. Hydrogens on other elements than carbon can
//! be included, without which the conformers of an alcohol look alike. Deliberately not here: clustering, and distances
//! between conformers of different molecules.

mod reference;
mod weights;

use super::internal::dihedral;
use crate::{AtomIndex, BondOrder, Element, Error, Molecule, Result, Vec3, perceive};
use rayon::prelude::*;
use reference::{invariants, references};

/// Rows of a matrix that one thread takes at least.
const MIN_ROWS: usize = 16;

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
/// 180° exp(−0.025 (N − 14)²). TFD is 0 for equal conformers and at most 1 where d is 180°. Atoms are equivalent if their
/// surroundings up to two bonds away are.
///
/// Not a metric in the strict sense: conformers that differ by the exchange of equivalent neighbours on one side, or by one
/// of three positions of two equivalent neighbours, have TFD 0. Aromatic bonds are those that the molecule marks so.
///
/// T. Schulz-Gasch, C. Schärfer, W. Guba and M. Rarey, *J. Chem. Inf. Model.* **52**, 1499 (2012).
///
/// ```
/// use mol_core::{Molecule, geometry::{TorsionFingerprint, TorsionFingerprintOptions}};
/// let pentane = Molecule::from_smiles("CCCCC")?;
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
    /// Largest deviation [°], the divisor.
    largest: f64,
    ring: bool,
}

/// The torsion angles of one conformer, as [`TorsionFingerprint::angles`] measures them [°].
#[derive(Clone, Debug, PartialEq)]
pub struct TorsionAngles {
    angles: Vec<f64>,
}

impl TorsionFingerprint {
    /// The torsions of `molecule`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `molecule`, or what is left of it without the hydrogens that do not count, is in
    /// several pieces: distances from the centre are then undefined.
    pub fn new(molecule: &Molecule, options: TorsionFingerprintOptions) -> Result<Self> {
        let graph = Skeleton::new(molecule, options.polar_hydrogens);
        // Without a hydrogen that bridges two atoms they may come apart.
        let pieces = molecule.components().len().max(weights::pieces(molecule, &graph));
        if pieces > 1 {
            let got = format!("{pieces} pieces");
            return Err(Error::InvalidArgument {
                what: "molecule of a torsion fingerprint",
                expected: "connected",
                got,
            });
        }
        let invariants = invariants(molecule, &graph);
        let mut bonds = Vec::new();
        let mut terms = Vec::new();
        for (bond, ends) in molecule.bonds() {
            let (b, c) = (ends.begin, ends.end);
            if graph.on_ring[bond.index()] || !graph.kept[b.index()] || !graph.kept[c.index()] {
                continue;
            }
            let [left, right] = [graph.neighbors(molecule, b, c), graph.neighbors(molecule, c, b)];
            if left.is_empty() || right.is_empty() || linear(molecule, b) || linear(molecule, c) {
                continue;
            }
            let [first, last] = [references(&left, &invariants), references(&right, &invariants)];
            let chains =
                first.iter().flat_map(|a| last.iter().map(|d| [a.index(), b.index(), c.index(), d.index()])).collect();
            // How many equivalent neighbours there are at each end; 1 if one atom marks it.
            let fold = |all: &[AtomIndex], chosen: &[AtomIndex]| if chosen.len() > 1 { all.len() } else { 1 };
            let largest = match (fold(&left, &first), fold(&right, &last)) {
                _ if !options.specific => 180.0,
                (1, 1) => 180.0,
                (1, 2) | (2, 1 | 2) => 90.0,
                (1, _) | (_, 1) | (3, 3) => 60.0,
                _ => 30.0,
            };
            bonds.push([b.index(), c.index()]);
            terms.push(Term { chains, largest, ring: false });
        }
        let rings: Vec<Vec<usize>> = perceive::Rings::new(molecule)
            .iter()
            .map(|ring| ring.iter().map(|atom| atom.index()).collect())
            .filter(|ring: &Vec<usize>| ring.iter().all(|&atom| graph.kept[atom]))
            .collect();
        for ring in &rings {
            let n = ring.len();
            let chains = (0..n).map(|k| [0, 1, 2, 3].map(|step| ring[(k + step) % n])).collect();
            let shape = if n < 14 { (-0.025 * (n as f64 - 14.0).powi(2)).exp() } else { 1.0 };
            terms.push(Term { chains, largest: 180.0 * shape, ring: true });
        }
        let weights = if options.weighted && !terms.is_empty() {
            weights::weights(molecule, &graph, &bonds, &rings)
        } else {
            vec![1.0; terms.len()]
        };
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
    /// [`Error::ShapeMismatch`] for another number of atoms.
    pub fn angles(&self, positions: &[Vec3]) -> Result<TorsionAngles> {
        Error::check_len("positions of the molecule of a torsion fingerprint", self.atoms, positions.len())?;
        let measure = |chain: &[usize; 4]| {
            let [a, b, c, d] = chain.map(|atom| &positions[atom]);
            dihedral(a, b, c, d).to_degrees()
        };
        let mut angles = Vec::new();
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
        Ok(self.compare(a, b))
    }
}

impl TorsionFingerprint {
    /// The deviations of all pairs of conformers [Å], each of shape `[atoms]`: those of conformer 1 from 0, of 2 from 0 and
    /// 1, and so on, shape `[n (n − 1) / 2]`, on the ambient threads.
    ///
    /// Angles are measured once for each conformer.
    ///
    /// ```
    /// use mol_core::{Molecule, Vec3, geometry::{TorsionFingerprint, TorsionFingerprintOptions}};
    /// let fingerprint = TorsionFingerprint::new(&Molecule::from_smiles("CCCC")?, TorsionFingerprintOptions::default())?;
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
    /// [`Error::ShapeMismatch`] for another number of atoms.
    pub fn matrix<C: AsRef<[Vec3]> + Sync>(&self, conformers: &[C]) -> Result<Vec<f64>> {
        let angles: Vec<TorsionAngles> =
            conformers.par_iter().map(|conformer| self.angles(conformer.as_ref())).collect::<Result<_>>()?;
        let row = |i: usize| (0..i).map(|j| self.compare(&angles[i], &angles[j])).collect::<Vec<f64>>();
        let rows: Vec<Vec<f64>> = (1..angles.len()).into_par_iter().with_min_len(MIN_ROWS).map(row).collect();
        Ok(rows.concat())
    }

    /// The deviation of two conformers whose angles are of this molecule.
    fn compare(&self, a: &TorsionAngles, b: &TorsionAngles) -> f64 {
        let (mut sum, mut start) = (0.0, 0);
        for (term, weight) in self.terms.iter().zip(&self.weights) {
            let end = start + term.size();
            let mut least = 180.0_f64;
            for x in &a.angles[start..end] {
                for y in &b.angles[start..end] {
                    let difference = (x - y).abs();
                    least = least.min(difference.min(360.0 - difference));
                }
            }
            sum += weight * least / term.largest;
            start = end;
        }
        if self.total > 0.0 { sum / self.total } else { 0.0 }
    }
}

impl Term {
    /// Number of angles that are stored.
    const fn size(&self) -> usize {
        if self.ring { 1 } else { self.chains.len() }
    }
}

/// The atoms that count, and which bonds lie on rings.
struct Skeleton {
    kept: Vec<bool>,
    on_ring: Vec<bool>,
}

impl Skeleton {
    fn new(molecule: &Molecule, polar_hydrogens: bool) -> Self {
        let is_carbon = |atom: AtomIndex| molecule.atom(atom).element == Some(Element::C);
        let keep = |(k, atom): (AtomIndex, &crate::Atom)| {
            atom.element != Some(Element::H) || polar_hydrogens && !molecule.neighbors(k).any(is_carbon)
        };
        Self { kept: molecule.atoms().map(keep).collect(), on_ring: perceive::ring_bonds(molecule) }
    }

    /// The neighbours of `atom` that count, without `but`.
    fn neighbors(&self, molecule: &Molecule, atom: AtomIndex, but: AtomIndex) -> Vec<AtomIndex> {
        molecule.neighbors(atom).filter(|&next| next != but && self.kept[next.index()]).collect()
    }
}

/// Whether torsions through this atom are undefined: at a triple bond, or in the middle of an allene.
fn linear(molecule: &Molecule, atom: AtomIndex) -> bool {
    let count = |order| molecule.bonds_of(atom).iter().filter(|&&bond| molecule.bond(bond).order == order).count();
    let allene = molecule.atom(atom).element == Some(Element::C) && count(BondOrder::Double) > 1;
    allene || count(BondOrder::Triple) > 0
}
