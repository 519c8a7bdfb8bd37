//! A real number.

use super::Distribution;
use mol_core::Rng;
use std::f64::consts::PI;

/// Normal distribution by mean μ and log-width ln σ, the second limited to [−5, 2].
///
/// ```text
/// ln p(a) = −½ ((a − μ)/σ)² − ln σ − ½ ln 2π        H = ln σ + ½ ln(2πe)
/// ```
///
/// With several factors it is the diagonal normal distribution. Outside of the limits ln σ passes no gradient, so that a width
/// neither collapses to nothing nor runs away.
///
/// ```
/// use mol_rl::policy::{Distribution, Normal};
/// let mut gradient = [0.0; 2];
/// let ln_p = Normal.log_probability(&[1.0, 0.0], &[], 3.0, &mut gradient);
/// assert!((ln_p + 2.0 + 0.5 * (2.0 * std::f64::consts::PI).ln()).abs() < 1e-15);
/// assert_eq!(gradient, [2.0, 3.0]);
/// ```
///
/// Reference: R. J. Williams, *Mach. Learn.* **8**, 229 (1992), section 6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Normal;

/// Smallest and largest ln σ.
const LIMITS: (f64, f64) = (-5.0, 2.0);

impl Normal {
    /// Limited ln σ and its derivative.
    fn width(raw: f64) -> (f64, f64) {
        let inside = (LIMITS.0..=LIMITS.1).contains(&raw);
        (raw.clamp(LIMITS.0, LIMITS.1), f64::from(u8::from(inside)))
    }
}

impl Distribution for Normal {
    type Choice = f64;

    fn parameters(&self) -> usize {
        2
    }

    fn choices(&self) -> usize {
        0
    }

    fn sample(&self, parameters: &[f64], _mask: &[bool], rng: &mut Rng) -> f64 {
        parameters[0] + Self::width(parameters[1]).0.exp() * rng.normal()
    }

    fn mode(&self, parameters: &[f64], _mask: &[bool]) -> f64 {
        parameters[0]
    }

    fn log_probability(&self, parameters: &[f64], _mask: &[bool], choice: f64, gradient: &mut [f64]) -> f64 {
        let (width, slope) = Self::width(parameters[1]);
        let z = (choice - parameters[0]) * (-width).exp();
        gradient[0] = z * (-width).exp();
        gradient[1] = (z * z - 1.0) * slope;
        -0.5 * z * z - width - 0.5 * (2.0 * PI).ln()
    }

    fn entropy(&self, parameters: &[f64], _mask: &[bool], gradient: &mut [f64]) -> f64 {
        let (width, slope) = Self::width(parameters[1]);
        gradient.copy_from_slice(&[0.0, slope]);
        width + 0.5 * (2.0 * PI).ln() + 0.5
    }
}
