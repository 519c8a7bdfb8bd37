//! Dense products of row-major matrices: the one call into `gemm`, and a plain kernel for few rows.
#![allow(unsafe_code)]

use super::{Kernel, Real, simd};
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

/// Columns that stay in registers while the kernel of [`matmul_rows`] walks down k.
const COLUMNS: usize = 32;
/// Rows that share each load of b.
const ROWS: usize = 4;

/// `c = a b` or, with `add`, `c += a b`, for the few rows of one molecule: c `[m, n]`, a `[m, k]`, b `[k, n]`.
///
/// Nothing is packed and nothing allocated, and each element is the sum over k in order, so that a row's bits do not
/// depend on the other rows. [`matmul`] is about twice as fast: it fuses multiply and add, which the twins of [`simd`]
/// must not, and pays with a packing buffer per call.
///
/// # Panics
/// If a slice is not exactly as long as its shape says.
pub fn matmul_rows<E: Real>(c: &mut [E], add: bool, a: &[E], b: &[E], (m, k, n): (usize, usize, usize)) {
    assert!(
        c.len() == m * n && a.len() == m * k && b.len() == k * n,
        "matmul_rows: slices do not have the given shape"
    );
    if !add {
        c.fill(E::ZERO);
    }
    simd(Rows { c, a, b, k, n });
}

struct Rows<'a, E> {
    c: &'a mut [E],
    a: &'a [E],
    b: &'a [E],
    k: usize,
    n: usize,
}

impl<E: Real> Kernel for Rows<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { c, a, b, k, n } = self;
        if n == 0 || k == 0 {
            return;
        }
        let whole = n - n % COLUMNS;
        let mut blocks = c.chunks_exact_mut(ROWS * n);
        let mut inputs = a.chunks_exact(ROWS * k);
        for (c, a) in blocks.by_ref().zip(inputs.by_ref()) {
            for j in (0..whole).step_by(COLUMNS) {
                four(c, a, b, j, k, n);
            }
        }
        for (c, a) in blocks.into_remainder().chunks_exact_mut(n).zip(inputs.remainder().chunks_exact(k)) {
            for j in (0..whole).step_by(COLUMNS) {
                one(c, a, b, j, n);
            }
        }
        if whole < n {
            for (c, a) in c.chunks_exact_mut(n).zip(a.chunks_exact(k)) {
                for (a, b) in a.iter().zip(b.chunks_exact(n)) {
                    for (c, b) in c[whole..].iter_mut().zip(&b[whole..]) {
                        *c += *a * *b;
                    }
                }
            }
        }
    }
}

/// Four rows by [`COLUMNS`] columns of the product, from column `j`.
///
/// Four named accumulators and one loop of constant length: what compilers keep in vector registers.
#[inline(always)]
fn four<E: Real>(c: &mut [E], a: &[E], b: &[E], j: usize, k: usize, n: usize) {
    let mut sums = [[E::ZERO; COLUMNS]; ROWS];
    for (r, sums) in sums.iter_mut().enumerate() {
        sums.copy_from_slice(&c[r * n + j..][..COLUMNS]);
    }
    let [mut s0, mut s1, mut s2, mut s3] = sums;
    let (a0, rest) = a.split_at(k);
    let (a1, rest) = rest.split_at(k);
    let (a2, a3) = rest.split_at(k);
    let factors = a0.iter().zip(a1).zip(a2.iter().zip(a3));
    for (((a0, a1), (a2, a3)), row) in factors.zip(b.chunks_exact(n)) {
        let row: &[E; COLUMNS] = row[j..][..COLUMNS].try_into().expect("a slice of this length");
        for t in 0..COLUMNS {
            s0[t] += *a0 * row[t];
            s1[t] += *a1 * row[t];
            s2[t] += *a2 * row[t];
            s3[t] += *a3 * row[t];
        }
    }
    for (r, sums) in [s0, s1, s2, s3].iter().enumerate() {
        c[r * n + j..][..COLUMNS].copy_from_slice(sums);
    }
}

/// One row by [`COLUMNS`] columns, from column `j`.
#[inline(always)]
fn one<E: Real>(c: &mut [E], a: &[E], b: &[E], j: usize, n: usize) {
    let c: &mut [E; COLUMNS] = (&mut c[j..j + COLUMNS]).try_into().expect("a slice of this length");
    let mut sums = *c;
    for (a, row) in a.iter().zip(b.chunks_exact(n)) {
        let row: &[E; COLUMNS] = row[j..][..COLUMNS].try_into().expect("a slice of this length");
        for t in 0..COLUMNS {
            sums[t] += *a * row[t];
        }
    }
    *c = sums;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_equal_the_plain_sum_and_do_not_depend_on_each_other() {
        for (m, k, n) in [(1, 3, 5), (4, 64, 64), (7, 20, 33), (10, 64, 32), (9, 1, 96), (3, 5, 0)] {
            let a: Vec<f32> = (0..m * k).map(|x| (x as f32 * 0.7).sin()).collect();
            let b: Vec<f32> = (0..k * n).map(|x| (x as f32 * 0.3).cos()).collect();
            let mut plain = vec![0.0; m * n];
            for i in 0..m {
                for l in 0..k {
                    for j in 0..n {
                        plain[i * n + j] += a[i * k + l] * b[l * n + j];
                    }
                }
            }
            let mut c = vec![7.0; m * n];
            matmul_rows(&mut c, false, &a, &b, (m, k, n));
            assert_eq!(c, plain, "{m} {k} {n}");
            let mut last = vec![0.0; n];
            matmul_rows(&mut last, true, &a[(m - 1) * k..], &b, (1, k, n));
            assert_eq!(last, plain[(m - 1) * n..]);
        }
    }

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
