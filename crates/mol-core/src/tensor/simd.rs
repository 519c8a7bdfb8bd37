//! One body, three instruction sets: run-time dispatch for element-wise kernels.
//!
//! A kernel is a struct of slices whose [`Kernel::run`] is a plain loop marked `#[inline(always)]`. [`simd`] inlines
//! that one body into twins compiled for AVX-512, AVX2 and the baseline, and calls the best one this processor has, so
//! that a plain `cargo build --release` is fast. No twin fuses multiply and add, hence they agree to the bit; the tests
//! compare them.
#![allow(unsafe_code)]

/// A loop over slices, compiled once per instruction set.
pub trait Kernel {
    /// What it returns.
    type Output;
    /// The loop; implementations are `#[inline(always)]`.
    fn run(self) -> Self::Output;
}

/// Runs `kernel` with the widest instructions of this processor.
#[inline]
pub fn simd<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") {
            // SAFETY: the features that `avx512` is compiled with were just detected.
            return unsafe { avx512(kernel) };
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: as above for `avx2`.
            return unsafe { avx2(kernel) };
        }
    }
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Activation;

    struct Evaluate<'a>(&'a mut [f32], &'a mut [f32]);

    impl Kernel for Evaluate<'_> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (x, d) in self.0.iter_mut().zip(self.1) {
                (*x, *d, _) = Activation::ShiftedSoftplus.evaluate(*x);
            }
        }
    }

    #[test]
    fn twins_agree_to_the_bit() {
        let x: Vec<f32> = (-4000..4000).map(|k| k as f32 * 0.03).collect();
        let (mut a, mut da) = (x.clone(), vec![0.0; x.len()]);
        let (mut b, mut db) = (x.clone(), vec![0.0; x.len()]);
        simd(Evaluate(&mut a, &mut da));
        Evaluate(&mut b, &mut db).run();
        assert_eq!(
            a.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            b.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        );
        assert_eq!(
            da.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            db.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        );
    }
}
