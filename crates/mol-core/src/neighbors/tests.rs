//! The neighbour list against brute force over images.

use super::*;
use crate::{Mat3, Rng, Seed};
use proptest::prelude::*;

/// Every (i, j, n) with `|x_j + n·V − x_i| ≤ cutoff`, by trying all images.
fn brute(positions: &[Vec3], cell: &Cell, cutoff: f64, kind: Pairs) -> Vec<(u32, u32, [i32; 3])> {
    let reach = cell.heights().map_or([0; 3], |heights| {
        // Atoms may lie in neighbouring cells, up to two away in these tests.
        [0, 1, 2].map(|k| if cell.periodic()[k] { (cutoff / heights[k]).ceil() as i32 + 4 } else { 0 })
    });
    let mut found = Vec::new();
    for i in 0..positions.len() {
        for j in 0..positions.len() {
            for n0 in -reach[0]..=reach[0] {
                for n1 in -reach[1]..=reach[1] {
                    for n2 in -reach[2]..=reach[2] {
                        let n = [n0, n1, n2];
                        if i == j && n == [0; 3] || kind == Pairs::Half && (i > j || i == j && n < [0; 3]) {
                            continue;
                        }
                        let r = positions[j] + cell.translation(n) - positions[i];
                        if r.norm() <= cutoff {
                            found.push((i as u32, j as u32, n));
                        }
                    }
                }
            }
        }
    }
    found
}

/// The list's pairs within the cut-off, with lattice indices in place of translations.
fn listed(list: &NeighborList, positions: &[Vec3], cell: &Cell, cutoff: f64) -> Vec<(u32, u32, [i32; 3])> {
    let near = list.pairs().iter().filter(|pair| pair.separation(positions).norm() <= cutoff);
    near.map(|pair| {
        let n = cell.to_fractional(&pair.shift).unwrap_or_default();
        let n: [i32; 3] = [0, 1, 2].map(|k| n[k].round() as i32);
        assert_eq!(cell.translation(n), pair.shift);
        (pair.i, pair.j, n)
    })
    .collect()
}

fn random_positions(n: usize, cell: &Cell, extent: f64, rng: &mut Rng) -> Vec<Vec3> {
    let mut point = || Vec3::new(rng.uniform(), rng.uniform(), rng.uniform());
    (0..n)
        .map(|_| {
            let s = point() * 2.6 - Vec3::repeat(0.8);
            cell.to_cartesian(&s).unwrap_or(s * extent)
        })
        .collect()
}

fn check(positions: &[Vec3], cell: &Cell, cutoff: f64) {
    for kind in [Pairs::Half, Pairs::Full] {
        for skin in [0.0, 0.7] {
            let mut list = NeighborList::new(cutoff, skin, kind).unwrap();
            assert!(list.update(positions, cell).unwrap());
            assert_eq!(listed(&list, positions, cell, cutoff), brute(positions, cell, cutoff, kind));
            let total: usize = (0..positions.len()).map(|i| list.of(i).len()).sum();
            assert_eq!(total, list.pairs().len());
            assert!((0..positions.len()).all(|i| list.of(i).iter().all(|pair| pair.i as usize == i)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_cell_agrees_with_brute_force(
        v in proptest::array::uniform9(-4.0..4.0_f64),
        periodic in proptest::array::uniform3(any::<bool>()),
        n in 0_usize..14,
        cutoff in 0.5..4.5_f64,
        seed in any::<u64>(),
    ) {
        let vectors = Mat3::from_row_slice(&v) + Mat3::identity() * 3.0;
        prop_assume!(vectors.determinant().abs() > 12.0);
        let cell = Cell::new(vectors, periodic).unwrap();
        check(&random_positions(n, &cell, 6.0, &mut Seed::new(seed).rng()), &cell, cutoff);
    }
}

#[test]
fn cells_of_many_bins_agree_with_brute_force() {
    let mut rng = Seed::new(5).rng();
    for cell in [
        Cell::NONE,
        Cell::orthorhombic(13.0, 17.0, 11.0).unwrap(),
        Cell::from_parameters(14.0, 12.0, 16.0, 70.0, 100.0, 115.0).unwrap(),
        Cell::new(Mat3::from_diagonal(&Vec3::new(15.0, 14.0, 1.0)), [true, true, false]).unwrap(),
    ] {
        check(&random_positions(180, &cell, 15.0, &mut rng), &cell, 2.3);
    }
}

#[test]
fn tiny_cells_hold_self_images() {
    // Simple cubic, a = 1: shells at 1 (6), √2 (12), √3 (8), 2 (6), √5 (24).
    let cell = Cell::orthorhombic(1.0, 1.0, 1.0).unwrap();
    let mut full = NeighborList::new(2.3, 0.0, Pairs::Full).unwrap();
    full.update(&[Vec3::new(0.2, 9.5, -3.1)], &cell).unwrap();
    assert_eq!(full.pairs().len(), 56);
    let mut half = NeighborList::new(2.3, 0.0, Pairs::Half).unwrap();
    half.update(&[Vec3::zeros()], &cell).unwrap();
    assert_eq!(half.pairs().len(), 28);
}

#[test]
fn no_atoms_and_one_atom() {
    for cell in [Cell::NONE, Cell::orthorhombic(9.0, 9.0, 9.0).unwrap()] {
        let mut list = NeighborList::new(3.0, 1.0, Pairs::Half).unwrap();
        assert!(list.of(0).is_empty());
        assert!(list.update(&[], &cell).unwrap() && list.pairs().is_empty());
        assert!(list.update(&[Vec3::x()], &cell).unwrap() && list.pairs().is_empty());
        assert!(!list.update(&[Vec3::x()], &cell).unwrap());
    }
}

#[test]
fn a_skin_keeps_the_list_complete_and_in_the_order_of_a_fresh_one() {
    let cell = Cell::from_parameters(9.0, 8.0, 10.0, 80.0, 95.0, 105.0).unwrap();
    let mut rng = Seed::new(11).rng();
    let mut positions = random_positions(60, &cell, 1.0, &mut rng);
    let mut list = NeighborList::new(2.5, 0.6, Pairs::Half).unwrap();
    let mut rebuilds = 0;
    for _ in 0..120 {
        rebuilds += usize::from(list.update(&positions, &cell).unwrap());
        let mut fresh = NeighborList::new(2.5, 0.0, Pairs::Half).unwrap();
        fresh.update(&positions, &cell).unwrap();
        assert_eq!(listed(&list, &positions, &cell, 2.5), listed(&fresh, &positions, &cell, 2.5));
        for x in &mut positions {
            *x += Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 0.02;
        }
    }
    assert!((5..40).contains(&rebuilds), "{rebuilds} rebuilds");
}

#[test]
fn rebuilds_follow_the_cell_the_count_and_half_of_the_skin() {
    let cell = Cell::orthorhombic(9.0, 9.0, 9.0).unwrap();
    let mut list = NeighborList::new(3.0, 1.0, Pairs::Half).unwrap();
    let x = [Vec3::zeros(), Vec3::x()];
    assert!(list.update(&x, &cell).unwrap());
    assert!(!list.update(&[Vec3::zeros(), Vec3::x() * 1.49], &cell).unwrap());
    assert!(list.update(&[Vec3::zeros(), Vec3::x() * 1.51], &cell).unwrap());
    assert!(list.update(&x, &Cell::orthorhombic(9.0, 9.0, 9.1).unwrap()).unwrap());
    assert!(list.update(&x[..1], &Cell::orthorhombic(9.0, 9.0, 9.1).unwrap()).unwrap());
}

#[test]
fn nothing_is_allocated_once_warm() {
    let cell = Cell::orthorhombic(9.0, 8.0, 10.0).unwrap();
    let mut x = random_positions(90, &cell, 1.0, &mut Seed::new(4).rng());
    let mut list = NeighborList::new(2.5, 0.0, Pairs::Full).unwrap();
    list.update(&x, &cell).unwrap();
    let (pairs, reference) = (list.pairs().as_ptr(), list.built.as_ref().map(|(old, _)| old.as_ptr()));
    for _ in 0..20 {
        x[0].x += 1e-4;
        assert!(list.update(&x, &cell).unwrap());
        assert_eq!(list.pairs().as_ptr(), pairs);
        assert_eq!(list.built.as_ref().map(|(old, _)| old.as_ptr()), reference);
    }
}

#[test]
fn bad_input_is_named_and_the_list_recovers() {
    for (cutoff, skin) in [(0.0, 0.0), (-1.0, 0.0), (f64::NAN, 0.0), (f64::INFINITY, 0.0), (1.0, -0.1), (1.0, f64::NAN)]
    {
        assert!(NeighborList::new(cutoff, skin, Pairs::Half).is_err());
    }
    let cell = Cell::orthorhombic(5.0, 5.0, 5.0).unwrap();
    let mut list = NeighborList::new(2.0, 0.5, Pairs::Half).unwrap();
    let good = [Vec3::zeros(), Vec3::x()];
    assert!(list.update(&good, &cell).unwrap());
    for value in [f64::NAN, f64::INFINITY] {
        let error = list.update(&[Vec3::zeros(), Vec3::new(0.0, value, 0.0)], &cell).unwrap_err();
        assert!(matches!(error, Error::NotFinite { index: 1, .. }), "{error}");
        assert!(list.pairs().is_empty());
    }
    assert!(list.update(&[Vec3::zeros(), Vec3::x() * 1e200], &cell).is_err());
    assert!(list.update(&good, &cell).unwrap());
    assert_eq!(list.pairs().len(), 1);
    let mut long = NeighborList::new(1e5, 0.0, Pairs::Half).unwrap();
    assert!(long.update(&good, &cell).unwrap_err().to_string().contains("10⁷"));
}

#[test]
fn molecules_that_flew_apart_cost_no_memory() {
    let mut positions = vec![Vec3::zeros(); 200];
    for (k, x) in positions.iter_mut().enumerate() {
        x.x = 3.0 * k as f64;
    }
    positions[7] = Vec3::new(1e300, -1e300, 1e12);
    let mut list = NeighborList::new(3.5, 0.0, Pairs::Full).unwrap();
    list.update(&positions, &Cell::NONE).unwrap();
    assert_eq!(list.pairs().len(), 2 * (199 - 2));
}
