//! Ideal lengths and angles of a molecular graph: what distance geometry starts from.
//!
//! Lengths come from covalent radii and bond orders (Pauling's logarithm), angles from neighbours, hybridisation and
//! ring sizes. They are meant to be within a few hundredths of an ångström and a few degrees, not to be a force field.

use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, Bond, BondIndex, BondOrder, Element, Molecule};

/// Pauling's constant: a bond of order n is shorter than a single one by 0.71 Å · log₁₀ n.
const PAULING: f64 = 0.71;

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
    pub(super) fn length(&self, index: BondIndex) -> f64 {
        let bond = self.molecule.bond(index);
        let radius = |atom| self.element(atom).map_or(0.77, Element::covalent_radius);
        let order = self.order(index, &bond);
        radius(bond.begin) + radius(bond.end) - PAULING * order.log10() - self.correction(&bond, order)
    }

    /// Effective order of a bond: what resonance makes of it.
    fn order(&self, index: BondIndex, bond: &Bond) -> f64 {
        let ends = [bond.begin, bond.end];
        let elements = ends.map(|atom| self.element(atom));
        let is_donor = |atom: &AtomIndex| {
            self.molecule.degree(*atom) == 2
                && self.element(*atom).is_some_and(|e| matches!(e.number(), 8 | 16 | 34))
                && self.molecule.atom(*atom).charge == 0
        };
        if self.seen.is_aromatic_bond(index) {
            // A lone pair shares less of the sextet.
            return if ends.iter().any(is_donor) { 1.25 } else { 1.5 };
        }
        let charges = ends.map(|atom| self.molecule.atom(atom).charge);
        let anion = ends.iter().any(|&atom| self.molecule.atom(atom).charge < 0 && self.molecule.degree(atom) == 1);
        match self.seen.kekule().bond(index).order {
            BondOrder::Double if elements.contains(&Some(Element::C)) && elements.contains(&Some(Element::O)) => 2.0,
            BondOrder::Double if elements.iter().flatten().any(|e| e.number() > 10) => 2.0,
            BondOrder::Double => 1.75,
            BondOrder::Triple => 3.0,
            BondOrder::Quadruple => 4.0,
            // Sulfones and phosphates drawn with charges.
            _ if charges[0] * charges[1] < 0 && elements.iter().flatten().any(|e| e.number() > 10) => 2.0,
            _ if !self.seen.conjugated_bonds()[index.index()] => 1.0,
            _ if anion => 1.6,
            _ if elements == [Some(Element::C); 2] => 1.15,
            _ => 1.3,
        }
    }

    /// What radii and order do not know [Å, subtracted]: linear and trigonal atoms hold tighter, bonds between a
    /// heavier or electron-poor atom and a halogen, N or O are polar, lone pairs on both ends repel.
    fn correction(&self, bond: &Bond, order: f64) -> f64 {
        let ends = [bond.begin, bond.end];
        let has = |test: &dyn Fn(Element) -> bool| ends.map(|atom| self.element(atom).is_some_and(test));
        let either = |a: [bool; 2], b: [bool; 2]| a[0] && b[1] || a[1] && b[0];
        let poor = has(&|e| matches!(e.number(), 5 | 13..=16 | 32));
        let hydrogen = has(&|e| e == Element::H);
        let count = |kind| ends.iter().filter(|&&atom| self.hybridization(atom) == kind).count() as f64;
        let mut shorter = 0.0;
        if order == 1.0 {
            let rich = has(&|e| matches!(e.number(), 7..=9));
            let chlorine = has(&|e| e.number() == 17);
            let lighter = has(&|e| matches!(e.number(), 14 | 15));
            if either(poor, rich) || either(lighter, chlorine) {
                shorter += 0.09;
            }
            if either(lighter, hydrogen) {
                shorter -= 0.05;
            }
        }
        if order < 1.2 && hydrogen == [false; 2] {
            shorter += 0.03 * (count(Hybridization::Sp) + if order == 1.0 { count(Hybridization::Sp2) } else { 0.0 });
        }
        let rich = has(&|e| matches!(e.number(), 7..=9));
        let very_rich = has(&|e| matches!(e.number(), 8 | 9));
        if very_rich == [true; 2] && order < 1.5 {
            shorter -= 0.13;
        } else if rich == [true; 2] && order < 2.5 {
            shorter -= 0.03;
        }
        shorter
    }

    /// Size of the smallest ring that turns from one bond of an atom into the other.
    fn ring(&self, a: BondIndex, b: BondIndex) -> Option<usize> {
        self.ring_of(a, b).map(|ring| self.seen.rings().atoms(ring).len())
    }

    fn ring_of(&self, a: BondIndex, b: BondIndex) -> Option<usize> {
        let rings = self.seen.rings();
        rings.of_bond(a).iter().find(|ring| rings.of_bond(b).contains(ring)).copied()
    }

    /// Angle [degrees] of an atom of the second period in a flat ring of five or six: what sharper heavy atoms leave.
    fn flat_ring(&self, a: BondIndex, b: BondIndex) -> Option<f64> {
        let atoms = self.seen.rings().atoms(self.ring_of(a, b)?);
        let sharp = match atoms.len() {
            5 => 92.0,
            6 => 101.0,
            _ => return None,
        };
        let heavy = atoms.iter().filter(|&&atom| self.element(atom).is_some_and(|e| e.number() > 10)).count();
        let total = 180.0 * (atoms.len() as f64 - 2.0);
        (heavy < atoms.len()).then(|| (total - sharp * heavy as f64) / (atoms.len() - heavy) as f64)
    }

    /// All angles at an atom.
    pub(super) fn angles(&self, centre: AtomIndex) -> Vec<IdealAngle> {
        let bonds = self.molecule.bonds_of(centre);
        let rings_here = self.seen.rings().of_atom(centre);
        let small = rings_here.iter().filter(|&&ring| self.seen.rings().atoms(ring).len() <= 5).count();
        let slack = match (rings_here.len(), small) {
            (0, _) => 0.04,
            (1, _) => 0.06,
            (_, 0) => 0.08,
            _ => 0.15,
        };
        let mut angles = Vec::new();
        for (k, &a) in bonds.iter().enumerate() {
            for &b in &bonds[k + 1..] {
                let ends = [a, b].map(|bond| self.molecule.bond(bond).other(centre).index());
                let angle = self.angle(centre, a, b).map(f64::to_radians);
                angles.push(IdealAngle { ends, centre: centre.index(), angle, slack });
            }
        }
        if bonds.len() == 3 && self.is_planar(centre) {
            self.close_plane(bonds, &mut angles);
        }
        if bonds.len() == 4 {
            self.point_outwards(bonds, &mut angles);
        }
        angles
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
    }

    /// Where three bonds meet in rings of three or four, the fourth points away from their sum:
    /// cos θᵢ = −(1 + cos αᵢⱼ + cos αᵢₖ) / √(3 + 2 Σ cos α).
    fn point_outwards(&self, bonds: &[BondIndex], angles: &mut [IdealAngle]) {
        const PAIRS: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        let is_small = |&(a, b): &(usize, usize)| self.ring(bonds[a], bonds[b]).is_some_and(|size| size <= 4);
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

    /// The three angles of a planar atom add up to a turn: those outside rings give way.
    fn close_plane(&self, bonds: &[BondIndex], angles: &mut [IdealAngle]) {
        let in_ring = |angle: usize| {
            let (a, b) = [(0, 1), (0, 2), (1, 2)][angle];
            self.ring(bonds[a], bonds[b]).is_some_and(|size| size <= 7)
        };
        let fixed: Vec<bool> = (0..3).map(in_ring).collect();
        let free = fixed.iter().filter(|fixed| !**fixed).count();
        let total: f64 = angles.iter().filter_map(|angle| angle.angle).sum();
        let excess = total - std::f64::consts::TAU;
        let share = if free == 0 { excess / 3.0 } else { excess / free as f64 };
        for (angle, fixed) in angles.iter_mut().zip(fixed) {
            if !fixed || free == 0 {
                angle.angle = angle.angle.map(|value| value - share);
            }
        }
    }

    /// Ideal angle between two bonds of an atom [degrees].
    fn angle(&self, centre: AtomIndex, a: BondIndex, b: BondIndex) -> Option<f64> {
        let element = self.element(centre)?;
        let ring = self.ring(a, b).filter(|&size| size <= 8);
        let ends = [a, b].map(|bond| self.molecule.bond(bond).other(centre));
        let hydrogens = ends.iter().filter(|&&end| self.element(end) == Some(Element::H)).count();
        let double = [a, b].iter().filter(|&&bond| self.seen.kekule().bond(bond).order == BondOrder::Double).count();
        let heavy_row = element.number() > 10;
        match (self.molecule.degree(centre), self.hybridization(centre)) {
            (2, Hybridization::Sp) => Some(180.0),
            (2, Hybridization::Sp2 | Hybridization::Sp3) => Some(match (heavy_row, ring) {
                (_, Some(3)) => 60.0,
                (false, Some(4)) => 91.0,
                (true, Some(4)) => 78.0,
                (true, Some(5)) => 92.0,
                (false, Some(6)) if self.hybridization(centre) == Hybridization::Sp3 => 112.0,
                (false, Some(5 | 6)) => self.flat_ring(a, b)?,
                (true, _) => 101.0 - 4.0 * hydrogens as f64,
                _ if hydrogens == 2 => 104.5,
                _ if hydrogens == 1 => 109.0,
                _ if self.hybridization(centre) == Hybridization::Sp3 => 112.0,
                _ => 117.0,
            }),
            (3, Hybridization::Sp2) => Some(match ring {
                Some(3) => 60.0,
                Some(4) => 90.0,
                Some(5 | 6) => self.flat_ring(a, b)?,
                Some(7) => 127.0,
                _ if double == 1 => 121.5,
                _ if self.has_double(centre) => 117.0,
                _ => 120.0,
            }),
            (3, Hybridization::Sp3) => Some(match ring {
                Some(3) => 60.0,
                Some(4) => 88.0,
                Some(5) => {
                    if heavy_row {
                        94.0
                    } else {
                        104.0
                    }
                }
                _ if heavy_row => {
                    if double == 1 {
                        107.0
                    } else {
                        99.0
                    }
                }
                _ => 109.0,
            }),
            (4, Hybridization::Sp2d) => None,
            (4, _) => Some(self.tetrahedral(centre, ring, hydrogens, double)),
            _ => None,
        }
    }

    fn has_double(&self, atom: AtomIndex) -> bool {
        self.molecule.bonds_of(atom).iter().any(|&bond| self.seen.kekule().bond(bond).order == BondOrder::Double)
    }

    fn tetrahedral(&self, centre: AtomIndex, ring: Option<usize>, hydrogens: usize, double: usize) -> f64 {
        let smallest = self.seen.rings().smallest_at_atom(centre);
        match (ring, smallest) {
            (Some(3), _) => 60.0,
            (Some(4), _) => 89.0,
            (Some(5), _) => 103.5,
            _ if double == 2 => 118.0,
            _ if double == 1 => 109.0,
            (_, Some(3)) => 117.0,
            (_, Some(4)) => 114.0,
            _ if self.has_double(centre) => 103.5,
            _ => match hydrogens {
                0 => 111.0,
                1 => 109.5,
                _ => 107.8,
            },
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
