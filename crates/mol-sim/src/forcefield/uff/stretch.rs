//! Bond stretch.

use mol_core::Vec3;

/// A harmonic bond, E = ½ k (r − r₀)².
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) atoms: [u32; 2],
    /// Force constant [eV/Å²].
    pub(super) k: f64,
    /// Natural length [Å].
    pub(super) r0: f64,
}

/// Energy \[eV\] of all bonds; adds forces [eV/Å] where they are wanted. Two atoms at one place have no direction to be
/// pushed in.
pub(super) fn sum<const FORCES: bool>(terms: &[Stretch], x: &[Vec3], forces: &mut [Vec3]) -> f64 {
    let mut energy = 0.0;
    for term in terms {
        let [i, j] = term.atoms.map(|atom| atom as usize);
        let separation = x[j] - x[i];
        let r = separation.norm();
        let stretch = r - term.r0;
        energy += 0.5 * term.k * stretch * stretch;
        if FORCES && r > 0.0 {
            let force = separation * (-term.k * stretch / r);
            forces[j] += force;
            forces[i] -= force;
        }
    }
    energy
}
