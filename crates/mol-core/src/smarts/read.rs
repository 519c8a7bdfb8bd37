//! Reader of the graph: one pass with explicit stacks; only environments call it again, to a limited depth.

use super::query::{Any, AtomTest, BondTest, Expression, Graph, OPEN, QueryAtom, QueryBond, implied_class};
use super::{Error, ErrorKind, MAX_BYTES, MAX_DEPTH, MAX_ENVIRONMENTS};
use crate::Chirality;
use crate::smiles::leading_number;
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};
use std::collections::BTreeMap;

/// Reads a whole text: the graph of the pattern, and its environments, the inner ones before those that use them.
pub(super) fn read(text: &str) -> Result<(Graph, Vec<Graph>), Error> {
    if text.len() > MAX_BYTES {
        return Err(Error { offset: 0, kind: ErrorKind::TooLong { largest: MAX_BYTES } });
    }
    let mut reader = Reader { text, at: 0, environments: Vec::new(), known: FxHashMap::default() };
    let graph = reader.graph(0)?;
    let rest = &text[reader.at..];
    let kept = rest.trim_start_matches([' ', '\t', '\n', '\r']);
    if kept.len() == rest.len() && !rest.is_empty() {
        return Err(reader.unexpected("an atom, bond, ring bond, branch or '.'"));
    }
    if !kept.is_empty() {
        reader.at = text.len() - kept.len();
        return Err(reader.unexpected("nothing behind the white space that ends a SMARTS"));
    }
    Ok((graph, reader.environments))
}

/// Place in a text.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    environments: Vec<Graph>,
    /// The environments by their text.
    known: FxHashMap<&'a str, u16>,
}

/// What was read last, which decides what may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing of this component.
    Start,
    /// An atom, its ring bonds or one of its branches.
    Atom,
    /// An opening parenthesis of a branch.
    Open,
    /// A bond.
    Bond,
    /// A bond that begins a branch.
    BranchBond,
    /// A closed group of components.
    Group,
}

/// A ring bond without its other end.
struct Opening {
    atom: u32,
    place: usize,
    expression: Option<Expression<BondTest>>,
    offset: usize,
}

/// A graph under construction.
struct Building {
    graph: Graph,
    last: Last,
    previous: Option<u32>,
    bond: Option<Expression<BondTest>>,
    branches: Vec<(u32, usize)>,
    rings: BTreeMap<u32, Opening>,
    /// The open group and where it was opened.
    group: Option<(u32, usize)>,
    groups: u32,
    /// Atoms with a preceding one.
    preceded: Vec<bool>,
}

impl<'a> Reader<'a> {
    /// Reads up to the end, white space, or a parenthesis that closes none of this graph.
    pub(super) fn graph(&mut self, depth: usize) -> Result<Graph, Error> {
        let mut state = Building {
            graph: Graph::default(),
            last: Last::Start,
            previous: None,
            bond: None,
            branches: Vec::new(),
            rings: BTreeMap::new(),
            group: None,
            groups: 0,
            preceded: Vec::new(),
        };
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => self.open(&mut state)?,
                b')' if state.branches.is_empty() && state.group.is_none() => break,
                b')' => self.close(&mut state)?,
                b'.' => self.dot(&mut state)?,
                b'0'..=b'9' | b'%' => self.ring_bond(&mut state)?,
                b' ' | b'\t' | b'\n' | b'\r' => break,
                _ if Self::begins_bond(byte) => self.bond(&mut state)?,
                _ => self.atom(&mut state, depth)?,
            }
        }
        self.finish(state)
    }

    fn open(&mut self, state: &mut Building) -> Result<(), Error> {
        match (state.last, state.previous) {
            (Last::Start, _) if state.group.is_none() => {
                state.group = Some((state.groups, self.at));
                state.groups += 1;
            }
            (Last::Atom, Some(previous)) => {
                state.branches.push((previous, self.at));
                state.last = Last::Open;
            }
            (last, _) => return Err(self.unexpected(wanted(last))),
        }
        self.at += 1;
        Ok(())
    }

    fn close(&mut self, state: &mut Building) -> Result<(), Error> {
        if !matches!(state.last, Last::Atom) {
            return Err(self.unexpected(wanted(state.last)));
        }
        if let Some((previous, _)) = state.branches.pop() {
            state.previous = Some(previous);
            state.last = Last::Atom;
        } else {
            state.group = None;
            state.previous = None;
            state.last = Last::Group;
        }
        self.at += 1;
        Ok(())
    }

    fn dot(&mut self, state: &mut Building) -> Result<(), Error> {
        if !matches!(state.last, Last::Atom | Last::Group) || !state.branches.is_empty() {
            return Err(self.unexpected(wanted(state.last)));
        }
        state.previous = None;
        state.last = Last::Start;
        self.at += 1;
        Ok(())
    }

    fn bond(&mut self, state: &mut Building) -> Result<(), Error> {
        state.last = match state.last {
            Last::Atom => Last::Bond,
            Last::Open => Last::BranchBond,
            last => return Err(self.unexpected(wanted(last))),
        };
        state.bond = Some(self.bond_expression()?);
        Ok(())
    }

    fn atom(&mut self, state: &mut Building, depth: usize) -> Result<(), Error> {
        if state.last == Last::Group {
            return Err(self.unexpected(wanted(state.last)));
        }
        let (expression, map_number) = self.atom_expression(depth, wanted(state.last))?;
        let index = state.graph.atoms.len() as u32;
        let component = if let Some(previous) = state.previous {
            state.graph.atoms[previous as usize].component
        } else {
            state.graph.groups.push(state.group.map(|(group, _)| group));
            state.graph.groups.len() as u32 - 1
        };
        state.graph.atoms.push(QueryAtom { expression, bonds: SmallVec::new(), map_number, component });
        state.preceded.push(state.previous.is_some());
        if let Some(previous) = state.previous {
            let expression = state.bond.take().unwrap_or_else(|| Expression::of(&[BondTest::Default]));
            let bond = state.graph.bonds.len() as u32;
            state.graph.bonds.push(QueryBond { begin: previous, end: index, expression });
            for atom in [previous, index] {
                state.graph.atoms[atom as usize].bonds.push(bond);
            }
        }
        state.previous = Some(index);
        state.last = Last::Atom;
        Ok(())
    }

    fn ring_bond(&mut self, state: &mut Building) -> Result<(), Error> {
        // Unlike in SMILES, a ring bond may stand behind a branch: published patterns have it.
        let (Last::Atom | Last::Bond, Some(atom)) = (state.last, state.previous) else {
            return Err(self.unexpected(wanted(state.last)));
        };
        let offset = self.at;
        let number = self.ring_number()?;
        let expression = state.bond.take();
        state.last = Last::Atom;
        let Some(opening) = state.rings.remove(&number) else {
            let bonds = &mut state.graph.atoms[atom as usize].bonds;
            state.rings.insert(number, Opening { atom, place: bonds.len(), expression, offset });
            bonds.push(OPEN);
            return Ok(());
        };
        let closing = expression.map(|mut expression| {
            expression.literals_mut().for_each(|literal| literal.test = literal.test.reversed());
            expression
        });
        let fault = if opening.atom == atom {
            Some(ErrorKind::RingOnAtom { number })
        } else if state.graph.bond_between(opening.atom, atom).is_some() {
            Some(ErrorKind::DuplicateBond { number })
        } else if closing.is_some() && opening.expression.is_some() && closing != opening.expression {
            Some(ErrorKind::RingBondConflict { number, other: opening.offset })
        } else {
            None
        };
        if let Some(kind) = fault {
            return Err(Error { offset, kind });
        }
        let expression = opening.expression.or(closing).unwrap_or_else(|| Expression::of(&[BondTest::Default]));
        let bond = state.graph.bonds.len() as u32;
        state.graph.bonds.push(QueryBond { begin: opening.atom, end: atom, expression });
        state.graph.atoms[opening.atom as usize].bonds[opening.place] = bond;
        state.graph.atoms[atom as usize].bonds.push(bond);
        Ok(())
    }

    /// A digit, `%nn` or `%(nnn)`.
    fn ring_number(&mut self) -> Result<u32, Error> {
        if self.peek() != Some(b'%') {
            return self.digits("ring number", "a digit", 1, 9);
        }
        self.at += 1;
        if self.peek() == Some(b'(') {
            self.at += 1;
            let number = self.digits("ring number", "digits", 5, 99_999)?;
            self.expect(b')', "')' behind the ring number")?;
            return Ok(number);
        }
        let start = self.at;
        let number = self.digits("ring number", "two digits", 2, 99)?;
        if self.at == start + 2 { Ok(number) } else { Err(self.unexpected("two digits")) }
    }

    /// The environment behind `$`, by its number.
    pub(super) fn environment(&mut self, depth: usize) -> Result<u16, Error> {
        let start = self.at;
        if depth == MAX_DEPTH {
            return Err(Error { offset: start, kind: ErrorKind::TooDeep { largest: MAX_DEPTH } });
        }
        self.expect(b'(', "'(' behind $")?;
        let graph = self.graph(depth + 1)?;
        if graph.atoms.is_empty() {
            return Err(self.unexpected("an atom"));
        }
        self.expect(b')', "')' behind the environment")?;
        if let Some(&number) = self.known.get(&self.text[start..self.at]) {
            return Ok(number);
        }
        if self.environments.len() == MAX_ENVIRONMENTS {
            let kind = ErrorKind::TooManyEnvironments { largest: MAX_ENVIRONMENTS };
            return Err(Error { offset: start, kind });
        }
        let number = self.environments.len() as u16;
        self.environments.push(graph);
        self.known.insert(&self.text[start..self.at], number);
        Ok(number)
    }

    fn finish(&self, mut state: Building) -> Result<Graph, Error> {
        let is_empty = state.graph.atoms.is_empty() && state.last == Last::Start;
        if !is_empty && !matches!(state.last, Last::Atom | Last::Group) {
            return Err(self.unexpected(wanted(state.last)));
        }
        let open = state.branches.last().map(|branch| branch.1).or(state.group.map(|group| group.1));
        if let Some(offset) = open {
            return Err(Error { offset, kind: ErrorKind::UnclosedParenthesis });
        }
        if let Some((&number, opening)) = state.rings.iter().min_by_key(|(_, opening)| opening.offset) {
            return Err(Error { offset: opening.offset, kind: ErrorKind::UnclosedRing { number } });
        }
        for (atom, &preceded) in state.preceded.iter().enumerate() {
            settle_chirality(&mut state.graph, atom as u32, preceded);
        }
        join_components(&mut state.graph);
        Ok(state.graph)
    }

    /// Up to `most` digits as a number.
    pub(super) fn digits(
        &mut self,
        what: &'static str,
        expected: &'static str,
        most: usize,
        largest: u32,
    ) -> Result<u32, Error> {
        let start = self.at;
        let Some((number, end)) = leading_number(self.text.as_bytes(), self.at, most) else {
            return Err(self.unexpected(expected));
        };
        self.at = end;
        if number > largest {
            return Err(Error { offset: start, kind: ErrorKind::NumberTooLarge { what, largest } });
        }
        Ok(number)
    }

    pub(super) fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Error> {
        if self.peek() != Some(byte) {
            return Err(self.unexpected(expected));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The error of finding what stands here where `expected` was wanted.
    pub(super) fn unexpected(&self, expected: &'static str) -> Error {
        // Only whole ASCII characters are ever consumed, so `at` is a boundary.
        let kind = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => ErrorKind::Unexpected { found, expected },
            None => ErrorKind::UnexpectedEnd { expected },
        };
        Error { offset: self.at, kind }
    }
}

const fn wanted(last: Last) -> &'static str {
    match last {
        Last::Start => "an atom",
        Last::Atom => "an atom, bond, ring bond, branch or '.'",
        Last::Open => "an atom or bond",
        Last::Bond => "an atom or ring bond behind the bond",
        Last::BranchBond => "an atom behind the bond",
        Last::Group => "'.' behind the group of components",
    }
}

/// Moves the hydrogen of a chiral atom, which stands behind the preceding atom, to the end of its neighbours, where all
/// that the pattern leaves out is; gives `@` at five and six neighbours its class.
fn settle_chirality(graph: &mut Graph, atom: u32, preceded: bool) {
    if !graph.atoms[atom as usize].expression.literals().any(|literal| literal.test.is_chirality()) {
        return;
    }
    let has_hydrogen = graph.leaves_hydrogen(atom);
    let atom = &mut graph.atoms[atom as usize];
    let neighbors = atom.bonds.len();
    let hydrogen = usize::from(preceded);
    let order: SmallVec<[usize; 8]> = (0..=neighbors).filter(|&place| place != hydrogen).chain([hydrogen]).collect();
    for literal in atom.expression.literals_mut() {
        let AtomTest::Chirality { chirality, implied, .. } = &mut literal.test else { continue };
        if std::mem::take(implied) {
            let class = implied_class(neighbors + usize::from(has_hydrogen));
            *chirality = Chirality::new(class, chirality.number()).expect("all classes have 1 and 2");
        }
        if has_hydrogen && hydrogen <= neighbors {
            *chirality = chirality.reordered(&order);
        }
    }
}

/// Gives atoms that ring bonds join across dots one component.
fn join_components(graph: &mut Graph) {
    let mut component: Vec<u32> = (0..graph.groups.len() as u32).collect();
    // Each entry met is moved up to its grandparent, so that chains of dots stay cheap.
    let root = |component: &mut [u32], mut k: u32| {
        while component[k as usize] != k {
            component[k as usize] = component[component[k as usize] as usize];
            k = component[k as usize];
        }
        k
    };
    for bond in &graph.bonds {
        let [a, b] = [bond.begin, bond.end].map(|atom| root(&mut component, graph.atoms[atom as usize].component));
        component[a.max(b) as usize] = a.min(b);
    }
    // Old numbers in ascending order keep the order of first atoms.
    let mut renumbered = vec![u32::MAX; component.len()];
    let mut groups = Vec::new();
    for k in 0..component.len() as u32 {
        if component[k as usize] == k {
            renumbered[k as usize] = groups.len() as u32;
            groups.push(graph.groups[k as usize]);
        }
    }
    for atom in &mut graph.atoms {
        atom.component = renumbered[root(&mut component, atom.component) as usize];
    }
    graph.groups = groups;
}

/// Expressions of both kinds: all of `;`, any of `,`, all of `&` or of nothing written between.
impl Reader<'_> {
    pub(super) fn expression<T: Copy>(
        &mut self,
        begins: impl Fn(u8) -> bool,
        expected: &'static str,
        mut test: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<Expression<T>, Error> {
        let mut all = smallvec![smallvec![SmallVec::new()]];
        loop {
            let mut negated = false;
            while self.peek() == Some(b'!') {
                negated = !negated;
                self.at += 1;
            }
            if !self.peek().is_some_and(&begins) {
                return Err(self.unexpected(expected));
            }
            let literal = super::query::Literal { negated, test: test(self)? };
            let any: &mut Any<T> = all.last_mut().expect("starts with one and only grows");
            any.last_mut().expect("starts with one and only grows").push(literal);
            match self.peek() {
                Some(b'&') => self.at += 1,
                Some(b',') => {
                    any.push(SmallVec::new());
                    self.at += 1;
                }
                Some(b';') => {
                    all.push(smallvec![SmallVec::new()]);
                    self.at += 1;
                }
                Some(b'!') => (),
                Some(byte) if begins(byte) => (),
                _ => return Ok(Expression { all }),
            }
        }
    }
}
