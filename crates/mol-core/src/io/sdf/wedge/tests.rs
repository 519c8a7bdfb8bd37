//! What wedges say in every shape of a drawn centre, and that writing says it again.

use crate::io::{SdfLayout, SdfReader, SdfRecord, SdfVersion, write_sdf_as};
use crate::{Molecule, Vec3};
use proptest::prelude::*;
use std::fmt::Write as _;

/// A carbon with neighbours in directions [degrees], bonds with V2000 codes, read.
fn centre(directions: &[f64], codes: &[i32]) -> String {
    let atoms = directions.len() + 1;
    let mut text =
        format!("\n  x                   2D\n\n{atoms:>3}{:>3}  0  0  0  0  0  0  0  0999 V2000\n", atoms - 1);
    let mut atom = |x: f64, y: f64, symbol: &str| {
        writeln!(text, "{x:>10.4}{y:>10.4}    0.0000 {symbol:<3} 0  0").expect("a String takes all");
    };
    atom(0.0, 0.0, "C");
    for (direction, symbol) in directions.iter().zip(["F", "Cl", "Br", "I"]) {
        atom(direction.to_radians().cos(), direction.to_radians().sin(), symbol);
    }
    for (k, code) in codes.iter().enumerate() {
        writeln!(text, "  1{:>3}  1{code:>3}", k + 2).expect("a String takes all");
    }
    text.push_str("M  END\n");
    let record = SdfReader::new(text.as_bytes(), "test").next().unwrap().unwrap();
    // Fluorine first, so that the mark is one letter to compare.
    record.molecule.to_smiles()
}

#[test]
fn three_neighbours_around_normal_and_folded_centres() {
    // As `RDKit` 2026.09.1 reads the same blocks; its F[C@@H](Cl)Br, seen from the hydrogen, is `right`.
    let (left, right, none) = ("[C@@H](F)(Cl)Br", "[C@H](F)(Cl)Br", "C(F)(Cl)Br");
    let normal = [210.0, 90.0, 330.0];
    for (codes, expected) in [
        ([0, 1, 0], right),
        ([1, 0, 0], right),
        ([0, 0, 6], left),
        ([1, 1, 1], right),
        ([1, 6, 0], none),
        ([0, 4, 0], none),
        ([1, 4, 0], none),
        ([0, 0, 0], none),
    ] {
        assert_eq!(centre(&normal, &codes), expected, "{codes:?}");
    }
    // In a T and in less than half a turn the middle wedge says the opposite of the outer ones.
    for folded in [[180.0, 90.0, 0.0], [150.0, 90.0, 30.0], [180.2, 90.0, -0.2]] {
        for (codes, expected) in
            [([0, 1, 0], left), ([1, 0, 0], right), ([0, 0, 1], right), ([1, 6, 1], right), ([1, 0, 6], none)]
        {
            assert_eq!(centre(&folded, &codes), expected, "{folded:?} {codes:?}");
        }
    }
    assert_eq!(centre(&[185.0, 90.0, -5.0], &[0, 1, 0]), right);
}

#[test]
fn four_neighbours_alternate() {
    // `RDKit`'s F[C@](Cl)(Br)I, of which the centre is written first here.
    let (left, right, none) = ("[C@](F)(Cl)(Br)I", "[C@@](F)(Cl)(Br)I", "C(F)(Cl)(Br)I");
    for cross in [[0.0, 90.0, 180.0, 270.0], [0.0, 40.0, 80.0, 120.0]] {
        for (codes, expected) in [
            ([1, 0, 0, 0], left),
            ([0, 1, 0, 0], right),
            ([0, 0, 1, 0], left),
            ([0, 0, 0, 6], left),
            ([1, 0, 1, 0], left),
            ([1, 6, 1, 6], left),
            ([1, 6, 0, 0], left),
            ([1, 0, 6, 0], none),
            ([1, 1, 0, 0], none),
            ([4, 0, 1, 0], none),
        ] {
            assert_eq!(centre(&cross, &codes), expected, "{cross:?} {codes:?}");
        }
    }
    assert_eq!(centre(&[0.0, 90.0, 180.0, 180.1], &[1, 0, 0, 0]), none);
}

#[test]
fn wavy_and_crossed_bonds_leave_a_double_bond_open() {
    let block = |first: &str, code: i32| {
        let text = format!(
            "\n  x                   2D\n\n  4  3  0  0  0  0  0  0  0  0999 V2000\n   -0.5000    0.8700    0.0000 F   0  0\n    \
             0.0000    0.0000    0.0000 C   0  0\n    1.3000    0.0000    0.0000 C   0  0\n    1.8000    0.8700    0.0000 \
             Cl  0  0\n{first}\n  2  3  2{code:>3}\n  3  4  1  0\nM  END\n"
        );
        SdfReader::new(text.as_bytes(), "test").next().unwrap().unwrap().molecule.to_smiles()
    };
    assert_eq!(block("  1  2  1  0", 0), "F/C=C\\Cl");
    for (first, code) in [("  1  2  1  4", 0), ("  2  1  1  4", 0), ("  1  2  1  0", 3)] {
        assert_eq!(block(first, code), "FC=CCl");
    }
}

/// Reads back what is written of a drawing.
fn again(molecule: &Molecule, version: SdfVersion) -> Molecule {
    let record = SdfRecord { layout: SdfLayout::Flat, ..SdfRecord::new(molecule.clone()) };
    let mut out = Vec::new();
    write_sdf_as(&mut out, &record, version).unwrap();
    SdfReader::new(&out[..], "again").next().unwrap().unwrap().molecule
}

#[test]
fn centres_that_compete_for_bonds_all_get_one() {
    // Eight centres on twelve bonds: no bond leads to an atom that is not one.
    let cube = "[C@H]12[C@H]3[C@H]4[C@H]1[C@H]5[C@H]4[C@H]3[C@H]25";
    let mut molecule = Molecule::from_smiles(cube).unwrap();
    let places: Vec<Vec3> =
        (0..8).map(|k| f64::from(k) * 0.9).map(|a| Vec3::new((1.0 + a) * a.cos(), (1.0 + a) * a.sin(), 0.0)).collect();
    molecule.add_conformer(places.clone()).unwrap();
    let flat = places.as_slice();
    let marks = super::marks_of_drawing(&molecule, flat).unwrap();
    assert_eq!(marks.iter().filter(|(mark, _)| *mark != super::Mark::None).count(), 8);
    for version in [SdfVersion::V2000, SdfVersion::V3000] {
        let back = again(&molecule, version);
        for (atom, data) in molecule.atoms() {
            // The table lists the neighbours by bond, the SMILES had ring bonds where they open.
            let place = |other| 1 + molecule.neighbors(atom).position(|neighbor| neighbor == other).unwrap();
            let order: Vec<usize> = std::iter::once(0).chain(back.neighbors(atom).map(place)).collect();
            assert_eq!(back.atom(atom).chirality, data.chirality.map(|chirality| chirality.reordered(&order)));
        }
    }
}

#[test]
fn a_double_bond_that_is_left_open_is_crossed() {
    let mut molecule = Molecule::from_smiles("FC=CCl").unwrap();
    let places = [(-0.5, 0.87), (0.0, 0.0), (1.3, 0.0), (1.8, 0.87)].map(|(x, y)| Vec3::new(x, y, 0.0));
    molecule.add_conformer(places.to_vec()).unwrap();
    for version in [SdfVersion::V2000, SdfVersion::V3000] {
        assert_eq!(again(&molecule, version).to_smiles(), "FC=CCl");
    }
    let mut trans = Molecule::from_smiles("F/C=C/Cl").unwrap();
    trans.add_conformer(places.to_vec()).unwrap();
    let record = SdfRecord { layout: SdfLayout::Flat, ..SdfRecord::new(trans) };
    let message = write_sdf_as(&mut Vec::new(), &record, SdfVersion::V2000).unwrap_err().to_string();
    assert!(message.contains("double bonds"), "{message}");
}

proptest! {
    #[test]
    fn any_drawing_of_a_centre_can_be_written(
        directions in prop::array::uniform4(0.0..360.0_f64), mirrored: bool, explicit: bool
    ) {
        let smiles = match (explicit, mirrored) {
            (true, false) => "[C@](F)(Cl)(Br)I",
            (true, true) => "[C@@](F)(Cl)(Br)I",
            (false, false) => "[C@H](F)(Cl)Br",
            (false, true) => "[C@@H](F)(Cl)Br",
        };
        let mut molecule = Molecule::from_smiles(smiles).unwrap();
        let count = molecule.atom_count() - 1;
        let used = &directions[..count];
        let apart = |a: f64, b: f64| (a - b).abs().min(360.0 - (a - b).abs());
        for i in 0..count {
            for j in 0..i {
                prop_assume!(apart(used[i], used[j]) > 1.0);
            }
        }
        let mut places = vec![Vec3::zeros()];
        places.extend(used.iter().map(|d| Vec3::new(d.to_radians().cos(), d.to_radians().sin(), 0.0)));
        molecule.add_conformer(places).unwrap();
        // A turn of the gap that is nearly half a turn rounds either way in four decimals; both readings agree with it.
        for version in [SdfVersion::V2000, SdfVersion::V3000] {
            prop_assert_eq!(again(&molecule, version).to_smiles(), smiles);
        }
    }
}
