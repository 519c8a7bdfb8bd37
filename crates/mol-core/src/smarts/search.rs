//! The search: backtracking along a plan, without recursion but for environments.
//!
//! This is Ullmann's problem solved the way of VF2 (Cordella, Foggia, Sansone, Vento, *IEEE Trans. Pattern Anal. Mach.
//! Intell.* **26**, 1367 (2004)) with the order of the pattern's atoms fixed beforehand: molecules are sparse, so that
//! looking along bonds leaves few candidates. Whether an environment `$(…)` holds at an atom is found when it is first
//! asked and remembered for that molecule.

use super::plan::{NONE, Plan, Step, TESTS_PER_STEP};
use super::query::{AtomTest, Graph};
use super::target::Target;
use smallvec::SmallVec;
use std::ops::ControlFlow;

/// The graphs of a pattern with their plans: environments, then the pattern itself.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) graph: Graph,
    pub(super) plan: Plan,
}

/// Patterns of at most so many atoms are held on the stack.
const FEW: usize = 24;

/// What is known of an environment at the atoms of a molecule.
enum Known {
    Nothing,
    /// The molecule lacks an element it needs.
    Never,
    /// By atom.
    At(SmallVec<[Answer; 64]>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Open,
    No,
    Yes,
}

/// A search of one pattern in one molecule.
pub(super) struct Search<'a> {
    environments: &'a [Planned],
    pub(super) target: &'a Target<'a>,
    chirality: bool,
    known: Vec<Known>,
    /// Steps that may still be made.
    left: u64,
    /// Whether there were too few of them: what was found is not all.
    pub(super) exhausted: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(environments: &'a [Planned], target: &'a Target<'a>, chirality: bool, steps: u64) -> Self {
        let known = environments.iter().map(|_| Known::Nothing).collect();
        Self { environments, target, chirality, known, left: steps, exhausted: false }
    }

    /// Pays for a piece of work; false when nothing is left, from then on.
    #[inline]
    fn pay(&mut self, steps: u64) -> bool {
        match self.left.checked_sub(steps) {
            Some(left) if !self.exhausted => self.left = left,
            _ => self.exhausted = true,
        }
        !self.exhausted
    }

    /// Calls `visit` with each match, as atoms of the molecule by step of the plan, until it breaks or the steps are used
    /// up; from the atom `root` only, if given.
    pub(super) fn run(
        &mut self,
        planned: &Planned,
        root: Option<u32>,
        visit: &mut impl FnMut(&[u32]) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let plan = &planned.plan;
        let too_small = plan.steps.len() > self.target.len() as usize;
        if plan.steps.is_empty()
            || too_small
            || plan.needs.iter().any(|&(number, count)| self.target.count_of(number) < count)
        {
            return ControlFlow::Continue(());
        }
        let last = plan.steps.len() - 1;
        let (mut few, mut many) = ([[0; FEW]; 2], [Vec::new(), Vec::new()]);
        if last >= FEW {
            many = [vec![0; last + 1], vec![0; last + 1]];
        }
        let [map, cursor] =
            if last < FEW { few.each_mut().map(|k| &mut k[..=last]) } else { many.each_mut().map(|k| &mut k[..]) };
        cursor[0] = root.unwrap_or(0);
        let mut k = 0;
        loop {
            let step = &plan.steps[k];
            let end = match root {
                Some(root) if k == 0 => root + 1,
                _ => self.target.len(),
            };
            let Some(atom) = self.candidate(plan, step, &map[..k], &mut cursor[k], end) else {
                if k == 0 {
                    return ControlFlow::Continue(());
                }
                k -= 1;
                continue;
            };
            map[k] = atom;
            if k < last {
                k += 1;
                cursor[k] = 0;
            } else if self.pay(u64::from(plan.cost))
                && (!(self.chirality && plan.has_stereo) || self.stereo_agrees(planned, map))
                && !self.exhausted
            {
                // Were the steps used up within an environment, its answer is none.
                visit(map)?;
            }
        }
    }

    /// The next atom that fits a step behind the atoms of the earlier ones; atoms below `end` for a first one.
    #[inline]
    fn candidate(&mut self, plan: &Plan, step: &Step, map: &[u32], cursor: &mut u32, end: u32) -> Option<u32> {
        let target = self.target;
        if step.parent == NONE {
            while *cursor < end {
                let atom = *cursor;
                *cursor += 1;
                if !self.pay(u64::from(step.cost)) {
                    return None;
                }
                if !map.contains(&atom)
                    && self.fits(plan, step, map, atom)
                    && (!plan.has_groups || self.group_fits(plan, step, map, atom))
                {
                    return Some(atom);
                }
            }
            return None;
        }
        let neighbors = target.neighbors(map[step.parent as usize]);
        while let Some(neighbor) = neighbors.get(*cursor as usize) {
            *cursor += 1;
            if !self.pay(u64::from(step.cost)) {
                return None;
            }
            if step.table & neighbor.bit != 0
                && !map.contains(&neighbor.atom)
                && self.fits(plan, step, map, neighbor.atom)
            {
                return Some(neighbor.atom);
            }
        }
        None
    }

    /// Whether an atom has the bonds to earlier atoms and the properties that a step asks for.
    #[inline]
    fn fits(&mut self, plan: &Plan, step: &Step, map: &[u32], atom: u32) -> bool {
        let target = self.target;
        let around = target.neighbors(atom);
        if !step.closures.is_empty()
            && !self.pay((step.closures.len() * around.len()) as u64 / u64::from(TESTS_PER_STEP))
        {
            return false;
        }
        let closes = |&(earlier, table): &(u32, u16)| {
            let other = map[earlier as usize];
            around.iter().any(|neighbor| neighbor.atom == other && table & neighbor.bit != 0)
        };
        around.len() >= usize::from(step.degree)
            && step.closures.iter().all(closes)
            && plan.accepts(step, |test| self.holds(test, atom))
    }

    /// Whether a primitive holds at an atom; chirality is not asked here.
    #[inline]
    pub(super) fn holds(&mut self, test: AtomTest, atom: u32) -> bool {
        match test {
            AtomTest::Any | AtomTest::Chirality { .. } => true,
            AtomTest::Fact { fact, low, high } => {
                let value = self.target.fact(atom, fact);
                low <= value && value <= high
            }
            AtomTest::RingOfSize { low, high } => self.target.on_ring_of(atom, low, high),
            AtomTest::Environment(number) => self.environment(usize::from(number), atom),
        }
    }

    /// Whether an environment holds at an atom. Environments use only earlier ones, so this ends.
    fn environment(&mut self, number: usize, atom: u32) -> bool {
        let planned = &self.environments[number];
        let target = self.target;
        let known = &mut self.known[number];
        if matches!(known, Known::Nothing) {
            let lacks = planned.plan.needs.iter().any(|&(element, count)| target.count_of(element) < count);
            *known =
                if lacks { Known::Never } else { Known::At(SmallVec::from_elem(Answer::Open, target.len() as usize)) };
        }
        match known {
            Known::At(answers) => match answers[atom as usize] {
                Answer::Open => (),
                answer => return answer == Answer::Yes,
            },
            _ => return false,
        }
        let found = self.run(planned, Some(atom), &mut |_| ControlFlow::Break(())).is_break();
        if self.exhausted {
            return false;
        }
        if let Known::At(answers) = &mut self.known[number] {
            answers[atom as usize] = if found { Answer::Yes } else { Answer::No };
        }
        found
    }

    /// Whether the component of a first atom is that of its group, and of no other group.
    fn group_fits(&self, plan: &Plan, step: &Step, map: &[u32], atom: u32) -> bool {
        let Some(group) = step.group else { return true };
        let component = self.target.component(atom);
        plan.steps.iter().zip(map).all(|(earlier, &placed)| match earlier.group {
            Some(other) => (other == group) == (self.target.component(placed) == component),
            None => true,
        })
    }
}
