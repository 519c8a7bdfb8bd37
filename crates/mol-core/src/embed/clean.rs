//! The cleaning stage: springs to ideal distances in three dimensions.
//!
//! Bounds leave an interval; a force field wants the middle of it. Deliberately not here: charges and attraction, which
//! are the force field's.

use super::bounds::Known;
use super::violations::Handed;
use crate::geometry::dihedral_gradient;
use crate::{Derivatives, Frame, Potential, Vec3};
use std::sync::Arc;

/// Stiffness of bonds, of distances over one atom, of planar chains, of contacts [eV/Å²].
const BOND: f64 = 20.0;
const ANGLE: f64 = 5.0;
const PLANAR: f64 = 1.0;
const CONTACT: f64 = 2.0;
/// Weight of handedness [eV].
const CHIRAL: f64 = 5.0;
/// Stiffness of out-of-plane volumes [eV/Å⁶].
const OUT_OF_PLANE: f64 = 0.3;
/// Half the barrier between staggered torsions [eV].
const STAGGER: f64 = 0.06;

/// Springs between known distances, repulsion of contacts, planarity, handedness and staggered single bonds,
///
/// ```text
/// E = Σ ½ k (d − d₀)²  +  Σ ½ k (l − d)²  where d < l
///   +  Σ ½ k V²  +  c Σ (1 − V/V₀)²  where V < V₀  +  ½ b Σ (1 + cos 3φ)
/// ```
#[derive(Clone)]
pub(super) struct Springs {
    parts: Arc<Parts>,
}

/// Lists shared by all copies.
pub(super) struct Parts {
    pub(super) atoms: usize,
    springs: Vec<(usize, usize, f64, f64)>,
    contacts: Vec<(usize, usize, f64)>,
    planes: Vec<Handed>,
    handed: Arc<[Handed]>,
    staggered: Arc<[[usize; 4]]>,
}

impl Springs {
    pub(super) fn new(
        atoms: usize,
        lists: [&[Known]; 3],
        contacts: Vec<(usize, usize, f64)>,
        planes: Vec<Handed>,
        handed: Arc<[Handed]>,
        staggered: Arc<[[usize; 4]]>,
    ) -> Self {
        let stiffness = [BOND, ANGLE, PLANAR];
        let spring = |known: &Known, k: f64| (known.pair[0], known.pair[1], known.distance, k);
        let springs =
            lists.iter().zip(stiffness).flat_map(|(list, k)| list.iter().map(move |known| spring(known, k))).collect();
        Self { parts: Arc::new(Parts { atoms, springs, contacts, planes, handed, staggered }) }
    }
}

impl Potential for Springs {
    fn atoms(&self) -> usize {
        self.parts.atoms
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let x = frame.positions;
        let mut none = [];
        let forces = out.forces_mut().unwrap_or(&mut none);
        let wanted = !forces.is_empty();
        let mut push = |atom: usize, force: Vec3| {
            if wanted {
                forces[atom] += force;
            }
        };
        let mut energy = 0.0;
        for &(i, j, length, k) in &self.parts.springs {
            let r = x[j] - x[i];
            let d = r.norm();
            energy += 0.5 * k * (d - length) * (d - length);
            let force = r * (k * (d - length) / d.max(1e-9));
            push(i, force);
            push(j, -force);
        }
        for &(i, j, least) in &self.parts.contacts {
            let r = x[j] - x[i];
            let square = r.norm_squared();
            if square < least * least {
                let d = square.sqrt();
                energy += 0.5 * CONTACT * (least - d) * (least - d);
                let force = r * (CONTACT * (d - least) / d.max(1e-9));
                push(i, force);
                push(j, -force);
            }
        }
        for plane in &self.parts.planes {
            let (volume, gradients) = plane.volume(x);
            energy += 0.5 * OUT_OF_PLANE * volume * volume;
            for (&corner, gradient) in plane.corners.iter().zip(gradients) {
                push(corner, gradient * (-OUT_OF_PLANE * volume));
            }
        }
        for centre in self.parts.handed.iter() {
            let (volume, gradients) = centre.volume(x);
            if let Some((penalty, slope)) = centre.penalty(volume) {
                energy += CHIRAL * penalty;
                for (&corner, gradient) in centre.corners.iter().zip(gradients) {
                    push(corner, gradient * (-CHIRAL * slope));
                }
            }
        }
        for chain in self.parts.staggered.iter() {
            let [a, b, c, d] = chain.map(|k| x[k]);
            let (phi, gradients) = dihedral_gradient(&a, &b, &c, &d);
            energy += 0.5 * STAGGER * (1.0 + (3.0 * phi).cos());
            for (&atom, gradient) in chain.iter().zip(gradients) {
                push(atom, gradient * (1.5 * STAGGER * (3.0 * phi).sin()));
            }
        }
        energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}
