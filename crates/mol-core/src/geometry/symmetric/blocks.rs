//! A graph as a tree of blocks: bonds that are no part of a ring, and ring systems that no single atom holds together.
//!
//! Blocks meet in single atoms, so blocks and atoms together form a tree (a forest for a molecule of several pieces). The
//! middle of a tree is the same for every numbering, so every symmetry of the graph keeps it, and the tree is rooted there:
//! a symmetry is then a choice, at every atom and block, of what goes where among the branches below, independent of the
//! others. Found in one depth-first pass without recursion (Hopcroft and Tarjan, *Commun. ACM* **16**, 372 (1973)).

use super::graph::Graph;
use smallvec::SmallVec;

/// A forest of vertices and blocks. Node k is vertex k below the number of vertices, else block `k − vertices`.
pub(super) struct BlockTree {
    pub(super) vertices: usize,
    /// The vertices of each block.
    pub(super) members: Vec<Vec<usize>>,
    /// The node above each node, none at a root.
    pub(super) parent: Vec<Option<usize>>,
    /// The nodes below each node, ascending.
    pub(super) children: Vec<SmallVec<[usize; 4]>>,
    /// All nodes, roots first, no node before the one above it.
    pub(super) order: Vec<usize>,
}

impl BlockTree {
    pub(super) fn new(graph: &Graph) -> Self {
        let vertices = graph.len();
        let members = blocks(graph);
        let nodes = vertices + members.len();
        let mut adjacent: Vec<SmallVec<[usize; 4]>> = vec![SmallVec::new(); nodes];
        for (block, list) in members.iter().enumerate() {
            for &vertex in list {
                adjacent[vertex].push(vertices + block);
                adjacent[vertices + block].push(vertex);
            }
        }
        let mut order = middles(&adjacent);
        let mut parent = vec![None; nodes];
        let mut seen = vec![false; nodes];
        for &root in &order {
            seen[root] = true;
        }
        let mut children: Vec<SmallVec<[usize; 4]>> = vec![SmallVec::new(); nodes];
        let mut next = 0;
        while next < order.len() {
            let node = order[next];
            next += 1;
            for &other in &adjacent[node] {
                if !std::mem::replace(&mut seen[other], true) {
                    parent[other] = Some(node);
                    children[node].push(other);
                    order.push(other);
                }
            }
        }
        Self { vertices, members, parent, children, order }
    }

    /// The nodes without one above.
    pub(super) fn roots(&self) -> impl Iterator<Item = usize> {
        self.order.iter().copied().take_while(|&node| self.parent[node].is_none())
    }
}

/// The vertices of each block, ascending.
fn blocks(graph: &Graph) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut found = vec![UNSEEN; graph.len()];
    let mut lowest = vec![UNSEEN; graph.len()];
    let mut clock = 0;
    let mut members = Vec::new();
    // Vertex, the vertex it was reached from, the next of its neighbours to follow.
    let mut path: Vec<(usize, usize, usize)> = Vec::new();
    // Vertices that wait for the block that holds them below the vertex they were reached from.
    let mut waiting: Vec<usize> = Vec::new();
    for start in 0..graph.len() {
        if found[start] != UNSEEN {
            continue;
        }
        (found[start], lowest[start]) = (clock, clock);
        clock += 1;
        path.push((start, UNSEEN, 0));
        while let Some((here, above, next)) = path.last_mut() {
            let (here, above) = (*here, *above);
            if let Some(&(other, _)) = graph.neighbors[here].get(*next) {
                *next += 1;
                if found[other] == UNSEEN {
                    (found[other], lowest[other]) = (clock, clock);
                    clock += 1;
                    waiting.push(other);
                    path.push((other, here, 0));
                } else if other != above {
                    lowest[here] = lowest[here].min(found[other]);
                }
                continue;
            }
            path.pop();
            if above != UNSEEN {
                lowest[above] = lowest[above].min(lowest[here]);
                if lowest[here] >= found[above] {
                    let first =
                        waiting.iter().rposition(|&vertex| vertex == here).expect("it waits since it was found");
                    let mut block = Vec::with_capacity(waiting.len() - first + 1);
                    block.push(above);
                    block.extend(waiting.drain(first..));
                    block.sort_unstable();
                    members.push(block);
                }
            }
        }
    }
    members
}

/// The middle node of each tree: leaves are taken off in layers, and the last node left is it.
///
/// All leaves are vertices, so the longest paths have an odd number of nodes and the middle is one node.
fn middles(adjacent: &[SmallVec<[usize; 4]>]) -> Vec<usize> {
    let mut degree: Vec<usize> = adjacent.iter().map(SmallVec::len).collect();
    let mut taken = vec![false; adjacent.len()];
    let mut queue: Vec<usize> = (0..adjacent.len()).filter(|&node| degree[node] <= 1).collect();
    let mut middles = Vec::new();
    let mut next = 0;
    while next < queue.len() {
        let node = queue[next];
        next += 1;
        taken[node] = true;
        if degree[node] == 0 {
            middles.push(node);
        }
        for &other in adjacent[node].iter().filter(|&&other| !taken[other]) {
            degree[other] -= 1;
            if degree[other] == 1 {
                queue.push(other);
            }
        }
    }
    middles
}
