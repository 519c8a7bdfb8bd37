//! Symmetric deviations and torsion fingerprints of the 40 reference molecules against `RDKit`.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]
#![allow(clippy::print_stdout, reason = "docs/methods/rmsd.md quotes the differences printed here")]

use mol_core::Vec3;
use mol_core::geometry::{SymmetricRmsd, SymmetryOptions, TorsionFingerprint, TorsionFingerprintOptions};
use mol_core::io::read_sdf;
use mol_core::perceive::Perception;
use mol_core::testing::reference;

/// A perceived molecule and its three conformers.
fn molecules() -> Option<Vec<(Perception, Vec<Vec<Vec3>>)>> {
    let records: Vec<_> =
        read_sdf(reference("conformers/conformers.sdf")?).unwrap().map(|record| record.unwrap().molecule).collect();
    let one = |three: &[mol_core::Molecule]| {
        let conformers = three.iter().map(|molecule| molecule.conformers()[0].positions().to_vec()).collect();
        (Perception::new(&three[0]).unwrap(), conformers)
    };
    Some(records.chunks(3).map(one).collect())
}

/// Rows of tests/data/best_rms.csv: molecule, pair, without and with hydrogens.
fn reference_rows() -> impl Iterator<Item = (usize, [usize; 2], f64, Option<f64>)> {
    let table = include_str!("data/best_rms.csv").lines().skip(1);
    table.map(|line| {
        let field: Vec<&str> = line.split(',').collect();
        let place = |k: usize| field[k].parse().unwrap();
        (place(0), [place(1), place(2)], field[3].parse().unwrap(), field[4].parse().ok())
    })
}

#[test]
fn best_deviations_are_rdkits_with_and_without_hydrogens() {
    let Some(molecules) = molecules() else { return };
    let finder = |hydrogens: bool| {
        let options = SymmetryOptions { hydrogens, ..SymmetryOptions::default() };
        molecules.iter().map(|(perception, _)| SymmetricRmsd::new(perception, options).unwrap()).collect::<Vec<_>>()
    };
    let (heavy, full) = (finder(false), finder(true));
    let (mut worst, mut compared) = ([0.0_f64; 2], [0; 2]);
    for (molecule, [i, j], without, with) in reference_rows() {
        let conformers = &molecules[molecule].1;
        let mut compare = |kind: usize, finder: &SymmetricRmsd, expected: f64| {
            let got = finder.rmsd(&conformers[j], &conformers[i]).unwrap();
            assert!((got - expected).abs() < 1e-6, "molecule {molecule}, {i}-{j}: {got} {expected}");
            worst[kind] = worst[kind].max((got - expected).abs());
            compared[kind] += 1;
        };
        compare(0, &heavy[molecule], without);
        if let Some(expected) = with {
            compare(1, &full[molecule], expected);
        }
    }
    println!("best RMSD against RDKit: {compared:?} pairs without and with hydrogens, largest differences {worst:?}");
    assert_eq!(compared, [120, 114]);
}

#[test]
fn stored_deviations_are_met_but_for_a_hydrogen_that_rdkit_keeps() {
    let (Some(molecules), Some(path)) = (molecules(), reference("conformers/conformers.json")) else { return };
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut rmsd_met, mut tfd_met, mut tfd_stored) = (0, 0, 0);
    for (k, (perception, conformers)) in molecules.iter().enumerate() {
        let symmetric = SymmetricRmsd::new(perception, SymmetryOptions::default()).unwrap();
        let options = TorsionFingerprintOptions::default();
        let fingerprint = TorsionFingerprint::new(perception, options).unwrap();
        let (rmsd, tfd) = (symmetric.matrix(conformers).unwrap(), fingerprint.matrix(conformers).unwrap());
        if k == 14 {
            // RDKit without any hydrogen (RemoveAllHs).
            let expected = [0.128_819_073_5, 0.132_413_036_6, 0.003_596_735_6];
            assert!(tfd.iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-6), "{tfd:?}");
        }
        for (place, pair) in ["0-1", "0-2", "1-2"].into_iter().enumerate() {
            let record = &json["records"][k];
            // Coordinates of the file are rounded to 1e-4 Å, which turns torsions by some 0.01°.
            let stored = record["best_rms_heavy"][pair].as_f64().unwrap();
            rmsd_met += usize::from((rmsd[place] - stored).abs() < 1e-4);
            if let Some(stored) = record["tfd_heavy"][pair].as_f64() {
                tfd_stored += 1;
                tfd_met += usize::from((tfd[place] - stored).abs() < 3e-4);
            }
        }
    }
    println!("stored: {rmsd_met} of 120 deviations, {tfd_met} of {tfd_stored} fingerprints");
    // conf014 has a hydrogen that marks the side of an imine; RemoveHs keeps it, and it is compared and weighed.
    assert_eq!((rmsd_met, tfd_met), (117, tfd_stored - 3));
}
