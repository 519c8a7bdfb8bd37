//! Geometry against `MDTraj` on a real trajectory, and the contracts of its variables and featurizers.

use mol_core::geometry::{Angle, Dihedral, Distance, DistanceFeatures, TorsionFeatures, dihedral, rmsd};
use mol_core::testing::{PotentialCheck, check_collective_variable, check_featurizer, reference};
use mol_core::{Cell, CollectiveVariable, Featurizer, Frame, Seed, Vec3};

#[test]
fn torsions_and_rmsd_of_alanine_dipeptide_agree_with_mdtraj() {
    let Some(path) = reference("formats/ala2_10frames.json") else { return };
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let numbers = |key: &str| -> Vec<f64> { serde_json::from_value(json[key].clone()).unwrap() };
    let frames: Vec<Vec<Vec3>> = serde_json::from_value(json["xyz"].clone()).unwrap();
    let (phi, psi, deviation) = (numbers("phi"), numbers("psi"), numbers("rmsd_to_0_nm"));
    for (k, x) in frames.iter().enumerate() {
        // It computes in single precision on coordinates that are not rounded as the file's are.
        assert!((dihedral(&x[4], &x[6], &x[8], &x[14]) - phi[k]).sin().abs() < 2e-3, "phi of frame {k}");
        assert!((dihedral(&x[6], &x[8], &x[14], &x[16]) - psi[k]).sin().abs() < 2e-3, "psi of frame {k}");
        assert!((rmsd(x, &frames[0], None).unwrap() - deviation[k]).abs() < 1e-5, "RMSD of frame {k}");
    }
}

#[test]
fn variables_and_featurizers_keep_their_contracts() {
    let mut rng = Seed::new(2).rng();
    let positions: Vec<Vec3> = (0..6).map(|_| Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 1.4).collect();
    let cell = Cell::from_parameters(12.0, 13.0, 14.0, 85.0, 95.0, 100.0).unwrap();
    let options = PotentialCheck { gradient_tolerance: 1e-5, ..PotentialCheck::default() };
    let chiral = PotentialCheck { reflection: false, ..options.clone() };
    for frame in [Frame::isolated(&positions), Frame::new(&positions, &cell)] {
        let distance: Box<dyn CollectiveVariable> = Box::new(Distance::new(6, [1, 4]).unwrap());
        check_collective_variable(&distance, &[frame], &options);
        check_collective_variable(&Angle::new(6, [0, 2, 3]).unwrap(), &[frame], &options);
        check_collective_variable(&Dihedral::new(6, [5, 1, 0, 2]).unwrap(), &[frame], &chiral);
        let torsions: Box<dyn Featurizer> =
            Box::new(TorsionFeatures::new(6, vec![[0, 1, 2, 3], [5, 3, 1, 4]]).unwrap());
        check_featurizer(&torsions, &[frame], &chiral);
        check_featurizer(&DistanceFeatures::all(6), &[frame], &options);
    }
}
