//! Chirality between a string and a molecule.
//!
//! In a SELFIES the neighbours of an atom are: the preceding atom, its hydrogens, its ring bonds in the order in which the ring
//! symbols stand, its branches. What list `@` refers to, and how it moves to that of the molecule, is as in SMILES
//! ([`neighbors`](crate::smiles::neighbors)); only which atoms take a tag differs.

use crate::smiles::neighbors::{Cumulenes, InText, Neighborhoods, implied_class, inverse};
use crate::{AtomIndex, BondIndex, ChiralClass, Chirality, Molecule};
use smallvec::SmallVec;

/// Bonds of an atom in the order of a string, and whether the first leads to the preceding atom.
pub(super) type Sequence = (SmallVec<[BondIndex; 4]>, bool);

/// A molecule beside the string that it is read from or written to.
pub(super) struct Tags<'a, F> {
    around: InText<'a, F>,
    cumulenes: Cumulenes,
}

impl<'a, F: Fn(AtomIndex) -> Sequence> Tags<'a, F> {
    /// `sequence` tells the bonds of an atom in the order of the string.
    pub(super) fn new(molecule: &'a Molecule, sequence: F) -> Self {
        let around = InText { molecule, sequence };
        let cumulenes = Cumulenes::find(&around);
        Self { around, cumulenes }
    }

    /// The chirality that a tag stands for, in the order of the molecule; `None` where the atom can have none.
    pub(super) fn read(&self, atom: AtomIndex, tag: u8) -> Option<Chirality> {
        let vertex = atom.index() as u32;
        let neighbors = self.around.degree(vertex) + self.around.hydrogens(vertex);
        let can_have_one = match neighbors {
            2 => self.cumulenes.ends(vertex).is_some(),
            _ => (3..=6).contains(&neighbors),
        };
        let class = Some(implied_class(neighbors)).filter(|_| can_have_one)?;
        let chirality = Chirality::new(class, tag).expect("all classes have the numbers 1 and 2");
        Some(chirality.reordered(&inverse(&self.around.list_order(vertex, class, &self.cumulenes))))
    }

    /// The tag of an atom's chirality in a string; `None` if `@` and `@@` cannot say it.
    pub(super) fn write(&self, atom: AtomIndex, chirality: Chirality) -> Option<u8> {
        let order = self.around.list_order(atom.index() as u32, chirality.class(), &self.cumulenes);
        let tag = chirality.reordered(&order).number();
        let is_said = chirality.class() != ChiralClass::SquarePlanar && tag <= 2;
        is_said.then_some(tag).filter(|&tag| self.read(atom, tag) == Some(chirality))
    }
}
