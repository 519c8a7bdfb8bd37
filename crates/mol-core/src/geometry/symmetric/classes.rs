//! Which branches of a block tree are alike, and how they map onto one another.
//!
//! Branches are compared from the leaves up. Two atoms are alike if their colours and the classes of the branches below them
//! are; two blocks if an isomorphism takes one to the other that respects the atom above, bonds and the classes below.
//! Members of alike blocks are put into corresponding order, so that every isomorphism between two of them is an
//! automorphism of their class, and those are enumerated once for each class.

use super::blocks::BlockTree;
use super::graph::Graph;
use crate::{Error, Result};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Most automorphisms of one ring system: buckminsterfullerene has 120.
const MOST_AUTOMORPHISMS: usize = 4096;
/// Most placements tried in comparing ring systems of a molecule.
const MOST_STEPS: usize = 4_000_000;

/// What must be equal for two nodes to be alike.
type Key = SmallVec<[u64; 8]>;

/// The classes of the nodes of a block tree.
pub(super) struct Classes {
    /// Class of each node; vertices and blocks never share one.
    pub(super) of: Vec<usize>,
    /// The members of each block in an order that corresponds to that of all blocks of its class; the vertex above is first.
    pub(super) aligned: Vec<Vec<usize>>,
    /// For each class of blocks all automorphisms: place p goes to place `[p]`, the identity first.
    pub(super) automorphisms: FxHashMap<usize, Vec<Vec<usize>>>,
}

impl Classes {
    pub(super) fn new(graph: &Graph, tree: &BlockTree) -> Result<Self> {
        let mut classes = Self {
            of: vec![usize::MAX; tree.order.len()],
            aligned: vec![Vec::new(); tree.members.len()],
            automorphisms: FxHashMap::default(),
        };
        let mut names: FxHashMap<Key, usize> = FxHashMap::default();
        let mut bonds: FxHashMap<(usize, usize, u8), usize> = FxHashMap::default();
        // Blocks that look alike before isomorphism is tested: the first of each class.
        let mut known: FxHashMap<Key, Vec<usize>> = FxHashMap::default();
        let (mut count, mut steps) = (0, 0);
        for &node in tree.order.iter().rev() {
            let mut key: Key = tree.children[node].iter().map(|&child| classes.of[child] as u64).collect();
            key.sort_unstable();
            if node < tree.vertices {
                key.push(graph.colors[node]);
                classes.of[node] = *names.entry(key).or_insert_with(|| {
                    count += 1;
                    count - 1
                });
                continue;
            }
            let block = node - tree.vertices;
            let search = Search { graph, tree, of: &classes.of };
            let start = search.start(block);
            if let [a, b] = tree.members[block][..] {
                // A bond: what stands at its ends says all.
                let other = if start == a { b } else { a };
                let colors = [search.color(block, start), search.color(block, other)];
                let kind = search.inside(block, start).next().expect("the ends of a bond are neighbours").1;
                let class = *bonds.entry((colors[0], colors[1], kind)).or_insert(count);
                if class == count {
                    let mut maps = vec![vec![0, 1]];
                    maps.extend((colors[0] == colors[1]).then(|| vec![1, 0]));
                    classes.automorphisms.insert(class, maps);
                    count += 1;
                }
                (classes.of[node], classes.aligned[block]) = (class, vec![start, other]);
                continue;
            }
            key.push(u64::from(tree.parent[node].is_some()));
            key.push(search.bonds(block));
            let alike = known.entry(key).or_default();
            let mut found = None;
            for &first in alike.iter() {
                let maps = search.isomorphisms((&classes.aligned[first], first), block, 1, &mut steps)?;
                if let Some(map) = maps.into_iter().next() {
                    found = Some((classes.of[tree.vertices + first], map));
                    break;
                }
            }
            if let Some((class, map)) = found {
                (classes.of[node], classes.aligned[block]) = (class, map);
                continue;
            }
            alike.push(block);
            let plan = search.plan(block, start);
            let images = search.isomorphisms((&plan, block), block, MOST_AUTOMORPHISMS, &mut steps)?;
            let place: FxHashMap<usize, usize> =
                plan.iter().enumerate().map(|(place, &vertex)| (vertex, place)).collect();
            let mut maps: Vec<Vec<usize>> =
                images.iter().map(|image| image.iter().map(|vertex| place[vertex]).collect()).collect();
            maps.sort_unstable();
            classes.automorphisms.insert(count, maps);
            (classes.of[node], classes.aligned[block]) = (count, plan);
            count += 1;
        }
        Ok(classes)
    }
}

/// Comparison of blocks whose branches have their classes.
struct Search<'a> {
    graph: &'a Graph,
    tree: &'a BlockTree,
    of: &'a [usize],
}

impl Search<'_> {
    /// What must be equal for two members of blocks to match; the vertex above matches only its like.
    fn color(&self, block: usize, vertex: usize) -> usize {
        if self.tree.parent[self.tree.vertices + block] == Some(vertex) { usize::MAX } else { self.of[vertex] }
    }

    /// The vertex that comes first: the one above, else one of the rarest class.
    fn start(&self, block: usize) -> usize {
        let members = &self.tree.members[block];
        if let Some(above) = self.tree.parent[self.tree.vertices + block] {
            return above;
        }
        let count = |vertex: usize| members.iter().filter(|&&other| self.of[other] == self.of[vertex]).count();
        *members.iter().min_by_key(|&&vertex| (count(vertex), self.of[vertex])).expect("a block has members")
    }

    /// The neighbours of a vertex within the block.
    fn inside(&self, block: usize, vertex: usize) -> impl Iterator<Item = (usize, u8)> {
        let members = &self.tree.members[block];
        self.graph.neighbors[vertex].iter().copied().filter(|(other, _)| members.binary_search(other).is_ok())
    }

    /// A number of the bonds of a block, the same for isomorphic blocks: how many there are of each kind.
    fn bonds(&self, block: usize) -> u64 {
        let ends = self.tree.members[block].iter().flat_map(|&vertex| self.inside(block, vertex));
        ends.fold(0, |sum, (_, kind)| sum.wrapping_add(1 << (8 * (u64::from(kind) % 5))))
    }

    /// The members of a block from `start` on, each but the first beside one before it.
    fn plan(&self, block: usize, start: usize) -> Vec<usize> {
        let mut plan = vec![start];
        let mut next = 0;
        while next < plan.len() {
            let beside: SmallVec<[usize; 4]> = self.inside(block, plan[next]).map(|(other, _)| other).collect();
            for other in beside {
                if !plan.contains(&other) {
                    plan.push(other);
                }
            }
            next += 1;
        }
        plan
    }

    /// At most `limit` isomorphisms of the block `from`, whose members `plan` lists, onto `block`: the image of each member,
    /// in the order of `plan`.
    ///
    /// # Errors
    /// [`Error::TooMany`] beyond the limits; one isomorphism is found where one is asked for.
    fn isomorphisms(
        &self,
        (plan, from): (&[usize], usize),
        block: usize,
        limit: usize,
        steps: &mut usize,
    ) -> Result<Vec<Vec<usize>>> {
        // The bonds of each member to those before it.
        let back: Vec<SmallVec<[(usize, u8); 4]>> = plan
            .iter()
            .enumerate()
            .map(|(place, &vertex)| {
                let before = |(other, kind)| plan[..place].iter().position(|&o| o == other).map(|p| (p, kind));
                self.inside(from, vertex).filter_map(before).collect()
            })
            .collect();
        let members = &self.tree.members[block];
        let mut images: Vec<usize> = Vec::with_capacity(plan.len());
        let mut open: Vec<SmallVec<[usize; 4]>> = vec![members.iter().copied().collect()];
        let mut found = Vec::new();
        while let Some(candidates) = open.last_mut() {
            let Some(candidate) = candidates.pop() else {
                open.pop();
                images.pop();
                continue;
            };
            *steps += 1;
            if *steps > MOST_STEPS {
                return Err(Error::TooMany { what: "steps in comparing ring systems", limit: MOST_STEPS });
            }
            let place = images.len();
            let joined = |&(before, kind): &(usize, u8)| {
                self.graph.neighbors[images[before]].iter().any(|&(other, k)| other == candidate && k == kind)
            };
            let fits = !images.contains(&candidate)
                && self.color(from, plan[place]) == self.color(block, candidate)
                && back[place].iter().all(joined);
            if !fits {
                continue;
            }
            images.push(candidate);
            if images.len() == plan.len() {
                if found.len() == limit {
                    return Err(Error::TooMany { what: "automorphisms of a ring system", limit });
                }
                found.push(images.clone());
                if limit == 1 {
                    return Ok(found);
                }
                images.pop();
                continue;
            }
            let anchor = images[back[place + 1].first().expect("members follow a neighbour").0];
            open.push(self.inside(block, anchor).map(|(other, _)| other).collect());
        }
        Ok(found)
    }
}
