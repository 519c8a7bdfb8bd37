//! What to decide next: bounds, the bond with the fewest images, its images in order.

use super::BondComparison;
use super::graph::{Graph, alike};
use super::rings::parts;
use super::search::{Fate, NONE, Search};
use std::cmp::Reverse;

impl Search<'_> {
    /// The first bond of a connected substructure: the rarest of the part of the molecule that promises most.
    pub(super) fn choose_start(&mut self) -> Option<u32> {
        let open: Vec<u32> =
            (0..self.a.edges.len() as u32).filter(|&edge| self.fates[edge as usize] == Fate::Open).collect();
        let mut best: Option<(usize, Vec<u32>)> = None;
        for part in parts(self.a, &open) {
            // No part has a bound above its own size: of many small ones few are looked at.
            let is_less = best.as_ref().is_some_and(|(most, _)| part.len() <= *most);
            if is_less || !self.is_promising(part.len() + 1, part.len()) {
                continue;
            }
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
    pub(super) fn choose_next(&mut self) -> Option<u32> {
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
    pub(super) fn push_candidates(&mut self, edge: u32) {
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
