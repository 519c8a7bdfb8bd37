//! Featurizers side by side.

use super::Featurizer;
use crate::{Error, Frame, Result, Vec3};
use ndarray::{ArrayView1, ArrayViewMut1, Axis};

/// Featurizers of the same atoms side by side: f(x) = (f₁(x), f₂(x), …).
#[derive(Clone)]
pub struct Stack<F = Box<dyn Featurizer>> {
    atoms: usize,
    parts: Vec<F>,
}

impl<F: Featurizer> Stack<F> {
    /// The stack of `parts`, in order.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] without parts, [`Error::ShapeMismatch`] if they differ in their number of atoms.
    pub fn of(parts: impl IntoIterator<Item = F>) -> Result<Self> {
        let parts: Vec<F> = parts.into_iter().collect();
        let Some(first) = parts.first() else {
            return Err(Error::InvalidArgument {
                what: "parts of a stack",
                expected: "at least one",
                got: "none".into(),
            });
        };
        let atoms = first.atoms();
        parts.iter().try_for_each(|part| Error::check_len("atoms of a part of a stack", atoms, part.atoms()))?;
        Ok(Self { atoms, parts })
    }
}

impl<F: Featurizer> Featurizer for Stack<F> {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn dim(&self) -> usize {
        self.parts.iter().map(Featurizer::dim).sum()
    }

    fn features(&mut self, frame: Frame<'_>, mut out: ArrayViewMut1<'_, f64>) {
        for part in &mut self.parts {
            let (mine, rest) = out.split_at(Axis(0), part.dim());
            part.features(frame, mine);
            out = rest;
        }
    }

    fn pull_back(&mut self, frame: Frame<'_>, mut cotangent: ArrayView1<'_, f64>, gradient: &mut [Vec3]) {
        for part in &mut self.parts {
            let (mine, rest) = cotangent.split_at(Axis(0), part.dim());
            part.pull_back(frame, mine, gradient);
            cotangent = rest;
        }
    }

    fn boxed_clone(&self) -> Box<dyn Featurizer> {
        Box::new(Stack { atoms: self.atoms, parts: self.parts.iter().map(Featurizer::boxed_clone).collect() })
    }
}
