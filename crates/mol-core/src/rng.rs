//! The only random-number generator of the workspace: `ChaCha8`, serialisable, its draws frozen.
//!
//! One concrete type instead of a trait: every signature that takes randomness takes `&mut Rng` as its last argument, a
//! checkpoint stores it, and a run is reproduced from its [`Seed`]. Deliberately not here: ambient randomness, and
//! distributions beyond the uniform and the normal.

use crate::Seed;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// `ChaCha8` stream with the draws the toolkit needs.
///
/// `uniform`, `normal`, `below` and `shuffle` are part of the format of every checkpoint: they never change.
/// Cloning copies the state; serialising keeps it to the bit.
///
/// ```
/// let mut rng = mol_core::Seed::new(1).rng();
/// let x = rng.uniform();
/// assert!((0.0..1.0).contains(&x));
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rng {
    chacha: ChaCha8Rng,
    /// Second number of the last pair of the polar method.
    spare: Option<f64>,
}

impl Rng {
    /// The generator of `seed`.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self { chacha: ChaCha8Rng::seed_from_u64(seed.value()), spare: None }
    }

    /// Sixty-four uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.chacha.next_u64()
    }

    /// Uniform in [0, 1): 53 bits times 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * f64::EPSILON / 2.0
    }

    /// Standard normal (Marsaglia's polar method, *SIAM Rev.* **6**, 260 (1964)).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let scale = (-2.0 * s.ln() / s).sqrt();
                self.spare = Some(v * scale);
                return u * scale;
            }
        }
    }

    /// Uniform in 0..n without bias (Lemire, *ACM Trans. Model. Comput. Simul.* **29**, 3 (2019)).
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "below(0) has no value to return");
        let n = n as u64;
        loop {
            let wide = u128::from(self.bits()) * u128::from(n);
            if wide as u64 >= n.wrapping_neg() % n {
                return (wide >> 64) as usize;
            }
        }
    }

    /// Uniformly random permutation of `items` in place (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests;
