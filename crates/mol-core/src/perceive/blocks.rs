//! Which bonds are part of a ring, and the blocks (biconnected components) they form.
//!
//! One depth-first pass finds both. Every ring lies within one block, and most blocks of molecules are a single ring,
//! whose atoms the pass already has in order. Deliberately not here: the rings of blocks that hold several.

use super::flat::Flat;
use crate::{BondIndex, Molecule};
use smallvec::SmallVec;

const UNSEEN: u32 = u32::MAX;

/// For each bond whether it lies on a ring, shape `[bonds]`.
///
/// A bond is on a ring unless removing it disconnects its ends; found in one depth-first pass in linear time, without
/// recursion (Tarjan, *Inf. Process. Lett.* **2**, 160 (1974)).
///
/// ```
/// let toluene = mol_core::Molecule::from_smiles("Cc1ccccc1")?;
/// let on_ring = mol_core::perceive::ring_bonds(&toluene);
/// assert_eq!(on_ring.iter().filter(|&&yes| yes).count(), 6);
/// assert!(!on_ring[0]);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[must_use]
pub fn ring_bonds(molecule: &Molecule) -> Vec<bool> {
    // Not by the blocks: the reader of SMILES asks this of molecules whose hydrogens are not counted yet, and a flat copy
    // would cost it as much as reading does.
    let mut on_ring = vec![true; molecule.bond_count()];
    // Order of discovery, and the earliest atom that the subtree reaches without its own tree bond.
    let mut found = vec![UNSEEN; molecule.atom_count()];
    let mut lowest = vec![UNSEEN; molecule.atom_count()];
    let mut clock = 0;
    // Atom, the bond it was reached by, the next of its bonds to follow.
    let mut path: Vec<(crate::AtomIndex, Option<BondIndex>, usize)> = Vec::new();
    for (start, _) in molecule.atoms() {
        if found[start.index()] != UNSEEN {
            continue;
        }
        (found[start.index()], lowest[start.index()]) = (clock, clock);
        clock += 1;
        path.push((start, None, 0));
        while let Some((atom, reached_by, next)) = path.last_mut() {
            let (here, reached_by) = (atom.index(), *reached_by);
            if let Some(&bond) = molecule.bonds_of(*atom).get(*next) {
                *next += 1;
                let other = molecule.bond(bond).other(*atom);
                if found[other.index()] == UNSEEN {
                    (found[other.index()], lowest[other.index()]) = (clock, clock);
                    clock += 1;
                    path.push((other, Some(bond), 0));
                } else if Some(bond) != reached_by {
                    lowest[here] = lowest[here].min(found[other.index()]);
                }
                continue;
            }
            path.pop();
            if let (Some(bond), Some((parent, ..))) = (reached_by, path.last()) {
                let above = parent.index();
                lowest[above] = lowest[above].min(lowest[here]);
                if lowest[here] > found[above] {
                    on_ring[bond.index()] = false;
                }
            }
        }
    }
    on_ring
}

/// A bond of a block with its ends in the direction in which the search went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) bond: u32,
    pub(super) from: u32,
    pub(super) to: u32,
    /// Whether it led to an atom that was known.
    pub(super) closes: bool,
}

/// The blocks of two and more bonds, each with the number of its independent rings.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    steps: Vec<Step>,
    /// End of each block among the steps, its rings.
    ends: SmallVec<[(u32, u32); 8]>,
}

impl Blocks {
    /// Finds the blocks. In a block of one ring the steps go round it.
    pub(super) fn new(flat: &Flat) -> Self {
        struct Frame {
            atom: u32,
            next: u32,
            /// The step it was reached by among the open ones.
            step: u32,
        }
        let count = flat.atoms.len();
        let mut blocks = Self::default();
        if flat.bonds.len() < 3 {
            return blocks;
        }
        let mut seen: SmallVec<[[u32; 2]; 64]> = SmallVec::from_elem([UNSEEN; 2], count);
        let seen = &mut seen[..];
        let mut clock = 0_u32;
        let mut open: SmallVec<[Step; 64]> = SmallVec::new();
        let mut path: SmallVec<[Frame; 64]> = SmallVec::new();
        for start in 0..count as u32 {
            if seen[start as usize][0] != UNSEEN {
                continue;
            }
            seen[start as usize] = [clock; 2];
            clock += 1;
            path.push(Frame { atom: start, next: 0, step: UNSEEN });
            while let Some(frame) = path.last_mut() {
                let here = frame.atom;
                if let Some(&link) = flat.links(here).get(frame.next as usize) {
                    frame.next += 1;
                    let other = link.atom as usize;
                    if seen[other][0] == UNSEEN {
                        seen[other] = [clock; 2];
                        clock += 1;
                        let step = open.len() as u32;
                        open.push(Step { bond: link.bond, from: here, to: link.atom, closes: false });
                        path.push(Frame { atom: link.atom, next: 0, step });
                    } else if seen[other][0] < seen[here as usize][0]
                        && open.get(frame.step as usize).is_none_or(|step| step.bond != link.bond)
                    {
                        seen[here as usize][1] = seen[here as usize][1].min(seen[other][0]);
                        open.push(Step { bond: link.bond, from: here, to: link.atom, closes: true });
                    }
                    continue;
                }
                let first = frame.step as usize;
                path.pop();
                if let Some(parent) = path.last() {
                    let above = parent.atom as usize;
                    let reach = seen[here as usize][1];
                    seen[above][1] = seen[above][1].min(reach);
                    if reach >= seen[above][0] {
                        if open.len() > first + 1 {
                            let rings = open[first..].iter().filter(|step| step.closes).count();
                            if blocks.steps.is_empty() {
                                blocks.steps.reserve(flat.bonds.len());
                            }
                            blocks.steps.extend_from_slice(&open[first..]);
                            blocks.ends.push((blocks.steps.len() as u32, rings as u32));
                        }
                        open.truncate(first);
                    }
                }
            }
        }
        blocks
    }

    /// The steps of each block with the number of its rings.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[Step], usize)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(end, _)| end));
        starts.zip(&self.ends).map(|(start, &(end, rings))| (&self.steps[start as usize..end as usize], rings as usize))
    }

    /// For each of `count` bonds whether it is of a block.
    pub(super) fn ring_bonds(&self, count: usize) -> Vec<bool> {
        let mut on_ring = vec![false; count];
        for step in &self.steps {
            on_ring[step.bond as usize] = true;
        }
        on_ring
    }

    /// All steps of all blocks: the ring bonds.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_removing_each_bond() {
        for smiles in
            ["C", "CC", "C1CC1CC2CC2", "C1CC2CCC1C2", "C12CC1C2.C3CC3C", "C1CC1C1CC1", "CC(C)(C)C", "C1CC12CC2"]
        {
            let molecule = Molecule::from_smiles(smiles).unwrap();
            let parts = molecule.components().len();
            let blocks = Blocks::new(&Flat::new(&molecule));
            for (bond, on_ring) in ring_bonds(&molecule).into_iter().enumerate() {
                let mut builder = crate::MoleculeBuilder::new();
                for (_, atom) in molecule.atoms() {
                    builder.add_atom(*atom);
                }
                for (_, kept) in molecule.bonds().filter(|(k, _)| k.index() != bond) {
                    builder.add_bond(kept.begin, kept.end, kept.order).unwrap();
                }
                assert_eq!(on_ring, builder.molecule().components().len() == parts, "{smiles} bond {bond}");
                let stepped = blocks.steps().iter().filter(|step| step.bond == bond as u32).count();
                assert_eq!(stepped, usize::from(on_ring), "{smiles} bond {bond}");
            }
            assert_eq!(
                blocks.iter().map(|(_, rings)| rings).sum::<usize>(),
                molecule.bond_count() + parts - molecule.atom_count(),
                "{smiles}"
            );
        }
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let chain = Molecule::from_smiles(&"C".repeat(200_000)).unwrap();
        assert!(ring_bonds(&chain).iter().all(|yes| !yes));
        assert!(Blocks::new(&Flat::new(&chain)).steps().is_empty());
    }
}
