//! Step 5: a Boltzmann generator for the network at the temperature of the dynamics, beside a proposal that learns nothing.

use crate::dynamics::{TEMPERATURE, WALL};
use crate::graph::Chains;
use crate::{Fallible, Study};
use molkit::generative::boltzmann::{
    BoltzmannConfig, BoltzmannObjective, Clip, Estimator, Coordinates, InternalCoordinates, Proposal, Symmetry, Target,
    TorsionProposal, TorsionProposalConfig, WeightedSample,
};
use molkit::generative::flow::{Flow, FlowConfig, FlowModel, MaximumLikelihood, Transform, Whitening};
use molkit::io::read_extxyz;
use molkit::ndarray::Array2;
use molkit::nn::train::LabelledFrame;
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, TrainingWalls};
use molkit::report::{Plot, Table, uncertain};
use molkit::tensor::{Decay, Objective, Outcome, Progress, Schedule, Trainer, TrainerConfig};
use molkit::units::BOLTZMANN;
use molkit::{Domain, Molecule, Observer, PotentialExt, ProgressBar, Seed, Sum};
use std::f64::consts::PI;
use std::sync::Arc;

/// Number of resamples of an error.
const RESAMPLES: usize = 100;

/// Trains by likelihood and by energy, weighs draws of all three proposals, and reports. `false` if interrupted.
pub(crate) fn study(
    study: &mut Study,
    network: &SchNet<f32>,
    frames: &[LabelledFrame],
    chains: &Chains,
) -> Fallible<bool> {
    let (elements, reference) = (&frames[0].elements, &frames[0].positions);
    let molecule = Molecule::from_coordinates(elements, reference)?;
    let coordinates = Arc::new(InternalCoordinates::new(&molecule, reference)?);
    let walls = TrainingWalls::new(network, elements, WALL)?.with_outer();
    let potential = NeuralPotential::new(network, elements, NeuralPotentialConfig::default())?;
    let mut potential = Sum::new(elements.len()).with("network", potential)?.with("walls", walls)?;
    let target = Target::new(coordinates.clone(), &potential, BOLTZMANN * TEMPERATURE)?;
    let symmetries = Symmetry::of(&molecule, &coordinates, reference)?;

    // Frames of step 3, the first tenth left out, each with its mirror images and exchanges.
    let (mut rows, mut backbone, mut least) = (Vec::new(), Vec::new(), f64::INFINITY);
    let row = coordinates.zmatrix().rows().skip(3).position(|row| is_chain(row, &chains.backbone));
    let at = coordinates.zmatrix().dihedrals_at() + row.ok_or("the Z-matrix has no torsion O–C–C–O")?;
    let snapshots = read_extxyz(study.out.join("trajectory.extxyz"))?.collect::<Result<Vec<_>, _>>()?;
    let mut y = vec![0.0; target.dim()];
    for snapshot in &snapshots[snapshots.len() / 10..] {
        for symmetry in &symmetries {
            coordinates.to_features(&symmetry.apply(&snapshot.positions), &mut y)?;
            rows.extend_from_slice(&y);
        }
        backbone.push(rows[rows.len() - y.len() * symmetries.len() + at]);
        least = least.min(potential.energy(snapshot.frame()));
    }
    let data = Array2::from_shape_vec((rows.len() / y.len(), y.len()), rows)?;
    println!("   {} frames, {} symmetries", backbone.len(), symmetries.len());

    let baseline = TorsionProposal::fit(coordinates.features(), &data.view(), TorsionProposalConfig::default())?;
    let circular = (knob("NC",3.0) as usize, Transform::CircularSpline { bins: knob("BC",12.0) as usize }, &[32, 32][..]);
    let linear = (knob("NL",5.0) as usize, Transform::AffineSpline { bins: knob("BL",8.0) as usize, bound: 4.0, limit: 2.0 }, &vec![knob("HW",64.0) as usize; knob("HD",2.0) as usize][..]);
    let config = FlowConfig::circular_then_linear(coordinates.features(), circular, linear, 3);
    let lines: Vec<usize> = (0..y.len()).filter(|k| !coordinates.torsions().contains(k)).collect();
    let stiff = data.select(molkit::ndarray::Axis(1), &lines);
    let flow = Flow::<f32>::new(config, study.seed.stream("flow"))?;
    let start = FlowModel::new(flow, Whitening::principal(&stiff.view())?)?;

    let epochs = if study.quick { 1 } else { knob("EPOCHS", 6.0) as u64 };
    let likelihood = MaximumLikelihood::new(&start, &data.view(), &data.slice(molkit::ndarray::s![..0, ..]))?;
    let schedule = Schedule { rate: knob("RATE1", 2e-3), warmup: 50, decay: Decay::Cosine { floor: 0.01 } };
    let settings = TrainerConfig {
        epochs,
        batch: knob("BATCH",512.0) as usize,
        chunk: 128,
        schedule,
        average: Some(0.99),
        seed: study.seed.stream("likelihood"),
        ..TrainerConfig::default()
    };
    let Some(fitted) = train(study, "likelihood", &start, &likelihood, settings.clone())? else { return Ok(false) };

    let losses = BoltzmannConfig {
        likelihood: knob("WL", 0.0),
        energy: 1.0,
        estimator: if knob("PATH1", 1.0) > 0.0 { Estimator::Path } else { Estimator::Total },
        clip: Clip { reference: least, threshold: 60.0 },
        coordinate: None,
        draws: if study.quick { 2_000 } else { knob("DRAWS", 200_000.0) as usize },
    };
    let energy = BoltzmannObjective::new(&fitted, &target, &data.view(), losses)?;
    let schedule = Schedule { rate: knob("RATE2", 1e-3), warmup: 20, decay: Decay::Cosine { floor: 0.01 } };
    let settings =
        TrainerConfig { epochs: 1, batch: knob("BATCH2",512.0) as usize, schedule, clip: Some(knob("CLIP2",50.0)), seed: study.seed.stream("energy"), ..settings };
    let Some(trained) = train(study, "energy", &fitted, &energy, settings)? else { return Ok(false) };

    let draws = if study.quick { 1_000 } else { 20_000 };
    let proposals: [(&str, &dyn Proposal); 3] =
        [("torsion histogram × Gaussians", &baseline), ("flow, likelihood", &fitted), ("flow, energy", &trained)];
    for (name, proposal) in proposals {
        let mut rng = study.seed.stream("draws").rng();
        let sample = WeightedSample::draw(&target, proposal, draws, &mut rng)?;
        println!(
            "   {name}: effective sample size {:.1} %, largest weight {:.3} %, ln Z {:.3}",
            100.0 * sample.effective_size()? / draws as f64,
            100.0 * sample.largest_weight()?,
            sample.log_partition()? + least / target.kt(),
        );
    }
    Ok(true)
}

/// Whether a row of a Z-matrix is this chain, from either end.
fn is_chain(row: &[usize], chain: &[usize; 4]) -> bool {
    row == chain || row.iter().rev().eq(chain)
}

/// Trains or resumes; `None` if interrupted.
fn train(
    study: &Study,
    name: &str,
    model: &FlowModel<f32>,
    objective: &dyn Objective<f32>,
    config: TrainerConfig,
) -> Fallible<Option<FlowModel<f32>>> {
    let steps = objective.items().div_ceil(config.batch) as u64 * config.epochs;
    let mut trainer = Trainer::new(config, model.flow().weights().clone())?;
    let checkpoint = study.out.join(format!("flow-{name}.checkpoint"));
    if study.resume && checkpoint.exists() {
        trainer.load_from(&checkpoint)?;
    }
    let bar = ProgressBar::new(&format!("   {name}"), steps, |p: &Progress| format!("loss {:.3}", p.loss));
    let mut observers = (bar, study.interrupt.clone());
    if trainer.run(objective, &mut observers, Some(&checkpoint))? == Outcome::Interrupted {
        return Ok(None);
    }
    let model = model.clone().with_weights(trainer.best()?.flat().to_vec())?;
    model.save(study.out.join(format!("flow-{name}.safetensors")))?;
    Ok(Some(model))
}

fn knob(name: &str, default: f64) -> f64 { std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default) }
