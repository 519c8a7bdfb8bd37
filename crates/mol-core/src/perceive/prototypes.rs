//! Vismara's prototypes: candidates for the rings of a block, each two shortest paths from its highest atom.
//!
//! The atoms of a block are numbered so that those with many ring bonds come last; the highest atom of a ring that is
//! not the whole block then is a branching one, and searches from the others are not needed. Deliberately not here: which
//! of the candidates are independent.

use super::blocks::{Blocks, Step};
use super::flat::Flat;
use std::ops::Range;

const NONE: u32 = u32::MAX;

/// Two shortest paths from `root` to `left` and `right`, closed by their bond or by `top` between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) size: u32,
    pub(super) root: u32,
    left: u32,
    right: u32,
    /// One more than the atom between the ends, 0 if they are bonded.
    top: u32,
    /// The edge from `left` to `top` or to `right`, and that from `top` to `right`.
    closing: [u32; 2],
    /// Cycles of its family: choices of the two paths.
    pub(super) ways: u64,
}

/// A neighbour in local numbers.
#[derive(Clone, Copy, Debug)]
struct Edge {
    to: u32,
    edge: u32,
}

/// What a search from one atom found about another.
#[derive(Clone, Copy, Debug)]
struct Reached {
    /// Distance over all atoms.
    free: u32,
    /// Distance over atoms below the root.
    below: u32,
    /// The neighbour nearer to the root over atoms below it, and the edge to it.
    parent: u32,
    by: u32,
    /// Shortest paths below the root.
    ways: u64,
}

const UNREACHED: Reached = Reached { free: NONE, below: NONE, parent: NONE, by: NONE, ways: 0 };

/// How far the search from a root has come: atoms found, those of them whose neighbours were looked at, and the first one at
/// the distance that was asked for last.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    found: u32,
    expanded: u32,
    level: u32,
}

/// Steps that are left to take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    pub(super) left: u64,
}

impl Work {
    /// What listing a candidate, tracing it and taking it in costs beside its elimination.
    const CANDIDATE: usize = 64;

    pub(super) const fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(steps as u64);
    }

    pub(super) const fn is_spent(self) -> bool {
        self.left == 0
    }
}

/// One block in local numbers, with room for its searches; the same room serves block after block.
pub(super) struct Local {
    /// Ring bonds of each atom of the molecule, and its local number.
    ring_degree: Vec<u32>,
    number: Vec<u32>,
    /// Atoms and bonds of the block.
    atoms: Vec<u32>,
    bonds: Vec<u32>,
    /// For each edge its number among those off the spanning tree, or none.
    chords: Vec<u32>,
    first: Vec<u32>,
    edges: Vec<Edge>,
    /// The first root.
    branching: u32,
    /// Whether the searches of all roots are kept, or that of the last only.
    keeps_all: bool,
    /// What the searches kept have reached, all atoms of each.
    reached: Vec<Reached>,
    /// The atoms that the searches kept have reached, by distance.
    queues: Vec<u32>,
    progress: Vec<Progress>,
}

impl Local {
    pub(super) fn new(flat: &Flat, blocks: &Blocks) -> Self {
        let mut ring_degree = vec![0; flat.atoms.len()];
        for step in blocks.steps() {
            ring_degree[step.from as usize] += 1;
            ring_degree[step.to as usize] += 1;
        }
        Self {
            number: vec![NONE; ring_degree.len()],
            ring_degree,
            atoms: Vec::new(),
            bonds: Vec::new(),
            chords: Vec::new(),
            first: Vec::new(),
            edges: Vec::new(),
            branching: 0,
            keeps_all: true,
            reached: Vec::new(),
            queues: Vec::new(),
            progress: Vec::new(),
        }
    }

    /// Numbers the atoms and edges of a block; the searches of all roots are kept if they are at most `most` entries.
    pub(super) fn enter(&mut self, steps: &[Step], most: usize) {
        self.atoms.clear();
        // Every atom but the first is reached by one step that does not close a ring.
        self.atoms.extend(steps.first().map(|step| step.from));
        self.atoms.extend(steps.iter().filter(|step| !step.closes).map(|step| step.to));
        let (atoms, ring_degree) = (&mut self.atoms, &self.ring_degree);
        atoms.sort_unstable_by_key(|&atom| (ring_degree[atom as usize], atom));
        for (k, &atom) in atoms.iter().enumerate() {
            self.number[atom as usize] = k as u32;
        }
        self.branching = atoms.partition_point(|&atom| ring_degree[atom as usize] < 3) as u32;
        let count = atoms.len();
        let mut sorted: smallvec::SmallVec<[Step; 32]> = steps.iter().copied().collect();
        sorted.sort_unstable_by_key(|step| step.bond);
        self.first.clear();
        self.first.resize(count + 1, 0);
        for step in &sorted {
            self.first[self.number[step.from as usize] as usize] += 1;
            self.first[self.number[step.to as usize] as usize] += 1;
        }
        let mut total = 0;
        for first in &mut self.first {
            total += *first;
            *first = total;
        }
        self.edges.clear();
        self.edges.resize(2 * sorted.len(), Edge { to: 0, edge: 0 });
        self.bonds.clear();
        self.chords.clear();
        let mut chords = 0;
        for step in &sorted {
            self.bonds.push(step.bond);
            self.chords.push(if step.closes { chords } else { NONE });
            chords += u32::from(step.closes);
        }
        // From the last edge to the first, so that each list is in the order of the bonds.
        for (edge, step) in sorted.iter().enumerate().rev() {
            let [from, to] = [step.from, step.to].map(|atom| self.number[atom as usize]);
            for (here, there) in [(from, to), (to, from)] {
                self.first[here as usize] -= 1;
                self.edges[self.first[here as usize] as usize] = Edge { to: there, edge: edge as u32 };
            }
        }
        self.keeps_all = self.branching().len().saturating_mul(count) <= most;
        let searches = if self.keeps_all { self.branching().len() } else { 1 };
        self.reached.clear();
        self.reached.resize(searches * count, UNREACHED);
        self.queues.clear();
        self.queues.resize(searches * count, 0);
        self.progress.clear();
        self.progress.resize(searches, Progress::default());
    }

    pub(super) const fn keeps_all(&self) -> bool {
        self.keeps_all
    }

    pub(super) const fn atom_count(&self) -> usize {
        self.atoms.len()
    }

    /// The atoms that can be the highest of a ring: those with three or more ring bonds.
    pub(super) fn branching(&self) -> Range<u32> {
        self.branching..self.atoms.len() as u32
    }

    /// The number of an edge among those off the spanning tree.
    pub(super) fn chord(&self, edge: u32) -> Option<usize> {
        let chord = self.chords[edge as usize];
        (chord != NONE).then_some(chord as usize)
    }

    /// Atoms and bonds of the molecule for local ones.
    pub(super) fn globally<'a>(&'a self, ring: &'a [(u32, u32)]) -> impl Iterator<Item = (u32, u32)> + 'a {
        ring.iter().map(|&(atom, edge)| (self.atoms[atom as usize], self.bonds[edge as usize]))
    }

    fn edges(&self, atom: u32) -> &[Edge] {
        &self.edges[self.first[atom as usize] as usize..self.first[atom as usize + 1] as usize]
    }

    /// The place of a root among the searches.
    const fn slot(&self, root: u32) -> usize {
        if self.keeps_all { (root - self.branching) as usize } else { 0 }
    }

    fn at(&self, root: u32, atom: u32) -> &Reached {
        &self.reached[self.slot(root) * self.atoms.len() + atom as usize]
    }

    /// Distances from `root` up to `depth`, over all atoms and over those below it; a search that is kept goes on where it
    /// ended.
    pub(super) fn search(&mut self, root: u32, depth: u32, work: &mut Work) {
        let count = self.atoms.len();
        let slot = self.slot(root);
        let (mut all, mut queues) = (std::mem::take(&mut self.reached), std::mem::take(&mut self.queues));
        let (reached, queue) = (&mut all[slot * count..][..count], &mut queues[slot * count..][..count]);
        let mut progress = self.progress[slot];
        if !self.keeps_all {
            for &atom in &queue[..progress.found as usize] {
                reached[atom as usize] = UNREACHED;
            }
            progress = Progress::default();
        }
        if progress.found == 0 {
            queue[0] = root;
            progress.found = 1;
            reached[root as usize] = Reached { free: 0, below: 0, parent: NONE, by: NONE, ways: 1 };
        }
        while progress.expanded < progress.found && !work.is_spent() {
            let atom = queue[progress.expanded as usize];
            // An atom is reached below the root by a shortest path over all atoms, or not at all.
            let Reached { free: distance, below, ways, .. } = reached[atom as usize];
            if distance >= depth {
                break;
            }
            progress.expanded += 1;
            let edges = self.edges(atom);
            work.spend(edges.len());
            for &Edge { to, edge } in edges {
                let next = &mut reached[to as usize];
                if next.free == NONE {
                    next.free = distance + 1;
                    queue[progress.found as usize] = to;
                    progress.found += 1;
                }
                if below != NONE && next.free == distance + 1 && to < root {
                    if next.below == NONE {
                        (next.below, next.parent, next.by) = (distance + 1, atom, edge);
                    }
                    next.ways = next.ways.saturating_add(ways);
                }
            }
        }
        let is_nearer = |place: u32| place < progress.found && reached[queue[place as usize] as usize].free < depth;
        while is_nearer(progress.level) {
            progress.level += 1;
        }
        self.progress[slot] = progress;
        (self.reached, self.queues) = (all, queues);
    }

    /// The prototypes of `size` that have `root`, which was searched from to a depth of half of it, as their highest atom;
    /// ends when `work` does.
    pub(super) fn candidates(&self, root: u32, size: u32, found: &mut Vec<Candidate>, work: &mut Work) {
        let slot = self.slot(root);
        let Progress { found: end, level, .. } = self.progress[slot];
        let queue = &self.queues[slot * self.atoms.len()..][level as usize..end as usize];
        let is_even = size.is_multiple_of(2);
        for &top in queue {
            let here = self.at(root, top);
            if here.free != size / 2 || work.is_spent() {
                break;
            }
            if top >= root || here.below == NONE {
                continue;
            }
            let edges = self.edges(top);
            work.spend(edges.len());
            for (k, first) in edges.iter().enumerate() {
                let left = self.at(root, first.to);
                if !is_even {
                    if first.to < top && left.below == here.below && self.are_disjoint(root, top, first.to, work) {
                        let ways = here.ways.saturating_mul(left.ways);
                        let (left, right, closing) = (top, first.to, [first.edge, NONE]);
                        found.push(Candidate { size, root, left, right, top: 0, closing, ways });
                    }
                    continue;
                }
                if left.below == NONE || left.below + 1 != here.below || first.to == root {
                    continue;
                }
                for second in &edges[k + 1..] {
                    let right = self.at(root, second.to);
                    if right.below == left.below && self.are_disjoint(root, first.to, second.to, work) {
                        let ways = left.ways.saturating_mul(right.ways);
                        let (left, right, closing) = (first.to, second.to, [first.edge, second.edge]);
                        found.push(Candidate { size, root, left, right, top: top + 1, closing, ways });
                    }
                    if work.is_spent() {
                        return;
                    }
                }
            }
        }
    }

    /// Whether the paths to two atoms equally far from the root share the root only.
    fn are_disjoint(&self, root: u32, mut left: u32, mut right: u32, work: &mut Work) -> bool {
        let mut steps = 1;
        while left != root && right != root {
            if left == right {
                work.spend(steps);
                return false;
            }
            (left, right) = (self.at(root, left).parent, self.at(root, right).parent);
            steps += 1;
        }
        work.spend(steps + Work::CANDIDATE);
        true
    }

    /// The atoms around a candidate whose root was searched from, each with the edge to the next.
    pub(super) fn trace(&self, candidate: &Candidate, ring: &mut Vec<(u32, u32)>) {
        let root = candidate.root;
        Self::join(candidate, ring, |atom, path| {
            let mut atom = atom;
            while atom != root {
                let reached = self.at(root, atom);
                path.push((atom, reached.by));
                atom = reached.parent;
            }
        });
    }

    /// Member `number` of the family of a candidate whose root was searched from.
    pub(super) fn member(&self, candidate: &Candidate, number: u64, ring: &mut Vec<(u32, u32)>) {
        let root = candidate.root;
        let left_ways = self.at(root, candidate.left).ways;
        Self::join(candidate, ring, |atom, path| {
            let mut number = if atom == candidate.left { number % left_ways } else { number / left_ways };
            let mut atom = atom;
            while atom != root {
                let distance = self.at(root, atom).below;
                let nearer = self.edges(atom).iter().filter(|edge| {
                    let reached = self.at(root, edge.to);
                    reached.below != NONE && reached.below + 1 == distance
                });
                let mut next = None;
                for edge in nearer {
                    let ways = self.at(root, edge.to).ways;
                    if number < ways {
                        next = Some(edge);
                        break;
                    }
                    number -= ways;
                }
                let edge = next.expect("an atom has as many paths as those before it");
                path.push((atom, edge.edge));
                atom = edge.to;
            }
        });
    }

    /// Joins two paths, each from an end of a candidate to the root with the edges towards it.
    fn join(candidate: &Candidate, ring: &mut Vec<(u32, u32)>, path: impl Fn(u32, &mut Vec<(u32, u32)>)) {
        // Down from the left end, then backwards up to the right end.
        ring.clear();
        path(candidate.left, ring);
        let middle = ring.len();
        path(candidate.right, ring);
        ring[middle..].reverse();
        // An edge belongs to the atom before it.
        let root = (candidate.root, ring.get(middle).map_or(candidate.closing[0], |&(_, edge)| edge));
        for k in middle..ring.len() {
            ring[k].1 = ring.get(k + 1).map_or(NONE, |&(_, edge)| edge);
        }
        ring.insert(middle, root);
        let last = ring.len() - 1;
        if candidate.top == 0 {
            ring[last].1 = candidate.closing[0];
        } else {
            ring[last].1 = candidate.closing[1];
            ring.push((candidate.top - 1, candidate.closing[0]));
        }
    }
}
