//! Samples with importance weights, and what they say.

use super::{Proposal, Target};
use crate::metrics::effective_sample_size;
use crate::{Error, Result};
use mol_core::stats::{Bootstrap, bootstrap};
use mol_core::{Domain, Rng};

/// Level of confidence of the intervals.
const LEVEL: f64 = 0.95;

/// Independent draws of a proposal, weighed to a target.
///
/// ```text
/// ln w = −βE + ln |det ∂x/∂y| − ln q(y)
/// ```
///
/// ```
/// use mol_core::{Seed, ndarray::Array2, potential_fn};
/// use mol_gen::boltzmann::{CartesianCoordinates, Target, WeightedSample};
/// use mol_gen::flow::{Feature, Flow, FlowConfig, FlowModel, Transform, Whitening};
/// // The base density itself as proposal for E = x²/2 at kT = 1: all weights are √2π.
/// let spring = potential_fn(1, |frame, _| 0.5 * frame.positions[0].x.powi(2));
/// let target = Target::new(std::sync::Arc::new(CartesianCoordinates::new(1, 1)?), &spring, 1.0)?;
/// let flow = Flow::<f64>::new(FlowConfig { features: vec![Feature::Linear], layers: vec![] }, Seed::new(1))?;
/// let model = FlowModel::new(flow, Whitening::identity(1))?;
/// let sample = WeightedSample::draw(&target, &model, 100, &mut Seed::new(2).rng())?;
/// assert!((sample.effective_size()? - 100.0).abs() < 1e-9);
/// assert!((sample.log_partition()? - 0.5 * std::f64::consts::TAU.ln()).abs() < 1e-12);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedSample {
    dim: usize,
    kt: f64,
    items: Vec<f64>,
    energies: Vec<f64>,
    log_weights: Vec<f64>,
}

/// A free-energy profile along a coordinate; made by [`WeightedSample::profile`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FreeEnergyProfile {
    /// Centres of the bins.
    pub centres: Vec<f64>,
    /// F − min F \[eV\]; +∞ where no weight fell.
    pub free_energy: Vec<f64>,
    /// Standard error by bootstrap \[eV\]; +∞ where no weight fell.
    pub error: Vec<f64>,
}

impl WeightedSample {
    /// `n` draws of `proposal`, weighed to `target`.
    ///
    /// # Errors
    /// If the two have different numbers of features, or an energy is NaN (its draw is named). A draw that describes no positions
    /// has weight zero.
    pub fn draw(target: &Target, proposal: &dyn Proposal, n: usize, rng: &mut Rng) -> Result<Self> {
        mol_core::Error::check_len("features of the proposal", target.dim(), proposal.dim())?;
        let (items, log_q) = proposal.draw(n, rng);
        let points = target.evaluate(&items)?;
        let log_weights = points.iter().zip(&log_q).map(|(p, log_q)| p.log_jacobian - p.energy / target.kt() - log_q);
        let log_weights: Vec<f64> = log_weights.collect();
        if let Some(index) = log_weights.iter().position(|w| w.is_nan() || *w == f64::INFINITY) {
            let (what, expected) = ("logarithm of weight", "finite or −∞");
            return Err(Error::InvalidComponent { what, index, expected, got: log_weights[index] });
        }
        let energies = points.iter().map(|p| p.energy).collect();
        Ok(Self { dim: target.dim(), kt: target.kt(), items, energies, log_weights })
    }

    /// Number of draws.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.log_weights.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.log_weights.is_empty()
    }

    /// The draws, `[features]` each.
    pub fn items(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.items.chunks_exact(self.dim)
    }

    /// Energies \[eV\].
    #[must_use]
    pub fn energies(&self) -> &[f64] {
        &self.energies
    }

    /// ln w of each draw.
    #[must_use]
    pub fn log_weights(&self) -> &[f64] {
        &self.log_weights
    }

    /// Weights, the sum being one.
    ///
    /// # Errors
    /// [`Error::NoOverlap`] if all are zero, [`Error::TooFew`] if there are none.
    pub fn weights(&self) -> Result<Vec<f64>> {
        effective_sample_size(&self.log_weights)?;
        let largest = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = self.log_weights.iter().map(|w| (w - largest).exp()).collect();
        let sum: f64 = raw.iter().sum();
        Ok(raw.iter().map(|w| w / sum).collect())
    }

    /// Kish's effective number of draws ([`effective_sample_size`]).
    ///
    /// # Errors
    /// As [`weights`](Self::weights).
    pub fn effective_size(&self) -> Result<f64> {
        effective_sample_size(&self.log_weights)
    }

    /// The largest share of one draw in all weights: near 1/n for a good proposal, near 1 if one draw is the whole sample, and then no
    /// estimate can be trusted.
    ///
    /// # Errors
    /// As [`weights`](Self::weights).
    pub fn largest_weight(&self) -> Result<f64> {
        Ok(self.weights()?.into_iter().fold(0.0, f64::max))
    }

    /// ln Z = ln ⟨w⟩, the partition function in the measure of the coordinates (energies counted from 0 eV).
    ///
    /// # Errors
    /// As [`weights`](Self::weights).
    pub fn log_partition(&self) -> Result<f64> {
        effective_sample_size(&self.log_weights)?;
        let largest = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = self.log_weights.iter().map(|w| (w - largest).exp()).sum();
        Ok(largest + (sum / self.len() as f64).ln())
    }

    /// ⟨a⟩ in the target, from the value of each draw, with its bootstrap error.
    ///
    /// # Errors
    /// If `values` has another length, as [`weights`](Self::weights), or if a resample of the draws has no weight.
    pub fn average(&self, values: &[f64], resamples: usize, rng: &mut Rng) -> Result<Bootstrap> {
        mol_core::Error::check_len("values of the draws", self.len(), values.len())?;
        let items: Vec<(f64, f64)> = self.weights()?.into_iter().zip(values.iter().copied()).collect();
        let mean = |items: &[(f64, f64)]| {
            // A draw without weight may have a value that is not finite.
            let weighed: f64 = items.iter().filter(|(w, _)| *w > 0.0).map(|(w, a)| w * a).sum();
            weighed / items.iter().map(|(w, _)| w).sum::<f64>()
        };
        Ok(bootstrap(&items, resamples, LEVEL, mean, rng)?)
    }

    /// Free-energy difference F(b) − F(a) \[eV\] of two sets of draws, with its bootstrap error.
    ///
    /// ```text
    /// F(b) − F(a) = −kT ln (Σ_b w / Σ_a w)
    /// ```
    ///
    /// # Errors
    /// If a slice has another length, as [`weights`](Self::weights), or if a set has no weight in the sample or in a resample.
    pub fn free_energy_difference(&self, a: &[bool], b: &[bool], resamples: usize, rng: &mut Rng) -> Result<Bootstrap> {
        for set in [a, b] {
            mol_core::Error::check_len("membership of the draws", self.len(), set.len())?;
        }
        let weights = self.weights()?;
        let items: Vec<(f64, bool, bool)> = weights.iter().zip(a).zip(b).map(|((w, a), b)| (*w, *a, *b)).collect();
        let statistic = |items: &[(f64, bool, bool)]| {
            let (mut in_a, mut in_b) = (0.0, 0.0);
            for (w, a, b) in items {
                in_a += if *a { *w } else { 0.0 };
                in_b += if *b { *w } else { 0.0 };
            }
            -self.kt * (in_b / in_a).ln()
        };
        Ok(bootstrap(&items, resamples, LEVEL, statistic, rng)?)
    }

    /// Free energy along a coordinate, from its value at each draw, in `bins` equal bins of `[low, high]`, with bootstrap errors.
    ///
    /// ```text
    /// F(s) = −kT ln Σ_bin w,   its least value set to 0
    /// ```
    ///
    /// In a periodic domain the range may begin anywhere: values are taken at their image in `[low, low + period)`.
    ///
    /// # Errors
    /// If `values` has another length, the range is empty or longer than the domain's period, there are no bins or fewer than two
    /// resamples, no weight falls into the range, as [`weights`](Self::weights), or [`Error::NoOverlap`] if a resample of the draws
    /// has no weight.
    pub fn profile(
        &self,
        values: &[f64],
        domain: Domain,
        [low, high]: [f64; 2],
        (bins, resamples): (usize, usize),
        rng: &mut Rng,
    ) -> Result<FreeEnergyProfile> {
        mol_core::Error::check_len("values of the draws", self.len(), values.len())?;
        let invalid =
            |what, expected, got: String| Err(mol_core::Error::InvalidArgument { what, expected, got }.into());
        let width = high - low;
        if bins == 0 || !width.is_finite() || width <= 0.0 {
            return invalid("bins of a profile", "at least one, in a range", format!("{bins} in {low} … {high}"));
        }
        if resamples < 2 {
            return invalid("resamples of a profile", "two or more", resamples.to_string());
        }
        let period = match domain {
            Domain::Line => f64::INFINITY,
            Domain::Periodic { low, high } => high - low,
        };
        // Ends of a whole period, computed, may differ from it by rounding.
        if width > period * (1.0 + 1e-12) {
            return invalid("range of a profile", "at most a period", format!("{low} … {high} of period {period}"));
        }
        let weights = self.weights()?;
        let bin = |s: &f64| {
            // Of a tiny negative number the remainder rounds to the period itself.
            let offset = if domain == Domain::Line { s - low } else { (s - low).rem_euclid(period) % period };
            (offset >= 0.0 && offset < width).then(|| ((offset / width * bins as f64) as usize).min(bins - 1))
        };
        let items: Vec<(f64, Option<usize>)> = weights.into_iter().zip(values.iter().map(bin)).collect();
        let fill = |sums: &mut [f64], (w, bin): &(f64, Option<usize>)| {
            if let Some(bin) = bin {
                sums[*bin] += w;
            }
        };
        let mut sums = vec![0.0; bins];
        for item in &items {
            fill(&mut sums, item);
        }
        let largest = sums.iter().copied().fold(0.0, f64::max);
        if largest == 0.0 {
            return Err(Error::NoOverlap { count: self.len() });
        }
        // The error of F is kT times the relative error of a bin's share of all weight.
        let (mut first, mut second) = (vec![0.0; bins], vec![0.0; bins]);
        for _ in 0..resamples {
            let mut again = vec![0.0; bins];
            let mut total = 0.0;
            for _ in 0..items.len() {
                let item = &items[rng.below(items.len())];
                total += item.0;
                fill(&mut again, item);
            }
            if total == 0.0 {
                return Err(Error::NoOverlap { count: self.len() });
            }
            for (bin, sum) in again.iter().enumerate() {
                first[bin] += sum / total;
                second[bin] += (sum / total).powi(2);
            }
        }
        let n = resamples as f64;
        let error = sums.iter().enumerate().map(|(bin, share)| {
            let variance = (second[bin] / n - (first[bin] / n).powi(2)).max(0.0) * n / (n - 1.0);
            if *share > 0.0 { self.kt * variance.sqrt() / share } else { f64::INFINITY }
        });
        Ok(FreeEnergyProfile {
            centres: (0..bins).map(|k| low + (k as f64 + 0.5) * width / bins as f64).collect(),
            error: error.collect(),
            free_energy: sums.iter().map(|share| -self.kt * (share / largest).ln()).collect(),
        })
    }
}
