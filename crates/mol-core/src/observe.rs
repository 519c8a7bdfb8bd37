//! Observers: progress bars, logs, writers and stop conditions, fed by every loop of the toolkit.
//!
//! Libraries never print and never poll for Ctrl-C: a loop (simulation, training, minimisation) shows its state to one
//! observer after each step and ends if told so. Observers compose: a `Vec` or a pair of them is one, [`Every`] thins,
//! [`watch`] takes a closure, `()` watches nothing.

use crate::{Error, Fault, Result};
use std::ops::ControlFlow;

/// Why a run was asked to end.
#[derive(Debug)]
pub enum Stop {
    /// The user asked for it (Ctrl-C, a target reached); the state is good.
    Requested,
    /// Output was lost (disk full); going on would lose data.
    Failed(Fault),
}

/// Watches a loop whose state is `S`.
///
/// ```
/// use mol_core::{Every, Observer, Stop, watch};
/// use std::ops::ControlFlow;
/// let mut seen = Vec::new();
/// let log = Every::new(10, watch(|step, energy: &f64| {
///     seen.push((step, *energy));
///     ControlFlow::Continue(())
/// }))?;
/// let converged = watch(|_, energy: &f64| if *energy < 0.01 { ControlFlow::Break(Stop::Requested) } else { ControlFlow::Continue(()) });
/// let mut both = (log, converged);
/// let last = (1..).find(|step| both.observe(*step, &(1.0 / *step as f64)).is_break());
/// assert_eq!(last, Some(101));
/// drop(both);
/// assert_eq!(seen.len(), 10);
/// # Ok::<(), mol_core::Error>(())
/// ```
pub trait Observer<S: ?Sized> {
    /// Called after each step with the number of steps done.
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop>;
}

impl<S: ?Sized, O: Observer<S> + ?Sized> Observer<S> for &mut O {
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        (**self).observe(step, state)
    }
}

impl<S: ?Sized, O: Observer<S> + ?Sized> Observer<S> for Box<O> {
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        (**self).observe(step, state)
    }
}

impl<S: ?Sized, O: Observer<S>> Observer<S> for Vec<O> {
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        self.iter_mut().try_for_each(|observer| observer.observe(step, state))
    }
}

impl<S: ?Sized, A: Observer<S>, B: Observer<S>> Observer<S> for (A, B) {
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        self.0.observe(step, state)?;
        self.1.observe(step, state)
    }
}

impl<S: ?Sized> Observer<S> for () {
    fn observe(&mut self, _: u64, _: &S) -> ControlFlow<Stop> {
        ControlFlow::Continue(())
    }
}

/// A closure as [`Observer`]; made by [`watch`].
pub struct Watch<F>(F);

/// Makes an observer of a closure; the bound on `F` is what lets its argument types be inferred.
pub fn watch<S: ?Sized, F: FnMut(u64, &S) -> ControlFlow<Stop>>(observer: F) -> Watch<F> {
    Watch(observer)
}

impl<S: ?Sized, F: FnMut(u64, &S) -> ControlFlow<Stop>> Observer<S> for Watch<F> {
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        (self.0)(step, state)
    }
}

/// Shows every n-th step to an observer.
#[derive(Clone, Debug)]
pub struct Every<O> {
    interval: u64,
    observer: O,
}

impl<O> Every<O> {
    /// Shows the steps divisible by `interval` to `observer`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `interval` is 0.
    pub fn new(interval: u64, observer: O) -> Result<Self> {
        if interval == 0 {
            return Err(Error::InvalidArgument { what: "interval [steps]", expected: "at least 1", got: "0".into() });
        }
        Ok(Self { interval, observer })
    }

    /// The observer inside.
    #[must_use]
    pub fn into_inner(self) -> O {
        self.observer
    }
}

impl<S: ?Sized, O: Observer<S>> Observer<S> for Every<O> {
    fn observe(&mut self, step: u64, state: &S) -> ControlFlow<Stop> {
        if step.is_multiple_of(self.interval) { self.observer.observe(step, state) } else { ControlFlow::Continue(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_stops_at_the_first_that_says_so() {
        let mut calls = [0, 0];
        let (first, second) = calls.split_at_mut(1);
        {
            let mut list: Vec<Box<dyn Observer<f64> + '_>> = vec![
                Box::new(()),
                Box::new(watch(|step, _: &f64| {
                    first[0] += 1;
                    if step == 2 {
                        ControlFlow::Break(Stop::Failed("disk full".into()))
                    } else {
                        ControlFlow::Continue(())
                    }
                })),
                Box::new(watch(|_, _: &f64| {
                    second[0] += 1;
                    ControlFlow::Continue(())
                })),
            ];
            assert!(list.observe(1, &0.0).is_continue());
            let ControlFlow::Break(Stop::Failed(fault)) = list.observe(2, &0.0) else { panic!("must stop") };
            assert_eq!(fault.to_string(), "disk full");
        }
        assert_eq!(calls, [2, 1]);
    }

    #[test]
    fn every_shows_multiples_and_refuses_zero() {
        let mut steps = Vec::new();
        let seen = watch(|step, _: &f64| {
            steps.push(step);
            ControlFlow::Continue(())
        });
        let mut every = Every::new(3, seen).unwrap();
        (0..10).for_each(|step| assert!(every.observe(step, &0.5).is_continue()));
        assert_eq!(steps, [0, 3, 6, 9]);
        assert!(Every::new(0, ()).is_err());
    }
}
