//! What a search may spend: minimisations and energy calls, counted for every method alike.
//!
//! A [`Budget`] is a handle: its clones count together, so that training, evaluation and search draw on one account.
//! Copies of an environment that step at the same time each get a part of their own ([`Budget::split`]), because which
//! copy takes the last minimisation of a common account would depend on threads. Deliberately not here: wall time, which
//! no result may depend on.

use crate::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An account of minimisations and energy calls with limits; clones share it.
///
/// An energy call is one evaluation of energy and forces of one conformer. The limit of energy calls is looked at between
/// minimisations, or batches of them where a search minimises several at once, so the last of them may exceed it: by all the
/// calls of a batch at most. The limit of minimisations is never exceeded.
///
/// ```
/// use mol_rl::Budget;
/// let budget = Budget::of_minimizations(10)?;
/// let same = budget.clone();
/// same.spend(4, 600);
/// assert_eq!((budget.spent().minimizations, budget.remaining()), (4, 6));
/// let parts = budget.split(4)?;
/// assert_eq!(parts.iter().map(Budget::remaining).collect::<Vec<_>>(), [2, 2, 1, 1]);
/// parts[0].spend(2, 300);
/// assert!(parts[0].is_exhausted() && !budget.is_exhausted());
/// assert_eq!(budget.spent().energies, 900, "parts are booked on the whole, too");
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Budget(Arc<Account>);

#[derive(Debug)]
struct Account {
    minimizations: u64,
    energies: u64,
    spent_minimizations: AtomicU64,
    spent_energies: AtomicU64,
    whole: Option<Budget>,
}

/// What was spent of a [`Budget`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Spent {
    /// Minimisations, failed ones included.
    pub minimizations: u64,
    /// Evaluations of energy and forces.
    pub energies: u64,
}

impl Budget {
    /// At most `minimizations` minimisations.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if it is 0.
    pub fn of_minimizations(minimizations: u64) -> Result<Self> {
        Self::new(minimizations, u64::MAX)
    }

    /// At most `minimizations` minimisations and about `energies` energy calls, whichever is spent first.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if one is 0.
    pub fn new(minimizations: u64, energies: u64) -> Result<Self> {
        if minimizations == 0 || energies == 0 {
            let got = format!("{minimizations} minimisations and {energies} energy calls");
            return Err(Error::InvalidArgument { what: "budget", expected: "at least 1 of each", got });
        }
        Ok(Self::account(minimizations, energies, None))
    }

    /// Counts, and never ends.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::account(u64::MAX, u64::MAX, None)
    }

    fn account(minimizations: u64, energies: u64, whole: Option<Self>) -> Self {
        let zero = || AtomicU64::new(0);
        Self(Arc::new(Account { minimizations, energies, spent_minimizations: zero(), spent_energies: zero(), whole }))
    }

    /// Divides what is left into `parts` accounts, as equally as possible; spending is booked on this one as well.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `parts` is 0.
    pub fn split(&self, parts: usize) -> Result<Vec<Self>> {
        if parts == 0 {
            return Err(Error::InvalidArgument { what: "parts of a budget", expected: "at least 1", got: "0".into() });
        }
        let share = |limit: u64, spent: u64, part: u64| {
            let (left, parts) = (limit.saturating_sub(spent), parts as u64);
            if limit == u64::MAX { limit } else { left / parts + u64::from(part < left % parts) }
        };
        let spent = self.spent();
        let part = |part| {
            let minimizations = share(self.0.minimizations, spent.minimizations, part);
            let energies = share(self.0.energies, spent.energies, part);
            Self::account(minimizations, energies, Some(self.clone()))
        };
        Ok((0..parts as u64).map(part).collect())
    }

    /// An account of at most `minimizations` of what is left, booked on this one as well: for a first stage of a method.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if that is 0.
    pub fn part(&self, minimizations: u64) -> Result<Self> {
        let most = minimizations.min(self.remaining());
        if most == 0 {
            let got = format!("{minimizations} of {} minimisations", self.remaining());
            return Err(Error::InvalidArgument { what: "part of a budget", expected: "at least 1", got });
        }
        let limit = self.0.energies;
        let energies = if limit == u64::MAX { limit } else { limit.saturating_sub(self.spent().energies) };
        Ok(Self::account(most, energies, Some(self.clone())))
    }

    /// Books minimisations and energy calls.
    pub fn spend(&self, minimizations: u64, energies: u64) {
        self.0.spent_minimizations.fetch_add(minimizations, Ordering::Relaxed);
        self.0.spent_energies.fetch_add(energies, Ordering::Relaxed);
        if let Some(whole) = &self.0.whole {
            whole.spend(minimizations, energies);
        }
    }

    /// What was spent so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        Spent {
            minimizations: self.0.spent_minimizations.load(Ordering::Relaxed),
            energies: self.0.spent_energies.load(Ordering::Relaxed),
        }
    }

    /// Minimisations that are left; 0 as soon as one of the limits is reached.
    ///
    /// A part never has more than its whole has minimisations. The energy calls of the whole are not looked at: parts that
    /// are spent at the same time may exceed theirs, and which of them saw it first would depend on threads.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        let spent = self.spent();
        if spent.energies >= self.0.energies { 0 } else { self.minimizations_left() }
    }

    fn minimizations_left(&self) -> u64 {
        let own = self.0.minimizations.saturating_sub(self.spent().minimizations);
        self.0.whole.as_ref().map_or(own, |whole| own.min(whole.minimizations_left()))
    }

    /// Whether a limit is reached.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.remaining() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_end_it_and_bad_ones_are_refused() {
        let budget = Budget::new(5, 100).unwrap();
        budget.spend(1, 99);
        assert_eq!(budget.remaining(), 4);
        assert_eq!((budget.part(9).unwrap().remaining(), budget.part(2).unwrap().remaining()), (4, 2));
        assert!(budget.part(0).is_err());
        let late = budget.part(3).unwrap();
        budget.spend(2, 0);
        assert_eq!(late.remaining(), 2, "no more than the whole has");
        budget.spend(1, 1);
        assert!(budget.is_exhausted());
        assert!(Budget::unlimited().split(3).unwrap().iter().all(|part| part.remaining() == u64::MAX));
        assert!(Budget::new(0, 1).is_err() && Budget::new(1, 0).is_err() && budget.split(0).is_err());
        assert!(budget.split(2).unwrap().iter().all(Budget::is_exhausted), "nothing is left to divide");
    }
}
