//! Training by maximum likelihood.

use super::base::log_base;
use super::{Direction, Feature, Flow, FlowModel};
use crate::{Error, Result};
use mol_core::ndarray::ArrayView2;
use mol_core::tensor::{Matrix, Objective, Parameters, Real, Record, constant, values};
use mol_core::{Fault, Rng};
use rayon::prelude::*;

/// Rows per unit of parallel evaluation.
const CHUNK: usize = 256;

/// Negative log-likelihood of samples under a flow [nats per sample], whitening included.
///
/// ```text
/// L = −1/n Σᵢ [ln p₀(f⁻¹(xᵢ)) + ln |det ∂f⁻¹/∂x|]
/// ```
///
/// An [`Objective`] for [`Trainer`](mol_core::tensor::Trainer); items are samples. Its minimum over all densities is the
/// entropy of the data's distribution.
#[derive(Clone, Debug)]
pub struct MaximumLikelihood<E> {
    flow: Flow<E>,
    /// Whitened, shape `[samples, features]`.
    train: Vec<E>,
    validation: Vec<E>,
    /// ln |det| of the whitening, a constant of the loss.
    log_det: f64,
}

impl<E: Real> MaximumLikelihood<E> {
    /// Samples in the model's own features, shape `[samples, features]`; `validation` may be empty.
    ///
    /// # Errors
    /// If there are no training samples, rows have another number of features than the model, or a number is not finite (its
    /// sample is named).
    pub fn new(model: &FlowModel<E>, train: &ArrayView2<'_, f64>, validation: &ArrayView2<'_, f64>) -> Result<Self> {
        if train.nrows() == 0 {
            return Err(Error::TooFew { what: "training samples of a flow", expected: 1, got: 0 });
        }
        let whiten = |samples: &ArrayView2<'_, f64>| -> Result<Vec<E>> {
            let mut out = Vec::with_capacity(samples.len());
            for (index, row) in samples.rows().into_iter().enumerate() {
                let mut row = row.to_vec();
                mol_core::Error::check_len("features of a sample", model.flow().features().len(), row.len())?;
                if let Some(value) = row.iter().copied().find(|x| !x.is_finite()) {
                    return Err(mol_core::Error::NotFinite { what: "feature of sample", index, value }.into());
                }
                model.whiten(&mut row);
                out.extend(row.iter().map(|x| E::of(*x)));
            }
            Ok(out)
        };
        Ok(Self {
            flow: model.flow().clone(),
            train: whiten(train)?,
            validation: whiten(validation)?,
            log_det: model.whitening().log_det(),
        })
    }

    fn width(&self) -> usize {
        self.flow.features().len()
    }

    /// z and ln |det| of whitened rows.
    fn normalise(&self, weights: &[Matrix<E>], rows: Vec<E>) -> (Matrix<E>, Matrix<E>) {
        let shape = (rows.len() / self.width(), self.width());
        self.flow.apply(weights, &constant(rows, shape), Direction::Normalise)
    }

    fn loss(&self, z: &[E], log_det: &[E]) -> f64 {
        let rows = z.chunks_exact(self.width()).zip(log_det);
        rows.map(|(z, log_det)| self.log_det - log_base(self.flow.features(), z) - log_det.f64()).sum()
    }

    /// Adds the gradient of the samples `items` and returns their summed loss.
    pub(crate) fn accumulate_items(
        &self,
        weights: &Parameters<E>,
        items: &[usize],
        scale: f64,
        gradient: &mut [E],
    ) -> f64 {
        let tape = Record::start();
        let leaves = weights.leaves(&tape);
        let width = self.width();
        let rows: Vec<E> = items.iter().flat_map(|k| self.train[k * width..][..width].iter().copied()).collect();
        let (z, log_det) = self.normalise(&leaves, rows);
        let (z_values, log_values) = (values(&z), values(&log_det));
        let seed: Vec<E> = z_values
            .iter()
            .enumerate()
            .map(|(k, z)| match self.flow.features()[k % width] {
                Feature::Linear => *z * E::of(scale),
                Feature::Circular => E::ZERO,
            })
            .collect();
        let mut adjoints = tape.backward(&[(&z, &seed), (&log_det, &vec![E::of(-scale); items.len()])]);
        weights.collect_gradient(&leaves, &mut adjoints, gradient);
        scale * self.loss(&z_values, &log_values)
    }
}

impl<E: Real> Objective<E> for MaximumLikelihood<E> {
    fn items(&self) -> usize {
        self.train.len() / self.width()
    }

    fn accumulate(
        &self,
        weights: &Parameters<E>,
        items: &[usize],
        gradient: &mut [E],
        _: &mut Rng,
    ) -> Result<f64, Fault> {
        Ok(self.accumulate_items(weights, items, 1.0, gradient))
    }

    fn validate(&self, weights: &Parameters<E>) -> Result<Option<f64>, Fault> {
        let samples = self.validation.len() / self.width();
        if samples == 0 {
            return Ok(None);
        }
        let chunks = self.validation.par_chunks(CHUNK * self.width());
        let parts: Vec<f64> = chunks
            .map(|rows| {
                let leaves = weights.leaves(&Record::default());
                let (z, log_det) = self.normalise(&leaves, rows.to_vec());
                self.loss(&values(&z), &values(&log_det))
            })
            .collect();
        Ok(Some(parts.iter().sum::<f64>() / samples as f64))
    }
}
