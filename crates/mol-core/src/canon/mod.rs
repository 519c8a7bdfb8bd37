//! Canonical numbering and canonical SMILES: one form for every spelling of a compound, stereo included.
//!
//! [`Molecule::to_canonical_smiles`] is the usual way in; [`Canonical`] also gives the order of the atoms. The form is that
//! of the graph as chemistry sees it: aromatic form perceived, plain hydrogens folded into counts, stereo marks that say
//! nothing dropped, direction marks chosen anew. Ties are not broken greedily, as that is where canonical forms of other
//! toolkits fail: they are searched, with stereo as a part of what is compared. See docs/methods/canonical.md.
//!
//! Deliberately not here: tautomers and protonation (different forms, different compounds), and agreement with the text of
//! any other program's canonical form, which is no standard.

mod budget;
mod directions;
mod graph;
mod idle;
mod normal;
mod partition;
mod rounds;
mod search;
mod site;
mod twin;

#[cfg(test)]
mod tests;

pub(crate) use budget::Budget;
pub(crate) use directions::{Failure, MOST_LOOKS, directions};
pub(crate) use graph::{Graph, HYDROGEN, LONE_PAIR, Scope, Stereo, components};
pub(crate) use idle::{mark_possible, settle};
pub(crate) use rounds::canonical;
pub(crate) use site::{Kind, Site, least_number};

use crate::perceive::Perception;
use crate::smiles::write::Explicit;
use crate::{AtomIndex, Molecule, Result};
use normal::Normal;

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
    /// Places of the text that have no atom.
    counted: Vec<usize>,
    exact: bool,
}

impl Canonical {
    /// Finds the canonical form.
    #[must_use]
    pub fn new(perception: &Perception) -> Self {
        Self::within(perception, &mut Budget::default())
    }

    /// Finds the canonical form with so much work for ties.
    fn within(perception: &Perception, budget: &mut Budget) -> Self {
        let Normal { text, atoms } = canonical(perception, Scope::ALL, None, Explicit::default(), budget);
        let molecule = perception.molecule();
        let (mut order, mut counted) = (Vec::with_capacity(molecule.atom_count()), Vec::new());
        for (place, atom) in atoms.into_iter().enumerate() {
            match atom {
                Some(atom) => order.push(atom),
                None => counted.push(place),
            }
        }
        complete(molecule, &mut order);
        Self { smiles: text, order, counted, exact: budget.is_exact() }
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
    /// The text may have atoms that the molecule has not: [`counted`](Self::counted). Equivalent atoms have places that depend on the numbering, as nothing tells them apart.
    #[must_use]
    pub fn order(&self) -> &[AtomIndex] {
        &self.order
    }

    /// The place of each atom in [`order`](Self::order), shape `[atoms]`.
    #[must_use]
    pub fn ranks(&self) -> Vec<usize> {
        ranks(&self.order)
    }

    /// The places in the text, ascending, of hydrogens that the molecule only counts and the text writes as atoms, because a
    /// direction mark finds no other place; [`order`](Self::order) passes them over. Hardly any molecule has one.
    ///
    /// ```
    /// use mol_core::{Canonical, Molecule, perceive::Perception};
    /// let triene = Molecule::from_smiles("F[C@H]=[C@@H]C=C[C@H]=[C@H]F")?;
    /// let canonical = Canonical::new(&Perception::new(&triene)?);
    /// assert_eq!(canonical.smiles().matches("[H]").count(), canonical.counted().len());
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn counted(&self) -> &[usize] {
        &self.counted
    }

    /// Whether everything was decided within the limits of work: 2·10⁸ bonds looked at in breaking ties, over all of the
    /// molecule, and 2·10⁷ double bonds in choosing direction marks. If not, which takes symmetries that no compound is known to
    /// have, or thousands of conjugated double bonds, the text is still one of the molecule, but it may depend on the
    /// numbering, keep marks that say nothing, or leave out direction marks.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.exact
    }
}

/// A number for each atom by a canonical text of what `scope` looks at, its bonds as they were perceived; shape `[atoms]`.
pub(crate) fn numbers(perception: &Perception, scope: Scope) -> Vec<usize> {
    let form = normal::normal(perception, scope, None, Explicit::default(), &mut Budget::default());
    let mut order: Vec<AtomIndex> = form.atoms.into_iter().flatten().collect();
    complete(perception.molecule(), &mut order);
    ranks(&order)
}

/// Appends the atoms that a text only counts, by the atoms that they are bonded to.
fn complete(molecule: &Molecule, order: &mut Vec<AtomIndex>) {
    if order.len() == molecule.atom_count() {
        return;
    }
    let mut listed = vec![false; molecule.atom_count()];
    for atom in &*order {
        listed[atom.index()] = true;
    }
    for k in 0..order.len() {
        for other in molecule.neighbors(order[k]) {
            if !std::mem::replace(&mut listed[other.index()], true) {
                order.push(other);
            }
        }
    }
}

/// The place of each atom in an order of all.
fn ranks(order: &[AtomIndex]) -> Vec<usize> {
    let mut ranks = vec![0; order.len()];
    for (place, atom) in order.iter().enumerate() {
        ranks[atom.index()] = place;
    }
    ranks
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
