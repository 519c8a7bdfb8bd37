//! A molecule as flat arrays, which is what the algorithms of this module run on.
//!
//! One pass over the graph copies what perception asks again and again (neighbours in one list, element, charge,
//! hydrogens, the sum of bond orders), so that nothing below looks a bond up through the graph. Deliberately not here:
//! anything that is not in the molecule.

use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Molecule};

/// A neighbour and the bond to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) atom: u32,
    pub(crate) bond: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatAtom {
    first: u32,
    /// Neighbours in the graph.
    pub(crate) degree: u32,
    /// Bond orders and counted hydrogens, an aromatic bond as one.
    pub(crate) valence: u32,
    /// Atomic number, 0 for the wildcard.
    pub(crate) number: u8,
    pub(crate) charge: i8,
    /// Hydrogens that are counted only.
    pub(crate) hydrogens: u8,
    pub(crate) class: Option<ChiralClass>,
}

impl FlatAtom {
    /// Neighbours, counted hydrogens included.
    pub(crate) fn total_degree(&self) -> u32 {
        self.degree + u32::from(self.hydrogens)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatBond {
    pub(crate) ends: [u32; 2],
    pub(crate) order: BondOrder,
}

impl FlatBond {
    pub(crate) const fn other(&self, atom: u32) -> u32 {
        self.ends[0] ^ self.ends[1] ^ atom
    }
}

/// Atoms, bonds and neighbours of a molecule.
#[derive(Clone, Debug)]
pub(crate) struct Flat {
    pub(crate) atoms: Vec<FlatAtom>,
    pub(crate) bonds: Vec<FlatBond>,
    links: Vec<Link>,
}

impl Flat {
    pub(crate) fn new(molecule: &Molecule) -> Self {
        let bonds: Vec<FlatBond> = molecule
            .bonds()
            .map(|(_, bond)| FlatBond { ends: [bond.begin.index() as u32, bond.end.index() as u32], order: bond.order })
            .collect();
        let mut links = Vec::with_capacity(2 * bonds.len());
        let atoms = molecule
            .atoms()
            .map(|(index, atom)| {
                let first = links.len() as u32;
                let here = index.index() as u32;
                let hydrogens = molecule.hydrogens(index);
                let mut valence = u32::from(hydrogens);
                for &bond in molecule.bonds_of(index) {
                    let bond = bond.index() as u32;
                    // A place kept for a ring bond that is still open leads nowhere.
                    if let Some(data) = bonds.get(bond as usize) {
                        valence += pairs(data.order);
                        links.push(Link { atom: data.other(here), bond });
                    }
                }
                FlatAtom {
                    first,
                    degree: links.len() as u32 - first,
                    valence,
                    number: atom.element.map_or(0, crate::Element::number),
                    charge: atom.charge,
                    hydrogens,
                    class: atom.chirality.map(crate::Chirality::class),
                }
            })
            .collect();
        Self { atoms, bonds, links }
    }

    /// The neighbours of an atom, in the order of the molecule.
    pub(crate) fn links(&self, atom: u32) -> &[Link] {
        let data = &self.atoms[atom as usize];
        &self.links[data.first as usize..(data.first + data.degree) as usize]
    }

    pub(crate) fn order(&self, bond: u32) -> BondOrder {
        self.bonds[bond as usize].order
    }

    /// Moves an electron pair of a multiple bond of `atom` to the other end.
    pub(crate) fn split(&mut self, atom: u32, link: Link) {
        let order = match self.order(link.bond) {
            BondOrder::Triple => BondOrder::Double,
            _ => BondOrder::Single,
        };
        self.bonds[link.bond as usize].order = order;
        for (end, charge) in [(atom, 1), (link.atom, -1)] {
            let data = &mut self.atoms[end as usize];
            data.valence -= 1;
            data.charge = data.charge.saturating_add(charge);
        }
    }

    pub(crate) fn is_multiple(&self, bond: u32) -> bool {
        self.order(bond) > BondOrder::Single
    }
}

/// Electron pairs of a bond, an aromatic one as single.
pub(crate) const fn pairs(order: BondOrder) -> u32 {
    match order {
        BondOrder::Single | BondOrder::Aromatic => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
    }
}

/// The index of an atom kept as a number.
pub(crate) const fn atom_index(atom: u32) -> AtomIndex {
    AtomIndex::new(atom as usize)
}

/// The index of a bond kept as a number.
pub(crate) const fn bond_index(bond: u32) -> BondIndex {
    BondIndex::new(bond as usize)
}
