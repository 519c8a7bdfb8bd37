//! Observers: progress bars, logs, writers and stop conditions, fed by every loop of the toolkit.

use crate::Fault;
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
