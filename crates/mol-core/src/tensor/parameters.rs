//! Named weights in one flat buffer.
//!
//! dfdx's `TensorCollection` needs shapes in the type; models here choose theirs at run time. Weights are therefore a
//! list of named matrices over one contiguous vector: optimisers, clipping, averaging and checkpoints see one slice,
//! the tape sees one leaf per matrix.

use super::{Adjoints, Matrix, Real, Record};
use crate::{Error, Result, Rng};

/// Where one matrix lies in the flat buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    shape: (usize, usize),
    start: usize,
}

/// The weights of a model: named matrices in a fixed order.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters<E> {
    entries: Vec<Entry>,
    flat: Vec<E>,
}

impl<E: Real> Default for Parameters<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), flat: Vec::new() }
    }
}

impl<E: Real> Parameters<E> {
    /// Appends a matrix, row-major `[rows, columns]`, and returns its index.
    ///
    /// # Errors
    /// If the name is taken, the number of values does not fit the shape, or one is not finite.
    pub fn push(&mut self, name: impl Into<String>, shape: (usize, usize), values: &[E]) -> Result<usize> {
        let name = name.into();
        Error::check_len("values of a weight matrix", shape.0 * shape.1, values.len())?;
        if self.index(&name).is_some() {
            return Err(Error::InvalidArgument { what: "name of a weight matrix", expected: "unused", got: name });
        }
        if let Some(index) = values.iter().position(|v| !v.f64().is_finite()) {
            return Err(Error::NotFinite { what: "weight", index, value: values[index].f64() });
        }
        self.entries.push(Entry { name, shape, start: self.flat.len() });
        self.flat.extend_from_slice(values);
        Ok(self.entries.len() - 1)
    }

    /// Appends a matrix drawn uniformly in ±√(6 / (rows + columns)) (Glorot & Bengio, AISTATS 2010, Eq. 16).
    ///
    /// # Errors
    /// If the name is taken.
    pub fn push_glorot(&mut self, name: impl Into<String>, shape: (usize, usize), rng: &mut Rng) -> Result<usize> {
        let bound = (6.0 / (shape.0 + shape.1).max(1) as f64).sqrt();
        let values: Vec<E> = (0..shape.0 * shape.1).map(|_| E::of(bound * (2.0 * rng.uniform() - 1.0))).collect();
        self.push(name, shape, &values)
    }

    /// Number of matrices.
    #[must_use]
    pub const fn matrices(&self) -> usize {
        self.entries.len()
    }

    /// Number of weights in all.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.flat.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.flat.is_empty()
    }

    /// All weights.
    #[must_use]
    pub fn flat(&self) -> &[E] {
        &self.flat
    }

    /// All weights, to change.
    pub fn flat_mut(&mut self) -> &mut [E] {
        &mut self.flat
    }

    /// Index of the matrix called `name`.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|e| e.name == name)
    }

    /// Name, shape and values of matrix `index`.
    ///
    /// # Panics
    /// If there is no such matrix.
    #[must_use]
    pub fn matrix(&self, index: usize) -> (&str, (usize, usize), &[E]) {
        let Entry { name, shape, start } = &self.entries[index];
        (name, *shape, &self.flat[*start..][..shape.0 * shape.1])
    }

    /// Name, shape and values of every matrix, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, (usize, usize), &[E])> {
        (0..self.matrices()).map(|k| self.matrix(k))
    }

    /// Every matrix as a leaf of `tape`, in order.
    #[must_use]
    pub fn leaves(&self, tape: &Record<E>) -> Vec<Matrix<E>> {
        self.iter().map(|(_, shape, values)| tape.leaf(values.to_vec(), shape)).collect()
    }

    /// Adds the gradients of `leaves` to `gradient`, laid out as [`flat`](Self::flat).
    ///
    /// # Panics
    /// If `leaves` are not [`leaves`](Self::leaves) of this model or `gradient` has another length.
    pub fn collect_gradient(&self, leaves: &[Matrix<E>], adjoints: &mut Adjoints<E>, gradient: &mut [E]) {
        assert!(leaves.len() == self.matrices() && gradient.len() == self.len(), "leaves of another model");
        let mut start = 0;
        for leaf in leaves {
            let part = adjoints.take(leaf);
            for (sum, g) in gradient[start..].iter_mut().zip(&part) {
                *sum += *g;
            }
            start += part.len();
        }
    }

    /// The same matrices with other numbers.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if `flat` has another length.
    pub fn with_flat(&self, flat: Vec<E>) -> Result<Self> {
        Error::check_len("flat weights", self.len(), flat.len())?;
        Ok(Self { entries: self.entries.clone(), flat })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn names_are_unique_and_values_finite() {
        let mut p = Parameters::<f32>::default();
        p.push("w", (2, 1), &[1.0, 2.0]).expect("fits");
        let taken = p.push("w", (1, 1), &[1.0]).expect_err("taken").to_string();
        assert!(taken.contains("\"w\"") || taken.contains("got w"), "{taken}");
        assert!(p.push("v", (1, 2), &[1.0]).expect_err("short").to_string().contains("expected shape [2], got [1]"));
        assert!(p.push("v", (1, 2), &[1.0, f32::NAN]).expect_err("NaN").to_string().contains("weight 1"));
        assert_eq!(p.len(), 2);
    }

    #[test]
    fn gradients_line_up_with_the_flat_buffer() {
        let mut p = Parameters::<f64>::default();
        p.push_glorot("a", (2, 3), &mut Seed::new(1).rng()).expect("free name");
        p.push("b", (1, 2), &[5.0, 6.0]).expect("free name");
        let tape = Record::start();
        let leaves = p.leaves(&tape);
        let mut adjoints = tape.backward(&[(&leaves[1], &[1.0, 2.0])]);
        let mut gradient = vec![0.0; p.len()];
        p.collect_gradient(&leaves, &mut adjoints, &mut gradient);
        assert_eq!(gradient, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0]);
        let bound = (6.0_f64 / 5.0).sqrt();
        assert!(p.matrix(0).2.iter().all(|w| w.abs() <= bound && *w != 0.0));
    }
}
