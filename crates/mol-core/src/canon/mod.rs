//! Canonical numbering and canonical SMILES: one form for every spelling of a compound, stereo included.
//!
//! [`Molecule::to_canonical_smiles`] is the usual way in; [`Canonical`] also gives the order of the atoms. The form is that
//! of the graph as chemistry sees it: aromatic form perceived, plain hydrogens folded into counts, stereo marks that say
//! nothing dropped, direction marks chosen anew. Ties are not broken greedily, as that is where canonical forms of other
//! toolkits fail: they are searched, with stereo as a part of what is compared. See docs/methods/canonical.md.
//!
//! Deliberately not here: tautomers and protonation (different forms, different compounds), and agreement with the text of
//! any other program's canonical form, which is no standard.

mod directions;
mod graph;
mod idle;
mod normal;
mod partition;
mod search;
mod site;

#[cfg(test)]
mod tests;

pub(crate) use directions::directions;
pub(crate) use graph::{Graph, HYDROGEN, LONE_PAIR, Scope, components};
pub(crate) use idle::{mark_possible, settle};
pub(crate) use normal::normal;
pub(crate) use site::{Kind, Site, least_number};

use crate::perceive::Perception;
use crate::smiles::write::Explicit;
use crate::{AtomIndex, BondIndex, BondOrder, Molecule, Result};

/// Rounds of reading and canonicalising again at most.
const MOST_ROUNDS: usize = 8;

/// Whether a double bond of a ring that is not aromatic stands beside an aromatic atom of the ring at both ends, so that it
/// might be aromatic in another Kekulé structure.
fn is_ambiguous(perception: &Perception) -> bool {
    let molecule = perception.molecule();
    let beside = |atom: AtomIndex, bond: BondIndex| {
        let mut others = molecule.bonds_of(atom).iter().filter(|&&other| other != bond);
        others.any(|&other| perception.is_ring_bond(other) && perception.is_aromatic(molecule.bond(other).other(atom)))
    };
    molecule.bonds().any(|(index, bond)| {
        bond.order == BondOrder::Double
            && !perception.is_aromatic_bond(index)
            && perception.is_ring_bond(index)
            && beside(bond.begin, index)
            && beside(bond.end, index)
    })
}

/// The canonical form of a molecule: its text and the order of the atoms in it.
///
/// ```
/// use mol_core::{Canonical, Molecule, perceive::Perception};
/// let toluene = Molecule::from_smiles("C1(C)=CC=CC=C1")?;
/// let canonical = Canonical::new(&Perception::new(&toluene)?);
/// assert_eq!(canonical.smiles(), "Cc1ccccc1");
/// assert_eq!(canonical.order()[0].index(), 1); // the methyl group stands first
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    smiles: String,
    order: Vec<AtomIndex>,
    exact: bool,
}

impl Canonical {
    /// Finds the canonical form.
    #[must_use]
    pub fn new(perception: &Perception) -> Self {
        let normal = normal(perception, Scope::ALL, None, Explicit::default());
        let mut canonical = Self { smiles: normal.text, order: normal.order, exact: normal.exact };
        if is_ambiguous(perception) {
            canonical.settle_aromaticity();
        }
        canonical
    }

    /// Reads the text and canonicalises again until nothing changes: which bonds are aromatic may depend on the Kekulé
    /// structure it was perceived from. Of forms that follow each other in a circle it takes the least.
    fn settle_aromaticity(&mut self) {
        let mut seen: Vec<Self> = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let Some(perception) =
                Molecule::from_smiles(&self.smiles).ok().and_then(|molecule| Perception::new(&molecule).ok())
            else {
                return;
            };
            let again = normal(&perception, Scope::ALL, None, Explicit::default());
            if again.text == self.smiles {
                return;
            }
            seen.push(self.clone());
            let order = again.order.iter().map(|atom| self.order[atom.index()]).collect::<Vec<_>>();
            let rest = self.order[order.len().min(self.order.len())..].to_vec();
            self.order = [order, rest].concat();
            self.exact &= again.exact;
            self.smiles = again.text;
            if let Some(first) = seen.iter().position(|old| old.smiles == self.smiles) {
                if let Some(least) = seen.drain(first..).min_by(|a, b| a.smiles.cmp(&b.smiles)) {
                    *self = least;
                }
                return;
            }
        }
    }

    /// The canonical SMILES.
    #[must_use]
    pub fn smiles(&self) -> &str {
        &self.smiles
    }

    /// The canonical SMILES, taken out.
    #[must_use]
    pub fn into_smiles(self) -> String {
        self.smiles
    }

    /// The atoms in the order of the canonical SMILES, then those hydrogens that it only counts; shape `[atoms]`.
    ///
    /// Equivalent atoms have places that depend on the numbering, as nothing tells them apart.
    #[must_use]
    pub fn order(&self) -> &[AtomIndex] {
        &self.order
    }

    /// The place of each atom in [`order`](Self::order), shape `[atoms]`.
    #[must_use]
    pub fn ranks(&self) -> Vec<usize> {
        let mut ranks = vec![0; self.order.len()];
        for (place, atom) in self.order.iter().enumerate() {
            ranks[atom.index()] = place;
        }
        ranks
    }

    /// Whether the search was completed. If not, which no molecule is known to need, the form is one of the molecule but
    /// may depend on the numbering.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }
}

impl Molecule {
    /// The canonical SMILES: the same text for every spelling and numbering of a compound, different ones for different
    /// compounds, isotopes, charges, map numbers and stereo included.
    ///
    /// Aromaticity is perceived, plain hydrogens are folded into counts, and stereo marks that say nothing
    /// ([`StereoElements`](crate::perceive::StereoElements)) are dropped. Reading the text and canonicalising again gives
    /// the same text.
    ///
    /// ```
    /// use mol_core::Molecule;
    /// let canonical = |smiles: &str| Molecule::from_smiles(smiles)?.to_canonical_smiles();
    /// assert_eq!(canonical("C1=CC=CC=C1O")?, canonical("c1(O)ccccc1")?);
    /// assert_eq!(canonical("O[C@@H](C)C(=O)O")?, canonical("OC(=O)[C@@H](O)C")?);
    /// assert_ne!(canonical("O[C@@H](C)C(=O)O")?, canonical("O[C@H](C)C(=O)O")?);
    /// // Both carbons of a meso form in either order; a mark that says nothing.
    /// assert_eq!(canonical("C[C@H](O)[C@H](O)C")?, canonical("C[C@@H](O)[C@@H](O)C")?);
    /// assert_eq!(canonical("C[C@H](O)C")?, "CC(C)O");
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
    pub fn to_canonical_smiles(&self) -> Result<String> {
        Ok(Canonical::new(&Perception::new(self)?).into_smiles())
    }
}
