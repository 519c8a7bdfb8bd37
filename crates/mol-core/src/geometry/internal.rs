//! Distances, angles and dihedrals with their gradients.
//!
//! Everything is built on separations, so that periodic callers apply their images first. At the points where an angle or a dihedral
//! has no derivative the gradient is defined as zero, so that a simulation that touches them stays finite.

use crate::Vec3;
use std::f64::consts::PI;

/// Below this |sine|, the plane of two vectors is rounding noise.
const COLLINEAR: f64 = 1e-14;

/// Distance between two points [Å]: `r = |b − a|`.
///
/// ```
/// use mol_core::{Vec3, geometry::distance};
/// assert_eq!(distance(&Vec3::zeros(), &Vec3::new(3.0, 0.0, 4.0)), 5.0);
/// ```
#[must_use]
pub fn distance(a: &Vec3, b: &Vec3) -> f64 {
    (b - a).norm()
}

/// Distance [Å] and its gradient [1] with respect to `a` and `b`, shape `[2]`; zero where the points coincide.
#[must_use]
pub fn distance_gradient(a: &Vec3, b: &Vec3) -> (f64, [Vec3; 2]) {
    let (r, g) = distance_of(&(b - a));
    (r, [-g, g])
}

/// Angle at `b` between the directions to `a` and `c` [rad], in [0, π].
///
/// ```text
/// θ = atan2(|u × v|, u · v)      u = a − b, v = c − b
/// ```
///
/// Unlike the arc cosine, this keeps all digits near 0 and π. It is 0 if `b` coincides with `a` or `c`.
///
/// ```
/// use mol_core::{Vec3, geometry::angle};
/// let water = angle(&Vec3::new(0.7572, 0.5865, 0.0), &Vec3::zeros(), &Vec3::new(-0.7572, 0.5865, 0.0));
/// assert!((water.to_degrees() - 104.48).abs() < 0.01);
/// ```
#[must_use]
pub fn angle(a: &Vec3, b: &Vec3, c: &Vec3) -> f64 {
    angle_of(&(a - b), &(c - b)).0
}

/// Angle [rad] and its gradient [rad/Å] with respect to `a`, `b` and `c`, shape `[3]`.
///
/// ```text
/// ∂θ/∂a = u × (u × v) / (|u|² |u × v|)      ∂θ/∂c = (u × v) × v / (|v|² |u × v|)
/// ```
///
/// The gradient never exceeds 1/|u| and 1/|v| in length. At 0 and π it has no direction (the angle is a cone there) and is
/// zero.
#[must_use]
pub fn angle_gradient(a: &Vec3, b: &Vec3, c: &Vec3) -> (f64, [Vec3; 3]) {
    let (theta, gu, gv) = angle_of(&(a - b), &(c - b));
    (theta, [gu, -(gu + gv), gv])
}

/// Dihedral (torsion) angle of the chain `a`–`b`–`c`–`d` [rad], in (−π, π].
///
/// IUPAC's sign: looking along `b` → `c`, positive if the front bond must turn clockwise to eclipse the back one; 0 is
/// cis, π is trans.
///
/// ```text
/// F = a − b, G = b − c, H = d − c, A = F × G, B = H × G
/// φ = atan2((B × A) · G / |G|, A · B)
/// ```
///
/// It is 0 if three successive atoms are collinear.
///
/// ```
/// use mol_core::{Vec3, geometry::dihedral};
/// let (a, b, c) = (Vec3::x(), Vec3::zeros(), Vec3::z());
/// let d = c + Vec3::y();
/// assert!((dihedral(&a, &b, &c, &d).to_degrees() - 90.0).abs() < 1e-12);
/// ```
///
/// Blondel & Karplus, *J. Comput. Chem.* **17**, 1132 (1996).
#[must_use]
pub fn dihedral(a: &Vec3, b: &Vec3, c: &Vec3, d: &Vec3) -> f64 {
    dihedral_of(&(a - b), &(b - c), &(d - c)).0
}

/// Dihedral angle [rad] and its gradient [rad/Å] with respect to `a`, `b`, `c`, `d`, shape `[4]`.
///
/// ```text
/// ∂φ/∂a = −|G| A / A²        ∂φ/∂d = |G| B / B²
/// ∂φ/∂b = −∂φ/∂a + t         ∂φ/∂c = −∂φ/∂d − t,   t = (F · G) A / (A² |G|) − (H · G) B / (B² |G|)
/// ```
///
/// There is no division by sin φ, so 0 and ±π are ordinary points. Where three successive atoms are collinear the
/// dihedral is undefined; its gradient, which diverges on the way there, is then zero.
///
/// Blondel & Karplus, *J. Comput. Chem.* **17**, 1132 (1996), eq. 27.
#[must_use]
pub fn dihedral_gradient(a: &Vec3, b: &Vec3, c: &Vec3, d: &Vec3) -> (f64, [Vec3; 4]) {
    let (phi, gf, gg, gh) = dihedral_of(&(a - b), &(b - c), &(d - c));
    (phi, [gf, gg - gf, -(gg + gh), gh])
}

/// |r| and its gradient.
pub(super) fn distance_of(r: &Vec3) -> (f64, Vec3) {
    let length = r.norm();
    (length, if length > 0.0 { r / length } else { Vec3::zeros() })
}

/// Angle between u and v and its gradients with respect to both.
pub(super) fn angle_of(u: &Vec3, v: &Vec3) -> (f64, Vec3, Vec3) {
    let normal = u.cross(v);
    let (sine, u2, v2) = (normal.norm(), u.norm_squared(), v.norm_squared());
    let theta = sine.atan2(u.dot(v));
    if sine <= COLLINEAR * (u2 * v2).sqrt() {
        return (theta, Vec3::zeros(), Vec3::zeros());
    }
    (theta, u.cross(&normal) / (u2 * sine), normal.cross(v) / (v2 * sine))
}

/// Dihedral of F = a − b, G = b − c, H = d − c and its gradients with respect to F, G, H. Inlined, so that who asks for the
/// angle alone does not pay for the gradients.
#[inline(always)]
pub(super) fn dihedral_of(f: &Vec3, g: &Vec3, h: &Vec3) -> (f64, Vec3, Vec3, Vec3) {
    let (a, b) = (f.cross(g), h.cross(g));
    let (a2, b2, g1) = (a.norm_squared(), b.norm_squared(), g.norm());
    let noise = |v: &Vec3| (COLLINEAR * v.norm() * g1).powi(2);
    if a2 <= noise(f) || b2 <= noise(h) {
        return (0.0, Vec3::zeros(), Vec3::zeros(), Vec3::zeros());
    }
    let phi = (b.cross(&a).dot(g) / g1).atan2(a.dot(&b));
    let along = a * (f.dot(g) / (a2 * g1)) - b * (h.dot(g) / (b2 * g1));
    (if phi == -PI { PI } else { phi }, a * (-g1 / a2), along, b * (g1 / b2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Central difference of `f` in every coordinate of `points`, differences taken on the circle.
    fn numeric<const N: usize>(points: &[Vec3; N], f: impl Fn(&[Vec3; N]) -> f64) -> [Vec3; N] {
        let step = 1e-5;
        std::array::from_fn(|p| {
            Vec3::from_fn(|k, _| {
                let at = |sign: f64| {
                    let mut moved = *points;
                    moved[p][k] += sign * step;
                    f(&moved)
                };
                let difference = at(1.0) - at(-1.0);
                (difference - 2.0 * PI * (difference / (2.0 * PI)).round()) / (2.0 * step)
            })
        })
    }

    fn points<const N: usize>(x: &[f64]) -> [Vec3; N] {
        std::array::from_fn(|p| Vec3::from_column_slice(&x[3 * p..3 * p + 3]))
    }

    fn close<const N: usize>(analytic: &[Vec3; N], numeric: &[Vec3; N]) -> bool {
        let scale = 1.0 + numeric.iter().map(Vec3::amax).fold(0.0, f64::max);
        analytic.iter().zip(numeric).all(|(a, b)| (a - b).amax() < 1e-7 * scale.powi(3))
    }

    proptest! {
        #[test]
        fn gradients_are_the_differences(x in proptest::array::uniform12(-2.0..2.0_f64)) {
            let p: [Vec3; 4] = points(&x);
            let sine = |u: Vec3, v: Vec3| u.cross(&v).norm();
            prop_assume!(sine(p[0] - p[1], p[1] - p[2]) > 0.05 && sine(p[1] - p[2], p[2] - p[3]) > 0.05);
            let [a, b, c, d] = p;
            prop_assert!(close(&distance_gradient(&a, &b).1, &numeric(&[a, b], |p| distance(&p[0], &p[1]))));
            prop_assert!(close(&angle_gradient(&a, &b, &c).1, &numeric(&[a, b, c], |p| angle(&p[0], &p[1], &p[2]))));
            let (phi, gradient) = dihedral_gradient(&a, &b, &c, &d);
            prop_assert!(close(&gradient, &numeric(&p, |p| dihedral(&p[0], &p[1], &p[2], &p[3]))));
            // A mirror turns the sign; reading the chain backwards does not.
            let mirrored = p.map(|v| Vec3::new(-v.x, v.y, v.z));
            prop_assert!((dihedral(&mirrored[0], &mirrored[1], &mirrored[2], &mirrored[3]) + phi).abs() < 1e-12 || phi == PI);
            prop_assert!((dihedral(&d, &c, &b, &a) - phi).sin().abs() < 1e-12);
            // No net force, no torque.
            prop_assert!(gradient.iter().sum::<Vec3>().norm() < 1e-11 * (1.0 + gradient[0].norm() + gradient[3].norm()));
            let torque: Vec3 = p.iter().zip(&gradient).map(|(x, g)| x.cross(g)).sum();
            prop_assert!(torque.norm() < 1e-10 * (1.0 + gradient[0].norm() + gradient[3].norm()));
        }
    }

    /// The chain of bond angles 110° with dihedral `phi`.
    fn chain(phi: f64) -> [Vec3; 4] {
        let (s, c) = 110.0_f64.to_radians().sin_cos();
        let d = Vec3::new(1.5 * s * phi.cos(), 1.5 * s * phi.sin(), 1.5 - 1.5 * c);
        [Vec3::new(1.5 * s, 0.0, 1.5 * c), Vec3::zeros(), Vec3::z() * 1.5, d]
    }

    #[test]
    fn dihedrals_have_their_value_and_slope_everywhere_on_the_circle() {
        for degrees in [-179.999_999, -120.0, -60.0, -1e-6, 0.0, 1e-6, 60.0, 90.0, 179.999_999, 180.0] {
            let phi = f64::to_radians(degrees);
            let p = chain(phi);
            let (value, gradient) = dihedral_gradient(&p[0], &p[1], &p[2], &p[3]);
            assert!((value - phi).sin().abs() < 1e-12 && value > -PI, "{degrees}: {value}");
            assert!(close(&gradient, &numeric(&p, |p| dihedral(&p[0], &p[1], &p[2], &p[3]))), "{degrees}");
        }
        // Planar trans on the side where the sine is −0.0.
        let trans = dihedral(&Vec3::new(1.0, -0.0, 0.0), &Vec3::zeros(), &Vec3::z(), &Vec3::new(-1.0, -0.0, 1.0));
        assert_eq!(trans, PI);
    }

    #[test]
    fn collinear_and_coincident_points_are_finite() {
        let (o, x) = (Vec3::zeros(), Vec3::x());
        assert_eq!(distance_gradient(&x, &x), (0.0, [o; 2]));
        assert_eq!(angle_gradient(&x, &o, &(2.0 * x)), (0.0, [o; 3]));
        assert_eq!(angle_gradient(&x, &o, &-x), (PI, [o; 3]));
        assert_eq!(angle_gradient(&o, &o, &x), (0.0, [o; 3]));
        assert_eq!(dihedral_gradient(&-x, &o, &x, &Vec3::y()), (0.0, [o; 4]));
        assert_eq!(dihedral_gradient(&Vec3::y(), &o, &o, &x), (0.0, [o; 4]));
        for tilt in [1e-3, 1e-6, 1e-9, 1e-12] {
            let (theta, g) = angle_gradient(&x, &o, &Vec3::new(-1.0, tilt, 0.0));
            assert!((theta - (PI - tilt)).abs() < 1e-15 + tilt.powi(3));
            assert!(
                (g[0] - Vec3::new(0.0, -1.0, 0.0)).norm() < 1e-3 && (g[0] + g[1] + g[2]).norm() < 1e-14,
                "{tilt}: {g:?}"
            );
        }
    }
}
