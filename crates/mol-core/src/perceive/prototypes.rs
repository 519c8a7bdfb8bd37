//! Vismara's prototypes: candidates for the rings of a block, each two shortest paths from its highest atom.
//!
//! The atoms of a block are numbered so that those with many ring bonds come last; the highest atom of a ring that is
//! not the whole block then is a branching one, and searches from the others are not needed. Deliberately not here: which
//! of the candidates are independent.

use super::blocks::{Blocks, Step};
use super::flat::Flat;
use std::ops::{Range, RangeInclusive};

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
    /// What the last search reached.
    queue: Vec<u32>,
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
            queue: Vec::new(),
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
        self.reached.clear();
        self.reached.resize(if self.keeps_all { self.branching().len() * count } else { count }, UNREACHED);
        self.queue.clear();
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

    fn slot(&self, root: u32) -> usize {
        if self.keeps_all { (root - self.branching) as usize * self.atoms.len() } else { 0 }
    }

    fn at(&self, root: u32, atom: u32) -> &Reached {
        &self.reached[self.slot(root) + atom as usize]
    }

    /// Distances from `root` up to `depth`, over all atoms and over those below it.
    pub(super) fn search(&mut self, root: u32, depth: u32) {
        let count = self.atoms.len();
        let slot = self.slot(root);
        let mut reached = std::mem::take(&mut self.reached);
        let mut queue = std::mem::take(&mut self.queue);
        let here = &mut reached[slot..slot + count];
        if !self.keeps_all {
            queue.iter().for_each(|&atom| here[atom as usize] = UNREACHED);
        }
        queue.clear();
        queue.push(root);
        here[root as usize] = Reached { free: 0, below: 0, parent: NONE, by: NONE, ways: 1 };
        let mut done = 0;
        while let Some(&atom) = queue.get(done) {
            done += 1;
            let distance = here[atom as usize].free;
            if distance == depth {
                break;
            }
            // An atom is reached below the root by a shortest path over all atoms, or not at all.
            let (below, ways) = (here[atom as usize].below, here[atom as usize].ways);
            for &Edge { to, edge } in self.edges(atom) {
                let next = &mut here[to as usize];
                if next.free == NONE {
                    next.free = distance + 1;
                    queue.push(to);
                }
                if below != NONE && next.free == distance + 1 && to < root {
                    if next.below == NONE {
                        (next.below, next.parent, next.by) = (distance + 1, atom, edge);
                    }
                    next.ways = next.ways.saturating_add(ways);
                }
            }
        }
        (self.reached, self.queue) = (reached, queue);
    }

    /// The prototypes of the sizes that have `root`, which was searched from, as their highest atom.
    pub(super) fn candidates(&self, root: u32, sizes: RangeInclusive<u32>, found: &mut Vec<Candidate>) {
        let is_wanted = |size| sizes.contains(&size);
        for &top in self.queue.iter().skip(1).filter(|&&top| top < root) {
            let here = self.at(root, top);
            if here.below == NONE {
                continue;
            }
            let (even, odd) = (2 * here.below, 2 * here.below + 1);
            let edges = self.edges(top);
            for (k, first) in edges.iter().enumerate() {
                let left = self.at(root, first.to);
                if is_wanted(odd)
                    && first.to < top
                    && left.below == here.below
                    && self.are_disjoint(root, top, first.to)
                {
                    let ways = here.ways.saturating_mul(left.ways);
                    let (left, right, closing) = (top, first.to, [first.edge, NONE]);
                    found.push(Candidate { size: odd, root, left, right, top: 0, closing, ways });
                }
                if !is_wanted(even) || left.below == NONE || left.below + 1 != here.below || first.to == root {
                    continue;
                }
                for second in &edges[k + 1..] {
                    let right = self.at(root, second.to);
                    if right.below == left.below && self.are_disjoint(root, first.to, second.to) {
                        let ways = left.ways.saturating_mul(right.ways);
                        let (left, right, closing) = (first.to, second.to, [first.edge, second.edge]);
                        found.push(Candidate { size: even, root, left, right, top: top + 1, closing, ways });
                    }
                }
            }
        }
    }

    /// Whether the paths to two atoms equally far from the root share the root only.
    fn are_disjoint(&self, root: u32, mut left: u32, mut right: u32) -> bool {
        while left != root && right != root {
            if left == right {
                return false;
            }
            (left, right) = (self.at(root, left).parent, self.at(root, right).parent);
        }
        true
    }

    /// The atoms around a candidate whose root was searched from, each with the edge to the next.
    pub(super) fn trace(&self, candidate: &Candidate, ring: &mut Vec<(u32, u32)>) {
        let root = candidate.root;
        self.join(candidate, ring, |atom, path| {
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
        self.join(candidate, ring, |atom, path| {
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
    fn join(&self, candidate: &Candidate, ring: &mut Vec<(u32, u32)>, path: impl Fn(u32, &mut Vec<(u32, u32)>)) {
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
