//! Inversion of an atom with three neighbours: the three umbrella angles at once.
//!
//! The three angles of one centre share their triple product and their cross products, so a centre is one term.

use mol_core::Vec3;

/// A centre and its three neighbours.
///
/// ```text
/// E = Σ (c₀ + c₁ cos ω + c₂ cos 2ω)      over the three ω
/// ```
/// ω is the angle between one bond and the plane of the other two.
#[derive(Clone, Debug)]
pub(super) struct Inversion {
    pub(super) centre: u32,
    pub(super) arms: [u32; 3],
    /// c₀, c₁, c₂ \[eV\], a third of the centre's each.
    pub(super) c: [f64; 3],
}

/// Energy \[eV\] of all centres; adds forces [eV/Å] where they are wanted.
///
/// Where two arms are collinear there is no plane: ω is taken as zero and nothing is pushed.
pub(super) fn sum<const FORCES: bool>(terms: &[Inversion], x: &[Vec3], forces: &mut [Vec3]) -> f64 {
    let mut energy = 0.0;
    for term in terms {
        let centre = term.centre as usize;
        let atoms = term.arms.map(|atom| atom as usize);
        let arm = atoms.map(|atom| x[atom] - x[centre]);
        let length = arm.map(|v| v.norm());
        // normal[l] is that of the plane of the two other arms, and normal[l] · arm[l] is the triple product of all.
        let normal = [arm[1].cross(&arm[2]), arm[2].cross(&arm[0]), arm[0].cross(&arm[1])];
        let volume = arm[0].dot(&normal[0]);
        let [c0, c1, c2] = term.c;
        let mut gradient = [Vec3::zeros(); 3];
        for l in 0..3 {
            let (m, n) = ((l + 1) % 3, (l + 2) % 3);
            let area = normal[l].norm();
            let plane = area > 1e-14 * length[m] * length[n];
            let inverse = if plane { 1.0 / (area * length[l]) } else { 0.0 };
            let sine = volume * inverse;
            let cosine = (1.0 - sine * sine).max(0.0).sqrt();
            energy += c0 + c1 * cosine + c2 * (1.0 - 2.0 * sine * sine);
            if FORCES && plane {
                let slope = -sine * (c1 / cosine.max(1e-8) + 4.0 * c2);
                let unit = normal[l] / area;
                let (by_volume, by_area) = (slope * inverse, slope * sine / area);
                gradient[l] += normal[l] * by_volume - arm[l] * (slope * sine / (length[l] * length[l]));
                gradient[m] += normal[m] * by_volume - arm[n].cross(&unit) * by_area;
                gradient[n] += normal[n] * by_volume - unit.cross(&arm[m]) * by_area;
            }
        }
        if FORCES {
            for (atom, gradient) in atoms.into_iter().zip(gradient) {
                forces[atom] -= gradient;
                forces[centre] += gradient;
            }
        }
    }
    energy
}
