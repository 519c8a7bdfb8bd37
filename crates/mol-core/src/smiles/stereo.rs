//! Chirality tags as they are read: from the order of the text to that of the molecule.

use super::neighbors::{Cumulenes, InText, Neighborhoods, implied_class, inverse};
use crate::{AtomIndex, BondOrder, ChiralClass, Chirality, MoleculeBuilder};

/// A chirality tag as written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tag {
    /// `@`, whose class follows from the number of neighbours.
    Anticlockwise,
    /// `@@`.
    Clockwise,
    /// A class with its number.
    Stated(Chirality),
}

/// What the text says beyond the graph.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Atom, tag, and how many ring bonds the atom has.
    pub(super) tags: Vec<(AtomIndex, Tag, usize)>,
    /// Atoms without a preceding one, ascending.
    pub(super) roots: Vec<AtomIndex>,
}

/// Gives the atoms their chirality, each number moved from the order of the text to that of the molecule.
pub(super) fn resolve(builder: &mut MoleculeBuilder, written: &Written) {
    let mut cumulenes = None;
    for &(atom, tag, ring_bonds) in &written.tags {
        let molecule = builder.molecule();
        let (degree, hydrogens) = (molecule.degree(atom), molecule.hydrogens(atom));
        let implied = implied_class(degree + usize::from(hydrogens));
        let number = |number| Chirality::new(implied, number).expect("all classes have 1 and 2");
        let chirality = match tag {
            Tag::Anticlockwise => number(1),
            Tag::Clockwise => number(2),
            Tag::Stated(chirality) => chirality,
        };
        let sequence = |atom: AtomIndex| {
            let preceded = written.roots.binary_search(&atom).is_err();
            (molecule.bonds_of(atom).iter().copied().collect(), preceded)
        };
        let around = InText { molecule, sequence };
        if chirality.class() == ChiralClass::Allenal && cumulenes.is_none() {
            cumulenes = Some(Cumulenes::find(&around));
        }
        let none = Cumulenes::default();
        let order = around.list_order(atom.index() as u32, chirality.class(), cumulenes.as_ref().unwrap_or(&none));
        let mut chirality = chirality.reordered(&inverse(&order));
        let saturated = || molecule.bonds_of(atom).iter().all(|&bond| molecule.bond(bond).order == BondOrder::Single);
        if has_turned_lone_pair(chirality.class(), degree, hydrogens, ring_bonds) && saturated() {
            chirality = chirality.reordered(&[1, 0, 2, 3]);
        }
        builder.atom_mut(atom).expect("tags belong to atoms").chirality = Some(chirality);
    }
}

/// Whether the lone pair of a saturated atom counts as an exchange: that of three neighbours and one ring bond does.
///
/// The specification does not say where a lone pair stands in the list. Here it is last, as in `RDKit`, which makes this one
/// exception; its users exchange such strings (sulfoxides on rings, aziridines), so it is kept.
pub(super) fn has_turned_lone_pair(class: ChiralClass, degree: usize, hydrogens: u8, ring_bonds: usize) -> bool {
    class == ChiralClass::Tetrahedral && degree == 3 && hydrogens == 0 && ring_bonds == 1
}
