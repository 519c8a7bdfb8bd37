//! Ideal lengths and angles of a molecular graph: what distance geometry starts from.
//!
//! Lengths come from the radii of the Universal Force Field, angles from hybridisation and ring sizes, as in the bounds
//! that the torsion preferences were made for. They are meant to be within a few hundredths of an ångström and a few
//! degrees, not to be a force field.

use super::radii::{is_metal, natural_length};
use super::shape::Shape;
use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, BondIndex, Element, Molecule};

/// Tolerance of distances over one atom [Å].
const SLACK: f64 = 0.04;

/// A molecule with its perception.
pub(super) struct View<'a> {
    pub(super) molecule: &'a Molecule,
    pub(super) seen: &'a Perception,
}

/// The angle i–centre–j.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdealAngle {
    pub(super) ends: [usize; 2],
    pub(super) centre: usize,
    /// [rad], `None` where a shape has several (five or six neighbours).
    pub(super) angle: Option<f64>,
    /// Tolerance of the distance of the ends [Å].
    pub(super) slack: f64,
}

impl View<'_> {
    fn element(&self, atom: AtomIndex) -> Option<Element> {
        self.molecule.atom(atom).element
    }

    fn hybridization(&self, atom: AtomIndex) -> Hybridization {
        self.seen.hybridization(atom)
    }

    /// Ideal length of a bond [Å].
    pub(super) fn length(&self, bond: BondIndex) -> f64 {
        natural_length(self.seen, bond)
    }

    /// Ring of the smallest size that turns from one bond of an atom into the other.
    fn ring(&self, a: BondIndex, b: BondIndex) -> Option<usize> {
        let rings = self.seen.rings();
        let shared = rings.of_bond(a).iter().filter(|ring| rings.of_bond(b).contains(ring)).copied();
        shared.min_by_key(|&ring| rings.atoms(ring).len())
    }

    /// All angles at an atom: those of a stated polyhedron, else those of rings first, and the others share what is left.
    pub(super) fn angles(&self, centre: AtomIndex) -> Vec<IdealAngle> {
        let bonds = self.molecule.bonds_of(centre);
        let shape = Shape::stated(self.molecule, centre);
        let mut angles = Vec::with_capacity(bonds.len() * bonds.len().saturating_sub(1) / 2);
        for (k, &a) in bonds.iter().enumerate() {
            for (l, &b) in bonds.iter().enumerate().skip(k + 1) {
                let ends = [a, b].map(|bond| self.molecule.bond(bond).other(centre));
                let ring = self.ring(a, b);
                let heavy = [ends[0], centre, ends[1]].iter().filter(|&&atom| self.is_large(atom)).count() as i32;
                let small = ring.is_some_and(|ring| self.seen.rings().atoms(ring).len() <= 5)
                    && self.seen.rings().of_atom(centre).len() > 1;
                let slack = if small { 3.0 * SLACK } else { SLACK * f64::from(1 << heavy) };
                let angle = match &shape {
                    Some(shape) => Some(shape.angle(k, l)),
                    None => ring.and_then(|ring| self.ring_angle(centre, ring)),
                };
                angles.push(IdealAngle { ends: ends.map(AtomIndex::index), centre: centre.index(), angle, slack });
            }
        }
        if shape.is_some() {
            return angles;
        }
        let taken: Vec<f64> = angles.iter().filter_map(|angle| angle.angle).collect();
        let (sum, left) = (taken.iter().sum::<f64>(), angles.len() - taken.len());
        let share = if taken.is_empty() { self.open_angle(centre) } else { self.rest(centre, sum, left) };
        for angle in angles.iter_mut().filter(|angle| angle.angle.is_none()) {
            angle.angle = share;
        }
        if bonds.len() == 3 && left == 0 && self.is_planar(centre) {
            // Three rings meet: each gives way alike.
            let excess = (sum - std::f64::consts::TAU) / 3.0;
            for angle in &mut angles {
                angle.angle = angle.angle.map(|value| value - excess);
            }
        }
        if bonds.len() == 4 {
            self.point_outwards(bonds, &mut angles);
        }
        angles
    }

    /// Trigonal atoms of the third period and below on rings: their true angles are far from those of a polygon.
    fn is_large(&self, atom: AtomIndex) -> bool {
        self.element(atom).is_some_and(|element| element.number() > 13)
            && self.hybridization(atom) == Hybridization::Sp2
            && self.seen.in_ring(atom)
    }

    /// Angle inside a ring [rad].
    fn ring_angle(&self, centre: AtomIndex, ring: usize) -> Option<f64> {
        let atoms = self.seen.rings().atoms(ring);
        let size = atoms.len();
        if size == 3 {
            // Three lengths leave no choice.
            let [p, q] = [1, 2].map(|k| atoms[(atoms.iter().position(|&atom| atom == centre).unwrap_or(0) + k) % 3]);
            let length = |a, b| self.molecule.bond_between(a, b).map(|bond| self.length(bond));
            let (a, b, c) = (length(centre, p)?, length(centre, q)?, length(p, q)?);
            return Some(((a * a + b * b - c * c) / (2.0 * a * b)).clamp(-1.0, 1.0).acos());
        }
        let degrees = match self.hybridization(centre) {
            _ if size <= 4 => 180.0 - 360.0 / size as f64,
            Hybridization::Sp2 if size <= 6 => self.flat_ring(centre, ring),
            Hybridization::Sp2 if size <= 8 => 180.0 - 360.0 / size as f64,
            Hybridization::Sp3 if size == 5 => 104.0,
            Hybridization::Sp3 => 109.5,
            Hybridization::Sp2 => 120.0,
            Hybridization::Sp => 180.0,
            Hybridization::Sp3d => 105.0,
            Hybridization::Sp3d2 => 90.0,
            _ => return None,
        };
        Some(degrees.to_radians())
    }

    /// Angle [degrees] of a trigonal atom in a ring of five or six: that of the polygon, or what sharper heavy atoms of
    /// a flat ring leave.
    fn flat_ring(&self, centre: AtomIndex, ring: usize) -> f64 {
        let atoms = self.seen.rings().atoms(ring);
        let sharp = if atoms.len() == 5 { 92.0 } else { 101.0 };
        let is_heavy = |&&atom: &&AtomIndex| self.element(atom).is_some_and(|element| element.number() > 10);
        let heavy = atoms.iter().filter(is_heavy).count();
        let total = 180.0 * (atoms.len() as f64 - 2.0);
        let flat = atoms.iter().all(|&atom| self.hybridization(atom) == Hybridization::Sp2);
        if !flat || heavy == 0 || heavy == atoms.len() {
            return total / atoms.len() as f64;
        }
        if is_heavy(&&centre) { sharp } else { (total - sharp * heavy as f64) / (atoms.len() - heavy) as f64 }
    }

    /// Each of the `left` angles of an atom on rings that take `sum` already [rad].
    fn rest(&self, centre: AtomIndex, sum: f64, left: usize) -> Option<f64> {
        let smallest = self.seen.rings().smallest_at_atom(centre);
        match self.hybridization(centre) {
            Hybridization::Sp2 if self.molecule.degree(centre) == 3 => {
                Some((std::f64::consts::TAU - sum) / left as f64)
            }
            Hybridization::Sp3 => Some(match smallest {
                Some(3) => 116_f64.to_radians(),
                Some(4) => 112_f64.to_radians(),
                _ => 109.5_f64.to_radians(),
            }),
            _ => self.open_angle(centre),
        }
    }

    /// Angle at an atom whose bonds share no ring [rad]; `None` where a shape has several.
    fn open_angle(&self, centre: AtomIndex) -> Option<f64> {
        let degrees = match (self.molecule.degree(centre), self.hybridization(centre)) {
            (2, Hybridization::Sp) => 180.0,
            (2 | 3, Hybridization::Sp2) => 120.0,
            (2..=4, Hybridization::Sp3) => 109.5,
            _ => return None,
        };
        Some(f64::to_radians(degrees))
    }

    /// Whether an atom and its three neighbours lie in a plane.
    pub(super) fn is_planar(&self, atom: AtomIndex) -> bool {
        // Nitrogen in a small ring that is fused to another is bent out of its plane (penicillins).
        let strained = || {
            self.element(atom) == Some(Element::N)
                && self.seen.rings().of_atom(atom).len() > 1
                && self.seen.rings().smallest_at_atom(atom).is_some_and(|size| size <= 4)
        };
        self.molecule.degree(atom) == 3
            && self.hybridization(atom) == Hybridization::Sp2
            && matches!(self.element(atom), Some(Element::B | Element::C | Element::N))
            && !strained()
            && !self.is_side_on(atom)
    }

    /// Whether an atom and a neighbour of it are both bonded to one metal, as those of cyclopentadienyl rings: the metal
    /// is above their plane.
    fn is_side_on(&self, atom: AtomIndex) -> bool {
        let mut metals = self.molecule.neighbors(atom).filter(|&other| is_metal(self.seen, other));
        metals.any(|metal| {
            let mut others = self.molecule.neighbors(atom).filter(|&other| other != metal);
            others.any(|other| self.molecule.bond_between(other, metal).is_some())
        })
    }

    /// Where three bonds meet in rings of three or four, the fourth points away from their sum:
    /// cos θᵢ = −(1 + cos αᵢⱼ + cos αᵢₖ) / √(3 + 2 Σ cos α).
    fn point_outwards(&self, bonds: &[BondIndex], angles: &mut [IdealAngle]) {
        const PAIRS: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        let size = |ring: usize| self.seen.rings().atoms(ring).len();
        let is_small = |&(a, b): &(usize, usize)| self.ring(bonds[a], bonds[b]).is_some_and(|ring| size(ring) <= 4);
        let cosine = |angles: &[IdealAngle], a: usize, b: usize| {
            let place = PAIRS.iter().position(|&pair| pair == (a.min(b), a.max(b))).expect("one of the six pairs");
            angles[place].angle.map_or(0.0, f64::cos)
        };
        for out in 0..4 {
            let inner: Vec<usize> = (0..4).filter(|&k| k != out).collect();
            if ![(inner[0], inner[1]), (inner[0], inner[2]), (inner[1], inner[2])].iter().all(is_small) {
                continue;
            }
            let sum: f64 = [(0, 1), (0, 2), (1, 2)].iter().map(|&(a, b)| cosine(angles, inner[a], inner[b])).sum();
            let length = (3.0 + 2.0 * sum).sqrt();
            for &k in &inner {
                let others: f64 = inner.iter().filter(|&&j| j != k).map(|&j| cosine(angles, k, j)).sum();
                let place =
                    PAIRS.iter().position(|&pair| pair == (k.min(out), k.max(out))).expect("one of the six pairs");
                angles[place].angle = Some((-(1.0 + others) / length).acos());
            }
            return;
        }
    }
}

/// Distance of the ends of a bent chain of two bonds [Å].
pub(super) fn across(a: f64, b: f64, angle: f64) -> f64 {
    (a * a + b * b - 2.0 * a * b * angle.cos()).max(0.0).sqrt()
}

/// Distance of the ends of a chain of three bonds [Å] with torsion φ (given as its cosine).
pub(super) fn around(lengths: [f64; 3], angles: [f64; 2], cosine: f64) -> f64 {
    let [a, b, c] = lengths;
    let [s, t] = angles;
    let x = b - a * s.cos() - c * t.cos();
    let (y, z) = (a * s.sin(), c * t.sin());
    (x * x + y * y + z * z - 2.0 * y * z * cosine).max(0.0).sqrt()
}
