//! Transition counts of discrete trajectories, and the sets of states that communicate.

use super::data;
use crate::{Error, Result};
use mol_core::ndarray::Array2;

/// Which pairs of frames τ apart are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Counting {
    /// Every pair (t, t + τ): the least noise, but neighbouring pairs are correlated, so the counts overstate the data.
    #[default]
    Sliding,
    /// The pairs (0, τ), (τ, 2τ), …: counts as independent as the process allows.
    Strided,
    /// Sliding counts divided by τ: their estimate with about the weight of strided ones, for Bayesian errors.
    Effective,
}

/// Counts C_ij of transitions i → j at lag τ, over a set of states.
///
/// ```
/// use mol_gen::kinetics::{Counting, TransitionCounts};
/// let counts = TransitionCounts::estimate(&[vec![0, 1, 0, 1, 1]], 2, 1, Counting::Sliding)?;
/// assert_eq!(counts.matrix().as_slice(), Some(&[0.0, 2.0, 1.0, 1.0][..]));
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TransitionCounts {
    lag: usize,
    states: Vec<usize>,
    matrix: Array2<f64>,
}

impl TransitionCounts {
    /// Counts in discrete trajectories of states 0..`states`; pairs never cross trajectories.
    ///
    /// # Errors
    /// Without trajectories or states, for an empty trajectory, a state that does not exist (named), or a lag that is 0 or longer than
    /// every trajectory.
    pub fn estimate(
        trajectories: &[impl AsRef<[usize]>],
        states: usize,
        lag: usize,
        counting: Counting,
    ) -> Result<Self> {
        check(trajectories, states)?;
        data::pairs(trajectories.iter().map(|x| x.as_ref().len()), lag)?;
        let mut matrix = Array2::zeros((states, states));
        for x in trajectories {
            add_counts(&mut matrix, x.as_ref(), lag, counting);
        }
        Ok(Self { lag, states: (0..states).collect(), matrix })
    }

    /// Given counts C, shape `[states, states]`, at `lag` [frames].
    ///
    /// # Errors
    /// If `matrix` is empty or not square, a count is negative or not finite, or the lag is 0.
    pub fn from_matrix(matrix: Array2<f64>, lag: usize) -> Result<Self> {
        data::check_lag(lag)?;
        let n = matrix.nrows();
        mol_core::Error::check_len("columns of the count matrix", n, matrix.ncols())?;
        if n == 0 {
            return Err(Error::TooFew { what: "states", expected: 1, got: 0 });
        }
        if let Some((index, got)) = matrix.iter().enumerate().find(|(_, c)| !(c.is_finite() && **c >= 0.0)) {
            return Err(Error::InvalidComponent {
                what: "count",
                index,
                expected: "finite and not negative",
                got: *got,
            });
        }
        Ok(Self { lag, states: (0..n).collect(), matrix })
    }

    /// Lag τ [frames].
    #[must_use]
    pub const fn lag(&self) -> usize {
        self.lag
    }

    /// The counts, shape `[states, states]`, rows for the earlier state.
    #[must_use]
    pub const fn matrix(&self) -> &Array2<f64> {
        &self.matrix
    }

    /// Numbers of the states in the trajectories: row k counts state `states()[k]`.
    #[must_use]
    pub fn states(&self) -> &[usize] {
        &self.states
    }

    /// Sets of states that reach one another (strongly connected), by falling number of counts within, then by lowest state.
    ///
    /// Rows of the matrix, ascending within a set. Tarjan's algorithm, without recursion; O(states²).
    ///
    /// R. Tarjan, *SIAM J. Comput.* **1**, 146 (1972).
    #[must_use]
    pub fn connected_sets(&self) -> Vec<Vec<usize>> {
        let mut sets = strongly_connected(&self.matrix);
        let weight =
            |set: &[usize]| -> f64 { set.iter().map(|i| set.iter().map(|j| self.matrix[[*i, *j]]).sum::<f64>()).sum() };
        sets.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a[0].cmp(&b[0])));
        sets
    }

    /// The counts within the largest connected set; of no states if there are none.
    #[must_use]
    pub fn largest_connected(&self) -> Self {
        self.connected_sets().first().map_or_else(|| self.clone(), |largest| self.restricted(largest))
    }

    /// The counts within `rows` of the matrix.
    ///
    /// # Panics
    /// If a row does not exist.
    #[must_use]
    pub fn restricted(&self, rows: &[usize]) -> Self {
        let matrix = Array2::from_shape_fn((rows.len(), rows.len()), |(i, j)| self.matrix[[rows[i], rows[j]]]);
        Self { lag: self.lag, states: rows.iter().map(|k| self.states[*k]).collect(), matrix }
    }
}

/// Trajectories are not empty, and their states exist.
pub(super) fn check(trajectories: &[impl AsRef<[usize]>], states: usize) -> Result<()> {
    if trajectories.is_empty() {
        return Err(Error::TooFew { what: "trajectories", expected: 1, got: 0 });
    }
    if states == 0 {
        return Err(Error::TooFew { what: "states", expected: 1, got: 0 });
    }
    for (trajectory, x) in trajectories.iter().enumerate() {
        let x = x.as_ref();
        if x.is_empty() {
            return Err(Error::EmptyTrajectory { trajectory });
        }
        if let Some(frame) = x.iter().position(|state| *state >= states) {
            return Err(Error::UnknownState { trajectory, frame, state: x[frame], states });
        }
    }
    Ok(())
}

/// Adds the counts of one trajectory, whose states exist.
pub(super) fn add_counts(matrix: &mut Array2<f64>, x: &[usize], lag: usize, counting: Counting) {
    let (step, weight) = match counting {
        Counting::Sliding => (1, 1.0),
        Counting::Strided => (lag, 1.0),
        Counting::Effective => (1, 1.0 / lag as f64),
    };
    // Whole numbers first: sums of 1/τ would round differently in another order.
    let (mut t, pairs) = (0, x.len().saturating_sub(lag));
    if counting == Counting::Effective {
        let mut whole = Array2::zeros(matrix.raw_dim());
        add_counts(&mut whole, x, lag, Counting::Sliding);
        matrix.scaled_add(weight, &whole);
        return;
    }
    while t < pairs {
        matrix[[x[t], x[t + lag]]] += weight;
        t += step;
    }
}

/// Strongly connected components, each ascending.
pub(super) fn strongly_connected(matrix: &Array2<f64>) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let n = matrix.nrows();
    let (mut index, mut low, mut on_stack) = (vec![UNSEEN; n], vec![0; n], vec![false; n]);
    let (mut stack, mut sets, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..n {
        if index[root] != UNSEEN {
            continue;
        }
        // (state, next neighbour to look at)
        let mut path = vec![(root, 0)];
        while let Some((i, from)) = path.last_mut() {
            let i = *i;
            if *from == 0 {
                (index[i], low[i], on_stack[i]) = (next, next, true);
                next += 1;
                stack.push(i);
            }
            let neighbor = (*from..n).find(|j| matrix[[i, *j]] > 0.0 && *j != i);
            *from = neighbor.map_or(n, |j| j) + 1;
            match neighbor {
                Some(j) if index[j] == UNSEEN => path.push((j, 0)),
                Some(j) if on_stack[j] => low[i] = low[i].min(index[j]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        low[*parent] = low[*parent].min(low[i]);
                    }
                    if low[i] == index[i] {
                        let at = stack.iter().rposition(|k| *k == i).expect("the root of a component is on the stack");
                        let mut set = stack.split_off(at);
                        for k in &set {
                            on_stack[*k] = false;
                        }
                        set.sort_unstable();
                        sets.push(set);
                    }
                }
            }
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countings_by_hand() {
        let x = [vec![0, 1, 1, 0, 1, 0, 0], vec![1, 1]];
        let count = |lag, counting| {
            TransitionCounts::estimate(&x, 2, lag, counting).expect("valid").matrix.into_raw_vec_and_offset().0
        };
        assert_eq!(count(1, Counting::Sliding), [1.0, 2.0, 2.0, 2.0]);
        assert_eq!(count(2, Counting::Sliding), [1.0, 1.0, 2.0, 1.0]);
        assert_eq!(count(2, Counting::Strided), [0.0, 1.0, 1.0, 1.0]);
        assert_eq!(count(2, Counting::Effective), [0.5, 0.5, 1.0, 0.5]);
    }

    #[test]
    fn connected_sets_are_those_that_return() {
        // 0 ⇄ 1 → 2 ⇄ 3, 4 alone with itself, 5 never seen.
        let mut matrix = Array2::zeros((6, 6));
        for (i, j, c) in [(0, 1, 2.0), (1, 0, 2.0), (1, 2, 1.0), (2, 3, 9.0), (3, 2, 9.0), (4, 4, 3.0)] {
            matrix[[i, j]] = c;
        }
        let counts = TransitionCounts::from_matrix(matrix, 1).expect("valid");
        assert_eq!(counts.connected_sets(), [vec![2, 3], vec![0, 1], vec![4], vec![5]]);
        let largest = counts.largest_connected();
        assert_eq!((largest.states(), largest.matrix()[[0, 1]]), (&[2, 3][..], 9.0));
        assert!(counts.restricted(&[]).largest_connected().states().is_empty());
    }

    #[test]
    fn wrong_states_are_named() {
        let error = |x: &[Vec<usize>], states, lag| {
            TransitionCounts::estimate(x, states, lag, Counting::Sliding).expect_err("refused").to_string()
        };
        assert_eq!(error(&[vec![0, 2]], 2, 1), "trajectory 0, frame 1: state 2 does not exist, there are 2");
        assert_eq!(error(&[vec![0], vec![]], 2, 1), "trajectory 1 has no frames: leave it out");
        assert!(error(&[vec![0, 1]], 2, 2).contains("lag of 2 frames"));
        let negative = TransitionCounts::from_matrix(Array2::from_elem((1, 1), -1.0), 1).expect_err("refused");
        assert_eq!(negative.to_string(), "count 0 must be finite and not negative, got -1");
    }
}
