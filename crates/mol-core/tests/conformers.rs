//! Symmetric deviations and torsion fingerprints of the 40 reference molecules against `RDKit`.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]
#![allow(clippy::print_stdout, reason = "docs/methods/rmsd.md quotes the differences printed here")]

use mol_core::Vec3;
use mol_core::geometry::{SymmetricRmsd, SymmetryOptions, TorsionFingerprint, TorsionFingerprintOptions};
use mol_core::io::read_sdf;
use mol_core::perceive::Perception;
use mol_core::testing::reference;
use std::path::Path;

/// A perceived molecule and its three conformers.
type Case = (Perception, Vec<Vec<Vec3>>);

fn molecules() -> Option<Vec<Case>> {
    Some(cases(&reference("conformers/conformers.sdf")?))
}

fn cases(path: &Path) -> Vec<Case> {
    let records: Vec<_> = read_sdf(path).unwrap().map(|record| record.unwrap().molecule).collect();
    let one = |three: &[mol_core::Molecule]| {
        let conformers = three.iter().map(|molecule| molecule.conformers()[0].positions().to_vec()).collect();
        (Perception::new(&three[0]).unwrap(), conformers)
    };
    records.chunks(3).map(one).collect()
}

/// Compares with the rows of a table (molecule, pair, without and with hydrogens); how many of both there were, and the
/// largest differences.
fn compare(molecules: &[Case], table: &str) -> ([usize; 2], [f64; 2]) {
    let finder = |hydrogens: bool| {
        let options = SymmetryOptions { hydrogens, ..SymmetryOptions::default() };
        molecules.iter().map(|(perception, _)| SymmetricRmsd::new(perception, options).unwrap()).collect::<Vec<_>>()
    };
    let finders = [finder(false), finder(true)];
    let (mut compared, mut worst) = ([0; 2], [0.0_f64; 2]);
    for line in table.lines().skip(1) {
        let field: Vec<&str> = line.split(',').collect();
        let [molecule, i, j] = [0, 1, 2].map(|k| field[k].parse::<usize>().unwrap());
        let conformers = &molecules[molecule].1;
        for (kind, text) in field[3..5].iter().enumerate() {
            let Ok(expected) = text.parse::<f64>() else { continue };
            let got = finders[kind][molecule].rmsd(&conformers[j], &conformers[i]).unwrap();
            assert!((got - expected).abs() < 1e-6, "molecule {molecule}, {i}-{j}: {got} {expected}");
            worst[kind] = worst[kind].max((got - expected).abs());
            compared[kind] += 1;
        }
    }
    println!("best RMSD against RDKit: {compared:?} pairs without and with hydrogens, largest differences {worst:?}");
    (compared, worst)
}

#[test]
fn best_deviations_are_rdkits_with_and_without_hydrogens() {
    let Some(molecules) = molecules() else { return };
    let (compared, worst) = compare(&molecules, include_str!("data/best_rms.csv"));
    assert_eq!(compared, [120, 114]);
    assert!(worst.iter().all(|&difference| difference < 1e-8));
}

/// Some two hundred other molecules, if scripts/best_rms_reference.py has written them.
#[test]
fn best_deviations_of_further_molecules_are_rdkits() {
    let Some(folder) = std::env::var_os("MOLKIT_RMSD").map(std::path::PathBuf::from) else { return };
    let table = std::fs::read_to_string(folder.join("further.csv")).unwrap();
    let (compared, _) = compare(&cases(&folder.join("further.sdf")), &table);
    assert_eq!(compared[0], table.lines().count() - 1);
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
