//! The training loop: batches, data parallelism, optimiser, averaging, validation, checkpoints.
//!
//! A batch is cut into chunks of a constant number of items. Chunks run on the ambient rayon pool, each with its own
//! tape and gradient buffer, and their gradients are added in index order: the bits do not depend on the number of
//! threads. The order of items and every random number of a step follow from (seed, epoch, step), so a run resumed
//! from its checkpoint continues to the same bits.

use super::optimize::{Adam, AdamConfig, Schedule, average, clip_norm};
use super::{Archive, Decay, Parameters, Real};
use crate::{Error, Fault, Observer, Result, Rng, Seed, Stop};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::Path;

const FORMAT: &str = "molkit-training";
const VERSION: u32 = 1;

/// What is learned: a loss over items with its gradient.
pub trait Objective<E: Real>: Sync {
    /// Number of training items.
    fn items(&self) -> usize;

    /// Adds the gradient of the summed loss of `items` to `gradient` and returns that sum.
    ///
    /// `rng` is this chunk's own; a deterministic loss ignores it.
    ///
    /// # Errors
    /// What prevents the loss from being computed, naming the item.
    fn accumulate(
        &self,
        weights: &Parameters<E>,
        items: &[usize],
        gradient: &mut [E],
        rng: &mut Rng,
    ) -> Result<f64, Fault>;

    /// Loss on data not trained on, lower is better; `None` if there is none.
    ///
    /// # Errors
    /// As for [`accumulate`](Self::accumulate).
    fn validate(&self, weights: &Parameters<E>) -> Result<Option<f64>, Fault>;
}

/// Settings of a training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerConfig {
    /// Passes over the data.
    pub epochs: u64,
    /// Items per step.
    pub batch: usize,
    /// Items per chunk: the unit of parallel work. Part of the result's bits.
    pub chunk: usize,
    /// Learning rate over the run.
    pub schedule: Schedule,
    /// Optimiser.
    pub adam: AdamConfig,
    /// Largest norm of a gradient; longer ones are scaled down.
    pub clip: Option<f64>,
    /// Decay of the averaged weights, which are what is validated and returned.
    pub average: Option<f64>,
    /// Epochs between validations; the last epoch is always validated.
    pub validate_every: u64,
    /// Where the order of items and the objective's random numbers come from.
    pub seed: Seed,
}

impl Default for TrainerConfig {
    /// 100 epochs of batches of 32 in chunks of 4, Adam at 10⁻³ falling to a hundredth, clipped at 10, averaged at 0.999.
    fn default() -> Self {
        Self {
            epochs: 100,
            batch: 32,
            chunk: 4,
            schedule: Schedule { rate: 1e-3, warmup: 0, decay: Decay::Exponential { floor: 0.01 } },
            adam: AdamConfig::default(),
            clip: Some(10.0),
            average: Some(0.999),
            validate_every: 1,
            seed: Seed::new(0),
        }
    }
}

/// What observers of a training run see after each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Epoch under way, from 0.
    pub epoch: u64,
    /// Epochs in all.
    pub epochs: u64,
    /// Steps in all.
    pub steps: u64,
    /// Learning rate of the step.
    pub rate: f64,
    /// Loss of the batch, per item.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Latest validation loss.
    pub validation: Option<f64>,
    /// Best validation loss.
    pub best: Option<f64>,
}

/// How a call of [`Trainer::run`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Finished,
    /// An observer asked to stop; `run` goes on from here.
    Interrupted,
}

/// State of a training run.
#[derive(Clone, Debug)]
pub struct Trainer<E> {
    config: TrainerConfig,
    weights: Parameters<E>,
    adam: Adam<E>,
    mean: Vec<E>,
    best: Vec<E>,
    clock: Clock,
}

/// Where in the run we are; all that the checkpoint needs beside the vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Clock {
    step: u64,
    items: usize,
    validation: Option<f64>,
    best: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    config: TrainerConfig,
    clock: Clock,
    adam_steps: u64,
}

impl<E: Real> Trainer<E> {
    /// At the start, from `weights`.
    ///
    /// # Errors
    /// If a setting lies outside its range.
    pub fn new(config: TrainerConfig, weights: Parameters<E>) -> Result<Self> {
        for (what, value) in
            [("batch", config.batch), ("chunk", config.chunk), ("validate_every", config.validate_every as usize)]
        {
            if value == 0 {
                return Err(Error::InvalidArgument { what, expected: "at least 1", got: "0".into() });
            }
        }
        if let Some(beta) = config.average
            && !(0.0..1.0).contains(&beta)
        {
            return Err(Error::InvalidArgument { what: "average", expected: "in [0, 1)", got: beta.to_string() });
        }
        config.schedule.validate()?;
        let adam = Adam::new(config.adam, weights.len())?;
        let (mean, best) = (weights.flat().to_vec(), weights.flat().to_vec());
        Ok(Self { config, weights, adam, mean, best, clock: Clock::default() })
    }

    /// Trains to the end, or until an observer stops it; a checkpoint path is written at every validation and at a stop.
    ///
    /// # Errors
    /// If the objective has no items or another number than before, a loss or gradient is not finite (with epoch and
    /// step), the objective fails, output is lost, or the checkpoint cannot be written.
    pub fn run(
        &mut self,
        objective: &dyn Objective<E>,
        observer: &mut dyn Observer<Progress>,
        checkpoint: Option<&Path>,
    ) -> Result<Outcome> {
        let items = objective.items();
        if items == 0 {
            return Err(Error::InvalidArgument { what: "training set", expected: "not empty", got: "0 items".into() });
        }
        if self.clock.items != 0 {
            Error::check_len("training items of a resumed run", self.clock.items, items)?;
        }
        self.clock.items = items;
        let per_epoch = items.div_ceil(self.config.batch) as u64;
        let steps = per_epoch * self.config.epochs;
        let mut gradient = vec![E::ZERO; self.weights.len()];
        let mut order = (u64::MAX, Vec::new());
        while self.clock.step < steps {
            let (epoch, within) = (self.clock.step / per_epoch, (self.clock.step % per_epoch) as usize);
            if order.0 != epoch {
                order = (epoch, (0..items).collect());
                self.config.seed.stream("order").at(epoch).rng().shuffle(&mut order.1);
            }
            let end = ((within + 1) * self.config.batch).min(items);
            let batch = &order.1[within * self.config.batch..end];
            let mut progress = self.step(objective, batch, &mut gradient, steps)?;
            let last = self.clock.step.is_multiple_of(per_epoch).then(|| self.clock.step / per_epoch);
            let mut save = false;
            if let Some(done) = last
                && (done % self.config.validate_every == 0 || done == self.config.epochs)
            {
                self.validate(objective)?;
                save = true;
            }
            (progress.epoch, progress.validation, progress.best) = (epoch, self.clock.validation, self.clock.best);
            let flow = observer.observe(self.clock.step, &progress);
            if let (true, Some(path)) = (save || flow.is_break(), checkpoint) {
                self.archive()?.save(path)?;
            }
            match flow {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Stop::Requested) => return Ok(Outcome::Interrupted),
                ControlFlow::Break(Stop::Failed(fault)) => {
                    return Err(Error::Fault { during: "training", source: fault });
                }
            }
        }
        Ok(Outcome::Finished)
    }

    /// One optimiser step on `batch`.
    fn step(
        &mut self,
        objective: &dyn Objective<E>,
        batch: &[usize],
        gradient: &mut [E],
        steps: u64,
    ) -> Result<Progress> {
        let seed = self.config.seed.stream("step").at(self.clock.step);
        let weights = &self.weights;
        let parts: Vec<Result<(f64, Vec<E>), Fault>> = batch
            .par_chunks(self.config.chunk)
            .enumerate()
            .map(|(k, chunk)| {
                let mut part = vec![E::ZERO; weights.len()];
                let loss = objective.accumulate(weights, chunk, &mut part, &mut seed.at(k as u64).rng())?;
                Ok((loss, part))
            })
            .collect();
        gradient.fill(E::ZERO);
        let scale = E::of(1.0 / batch.len() as f64);
        let mut loss = 0.0;
        for part in parts {
            let (part_loss, part) = part.map_err(|source| Error::Fault { during: "training", source })?;
            loss += part_loss;
            for (g, p) in gradient.iter_mut().zip(&part) {
                *g += *p * scale;
            }
        }
        loss /= batch.len() as f64;
        let rate = self.config.schedule.at(self.clock.step, steps);
        let gradient_norm = clip_norm(gradient, self.config.clip);
        for (what, value) in [("training loss at step", loss), ("norm of the gradient at step", gradient_norm)] {
            if !value.is_finite() {
                return Err(Error::NotFinite { what, index: self.clock.step as usize, value });
            }
        }
        self.adam.step(rate, self.weights.flat_mut(), gradient);
        match self.config.average {
            Some(beta) => average(&mut self.mean, self.weights.flat(), beta, self.clock.step),
            None => self.mean.copy_from_slice(self.weights.flat()),
        }
        self.clock.step += 1;
        Ok(Progress {
            epoch: 0,
            epochs: self.config.epochs,
            steps,
            rate,
            loss,
            gradient_norm,
            validation: None,
            best: None,
        })
    }

    fn validate(&mut self, objective: &dyn Objective<E>) -> Result<()> {
        let loss =
            objective.validate(&self.averaged()?).map_err(|source| Error::Fault { during: "validation", source })?;
        self.clock.validation = loss;
        // Without validation data the latest weights are the best known.
        if loss.is_none_or(|new| self.clock.best.is_none_or(|old| new < old)) {
            self.clock.best = loss;
            self.best.copy_from_slice(&self.mean);
        }
        Ok(())
    }

    /// The averaged weights now.
    ///
    /// # Errors
    /// Never in practice: the averages have the weights' shape.
    pub fn averaged(&self) -> Result<Parameters<E>> {
        self.weights.with_flat(self.mean.clone())
    }

    /// The averaged weights at the best validation so far (the latest ones without validation data).
    ///
    /// # Errors
    /// Never in practice, as above.
    pub fn best(&self) -> Result<Parameters<E>> {
        self.weights.with_flat(self.best.clone())
    }

    /// Steps done.
    #[must_use]
    pub const fn steps_done(&self) -> u64 {
        self.clock.step
    }

    /// Best validation loss so far.
    #[must_use]
    pub const fn best_validation(&self) -> Option<f64> {
        self.clock.best
    }

    /// Settings.
    #[must_use]
    pub const fn config(&self) -> &TrainerConfig {
        &self.config
    }

    /// The whole state as tensors and JSON.
    fn archive(&self) -> Result<Archive> {
        let saved = Saved { config: self.config.clone(), clock: self.clock, adam_steps: self.adam.steps };
        let mut archive = Archive::new(FORMAT, VERSION, &saved)?;
        for (name, values) in [
            ("weights", self.weights.flat()),
            ("adam.mean", &self.adam.mean),
            ("adam.square", &self.adam.square),
            ("average", &self.mean),
            ("best", &self.best),
        ] {
            archive.push(name, &[values.len()], values);
        }
        Ok(archive)
    }

    fn restore(&mut self, archive: &Archive) -> Result<()> {
        let saved: Saved = archive.config()?;
        if saved.config != self.config {
            let problem = format!("it was made with {:?}, this run has {:?}", saved.config, self.config);
            return Err(Error::Checkpoint { what: FORMAT.to_owned(), problem });
        }
        let read = |name| archive.tensor::<E>(name, &[self.weights.len()]);
        let weights = self.weights.with_flat(read("weights")?)?;
        let (mean, square) = (read("adam.mean")?, read("adam.square")?);
        (self.mean, self.best) = (read("average")?, read("best")?);
        self.weights = weights;
        (self.adam.mean, self.adam.square, self.adam.steps) = (mean, square, saved.adam_steps);
        self.clock = saved.clock;
        Ok(())
    }

    /// Writes a checkpoint, atomically.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn save_to(&self, path: &Path) -> Result<()> {
        self.archive()?.save(path)
    }

    /// Continues from a checkpoint of the same model and settings.
    ///
    /// # Errors
    /// If the file is damaged, of another model, other settings or a newer version; `self` is then unchanged.
    pub fn load_from(&mut self, path: &Path) -> Result<()> {
        self.restore(&Archive::open(path, FORMAT, VERSION)?)
    }
}

impl<E: Real> crate::Checkpoint for Trainer<E> {
    /// The archive behind its length in bytes (u64, little-endian), so that other states may follow in the same file.
    fn save(&self, out: &mut dyn std::io::Write) -> Result<(), Fault> {
        let mut bytes = Vec::new();
        self.archive()?.write(&mut bytes)?;
        out.write_all(&(bytes.len() as u64).to_le_bytes())?;
        Ok(out.write_all(&bytes)?)
    }

    fn load(&mut self, from: &mut dyn std::io::Read) -> Result<(), Fault> {
        let mut length = [0; 8];
        from.read_exact(&mut length)?;
        let mut archive = std::io::Read::take(from, u64::from_le_bytes(length));
        Ok(self.restore(&Archive::read(&mut archive, FORMAT, VERSION)?)?)
    }
}

#[cfg(test)]
mod tests;
