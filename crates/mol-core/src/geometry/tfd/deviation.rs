//! Deviations of one conformer from many at once.
//!
//! Angles of many conformers stand column by column, one column for each angle, so that the inner loop runs over conformers
//! and not over the two or three angles of a torsion. Each deviation is the same sum in the same order whether it is asked
//! for alone or in a matrix.

use super::{Term, TorsionAngles};

/// Angles of several conformers [°], shape `[angles, conformers]`.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) angles: &'a [f64],
    pub(super) conformers: usize,
}

impl Columns<'_> {
    /// The first `count` conformers of one angle.
    fn first(&self, angle: usize, count: usize) -> &[f64] {
        &self.angles[angle * self.conformers..][..count]
    }
}

/// The angles of conformers of one molecule in the order of [`Columns`].
pub(super) fn columns(conformers: &[TorsionAngles]) -> Vec<f64> {
    let count = conformers.first().map_or(0, |first| first.angles.len());
    (0..count).flat_map(|angle| conformers.iter().map(move |one| one.angles[angle])).collect()
}

/// The deviations of the conformer of angles `one` from the first `count` of `others`, appended to `out`; `total` is the sum
/// of weights.
pub(super) fn append_row(
    terms: &[Term],
    total: f64,
    one: &TorsionAngles,
    (others, count): (Columns, usize),
    out: &mut Vec<f64>,
) {
    let first = out.len();
    out.resize(first + count, 0.0);
    let sums = &mut out[first..];
    let mut least = vec![180.0_f64; count];
    let mut start = 0;
    for term in terms {
        let end = start + term.size();
        least.fill(180.0);
        for &x in &one.angles[start..end] {
            for angle in start..end {
                for (least, &y) in least.iter_mut().zip(others.first(angle, count)) {
                    let (near, far) = ((x - y).abs(), 360.0 - (x - y).abs());
                    let difference = if far < near { far } else { near };
                    *least = if difference < *least { difference } else { *least };
                }
            }
        }
        sums.iter_mut().zip(&least).for_each(|(sum, least)| *sum += term.scale * least);
        start = end;
    }
    if total > 0.0 {
        for sum in sums {
            *sum /= total;
        }
    }
}
