//! One of finitely many choices, some of them perhaps illegal.

use super::Distribution;
use crate::{Error, Result};
use mol_core::Rng;

/// Categorical distribution over `0..choices` by logits ℓ, restricted to the legal choices.
///
/// ```text
/// p(a) = exp(ℓₐ) / Σ_{b legal} exp(ℓ_b)        H = −Σ p ln p
/// ∂ ln p(a)/∂ℓ_b = δ_ab − p_b                  ∂H/∂ℓ_b = −p_b (ln p_b + H)
/// ```
///
/// Illegal choices have probability zero and pass no gradient, which is the unbiased treatment (S. Huang and S. Ontañón,
/// *Proc. FLAIRS* **35** (2022)).
///
/// ```
/// use mol_rl::policy::{Categorical, Distribution};
/// let three = Categorical::new(3)?;
/// let mut gradient = [0.0; 3];
/// let ln_p = three.log_probability(&[0.0, 1.0, 9.0], &[true, true, false], 1, &mut gradient);
/// assert!((ln_p + (1.0 + (-1.0_f64).exp()).ln()).abs() < 1e-15);
/// assert_eq!(gradient[2], 0.0);
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Categorical {
    choices: usize,
}

impl Categorical {
    /// A distribution over `0..choices`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `choices` is 0.
    pub fn new(choices: usize) -> Result<Self> {
        if choices == 0 {
            return Err(Error::InvalidArgument { what: "number of choices", expected: "at least 1", got: "0".into() });
        }
        Ok(Self { choices })
    }

    /// ln p of every choice, −∞ for illegal ones.
    fn logarithms(self, logits: &[f64], mask: &[bool]) -> Vec<f64> {
        let legal = |k: usize| mask.is_empty() || mask[k];
        let largest = (0..self.choices).filter(|&k| legal(k)).map(|k| logits[k]).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = (0..self.choices).filter(|&k| legal(k)).map(|k| (logits[k] - largest).exp()).sum();
        let norm = largest + total.ln();
        (0..self.choices).map(|k| if legal(k) { logits[k] - norm } else { f64::NEG_INFINITY }).collect()
    }
}

impl Distribution for Categorical {
    type Choice = usize;

    fn parameters(&self) -> usize {
        self.choices
    }

    fn choices(&self) -> usize {
        self.choices
    }

    fn sample(&self, parameters: &[f64], mask: &[bool], rng: &mut Rng) -> usize {
        let logarithms = self.logarithms(parameters, mask);
        let mut left = rng.uniform();
        for (k, logarithm) in logarithms.iter().enumerate() {
            left -= logarithm.exp();
            if left < 0.0 {
                return k;
            }
        }
        // Rounding may leave a crumb; it belongs to the last legal choice.
        logarithms.iter().rposition(|l| *l > f64::NEG_INFINITY).unwrap_or(0)
    }

    fn mode(&self, parameters: &[f64], mask: &[bool]) -> usize {
        let logarithms = self.logarithms(parameters, mask);
        (0..self.choices).rev().max_by(|a, b| logarithms[*a].total_cmp(&logarithms[*b])).unwrap_or(0)
    }

    fn log_probability(&self, parameters: &[f64], mask: &[bool], choice: usize, gradient: &mut [f64]) -> f64 {
        let logarithms = self.logarithms(parameters, mask);
        for (g, l) in gradient.iter_mut().zip(&logarithms) {
            *g = -l.exp();
        }
        gradient[choice] += 1.0;
        logarithms[choice]
    }

    fn entropy(&self, parameters: &[f64], mask: &[bool], gradient: &mut [f64]) -> f64 {
        let logarithms = self.logarithms(parameters, mask);
        let term = |l: f64| if l > f64::NEG_INFINITY { l.exp() * l } else { 0.0 };
        let entropy = -logarithms.iter().map(|l| term(*l)).sum::<f64>();
        for (g, l) in gradient.iter_mut().zip(&logarithms) {
            *g = -(term(*l) + l.exp() * entropy);
        }
        entropy
    }
}
