//! Disjoint sets of numbers, joined pair by pair.
//!
//! Deliberately not here: the order of a set, which its least member stands for.

/// Disjoint sets of the numbers from 0 on.
#[derive(Clone, Debug)]
pub(super) struct Sets {
    above: Vec<u32>,
}

impl Sets {
    /// `count` sets of one number each.
    pub(super) fn new(count: usize) -> Self {
        Self { above: (0..count as u32).collect() }
    }

    /// The least member of the set of a number; paths are halved on the way.
    pub(super) fn least(&mut self, mut member: u32) -> u32 {
        while self.above[member as usize] != member {
            self.above[member as usize] = self.above[self.above[member as usize] as usize];
            member = self.above[member as usize];
        }
        member
    }

    /// Joins the sets of two numbers.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.least(a), self.least(b));
        self.above[a.max(b) as usize] = a.min(b);
    }
}
