//! Histograms with errors from independent blocks.

use crate::{Domain, Error, Result};

/// A probability density on equal bins with its standard error; made by [`Histogram::of_blocks`].
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Histogram {
    /// Left edge of the first bin and right edge of the last.
    pub range: [f64; 2],
    /// Density, shape `[bins]`; its sum times the bin width is the fraction of values inside the range.
    pub density: Vec<f64>,
    /// Standard error of the density, shape `[bins]`.
    pub error: Vec<f64>,
    /// Fraction of values outside the range; 0 on a circle.
    pub outside: f64,
}

impl Histogram {
    /// Histogram of the values of all `blocks` on `bins` bins over `range`.
    ///
    /// With `c_b` of the `n_b` values of block b in a bin, B blocks and N values in all,
    ///
    /// ```text
    /// p = Σ c_b / N,      error² = B / (B − 1) · Σ (c_b − p n_b)² / N²
    /// ```
    ///
    /// both divided by the bin width. Blocks must be independent of one another: one walker each, or pieces of a
    /// trajectory longer than its correlation time (see [`split`]). A [`Domain::Periodic`] is its own range and wraps
    /// every value into it; on a [`Domain::Line`] values outside `range` are counted apart.
    ///
    /// ```
    /// use mol_core::{Domain, stats::Histogram};
    /// let circle = Domain::Periodic { low: 0.0, high: 4.0 };
    /// let h = Histogram::of_blocks(&[&[0.5, 4.5], &[1.5, -0.5]], circle, [0.0, 4.0], 4)?;
    /// assert_eq!(h.density, [0.5, 0.25, 0.0, 0.25]);
    /// assert_eq!(h.error[0], 0.5);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// Cochran, *Sampling Techniques* (Wiley, 1977), chapter 6: the error of a ratio.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for fewer than two blocks, an empty block, no bins, or a range that is empty or not
    /// that of a periodic domain; [`Error::NotFinite`] with the index within its block.
    pub fn of_blocks(blocks: &[&[f64]], domain: Domain, range: [f64; 2], bins: usize) -> Result<Self> {
        let [low, high] = range;
        let invalid = |what, expected, got| Err(Error::InvalidArgument { what, expected, got });
        if blocks.len() < 2 || blocks.iter().any(|block| block.is_empty()) {
            let got = format!("lengths {:?}", blocks.iter().map(|block| block.len()).collect::<Vec<_>>());
            return invalid("blocks of a histogram", "two or more, none empty", got);
        }
        if bins == 0 {
            return invalid("bins of a histogram", "one or more", "0".into());
        }
        let circle = matches!(domain, Domain::Periodic { .. });
        let fits = match domain {
            Domain::Periodic { low: l, high: h } => l == low && h == high,
            Domain::Line => true,
        };
        if !fits || !(high - low).is_finite() || high <= low {
            return invalid(
                "range of a histogram",
                "finite, not empty, and the whole of a circle",
                format!("{range:?}"),
            );
        }
        let scale = bins as f64 / (high - low);
        let mut counts = vec![vec![0_u64; bins]; blocks.len()];
        let mut outside = 0_u64;
        for (block, counts) in blocks.iter().zip(&mut counts) {
            for (index, &x) in block.iter().enumerate() {
                if !x.is_finite() {
                    return Err(Error::NotFinite { what: "value of a histogram's block", index, value: x });
                }
                let inside = if circle { x - (high - low) * ((x - low) / (high - low)).floor() } else { x };
                if !circle && !(low..=high).contains(&inside) {
                    outside += 1;
                    continue;
                }
                // Rounding can carry a value onto the upper edge; it belongs to the last bin.
                counts[(((inside - low) * scale) as usize).min(bins - 1)] += 1;
            }
        }
        let total: f64 = blocks.iter().map(|block| block.len() as f64).sum();
        let number = blocks.len() as f64;
        let (mut density, mut error) = (Vec::with_capacity(bins), Vec::with_capacity(bins));
        for bin in 0..bins {
            let p = counts.iter().map(|c| c[bin] as f64).sum::<f64>() / total;
            let deviations =
                blocks.iter().zip(&counts).map(|(block, c)| (c[bin] as f64 - p * block.len() as f64).powi(2));
            let variance = number / (number - 1.0) * deviations.sum::<f64>() / (total * total);
            density.push(p * scale);
            error.push(variance.sqrt() * scale);
        }
        Ok(Self { range, density, error, outside: outside as f64 / total })
    }

    /// Width of a bin.
    #[must_use]
    pub fn width(&self) -> f64 {
        (self.range[1] - self.range[0]) / self.density.len() as f64
    }

    /// Centres of the bins, shape `[bins]`.
    #[must_use]
    pub fn centres(&self) -> Vec<f64> {
        let width = self.width();
        (0..self.density.len()).map(|k| self.range[0] + (k as f64 + 0.5) * width).collect()
    }
}

/// Cuts a series into `blocks` successive pieces whose lengths differ by at most one; no value is dropped.
///
/// # Errors
/// [`Error::InvalidArgument`] if there are no blocks or more blocks than values.
pub fn split(x: &[f64], blocks: usize) -> Result<Vec<&[f64]>> {
    if blocks == 0 || blocks > x.len() {
        return Err(Error::InvalidArgument {
            what: "number of blocks",
            expected: "from one to the number of values",
            got: format!("{blocks} for {} values", x.len()),
        });
    }
    Ok((0..blocks).map(|k| &x[k * x.len() / blocks..(k + 1) * x.len() / blocks]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;
    use std::f64::consts::PI;

    #[test]
    fn errors_are_those_of_independent_draws() {
        let mut rng = Seed::new(6).rng();
        let x: Vec<f64> = (0..40_000).map(|_| 20.0 * PI * rng.uniform()).collect();
        let circle = Domain::Periodic { low: -PI, high: PI };
        let h = Histogram::of_blocks(&split(&x, 100).unwrap(), circle, [-PI, PI], 10).unwrap();
        let (p, n): (f64, f64) = (0.1, 40_000.0);
        let exact = (p * (1.0 - p) / n).sqrt() / h.width();
        for (density, error) in h.density.iter().zip(&h.error) {
            assert!((density - 0.5 / PI).abs() < 4.0 * exact && (error / exact - 1.0).abs() < 0.35);
        }
        assert!((h.density.iter().sum::<f64>() * h.width() - 1.0).abs() < 1e-12 && h.outside == 0.0);
        assert!((h.centres()[0] + 0.9 * PI).abs() < 1e-12);
    }

    #[test]
    fn lines_count_what_lies_outside() {
        let h = Histogram::of_blocks(&[&[0.0, 0.25], &[1.0, 7.0]], Domain::Line, [0.0, 1.0], 2).unwrap();
        assert_eq!((h.density, h.outside), (vec![1.0, 0.5], 0.25));
    }

    #[test]
    fn bad_arguments_are_named() {
        let b: &[&[f64]] = &[&[0.1], &[0.2]];
        let line = Domain::Line;
        assert!(Histogram::of_blocks(&b[..1], line, [0.0, 1.0], 2).is_err());
        assert!(Histogram::of_blocks(&[&[], &[0.1]], line, [0.0, 1.0], 2).is_err());
        assert!(Histogram::of_blocks(b, line, [0.0, 1.0], 0).is_err());
        assert!(Histogram::of_blocks(b, line, [1.0, 1.0], 2).is_err());
        assert!(Histogram::of_blocks(b, line, [0.0, f64::NAN], 2).is_err());
        assert!(Histogram::of_blocks(b, Domain::Periodic { low: 0.0, high: 2.0 }, [0.0, 1.0], 2).is_err());
        assert!(Histogram::of_blocks(&[&[0.1], &[0.2, f64::NAN]], line, [0.0, 1.0], 2).is_err());
        assert!(split(&[1.0], 2).is_err() && split(&[1.0], 0).is_err());
        assert_eq!(split(&[1.0, 2.0, 3.0], 2).unwrap(), [&[1.0][..], &[2.0, 3.0]]);
    }
}
