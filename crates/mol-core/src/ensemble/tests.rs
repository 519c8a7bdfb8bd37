//! Ensembles: order, windows, weights, pruning, minimisation, clusters, files.

use super::*;
use crate::geometry::{SymmetricRmsd, SymmetryOptions, TorsionFingerprint, TorsionFingerprintOptions};
use crate::minimize::Lbfgs;
use crate::perceive::Perception;
use crate::{Seed, potential_fn};
use std::f64::consts::PI;

/// A chain of four with the given torsion.
fn butane(angle: f64) -> Vec<Vec3> {
    let end = Vec3::new(angle.cos(), angle.sin(), 2.0);
    vec![Vec3::new(1.0, 0.0, -0.5), Vec3::zeros(), Vec3::z() * 1.5, end]
}

fn ensemble(angles: &[f64], energies: &[f64]) -> Ensemble {
    let molecule = Molecule::from_smiles("CCCC").unwrap();
    Ensemble::new(&molecule, angles.iter().map(|&angle| butane(angle)).collect(), energies.to_vec()).unwrap()
}

#[test]
fn sorting_and_windows_keep_conformers_with_their_energies() {
    let mut sample = ensemble(&[0.0, 1.0, 2.0, 3.0], &[0.3, 0.1, 0.2, 0.1]);
    sample.sort();
    assert_eq!(sample.energies(), [0.1, 0.1, 0.2, 0.3]);
    assert_eq!(sample.conformers()[0], butane(1.0));
    assert_eq!(sample.conformers()[1], butane(3.0), "equal energies keep their order");
    sample.keep_window(0.15).unwrap();
    assert_eq!(sample.len(), 3);
    assert!(sample.relative_energies().iter().zip([0.0, 0.0, 0.1]).all(|(a, b)| (a - b).abs() < 1e-12));
    assert!(sample.keep_window(f64::NAN).is_err());
    let mut none = ensemble(&[], &[]);
    none.sort();
    none.keep_window(1.0).unwrap();
    assert!(none.is_empty() && none.weights(300.0).unwrap().is_empty());
}

#[test]
fn weights_are_boltzmanns() {
    let kt = BOLTZMANN * 300.0;
    let weights = ensemble(&[0.0, 1.0, 2.0], &[5.0, 5.0 + kt, 5.0 + 2000.0 * kt]).weights(300.0).unwrap();
    assert!((weights[0] / weights[1] - 1.0_f64.exp()).abs() < 1e-10);
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12 && weights[2] == 0.0);
    assert!(ensemble(&[0.0], &[1.0]).weights(0.0).is_err());
}

#[test]
fn of_close_conformers_the_lowest_stays() {
    let perception = Perception::new(&Molecule::from_smiles("CCCC").unwrap()).unwrap();
    let symmetric = SymmetricRmsd::new(&perception, SymmetryOptions::default()).unwrap();
    let (angles, energies) = ([1.0, 1.02, -1.0, 3.0, 1.04], [0.3, 0.1, 0.2, 0.0, 0.4]);
    let mut sample = ensemble(&angles, &energies);
    let clusters = sample.clusters(&symmetric, 0.05).unwrap();
    assert_eq!(clusters.of_items(), [0, 0, 2, 1, 0]);
    assert_eq!(sample.prune_rmsd(&symmetric, 0.05).unwrap(), Pruning { removed: 2, undecided: 0 });
    assert_eq!(sample.energies(), [0.1, 0.2, 0.0]);
    let options = TorsionFingerprintOptions::default();
    let fingerprint = TorsionFingerprint::new(&perception, options).unwrap();
    let mut sample = ensemble(&angles, &energies);
    assert_eq!(sample.prune_tfd(&fingerprint, 0.05).unwrap(), 2);
    assert_eq!(sample.energies(), [0.1, 0.2, 0.0]);
    // All of them: the energies decide, not the order.
    assert_eq!(sample.prune_rmsd(&symmetric, 10.0).unwrap().removed, 2);
    assert_eq!((sample.len(), sample.energies()[0]), (1, 0.0));
}

#[test]
fn minima_replace_what_they_came_from() {
    let mut torsion = potential_fn(4, |frame, out| {
        // Springs to one place, and a failure far away.
        let mut energy = 0.0;
        for (k, x) in frame.positions.iter().enumerate() {
            let pull = x - Vec3::z() * k as f64;
            if let Some(forces) = out.forces_mut() {
                forces[k] -= pull;
            }
            energy += 0.5 * pull.norm_squared();
        }
        if frame.positions[0].x > 50.0 { f64::NAN } else { energy }
    });
    let mut sample = ensemble(&[0.0, 1.0], &[0.0, 0.0]);
    let mut far = butane(2.0);
    far[0].x = 60.0;
    let molecule = sample.molecule().clone();
    let all = [sample.conformers()[0].clone(), far, sample.conformers()[1].clone()];
    sample = Ensemble::new(&molecule, all.to_vec(), vec![0.0; 3]).unwrap();
    let minimize = Minimize::<Lbfgs> { force_tolerance: 1e-8, ..Minimize::default() };
    let endings = sample.minimize(&minimize, &mut torsion).unwrap();
    assert!(endings[1].is_err() && matches!(endings[2], Ok(Ending::Converged)));
    assert_eq!(sample.len(), 2);
    assert!(sample.energies().iter().all(|energy| energy.abs() < 1e-12));
    let again = Ensemble::evaluate(&sample.to_molecule(), &mut torsion).unwrap();
    assert_eq!(again, sample);
}

#[test]
fn files_and_serde_keep_everything() {
    let molecule = Molecule::from_smiles("[H]O[H]").unwrap();
    let mut rng = Seed::new(1).rng();
    let mut place = || Vec3::new(rng.normal(), rng.normal(), rng.normal());
    let conformers = vec![vec![place(), place(), place()], vec![place(), place(), place()]];
    let sample = Ensemble::new(&molecule, conformers, vec![-0.1, 1.0 / 3.0]).unwrap();
    let text = serde_json::to_string(&sample).unwrap();
    assert_eq!(serde_json::from_str::<Ensemble>(&text).unwrap(), sample);
    assert!(serde_json::from_str::<Ensemble>(&text.replace("[-0.1,", "[-0.1,2.0,")).is_err());
    let mut file = Vec::new();
    sample.write_sdf(&mut file, "water", 298.15).unwrap();
    let records: Vec<SdfRecord> = crate::io::SdfReader::new(&file[..], "memory").collect::<Result<_>>().unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!(records[1].field("energy_eV").unwrap().parse::<f64>().unwrap(), 1.0 / 3.0);
    assert_eq!(records[0].field("weight"), Some("1.000000"));
    assert!((records[1].molecule.conformers()[0].positions()[2] - sample.conformers()[1][2]).norm() < 1e-4);
}

#[test]
fn clusters_cover_everything_once() {
    let mut rng = Seed::new(4).rng();
    let angles: Vec<f64> = (0..40).map(|_| rng.uniform() * 2.0 * PI).collect();
    let sample = ensemble(&angles, &[0.0; 40]);
    let perception = Perception::new(sample.molecule()).unwrap();
    let symmetric = SymmetricRmsd::new(&perception, SymmetryOptions::default()).unwrap();
    let clusters = sample.clusters(&symmetric, 0.1).unwrap();
    let clusters = clusters.members();
    let mut all = clusters.concat();
    all.sort_unstable();
    assert_eq!(all, (0..40).collect::<Vec<_>>());
    let at = |a: usize, b: usize| symmetric.rmsd(&sample.conformers()[a], &sample.conformers()[b]).unwrap();
    assert!(clusters.iter().all(|cluster| cluster.iter().all(|&k| at(cluster[0], k) <= 0.1)));
    let mut sizes = clusters.iter().map(Vec::len);
    assert!(sizes.next().is_some_and(|first| first > 1));
}

#[test]
fn copies_are_removed_at_no_distance_and_undecided_pairs_kept() {
    let angles = [1.0, 1.0, 2.0];
    let mut sample = ensemble(&angles, &[0.0, 0.1, 0.2]);
    let perception = Perception::new(sample.molecule()).unwrap();
    let symmetric = SymmetricRmsd::new(&perception, SymmetryOptions::default()).unwrap();
    assert_eq!(sample.prune_rmsd(&symmetric, 0.0).unwrap(), Pruning { removed: 1, undecided: 0 });
    // Hydrogens of a chain, and a search that may do next to nothing.
    let molecule = Molecule::from_smiles("CCCCCCCC").unwrap().with_explicit_hydrogens().unwrap();
    let options = SymmetryOptions { hydrogens: true, work_limit: 1, ..SymmetryOptions::default() };
    let symmetric = SymmetricRmsd::new(&Perception::new(&molecule).unwrap(), options).unwrap();
    let mut rng = Seed::new(9).rng();
    let mut cloud = || {
        let mut point = |_| Vec3::new(rng.normal(), rng.normal(), rng.normal());
        (0..molecule.atom_count()).map(&mut point).collect::<Vec<_>>()
    };
    let conformers = vec![cloud(), cloud(), cloud()];
    let mut sample = Ensemble::new(&molecule, conformers, vec![0.0, 1.0, 2.0]).unwrap();
    assert_eq!(sample.prune_rmsd(&symmetric, 0.4).unwrap(), Pruning { removed: 0, undecided: 3 });
    assert!(sample.prune_rmsd(&symmetric, f64::NAN).is_err());
}

#[test]
fn aligned_conformers_lie_on_one() {
    let mut sample = ensemble(&[1.0, 1.2, -1.0], &[0.0; 3]);
    let shapes = sample.conformers().to_vec();
    let turn = nalgebra::Rotation3::new(Vec3::new(0.3, -1.0, 2.0));
    let moved: Vec<Vec<Vec3>> =
        shapes.iter().map(|x| x.iter().map(|x| turn * x + Vec3::new(9.0, 0.0, 1.0)).collect()).collect();
    sample =
        Ensemble::new(sample.molecule(), vec![shapes[0].clone(), moved[0].clone(), moved[1].clone()], vec![0.0; 3])
            .unwrap();
    let deviations = sample.align(0, &[0, 1, 2], None).unwrap();
    assert!(deviations.iter().all(|&deviation| deviation < 1e-12), "three atoms are rigid: {deviations:?}");
    assert!((sample.conformers()[1][3] - shapes[0][3]).norm() < 1e-12);
    // The torsion is 0.2 rad further, 1 Å off the axis.
    assert!(((sample.conformers()[2][3] - shapes[0][3]).norm() - 2.0 * 0.1_f64.sin()).abs() < 1e-12);
    let before = sample.clone();
    assert!(sample.align(3, &[0], None).unwrap_err().to_string().contains("3 of 3"));
    assert!(sample.align(0, &[4], None).is_err() && sample == before);
    // Ends exchanged of a shape whose ends differ: only the symmetric way sees the same conformer.
    let mut uneven = shapes[0].clone();
    uneven[3] += Vec3::z();
    let swapped: Vec<Vec3> = uneven.iter().rev().map(|x| turn * x).collect();
    let mut sample = Ensemble::new(sample.molecule(), vec![uneven.clone(), swapped], vec![0.0; 2]).unwrap();
    let perception = Perception::new(sample.molecule()).unwrap();
    let symmetric = SymmetricRmsd::new(&perception, SymmetryOptions::default()).unwrap();
    assert!(sample.clone().align(0, &[0, 1, 2, 3], None).unwrap()[1] > 0.1);
    assert!(sample.align_symmetric(0, &symmetric).unwrap()[1] < 1e-12);
    assert!((sample.conformers()[1][0] - uneven[3]).norm() < 1e-12);
}
