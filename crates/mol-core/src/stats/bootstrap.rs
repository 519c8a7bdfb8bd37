//! Confidence intervals by resampling.

use crate::{Error, Result, Rng};

/// A statistic with its bootstrap error and interval; made by [`bootstrap`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bootstrap {
    /// The statistic of the sample itself.
    pub estimate: f64,
    /// Standard deviation over the resamples.
    pub error: f64,
    /// Lower end of the percentile interval.
    pub low: f64,
    /// Upper end of the percentile interval.
    pub high: f64,
}

/// Percentile interval of any statistic of independent items, by drawing them anew with replacement.
///
/// The interval of confidence `level` runs from the (1 − level)/2 to the (1 + level)/2 quantile of the statistic over
/// `resamples` draws (quantiles interpolated linearly). Items must be independent: resample walkers or blocks, not the frames of one
/// trajectory.
///
/// ```
/// use mol_core::{Seed, stats};
/// let x: Vec<f64> = (0..200).map(f64::from).collect();
/// let b = stats::bootstrap(&x, 500, 0.95, |x| x.iter().sum::<f64>() / x.len() as f64, &mut Seed::new(1).rng())?;
/// assert!(b.estimate == 99.5 && b.low < 99.5 && 99.5 < b.high);
/// assert!((b.error - 57.9 / 200.0_f64.sqrt()).abs() < 0.5);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Efron & Tibshirani, *An Introduction to the Bootstrap* (Chapman & Hall, 1993), chapter 13.
///
/// # Errors
/// [`Error::InvalidArgument`] if there are no items, fewer than two resamples, or `level` is not in (0, 1);
/// [`Error::NotFinite`] if the statistic is not finite, with the number of the resample (0 is the sample itself).
pub fn bootstrap<T: Clone>(
    items: &[T],
    resamples: usize,
    level: f64,
    mut statistic: impl FnMut(&[T]) -> f64,
    rng: &mut Rng,
) -> Result<Bootstrap> {
    let invalid = |what, expected, got| Err(Error::InvalidArgument { what, expected, got });
    if items.is_empty() {
        return invalid("items of a bootstrap", "not empty", "0 items".into());
    }
    if resamples < 2 {
        return invalid("resamples of a bootstrap", "two or more", resamples.to_string());
    }
    if level.is_nan() || level <= 0.0 || level >= 1.0 {
        return invalid("level of confidence", "between 0 and 1", level.to_string());
    }
    let mut finite = |items: &[T], index: usize| {
        let value = statistic(items);
        if value.is_finite() {
            Ok(value)
        } else {
            Err(Error::NotFinite { what: "statistic of resample", index, value })
        }
    };
    let estimate = finite(items, 0)?;
    let mut drawn = items.to_vec();
    let mut values = Vec::with_capacity(resamples);
    for resample in 1..=resamples {
        for item in &mut drawn {
            item.clone_from(&items[rng.below(items.len())]);
        }
        values.push(finite(&drawn, resample)?);
    }
    let error = super::variance(&values)?.sqrt();
    values.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&values, 0.5 * (1.0 - level)), quantile(&values, 0.5 * (1.0 + level)));
    Ok(Bootstrap { estimate, error, low, high })
}

/// The `p` quantile of ascending values, interpolated linearly.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() - 1) as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Seed, stats};

    fn average(x: &[f64]) -> f64 {
        stats::mean(x).unwrap()
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let mut rng = Seed::new(8).rng();
        let mut covered = 0;
        for _ in 0..200 {
            let x: Vec<f64> = (0..60).map(|_| rng.normal()).collect();
            let b = bootstrap(&x, 200, 0.9, average, &mut rng).unwrap();
            covered += usize::from(b.low <= 0.0 && 0.0 <= b.high);
        }
        // 180 expected, standard deviation 4.2; percentile intervals are slightly short.
        assert!((163..=193).contains(&covered), "{covered} of 200");
    }

    #[test]
    fn one_seed_gives_one_interval() {
        let x = [1.0, 5.0, 2.0, 8.0];
        let run = |seed| bootstrap(&x, 50, 0.5, average, &mut Seed::new(seed).rng()).unwrap();
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn bad_arguments_are_named() {
        let rng = &mut Seed::new(0).rng();
        assert!(bootstrap(&[], 9, 0.9, average, rng).is_err());
        assert!(bootstrap(&[1.0], 1, 0.9, average, rng).is_err());
        for level in [0.0, 1.0, f64::NAN] {
            assert!(bootstrap(&[1.0], 9, level, average, rng).is_err());
        }
        let error = bootstrap(&[1.0], 9, 0.9, |_| f64::NAN, rng).unwrap_err();
        assert!(matches!(error, Error::NotFinite { index: 0, .. }), "{error}");
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|p| quantile(&[1.0, 2.0, 4.0], p)), [1.0, 1.5, 2.0, 4.0]);
    }
}
