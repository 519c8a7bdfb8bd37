//! The losses of a Boltzmann generator: by data, by energy, along a reaction coordinate.

use super::target::check_energy;
use super::{Clip, Target};
use crate::flow::{Direction, Feature, Flow, FlowModel, MaximumLikelihood, draw_base, log_base};
use crate::{Error, Result};
use mol_core::ndarray::ArrayView2;
use mol_core::tensor::{Matrix, Objective, Parameters, Real, Record, constant, values};
use mol_core::{Derivatives, Domain, Fault, Frame, Rng, Vec3, Want};
use serde::{Deserialize, Serialize};

/// A feature along which draws are to be spread evenly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReactionCoordinate {
    /// Index of the feature.
    pub feature: usize,
    /// Weight of the loss.
    pub weight: f64,
    /// Width σ of the kernels, in the feature's unit.
    pub width: f64,
}

/// How the gradient of the energy loss is estimated; both have the same mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Estimator {
    /// The derivative of the loss of the draws at hand.
    Total,
    /// Only along the paths y = f(z), with ln q held as a function of y: the part left out has mean zero, and what is left
    /// vanishes draw by draw where q is the target, so that training can converge. Costs one more pass through the flow and back.
    ///
    /// Reference: G. Roeder, Y. Wu and D. Duvenaud, NeurIPS (2017); L. Vaitl *et al.*, ICML (2022).
    Path,
}

/// Weights of the losses of a [`BoltzmannObjective`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoltzmannConfig {
    /// Weight of the likelihood of the data; 0 needs no data.
    pub likelihood: f64,
    /// Weight of the energy loss; 0 evaluates no energies.
    pub energy: f64,
    /// How the gradient of the energy loss is estimated.
    pub estimator: Estimator,
    /// Limit of high energies.
    pub clip: Clip,
    /// Loss along a reaction coordinate.
    pub coordinate: Option<ReactionCoordinate>,
    /// Items per epoch where there are no data: latent draws.
    pub draws: usize,
}

/// Loss of a flow against data and a target together.
///
/// ```text
/// L  = w_L L_ML + w_E L_KL + w_R L_RC
/// L_ML = −E_data [ln q(y)]
/// L_KL = E_z [c(βE(x(y))) − ln |det ∂x/∂y| + ln q(y)],   y = f(z)      Kullback–Leibler of q from the target, less ln Z
/// L_RC = E_z [ln p̂(s(y))],   p̂ = mean of Gaussian kernels of width σ around the chunk's draws
/// ```
///
/// c: [`Clip`]. The energy loss alone leaves out wells that the flow has not found (it is mode seeking); the likelihood holds them, and the
/// reaction-coordinate loss spreads draws over barriers. Items are samples of the data where there are any, and as many latent draws;
/// their noise comes from the chunk's generator.
///
/// Draws that describe no positions, or whose energy is +∞ or gradient not finite, do not count in L_KL: it is the mean over those
/// of the chunk that do, and an error if none does. p̂ counts every draw, the one it is taken at among them, so that it is never zero.
///
/// Reference: F. Noé, S. Olsson, J. Köhler and H. Wu, *Science* **365**, eaaw1147 (2019).
#[derive(Clone, Debug)]
pub struct BoltzmannObjective<E> {
    model: FlowModel<E>,
    target: Target,
    config: BoltzmannConfig,
    data: Option<MaximumLikelihood<E>>,
}

impl<E: Real> BoltzmannObjective<E> {
    /// Of `model`, against `target` and data of shape `[samples, features]`, which may be empty if the likelihood has no weight.
    ///
    /// # Errors
    /// If numbers of features differ, the kinds of features differ, there is nothing to train on (no data, no draws, or all weights zero), a weight
    /// is negative or not finite, the clip is not finite, or the reaction coordinate is no feature or of no width.
    pub fn new(
        model: &FlowModel<E>,
        target: &Target,
        data: &ArrayView2<'_, f64>,
        config: BoltzmannConfig,
    ) -> Result<Self> {
        let invalid =
            |what, expected, got: String| Err(mol_core::Error::InvalidArgument { what, expected, got }.into());
        mol_core::Error::check_len("features of the flow", target.dim(), model.dim())?;
        let kinds = model.flow().features().iter().zip(target.coordinates().features());
        if let Some(k) = kinds.enumerate().find(|(_, (a, b))| a != b).map(|(k, _)| k) {
            let got = format!("{:?} feature {k}", model.flow().features()[k]);
            return invalid("features of the flow", "of the target's kinds", got);
        }
        let weights = [("likelihood", config.likelihood), ("energy", config.energy)];
        let along = config.coordinate.map(|c| ("reaction coordinate", c.weight));
        for (what, weight) in weights.into_iter().chain(along) {
            if !(weight >= 0.0 && weight.is_finite()) {
                let got = format!("{weight} for {what}");
                return invalid("weight of a loss", "finite and not negative", got);
            }
        }
        if config.likelihood == 0.0 && config.energy == 0.0 && config.coordinate.is_none_or(|c| c.weight == 0.0) {
            return invalid("weights of the losses", "not all zero", "0 for each".into());
        }
        for (what, value) in
            [("reference of a clip", config.clip.reference), ("threshold of a clip", config.clip.threshold)]
        {
            if !value.is_finite() {
                return invalid(what, "finite", value.to_string());
            }
        }
        if let Some(c) = config.coordinate
            && !(c.feature < model.dim() && c.width > 0.0 && c.width.is_finite())
        {
            let got = format!("feature {} of width {}", c.feature, c.width);
            return invalid("reaction coordinate", "a feature of the flow, of positive width", got);
        }
        let data = if config.likelihood > 0.0 {
            let none = ArrayView2::from_shape((0, model.dim()), &[]).expect("an empty array has any number of columns");
            Some(MaximumLikelihood::new(model, data, &none)?)
        } else if config.draws == 0 {
            return Err(Error::TooFew { what: "latent draws per epoch", expected: 1, got: 0 });
        } else {
            None
        };
        Ok(Self { model: model.clone(), target: target.clone(), config, data })
    }

    fn flow(&self) -> &Flow<E> {
        self.model.flow()
    }

    /// Adds the gradient of the losses over `n` latent draws and returns their sum.
    fn draw(&self, weights: &Parameters<E>, n: usize, gradient: &mut [E], rng: &mut Rng) -> Result<f64> {
        let (features, dim) = (self.flow().features(), self.model.dim());
        let mut latent: Vec<E> = Vec::with_capacity(n * dim);
        for _ in 0..n {
            draw_base(features, &mut latent, rng);
        }
        let tape = Record::start();
        let leaves = weights.leaves(&tape);
        let (y, log_det): (Matrix<E>, _) =
            self.flow().apply(&leaves, &constant(latent.clone(), (n, dim)), Direction::Generate);
        let mut rows: Vec<f64> = values(&y).iter().map(|y| y.f64()).collect();
        rows.chunks_exact_mut(dim).for_each(|row| self.model.colour(row));
        let log_q: Vec<f64> = latent
            .chunks_exact(dim)
            .zip(values(&log_det))
            .map(|(z, log_det)| log_base(features, z) - log_det.f64() - self.model.whitening().log_det())
            .collect();
        let mut seed = vec![0.0; n * dim];
        let mut seed_log = vec![E::ZERO; n];
        let mut loss = 0.0;
        if self.config.energy > 0.0 {
            loss += self.energies(&rows, &log_q, &mut seed, &mut seed_log)?;
        }
        let along_paths = (self.config.energy > 0.0 && self.config.estimator == Estimator::Path)
            .then(|| self.path_gradient(weights, &values(&y), &mut seed_log));
        if let Some(coordinate) = self.config.coordinate {
            loss += spread(coordinate, features[coordinate.feature], dim, &rows, &mut seed);
        }
        seed.chunks_exact_mut(dim).for_each(|row| self.model.pull_back(row));
        let mut seed: Vec<E> = seed.iter().map(|g| E::of(*g)).collect();
        for (s, g) in seed.iter_mut().zip(along_paths.iter().flatten()) {
            *s += *g;
        }
        let mut adjoints = tape.backward(&[(&y, &seed), (&log_det, &seed_log)]);
        weights.collect_gradient(&leaves, &mut adjoints, gradient);
        Ok(loss)
    }

    /// ∂ ln q(y)/∂y of the flow's outputs, at the weights of the draws that count; their log-determinants then enter no more.
    fn path_gradient(&self, weights: &Parameters<E>, y: &[E], seed_log: &mut [E]) -> Vec<E> {
        let (tape, dim) = (Record::start(), self.model.dim());
        let input = tape.leaf(y.to_vec(), (seed_log.len(), dim));
        let (z, log_det) = self.flow().apply(&weights.leaves(&Record::default()), &input, Direction::Normalise);
        // A draw that counts has −weight as the seed of its log-determinant.
        let by_log: Vec<E> = seed_log.iter().map(|s| -*s).collect();
        let by_z = values(&z).into_iter().enumerate().map(|(k, z)| match self.flow().features()[k % dim] {
            Feature::Linear => -z * by_log[k / dim],
            Feature::Circular => E::ZERO,
        });
        let by_z: Vec<E> = by_z.collect();
        let mut adjoints = tape.backward(&[(&z, &by_z), (&log_det, &by_log)]);
        seed_log.fill(E::ZERO);
        adjoints.take(&input)
    }

    /// The energy loss of `rows`, that is their number times the mean over those that count; sets ∂L/∂y in `seed` and ∂L/∂ log-det
    /// in `seed_log`, both zero before.
    fn energies(&self, rows: &[f64], log_q: &[f64], seed: &mut [f64], seed_log: &mut [E]) -> Result<f64> {
        let (weight, coordinates) = (self.config.energy, self.target.coordinates());
        let mut potential = self.target.potential();
        let mut positions = vec![Vec3::zeros(); coordinates.atoms()];
        let mut out = Derivatives::new(positions.len(), Want::Forces);
        let mut adjoint = positions.clone();
        let dim = coordinates.features().len();
        let mut by_y = vec![0.0; dim];
        let (mut loss, mut counted) = (0.0, 0);
        for (item, (y, seed)) in rows.chunks_exact(dim).zip(seed.chunks_exact_mut(dim)).enumerate() {
            let Ok(log_jacobian) = coordinates.to_positions(y, &mut positions) else { continue };
            out.clear();
            let energy = potential.accumulate(Frame::isolated(&positions), &mut out);
            check_energy(energy, item, &mut *potential)?;
            let beta = 1.0 / self.target.kt();
            let (limited, slope) = self.config.clip.apply(beta * (energy - self.config.clip.reference));
            for (a, force) in adjoint.iter_mut().zip(out.forces()) {
                *a = -force * (beta * slope);
            }
            coordinates.pull_back(y, &positions, &mut adjoint, &mut by_y);
            let point = limited - log_jacobian + log_q[item];
            if !point.is_finite() || by_y.iter().any(|g| !g.is_finite()) {
                continue;
            }
            for (s, g) in seed.iter_mut().zip(&by_y) {
                *s += weight * g;
            }
            seed_log[item] = E::of(-weight);
            loss += weight * point;
            counted += 1;
        }
        let draws = log_q.len();
        if counted == 0 && draws > 0 {
            let what = "latent draws of a chunk with finite energy and gradient";
            return Err(Error::TooFew { what, expected: 1, got: 0 });
        }
        if counted < draws {
            let scale = draws as f64 / counted as f64;
            for s in seed {
                *s *= scale;
            }
            for s in seed_log {
                *s *= E::of(scale);
            }
            loss *= scale;
        }
        Ok(loss)
    }
}

/// The reaction-coordinate loss, each draw's own kernel included; adds ∂L/∂y to `seed`.
fn spread(coordinate: ReactionCoordinate, kind: Feature, dim: usize, rows: &[f64], seed: &mut [f64]) -> f64 {
    let domain = if kind == Feature::Circular { Domain::ANGLE } else { Domain::Line };
    let s: Vec<f64> = rows.chunks_exact(dim).map(|row| row[coordinate.feature]).collect();
    let (n, sigma) = (s.len(), coordinate.width);
    let kernel = |i: usize, j: usize| {
        let d = domain.difference(s[i], s[j]) / sigma;
        ((-0.5 * d * d).exp(), -d / sigma)
    };
    let density: Vec<f64> = (0..n).map(|i| (0..n).map(|j| kernel(i, j).0).sum()).collect();
    for (k, row) in seed.chunks_exact_mut(dim).enumerate() {
        let by_s = (0..n).map(|j| {
            let (value, slope) = kernel(k, j);
            value * slope * (1.0 / density[k] + 1.0 / density[j])
        });
        row[coordinate.feature] += coordinate.weight * by_s.sum::<f64>();
    }
    let log_norm = (n as f64 * sigma * std::f64::consts::TAU.sqrt()).ln();
    coordinate.weight * density.iter().map(|p| p.ln() - log_norm).sum::<f64>()
}

impl<E: Real> Objective<E> for BoltzmannObjective<E> {
    fn items(&self) -> usize {
        self.data.as_ref().map_or(self.config.draws, Objective::items)
    }

    fn accumulate(
        &self,
        weights: &Parameters<E>,
        items: &[usize],
        gradient: &mut [E],
        rng: &mut Rng,
    ) -> Result<f64, Fault> {
        let mut loss = 0.0;
        if let Some(data) = &self.data {
            loss += data.accumulate_items(weights, items, self.config.likelihood, gradient);
        }
        if self.config.energy > 0.0 || self.config.coordinate.is_some() {
            loss += self.draw(weights, items.len(), gradient, rng)?;
        }
        Ok(loss)
    }

    /// None: the last averaged weights are the result.
    fn validate(&self, _: &Parameters<E>) -> Result<Option<f64>, Fault> {
        Ok(None)
    }
}
