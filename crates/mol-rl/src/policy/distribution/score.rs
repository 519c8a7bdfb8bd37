//! Log-probabilities and entropies of whole actions, on the tape.

use super::Distribution;
use mol_core::tensor::{Matrix, Real, ops::operation, values};

/// What was chosen, and among what: the factors of a batch of actions end to end.
#[derive(Clone, Copy, Debug)]
pub struct Choices<'a, C> {
    /// The factors, shape `[factors]`.
    pub factors: &'a [C],
    /// Which choices were legal, shape `[factors × parameters]`, or empty where all were.
    pub masks: &'a [bool],
    /// Action k has the factors `offsets[k]..offsets[k + 1]`.
    pub offsets: &'a [usize],
}

/// ln π(action) and entropy of every action of a batch, each of shape `[actions, 1]`.
///
/// ```text
/// ln π(a) = Σ_{f in a} ln p(f)        H = Σ_{f in a} H_f
/// ```
///
/// `parameters` is row-major with one row of [`Distribution::parameters`] numbers per factor; its own shape is not looked at, so
/// that a network may lay the factors of an action side by side.
///
/// # Panics
/// If numbers of parameters, factors and offsets do not fit.
#[must_use]
pub fn score<D: Distribution, E: Real>(
    distribution: &D,
    parameters: &Matrix<E>,
    choices: Choices<'_, D::Choice>,
) -> (Matrix<E>, Matrix<E>) {
    let Choices { factors, masks, offsets } = choices;
    let width = distribution.parameters();
    let rows: Vec<f64> = values(parameters).into_iter().map(Real::f64).collect();
    assert_eq!(rows.len(), factors.len() * width, "score: one row of parameters per factor");
    assert!(masks.is_empty() || masks.len() == rows.len(), "score: one entry of the mask per parameter");
    assert_eq!(offsets.last(), Some(&factors.len()), "score: the offsets end at the factors");
    let actions = offsets.len() - 1;
    let (mut by_probability, mut by_entropy) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
    let (mut probabilities, mut entropies) = (Vec::with_capacity(actions), Vec::with_capacity(actions));
    for range in offsets.windows(2) {
        let (mut probability, mut entropy) = (0.0, 0.0);
        for (factor, &choice) in factors.iter().enumerate().take(range[1]).skip(range[0]) {
            let span = factor * width..(factor + 1) * width;
            let mask = if masks.is_empty() { masks } else { &masks[span.clone()] };
            let row = &rows[span.clone()];
            probability += distribution.log_probability(row, mask, choice, &mut by_probability[span.clone()]);
            entropy += distribution.entropy(row, mask, &mut by_entropy[span]);
        }
        probabilities.push(E::of(probability));
        entropies.push(E::of(entropy));
    }
    let offsets = offsets.to_vec();
    let outputs = vec![(probabilities, (actions, 1)), (entropies, (actions, 1))];
    let mut out = operation(&[parameters], outputs, move |adjoints, gradients| {
        for (action, range) in offsets.windows(2).enumerate() {
            let (p, h) = (adjoints[0][action].f64(), adjoints[1][action].f64());
            for k in range[0] * width..range[1] * width {
                gradients[0][k] += E::of(p * by_probability[k] + h * by_entropy[k]);
            }
        }
    });
    let entropies = out.remove(1);
    (out.remove(0), entropies)
}
