//! Stereo of a complete match: chirality of atoms, sides of double bonds.
//!
//! While atoms are looked for, what a pattern says of stereo counts as true, negated or not; here each expression that has
//! any is evaluated again with what the match says.

use super::plan::{Mark, bond_holds, directed};
use super::query::{AtomTest, Graph, Literal};
use super::search::{Planned, Search};
use super::target::Neighbor;
use crate::perceive::stated_side;
use crate::{AtomIndex, BondIndex, BondOrder, Chirality};
use smallvec::SmallVec;

impl Search<'_> {
    /// Whether the atoms of the molecule, by step of the plan, have the stereo of the pattern.
    pub(super) fn stereo_agrees(&mut self, planned: &Planned, map: &[u32]) -> bool {
        let (graph, plan) = (&planned.graph, &planned.plan);
        let at = |atom: u32| map[plan.step_of[atom as usize] as usize];
        for (index, atom) in graph.atoms.iter().enumerate() {
            if !atom.expression.literals().any(|literal| literal.test.is_chirality()) {
                continue;
            }
            let mut holds = |Literal { negated, test }| match test {
                AtomTest::Chirality { chirality, or_unspecified, .. } => {
                    self.is_arranged(graph, index as u32, chirality, or_unspecified, &at) != negated
                }
                test => self.holds(test, at(index as u32)) != negated,
            };
            if !atom.expression.is_true(&mut holds) {
                return false;
            }
        }
        plan.sided.iter().all(|&bond| self.side_agrees(graph, bond, &at))
    }

    /// Whether the neighbours of an atom are arranged as the pattern says.
    fn is_arranged(
        &self,
        graph: &Graph,
        atom: u32,
        wanted: Chirality,
        or_unspecified: bool,
        at: &impl Fn(u32) -> u32,
    ) -> bool {
        let perception = self.target.perception;
        let molecule = perception.molecule();
        let center = AtomIndex::new(at(atom) as usize);
        let Some(chirality) = self.target.chirality(center) else { return or_unspecified };
        let stated = graph.atoms[atom as usize].bonds.len();
        if stated < 3 {
            // Two neighbours have no handedness: any will do.
            return true;
        }
        let hydrogens = perception.implicit_hydrogens(center);
        let count = hydrogens + molecule.degree(center);
        if chirality.class() != wanted.class() || count > stated + 1 {
            return chirality.class() == wanted.class();
        }
        let mut order: SmallVec<[usize; 8]> = SmallVec::new();
        for neighbor in graph.neighbors(atom) {
            let other = AtomIndex::new(at(neighbor) as usize);
            let place = molecule.neighbors(center).position(|candidate| candidate == other);
            order.push(hydrogens + place.expect("bonds of the pattern are bonds of the molecule"));
        }
        if let Some(left_out) = (0..count).find(|place| !order.contains(place)) {
            order.push(left_out);
        }
        chirality.reordered(&order).number() == wanted.number()
    }

    /// Whether a double bond has its neighbours on the sides that the marks around it say.
    fn side_agrees(&self, graph: &Graph, bond: u32, at: &impl Fn(u32) -> u32) -> bool {
        let data = &graph.bonds[bond as usize];
        let [begin, end] = [data.begin, data.end];
        let Some(double) = self.target.neighbor(at(begin), at(end)) else { return true };
        let index = BondIndex::new(double.bond as usize);
        if self.target.perception.order(index) != BondOrder::Double {
            return true;
        }
        let stated = Some(index).filter(|&index| self.target.has_sides(index));
        let stated = stated.and_then(|index| stated_side(self.target.perception.molecule(), index));
        let stated = stated.map(|(left, right, cis)| {
            // `left` is a neighbour of the beginning of the molecule's bond.
            let begins = self.target.perception.molecule().bond(index).begin.index() == at(begin) as usize;
            if begins { (left, right, cis) } else { (right, left, cis) }
        });
        directed(graph, begin, bond).all(|first| {
            directed(graph, end, bond).all(|second| {
                let allowed = [self.allowed(graph, first, begin, at), self.allowed(graph, second, end, at)];
                let Some((left, right, cis)) = stated else {
                    return allowed.iter().any(|sides| sides[2]);
                };
                let moved = |bond: u32, end: u32, reference: AtomIndex| {
                    at(graph.bonds[bond as usize].other(end)) as usize != reference.index()
                };
                let cis = cis != (moved(first, begin, left) != moved(second, end, right));
                (0..2).any(|up| allowed[0][up] && allowed[1][if cis { up } else { 1 - up }])
            })
        })
    }

    /// Whether a bond beside a double bond may be up, down or without statement, as seen from `end`.
    fn allowed(&self, graph: &Graph, bond: u32, end: u32, at: &impl Fn(u32) -> u32) -> [bool; 3] {
        let data = &graph.bonds[bond as usize];
        let Some(Neighbor { bit, .. }) = self.target.neighbor(at(data.begin), at(data.end)) else { return [true; 3] };
        let marks =
            if data.begin == end { [Mark::Up, Mark::Down, Mark::None] } else { [Mark::Down, Mark::Up, Mark::None] };
        marks.map(|mark| {
            let mut holds = |literal: Literal<_>| bond_holds(literal.test, bit, mark) != literal.negated;
            data.expression.is_true(&mut holds)
        })
    }
}
