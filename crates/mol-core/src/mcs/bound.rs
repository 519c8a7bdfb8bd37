//! How many more bonds two sets of bonds can share: the sum over classes that must be alike.

use super::BondComparison;

/// Bonds of each molecule by class; a class holds one kind of neighbour, on rings or off them, with five orders.
pub(super) struct Tally {
    counts: Vec<[[u32; 5]; 2]>,
    touched: Vec<u32>,
}

impl Tally {
    pub(super) fn new(classes: usize) -> Self {
        Self { counts: vec![[[0; 5]; 2]; classes], touched: Vec::new() }
    }

    #[inline]
    pub(super) fn add(&mut self, class: usize, side: usize, order: u8) {
        let row = &mut self.counts[class];
        if row[side] == [0; 5] {
            self.touched.push(class as u32);
        }
        row[side][usize::from(order)] += 1;
    }

    /// How many bonds the second molecule has in a class that are like one of an order.
    pub(super) fn partners(&self, class: usize, order: u8, comparison: BondComparison) -> usize {
        let [_, b] = &self.counts[class];
        let aromatic = comparison == BondComparison::Order;
        let extra = match order {
            0 if aromatic => b[4],
            4 if aromatic => b[0],
            _ => 0,
        };
        (b[usize::from(order)] + extra) as usize
    }

    /// The largest number of pairs of like bonds; the tally is empty afterwards.
    pub(super) fn drain(&mut self, comparison: BondComparison) -> usize {
        let mut sum = 0;
        for class in self.touched.drain(..) {
            let row = std::mem::take(&mut self.counts[class as usize]);
            sum += pairs(&row, comparison);
        }
        sum
    }
}

/// The largest number of pairs of like bonds within a class.
///
/// Aromatic bonds go with single and aromatic ones. Equal orders are paired first: if a single bond went with an
/// aromatic one and another single bond with another aromatic one, exchanging partners would leave as many pairs.
fn pairs([a, b]: &[[u32; 5]; 2], comparison: BondComparison) -> usize {
    let equal: usize = (0..4).map(|order| a[order].min(b[order]) as usize).sum();
    let [aromatic_a, aromatic_b] = [a[4] as usize, b[4] as usize];
    if comparison != BondComparison::Order {
        return equal + aromatic_a.min(aromatic_b);
    }
    let left = |a: &[u32; 5], b: &[u32; 5]| a[0].saturating_sub(b[0]) as usize;
    let with_b = left(a, b).min(aromatic_b);
    let with_a = left(b, a).min(aromatic_a);
    equal + with_a + with_b + (aromatic_a - with_a).min(aromatic_b - with_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest matching by trying everything.
    fn largest(a: &[u8], b: &[u8]) -> usize {
        let Some((&first, rest)) = a.split_first() else { return 0 };
        let alike = |x: u8, y: u8| x == y || x == 4 && y == 0 || y == 4 && x == 0;
        let mut best = largest(rest, b);
        for k in (0..b.len()).filter(|&k| alike(first, b[k])) {
            let others: Vec<u8> = b.iter().enumerate().filter(|&(j, _)| j != k).map(|(_, &order)| order).collect();
            best = best.max(1 + largest(rest, &others));
        }
        best
    }

    #[test]
    fn pairs_are_the_largest_matching() {
        let mut rng = crate::Seed::new(5).rng();
        for _ in 0..300 {
            let mut side = || -> Vec<u8> { (0..rng.below(5)).map(|_| [0, 1, 2, 4, 4][rng.below(5)]).collect() };
            let (a, b) = (side(), side());
            let mut tally = Tally::new(1);
            a.iter().for_each(|&order| tally.add(0, 0, order));
            b.iter().for_each(|&order| tally.add(0, 1, order));
            assert_eq!(tally.drain(BondComparison::Order), largest(&a, &b), "{a:?} {b:?}");
            assert_eq!(tally.drain(BondComparison::Order), 0);
        }
    }
}
