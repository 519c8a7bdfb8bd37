//! MMFF94's model: rings that are aromatic by themselves.
//!
//! A ring with a double bond into another one waits until that one is judged, so that the rings of naphthalene are judged
//! one after the other. Deliberately not here: the cations whose rings MMFF94's atom types treat apart.

use super::super::flat::Flat;
use super::super::{Hybridization, Perception, Rings};
use super::Marks;
use crate::{BondOrder, Element};

pub(super) fn mark(kekule: &Flat, rings: &Rings, hybridizations: &[Hybridization]) -> Marks {
    let mut marks = Marks::none(kekule);
    for ring in aromatic_rings(kekule, rings, hybridizations) {
        rings.atoms(ring).iter().for_each(|atom| marks.atoms[atom.index()] = true);
        rings.bonds(ring).iter().for_each(|bond| marks.bonds[bond.index()] = true);
    }
    marks
}

/// The rings of [`Perception::symmetrized_rings`] that MMFF94 calls aromatic, ascending, whatever the model of the
/// perception.
///
/// ```
/// use mol_core::{Molecule, perceive::{Perception, mmff94_aromatic_rings}};
/// let indole = Perception::new(&Molecule::from_smiles("c1ccc2[nH]ccc2c1")?)?;
/// assert_eq!(mmff94_aromatic_rings(&indole), [0, 1]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// T. A. Halgren, *J. Comput. Chem.* **17**, 490 (1996); where the paper leaves room, as `RDKit` has it.
#[must_use]
pub fn mmff94_aromatic_rings(perception: &Perception) -> Vec<usize> {
    aromatic_rings(perception.flat(), perception.symmetrized_rings(), perception.hybridizations())
}

fn aromatic_rings(kekule: &Flat, rings: &Rings, hybridizations: &[Hybridization]) -> Vec<usize> {
    let count = kekule.atoms.len();
    let mut state = State { kekule, rings, judged: vec![false; count], member: vec![false; count] };
    let mut aromatic = vec![false; rings.len()];
    loop {
        let before = state.judged.iter().filter(|judged| **judged).count();
        for (ring, aromatic) in aromatic.iter_mut().enumerate() {
            let Some(electrons) = state.electrons(ring) else { continue };
            let mut is_flat = true;
            for atom in rings.atoms(ring) {
                state.judged[atom.index()] = true;
                let number = kekule.atoms[atom.index()].number;
                let is_second = number == Element::C.number() || number == Element::N.number();
                if is_second && hybridizations[atom.index()] != Hybridization::Sp2 {
                    // The atoms behind it stay open.
                    is_flat = false;
                    break;
                }
            }
            if is_flat && electrons > 2 && electrons % 4 == 2 {
                *aromatic = true;
                rings.atoms(ring).iter().for_each(|atom| state.member[atom.index()] = true);
            }
        }
        if state.judged.iter().filter(|judged| **judged).count() == before {
            return (0..rings.len()).filter(|&ring| aromatic[ring]).collect();
        }
    }
}

struct State<'a> {
    kekule: &'a Flat,
    rings: &'a Rings,
    /// Atoms of rings that were judged, and of those that are aromatic.
    judged: Vec<bool>,
    member: Vec<bool>,
}

impl State<'_> {
    /// π electrons of a ring; `None` while a ring that a double bond leads into is not judged.
    fn electrons(&self, ring: usize) -> Option<usize> {
        let (atoms, bonds) = (self.rings.atoms(ring), self.rings.bonds(ring));
        let (mut electrons, mut lone_pair, mut leaving) = (0, false, false);
        for (&atom, bond) in atoms.iter().zip(bonds) {
            let data = &self.kekule.atoms[atom.index()];
            let element = data.element();
            lone_pair |= match element {
                Some(Element::N | Element::O) => true,
                Some(Element::S) => data.degree == 2,
                _ => false,
            };
            if self.kekule.order(bond.index() as u32) == BondOrder::Double {
                electrons += 2;
                continue;
            }
            // Double bonds to the outside count at carbon and at nitrogen of four bonds.
            if element != Some(Element::C) && !(element == Some(Element::N) && data.valence == 4) {
                continue;
            }
            for link in self.kekule.links(atom.index() as u32) {
                let other = crate::AtomIndex::new(link.atom as usize);
                if !self.kekule.is_multiple(link.bond) || self.rings.of_atom(other).contains(&ring) {
                    continue;
                }
                if !self.rings.of_atom(other).is_empty() && !self.judged[other.index()] {
                    return None;
                }
                if self.kekule.order(link.bond) == BondOrder::Double {
                    if self.member[other.index()] {
                        electrons += 1;
                    } else {
                        leaving = true;
                    }
                }
            }
        }
        Some(electrons + if lone_pair && !leaving && atoms.len() % 2 == 1 { 2 } else { 0 })
    }
}
