//! A sum of named potentials.

use super::{Fault, Potential, TermSink};
use crate::{Derivatives, Error, Frame, Result};

/// Sum of named potentials of the same atoms.
///
/// ```text
/// E(x) = Σₖ Eₖ(x)
/// ```
///
/// Terms are added in the order given, straight into the caller's accumulator. With the default `P` the terms may be
/// of different types; `Sum<&mut dyn Potential>` borrows them instead.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Sum, Vec3, potential_fn};
/// let well = potential_fn(1, |frame, _| frame.positions[0].norm_squared());
/// let field = potential_fn(1, |frame, _| 3.0 * frame.positions[0].x);
/// let mut sum = Sum::new(1).with("well", well)?.with("field", field)?;
/// let at = [Vec3::new(2.0, 0.0, 0.0)];
/// assert_eq!(sum.energy(Frame::isolated(&at)), 10.0);
/// assert_eq!(sum.term_energies(Frame::isolated(&at)), [("well".to_owned(), 4.0), ("field".to_owned(), 6.0)]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Sum<P = Box<dyn Potential>> {
    atoms: usize,
    terms: Vec<(String, P)>,
    /// Energies of one term in a batch.
    scratch: Vec<f64>,
}

impl Sum {
    /// The empty sum over `atoms` atoms, to be filled by [`with`](Self::with).
    #[must_use]
    pub const fn new(atoms: usize) -> Self {
        Self { atoms, terms: Vec::new(), scratch: Vec::new() }
    }

    /// Adds a term.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if it is of another number of atoms.
    pub fn with(mut self, name: &str, term: impl Potential + 'static) -> Result<Self> {
        self.push(name, Box::new(term))?;
        Ok(self)
    }
}

impl<P: Potential> Sum<P> {
    /// The sum of `terms`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] without terms, [`Error::ShapeMismatch`] if they differ in their number of atoms.
    pub fn of(terms: impl IntoIterator<Item = (String, P)>) -> Result<Self> {
        let terms: Vec<_> = terms.into_iter().collect();
        let Some((_, first)) = terms.first() else {
            return Err(Error::InvalidArgument {
                what: "terms of a sum",
                expected: "at least one",
                got: "none".into(),
            });
        };
        let mut sum = Self { atoms: first.atoms(), terms: Vec::new(), scratch: Vec::new() };
        terms.into_iter().try_for_each(|(name, term)| sum.push(&name, term))?;
        Ok(sum)
    }

    /// Adds a term in place.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if it is of another number of atoms.
    pub fn push(&mut self, name: &str, term: P) -> Result<()> {
        Error::check_len("atoms of a term of a sum", self.atoms, term.atoms())?;
        self.terms.push((name.to_owned(), term));
        Ok(())
    }

    /// Names of the terms, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|(name, _)| name.as_str())
    }

    /// The first term of this name, to change it between evaluations.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut P> {
        self.terms.iter_mut().find(|(other, _)| other == name).map(|(_, term)| term)
    }
}

impl<P: Potential> Potential for Sum<P> {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        self.terms.iter_mut().fold(0.0, |energy, (_, term)| energy + term.accumulate(frame, out))
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        let terms = self.terms.iter().map(|(name, term)| (name.clone(), term.boxed_clone())).collect();
        Box::new(Sum { atoms: self.atoms, terms, scratch: Vec::new() })
    }

    fn accumulate_batch(&mut self, frames: &[Frame<'_>], out: &mut [Derivatives], energies: &mut [f64]) {
        energies.fill(0.0);
        self.scratch.resize(energies.len(), 0.0);
        for (_, term) in &mut self.terms {
            term.accumulate_batch(frames, out, &mut self.scratch);
            energies.iter_mut().zip(&self.scratch).for_each(|(energy, part)| *energy += part);
        }
    }

    /// Each term under its name; the parts of a composite term as `name/part`.
    fn terms(&mut self, frame: Frame<'_>, sink: &mut dyn TermSink) {
        for (name, term) in &mut self.terms {
            term.terms(frame, &mut Prefixed { name, sink });
        }
    }

    /// The first term's fault, as a [`TermFault`]; those of the others are dropped.
    fn take_fault(&mut self) -> Option<Fault> {
        let faults = self.terms.iter_mut().filter_map(|(name, term)| Some((name, term.take_fault()?)));
        let all: Vec<_> = faults.collect();
        all.into_iter().next().map(|(name, source)| TermFault { term: name.clone(), source }.into())
    }
}

/// The fault of one term of a [`Sum`].
#[derive(Debug, thiserror::Error)]
#[error("term {term:?}: {source}")]
pub struct TermFault {
    /// Name of the term.
    pub term: String,
    /// What it reported.
    pub source: Fault,
}

/// Renames what a term reports.
struct Prefixed<'a> {
    name: &'a str,
    sink: &'a mut dyn TermSink,
}

impl TermSink for Prefixed<'_> {
    fn term(&mut self, name: &str, energy: f64, derivatives: &Derivatives) {
        if name == "total" {
            self.sink.term(self.name, energy, derivatives);
        } else {
            self.sink.term(&format!("{}/{name}", self.name), energy, derivatives);
        }
    }
}
