//! The rotation that brings two centred sets of points closest, from their 3 × 3 correlation alone.
//!
//! Every superposition and every symmetric search asks for this, often thousands of times for one pair of conformers, so
//! it is separate from the points. The largest eigenvalue of Horn's quaternion matrix is found by Newton's method on its
//! characteristic quartic (Theobald, *Acta Crystallogr. A* **61**, 478 (2005)), its eigenvector from the adjugate
//! (Liu, Agrafiotis and Theobald, *J. Comput. Chem.* **31**, 1561 (2010)); where the root is nearly double (points close to
//! a line) a full diagonalisation answers instead, whose eigenvalues keep their digits.

use crate::Mat3;
use nalgebra::{Matrix4, Quaternion, SymmetricEigen, UnitQuaternion};

/// Newton's method doubles its digits each time; it needs more rounds only near a double root.
const ROUNDS: usize = 40;
/// The derivative of the quartic at its root, over the cube of the scale, below which the root counts as double: 4 of its
/// digits are then lost. Points of a width of a thirtieth of their length have 0.01.
const DOUBLE_ROOT: f64 = 1e-2;
/// Length of an eigenvector from the adjugate, over the scale of the adjugate, below which it is not trusted.
const SHORT: f64 = 1e-4;

/// Horn's matrix of `s` = Σ x yᵀ: for a unit quaternion q of the rotation R, qᵀ K q = Σ y · R x.
#[rustfmt::skip]
fn horn(s: &Mat3) -> Matrix4<f64> {
    let (d0, d1, d2) = (s[(1, 2)] - s[(2, 1)], s[(2, 0)] - s[(0, 2)], s[(0, 1)] - s[(1, 0)]);
    let (p01, p02, p12) = (s[(0, 1)] + s[(1, 0)], s[(0, 2)] + s[(2, 0)], s[(1, 2)] + s[(2, 1)]);
    let (xx, yy, zz) = (s[(0, 0)], s[(1, 1)], s[(2, 2)]);
    Matrix4::new(
        xx + yy + zz, d0, d1, d2,
        d0, xx - yy - zz, p01, p02,
        d1, p01, yy - xx - zz, p12,
        d2, p02, p12, zz - xx - yy,
    )
}

/// The largest Σ y · R x over rotations R, for `s` = Σ x yᵀ.
pub(super) fn largest_overlap(s: &Mat3) -> f64 {
    largest_root(s).unwrap_or_else(|| SymmetricEigen::new(horn(s)).eigenvalues.max())
}

/// The largest Σ y · R x over rotations R, for `s` = Σ x yᵀ, and the R of it.
pub(super) fn best_rotation(s: &Mat3) -> (f64, Mat3) {
    let horn = horn(s);
    let from_root = largest_root(s).and_then(|root| Some((root, eigenvector(&horn, root)?)));
    let (value, quaternion) = from_root.unwrap_or_else(|| {
        let eigen = SymmetricEigen::new(horn);
        let k = eigen.eigenvalues.imax();
        let q = eigen.eigenvectors.column(k);
        (eigen.eigenvalues[k], Quaternion::new(q[0], q[1], q[2], q[3]))
    });
    (value, *UnitQuaternion::from_quaternion(quaternion).to_rotation_matrix().matrix())
}

/// The largest root of the characteristic quartic λ⁴ + c₂ λ² + c₁ λ + c₀; `None` where it is nearly double.
fn largest_root(s: &Mat3) -> Option<f64> {
    let square = s.norm_squared();
    if square == 0.0 || !square.is_finite() {
        return (square == 0.0).then_some(0.0);
    }
    let scale = square.sqrt();
    let s = s / scale;
    let gram = s.transpose() * s;
    // With singular values σ: det K = ‖S‖⁴ − 4 Σ σᵢ²σⱼ² and Σ σᵢ²σⱼ² = (‖S‖⁴ − ‖SᵀS‖²) / 2; here ‖S‖ = 1.
    let (c2, c1, c0) = (-2.0, -8.0 * s.determinant(), 2.0 * gram.norm_squared() - 1.0);
    // No rotation overlaps more than √3 ‖S‖, and from above Newton's steps only fall.
    let mut root = 3.0_f64.sqrt();
    for _ in 0..ROUNDS {
        let square = root * root;
        let value = (square + c2) * square + c1 * root + c0;
        let slope = (4.0 * square + 2.0 * c2) * root + c1;
        if slope < DOUBLE_ROOT {
            return None;
        }
        let step = value / slope;
        root -= step;
        if step.abs() < 2e-16 * root.abs() || step < 0.0 {
            return Some(root * scale);
        }
    }
    None
}

/// A null vector of K − λ: the longest column of its adjugate.
fn eigenvector(horn: &Matrix4<f64>, root: f64) -> Option<Quaternion<f64>> {
    let scale = root.abs().max(horn.norm());
    let a = (horn - Matrix4::identity() * root) / scale;
    let minor = |row: usize, column: usize| {
        let sign = if (row + column).is_multiple_of(2) { 1.0 } else { -1.0 };
        sign * a.remove_row(row).remove_column(column).determinant()
    };
    let (mut best, mut longest) = (Quaternion::identity(), 0.0);
    for row in 0..4 {
        let q = Quaternion::new(minor(row, 0), minor(row, 1), minor(row, 2), minor(row, 3));
        let length = q.norm();
        if length > longest {
            (best, longest) = (q, length);
        }
        // The columns are multiples of one unit vector by its components, so one of them is at least half as long.
        if row == 0 && length > 0.3 {
            break;
        }
    }
    (longest > SHORT).then_some(best)
}
