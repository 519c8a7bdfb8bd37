//! Which stereo marks mean something.
//!
//! A mark is idle if the molecule has an automorphism that keeps every other mark, leaves the site where it is and
//! inverts it: then the mark and its opposite describe one compound. Two equal ligands are the common case; but the two
//! halves of a ring may look alike and still be told apart by the mark on its other side (cis and trans), which only the
//! group knows. Idle marks are dropped all at once, save those of which one becomes meaningful when another is dropped: so
//! the marks that remain are the same for every numbering.
//!
//! Most sites are decided by what is near them: a symmetry that exchanges two ligands and moves no other site inverts a site
//! whatever becomes of the other marks, and where no exchange of two equal ligands leaves the same refinement there is none.
//! Only what is left takes complete labellings, which are paid from the budget of the call.

use super::budget::Budget;
use super::graph::{ABSENT, Graph};
use super::partition::Partition;
use super::search::{certificate_of, label};
use super::twin::Twin;

/// Sets the marks that are idle to 0 and gives the partition refined by bonds and what remains of the marks.
///
/// Marks that the budget does not allow to decide stay.
pub(crate) fn settle(graph: &mut Graph, budget: &mut Budget) -> Partition {
    let mut plain = Partition::new(&graph.colors);
    plain.refine(graph, &[]);
    if graph.sites.iter().any(|site| site.number > 0) {
        let suspects = suspects(graph, &plain);
        if !suspects.is_empty() {
            drop_idle(graph, &plain, suspects, &[], budget);
        }
        plain.refine(graph, &graph.sites);
    }
    plain
}

/// Marks, beside the marks that are there and settled, the sites that are stereogenic for some marks on the other unmarked
/// ones: each of those is taken as told apart from all and marked. What the budget does not allow to decide counts as
/// stereogenic.
pub(crate) fn mark_possible(graph: &mut Graph, budget: &mut Budget) {
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
        drop_idle(graph, &plain, suspects, &open, budget);
    }
}

/// The marked sites that a symmetry of the bonds alone might invert.
fn suspects(graph: &Graph, plain: &Partition) -> Vec<usize> {
    let key = |vertex: u32| plain.cell[vertex as usize];
    let suspect = |k: &usize| graph.sites[*k].number > 0 && graph.sites[*k].is_tied(key);
    (0..graph.sites.len()).filter(suspect).collect()
}

/// Drops idle marks of `suspects` until none is left. Each marked site that is `apart` has a colour of its own.
fn drop_idle(graph: &mut Graph, plain: &Partition, mut suspects: Vec<usize>, apart: &[bool], budget: &mut Budget) {
    let mut twin = Twin::new(graph.len());
    loop {
        let mut partition = recolored(graph, plain, None, apart);
        partition.refine(graph, &graph.sites);
        let before = suspects.len();
        let is_free = |&k: &usize| tie_is_free(graph, &partition, k);
        let mut dropped: Vec<usize> = suspects.iter().copied().filter(is_free).collect();
        if dropped.is_empty() {
            // Those that something near them proves to mean something need not be looked at again in this round.
            let mut open = Vec::new();
            for &k in &suspects {
                if !budget.allows() {
                    return;
                }
                match near(graph, &mut partition, k, &mut twin) {
                    Some(true) => dropped.push(k),
                    Some(false) => {}
                    None => open.push(k),
                }
                budget.spend(std::mem::take(&mut partition.work) + 4 * graph.len() as u64);
            }
            if dropped.is_empty() {
                dropped = if apart.is_empty() {
                    idle_together(graph, plain, &open, budget)
                } else {
                    // Each that goes leaves more symmetries for the others, so the order does not matter.
                    open.into_iter().filter(|&k| is_idle(graph, plain, k, apart, budget)).collect()
                };
            }
        }
        for &k in &dropped {
            graph.sites[k].number = 0;
        }
        suspects.retain(|&k| graph.sites[k].number > 0);
        if suspects.len() == before {
            return;
        }
    }
}

/// Whether a mark is idle, as far as the neighbourhood of its site tells; the partition is the one refined by all marks.
///
/// It is if an automorphism that moves no other marked site inverts this one. It is not if exchanging two equal ligands never
/// leaves the same refinement: an automorphism that inverts a site takes one ligand to another, or its square does.
fn near(graph: &mut Graph, partition: &mut Partition, site: usize, twin: &mut Twin) -> Option<bool> {
    let number = std::mem::take(&mut graph.sites[site].number);
    let (mark, trace) = (partition.mark(), partition.trace);
    for end in graph.sites[site].ends {
        partition.individualize(end);
    }
    partition.refine(graph, &graph.sites);
    let mut answer = Some(false);
    for (one, other) in graph.sites[site].ties(|vertex| partition.cell[vertex as usize]) {
        let (mark, trace) = (partition.mark(), partition.trace);
        let broken = |vertex: u32, partition: &mut Partition| {
            partition.undo(mark);
            partition.trace = trace;
            partition.individualize(vertex);
            partition.refine(graph, &graph.sites);
            partition.trace
        };
        let left = broken(one, partition);
        twin.take(partition);
        if broken(other, partition) == left {
            let is_idle = twin.is_image(graph, &graph.sites, partition) && inverts_only(graph, site, twin);
            twin.forget();
            answer = if is_idle { Some(true) } else { None };
        }
        partition.undo(mark);
        partition.trace = trace;
        if answer == Some(true) {
            break;
        }
    }
    partition.undo(mark);
    partition.trace = trace;
    graph.sites[site].number = number;
    answer
}

/// Whether the map of a twin inverts a site and leaves all other marked ones where they are.
fn inverts_only(graph: &Graph, site: usize, twin: &Twin) -> bool {
    let marked = super::site::Site { number: 1, ..graph.sites[site].clone() };
    let stays = |vertex: u32| twin.image(vertex) == vertex;
    marked.value(|vertex| vertex) != marked.value(|vertex| twin.image(vertex))
        && graph.sites.iter().all(|other| other.number == 0 || other.ends.into_iter().all(stays))
}

/// The idle marks that can be dropped without making another one meaningful.
///
/// In a ring with marks up, up, up, down, down both the first and the third are idle, each because of the other: without
/// the one, the other tells the ring from its mirror image. Neither is dropped.
fn idle_together(graph: &mut Graph, plain: &Partition, suspects: &[usize], budget: &mut Budget) -> Vec<usize> {
    let mut idle = suspects.to_vec();
    idle.retain(|&k| is_idle(graph, plain, k, &[], budget));
    if idle.len() < 2 {
        return idle;
    }
    let mut together = idle.clone();
    together.retain(|&k| {
        let number = std::mem::take(&mut graph.sites[k].number);
        let all = idle.iter().all(|&other| other == k || is_idle(graph, plain, other, &[], budget));
        graph.sites[k].number = number;
        all
    });
    // Which ones the budget was spent on depends on the numbering.
    if budget.left() > 0 { together } else { Vec::new() }
}

/// Whether two equal ligands of a site are branches without rings, which can be exchanged freely.
fn tie_is_free(graph: &Graph, partition: &Partition, site: usize) -> bool {
    let free = |(a, b): (u32, u32)| a >= ABSENT || b >= ABSENT || !graph.core[a as usize] && !graph.core[b as usize];
    graph.sites[site].ties(|vertex| partition.cell[vertex as usize]).into_iter().any(free)
}

/// Whether an automorphism inverts the site and keeps the others.
fn is_idle(graph: &mut Graph, plain: &Partition, site: usize, apart: &[bool], budget: &mut Budget) -> bool {
    if !budget.allows() {
        return false;
    }
    let number = std::mem::take(&mut graph.sites[site].number);
    let mut partition = recolored(graph, plain, Some(site), apart);
    partition.refine(graph, &graph.sites);
    budget.spend(partition.work + graph.len() as u64);
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
        let labelling = label(graph, partition, &graph.sites, budget);
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
pub(crate) fn is_stated_idle(graph: &Graph, site: usize, budget: &mut Budget) -> bool {
    let mut stated = graph.clone();
    stated.sites[site].number = 1;
    settle(&mut stated, budget);
    stated.sites[site].number == 0
}
