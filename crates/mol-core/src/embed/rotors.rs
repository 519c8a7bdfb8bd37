//! Rotors: bonds off rings are turned to a minimum of their preference before the last stage.
//!
//! Torsions are the softest coordinates of a molecule, so that a descent spends most of its steps on them; turned at once,
//! they leave it little to do.

use super::field::Torsion;
use crate::geometry::dihedral;
use crate::perceive::Perception;
use crate::{AtomIndex, BondOrder, Molecule, Rng, Vec3};
use nalgebra::{Rotation3, Unit};

/// Points on half a turn at which the energy of a torsion is looked at.
const GRID: usize = 180;
/// Difference of least and greatest energy below which a torsion prefers nothing [kcal/mol].
const NOTHING: f64 = 0.05;

/// Share of rotors whose minimum is drawn; the others take the nearest.
const DRAWN: f64 = 0.15;
/// Energy above the least by which a minimum is drawn e times less often [kcal/mol].
const WARMTH: f64 = 2.0;

/// A bond that parts a molecule in two.
#[derive(Clone, Debug)]
pub(super) struct Rotor {
    atoms: [usize; 4],
    /// The atoms beyond the bond, on the end of fewer.
    side: Vec<u32>,
    /// Whether that is the end of the third atom rather than the second.
    forward: bool,
    /// Angles of least energy in (−π, π] [rad], each with its share and those before.
    minima: Vec<(f64, f64)>,
}

impl Rotor {
    /// The rotors among `torsions`: single bonds off rings with a preference.
    pub(super) fn all(molecule: &Molecule, seen: &Perception, torsions: &[Torsion]) -> Vec<Self> {
        torsions.iter().filter_map(|torsion| Self::new(molecule, seen, torsion)).collect()
    }

    fn new(molecule: &Molecule, seen: &Perception, torsion: &Torsion) -> Option<Self> {
        let [_, b, c, _] = torsion.atoms.map(AtomIndex::new);
        let bond = molecule.bond_between(b, c)?;
        let is_double = seen.kekule().bond(bond).order == BondOrder::Double;
        if seen.is_ring_bond(bond) || is_double {
            return None;
        }
        let (back, front) = (beyond(molecule, c, b), beyond(molecule, b, c));
        let forward = front.len() <= back.len();
        let minima = minima(torsion);
        let side = if forward { front } else { back };
        (!minima.is_empty()).then_some(Self { atoms: torsion.atoms, side, forward, minima })
    }

    /// Turns the smaller end of the bond to the nearest minimum, or now and then to one that is drawn; `x` are x, y, z of one
    /// atom after another.
    pub(super) fn turn(&self, x: &mut [f64], rng: &mut Rng) {
        let at = |k: usize| Vec3::new(x[3 * k], x[3 * k + 1], x[3 * k + 2]);
        let [a, b, c, d] = self.atoms.map(at);
        let phi = dihedral(&a, &b, &c, &d);
        let off = |target: f64| {
            let turn = target - phi;
            turn - std::f64::consts::TAU * (turn / std::f64::consts::TAU).round()
        };
        let turns = self.minima.iter().map(|&(target, _)| off(target));
        let nearest = turns.min_by(|s, t| s.abs().total_cmp(&t.abs()));
        // Distance geometry draws distances, which favours stretched chains: some rotors draw their minimum instead.
        let drawn = (rng.uniform() < DRAWN).then(|| {
            let share = rng.uniform();
            let place = self.minima.partition_point(|&(_, sum)| sum < share).min(self.minima.len() - 1);
            off(self.minima[place].0)
        });
        let Some(turn) = drawn.or(nearest).filter(|turn| turn.is_finite()) else { return };
        let Some(axis) = Unit::try_new(c - b, 1e-6) else { return };
        let turn = Rotation3::from_axis_angle(&axis, if self.forward { turn } else { -turn });
        for &atom in &self.side {
            let place = &mut x[3 * atom as usize..3 * atom as usize + 3];
            let moved = b + turn * (Vec3::new(place[0], place[1], place[2]) - b);
            place.copy_from_slice(moved.as_slice());
        }
    }
}

/// Angles of least energy with cumulative shares, which fall with their energies; none if all angles are alike.
pub(super) fn minima(torsion: &Torsion) -> Vec<(f64, f64)> {
    let angle = |k: usize| std::f64::consts::PI * k as f64 / GRID as f64;
    let energies: Vec<f64> = (0..=GRID).map(|k| torsion.energy(angle(k).cos()).0).collect();
    let (least, most) = energies.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), &e| (l.min(e), m.max(e)));
    if most - least < NOTHING {
        return Vec::new();
    }
    // Even in φ: beyond both ends the curve goes back.
    let at = |k: usize| energies[k.min(2 * GRID - k)];
    let mut found = Vec::new();
    for k in 0..=GRID {
        let (before, here, after) = (at(if k == 0 { 1 } else { k - 1 }), at(k), at(k + 1));
        if here < before && here <= after || here <= before && here < after {
            found.push(angle(k));
            if k > 0 && k < GRID {
                found.push(-angle(k));
            }
        }
    }
    let weights: Vec<f64> = found.iter().map(|phi| (-(torsion.energy(phi.cos()).0 - least) / WARMTH).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    let share = |(phi, weight): (f64, f64)| {
        sum += weight / total;
        (phi, sum)
    };
    found.into_iter().zip(weights).map(share).collect()
}

/// The atoms reached from `to` without passing `from`.
fn beyond(molecule: &Molecule, from: AtomIndex, to: AtomIndex) -> Vec<u32> {
    let mut known = vec![false; molecule.atom_count()];
    (known[from.index()], known[to.index()]) = (true, true);
    let mut list = vec![to];
    let mut done = 0;
    while let Some(&here) = list.get(done) {
        for other in molecule.neighbors(here) {
            if !std::mem::replace(&mut known[other.index()], true) {
                list.push(other);
            }
        }
        done += 1;
    }
    list.iter().map(|atom| atom.index() as u32).collect()
}
