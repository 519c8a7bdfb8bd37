//! Implied timescales and the Chapman–Kolmogorov test, with errors: is the model Markovian at its lag?

use super::counts::{self, Counting, TransitionCounts};
use super::data;
use super::koopman::Koopman;
use super::msm::{Msm, MsmModel};
use super::resample::Resampling;
use crate::{Error, Result};
use mol_core::Rng;
use mol_core::ndarray::{Array2, ArrayBase, Data, Ix2};
use mol_core::stats::Bootstrap;
use std::cmp::Ordering;

/// Relaxation times as a function of the lag.
///
/// ```text
/// tᵢ(τ) = −τ / ln |λᵢ(τ)|
/// ```
///
/// For a Markovian model tᵢ does not depend on τ; discretisation makes it too small at short lags, so that the plateau is read from
/// below. Errors are those of [`Resampling`].
///
/// ```
/// use mol_core::Seed;
/// use mol_gen::kinetics::{ImpliedTimescales, Msm};
/// // Two states that swap with probability 0.05: λ = 0.9, t = 9.49 frames at every lag.
/// let mut rng = Seed::new(2).rng();
/// let walk = |rng: &mut mol_core::Rng| {
///     let mut state = 0;
///     (0..5000).map(|_| { state ^= usize::from(rng.uniform() < 0.05); state }).collect::<Vec<usize>>()
/// };
/// let walks: Vec<_> = (0..10).map(|_| walk(&mut rng)).collect();
/// let test = ImpliedTimescales { lags: vec![1, 5], processes: 1, ..ImpliedTimescales::default() };
/// for t in test.markov(&Msm::default(), &walks, 2, &mut rng)?.concat() {
///     assert!((t.estimate - 9.49).abs() < 4.0 * t.error && t.error < 1.0);
/// }
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// W. C. Swope, J. W. Pitera and F. Suits, *J. Phys. Chem. B* **108**, 6571 (2004).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ImpliedTimescales {
    /// Lags [frames].
    pub lags: Vec<usize>,
    /// Number of times wanted.
    pub processes: usize,
    /// How errors are made.
    pub resampling: Resampling,
}

impl Default for ImpliedTimescales {
    /// Two processes at lags 1, 2, 5, 10.
    fn default() -> Self {
        Self { lags: vec![1, 2, 5, 10], processes: 2, resampling: Resampling::default() }
    }
}

impl ImpliedTimescales {
    /// Times of Markov models of discrete trajectories, `[lag][process]` [frames]; NaN for a process that the model does not have.
    ///
    /// Every model lives on the largest connected set of its own (re)sample.
    ///
    /// # Errors
    /// As [`TransitionCounts::estimate`] and [`Msm::fit`]; for a bad [`Resampling`].
    pub fn markov(
        &self,
        msm: &Msm,
        trajectories: &[impl AsRef<[usize]>],
        states: usize,
        rng: &mut Rng,
    ) -> Result<Vec<Vec<Bootstrap>>> {
        let at = |lag: &usize| {
            let samples = Samples::new(trajectories, states, *lag)?;
            let times = |times: &[f64]| Ok(self.take(samples.fit(msm, times)?.timescales()));
            self.resampling.estimate(trajectories.len(), times, rng)
        };
        self.lags.iter().map(at).collect()
    }

    /// Times of [`Koopman`] models of soft states, trajectories of shape `[frames, states]`: `[lag][process]` [frames].
    ///
    /// # Errors
    /// As [`Koopman::fit`]; for a bad [`Resampling`].
    pub fn koopman<S: Data<Elem = f64>>(
        &self,
        functions: &[ArrayBase<S, Ix2>],
        reversible: bool,
        rng: &mut Rng,
    ) -> Result<Vec<Vec<Bootstrap>>> {
        let views = data::views(functions);
        let at = |lag: &usize| {
            let koopman = Koopman { reversible, ..Koopman::new(*lag) };
            let moments = koopman.moments(&views)?;
            let times = |times: &[f64]| Ok(self.take(koopman.fit_weighted(&moments, times)?.timescales()));
            self.resampling.estimate(views.len(), times, rng)
        };
        self.lags.iter().map(at).collect()
    }

    fn take(&self, mut times: Vec<f64>) -> Vec<f64> {
        times.resize(self.processes, f64::NAN);
        times
    }
}

/// Counts of each trajectory, to be added with weights.
struct Samples {
    lag: usize,
    each: Vec<Array2<f64>>,
}

impl Samples {
    fn new(trajectories: &[impl AsRef<[usize]>], states: usize, lag: usize) -> Result<Self> {
        counts::check(trajectories, states)?;
        data::pairs(trajectories.iter().map(|x| x.as_ref().len()), lag)?;
        let count = |x: &[usize]| {
            let mut matrix = Array2::zeros((states, states));
            counts::add_counts(&mut matrix, x, lag, Counting::Sliding);
            matrix
        };
        Ok(Self { lag, each: trajectories.iter().map(|x| count(x.as_ref())).collect() })
    }

    /// The model of the largest connected set.
    fn fit(&self, msm: &Msm, times: &[f64]) -> Result<MsmModel> {
        let mut sum = Array2::zeros(self.each[0].raw_dim());
        for (matrix, times) in self.each.iter().zip(times) {
            if *times > 0.0 {
                sum.scaled_add(*times, matrix);
            }
        }
        msm.fit(&TransitionCounts::from_matrix(sum, self.lag)?.largest_connected())
    }
}

/// Compares what a model predicts for longer lags with what the data say there.
///
/// ```text
/// predicted: P(τ)ᵏ      estimated: P(kτ)
/// ```
///
/// P is coarse: the probability to be in set B after kτ, having started in equilibrium within set A. A Markovian model passes within
/// errors at every k. Made for [`Resampling`]: predicted and estimated come from the same draws, but their errors are stated apart
/// and are correlated, so that agreement is better judged by [`ChapmanKolmogorov::worst`] being small than by a count of sigmas.
///
/// J.-H. Prinz *et al.*, *J. Chem. Phys.* **134**, 174105 (2011), Sec. IV F.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ChapmanKolmogorovTest {
    /// Lag τ of the model [frames].
    pub lag: usize,
    /// The multiples k.
    pub multiples: Vec<u32>,
    /// How errors are made.
    pub resampling: Resampling,
}

impl ChapmanKolmogorovTest {
    /// The test of Markov models, between sets given by `memberships`, shape `[states, sets]`, rows that sum to 1 (0 and 1 for crisp
    /// sets).
    ///
    /// # Errors
    /// As [`ImpliedTimescales::markov`]; without sets, and for memberships of a state that do not sum to 1.
    pub fn markov(
        &self,
        msm: &Msm,
        trajectories: &[impl AsRef<[usize]>],
        memberships: &Array2<f64>,
        rng: &mut Rng,
    ) -> Result<ChapmanKolmogorov> {
        check_memberships(memberships)?;
        let samples = |k: u32| Samples::new(trajectories, memberships.nrows(), self.lag * k as usize);
        let first = samples(1)?;
        let later = self.multiples.iter().map(|k| samples(*k)).collect::<Result<Vec<_>>>()?;
        let statistic = |times: &[f64]| {
            let model = first.fit(msm, times)?;
            let predicted = self.multiples.iter().map(|k| coarse(&model, &model.power(*k), memberships));
            let mut all: Vec<f64> = predicted.flatten().collect();
            for samples in &later {
                let model = samples.fit(msm, times)?;
                all.extend(coarse(&model, model.transition_matrix(), memberships));
            }
            Ok(all)
        };
        let numbers = self.resampling.estimate(trajectories.len(), statistic, rng)?;
        Ok(self.result(memberships.ncols(), &numbers))
    }

    /// The test of [`Koopman`] models of soft states, trajectories of shape `[frames, states]`; the sets are the states.
    ///
    /// # Errors
    /// As [`ImpliedTimescales::koopman`].
    pub fn koopman<S: Data<Elem = f64>>(
        &self,
        functions: &[ArrayBase<S, Ix2>],
        reversible: bool,
        rng: &mut Rng,
    ) -> Result<ChapmanKolmogorov> {
        let views = data::views(functions);
        let at = |k: u32| {
            let koopman = Koopman { reversible, ..Koopman::new(self.lag * k as usize) };
            Ok((koopman, koopman.moments(&views)?))
        };
        let (koopman, moments) = at(1)?;
        let later = self.multiples.iter().map(|k| at(*k)).collect::<Result<Vec<_>>>()?;
        let statistic = |times: &[f64]| {
            let model = koopman.fit_weighted(&moments, times)?;
            let mut all: Vec<f64> = self.multiples.iter().flat_map(|k| model.power(*k)).collect();
            for (koopman, moments) in &later {
                all.extend(koopman.fit_weighted(moments, times)?.matrix());
            }
            Ok(all)
        };
        let numbers = self.resampling.estimate(views.len(), statistic, rng)?;
        Ok(self.result(views[0].ncols(), &numbers))
    }

    /// Predictions of all multiples, then estimates of all multiples, as matrices.
    fn result(&self, sets: usize, numbers: &[Bootstrap]) -> ChapmanKolmogorov {
        let matrices = |numbers: &[Bootstrap]| -> Vec<Array2<Bootstrap>> {
            let each = numbers.chunks_exact(sets * sets);
            each.map(|c| Array2::from_shape_fn((sets, sets), |(i, j)| c[i * sets + j])).collect()
        };
        let (predicted, estimated) = numbers.split_at(numbers.len() / 2);
        ChapmanKolmogorov {
            lags: self.multiples.iter().map(|k| self.lag * *k as usize).collect(),
            predicted: matrices(predicted),
            estimated: matrices(estimated),
        }
    }
}

/// There are sets, and the memberships of every state sum to 1.
fn check_memberships(memberships: &Array2<f64>) -> Result<()> {
    const ROUNDING: f64 = 1e-6;
    if memberships.ncols() == 0 {
        return Err(Error::TooFew { what: "sets of states", expected: 1, got: 0 });
    }
    for (index, row) in memberships.outer_iter().enumerate() {
        let got = row.sum();
        // Written so that NaN is refused too.
        if !matches!((got - 1.0).abs().partial_cmp(&ROUNDING), Some(Ordering::Less)) {
            return Err(Error::InvalidComponent { what: "sum of the memberships of state", index, expected: "1", got });
        }
    }
    Ok(())
}

/// Probabilities between sets of states, row-major: Σ_i w_i Σ_j P_ij χ_jB with w ∝ π χ_A.
fn coarse(model: &MsmModel, power: &Array2<f64>, memberships: &Array2<f64>) -> Vec<f64> {
    let sets = memberships.ncols();
    let chi = Array2::from_shape_fn((model.states().len(), sets), |(i, a)| memberships[[model.states()[i], a]]);
    let start = Array2::from_shape_fn(chi.raw_dim(), |(i, a)| model.stationary()[i] * chi[[i, a]]);
    let end = start.t().dot(&power.dot(&chi));
    let weight: Vec<f64> = (0..sets).map(|a| start.column(a).sum()).collect();
    end.indexed_iter().map(|((a, _), p)| p / weight[a]).collect()
}

/// What a model predicts and what the data say; made by [`ChapmanKolmogorovTest`].
#[derive(Clone, Debug, PartialEq)]
pub struct ChapmanKolmogorov {
    /// Lags kτ [frames].
    pub lags: Vec<usize>,
    /// P(τ)ᵏ between sets, one matrix `[sets, sets]` per lag.
    pub predicted: Vec<Array2<Bootstrap>>,
    /// P(kτ) between sets, one matrix `[sets, sets]` per lag.
    pub estimated: Vec<Array2<Bootstrap>>,
}

impl ChapmanKolmogorov {
    /// The largest |predicted − estimated| over all lags and pairs of sets, with that difference's lag [frames].
    ///
    /// NaN entries (a set never left) are passed over; `(0, 0.0)` if there is nothing to compare.
    #[must_use]
    pub fn worst(&self) -> (usize, f64) {
        let pairs = self.lags.iter().zip(&self.predicted).zip(&self.estimated);
        let all = pairs.flat_map(|((lag, p), e)| {
            p.iter().zip(e).map(|(p, e)| (*lag, (p.estimate - e.estimate).abs())).collect::<Vec<_>>()
        });
        all.fold((0, 0.0), |worst, next| if next.1 > worst.1 { next } else { worst })
    }
}
