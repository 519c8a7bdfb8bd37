//! The canonical labelling of a component: a search tree of refinements with automorphism pruning.
//!
//! Refinement leaves ties where atoms are equivalent, and rarely where they are not. Each tie is broken by every vertex of
//! its cell in turn; of all numberings reached, the one with the least certificate is the canonical one (McKay, Piperno,
//! *J. Symb. Comput.* **60**, 94 (2014)). A vertex is passed over if an automorphism takes it to one tried before. Such are
//! found in two ways: from two numberings of equal certificate, and, cheaper, by comparing the partitions after
//! breaking the tie by the one and the other vertex, which differ in few places if the symmetry is local (two ortho
//! positions). Ties among branches without rings need no search at all: there equal colours mean equivalence.
//!
//! Deliberately not here: the automorphism group itself.

use super::budget::Budget;
use super::graph::Graph;
use super::partition::Partition;
use super::site::Site;
use super::twin::Twin;
use smallvec::SmallVec;
use std::cmp::Ordering;

/// Candidates of a tie that are all looked at before one is followed. Ties of more are those of large symmetric frames, most of
/// whose candidates automorphisms settle.
const MOST_AHEAD: usize = 32;

/// A numbering of the vertices of a component.
#[derive(Clone, Debug)]
pub(crate) struct Labelling {
    /// The vertices in canonical order.
    pub(crate) order: Vec<u32>,
    /// Whether the search was completed.
    pub(crate) exact: bool,
}

/// One open tie.
struct Frame {
    /// Log of splits before the tie is broken.
    mark: usize,
    trace: u64,
    candidates: SmallVec<[u32; 8]>,
    next: usize,
    /// Candidates that were followed.
    tried: SmallVec<[u32; 8]>,
}

/// A numbering reached.
struct Leaf {
    path: Vec<u32>,
    elements: Vec<u32>,
    cell: Vec<u32>,
    traces: Vec<u64>,
    certificate: Vec<u64>,
}

struct Search<'a> {
    graph: &'a Graph,
    sites: &'a [Site],
    partition: Partition,
    frames: Vec<Frame>,
    path: Vec<u32>,
    traces: Vec<u64>,
    first: Option<Leaf>,
    best: Option<Leaf>,
    /// How the traces of the path compare with those of the best leaf as far as both go.
    ahead: Vec<Ordering>,
    /// Orbits under the automorphisms found, all of which fix the path to the present tie on the first path.
    orbits: Vec<u32>,
    /// For comparing the partition after breaking a tie by its first candidate with others.
    twin: Twin,
    /// Bonds that may be looked at before the search takes the best numbering found so far.
    limit: u64,
    /// Whether no choice was left unexamined.
    exact: bool,
    /// Whether all ties must be searched, also those of branches without rings.
    thorough: bool,
}

/// Labels a component from a partition that is refined already; `sites` are those that have marks, others beside them do no
/// harm. The work, that of the partition so far included, is charged to the budget.
pub(crate) fn label(graph: &Graph, partition: Partition, sites: &[Site], budget: &mut Budget) -> Labelling {
    if partition.is_discrete() {
        budget.spend(partition.work);
        return Labelling { order: partition.elements, exact: true };
    }
    let thorough = graph.sites.iter().any(Site::is_polyhedron);
    let acyclic = !graph.core.iter().any(|&core| core);
    let needs_search = |cell: &u32| partition.size(*cell) > 1;
    let tied = graph.core.iter().zip(&partition.cell).any(|(&core, cell)| (core || thorough) && needs_search(cell));
    if !tied || acyclic && !thorough {
        let mut partition = partition;
        partition.finish(graph, sites);
        budget.spend(partition.work);
        return Labelling { order: partition.elements, exact: true };
    }
    Search::new(graph, partition, sites, thorough, budget.left()).run(budget)
}

impl<'a> Search<'a> {
    fn new(graph: &'a Graph, partition: Partition, sites: &'a [Site], thorough: bool, limit: u64) -> Self {
        Self {
            graph,
            sites,
            exact: true,
            orbits: Vec::new(),
            partition,
            frames: Vec::new(),
            path: Vec::new(),
            traces: Vec::new(),
            first: None,
            best: None,
            ahead: Vec::new(),
            twin: Twin::new(graph.len()),
            limit,
            thorough,
        }
    }

    fn run(mut self, budget: &mut Budget) -> Labelling {
        self.open_or_close();
        while !self.frames.is_empty() {
            if self.partition.work > self.limit && self.best.is_some() {
                self.exact = false;
                break;
            }
            if self.step() {
                self.open_or_close();
            }
        }
        let exact = self.exact;
        let mut partition = self.partition;
        // Without a leaf the partition itself is the only numbering.
        if let Some(best) = self.best {
            partition.restore(best.elements, &best.cell);
        }
        partition.finish(self.graph, self.sites);
        budget.spend(partition.work);
        if !exact {
            budget.give_up();
        }
        Labelling { order: partition.elements, exact }
    }

    /// At a new node: breaks its ties as far as local symmetries show that the choice does not matter, opens the first of
    /// which they do not, or looks at the numbering.
    fn open_or_close(&mut self) {
        let mut place = 0;
        let count = self.graph.len();
        while place < count {
            let size = self.partition.size(place as u32) as usize;
            let first = self.partition.elements[place];
            if size == 1 || !(self.thorough || self.graph.core[first as usize]) {
                place += size;
                continue;
            }
            let mut candidates: SmallVec<[u32; 8]> = self.partition.members(place as u32).into();
            let (mark, trace) = (self.partition.mark(), self.partition.trace);
            if self.partition.work > self.limit {
                self.exact = false;
                self.break_tie(first, mark, trace);
            } else if !self.all_equivalent(&candidates, mark, trace) {
                let before = candidates.len();
                if before <= MOST_AHEAD {
                    self.keep_least(&mut candidates, mark, trace);
                }
                if candidates.len() == before || !self.all_equivalent(&candidates, mark, trace) {
                    self.partition.undo(mark);
                    self.partition.trace = trace;
                    self.frames.push(Frame { mark, trace, candidates, next: 0, tried: SmallVec::new() });
                    return;
                }
            }
            place += 1;
        }
        // A single numbering needs no comparison.
        if !self.frames.is_empty() {
            self.leaf();
        }
    }

    /// Whether local symmetries take the first candidate of a tie to each other one; the tie is then broken by the last.
    fn all_equivalent(&mut self, candidates: &[u32], mark: usize, trace: u64) -> bool {
        self.take_snapshot(candidates[0], mark, trace);
        candidates[1..].iter().all(|&vertex| {
            self.break_tie(vertex, mark, trace);
            let symmetric = self.twin.is_image(self.graph, self.sites, &self.partition);
            self.twin.forget();
            symmetric
        })
    }

    /// Keeps the candidates of a tie that lead to the least trace: the best numbering is behind one of them. Without this
    /// look ahead all that is behind the first candidate is searched before a better one is seen, at every tie anew.
    fn keep_least(&mut self, candidates: &mut SmallVec<[u32; 8]>, mark: usize, trace: u64) {
        let traces: SmallVec<[u64; 8]> = candidates
            .iter()
            .map(|&vertex| {
                self.break_tie(vertex, mark, trace);
                self.partition.trace
            })
            .collect();
        let least = traces.iter().copied().min();
        let mut traces = traces.into_iter();
        candidates.retain(|_| traces.next() == least);
    }

    fn break_tie(&mut self, vertex: u32, mark: usize, trace: u64) {
        self.partition.undo(mark);
        self.partition.trace = trace;
        self.partition.individualize(vertex);
        self.partition.refine(self.graph, self.sites);
        self.partition.work += self.graph.len() as u64;
    }

    fn take_snapshot(&mut self, vertex: u32, mark: usize, trace: u64) {
        self.break_tie(vertex, mark, trace);
        self.twin.take(&self.partition);
    }

    /// Breaks the last open tie by its next candidate that is worth it; false if there is none or it is no better.
    fn step(&mut self) -> bool {
        let depth = self.frames.len() - 1;
        self.path.truncate(depth);
        self.traces.truncate(depth);
        self.ahead.truncate(depth);
        let frame = &mut self.frames[depth];
        let Some(&vertex) = frame.candidates.get(frame.next) else {
            self.frames.pop();
            return false;
        };
        frame.next += 1;
        if self.is_equivalent(depth, vertex) {
            return false;
        }
        let frame = &mut self.frames[depth];
        frame.tried.push(vertex);
        let (mark, trace) = (frame.mark, frame.trace);
        self.partition.undo(mark);
        self.partition.trace = trace;
        self.partition.individualize(vertex);
        self.partition.refine(self.graph, self.sites);
        let trace = self.partition.trace;
        let before = self.ahead.last().copied().unwrap_or(Ordering::Equal);
        let order = match &self.best {
            None => Ordering::Less,
            Some(_) if before == Ordering::Less => Ordering::Less,
            // A longer path than that of the best leaf cannot have equal traces all along; any fixed rule will do.
            Some(best) => best.traces.get(depth).map_or(Ordering::Greater, |old| trace.cmp(old)),
        };
        if order == Ordering::Greater {
            return false;
        }
        self.path.push(vertex);
        self.traces.push(trace);
        self.ahead.push(order);
        true
    }

    /// Whether a candidate is known to be equivalent to one tried before at the same tie.
    fn is_equivalent(&mut self, depth: usize, vertex: u32) -> bool {
        let Some(&earlier) = self.frames[depth].tried.first() else { return false };
        let on_first = self.first.as_ref().is_some_and(|first| first.path[..depth] == self.path[..depth]);
        if on_first {
            let orbit = self.find(vertex);
            for k in 0..self.frames[depth].tried.len() {
                if self.find(self.frames[depth].tried[k]) == orbit {
                    return true;
                }
            }
        }
        let (mark, trace) = (self.frames[depth].mark, self.frames[depth].trace);
        self.take_snapshot(earlier, mark, trace);
        self.break_tie(vertex, mark, trace);
        let symmetric = self.twin.is_image(self.graph, self.sites, &self.partition);
        if symmetric && on_first {
            for from in 0..self.graph.len() as u32 {
                let to = self.twin.image(from);
                if to != from {
                    self.unite(from, to);
                }
            }
        }
        self.twin.forget();
        symmetric
    }

    /// Compares a numbering with the first and the best.
    fn leaf(&mut self) {
        if self.orbits.is_empty() {
            self.orbits = (0..self.graph.len() as u32).collect();
        }
        let certificate = certificate(self.graph, &self.partition);
        self.partition.work += certificate.len() as u64;
        let leaf = || Leaf {
            path: self.path.clone(),
            elements: self.partition.elements.clone(),
            cell: self.partition.cell.clone(),
            traces: self.traces.clone(),
            certificate: certificate.clone(),
        };
        let Some(best) = &self.best else {
            self.first = Some(leaf());
            self.best = Some(leaf());
            self.ahead.fill(Ordering::Equal);
            return;
        };
        let order = match self.ahead.last() {
            Some(Ordering::Less) => Ordering::Less,
            _ => self.traces.len().cmp(&best.traces.len()).then_with(|| certificate.cmp(&best.certificate)),
        };
        let first = self.first.as_ref().expect("there is a best leaf");
        let twin = if order == Ordering::Equal {
            Some(best)
        } else {
            Some(first).filter(|first| first.traces == self.traces && first.certificate == certificate)
        };
        if let Some(twin) = twin {
            let shared = twin.path.iter().zip(&self.path).take_while(|(a, b)| a == b).count();
            let pairs: Vec<(u32, u32)> = twin
                .elements
                .iter()
                .zip(&self.partition.elements)
                .filter(|&(a, b)| a != b && self.partition.size(self.partition.cell[*b as usize]) == 1)
                .map(|(&a, &b)| (a, b))
                .collect();
            for (a, b) in pairs {
                self.unite(a, b);
            }
            self.frames.truncate(shared + 1);
        } else if order == Ordering::Less {
            self.best = Some(leaf());
            self.ahead.fill(Ordering::Equal);
        }
    }

    fn find(&mut self, vertex: u32) -> u32 {
        let mut root = vertex;
        while self.orbits[root as usize] != root {
            let above = self.orbits[self.orbits[root as usize] as usize];
            self.orbits[root as usize] = above;
            root = above;
        }
        root
    }

    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.orbits[a.max(b) as usize] = a.min(b);
    }
}

/// What all canonical numberings of equal components, stereo included, have in common, and no two of different ones.
pub(crate) fn certificate_of(graph: &Graph, labelling: &Labelling) -> Vec<u64> {
    let mut place = vec![0; graph.len()];
    for (k, &vertex) in (0..).zip(&labelling.order) {
        place[vertex as usize] = k;
    }
    certify(graph, &labelling.order, &place)
}

fn certificate(graph: &Graph, partition: &Partition) -> Vec<u64> {
    certify(graph, &partition.elements, &partition.cell)
}

/// What a numbering says: for each place the bonds to earlier places, then the marks of the sites.
fn certify(graph: &Graph, elements: &[u32], cell: &[u32]) -> Vec<u64> {
    let mut list = Vec::with_capacity(2 * graph.len() + graph.sites.len());
    for &vertex in elements {
        let place = u64::from(cell[vertex as usize]);
        let begin = list.len();
        list.push(place << 40 | 0xff_ffff_ffff);
        for arc in graph.arcs(vertex) {
            let other = u64::from(cell[arc.to as usize]);
            if other <= place {
                list.push(place << 40 | other << 8 | u64::from(arc.order));
            }
        }
        list[begin + 1..].sort_unstable();
    }
    let begin = list.len();
    for site in graph.sites.iter().filter(|site| site.number > 0) {
        let [a, b] = site.ends.map(|end| u64::from(cell[end as usize]));
        let value = u64::from(site.value(|vertex| cell[vertex as usize]));
        list.push(a.min(b) << 40 | a.max(b) << 8 | value);
    }
    list[begin..].sort_unstable();
    list
}
