//! Unit tests of embedding: ideal geometry, consistent bounds, forces against differences.

use super::bounds::Distances;
use super::ideal::View;
use super::*;
use crate::{Derivatives, Potential, PotentialExt, Seed, Want};

fn part(smiles: &str) -> Part {
    let molecule = Molecule::from_smiles(smiles).unwrap().with_explicit_hydrogens().unwrap();
    Part::new(&molecule, molecule.components().remove(0)).unwrap()
}

#[test]
fn ideal_lengths_are_those_of_textbooks() {
    // Experimental lengths [Å].
    for (smiles, bond, expected) in [
        ("CC", 0, 1.53),
        ("C=C", 0, 1.34),
        ("C#C", 0, 1.20),
        ("c1ccccc1", 0, 1.395),
        ("CC=O", 1, 1.21),
        ("CO", 0, 1.42),
        ("CN", 0, 1.47),
        ("NC=O", 0, 1.36),
        ("CC#N", 1, 1.16),
        ("CCl", 0, 1.78),
        ("CS", 0, 1.82),
        ("OO", 0, 1.46),
        ("C[Si](C)(C)O", 3, 1.65),
        ("c1ccsc1", 2, 1.71),
    ] {
        let length = part(smiles).lengths[bond];
        assert!((length - expected).abs() < 0.05, "{smiles}: {length:.3} instead of {expected}");
    }
}

#[test]
fn ideal_angles_close_rings_and_planes() {
    for smiles in ["c1ccsc1", "c1ccc2[nH]ccc2c1", "CC(=O)N(C)C", "c1ccc2cccc-2cc1"] {
        let molecule = part(smiles).molecule;
        let seen = Perception::new(&molecule).unwrap();
        let view = View { molecule: &molecule, seen: &seen };
        for (atom, _) in molecule.atoms().filter(|&(atom, _)| view.is_planar(atom)) {
            let sum: f64 = view.angles(atom).iter().filter_map(|angle| angle.angle).sum();
            assert!((sum - std::f64::consts::TAU).abs() < 1e-9, "{smiles} atom {atom}: {}", sum.to_degrees());
        }
    }
    // Cubane: 90° within faces, so that the hydrogen is at 180° − 54.7°.
    let molecule = part("C12C3C4C1C5C4C3C25").molecule;
    let seen = Perception::new(&molecule).unwrap();
    let angles = View { molecule: &molecule, seen: &seen }.angles(AtomIndex::new(0));
    let mut degrees: Vec<f64> = angles.iter().filter_map(|angle| angle.angle).map(f64::to_degrees).collect();
    degrees.sort_by(f64::total_cmp);
    assert!((degrees[0] - 89.0).abs() < 1e-9 && (degrees[5] - 125.26).abs() < 1.0, "{degrees:?}");
}

#[test]
fn smoothed_bounds_violate_no_triangle() {
    for smiles in ["OCCO", "CC(=O)Oc1ccccc1C(=O)O", "C1CC2CCC1C2", "C12C3C4C1C5C4C3C25"] {
        let part = part(smiles);
        let (bounds, _) = part.distances.bounds(&mut Seed::new(2).rng());
        let n = bounds.atoms;
        for (i, j, k) in (0..n).flat_map(|i| (0..n).flat_map(move |j| (0..n).map(move |k| (i, j, k)))) {
            if i != j && j != k && i != k {
                assert!(bounds.upper(i, j) <= bounds.upper(i, k) + bounds.upper(k, j) + 1e-9, "{smiles} {i} {j} {k}");
                assert!(bounds.lower(i, j) >= bounds.lower(i, k) - bounds.upper(k, j) - 1e-9, "{smiles} {i} {j} {k}");
                assert!(bounds.lower(i, j) <= bounds.upper(i, j) && bounds.upper(i, j) < 30.0);
            }
        }
    }
}

#[test]
fn forces_are_gradients() {
    let part = part("C[C@H](N)C(=O)N/C=C/F");
    let mut rng = Seed::new(9).rng();
    let (bounds, planar) = part.distances.bounds(&mut rng);
    let n = part.atoms.len();
    let x: Vec<Vec3> = (0..2 * n).map(|_| Vec3::from_fn(|_, _| 1.5 * rng.normal())).collect();
    let mut violations = Violations::new(&bounds, Arc::clone(&part.handed));
    violations.flat_weight = 0.3;
    check(&mut violations, &x);
    let contacts = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j, 2.0))).collect();
    let Distances { bonds, angles, .. } = &part.distances;
    let (planes, staggered) = (part.planes.clone(), Arc::clone(&part.staggered));
    assert!(!part.handed.is_empty() && !planes.is_empty() && !staggered.is_empty() && !planar.is_empty());
    let mut springs = Springs::new(n, [bonds, angles, &planar], contacts, planes, Arc::clone(&part.handed), staggered);
    check(&mut springs, &x[..n]);
}

fn check(potential: &mut dyn Potential, x: &[Vec3]) {
    let mut out = Derivatives::new(x.len(), Want::Forces);
    potential.accumulate(Frame::isolated(x), &mut out);
    let mut moved = x.to_vec();
    let scale = out.forces().iter().map(Vec3::norm).fold(1.0, f64::max);
    for atom in 0..x.len() {
        // A fourth coordinate is the x of its atom; the other two are not there.
        for axis in 0..3 {
            let mut energy = |shift: f64| {
                moved[atom][axis] = x[atom][axis] + shift;
                let energy = potential.energy(Frame::isolated(&moved));
                moved[atom][axis] = x[atom][axis];
                energy
            };
            let h = 1e-5;
            let slope = (energy(h) - energy(-h)) / (2.0 * h);
            assert!((slope + out.forces()[atom][axis]).abs() < 1e-6 * scale, "atom {atom} axis {axis}");
        }
    }
}

#[test]
fn penicillin_nitrogen_is_no_plane() {
    let molecule = part("CC1(C)SC2CC(=O)N2C1").molecule;
    let seen = Perception::new(&molecule).unwrap();
    let view = View { molecule: &molecule, seen: &seen };
    let nitrogen = molecule.atoms().find(|(_, atom)| atom.element == Some(crate::Element::N)).unwrap().0;
    assert!(!view.is_planar(nitrogen));
}
