//! The engine against the tape, and the potential against its contract.

use super::graph::Graph;
use super::*;
use crate::{Guard, NeuralPotential, NeuralPotentialConfig};
use mol_core::tensor::ops::PairGraph;
use mol_core::tensor::{Record, values};
use mol_core::testing::{PotentialCheck, check_potential};
use mol_core::{Cell, Derivatives, Frame, Potential, PotentialExt, Rng, Vec3, Want};
use std::sync::Arc;

const SMALL: SchNetConfig = SchNetConfig { features: 24, interactions: 2, basis: 12, cutoff: 4.0 };

/// A model whose filters and forces are not close to zero, in units of eV.
fn model<E: Real>(config: SchNetConfig) -> SchNet<E> {
    let mut model = SchNet::<E>::new(config, &[Element::H, Element::C, Element::O], Seed::new(3)).expect("valid");
    let flat = model.weights().flat().iter().map(|w| *w * E::of(1.5)).collect();
    model = model.with_weights(flat).expect("same shape");
    model.standardization = Standardization { references: vec![-13.0, -1028.0, -2041.0], scale: 0.7 };
    model
}

/// Ethanol's elements with atoms strewn at least 0.9 Å apart.
fn molecule(rng: &mut Rng) -> (Vec<Element>, Vec<Vec3>) {
    let mut elements = vec![Element::C, Element::C, Element::O];
    elements.extend([Element::H; 6]);
    let mut positions: Vec<Vec3> = Vec::new();
    while positions.len() < elements.len() {
        let x = Vec3::new(rng.uniform(), rng.uniform(), rng.uniform()) * 4.0;
        if positions.iter().all(|y| (x - y).norm() > 0.9) {
            positions.push(x);
        }
    }
    (elements, positions)
}

/// Energies per atom summed and dE/dd per pair, from the training graph: the tangent along each distance in turn.
fn on_the_tape<E: Real>(model: &SchNet<E>, species: &[u32], graph: &PairGraph, d: &[E]) -> (f64, Vec<E>) {
    let leaves = model.weights().leaves(&Record::start());
    let prepared = model.prepare(model.weights(), d);
    let molecule = vec![0; species.len()].into();
    let graph = Graph { species: species.into(), molecule, molecules: 1, pairs: Arc::new(graph.clone()) };
    let mut energy = 0.0;
    let slopes = (0..d.len()).map(|p| {
        let direction = (0..d.len()).map(|q| if p == q { E::ONE } else { E::ZERO }).collect();
        let energies = model.energies(&leaves, &graph, &prepared, &direction);
        energy = values(&energies.value)[0].f64();
        values(&energies.tangent.expect("a direction makes a tangent"))[0]
    });
    let slopes = slopes.collect();
    (energy, slopes)
}

fn engine_follows_tape<E: Real>(config: SchNetConfig, mode: FilterMode, tolerance: f64) {
    let model = model::<E>(config);
    let engine = Engine::new(&model, mode);
    let mut ws = Workspace::default();
    let mut rng = Seed::new(8).rng();
    for _ in 0..5 {
        let (elements, positions) = molecule(&mut rng);
        let species = model.species(&elements).expect("known");
        let mut graph = PairGraph { atoms: species.len(), ..PairGraph::default() };
        let mut d = Vec::new();
        for i in 0..species.len() {
            for j in i + 1..species.len() {
                let r = (positions[i] - positions[j]).norm();
                if r < config.cutoff {
                    graph.first.push(i as u32);
                    graph.second.push(j as u32);
                    d.push(E::of(r));
                }
            }
        }
        let (energy, slopes) = on_the_tape(&model, &species, &graph, &d);
        let pairs = Pairs { first: &graph.first, second: &graph.second, distances: &d };
        engine.evaluate(&species, pairs, true, &mut ws);
        let sum: f64 = ws.energies.iter().map(|e| e.f64()).sum();
        let largest = slopes.iter().map(|s| s.f64().abs()).fold(0.0, f64::max);
        let worst = slopes.iter().zip(&ws.slopes).map(|(a, b)| (a.f64() - b.f64()).abs()).fold(0.0, f64::max);
        assert!(largest > 0.05, "forces too small to test: {largest}");
        assert!(
            (sum - energy).abs() < tolerance * energy.abs().max(1.0),
            "{mode:?}: energy {sum} on the tape {energy}"
        );
        assert!(worst < tolerance * largest, "{mode:?}: slope off by {worst:e} of {largest}");
    }
}

#[test]
fn engine_equals_the_training_graph() {
    engine_follows_tape::<f64>(SMALL, FilterMode::Network, 1e-12);
    engine_follows_tape::<f32>(SchNetConfig::default(), FilterMode::Network, 1e-5);
    engine_follows_tape::<f32>(SchNetConfig::default(), FilterMode::default(), 1e-5);
}

#[test]
fn tabulation_error_falls_with_the_fourth_power() {
    // 64 times more knots would be 1.7e7 times better; demand a good part of it.
    engine_follows_tape::<f64>(SMALL, FilterMode::Table { knots: 251 }, 1e-3);
    engine_follows_tape::<f64>(SMALL, FilterMode::Table { knots: 2001 }, 1e-6);
}

#[test]
fn the_potential_keeps_its_contract_with_and_without_a_cell() {
    let model = model::<f64>(SMALL);
    let mut rng = Seed::new(9).rng();
    let frames: Vec<_> = (0..3).map(|_| molecule(&mut rng)).collect();
    // Smaller than twice the cut-off: several images of one atom are neighbours.
    let cell = Cell::from_parameters(5.5, 6.0, 6.5, 80.0, 95.0, 100.0).expect("valid");
    let permutations = vec![vec![0, 1, 2, 8, 7, 6, 5, 4, 3], vec![1, 0, 2, 3, 4, 5, 6, 7, 8]];
    for filters in [FilterMode::Network, FilterMode::Table { knots: 4001 }] {
        let config = NeuralPotentialConfig { filters, guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
        let potential = NeuralPotential::new(&model, &frames[0].0, config).expect("known elements");
        // Interpolated slopes are those of the interpolated energy only up to the table's own error.
        let options = PotentialCheck {
            permutations: permutations.clone(),
            gradient_tolerance: if filters == FilterMode::Network { 1e-7 } else { 1e-6 },
            max_atoms: 4,
            ..PotentialCheck::default()
        };
        let isolated: Vec<_> = frames.iter().map(|(_, x)| Frame::isolated(x)).collect();
        check_potential(&potential, &isolated, &options);
        let periodic: Vec<_> = frames.iter().map(|(_, x)| Frame::new(x, &cell)).collect();
        check_potential(&potential, &periodic, &options);
    }
}

#[test]
fn single_precision_keeps_the_contract_too() {
    let model = model::<f32>(SchNetConfig::default());
    let mut rng = Seed::new(10).rng();
    let frames: Vec<_> = (0..9).map(|_| molecule(&mut rng)).collect();
    let config = NeuralPotentialConfig { guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    let potential = NeuralPotential::new(&model, &frames[0].0, config).expect("known elements");
    let isolated: Vec<_> = frames.iter().map(|(_, x)| Frame::isolated(x)).collect();
    let options = PotentialCheck { max_atoms: 2, ..PotentialCheck::single_precision() };
    check_potential(&potential, &isolated, &options);
}

#[test]
fn energies_add_up_and_forces_vary_smoothly_across_the_cutoff() {
    let model = model::<f64>(SMALL);
    let (elements, positions) = molecule(&mut Seed::new(11).rng());
    let twice: Vec<_> = elements.iter().chain(&elements).copied().collect();
    let far = positions.iter().map(|x| x + Vec3::new(50.0, 0.0, 0.0));
    let both: Vec<_> = positions.iter().copied().chain(far).collect();
    let config = NeuralPotentialConfig { filters: FilterMode::Network, ..NeuralPotentialConfig::default() };
    let one = NeuralPotential::new(&model, &elements, config).expect("known").energy(Frame::isolated(&positions));
    let two = NeuralPotential::new(&model, &twice, config).expect("known").energy(Frame::isolated(&both));
    assert!((two - 2.0 * one).abs() < 1e-9, "extensivity: {two} against 2 × {one}");
    let mut pair = NeuralPotential::new(&model, &[Element::O, Element::H], config).expect("known");
    let mut at = |d: f64| pair.energy_and_forces(Frame::isolated(&[Vec3::zeros(), Vec3::new(d, 0.0, 0.0)]));
    let (inside, outside) = (at(SMALL.cutoff - 1e-7), at(SMALL.cutoff + 1e-7));
    assert!((inside.0 - outside.0).abs() < 1e-10 && (inside.1[0] - outside.1[0]).norm() < 1e-5);
    assert_eq!(outside.1[0], Vec3::zeros());
}

#[test]
fn distances_outside_training_are_counted_or_refused() {
    let mut model = model::<f64>(SMALL);
    model.ranges.see(0, 2, 0.9);
    model.ranges.see(0, 2, 1.1);
    let water = [Element::O, Element::H];
    let frame = |d: f64| [Vec3::zeros(), Vec3::new(d, 0.0, 0.0)];
    let config = |guard| NeuralPotentialConfig { guard, margin: 0.05, ..NeuralPotentialConfig::default() };
    let mut warns = NeuralPotential::new(&model, &water, config(Guard::Warn)).expect("known");
    assert!(warns.energy(Frame::isolated(&frame(0.87))).is_finite());
    assert_eq!(warns.frames_outside(), 0);
    assert!(warns.energy(Frame::isolated(&frame(0.8))).is_finite());
    assert_eq!(warns.frames_outside(), 1);
    let mut refuses = NeuralPotential::new(&model, &water, config(Guard::Refuse)).expect("known");
    assert!(refuses.energy(Frame::isolated(&frame(1.3))).is_nan());
    let fault = refuses.take_fault().expect("it refused").to_string();
    assert!(fault.contains("atoms 0 and 1 (O–H) are 1.300 Å apart") && fault.contains("0.900 to 1.100"), "{fault}");
    assert!(refuses.take_fault().is_none());
    // One bad frame of a batch leaves the others alone.
    let (good, bad) = (frame(1.0), frame(1.4));
    let frames = [Frame::isolated(&bad), Frame::isolated(&good)];
    let mut out = [Derivatives::new(2, Want::Forces), Derivatives::new(2, Want::Forces)];
    let mut energies = [0.0; 2];
    refuses.accumulate_batch(&frames, &mut out, &mut energies);
    assert!(energies[0].is_nan() && energies[1] == refuses.energy(Frame::isolated(&good)));
}

#[test]
fn wrong_input_is_named() {
    let error = |config: SchNetConfig| SchNet::<f32>::new(config, &[Element::H], Seed::new(0)).expect_err("bad");
    assert!(error(SchNetConfig { basis: 1, ..SMALL }).to_string().contains("basis must be at least 2, got 1"));
    assert!(error(SchNetConfig { cutoff: f64::NAN, ..SMALL }).to_string().contains("cutoff"));
    assert!(SchNet::<f32>::new(SMALL, &[Element::H, Element::H], Seed::new(0)).is_err());
    let model = model::<f32>(SMALL);
    let config = NeuralPotentialConfig::default();
    let unknown = NeuralPotential::new(&model, &[Element::H, Element::N], config).expect_err("no nitrogen");
    assert_eq!(unknown.to_string(), "atom 1 is N, but the model knows only H, C, O");
    let mut potential = NeuralPotential::new(&model, &[Element::H, Element::H], config).expect("known");
    let nan = [Vec3::zeros(), Vec3::new(f64::NAN, 0.0, 0.0)];
    assert!(potential.energy(Frame::isolated(&nan)).is_nan());
    assert!(potential.take_fault().expect("NaN").to_string().contains("atom 1"));
}

#[test]
fn model_files_round_trip_and_refuse_what_they_are_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("model.safetensors");
    let model = model::<f32>(SMALL);
    model.save(&path).expect("written");
    assert_eq!(SchNet::<f32>::load(&path).expect("just written"), model);
    let error = SchNet::<f64>::load(&path).expect_err("other precision").to_string();
    assert!(error.contains("F32, expected F64"), "{error}");
    let whole = std::fs::read(&path).expect("there");
    std::fs::write(&path, &whole[..whole.len() - 10]).expect("written");
    let error = SchNet::<f32>::load(&path).expect_err("cut").to_string();
    assert!(error.contains("model.safetensors") && error.contains("damaged"), "{error}");
    assert!(SchNet::<f32>::load(folder.path().join("absent")).expect_err("absent").to_string().contains("absent"));
}
