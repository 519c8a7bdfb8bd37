//! The rotatable bonds of a molecule, and turning them.
//!
//! [`Torsions`] picks one chain of four atoms per rotatable bond and knows which atoms move with it, so that a conformer
//! can be set to given angles by rotation alone: bond lengths, angles and rings stay as they are. Rings are safe by
//! construction, because a bond of a ring is never accepted. Deliberately not here: which angles are good ones (searches
//! of `mol-rl`), relaxation after the turn ([`minimize`](crate::minimize)), and smooth features
//! ([`TorsionFeatures`](super::TorsionFeatures)).

use super::internal::dihedral;
use crate::{AtomIndex, BondIndex, BondOrder, Element, Error, Molecule, Result, Vec3, perceive};
use nalgebra::{Rotation3, Unit};
use std::f64::consts::TAU;

/// Sine of a bond angle below which a torsion about the bond is undefined.
const COLLINEAR: f64 = 1e-6;

/// The torsions of a molecule that can be turned: a chain a–b–c–d per bond b–c, and the atoms that move when it turns.
///
/// A bond is *rotatable* if it is single, not part of a ring, and each of its ends has another neighbour, where ends
/// that are linear (a triple bond, two double bonds) have no torsion, and ends that carry nothing but three equal atoms
/// (methyl, ammonio, trifluoromethyl) have nothing new to offer. Hydroxyl hydrogens count if they are atoms of the graph;
/// so do amide bonds. This is the rule of conformer search; the stricter one of drug-likeness counts is another.
///
/// The chain is chosen without looking at coordinates: a and d are the neighbours that are not hydrogen, of lowest
/// index. The moving side, d's, is the smaller part of the molecule, the one of higher index if both are equal.
///
/// ```
/// use mol_core::{Molecule, geometry::Torsions};
/// let glycol = Molecule::from_smiles("OCCO")?.with_explicit_hydrogens()?;
/// let torsions = Torsions::new(&glycol);
/// assert_eq!(torsions.chains(), [[4, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 9]].map(|chain| torsions.oriented(chain)));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torsions {
    atoms: usize,
    chains: Vec<[usize; 4]>,
    bonds: Vec<BondIndex>,
    /// The atoms on d's side of each bond without c, ascending.
    moving: Vec<Vec<usize>>,
}

impl Torsions {
    /// All rotatable bonds of `molecule`, in the order of its bonds.
    #[must_use]
    pub fn new(molecule: &Molecule) -> Self {
        let on_ring = perceive::ring_bonds(molecule);
        let rotatable = molecule.bonds().filter(|(k, bond)| {
            !on_ring[k.index()]
                && bond.order == BondOrder::Single
                && [(bond.begin, bond.end), (bond.end, bond.begin)]
                    .iter()
                    .all(|&(end, other)| turns(molecule, end, other))
        });
        let bonds: Vec<BondIndex> = rotatable.map(|(k, _)| k).collect();
        Self::build(molecule, bonds)
    }

    /// The torsions about chosen bonds, of whatever order.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if a bond does not exist, is part of a ring, ends the molecule, or is named twice.
    pub fn of_bonds(molecule: &Molecule, bonds: &[BondIndex]) -> Result<Self> {
        let on_ring = perceive::ring_bonds(molecule);
        for (place, &bond) in bonds.iter().enumerate() {
            let refuse = |expected| {
                Err(Error::InvalidArgument { what: "rotatable bond", expected, got: format!("bond {bond}") })
            };
            if bond.index() >= molecule.bond_count() {
                return refuse("a bond of the molecule");
            }
            let ends = molecule.bond(bond);
            if on_ring[bond.index()] {
                return refuse("outside of rings");
            }
            if molecule.degree(ends.begin) < 2 || molecule.degree(ends.end) < 2 {
                return refuse("one with neighbours at both ends");
            }
            if bonds[..place].contains(&bond) {
                return refuse("named once");
            }
        }
        Ok(Self::build(molecule, bonds.to_vec()))
    }

    fn build(molecule: &Molecule, bonds: Vec<BondIndex>) -> Self {
        let (mut chains, mut moving) = (Vec::new(), Vec::new());
        for &bond in &bonds {
            let ends = molecule.bond(bond);
            let sides = [(ends.begin, ends.end), (ends.end, ends.begin)].map(|(root, stop)| side(molecule, root, stop));
            let end_moves = (sides[1].len(), ends.begin) <= (sides[0].len(), ends.end);
            let (b, c, mut atoms) = if end_moves {
                (ends.begin, ends.end, sides[1].clone())
            } else {
                (ends.end, ends.begin, sides[0].clone())
            };
            atoms.retain(|&atom| atom != c.index());
            chains.push([reference(molecule, b, c), b.index(), c.index(), reference(molecule, c, b)]);
            moving.push(atoms);
        }
        Self { atoms: molecule.atom_count(), chains, bonds, moving }
    }

    /// Number of torsions.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.chains.len()
    }

    /// Whether nothing can be turned.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.chains.is_empty()
    }

    /// The four atoms of each torsion; d's side is the one that moves. Shape `[torsions]`.
    #[must_use]
    pub fn chains(&self) -> &[[usize; 4]] {
        &self.chains
    }

    /// The bond of each torsion, shape `[torsions]`.
    #[must_use]
    pub fn bonds(&self) -> &[BondIndex] {
        &self.bonds
    }

    /// The atoms that move with torsion `torsion`, ascending; c lies on the axis and is not among them.
    ///
    /// # Panics
    /// If there is no such torsion.
    #[must_use]
    pub fn moving(&self, torsion: usize) -> &[usize] {
        &self.moving[torsion]
    }

    /// `chain` in the direction in which these torsions hold it, or as it is if they do not.
    #[must_use]
    pub fn oriented(&self, chain: [usize; 4]) -> [usize; 4] {
        let [a, b, c, d] = chain;
        if self.chains.contains(&[d, c, b, a]) { [d, c, b, a] } else { chain }
    }

    /// The present angles [rad], in (−π, π], shape `[torsions]`, of positions [Å], shape `[atoms]`.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for another number of atoms.
    pub fn angles(&self, positions: &[Vec3]) -> Result<Vec<f64>> {
        Error::check_len("positions of the molecule with these torsions", self.atoms, positions.len())?;
        Ok(self.chains.iter().map(|chain| measure(positions, chain)).collect())
    }

    /// Turns torsion `torsion` to the angle `target` [rad]; positions [Å], shape `[atoms]`.
    ///
    /// ```
    /// use mol_core::{BondIndex, Molecule, Vec3, geometry::{Torsions, dihedral}};
    /// let butane = Molecule::from_smiles("CCCC")?;
    /// let mut x = [Vec3::new(1.0, 1.0, 0.0), Vec3::zeros(), Vec3::z() * 1.5, Vec3::new(1.0, -1.0, 1.5)];
    /// // Without its hydrogens the molecule's ends are bare, and the bond is named.
    /// let torsions = Torsions::of_bonds(&butane, &[BondIndex::new(1)])?;
    /// torsions.set(&mut x, 0, 1.0)?;
    /// assert!((dihedral(&x[0], &x[1], &x[2], &x[3]) - 1.0).abs() < 1e-12);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for another number of atoms; [`Error::InvalidArgument`] if there is no such torsion, the
    /// target is not finite, or the atoms of the chain lie on a line.
    pub fn set(&self, positions: &mut [Vec3], torsion: usize, target: f64) -> Result<()> {
        Error::check_len("positions of the molecule with these torsions", self.atoms, positions.len())?;
        let refuse = |what, expected, got: String| Err(Error::InvalidArgument { what, expected, got });
        let Some(chain) = self.chains.get(torsion) else {
            let got = format!("{torsion} of {}", self.len());
            return refuse("torsion", "one of the molecule's torsions", got);
        };
        if !target.is_finite() {
            return refuse("target angle [rad]", "finite", target.to_string());
        }
        let [a, b, c, d] = chain.map(|atom| positions[atom]);
        let axis = c - b;
        let bent = |v: Vec3| v.cross(&axis).norm() > COLLINEAR * v.norm() * axis.norm();
        if !(bent(a - b) && bent(d - c)) {
            return refuse("four atoms of a torsion", "not on a line", format!("atoms {chain:?}"));
        }
        let turn = Rotation3::from_axis_angle(&Unit::new_normalize(axis), target - measure(positions, chain));
        for &atom in &self.moving[torsion] {
            positions[atom] = b + turn * (positions[atom] - b);
        }
        Ok(())
    }

    /// Turns all torsions to the angles `targets` [rad], shape `[torsions]`; positions [Å], shape `[atoms]`.
    ///
    /// # Errors
    /// As [`set`](Self::set), and [`Error::ShapeMismatch`] for another number of angles. Positions are then partly turned.
    pub fn set_all(&self, positions: &mut [Vec3], targets: &[f64]) -> Result<()> {
        Error::check_len("target angles", self.len(), targets.len())?;
        targets.iter().enumerate().try_for_each(|(torsion, &target)| self.set(positions, torsion, target))
    }

    /// The permutations of these torsions under the automorphisms of `molecule` that take every chain to a chain, without
    /// repetition, the identity first. `permutation[i]` is where torsion i goes.
    ///
    /// Symmetries that take a chain to another choice of its end atoms are left out, so the list may be shorter than the
    /// group.
    ///
    /// # Errors
    /// [`Error::TooMany`] if the molecule has more than `limit` automorphisms, [`Error::ShapeMismatch`] if it is another
    /// molecule.
    pub fn permutations(&self, molecule: &Molecule, limit: usize) -> Result<Vec<Vec<usize>>> {
        Error::check_len("atoms of the molecule with these torsions", self.atoms, molecule.atom_count())?;
        let mut list: Vec<Vec<usize>> = vec![(0..self.len()).collect()];
        for map in molecule.automorphisms(limit)? {
            let image = |chain: &[usize; 4]| {
                let [a, b, c, d] = chain.map(|atom| map[atom].index());
                self.chains.iter().position(|other| *other == [a, b, c, d] || *other == [d, c, b, a])
            };
            if let Some(permutation) = self.chains.iter().map(image).collect::<Option<Vec<_>>>()
                && !list.contains(&permutation)
            {
                list.push(permutation);
            }
        }
        Ok(list)
    }
}

/// `angle` [rad] moved into (−π, π] by whole turns.
///
/// ```
/// assert!((mol_core::geometry::wrap_angle(4.0) - (4.0 - 2.0 * std::f64::consts::PI)).abs() < 1e-15);
/// assert_eq!(mol_core::geometry::wrap_angle(-std::f64::consts::PI), std::f64::consts::PI);
/// ```
#[must_use]
pub fn wrap_angle(angle: f64) -> f64 {
    let wrapped = angle - TAU * (angle / TAU).round();
    if wrapped <= -TAU / 2.0 { wrapped + TAU } else { wrapped }
}

fn measure(positions: &[Vec3], chain: &[usize; 4]) -> f64 {
    let [a, b, c, d] = chain.map(|atom| &positions[atom]);
    dihedral(a, b, c, d)
}

/// Whether turning about the bond from `end` to `other` changes the molecule on the side of `end`.
fn turns(molecule: &Molecule, end: AtomIndex, other: AtomIndex) -> bool {
    let orders: Vec<BondOrder> = molecule.bonds_of(end).iter().map(|&bond| molecule.bond(bond).order).collect();
    let doubles = orders.iter().filter(|&&order| order == BondOrder::Double).count();
    if orders.len() == 2 && (doubles == 2 || orders.contains(&BondOrder::Triple)) || doubles == 2 && orders.len() < 4 {
        return false;
    }
    let around: Vec<AtomIndex> = molecule.neighbors(end).filter(|&atom| atom != other).collect();
    let kind = |atom: AtomIndex| {
        let data = molecule.atom(atom);
        (data.element, data.isotope, data.charge, molecule.hydrogens(atom), molecule.degree(atom))
    };
    let rotor =
        around.len() == 3 && around.iter().all(|&atom| molecule.degree(atom) == 1 && kind(atom) == kind(around[0]));
    !around.is_empty() && !rotor
}

/// The neighbour of `end` beside `other` that marks the torsion: not hydrogen if possible, then of lowest index.
fn reference(molecule: &Molecule, end: AtomIndex, other: AtomIndex) -> usize {
    let rank = |atom: &AtomIndex| (molecule.atom(*atom).element == Some(Element::H), atom.index());
    let best = molecule.neighbors(end).filter(|&atom| atom != other).min_by_key(rank);
    best.expect("both ends of a rotatable bond have another neighbour").index()
}

/// The atoms reached from `root` without passing `stop`, ascending.
fn side(molecule: &Molecule, root: AtomIndex, stop: AtomIndex) -> Vec<usize> {
    let mut seen = vec![false; molecule.atom_count()];
    seen[root.index()] = true;
    let mut stack = vec![root];
    while let Some(atom) = stack.pop() {
        for next in molecule.neighbors(atom).filter(|&next| !(atom == root && next == stop)) {
            if !std::mem::replace(&mut seen[next.index()], true) {
                stack.push(next);
            }
        }
    }
    (0..seen.len()).filter(|&atom| seen[atom]).collect()
}
