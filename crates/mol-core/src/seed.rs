//! Seeds: one number from which every random stream of a run is derived by name and index.
//!
//! A single generator shared by all parts of a program couples them: one more draw here changes everything there. Names
//! and indices decouple them, so that adding an observer, a walker or a thread changes no other stream.

use crate::Rng;

/// A seed and the streams derived from it.
///
/// Streams with different names or indices are independent; adding one never shifts another, which a single shared
/// generator cannot promise.
///
/// ```
/// use mol_core::Seed;
/// let seed = Seed::new(7);
/// assert_eq!(seed.stream("md").at(3).rng(), seed.stream("md").at(3).rng());
/// assert_ne!(seed.stream("md").rng(), seed.stream("training").rng());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Seed(u64);

impl Seed {
    /// The root seed of a run.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// The seed of the stream called `name` (FNV-1a of the name, mixed by `SplitMix64`).
    #[must_use]
    pub const fn stream(self, name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut k = 0;
        while k < bytes.len() {
            hash = (hash ^ bytes[k] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            k += 1;
        }
        Self(mix(self.0 ^ mix(hash)))
    }

    /// The seed of member `index` (walker, molecule, epoch).
    #[must_use]
    pub const fn at(self, index: u64) -> Self {
        Self(mix(self.0.wrapping_add(mix(index ^ 0x5851_f42d_4c95_7f2d))))
    }

    /// The generator of this seed.
    #[must_use]
    pub fn rng(self) -> Rng {
        Rng::new(self)
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood, OOPSLA 2014).
const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seeds are part of every recorded run: these numbers never change.
    #[test]
    fn derived_seeds_are_frozen() {
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf, "SplitMix64's published first output for seed 0");
        let seed = Seed::new(42);
        let got = [seed.stream("md"), seed.stream(""), seed.at(0), seed.stream("walker").at(7)].map(Seed::value);
        assert_eq!(
            got,
            [
                14_650_691_431_204_758_332,
                9_680_434_268_173_292_196,
                13_299_496_118_754_343_443,
                13_645_873_963_556_876_228
            ]
        );
    }

    #[test]
    fn streams_and_members_do_not_collide() {
        let root = Seed::new(1);
        let names = ["a", "b", "ab", "ba", ""].map(|name| root.stream(name));
        let mut all: Vec<u64> = names.iter().flat_map(|s| (0..1000).map(|k| s.at(k).value())).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 5000);
    }
}
