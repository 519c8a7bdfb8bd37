//! The scalars of the tensor layer: f32 for work, f64 for checks.

use dfdx::dtypes::Dtype;
use dfdx::prelude::{Cpu, Storage};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// Scalar of weights and activations: f32 or f64, nothing else.
///
/// The elementary functions here are written for speed in a loop: those of f32 are branch-free polynomials that
/// vectorise (2 ulp), those of f64 call the standard library.
pub trait Real:
    sealed::Sealed
    + Dtype
    + std::fmt::Display
    + std::ops::Neg<Output = Self>
    + std::iter::Sum
    + serde::Serialize
    + for<'de> serde::Deserialize<'de>
{
    /// 0.
    const ZERO: Self;
    /// Bytes of one number.
    const BYTES: usize;
    /// Name in safetensors files: "F32" or "F64".
    const NAME: &'static str;

    /// The nearest number of this type.
    #[must_use]
    fn of(x: f64) -> Self;
    /// As f64.
    #[must_use]
    fn f64(self) -> f64;
    /// eˣ; exactly zero below −87 for f32, so that no denormals travel downstream.
    #[must_use]
    fn exp(self) -> Self;
    /// ln(1 + x) for x in [0, 1].
    #[must_use]
    fn ln_1p_unit(self) -> Self;
    /// |x|.
    #[must_use]
    fn abs(self) -> Self;
    /// The larger of the two.
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// √x.
    #[must_use]
    fn sqrt(self) -> Self;
    /// Little-endian bytes, appended.
    fn write_le(self, out: &mut Vec<u8>);
    /// From little-endian bytes.
    ///
    /// # Panics
    /// If `bytes` is not [`BYTES`](Self::BYTES) long.
    #[must_use]
    fn read_le(bytes: &[u8]) -> Self;
    /// dfdx's gradient buffer as a plain vector.
    fn buffer(storage: &mut <Cpu as Storage<Self>>::Vec) -> &mut Vec<Self>;
}

/// What reads the same for f32 and f64.
macro_rules! same_for_both {
    () => {
        #[inline(always)]
        fn abs(self) -> Self {
            self.abs()
        }
        #[inline(always)]
        fn max(self, other: Self) -> Self {
            if self > other { self } else { other }
        }
        #[inline(always)]
        fn sqrt(self) -> Self {
            self.sqrt()
        }
        fn write_le(self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.to_le_bytes());
        }
        fn read_le(bytes: &[u8]) -> Self {
            Self::from_le_bytes(bytes.try_into().expect("as many bytes, by the contract"))
        }
        fn buffer(storage: &mut <Cpu as Storage<Self>>::Vec) -> &mut Vec<Self> {
            &mut *storage
        }
    };
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const BYTES: usize = 4;
    const NAME: &'static str = "F32";

    #[inline(always)]
    fn of(x: f64) -> Self {
        x as Self
    }
    #[inline(always)]
    fn f64(self) -> f64 {
        f64::from(self)
    }
    /// Cephes' `expf` scheme: x = n ln 2 + r, a degree-6 polynomial in r, 2ⁿ by bits.
    #[inline(always)]
    fn exp(self) -> Self {
        // Not `clamp`: a comparison and a select each, which vectorise; NaN passes through the last select.
        let x = if self > 88.0 { 88.0 } else { self };
        let x = if x < -87.0 { -87.0 } else { x };
        let shifted = x * std::f32::consts::LOG2_E + 12_582_912.0;
        let n = shifted - 12_582_912.0;
        let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
        let p = 1.987_569_1e-4;
        let p = p * r + 1.398_2e-3;
        let p = p * r + 8.333_452e-3;
        let p = p * r + 4.166_579_6e-2;
        let p = p * r + 1.666_666_5e-1;
        let p = p * r + 0.5;
        let p = p * r * r + r + 1.0;
        let two_n = Self::from_bits(shifted.to_bits().wrapping_sub(0x4B40_0000).wrapping_add(127) << 23);
        if self < -87.0 { 0.0 } else { p * two_n }
    }
    /// 2 artanh(x / (2 + x)) by its series.
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        let s = self / (2.0 + self);
        let z = s * s;
        let p = 0.076_923_08;
        let p = p * z + 0.090_909_09;
        let p = p * z + 0.111_111_11;
        let p = p * z + 0.142_857_15;
        let p = p * z + 0.2;
        let p = p * z + 0.333_333_34;
        2.0 * s * (1.0 + z * p)
    }
    same_for_both!();
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const BYTES: usize = 8;
    const NAME: &'static str = "F64";

    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn exp(self) -> Self {
        if self < -708.0 { 0.0 } else { self.exp() }
    }
    #[inline(always)]
    fn ln_1p_unit(self) -> Self {
        self.ln_1p()
    }
    same_for_both!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_functions_stay_within_three_ulp() {
        let mut worst = 0.0_f64;
        for k in -86_000..88_000 {
            let x = k as f32 * 1e-3;
            let exact = f64::from(x).exp();
            worst = worst.max((Real::exp(x).f64() / exact - 1.0).abs());
        }
        assert!(worst < 2.0e-7, "exp: relative error {worst:e}");
        let mut worst = 0.0_f64;
        for k in 1..=100_000 {
            let x = k as f32 * 1e-5;
            worst = worst.max((x.ln_1p_unit().f64() / f64::from(x).ln_1p() - 1.0).abs());
        }
        assert!(worst < 2.5e-7, "ln_1p: relative error {worst:e}");
    }

    #[test]
    fn far_tails_are_exact_zeros_and_nan_stays() {
        assert_eq!(Real::exp(-87.5_f32), 0.0);
        assert_eq!(Real::exp(-709.0_f64), 0.0);
        assert!(Real::exp(f32::NAN).is_nan());
    }
}
