//! Violated bounds as a potential in four dimensions.
//!
//! The fourth dimension lets atoms pass one another on the way to their places; a weight then presses it flat. As a
//! [`Potential`] knows three, atom n + i carries the fourth coordinate of atom i in its x.

use super::bounds::Bounds;
use crate::{Derivatives, Frame, Potential, Vec3};
use std::sync::Arc;

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
    /// sign · (p₁ − p₀) · [(p₂ − p₀) × (p₃ − p₀)] and its gradients [Å²].
    pub(super) fn volume(&self, positions: &[Vec3]) -> (f64, [Vec3; 4]) {
        let [a, b, c, d] = self.corners.map(|k| positions[k]);
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

/// Violations of distance bounds and handedness,
///
/// ```text
/// E = Σ (d²/u² − 1)²  where d > u   +   Σ (2l²/(l² + d²) − 1)²  where d < l
///   + c Σ (1 − V/V₀)²  where V < V₀   +   f Σ w²
/// ```
///
/// with d in four dimensions, V in the first three, w the fourth coordinate. (Error function of Havel, *Encyclopedia of
/// Computational Chemistry* (1998), as in Riniker and Landrum, *J. Chem. Inf. Model.* **55**, 2562 (2015).)
#[derive(Clone)]
pub(super) struct Violations {
    pub(super) atoms: usize,
    /// (i, j, l², u²) for i < j.
    pairs: Arc<[(u32, u32, f64, f64)]>,
    handed: Arc<[Handed]>,
    pub(super) chiral_weight: f64,
    pub(super) flat_weight: f64,
}

impl Violations {
    pub(super) fn new(bounds: &Bounds, handed: Arc<[Handed]>) -> Self {
        let n = bounds.atoms;
        let square = |i: usize, j: usize| {
            let (lower, upper) = (bounds.lower(i, j), bounds.upper(i, j));
            (i as u32, j as u32, lower * lower, upper * upper)
        };
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|(i, j)| square(i, j)).collect();
        Self { atoms: n, pairs, handed, chiral_weight: 1.0, flat_weight: 0.0 }
    }
}

impl Potential for Violations {
    fn atoms(&self) -> usize {
        2 * self.atoms
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let x = frame.positions;
        let n = self.atoms;
        let mut none = [];
        let forces = out.forces_mut().unwrap_or(&mut none);
        let wanted = !forces.is_empty();
        let mut energy = 0.0;
        for &(i, j, lower, upper) in self.pairs.iter() {
            let (i, j) = (i as usize, j as usize);
            let r = x[j] - x[i];
            let w = x[n + j].x - x[n + i].x;
            let d = r.norm_squared() + w * w;
            // Derivative with respect to d².
            let slope = if d > upper {
                let excess = d / upper - 1.0;
                energy += excess * excess;
                2.0 * excess / upper
            } else if d < lower {
                let sum = lower + d;
                let excess = 2.0 * lower / sum - 1.0;
                energy += excess * excess;
                -4.0 * excess * lower / (sum * sum)
            } else {
                continue;
            };
            if wanted {
                let force = r * (2.0 * slope);
                forces[i] += force;
                forces[j] -= force;
                forces[n + i].x += 2.0 * slope * w;
                forces[n + j].x -= 2.0 * slope * w;
            }
        }
        for centre in self.handed.iter() {
            let (volume, gradients) = centre.volume(x);
            if let Some((penalty, slope)) = centre.penalty(volume) {
                energy += self.chiral_weight * penalty;
                if wanted {
                    for (&corner, gradient) in centre.corners.iter().zip(gradients) {
                        forces[corner] -= gradient * (self.chiral_weight * slope);
                    }
                }
            }
        }
        for k in n..2 * n {
            energy += self.flat_weight * x[k].x * x[k].x;
            if wanted {
                forces[k].x -= 2.0 * self.flat_weight * x[k].x;
            }
        }
        energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}
