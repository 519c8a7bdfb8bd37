//! Step 5: a Boltzmann generator for the network at the temperature of the dynamics, beside a proposal that learns nothing.

use crate::dynamics::{TEMPERATURE, WALL};
use crate::graph::Matched;
use crate::slow::Slow;
use crate::{Fallible, Study};
use molkit::generative::boltzmann::{
    BoltzmannConfig, BoltzmannObjective, Clip, Coordinates, Estimator, InternalCoordinates, Proposal, Symmetry, Target,
    TorsionProposal, TorsionProposalConfig, WeightedSample,
};
use molkit::generative::flow::{Feature, Flow, FlowConfig, FlowModel, MaximumLikelihood, Transform, Whitening};
use molkit::io::{Value, read_extxyz};
use molkit::ndarray::{Array2, Axis};
use molkit::nn::train::LabelledFrame;
use molkit::nn::{NeuralPotential, NeuralPotentialConfig, SchNet, TrainingWalls};
use molkit::report::{Plot, Table, uncertain};
use molkit::stats::{Bootstrap, Histogram, bootstrap, split};
use molkit::tensor::{Decay, Objective, Outcome, Progress, Schedule, Trainer, TrainerConfig};
use molkit::units::BOLTZMANN;
use molkit::{Domain, FeaturizerExt, Frame, ProgressBar, Rng, Sum, Vec3};
use serde_json::json;
use std::f64::consts::PI;
use std::sync::Arc;

const KT: f64 = BOLTZMANN * TEMPERATURE;
/// Resamples of an error.
const RESAMPLES: usize = 100;
/// Bins of the free energy along O–C–C–O.
const BINS: usize = 36;

/// The frames of step 3 as features, with their images under the symmetries of the molecule.
struct Frames {
    /// Shape `[frames × images, features]`.
    data: Array2<f64>,
    images: usize,
    /// O–C–C–O [rad], by walker.
    backbone: Vec<Vec<f64>>,
    /// Lowest potential energy [eV].
    lowest: f64,
}

/// Trains by likelihood, then by energy, weighs draws of both flows and of the baseline, and reports. `false` if interrupted.
pub(crate) fn study(
    study: &mut Study,
    network: &SchNet<f32>,
    frames: &[LabelledFrame],
    matched: &Matched,
    slow: &mut Slow,
) -> Fallible<bool> {
    let (elements, reference) = (&frames[0].elements, &frames[0].positions);
    let molecule = &matched.molecule;
    let coordinates = Arc::new(InternalCoordinates::new(molecule, reference)?);
    let walls = TrainingWalls::new(network, elements, WALL)?.with_outer();
    let potential = NeuralPotential::new(network, elements, NeuralPotentialConfig::default())?;
    let potential = Sum::new(elements.len()).with("network", potential)?.with("walls", walls)?;
    let target = Target::new(coordinates.clone(), &potential, KT)?;
    // Which coordinate is O–C–C–O, read from either end.
    let mut rows = coordinates.zmatrix().rows().skip(3);
    let row = rows.position(|row| row == matched.backbone || row.iter().rev().eq(&matched.backbone));
    let at = coordinates.zmatrix().dihedrals_at() + row.ok_or("the Z-matrix has no torsion O–C–C–O")?;
    let symmetries = Symmetry::of(molecule, &coordinates, reference)?;
    let frames = read(study, &coordinates, &symmetries, at)?;
    println!("   {} frames with {} images each", frames.data.nrows() / frames.images, frames.images);

    let baseline = TorsionProposal::fit(coordinates.features(), &frames.data.view(), TorsionProposalConfig::default())?;
    let Some([fitted, trained]) = learn(study, &target, &coordinates, &frames)? else { return Ok(false) };
    let proposals: [(&str, &str, &dyn Proposal); 3] = [
        ("torsion histogram × Gaussians", "baseline", &baseline),
        ("flow, by likelihood", "likelihood", &fitted),
        ("flow, then by energy", "energy", &trained),
    ];
    report(study, &target, &frames, proposals, (at, slow))?;
    Ok(true)
}

/// Reads the trajectory without its first tenth.
fn read(study: &Study, coordinates: &InternalCoordinates, symmetries: &[Symmetry], at: usize) -> Fallible<Frames> {
    let snapshots = read_extxyz(study.out.join("trajectory.extxyz"))?.collect::<Result<Vec<_>, _>>()?;
    let (mut rows, mut backbone, mut lowest) = (Vec::new(), Vec::<Vec<f64>>::new(), f64::INFINITY);
    let mut y = vec![0.0; coordinates.features().len()];
    for snapshot in &snapshots[snapshots.len() / 10..] {
        let number = |key: &str| snapshot.info.get(key).and_then(Value::to_real).ok_or(format!("a frame has no {key}"));
        let walker = number("walker")? as usize;
        lowest = lowest.min(snapshot.energy.ok_or("a frame has no energy")?);
        for symmetry in symmetries {
            coordinates.to_features(&symmetry.apply(&snapshot.positions), &mut y)?;
            rows.extend_from_slice(&y);
        }
        coordinates.to_features(&snapshot.positions, &mut y)?;
        if backbone.len() <= walker {
            backbone.resize_with(walker + 1, Vec::new);
        }
        backbone[walker].push(y[at]);
    }
    let data = Array2::from_shape_vec((rows.len() / y.len(), y.len()), rows)?;
    Ok(Frames { data, images: symmetries.len(), backbone, lowest })
}

/// The flow by likelihood, and the same then trained by energy; `None` if interrupted.
fn learn(
    study: &Study,
    target: &Target,
    coordinates: &InternalCoordinates,
    frames: &Frames,
) -> Fallible<Option<[FlowModel<f32>; 2]>> {
    let data = frames.data.view();
    let stiff: Vec<usize> = (0..data.ncols()).filter(|k| !coordinates.torsions().contains(k)).collect();
    let config = FlowConfig::circular_then_linear(
        coordinates.features(),
        (3, Transform::CircularSpline { bins: 12 }, &[32, 32]),
        (5, Transform::AffineSpline { bins: 8, bound: 4.0, limit: 2.0 }, &[64, 64]),
        3,
    );
    let flow = Flow::<f32>::new(config, study.seed.stream("flow"))?;
    let model = FlowModel::new(flow, Whitening::principal(&data.select(Axis(1), &stiff).view())?)?;

    let none = data.slice(molkit::ndarray::s![..0, ..]);
    let likelihood = MaximumLikelihood::new(&model, &data, &none)?;
    let config = TrainerConfig {
        epochs: if study.quick { 1 } else { 3 },
        batch: 256,
        chunk: 128,
        schedule: Schedule { rate: 2e-3, warmup: 50, decay: Decay::Cosine { floor: 0.01 } },
        average: Some(0.99),
        seed: study.seed.stream("likelihood"),
        ..TrainerConfig::default()
    };
    let Some(fitted) = train(study, "likelihood", &model, &likelihood, config.clone())? else { return Ok(None) };

    let losses = BoltzmannConfig {
        likelihood: 0.0,
        energy: 1.0,
        estimator: Estimator::Path,
        clip: Clip { reference: frames.lowest, threshold: 60.0 },
        coordinate: None,
        draws: if study.quick { 2_000 } else { 200_000 },
    };
    let energy = BoltzmannObjective::new(&fitted, target, &none, losses)?;
    let config = TrainerConfig {
        epochs: 1,
        schedule: Schedule { rate: 1e-3, warmup: 20, decay: Decay::Cosine { floor: 0.01 } },
        clip: Some(50.0),
        seed: study.seed.stream("energy"),
        ..config
    };
    Ok(train(study, "energy", &fitted, &energy, config)?.map(|trained| [fitted, trained]))
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
    let bar = ProgressBar::new(&format!("   {name}"), steps, |p: &Progress| format!("loss {:.2}", p.loss));
    let mut observers = (bar, study.interrupt.clone());
    if trainer.run(objective, &mut observers, Some(&checkpoint))? == Outcome::Interrupted {
        return Ok(None);
    }
    let model = model.clone().with_weights(trainer.best()?.flat().to_vec())?;
    model.save(study.out.join(format!("flow-{name}.safetensors")))?;
    Ok(Some(model))
}

/// Draws, weighs and compares.
fn report(
    study: &mut Study,
    target: &Target,
    frames: &Frames,
    proposals: [(&str, &str, &dyn Proposal); 3],
    (at, slow): (usize, &mut Slow),
) -> Fallible<()> {
    let draws = if study.quick { 1_000 } else { 20_000 };
    let torsions = target.coordinates().features().iter().filter(|f| **f == Feature::Circular).count();
    study.report.heading("5. A Boltzmann generator");
    study.report.paragraph(&format!(
        "A normalizing flow over internal coordinates: three circular-spline couplings for the {torsions} torsions, then five \
         affine-spline couplings for the {} bonds, angles and impropers, whitened and conditioned on the torsions. It is \
         fitted to the frames of step 3 with their {} images under mirror and exchange, then trained on the energies of its own draws. \
         Each draw is weighed by exp(−E/kT) over its probability, so averages are those of the network (with its walls) at \
         {TEMPERATURE} K whatever the flow has missed; the effective sample size says how many of {draws} draws count.",
        target.dim() - torsions,
        frames.images
    ));
    let columns = ["sampler", "effective draws [%]", "largest weight [%]", "ln Z"];
    let mut table = Table::new(columns.into_iter().chain(["F(trans) − F(g+) [meV]", "F(g−) − F(g+) [meV]"]));
    let mut profiles = Plot::new("O–C–C–O [degrees]", "free energy [meV]").x_range(-180.0, 180.0).x_step(60.0);
    let mut weights = Plot::new("ln w − ln Z", "density");
    let mut populations = Table::new([""]);
    for (name, key, proposal) in proposals {
        let mut rng = study.seed.stream("draws").rng();
        let sample = WeightedSample::draw(target, proposal, draws, &mut rng)?;
        let angles: Vec<f64> = sample.items().map(|y| y[at]).collect();
        let percent = [100.0 * sample.effective_size()? / draws as f64, 100.0 * sample.largest_weight()?];
        let log_z = sample.log_partition()?;
        // Energies are counted from the lowest of the frames.
        let shifted = log_z + frames.lowest / KT;
        let wells = [trans, minus].map(|well: fn(f64) -> bool| {
            let [from, to] = [plus, well].map(|test| angles.iter().map(|a| test(*a)).collect::<Vec<_>>());
            // None where a well has no draws, which may happen in a quick run.
            sample.free_energy_difference(&from, &to, RESAMPLES, &mut rng).ok()
        });
        println!("   {name}: {:.1} % effective draws, largest weight {:.2} %", percent[0], percent[1]);
        let cells =
            [format!("{:.1}", percent[0]), format!("{:.2}", percent[1]), format!("{shifted:.2}").replace('-', "−")];
        table = table.row([&[name.to_owned()][..], &cells, &wells.map(cell)].concat());
        let record = json!({
            "effective_percent": percent[0], "largest_weight_percent": percent[1], "log_partition": shifted,
            "trans_minus_plus_eV": wells[0], "minus_minus_plus_eV": wells[1],
        });
        study.report.record(&format!("boltzmann_{key}"), &record)?;
        if key != "likelihood" {
            let range = [-8.0, 5.0];
            let shares: Vec<f64> = sample.log_weights().iter().map(|w| (w - log_z).clamp(range[0], 4.999)).collect();
            let histogram = Histogram::of_blocks(&split(&shares, 10)?, Domain::Line, range, 52)?;
            let edges: Vec<f64> = (0..=52).map(|k| range[0] + f64::from(k) * histogram.width()).collect();
            weights = weights.histogram(name, &edges, &histogram.density, None);
        }
        if key == "energy" {
            study.report.key_figure("Boltzmann generator: draws that count", &format!("{:.0}", percent[0]), "%");
            let f = sample.profile(&angles, Domain::ANGLE, [-PI, PI], (BINS, RESAMPLES), &mut rng)?;
            study.report.record("boltzmann_profile", &f)?;
            profiles = profile(profiles, "Boltzmann generator", &f.centres, &f.free_energy, &f.error);
            populations = learned(study, target, &sample, slow, &mut rng)?;
        }
    }
    let blocks = frames.backbone.iter().map(|walker| split(walker, 2)).collect::<Result<Vec<_>, _>>()?.concat();
    let wells = [trans, minus].map(|well| dynamics(study, &blocks, well));
    study
        .report
        .record("dynamics_wells", &json!({"trans_minus_plus_eV": wells[0], "minus_minus_plus_eV": wells[1]}))?;
    let none = ["–", "–", "–"].map(str::to_owned);
    table = table.row([&["dynamics of step 3".to_owned()][..], &none, &wells.map(cell)].concat());
    let histogram = Histogram::of_blocks(&blocks, Domain::ANGLE, [-PI, PI], BINS)?;
    let highest = histogram.density.iter().copied().fold(0.0, f64::max);
    let free_energy: Vec<f64> = histogram.density.iter().map(|p| -KT * (p / highest).ln()).collect();
    let error: Vec<f64> = histogram.density.iter().zip(&histogram.error).map(|(p, e)| KT * e / p).collect();
    profiles = profile(profiles, "dynamics", &histogram.centres(), &free_energy, &error);
    let caption = format!(
        "What one draw is worth. Errors: bootstrap over draws; for dynamics over halves of walkers. By the mirror image \
         F(g−) − F(g+) is 0 (dynamics has to cross to learn it), and ln Z, energies counted from −{:.3} eV, is one number for all.",
        -frames.lowest
    );
    study.report.table(&table, &caption)?;
    study.report.figure(
        "boltzmann-profile",
        &profiles,
        "Free energy along O–C–C–O, by both ways, with standard errors.",
    )?;
    let caption = "Weights of the draws: a perfect generator has all of them at 0. Ends collect what lies beyond.";
    study.report.figure("boltzmann-weights", &weights, caption)?;
    let caption = "The states that the VAMPnet of step 4 has learned, as functions of the atoms: their mean memberships over the \
         weighted draws of the generator and over the frames of the dynamics. They were learned from few crossings and are not exact \
         mirror images of one another, so states 1 and 2 need not have one population.";
    study.report.table(&populations, caption)?;
    Ok(())
}

/// Mean memberships of the learned states over the draws, beside those of the dynamics.
fn learned(
    study: &mut Study,
    target: &Target,
    sample: &WeightedSample,
    slow: &mut Slow,
    rng: &mut Rng,
) -> Fallible<Table> {
    let coordinates = target.coordinates();
    let mut positions = vec![Vec3::zeros(); coordinates.atoms()];
    let mut memberships: Vec<Vec<f64>> = vec![Vec::new(); slow.states.len()];
    for y in sample.items() {
        coordinates.to_positions(y, &mut positions)?;
        let now = slow.memberships.compute(Frame::isolated(&positions));
        for (all, state) in memberships.iter_mut().zip(&slow.states) {
            all.push(now[state.index]);
        }
    }
    let mut table = Table::new(["state", "Boltzmann generator", "dynamics of step 3"]);
    let mut found = Vec::new();
    for (k, (values, state)) in memberships.iter().zip(&slow.states).enumerate() {
        let mean = sample.average(values, RESAMPLES, rng)?;
        table = table.row([
            &format!("state {}", k + 1),
            &uncertain(mean.estimate, mean.error),
            &uncertain(state.population.0, state.population.1),
        ]);
        found.push(json!({"generator": mean.estimate, "error": mean.error, "dynamics": state.population.0}));
    }
    study.report.record("boltzmann_learned_states", &found)?;
    Ok(table)
}

/// F(well) − F(g+) [eV] of the dynamics, with its error over blocks.
fn dynamics(study: &Study, blocks: &[&[f64]], well: fn(f64) -> bool) -> Option<Bootstrap> {
    let count = |blocks: &[&[f64]], test: fn(f64) -> bool| {
        blocks.iter().map(|b| b.iter().filter(|a| test(**a)).count()).sum::<usize>() as f64
    };
    let statistic = |blocks: &[&[f64]]| -KT * (count(blocks, well) / count(blocks, plus)).ln();
    bootstrap(blocks, RESAMPLES, 0.95, statistic, &mut study.seed.stream("blocks").rng()).ok()
}

fn plus(angle: f64) -> bool {
    (0.0..2.0 * PI / 3.0).contains(&angle)
}

fn minus(angle: f64) -> bool {
    plus(-angle)
}

fn trans(angle: f64) -> bool {
    angle.abs() >= 2.0 * PI / 3.0
}

fn cell(difference: Option<Bootstrap>) -> String {
    difference.map_or("–".to_owned(), |f| uncertain(1e3 * f.estimate, 1e3 * f.error))
}

/// Adds a profile [rad, eV] without the bins that nothing fell into.
fn profile(plot: Plot, name: &str, angles: &[f64], free_energy: &[f64], error: &[f64]) -> Plot {
    let kept: Vec<usize> = (0..angles.len()).filter(|k| free_energy[*k].is_finite() && error[*k].is_finite()).collect();
    let pick = |x: &[f64], scale: f64| kept.iter().map(|k| scale * x[*k]).collect::<Vec<_>>();
    plot.measured(name, &pick(angles, 180.0 / PI), &pick(free_energy, 1e3), &pick(error, 1e3))
}
