//! Activation functions with the two derivatives that force training needs.

use super::{Kernel, Real, simd};

/// Element-wise non-linearity φ.
///
/// ```text
/// ShiftedSoftplus  φ(x) = ln(1 + eˣ) − ln 2      (Schütt 2018)
/// Silu             φ(x) = x / (1 + e⁻ˣ)          (PhysNet's relatives, PaiNN)
/// Tanh             φ(x) = tanh x
/// Identity         φ(x) = x
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Activation {
    /// φ(x) = x.
    Identity,
    /// φ(x) = ln(1 + eˣ) − ln 2.
    ShiftedSoftplus,
    /// φ(x) = x σ(x), also called swish.
    Silu,
    /// φ(x) = tanh x.
    Tanh,
}

impl Activation {
    /// (φ, φ′, φ″) at `x`.
    #[inline(always)]
    pub fn evaluate<E: Real>(self, x: E) -> (E, E, E) {
        match self {
            Self::Identity => (x, E::ONE, E::ZERO),
            Self::ShiftedSoftplus => {
                let (softplus, sigmoid) = softplus_and_sigmoid(x);
                (softplus - E::of(std::f64::consts::LN_2), sigmoid, sigmoid * (E::ONE - sigmoid))
            }
            Self::Silu => {
                let (_, s) = softplus_and_sigmoid(x);
                let slope = s * (E::ONE - s);
                (x * s, s + x * slope, slope * (E::of(2.0) + x * (E::ONE - E::of(2.0) * s)))
            }
            Self::Tanh => {
                let (_, s) = softplus_and_sigmoid(E::of(2.0) * x);
                let t = E::of(2.0) * s - E::ONE;
                let slope = E::ONE - t * t;
                (t, slope, E::of(-2.0) * t * slope)
            }
        }
    }

    /// Replaces `x` by φ(x) and fills `slope` with φ′(x).
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn apply<E: Real>(self, x: &mut [E], slope: &mut [E]) {
        assert_eq!(x.len(), slope.len(), "one slope per value");
        // Matching here, outside the loop, gives each function its own vector loop.
        match self {
            Self::Identity => slope.fill(E::ONE),
            Self::ShiftedSoftplus => simd(First::<E, 0>(x, slope)),
            Self::Silu => simd(First::<E, 1>(x, slope)),
            Self::Tanh => simd(First::<E, 2>(x, slope)),
        }
    }

    /// As [`apply`](Self::apply), and fills `curvature` with φ″(x).
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn apply_second<E: Real>(self, x: &mut [E], slope: &mut [E], curvature: &mut [E]) {
        assert!(x.len() == slope.len() && x.len() == curvature.len(), "one slope and curvature per value");
        match self {
            Self::Identity => {
                slope.fill(E::ONE);
                curvature.fill(E::ZERO);
            }
            Self::ShiftedSoftplus => simd(Second::<E, 0>(x, slope, curvature)),
            Self::Silu => simd(Second::<E, 1>(x, slope, curvature)),
            Self::Tanh => simd(Second::<E, 2>(x, slope, curvature)),
        }
    }

    const fn numbered(which: u8) -> Self {
        match which {
            0 => Self::ShiftedSoftplus,
            1 => Self::Silu,
            _ => Self::Tanh,
        }
    }
}

/// (ln(1 + eˣ), σ(x)) without overflow on either side.
#[inline(always)]
fn softplus_and_sigmoid<E: Real>(x: E) -> (E, E) {
    let a = Real::exp(-Real::abs(x));
    let q = E::ONE / (E::ONE + a);
    (Real::max(x, E::ZERO) + a.ln_1p_unit(), if x >= E::ZERO { q } else { a * q })
}

struct First<'a, E, const WHICH: u8>(&'a mut [E], &'a mut [E]);

impl<E: Real, const WHICH: u8> Kernel for First<'_, E, WHICH> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (x, slope) in self.0.iter_mut().zip(self.1) {
            (*x, *slope, _) = Activation::numbered(WHICH).evaluate(*x);
        }
    }
}

struct Second<'a, E, const WHICH: u8>(&'a mut [E], &'a mut [E], &'a mut [E]);

impl<E: Real, const WHICH: u8> Kernel for Second<'_, E, WHICH> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for ((x, slope), curvature) in self.0.iter_mut().zip(self.1).zip(self.2) {
            (*x, *slope, *curvature) = Activation::numbered(WHICH).evaluate(*x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_match_finite_differences() {
        for activation in [Activation::Identity, Activation::ShiftedSoftplus, Activation::Silu, Activation::Tanh] {
            for k in -60..=60 {
                let (x, h) = (f64::from(k) * 0.2 + 0.01, 1e-5);
                let (_, d, dd) = activation.evaluate(x);
                let (up, up1, _) = activation.evaluate(x + h);
                let (down, down1, _) = activation.evaluate(x - h);
                assert!((d - (up - down) / (2.0 * h)).abs() < 1e-9, "{activation:?} first at {x}");
                assert!((dd - (up1 - down1) / (2.0 * h)).abs() < 1e-9, "{activation:?} second at {x}");
            }
        }
    }

    #[test]
    fn single_precision_follows_double() {
        for activation in [Activation::ShiftedSoftplus, Activation::Silu, Activation::Tanh] {
            for k in -400..=400 {
                let x = k as f32 * 0.25;
                let (y, d, _) = activation.evaluate(x);
                let (exact, slope, _) = activation.evaluate(f64::from(x));
                assert!((y.f64() - exact).abs() < 1e-6 * (1.0 + exact.abs()), "{activation:?} at {x}: {y} {exact}");
                assert!((d.f64() - slope).abs() < 2e-6, "{activation:?} slope at {x}: {d} {slope}");
            }
        }
    }

    #[test]
    fn shifted_softplus_vanishes_at_zero() {
        assert!(Activation::ShiftedSoftplus.evaluate(0.0_f64).0.abs() < 1e-15);
    }
}
