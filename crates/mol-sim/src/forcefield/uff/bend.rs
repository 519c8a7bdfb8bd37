//! Angle bend, as a polynomial of the cosine.
//!
//! Every form of UFF's angle energy is a short Fourier series, hence a polynomial in cos θ: no arc cosine, no division
//! by sin θ, and straight or folded angles are ordinary points.

use mol_core::Vec3;

/// An angle with its vertex in the middle.
#[derive(Clone, Debug)]
pub(super) struct Bend {
    pub(super) atoms: [u32; 3],
    /// E = Σ aₙ cosⁿ θ \[eV\].
    pub(super) a: [f64; 5],
}

/// The equilibrium that a vertex prefers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    /// One minimum, at θ₀ \[rad\]: E = K (C₀ + C₁ cos θ + C₂ cos 2θ).
    General(f64),
    /// E = (K/n²) (1 − cos nθ); n = 2 between the axial neighbours of a bipyramid, 3 in a plane of three, 4 in an
    /// octahedron.
    Periodic(u8),
    /// E = K (1 + cos θ).
    Linear,
}

/// Coefficients of the powers of cos θ for the force constant `k`.
pub(super) fn polynomial(k: f64, shape: Shape) -> [f64; 5] {
    match shape {
        Shape::General(theta0) => {
            let cosine = theta0.cos();
            let c2 = 1.0 / (4.0 * (theta0.sin().powi(2)).max(1e-8));
            let (c1, c0) = (-4.0 * c2 * cosine, c2 * (2.0 * cosine * cosine + 1.0));
            [k * (c0 - c2), k * c1, 2.0 * k * c2, 0.0, 0.0]
        }
        Shape::Linear => [k, k, 0.0, 0.0, 0.0],
        Shape::Periodic(2) => [k / 2.0, 0.0, -k / 2.0, 0.0, 0.0],
        Shape::Periodic(3) => [k / 9.0, k / 3.0, 0.0, -4.0 * k / 9.0, 0.0],
        Shape::Periodic(_) => [0.0, 0.0, k / 2.0, 0.0, -k / 2.0],
    }
}

/// Energy \[eV\] of all angles; adds forces [eV/Å] where they are wanted.
pub(super) fn sum<const FORCES: bool>(terms: &[Bend], x: &[Vec3], forces: &mut [Vec3]) -> f64 {
    let mut energy = 0.0;
    for term in terms {
        let [i, j, k] = term.atoms.map(|atom| atom as usize);
        let (u, v) = (x[i] - x[j], x[k] - x[j]);
        let (per_u, per_v) = (1.0 / u.norm(), 1.0 / v.norm());
        let (u, v) = (u * per_u, v * per_v);
        let c = u.dot(&v);
        let [a0, a1, a2, a3, a4] = term.a;
        energy += a0 + c * (a1 + c * (a2 + c * (a3 + c * a4)));
        if FORCES {
            let slope = a1 + c * (2.0 * a2 + c * (3.0 * a3 + c * (4.0 * a4)));
            let on_i = (u * c - v) * (slope * per_u);
            let on_k = (v * c - u) * (slope * per_v);
            forces[i] += on_i;
            forces[j] -= on_i + on_k;
            forces[k] += on_k;
        }
    }
    energy
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Energy and second derivative at θ.
    fn at(a: [f64; 5], theta: f64) -> f64 {
        a.iter().rev().fold(0.0, |sum, a| sum * theta.cos() + a)
    }

    #[test]
    fn polynomials_are_the_fourier_forms() {
        for step in 0..=18 {
            let theta = f64::from(step) * PI / 18.0;
            for n in [2_u8, 3, 4] {
                let order = f64::from(n);
                let expected = 7.0 / (order * order) * (1.0 - (order * theta).cos());
                assert!((at(polynomial(7.0, Shape::Periodic(n)), theta) - expected).abs() < 1e-13, "{n} {theta}");
            }
            assert!((at(polynomial(7.0, Shape::Linear), theta) - 7.0 * (1.0 + theta.cos())).abs() < 1e-13);
        }
    }

    #[test]
    fn the_general_form_has_its_minimum_and_curvature() {
        for theta0 in [1.6, 1.911, 2.4_f64] {
            let a = polynomial(3.0, Shape::General(theta0));
            let h = 1e-4;
            let (below, here, above) = (at(a, theta0 - h), at(a, theta0), at(a, theta0 + h));
            assert!(here.abs() < 1e-14, "{here}");
            assert!(((above - below) / (2.0 * h)).abs() < 1e-6);
            assert!(((above + below - 2.0 * here) / (h * h) - 3.0).abs() < 1e-5, "curvature is K");
        }
    }
}
