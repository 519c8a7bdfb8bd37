//! What a pattern says: expressions over atoms and bonds, and the graph they stand on.
//!
//! A SMARTS expression has three levels of precedence and no parentheses, so it is kept as they are: all of `;`, any of
//! `,`, all of `&`. Nearly every atom primitive says that a number of the atom lies in a range ([`Fact`]); the few that do
//! not are variants of [`AtomTest`].

use crate::{BondOrder, ChiralClass, Chirality};
use smallvec::SmallVec;

/// A number of an atom that primitives ask about; the place in the row of [`Target`](super::Target).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Fact {
    /// Twice the atomic number, plus one if the atom is aromatic.
    Kind,
    Aromatic,
    Isotope,
    /// Formal charge plus [`CHARGE_ZERO`].
    Charge,
    Degree,
    HeavyDegree,
    Connections,
    Valence,
    Hydrogens,
    ImplicitHydrogens,
    RingBonds,
    Rings,
    SmallestRing,
    Heteroatoms,
    AliphaticHeteroatoms,
    Hybridization,
}

impl Fact {
    pub(super) const COUNT: usize = 16;

    /// The letter of a count, and whether the letter alone means "at least one" instead of "one".
    pub(super) const fn letter(self) -> Option<(char, bool)> {
        Some(match self {
            Self::Degree => ('D', false),
            Self::HeavyDegree => ('d', false),
            Self::Connections => ('X', false),
            Self::Valence => ('v', false),
            Self::Hydrogens => ('H', false),
            Self::ImplicitHydrogens => ('h', true),
            Self::RingBonds => ('x', true),
            Self::Rings => ('R', true),
            Self::SmallestRing => ('r', true),
            Self::Heteroatoms => ('z', true),
            Self::AliphaticHeteroatoms => ('Z', true),
            _ => return None,
        })
    }

    pub(super) fn of_letter(letter: u8) -> Option<Self> {
        let counts = [
            Self::Degree,
            Self::HeavyDegree,
            Self::Connections,
            Self::Valence,
            Self::Hydrogens,
            Self::ImplicitHydrogens,
            Self::RingBonds,
            Self::Rings,
            Self::SmallestRing,
            Self::Heteroatoms,
            Self::AliphaticHeteroatoms,
        ];
        counts.into_iter().find(|fact| fact.letter().is_some_and(|(own, _)| own == char::from(letter)))
    }
}

/// What [`Fact::Charge`] is for a neutral atom.
pub(super) const CHARGE_ZERO: u16 = 1000;

/// One atom primitive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum AtomTest {
    /// `*`
    Any,
    /// The number lies in the range, both ends included.
    Fact { fact: Fact, low: u16, high: u16 },
    /// The atom lies on a ring of a size in the range.
    RingOfSize { low: u16, high: u16 },
    /// The atom is the first of a match of the environment with this number.
    Environment(u16),
    /// The neighbours in the order of the pattern, then those the pattern leaves out, are arranged so; `or_unspecified`
    /// also takes atoms without a statement. `implied` while the reader does not know yet which class `@` means.
    Chirality { chirality: Chirality, or_unspecified: bool, implied: bool },
}

impl AtomTest {
    pub(super) const fn exactly(fact: Fact, value: u16) -> Self {
        Self::Fact { fact, low: value, high: value }
    }

    pub(super) const fn is_chirality(self) -> bool {
        matches!(self, Self::Chirality { .. })
    }

    /// An element, aromatic, aliphatic or either.
    pub(super) const fn element(number: u8, aromatic: Option<bool>) -> Self {
        let twice = 2 * number as u16;
        match aromatic {
            Some(false) => Self::exactly(Fact::Kind, twice),
            Some(true) => Self::exactly(Fact::Kind, twice + 1),
            None => Self::Fact { fact: Fact::Kind, low: twice, high: twice + 1 },
        }
    }
}

/// One bond primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BondTest {
    /// `~`
    Any,
    /// Nothing written: single or aromatic.
    Default,
    Order(BondOrder),
    /// `@`
    Ring,
    /// `/` and `\`, seen from the first atom, with `?` also without a statement.
    Direction {
        up: bool,
        or_unspecified: bool,
    },
    /// `->` and `<-`, seen from the first atom.
    Dative {
        forward: bool,
    },
}

impl BondTest {
    pub(super) const fn reversed(self) -> Self {
        match self {
            Self::Direction { up, or_unspecified } => Self::Direction { up: !up, or_unspecified },
            Self::Dative { forward } => Self::Dative { forward: !forward },
            other => other,
        }
    }
}

/// A primitive or its negation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Literal<T> {
    pub(super) negated: bool,
    pub(super) test: T,
}

/// All of these hold: parts between `&`.
pub(super) type All<T> = SmallVec<[Literal<T>; 2]>;
/// Any of these holds: parts between `,`.
pub(super) type Any<T> = SmallVec<[All<T>; 1]>;

/// All of these (`;`), of each any (`,`), of each all (`&`).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expression<T> {
    pub(super) all: SmallVec<[Any<T>; 1]>,
}

impl<T: Copy> Expression<T> {
    pub(super) fn of(tests: &[T]) -> Self {
        let literals = tests.iter().map(|&test| Literal { negated: false, test }).collect();
        Self { all: smallvec::smallvec![smallvec::smallvec![literals]] }
    }

    /// The primitive, if there is but one.
    pub(super) fn single(&self) -> Option<Literal<T>> {
        match &self.conjunction()?[..] {
            &[literal] => Some(literal),
            _ => None,
        }
    }

    /// The primitives, if all must hold and none is behind `;`.
    pub(super) fn conjunction(&self) -> Option<&All<T>> {
        match &self.all[..] {
            [any] if any.len() == 1 => any.first(),
            _ => None,
        }
    }

    pub(super) fn literals(&self) -> impl Iterator<Item = &Literal<T>> {
        self.all.iter().flatten().flatten()
    }

    pub(super) fn literals_mut(&mut self) -> impl Iterator<Item = &mut Literal<T>> {
        self.all.iter_mut().flatten().flatten()
    }

    /// Whether the expression holds where `holds` tells of its primitives.
    pub(super) fn is_true(&self, holds: &mut impl FnMut(Literal<T>) -> bool) -> bool {
        self.all.iter().all(|any| any.iter().any(|all| all.iter().all(|&literal| holds(literal))))
    }
}

/// An atom of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QueryAtom {
    pub(super) expression: Expression<AtomTest>,
    /// Its bonds, in the order in which they were written.
    pub(super) bonds: SmallVec<[u32; 4]>,
    /// `:n`, 0 for none.
    pub(super) map_number: u32,
    /// The component of the pattern, from 0.
    pub(super) component: u32,
}

/// A bond of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QueryBond {
    pub(super) begin: u32,
    pub(super) end: u32,
    pub(super) expression: Expression<BondTest>,
}

impl QueryBond {
    pub(super) const fn other(&self, atom: u32) -> u32 {
        if atom == self.begin { self.end } else { self.begin }
    }

    pub(super) fn states_direction(&self) -> bool {
        self.expression.literals().any(|literal| matches!(literal.test, BondTest::Direction { .. }))
    }
}

/// The graph of a pattern or of one environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Graph {
    pub(super) atoms: Vec<QueryAtom>,
    pub(super) bonds: Vec<QueryBond>,
    /// Of each component the group of `(…)` it stands in.
    pub(super) groups: Vec<Option<u32>>,
}

impl Graph {
    pub(super) fn bond_between(&self, a: u32, b: u32) -> Option<u32> {
        let is_it = |bond: &&u32| self.bonds[**bond as usize].other(a) == b;
        self.atoms[a as usize].bonds.iter().filter(|&&bond| bond != OPEN).find(is_it).copied()
    }

    /// Whether the neighbours of an atom are the bonds of the graph and one hydrogen that is no atom of it: `H` counts
    /// all hydrogens, so one that is drawn is the one it speaks of.
    pub(super) fn leaves_hydrogen(&self, atom: u32) -> bool {
        let states = |atom: u32, test: AtomTest| {
            let literals = self.atoms[atom as usize].expression.conjunction();
            literals.is_some_and(|literals| literals.iter().any(|literal| !literal.negated && literal.test == test))
        };
        states(atom, AtomTest::exactly(Fact::Hydrogens, 1))
            && !self.neighbors(atom).any(|other| states(other, AtomTest::element(1, None)))
    }

    /// The neighbours of an atom, in the order of its bonds.
    pub(super) fn neighbors(&self, atom: u32) -> impl Iterator<Item = u32> {
        self.atoms[atom as usize].bonds.iter().map(move |&bond| self.bonds[bond as usize].other(atom))
    }

    /// Whether chirality or directions are stated.
    pub(super) fn has_stereo(&self) -> bool {
        let chiral = |atom: &QueryAtom| atom.expression.literals().any(|literal| literal.test.is_chirality());
        self.atoms.iter().any(chiral) || self.bonds.iter().any(QueryBond::states_direction)
    }
}

/// The place of a ring bond whose other end is not read yet.
pub(super) const OPEN: u32 = u32::MAX;

/// The class that `@` and `@@` stand for at an atom with so many neighbours.
pub(super) const fn implied_class(neighbors: usize) -> ChiralClass {
    match neighbors {
        5 => ChiralClass::TrigonalBipyramidal,
        6 => ChiralClass::Octahedral,
        _ => ChiralClass::Tetrahedral,
    }
}
