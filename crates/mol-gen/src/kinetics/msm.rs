//! Markov state models: transition matrices of discrete states, reversible or not.

use super::algebra::{relaxation_time, symmetric_eigen};
use super::counts::{TransitionCounts, strongly_connected};
use super::data;
use crate::{Error, Result};
use mol_core::nalgebra::{Complex, DMatrix, DVector};
use mol_core::ndarray::{Array1, Array2};

/// Estimator of the transition matrix of greatest likelihood for given counts.
///
/// ```text
/// not reversible:  T_ij = C_ij / C_i           C_i = Σ_j C_ij
/// reversible:      max Σ_ij C_ij ln T_ij  with π_i T_ij = π_j T_ji, by iterating
///                  x_i ← Σ_j (C_ij + C_ji) / (C_i/x_i + C_j/x_j),   then π ∝ x, T_ij = (C_ij + C_ji)/(C_i/x_i + C_j/x_j)/x_i
/// ```
///
/// The iteration ends when no x_i changes by more than `tolerance` relative to itself. Symmetrising the counts instead, (C + Cᵀ)/2,
/// is not the same: that is biased by where trajectories start and end.
///
/// ```
/// use mol_core::ndarray::array;
/// use mol_gen::kinetics::{Msm, TransitionCounts};
/// let counts = TransitionCounts::from_matrix(array![[90.0, 10.0], [5.0, 45.0]], 1)?;
/// let model = Msm::default().fit(&counts)?;
/// assert!((model.stationary()[0] - 0.5).abs() < 1e-10);
/// assert!((model.timescales()[0] + 1.0 / 0.8_f64.ln()).abs() < 1e-8);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// J.-H. Prinz *et al.*, *J. Chem. Phys.* **134**, 174105 (2011); B. Trendelkamp-Schroer *et al.*, *J. Chem. Phys.* **143**, 174101
/// (2015), Eq. 24.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Msm {
    /// Whether detailed balance is imposed.
    pub reversible: bool,
    /// Largest relative change of the last iteration.
    pub tolerance: f64,
    /// Iterations after which to give up.
    pub iterations: usize,
}

impl Default for Msm {
    /// Reversible, to 10⁻¹², in at most a million iterations.
    fn default() -> Self {
        Self { reversible: true, tolerance: 1e-12, iterations: 1_000_000 }
    }
}

impl Msm {
    /// The estimator without detailed balance.
    #[must_use]
    pub fn non_reversible() -> Self {
        Self { reversible: false, ..Self::default() }
    }

    /// The model of `counts`, whose states must all communicate (see [`TransitionCounts::largest_connected`]).
    ///
    /// # Errors
    /// [`Error::NotConnected`] otherwise; [`Error::NotConverged`] if the iterations do not suffice.
    pub fn fit(&self, counts: &TransitionCounts) -> Result<MsmModel> {
        data::argument("tolerance", "positive", self.tolerance > 0.0, &self.tolerance)?;
        let c = counts.matrix();
        let sets = strongly_connected(c);
        if sets.len() > 1 {
            let smallest = sets.iter().min_by_key(|set| (set.len(), set[0])).expect("more than one");
            return Err(Error::NotConnected { state: counts.states()[smallest[0]] });
        }
        if c.sum() <= 0.0 {
            return Err(Error::TooFew { what: "transitions counted", expected: 1, got: 0 });
        }
        let (transition, stationary) = if self.reversible { self.balance(c)? } else { non_reversible(c) };
        Ok(MsmModel {
            lag: counts.lag(),
            reversible: self.reversible,
            states: counts.states().to_vec(),
            transition,
            stationary,
        })
    }

    /// The fixed point with detailed balance.
    fn balance(&self, c: &Array2<f64>) -> Result<(Array2<f64>, Array1<f64>)> {
        let n = c.nrows();
        let rows: Vec<f64> = c.outer_iter().map(|row| row.sum()).collect();
        let total: f64 = rows.iter().sum();
        // (j, C_ij + C_ji) of every i.
        let pairs: Vec<Vec<(usize, f64)>> =
            (0..n).map(|i| (0..n).map(|j| (j, c[[i, j]] + c[[j, i]])).filter(|(_, s)| *s > 0.0).collect()).collect();
        let mut x: Vec<f64> = pairs.iter().map(|row| row.iter().map(|(_, s)| s).sum::<f64>() / (2.0 * total)).collect();
        let (mut weight, mut change) = (vec![0.0; n], f64::INFINITY);
        for _ in 0..self.iterations {
            weight.iter_mut().zip(&rows).zip(&x).for_each(|((w, c), x)| *w = c / x);
            let next: Vec<f64> = pairs
                .iter()
                .zip(&weight)
                .map(|(row, w)| row.iter().map(|(j, s)| s / (w + weight[*j])).sum::<f64>())
                .collect();
            let scale = next.iter().sum::<f64>().recip();
            change = 0.0;
            for (x, next) in x.iter_mut().zip(next) {
                let next = next * scale;
                change = f64::max(change, (next / *x - 1.0).abs());
                *x = next;
            }
            if change <= self.tolerance {
                break;
            }
        }
        // Written so that NaN is no convergence either.
        if !matches!(change.partial_cmp(&self.tolerance), Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)) {
            let what = "reversible transition matrix";
            return Err(Error::NotConverged { what, iterations: self.iterations, change, tolerance: self.tolerance });
        }
        let mut flow = Array2::zeros((n, n));
        for (i, row) in pairs.iter().enumerate() {
            for (j, s) in row {
                flow[[i, *j]] = s / (rows[i] / x[i] + rows[*j] / x[*j]);
            }
        }
        let sums: Array1<f64> = flow.outer_iter().map(|row| row.sum()).collect();
        for (mut row, sum) in flow.outer_iter_mut().zip(&sums) {
            row /= *sum;
        }
        Ok((flow, &sums / sums.sum()))
    }
}

fn non_reversible(c: &Array2<f64>) -> (Array2<f64>, Array1<f64>) {
    let mut t = c.clone();
    for mut row in t.outer_iter_mut() {
        let sum = row.sum();
        row /= sum;
    }
    let stationary = stationary_distribution(&t);
    (t, stationary)
}

/// π with πᵀ T = πᵀ of an irreducible T, by elimination without subtractions (every digit is right, however rare a state).
///
/// W. K. Grassmann, M. I. Taksar and D. P. Heyman, *Oper. Res.* **33**, 1107 (1985).
fn stationary_distribution(t: &Array2<f64>) -> Array1<f64> {
    let n = t.nrows();
    let mut a = t.clone();
    for k in (1..n).rev() {
        let out: f64 = (0..k).map(|j| a[[k, j]]).sum();
        for i in 0..k {
            a[[i, k]] /= out;
            let factor = a[[i, k]];
            for j in 0..k {
                a[[i, j]] += factor * a[[k, j]];
            }
        }
    }
    let mut p = Array1::zeros(n);
    p[0] = 1.0;
    for k in 1..n {
        p[k] = (0..k).map(|i| p[i] * a[[i, k]]).sum();
    }
    &p / p.sum()
}

/// A Markov state model; made by [`Msm::fit`].
#[derive(Clone, Debug, PartialEq)]
pub struct MsmModel {
    lag: usize,
    reversible: bool,
    states: Vec<usize>,
    transition: Array2<f64>,
    stationary: Array1<f64>,
}

impl MsmModel {
    /// Lag τ [frames].
    #[must_use]
    pub const fn lag(&self) -> usize {
        self.lag
    }

    /// Numbers of the states in the trajectories: row k is state `states()[k]`.
    #[must_use]
    pub fn states(&self) -> &[usize] {
        &self.states
    }

    /// T, shape `[states, states]`; rows sum to 1.
    #[must_use]
    pub const fn transition_matrix(&self) -> &Array2<f64> {
        &self.transition
    }

    /// π with πᵀ T = πᵀ, shape `[states]`, sum 1.
    #[must_use]
    pub const fn stationary(&self) -> &Array1<f64> {
        &self.stationary
    }

    /// Eigenvalues of T by falling modulus; the first is 1. Real if the model is reversible.
    #[must_use]
    pub fn eigenvalues(&self) -> Vec<Complex<f64>> {
        let mut values: Vec<Complex<f64>> = if self.reversible {
            self.symmetric().0.iter().map(|value| Complex::new(*value, 0.0)).collect()
        } else {
            let t = &self.transition;
            DMatrix::from_fn(t.nrows(), t.ncols(), |i, j| t[[i, j]]).complex_eigenvalues().iter().copied().collect()
        };
        values.sort_by(|a, b| b.norm().total_cmp(&a.norm()).then(b.re.total_cmp(&a.re)).then(b.im.total_cmp(&a.im)));
        values
    }

    /// Relaxation times −τ / ln |λ| [frames] of all eigenvalues but the first; 0 for λ = 0, NaN for |λ| ≥ 1 (a process that
    /// never decays, as in a periodic chain, or so slow that 1 − |λ| is rounding; a rounded |λ| just below 1 gives some 10¹⁶ lags).
    #[must_use]
    pub fn timescales(&self) -> Vec<f64> {
        self.eigenvalues().iter().skip(1).map(|value| relaxation_time(value.norm(), self.lag)).collect()
    }

    /// Right eigenvectors ψ of the `count` largest eigenvalues, shape `[states, count]`: T ψ = λ ψ, Σ π ψ² = 1, ψ₀ = 1.
    ///
    /// They say how states take part in the slow processes; the sign makes the entry with the largest √π |ψ| positive.
    ///
    /// # Errors
    /// If the model is not reversible (they may be complex), or has fewer states than `count`.
    pub fn eigenvectors(&self, count: usize) -> Result<Array2<f64>> {
        data::argument("model", "reversible", self.reversible, &"one that is not")?;
        if count > self.states.len() {
            return Err(Error::TooFew { what: "states", expected: count, got: self.states.len() });
        }
        let (_, vectors) = self.symmetric();
        let signs: Vec<f64> = (0..count).map(|k| super::algebra::sign(vectors.column(k).iter().copied())).collect();
        let entry = |(i, k): (usize, usize)| signs[k] * vectors[(i, k)] / self.stationary[i].sqrt();
        Ok(Array2::from_shape_fn((self.states.len(), count), entry))
    }

    /// Eigenpairs of √π T / √π, which is symmetric under detailed balance.
    fn symmetric(&self) -> (DVector<f64>, DMatrix<f64>) {
        let root: Vec<f64> = self.stationary.iter().map(|p| p.sqrt()).collect();
        let n = root.len();
        symmetric_eigen(&DMatrix::from_fn(n, n, |i, j| root[i] * self.transition[[i, j]] / root[j]))
    }

    /// Tᵏ: transition probabilities over k lags, shape `[states, states]`.
    #[must_use]
    pub fn power(&self, k: u32) -> Array2<f64> {
        let t = &self.transition;
        super::algebra::array(&DMatrix::from_fn(t.nrows(), t.ncols(), |i, j| t[[i, j]]).pow(k))
    }

    /// Mean first-passage time [frames] from row `from` to any of the rows `to` of the model: m = τ + T m outside `to`, m = 0 in it.
    ///
    /// # Errors
    /// If a row does not exist or `to` is empty; [`Error::NotConnected`] if the chance to get there is lost in rounding.
    pub fn mean_first_passage_time(&self, from: usize, to: &[usize]) -> Result<f64> {
        let n = self.states.len();
        for row in to.iter().chain([&from]) {
            data::argument("row of the model", "less than the number of states", *row < n, row)?;
        }
        data::argument("target states", "at least one", !to.is_empty(), &0)?;
        let outside: Vec<usize> = (0..n).filter(|k| !to.contains(k)).collect();
        let Some(at) = outside.iter().position(|k| *k == from) else { return Ok(0.0) };
        let m = outside.len();
        // 1 − T_ii as the sum of the rest of the row: no digits are lost where a state is hardly ever left.
        let leave = |i: usize| (0..n).filter(|j| *j != i).map(|j| self.transition[[i, j]]).sum::<f64>();
        let entry = |i: usize, j: usize| if i == j { leave(i) } else { -self.transition[[i, j]] };
        let matrix = DMatrix::from_fn(m, m, |i, j| entry(outside[i], outside[j]));
        let times = matrix.lu().solve(&DVector::from_element(m, self.lag as f64));
        let time = times.map(|times| times[at]).filter(|time| time.is_finite());
        time.ok_or(Error::NotConnected { state: self.states[from] })
    }
}
