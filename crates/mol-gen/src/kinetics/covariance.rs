//! Time-lagged covariances, accumulated trajectory by trajectory in a fixed order.
//!
//! One pass over the data gives all three matrices: the frames that are both earlier and later partner of a pair are
//! summed once. Sums are taken about a point near the data, so that a large mean costs no digits. Chunks of a constant
//! number of frames run on the ambient rayon pool and are added in order: the bits do not depend on the threads.

use super::algebra::array;
use super::data;
use crate::{Error, Result};
use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::ndarray::{Array1, Array2, ArrayBase, ArrayView2, Data, Ix2, s};
use mol_core::tensor::{Operand, matmul};
use rayon::prelude::*;

/// Frames per unit of work; part of the result's bits.
const CHUNK: usize = 2048;

/// Which covariances are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CovarianceConfig {
    /// Whether means are removed.
    pub remove_mean: bool,
    /// Whether every pair also counts backwards in time, as microscopic reversibility says of an infinite trajectory.
    pub reversible: bool,
}

impl Default for CovarianceConfig {
    /// Means removed, pairs counted forwards only.
    fn default() -> Self {
        Self { remove_mean: true, reversible: false }
    }
}

/// Covariances of frames x_t and frames x_{t+τ}.
///
/// ```text
/// μ₀ = ⟨x_t⟩      μ_t = ⟨x_{t+τ}⟩
/// C₀₀ = ⟨x_t x_tᵀ⟩ − μ₀ μ₀ᵀ     C₀t = ⟨x_t x_{t+τ}ᵀ⟩ − μ₀ μ_tᵀ     C_tt = ⟨x_{t+τ} x_{t+τ}ᵀ⟩ − μ_t μ_tᵀ
/// ```
///
/// ⟨…⟩ is the mean over all pairs of frames τ apart within one trajectory (divisor: the number of pairs); the products of
/// means stand only where means are removed. Reversible: μ₀ = μ_t and C₀₀ = C_tt are the averages of both, C₀t is
/// symmetrised, which equals counting every pair in both directions.
///
/// ```
/// use mol_core::ndarray::array;
/// use mol_gen::kinetics::{CovarianceConfig, Covariances};
/// let x = array![[0.0], [1.0], [0.0], [1.0]];
/// let c = Covariances::estimate(&[x], 2, CovarianceConfig::default())?;
/// assert_eq!((c.pairs(), c.instantaneous()[[0, 0]], c.lagged()[[0, 0]]), (2, 0.25, 0.25));
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// H. Wu and F. Noé, *J. Nonlinear Sci.* **30**, 23 (2020), Eqs. 14–16.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariances {
    pub(super) lag: usize,
    pub(super) pairs: usize,
    pub(super) mean_0: DVector<f64>,
    pub(super) mean_t: DVector<f64>,
    pub(super) c00: DMatrix<f64>,
    pub(super) c0t: DMatrix<f64>,
    pub(super) ctt: DMatrix<f64>,
}

impl Covariances {
    /// The covariances of `trajectories`, shape `[frames, features]` each, at `lag` [frames].
    ///
    /// Trajectories of no more than `lag` frames contribute nothing.
    ///
    /// # Errors
    /// Without trajectories or features, for an empty one, differing numbers of features, a lag of 0 or longer than every
    /// trajectory, and a feature that is not finite (named).
    pub fn estimate<S: Data<Elem = f64>>(
        trajectories: &[ArrayBase<S, Ix2>],
        lag: usize,
        config: CovarianceConfig,
    ) -> Result<Self> {
        let views = data::views(trajectories);
        Self::of_views(&views, lag, config)
    }

    pub(super) fn of_views(views: &[ArrayView2<'_, f64>], lag: usize, config: CovarianceConfig) -> Result<Self> {
        let features = data::features(views)?;
        data::pairs(views.iter().map(ArrayView2::nrows), lag)?;
        let mut accumulator = CovarianceAccumulator::new(features, lag)?;
        for x in views {
            accumulator.add_view(x);
        }
        accumulator.finish(config).map_err(|error| data::check_finite(views).err().unwrap_or(error))
    }

    /// Lag τ [frames].
    #[must_use]
    pub const fn lag(&self) -> usize {
        self.lag
    }

    /// Number of pairs of frames.
    #[must_use]
    pub const fn pairs(&self) -> usize {
        self.pairs
    }

    /// Means μ₀ of the earlier frames, shape `[features]`.
    #[must_use]
    pub fn mean(&self) -> Array1<f64> {
        super::algebra::array1(&self.mean_0)
    }

    /// C₀₀, shape `[features, features]`.
    #[must_use]
    pub fn instantaneous(&self) -> Array2<f64> {
        array(&self.c00)
    }

    /// C₀t, shape `[features, features]`, rows for the earlier frame.
    #[must_use]
    pub fn lagged(&self) -> Array2<f64> {
        array(&self.c0t)
    }

    /// C_tt, shape `[features, features]`.
    #[must_use]
    pub fn instantaneous_later(&self) -> Array2<f64> {
        array(&self.ctt)
    }

    /// The covariances of f = Lᵀ x for earlier and g = Rᵀ x for later frames: (LᵀC₀₀L, LᵀC₀tR, RᵀC_ttR).
    pub(super) fn projected(&self, left: &DMatrix<f64>, right: &DMatrix<f64>) -> [DMatrix<f64>; 3] {
        let (l, r) = (left.transpose(), right.transpose());
        [&l * &self.c00 * left, l * &self.c0t * right, r * &self.ctt * right]
    }
}

/// Accumulates [`Covariances`] from trajectories that come one after another and need not be kept.
///
/// The order of the trajectories is part of the result's last bits, the number of threads is not.
///
/// ```
/// use mol_core::ndarray::array;
/// use mol_gen::kinetics::{CovarianceAccumulator, CovarianceConfig};
/// let mut accumulator = CovarianceAccumulator::new(1, 1)?;
/// accumulator.add(&array![[1.0], [2.0]])?;
/// accumulator.add(&array![[3.0], [4.0]])?; // the pair (2, 3) is never formed
/// let c = accumulator.finish(CovarianceConfig { remove_mean: false, reversible: false })?;
/// assert_eq!(c.lagged()[[0, 0]], (1.0 * 2.0 + 3.0 * 4.0) / 2.0);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CovarianceAccumulator {
    lag: usize,
    features: usize,
    trajectories: usize,
    longest: usize,
    pairs: usize,
    /// Where sums are taken about, chosen at the first trajectory.
    shift: Option<Vec<f64>>,
    sums: Sums,
}

/// Sums of x and x xᵀ over frames that are only earlier partner, both, only later partner; and of x_t x_{t+τ}ᵀ.
#[derive(Clone, Debug)]
struct Sums {
    part: [Part; 3],
    lagged: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Part {
    first: Vec<f64>,
    second: Vec<f64>,
}

const EARLIER: usize = 0;
const BOTH: usize = 1;
const LATER: usize = 2;

impl Sums {
    fn zeros(d: usize) -> Self {
        let part = || Part { first: vec![0.0; d], second: vec![0.0; d * d] };
        Self { part: [part(), part(), part()], lagged: vec![0.0; d * d] }
    }

    fn add(&mut self, other: &Self) {
        let add = |into: &mut [f64], from: &[f64]| into.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        for (mine, other) in self.part.iter_mut().zip(&other.part) {
            add(&mut mine.first, &other.first);
            add(&mut mine.second, &other.second);
        }
        add(&mut self.lagged, &other.lagged);
    }

    /// Adds rows of x, row-major, to a part.
    fn gram(&mut self, which: usize, x: &[f64], d: usize) {
        let part = &mut self.part[which];
        for row in x.chunks_exact(d) {
            part.first.iter_mut().zip(row).for_each(|(a, b)| *a += b);
        }
        let shape = (d, x.len() / d, d);
        matmul(&mut part.second, true, (x, Operand::Transposed), (x, Operand::Plain), shape);
    }
}

/// Rows `range` minus `shift`, row-major, into `out`.
fn load(x: &ArrayView2<'_, f64>, range: std::ops::Range<usize>, shift: &[f64], out: &mut Vec<f64>) {
    out.clear();
    for row in x.slice(s![range, ..]).outer_iter() {
        if let Some(row) = row.as_slice() {
            out.extend(row.iter().zip(shift).map(|(x, m)| x - m));
        } else {
            out.extend(row.iter().zip(shift).map(|(x, m)| x - m));
        }
    }
}

impl CovarianceAccumulator {
    /// Nothing yet, for frames of `features` features at `lag` [frames].
    ///
    /// # Errors
    /// If either is 0.
    pub fn new(features: usize, lag: usize) -> Result<Self> {
        data::check_lag(lag)?;
        if features == 0 {
            return Err(Error::TooFew { what: "features of a frame", expected: 1, got: 0 });
        }
        let sums = Sums::zeros(features);
        Ok(Self { lag, features, trajectories: 0, longest: 0, pairs: 0, shift: None, sums })
    }

    /// Adds the pairs of one trajectory, shape `[frames, features]`.
    ///
    /// # Errors
    /// If it is empty, has another number of features or holds a number that is not finite; nothing is added then.
    pub fn add<S: Data<Elem = f64>>(&mut self, trajectory: &ArrayBase<S, Ix2>) -> Result<()> {
        let view = [trajectory.view()];
        data::check_features(&view, self.features).and_then(|()| data::check_finite(&view)).map_err(|error| {
            // The trajectory is the first of this call, but not of the accumulator.
            match error {
                Error::EmptyTrajectory { .. } => Error::EmptyTrajectory { trajectory: self.trajectories },
                Error::FeatureCount { expected, got, .. } => {
                    Error::FeatureCount { trajectory: self.trajectories, expected, got }
                }
                Error::NotFiniteFeature { frame, feature, value, .. } => {
                    Error::NotFiniteFeature { trajectory: self.trajectories, frame, feature, value }
                }
                other => other,
            }
        })?;
        self.add_view(&view[0]);
        Ok(())
    }

    /// As [`add`](Self::add), of the right number of features; what is not finite shows in [`finish`](Self::finish).
    fn add_view(&mut self, x: &ArrayView2<'_, f64>) {
        let (frames, lag, d) = (x.nrows(), self.lag, self.features);
        self.trajectories += 1;
        self.longest = self.longest.max(frames);
        let pairs = frames.saturating_sub(lag);
        if pairs == 0 {
            return;
        }
        self.pairs += pairs;
        let shift = self.shift.get_or_insert_with(|| {
            let head = x.slice(s![..frames.min(CHUNK), ..]);
            let mut mean = vec![0.0; d];
            // Row by row: the order of ndarray's own sums depends on the layout.
            for row in head.outer_iter() {
                mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / head.nrows() as f64);
            }
            mean
        });
        let mut work: Vec<(bool, usize, usize)> =
            (0..pairs).step_by(CHUNK).map(|a| (true, a, (a + CHUNK).min(pairs))).collect();
        work.extend((pairs.max(lag)..frames).step_by(CHUNK).map(|a| (false, a, (a + CHUNK).min(frames))));
        let parts: Vec<Sums> = work
            .par_iter()
            .map(|&(paired, a, b)| {
                let mut sums = Sums::zeros(d);
                let mut here = Vec::with_capacity((b - a) * d);
                load(x, a..b, shift, &mut here);
                if paired {
                    let mut later = Vec::with_capacity((b - a) * d);
                    load(x, a + lag..b + lag, shift, &mut later);
                    let shape = (d, b - a, d);
                    matmul(&mut sums.lagged, true, (&here, Operand::Transposed), (&later, Operand::Plain), shape);
                    let (first, rest) = here.split_at(lag.clamp(a, b).saturating_sub(a) * d);
                    sums.gram(EARLIER, first, d);
                    sums.gram(BOTH, rest, d);
                } else {
                    sums.gram(LATER, &here, d);
                }
                sums
            })
            .collect();
        for part in &parts {
            self.sums.add(part);
        }
    }

    /// The covariances of all pairs so far.
    ///
    /// # Errors
    /// [`Error::LagTooLong`] if there is no pair; a sum that is not finite (numbers too large to square).
    pub fn finish(&self, config: CovarianceConfig) -> Result<Covariances> {
        let (d, lag) = (self.features, self.lag);
        let (Some(shift), true) = (&self.shift, self.pairs > 0) else {
            return Err(Error::LagTooLong { lag, trajectories: self.trajectories, longest: self.longest });
        };
        let n = self.pairs as f64;
        let [earlier, both, later] = &self.sums.part;
        let vector = |a: &Part| DVector::from_fn(d, |i, _| (a.first[i] + both.first[i]) / n);
        let matrix = |a: &Part| DMatrix::from_fn(d, d, |i, j| (a.second[i * d + j] + both.second[i * d + j]) / n);
        let (mut m0, mut mt) = (vector(earlier), vector(later));
        let (mut c00, mut ctt) = (matrix(earlier), matrix(later));
        let mut c0t = DMatrix::from_fn(d, d, |i, j| self.sums.lagged[i * d + j] / n);
        if config.reversible {
            m0 = (m0 + mt) * 0.5;
            mt = m0.clone();
            c00 = (c00 + ctt) * 0.5;
            ctt = c00.clone();
            c0t = (&c0t + c0t.transpose()) * 0.5;
        }
        let finite = |values: &[f64]| values.iter().position(|v| !v.is_finite());
        for values in [m0.as_slice(), mt.as_slice(), c00.as_slice(), c0t.as_slice(), ctt.as_slice()] {
            if let Some(k) = finite(values) {
                let what = "covariance of feature";
                return Err(mol_core::Error::NotFinite { what, index: k % d, value: values[k] }.into());
            }
        }
        let shift = DVector::from_column_slice(shift);
        let (mean_0, mean_t) = (&m0 + &shift, &mt + &shift);
        // ⟨(x − s)(y − s)ᵀ⟩ → covariance, or ⟨x yᵀ⟩.
        let about = |c: DMatrix<f64>, a: &DVector<f64>, b: &DVector<f64>| {
            if config.remove_mean {
                c - a * b.transpose()
            } else {
                c + &shift * b.transpose() + a * shift.transpose() + &shift * shift.transpose()
            }
        };
        let (c00, ctt) = (about(c00, &m0, &m0), about(ctt, &mt, &mt));
        let c0t = about(c0t, &m0, &mt);
        Ok(Covariances { lag, pairs: self.pairs, mean_0, mean_t, c00, c0t, ctt })
    }
}
