//! Small dense linear algebra: conversions, whitening, ordered and signed eigenvectors.

use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::ndarray::{Array1, Array2};

/// A matrix for users, shape `[rows, columns]`.
pub(super) fn array(m: &DMatrix<f64>) -> Array2<f64> {
    Array2::from_shape_fn((m.nrows(), m.ncols()), |(i, j)| m[(i, j)])
}

/// A vector for users.
pub(super) fn array1(v: &DVector<f64>) -> Array1<f64> {
    v.iter().copied().collect()
}

/// Eigenvalues in descending order, with eigenvectors as columns.
pub(super) fn symmetric_eigen(m: &DMatrix<f64>) -> (DVector<f64>, DMatrix<f64>) {
    if m.is_empty() {
        return (DVector::zeros(0), DMatrix::zeros(0, 0));
    }
    // The lower triangle alone is read; averaging first makes the result independent of which rounding it holds.
    let eigen = ((m + m.transpose()) * 0.5).symmetric_eigen();
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let values = DVector::from_iterator(order.len(), order.iter().map(|k| eigen.eigenvalues[*k]));
    (values, DMatrix::from_fn(m.nrows(), order.len(), |i, j| eigen.eigenvectors[(i, order[j])]))
}

/// L with Lᵀ C L = 1, shape `[features, rank]`, for a covariance C of features with these means.
///
/// Features are first scaled to unit variance; eigenvectors of the correlation matrix with eigenvalues up to `epsilon`
/// are dropped, so that the cut depends on no unit. A feature whose deviation is rounding of its mean counts as constant.
pub(super) fn whitening(c: &DMatrix<f64>, mean: &DVector<f64>, epsilon: f64) -> DMatrix<f64> {
    const ROUNDING: f64 = 1e-28;
    whitening_above(c, |k| ROUNDING * mean[k] * mean[k], epsilon)
}

/// As [`whitening`], where feature k counts as constant if its variance is no more than `floor(k)`.
pub(super) fn whitening_above(c: &DMatrix<f64>, floor: impl Fn(usize) -> f64, epsilon: f64) -> DMatrix<f64> {
    let scale = DVector::from_fn(c.nrows(), |k, _| {
        let variance = c[(k, k)];
        if variance > floor(k) && variance > 0.0 { variance.sqrt().recip() } else { 0.0 }
    });
    let correlation = DMatrix::from_fn(c.nrows(), c.ncols(), |i, j| scale[i] * c[(i, j)] * scale[j]);
    let (values, vectors) = symmetric_eigen(&correlation);
    let rank = values.iter().take_while(|value| **value > epsilon).count();
    DMatrix::from_fn(c.nrows(), rank, |i, j| scale[i] * vectors[(i, j)] / values[j].sqrt())
}

/// The sign that makes the largest of the entries positive (the first of them if several are equal in size).
pub(super) fn sign(entries: impl Iterator<Item = f64>) -> f64 {
    let largest = entries.fold(0.0_f64, |best, x| if x.abs() > best.abs() { x } else { best });
    if largest < 0.0 { -1.0 } else { 1.0 }
}

/// Timescale of a process with eigenvalue λ at `lag`: −lag / ln λ; NaN unless 0 < λ < 1.
pub(super) fn timescale(eigenvalue: f64, lag: usize) -> f64 {
    if eigenvalue > 0.0 && eigenvalue < 1.0 { -(lag as f64) / eigenvalue.ln() } else { f64::NAN }
}

/// Relaxation time for an eigenvalue of modulus |λ|: as [`timescale`], but 0 for λ = 0.
pub(super) fn relaxation_time(modulus: f64, lag: usize) -> f64 {
    if modulus == 0.0 { 0.0 } else { timescale(modulus, lag) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitening_drops_what_is_constant_or_repeated_whatever_the_units() {
        // Features: x, y, x + y, a constant of size 3 with rounding, in units that differ by 1e9.
        let unit = [1.0, 1e9, 1e-9, 1.0];
        let base =
            DMatrix::from_row_slice(4, 4, &[2., 0.5, 2.5, 0., 0.5, 1., 1.5, 0., 2.5, 1.5, 4., 0., 0., 0., 0., 1e-31]);
        let c = DMatrix::from_fn(4, 4, |i, j| base[(i, j)] * unit[i] * unit[j]);
        let l = whitening(&c, &DVector::from_column_slice(&[0.0, 0.0, 0.0, 3.0]), 1e-10);
        assert_eq!(l.shape(), (4, 2));
        let one = l.transpose() * &c * &l;
        assert!((one - DMatrix::identity(2, 2)).amax() < 1e-6);
    }

    #[test]
    fn timescales_need_an_eigenvalue_between_nought_and_one() {
        assert!((timescale((-0.5_f64).exp(), 3) - 6.0).abs() < 1e-12);
        assert!(timescale(1.0, 3).is_nan() && timescale(-0.2, 3).is_nan());
        assert!(relaxation_time(0.0, 3) == 0.0 && relaxation_time(1.0, 3).is_nan());
    }
}
