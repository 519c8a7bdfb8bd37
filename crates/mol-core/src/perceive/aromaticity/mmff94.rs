//! MMFF94's model: rings that are aromatic by themselves.
//!
//! A ring with a double bond into another one waits until that one is judged, so that the rings of naphthalene are judged
//! one after the other. Deliberately not here: the cations whose rings MMFF94's atom types treat apart.

use super::super::flat::Flat;
use super::super::{Hybridization, Perception, Rings};
use super::Marks;
use crate::{AtomIndex, BondOrder, Element};

pub(super) fn mark(kekule: &Flat, rings: &Rings, hybridizations: &[Hybridization]) -> Marks {
    let mut marks = Marks::none(kekule);
    for ring in aromatic_rings(kekule, rings, hybridizations) {
        rings.atoms(ring).iter().for_each(|atom| marks.atoms[atom.index()] = true);
        rings.bonds(ring).iter().for_each(|bond| marks.bonds[bond.index()] = true);
    }
    marks
}

/// The rings of [`Perception::rings`] that MMFF94 calls aromatic, ascending, whatever the model of the perception.
///
/// ```
/// use mol_core::{Molecule, perceive::{Perception, mmff94_aromatic_rings}};
/// let indole = Perception::new(&Molecule::from_smiles("c1ccc2[nH]ccc2c1")?)?;
/// assert_eq!(mmff94_aromatic_rings(&indole), [0, 1]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// T. A. Halgren, *J. Comput. Chem.* **17**, 490 (1996).
#[must_use]
pub fn mmff94_aromatic_rings(perception: &Perception) -> Vec<usize> {
    aromatic_rings(perception.flat(), perception.rings(), perception.hybridizations())
}

fn aromatic_rings(kekule: &Flat, rings: &Rings, hybridizations: &[Hybridization]) -> Vec<usize> {
    let mut state = State {
        kekule,
        rings,
        judged: vec![false; kekule.atoms.len()],
        member: vec![false; kekule.atoms.len()],
    };
    let mut aromatic = vec![false; rings.len()];
    loop {
        let before = state.judged.iter().filter(|judged| **judged).count();
        for (ring, aromatic) in aromatic.iter_mut().enumerate() {
            let Some(electrons) = state.electrons(ring) else { continue };
            let atoms = rings.atoms(ring);
            atoms.iter().for_each(|atom| state.judged[atom.index()] = true);
            let is_flat = |atom: &AtomIndex| {
                let number = kekule.atoms[atom.index()].number;
                number != Element::C.number() && number != Element::N.number()
                    || hybridizations[atom.index()] == Hybridization::Sp2
            };
            if electrons > 2 && electrons % 4 == 2 && atoms.iter().all(is_flat) {
                *aromatic = true;
                atoms.iter().for_each(|atom| state.member[atom.index()] = true);
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
        let own = self.rings.bonds(ring);
        let is_double = |bond: u32| self.kekule.order(bond) == BondOrder::Double;
        let mut electrons = 2 * own.iter().filter(|bond| is_double(bond.index() as u32)).count();
        let (mut lone_pair, mut leaving) = (false, false);
        for &atom in self.rings.atoms(ring) {
            let data = &self.kekule.atoms[atom.index()];
            lone_pair |= match data.element() {
                Some(Element::N | Element::O) => true,
                Some(Element::S) => data.degree == 2,
                _ => false,
            };
            for link in self.kekule.links(atom.index() as u32) {
                let other = AtomIndex::new(link.atom as usize);
                let is_own = own.iter().any(|bond| bond.index() == link.bond as usize);
                if is_own || !self.kekule.is_multiple(link.bond) || self.rings.atoms(ring).contains(&other) {
                    continue;
                }
                if !self.rings.of_atom(other).is_empty() && !self.judged[other.index()] {
                    return None;
                }
                if self.member[other.index()] {
                    electrons += 1;
                } else {
                    leaving = true;
                }
            }
        }
        let is_odd = self.rings.atoms(ring).len() % 2 == 1;
        Some(electrons + if lone_pair && !leaving && is_odd { 2 } else { 0 })
    }
}
