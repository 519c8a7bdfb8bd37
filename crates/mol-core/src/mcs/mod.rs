//! Maximum common substructure of two molecules, anytime and exact.
//!
//! The search ([`maximum_common_substructure`]) looks for the largest set of bonds that two molecules share; it keeps the
//! best one found so far, so that it can stop at a number of steps (the same on every machine) or at a deadline, and it
//! says whether what it gives is proven to be largest. Bonds rather than atoms are decided: that is McGregor's growth of a
//! mapping, with the bound and the order of McSplit (classes of atoms that can still be mapped on each other) carried over
//! to subgraphs that need not be induced. See `docs/methods/mcs.md`. Deliberately not here: more than two molecules,
//! stereo, and seeds given by the user.

mod bound;
mod graph;
mod rings;
mod search;

#[cfg(test)]
mod tests;

use crate::perceive::Perception;
use crate::{AtomIndex, BondIndex};
use graph::Labels;
use search::Search;
use std::time::Duration;

/// Which atoms are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum AtomComparison {
    /// Those of one element.
    #[default]
    Elements,
    /// Those of one isotope, whatever the element.
    Isotopes,
    /// All but hydrogens; hydrogens among themselves.
    Heavy,
    /// All.
    Any,
}

/// Which bonds are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BondComparison {
    /// Those of one order; an aromatic bond is also like a single one (not like a double one, as in rdFMCS).
    #[default]
    Order,
    /// Those of one order, aromatic being an order of its own.
    ExactOrder,
    /// All.
    Any,
}

/// What is made as large as possible first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Maximize {
    /// The number of bonds, then that of atoms.
    #[default]
    Bonds,
    /// The number of atoms, then that of bonds.
    Atoms,
}

/// What counts as common, and how long to look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Options {
    /// Whether the common substructure must be connected; else it may have fragments of at least one bond.
    pub connected: bool,
    /// What is made as large as possible.
    pub maximize: Maximize,
    /// Which atoms are alike.
    pub atoms: AtomComparison,
    /// Which bonds are alike.
    pub bonds: BondComparison,
    /// Whether atoms must also have the same formal charge.
    pub match_charges: bool,
    /// Whether atoms must also have the same valence.
    pub match_valences: bool,
    /// Whether atoms and bonds on rings are like atoms and bonds on rings only.
    pub ring_matches_ring: bool,
    /// Whether a bond on a ring may be part only if it lies on a ring of the common substructure; bonds on rings are then
    /// like bonds on rings only.
    pub complete_rings: bool,
    /// The search stops after so many steps, decisions about one bond.
    pub step_limit: u64,
    /// The search stops after so much time; where it stops then depends on the machine.
    pub time_limit: Option<Duration>,
}

impl Default for Options {
    /// Connected, most bonds, elements and orders, 20 million steps (tens of seconds), no time limit.
    fn default() -> Self {
        Self {
            connected: true,
            maximize: Maximize::Bonds,
            atoms: AtomComparison::Elements,
            bonds: BondComparison::Order,
            match_charges: false,
            match_valences: false,
            ring_matches_ring: false,
            complete_rings: false,
            step_limit: 20_000_000,
            time_limit: None,
        }
    }
}

/// A common substructure of two molecules.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CommonSubstructure {
    /// Its atoms, each in the first and the second molecule, by the first.
    pub atoms: Vec<(AtomIndex, AtomIndex)>,
    /// Its bonds, each in the first and the second molecule, by the first.
    pub bonds: Vec<(BondIndex, BondIndex)>,
    /// Whether no larger one exists; `false` if the search stopped early.
    pub is_optimal: bool,
    /// Steps that were made.
    pub steps: u64,
}

/// The largest common substructure of two molecules.
///
/// A common substructure is a one-to-one mapping of some atoms of `first` to like atoms of `second` with the bonds whose
/// images are like bonds: molecules need not be induced, so a ring is like a chain of its length with one bond less.
/// A single atom counts if there is no common bond. Of several largest ones the first found is given, the same every time
/// unless a time limit stops the search.
///
/// ```
/// use mol_core::mcs::{Options, maximum_common_substructure};
/// use mol_core::{Molecule, perceive::Perception};
/// let aspirin = Perception::new(&Molecule::from_smiles("CC(=O)Oc1ccccc1C(=O)O")?)?;
/// let salicylamide = Perception::new(&Molecule::from_smiles("NC(=O)c1ccccc1O")?)?;
/// let common = maximum_common_substructure(&aspirin, &salicylamide, &Options::default());
/// assert_eq!((common.atoms.len(), common.bonds.len()), (9, 9)); // the ring, its oxygen and C=O
/// assert!(common.is_optimal);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// McGregor, *Softw. Pract. Exper.* **12**, 23 (1982); McCreesh, Prosser, Trimble, *Proc. IJCAI* 712 (2017); Raymond,
/// Willett, *J. Comput.-Aided Mol. Des.* **16**, 521 (2002).
#[must_use]
pub fn maximum_common_substructure(first: &Perception, second: &Perception, options: &Options) -> CommonSubstructure {
    let mut labels = Labels::default();
    let [a, b] = [first, second].map(|perception| labels.graph(perception, options));
    Search::new(&a, &b, &labels, options).run()
}
