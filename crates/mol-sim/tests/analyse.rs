//! Time series of collective variables, against an exact distribution.
#![allow(clippy::unwrap_used, reason = "in a test the panic is the report")]

use mol_core::geometry::{Dihedral, Distance};
use mol_core::testing::check_checkpoint;
use mol_core::{CollectiveVariable, Element, Seed, State, Sum, System, Vec3, units};
use mol_sim::{
    HarmonicAngle, HarmonicAngles, HarmonicBond, HarmonicBonds, Langevin, LangevinConfig, PeriodicTorsion,
    PeriodicTorsions, TimeSeries, Walkers,
};

const TEMPERATURE: f64 = 300.0;
const K: f64 = 0.03;

/// Four carbons whose dihedral is independent of bonds and angles, so that p(φ) ∝ exp(−k (1 + cos φ)/kT).
fn walkers(count: usize) -> Walkers {
    let bonds = (0..3).map(|i| HarmonicBond { atoms: [i, i + 1], k: 20.0, r0: 1.5 }).collect();
    let angles = (0..2).map(|i| HarmonicAngle { atoms: [i, i + 1, i + 2], k: 4.0, theta0: 1.9 }).collect();
    let torsion = PeriodicTorsion { atoms: [0, 1, 2, 3], k: K, multiplicity: 1, phase: 0.0 };
    let potential = Sum::new(4)
        .with("bonds", HarmonicBonds::new(4, bonds).unwrap())
        .unwrap()
        .with("angles", HarmonicAngles::new(4, angles).unwrap())
        .unwrap()
        .with("torsion", PeriodicTorsions::new(4, vec![torsion]).unwrap())
        .unwrap();
    let system = System::new(vec![Element::C; 4]);
    let config = LangevinConfig {
        time_step: 2.0 * units::FEMTOSECOND,
        temperature: TEMPERATURE,
        friction: 5.0 / units::PICOSECOND,
    };
    let langevin = Langevin::new(&system, config).unwrap();
    let start = [[0.5, 1.4, 0.0], [0.0, 0.0, 0.0], [1.5, 0.0, 0.0], [2.0, -1.4, 0.1]];
    let states = vec![State::at_rest(start.map(Vec3::from).to_vec()); count];
    Walkers::new(system, states, &potential, &langevin, Seed::new(4)).unwrap()
}

fn series() -> TimeSeries {
    let dihedral: Box<dyn CollectiveVariable> = Box::new(Dihedral::new(4, [0, 1, 2, 3]).unwrap());
    TimeSeries::new(vec![dihedral, Box::new(Distance::new(4, [0, 3]).unwrap())], 20).unwrap()
}

#[test]
fn the_dihedral_has_its_boltzmann_distribution() {
    let (mut walkers, mut series) = (walkers(16), series());
    walkers.run(2_000, 2_000, &mut ()).unwrap();
    walkers.run(20_000, 20, &mut series).unwrap();
    assert_eq!((series.walkers(), series.values(0, 15).len()), (16, 1000));
    let histogram = series.histogram(0, None, 12, 1).unwrap();
    let weight = |phi: f64| (-K * (1.0 + phi.cos()) / (units::BOLTZMANN * TEMPERATURE)).exp();
    let total: f64 = (0..1200).map(|k| weight((f64::from(k) + 0.5) / 1200.0 * std::f64::consts::TAU)).sum();
    let norm = total / 1200.0 * std::f64::consts::TAU;
    let mut chi = 0.0;
    for ((centre, density), error) in histogram.centres().iter().zip(&histogram.density).zip(&histogram.error) {
        let inside = (0..50).map(|k| weight(centre + ((f64::from(k) + 0.5) / 50.0 - 0.5) * histogram.width()));
        let exact = inside.sum::<f64>() / 50.0 / norm;
        chi += ((density - exact) / error).powi(2) / 12.0;
        assert!((density - exact).abs() < 4.5 * error, "φ = {centre}: {density} ± {error}, exact {exact}");
        assert!(*error < 0.25 * exact, "φ = {centre}: the error {error} says nothing");
    }
    assert!((0.2..3.0).contains(&chi), "χ² per bin is {chi}: the errors are not what they claim");
}

#[test]
fn it_keeps_the_contract_of_a_checkpoint() {
    check_checkpoint(series, |series| {
        walkers(2).run(40, 20, series).unwrap();
        [series.values(0, 0).to_vec(), series.values(1, 1).to_vec()]
    });
}

#[test]
fn arguments_are_checked() {
    assert!(TimeSeries::new(vec![], 1).is_err());
    let distance = |atoms| -> Box<dyn CollectiveVariable> { Box::new(Distance::new(atoms, [0, 1]).unwrap()) };
    assert!(TimeSeries::new(vec![distance(4)], 0).is_err());
    assert!(TimeSeries::new(vec![distance(4), distance(5)], 1).is_err());
    let mut other = TimeSeries::new(vec![distance(5)], 1).unwrap();
    let error = walkers(1).run(1, 1, &mut other).unwrap_err().to_string();
    assert!(error.contains("expected shape [5], got [4]"), "{error}");
    let (mut run, mut series) = (walkers(2), series());
    run.run(100, 20, &mut series).unwrap();
    assert!(series.histogram(1, None, 10, 1).unwrap_err().to_string().contains("range must be given"));
    assert!(series.histogram(1, Some([1.0, 6.0]), 10, 1).is_ok());
    assert!(series.histogram(2, None, 10, 1).is_err());
}
