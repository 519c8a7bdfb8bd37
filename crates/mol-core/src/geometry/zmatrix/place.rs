//! The frame of three atoms in which a fourth is placed, and the way back of a gradient through it.

use super::COLLINEAR;
use crate::Vec3;

/// The frame of the atoms c (bonded to), b (angle to), a (dihedral to).
pub(super) struct Place {
    /// Along b → c.
    e: Vec3,
    /// In the plane, away from a.
    m: Vec3,
    /// Normal of the plane.
    n: Vec3,
    /// b − a.
    v: Vec3,
    /// |c − b| and |(b − a) × e| \[Å\].
    lengths: [f64; 2],
}

/// Gradient taken back through a placement.
pub(super) struct Back {
    pub(super) angle: f64,
    pub(super) torsion: f64,
    /// With respect to c − b.
    pub(super) along: Vec3,
    /// With respect to b − a.
    pub(super) before: Vec3,
}

impl Place {
    /// `None` if the three are in line.
    pub(super) fn new(c: &Vec3, b: &Vec3, a: &Vec3) -> Option<Self> {
        let (u, v) = (c - b, b - a);
        let length = u.norm();
        let e = u / length;
        let w = v.cross(&e);
        let height = w.norm();
        // Written so that NaN fails too.
        if !(height > COLLINEAR * v.norm() && length > 0.0) {
            return None;
        }
        let n = w / height;
        Some(Self { e, m: n.cross(&e), n, v, lengths: [length, height] })
    }

    /// From c to the atom at bond r, angle θ, dihedral φ.
    pub(super) fn arm(&self, r: f64, theta: f64, phi: f64) -> Vec3 {
        let ((st, ct), (sp, cp)) = (theta.sin_cos(), phi.sin_cos());
        r * (self.m * (st * cp) + self.n * (st * sp) - self.e * ct)
    }

    /// The gradient `g` with respect to the atom at `arm` from c, with respect to everything that placed it.
    pub(super) fn back(&self, arm: &Vec3, g: &Vec3) -> Back {
        let Self { e, m, n, v, lengths: [length, height] } = self;
        let (along, x, y) = (arm.dot(e), arm.dot(m), arm.dot(n)); // −r cos θ, r sin θ cos φ, r sin θ sin φ
        let s = x.hypot(y);
        // r sin θ and the unit vector in the plane of the atom; at θ = 0 or π the dihedral has no meaning and no gradient.
        let out = if s > 0.0 { (m * x + n * y) / s } else { *m };
        let angle = g.dot(&(e * s - out * along));
        let torsion = g.dot(&(n * x - m * y));
        let (mut to_e, to_m, mut to_n) = (g * along, g * x, g * y);
        to_n += e.cross(&to_m);
        to_e += to_m.cross(n);
        let to_w = (to_n - n * n.dot(&to_n)) / *height;
        let before = e.cross(&to_w);
        to_e += to_w.cross(v);
        Back { angle, torsion, along: (to_e - e * e.dot(&to_e)) / *length, before }
    }
}
