//! The one call into `gemm`: dense products of row-major matrices.
#![allow(unsafe_code)]

use super::Real;
use std::any::TypeId;

/// How a row-major operand enters a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// As stored.
    Plain,
    /// Its transpose.
    Transposed,
}

/// `c = a b` or, with `add`, `c += a b` for row-major c `[m, n]`, a `[m, k]`, b `[k, n]`.
///
/// `Operand::Transposed` means that the slice holds the transpose: a as `[k, m]`, b as `[n, k]`. Runs on the calling
/// thread only, so that its bits do not depend on the pool; m·k·n multiplications and additions.
///
/// # Panics
/// If a slice is not exactly as long as its shape says.
#[allow(clippy::too_many_arguments, reason = "the argument list of every gemm")]
pub fn matmul<E: Real>(
    c: &mut [E],
    add: bool,
    (a, how_a): (&[E], Operand),
    (b, how_b): (&[E], Operand),
    (m, k, n): (usize, usize, usize),
) {
    assert!(c.len() == m * n && a.len() == m * k && b.len() == k * n, "matmul: slices do not have the given shape");
    if m == 0 || n == 0 {
        return;
    }
    let strides = |how: Operand, rows: usize, columns: usize| match how {
        Operand::Plain => (1_isize, columns as isize),
        Operand::Transposed => (rows as isize, 1_isize),
    };
    let ((a_column, a_row), (b_column, b_row)) = (strides(how_a, m, k), strides(how_b, k, n));
    assert!(TypeId::of::<E>() == TypeId::of::<f32>() || TypeId::of::<E>() == TypeId::of::<f64>());
    // SAFETY: the assertion above bounds every element that these shapes and strides reach; `c` is borrowed mutably, so
    // it overlaps neither operand; E is f32 or f64, the types `gemm` is generic over.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            add,
            a.as_ptr(),
            a_column,
            a_row,
            b.as_ptr(),
            b_column,
            b_row,
            E::ONE,
            E::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<E: Real>(tolerance: f64) {
        let (m, k, n) = (7, 5, 9);
        let a: Vec<E> = (0..m * k).map(|x| E::of((x as f64 * 0.7).sin())).collect();
        let b: Vec<E> = (0..k * n).map(|x| E::of((x as f64 * 0.3).cos())).collect();
        let transpose = |x: &[E], rows: usize, columns: usize| -> Vec<E> {
            (0..rows * columns).map(|t| x[(t % rows) * columns + t / rows]).collect()
        };
        let exact: Vec<f64> =
            (0..m * n).map(|t| (0..k).map(|l| a[(t / n) * k + l].f64() * b[l * n + t % n].f64()).sum()).collect();
        for how_a in [Operand::Plain, Operand::Transposed] {
            for how_b in [Operand::Plain, Operand::Transposed] {
                let stored_a = if how_a == Operand::Plain { a.clone() } else { transpose(&a, m, k) };
                let stored_b = if how_b == Operand::Plain { b.clone() } else { transpose(&b, k, n) };
                let mut c = vec![E::ONE; m * n];
                matmul(&mut c, false, (&stored_a, how_a), (&stored_b, how_b), (m, k, n));
                matmul(&mut c, true, (&stored_a, how_a), (&stored_b, how_b), (m, k, n));
                for (got, want) in c.iter().zip(&exact) {
                    assert!((got.f64() - 2.0 * want).abs() < tolerance, "{how_a:?} {how_b:?}: {got} {want}");
                }
            }
        }
    }

    #[test]
    fn all_transpositions_match_the_plain_sum() {
        check::<f32>(1e-5);
        check::<f64>(1e-13);
    }
}
