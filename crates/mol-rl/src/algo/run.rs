//! What the algorithms share: gradients of losses over sequences, the optimiser, the loop, checkpoints.
//!
//! A loss is a function of three numbers per sample, ln π(a), the entropy and the value, so an algorithm gives its three
//! derivatives and they are the seeds of one backward pass. Sequences are learned from as wholes, because the memory runs
//! through them. A chunk of at most `CHUNK` sequences of equal length is one tape; chunks run on the ambient rayon pool
//! and their gradients are added in order, so the bits do not depend on the number of threads.

use crate::buffer::{Played, Transition};
use crate::policy::{ActorCritic, Choice, Choices, Distribution, Sequences, Task, score};
use crate::{Episode, Error, Result, Vectorised};
use mol_core::tensor::{Adam, AdamConfig, Archive, Outcome, Real, Record, clip_norm, values};
use mol_core::{Observer, Stop};
use rayon::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::ops::ControlFlow;
use std::path::Path;

/// Sequences per tape: part of the result's bits.
const CHUNK: usize = 2;
const VERSION: u32 = 1;

/// Means over the samples of an iteration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// Loss of the policy, without entropy.
    pub policy: f64,
    /// Half the mean squared error of the value.
    pub value: f64,
    /// Entropy of the actions [nat].
    pub entropy: f64,
    /// Estimate ⟨r − 1 − ln r⟩ of the divergence from the policy that played, r the ratio of probabilities [nat].
    pub kl: f64,
    /// Fraction of samples whose ratio was clipped.
    pub clipped: f64,
    /// Norm of the last gradient before clipping.
    pub gradient_norm: f64,
    /// Steps of the optimiser.
    pub updates: u64,
}

/// What observers of training see after each iteration.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Iterations done.
    pub iteration: u64,
    /// Iterations in all.
    pub iterations: u64,
    /// Steps of environments since the beginning of the run.
    pub steps: u64,
    /// Episodes that ended in this iteration.
    pub episodes: Vec<Episode>,
    /// Learning rate.
    pub rate: f64,
    /// Means over the samples.
    pub losses: Losses,
    /// 1 − Var(return − value)/Var(return): 1 if the value knew the returns, 0 if it knew nothing.
    pub explained_variance: f64,
}

/// Loss of one sample, and its derivatives by ln π(a), entropy and value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Term {
    pub(super) policy: f64,
    pub(super) value: f64,
    pub(super) kl: f64,
    pub(super) clipped: f64,
    pub(super) slopes: [f64; 3],
}

/// What the network says of one sample now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Now {
    pub(super) log_probability: f64,
    pub(super) value: f64,
}

/// The loss of step `.1` of sequence `.0`.
pub(super) type Loss<'a> = &'a (dyn Fn((usize, usize), Now) -> Term + Sync);

/// A training run: network, optimiser, and where we are.
#[derive(Clone, Debug)]
pub(super) struct Run<N: ActorCritic> {
    pub(super) network: N,
    pub(super) memories: Vec<Vec<N::Scalar>>,
    pub(super) iteration: u64,
    pub(super) steps: u64,
    adam: Adam<N::Scalar>,
}

/// What a checkpoint says beside the tensors.
#[derive(Serialize, Deserialize)]
struct Saved<P, S> {
    config: P,
    iteration: u64,
    steps: u64,
    adam_steps: u64,
    environments: S,
}

impl<N: ActorCritic> Run<N> {
    pub(super) fn new(network: N, adam: AdamConfig) -> Result<Self> {
        let adam = Adam::new(adam, network.parameters().len())?;
        Ok(Self { network, memories: Vec::new(), iteration: 0, steps: 0, adam })
    }

    /// One step of the optimiser along the mean gradient of `loss` over the sequences `which`; adds to `losses`.
    pub(super) fn learn(
        &mut self,
        sequences: &[Played<N>],
        which: &[usize],
        (rate, max_norm): (f64, Option<f64>),
        loss: Loss<'_>,
        losses: &mut Losses,
    ) -> Result<()> {
        let samples: usize = which.iter().map(|k| sequences[*k].transitions.len()).sum();
        let scale = 1.0 / samples.max(1) as f64;
        let network = &self.network;
        let chunks = chunks(sequences, which);
        let parts: Vec<_> = chunks.par_iter().map(|chunk| gradient(network, sequences, chunk, scale, loss)).collect();
        let mut total = vec![N::Scalar::ZERO; network.parameters().len()];
        let mut sum = Losses::default();
        for (part, means) in parts {
            for (t, p) in total.iter_mut().zip(&part) {
                *t += *p;
            }
            sum.policy += means.policy;
            sum.value += means.value;
            sum.entropy += means.entropy;
            sum.kl += means.kl;
            sum.clipped += means.clipped;
        }
        sum.gradient_norm = clip_norm(&mut total, max_norm);
        for (what, value) in [("loss of the policy", sum.policy), ("norm of the gradient", sum.gradient_norm)] {
            if !value.is_finite() {
                return Err(Error::Diverged { iteration: self.iteration, what, value });
            }
        }
        self.adam.step(rate, self.network.parameters_mut().flat_mut(), &total);
        // Running means over the updates of the iteration.
        let share = 1.0 / (losses.updates + 1) as f64;
        let blend = |mean: &mut f64, new: f64| *mean += share * (new - *mean);
        blend(&mut losses.policy, sum.policy);
        blend(&mut losses.value, sum.value);
        blend(&mut losses.entropy, sum.entropy);
        blend(&mut losses.kl, sum.kl);
        blend(&mut losses.clipped, sum.clipped);
        losses.gradient_norm = sum.gradient_norm;
        losses.updates += 1;
        Ok(())
    }

    /// Iterates `one` until `iterations` are done or the observer stops it.
    pub(super) fn drive<V: Task<N>, P: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
        &mut self,
        (format, config, iterations): (&str, &P, u64),
        environments: &mut Vectorised<V, Choice<N>>,
        observer: &mut dyn Observer<Progress>,
        checkpoint: Option<&Path>,
        one: impl Fn(&mut Self, &mut Vectorised<V, Choice<N>>) -> Result<Progress>,
    ) -> Result<Outcome> {
        if self.memories.is_empty() {
            self.memories = vec![vec![N::Scalar::ZERO; self.network.memory()]; environments.len()];
        }
        mol_core::Error::check_len("environments of a run that goes on", self.memories.len(), environments.len())?;
        while self.iteration < iterations {
            let mut progress = one(self, environments)?;
            self.iteration += 1;
            (progress.iteration, progress.iterations, progress.steps) = (self.iteration, iterations, self.steps);
            if let Some(path) = checkpoint {
                self.save(path, format, config, environments)?;
            }
            match observer.observe(self.iteration, &progress) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Stop::Requested) => return Ok(Outcome::Interrupted),
                ControlFlow::Break(Stop::Failed(source)) => {
                    return Err(mol_core::Error::ObserverFailed { step: self.iteration, source }.into());
                }
            }
        }
        Ok(Outcome::Finished)
    }

    pub(super) fn save<V: Task<N>, P: Serialize>(
        &self,
        path: &Path,
        format: &str,
        config: &P,
        environments: &Vectorised<V, Choice<N>>,
    ) -> Result<()> {
        let (mean, square, adam_steps) = self.adam.moments();
        let environments = environments.state();
        let saved = Saved { config, iteration: self.iteration, steps: self.steps, adam_steps, environments };
        let mut archive = Archive::new(format, VERSION, &saved)?;
        let memories = self.memories.concat();
        let weights = self.network.parameters().flat();
        for (name, values) in
            [("weights", weights), ("adam.mean", mean), ("adam.square", square), ("memories", &memories)]
        {
            archive.push(name, &[values.len()], values);
        }
        Ok(archive.save(path)?)
    }

    pub(super) fn load<V: Task<N>, P: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
        &mut self,
        path: &Path,
        format: &str,
        config: &P,
        environments: &mut Vectorised<V, Choice<N>>,
    ) -> Result<()> {
        let archive = Archive::open(path, format, VERSION)?;
        let saved: Saved<P, Vec<crate::ColumnState<Choice<N>>>> = archive.config()?;
        if saved.config != *config {
            let problem = format!("it was made with {:?}, this run has {config:?}", saved.config);
            return Err(mol_core::Error::Checkpoint { what: path.display().to_string(), problem }.into());
        }
        let (count, width) = (environments.len(), self.network.memory());
        let read = |name, length| archive.tensor::<N::Scalar>(name, &[length]);
        let length = self.network.parameters().len();
        let (weights, mean, square) =
            (read("weights", length)?, read("adam.mean", length)?, read("adam.square", length)?);
        let memories = read("memories", count * width)?;
        environments.restore(saved.environments)?;
        self.adam.restore(mean, square, saved.adam_steps)?;
        self.network.parameters_mut().flat_mut().copy_from_slice(&weights);
        self.memories = (0..count).map(|k| memories[k * width..(k + 1) * width].to_vec()).collect();
        (self.iteration, self.steps) = (saved.iteration, saved.steps);
        Ok(())
    }
}

/// Cuts `which` into runs of at most `CHUNK` sequences of equal length.
fn chunks<O, C, E>(sequences: &[crate::Sequence<O, C, E>], which: &[usize]) -> Vec<Vec<usize>> {
    let mut chunks: Vec<Vec<usize>> = Vec::new();
    let length = |k: usize| sequences[k].transitions.len();
    for &k in which.iter().filter(|k| length(**k) > 0) {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK && length(chunk[0]) == length(k) => chunk.push(k),
            _ => chunks.push(vec![k]),
        }
    }
    chunks
}

/// Gradient of the loss over one chunk, each sample weighted by `scale`, and the means.
fn gradient<N: ActorCritic>(
    network: &N,
    sequences: &[Played<N>],
    chunk: &[usize],
    scale: f64,
    loss: Loss<'_>,
) -> (Vec<N::Scalar>, Losses) {
    let (rows, steps) = (chunk.len(), sequences[chunk[0]].transitions.len());
    let at = |k: usize| (chunk[k % rows], k / rows);
    let samples: Vec<_> = (0..rows * steps).map(|k| &sequences[at(k).0].transitions[at(k).1]).collect();
    let observations: Vec<_> = samples.iter().map(|step| &step.observation).collect();
    let starts: Vec<bool> = samples.iter().map(|step| step.start).collect();
    let memory: Vec<N::Scalar> = chunk.iter().flat_map(|k| sequences[*k].memory.iter().copied()).collect();
    let tape = Record::start();
    let weights = network.parameters().leaves(&tape);
    let out =
        network.forward(&weights, Sequences { observations: &observations, starts: &starts, memory: &memory, rows });
    let factors: Vec<_> = samples.iter().flat_map(|step| step.decision.choices.iter().copied()).collect();
    let masks = masks_of(&samples, network.distribution().parameters());
    let choices = Choices { factors: &factors, masks: &masks, offsets: &out.offsets };
    let (log_probabilities, entropies) = score(network.distribution(), &out.parameters, choices);

    let mut means = Losses::default();
    let mut seeds = [(); 3].map(|()| Vec::with_capacity(samples.len()));
    let columns = (values(&log_probabilities), values(&entropies), values(&out.values));
    for k in 0..samples.len() {
        let (log_probability, entropy, value) = (columns.0[k].f64(), columns.1[k].f64(), columns.2[k].f64());
        let term = loss(at(k), Now { log_probability, value });
        means.policy += scale * term.policy;
        means.value += scale * term.value;
        means.entropy += scale * entropy;
        means.kl += scale * term.kl;
        means.clipped += scale * term.clipped;
        for (seed, slope) in seeds.iter_mut().zip(term.slopes) {
            seed.push(N::Scalar::of(scale * slope));
        }
    }
    let ends = [(&log_probabilities, &seeds[0][..]), (&entropies, &seeds[1][..]), (&out.values, &seeds[2][..])];
    let mut adjoints = tape.backward(&ends);
    let mut gradient = vec![N::Scalar::ZERO; network.parameters().len()];
    network.parameters().collect_gradient(&weights, &mut adjoints, &mut gradient);
    (gradient, means)
}

/// The masks of `samples` end to end, or none if all are empty; beside others an empty one allows all `width` choices.
fn masks_of<O, C>(samples: &[&Transition<O, C>], width: usize) -> Vec<bool> {
    if samples.iter().all(|step| step.mask.is_empty()) {
        return Vec::new();
    }
    let mut masks = Vec::new();
    for step in samples {
        let entries = step.decision.choices.len() * width;
        if step.mask.is_empty() {
            masks.resize(masks.len() + entries, true);
        } else {
            masks.extend_from_slice(&step.mask);
        }
    }
    masks
}

/// What an iteration reports before the loop adds where it stands.
pub(super) fn report<O, C, E>(
    sequences: &[crate::Sequence<O, C, E>],
    advantages: &[Vec<f64>],
    episodes: Vec<Episode>,
    (rate, losses): (f64, Losses),
) -> Progress {
    let variance = |x: &[f64]| {
        let n = x.len().max(1) as f64;
        let mean = x.iter().sum::<f64>() / n;
        x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n
    };
    let errors: Vec<f64> = advantages.concat();
    let steps = sequences.iter().flat_map(|sequence| &sequence.transitions);
    let returns: Vec<f64> = steps.zip(&errors).map(|(step, advantage)| step.decision.value + advantage).collect();
    let spread = variance(&returns);
    let explained_variance = if spread > 0.0 { 1.0 - variance(&errors) / spread } else { 0.0 };
    Progress { iteration: 0, iterations: 0, steps: 0, episodes, rate, losses, explained_variance }
}

/// Subtracts the mean and divides by the standard deviation, over the sequences `which`.
pub(super) fn normalise(advantages: &[Vec<f64>], which: &[usize]) -> (f64, f64) {
    let all = || which.iter().flat_map(|k| &advantages[*k]);
    let n = all().count().max(1) as f64;
    let mean = all().sum::<f64>() / n;
    let variance = all().map(|a| (a - mean) * (a - mean)).sum::<f64>() / n;
    (mean, 1.0 / (variance.sqrt() + 1e-8))
}
