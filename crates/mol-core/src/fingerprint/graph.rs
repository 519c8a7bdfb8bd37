//! The graph of a perceived molecule in flat arrays, for walks that visit it often.

use crate::perceive::Perception;
use crate::{BondIndex, BondOrder, Element};

/// Neighbours in one array, atom by atom; bonds by number.
pub(crate) struct Graph {
    /// Where the neighbours of each atom begin in `around`, and the end. Shape `[atoms + 1]`.
    starts: Vec<u32>,
    /// Neighbour and bond.
    around: Vec<(u32, u32)>,
    /// The two atoms of each bond.
    pub(crate) bonds: Vec<[u32; 2]>,
    /// Order of each bond ([`order_of_type`]) as [`order_code`] numbers it.
    pub(crate) orders: Vec<u32>,
}

impl Graph {
    pub(crate) fn new(seen: &Perception) -> Self {
        let molecule = seen.molecule();
        let mut starts = vec![0_u32; molecule.atom_count() + 1];
        let mut bonds = Vec::with_capacity(molecule.bond_count());
        let mut orders = Vec::with_capacity(molecule.bond_count());
        for (index, bond) in molecule.bonds() {
            let ends = [bond.begin.index() as u32, bond.end.index() as u32];
            bonds.push(ends);
            orders.push(order_code(order_of_type(seen, index)));
            for &atom in &ends {
                starts[atom as usize + 1] += 1;
            }
        }
        for k in 1..starts.len() {
            starts[k] += starts[k - 1];
        }
        let mut around = vec![(0, 0); 2 * bonds.len()];
        let mut next = starts.clone();
        for (bond, &[a, b]) in bonds.iter().enumerate() {
            for (atom, other) in [(a, b), (b, a)] {
                let place = &mut next[atom as usize];
                around[*place as usize] = (other, bond as u32);
                *place += 1;
            }
        }
        Self { starts, around, bonds, orders }
    }

    pub(crate) fn atom_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The neighbours of an atom and the bonds to them.
    #[inline]
    pub(crate) fn around(&self, atom: usize) -> &[(u32, u32)] {
        &self.around[self.starts[atom] as usize..self.starts[atom + 1] as usize]
    }

    pub(crate) fn degree(&self, atom: usize) -> usize {
        (self.starts[atom + 1] - self.starts[atom]) as usize
    }

    /// Neighbours of an atom that are hydrogens drawn as atoms.
    pub(crate) fn drawn_hydrogens(&self, seen: &Perception, atom: usize) -> usize {
        let molecule = seen.molecule();
        let is_hydrogen = |other: u32| molecule.atom(crate::AtomIndex::new(other as usize)).element == Some(Element::H);
        self.around(atom).iter().filter(|&&(other, _)| is_hydrogen(other)).count()
    }
}

/// The order of a bond as `RDKit`'s type of it has it: aromatic, unless it is the triple bond of an aryne, which stays one
/// on its aromatic ring.
pub(crate) fn order_of_type(seen: &Perception, bond: BondIndex) -> BondOrder {
    match seen.kekule_order(bond) {
        BondOrder::Single | BondOrder::Double => seen.order(bond),
        order => order,
    }
}

/// The numbers by which `RDKit` calls bond orders.
pub(crate) const fn order_code(order: BondOrder) -> u32 {
    match order {
        BondOrder::Single => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
        BondOrder::Aromatic => 12,
    }
}
