//! The best one-to-one assignment of k rows to k columns.

use smallvec::SmallVec;
use std::sync::LazyLock;

/// All permutations of up to this many are tried; above, Kuhn and Munkres decide.
pub(super) const FEW: usize = 6;

/// The permutations of 0 to [`FEW`] numbers.
static PERMUTATIONS: LazyLock<Vec<Vec<[u8; FEW]>>> = LazyLock::new(|| {
    let mut all = vec![vec![[0; FEW]]];
    for k in 0..FEW {
        // The new number k takes each place; what stood there goes to the end.
        let longer = |p: &[u8; FEW]| {
            let p = *p;
            (0..=k).rev().map(move |place| {
                let mut p = p;
                p[k] = p[place];
                p[place] = k as u8;
                p
            })
        };
        let next = all[k].iter().flat_map(longer).collect();
        all.push(next);
    }
    all
});

/// The permutations of k ≤ [`FEW`] numbers, the identity first.
pub(super) fn permutations(k: usize) -> &'static [[u8; FEW]] {
    &PERMUTATIONS[k]
}

/// The column of each row that makes the sum of `profit(row, column)` largest, in O(k³).
///
/// Kuhn, *Nav. Res. Logist. Q.* **2**, 83 (1955); the form with potentials and shortest paths of Jonker and Volgenant,
/// *Computing* **38**, 325 (1987).
pub(super) fn assign(k: usize, profit: &dyn Fn(usize, usize) -> f64) -> SmallVec<[usize; 8]> {
    // Rows and columns from 1; column 0 holds the row that is being placed.
    let (mut of_row, mut of_column) = (vec![0.0; k + 1], vec![0.0; k + 1]);
    let (mut row_at, mut way) = (vec![0; k + 1], vec![0; k + 1]);
    for row in 1..=k {
        row_at[0] = row;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; k + 1];
        let mut used = vec![false; k + 1];
        while row_at[column] != 0 {
            used[column] = true;
            let here = row_at[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for j in 1..=k {
                if used[j] {
                    continue;
                }
                let cost = -profit(here - 1, j - 1) - of_row[here] - of_column[j];
                if cost < least[j] {
                    (least[j], way[j]) = (cost, column);
                }
                if least[j] < step || next == 0 {
                    (step, next) = (least[j], j);
                }
            }
            for j in 0..=k {
                if used[j] {
                    of_row[row_at[j]] += step;
                    of_column[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            row_at[column] = row_at[way[column]];
            column = way[column];
        }
    }
    let mut columns: SmallVec<[usize; 8]> = SmallVec::from_elem(0, k);
    (1..=k).for_each(|j| columns[row_at[j] - 1] = j - 1);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn permutations_are_all_and_differ() {
        for (k, count) in [(1, 1), (2, 2), (3, 6), (4, 24), (6, 720)] {
            let mut all: Vec<&[u8]> = permutations(k).iter().map(|p| &p[..k]).collect();
            assert!(all[0].iter().enumerate().all(|(i, &j)| i == usize::from(j)));
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
            assert!(all.iter().all(|p| (0..k as u8).all(|j| p.contains(&j))));
        }
    }

    proptest! {
        #[test]
        fn finds_the_best_of_all_permutations(k in 1_usize..=6, values in prop::collection::vec(-5.0..5.0, 36)) {
            let profit = |i: usize, j: usize| values[6 * i + j];
            let best = permutations(k)
                .iter()
                .map(|p| (0..k).map(|i| profit(i, usize::from(p[i]))).sum::<f64>())
                .fold(f64::NEG_INFINITY, f64::max);
            let got: f64 = assign(k, &profit).iter().enumerate().map(|(i, &j)| profit(i, j)).sum();
            prop_assert!((got - best).abs() < 1e-12);
        }
    }
}
