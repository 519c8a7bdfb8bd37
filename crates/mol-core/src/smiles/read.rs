//! Reader: one pass over the bytes with an explicit stack of branches, then what needs the whole graph.

use super::rings::{OpenRings, Opening};
use super::stereo::{Written, resolve};
use super::{Error, ErrorKind, Leniency, Warning, leading_number};
use crate::molecule::BondData;
use crate::{Atom, AtomIndex, Bond, BondDirection, BondIndex, BondOrder, Element, Molecule, MoleculeBuilder, perceive};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// A bond symbol of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Plain(BondOrder),
    Marked(BondDirection),
}

impl Symbol {
    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'-' => Self::Plain(BondOrder::Single),
            b'=' => Self::Plain(BondOrder::Double),
            b'#' => Self::Plain(BondOrder::Triple),
            b'$' => Self::Plain(BondOrder::Quadruple),
            b':' => Self::Plain(BondOrder::Aromatic),
            b'/' => Self::Marked(BondDirection::Up),
            b'\\' => Self::Marked(BondDirection::Down),
            _ => return None,
        })
    }

    /// The symbol as written from the other end.
    const fn reversed(self) -> Self {
        match self {
            Self::Plain(order) => Self::Plain(order),
            Self::Marked(direction) => Self::Marked(direction.reversed()),
        }
    }
}

/// What was read last, which decides what may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing of this component: an atom must come.
    Start,
    /// An atom or its ring bonds: anything may come.
    Atom,
    /// A closed branch: anything but ring bonds.
    Branch,
    /// An opening parenthesis: a bond, a dot or an atom.
    Open,
    /// A bond right behind an atom and its ring bonds: an atom or a ring bond.
    Bond,
    /// A bond elsewhere: an atom.
    BranchBond,
}

/// Reader of one text.
pub(super) struct Reader<'a> {
    text: &'a str,
    /// What was tolerated so far; `None` if nothing is to be.
    warnings: Option<Vec<Warning>>,
    /// What stands behind the blank.
    rest: &'a str,
    pub(super) at: usize,
    builder: MoleculeBuilder,
    last: Last,
    /// The atom the next one is bonded to.
    previous: Option<AtomIndex>,
    symbol: Option<Symbol>,
    /// Where the last symbol stands.
    symbol_at: usize,
    /// Atom before each open branch, offset of the parenthesis.
    branches: SmallVec<[(Option<AtomIndex>, usize); 8]>,
    rings: OpenRings,
    /// Bonds left out between aromatic atoms: aromatic or single.
    implied: SmallVec<[BondIndex; 32]>,
    /// Marked bonds with their offsets.
    marks: Vec<(BondIndex, usize)>,
    written: Written,
}

/// Reads a whole text, by the letter or leniently.
pub(super) fn read(text: &str, lenient: bool) -> Result<(Molecule, Vec<Warning>, &str), Error> {
    let largest = u32::MAX as usize - 1;
    if text.len() > largest {
        return Err(Error { offset: 0, kind: ErrorKind::TooLong { largest } });
    }
    let room = room(text);
    let mut reader = Reader {
        text,
        warnings: lenient.then(Vec::new),
        rest: "",
        at: 0,
        builder: MoleculeBuilder::with_capacity(room.0, room.1),
        last: Last::Start,
        previous: None,
        symbol: None,
        symbol_at: 0,
        branches: SmallVec::new(),
        rings: OpenRings::default(),
        implied: SmallVec::new(),
        marks: Vec::new(),
        written: Written::default(),
    };
    reader.read_all()?;
    let warnings = reader.finish()?;
    let rest = reader.rest;
    Ok((reader.builder.finish(), warnings, rest))
}

/// About as many atoms and bonds as a text has; those of long texts are allocated as they come.
fn room(text: &str) -> (usize, usize) {
    let (mut atoms, mut ends, mut inside) = (0, 0, false);
    for byte in text.bytes().take(1024) {
        match byte {
            b'[' => (atoms, inside) = (atoms + 1, true),
            b']' => inside = false,
            _ if inside => {}
            b'0'..=b'9' => ends += 1,
            // Not the second letters of chlorine and bromine.
            _ => atoms += usize::from(byte.is_ascii_alphabetic() && byte != b'l' && byte != b'r'),
        }
    }
    (atoms.min(256), (atoms + ends / 2).min(256))
}

impl Reader<'_> {
    fn read_all(&mut self) -> Result<(), Error> {
        let blank = self.text.len() - self.text.trim_start().len();
        if blank > 0 && blank < self.text.len() && self.tolerate(0, Leniency::LeadingBlank) {
            self.at = blank;
        }
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => self.open_branch()?,
                b')' => self.close_branch()?,
                b'.' => self.dot()?,
                b'0'..=b'9' | b'%' => self.ring_bond()?,
                b' ' | b'\t' | b'\n' | b'\r' => return self.end_of_line(),
                _ => match Symbol::of(byte) {
                    Some(symbol) => self.bond(symbol)?,
                    None => self.atom(byte)?,
                },
            }
        }
        Ok(())
    }

    fn open_branch(&mut self) -> Result<(), Error> {
        if !matches!(self.last, Last::Atom | Last::Branch) {
            return Err(self.unexpected(self.wanted()));
        }
        self.branches.push((self.previous, self.at));
        self.last = Last::Open;
        self.at += 1;
        Ok(())
    }

    fn close_branch(&mut self) -> Result<(), Error> {
        if !matches!(self.last, Last::Atom | Last::Branch) {
            return Err(self.unexpected(self.wanted()));
        }
        let Some((previous, _)) = self.branches.pop() else {
            return Err(self.unexpected("a branch to close"));
        };
        self.previous = previous;
        self.last = Last::Branch;
        self.at += 1;
        Ok(())
    }

    fn dot(&mut self) -> Result<(), Error> {
        let is_stray =
            self.last == Last::Start && self.branches.is_empty() && self.tolerate(self.at, Leniency::StrayDot);
        if !is_stray && !matches!(self.last, Last::Atom | Last::Branch | Last::Open) {
            return Err(self.unexpected(self.wanted()));
        }
        self.previous = None;
        self.last = Last::Start;
        self.at += 1;
        Ok(())
    }

    fn bond(&mut self, symbol: Symbol) -> Result<(), Error> {
        let last = self.last;
        self.last = match last {
            Last::Atom => Last::Bond,
            Last::Branch | Last::Open => Last::BranchBond,
            Last::Bond | Last::BranchBond if self.tolerate(self.symbol_at, Leniency::BondBeforeBond) => last,
            Last::Start | Last::Bond | Last::BranchBond => return Err(self.unexpected(self.wanted())),
        };
        (self.symbol, self.symbol_at) = (Some(symbol), self.at);
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn atom(&mut self, byte: u8) -> Result<(), Error> {
        let next = self.text.as_bytes().get(self.at + 1);
        let (element, aromatic, length) = match byte {
            b'C' if next == Some(&b'l') => (Element::CL, false, 2),
            b'C' => (Element::C, false, 1),
            b'c' => (Element::C, true, 1),
            b'N' => (Element::N, false, 1),
            b'n' => (Element::N, true, 1),
            b'O' => (Element::O, false, 1),
            b'o' => (Element::O, true, 1),
            b'[' => return self.bracket_atom(),
            b'B' if next == Some(&b'r') => (Element::BR, false, 2),
            b'B' => (Element::B, false, 1),
            b'b' => (Element::B, true, 1),
            b'F' => (Element::F, false, 1),
            b'P' => (Element::P, false, 1),
            b'p' => (Element::P, true, 1),
            b'S' => (Element::S, false, 1),
            b's' => (Element::S, true, 1),
            b'I' => (Element::I, false, 1),
            b'*' => {
                self.at += 1;
                self.push_atom(Atom::wildcard());
                return Ok(());
            }
            _ => return Err(self.unexpected(self.wanted())),
        };
        self.at += length;
        self.push_atom(Atom { aromatic, ..Atom::new(element) });
        Ok(())
    }

    fn bracket_atom(&mut self) -> Result<(), Error> {
        let (atom, tag) = self.read_bracket()?;
        let index = self.push_atom(atom);
        if let Some(tag) = tag {
            self.written.tags.push((index, tag, 0));
        }
        Ok(())
    }

    #[inline]
    fn push_atom(&mut self, atom: Atom) -> AtomIndex {
        let index = self.builder.add_atom(atom);
        match self.previous {
            Some(previous) => {
                let data = self.bond_data(previous, index, self.symbol);
                let bond = self.builder.push_bond(previous, index, data);
                self.note(bond, data, self.symbol, self.symbol_at);
            }
            None => self.written.roots.push(index),
        }
        self.symbol = None;
        self.previous = Some(index);
        self.last = Last::Atom;
        index
    }

    /// Order and mark of a bond with the given symbol; left out between aromatic atoms it is aromatic for now.
    fn bond_data(&self, begin: AtomIndex, end: AtomIndex, symbol: Option<Symbol>) -> BondData {
        match symbol {
            Some(Symbol::Plain(order)) => BondData { order, direction: None },
            Some(Symbol::Marked(direction)) => BondData { order: BondOrder::Single, direction: Some(direction) },
            None => {
                let molecule = self.builder.molecule();
                let aromatic = molecule.atom(begin).aromatic && molecule.atom(end).aromatic;
                BondData { order: if aromatic { BondOrder::Aromatic } else { BondOrder::Single }, direction: None }
            }
        }
    }

    /// Remembers what `finish` looks at again: bonds left out between aromatic atoms, and marks.
    #[inline]
    fn note(&mut self, bond: BondIndex, data: BondData, symbol: Option<Symbol>, offset: usize) {
        if data.order == BondOrder::Aromatic && symbol.is_none() {
            self.implied.push(bond);
        } else if data.direction.is_some() {
            self.marks.push((bond, offset));
        }
    }

    fn ring_bond(&mut self) -> Result<(), Error> {
        if self.last == Last::Branch && self.tolerate(self.at, Leniency::RingBondBehindBranch) {
            self.last = Last::Atom;
        }
        let (Last::Atom | Last::Bond, Some(atom)) = (self.last, self.previous) else {
            let expected = if self.last == Last::Branch {
                "no ring bond behind a branch: write it right behind its atom"
            } else {
                self.wanted()
            };
            return Err(self.unexpected(expected));
        };
        // Behind a branch, which is tolerated, the atom need not be the last that has a tag.
        if let Ok(k) = self.written.tags.binary_search_by_key(&atom, |tagged| tagged.0) {
            self.written.tags[k].2 += 1;
        }
        let offset = self.at;
        let number = self.ring_number()?;
        let symbol = self.symbol;
        if let Some(opening) = self.rings.take(number) {
            let closing = symbol.map(Symbol::reversed);
            let differs = closing.is_some() && opening.symbol.is_some() && closing != opening.symbol;
            let fault = if opening.atom == atom {
                Some(ErrorKind::RingOnAtom { number })
            } else if self.builder.molecule().bond_between(opening.atom, atom).is_some() {
                Some(ErrorKind::DuplicateBond { number })
            } else if differs && !self.tolerate(offset, Leniency::RingBondConflict) {
                Some(ErrorKind::RingBondConflict { number, other: opening.offset })
            } else {
                None
            };
            if let Some(kind) = fault {
                return Err(Error { offset, kind });
            }
            let joined = opening.symbol.or(closing);
            let data = self.bond_data(opening.atom, atom, joined);
            let bond = self.builder.push_bond_at(opening.atom, opening.place, atom, data);
            self.note(bond, data, joined, offset);
        } else {
            let place = self.builder.reserve_place(atom);
            self.rings.open(number, Opening { atom, place, symbol, offset });
        }
        self.symbol = None;
        self.last = Last::Atom;
        Ok(())
    }

    /// A digit, `%nn` or `%(nnn)`.
    fn ring_number(&mut self) -> Result<u32, Error> {
        if self.peek() != Some(b'%') {
            return self.digits("ring number", "a digit", 1, 9);
        }
        self.at += 1;
        if self.peek() != Some(b'(') {
            let start = self.at;
            let number = self.digits("ring number", "two digits", 2, 99)?;
            return if self.at == start + 2 { Ok(number) } else { Err(self.unexpected("two digits")) };
        }
        self.at += 1;
        let number = self.digits("ring number", "digits", 5, 99_999)?;
        self.expect(b')', "')' behind the ring number")?;
        Ok(number)
    }

    fn end_of_line(&mut self) -> Result<(), Error> {
        let rest = &self.text[self.at..];
        let kept = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if !kept.is_empty() && self.warnings.is_none() {
            return Err(Error { offset: self.text.len() - kept.len(), kind: ErrorKind::TrailingText });
        }
        self.rest = kept.trim_end();
        Ok(())
    }

    /// What needs the whole text: nothing left open, bonds left out, marks, chirality. Gives what was tolerated.
    fn finish(&mut self) -> Result<Vec<Warning>, Error> {
        let count = self.builder.molecule().atom_count();
        let ends_with_dot = self.last == Last::Start && count > 0;
        if ends_with_dot && self.branches.is_empty() && self.tolerate(self.at, Leniency::StrayDot) {
            self.last = Last::Atom;
        }
        if !matches!(self.last, Last::Atom | Last::Branch) && count > 0 {
            return Err(Error { offset: self.at, kind: ErrorKind::UnexpectedEnd { expected: self.wanted() } });
        }
        if let Some(&(_, offset)) = self.branches.last() {
            return Err(Error { offset, kind: ErrorKind::UnclosedBranch });
        }
        let mut unclosed = None;
        for (number, opening) in self.rings.open_ends() {
            if !self.tolerate(opening.offset, Leniency::UnclosedRing) {
                return Err(Error { offset: opening.offset, kind: ErrorKind::UnclosedRing { number } });
            }
            // By offset, so that those of one atom follow each other; one call gives up all of them.
            if unclosed.replace(opening.atom) != Some(opening.atom) {
                self.builder.drop_reserved_places(opening.atom);
            }
        }
        if !self.implied.is_empty() {
            let on_ring = perceive::ring_bonds(self.builder.molecule());
            for &bond in self.implied.iter().filter(|bond| !on_ring[bond.index()]) {
                self.builder.bond_data_mut(bond).order = BondOrder::Single;
            }
        }
        for (offset, atom, bonds) in self.conflicting_marks() {
            if !self.tolerate(offset, Leniency::DirectionConflict) {
                return Err(Error { offset, kind: ErrorKind::DirectionConflict { atom: atom.index() } });
            }
            for bond in bonds {
                self.builder.bond_data_mut(bond).direction = None;
            }
        }
        resolve(&mut self.builder, &self.written);
        Ok(self.warnings.take().unwrap_or_default())
    }

    /// Whether a fault is tolerated; then it is noted.
    pub(super) fn tolerate(&mut self, offset: usize, kind: Leniency) -> bool {
        let warnings = self.warnings.as_mut();
        warnings.map(|warnings| warnings.push(Warning { offset, kind })).is_some()
    }

    /// Two marked neighbours of an atom must lie on different sides of it if its double bond has a mark at the other end,
    /// unless both marks are needed for other double bonds: then they leave this one open. Gives the offset, the atom and the
    /// two bonds of each fault, the last first.
    fn conflicting_marks(&self) -> Vec<(usize, AtomIndex, [BondIndex; 2])> {
        let molecule = self.builder.molecule();
        let mut faults = Vec::new();
        // The second mark of a pair finds the same fault again.
        let mut named = FxHashSet::default();
        for &(index, offset) in self.marks.iter().rev() {
            let marked = molecule.bond(index);
            // An atom with cis and trans sides has at most three neighbours.
            for atom in [marked.begin, marked.end].into_iter().filter(|&atom| molecule.degree(atom) <= 3) {
                let others = || {
                    let beside = molecule.bonds_of(atom).iter().filter(|&&other| other != index);
                    beside.map(|&k| (k, molecule.bond(k)))
                };
                let side = marked.direction_from(atom);
                let Some((other, second)) = others().find(|(_, bond)| bond.direction_from(atom) == side) else {
                    continue;
                };
                let needed = |mark: &Bond| {
                    let mut beyond = molecule.bonds_of(mark.other(atom)).iter().take(3);
                    beyond.any(|&k| molecule.bond(k).order == BondOrder::Double)
                };
                if others().any(|(_, bond)| self.faces_mark(&bond, atom))
                    && !(needed(&marked) && needed(&second))
                    && named.insert(atom)
                {
                    faults.push((offset, atom, [index, other]));
                }
            }
        }
        faults
    }

    /// Whether a bond is double and its end away from `atom` has a mark.
    fn faces_mark(&self, bond: &Bond, atom: AtomIndex) -> bool {
        let molecule = self.builder.molecule();
        let mut beyond = molecule.bonds_of(bond.other(atom)).iter().take(3);
        bond.order == BondOrder::Double && beyond.any(|&k| molecule.bond(k).direction.is_some())
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

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The error of finding what stands here where `expected` was wanted.
    pub(super) fn unexpected(&self, expected: &'static str) -> Error {
        // Only whole characters are ever consumed, so `at` is a boundary.
        let kind = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some('>') => ErrorKind::Reaction,
            Some(found) => ErrorKind::Unexpected { found, expected },
            None => ErrorKind::UnexpectedEnd { expected },
        };
        Error { offset: self.at, kind }
    }

    const fn wanted(&self) -> &'static str {
        match self.last {
            Last::Start => "an atom",
            Last::Atom => "an atom, bond, ring bond, branch or '.'",
            Last::Branch => "an atom, bond, branch or '.'",
            Last::Open => "an atom, bond or '.'",
            Last::Bond => "an atom or ring bond behind the bond",
            Last::BranchBond => "an atom behind the bond",
        }
    }
}
