//! An angle.

use super::Distribution;
use mol_core::Rng;
use std::f64::consts::{PI, TAU};

/// Von Mises distribution on the circle by its natural parameters η = κ (cos μ, sin μ).
///
/// ```text
/// ln p(θ) = η · (cos θ, sin θ) − ln 2π I₀(κ)        κ = |η|
/// H = ln 2π I₀(κ) − κ A(κ)                          A = I₁/I₀
/// ∂ ln p/∂η = (cos θ, sin θ) − A(κ) η/κ             ∂H/∂η = −A′(κ) η
/// ```
///
/// μ is the mean direction [rad], κ the concentration, near 1/σ² where it is large. In these parameters the uniform
/// distribution is η = 0 and nothing is singular there, unlike in (μ, κ); a network's row of two numbers needs no wrapping.
///
/// ```
/// use mol_rl::policy::{Distribution, VonMises};
/// let mut gradient = [0.0; 2];
/// let ln_p = VonMises.log_probability(&[2.0, 0.0], &[], 0.0, &mut gradient);
/// assert!((ln_p - (2.0 - (std::f64::consts::TAU * 2.279_585_302_336_067).ln())).abs() < 1e-12); // I₀(2)
/// ```
///
/// References: K. V. Mardia and P. E. Jupp, *Directional Statistics*, Wiley (2000), section 3.5.4; sampling by D. J. Best and
/// N. I. Fisher, *Appl. Stat.* **28**, 152 (1979); for κ > 10⁸ by the normal distribution of variance 1/κ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VonMises;

/// Beyond this κ the distribution is normal to 10⁻⁸, and rejection would lose itself in rounding.
const NARROW: f64 = 1e8;

/// ln I₀(κ) and A(κ) = I₁(κ)/I₀(κ): power series to κ = 40, asymptotic series beyond.
fn bessel(kappa: f64) -> (f64, f64) {
    if kappa < 40.0 {
        let x = 0.25 * kappa * kappa;
        let (mut zeroth, mut first) = (1.0, 0.5 * kappa);
        let (mut a, mut b) = (zeroth, first);
        let mut k = 1.0;
        // All terms are positive: nothing cancels.
        while a > 1e-17 * zeroth || b > 1e-17 * first {
            a *= x / (k * k);
            b *= x / (k * (k + 1.0));
            zeroth += a;
            first += b;
            k += 1.0;
        }
        return (zeroth.ln(), first / zeroth);
    }
    // Iν ~ e^κ/√(2πκ) Σ (−1)ᵏ aₖ(ν)/κᵏ (Digital Library of Mathematical Functions, 10.40.1); 12 terms leave 1e-16.
    let series = |order: f64| {
        let (mut sum, mut term) = (1.0, 1.0);
        for k in 1..=12 {
            let odd = 2.0 * f64::from(k) - 1.0;
            term *= -(4.0 * order * order - odd * odd) / (8.0 * f64::from(k) * kappa);
            sum += term;
        }
        sum
    };
    let (zeroth, first) = (series(0.0), series(1.0));
    (kappa - 0.5 * (TAU * kappa).ln() + zeroth.ln(), first / zeroth)
}

impl VonMises {
    /// κ and A(κ)/κ, whose limit at zero is ½.
    fn ratio(parameters: &[f64]) -> (f64, f64, f64) {
        let kappa = parameters[0].hypot(parameters[1]);
        let (logarithm, mean) = bessel(kappa);
        (kappa, logarithm, if kappa > 1e-8 { mean / kappa } else { 0.5 })
    }
}

impl Distribution for VonMises {
    type Choice = f64;

    fn parameters(&self) -> usize {
        2
    }

    fn choices(&self) -> usize {
        0
    }

    /// An angle in [−π, π).
    fn sample(&self, parameters: &[f64], _mask: &[bool], rng: &mut Rng) -> f64 {
        let kappa = parameters[0].hypot(parameters[1]);
        let centre = parameters[1].atan2(parameters[0]);
        let from = if kappa < 1e-6 {
            PI * (2.0 * rng.uniform() - 1.0)
        } else if kappa > NARROW {
            rng.normal() / kappa.sqrt()
        } else {
            let tau = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
            let rho = (tau - (2.0 * tau).sqrt()) / (2.0 * kappa);
            let r = (1.0 + rho * rho) / (2.0 * rho);
            loop {
                let z = (PI * rng.uniform()).cos();
                let f = (1.0 + r * z) / (r + z);
                let c = kappa * (r - f);
                let u = rng.uniform();
                if c * (2.0 - c) > u || (c / u).ln() + 1.0 >= c {
                    let sign = if rng.uniform() < 0.5 { -1.0 } else { 1.0 };
                    break sign * f.clamp(-1.0, 1.0).acos();
                }
            }
        };
        (centre + from + PI).rem_euclid(TAU) - PI
    }

    fn mode(&self, parameters: &[f64], _mask: &[bool]) -> f64 {
        parameters[1].atan2(parameters[0])
    }

    fn log_probability(&self, parameters: &[f64], _mask: &[bool], choice: f64, gradient: &mut [f64]) -> f64 {
        let (_, logarithm, ratio) = Self::ratio(parameters);
        let (sine, cosine) = choice.sin_cos();
        gradient[0] = cosine - ratio * parameters[0];
        gradient[1] = sine - ratio * parameters[1];
        parameters[0] * cosine + parameters[1] * sine - TAU.ln() - logarithm
    }

    fn entropy(&self, parameters: &[f64], _mask: &[bool], gradient: &mut [f64]) -> f64 {
        let (kappa, logarithm, ratio) = Self::ratio(parameters);
        let mean = ratio * kappa;
        let slope = 1.0 - ratio - mean * mean;
        gradient[0] = -slope * parameters[0];
        gradient[1] = -slope * parameters[1];
        TAU.ln() + logarithm - kappa * mean
    }
}
