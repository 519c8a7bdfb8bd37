//! A small molecule for the tests: all kinds of terms, ten atoms.
#![allow(dead_code, reason = "each test file uses its part")]

use mol_core::{Element, Potential, Rng, Seed, State, Sum, System, Vec3, units};
use mol_sim::{
    HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, LennardJones, LennardJonesConfig, PeriodicTorsion,
    PeriodicTorsions,
};

/// Number of atoms of [`chain`].
pub(crate) const ATOMS: usize = 10;

/// A zigzag chain of ten carbons.
pub(crate) fn chain() -> (System, Vec<Vec3>) {
    let carbon = Element::from_symbol("C").expect("carbon is an element");
    let mut rng = Seed::new(5).rng();
    let site =
        |i: usize| Vec3::new(1.25 * i as f64, if i.is_multiple_of(2) { 0.0 } else { 0.85 }, 0.2 * (i * i % 3) as f64);
    let jitter = |rng: &mut Rng| Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 0.05;
    let positions = (0..ATOMS).map(|i| site(i) + jitter(&mut rng)).collect();
    (System::new(vec![carbon; ATOMS]), positions)
}

/// Bonds, angles, torsions and Lennard-Jones beyond them.
pub(crate) fn chain_potential() -> Sum {
    let bonds = (1..ATOMS).map(|i| HarmonicBond { atoms: [i - 1, i], k: 25.0, r0: 1.53 }).collect();
    let angles = (2..ATOMS).map(|i| HarmonicAngle { atoms: [i - 2, i - 1, i], k: 5.0, theta0: 1.95 }).collect();
    let torsions = (3..ATOMS)
        .map(|i| PeriodicTorsion { atoms: [i - 3, i - 2, i - 1, i], k: 0.06, multiplicity: 3, phase: 0.3 })
        .collect();
    let excluded: Vec<[usize; 2]> = (0..ATOMS).flat_map(|i| (i + 1..ATOMS.min(i + 4)).map(move |j| [i, j])).collect();
    Sum::new(ATOMS)
        .with("bonds", HarmonicBonds::new(ATOMS, bonds).expect("valid"))
        .and_then(|sum| sum.with("angles", HarmonicAngles::new(ATOMS, angles).expect("valid")))
        .and_then(|sum| sum.with("torsions", PeriodicTorsions::new(ATOMS, torsions).expect("valid")))
        .and_then(|sum| {
            let config = LennardJonesConfig { cutoff: 8.0, ..LennardJonesConfig::default() };
            sum.with("van der Waals", LennardJones::new(&[(0.005, 3.4); ATOMS], &excluded, config).expect("valid"))
        })
        .expect("all of ten atoms")
}

/// The chain at `temperature` [K].
pub(crate) fn start(temperature: f64, seed: u64) -> (System, State) {
    let (system, positions) = chain();
    let mut rng = Seed::new(seed).rng();
    let mut state = State::at_rest(positions);
    for (v, m) in state.velocities.iter_mut().zip(system.masses()) {
        *v = Vec3::new(rng.normal(), rng.normal(), rng.normal()) * (units::BOLTZMANN * temperature / m).sqrt();
    }
    (system, state)
}

/// The same potential, boxed.
pub(crate) fn boxed() -> Box<dyn Potential> {
    Box::new(chain_potential())
}
