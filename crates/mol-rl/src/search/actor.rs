//! Anything that acts in a torsion environment as a search.

use super::{SearchRecord, go_on};
use crate::env::TorsionEnvironment;
use crate::{Actor, Result};
use mol_core::{Environment, Observer, Rng};

/// An environment whose steps are minimisations on a budget; implemented by all forms of [`TorsionEnvironment`].
pub trait TorsionSearch: Environment {
    /// The environment underneath, with its budget and record.
    fn torsion(&self) -> &TorsionEnvironment;
}

/// Lets `actor` act, episode after episode, until the environment's budget is spent or the observer ends it.
///
/// The record is the environment's: it also holds what happened in it before, training included.
///
/// # Errors
/// [`Error::Core`](crate::Error::Core) if the observer lost output.
pub fn search_with_actor<E: TorsionSearch>(
    environment: &mut E,
    actor: &mut impl Actor<E>,
    observer: &mut dyn Observer<SearchRecord>,
    rng: &mut Rng,
) -> Result<SearchRecord> {
    'search: while !environment.torsion().budget().is_exhausted() {
        let mut seen = environment.reset(rng);
        actor.begin();
        loop {
            let action = actor.choose(&seen, environment, rng);
            let step = environment.step(&action, rng);
            // A copy, because an observer may look at the environment's record itself, which is locked while it is looked at.
            let record = environment.torsion().record(Clone::clone);
            if !go_on(observer, &record)? {
                break 'search;
            }
            if step.ended() {
                break;
            }
            seen = step.observation;
        }
    }
    Ok(environment.torsion().record(Clone::clone))
}
