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
//! Limits: 1 MiB of text, environments 32 deep and 1024 different ones. See `docs/methods/smarts.md`. Deliberately not
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

/// The longest text [bytes].
const MAX_BYTES: usize = 1 << 20;
/// How deep environments may be nested.
const MAX_DEPTH: usize = 32;
/// How many different environments a pattern may have.
const MAX_ENVIRONMENTS: usize = 1024;

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
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// The search ends after so many matches.
    pub limit: usize,
}

impl Default for MatchOptions {
    /// Unique matches, with stereo, at most 100 000.
    fn default() -> Self {
        Self { unique: true, chirality: true, limit: 100_000 }
    }
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
    /// wildcards only. Bonds must have the same order, aromatic ones aromatic; chirality and sides of double bonds are
    /// asked for where they are stated. Hydrogens that are not atoms of the graph say nothing. Aromaticity is perceived;
    /// a molecule without a Kekulé form is taken as it is written.
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

    /// Writes a SMARTS that reads back as the same pattern, every primitive with its number and in brackets.
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
    #[must_use]
    pub fn is_in(&self, perception: &Perception) -> bool {
        self.is_in_target(&Target::new(perception))
    }

    /// As [`is_in`](Self::is_in) in a target.
    #[must_use]
    pub fn is_in_target(&self, target: &Target) -> bool {
        let mut search = Search::new(&self.inner.environments, target, true);
        search.run(&self.inner.whole, None, &mut |_| ControlFlow::Break(())).is_break()
    }

    /// The matches, one for each set of atoms: entry k of a match is the atom of the molecule at atom k of the pattern.
    ///
    /// They come in lexical order, and so does the one of several on the same atoms that is given. At most
    /// [`MatchOptions::default`]'s limit.
    #[must_use]
    pub fn matches(&self, perception: &Perception) -> Vec<Vec<AtomIndex>> {
        self.matches_in(&Target::new(perception), &MatchOptions::default())
    }

    /// As [`matches`](Self::matches) with a choice of what is wanted. The time is not bounded by the limit: it can grow
    /// exponentially with a pattern of unspecific atoms.
    #[must_use]
    pub fn matches_with(&self, perception: &Perception, options: &MatchOptions) -> Vec<Vec<AtomIndex>> {
        self.matches_in(&Target::new(perception), options)
    }

    /// As [`matches_with`](Self::matches_with) in a target.
    #[must_use]
    pub fn matches_in(&self, target: &Target, options: &MatchOptions) -> Vec<Vec<AtomIndex>> {
        let mut found: Vec<Vec<AtomIndex>> = Vec::new();
        if options.limit == 0 {
            return found;
        }
        let mut seen = Seen::default();
        let steps = &self.inner.whole.plan.step_of;
        self.visit(target, options.chirality, &mut |map| {
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
        found
    }

    /// Number of [`matches`](Self::matches).
    #[must_use]
    pub fn count(&self, perception: &Perception) -> usize {
        self.count_in(&Target::new(perception))
    }

    /// As [`count`](Self::count) in a target.
    #[must_use]
    pub fn count_in(&self, target: &Target) -> usize {
        let limit = MatchOptions::default().limit;
        let mut seen = Seen::default();
        let mut count = 0;
        self.visit(target, true, &mut |map| {
            count += usize::from(seen.place(map, target.len()).is_none());
            if count < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        count
    }

    fn visit(&self, target: &Target, chirality: bool, visit: &mut impl FnMut(&[u32]) -> ControlFlow<()>) {
        let mut search = Search::new(&self.inner.environments, target, chirality);
        let _: ControlFlow<()> = search.run(&self.inner.whole, None, visit);
    }

    fn graph(&self) -> &Graph {
        &self.inner.whole.graph
    }
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
