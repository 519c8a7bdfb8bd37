//! SMARTS: patterns of atoms and bonds as lines of text, and where molecules contain them (Daylight Theory Manual 4.9,
//! chapter 4, with the primitives that `RDKit` adds).
//!
//! A [`Pattern`] is read once ([`Pattern::from_smarts`], [`Pattern::from_molecule`]) and asked of any number of molecules,
//! from any number of threads. Molecules come as [`Perception`], so that a program that asks many questions perceives once;
//! the table that search works on is made with the first question and kept there ([`Target`] is a view of it).
//!
//! | atom | | atom | |
//! |---|---|---|---|
//! | `*` `A` `a` | any, aliphatic, aromatic | `Rn` | on n rings, `R` on any |
//! | `C` `c` `#6` | element | `rn` `kn` | smallest ring of size n; on a ring of size n |
//! | `12` | isotope, `0` without | `xn` | n bonds on rings, `x` any |
//! | `+2` `--` | formal charge | `zn` `Zn` | n heteroatoms, aliphatic heteroatoms beside it, without n any |
//! | `Dn` `dn` | n neighbours, n other than hydrogen | `^n` | hybridisation: s, sp, sp², sp³, sp³d, sp³d² for 0 to 5 |
//! | `Xn` | n neighbours with counted hydrogens | `@` `@@` `@TH1`… | arrangement of the neighbours, with `?` or unspecified |
//! | `Hn` `hn` | n hydrogens; n counted ones, `h` any | `$(…)` | is the first atom of this environment |
//! | `vn` | valence | `:n` | map number, at the end |
//!
//! A count is a number or a range `{2-4}`, `{2-}`, `{-4}`; without it, it is 1 unless the table says any. `[H]`, `[2H]`,
//! `[H+]` and `[H:1]` are hydrogen atoms, elsewhere `H` is a count. Bonds are `-` `=` `#` `$` `:` `~` `@` (ring), `/` `\`
//! with or without `?`, and nothing for single or aromatic; `->` and `<-` are read and match nothing, as no
//! [`Molecule`] has dative bonds. `!`, `&`, `,`, `;` bind in this order. `(A.B)` asks for one component of the molecule,
//! `(A).(B)` for two, `A.B` does not ask.
//!
//! Limits: [`MAX_BYTES`] of text, environments [`MAX_DEPTH`] deep and [`MAX_ENVIRONMENTS`] different ones; a search ends
//! after [`MAX_STEPS`] unless [`MatchOptions`] say otherwise. See `docs/methods/smarts.md`. Deliberately not
//! here: reactions, patterns that are not graphs (Markush groups), and common substructures
//! ([`mcs`](crate::mcs)).

mod convert;
mod error;
mod plan;
mod primitive;
mod query;
mod read;
mod search;
mod stereo;
mod target;
mod write;

#[cfg(test)]
mod tests;

pub use error::{Error, ErrorKind};
pub(crate) use target::Table;
pub use target::Target;

use crate::perceive::Perception;
use crate::{AtomIndex, Molecule};
use plan::Plan;
use query::Graph;
use rustc_hash::FxHashMap;
use search::{Planned, Search};
use smallvec::SmallVec;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::Arc;

/// The longest text of a pattern [bytes].
pub const MAX_BYTES: usize = 1 << 16;
/// How deep environments may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many different environments a pattern may have.
pub const MAX_ENVIRONMENTS: usize = 1024;
/// How many matches are listed unless asked otherwise.
pub const MAX_MATCHES: usize = 100_000;
/// How many matches [`Pattern::count`] counts at most.
pub const MAX_COUNT: usize = 1_000_000;
/// How many steps a search makes unless asked otherwise, of the order of a second.
///
/// A step is one atom of the molecule looked at for one atom of the pattern; it counts for more than one where the
/// expression of the atom is long or many atoms stand already, and a match counts for as many as it has atoms. A
/// question that a chemist asks of a drug takes tens to thousands.
pub const MAX_STEPS: u64 = 100_000_000;

/// A substructure to look for; cheap to clone.
///
/// ```
/// use mol_core::{Molecule, perceive::Perception, smarts::Pattern};
/// let acid = Pattern::from_smarts("[CX3](=O)[OX2H1]")?;
/// let aspirin = Perception::new(&Molecule::from_smiles("CC(=O)Oc1ccccc1C(=O)O")?)?;
/// assert!(acid.is_in(&aspirin));
/// let found = acid.matches(&aspirin);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].iter().map(|atom| atom.index()).collect::<Vec<_>>(), [10, 11, 12]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    whole: Planned,
    environments: Vec<Planned>,
}

/// Which matches are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MatchOptions {
    /// Whether of matches on the same set of atoms only the first in lexical order is wanted.
    pub unique: bool,
    /// Whether chirality and sides of double bonds count.
    pub chirality: bool,
    /// The search ends after so many matches: those that it meets first, which are not the first in any order.
    pub limit: usize,
    /// The search ends after so many steps (see [`MAX_STEPS`]).
    pub step_limit: u64,
}

impl Default for MatchOptions {
    /// Unique matches, with stereo, at most [`MAX_MATCHES`] in [`MAX_STEPS`].
    fn default() -> Self {
        Self { unique: true, chirality: true, limit: MAX_MATCHES, step_limit: MAX_STEPS }
    }
}

/// What a search with limits has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// The matches in lexical order, entry k of each the atom of the molecule at atom k of the pattern.
    pub atoms: Vec<Vec<AtomIndex>>,
    /// Whether these are all; false if a limit of [`MatchOptions`] ended the search.
    pub is_complete: bool,
}

/// How many matches a search with limits has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Their number.
    pub matches: usize,
    /// Whether these are all; false if a limit of [`MatchOptions`] ended the search, so that there may be more.
    pub is_complete: bool,
}

impl Pattern {
    /// Reads a SMARTS; white space may follow it. The empty text matches nothing.
    ///
    /// ```
    /// use mol_core::smarts::Pattern;
    /// assert_eq!(Pattern::from_smarts("[$([NX3;H2]),$([NX3;H1])]C=O")?.atom_count(), 3);
    /// assert_eq!(Pattern::from_smarts("c1ccccc").unwrap_err().offset, 1);
    /// # Ok::<(), mol_core::smarts::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error`] with the offset of the first fault.
    pub fn from_smarts(smarts: &str) -> Result<Self, Error> {
        let (graph, environments) = read::read(smarts)?;
        Ok(Self::from_graphs(graph, environments))
    }

    /// A whole molecule as a pattern.
    ///
    /// Atoms match atoms of the same element; charge and isotope must agree if the pattern states one, wildcards match
    /// wildcards only, and radicals of the same valence. Bonds must have the same order, aromatic ones aromatic;
    /// chirality and sides of double bonds are asked for where a mark means something. Of an allene only whether it is
    /// marked is asked, not which way. Hydrogens that are not atoms of the graph say nothing. Aromaticity is perceived; a molecule without a Kekulé form is taken as it is written.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Perception, smarts::Pattern};
    /// let benzene = Pattern::from_molecule(&Molecule::from_smiles("C1=CC=CC=C1")?);
    /// let toluene = Perception::new(&Molecule::from_smiles("Cc1ccccc1")?)?;
    /// assert_eq!(benzene.count(&toluene), 1);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn from_molecule(molecule: &Molecule) -> Self {
        Self::from_graphs(convert::graph_of(molecule), Vec::new())
    }

    fn from_graphs(graph: Graph, environments: Vec<Graph>) -> Self {
        let planned = |graph: Graph, rooted| Planned { plan: Plan::new(&graph, rooted), graph };
        let environments = environments.into_iter().map(|graph| planned(graph, true)).collect();
        Self { inner: Arc::new(Inner { whole: planned(graph, false), environments }) }
    }

    /// Number of atoms, those of environments apart.
    #[must_use]
    pub fn atom_count(&self) -> usize {
        self.graph().atoms.len()
    }

    /// Number of bonds, those of environments apart.
    #[must_use]
    pub fn bond_count(&self) -> usize {
        self.graph().bonds.len()
    }

    /// The map number `:n` of each atom, 0 for none, shape `[atoms]`.
    #[must_use]
    pub fn map_numbers(&self) -> Vec<u32> {
        self.graph().atoms.iter().map(|atom| atom.map_number).collect()
    }

    /// The atoms that each bond joins, as positions in the pattern, shape `[bonds]`.
    #[must_use]
    pub fn bonds(&self) -> Vec<(usize, usize)> {
        self.graph().bonds.iter().map(|bond| (bond.begin as usize, bond.end as usize)).collect()
    }

    /// Writes a SMARTS that reads back as the same pattern, every primitive with its number and in brackets (which of a
    /// text of nearly [`MAX_BYTES`] can be more than that).
    ///
    /// ```
    /// let pattern = mol_core::smarts::Pattern::from_smarts("[NH2]c1ccccc1")?;
    /// assert_eq!(pattern.to_smarts(), "[N&H2]c1ccccc1");
    /// # Ok::<(), mol_core::smarts::Error>(())
    /// ```
    #[must_use]
    pub fn to_smarts(&self) -> String {
        write::write(self.graph(), &self.inner.environments)
    }

    /// Whether the molecule contains the pattern, stereo included.
    ///
    /// False as well if [`MAX_STEPS`] did not decide it: for patterns from strangers ask [`count_in`](Self::count_in) for
    /// one match.
    #[must_use]
    pub fn is_in(&self, perception: &Perception) -> bool {
        self.is_in_target(&Target::new(perception))
    }

    /// As [`is_in`](Self::is_in) in a target.
    #[must_use]
    pub fn is_in_target(&self, target: &Target) -> bool {
        self.visit(target, true, MAX_STEPS, &mut |_| ControlFlow::Break(())) == Outcome::Stopped
    }

    /// The matches, one for each set of atoms: entry k of a match is the atom of the molecule at atom k of the pattern.
    ///
    /// They come in lexical order, and so does the one of several on the same atoms that is given. With the limits of
    /// [`MatchOptions::default`]; [`matches_with`](Self::matches_with) tells whether one was met.
    #[must_use]
    pub fn matches(&self, perception: &Perception) -> Vec<Vec<AtomIndex>> {
        self.matches_with(perception, &MatchOptions::default()).atoms
    }

    /// As [`matches`](Self::matches) with a choice of what is wanted, and within which limits.
    ///
    /// The time that a search takes can grow exponentially with the number of unspecific atoms of a pattern; `step_limit`
    /// bounds it.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Perception, smarts::{MatchOptions, Pattern}};
    /// let walk = Pattern::from_smarts("*~*~*~*~*~*~*~*~*~*~*~*")?;
    /// let cubane = Perception::new(&Molecule::from_smiles("C12C3C4C1C5C2C3C45.C1CCCCCCCCCCC1")?)?;
    /// let options = MatchOptions { unique: false, step_limit: 10_000, ..MatchOptions::default() };
    /// let found = walk.matches_with(&cubane, &options);
    /// assert_eq!((found.atoms.len(), found.is_complete), (24, true));
    /// let options = MatchOptions { step_limit: 100, ..options };
    /// assert!(!walk.matches_with(&cubane, &options).is_complete);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn matches_with(&self, perception: &Perception, options: &MatchOptions) -> Matches {
        self.matches_in(&Target::new(perception), options)
    }

    /// As [`matches_with`](Self::matches_with) in a target.
    #[must_use]
    pub fn matches_in(&self, target: &Target, options: &MatchOptions) -> Matches {
        let mut found: Vec<Vec<AtomIndex>> = Vec::new();
        if options.limit == 0 {
            return Matches::default();
        }
        let mut seen = Seen::default();
        let steps = &self.inner.whole.plan.step_of;
        let outcome = self.visit(target, options.chirality, options.step_limit, &mut |map| {
            let ordered = || steps.iter().map(|&step| AtomIndex::new(map[step as usize] as usize));
            let known = if options.unique { seen.place(map, target.len()) } else { None };
            match known {
                Some(place) if ordered().lt(found[place].iter().copied()) => found[place] = ordered().collect(),
                Some(_) => (),
                None => found.push(ordered().collect()),
            }
            if found.len() < options.limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        found.sort_unstable();
        Matches { atoms: found, is_complete: outcome == Outcome::Complete }
    }

    /// Number of sets of atoms that match, stereo included.
    ///
    /// At most [`MAX_COUNT`], and what [`MAX_STEPS`] find; [`count_in`](Self::count_in) tells whether these ended it.
    #[must_use]
    pub fn count(&self, perception: &Perception) -> usize {
        let options = MatchOptions { limit: MAX_COUNT, ..MatchOptions::default() };
        self.count_in(&Target::new(perception), &options).matches
    }

    /// Number of [`matches_in`](Self::matches_in), which are not kept.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Perception, smarts::{Count, MatchOptions, Pattern, Target}};
    /// let hexane = Perception::new(&Molecule::from_smiles("CCCCCC")?)?;
    /// let (carbon, one) = (Pattern::from_smarts("C")?, MatchOptions { limit: 1, ..MatchOptions::default() });
    /// let target = Target::new(&hexane);
    /// assert_eq!(carbon.count_in(&target, &one), Count { matches: 1, is_complete: false });
    /// assert_eq!(carbon.count_in(&target, &MatchOptions::default()), Count { matches: 6, is_complete: true });
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn count_in(&self, target: &Target, options: &MatchOptions) -> Count {
        let mut matches = 0;
        if options.limit == 0 {
            return Count::default();
        }
        let mut seen = Seen::default();
        let outcome = self.visit(target, options.chirality, options.step_limit, &mut |map| {
            matches += usize::from(!options.unique || seen.place(map, target.len()).is_none());
            if matches < options.limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        Count { matches, is_complete: outcome == Outcome::Complete }
    }

    fn visit(
        &self,
        target: &Target,
        chirality: bool,
        steps: u64,
        visit: &mut impl FnMut(&[u32]) -> ControlFlow<()>,
    ) -> Outcome {
        let mut search = Search::new(&self.inner.environments, target, chirality, steps);
        match search.run(&self.inner.whole, None, visit) {
            ControlFlow::Break(()) => Outcome::Stopped,
            ControlFlow::Continue(()) if search.exhausted => Outcome::Exhausted,
            ControlFlow::Continue(()) => Outcome::Complete,
        }
    }

    fn graph(&self) -> &Graph {
        &self.inner.whole.graph
    }
}

/// How a search ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It has seen all.
    Complete,
    /// Its visitor had enough.
    Stopped,
    /// It made all its steps.
    Exhausted,
}

/// The sets of atoms that matches had so far, with their places in the order in which they were found.
#[derive(Default)]
struct Seen {
    /// Of molecules of at most 64 atoms, as bits.
    small: FxHashMap<u64, usize>,
    /// Of larger ones, sorted.
    large: FxHashMap<SmallVec<[u32; 8]>, usize>,
}

impl Seen {
    /// The place of a set of atoms that was there before; else it gets the next.
    fn place(&mut self, map: &[u32], atoms: u32) -> Option<usize> {
        if map.len() == 1 {
            // One atom is never found twice.
            return None;
        }
        let next = self.small.len().max(self.large.len());
        let place = if atoms <= 64 {
            *self.small.entry(map.iter().fold(0, |set, atom| set | 1 << atom)).or_insert(next)
        } else {
            let mut set = SmallVec::from_slice(map);
            set.sort_unstable();
            *self.large.entry(set).or_insert(next)
        };
        (place < next).then_some(place)
    }
}

/// Equal as written: the same atoms, bonds and expressions in the same order.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        let environments =
            |pattern: &Self| -> Vec<Graph> { pattern.inner.environments.iter().map(|k| k.graph.clone()).collect() };
        self.graph() == other.graph() && environments(self) == environments(other)
    }
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(smarts: &str) -> Result<Self, Error> {
        Self::from_smarts(smarts)
    }
}
