//! The variational score of a batch as one operation on the tape, with its exact gradient.

use super::super::algebra::symmetric_eigen;
use super::super::score::Score;
use mol_core::nalgebra::{DMatrix, DVector};
use mol_core::tensor::{Matrix, Operand, Real, matmul, ops::operation, values};

/// Score of functions χ of the earlier (first half of the rows) and later frames of a batch; shape `[2 pairs, functions]` → `[1, 1]`.
///
/// ```text
/// C₀₀ = χ₀ᵀχ₀/n + ε     C₀t = χ₀ᵀχ_t/n     C_tt = χ_tᵀχ_t/n + ε       (no means removed)
/// C₀₀^(−½) C₀t C_tt^(−½) = U S Vᵀ,   u = C₀₀^(−½) U,   v = C_tt^(−½) V,   R = Σ f(σ)
/// dσ = uᵀ dC₀t v − σ/2 (uᵀ dC₀₀ u + vᵀ dC_tt v)
/// ∂R/∂χ₀ = (χ_t M − χ₀ Σ f′σ u uᵀ)/n,   ∂R/∂χ_t = (χ₀ Mᵀ − χ_t Σ f′σ v vᵀ)/n,   M = Σ f′ v uᵀ
/// ```
///
/// f(σ) = σ or σ² ([`Score`]). The singular vectors need no derivative: R is stationary in them. With memberships, whose rows sum to
/// 1, the constant function is in their span and the R of k states is at most k. All sums are in f64. If a χ is not finite R is NaN and
/// its gradient zero.
pub(super) fn variational_score<E: Real>(chi: &Matrix<E>, which: Score, epsilon: f64) -> Matrix<E> {
    let all: Vec<f64> = values(chi).into_iter().map(Real::f64).collect();
    if all.iter().any(|x| !x.is_finite()) {
        // nalgebra's decompositions never end on NaN; the trainer names the step.
        return operation(&[chi], vec![(vec![E::of(f64::NAN)], (1, 1))], |_, _| {}).remove(0);
    }
    let k = all.len() / rows(chi).max(1);
    let (pairs, (early, late)) = (rows(chi) / 2, all.split_at(all.len() / 2));
    let n = pairs as f64;
    let covariance = |a: &[f64], b: &[f64], diagonal: f64| {
        let mut c = vec![0.0; k * k];
        matmul(&mut c, false, (a, Operand::Transposed), (b, Operand::Plain), (k, pairs, k));
        DMatrix::from_row_slice(k, k, &c) / n + DMatrix::identity(k, k) * diagonal
    };
    let left = inverse_root(&covariance(early, early, epsilon));
    let right = inverse_root(&covariance(late, late, epsilon));
    let svd = (&left * covariance(early, late, 0.0) * &right).svd(true, true);
    let u = left * svd.u.expect("asked for");
    let v = right * svd.v_t.expect("asked for").transpose();
    let (mut score, mut slopes, mut pulls) = (0.0, Vec::new(), Vec::new());
    for sigma in svd.singular_values.iter() {
        let (value, slope) = which.of_singular_value(*sigma);
        score += value;
        slopes.push(slope / n);
        pulls.push(slope * sigma / n);
    }
    let scaled = |x: &DMatrix<f64>, by: &[f64]| x * DMatrix::from_diagonal(&DVector::from_column_slice(by));
    let across = scaled(&v, &slopes) * u.transpose();
    let (within_early, within_late) = (scaled(&u, &pulls) * u.transpose(), scaled(&v, &pulls) * v.transpose());
    let mut gradient = vec![0.0; all.len()];
    let (of_early, of_late) = gradient.split_at_mut(all.len() / 2);
    let product = |out: &mut [f64], add, x: &[f64], m: DMatrix<f64>| {
        // nalgebra is column-major: its slice is the transpose.
        matmul(out, add, (x, Operand::Plain), (m.as_slice(), Operand::Transposed), (pairs, k, k));
    };
    product(of_early, false, early, -within_early);
    product(of_early, true, late, across.clone());
    product(of_late, false, late, -within_late);
    product(of_late, true, early, across.transpose());
    operation(&[chi], vec![(vec![E::of(score)], (1, 1))], move |adjoints, gradients| {
        let seed = adjoints[0][0].f64();
        for (out, g) in gradients[0].iter_mut().zip(&gradient) {
            *out += E::of(seed * g);
        }
    })
    .remove(0)
}

fn rows<E: Real>(x: &Matrix<E>) -> usize {
    mol_core::tensor::Dual::from(x.clone()).shape().0
}

/// C^(−½), symmetric; C is positive definite by its ε.
fn inverse_root(c: &DMatrix<f64>) -> DMatrix<f64> {
    let (values, vectors) = symmetric_eigen(c);
    let scale = values.map(|value| value.max(f64::MIN_POSITIVE).sqrt().recip());
    &vectors * DMatrix::from_diagonal(&scale) * vectors.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mol_core::Seed;
    use mol_core::tensor::Record;

    /// Central differences of the score along every entry, for memberships and for arbitrary functions.
    #[test]
    fn gradients_match_finite_differences() {
        for (which, k, seed) in [(Score::Vamp1, 3, 1), (Score::Vamp2, 3, 2), (Score::VampE, 2, 3), (Score::Vamp2, 5, 4)]
        {
            let mut rng = Seed::new(seed).rng();
            let rows = 24;
            let x: Vec<f64> = (0..rows * k).map(|_| rng.normal()).collect();
            let at =
                |x: &[f64]| values(&variational_score(&Record::default().leaf(x.to_vec(), (rows, k)), which, 1e-3))[0];
            let tape = Record::start();
            let leaf = tape.leaf(x.clone(), (rows, k));
            let score = variational_score(&leaf, which, 1e-3);
            let gradient = tape.backward(&[(&score, &[-2.0])]).take(&leaf);
            for entry in 0..x.len() {
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[entry] += by;
                    at(&x)
                };
                let h = 1e-4;
                let slope = (8.0 * (moved(h) - moved(-h)) - moved(2.0 * h) + moved(-2.0 * h)) / (12.0 * h);
                assert!((gradient[entry] + 2.0 * slope).abs() < 1e-9, "{which:?} {entry}: {} {slope}", gradient[entry]);
            }
        }
    }

    #[test]
    fn a_function_that_is_not_finite_has_no_score_and_no_gradient() {
        for bad in [f64::NAN, f64::INFINITY] {
            let tape = Record::start();
            let leaf = tape.leaf(vec![0.7, 0.3, bad, 0.9, 0.5, 0.5, 0.2, 0.8], (4, 2));
            let score = variational_score(&leaf, Score::Vamp2, 1e-6);
            assert!(values(&score)[0].is_nan());
            assert_eq!(tape.backward(&[(&score, &[1.0])]).take(&leaf), [0.0; 8]);
        }
    }

    #[test]
    fn functions_that_repeat_exactly_score_their_number() {
        let chi = [0.7, 0.3, 0.1, 0.9, 0.5, 0.5];
        let twice = [chi, chi].concat();
        let score = |epsilon| {
            values(&variational_score(&Record::<f64>::default().leaf(twice.clone(), (6, 2)), Score::Vamp2, epsilon))[0]
        };
        assert!((score(1e-12) - 2.0).abs() < 1e-9);
        assert!(score(1e-2) < 1.95, "what ε costs");
    }
}
