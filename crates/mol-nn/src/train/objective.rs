//! The loss on energies and forces, with its exact gradient.

use super::data::{LabelledFrame, Sample};
use crate::potential::schnet_graph::Graph;
use crate::potential::{Engine, FilterMode, Pairs, Workspace};
use crate::{DistanceRanges, Result, SchNet, Standardization};
use mol_core::tensor::ops::PairGraph;
use mol_core::tensor::{Objective, Parameters, Real, Record};
use mol_core::{Cell, Error as CoreError, Fault, Rng, Vec3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Weights of the loss's two parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossWeights {
    /// ρ_E.
    pub energy: f64,
    /// ρ_F.
    pub forces: f64,
}

impl Default for LossWeights {
    /// ρ_E = 0.02, ρ_F = 1.
    fn default() -> Self {
        Self { energy: 0.02, forces: 1.0 }
    }
}

/// Squared errors of energies and forces of a [`SchNet`] over labelled frames.
///
/// ```text
/// L = ρ_E (ΔE / s)² + ρ_F 1/(3N) Σ_i |ΔF_i / s|²        per frame of N atoms
/// ```
///
/// s is the model's scale [eV] (times 1/Å for forces). The gradient is exact: the hand-written engine gives E and F; with
/// v = ∂L/∂F held fixed, one dual pass along v and one backward pass give ∂L/∂θ
/// (see [`Dual`](mol_core::tensor::Dual)). The filter networks run once for both.
#[derive(Clone, Debug)]
pub struct EnergyAndForces<E> {
    model: SchNet<E>,
    loss: LossWeights,
    train: Vec<Sample<E>>,
    validation: Vec<Sample<E>>,
}

impl<E: Real> EnergyAndForces<E> {
    /// Fits `model`'s references, scale and distance ranges to `train` and prepares the frames.
    ///
    /// # Errors
    /// If a frame is unusable ([`Error::Data`](crate::Error::Data) names it; validation frames count on from the
    /// training frames), or there are none to train on.
    pub fn new(
        model: &mut SchNet<E>,
        train: &[LabelledFrame],
        validation: &[LabelledFrame],
        loss: LossWeights,
    ) -> Result<Self> {
        for (index, frame) in train.iter().chain(validation).enumerate() {
            frame.check(index)?;
        }
        let compositions: Vec<_> = train.iter().map(|f| f.composition(model.elements())).collect();
        let energies: Vec<_> = train.iter().map(|f| f.energy).collect();
        let components = 3 * train.iter().map(|f| f.forces.len()).sum::<usize>();
        let squares = train.iter().flat_map(|f| &f.forces).map(Vec3::norm_squared).sum::<f64>();
        let force_rms = (squares / components.max(1) as f64).sqrt();
        model.standardization = Standardization::fit(model.elements(), &compositions, &energies, force_rms)?;
        let sample = |(index, frame): (usize, &LabelledFrame)| Sample::new(model, frame, index);
        let frames = train;
        let train: Vec<_> = frames.iter().enumerate().map(sample).collect::<Result<_>>()?;
        let shifted = validation.iter().enumerate().map(|(k, f)| (k + train.len(), f));
        let validation = shifted.map(sample).collect::<Result<_>>()?;
        model.ranges = ranges(model, frames, &train);
        Ok(Self { model: model.clone(), loss, train, validation })
    }

    /// The loss of some samples, joined to one graph, with its derivatives by energies and forces.
    fn evaluate(&self, engine: &Engine<E>, samples: &[&Sample<E>], graph: &Joined<E>) -> Evaluated {
        let mut workspace = Workspace::default();
        let pairs = Pairs { first: &graph.first, second: &graph.second, distances: &graph.distances };
        engine.evaluate(&graph.species, pairs, true, &mut workspace);
        let mut out = Evaluated { loss: 0.0, energy_seed: Vec::new(), directions: Vec::new() };
        let (mut atom, mut pair) = (0, 0);
        for s in samples {
            let n = s.species.len();
            let energy: f64 = workspace.energies[atom..atom + n].iter().map(|e| e.f64()).sum();
            let mut error: Vec<Vec3> = s.forces.iter().map(|f| -f).collect();
            let ends = s.first.iter().zip(&s.second).zip(&s.directions);
            for ((ends, u), slope) in ends.zip(&workspace.slopes[pair..]) {
                let force = u * -slope.f64();
                error[*ends.1 as usize] += force;
                error[*ends.0 as usize] -= force;
            }
            let (de, weight) = (energy - s.energy, self.loss.forces / (3 * n) as f64);
            out.loss += self.loss.energy * de * de + weight * error.iter().map(Vec3::norm_squared).sum::<f64>();
            out.energy_seed.push(2.0 * self.loss.energy * de);
            // ḋ_p along v = ∂L/∂F = 2 ρ_F/(3N) ΔF.
            for ((&i, &j), u) in s.first.iter().zip(&s.second).zip(&s.directions) {
                out.directions.push(2.0 * weight * u.dot(&(error[j as usize] - error[i as usize])));
            }
            atom += n;
            pair += s.distances.len();
        }
        out
    }
}

/// Distances of the training data: all of an isolated frame, those within the cut-off in a cell.
fn ranges<E: Real>(model: &SchNet<E>, frames: &[LabelledFrame], samples: &[Sample<E>]) -> DistanceRanges {
    let mut ranges = DistanceRanges::new(model.elements());
    for (frame, s) in frames.iter().zip(samples) {
        if frame.cell == Cell::NONE {
            for (j, y) in frame.positions.iter().enumerate() {
                for (i, x) in frame.positions[..j].iter().enumerate() {
                    ranges.see(s.species[i], s.species[j], (y - x).norm());
                }
            }
            continue;
        }
        for ((&i, &j), d) in s.first.iter().zip(&s.second).zip(&s.distances) {
            ranges.see(s.species[i as usize], s.species[j as usize], d.f64());
        }
    }
    ranges
}

/// Loss of a chunk and where its gradient starts.
struct Evaluated {
    loss: f64,
    /// ∂L/∂E of each frame.
    energy_seed: Vec<f64>,
    /// Derivative of each pair's distance along v.
    directions: Vec<f64>,
}

/// Samples as one graph.
struct Joined<E> {
    species: Vec<u32>,
    molecule: Vec<u32>,
    first: Vec<u32>,
    second: Vec<u32>,
    distances: Vec<E>,
}

impl<E: Real> Joined<E> {
    fn new(samples: &[&Sample<E>]) -> Self {
        let mut joined = Self {
            species: Vec::new(),
            molecule: Vec::new(),
            first: Vec::new(),
            second: Vec::new(),
            distances: Vec::new(),
        };
        for (k, s) in samples.iter().enumerate() {
            let offset = joined.species.len() as u32;
            joined.species.extend_from_slice(&s.species);
            joined.molecule.extend(std::iter::repeat_n(k as u32, s.species.len()));
            joined.first.extend(s.first.iter().map(|i| i + offset));
            joined.second.extend(s.second.iter().map(|j| j + offset));
            joined.distances.extend_from_slice(&s.distances);
        }
        joined
    }
}

impl<E: Real> Objective<E> for EnergyAndForces<E> {
    fn items(&self) -> usize {
        self.train.len()
    }

    fn accumulate(
        &self,
        weights: &Parameters<E>,
        items: &[usize],
        gradient: &mut [E],
        _: &mut Rng,
    ) -> Result<f64, Fault> {
        let samples: Vec<_> = items.iter().map(|&k| &self.train[k]).collect();
        let joined = Joined::new(&samples);
        let prepared = self.model.prepare(weights, &joined.distances);
        let engine = Engine::prepared(&self.model, weights, prepared.clone());
        let evaluated = self.evaluate(&engine, &samples, &joined);
        let graph = Graph {
            molecules: samples.len(),
            pairs: Arc::new(PairGraph { atoms: joined.species.len(), first: joined.first, second: joined.second }),
            species: joined.species.into(),
            molecule: joined.molecule.into(),
        };
        let tape = Record::start();
        let leaves = weights.leaves(&tape);
        let direction: Arc<[E]> = evaluated.directions.iter().map(|&t| E::of(t)).collect();
        let energies = self.model.energies(&leaves, &graph, &prepared, &direction);
        let seed: Vec<E> = evaluated.energy_seed.iter().map(|&s| E::of(s)).collect();
        // F = −∂E/∂x, so the loss falls along v at the rate −v · ∂E/∂x.
        let minus = vec![-E::ONE; samples.len()];
        let mut ends = vec![(&energies.value, &seed[..])];
        ends.extend(energies.tangent.as_ref().map(|t| (t, &minus[..])));
        let mut adjoints = tape.backward(&ends);
        weights.collect_gradient(&leaves, &mut adjoints, gradient);
        Ok(evaluated.loss)
    }

    fn validate(&self, weights: &Parameters<E>) -> Result<Option<f64>, Fault> {
        if self.validation.is_empty() {
            return Ok(None);
        }
        let model = self.model.clone().with_weights(weights.flat().to_vec())?;
        let engine = Engine::new(&model, FilterMode::Network);
        let losses: Vec<f64> = self
            .validation
            .par_chunks(16)
            .map(|chunk| {
                let chunk: Vec<_> = chunk.iter().collect();
                self.evaluate(&engine, &chunk, &Joined::new(&chunk)).loss
            })
            .collect();
        let loss = losses.iter().sum::<f64>() / self.validation.len() as f64;
        if loss.is_finite() {
            Ok(Some(loss))
        } else {
            Err(Box::new(CoreError::NotFinite { what: "validation loss", index: 0, value: loss }))
        }
    }
}
