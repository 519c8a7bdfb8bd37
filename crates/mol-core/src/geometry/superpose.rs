//! Optimal superposition and root-mean-square deviation.

use super::overlap::best_rotation;
use crate::molecule::check_finite;
use crate::{Error, Mat3, Result, Vec3};

/// The proper rigid motion that brings one set of points closest to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Superposition {
    /// Rotation R, det R = 1.
    pub rotation: Mat3,
    /// Translation t [Å]: a mobile point x goes to R x + t.
    pub translation: Vec3,
    /// Root-mean-square deviation after the motion [Å].
    pub rmsd: f64,
}

impl Superposition {
    /// Where the mobile point `x` [Å] goes.
    #[must_use]
    pub fn apply(&self, x: &Vec3) -> Vec3 {
        self.rotation * x + self.translation
    }
}

/// Finds the rotation and translation that minimise the weighted deviation of `mobile` from `target`.
///
/// ```text
/// RMSD² = min over R, t of Σ w_i |R x_i + t − y_i|² / Σ w_i,   det R = +1
/// ```
///
/// where x are the mobile and y the target points [Å], shape `[n]`, and w the weights (masses [u], say; `None` is all
/// equal). The rotation is the eigenvector of Horn's 4 × 4 quaternion matrix, so it is never a reflection: mirror images
/// do not superpose. The deviation is summed over the moved points, which keeps its digits when it is tiny. Where the
/// best rotation is not unique (collinear points) it is one of the best.
///
/// ```
/// use mol_core::{Vec3, geometry::superpose};
/// let target = [Vec3::x(), Vec3::y(), Vec3::z(), Vec3::zeros()];
/// let mobile = target.map(|x| Vec3::new(-x.y + 5.0, x.x, x.z)); // turned by 90° about z and moved
/// let fit = superpose(&mobile, &target, None)?;
/// assert!(fit.rmsd < 1e-15 && (fit.apply(&mobile[0]) - target[0]).norm() < 1e-14);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Horn, *J. Opt. Soc. Am. A* **4**, 629 (1987).
///
/// # Errors
/// [`Error::ShapeMismatch`] if the lengths differ; [`Error::InvalidArgument`] if there are no points or the weights are
/// negative or sum to zero; [`Error::NotFinite`] naming the atom.
pub fn superpose(mobile: &[Vec3], target: &[Vec3], weights: Option<&[f64]>) -> Result<Superposition> {
    let total = check(mobile, target, weights)?;
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    let centre = |points: &[Vec3]| points.iter().enumerate().map(|(i, x)| x * weight(i)).sum::<Vec3>() / total;
    let (from, to) = (centre(mobile), centre(target));
    let mut s = Mat3::zeros();
    for (i, (x, y)) in mobile.iter().zip(target).enumerate() {
        s += (x - from) * (y - to).transpose() * weight(i);
    }
    let (_, rotation) = best_rotation(&s);
    let squares = mobile.iter().zip(target).enumerate();
    let sum: f64 = squares.map(|(i, (x, y))| weight(i) * (rotation * (x - from) - (y - to)).norm_squared()).sum();
    Ok(Superposition { rotation, translation: to - rotation * from, rmsd: (sum / total).sqrt() })
}

/// Lays all of `mobile` onto `target` by some of their atoms: the motion that is best for the atoms `selected`, with
/// `weights` of shape `[selected]`, done to every mobile point. The deviation is that of the selected atoms.
///
/// ```
/// use mol_core::{Vec3, geometry::align};
/// let target = [Vec3::zeros(), Vec3::x(), Vec3::y()];
/// let mut mobile = target.map(|x| x + Vec3::z() * 7.0);
/// mobile[2] += Vec3::z();
/// let fit = align(&mut mobile, &target, &[0, 1], None)?;
/// assert!(fit.rmsd < 1e-12 && (mobile[1] - Vec3::x()).norm() < 1e-12);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// # Errors
/// As [`superpose`] of the selected atoms, and [`Error::InvalidArgument`] for one that does not exist; `mobile` is then as
/// it was.
pub fn align(
    mobile: &mut [Vec3],
    target: &[Vec3],
    selected: &[usize],
    weights: Option<&[f64]>,
) -> Result<Superposition> {
    Error::check_len("points to align", target.len(), mobile.len())?;
    if let Some(missing) = selected.iter().find(|&&atom| atom >= target.len()) {
        let got = format!("{missing} of {} atoms", target.len());
        return Err(Error::InvalidArgument { what: "atom to align by", expected: "one of the molecule", got });
    }
    let pick = |points: &[Vec3]| selected.iter().map(|&atom| points[atom]).collect::<Vec<_>>();
    let fit = superpose(&pick(mobile), &pick(target), weights)?;
    for x in mobile {
        *x = fit.apply(x);
    }
    Ok(fit)
}

/// Root-mean-square deviation [Å] of `mobile` from `target` after optimal superposition; see [`superpose`].
///
/// # Errors
/// As [`superpose`].
pub fn rmsd(mobile: &[Vec3], target: &[Vec3], weights: Option<&[f64]>) -> Result<f64> {
    superpose(mobile, target, weights).map(|fit| fit.rmsd)
}

/// Checks the arguments and returns the sum of the weights.
fn check(mobile: &[Vec3], target: &[Vec3], weights: Option<&[f64]>) -> Result<f64> {
    Error::check_len("points to superpose", target.len(), mobile.len())?;
    for points in [mobile, target] {
        check_finite(points)?;
    }
    let total = match weights {
        None => target.len() as f64,
        Some(weights) => {
            Error::check_len("weights of a superposition", target.len(), weights.len())?;
            if let Some(bad) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
                let expected = "finite and not negative";
                return Err(Error::InvalidArgument {
                    what: "weight of a superposition",
                    expected,
                    got: bad.to_string(),
                });
            }
            weights.iter().sum()
        }
    };
    if total > 0.0 {
        return Ok(total);
    }
    let got = format!("{} points of total weight {total}", target.len());
    Err(Error::InvalidArgument { what: "points to superpose", expected: "one or more of positive weight", got })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, Seed};
    use nalgebra::Rotation3;
    use proptest::prelude::*;

    fn cloud(n: usize, rng: &mut Rng) -> Vec<Vec3> {
        (0..n).map(|_| Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 2.0).collect()
    }

    fn random_rotation(rng: &mut Rng) -> Rotation3<f64> {
        Rotation3::new(Vec3::new(rng.normal(), rng.normal(), rng.normal()))
    }

    /// The same minimum by Kabsch's singular values with his sign correction.
    fn kabsch(mobile: &[Vec3], target: &[Vec3], w: &[f64]) -> f64 {
        let total: f64 = w.iter().sum();
        let centre = |p: &[Vec3]| p.iter().zip(w).map(|(x, w)| x * *w).sum::<Vec3>() / total;
        let (cm, ct) = (centre(mobile), centre(target));
        let mut h = Mat3::zeros();
        let mut sum = 0.0;
        for ((x, y), w) in mobile.iter().zip(target).zip(w) {
            h += (x - cm) * (y - ct).transpose() * *w;
            sum += w * ((x - cm).norm_squared() + (y - ct).norm_squared());
        }
        let mut values: Vec<f64> = h.svd(false, false).singular_values.iter().copied().collect();
        values.sort_by(|a, b| b.total_cmp(a));
        let trace = values[0] + values[1] + values[2] * h.determinant().signum();
        ((sum - 2.0 * trace).max(0.0) / total).sqrt()
    }

    proptest! {
        #[test]
        fn agrees_with_kabsch_and_undoes_motions(n in 1_usize..12, seed in any::<u64>()) {
            let rng = &mut Seed::new(seed).rng();
            let target = cloud(n, rng);
            let (turn, shift) = (random_rotation(rng), Vec3::new(10.0, -3.0, rng.normal()));
            let moved: Vec<Vec3> = target.iter().map(|x| turn * x + shift).collect();
            let fit = superpose(&moved, &target, None).unwrap();
            // Few points may lie almost on a line; how far the fit turns about that line is then known to
            // ε L² / width only, L = 10 Å and the width down to 1e-3 Å.
            let tolerance = if n < 5 { 1e-10 } else { 1e-13 };
            prop_assert!(fit.rmsd < tolerance, "{:e}", fit.rmsd);
            prop_assert!((fit.rotation.determinant() - 1.0).abs() < 1e-13);
            prop_assert!(moved.iter().zip(&target).all(|(x, y)| (fit.apply(x) - y).norm() < 10.0 * tolerance));
            let other = cloud(n, rng);
            let weights: Vec<f64> = (0..n).map(|_| 0.1 + rng.uniform()).collect();
            let got = rmsd(&other, &target, Some(&weights)).unwrap();
            prop_assert!((got - kabsch(&other, &target, &weights)).abs() < 1e-7);
            prop_assert!((got - rmsd(&target, &other, Some(&weights)).unwrap()).abs() < 1e-10);
        }
    }

    #[test]
    fn mirror_images_do_not_superpose() {
        let target = [Vec3::x(), Vec3::y() * 2.0, Vec3::z() * 3.0, Vec3::zeros()];
        let mirror = target.map(|x| Vec3::new(-x.x, x.y, x.z));
        let fit = superpose(&mirror, &target, None).unwrap();
        assert!(fit.rmsd > 0.1 && (fit.rotation.determinant() - 1.0).abs() < 1e-14);
        assert!((fit.rmsd - kabsch(&mirror, &target, &[1.0; 4])).abs() < 1e-10);
    }

    #[test]
    fn one_point_and_coincident_points_need_no_rotation() {
        for n in [1, 3] {
            let fit = superpose(&vec![Vec3::y(); n], &vec![Vec3::x(); n], None).unwrap();
            assert_eq!((fit.rotation, fit.rmsd), (Mat3::identity(), 0.0));
        }
    }

    #[test]
    fn weights_decide_what_fits() {
        let target = [Vec3::zeros(), Vec3::x(), Vec3::x() * 3.0];
        let mobile = [Vec3::zeros(), Vec3::x(), Vec3::x() * 9.0];
        assert!(rmsd(&mobile, &target, Some(&[1.0, 1.0, 0.0])).unwrap() < 1e-15);
        assert!(rmsd(&mobile, &target, None).unwrap() > 1.0);
    }

    #[test]
    fn bad_input_is_named() {
        let x = [Vec3::zeros(), Vec3::x()];
        let says = |result: Result<f64>, text: &str| assert!(result.unwrap_err().to_string().contains(text), "{text}");
        says(rmsd(&x, &x[..1], None), "points to superpose");
        says(rmsd(&[], &[], None), "one or more");
        says(rmsd(&[Vec3::x() * f64::NAN], &x[..1], None), "position of atom 0");
        says(rmsd(&x, &x, Some(&[1.0])), "weights");
        says(rmsd(&x, &x, Some(&[-1.0, 2.0])), "not negative");
        says(rmsd(&x, &x, Some(&[0.0, 0.0])), "positive weight");
    }
}
