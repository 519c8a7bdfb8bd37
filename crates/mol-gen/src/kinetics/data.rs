//! Trajectories of features: what every estimator checks before it computes.

use crate::{Error, Result};
use mol_core::ndarray::{ArrayBase, ArrayView2, Data, Ix2, s};

/// Views of trajectories, shape `[frames, features]` each, of one number of features.
pub(super) fn views<S: Data<Elem = f64>>(trajectories: &[ArrayBase<S, Ix2>]) -> Vec<ArrayView2<'_, f64>> {
    trajectories.iter().map(|x| x.view()).collect()
}

/// Number of features, the same in all trajectories.
pub(super) fn features(trajectories: &[ArrayView2<'_, f64>]) -> Result<usize> {
    let Some(first) = trajectories.first() else {
        return Err(Error::TooFew { what: "trajectories", expected: 1, got: 0 });
    };
    let expected = first.ncols();
    if expected == 0 {
        return Err(Error::TooFew { what: "features of a frame", expected: 1, got: 0 });
    }
    check_features(trajectories, expected)?;
    Ok(expected)
}

/// Every trajectory has frames of `expected` features.
pub(super) fn check_features(trajectories: &[ArrayView2<'_, f64>], expected: usize) -> Result<()> {
    for (trajectory, x) in trajectories.iter().enumerate() {
        if x.nrows() == 0 {
            return Err(Error::EmptyTrajectory { trajectory });
        }
        if x.ncols() != expected {
            return Err(Error::FeatureCount { trajectory, expected, got: x.ncols() });
        }
    }
    Ok(())
}

/// The number of pairs of frames `lag` apart, if the lag is positive and there is one.
pub(super) fn pairs(lengths: impl Iterator<Item = usize> + Clone, lag: usize) -> Result<usize> {
    check_lag(lag)?;
    let pairs = lengths.clone().map(|frames| frames.saturating_sub(lag)).sum();
    if pairs == 0 {
        let longest = lengths.clone().max().unwrap_or(0);
        return Err(Error::LagTooLong { lag, trajectories: lengths.count(), longest });
    }
    Ok(pairs)
}

/// A lag of nought correlates frames with themselves.
pub(super) fn check_lag(lag: usize) -> Result<()> {
    argument("lag [frames]", "at least 1", lag > 0, &lag)
}

/// [`mol_core::Error::InvalidArgument`] unless `holds`.
pub(super) fn argument(what: &'static str, expected: &'static str, holds: bool, got: &dyn ToString) -> Result<()> {
    if holds { Ok(()) } else { Err(mol_core::Error::InvalidArgument { what, expected, got: got.to_string() }.into()) }
}

/// The first value that is not finite, as an error.
pub(super) fn check_finite(trajectories: &[ArrayView2<'_, f64>]) -> Result<()> {
    for (trajectory, x) in trajectories.iter().enumerate() {
        for (frame, row) in x.outer_iter().enumerate() {
            if let Some(feature) = row.iter().position(|v| !v.is_finite()) {
                return Err(Error::NotFiniteFeature { trajectory, frame, feature, value: row[feature] });
            }
        }
    }
    Ok(())
}

/// Each trajectory cut into `count` consecutive pieces of nearly equal length.
///
/// Pieces stand in for trajectories where there are too few of those, in cross-validation and bootstrap. Pairs of frames across a
/// cut are lost, and neighbouring pieces are correlated: a piece should be several times as long as the slowest process.
/// Piece k of n frames has the frames n k / count to n (k + 1) / count.
///
/// ```
/// use mol_core::ndarray::Array2;
/// let x = [Array2::<f64>::zeros((10, 2))];
/// let pieces = mol_gen::kinetics::pieces(&x, 3)?;
/// assert_eq!(pieces.iter().map(|piece| piece.nrows()).collect::<Vec<_>>(), [3, 3, 4]);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// # Errors
/// If `count` is 0 or a trajectory has fewer frames than pieces.
pub fn pieces<S: Data<Elem = f64>>(
    trajectories: &[ArrayBase<S, Ix2>],
    count: usize,
) -> Result<Vec<ArrayView2<'_, f64>>> {
    argument("pieces of a trajectory", "at least 1", count > 0, &count)?;
    let mut all = Vec::with_capacity(trajectories.len() * count);
    for x in trajectories {
        let frames = x.nrows();
        if frames < count {
            return Err(Error::TooFew { what: "frames of a trajectory to cut", expected: count, got: frames });
        }
        all.extend((0..count).map(|k| x.slice(s![frames * k / count..frames * (k + 1) / count, ..])));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::ndarray::{Array2, array};

    #[test]
    fn wrong_trajectories_are_named() {
        let text = |data: &[Array2<f64>]| features(&views(data)).expect_err("refused").to_string();
        assert_eq!(text(&[]), "trajectories: expected at least 1, got 0");
        assert_eq!(text(&[Array2::zeros((3, 0))]), "features of a frame: expected at least 1, got 0");
        let short = [Array2::zeros((3, 2)), Array2::zeros((0, 2))];
        assert_eq!(text(&short), "trajectory 1 has no frames: leave it out");
        let narrow = [Array2::zeros((3, 2)), Array2::zeros((3, 1))];
        assert_eq!(text(&narrow), "trajectory 1: expected 2 features per frame, got 1");
        let hole = [array![[1.0, 2.0]], array![[0.0, 1.0], [2.0, f64::NAN]]];
        let error = check_finite(&views(&hole)).expect_err("NaN").to_string();
        assert_eq!(error, "trajectory 1, frame 1, feature 1: NaN is not finite");
        let error = pairs([4, 7].into_iter(), 7).expect_err("too long").to_string();
        assert_eq!(error, "lag of 7 frames: the longest of 2 trajectories has 7, and needs at least 8");
        assert_eq!(pairs([4, 7].into_iter(), 3).expect("five"), 5);
        assert!(pairs([4].into_iter(), 0).expect_err("no lag").to_string().contains("at least 1, got 0"));
    }
}
