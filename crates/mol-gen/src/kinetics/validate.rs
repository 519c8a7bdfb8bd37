//! Cross-validation over trajectories.

use super::data;
use crate::{Error, Result};
use mol_core::ndarray::{ArrayBase, ArrayView2, Data, Ix2};

/// Scores of models on trajectories they were not fitted to; made by [`cross_validate`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CrossValidation {
    /// Score of each fold's held-out trajectories.
    pub scores: Vec<f64>,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation over √folds. Training sets overlap, so this is a rough guide rather than a standard error.
    pub error: f64,
}

/// Holds out each of `folds` groups of trajectories in turn: fits to the others, scores on those held out.
///
/// Trajectory k belongs to fold k mod `folds`. `fit_and_score` receives the trajectories to fit and those held out. Split by
/// whole trajectories: frames of one are correlated, and a random split of frames would let the model see its test. With too few
/// trajectories cut them first, by [`pieces`](super::pieces).
///
/// ```
/// use mol_core::{Seed, ndarray::Array2};
/// use mol_gen::kinetics::{Score, Vamp, cross_validate};
/// let mut rng = Seed::new(1).rng();
/// let noise: Vec<_> = (0..5).map(|_| Array2::from_shape_fn((200, 3), |_| rng.normal())).collect();
/// let held_out = cross_validate(&noise, 5, |fit, test| Vamp::new(1).fit(fit)?.score(test, Score::VampE))?;
/// let fitted = Vamp::new(1).fit(&noise)?.score(&noise, Score::VampE)?;
/// assert!(held_out.mean < 1.0 && 1.0 < fitted, "noise predicts nothing: {} {fitted}", held_out.mean);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// R. T. McGibbon and V. S. Pande, *J. Chem. Phys.* **142**, 124105 (2015).
///
/// # Errors
/// If there are fewer than two folds or fewer trajectories than folds, and what `fit_and_score` returns.
pub fn cross_validate<S: Data<Elem = f64>>(
    trajectories: &[ArrayBase<S, Ix2>],
    folds: usize,
    mut fit_and_score: impl FnMut(&[ArrayView2<'_, f64>], &[ArrayView2<'_, f64>]) -> Result<f64>,
) -> Result<CrossValidation> {
    data::argument("folds", "at least 2", folds >= 2, &folds)?;
    if trajectories.len() < folds {
        return Err(Error::TooFew { what: "trajectories to cross-validate", expected: folds, got: trajectories.len() });
    }
    let views = data::views(trajectories);
    let scores = (0..folds).map(|fold| {
        let part = |held_out: bool| -> Vec<_> {
            views.iter().enumerate().filter(|(k, _)| (k % folds == fold) == held_out).map(|(_, x)| *x).collect()
        };
        fit_and_score(&part(false), &part(true))
    });
    let scores = scores.collect::<Result<Vec<f64>>>()?;
    let (mean, variance) = (mol_core::stats::mean(&scores)?, mol_core::stats::variance(&scores)?);
    Ok(CrossValidation { mean, error: (variance / folds as f64).sqrt(), scores })
}
