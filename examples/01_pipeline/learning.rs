//! Step 2: SchNet on energies and forces, split by walker.

use crate::{Fallible, Study};
use molkit::nn::train::{EnergyAndForces, Errors, LabelledFrame, LossWeights, predict, split_by_group};
use molkit::nn::{Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
use molkit::report::{Plot, Table};
use molkit::tensor::{Decay, Outcome, Progress, Schedule, Trainer, TrainerConfig};
use molkit::{Observer, ProgressBar, Stop};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// One line of the training log.
#[derive(Serialize, Deserialize)]
struct Entry {
    step: u64,
    loss: f64,
    validation: f64,
}

/// Appends a line for each validation.
struct Log {
    file: std::fs::File,
    last: Option<f64>,
}

impl Observer<Progress> for Log {
    fn observe(&mut self, step: u64, progress: &Progress) -> ControlFlow<Stop> {
        if progress.validation == self.last {
            return ControlFlow::Continue(());
        }
        self.last = progress.validation;
        let entry = Entry { step, loss: progress.loss, validation: progress.validation.unwrap_or(f64::NAN) };
        let line = serde_json::to_string(&entry).map_err(std::io::Error::from);
        match line.and_then(|line| writeln!(self.file, "{line}")) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Stop::Failed(error.into())),
        }
    }
}

impl Log {
    /// Opens the log, keeping the lines up to `step`: what a killed run wrote after its checkpoint is written again.
    fn open(path: &Path, step: u64) -> Fallible<Self> {
        let kept: Vec<Entry> = entries(path).into_iter().filter(|e| e.step <= step).collect();
        let mut file = std::fs::File::create(path)?;
        for entry in &kept {
            writeln!(file, "{}", serde_json::to_string(entry)?)?;
        }
        Ok(Self { file, last: kept.last().map(|e| e.validation) })
    }
}

/// The lines of the log; a line cut short by a kill is left out.
fn entries(path: &Path) -> Vec<Entry> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Trains or resumes, measures on walkers never seen, and reports. `None` if interrupted.
pub(crate) fn study(study: &mut Study, frames: &[LabelledFrame], walkers: &[i64]) -> Fallible<Option<SchNet<f32>>> {
    let split = split_by_group(walkers, 2, 4, study.seed)?;
    let pick = |indices: &[usize]| -> Vec<_> { indices.iter().map(|&k| frames[k].clone()).collect() };
    let (train, validation, test) = (pick(&split.train), pick(&split.validation), pick(&split.test));
    let mut elements = frames[0].elements.clone();
    elements.sort_unstable();
    elements.dedup();
    let mut model = SchNet::<f32>::new(SchNetConfig::default(), &elements, study.seed)?;
    let objective = EnergyAndForces::new(&mut model, &train, &validation, LossWeights::default())?;
    let config = TrainerConfig {
        epochs: if study.quick { 4 } else { 240 },
        batch: 16,
        schedule: Schedule { rate: 4e-3, warmup: 50, decay: Decay::Exponential { floor: 0.01 } },
        seed: study.seed,
        ..TrainerConfig::default()
    };
    let mut trainer = Trainer::new(config, model.weights().clone())?;
    let path = |name: &str| -> PathBuf { study.out.join(name) };
    let (checkpoint, log) = (path("training.safetensors"), path("training.jsonl"));
    if study.resume && checkpoint.exists() {
        trainer.load_from(&checkpoint)?;
    }
    let steps = train.len().div_ceil(trainer.config().batch) as u64 * trainer.config().epochs;
    let bar = ProgressBar::new("   training", steps, |p: &Progress| {
        format!("epoch {}/{}  validation {:.4}", p.epoch + 1, p.epochs, p.validation.unwrap_or(f64::NAN))
    });
    let mut observers = (bar, (Log::open(&log, trainer.steps_done())?, study.interrupt.clone()));
    if trainer.run(&objective, &mut observers, Some(&checkpoint))? == Outcome::Interrupted {
        return Ok(None);
    }
    model = model.with_weights(trainer.best()?.flat().to_vec())?;
    model.save(path("model.safetensors"))?;

    let config = NeuralPotentialConfig { guard: Guard::Ignore, ..NeuralPotentialConfig::default() };
    let potential = NeuralPotential::new(&model, &test[0].elements, config)?;
    let predictions = predict(&potential, &test)?;
    let errors = Errors::new(&test, &predictions)?;
    println!("   test: energy MAE {:.1} meV, force MAE {:.1} meV/Å", 1e3 * errors.energy_mae, 1e3 * errors.force_mae);

    let report = &mut study.report;
    report.heading("2. The potential");
    report.paragraph(&format!(
        "SchNet with {} features, {} interactions and a cut-off of {} Å, trained on energies and forces together. The data \
         are 27 walkers of Langevin dynamics at 600 K; the split keeps each walker whole: {} frames to train, {} to \
         choose the weights, {} from walkers never seen to measure.",
        model.config().features, model.config().interactions, model.config().cutoff, train.len(), validation.len(), test.len()
    ));
    report.key_figure("Force MAE, unseen walkers", &format!("{:.1}", 1e3 * errors.force_mae), "meV/Å");
    report.key_figure("Energy MAE, unseen walkers", &format!("{:.1}", 1e3 * errors.energy_mae), "meV");
    let curve = entries(&log);
    let epochs: Vec<_> = curve.iter().map(|e| e.step as f64 / (steps / trainer.config().epochs) as f64).collect();
    let validation: Vec<_> = curve.iter().map(|e| e.validation).collect();
    let plot = Plot::new("epoch", "validation loss").log_y().line("averaged weights", &epochs, &validation);
    report.figure("training", &plot, "Loss of the walkers held out for choosing the weights.")?;
    let component = |vectors: &[molkit::Vec3]| vectors.iter().flat_map(|v| [v.x, v.y, v.z]).collect::<Vec<_>>();
    let reference: Vec<_> = test.iter().flat_map(|f| component(&f.forces)).collect();
    let predicted: Vec<_> = predictions.iter().flat_map(|p| component(&p.forces)).collect();
    report.figure(
        "parity-forces",
        &Plot::parity("force component", "eV/Å", &reference, &predicted),
        "Forces, unseen walkers.",
    )?;
    let mean = test.iter().map(|f| f.energy).sum::<f64>() / test.len() as f64;
    let reference: Vec<_> = test.iter().map(|f| f.energy - mean).collect();
    let predicted: Vec<_> = predictions.iter().map(|p| p.energy - mean).collect();
    report.figure(
        "parity-energies",
        &Plot::parity("energy", "eV", &reference, &predicted),
        "Energies about their mean, unseen walkers.",
    )?;
    let mut table = Table::new(["element", "atoms", "force MAE [meV/Å]", "r.m.s. force [eV/Å]"]);
    for e in &errors.by_element {
        let cells = [
            e.element.symbol().to_owned(),
            e.atoms.to_string(),
            format!("{:.1}", 1e3 * e.force_mae),
            format!("{:.3}", e.reference_rms),
        ];
        table = table.row(cells);
    }
    report.table(&table, "Error of a force component by element, and the size of what is learned.")?;
    report.record("errors", &errors)?;
    report.record("training", trainer.config())?;
    Ok(Some(model))
}
