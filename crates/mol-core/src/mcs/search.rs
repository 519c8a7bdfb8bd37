//! Branch and bound over decisions about single bonds.
//!
//! A decision is: this bond of the first molecule becomes that bond of the second one, which maps an atom, or it becomes
//! none. Bonds between mapped atoms are decided by the mapping. Decisions lie on a stack of frames, changes on a trail, so
//! nothing recurses.

use super::bound::Tally;
use super::graph::{Graph, Labels, alike};
use super::rings::{parts, with_complete_rings};
use super::{BondComparison, CommonSubstructure, Maximize, Options};
use crate::{AtomIndex, BondIndex};
use std::cmp::Reverse;
use std::time::Instant;

const NONE: u32 = u32::MAX;
/// Steps between two looks at the clock.
const CLOCK: u64 = 16;

/// What is decided about a bond of the first molecule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Open,
    /// It is common, and this is the bond of the second molecule.
    Kept(u32),
    /// It becomes no bond, and nothing may make it one: that was tried.
    Excluded,
    /// It can become none.
    Lost,
}

/// What was changed last.
#[derive(Clone, Copy)]
enum Change {
    Mapped(u32),
    Fate(u32, Fate),
}

/// An open decision about a bond.
struct Frame {
    edge: u32,
    /// Length of the trail before it.
    trail: usize,
    /// Its images in the list of candidates: the first, the next to try.
    first: usize,
    next: usize,
}

/// Atoms and bonds, in the order of what is to be large.
type Size = (usize, usize);

pub(super) struct Search<'a> {
    a: &'a Graph,
    b: &'a Graph,
    options: &'a Options,
    /// Whether `a` is the second molecule.
    swapped: bool,
    image: Vec<u32>,
    preimage: Vec<u32>,
    mapped: Vec<u32>,
    fates: Vec<Fate>,
    kept: usize,
    trail: Vec<Change>,
    frames: Vec<Frame>,
    /// Images of the two ends of a bond.
    candidates: Vec<[u32; 2]>,
    best: Size,
    best_atoms: Vec<(u32, u32)>,
    best_bonds: Vec<(u32, u32)>,
    by_neighbor: Tally,
    by_class: Tally,
    by_label: Tally,
    reached: [Vec<u32>; 2],
    /// The round in which an atom was reached last.
    marks: [Vec<u64>; 2],
    round: u64,
    steps: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(first: &'a Graph, second: &'a Graph, labels: &Labels, options: &'a Options) -> Self {
        // Few bonds to decide about are better than many.
        let swapped = first.edges.len() > second.edges.len();
        let (a, b) = if swapped { (second, first) } else { (first, second) };
        Self {
            a,
            b,
            options,
            swapped,
            image: vec![NONE; a.labels.len()],
            preimage: vec![NONE; b.labels.len()],
            mapped: Vec::new(),
            fates: vec![Fate::Open; a.edges.len()],
            kept: 0,
            trail: Vec::new(),
            frames: Vec::new(),
            candidates: Vec::new(),
            best: (0, 0),
            best_atoms: Vec::new(),
            best_bonds: Vec::new(),
            by_neighbor: Tally::new(2 * labels.len()),
            by_class: Tally::new(labels.classes()),
            by_label: Tally::new(labels.len()),
            reached: [Vec::new(), Vec::new()],
            marks: [vec![0; a.labels.len()], vec![0; b.labels.len()]],
            round: 0,
            steps: 0,
        }
    }

    pub(super) fn run(mut self) -> CommonSubstructure {
        let deadline = self.options.time_limit.and_then(|limit| Instant::now().checked_add(limit));
        let late =
            |steps: u64| steps.is_multiple_of(CLOCK) && deadline.is_some_and(|deadline| Instant::now() >= deadline);
        self.find_atom();
        let mut is_optimal = true;
        if self.options.step_limit == 0 || late(0) {
            is_optimal = false;
        } else {
            self.enter();
        }
        while is_optimal {
            let Some(frame) = self.frames.last_mut() else { break };
            let (edge, trail, first) = (frame.edge, frame.trail, frame.first);
            let candidate = self.candidates.get(frame.next).copied();
            frame.next += 1;
            self.undo(trail);
            let goes_on = if let Some(candidate) = candidate {
                self.include(edge, candidate)
            } else {
                self.frames.pop();
                self.candidates.truncate(first);
                self.exclude(edge);
                true
            };
            if goes_on {
                is_optimal = self.steps < self.options.step_limit && !late(self.steps);
                if is_optimal {
                    self.enter();
                }
            }
        }
        self.result(is_optimal)
    }

    /// A single atom, in case there is no common bond.
    fn find_atom(&mut self) {
        let mut first: Vec<u32> =
            vec![NONE; self.a.labels.iter().chain(&self.b.labels).max().map_or(0, |&k| k as usize + 1)];
        for (atom, &label) in (0..).zip(&self.b.labels) {
            if first[label as usize] == NONE {
                first[label as usize] = atom;
            }
        }
        let found = (0..).zip(&self.a.labels).find(|&(_, &label)| first[label as usize] != NONE);
        if let Some((atom, &label)) = found {
            self.best_atoms = vec![(atom, first[label as usize])];
            self.best = self.size(1, 0);
        }
    }

    const fn size(&self, atoms: usize, bonds: usize) -> Size {
        match self.options.maximize {
            Maximize::Atoms => (atoms, bonds),
            Maximize::Bonds => (bonds, atoms),
        }
    }

    /// Looks at the present mapping: keeps it if it is the best, and opens the next decision if a better one can follow.
    fn enter(&mut self) {
        self.steps += 1;
        self.record();
        let chosen =
            if self.mapped.is_empty() && self.options.connected { self.choose_start() } else { self.choose_next() };
        let Some(edge) = chosen else { return };
        let first = self.candidates.len();
        self.push_candidates(edge);
        self.frames.push(Frame { edge, trail: self.trail.len(), first, next: first });
    }

    fn record(&mut self) {
        if self.size(self.mapped.len(), self.kept) <= self.best {
            return;
        }
        let kept = |edge: u32| match self.fates[edge as usize] {
            Fate::Kept(image) => Some((edge, image)),
            _ => None,
        };
        let mut edges: Vec<u32> = (0..self.a.edges.len() as u32).filter(|&edge| kept(edge).is_some()).collect();
        if self.options.complete_rings {
            edges = with_complete_rings(self.a, &edges);
            if self.options.connected {
                let size = |part: &Vec<u32>| self.size(atoms_of(self.a, part).len(), part.len());
                edges = parts(self.a, &edges).into_iter().max_by_key(size).unwrap_or_default();
                edges.sort_unstable();
            }
        }
        let atoms = atoms_of(self.a, &edges);
        let size = self.size(atoms.len(), edges.len());
        if size > self.best {
            self.best = size;
            self.best_atoms = atoms.into_iter().map(|atom| (atom, self.image[atom as usize])).collect();
            self.best_bonds = edges.into_iter().filter_map(kept).collect();
        }
    }

    /// Whether a mapping with at most so many atoms and bonds can be better than the best.
    fn is_promising(&self, atoms: usize, bonds: usize) -> bool {
        let mut atoms = atoms;
        if self.options.connected {
            atoms = atoms.min(bonds + 1);
            if self.options.maximize == Maximize::Bonds && bonds == self.best.0 && self.kept > 0 {
                // With no more bonds than the best, rings that are closed already cost atoms.
                let rings = self.kept + 1 - self.mapped.len().min(self.kept + 1);
                if !self.options.complete_rings {
                    atoms = atoms.min(bonds + 1 - rings.min(bonds));
                }
            }
        }
        self.size(atoms, bonds) > self.best
    }

    /// The first bond of a connected substructure: the rarest of the part of the molecule that promises most.
    fn choose_start(&mut self) -> Option<u32> {
        let open: Vec<u32> =
            (0..self.a.edges.len() as u32).filter(|&edge| self.fates[edge as usize] == Fate::Open).collect();
        let mut best: Option<(usize, Vec<u32>)> = None;
        for part in parts(self.a, &open) {
            for &edge in &part {
                let data = &self.a.edges[edge as usize];
                self.by_class.add(data.class as usize, 0, data.order);
            }
            for data in &self.b.edges {
                self.by_class.add(data.class as usize, 1, data.order);
            }
            let bound = self.by_class.drain(self.options.bonds);
            if self.is_promising(bound + 1, bound) && best.as_ref().is_none_or(|(most, _)| *most < bound) {
                best = Some((bound, part));
            }
        }
        let (_, part) = best?;
        self.rarest(&part)
    }

    /// Of some bonds the one with the fewest partners, if it has any.
    fn rarest(&mut self, edges: &[u32]) -> Option<u32> {
        for data in &self.b.edges {
            if data.ends.iter().all(|&end| self.preimage[end as usize] == NONE) {
                self.by_class.add(data.class as usize, 1, data.order);
            }
        }
        let partners = |edge: &u32| {
            let data = &self.a.edges[*edge as usize];
            self.by_class.partners(data.class as usize, data.order, self.options.bonds)
        };
        let found = edges.iter().copied().filter(|edge| partners(edge) > 0).min_by_key(partners);
        self.by_class.drain(self.options.bonds);
        found
    }

    /// Bounds what can follow and gives the bond to decide about: beside the mapping the one with the fewest images, else,
    /// if fragments are allowed, the rarest.
    fn choose_next(&mut self) -> Option<u32> {
        self.round += 1;
        let round = self.round;
        self.reached.iter_mut().for_each(Vec::clear);
        let (mut bonds, mut chosen) = (self.kept, None);
        for k in 0..self.mapped.len() {
            let atom = self.mapped[k];
            let image = self.image[atom as usize];
            let mut is_border = false;
            for &(other, edge) in self.a.around(atom) {
                if self.image[other as usize] != NONE || self.fates[edge as usize] != Fate::Open {
                    continue;
                }
                let (images, likeness) = self.images(other, edge, image);
                if images == 0 {
                    self.set(edge, Fate::Lost);
                    continue;
                }
                is_border = true;
                let data = &self.a.edges[edge as usize];
                self.by_neighbor.add(class(self.a, other, data.ring), 0, data.order);
                reach(&mut self.marks[0], &mut self.reached[0], round, other);
                let rank = (images, Reverse(likeness), edge);
                if chosen.is_none_or(|least| rank < least) {
                    chosen = Some(rank);
                }
            }
            if is_border {
                for &(other, edge) in self.b.around(image) {
                    if self.preimage[other as usize] == NONE {
                        let data = &self.b.edges[edge as usize];
                        self.by_neighbor.add(class(self.b, other, data.ring), 1, data.order);
                        reach(&mut self.marks[1], &mut self.reached[1], round, other);
                    }
                }
                bonds += self.by_neighbor.drain(self.options.bonds);
            }
        }
        if chosen.is_none() && self.options.connected {
            return None;
        }
        let free = self.tally_free(round);
        bonds += self.by_class.drain(self.options.bonds);
        let atoms = self.mapped.len() + self.by_label.drain(BondComparison::Any);
        if !self.is_promising(atoms, bonds) {
            return None;
        }
        chosen.map(|(.., edge)| edge).or_else(|| self.rarest(&free))
    }

    /// Counts atoms and bonds that can still be mapped without a mapped neighbour: those within reach, or all if fragments
    /// are allowed. Gives the bonds of the first molecule.
    fn tally_free(&mut self, round: u64) -> Vec<u32> {
        let mut free = Vec::new();
        for side in 0..2 {
            let (graph, partner) = if side == 0 { (self.a, &self.image) } else { (self.b, &self.preimage) };
            let is_open = |edge: u32| side == 1 || self.fates[edge as usize] == Fate::Open;
            let (marks, reached) = (&mut self.marks[side], &mut self.reached[side]);
            if !self.options.connected {
                for (atom, &image) in (0..).zip(partner) {
                    if image == NONE {
                        reach(marks, reached, round, atom);
                    }
                }
            }
            let mut done = 0;
            while let Some(&atom) = reached.get(done) {
                done += 1;
                self.by_label.add(graph.labels[atom as usize] as usize, side, 0);
                for &(other, edge) in graph.around(atom) {
                    if partner[other as usize] != NONE || !is_open(edge) {
                        continue;
                    }
                    reach(marks, reached, round, other);
                    let data = &graph.edges[edge as usize];
                    if data.ends[0] == atom {
                        self.by_class.add(data.class as usize, side, data.order);
                        if side == 0 && !self.options.connected {
                            free.push(edge);
                        }
                    }
                }
            }
        }
        free
    }

    /// Number of images that a bond to an atom without one can have at the image of its other atom, and how like the
    /// surroundings of the most alike are.
    fn images(&self, atom: u32, edge: u32, at: u32) -> (usize, usize) {
        let data = &self.a.edges[edge as usize];
        let (mut count, mut likeness) = (0, 0);
        for &(other, bond) in self.b.around(at) {
            if self.preimage[other as usize] == NONE
                && self.a.labels[atom as usize] == self.b.labels[other as usize]
                && alike(data, &self.b.edges[bond as usize], self.options.bonds)
            {
                count += 1;
                likeness = likeness.max(self.a.likeness(atom, self.b, other));
            }
        }
        (count, likeness)
    }

    /// Appends the images of a bond, the most alike first.
    fn push_candidates(&mut self, edge: u32) {
        let (a, b) = (self.a, self.b);
        let data = &a.edges[edge as usize];
        let start = self.candidates.len();
        let fits = |atom: u32, image: u32| {
            self.preimage[image as usize] == NONE && a.labels[atom as usize] == b.labels[image as usize]
        };
        match data.ends.map(|end| self.image[end as usize]) {
            [NONE, NONE] => {
                for other in b.edges.iter().filter(|other| alike(data, other, self.options.bonds)) {
                    let [one, two] = other.ends;
                    for images in [[one, two], [two, one]] {
                        if data.ends.iter().zip(images).all(|(&end, image)| fits(end, image)) {
                            self.candidates.push(images);
                        }
                    }
                }
            }
            ends => {
                let inner = usize::from(ends[0] == NONE);
                let at = ends[inner];
                let around = b.around(at);
                for (k, &(other, bond)) in around.iter().enumerate() {
                    let image = &b.edges[bond as usize];
                    // Of several like atoms with no other neighbour one is enough.
                    let is_twin = |&(twin, bond): &(u32, u32)| {
                        let twin_edge = &b.edges[bond as usize];
                        b.around(twin).len() == 1
                            && self.preimage[twin as usize] == NONE
                            && b.labels[twin as usize] == b.labels[other as usize]
                            && (twin_edge.order, twin_edge.ring) == (image.order, image.ring)
                    };
                    let is_spare = b.around(other).len() == 1 && around[..k].iter().any(is_twin);
                    if !is_spare && fits(data.ends[1 - inner], other) && alike(data, image, self.options.bonds) {
                        self.candidates.push(if inner == 0 { [at, other] } else { [other, at] });
                    }
                }
            }
        }
        let likeness = |images: &[u32; 2]| {
            data.ends.iter().zip(images).map(|(&end, &image)| a.likeness(end, b, image)).sum::<usize>()
        };
        self.candidates[start..].sort_by_key(|images| Reverse(likeness(images)));
    }

    /// Maps the ends of a bond; `false` if that keeps a bond that is excluded.
    fn include(&mut self, edge: u32, images: [u32; 2]) -> bool {
        for (end, image) in self.a.edges[edge as usize].ends.into_iter().zip(images) {
            if self.image[end as usize] != NONE {
                continue;
            }
            self.image[end as usize] = image;
            self.preimage[image as usize] = end;
            self.mapped.push(end);
            self.trail.push(Change::Mapped(end));
            for &(other, bond) in self.a.around(end) {
                let other_image = self.image[other as usize];
                if other_image == NONE {
                    continue;
                }
                let common = self.b.bond_between(image, other_image).filter(|&common| {
                    alike(&self.a.edges[bond as usize], &self.b.edges[common as usize], self.options.bonds)
                });
                match (common, self.fates[bond as usize]) {
                    (Some(_), Fate::Excluded) => return false,
                    (Some(common), _) => self.set(bond, Fate::Kept(common)),
                    (None, _) => self.set(bond, Fate::Lost),
                }
            }
        }
        true
    }

    /// Leaves out a bond, and those that are no different: to atoms like its own without other neighbours.
    fn exclude(&mut self, edge: u32) {
        self.set(edge, Fate::Excluded);
        let data = self.a.edges[edge as usize];
        let [inner, outer] =
            if self.image[data.ends[0] as usize] == NONE { [data.ends[1], data.ends[0]] } else { data.ends };
        if self.image[inner as usize] == NONE || self.a.around(outer).len() > 1 {
            return;
        }
        for &(other, bond) in self.a.around(inner) {
            let twin = &self.a.edges[bond as usize];
            if self.fates[bond as usize] == Fate::Open
                && self.image[other as usize] == NONE
                && self.a.around(other).len() == 1
                && self.a.labels[other as usize] == self.a.labels[outer as usize]
                && (twin.order, twin.ring) == (data.order, data.ring)
            {
                self.set(bond, Fate::Excluded);
            }
        }
    }

    fn set(&mut self, edge: u32, fate: Fate) {
        let old = std::mem::replace(&mut self.fates[edge as usize], fate);
        self.trail.push(Change::Fate(edge, old));
        self.kept += usize::from(matches!(fate, Fate::Kept(_)));
    }

    fn undo(&mut self, length: usize) {
        for change in self.trail.drain(length..).rev() {
            match change {
                Change::Mapped(atom) => {
                    let image = std::mem::replace(&mut self.image[atom as usize], NONE);
                    self.preimage[image as usize] = NONE;
                    self.mapped.pop();
                }
                Change::Fate(edge, fate) => {
                    let old = std::mem::replace(&mut self.fates[edge as usize], fate);
                    self.kept -= usize::from(matches!(old, Fate::Kept(_)));
                }
            }
        }
    }

    fn result(&self, is_optimal: bool) -> CommonSubstructure {
        let ordered = |pairs: &[(u32, u32)]| {
            let mut pairs: Vec<(usize, usize)> = pairs
                .iter()
                .map(|&(one, two)| if self.swapped { (two, one) } else { (one, two) })
                .map(|(one, two)| (one as usize, two as usize))
                .collect();
            pairs.sort_unstable();
            pairs
        };
        let atom = |(one, two): (usize, usize)| (AtomIndex::new(one), AtomIndex::new(two));
        let bond = |(one, two): (usize, usize)| (BondIndex::new(one), BondIndex::new(two));
        CommonSubstructure {
            atoms: ordered(&self.best_atoms).into_iter().map(atom).collect(),
            bonds: ordered(&self.best_bonds).into_iter().map(bond).collect(),
            is_optimal,
            steps: self.steps,
        }
    }
}

/// The class of a bond beside a mapped atom: its other atom, and whether it is on a ring.
fn class(graph: &Graph, other: u32, ring: bool) -> usize {
    2 * graph.labels[other as usize] as usize + usize::from(ring)
}

fn reach(marks: &mut [u64], reached: &mut Vec<u32>, round: u64, atom: u32) {
    if marks[atom as usize] != round {
        marks[atom as usize] = round;
        reached.push(atom);
    }
}

/// The atoms of some bonds, ascending.
fn atoms_of(graph: &Graph, edges: &[u32]) -> Vec<u32> {
    let mut atoms: Vec<u32> = edges.iter().flat_map(|&edge| graph.edges[edge as usize].ends).collect();
    atoms.sort_unstable();
    atoms.dedup();
    atoms
}
