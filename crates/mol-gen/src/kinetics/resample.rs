//! Errors of kinetic quantities by drawing trajectories anew.

use super::data;
use crate::Result;
use mol_core::Rng;
use mol_core::stats::Bootstrap;
use rayon::prelude::*;

/// How errors are estimated: by drawing whole trajectories with replacement and estimating again.
///
/// Right when there are several independent trajectories, each longer than the slowest process. With one or a few long ones, cut them
/// ([`pieces`](super::pieces), or slices of a discrete trajectory) into parts several times as long as that process: then the parts
/// are nearly independent, and about ten or more of them are needed for an error good to a quarter. Parts shorter than that give
/// errors that are too small. No resampling sees a state that the data never visited.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Resampling {
    /// Number of draws.
    pub resamples: usize,
    /// Confidence of the percentile intervals.
    pub level: f64,
}

impl Default for Resampling {
    /// 100 draws, 95 %.
    fn default() -> Self {
        Self { resamples: 100, level: 0.95 }
    }
}

impl Resampling {
    pub(super) fn validate(&self) -> Result<()> {
        data::argument("resamples of a bootstrap", "two or more", self.resamples >= 2, &self.resamples)?;
        data::argument("level of confidence", "between 0 and 1", self.level > 0.0 && self.level < 1.0, &self.level)
    }

    /// Estimate and error of each number of `statistic`, a function of how often each item is drawn.
    ///
    /// Draws in which a number is NaN or the statistic fails (a state was not drawn) do not count for that number's error; with fewer
    /// than two left the error is NaN. What fails for the items themselves, each once, is an error.
    pub(super) fn estimate(
        &self,
        items: usize,
        statistic: impl Fn(&[f64]) -> Result<Vec<f64>> + Sync,
        rng: &mut Rng,
    ) -> Result<Vec<Bootstrap>> {
        self.validate()?;
        let once = statistic(&vec![1.0; items])?;
        let draws: Vec<Vec<f64>> = (0..self.resamples)
            .map(|_| {
                let mut times = vec![0.0; items];
                (0..items).for_each(|_| times[rng.below(items)] += 1.0);
                times
            })
            .collect();
        let drawn: Vec<Option<Vec<f64>>> = draws.par_iter().map(|times| statistic(times).ok()).collect();
        let summary = |k: usize, estimate: f64| {
            let values = drawn.iter().flatten().filter_map(|values| values.get(k)).copied();
            let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
            values.sort_by(f64::total_cmp);
            let error = mol_core::stats::variance(&values).map_or(f64::NAN, f64::sqrt);
            let (low, high) = (quantile(&values, 0.5 - 0.5 * self.level), quantile(&values, 0.5 + 0.5 * self.level));
            Bootstrap { estimate, error, low, high }
        };
        Ok(once.into_iter().enumerate().map(|(k, estimate)| summary(k, estimate)).collect())
    }
}

/// The `p` quantile of ascending values, interpolated linearly; NaN of none.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = p * last as f64;
    let below = (at.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::Seed;

    #[test]
    fn errors_of_a_mean_are_those_of_theory_and_failures_do_not_count() {
        let mut rng = Seed::new(4).rng();
        let x: Vec<f64> = (0..200).map(|_| rng.normal()).collect();
        let statistic = |times: &[f64]| {
            let n: f64 = times.iter().sum();
            Ok(vec![
                x.iter().zip(times).map(|(x, t)| x * t).sum::<f64>() / n,
                if times[0] > 1.0 { f64::NAN } else { 1.0 },
            ])
        };
        let resampling = Resampling { resamples: 2000, level: 0.9 };
        let result = resampling.estimate(200, statistic, &mut rng).expect("finite");
        let theory = (mol_core::stats::variance(&x).expect("many") / 200.0).sqrt();
        assert!((result[0].error / theory - 1.0).abs() < 0.08, "{} {theory}", result[0].error);
        let width = (result[0].high - result[0].low) / (2.0 * 1.645 * theory);
        assert!((width - 1.0).abs() < 0.08, "{width}");
        assert_eq!((result[1].estimate, result[1].error), (1.0, 0.0));
    }
}
