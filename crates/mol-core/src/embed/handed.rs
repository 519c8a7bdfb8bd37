//! Volumes of four atoms: the sign of a stereocentre, the flatness of a plane.

use crate::{AtomIndex, ChiralClass, Molecule, Vec3};

/// A centre whose neighbours span a volume of known sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handed {
    /// Four corners in the order of the chirality; of three neighbours the fourth is the centre itself.
    pub(super) corners: [usize; 4],
    /// +1 or −1.
    pub(super) sign: f64,
    /// Least volume wanted [Å³].
    pub(super) least: f64,
}

impl Handed {
    /// The sign of a tetrahedral centre that the graph states.
    pub(super) fn stated(molecule: &Molecule, atom: AtomIndex, lengths: &[f64]) -> Option<Self> {
        let is_tetrahedral = |chirality: &crate::Chirality| chirality.class() == ChiralClass::Tetrahedral;
        let chirality = molecule.atom(atom).chirality.filter(is_tetrahedral)?;
        let neighbors: Vec<usize> = molecule.neighbors(atom).map(AtomIndex::index).collect();
        let lengths = molecule.bonds_of(atom).iter().map(|bond| lengths[bond.index()]);
        let mean = lengths.sum::<f64>() / neighbors.len() as f64;
        let (corners, regular) = match neighbors[..] {
            [a, b, c, d] => ([a, b, c, d], 3.08),
            [a, b, c] => ([a, b, c, atom.index()], 0.77),
            _ => return None,
        };
        let sign = if chirality.number() == 1 { -1.0 } else { 1.0 };
        Some(Self { corners, sign, least: 0.5 * regular * mean.powi(3) })
    }

    /// A planar centre with its three neighbours, whose volume should vanish.
    ///
    /// # Panics
    /// If the atom has fewer than three neighbours.
    pub(super) fn plane(molecule: &Molecule, atom: AtomIndex) -> Self {
        let mut around = molecule.neighbors(atom).map(AtomIndex::index);
        let mut next = || around.next().expect("a planar centre has three neighbours");
        Self { corners: [atom.index(), next(), next(), next()], sign: 1.0, least: 0.0 }
    }

    /// sign · (p₁ − p₀) · [(p₂ − p₀) × (p₃ − p₀)] and its gradients [Å²], with the places of atoms from `at`.
    pub(super) fn volume(&self, at: impl Fn(usize) -> Vec3) -> (f64, [Vec3; 4]) {
        let [a, b, c, d] = self.corners.map(at);
        let (u, v, w) = (b - a, c - a, d - a);
        let (gb, gc, gd) = (v.cross(&w) * self.sign, w.cross(&u) * self.sign, u.cross(&v) * self.sign);
        (u.dot(&gb), [-(gb + gc + gd), gb, gc, gd])
    }

    /// Shortfall squared and its derivative with respect to the volume.
    pub(super) fn penalty(&self, volume: f64) -> Option<(f64, f64)> {
        let shortfall = (self.least - volume) / self.least;
        (shortfall > 0.0).then(|| (shortfall * shortfall, -2.0 * shortfall / self.least))
    }
}
