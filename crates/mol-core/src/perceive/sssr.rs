//! The smallest set of smallest rings: a minimum cycle basis of the bonds, and the cycles that could be in one.
//!
//! A block of one ring is that ring. In the others candidates are Vismara's prototypes, found by breadth-first searches
//! from the branching atoms and described by a few atoms only; they are taken by length and kept if no sum of shorter
//! ones gives them (elimination over the field of two elements, a ring being the bonds it has off a spanning tree). Pure
//! heuristics that prune atom by atom miss rings of cages; this does not. Work and memory are limited, so that dense graphs,
//! which no molecule is, end with rings missing instead of not at all. Deliberately not here: all cycles.

use super::Rings;
use super::blocks::{Blocks, Step};
use super::flat::Flat;
use super::prototypes::{Candidate, Local, Work};
use super::theta::Theta;
use smallvec::SmallVec;

/// Parents of so many atoms are kept at once; in larger blocks each search begins anew for each size.
const MOST_KEPT: usize = 1 << 21;
/// Steps that a block may take for each of its bonds.
const STEPS_PER_BOND: u64 = 1 << 10;
/// Steps beyond those that the blocks of a molecule may take together.
const MOST_STEPS: u64 = 1 << 27;
/// Independent rings of a block beyond which rings are no longer tested for independence.
const MOST_INDEPENDENT: usize = 1 << 14;
/// Size of the largest rings sought in such blocks.
const LARGEST_UNTESTED: u32 = 8;

/// Which rings are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// Independent ones.
    Basis,
    /// All that are no sum of shorter ones.
    Relevant,
}

/// The relevant cycles of a molecule, unsorted; each begins at its lowest atom and goes on to the lower of the two
/// beside it.
#[derive(Clone, Debug)]
pub(super) struct Cycles {
    atoms: Vec<u32>,
    /// The bond from each atom to the next.
    bonds: Vec<u32>,
    starts: SmallVec<[u32; 16]>,
    in_basis: SmallVec<[bool; 16]>,
    /// Family of each cycle: those that differ in the choice between equally short paths only.
    families: SmallVec<[u32; 16]>,
    /// For each family the words of what shorter cycles leave of it, if that was asked for; empty for a block of one ring.
    residues: Option<Vec<Vec<u64>>>,
    /// Number of families.
    family_count: u32,
    /// Whether no independent cycle is missing, and no relevant one.
    has_basis: bool,
    has_all: bool,
}

impl Cycles {
    pub(super) fn new(flat: &Flat, blocks: &Blocks) -> Self {
        Self::collect(flat, blocks, None)
    }

    /// As [`new`](Self::new), with what [`is_related`](Self::is_related) needs.
    pub(super) fn with_relations(flat: &Flat, blocks: &Blocks) -> Self {
        Self::collect(flat, blocks, Some(Vec::new()))
    }

    fn collect(flat: &Flat, blocks: &Blocks, residues: Option<Vec<Vec<u64>>>) -> Self {
        let bonds = blocks.steps().len();
        let mut cycles = Self {
            atoms: Vec::with_capacity(bonds + bonds / 4),
            bonds: Vec::with_capacity(bonds + bonds / 4),
            starts: SmallVec::new(),
            in_basis: SmallVec::new(),
            families: SmallVec::new(),
            residues,
            family_count: 0,
            has_basis: true,
            has_all: true,
        };
        cycles.starts.push(0);
        let (mut local, mut theta) = (None, None);
        let mut beyond = MOST_STEPS;
        for (steps, rings) in blocks.iter() {
            if rings == 1 {
                let family = cycles.next_family();
                cycles.push(steps.iter().map(|step| (step.from, step.bond)), true, family);
                if let Some(residues) = &mut cycles.residues {
                    residues.push(Vec::new());
                }
            } else if rings > 2
                || cycles.residues.is_some()
                || !theta.get_or_insert_with(|| Theta::new(flat)).push(flat, steps, &mut cycles)
            {
                let local = local.get_or_insert_with(|| Local::new(flat, blocks));
                let mut work = Work { left: STEPS_PER_BOND * steps.len() as u64 + beyond };
                cycles.solve(local, steps, rings, &mut work);
                beyond = beyond.min(work.left);
            }
        }
        cycles
    }

    pub(super) fn len(&self) -> usize {
        self.in_basis.len()
    }

    /// Whether no relevant cycle is left out of the basis.
    pub(super) fn is_basis(&self) -> bool {
        self.in_basis.iter().all(|&yes| yes)
    }

    pub(super) fn atoms(&self, k: usize) -> &[u32] {
        &self.atoms[self.starts[k] as usize..self.starts[k + 1] as usize]
    }

    pub(super) fn bonds(&self, k: usize) -> &[u32] {
        &self.bonds[self.starts[k] as usize..self.starts[k + 1] as usize]
    }

    pub(super) fn family(&self, k: usize) -> usize {
        self.families[k] as usize
    }

    pub(super) const fn next_family(&self) -> u32 {
        self.family_count
    }

    /// Whether no limit was met that leaves cycles of a selection out.
    pub(super) fn is_complete(&self, selection: Selection) -> bool {
        self.has_basis && (self.has_all || selection == Selection::Basis)
    }

    /// Whether two families of one block and size differ by a sum of shorter cycles.
    pub(super) fn is_related(&self, a: usize, b: usize) -> bool {
        let residues = self.residues.as_deref().unwrap_or_default();
        residues.get(a).is_some_and(|residue| !residue.is_empty() && residues.get(b) == Some(residue))
    }

    /// The cycles of a selection by size, then by their atoms.
    pub(super) fn sorted(&self, selection: Selection) -> SmallVec<[usize; 16]> {
        let wanted = |&k: &usize| selection == Selection::Relevant || self.in_basis[k];
        let mut order: SmallVec<[usize; 16]> = (0..self.len()).filter(wanted).collect();
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (self.atoms(a), self.atoms(b));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        });
        order
    }

    /// Appends a cycle of atoms, each with the bond to the next.
    pub(super) fn push(&mut self, ring: impl Iterator<Item = (u32, u32)>, in_basis: bool, family: u32) {
        let start = self.atoms.len();
        for (atom, bond) in ring {
            self.atoms.push(atom);
            self.bonds.push(bond);
        }
        let (atoms, bonds) = (&mut self.atoms[start..], &mut self.bonds[start..]);
        let size = atoms.len();
        let lowest = (0..size).min_by_key(|&k| atoms[k]).unwrap_or(0);
        let is_backward = size > 2 && atoms[(lowest + size - 1) % size] < atoms[(lowest + 1) % size];
        atoms.rotate_left(lowest);
        bonds.rotate_left(lowest);
        if is_backward {
            atoms[1..].reverse();
            bonds.reverse();
        }
        self.starts.push(self.atoms.len() as u32);
        self.in_basis.push(in_basis);
        self.families.push(family);
        self.family_count = self.family_count.max(family + 1);
    }

    /// The cycles of a block with more than one ring.
    fn solve(&mut self, local: &mut Local, steps: &[Step], wanted: usize, work: &mut Work) {
        local.enter(steps, MOST_KEPT);
        let families = self.next_family();
        let mut search = Elimination {
            out: self,
            wanted,
            rows: Vec::new(),
            pivots: Vec::new(),
            shorter: 0,
            size: 0,
            families,
            ring: Vec::new(),
            relevant: Vec::new(),
        };
        if wanted > MOST_INDEPENDENT {
            search.untested(local, work);
            self.has_basis = false;
            return;
        }
        let (mut size, mut candidates) = (3, Vec::new());
        while size as usize <= local.atom_count() && !search.is_done(size) && !work.is_spent() {
            for root in local.branching() {
                if work.is_spent() {
                    break;
                }
                local.search(root, size / 2, work);
                candidates.clear();
                local.candidates(root, size, &mut candidates, work);
                candidates.sort_unstable();
                for candidate in &candidates {
                    search.take(local, candidate, work);
                }
            }
            size += 1;
        }
        let has_basis = search.pivots.len() == wanted;
        let has_all = has_basis && !search.is_full() && !work.is_spent();
        let relevant = search.relevant;
        self.has_basis &= has_basis;
        self.has_all &= has_all;
        self.expand(local, &relevant, wanted, work);
    }

    /// Adds the other members of the families of relevant cycles, unless there are too many.
    fn expand(&mut self, local: &mut Local, relevant: &[(Candidate, u32)], wanted: usize, work: &mut Work) {
        let total = relevant.iter().fold(0_u64, |sum, (candidate, _)| sum.saturating_add(candidate.ways));
        if total > (Rings::MOST_SYMMETRIZED * wanted) as u64 {
            self.has_all = false;
            return;
        }
        let (mut prototype, mut member) = (Vec::new(), Vec::new());
        for (candidate, family) in relevant.iter().filter(|(candidate, _)| candidate.ways > 1) {
            if work.is_spent() {
                self.has_all = false;
                return;
            }
            if !local.keeps_all() {
                local.search(candidate.root, candidate.size / 2, work);
            }
            local.trace(candidate, &mut prototype);
            for number in 0..candidate.ways {
                local.member(candidate, number, &mut member);
                if member != prototype {
                    self.push(local.globally(&member), false, *family);
                }
            }
        }
    }
}

/// Elimination in progress over the cycles of one block.
struct Elimination<'a> {
    out: &'a mut Cycles,
    wanted: usize,
    /// Rows of the basis, one after the other, reduced by those before; the pivot of each.
    rows: Vec<u64>,
    pivots: Vec<usize>,
    /// Number of rows of cycles shorter than those at hand, and the size at hand.
    shorter: usize,
    size: u32,
    /// Number of the next family.
    families: u32,
    /// The ring at hand: atoms with edges to the next.
    ring: Vec<(u32, u32)>,
    /// The relevant prototypes with their families.
    relevant: Vec<(Candidate, u32)>,
}

impl Elimination<'_> {
    /// Whether no cycle of `size` can be relevant any more.
    fn is_done(&self, size: u32) -> bool {
        self.pivots.len() == self.wanted && size > self.size
    }

    /// Whether as many relevant prototypes are kept as may be; of further ones only the independent are.
    fn is_full(&self) -> bool {
        self.relevant.len() >= Rings::MOST_SYMMETRIZED * self.wanted
    }

    /// Keeps a candidate if it is relevant.
    fn take(&mut self, local: &Local, candidate: &Candidate, work: &mut Work) {
        let is_spanned = self.pivots.len() == self.wanted;
        if work.is_spent() || is_spanned && self.is_full() {
            return;
        }
        if candidate.size > self.size {
            (self.shorter, self.size) = (self.pivots.len(), candidate.size);
        }
        let words = self.wanted.div_ceil(64);
        local.trace(candidate, &mut self.ring);
        let start = self.rows.len();
        self.rows.resize(start + words, 0);
        let (rows, row) = self.rows.split_at_mut(start);
        for chord in self.ring.iter().filter_map(|&(_, edge)| local.chord(edge)) {
            row[chord / 64] ^= 1 << (chord % 64);
        }
        let is_clear = |row: &[u64]| row.iter().all(|&word| word == 0);
        let mut is_relevant = false;
        let mut residue = None;
        let mut steps = candidate.size as usize;
        for (k, (&pivot, reduced)) in self.pivots.iter().zip(rows.chunks_exact(words)).enumerate() {
            steps += 1;
            if k == self.shorter {
                is_relevant = !is_clear(row);
                if self.out.residues.is_some() {
                    residue = Some(row.to_vec());
                }
                if is_spanned {
                    // The others of its size give what is left.
                    row.fill(0);
                    break;
                }
            }
            if row[pivot / 64] >> (pivot % 64) & 1 == 1 {
                steps += words;
                row.iter_mut().zip(reduced).for_each(|(word, other)| *word ^= other);
            }
        }
        work.spend(steps);
        let pivot = row.iter().position(|&word| word != 0).map(|k| 64 * k + row[k].trailing_zeros() as usize);
        match pivot {
            Some(pivot) => self.pivots.push(pivot),
            None => self.rows.truncate(start),
        }
        if pivot.is_some() || is_relevant && !self.is_full() {
            self.out.push(local.globally(&self.ring), pivot.is_some(), self.families);
            if let Some(residues) = &mut self.out.residues {
                // Without other rows of its size the row itself is what is left.
                residues.push(residue.unwrap_or_else(|| self.rows[start..].to_vec()));
            }
            self.relevant.push((*candidate, self.families));
            self.families += 1;
        }
    }

    /// Takes small rings as they come, as many as there are independent ones.
    fn untested(&mut self, local: &mut Local, work: &mut Work) {
        let mut found = 0;
        let mut candidates = Vec::new();
        for size in 3..=LARGEST_UNTESTED {
            for root in local.branching() {
                if work.is_spent() {
                    return;
                }
                local.search(root, size / 2, work);
                candidates.clear();
                local.candidates(root, size, &mut candidates, work);
                for candidate in &candidates {
                    if found == self.wanted {
                        return;
                    }
                    local.trace(candidate, &mut self.ring);
                    self.out.push(local.globally(&self.ring), true, self.families);
                    if let Some(residues) = &mut self.out.residues {
                        residues.push(Vec::new());
                    }
                    self.families += 1;
                    found += 1;
                }
            }
        }
    }
}
