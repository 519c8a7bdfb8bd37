//! The hash of which the codes are made.
//!
//! One function on 32 bits, that of the C++ library Boost, because the codes of `RDKit` are made of it. It is fast and
//! mixes well enough for folding; it is no defence against chosen inputs. Deliberately not here: hashing of anything
//! but sequences of numbers.

/// Mixes a value into a hash.
///
/// ```text
/// h ← h ⊕ (v + 2³²/φ + (h << 6) + (h >> 2))
/// ```
///
/// (Ramakrishna and Zobel, *Proc. 5th Int. Conf. Database Systems for Advanced Applications*, 215 (1997); D. James,
/// Boost.ContainerHash.)
#[inline]
pub(crate) const fn combine(hash: u32, value: u32) -> u32 {
    hash ^ value.wrapping_add(0x9e37_79b9).wrapping_add(hash << 6).wrapping_add(hash >> 2)
}

/// The hash of a sequence.
pub(super) fn sequence(values: &[u32]) -> u32 {
    values.iter().fold(0, |hash, &value| combine(hash, value))
}
