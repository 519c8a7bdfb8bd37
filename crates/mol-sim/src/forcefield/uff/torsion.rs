//! Torsions, all those about one bond at once.
//!
//! A bond between two sp³ carbons carries nine torsions made of three bonds on either side. Their normals are computed
//! once each; a torsion is then a dot product and a Chebyshev polynomial of it. Written in cos φ there is no arc cosine,
//! and cis and trans are ordinary points.

use mol_core::Vec3;

/// Most neighbours that a rotor's end can hold besides the other end.
pub(super) const MOST: usize = 5;
/// Below this squared sine, the plane of two bonds is rounding noise.
const COLLINEAR: f64 = 1e-28;

/// A bond and the atoms on both sides: `ends` of the atoms before and after it.
#[derive(Clone, Debug)]
pub(super) struct Rotor {
    pub(super) axis: [u32; 2],
    /// Neighbours of the first and of the second atom, each at most [`MOST`].
    pub(super) ends: [Vec<u32>; 2],
    /// One for each pair of ends, the second running fastest.
    pub(super) torsions: Vec<Torsion>,
}

/// E = ½ V (1 − cos nφ₀ cos nφ), where cos nφ₀ is 1 or −1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Torsion {
    pub(super) fold: Fold,
    /// ½ V \[eV\].
    pub(super) half: f64,
    /// ½ V cos nφ₀ \[eV\].
    pub(super) amplitude: f64,
}

/// Periodicity n.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fold {
    Two,
    Three,
    Six,
}

impl Fold {
    /// cos nφ and its derivative by c = cos φ.
    #[inline(always)]
    fn chebyshev(self, c: f64) -> (f64, f64) {
        let cc = c * c;
        match self {
            Self::Two => (2.0 * cc - 1.0, 4.0 * c),
            Self::Three => (c * (4.0 * cc - 3.0), 12.0 * cc - 3.0),
            Self::Six => (cc * (cc * (32.0 * cc - 48.0) + 18.0) - 1.0, c * (cc * (192.0 * cc - 192.0) + 36.0)),
        }
    }
}

/// A bond at one end: its direction, the unit normal of it and the axis, the inverse length of that normal, and the
/// derivative of the energy by the normal.
#[derive(Clone, Copy)]
struct End {
    arm: Vec3,
    normal: Vec3,
    inverse: f64,
    slope: Vec3,
}

impl End {
    fn new(arm: Vec3, axis: &Vec3) -> Self {
        let normal = arm.cross(axis);
        let square = normal.norm_squared();
        // Collinear: there is no angle; its cosine is taken as zero, and nothing is pushed.
        let plane = square > COLLINEAR * arm.norm_squared() * axis.norm_squared();
        let inverse = if plane { 1.0 / square.sqrt() } else { 0.0 };
        Self { arm, normal: normal * inverse, inverse, slope: Vec3::zeros() }
    }
}

/// Energy \[eV\] of all torsions; adds forces [eV/Å] where they are wanted.
pub(super) fn sum<const FORCES: bool>(rotors: &[Rotor], x: &[Vec3], forces: &mut [Vec3]) -> f64 {
    rotors.iter().map(|rotor| rotor.accumulate::<FORCES>(x, forces)).sum()
}

impl Rotor {
    fn accumulate<const FORCES: bool>(&self, x: &[Vec3], forces: &mut [Vec3]) -> f64 {
        let [j, k] = self.axis.map(|atom| atom as usize);
        let axis = x[j] - x[k];
        let none = End { arm: axis, normal: axis, inverse: 0.0, slope: Vec3::zeros() };
        let (mut left, mut right) = ([none; MOST], [none; MOST]);
        let (left, right) = (&mut left[..self.ends[0].len()], &mut right[..self.ends[1].len()]);
        for (end, &atom) in left.iter_mut().zip(&self.ends[0]) {
            *end = End::new(x[atom as usize] - x[j], &axis);
        }
        for (end, &atom) in right.iter_mut().zip(&self.ends[1]) {
            *end = End::new(x[atom as usize] - x[k], &axis);
        }
        let mut energy = 0.0;
        let mut torsions = self.torsions.iter();
        for a in left.iter_mut() {
            for (b, torsion) in right.iter_mut().zip(&mut torsions) {
                let c = a.normal.dot(&b.normal);
                let (cosine, derivative) = torsion.fold.chebyshev(c);
                energy += torsion.half - torsion.amplitude * cosine;
                if FORCES {
                    let slope = -torsion.amplitude * derivative;
                    a.slope += (b.normal - a.normal * c) * slope;
                    b.slope += (a.normal - b.normal * c) * slope;
                }
            }
        }
        if FORCES {
            let mut by_axis = Vec3::zeros();
            for (ends, atoms, middle) in [(left, &self.ends[0], j), (right, &self.ends[1], k)] {
                for (end, &atom) in ends.iter().zip(atoms) {
                    let slope = end.slope * end.inverse;
                    let force = slope.cross(&axis);
                    by_axis += slope.cross(&end.arm);
                    forces[atom as usize] += force;
                    forces[middle] -= force;
                }
            }
            forces[j] -= by_axis;
            forces[k] += by_axis;
        }
        energy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chebyshev_is_the_cosine_of_the_multiple() {
        for step in 0..=24 {
            let phi = f64::from(step) * std::f64::consts::PI / 24.0;
            for (fold, n) in [(Fold::Two, 2.0), (Fold::Three, 3.0), (Fold::Six, 6.0_f64)] {
                let (value, slope) = fold.chebyshev(phi.cos());
                assert!((value - (n * phi).cos()).abs() < 1e-13, "{n} {phi}");
                assert!((slope * phi.sin() - n * (n * phi).sin()).abs() < 1e-12, "{n} {phi}");
            }
        }
    }

    #[test]
    fn collinear_ends_feel_no_torsion() {
        let line: Vec<Vec3> = (0..4).map(|i| Vec3::x() * f64::from(i)).collect();
        let torsions = vec![Torsion { fold: Fold::Three, half: 0.5, amplitude: -0.5 }];
        let rotor = Rotor { axis: [1, 2], ends: [vec![0], vec![3]], torsions };
        let mut forces = vec![Vec3::zeros(); 4];
        assert_eq!(sum::<true>(&[rotor], &line, &mut forces), 0.5);
        assert_eq!(forces, vec![Vec3::zeros(); 4]);
    }
}
