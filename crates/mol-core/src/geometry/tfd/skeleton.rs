//! The atoms that count, with their neighbours: what torsions are read from.

use crate::fingerprint::graph::Graph;
use crate::perceive::Perception;
use crate::{AtomIndex, BondIndex, BondOrder, Element};

/// A perceived molecule without the hydrogens that do not count.
pub(super) struct Skeleton<'a> {
    pub(super) seen: &'a Perception,
    pub(super) graph: Graph,
    pub(super) kept: Vec<bool>,
    /// Neighbours that count and the bonds to them, atom by atom; where those of each atom begin, and the end.
    around: Vec<(u32, u32)>,
    starts: Vec<u32>,
}

impl<'a> Skeleton<'a> {
    pub(super) fn new(seen: &'a Perception, polar_hydrogens: bool) -> Self {
        let molecule = seen.molecule();
        let is_carbon = |atom: AtomIndex| molecule.atom(atom).element == Some(Element::C);
        let keep = |(k, atom): (AtomIndex, &crate::Atom)| {
            atom.element != Some(Element::H) || polar_hydrogens && !molecule.neighbors(k).any(is_carbon)
        };
        let kept: Vec<bool> = molecule.atoms().map(keep).collect();
        let graph = Graph::new(seen);
        let mut around = Vec::with_capacity(2 * graph.bonds.len());
        let mut starts = Vec::with_capacity(kept.len() + 1);
        starts.push(0);
        for atom in 0..kept.len() {
            around.extend(graph.around(atom).iter().copied().filter(|&(other, _)| kept[other as usize]));
            starts.push(around.len() as u32);
        }
        Self { seen, graph, kept, around, starts }
    }

    /// The neighbours of `atom` that count and the bonds to them, in the order of the bonds.
    pub(super) fn around(&self, atom: usize) -> impl Iterator<Item = (usize, usize)> {
        let range = self.starts[atom] as usize..self.starts[atom + 1] as usize;
        self.around[range].iter().map(|&(other, bond)| (other as usize, bond as usize))
    }

    /// The neighbours of `atom` that count.
    pub(super) fn neighbors(&self, atom: usize) -> impl Iterator<Item = usize> {
        self.around(atom).map(|(other, _)| other)
    }

    /// Whether two neighbours or more count.
    pub(super) fn is_inner(&self, atom: usize) -> bool {
        self.starts[atom + 1] - self.starts[atom] > 1
    }

    /// Number of pieces that the atoms of a choice are in.
    pub(super) fn pieces(&self, chosen: impl Fn(usize) -> bool) -> usize {
        let mut seen = vec![false; self.kept.len()];
        let mut stack = Vec::new();
        let mut count = 0;
        for start in (0..seen.len()).filter(|&atom| chosen(atom)) {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            count += 1;
            stack.push(start);
            while let Some(atom) = stack.pop() {
                let around = self.graph.around(atom).iter().map(|&(other, _)| other as usize);
                stack.extend(around.filter(|&next| chosen(next) && !std::mem::replace(&mut seen[next], true)));
            }
        }
        count
    }

    /// Whether torsions through this atom are undefined: at a triple bond, or in the middle of an allene.
    pub(super) fn is_linear(&self, atom: usize) -> bool {
        let order = |&(_, bond): &(u32, u32)| self.seen.order(BondIndex::new(bond as usize));
        let count = |wanted| self.graph.around(atom).iter().map(order).filter(|&order| order == wanted).count();
        let is_carbon = self.seen.molecule().atom(AtomIndex::new(atom)).element == Some(Element::C);
        is_carbon && count(BondOrder::Double) > 1 || count(BondOrder::Triple) > 0
    }
}
