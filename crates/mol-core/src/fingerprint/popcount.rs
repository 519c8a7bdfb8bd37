//! How many bits two rows of words have in common.
//!
//! Thirty-two pairs of words at a time go through carry-save adders, which add single bits of all places at once; only
//! their five sums are then counted. Everything is plain arithmetic on arrays of two words, which the compiler puts into
//! the vector registers that every 64-bit processor has. Deliberately not here: instructions that some have.

/// Words that are worked on side by side.
const LANES: usize = 2;
/// Words of one block.
const BLOCK: usize = 16 * LANES;

type Lanes = [u64; LANES];

/// Number of bits on in both rows, which are of one length.
#[inline]
pub(super) fn common_ones(a: &[u64], b: &[u64]) -> u32 {
    let mut count = 0;
    let (mut blocks_a, mut blocks_b) = (a.chunks_exact(BLOCK), b.chunks_exact(BLOCK));
    for (x, y) in blocks_a.by_ref().zip(blocks_b.by_ref()) {
        let (x, y) = (x.try_into(), y.try_into());
        count += block(x.expect("a chunk of this length"), y.expect("a chunk of this length"));
    }
    let rest = blocks_a.remainder();
    if !rest.is_empty() {
        let (mut x, mut y) = ([0; BLOCK], [0; BLOCK]);
        x[..rest.len()].copy_from_slice(rest);
        y[..rest.len()].copy_from_slice(blocks_b.remainder());
        count += block(&x, &y);
    }
    count
}

#[inline(always)]
fn map2(a: Lanes, b: Lanes, f: impl Fn(u64, u64) -> u64) -> Lanes {
    [f(a[0], b[0]), f(a[1], b[1])]
}

/// Carry and sum of three bits in each place.
#[inline(always)]
fn add3(a: Lanes, b: Lanes, c: Lanes) -> (Lanes, Lanes) {
    let half = map2(a, b, |x, y| x ^ y);
    let both = map2(a, b, |x, y| x & y);
    (map2(both, map2(half, c, |x, y| x & y), |x, y| x | y), map2(half, c, |x, y| x ^ y))
}

/// Carry and sum of two bits in each place.
#[inline(always)]
fn add2(a: Lanes, b: Lanes) -> (Lanes, Lanes) {
    (map2(a, b, |x, y| x & y), map2(a, b, |x, y| x ^ y))
}

/// Number of bits on in each byte.
#[inline(always)]
fn ones_of_bytes(x: u64) -> u64 {
    let pairs = x - (x >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    fours + (fours >> 4) & 0x0f0f_0f0f_0f0f_0f0f
}

#[inline(always)]
fn block(a: &[u64; BLOCK], b: &[u64; BLOCK]) -> u32 {
    let v = |k: usize| [a[LANES * k] & b[LANES * k], a[LANES * k + 1] & b[LANES * k + 1]];
    let (two0, one0) = add3(v(0), v(1), v(2));
    let (two1, one1) = add3(v(3), v(4), v(5));
    let (two2, one2) = add3(v(6), v(7), v(8));
    let (two3, one3) = add3(v(9), v(10), v(11));
    let (two4, one4) = add3(v(12), v(13), v(14));
    let (two5, one5) = add3(one0, one1, one2);
    let (two6, one6) = add3(one3, one4, v(15));
    let (two7, ones) = add2(one5, one6);
    let (four0, two8) = add3(two0, two1, two2);
    let (four1, two9) = add3(two3, two4, two5);
    let (four2, two10) = add3(two6, two8, two9);
    let (four3, twos) = add2(two7, two10);
    let (eight0, four4) = add3(four0, four1, four2);
    let (eight1, fours) = add2(four3, four4);
    let (sixteens, eights) = add2(eight0, eight1);
    let lane = |k: usize| {
        // At most 8 (1 + 2 + 4 + 8 + 16) = 248 in each byte.
        let bytes = ones_of_bytes(ones[k])
            + (ones_of_bytes(twos[k]) << 1)
            + (ones_of_bytes(fours[k]) << 2)
            + (ones_of_bytes(eights[k]) << 3)
            + (ones_of_bytes(sixteens[k]) << 4);
        (bytes & 0x00ff_00ff_00ff_00ff) + (bytes >> 8 & 0x00ff_00ff_00ff_00ff)
    };
    ((lane(0) + lane(1)).wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_words() {
        let mut rng = crate::Seed::new(4).rng();
        for length in [0, 1, 7, 16, 31, 32, 33, 64, 100] {
            for density in [0, 1, 2, 3] {
                // The more masks, the sparser or the denser.
                let mut row = || -> Vec<u64> {
                    let mut word = || match density {
                        0 => rng.bits() & rng.bits() & rng.bits(),
                        1 => rng.bits(),
                        2 => rng.bits() | rng.bits() | rng.bits(),
                        _ => u64::MAX,
                    };
                    (0..length).map(|_| word()).collect()
                };
                let (a, b) = (row(), row());
                let plain: u32 = a.iter().zip(&b).map(|(x, y)| (x & y).count_ones()).sum();
                assert_eq!(common_ones(&a, &b), plain);
            }
        }
    }
}
