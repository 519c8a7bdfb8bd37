//! Every term of the force field keeps the contract of `Potential` and its formula.

mod common;

use mol_core::testing::{PotentialCheck, check_potential};
use mol_core::{Cell, Frame, Potential, PotentialExt, Seed, Vec3};
use mol_sim::{
    DoubleWell, Error, HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, HarmonicWell, LennardJones,
    LennardJonesConfig, MullerBrown, PeriodicTorsion, PeriodicTorsions, Truncation,
};
use std::f64::consts::PI;

fn random(atoms: usize, width: f64, seed: u64) -> Vec<Vec3> {
    let mut rng = Seed::new(seed).rng();
    (0..atoms).map(|_| Vec3::new(rng.uniform(), rng.uniform(), rng.uniform()) * width).collect()
}

#[test]
fn bonded_terms_keep_the_contract() {
    let frames: Vec<Vec<Vec3>> = (0..4).map(|seed| random(5, 2.5, seed)).collect();
    let frames: Vec<Frame<'_>> = frames.iter().map(|x| Frame::isolated(x)).collect();
    let options = PotentialCheck { gradient_tolerance: 1e-6, ..PotentialCheck::default() };
    let bonds = HarmonicBonds::new(
        5,
        vec![HarmonicBond { atoms: [0, 1], k: 20.0, r0: 1.1 }, HarmonicBond { atoms: [4, 1], k: 35.0, r0: 0.9 }],
    );
    check_potential(&bonds.unwrap(), &frames, &options);
    let angles = HarmonicAngles::new(
        5,
        vec![
            HarmonicAngle { atoms: [0, 1, 2], k: 4.0, theta0: 1.9 },
            HarmonicAngle { atoms: [3, 1, 4], k: 3.0, theta0: PI },
        ],
    );
    check_potential(&angles.unwrap(), &frames, &options);
    let torsion = |atoms, multiplicity, phase| PeriodicTorsion { atoms, k: 0.2, multiplicity, phase };
    let torsions = vec![torsion([0, 1, 2, 3], 3, 0.4), torsion([4, 3, 2, 1], 1, PI), torsion([0, 2, 4, 1], 2, 0.0)];
    let options = PotentialCheck { reflection: false, ..options };
    check_potential(&PeriodicTorsions::new(5, torsions).unwrap(), &frames, &options);
}

#[test]
fn lennard_jones_keeps_the_contract_in_any_cell() {
    let grid: Vec<Vec3> =
        (0..27).map(|i| Vec3::new(f64::from(i % 3), f64::from(i / 3 % 3), f64::from(i / 9)) * 1.2).collect();
    let jitter = random(27, 0.4, 3);
    let positions: Vec<Vec3> = grid.iter().zip(&jitter).map(|(a, b)| a + b).collect();
    let parameters: Vec<(f64, f64)> = (0..27).map(|i| if i % 2 == 0 { (0.3, 1.0) } else { (0.1, 1.2) }).collect();
    let cells = [
        Cell::NONE,
        Cell::orthorhombic(3.6, 3.7, 3.8).unwrap(),
        Cell::from_parameters(3.7, 3.6, 3.9, 80.0, 95.0, 100.0).unwrap(),
    ];
    for cell in &cells {
        // The cut-off is more than half of the cell: several images of one pair count.
        let config = LennardJonesConfig { cutoff: 2.9, skin: 0.3, ..LennardJonesConfig::default() };
        let potential = LennardJones::new(&parameters, &[[0, 1], [5, 2]], config).unwrap();
        let options = PotentialCheck { gradient_tolerance: 2e-4, max_atoms: 6, ..PotentialCheck::default() };
        check_potential(&potential, &[Frame::new(&positions, cell)], &options);
    }
}

#[test]
fn surfaces_keep_the_contract() {
    let options = PotentialCheck::external_field();
    let frames: Vec<[Vec3; 1]> = random(4, 2.0, 8).into_iter().map(|x| [x - Vec3::new(1.2, 0.3, 1.0)]).collect();
    let frames: Vec<Frame<'_>> = frames.iter().map(|x| Frame::isolated(x)).collect();
    check_potential(&DoubleWell::new(0.3, 1.2, 2.0).unwrap(), &frames, &options);
    check_potential(&MullerBrown::new(0.01, 2.0).unwrap(), &frames, &options);
    check_potential(&HarmonicWell::new(vec![Vec3::new(0.3, 0.1, -0.2)], 2.0).unwrap(), &frames, &options);
}

#[test]
fn a_sum_of_terms_is_a_potential() {
    let (_, positions) = common::chain();
    let options = PotentialCheck { reflection: false, gradient_tolerance: 1e-6, ..PotentialCheck::default() };
    check_potential(&common::chain_potential(), &[Frame::isolated(&positions)], &options);
}

#[test]
fn degenerate_geometry_is_finite() {
    let line: Vec<Vec3> = (0..4).map(|i| Vec3::x() * f64::from(i)).collect();
    let angle = HarmonicAngle { atoms: [0, 1, 2], k: 4.0, theta0: PI };
    let (energy, forces) = HarmonicAngles::new(4, vec![angle]).unwrap().energy_and_forces(Frame::isolated(&line));
    assert_eq!((energy, forces[1]), (0.0, Vec3::zeros()));
    let torsion = PeriodicTorsion { atoms: [0, 1, 2, 3], k: 1.0, multiplicity: 2, phase: 0.0 };
    let (energy, forces) = PeriodicTorsions::new(4, vec![torsion]).unwrap().energy_and_forces(Frame::isolated(&line));
    assert_eq!((energy, forces[2]), (2.0, Vec3::zeros()));
    let bond = HarmonicBond { atoms: [0, 1], k: 2.0, r0: 1.0 };
    let one_place = [Vec3::zeros(); 2];
    let (energy, forces) = HarmonicBonds::new(2, vec![bond]).unwrap().energy_and_forces(Frame::isolated(&one_place));
    assert_eq!((energy, forces[0]), (1.0, Vec3::zeros()));
}

#[test]
fn torsion_has_the_iupac_sign() {
    // Seen along j → k, which is x, the far bond points from y to z: clockwise by a quarter turn.
    let frame = [Vec3::y(), Vec3::zeros(), Vec3::x(), Vec3::x() + Vec3::z()];
    let torsion = PeriodicTorsion { atoms: [0, 1, 2, 3], k: 1.0, multiplicity: 1, phase: PI / 2.0 };
    let energy = PeriodicTorsions::new(4, vec![torsion]).unwrap().energy(Frame::isolated(&frame));
    assert!((energy - 2.0).abs() < 1e-12, "{energy}");
}

#[test]
fn truncation_shifts_the_energy_and_not_the_forces() {
    let pair = [Vec3::zeros(), Vec3::x() * 1.5];
    let config = LennardJonesConfig { cutoff: 2.5, truncation: Truncation::Plain, ..LennardJonesConfig::default() };
    let mut plain = LennardJones::uniform(2, 1.0, 1.0, config).unwrap();
    let config = LennardJonesConfig { truncation: Truncation::Shifted, ..config };
    let mut shifted = LennardJones::uniform(2, 1.0, 1.0, config).unwrap();
    let ((a, f), (b, g)) =
        (plain.energy_and_forces(Frame::isolated(&pair)), shifted.energy_and_forces(Frame::isolated(&pair)));
    assert!((b - a - 0.016_316_891_136).abs() < 1e-12, "{}", b - a); // −u(2.5σ)
    assert_eq!(f, g);
}

#[test]
fn unlike_atoms_combine_by_lorentz_and_berthelot() {
    let mut pair = LennardJones::new(
        &[(0.04, 3.0), (0.01, 4.0)],
        &[],
        LennardJonesConfig { truncation: Truncation::Plain, ..LennardJonesConfig::default() },
    )
    .unwrap();
    let energy = pair.energy(Frame::isolated(&[Vec3::zeros(), Vec3::x() * (3.5 * 2_f64.powf(1.0 / 6.0))]));
    assert!((energy + 0.02).abs() < 1e-12, "{energy}");
}

#[test]
fn parameters_are_checked() {
    let message = |error: Error| error.to_string();
    let bond = |atoms| vec![HarmonicBond { atoms, k: 1.0, r0: 1.0 }];
    assert!(message(HarmonicBonds::new(2, bond([0, 2])).unwrap_err()).contains("[0, 2] of 2"));
    assert!(HarmonicBonds::new(2, bond([1, 1])).is_err());
    assert!(HarmonicBonds::new(2, vec![HarmonicBond { atoms: [0, 1], k: f64::NAN, r0: 1.0 }]).is_err());
    assert!(HarmonicWell::new(vec![Vec3::x() * f64::INFINITY], 1.0).is_err());
    assert!(LennardJones::uniform(2, -1.0, 1.0, LennardJonesConfig::default()).is_err());
    assert!(LennardJones::uniform(2, 1.0, 0.0, LennardJonesConfig::default()).is_err());
    let config = LennardJonesConfig { cutoff: -1.0, ..LennardJonesConfig::default() };
    assert!(LennardJones::uniform(2, 1.0, 1.0, config).is_err());
    assert!(LennardJones::new(&[(1.0, 1.0)], &[[0, 3]], LennardJonesConfig::default()).is_err());
}

#[test]
fn not_a_number_is_explained() {
    let mut argon = LennardJones::uniform(2, 1.0, 1.0, LennardJonesConfig::default()).unwrap();
    assert!(argon.energy(Frame::isolated(&[Vec3::zeros(), Vec3::x() * f64::NAN])).is_nan());
    assert!(argon.take_fault().unwrap().to_string().contains("atom"));
    assert!(argon.take_fault().is_none());
}
