//! A molecule as search sees it: one row of small numbers per atom, neighbours in one list.

use super::query::{CHARGE_ZERO, Fact};
use crate::fingerprint::graph::order_of_type;
use crate::perceive::{Hybridization, Perception, StereoElements};
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Chirality, Element};
use std::sync::OnceLock;

/// A molecule made ready to be searched.
///
/// What this takes is kept in the [`Perception`], so that the second pattern finds it ready.
///
/// ```
/// use mol_core::{Molecule, perceive::Perception, smarts::{MatchOptions, Pattern, Target}};
/// let perception = Perception::new(&Molecule::from_smiles("NCC(=O)O")?)?;
/// let glycine = Target::new(&perception);
/// for (smarts, count) in [("[NX3;H2]", 1), ("C(=O)[OH]", 1), ("[#6]", 2), ("c", 0)] {
///     assert_eq!(Pattern::from_smarts(smarts)?.count_in(&glycine, &MatchOptions::default()).matches, count);
/// }
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub(super) perception: &'a Perception,
    table: &'a Table,
}

/// What search asks of a molecule; [`Perception`] makes it when it is first searched and keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    facts: Vec<[u16; Fact::COUNT]>,
    first_neighbor: Vec<u32>,
    neighbors: Vec<Neighbor>,
    /// Atoms of each element, wildcards first.
    elements: [u32; Element::COUNT + 1],
    components: OnceLock<Vec<u32>>,
    stereo: OnceLock<StereoElements>,
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

impl Table {
    /// Prepares a molecule, in time linear in its atoms and bonds.
    pub(crate) fn new(perception: &Perception) -> Self {
        let molecule = perception.molecule();
        let flat = perception.flat();
        let rings = perception.symmetrized_rings();
        let mut table = Self {
            facts: Vec::with_capacity(molecule.atom_count()),
            first_neighbor: Vec::with_capacity(molecule.atom_count() + 1),
            neighbors: Vec::with_capacity(2 * molecule.bond_count()),
            elements: [0; Element::COUNT + 1],
            components: OnceLock::new(),
            stereo: OnceLock::new(),
        };
        for (index, atom) in molecule.atoms() {
            table.first_neighbor.push(table.neighbors.len() as u32);
            let links = flat.links(index.index() as u32);
            let (implicit, degree) = (perception.implicit_hydrogens(index), links.len());
            let (mut hydrogens, mut light, mut ring_bonds, mut hetero, mut aliphatic) = (implicit, 0, 0, 0, 0);
            for link in links {
                let (other, bond) = (AtomIndex::new(link.atom as usize), BondIndex::new(link.bond as usize));
                let number = flat.atoms[link.atom as usize].number;
                if number == 1 {
                    hydrogens += 1;
                    light += usize::from(molecule.atom(other).isotope.is_none_or(|isotope| isotope == 0));
                } else if number != 6 {
                    hetero += 1;
                    aliphatic += usize::from(!perception.is_aromatic(other));
                }
                let ring = perception.is_ring_bond(bond);
                ring_bonds += usize::from(ring);
                let bit = bond_bit(order_of_type(perception, bond), ring);
                table.neighbors.push(Neighbor { atom: link.atom, bond: link.bond, bit });
            }
            let number = usize::from(flat.atoms[index.index()].number);
            table.elements[number] += 1;
            let charge = i32::from(CHARGE_ZERO) + i32::from(atom.charge);
            let mut row = [0_u16; Fact::COUNT];
            let mut set = |fact: Fact, value: usize| {
                row[fact as usize] = u16::try_from(value).unwrap_or(u16::MAX);
            };
            set(Fact::Kind, 2 * number + usize::from(atom.aromatic));
            set(Fact::Aromatic, usize::from(atom.aromatic));
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
            set(Fact::SmallestRing, rings.smallest_at_atom(index).unwrap_or(0));
            set(Fact::Heteroatoms, hetero);
            set(Fact::AliphaticHeteroatoms, aliphatic);
            set(Fact::Hybridization, hybridization_code(perception.hybridization(index)));
            table.facts.push(row);
        }
        table.first_neighbor.push(table.neighbors.len() as u32);
        table
    }
}

impl<'a> Target<'a> {
    /// Prepares a molecule, in time linear in its atoms and bonds the first time, else in none.
    #[must_use]
    pub fn new(perception: &'a Perception) -> Self {
        Self { perception, table: perception.search_table() }
    }

    /// The molecule's perception.
    #[must_use]
    pub const fn perception(&self) -> &'a Perception {
        self.perception
    }

    pub(super) fn len(&self) -> u32 {
        self.table.facts.len() as u32
    }

    #[inline]
    pub(super) fn fact(&self, atom: u32, fact: Fact) -> u16 {
        self.table.facts[atom as usize][fact as usize]
    }

    #[inline]
    pub(super) fn neighbors(&self, atom: u32) -> &[Neighbor] {
        let [first, last] = [self.table.first_neighbor[atom as usize], self.table.first_neighbor[atom as usize + 1]];
        &self.table.neighbors[first as usize..last as usize]
    }

    #[inline]
    pub(super) fn neighbor(&self, atom: u32, other: u32) -> Option<Neighbor> {
        self.neighbors(atom).iter().find(|neighbor| neighbor.atom == other).copied()
    }

    pub(super) fn count_of(&self, number: u8) -> u32 {
        self.table.elements[number as usize]
    }

    /// Whether an atom lies on a ring of a size from `low` to `high`.
    pub(super) fn on_ring_of(&self, atom: u32, low: u16, high: u16) -> bool {
        let rings = self.perception.symmetrized_rings();
        let of_atom = rings.of_atom(AtomIndex::new(atom as usize));
        // Like the smallest ring, the size of a ring that is not there is 0.
        low == 0 && of_atom.is_empty()
            || of_atom.iter().any(|&ring| (usize::from(low)..=usize::from(high)).contains(&rings.atoms(ring).len()))
    }

    /// The connected component of an atom.
    pub(super) fn component(&self, atom: u32) -> u32 {
        let label = || {
            let mut labels = vec![0; self.table.facts.len()];
            for (k, component) in self.perception.molecule().components().iter().enumerate() {
                for atom in component {
                    labels[atom.index()] = k as u32;
                }
            }
            labels
        };
        self.table.components.get_or_init(label)[atom as usize]
    }

    fn stereo(&self) -> &StereoElements {
        self.table.stereo.get_or_init(|| StereoElements::new(self.perception))
    }

    /// The arrangement that is stated at an atom; a tetrahedral one only at a stereocentre.
    pub(super) fn chirality(&self, atom: AtomIndex) -> Option<Chirality> {
        let chirality = self.perception.molecule().atom(atom).chirality?;
        let means_something = match chirality.class() {
            ChiralClass::Tetrahedral => {
                let centers = self.stereo().centers();
                centers.binary_search_by_key(&atom, |center| center.atom).is_ok_and(|place| centers[place].specified)
            }
            ChiralClass::Allenal => {
                self.stereo().allenes().iter().any(|allene| allene.atom == atom && allene.specified)
            }
            _ => true,
        };
        means_something.then_some(chirality)
    }

    /// Whether the sides of a double bond are stated and mean something.
    pub(super) fn has_sides(&self, bond: BondIndex) -> bool {
        let bonds = self.stereo().bonds();
        bonds.binary_search_by_key(&bond, |stereo| stereo.bond).is_ok_and(|place| bonds[place].specified)
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
