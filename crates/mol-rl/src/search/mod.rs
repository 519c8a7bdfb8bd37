//! Searches for conformers that do not learn, and the budget, task and record that they share with those that do.
//!
//! A [`TorsionTask`] is a molecule on an energy surface with torsions to turn; every method sets angles, minimises, checks
//! and compares through it. [`RandomSearch`], [`SystematicSearch`] and [`MonteCarloMinimization`] are [`Search`]es;
//! [`search_with_actor`] runs whatever acts in a torsion environment, trained or not, to the end of the same budget. All
//! give a [`SearchRecord`]. Deliberately not here: genetic algorithms, metadynamics, and embedding as a search.
//!
//! The equations and measured behaviour are in `docs/methods/conformer-search.md`.

mod actor;
mod monte_carlo;
mod random;
mod record;
mod systematic;
mod task;

pub use actor::{TorsionSearch, search_with_actor};
pub use monte_carlo::MonteCarloMinimization;
pub use random::RandomSearch;
pub use record::{ConformerSet, MinimizedConformer, SameConformer, SearchRecord};
pub use systematic::SystematicSearch;
pub use task::{TorsionFault, TorsionTask, TorsionTaskConfig};

use crate::{Budget, Result};
use mol_core::{Error, Observer, Rng, Stop, Vec3};
use std::ops::ControlFlow;

/// A way to find conformers until a budget is spent.
pub trait Search: Send + Sync {
    /// What it is called in a table.
    fn name(&self) -> &str;

    /// Searches until `budget` is spent, the method has nothing left to try, or the observer ends it; the observer sees
    /// the record after each batch of minimisations. The same bits at any number of threads.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a parameter,
    /// [`Error::Core`](crate::Error::Core) if the observer lost output.
    fn run(
        &self,
        task: &TorsionTask,
        budget: &Budget,
        observer: &mut dyn Observer<SearchRecord>,
        rng: &mut Rng,
    ) -> Result<SearchRecord>;
}

/// Minimisations between two looks at the observer: a constant, so that threads change nothing.
const BATCH: usize = 32;

/// Sets the task's start to each list of angles and minimises, within the budget.
fn minimize_settings(
    task: &TorsionTask,
    settings: &[Vec<f64>],
    budget: &Budget,
    record: &mut SearchRecord,
) -> Result<()> {
    // What cannot be set costs a minimisation, too: it was tried.
    let starts: Vec<_> = settings.iter().map(|angles| task.set(task.start(), angles)).collect();
    let possible: Vec<Vec<Vec3>> = starts.iter().filter_map(|start| start.as_ref().ok().cloned()).collect();
    let (outcomes, calls) = task.minimize_all(&possible, budget);
    budget.spend((starts.len() - possible.len()) as u64, 0);
    record.add_energy_calls(calls);
    let mut outcomes = outcomes.into_iter();
    for start in starts {
        let outcome = match start {
            Ok(_) => outcomes.next().expect("one outcome per start"),
            Err(fault) => Err(fault),
        };
        record.push(&outcome)?;
    }
    Ok(())
}

/// Shows the record; whether to go on.
fn go_on(observer: &mut dyn Observer<SearchRecord>, record: &SearchRecord) -> Result<bool> {
    let step = record.spent().minimizations;
    match observer.observe(step, record) {
        ControlFlow::Continue(()) => Ok(true),
        ControlFlow::Break(Stop::Requested) => Ok(false),
        ControlFlow::Break(Stop::Failed(source)) => Err(Error::ObserverFailed { step, source }.into()),
    }
}
