//! The atoms that count, with their neighbours: what torsions are read from.

use crate::fingerprint::graph::Graph;
use crate::perceive::Perception;
use crate::{AtomIndex, BondIndex, BondOrder, Element};

/// A perceived molecule without the hydrogens that do not count.
pub(super) struct Skeleton<'a> {
    pub(super) seen: &'a Perception,
    pub(super) graph: Graph,
    pub(super) kept: Vec<bool>,
}

impl<'a> Skeleton<'a> {
    pub(super) fn new(seen: &'a Perception, polar_hydrogens: bool) -> Self {
        let molecule = seen.molecule();
        let is_carbon = |atom: AtomIndex| molecule.atom(atom).element == Some(Element::C);
        let keep = |(k, atom): (AtomIndex, &crate::Atom)| {
            atom.element != Some(Element::H) || polar_hydrogens && !molecule.neighbors(k).any(is_carbon)
        };
        Self { seen, graph: Graph::new(seen), kept: molecule.atoms().map(keep).collect() }
    }

    /// The neighbours of `atom` that count and the bonds to them, in the order of the bonds.
    pub(super) fn around(&self, atom: usize) -> impl Iterator<Item = (usize, usize)> {
        let counts = |&&(other, _): &&(u32, u32)| self.kept[other as usize];
        self.graph.around(atom).iter().filter(counts).map(|&(other, bond)| (other as usize, bond as usize))
    }

    /// The neighbours of `atom` that count.
    pub(super) fn neighbors(&self, atom: usize) -> impl Iterator<Item = usize> {
        self.around(atom).map(|(other, _)| other)
    }

    /// Whether two neighbours or more count.
    pub(super) fn is_inner(&self, atom: usize) -> bool {
        self.neighbors(atom).nth(1).is_some()
    }

    /// Whether torsions through this atom are undefined: at a triple bond, or in the middle of an allene.
    pub(super) fn is_linear(&self, atom: usize) -> bool {
        let order = |&(_, bond): &(u32, u32)| self.seen.order(BondIndex::new(bond as usize));
        let count = |wanted| self.graph.around(atom).iter().map(order).filter(|&order| order == wanted).count();
        let is_carbon = self.seen.molecule().atom(AtomIndex::new(atom)).element == Some(Element::C);
        is_carbon && count(BondOrder::Double) > 1 || count(BondOrder::Triple) > 0
    }
}
