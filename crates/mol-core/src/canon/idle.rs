//! Which stereo marks mean something.
//!
//! A mark is idle if the molecule has an automorphism that keeps every other mark, leaves the site where it is and
//! inverts it: then the mark and its opposite describe one compound. Two equal ligands are the common case; but the two
//! halves of a ring may look alike and still be told apart by the mark on its other side (cis and trans), which only the
//! group knows. Idle marks are dropped all at once, save those of which one becomes meaningful when another is dropped: so
//! the marks that remain are the same for every numbering.

use super::graph::{ABSENT, Graph};
use super::partition::Partition;
use super::search::{certificate_of, label};

/// Vertices times suspects beyond which marks that only the group could settle are kept.
const MOST_TESTS: usize = 2_000_000;

/// Sets the marks that are idle to 0 and gives the partition refined by bonds and what remains of the marks.
pub(crate) fn settle(graph: &mut Graph) -> Partition {
    let mut plain = Partition::new(&graph.colors);
    plain.refine(graph, &[]);
    if graph.sites.iter().any(|site| site.number > 0) {
        let suspects = suspects(graph, &plain);
        if !suspects.is_empty() {
            drop_idle(graph, &plain, suspects, &[]);
        }
        plain.refine(graph, &graph.sites);
    }
    plain
}

/// Marks, beside the marks that are there and settled, the sites that are stereogenic for some marks on the other unmarked
/// ones: each of those is taken as told apart from all and marked.
pub(crate) fn mark_possible(graph: &mut Graph) {
    let open: Vec<bool> = graph.sites.iter().map(|site| site.number == 0).collect();
    if !open.contains(&true) {
        return;
    }
    let mut plain = Partition::new(&graph.colors);
    plain.refine(graph, &[]);
    for site in &mut graph.sites {
        site.number = site.number.max(1);
    }
    let mut suspects = suspects(graph, &plain);
    suspects.retain(|&k| {
        // A metal with two equal ligands is not known to be tetrahedral.
        let skipped = graph.sites[k].metal && open[k];
        if skipped {
            graph.sites[k].number = 0;
        }
        open[k] && !skipped
    });
    if !suspects.is_empty() {
        drop_idle(graph, &plain, suspects, &open);
    }
}

/// The marked sites that a symmetry of the bonds alone might invert.
fn suspects(graph: &Graph, plain: &Partition) -> Vec<usize> {
    let key = |vertex: u32| plain.cell[vertex as usize];
    let suspect = |k: &usize| graph.sites[*k].number > 0 && graph.sites[*k].is_tied(key);
    (0..graph.sites.len()).filter(suspect).collect()
}

/// Drops idle marks of `suspects` until none is left. Each marked site that is `apart` has a colour of its own.
fn drop_idle(graph: &mut Graph, plain: &Partition, mut suspects: Vec<usize>, apart: &[bool]) {
    loop {
        let mut partition = recolored(graph, plain, None, apart);
        partition.refine(graph, &graph.sites);
        let before = suspects.len();
        suspects.retain(|&k| {
            let idle = tie_is_free(graph, &partition, k);
            if idle {
                graph.sites[k].number = 0;
            }
            !idle
        });
        if suspects.len() < before {
            continue;
        }
        if suspects.len() * graph.len() > MOST_TESTS {
            return;
        }
        if apart.is_empty() {
            let idle = idle_together(graph, plain, &suspects);
            idle.iter().for_each(|&k| graph.sites[k].number = 0);
            suspects.retain(|k| !idle.contains(k));
        } else {
            suspects.retain(|&k| {
                let idle = is_idle(graph, plain, k, apart);
                if idle {
                    graph.sites[k].number = 0;
                }
                !idle
            });
        }
        if suspects.len() == before {
            return;
        }
    }
}

/// The idle marks that can be dropped without making another one meaningful.
///
/// In a ring with marks up, up, up, down, down both the first and the third are idle, each because of the other: without
/// the one, the other tells the ring from its mirror image. Neither is dropped.
fn idle_together(graph: &mut Graph, plain: &Partition, suspects: &[usize]) -> Vec<usize> {
    let idle: Vec<usize> = suspects.iter().copied().filter(|&k| is_idle(graph, plain, k, &[])).collect();
    if idle.len() < 2 || idle.len() * idle.len() * graph.len() > MOST_TESTS {
        return if idle.len() < 2 { idle } else { Vec::new() };
    }
    let mut together = idle.clone();
    together.retain(|&k| {
        let number = std::mem::take(&mut graph.sites[k].number);
        let all = idle.iter().all(|&other| other == k || is_idle(graph, plain, other, &[]));
        graph.sites[k].number = number;
        all
    });
    together
}

/// Whether two equal ligands of a site are branches without rings, which can be exchanged freely.
fn tie_is_free(graph: &Graph, partition: &Partition, site: usize) -> bool {
    let free = |(a, b): (u32, u32)| a >= ABSENT || b >= ABSENT || !graph.core[a as usize] && !graph.core[b as usize];
    graph.sites[site].ties(|vertex| partition.cell[vertex as usize]).into_iter().any(free)
}

/// Whether an automorphism inverts the site and keeps the others.
fn is_idle(graph: &mut Graph, plain: &Partition, site: usize, apart: &[bool]) -> bool {
    let number = std::mem::take(&mut graph.sites[site].number);
    let mut partition = recolored(graph, plain, Some(site), apart);
    partition.refine(graph, &graph.sites);
    if !graph.sites[site].is_tied(|vertex| partition.cell[vertex as usize]) {
        graph.sites[site].number = number;
        return false;
    }
    if tie_is_free(graph, &partition, site) {
        graph.sites[site].number = number;
        return true;
    }
    let mut certificate = |number: u8| {
        graph.sites[site].number = number;
        let mut partition = recolored(graph, plain, Some(site), apart);
        partition.refine(graph, &graph.sites);
        let trace = partition.trace;
        let labelling = label(graph, partition);
        (trace, certificate_of(graph, &labelling), labelling.exact)
    };
    let (opposite_trace, opposite, opposite_exact) = certificate(3 - number);
    let (trace, present, exact) = certificate(number);
    // An unfinished search proves nothing: the mark stays.
    trace == opposite_trace && present == opposite && exact && opposite_exact
}

/// The partition by bonds, with the ends of one site in a cell of their own, and those of every marked one that is `apart`.
fn recolored(graph: &Graph, plain: &Partition, alone: Option<usize>, apart: &[bool]) -> Partition {
    let mut colors: Vec<u64> = plain.cell.iter().map(|&cell| u64::from(cell) << 32).collect();
    for (k, site) in graph.sites.iter().enumerate() {
        if alone == Some(k) || apart.get(k) == Some(&true) && site.number > 0 {
            for end in site.ends {
                colors[end as usize] |= k as u64 + 1;
            }
        }
    }
    Partition::new(&colors)
}

/// Whether a mark on an unmarked site would be idle.
pub(crate) fn is_stated_idle(graph: &Graph, site: usize) -> bool {
    let mut stated = graph.clone();
    stated.sites[site].number = 1;
    settle(&mut stated);
    stated.sites[site].number == 0
}
