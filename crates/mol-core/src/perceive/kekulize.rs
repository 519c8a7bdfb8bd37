//! Aromatic bonds as alternating single and double bonds: a matching of the atoms that need one.
//!
//! Which atoms need a double bond follows from their valence alone; that each gets exactly one is a perfect matching of
//! a general graph (azulene and the fullerenes have odd cycles), found by Edmonds' blossoms. Deliberately not here:
//! the enumeration of all Kekulé structures.

use super::valence::{effective_valences, sigma_valence};
use crate::{AtomIndex, BondIndex, BondOrder, Error, Molecule, Result};
use std::collections::VecDeque;

impl Molecule {
    /// The same molecule with its aromatic bonds written as single and double ones, no atom aromatic; hydrogen counts,
    /// conformers, chirality and numbering are kept.
    ///
    /// An atom with aromatic bonds takes one double bond if its bonds, each aromatic one counted as single, and its
    /// hydrogens leave it one short of a normal valence (of the isoelectronic neutral element, if it is charged). A
    /// wildcard may take one. Of several structures one is chosen, fixed for one numbering.
    ///
    /// ```
    /// use mol_core::{BondOrder, Molecule};
    /// let pyrrole = Molecule::from_smiles("c1cc[nH]c1")?.kekulized()?;
    /// assert_eq!(pyrrole.bonds().filter(|(_, bond)| bond.order == BondOrder::Double).count(), 2);
    /// let open = Molecule::from_smiles("c1ccnc1")?.kekulized(); // its hydrogen is missing
    /// assert!(open.unwrap_err().to_string().contains("kekulized"));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Kekulize`] with the atoms left over, if double bonds cannot reach all that need one.
    ///
    /// Edmonds, *Can. J. Math.* **17**, 449 (1965).
    pub fn kekulized(&self) -> Result<Self> {
        let mut need = vec![Need::None; self.atom_count()];
        for (_, bond) in self.bonds().filter(|(_, bond)| bond.order == BondOrder::Aromatic) {
            need[bond.begin.index()] = need_of(self, bond.begin);
            need[bond.end.index()] = need_of(self, bond.end);
        }
        // An aromatic atom all of whose bonds are written out keeps its flag nowhere, and needs nothing.
        let mut matching = Matching::new(self, &need);
        let left: Vec<AtomIndex> = self
            .atoms()
            .map(|(k, _)| k)
            .filter(|k| need[k.index()] == Need::One && !matching.cover(k.index(), &need))
            .collect();
        if !left.is_empty() {
            return Err(Error::Kekulize { atoms: left });
        }
        let orders: Vec<(BondIndex, BondOrder)> = self
            .bonds()
            .filter(|(_, bond)| bond.order == BondOrder::Aromatic)
            .map(|(k, bond)| {
                let double = matching.mate[bond.begin.index()] == Some(bond.end.index());
                (k, if double { BondOrder::Double } else { BondOrder::Single })
            })
            .collect();
        Ok(self.rewritten(&orders, &vec![false; self.atom_count()]))
    }

    /// A copy with other bond orders and aromatic flags whose hydrogen counts are what they were.
    pub(crate) fn rewritten(&self, orders: &[(BondIndex, BondOrder)], aromatic: &[bool]) -> Self {
        let mut builder = self.to_builder();
        for &(bond, order) in orders {
            builder.bond_data_mut(bond).order = order;
        }
        for (atom, _) in self.atoms() {
            builder.atom_mut(atom).expect("an atom of the same molecule").aromatic = aromatic[atom.index()];
        }
        for (atom, data) in self.atoms() {
            if data.hydrogens.is_none() && builder.molecule().hydrogens(atom) != self.hydrogens(atom) {
                builder.atom_mut(atom).expect("an atom of the same molecule").hydrogens = Some(self.hydrogens(atom));
            }
        }
        let mut molecule = builder.finish();
        for conformer in self.conformers() {
            molecule.add_conformer(conformer.positions().to_vec()).expect("conformers of the same atoms");
        }
        molecule
    }
}

/// What an atom asks of its aromatic bonds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// No double bond.
    None,
    /// Exactly one.
    One,
    /// One or none.
    Any,
}

fn need_of(molecule: &Molecule, atom: AtomIndex) -> Need {
    let data = molecule.atom(atom);
    let Some(element) = data.element else { return Need::Any };
    let valences = effective_valences(element, data.charge);
    let spent = sigma_valence(molecule, atom);
    // Below the lowest valence an atom is a radical in the plane of its ring: the double bond comes first.
    let short = valences.first().is_some_and(|&lowest| spent < lowest);
    if short || valences.contains(&(spent + 1)) { Need::One } else { Need::None }
}

/// A matching of a general graph; atoms that need a double bond and have one keep having one.
struct Matching {
    /// Candidates for a double bond at each atom.
    neighbors: Vec<Vec<usize>>,
    mate: Vec<Option<usize>>,
}

impl Matching {
    fn new(molecule: &Molecule, need: &[Need]) -> Self {
        let mut neighbors = vec![Vec::new(); molecule.atom_count()];
        for (_, bond) in molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Aromatic) {
            let (a, b) = (bond.begin.index(), bond.end.index());
            if need[a] != Need::None && need[b] != Need::None {
                neighbors[a].push(b);
                neighbors[b].push(a);
            }
        }
        for list in &mut neighbors {
            list.sort_unstable();
        }
        let mut matching = Self { neighbors, mate: vec![None; molecule.atom_count()] };
        // A start along the bonds; wildcards stay free until they are needed.
        for a in 0..need.len() {
            let free = |b: &&usize| need[**b] == Need::One && matching.mate[**b].is_none();
            if need[a] == Need::One
                && matching.mate[a].is_none()
                && let Some(&b) = matching.neighbors[a].iter().find(free)
            {
                (matching.mate[a], matching.mate[b]) = (Some(b), Some(a));
            }
        }
        matching
    }

    /// Makes sure that `root` is matched, by an alternating path if it is not yet; false if there is none. The path ends
    /// at an atom that is free, else at a wildcard that becomes free.
    fn cover(&mut self, root: usize, need: &[Need]) -> bool {
        if self.mate[root].is_some() {
            return true;
        }
        let count = self.mate.len();
        let mut base: Vec<usize> = (0..count).collect();
        let mut parent = vec![None; count];
        let mut outer = vec![false; count];
        outer[root] = true;
        let mut queue = VecDeque::from([root]);
        while let Some(here) = queue.pop_front() {
            for k in 0..self.neighbors[here].len() {
                let other = self.neighbors[here][k];
                if base[here] == base[other] || self.mate[here] == Some(other) {
                    continue;
                }
                let is_outer = other == root || self.mate[other].is_some_and(|mate| parent[mate].is_some());
                if is_outer {
                    self.contract(here, other, &mut base, &mut parent, &mut outer, &mut queue);
                } else if parent[other].is_none() {
                    parent[other] = Some(here);
                    match self.mate[other] {
                        None => {
                            self.augment(other, &parent);
                            return true;
                        }
                        Some(mate) => {
                            outer[mate] = true;
                            queue.push_back(mate);
                        }
                    }
                }
            }
        }
        let spared = (0..count).find(|&k| k != root && outer[k] && need[k] == Need::Any);
        let Some((spared, end)) = spared.and_then(|k| Some((k, self.mate[k]?))) else { return false };
        self.mate[spared] = None;
        self.augment(end, &parent);
        true
    }

    /// Exchanges matched and unmatched edges along the path that ends at the free atom `end`.
    fn augment(&mut self, end: usize, parent: &[Option<usize>]) {
        let mut at = Some(end);
        while let Some(here) = at {
            let before = parent[here].expect("a path leads back to its root");
            at = self.mate[before];
            (self.mate[here], self.mate[before]) = (Some(before), Some(here));
        }
    }

    /// Shrinks the odd cycle that the edge `a`–`b` closes into its base.
    fn contract(
        &self,
        a: usize,
        b: usize,
        base: &mut [usize],
        parent: &mut [Option<usize>],
        outer: &mut [bool],
        queue: &mut VecDeque<usize>,
    ) {
        let bottom = self.common_base(a, b, base, parent);
        let mut in_blossom = vec![false; base.len()];
        for (start, across) in [(a, b), (b, a)] {
            let (mut here, mut child) = (start, across);
            while base[here] != bottom {
                let mate = self.mate[here].expect("outer atoms other than the root are matched");
                in_blossom[base[here]] = true;
                in_blossom[base[mate]] = true;
                parent[here] = Some(child);
                child = mate;
                here = parent[mate].expect("inner atoms have parents");
            }
        }
        for k in 0..base.len() {
            if in_blossom[base[k]] {
                base[k] = bottom;
                if !std::mem::replace(&mut outer[k], true) {
                    queue.push_back(k);
                }
            }
        }
    }

    /// The lowest base that two alternating paths share.
    fn common_base(&self, a: usize, b: usize, base: &[usize], parent: &[Option<usize>]) -> usize {
        let step = |here: usize| self.mate[here].and_then(|mate| parent[mate]);
        let mut seen = vec![false; base.len()];
        let mut here = base[a];
        seen[here] = true;
        while let Some(below) = step(here) {
            here = base[below];
            seen[here] = true;
        }
        let mut here = base[b];
        while !seen[here] {
            here = base[step(here).expect("the paths meet at the root")];
        }
        here
    }
}
