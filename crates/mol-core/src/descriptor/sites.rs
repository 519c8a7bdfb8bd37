//! A flat view of a perceived molecule: what typing rules ask of an atom and of its neighbours, side by side.
//!
//! Crippen's types, polar surface, donors and acceptors ask the same dozen facts of every atom. They are gathered here
//! once, so that the rules read as conditions and cost a few comparisons. Deliberately not here: the rules.

use crate::perceive::Perception;
use crate::{BondOrder, Element};

/// An atom as rules see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    /// Atomic number, 0 for the wildcard.
    pub(super) number: u8,
    pub(super) charge: i8,
    pub(super) aromatic: bool,
    /// All hydrogens, drawn or counted.
    pub(super) hydrogens: u8,
    /// Counted hydrogens.
    pub(super) implicit: u8,
    /// Neighbours in the graph.
    pub(super) degree: u8,
    /// Kekulé valence, hydrogens included.
    pub(super) valence: u8,
    pub(super) in_ring: bool,
    first: u32,
}

impl Site {
    /// Neighbours, counted hydrogens included (`X` in SMARTS).
    pub(super) const fn connections(self) -> u8 {
        self.degree.saturating_add(self.implicit)
    }

    /// Whether the atom is an aliphatic one of this atomic number.
    pub(super) const fn is_aliphatic(self, number: u8) -> bool {
        self.number == number && !self.aromatic
    }
}

/// A bond as its atom sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) to: u32,
    pub(super) order: BondOrder,
    pub(super) in_ring: bool,
}

/// All sites and links of a molecule, numbered as its atoms.
#[derive(Clone, Debug)]
pub(super) struct Sites {
    sites: Vec<Site>,
    links: Vec<Link>,
}

impl Sites {
    pub(super) fn new(perception: &Perception) -> Self {
        let molecule = perception.molecule();
        let mut sites = Vec::with_capacity(molecule.atom_count() + 1);
        let mut links = Vec::with_capacity(2 * molecule.bond_count());
        for (index, atom) in molecule.atoms() {
            sites.push(Site {
                number: atom.element.map_or(0, Element::number),
                charge: atom.charge,
                aromatic: perception.is_aromatic(index),
                hydrogens: narrow(perception.hydrogens(index)),
                implicit: narrow(perception.implicit_hydrogens(index)),
                degree: narrow(molecule.degree(index)),
                valence: narrow(perception.valence(index)),
                in_ring: perception.in_ring(index),
                first: links.len() as u32,
            });
            links.extend(molecule.bonds_of(index).iter().map(|&bond| Link {
                to: molecule.bond(bond).other(index).index() as u32,
                order: perception.order(bond),
                in_ring: perception.is_ring_bond(bond),
            }));
        }
        Self { sites, links }
    }

    pub(super) fn len(&self) -> usize {
        self.sites.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Site)> {
        self.sites.iter().copied().enumerate()
    }

    pub(super) fn site(&self, atom: usize) -> Site {
        self.sites[atom]
    }

    /// The bonds of an atom.
    pub(super) fn links(&self, atom: usize) -> &[Link] {
        let first = |k: usize| self.sites.get(k).map_or(self.links.len(), |site| site.first as usize);
        &self.links[first(atom)..first(atom + 1)]
    }

    /// The neighbours of an atom with their bonds.
    pub(super) fn neighbors(&self, atom: usize) -> impl Iterator<Item = (Link, Site)> {
        self.links(atom).iter().map(|&link| (link, self.sites[link.to as usize]))
    }

    /// Neighbours by a single or aromatic bond, which is what SMARTS means by no bond symbol.
    pub(super) fn plain(&self, atom: usize) -> impl Iterator<Item = (usize, Site)> {
        self.neighbors(atom)
            .filter(|(link, _)| matches!(link.order, BondOrder::Single | BondOrder::Aromatic))
            .map(|(link, site)| (link.to as usize, site))
    }

    /// Neighbours by a double bond that is not aromatic.
    pub(super) fn double(&self, atom: usize) -> impl Iterator<Item = (usize, Site)> {
        let doubles = self.neighbors(atom).filter(|(link, _)| link.order == BondOrder::Double);
        doubles.map(|(link, site)| (link.to as usize, site))
    }

    /// Whether an atom is on a ring of three atoms.
    pub(super) fn in_three_ring(&self, atom: usize) -> bool {
        let links = self.links(atom);
        let joined = |a: &Link, b: &Link| self.links(a.to as usize).iter().any(|link| link.to == b.to);
        self.sites[atom].in_ring && links.iter().enumerate().any(|(k, a)| links[..k].iter().any(|b| joined(a, b)))
    }
}

/// Counts beyond 255 belong to no atom that any rule knows.
fn narrow(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}
