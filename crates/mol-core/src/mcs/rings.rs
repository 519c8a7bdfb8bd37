//! The part of a common substructure whose bonds on rings lie on its own rings.

use super::graph::Graph;

/// Of some bonds those that are off all rings of the molecule or on a ring of these bonds.
///
/// A bond is on a ring of them unless it is a bridge (Tarjan, *Inf. Process. Lett.* **2**, 160 (1974)). Bridges that are
/// taken away leave all other rings as they are, so one pass is enough.
pub(super) fn with_complete_rings(graph: &Graph, edges: &[u32]) -> Vec<u32> {
    let bridges = bridges(graph, edges);
    edges.iter().copied().filter(|&edge| !graph.on_ring[edge as usize] || !bridges[edge as usize]).collect()
}

fn bridges(graph: &Graph, edges: &[u32]) -> Vec<bool> {
    const UNSEEN: u32 = u32::MAX;
    let mut is_kept = vec![false; graph.edges.len()];
    edges.iter().for_each(|&edge| is_kept[edge as usize] = true);
    let mut is_bridge = vec![false; graph.edges.len()];
    let mut found = vec![UNSEEN; graph.labels.len()];
    let mut lowest = found.clone();
    let mut clock = 0;
    // Atom, the bond it was reached by, the next of its bonds.
    let mut path: Vec<(u32, u32, usize)> = Vec::new();
    for &edge in edges {
        let start = graph.edges[edge as usize].ends[0];
        if found[start as usize] != UNSEEN {
            continue;
        }
        (found[start as usize], lowest[start as usize]) = (clock, clock);
        clock += 1;
        path.push((start, UNSEEN, 0));
        while let Some((atom, reached_by, next)) = path.last_mut() {
            let (here, reached_by) = (*atom as usize, *reached_by);
            if let Some(&(other, bond)) = graph.around(*atom).get(*next) {
                *next += 1;
                if !is_kept[bond as usize] || bond == reached_by {
                    continue;
                }
                if found[other as usize] == UNSEEN {
                    (found[other as usize], lowest[other as usize]) = (clock, clock);
                    clock += 1;
                    path.push((other, bond, 0));
                } else {
                    lowest[here] = lowest[here].min(found[other as usize]);
                }
                continue;
            }
            path.pop();
            if let Some(&(above, ..)) = path.last() {
                let above = above as usize;
                lowest[above] = lowest[above].min(lowest[here]);
                is_bridge[reached_by as usize] = lowest[here] > found[above];
            }
        }
    }
    is_bridge
}

/// The connected parts of some bonds.
pub(super) fn parts(graph: &Graph, edges: &[u32]) -> Vec<Vec<u32>> {
    let mut is_left = vec![false; graph.edges.len()];
    edges.iter().for_each(|&edge| is_left[edge as usize] = true);
    let mut parts = Vec::new();
    for &edge in edges {
        if !std::mem::take(&mut is_left[edge as usize]) {
            continue;
        }
        let mut part = vec![edge];
        let mut done = 0;
        while let Some(&next) = part.get(done) {
            done += 1;
            for end in graph.edges[next as usize].ends {
                for &(_, bond) in graph.around(end) {
                    if std::mem::take(&mut is_left[bond as usize]) {
                        part.push(bond);
                    }
                }
            }
        }
        parts.push(part);
    }
    parts
}
