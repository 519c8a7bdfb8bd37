//! Writer: a depth-first walk with an explicit stack, atoms in the order of their numbers as far as it allows.

use super::query::{AtomTest, BondTest, CHARGE_ZERO, Expression, Fact, Graph, Literal, implied_class};
use super::search::Planned;
use crate::{BondOrder, ChiralClass, Chirality, Element};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Writes a graph whose environments are `environments`.
pub(super) fn write(graph: &Graph, environments: &[Planned]) -> String {
    let mut text = String::new();
    write_graph(graph, environments, &mut text);
    text
}

fn write_graph(graph: &Graph, environments: &[Planned], text: &mut String) {
    let walk = Walk::new(graph);
    let mut roots = vec![u32::MAX; graph.groups.len()];
    for (atom, data) in graph.atoms.iter().enumerate().rev() {
        roots[data.component as usize] = atom as u32;
    }
    let mut written = vec![false; roots.len()];
    for component in 0..roots.len() {
        if written[component] {
            continue;
        }
        if component > 0 {
            text.push('.');
        }
        let group = graph.groups[component];
        let same = |k: &usize| *k == component || group.is_some() && graph.groups[*k] == group;
        let members: Vec<usize> = (component..roots.len()).filter(same).collect();
        text.push_str(if group.is_some() { "(" } else { "" });
        for (k, &member) in members.iter().enumerate() {
            text.push_str(if k > 0 { "." } else { "" });
            walk.write_component(roots[member], environments, text);
            written[member] = true;
        }
        text.push_str(if group.is_some() { ")" } else { "" });
    }
}

/// A depth-first walk over all components: bonds of its tree, and ring bonds.
struct Walk<'a> {
    graph: &'a Graph,
    /// The bond to the atom before.
    up: Vec<Option<u32>>,
    /// Bonds to the atoms behind, in the order of the walk.
    down: Vec<SmallVec<[u32; 3]>>,
    /// Ring bonds: those that close at the atom, then those that open.
    closed: Vec<SmallVec<[u32; 2]>>,
    opened: Vec<SmallVec<[u32; 2]>>,
}

impl<'a> Walk<'a> {
    fn new(graph: &'a Graph) -> Self {
        let count = graph.atoms.len();
        let mut walk = Self {
            graph,
            up: vec![None; count],
            down: vec![SmallVec::new(); count],
            closed: vec![SmallVec::new(); count],
            opened: vec![SmallVec::new(); count],
        };
        let mut seen = vec![false; count];
        let mut used = vec![false; graph.bonds.len()];
        for root in 0..count as u32 {
            if std::mem::replace(&mut seen[root as usize], true) {
                continue;
            }
            // Atom, its bonds by the number of the neighbour, the next of them.
            let mut path = vec![(root, walk.sorted_bonds(root), 0)];
            while let Some((atom, bonds, next)) = path.last_mut() {
                let atom = *atom;
                let Some(&bond) = bonds.get(*next) else {
                    path.pop();
                    continue;
                };
                *next += 1;
                if std::mem::replace(&mut used[bond as usize], true) {
                    continue;
                }
                let other = graph.bonds[bond as usize].other(atom);
                if std::mem::replace(&mut seen[other as usize], true) {
                    // The other atom is on the path: it opens the ring bond.
                    walk.closed[atom as usize].push(bond);
                    walk.opened[other as usize].push(bond);
                } else {
                    walk.up[other as usize] = Some(bond);
                    walk.down[atom as usize].push(bond);
                    let bonds = walk.sorted_bonds(other);
                    path.push((other, bonds, 0));
                }
            }
        }
        walk
    }

    fn sorted_bonds(&self, atom: u32) -> SmallVec<[u32; 4]> {
        let mut bonds = self.graph.atoms[atom as usize].bonds.clone();
        bonds.sort_unstable_by_key(|&bond| self.graph.bonds[bond as usize].other(atom));
        bonds
    }

    fn write_component(&self, root: u32, environments: &[Planned], text: &mut String) {
        enum Task {
            Atom(u32, Option<u32>),
            Text(&'static str),
        }
        // The number of each open ring bond.
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut free: BTreeSet<u32> = BTreeSet::new();
        let mut tasks = vec![Task::Atom(root, None)];
        while let Some(task) = tasks.pop() {
            let (atom, bond) = match task {
                Task::Text(piece) => {
                    text.push_str(piece);
                    continue;
                }
                Task::Atom(atom, bond) => (atom, bond),
            };
            if let Some(bond) = bond {
                self.write_bond(bond, self.graph.bonds[bond as usize].other(atom), text);
            }
            self.write_atom(atom, environments, text);
            let closed = &self.closed[atom as usize];
            for bond in closed {
                let number = numbers.remove(bond).expect("opened at an earlier atom");
                write_ring_number(number, text);
                free.insert(number);
            }
            for &bond in &self.opened[atom as usize] {
                let number = free.pop_first().unwrap_or(numbers.len() as u32 + 1);
                numbers.insert(bond, number);
                self.write_bond(bond, atom, text);
                write_ring_number(number, text);
            }
            let down = &self.down[atom as usize];
            for (k, &bond) in down.iter().enumerate().rev() {
                let other = self.graph.bonds[bond as usize].other(atom);
                if k + 1 < down.len() {
                    tasks.push(Task::Text(")"));
                    tasks.push(Task::Atom(other, Some(bond)));
                    tasks.push(Task::Text("("));
                } else {
                    tasks.push(Task::Atom(other, Some(bond)));
                }
            }
        }
    }

    /// The neighbours of an atom in the order of the text, as places among its bonds; a hydrogen that `H` states, which
    /// is no atom of the graph, stands behind the preceding one.
    fn order(&self, atom: u32) -> SmallVec<[usize; 8]> {
        let k = atom as usize;
        let bonds = &self.graph.atoms[k].bonds;
        let written = self.up[k].iter().chain(&self.closed[k]).chain(&self.opened[k]).chain(&self.down[k]);
        let place = |bond| bonds.iter().position(|other| other == bond).expect("a bond of the atom");
        let mut order: SmallVec<[usize; 8]> = written.map(place).collect();
        let hydrogen = usize::from(self.up[k].is_some());
        if self.graph.leaves_hydrogen(atom) && hydrogen <= order.len() {
            order.insert(hydrogen, order.len());
        }
        order
    }

    fn write_atom(&self, index: u32, environments: &[Planned], text: &mut String) {
        let atom = &self.graph.atoms[index as usize];
        if atom.map_number == 0
            && let Some(symbol) = atom.expression.single().and_then(bare)
        {
            text.push_str(symbol);
            return;
        }
        let is_chiral = atom.expression.literals().any(|literal| literal.test.is_chirality());
        let order = if is_chiral { self.order(index) } else { SmallVec::new() };
        text.push('[');
        write_expression(&atom.expression, text, |test, text| match test {
            AtomTest::Chirality { chirality, or_unspecified, .. } => {
                let implied = implied_class(order.len());
                write_chirality(chirality.reordered(&order), implied, or_unspecified, text);
            }
            AtomTest::Environment(number) => {
                text.push_str("$(");
                write_graph(&environments[usize::from(number)].graph, environments, text);
                text.push(')');
            }
            test => write_test(test, text),
        });
        if atom.map_number > 0 {
            write!(text, ":{}", atom.map_number).expect("a String takes all");
        }
        text.push(']');
    }

    /// A bond as seen from one of its atoms; nothing for the default.
    fn write_bond(&self, bond: u32, from: u32, text: &mut String) {
        let data = &self.graph.bonds[bond as usize];
        if data.expression.single().is_some_and(|literal| !literal.negated && literal.test == BondTest::Default) {
            return;
        }
        write_expression(&data.expression, text, |test, text| {
            text.push_str(match if data.begin == from { test } else { test.reversed() } {
                BondTest::Any => "~",
                // Only ever alone, which is written as nothing.
                BondTest::Default => "-,:",
                BondTest::Ring => "@",
                BondTest::Order(BondOrder::Single) => "-",
                BondTest::Order(BondOrder::Double) => "=",
                BondTest::Order(BondOrder::Triple) => "#",
                BondTest::Order(BondOrder::Quadruple) => "$",
                BondTest::Order(BondOrder::Aromatic) => ":",
                BondTest::Direction { up: true, or_unspecified: false } => "/",
                BondTest::Direction { up: true, or_unspecified: true } => "/?",
                BondTest::Direction { up: false, or_unspecified: false } => "\\",
                BondTest::Direction { up: false, or_unspecified: true } => "\\?",
                BondTest::Dative { forward: true } => "->",
                BondTest::Dative { forward: false } => "<-",
            });
        });
    }
}

fn write_expression<T: Copy>(expression: &Expression<T>, text: &mut String, write: impl Fn(T, &mut String)) {
    for (i, any) in expression.all.iter().enumerate() {
        text.push_str(if i > 0 { ";" } else { "" });
        for (j, all) in any.iter().enumerate() {
            text.push_str(if j > 0 { "," } else { "" });
            for (k, literal) in all.iter().enumerate() {
                text.push_str(if k > 0 { "&" } else { "" });
                text.push_str(if literal.negated { "!" } else { "" });
                write(literal.test, text);
            }
        }
    }
}

fn write_ring_number(number: u32, text: &mut String) {
    match number {
        0..=9 => write!(text, "{number}"),
        10..=99 => write!(text, "%{number}"),
        _ => write!(text, "%({number})"),
    }
    .expect("a String takes all");
}

/// The symbol of a primitive that needs no brackets.
fn bare(literal: Literal<AtomTest>) -> Option<&'static str> {
    let symbols =
        [("B", 5), ("C", 6), ("N", 7), ("O", 8), ("P", 15), ("S", 16), ("F", 9), ("Cl", 17), ("Br", 35), ("I", 53)];
    let aromatic = [("b", 5), ("c", 6), ("n", 7), ("o", 8), ("p", 15), ("s", 16)];
    if literal.negated {
        return None;
    }
    let of = |list: &[(&'static str, u8)], aromatic: bool| {
        let is_it = |row: &&(&str, u8)| AtomTest::element(row.1, Some(aromatic)) == literal.test;
        list.iter().find(is_it).map(|row| row.0)
    };
    match literal.test {
        AtomTest::Any => Some("*"),
        AtomTest::Fact { fact: Fact::Aromatic, low: 0, .. } => Some("A"),
        AtomTest::Fact { fact: Fact::Aromatic, .. } => Some("a"),
        _ => of(&symbols, false).or_else(|| of(&aromatic, true)),
    }
}

/// `@` and `@@` where the number of neighbours makes them tetrahedral, else the class by its letters.
fn write_chirality(chirality: Chirality, implied: ChiralClass, or_unspecified: bool, text: &mut String) {
    match (chirality.class(), chirality.number()) {
        (ChiralClass::Tetrahedral, 1) if implied == ChiralClass::Tetrahedral => text.push('@'),
        (ChiralClass::Tetrahedral, _) if implied == ChiralClass::Tetrahedral => text.push_str("@@"),
        (class, number) => write!(text, "@{}{number}", class.letters()).expect("a String takes all"),
    }
    text.push_str(if or_unspecified { "?" } else { "" });
}

fn write_test(test: AtomTest, text: &mut String) {
    let piece = match test {
        AtomTest::RingOfSize { low, high } => format!("k{}", count(low, high, true)),
        AtomTest::Fact { fact, low, high } => match fact {
            Fact::Kind if low != high => format!("#{}", low / 2),
            Fact::Kind => {
                let symbol = Element::from_number((low / 2) as u8).map_or("*", Element::symbol);
                if low % 2 == 1 { symbol.to_lowercase() } else { symbol.to_owned() }
            }
            Fact::Aromatic => (if low == 0 { "A" } else { "a" }).to_owned(),
            Fact::Isotope => low.to_string(),
            Fact::Charge if low >= CHARGE_ZERO => {
                format!("+{}", count(low - CHARGE_ZERO, high - CHARGE_ZERO, false))
            }
            Fact::Charge => format!("-{}", count(CHARGE_ZERO - high, CHARGE_ZERO - low, false)),
            Fact::Hybridization => format!("^{}", low.saturating_sub(1)),
            _ => {
                let (letter, any) = fact.letter().expect("all other facts are counts with a letter");
                format!("{letter}{}", count(low, high, any))
            }
        },
        // Both need the graph and are written by it.
        AtomTest::Any | AtomTest::Environment(_) | AtomTest::Chirality { .. } => "*".to_owned(),
    };
    text.push_str(&piece);
}

/// A number or a range; nothing for "at least one" where nothing says so.
fn count(low: u16, high: u16, any: bool) -> String {
    match (low, high) {
        (1, u16::MAX) if any => String::new(),
        (low, u16::MAX) => format!("{{{low}-}}"),
        (low, high) if low == high => low.to_string(),
        (low, high) => format!("{{{low}-{high}}}"),
    }
}
