//! The last stage: springs to ideal distances, contacts, planes and torsion preferences in three dimensions.
//!
//! Bounds leave an interval; here the middle of it is wanted, and the torsions that crystals show. Deliberately not here:
//! charges and attraction, which are a force field's.

use super::bounds::{Known, OpenAngle};
use super::descent::Objective;
use super::handed::Handed;
use crate::Vec3;

/// Stiffness of bonds, of distances over one atom, of planar chains, of contacts [kcal/mol/Å²].
const BOND: f64 = 460.0;
const ANGLE: f64 = 115.0;
const PLANAR: f64 = 10.0;
const CONTACT: f64 = 10.0;
/// Tolerance of the distance over one atom that an attempt has drawn [Å].
const BREATH: f64 = 0.01;
/// Share of the tolerance of such a distance within which the drawn one is kept: of the spread of the bounds, which is
/// wider than that of real angles, a part.
const DRAWN: f64 = 0.3;
/// Weight of handedness [kcal/mol].
const CHIRAL: f64 = 115.0;
/// Stiffness of out-of-plane volumes [kcal/mol/Å⁶]: an atom at height h above its neighbours costs some 400 h² [kcal/mol],
/// about as in ETKDG, so that crowding opens angles in the plane before it bends the plane.
const OUT_OF_PLANE: f64 = 30.0;
/// What keeps two neighbours apart whose angle is open, at 90° [kcal/mol], and what it is softened by.
const SPREAD: f64 = 20.0;
const SOFT: f64 = 0.1;
/// Contacts within their least distance and this are watched until an atom has moved half of it [Å].
const SKIN: f64 = 1.5;

/// A torsion whose energy is a polynomial of the cosine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Torsion {
    pub(super) atoms: [usize; 4],
    /// Coefficients of 1, cos φ, cos² φ, … [kcal/mol].
    pub(super) powers: [f64; 7],
}

impl Torsion {
    /// From the six terms of `E = Σ Vₙ (1 + sₙ cos nφ)`.
    pub(super) fn new(atoms: [usize; 4], signs: [f64; 6], constants: [f64; 6]) -> Self {
        // Chebyshev polynomials: cos nφ = 2 cos φ cos (n − 1)φ − cos (n − 2)φ.
        let (mut older, mut old) = ([0.0; 7], [0.0; 7]);
        (older[0], old[1]) = (1.0, 1.0);
        let mut powers = [0.0; 7];
        for (sign, constant) in signs.into_iter().zip(constants) {
            powers[0] += constant;
            for (power, share) in powers.iter_mut().zip(old) {
                *power += constant * sign * share;
            }
            let mut new = older.map(|share| -share);
            for k in 0..6 {
                new[k + 1] += 2.0 * old[k];
            }
            (older, old) = (old, new);
        }
        Self { atoms, powers }
    }

    /// Energy and its derivative with respect to cos φ.
    pub(super) fn energy(&self, cosine: f64) -> (f64, f64) {
        self.powers
            .iter()
            .rev()
            .fold((0.0, 0.0), |(value, slope), power| (value * cosine + power, slope * cosine + value))
    }
}

/// A distance that is held within a tolerance.
#[derive(Clone, Copy, Debug)]
struct Spring {
    ends: [u32; 2],
    length: f64,
    free: f64,
    stiffness: f64,
    is_angle: bool,
}

impl Spring {
    /// Distance less its ideal [Å].
    fn off(&self, x: &[f64]) -> f64 {
        (at(x, self.ends[1]) - at(x, self.ends[0])).norm() - self.length
    }
}

/// The terms of one connected part,
///
/// ```text
/// E = Σ ½ k max(|d − d₀| − t, 0)²  +  Σ ½ k (l − d)²  where d < l
///   +  Σ ½ k V²  +  c Σ (1 − V/V₀)²  where V < V₀  +  Σ Σₙ Vₙ (1 + sₙ cos nφ)  +  Σ s / (1.1 − cos θ)
/// ```
#[derive(Clone, Debug)]
pub(super) struct Field {
    springs: Vec<Spring>,
    /// Ends and least distance.
    contacts: Vec<([u32; 2], f64)>,
    planes: Vec<Handed>,
    handed: Vec<Handed>,
    torsions: Vec<Torsion>,
    /// Open angles: one neighbour, the atom, the other.
    spread: Vec<[u32; 3]>,
}

impl Field {
    /// `lists` are bonds, distances over one atom, and chains held in a plane; `open` are angles that a shape leaves open.
    pub(super) fn new(
        lists: [&[Known]; 3],
        open: &[OpenAngle],
        contacts: Vec<([u32; 2], f64)>,
        planes: Vec<Handed>,
        handed: Vec<Handed>,
        torsions: Vec<Torsion>,
    ) -> Self {
        let spring = |known: &Known, stiffness: f64, is_angle: bool| Spring {
            ends: known.pair.map(|atom| atom as u32),
            length: known.distance,
            free: known.slack,
            stiffness,
            is_angle,
        };
        let [bonds, angles, chains] = lists;
        let bonds = bonds.iter().map(|known| spring(known, BOND, false));
        let angles = angles.iter().map(|known| spring(known, ANGLE, true));
        let springs = bonds.chain(angles).chain(chains.iter().map(|known| spring(known, PLANAR, false))).collect();
        let spread =
            open.iter().map(|open| [open.ends[0], open.centre, open.ends[1]].map(|atom| atom as u32)).collect();
        Self { springs, contacts, planes, handed, torsions, spread }
    }

    /// Energy of everything but torsions [kcal/mol] at the positions `x` (x, y, z of one atom after another).
    pub(super) fn strain(&self, x: &[f64]) -> f64 {
        let springs = self.springs.iter().map(|spring| {
            let off = spring.off(x).abs() - spring.free;
            0.5 * spring.stiffness * off.max(0.0).powi(2)
        });
        let contacts = self.contacts.iter().map(|&([i, j], least)| {
            let lack = (least - (at(x, j) - at(x, i)).norm()).max(0.0);
            0.5 * CONTACT * lack * lack
        });
        let planes = self.planes.iter().map(|plane| {
            let volume = plane.volume(|k| at(x, k as u32)).0;
            0.5 * OUT_OF_PLANE * volume * volume
        });
        springs.sum::<f64>() + contacts.sum::<f64>() + planes.sum::<f64>()
    }
}

/// Memory of the contacts that are watched.
#[derive(Clone, Debug, Default)]
pub(super) struct Watched {
    contacts: Vec<([u32; 2], f64)>,
    since: Vec<f64>,
    /// Length and tolerance of each spring in this attempt.
    targets: Vec<(f64, f64)>,
}

/// The field with the contacts it watches.
pub(super) struct Relaxation<'a> {
    field: &'a Field,
    watched: &'a mut Watched,
}

impl<'a> Relaxation<'a> {
    pub(super) fn new(field: &'a Field, watched: &'a mut Watched, x: &[f64]) -> Self {
        watched.since.clear();
        watched.targets.clear();
        watched.targets.extend(field.springs.iter().map(|spring| {
            if spring.is_angle {
                // Each conformer keeps the angles its distances were drawn with, in part.
                let limit = DRAWN * spring.free;
                (spring.length + spring.off(x).clamp(-limit, limit), BREATH)
            } else {
                (spring.length, spring.free)
            }
        }));
        Self { field, watched }
    }

    fn watch(&mut self, x: &[f64]) {
        let limit = 0.25 * SKIN * SKIN;
        let far =
            |(old, new): (&[f64], &[f64])| old.iter().zip(new).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() > limit;
        let since = &mut self.watched.since;
        if since.len() == x.len() && !since.chunks_exact(3).zip(x.chunks_exact(3)).any(far) {
            return;
        }
        since.clear();
        since.extend_from_slice(x);
        self.watched.contacts.clear();
        let is_near = |&&([i, j], least): &&([u32; 2], f64)| {
            (at(x, j) - at(x, i)).norm_squared() < (least + SKIN) * (least + SKIN)
        };
        self.watched.contacts.extend(self.field.contacts.iter().filter(is_near));
    }
}

impl Objective for Relaxation<'_> {
    fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.watch(x);
        let field = self.field;
        gradient.fill(0.0);
        let mut energy = 0.0;
        for (spring, &(length, free)) in field.springs.iter().zip(&self.watched.targets) {
            let [i, j] = spring.ends;
            let r = at(x, j) - at(x, i);
            let d = r.norm();
            let off = d - length;
            let off = off - off.clamp(-free, free);
            energy += 0.5 * spring.stiffness * off * off;
            pull(gradient, spring.ends, r * (spring.stiffness * off / d.max(1e-9)));
        }
        for &([i, j], least) in &self.watched.contacts {
            let r = at(x, j) - at(x, i);
            let square = r.norm_squared();
            if square < least * least {
                let d = square.sqrt();
                energy += 0.5 * CONTACT * (least - d) * (least - d);
                pull(gradient, [i, j], r * (CONTACT * (d - least) / d.max(1e-9)));
            }
        }
        for plane in &field.planes {
            let (volume, gradients) = plane.volume(|k| at(x, k as u32));
            energy += 0.5 * OUT_OF_PLANE * volume * volume;
            for (&corner, by_corner) in plane.corners.iter().zip(gradients) {
                add(gradient, corner, by_corner * (OUT_OF_PLANE * volume));
            }
        }
        for centre in &field.handed {
            let (volume, gradients) = centre.volume(|k| at(x, k as u32));
            if let Some((penalty, slope)) = centre.penalty(volume) {
                energy += CHIRAL * penalty;
                for (&corner, by_corner) in centre.corners.iter().zip(gradients) {
                    add(gradient, corner, by_corner * (CHIRAL * slope));
                }
            }
        }
        for &[i, centre, j] in &field.spread {
            let (p, q) = (at(x, i) - at(x, centre), at(x, j) - at(x, centre));
            let (a, b) = (p.norm().max(1e-9), q.norm().max(1e-9));
            let (u, v) = (p / a, q / b);
            let cosine = u.dot(&v);
            let room = 1.0 - cosine + SOFT;
            energy += SPREAD / room;
            let slope = SPREAD / (room * room);
            let (by_i, by_j) = ((v - u * cosine) * (slope / a), (u - v * cosine) * (slope / b));
            add(gradient, i as usize, by_i);
            add(gradient, j as usize, by_j);
            add(gradient, centre as usize, -(by_i + by_j));
        }
        for torsion in &field.torsions {
            let Some((cosine, gradients)) = cosine(torsion.atoms.map(|k| at(x, k as u32))) else { continue };
            let (value, slope) = torsion.energy(cosine);
            energy += value;
            for (&atom, by_atom) in torsion.atoms.iter().zip(gradients) {
                add(gradient, atom, by_atom * slope);
            }
        }
        energy
    }
}

/// Cosine of a torsion and its gradients; `None` where three of the atoms lie on a line.
fn cosine([a, b, c, d]: [Vec3; 4]) -> Option<(f64, [Vec3; 4])> {
    let (u, v, w) = (b - a, c - b, d - c);
    let (m, n) = (u.cross(&v), v.cross(&w));
    let (size_m, size_n) = (m.norm(), n.norm());
    if size_m < 1e-4 || size_n < 1e-4 {
        return None;
    }
    let (m, n) = (m / size_m, n / size_n);
    let cosine = m.dot(&n);
    let (by_m, by_n) = ((n - m * cosine) / size_m, (m - n * cosine) / size_n);
    let (by_u, by_w) = (v.cross(&by_m), by_n.cross(&v));
    let by_v = by_m.cross(&u) + w.cross(&by_n);
    Some((cosine, [-by_u, by_u - by_v, by_v - by_w, by_w]))
}

fn at(x: &[f64], atom: u32) -> Vec3 {
    let k = 3 * atom as usize;
    Vec3::new(x[k], x[k + 1], x[k + 2])
}

fn add(gradient: &mut [f64], atom: usize, by: Vec3) {
    for (g, by) in gradient[3 * atom..3 * atom + 3].iter_mut().zip(by.iter()) {
        *g += by;
    }
}

/// Adds the gradient of a distance that grows along `by`.
fn pull(gradient: &mut [f64], [i, j]: [u32; 2], by: Vec3) {
    add(gradient, i as usize, -by);
    add(gradient, j as usize, by);
}
