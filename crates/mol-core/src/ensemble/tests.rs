//! Ensembles: order, windows, weights, pruning, minimisation, clusters, files.

use super::*;
use crate::geometry::{SymmetryOptions, TorsionFingerprintOptions};
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
    assert_eq!(sample.clusters(&symmetric, 0.05).unwrap(), [vec![0, 1, 4], vec![2], vec![3]]);
    assert_eq!(sample.prune_rmsd(&symmetric, 0.05).unwrap(), 2);
    assert_eq!(sample.energies(), [0.1, 0.2, 0.0]);
    let options = TorsionFingerprintOptions::default();
    let fingerprint = TorsionFingerprint::new(sample.molecule(), options).unwrap();
    let mut sample = ensemble(&angles, &energies);
    assert_eq!(sample.prune_tfd(&fingerprint, 0.05).unwrap(), 2);
    assert_eq!(sample.energies(), [0.1, 0.2, 0.0]);
    // All of them: the energies decide, not the order.
    assert_eq!(sample.prune_rmsd(&symmetric, 10.0).unwrap(), 2);
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
    let mut all = clusters.concat();
    all.sort_unstable();
    assert_eq!(all, (0..40).collect::<Vec<_>>());
    let at = |a: usize, b: usize| symmetric.rmsd(&sample.conformers()[a], &sample.conformers()[b]).unwrap();
    assert!(clusters.iter().all(|cluster| cluster.iter().all(|&k| at(cluster[0], k) <= 0.1)));
    let mut sizes = clusters.iter().map(Vec::len);
    assert!(sizes.next().is_some_and(|first| first > 1));
    assert!(butina(&[1.0], 3, 1.0).unwrap_err().to_string().contains("all pairs"));
}
