//! The gradient of the force loss against finite differences, and learning itself.

use super::*;
use crate::{FilterMode, Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use mol_core::tensor::{Decay, Objective, Schedule, Trainer, TrainerConfig};
use mol_core::{Cell, Element, Rng, Seed, Vec3};

const SMALL: SchNetConfig = SchNetConfig { features: 8, interactions: 2, basis: 6, cutoff: 4.0 };

/// Three springs between four atoms, of which the third is an H that the others attract alike.
fn spring_frame(rng: &mut Rng, cell: Cell) -> LabelledFrame {
    let elements = vec![Element::O, Element::H, Element::H, Element::H];
    let around = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let positions: Vec<Vec3> =
        around.iter().map(|x| Vec3::from(*x) + 0.08 * Vec3::new(rng.normal(), rng.normal(), rng.normal())).collect();
    let (mut energy, mut forces) = (-100.0, vec![Vec3::zeros(); 4]);
    for j in 1..4 {
        let r = positions[j] - positions[0];
        let stretch = r.norm() - 1.0;
        energy += 10.0 * stretch * stretch;
        let force = r * (-20.0 * stretch / r.norm());
        forces[j] += force;
        forces[0] -= force;
    }
    LabelledFrame { elements, positions, cell, energy, forces }
}

fn frames(n: usize, seed: u64, cell: Cell) -> Vec<LabelledFrame> {
    let mut rng = Seed::new(seed).rng();
    (0..n).map(|_| spring_frame(&mut rng, cell)).collect()
}

#[test]
fn weight_gradient_of_the_force_loss_matches_finite_differences() {
    // The cell is smaller than the cut-off: pairs of an atom with its own image are among those differentiated.
    for cell in [Cell::NONE, Cell::orthorhombic(3.5, 3.8, 4.1).expect("valid")] {
        let mut model = SchNet::<f64>::new(SMALL, &[Element::H, Element::O], Seed::new(2)).expect("valid");
        let flat = model.weights().flat().iter().map(|w| 1.5 * w).collect();
        model = model.with_weights(flat).expect("same shape");
        let data = frames(3, 1, cell);
        let loss = LossWeights { energy: 0.3, forces: 1.0 };
        let objective = EnergyAndForces::new(&mut model, &data, &[], loss).expect("good data");
        let mut rng = Seed::new(0).rng();
        let mut gradient = vec![0.0; model.weights().len()];
        objective.accumulate(model.weights(), &[0, 1, 2], &mut gradient, &mut rng).expect("good");
        let scale = gradient.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
        let mut at = |flat: Vec<f64>| {
            let weights = model.weights().with_flat(flat).expect("same shape");
            let mut unused = vec![0.0; weights.len()];
            objective.accumulate(&weights, &[0, 1, 2], &mut unused, &mut rng).expect("good")
        };
        let mut worst = 0.0_f64;
        for k in (0..gradient.len()).step_by(3) {
            let shifted = |by: f64| {
                let mut flat = model.weights().flat().to_vec();
                flat[k] += by;
                flat
            };
            let difference = (at(shifted(1e-5)) - at(shifted(-1e-5))) / 2e-5;
            worst = worst.max((difference - gradient[k]).abs());
        }
        assert!(scale > 0.1 && worst < 1e-8 * scale.max(1.0), "largest gradient {scale}, worst error {worst:e}");
    }
}

#[test]
fn springs_are_learned_and_the_bits_do_not_depend_on_threads() {
    let (train, test) = (frames(64, 3, Cell::NONE), frames(32, 4, Cell::NONE));
    let run = |threads| {
        let mut model = SchNet::<f32>::new(
            SchNetConfig { features: 16, interactions: 2, basis: 16, cutoff: 3.0 },
            &[Element::H, Element::O],
            Seed::new(5),
        )
        .expect("valid");
        let objective =
            EnergyAndForces::new(&mut model, &train, &test[..8], LossWeights::default()).expect("good data");
        let schedule = Schedule { rate: 5e-3, warmup: 0, decay: Decay::Exponential { floor: 0.01 } };
        let config = TrainerConfig { epochs: 80, batch: 8, schedule, average: Some(0.98), ..TrainerConfig::default() };
        let mut trainer = Trainer::new(config, model.weights().clone()).expect("valid settings");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| trainer.run(&objective, &mut (), None)).expect("trains");
        model.with_weights(trainer.best().expect("same shape").flat().to_vec()).expect("same shape")
    };
    let model = run(2);
    assert_eq!(model, run(1));
    let config = NeuralPotentialConfig { guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    let potential = NeuralPotential::new(&model, &test[0].elements, config).expect("known elements");
    let errors = Errors::new(&test, &predict(&potential, &test).expect("same atoms")).expect("measured");
    let rms = errors.by_element.iter().map(|e| e.reference_rms).fold(0.0, f64::max);
    assert!(errors.force_mae < 0.05 * rms, "force MAE {} of {rms} eV/Å", errors.force_mae);
    assert!(errors.energy_mae < 0.02, "energy MAE {}", errors.energy_mae);
    assert_eq!(errors.by_element.iter().map(|e| e.atoms).sum::<usize>(), 4 * 32);
    let exact = NeuralPotentialConfig { filters: FilterMode::Network, ..config };
    let exact = NeuralPotential::new(&model, &test[0].elements, exact).expect("known elements");
    let other = Errors::new(&test, &predict(&exact, &test).expect("same atoms")).expect("measured");
    assert!((other.force_mae - errors.force_mae).abs() < 1e-5);
}

#[test]
fn bad_frames_are_named() {
    let mut model = SchNet::<f32>::new(SMALL, &[Element::H, Element::O], Seed::new(1)).expect("valid");
    let good = frames(3, 6, Cell::NONE);
    let mut refused = |change: &dyn Fn(&mut LabelledFrame)| {
        let mut data = good.clone();
        change(&mut data[2]);
        EnergyAndForces::new(&mut model, &data[..1], &data[1..], LossWeights::default()).expect_err("bad").to_string()
    };
    assert_eq!(refused(&|f| f.energy = f64::NAN), "frame 2: its energy is NaN");
    assert_eq!(refused(&|f| f.forces.truncate(1)), "frame 2: it has 4 atoms and 1 forces");
    assert!(refused(&|f| f.forces[1].y = f64::INFINITY).starts_with("frame 2: the force of atom 1 is"));
    assert!(refused(&|f| f.positions[1] = f.positions[3]).contains("atoms 1 and 3 are at one point"));
    assert!(refused(&|f| f.elements[3] = Element::N).contains("frame 2: atom 3 is N, but the model knows only H, O"));
    assert!(refused(&|f| *f = LabelledFrame { elements: vec![], ..f.clone() }).contains("no atoms"));
    assert!(split_by_group(&[1, 1, 2], 1, 1, Seed::new(0)).expect_err("none left").to_string().contains("2 groups"));
    assert!(Errors::new(&[], &[]).is_err());
}
