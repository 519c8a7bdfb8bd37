//! Unit tests of embedding: ideal geometry, consistent bounds, forces against differences.

use super::descent::Objective;
use super::field::{Relaxation, Torsion, Watched};
use super::ideal::View;
use super::part::Part;
use super::violations::{Scratch, Violations};
use crate::perceive::Perception;
use crate::{AtomIndex, Molecule, Seed};

fn part(smiles: &str) -> Part {
    let molecule = Molecule::from_smiles(smiles).unwrap().with_explicit_hydrogens().unwrap();
    let seen = Perception::new(&molecule).unwrap();
    let atoms = molecule.components().remove(0);
    Part::new(molecule, &seen, atoms, super::PreferenceTables::default())
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
    assert!((degrees[0] - 90.0).abs() < 1e-9 && (degrees[5] - 125.26).abs() < 1.0, "{degrees:?}");
}

#[test]
fn smoothed_bounds_violate_no_triangle() {
    for smiles in ["OCCO", "CC(=O)Oc1ccccc1C(=O)O", "C1CC2CCC1C2", "C12C3C4C1C5C4C3C25"] {
        let part = part(smiles);
        let (bounds, _) = part.distances.bounds();
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
fn gradients_are_those_of_differences() {
    // The mark of the double bond and the centre are there, a plane and a torsion too.
    let part = part("C[C@H](N)C(=O)N/C=C/F");
    let mut rng = Seed::new(9).rng();
    let n = part.atoms.len();
    let x: Vec<f64> = (0..3 * n).map(|_| 1.5 * rng.normal()).collect();
    let mut watched = Watched::default();
    check(&mut Relaxation::new(&part.field, &mut watched, &x.iter().map(|x| 1.1 * x).collect::<Vec<_>>()), &x, 1e-6);
    let width = part.limits.width();
    let x: Vec<f64> = (0..4 * width).map(|k| if k % width < n { 1.5 * rng.normal() } else { 0.0 }).collect();
    let mut scratch = Scratch::default();
    let violations =
        &mut Violations { limits: &part.limits, chiral_weight: 0.7, flat_weight: 0.3, scratch: &mut scratch };
    // Pairs are summed in single precision.
    check(violations, &x, 3e-3);
}

fn check(objective: &mut impl Objective, x: &[f64], tolerance: f64) {
    let (mut gradient, mut unused) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let energy = objective.evaluate(x, &mut gradient);
    assert!(energy > 0.0);
    let scale = gradient.iter().fold(1.0, |most: f64, g| most.max(g.abs()));
    let mut moved = x.to_vec();
    let h = if tolerance < 1e-4 { 1e-5 } else { 3e-3 };
    for k in 0..x.len() {
        let mut energy = |shift: f64| {
            moved[k] = x[k] + shift;
            let energy = objective.evaluate(&moved, &mut unused);
            moved[k] = x[k];
            energy
        };
        let slope = (energy(h) - energy(-h)) / (2.0 * h);
        assert!((slope - gradient[k]).abs() < tolerance * scale, "{k}: {slope} instead of {}", gradient[k]);
    }
}

#[test]
fn torsion_terms_are_those_of_the_cosines() {
    let (signs, constants) = ([-1.0, 1.0, -1.0, 1.0, 1.0, -1.0], [3.5, 2.5, 2.3, 0.6, 0.4, -0.4]);
    let torsion = Torsion::new([0, 1, 2, 3], signs, constants);
    for phi in [0.0_f64, 0.3, 1.2, 2.5, std::f64::consts::PI] {
        let terms = (1..=6).map(|n| constants[n - 1] * (1.0 + signs[n - 1] * (n as f64 * phi).cos()));
        assert!((torsion.energy(phi.cos()).0 - terms.sum::<f64>()).abs() < 1e-12);
        let slope = (torsion.energy(phi.cos() + 1e-6).0 - torsion.energy(phi.cos() - 1e-6).0) / 2e-6;
        assert!((torsion.energy(phi.cos()).1 - slope).abs() < 1e-6);
    }
}

#[test]
fn hydrogen_bonds_are_nearer_than_contacts() {
    let salicylaldehyde = part("O=Cc1ccccc1O").distances;
    let hydroxyl = salicylaldehyde.contact(0, 14);
    assert!((hydroxyl - 1.8).abs() < 1e-12 && salicylaldehyde.apart(0, 14) == 5, "{hydroxyl}");
    // Hydrogen at carbon: 0.85 of the radii.
    assert!(salicylaldehyde.contact(0, 11) > 2.1, "{}", salicylaldehyde.contact(0, 11));
}

#[test]
fn chains_through_open_angles_reach_across() {
    // F–P–O–C: 1.6 + 1.6 Å across and the third bond at 109.5° make 4.13 Å.
    let part = part("FP(F)(F)(F)OC");
    assert!([0, 2, 3, 4].into_iter().all(|fluorine| part.bounds.upper(fluorine, 6) > 4.05));
}

#[test]
fn minima_far_above_the_least_are_rarely_drawn() {
    // 3 (1 + cos φ) + 4 (1 − cos 2φ): 0 and 180°, 6 kcal/mol apart.
    let torsion = Torsion::new([0, 1, 2, 3], [1.0, -1.0, 1.0, 1.0, 1.0, 1.0], [3.0, 4.0, 0.0, 0.0, 0.0, 0.0]);
    let minima = super::rotors::minima(&torsion);
    assert_eq!(minima.iter().map(|(phi, _)| phi.to_degrees().round()).collect::<Vec<_>>(), [0.0, 180.0]);
    assert!((minima[0].1 - 1.0 / (1.0 + 3_f64.exp())).abs() < 1e-9 && (minima[1].1 - 1.0).abs() < 1e-12, "{minima:?}");
}

#[test]
fn penicillin_nitrogen_is_no_plane() {
    let molecule = part("CC1(C)SC2CC(=O)N2C1").molecule;
    let seen = Perception::new(&molecule).unwrap();
    let view = View { molecule: &molecule, seen: &seen };
    let nitrogen = molecule.atoms().find(|(_, atom)| atom.element == Some(crate::Element::N)).unwrap().0;
    assert!(!view.is_planar(nitrogen));
}

#[test]
fn metals_are_above_the_plane_of_their_rings() {
    let molecule = part("C12C3=C4C5=C1[Fe]2345").molecule;
    let seen = Perception::new(&molecule).unwrap();
    let view = View { molecule: &molecule, seen: &seen };
    assert!(molecule.atoms().all(|(atom, _)| !view.is_planar(atom)));
}
