//! Exactness against enumeration, invariance, and the group orders of known molecules.

use super::*;
use crate::{AtomIndex, Molecule, Rng, Seed};
use nalgebra::Rotation3;
use proptest::prelude::*;

fn symmetric(smiles: &str, hydrogens: bool) -> (Molecule, SymmetricRmsd) {
    let molecule = Molecule::from_smiles(smiles).unwrap();
    let molecule = if hydrogens { molecule.with_explicit_hydrogens().unwrap() } else { molecule };
    let options = SymmetryOptions { hydrogens, ..SymmetryOptions::default() };
    let rmsd = SymmetricRmsd::new(&Perception::new(&molecule).unwrap(), options).unwrap();
    (molecule, rmsd)
}

/// A random chain-like shape: neighbours about a bond apart, so that branches are small against the whole.
fn shape(molecule: &Molecule, rng: &mut Rng) -> Vec<Vec3> {
    let mut x: Vec<Vec3> = vec![Vec3::zeros(); molecule.atom_count()];
    let mut placed = vec![false; x.len()];
    for (start, _) in molecule.atoms() {
        let mut stack = vec![start];
        while let Some(atom) = stack.pop() {
            placed[atom.index()] = true;
            for next in molecule.neighbors(atom) {
                if !placed[next.index()] {
                    placed[next.index()] = true;
                    let step = Vec3::new(rng.normal(), rng.normal(), rng.normal()).normalize() * 1.3;
                    x[next.index()] = x[atom.index()] + step;
                    stack.push(next);
                }
            }
        }
    }
    x
}

#[test]
fn orders_of_groups_are_known() {
    let order = |smiles: &str, hydrogens: bool| symmetric(smiles, hydrogens).1.order();
    assert_eq!(order("C", true), Some(24));
    assert_eq!(order("CC", true), Some(72));
    assert_eq!(order("CC(C)(C)C", true), Some(24 * 6_u128.pow(4)));
    assert_eq!(order("c1ccccc1", false), Some(12));
    assert_eq!(order("c1ccccc1-c1ccccc1", false), Some(8));
    assert_eq!(order("C1CCCCC1", true), Some(12 * 64));
    assert_eq!(order("FS(F)(F)(F)(F)F", false), Some(720));
    assert_eq!(order("O.O.O", true), Some(6 * 8));
    assert_eq!(order("C12C3C4C1C5C2C3C45", false), Some(48));
    assert_eq!(order("CC(=O)[O-]", false), Some(2));
    assert_eq!(order("OC(=O)CC", false), Some(2));
    assert_eq!(order("CC(=O)OC", false), Some(1));
    assert_eq!(order("C[N+](=O)[O-]", false), Some(2));
    assert_eq!(order(&"C".repeat(30), true), Some(2 * 2_u128.pow(28) * 36));
    // 2 · 6² ways at the ends and 2 for each of 298 CH₂: more than 2¹²⁸.
    assert_eq!(order(&"C".repeat(300), true), None);
}

#[test]
fn deep_and_wide_graphs_are_taken_in_bounded_time() {
    assert_eq!(symmetric(&"C".repeat(20_000), false).1.order(), Some(2));
    let waters = vec!["O"; 500].join(".");
    assert_eq!(symmetric(&waters, false).1.order(), None);
    // Complete graph of 8 atoms: 8! symmetries of one ring system are too many to be listed.
    let mut builder = crate::MoleculeBuilder::new();
    let atoms: Vec<AtomIndex> = (0..8).map(|_| builder.add_atom(crate::Atom::new(crate::Element::S))).collect();
    for (k, &a) in atoms.iter().enumerate() {
        for &b in &atoms[k + 1..] {
            builder.add_bond(a, b, crate::BondOrder::Single).unwrap();
        }
    }
    let perception = Perception::new(&builder.build().unwrap()).unwrap();
    let error = SymmetricRmsd::new(&perception, SymmetryOptions::default()).unwrap_err().to_string();
    assert!(error.contains("automorphisms of a ring system"), "{error}");
}

/// The smallest deviation by trying every automorphism.
fn by_enumeration(molecule: &Molecule, mobile: &[Vec3], target: &[Vec3]) -> f64 {
    let all = molecule.automorphisms(1_000_000).unwrap();
    let one = |map: &Vec<AtomIndex>| {
        let relabelled: Vec<Vec3> = map.iter().map(|atom| mobile[atom.index()]).collect();
        superpose(&relabelled, target, None).unwrap().rmsd
    };
    all.iter().map(one).fold(f64::INFINITY, f64::min)
}

#[test]
fn the_search_is_exact() {
    // Heavy and with hydrogens; orders 24 to 7776.
    let molecules =
        ["CC", "CCC", "CC(C)C", "CO", "CC(C)(C)O", "C1CCC1", "c1ccccc1C", "CCCC", "FS(F)(F)(F)(F)F", "CN(C)C", "N.N"];
    let mut rng = Seed::new(5).rng();
    for smiles in molecules {
        let (molecule, rmsd) = symmetric(smiles, true);
        for _ in 0..2 {
            let (a, b) = (shape(&molecule, &mut rng), shape(&molecule, &mut rng));
            let expected = by_enumeration(&molecule, &a, &b);
            let fit = rmsd.best(&a, &b).unwrap();
            assert!(fit.is_exact() && (fit.rmsd() - expected).abs() < 1e-9, "{smiles}: {} {expected}", fit.rmsd());
            assert!((rmsd.rmsd(&a, &b).unwrap() - expected).abs() < 1e-7, "{smiles}");
            assert!(rmsd.within(&a, &b, expected + 1e-6).unwrap() && !rmsd.within(&a, &b, expected - 1e-6).unwrap());
        }
    }
}

#[test]
fn balls_and_enumeration_agree() {
    // Orders 2 to 720, which are small enough to be tried one by one.
    let molecules = ["CCC", "c1ccccc1C", "C1CCC1", "FS(F)(F)(F)(F)F", "CC(C)C(=O)[O-]", "OC(O)O", "C12C3C4C1C5C2C3C45"];
    let mut rng = Seed::new(8).rng();
    for smiles in molecules {
        let (molecule, rmsd) = symmetric(smiles, false);
        for _ in 0..4 {
            let [x, y] = [(); 2].map(|()| rmsd.centred(&shape(&molecule, &mut rng)).unwrap());
            let (overlap, possible) =
                (Overlap::new(&rmsd.exchanges, &x.points, &y.points), 0.5 * (x.squares + y.squares));
            let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
            let expected = overlap.search(possible, low, high, 1);
            let found = overlap.search_balls(possible, low, high, 10_000_000);
            assert!((found.overlap - expected.overlap).abs() < 1e-9 && found.bound == found.overlap, "{smiles}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn exchanges_and_motions_do_not_matter(choice in 0_usize..5, seed in any::<u64>()) {
        let smiles = ["CC(C)(C)c1ccccc1", "CCCCCC", "OC(=O)c1ccc(cc1)C(F)(F)F", "CC(C)CC(C)C", "C1CCCCC1"][choice];
        let (molecule, rmsd) = symmetric(smiles, true);
        let rng = &mut Seed::new(seed).rng();
        let (a, b) = (shape(&molecule, rng), shape(&molecule, rng));
        let expected = rmsd.rmsd(&a, &b).unwrap();
        prop_assert!((rmsd.rmsd(&b, &a).unwrap() - expected).abs() < 1e-7);
        let turn = Rotation3::new(Vec3::new(rng.normal(), rng.normal(), rng.normal()));
        // A random exchange: the one that is best for a random rotation.
        let overlap_at = Overlap::new(&rmsd.exchanges, &a, &b);
        let exchange = overlap_at.symmetry_at(turn.matrix());
        let moved: Vec<Vec3> = exchange.iter().map(|&k| turn * a[k] + Vec3::new(3.0, -2.0, 1.0)).collect();
        prop_assert!((rmsd.rmsd(&moved, &b).unwrap() - expected).abs() < 1e-7);
        let fit = rmsd.best(&moved, &a).unwrap();
        prop_assert!(fit.rmsd() < 1e-12 && fit.is_exact());
        let back: Vec<Vec3> = fit.mobile_atoms.iter().map(|&k| fit.superposition.apply(&moved[k])).collect();
        prop_assert!(rmsd.in_place(&back, &a).unwrap() < 1e-12);
        prop_assert!(rmsd.in_place(&a, &b).unwrap() >= expected - 1e-9);
    }
}

#[test]
fn a_limit_that_is_reached_is_said() {
    let molecule = Molecule::from_smiles("CCCCCCCC").unwrap().with_explicit_hydrogens().unwrap();
    let options = SymmetryOptions { hydrogens: true, work_limit: 8, ..SymmetryOptions::default() };
    let rmsd = SymmetricRmsd::new(&Perception::new(&molecule).unwrap(), options).unwrap();
    let mut rng = Seed::new(1).rng();
    let (a, b) = (shape(&molecule, &mut rng), shape(&molecule, &mut rng));
    let fit = rmsd.best(&a, &b).unwrap();
    assert!(!fit.is_exact() && fit.lower_bound < fit.rmsd());
    let error = rmsd.rmsd(&a, &b).unwrap_err().to_string();
    assert!(error.contains("more than 8 balls"), "{error}");
}

#[test]
fn the_matrix_is_in_order() {
    let (molecule, rmsd) = symmetric("CCO", false);
    let mut rng = Seed::new(2).rng();
    let conformers: Vec<Vec<Vec3>> = (0..9).map(|_| shape(&molecule, &mut rng)).collect();
    let matrix = rmsd.matrix(&conformers).unwrap();
    assert_eq!(matrix.len(), 36);
    assert_eq!(matrix[2], rmsd.rmsd(&conformers[2], &conformers[1]).unwrap());
    assert!(rmsd.matrix(&conformers[..1]).unwrap().is_empty());
    assert!(
        rmsd.rmsd(&conformers[0][..2], &conformers[1])
            .unwrap_err()
            .to_string()
            .contains("positions of a symmetric RMSD")
    );
}

#[test]
fn tiny_deviations_of_thin_molecules_keep_their_digits() {
    // Eight atoms along 10 Å, at most `width` off the line: the overlap is a difference that a nearly double root spoils.
    let (_, rmsd) = symmetric("CCCCCCCO", false);
    let mut rng = Seed::new(3).rng();
    for width in [1.0, 0.1, 0.01, 0.003, 1e-4] {
        let mut point = |k: usize| Vec3::new(1.4 * k as f64, width * rng.normal(), width * rng.normal());
        let x: Vec<Vec3> = (0..8).map(&mut point).collect();
        let turn = Rotation3::new(Vec3::new(1.0, 2.0, -0.5));
        let copy: Vec<Vec3> = x.iter().map(|x| turn * x + Vec3::new(5.0, 3.0, -4.0)).collect();
        assert!(rmsd.rmsd(&x, &copy).unwrap() < 1e-9, "{width}: {}", rmsd.rmsd(&x, &copy).unwrap());
        assert!(rmsd.within(&x, &copy, 0.0).unwrap() && rmsd.within(&x, &x, 0.0).unwrap(), "{width}");
        // The ends drawn apart by a little: a deviation with no rotation in it.
        let mut longer = x.clone();
        longer[7] += Vec3::x() * 1e-5;
        let expected = superpose(&longer, &x, None).unwrap().rmsd;
        let got = rmsd.rmsd(&longer, &copy).unwrap();
        assert!((got - expected).abs() < 1e-9, "{width}: {got} {expected}");
        assert!(!rmsd.within(&longer, &copy, 0.5 * expected).unwrap(), "{width}");
    }
}

#[test]
fn weights_are_those_of_superposition_and_respect_exchanges() {
    let (molecule, plain) = symmetric("CC(C)(C)O", true);
    let masses: Vec<f64> = molecule.atoms().map(|(_, atom)| atom.mass()).collect();
    let weighted = plain.clone().with_weights(&masses).unwrap();
    let mut rng = Seed::new(6).rng();
    for _ in 0..3 {
        let (a, b) = (shape(&molecule, &mut rng), shape(&molecule, &mut rng));
        let all = molecule.automorphisms(1_000_000).unwrap();
        let one = |map: &Vec<AtomIndex>| {
            let relabelled: Vec<Vec3> = map.iter().map(|atom| a[atom.index()]).collect();
            superpose(&relabelled, &b, Some(&masses)).unwrap().rmsd
        };
        let expected = all.iter().map(one).fold(f64::INFINITY, f64::min);
        let fit = weighted.best(&a, &b).unwrap();
        assert!(fit.is_exact() && (fit.rmsd() - expected).abs() < 1e-9);
        assert!((weighted.rmsd(&a, &b).unwrap() - expected).abs() < 1e-9);
        assert!((plain.rmsd(&a, &b).unwrap() - expected).abs() > 1e-3);
        assert!(weighted.in_place(&a, &b).unwrap() > expected);
        assert!(
            weighted.within(&a, &b, expected + 1e-6).unwrap() && !weighted.within(&a, &b, expected - 1e-6).unwrap()
        );
        assert!((weighted.matrix(&[&a, &b]).unwrap()[0] - expected).abs() < 1e-9);
    }
    let says = |weights: &[f64], text: &str| {
        let error = plain.clone().with_weights(weights).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    let mut uneven = masses.clone();
    uneven[2] += 1.0;
    says(&uneven, "equal for equivalent atoms");
    says(&masses[1..], "weights of a symmetric RMSD");
    says(&vec![0.0; masses.len()], "positive");
    says(&vec![f64::NAN; masses.len()], "not negative");
}
