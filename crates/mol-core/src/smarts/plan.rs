//! From a graph to a plan: expressions as jump code and tables, atoms in the order in which they are looked for.
//!
//! An atom expression becomes a list of tests, each with the next one for either outcome; a bond expression a table of
//! the ten kinds of bond (five orders, on a ring or off it). The search begins at the rarest atom and goes on along bonds,
//! to atoms that close rings first, then to the rarest; how rare an atom is, is guessed from its expression.

use super::query::{AtomTest, BondTest, Expression, Fact, Graph, Literal};
use super::target::bond_bit;
use crate::BondOrder;
use smallvec::SmallVec;
use std::collections::BinaryHeap;

/// No step, no bond.
pub(super) const NONE: u32 = u32::MAX;
/// Ends of a program.
const ACCEPT: u32 = u32::MAX;
const REJECT: u32 = u32::MAX - 1;

/// One test of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) test: AtomTest,
    pass: u32,
    fail: u32,
}

/// Where an atom is looked for.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Start of its program.
    program: u32,
    /// The step of the neighbour it is reached from, [`NONE`] for the first of a component.
    pub(super) parent: u32,
    /// The kinds of that bond.
    pub(super) table: u16,
    /// Neighbours it needs.
    pub(super) degree: u16,
    /// Bonds to other earlier steps, with their kinds.
    pub(super) closures: SmallVec<[(u32, u16); 2]>,
    /// What looking at one candidate costs at most, in steps of the search: more than one for long expressions and deep in
    /// a long pattern.
    pub(super) cost: u32,
    /// The group of its component, if it is the first of it.
    pub(super) group: Option<u32>,
}

/// How the matches of one graph are found.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// The step of each atom of the pattern.
    pub(super) step_of: Vec<u32>,
    programs: Vec<Operation>,
    /// Numbers of elements and how many atoms of them a match has at least.
    pub(super) needs: Vec<(u8, u32)>,
    pub(super) has_groups: bool,
    pub(super) has_stereo: bool,
    /// Bonds with a direction stated at both ends.
    pub(super) sided: Vec<u32>,
    /// What a complete match costs, in steps of the search.
    pub(super) cost: u32,
}

/// Tests of a program, or comparisons with earlier atoms, that cost about as much as one candidate.
pub(super) const TESTS_PER_STEP: u32 = 16;

impl Plan {
    /// Plans the search in a graph, from its first atom if `rooted`.
    pub(super) fn new(graph: &Graph, rooted: bool) -> Self {
        let count = graph.atoms.len();
        let rarity: Vec<f64> = graph.atoms.iter().map(|atom| probability(&atom.expression)).collect();
        // Rarest last, so that the next root is found at the end; of equals the first.
        let mut roots: Vec<u32> = (0..count as u32).collect();
        roots.sort_by(|&a, &b| rarity[b as usize].total_cmp(&rarity[a as usize]).then(b.cmp(&a)));
        let mut rank = vec![0_u32; count];
        roots.iter().zip(0..).for_each(|(&atom, place)| rank[atom as usize] = place);
        if rooted {
            roots.push(0);
        }
        let directed = directed_counts(graph);
        let mut plan = Self {
            steps: Vec::with_capacity(count),
            step_of: vec![NONE; count],
            programs: Vec::new(),
            needs: needs(graph),
            has_groups: graph.groups.iter().any(Option::is_some),
            has_stereo: graph.has_stereo(),
            sided: (0..graph.bonds.len() as u32).filter(|&bond| is_sided(graph, &directed, bond)).collect(),
            cost: 0,
        };
        // Neighbours of placed atoms by the number of those, then by rarity. An entry is left behind when its atom gets
        // another such neighbour, and met again when the atom is long placed.
        let mut frontier: BinaryHeap<(u32, u32, u32)> = BinaryHeap::new();
        let mut ties = vec![0_u32; count];
        while plan.steps.len() < count {
            let next = frontier.pop().map(|(_, _, atom)| atom).or_else(|| roots.pop());
            let next = next.expect("an atom that is not placed is a root still");
            if plan.step_of[next as usize] != NONE {
                continue;
            }
            plan.place(graph, next);
            for neighbor in graph.neighbors(next).filter(|&other| plan.step_of[other as usize] == NONE) {
                ties[neighbor as usize] += 1;
                frontier.push((ties[neighbor as usize], rank[neighbor as usize], neighbor));
            }
        }
        let tests = if plan.has_stereo { plan.programs.len() + graph.bonds.len() } else { 0 };
        plan.cost = (count + tests) as u32;
        plan
    }

    fn place(&mut self, graph: &Graph, atom: u32) {
        let data = &graph.atoms[atom as usize];
        let program = self.programs.len() as u32;
        compile(&data.expression, &mut self.programs);
        let mut step = Step {
            program,
            parent: NONE,
            table: 0,
            degree: u16::try_from(data.bonds.len()).unwrap_or(u16::MAX),
            closures: SmallVec::new(),
            cost: 1 + ((self.programs.len() - program as usize) as u32 + self.steps.len() as u32) / TESTS_PER_STEP,
            group: None,
        };
        for &bond in &data.bonds {
            let bond = &graph.bonds[bond as usize];
            let earlier = self.step_of[bond.other(atom) as usize];
            if earlier == NONE {
                continue;
            }
            let table = bond_table(&bond.expression);
            if step.parent == NONE {
                (step.parent, step.table) = (earlier, table);
            } else {
                step.closures.push((earlier, table));
            }
        }
        if step.parent == NONE {
            step.group = graph.groups[data.component as usize];
        }
        self.step_of[atom as usize] = self.steps.len() as u32;
        self.steps.push(step);
    }

    /// Runs the program of a step, asking `holds` about each test.
    #[inline]
    pub(super) fn accepts(&self, step: &Step, mut holds: impl FnMut(AtomTest) -> bool) -> bool {
        let mut next = step.program;
        loop {
            let operation = &self.programs[next as usize];
            next = if holds(operation.test) { operation.pass } else { operation.fail };
            if next >= REJECT {
                return next == ACCEPT;
            }
        }
    }
}

/// Appends the jump code of an expression. Chirality is not known before the neighbours are, so it passes both ways.
fn compile(expression: &Expression<AtomTest>, programs: &mut Vec<Operation>) {
    let mut start = programs.len() as u32;
    for (k, any) in expression.all.iter().enumerate() {
        let length: usize = any.iter().map(SmallVec::len).sum();
        let after = if k + 1 == expression.all.len() { ACCEPT } else { start + length as u32 };
        for (j, all) in any.iter().enumerate() {
            let otherwise = if j + 1 == any.len() { REJECT } else { start + all.len() as u32 };
            for (i, &Literal { negated, test }) in all.iter().enumerate() {
                let then = if i + 1 == all.len() { after } else { start + i as u32 + 1 };
                let (test, pass, fail) = match (test, negated) {
                    (AtomTest::Chirality { .. }, _) => (AtomTest::Any, then, then),
                    (test, false) => (test, then, otherwise),
                    (test, true) => (test, otherwise, then),
                };
                programs.push(Operation { test, pass, fail });
            }
            start += all.len() as u32;
        }
    }
}

/// Which kinds of bond an expression takes, directions aside.
fn bond_table(expression: &Expression<BondTest>) -> u16 {
    const ORDERS: [BondOrder; 5] =
        [BondOrder::Single, BondOrder::Double, BondOrder::Triple, BondOrder::Quadruple, BondOrder::Aromatic];
    let mut table = 0;
    for order in ORDERS {
        for ring in [false, true] {
            let bit = bond_bit(order, ring);
            let mut holds = |Literal { negated, test }| match test {
                BondTest::Direction { .. } => negated || bond_holds(test, bit, Mark::Ignored),
                _ => bond_holds(test, bit, Mark::Ignored) != negated,
            };
            if expression.is_true(&mut holds) {
                table |= bit;
            }
        }
    }
    table
}

/// The mark of a bond beside a double bond, seen from its first atom.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Up,
    Down,
    None,
    /// Whatever is asked for.
    Ignored,
}

/// Whether a primitive holds at a bond of a kind with a mark.
pub(super) fn bond_holds(test: BondTest, bit: u16, mark: Mark) -> bool {
    let is = |order| bit & (bond_bit(order, false) | bond_bit(order, true)) != 0;
    match test {
        BondTest::Any => true,
        BondTest::Default => is(BondOrder::Single) || is(BondOrder::Aromatic),
        BondTest::Order(order) => is(order),
        BondTest::Ring => bit & 0b10_1010_1010 != 0,
        BondTest::Dative { .. } => false,
        BondTest::Direction { up, or_unspecified } => {
            let agrees = match mark {
                Mark::Ignored => true,
                Mark::None => or_unspecified,
                Mark::Up => up,
                Mark::Down => !up,
            };
            agrees && (is(BondOrder::Single) || is(BondOrder::Aromatic))
        }
    }
}

/// How many bonds of each atom state a direction.
fn directed_counts(graph: &Graph) -> Vec<u32> {
    let mut counts = vec![0; graph.atoms.len()];
    for bond in graph.bonds.iter().filter(|bond| bond.states_direction()) {
        counts[bond.begin as usize] += 1;
        counts[bond.end as usize] += 1;
    }
    counts
}

/// Whether both ends of a bond have a neighbour with a direction.
fn is_sided(graph: &Graph, directed: &[u32], bond: u32) -> bool {
    let data = &graph.bonds[bond as usize];
    let own = u32::from(data.states_direction());
    [data.begin, data.end].into_iter().all(|end| directed[end as usize] > own)
}

/// The bonds of an atom, apart from one, that state a direction.
pub(super) fn directed(graph: &Graph, atom: u32, without: u32) -> impl Iterator<Item = u32> {
    let bonds = graph.atoms[atom as usize].bonds.iter().copied();
    bonds.filter(move |&bond| bond != without && graph.bonds[bond as usize].states_direction())
}

/// How many atoms of an element every match has, as far as single expressions tell.
fn needs(graph: &Graph) -> Vec<(u8, u32)> {
    let mut counts = std::collections::BTreeMap::new();
    for atom in &graph.atoms {
        if let Some(number) = element(&atom.expression) {
            *counts.entry(number).or_insert(0) += 1;
        }
    }
    counts.into_iter().collect()
}

/// The one element of an expression, if a `;` part states it.
fn element(expression: &Expression<AtomTest>) -> Option<u8> {
    let of_test = |literal: &Literal<AtomTest>| match literal {
        Literal { negated: false, test: AtomTest::Fact { fact: Fact::Kind, low, high } } if low / 2 == high / 2 => {
            Some((low / 2) as u8)
        }
        _ => None,
    };
    expression.all.iter().filter(|any| any.len() == 1).flatten().flatten().find_map(of_test)
}

/// A guess of the fraction of atoms that an expression takes, for primitives independent of one another.
fn probability(expression: &Expression<AtomTest>) -> f64 {
    let of_literal = |literal: &Literal<AtomTest>| {
        let p = of_test(literal.test);
        if literal.negated { 1.0 - p } else { p }
    };
    let of_all = |all: &SmallVec<[Literal<AtomTest>; 2]>| all.iter().map(of_literal).product::<f64>();
    expression.all.iter().map(|any| any.iter().map(of_all).sum::<f64>().min(1.0)).product()
}

/// A guess of the fraction of atoms of drug-like molecules for which a primitive holds.
fn of_test(test: AtomTest) -> f64 {
    let AtomTest::Fact { fact, low, high } = test else {
        return match test {
            AtomTest::Any => 1.0,
            AtomTest::Chirality { .. } => 0.1,
            AtomTest::RingOfSize { .. } => 0.4,
            _ => 0.15,
        };
    };
    let range = f64::from(high.min(20).saturating_sub(low)) + 1.0;
    match fact {
        Fact::Kind => (low..=high).map(of_kind).sum(),
        Fact::Aromatic => 0.5,
        Fact::Isotope => f64::from(u8::from(low == 0)),
        Fact::Charge => {
            if (low..=high).contains(&super::query::CHARGE_ZERO) {
                0.95
            } else {
                0.03
            }
        }
        Fact::Rings | Fact::SmallestRing | Fact::RingBonds => (0.4 * range).min(0.6),
        _ => (0.3 * range).min(0.9),
    }
}

fn of_kind(kind: u16) -> f64 {
    match (kind / 2, kind % 2) {
        (6, 0) => 0.38,
        (6, _) => 0.35,
        (7, _) => 0.06,
        (8, 0) => 0.11,
        (8, _) => 0.004,
        (9 | 17 | 35, 0) | (16, _) => 0.015,
        (1, 0) => 0.01,
        _ => 0.001,
    }
}
