//! A molecule as search sees it: one row of small numbers per atom, neighbours in one list.

use super::query::{CHARGE_ZERO, Fact};
use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, BondIndex, BondOrder, Element};
use std::sync::OnceLock;

/// A molecule made ready for many patterns.
///
/// [`Pattern::matches`](super::Pattern::matches) makes one for each call; a loop over patterns makes it once and asks
/// [`Pattern::matches_in`](super::Pattern::matches_in).
///
/// ```
/// use mol_core::{Molecule, perceive::Perception, smarts::{Pattern, Target}};
/// let perception = Perception::new(&Molecule::from_smiles("NCC(=O)O")?)?;
/// let glycine = Target::new(&perception);
/// for (smarts, count) in [("[NX3;H2]", 1), ("C(=O)[OH]", 1), ("[#6]", 2), ("c", 0)] {
///     assert_eq!(Pattern::from_smarts(smarts)?.count_in(&glycine), count);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Target<'a> {
    pub(super) perception: &'a Perception,
    facts: Vec<[u16; Fact::COUNT]>,
    first_neighbor: Vec<u32>,
    neighbors: Vec<Neighbor>,
    /// Atoms of each element, wildcards first.
    elements: [u32; Element::COUNT + 1],
    components: OnceLock<Vec<u32>>,
}

/// A neighbour in the list of its atom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbor {
    pub(super) atom: u32,
    pub(super) bond: u32,
    /// The one bit of the bond's kind ([`bond_bit`]).
    pub(super) bit: u16,
}

/// The bit of an order on a ring or off it in the table of a bond expression.
pub(super) const fn bond_bit(order: BondOrder, ring: bool) -> u16 {
    let order = match order {
        BondOrder::Single => 0,
        BondOrder::Double => 1,
        BondOrder::Triple => 2,
        BondOrder::Quadruple => 3,
        BondOrder::Aromatic => 4,
    };
    1 << (2 * order + ring as u16)
}

impl<'a> Target<'a> {
    /// Prepares a molecule, in time linear in its atoms and bonds.
    #[must_use]
    pub fn new(perception: &'a Perception) -> Self {
        let molecule = perception.molecule();
        let mut target = Self {
            perception,
            facts: Vec::with_capacity(molecule.atom_count()),
            first_neighbor: Vec::with_capacity(molecule.atom_count() + 1),
            neighbors: Vec::with_capacity(2 * molecule.bond_count()),
            elements: [0; Element::COUNT + 1],
            components: OnceLock::new(),
        };
        for (index, atom) in molecule.atoms() {
            target.first_neighbor.push(target.neighbors.len() as u32);
            let implicit = perception.implicit_hydrogens(index);
            let degree = molecule.degree(index);
            let (mut hydrogens, mut light, mut ring_bonds, mut hetero, mut aliphatic) = (implicit, 0, 0, 0, 0);
            for &bond in molecule.bonds_of(index) {
                let other = molecule.bond(bond).other(index);
                let data = molecule.atom(other);
                let is_hydrogen = data.element == Some(Element::H);
                hydrogens += usize::from(is_hydrogen);
                light += usize::from(is_hydrogen && data.isotope.is_none_or(|isotope| isotope == 0));
                let is_hetero = !is_hydrogen && data.element != Some(Element::C);
                hetero += usize::from(is_hetero);
                aliphatic += usize::from(is_hetero && !perception.is_aromatic(other));
                let ring = perception.is_ring_bond(bond);
                ring_bonds += usize::from(ring);
                let bit = bond_bit(perception.order(bond), ring);
                target.neighbors.push(Neighbor { atom: other.index() as u32, bond: bond.index() as u32, bit });
            }
            let number = usize::from(atom.element.map_or(0, Element::number));
            target.elements[number] += 1;
            let aromatic = perception.is_aromatic(index);
            let rings = perception.rings();
            let charge = i32::from(CHARGE_ZERO) + i32::from(atom.charge);
            let mut row = [0_u16; Fact::COUNT];
            let mut set = |fact: Fact, value: usize| {
                row[fact as usize] = u16::try_from(value).unwrap_or(u16::MAX);
            };
            set(Fact::Kind, 2 * number + usize::from(aromatic));
            set(Fact::Aromatic, usize::from(aromatic));
            set(Fact::Isotope, usize::from(atom.isotope.unwrap_or(0)));
            set(Fact::Charge, usize::try_from(charge).unwrap_or(0));
            set(Fact::Degree, degree);
            set(Fact::HeavyDegree, degree - light);
            set(Fact::Connections, degree + implicit);
            set(Fact::Valence, perception.valence(index));
            set(Fact::Hydrogens, hydrogens);
            set(Fact::ImplicitHydrogens, implicit);
            set(Fact::RingBonds, ring_bonds);
            set(Fact::Rings, rings.of_atom(index).len());
            set(Fact::SmallestRing, rings.of_atom(index).first().map_or(0, |&ring| rings.atoms(ring).len()));
            set(Fact::Heteroatoms, hetero);
            set(Fact::AliphaticHeteroatoms, aliphatic);
            set(Fact::Hybridization, hybridization_code(perception.hybridization(index)));
            target.facts.push(row);
        }
        target.first_neighbor.push(target.neighbors.len() as u32);
        target
    }

    /// The molecule's perception.
    #[must_use]
    pub const fn perception(&self) -> &'a Perception {
        self.perception
    }

    pub(super) const fn len(&self) -> u32 {
        self.facts.len() as u32
    }

    #[inline]
    pub(super) fn fact(&self, atom: u32, fact: Fact) -> u16 {
        self.facts[atom as usize][fact as usize]
    }

    #[inline]
    pub(super) fn neighbors(&self, atom: u32) -> &[Neighbor] {
        let [first, last] = [self.first_neighbor[atom as usize], self.first_neighbor[atom as usize + 1]];
        &self.neighbors[first as usize..last as usize]
    }

    #[inline]
    pub(super) fn neighbor(&self, atom: u32, other: u32) -> Option<Neighbor> {
        self.neighbors(atom).iter().find(|neighbor| neighbor.atom == other).copied()
    }

    pub(super) const fn count_of(&self, number: u8) -> u32 {
        self.elements[number as usize]
    }

    /// Whether an atom lies on a ring of a size from `low` to `high`.
    pub(super) fn on_ring_of(&self, atom: u32, low: u16, high: u16) -> bool {
        let rings = self.perception.rings();
        let of_atom = rings.of_atom(AtomIndex::new(atom as usize));
        // Like the smallest ring, the size of a ring that is not there is 0.
        low == 0 && of_atom.is_empty()
            || of_atom.iter().any(|&ring| (usize::from(low)..=usize::from(high)).contains(&rings.atoms(ring).len()))
    }

    /// The connected component of an atom.
    pub(super) fn component(&self, atom: u32) -> u32 {
        let label = || {
            let mut labels = vec![0; self.facts.len()];
            for (k, component) in self.perception.molecule().components().iter().enumerate() {
                component.iter().for_each(|atom| labels[atom.index()] = k as u32);
            }
            labels
        };
        self.components.get_or_init(label)[atom as usize]
    }

    pub(super) fn bond(&self, neighbor: Neighbor) -> BondIndex {
        BondIndex::new(neighbor.bond as usize)
    }
}

/// One more than the digit behind `^`; 0 where there is none.
const fn hybridization_code(hybridization: Hybridization) -> usize {
    match hybridization {
        Hybridization::S => 1,
        Hybridization::Sp => 2,
        Hybridization::Sp2 => 3,
        Hybridization::Sp3 => 4,
        Hybridization::Sp3d => 5,
        Hybridization::Sp3d2 => 6,
        Hybridization::Sp2d | Hybridization::Unspecified => 0,
    }
}
