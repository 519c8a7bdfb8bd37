//! Maxwell–Boltzmann moments, momenta, and states that do not fit.

use super::*;
use crate::Seed;

fn mixture() -> (System, Vec<Vec3>) {
    let masses = vec![1.0, 12.0, 16.0, 35.5, 200.0];
    let system = System::with_masses(vec![Element::C; 5], masses).unwrap();
    let mut rng = Seed::new(9).rng();
    let positions = (0..5).map(|_| Vec3::from_fn(|_, _| 2.0 * rng.normal())).collect();
    (system, positions)
}

#[test]
fn masses_must_be_positive_and_as_many() {
    let error = |masses: &[f64]| System::with_masses(vec![Element::H; 2], masses.to_vec()).unwrap_err().to_string();
    assert_eq!(error(&[1.0]), "masses: expected shape [2], got [1]");
    assert_eq!(error(&[1.0, 0.0]), "a mass [u] must be finite and positive, got 0 for atom 1");
    assert_eq!(error(&[f64::NAN, 1.0]), "a mass [u] must be finite and positive, got NaN for atom 0");
    let stored = serde_json::to_string(&mixture().0).unwrap();
    assert_eq!(serde_json::from_str::<System>(&stored).unwrap(), mixture().0);
    assert!(serde_json::from_str::<System>(&stored.replace("12.0", "-12.0")).is_err());
}

/// Each component of √m v is normal of variance kT; 3·5·20 000 numbers fix it to 0.26 %, the fourth moment to 0.9 %.
#[test]
fn velocities_follow_maxwell_and_boltzmann() {
    let (system, _) = mixture();
    let (temperature, draws) = (350.0, 20_000);
    let mut rng = Seed::new(1).rng();
    let mut moments = [[0.0; 2]; 5];
    let mut kinetic = 0.0;
    for _ in 0..draws {
        let velocities = system.maxwell_boltzmann(temperature, &mut rng).unwrap();
        kinetic += system.kinetic_energy(&velocities);
        for ((m, v), sums) in system.masses().iter().zip(&velocities).zip(&mut moments) {
            let x2 = v.map(|v| m * v * v / (BOLTZMANN * temperature));
            sums[0] += x2.sum();
            sums[1] += x2.norm_squared();
        }
    }
    let n = 3.0 * f64::from(draws);
    for [second, fourth] in moments {
        // Five standard errors: √(2/n) and √(96/n).
        assert!((second / n - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "⟨x²⟩ = {}", second / n);
        assert!((fourth / n - 3.0).abs() < 5.0 * (96.0 / n).sqrt(), "⟨x⁴⟩ = {}", fourth / n);
    }
    let mean = 2.0 * kinetic / f64::from(draws) / (15.0 * BOLTZMANN);
    assert!((mean - temperature).abs() < 5.0 * temperature * (2.0 / (5.0 * n)).sqrt(), "{mean} K");
}

#[test]
fn zero_temperature_is_rest_and_a_negative_one_an_error() {
    let (system, _) = mixture();
    let mut rng = Seed::new(1).rng();
    assert!(system.maxwell_boltzmann(0.0, &mut rng).unwrap().iter().all(|v| v.norm() == 0.0));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(system.maxwell_boltzmann(bad, &mut rng).is_err());
    }
}

#[test]
fn translation_and_rotation_are_removed_and_the_rest_stays() {
    let (system, positions) = mixture();
    let mut velocities = system.maxwell_boltzmann(300.0, &mut Seed::new(2).rng()).unwrap();
    let before = velocities.clone();
    system.remove_translation(&mut velocities);
    system.remove_rotation(&positions, &mut velocities);
    assert!(system.momentum(&velocities).norm() < 1e-12);
    assert!(system.angular_momentum(&positions, &velocities).norm() < 1e-12);
    // Internal motion is orthogonal to what was taken away: kinetic energies add.
    let taken: Vec<Vec3> = before.iter().zip(&velocities).map(|(a, b)| a - b).collect();
    let sum = system.kinetic_energy(&velocities) + system.kinetic_energy(&taken);
    assert!((sum - system.kinetic_energy(&before)).abs() < 1e-13);
    // A rigid rotation is taken away entirely.
    let center = system.center_of_mass(&positions);
    let mut rigid: Vec<Vec3> = positions.iter().map(|x| Vec3::new(0.1, -0.2, 0.3).cross(&(x - center))).collect();
    system.remove_rotation(&positions, &mut rigid);
    assert!(rigid.iter().all(|v| v.norm() < 1e-14));
}

#[test]
fn a_linear_molecule_and_an_atom_do_not_rotate_about_themselves() {
    let system = System::with_masses(vec![Element::C; 3], vec![16.0, 12.0, 16.0]).unwrap();
    let positions: Vec<Vec3> = [-1.2, 0.0, 1.2].map(|x| x * Vec3::new(1.0, 2.0, -0.5).normalize()).to_vec();
    let mut velocities = system.maxwell_boltzmann(300.0, &mut Seed::new(3).rng()).unwrap();
    system.remove_rotation(&positions, &mut velocities);
    assert!(system.angular_momentum(&positions, &velocities).norm() < 1e-12);
    assert!(velocities.iter().all(|v| v.norm() < 1.0), "{velocities:?}");
    // Along an axis the moment of inertia is exactly zero.
    let along_x: Vec<Vec3> = [-1.2, 0.0, 1.2].map(|x| Vec3::new(x, 0.0, 0.0)).to_vec();
    let mut spinning = vec![Vec3::new(0.3, 0.5, 0.0), Vec3::zeros(), Vec3::new(0.3, -0.5, 0.0)];
    system.remove_rotation(&along_x, &mut spinning);
    assert!((spinning[0] - Vec3::new(0.3, 0.0, 0.0)).norm() < 1e-15, "{spinning:?}");
    let atom = System::new(vec![Element::H]);
    let mut velocity = vec![Vec3::new(0.1, 0.2, 0.3)];
    atom.remove_rotation(&[Vec3::x()], &mut velocity);
    assert_eq!(velocity[0], Vec3::new(0.1, 0.2, 0.3));
}

#[test]
fn temperature_counts_degrees_of_freedom() {
    let atom = System::with_masses(vec![Element::H], vec![1.0]).unwrap();
    let v = [Vec3::new((3.0 * BOLTZMANN * 300.0).sqrt(), 0.0, 0.0)];
    assert!((atom.temperature(&v, 3) - 300.0).abs() < 1e-10);
}

#[test]
fn a_state_is_checked_against_its_system() {
    let (system, positions) = mixture();
    let state = State::at_rest(positions);
    assert!(state.check(&system).is_ok());
    let mut short = state.clone();
    short.velocities.pop();
    let error = short.check(&system).unwrap_err().to_string();
    assert_eq!(error, "velocities of the state: expected shape [5], got [4]");
    let mut bad = state;
    bad.velocities[3].z = f64::INFINITY;
    assert_eq!(bad.check(&system).unwrap_err().to_string(), "velocity of atom 3: inf is not finite");
}
