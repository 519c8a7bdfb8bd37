//! From a graph to a plan: expressions as jump code and tables, atoms in the order in which they are looked for.
//!
//! An atom expression becomes a list of tests, each with the next one for either outcome; a bond expression a table of
//! the ten kinds of bond (five orders, on a ring or off it). The search begins at the rarest atom and goes on along bonds,
//! to atoms that close rings first, then to the rarest; how rare an atom is, is guessed from its expression.

use super::query::{AtomTest, BondTest, Expression, Fact, Graph, Literal};
use super::target::bond_bit;
use crate::BondOrder;
use smallvec::SmallVec;

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
}

impl Plan {
    /// Plans the search in a graph, from its first atom if `rooted`.
    pub(super) fn new(graph: &Graph, rooted: bool) -> Self {
        let rarity: Vec<f64> = graph.atoms.iter().map(|atom| probability(&atom.expression)).collect();
        let mut plan = Self {
            steps: Vec::with_capacity(graph.atoms.len()),
            step_of: vec![NONE; graph.atoms.len()],
            programs: Vec::new(),
            needs: needs(graph),
            has_groups: graph.groups.iter().any(Option::is_some),
            has_stereo: graph.has_stereo(),
            sided: (0..graph.bonds.len() as u32).filter(|&bond| is_sided(graph, bond)).collect(),
        };
        // Unplaced neighbours of placed atoms, each with the number of those.
        let mut frontier: Vec<(u32, u32)> = Vec::new();
        // Rarest last, so that the next root is found at the end; of equals the first.
        let mut roots: Vec<u32> = (0..graph.atoms.len() as u32).collect();
        roots.sort_by(|&a, &b| rarity[b as usize].total_cmp(&rarity[a as usize]).then(b.cmp(&a)));
        if rooted {
            roots.push(0);
        }
        while plan.steps.len() < graph.atoms.len() {
            let best = frontier.iter().enumerate().min_by(|(_, (a, ties_a)), (_, (b, ties_b))| {
                ties_b.cmp(ties_a).then(rarity[*a as usize].total_cmp(&rarity[*b as usize])).then(a.cmp(b))
            });
            let next = match best {
                Some((place, &(atom, _))) => {
                    frontier.swap_remove(place);
                    atom
                }
                None => loop {
                    let root = roots.pop().expect("an atom that is not placed is a root still");
                    if plan.step_of[root as usize] == NONE {
                        break root;
                    }
                },
            };
            plan.place(graph, next);
            for neighbor in graph.neighbors(next).filter(|&other| plan.step_of[other as usize] == NONE) {
                match frontier.iter_mut().find(|(atom, _)| *atom == neighbor) {
                    Some((_, ties)) => *ties += 1,
                    None => frontier.push((neighbor, 1)),
                }
            }
        }
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
    pub(super) fn accepts(&self, step: &Step, mut holds: impl FnMut(&AtomTest) -> bool) -> bool {
        let mut next = step.program;
        loop {
            let operation = &self.programs[next as usize];
            next = if holds(&operation.test) { operation.pass } else { operation.fail };
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
                BondTest::Direction { .. } => negated || bond_holds(test, bit, None),
                _ => bond_holds(test, bit, None) != negated,
            };
            if expression.is_true(&mut holds) {
                table |= bit;
            }
        }
    }
    table
}

/// Whether a primitive holds at a bond of a kind; `direction` is the mark as seen from the first atom (`Some(None)` is
/// none), `None` if it does not matter.
pub(super) fn bond_holds(test: BondTest, bit: u16, direction: Option<Option<bool>>) -> bool {
    let is = |order| bit & (bond_bit(order, false) | bond_bit(order, true)) != 0;
    match test {
        BondTest::Any => true,
        BondTest::Default => is(BondOrder::Single) || is(BondOrder::Aromatic),
        BondTest::Order(order) => is(order),
        BondTest::Ring => bit & 0b10_1010_1010 != 0,
        BondTest::Dative { .. } => false,
        BondTest::Direction { up, or_unspecified } => {
            let agrees = match direction {
                None => true,
                Some(None) => or_unspecified,
                Some(Some(mark)) => mark == up,
            };
            agrees && (is(BondOrder::Single) || is(BondOrder::Aromatic))
        }
    }
}

/// Whether both ends of a bond have a neighbour with a direction.
fn is_sided(graph: &Graph, bond: u32) -> bool {
    let data = &graph.bonds[bond as usize];
    [data.begin, data.end].into_iter().all(|end| directed(graph, end, bond).next().is_some())
}

/// The bonds of an atom, apart from one, that state a direction.
pub(super) fn directed(graph: &Graph, atom: u32, without: u32) -> impl Iterator<Item = u32> {
    let bonds = graph.atoms[atom as usize].bonds.iter().copied();
    let states = |bond: u32| {
        let mut literals = graph.bonds[bond as usize].expression.literals();
        literals.any(|literal| matches!(literal.test, BondTest::Direction { .. }))
    };
    bonds.filter(move |&bond| bond != without && states(bond))
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
        let p = of_test(&literal.test);
        if literal.negated { 1.0 - p } else { p }
    };
    let of_all = |all: &SmallVec<[Literal<AtomTest>; 2]>| all.iter().map(of_literal).product::<f64>();
    expression.all.iter().map(|any| any.iter().map(of_all).sum::<f64>().min(1.0)).product()
}

/// A guess of the fraction of atoms of drug-like molecules for which a primitive holds.
fn of_test(test: &AtomTest) -> f64 {
    let AtomTest::Fact { fact, low, high } = *test else {
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
