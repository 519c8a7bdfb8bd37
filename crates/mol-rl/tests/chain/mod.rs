//! A molecule whose minima are known: hydrogen tetroxide H-O-O-O-O-H with separable torsion energies.
//!
//! Bonds and angles are springs at rest in every setting, so the energy of a minimum is the sum over its three torsions,
//! each of which is trans (0) or one of two mirror images of gauche.

#![allow(dead_code)] // each test crate takes what it needs

use mol_core::geometry::{dihedral_gradient, distance_gradient};
use mol_core::{Molecule, Potential, Vec3, potential_fn};
use mol_rl::Normalizer;
use mol_rl::search::{TorsionTask, TorsionTaskConfig};
use std::f64::consts::PI;

/// Bond lengths along the chain [Å] and the angle between bonds.
const BONDS: [f64; 5] = [1.0, 1.45, 1.45, 1.45, 1.0];
const ANGLE: f64 = 1.9;
/// Barrier and cost of gauche [eV], before relaxation.
const BARRIER: f64 = 0.3;
const GAUCHE: f64 = 0.06;
/// The chain in the order of the bonds: hydrogens are the last atoms.
const CHAIN: [usize; 6] = [4, 0, 1, 2, 3, 5];
pub(crate) const THERMAL_ENERGY: f64 = 0.05;

/// Energy and slope of one torsion: barriers between three wells, and a preference for trans.
fn torsion(phi: f64) -> (f64, f64) {
    let energy = 0.5 * BARRIER * (1.0 + (3.0 * phi).cos()) + GAUCHE / 1.5 * (1.0 + phi.cos());
    (energy, -1.5 * BARRIER * (3.0 * phi).sin() - GAUCHE / 1.5 * phi.sin())
}

/// Energy of the relaxed gauche minimum [eV], by Newton's method on the slope.
pub(crate) fn gauche() -> f64 {
    let mut phi = PI / 3.0;
    for _ in 0..50 {
        let slope = |x| torsion(x).1;
        phi -= slope(phi) * 2e-6 / (slope(phi + 1e-6) - slope(phi - 1e-6));
    }
    torsion(phi).0
}

/// Reference energy 0 and the partition sum over all 27 minima: (1 + 2 exp(−g/kT))³.
pub(crate) fn normalizer() -> Normalizer {
    let each = 1.0 + 2.0 * (-gauche() / THERMAL_ENERGY).exp();
    Normalizer::new(0.0, THERMAL_ENERGY, each.powi(3)).unwrap()
}

pub(crate) fn potential() -> impl Potential + Clone {
    let third = |a: f64, b: f64| (a * a + b * b - 2.0 * a * b * ANGLE.cos()).sqrt();
    let bonds = (0..5).map(|k| (CHAIN[k], CHAIN[k + 1], BONDS[k]));
    let angles = (0..4).map(|k| (CHAIN[k], CHAIN[k + 2], third(BONDS[k], BONDS[k + 1])));
    let springs: Vec<(usize, usize, f64)> = bonds.chain(angles).collect();
    potential_fn(6, move |frame, out| {
        let x = frame.positions;
        let mut energy = 0.0;
        for &(i, j, rest) in &springs {
            let (r, [gi, gj]) = distance_gradient(&x[i], &x[j]);
            energy += 15.0 * (r - rest).powi(2);
            if let Some(forces) = out.forces_mut() {
                forces[i] -= 30.0 * (r - rest) * gi;
                forces[j] -= 30.0 * (r - rest) * gj;
            }
        }
        for w in CHAIN.windows(4) {
            let (phi, gradient) = dihedral_gradient(&x[w[0]], &x[w[1]], &x[w[2]], &x[w[3]]);
            let (value, slope) = torsion(phi);
            energy += value;
            if let Some(forces) = out.forces_mut() {
                w.iter().zip(gradient).for_each(|(&atom, g)| forces[atom] -= slope * g);
            }
        }
        energy
    })
}

/// The molecule with an all-trans conformer.
pub(crate) fn molecule() -> Molecule {
    let mut molecule = Molecule::from_smiles("OOOO").unwrap().with_explicit_hydrogens().unwrap();
    let mut positions = vec![Vec3::zeros(); 6];
    for k in 0..5 {
        let tilt = (PI - ANGLE) / 2.0 * if k % 2 == 0 { 1.0 } else { -1.0 };
        positions[CHAIN[k + 1]] = positions[CHAIN[k]] + BONDS[k] * Vec3::new(tilt.cos(), tilt.sin(), 0.0);
    }
    molecule.add_conformer(positions).unwrap();
    molecule
}

/// Tight minimisation: energies of minima to 1e-8 eV.
pub(crate) fn config() -> TorsionTaskConfig {
    let mut config = TorsionTaskConfig::default();
    config.minimize.force_tolerance = 1e-4;
    config
}

pub(crate) fn task() -> TorsionTask {
    TorsionTask::new(&molecule(), &potential(), config()).unwrap()
}
