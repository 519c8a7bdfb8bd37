//! The loss of a batch of pairs: minus the score, times the number of pairs.
//!
//! mol-core's trainer averages a loss over items; a variational score belongs to a batch as a whole. One chunk per batch
//! and a factor of the batch's size make the two agree, so checkpoints, averaging and observers are the trainer's.

use super::super::score::{Score, score};
use super::super::{CovarianceConfig, Covariances};
use super::loss::variational_score;
use super::network::{Network, forward};
use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::ndarray::Array2;
use mol_core::tensor::{Activation, Objective, Parameters, Real, Record, constant};
use mol_core::{Fault, Rng};
use rayon::prelude::*;

/// Frames per unit of parallel work.
const CHUNK: usize = 1024;

/// Pairs of scaled frames.
pub(super) struct Pairs<E> {
    pub(super) widths: Vec<usize>,
    pub(super) activation: Activation,
    pub(super) score: Score,
    pub(super) epsilon: f64,
    pub(super) lag: usize,
    /// All frames of the training trajectories in a row, `[frames, inputs]`.
    pub(super) frames: Vec<E>,
    /// The earlier frame of each pair.
    pub(super) starts: Vec<usize>,
    /// Held-out trajectories, scaled.
    pub(super) held_out: Vec<Array2<f64>>,
}

impl<E: Real> Objective<E> for Pairs<E> {
    fn items(&self) -> usize {
        self.starts.len()
    }

    fn accumulate(
        &self,
        weights: &Parameters<E>,
        items: &[usize],
        gradient: &mut [E],
        _: &mut Rng,
    ) -> Result<f64, Fault> {
        let d = self.widths[0];
        let mut x = Vec::with_capacity(2 * items.len() * d);
        for offset in [0, self.lag] {
            for item in items {
                x.extend_from_slice(&self.frames[(self.starts[*item] + offset) * d..][..d]);
            }
        }
        let tape = Record::start();
        let leaves = weights.leaves(&tape);
        let chi = forward(&leaves, constant(x, (2 * items.len(), d)), self.activation);
        let score = variational_score(&chi, self.score, self.epsilon);
        let n = items.len() as f64;
        let value = mol_core::tensor::values(&score)[0].f64();
        weights.collect_gradient(&leaves, &mut tape.backward(&[(&score, &[E::of(-n)])]), gradient);
        Ok(-n * value)
    }

    fn validate(&self, weights: &Parameters<E>) -> Result<Option<f64>, Fault> {
        if self.held_out.is_empty() {
            return Ok(None);
        }
        let network = Network::new(weights, &self.widths, self.activation)?;
        let chi: Vec<_> = self.held_out.iter().map(|x| memberships(&network, x)).collect();
        Ok(Some(-score_of(&chi, self.lag, self.score)?))
    }
}

/// Memberships of scaled frames, shape `[frames, states]`.
pub(super) fn memberships(network: &Network, x: &Array2<f64>) -> Array2<f64> {
    let x = x.as_standard_layout();
    let rows = x.as_slice().expect("standard layout");
    let parts: Vec<Vec<f64>> =
        rows.par_chunks(CHUNK * x.ncols().max(1)).map(|rows| network.memberships(rows)).collect();
    Array2::from_shape_vec((x.nrows(), network.states()), parts.concat()).expect("one row per frame")
}

/// Score of the space of given functions on their own data; the constant is among them, so means are removed and 1 added.
pub(super) fn score_of(chi: &[Array2<f64>], lag: usize, which: Score) -> crate::Result<f64> {
    let c = Covariances::estimate(chi, lag, CovarianceConfig::default())?;
    let k = c.c00.nrows();
    // On the functions' own data the best VAMP-E is VAMP-2.
    let which = if which == Score::VampE { Score::Vamp2 } else { which };
    let one = DMatrix::identity(k, k);
    Ok(score(which, &c, (&one, &one, &DVector::zeros(k))))
}
