//! Real files: every frame of the reference data reads, and reads back equal after writing.

use mol_core::io::{
    EnergyUnit, ExtxyzReader, ReadOptions, Snapshot, Value, read_extxyz, read_extxyz_with, write_extxyz,
};
use mol_core::testing::reference;
use mol_core::{Vec3, units};

fn round_trip(frames: &[Snapshot]) {
    let mut bytes = Vec::new();
    for frame in frames {
        write_extxyz(&mut bytes, frame).expect("what was read can be written");
    }
    let back: Result<Vec<_>, _> = ExtxyzReader::new(&bytes[..], "memory", ReadOptions::default()).collect();
    assert!(back.expect("what was written can be read") == frames);
}

#[test]
fn reference_trajectories() {
    for (name, frames, atoms) in [
        ("ethanediol/gfn2_ethanediol.extxyz", 2000, 10),
        ("ethanol/gfn2_ethanol.extxyz", 2000, 9),
        ("aspirin/gfn2_aspirin.extxyz", 1200, 21),
    ] {
        let Some(path) = reference(name) else { return };
        let all: Vec<Snapshot> = read_extxyz(path).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!((all.len(), all[0].atoms()), (frames, atoms));
        assert!(all.iter().all(|frame| frame.energy.is_some() && frame.forces.is_some()));
        round_trip(&all);
    }
    let Some(path) = reference("small/gfn2_small.extxyz") else { return };
    let first = read_extxyz(path).unwrap().next().unwrap().unwrap();
    assert_eq!(first.info.get("smiles"), Some(&Value::from("CC")));
    assert_eq!(first.info.get("gap_eV"), Some(&Value::Real(15.713_60)));
}

#[test]
fn md17_in_its_declared_unit() {
    let Some(path) = reference("ethanol/md17_ethanol.extxyz") else { return };
    let options = ReadOptions { energy: EnergyUnit::KilocaloriePerMole, ..ReadOptions::default() };
    let first = read_extxyz_with(path, options).unwrap().next().unwrap().unwrap();
    assert_eq!(first.energy, Some(-97_195.011_899_480_35 * units::KCAL_PER_MOL));
    assert_eq!(first.forces.unwrap()[0].x, 26.230_686_92 * units::KCAL_PER_MOL);
}

#[test]
fn the_hard_file() {
    let Some(path) = reference("formats/mixed.extxyz") else { return };
    let all: Vec<Snapshot> = read_extxyz(path).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(all[0].energy, Some(-1.25));
    assert_eq!(all[0].info.get("config"), Some(&Value::from("a \"quoted\" string")));
    assert_eq!(all[0].info.get("flag"), Some(&Value::Logical(true)));
    assert_eq!(all[0].info.get("vec").and_then(Value::to_reals), Some(vec![1.0, 2.0, 3.0]));
    assert_eq!(all[0].forces.as_ref().unwrap()[8], Vec3::new(-1.4345, -0.2, 0.8883));
    assert_eq!(all[0].cell.volume(), Some(720.0));
    assert_eq!(all[1].cell.vectors().unwrap()[(0, 1)], 2.82);
    assert_eq!(all[1].stress.unwrap()[(1, 1)], 0.1);
    round_trip(&all);
}
