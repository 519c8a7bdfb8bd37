//! Blocks of two rings: three chains between two branching atoms.
//!
//! The rings are the shortest chain with each of the others, unless the two shortest are equally long. Most fused systems of
//! molecules are of this kind, and need no search. Deliberately not here: the other case.

use super::blocks::Step;
use super::flat::Flat;
use super::sssr::Cycles;
use smallvec::SmallVec;

/// Atoms of a chain from one end up to before the other, each with the bond to the next.
type Chain = SmallVec<[(u32, u32); 12]>;

/// Room for the search of chains; the same room serves block after block.
pub(super) struct Theta {
    /// Bonds of the block at each atom.
    degrees: SmallVec<[u8; 64]>,
    in_block: SmallVec<[bool; 64]>,
}

impl Theta {
    pub(super) fn new(flat: &Flat) -> Self {
        Self {
            degrees: SmallVec::from_elem(0, flat.atoms.len()),
            in_block: SmallVec::from_elem(false, flat.bonds.len()),
        }
    }

    /// Appends the two rings of a block, unless there is a choice between chains; says whether it did.
    pub(super) fn push(&mut self, flat: &Flat, steps: &[Step], cycles: &mut Cycles) -> bool {
        for step in steps {
            self.in_block[step.bond as usize] = true;
            self.degrees[step.from as usize] += 1;
            self.degrees[step.to as usize] += 1;
        }
        let chains = self.chains(flat, steps);
        for step in steps {
            self.in_block[step.bond as usize] = false;
            self.degrees[step.from as usize] = 0;
            self.degrees[step.to as usize] = 0;
        }
        let Some((end, [shortest, second, third])) = chains else { return false };
        if shortest.len() == second.len() {
            return false;
        }
        for other in [second, third] {
            // Backwards, an atom has the bond of the one before it.
            let atoms = std::iter::once(end).chain(other[1..].iter().rev().map(|&(atom, _)| atom));
            let back = atoms.zip(other.iter().rev().map(|&(_, bond)| bond));
            let family = cycles.next_family();
            cycles.push(shortest.iter().copied().chain(back), true, family);
        }
        true
    }

    /// The chains by length, and the atom they all lead to.
    fn chains(&self, flat: &Flat, steps: &[Step]) -> Option<(u32, [Chain; 3])> {
        let start = steps.iter().map(|step| step.to).find(|&atom| self.degrees[atom as usize] == 3)?;
        let mut chains: [Chain; 3] = Default::default();
        let mut end = start;
        let mut first = flat.links(start).iter().filter(|link| self.in_block[link.bond as usize]);
        for chain in &mut chains {
            let mut link = *first.next()?;
            chain.push((start, link.bond));
            while self.degrees[link.atom as usize] == 2 {
                let here = link;
                let mut onward = flat.links(here.atom).iter();
                link = *onward.find(|link| self.in_block[link.bond as usize] && link.bond != here.bond)?;
                chain.push((here.atom, link.bond));
            }
            end = link.atom;
        }
        chains.sort_by_key(SmallVec::len);
        Some((end, chains))
    }
}
