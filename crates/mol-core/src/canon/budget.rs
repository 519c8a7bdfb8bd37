//! How much work one call may spend on ties.

/// Bonds that one call looks at, over all its labellings and all tests of marks, before it takes what it has.
const WORK_LIMIT: u64 = 200_000_000;

/// The work that is left to a call, and whether all that it asked for was decided.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    left: u64,
    exact: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(WORK_LIMIT)
    }
}

impl Budget {
    /// So many bonds.
    pub(crate) const fn of(left: u64) -> Self {
        Self { left, exact: true }
    }

    pub(crate) const fn left(&self) -> u64 {
        self.left
    }

    pub(crate) const fn spend(&mut self, work: u64) {
        self.left = self.left.saturating_sub(work);
    }

    /// Whether something may still be asked; if not, the answer is no longer exact.
    pub(crate) const fn allows(&mut self) -> bool {
        self.exact &= self.left > 0;
        self.left > 0
    }

    /// Notes that something was left undecided.
    pub(crate) const fn give_up(&mut self) {
        self.exact = false;
    }

    /// Whether nothing was left undecided.
    pub(crate) const fn is_exact(&self) -> bool {
        self.exact
    }
}
