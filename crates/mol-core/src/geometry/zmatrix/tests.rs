//! The map both ways, its Jacobian and gradients against differences, and what it refuses.

use super::*;
use crate::{Molecule, Rng, Seed};
use proptest::prelude::*;

/// A Z-matrix whose rows refer to random atoms placed before.
fn random_rows(atoms: usize, rng: &mut Rng) -> ZMatrix {
    let mut order: Vec<usize> = (0..atoms).collect();
    rng.shuffle(&mut order);
    let rows = (0..atoms).map(|k| {
        let mut before = order[..k].to_vec();
        rng.shuffle(&mut before);
        std::iter::once(order[k]).chain(before.into_iter().take(3)).collect()
    });
    ZMatrix::new(rows.collect()).unwrap()
}

fn random_coordinates(z: &ZMatrix, rng: &mut Rng) -> Vec<f64> {
    let value = |k| match k {
        k if k < z.angles_at() => 0.8 + rng.uniform(),
        k if k < z.dihedrals_at() => 0.5 + 2.0 * rng.uniform(),
        _ => std::f64::consts::PI * (2.0 * rng.uniform() - 1.0),
    };
    (0..z.dim()).map(value).collect()
}

fn turned(difference: f64) -> f64 {
    difference - std::f64::consts::TAU * (difference / std::f64::consts::TAU).round()
}

/// An energy that no rotation changes: a smooth function of all distances, and its gradient.
fn energy(x: &[Vec3]) -> (f64, Vec<Vec3>) {
    let (mut sum, mut gradient) = (0.0, vec![Vec3::zeros(); x.len()]);
    for i in 0..x.len() {
        for j in 0..i {
            let (r, weight) = (x[i] - x[j], 1.0 + 0.1 * (i * j) as f64);
            sum += weight * (0.3 * r.norm_squared()).sin();
            let g = r * (weight * 0.6 * (0.3 * r.norm_squared()).cos());
            gradient[i] += g;
            gradient[j] -= g;
        }
    }
    (sum, gradient)
}

proptest! {
    #[test]
    fn there_and_back_and_gradients(seed in any::<u64>(), atoms in 3..9_usize) {
        let rng = &mut Seed::new(seed).rng();
        let z = random_rows(atoms, rng);
        let q = random_coordinates(&z, rng);
        let mut x = vec![Vec3::zeros(); atoms];
        let Ok(log_jacobian) = z.to_cartesian(&q, &mut x) else { return Ok(()) };
        let rotation = nalgebra::Rotation3::from_euler_angles(rng.normal(), rng.normal(), rng.normal());
        let moved: Vec<Vec3> = x.iter().map(|p| rotation * p + Vec3::new(3.0, -2.0, 1.0)).collect();
        let mut back = vec![0.0; z.dim()];
        // Random references may be close to a line; there digits are lost in proportion.
        let thin = z.rows().skip(3).map(|r| crate::geometry::angle(&x[r[1]], &x[r[2]], &x[r[3]]).sin()).fold(1.0, f64::min);
        prop_assume!(thin > 0.02);
        let inverse = z.to_internal(&moved, &mut back).unwrap();
        prop_assert!((inverse + log_jacobian).abs() < 1e-9);
        prop_assert!(q.iter().zip(&back).all(|(a, b)| turned(a - b).abs() < 1e-9 / thin));

        let (_, mut adjoint) = energy(&moved);
        let mut gradient = vec![0.0; z.dim()];
        z.pull_back(&moved, &mut adjoint, &mut gradient);
        let mut jacobian = vec![0.0; z.dim()];
        z.add_log_jacobian_gradient(&q, 2.0, &mut jacobian);
        for k in 0..z.dim() {
            let h = 1e-6;
            let mut at = |by: f64| {
                let mut shifted = q.clone();
                shifted[k] += by;
                let log = z.to_cartesian(&shifted, &mut x).unwrap();
                (energy(&x).0, log)
            };
            let (up, down) = (at(h), at(-h));
            let scale = (1.0 + gradient[k].abs()) / thin.powi(3);
            prop_assert!((gradient[k] - (up.0 - down.0) / (2.0 * h)).abs() < 1e-6 * scale, "coordinate {k}: {}", gradient[k]);
            prop_assert!((jacobian[k] - (up.1 - down.1) / h).abs() < 1e-6 * (1.0 + jacobian[k].abs()));
        }
    }
}

/// Volume element against the determinant of differences: 3N Cartesian by 3N − 6 internal and 6 external coordinates.
#[test]
fn the_jacobian_is_the_determinant() {
    let rng = &mut Seed::new(3).rng();
    for atoms in 3..7 {
        let z = random_rows(atoms, rng);
        let q = random_coordinates(&z, rng);
        let place = |all: &[f64]| {
            let mut x = vec![Vec3::zeros(); atoms];
            z.to_cartesian(&all[6..], &mut x).unwrap();
            // External: a shift, and a rotation by Euler angles α, β, γ of measure sin β.
            let turn = nalgebra::Rotation3::from_axis_angle(&Vec3::z_axis(), all[3])
                * nalgebra::Rotation3::from_axis_angle(&Vec3::y_axis(), all[4])
                * nalgebra::Rotation3::from_axis_angle(&Vec3::z_axis(), all[5]);
            x.iter()
                .flat_map(|p| (turn * p + Vec3::new(all[0], all[1], all[2])).iter().copied().collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        let all: Vec<f64> = [0.1, 0.2, 0.3, 0.4, 1.1, 0.7].into_iter().chain(q.iter().copied()).collect();
        let h = 1e-5;
        let jacobian = nalgebra::DMatrix::from_fn(3 * atoms, 3 * atoms, |i, j| {
            let at = |by: f64| {
                let mut moved = all.clone();
                moved[j] += by;
                place(&moved)[i]
            };
            (at(h) - at(-h)) / (2.0 * h)
        });
        let expected = jacobian.determinant().abs().ln() - all[4].sin().ln();
        let got = z.log_jacobian(&q).unwrap();
        assert!((got - expected).abs() < 1e-7, "{atoms} atoms: {got} against {expected}");
    }
}

#[test]
fn molecules_get_one_torsion_per_rotatable_bond() {
    for (smiles, torsions) in
        [("OCCO", 3), ("CCCCC(CCCC)CCCC", 12), ("C1CCCCC1O", 1), ("CC#N", 0), ("NC=O", 1), ("CC", 1)]
    {
        let molecule = Molecule::from_smiles(smiles).unwrap().with_explicit_hydrogens().unwrap();
        let z = ZMatrix::from_molecule(&molecule).unwrap();
        let turning = z.torsions(&molecule).unwrap();
        assert_eq!(turning.len(), torsions, "{smiles}");
        let rows: Vec<&[usize]> = z.rows().collect();
        for (k, row) in rows.iter().enumerate().skip(1) {
            let bonded = |a: usize, b: usize| {
                molecule.bond_between(crate::AtomIndex::new(a), crate::AtomIndex::new(b)).is_some()
            };
            assert!(bonded(row[0], row[1]), "{smiles} row {k} is a bond");
            assert!(row.len() < 3 || bonded(row[1], row[2]), "{smiles} row {k} is an angle");
        }
    }
}

#[test]
fn faults_are_named() {
    let error = |rows: Vec<Vec<usize>>| ZMatrix::new(rows).unwrap_err().to_string();
    assert!(error(vec![vec![0], vec![1, 0]]).contains("at least three atoms, got 2"));
    assert!(error(vec![vec![0], vec![1, 0], vec![2, 1]]).contains("row of a Z-matrix"));
    assert!(error(vec![vec![0], vec![1, 0], vec![2, 1, 1]]).contains("row 2: [2, 1, 1]"));
    assert!(error(vec![vec![0], vec![1, 0], vec![0, 1, 2]]).contains("row 2: atom 0 again"));
    assert!(error(vec![vec![0], vec![1, 2], vec![2, 1, 0]]).contains("row 1: [1, 2]"));
    assert!(error(vec![vec![0], vec![7, 0], vec![2, 1, 0]]).contains("atoms that exist"));
    let z = ZMatrix::new(vec![vec![0], vec![1, 0], vec![2, 1, 0], vec![3, 2, 1, 0]]).unwrap();
    let line: Vec<Vec3> = (0..4).map(|k| Vec3::z() * f64::from(k)).collect();
    let q = &mut [0.0; 6];
    assert!(z.to_internal(&line, q).unwrap_err().to_string().contains("in line where atom 3"));
    assert!(z.to_internal(&line[..3], q).is_err());
    let mut x = vec![Vec3::zeros(); 4];
    let message = |q: [f64; 6], x: &mut [Vec3]| z.to_cartesian(&q, x).unwrap_err().to_string();
    assert!(message([1.0, -1.0, 1.0, 2.0, 2.0, 0.0], &mut x).contains("-1 Å for atom 2"));
    assert!(message([1.0, 1.0, 1.0, 2.0, 4.0, 0.0], &mut x).contains("atom 3"));
    assert!(message([1.0, f64::NAN, 1.0, 2.0, 2.0, 0.0], &mut x).contains("internal coordinate 1"));
    let water = Molecule::from_smiles("O").unwrap();
    assert!(ZMatrix::from_molecule(&water).unwrap_err().to_string().contains("with_explicit_hydrogens"));
    let two = Molecule::from_smiles("O.O").unwrap().with_explicit_hydrogens().unwrap();
    assert!(ZMatrix::from_molecule(&two).unwrap_err().to_string().contains("2 parts"));
}

#[test]
fn serde_keeps_and_checks() {
    let z = random_rows(5, &mut Seed::new(9).rng());
    let text = serde_json::to_string(&z).unwrap();
    assert_eq!(serde_json::from_str::<ZMatrix>(&text).unwrap(), z);
    assert!(serde_json::from_str::<ZMatrix>("[[0],[1,0]]").is_err());
}
