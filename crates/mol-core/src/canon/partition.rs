//! An ordered partition of the vertices and its refinement.
//!
//! Cells are ranges of one list of vertices; the colour of a vertex is where its cell starts. A cell is split by how its
//! vertices are bonded to another one, and by what the marks of its stereo sites say, until nothing changes (McKay,
//! *Congr. Numer.* **30**, 45 (1981), with Hopcroft's rule of leaving out the largest part). What happens depends on
//! cells only, never on numbers of vertices, and is summed up in [`Partition::trace`]. Splits are logged, so that a search
//! takes them back instead of copying.

use super::graph::Graph;
use super::site::{Kind, Site};
use smallvec::SmallVec;

/// Numbers of bond orders.
const ORDERS: u8 = 5;

/// What is known of a vertex; together, as they are looked at together.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    /// Sum over the bonds and marks that touch it.
    weight: u64,
    /// Where it is among the elements.
    position: u32,
    is_touched: bool,
}

/// What is known of a cell, at its start.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    size: u32,
    /// Vertices touched.
    hits: u32,
    is_queued: bool,
}

/// An ordered partition.
#[derive(Clone, Debug)]
pub(crate) struct Partition {
    /// Vertices, cell by cell.
    pub(crate) elements: Vec<u32>,
    /// Start of the cell of each vertex.
    pub(crate) cell: Vec<u32>,
    spots: Vec<Spot>,
    cells: Vec<Cell>,
    /// Summary of all refinements so far that is equal for equivalent vertices.
    pub(crate) trace: u64,
    /// Bonds looked at so far.
    pub(crate) work: u64,
    /// Starts of cells split off, each with the start of what it was split from.
    splits: Vec<(u32, u32)>,
    /// Number of cells.
    cell_count: usize,
    queue: Vec<u32>,
    /// Cells of the queue that are done.
    taken: usize,
    touched: SmallVec<[u32; 32]>,
    touched_cells: SmallVec<[u32; 16]>,
}

impl Partition {
    /// Vertices of equal colour in one cell, cells by ascending colour; not refined yet.
    pub(crate) fn new(colors: &[u64]) -> Self {
        let count = colors.len();
        let mut keyed: SmallVec<[(u64, u32); 64]> = colors.iter().copied().zip(0..).collect();
        keyed.sort_unstable();
        let mut partition = Self {
            elements: keyed.iter().map(|&(_, vertex)| vertex).collect(),
            cell: vec![0; count],
            spots: vec![Spot::default(); count],
            cells: vec![Cell::default(); count],
            trace: 0,
            work: 0,
            splits: Vec::with_capacity(count),
            cell_count: 0,
            queue: Vec::with_capacity(count),
            taken: 0,
            touched: SmallVec::new(),
            touched_cells: SmallVec::new(),
        };
        let mut start = 0;
        for (place, &(color, vertex)) in keyed.iter().enumerate() {
            if place > 0 && keyed[place - 1].0 != color {
                start = place;
            }
            partition.spots[vertex as usize].position = place as u32;
            partition.cell[vertex as usize] = start as u32;
            partition.cells[start].size += 1;
            if place == start {
                partition.cell_count += 1;
                partition.enqueue(start as u32);
            }
        }
        partition
    }

    /// Whether every cell is a single vertex.
    pub(crate) fn is_discrete(&self) -> bool {
        self.cell_count == self.elements.len()
    }

    /// Size of the cell that starts at `start`; 0 if none does.
    #[inline]
    pub(crate) fn size(&self, start: u32) -> u32 {
        self.cells[start as usize].size
    }

    /// The vertices of the cell that starts at `start`.
    pub(crate) fn members(&self, start: u32) -> &[u32] {
        &self.elements[start as usize..(start + self.size(start)) as usize]
    }

    /// Splits cells until each vertex of a cell has as many bonds of each order to every other cell, and marks of sites that
    /// can be told apart say the same.
    pub(crate) fn refine(&mut self, graph: &Graph, sites: &[Site]) {
        loop {
            self.refine_bonds(graph);
            if sites.is_empty() || self.is_discrete() || !self.refine_sites(sites) {
                return;
            }
        }
    }

    /// Puts one vertex into a cell of its own, before the rest of its cell.
    pub(crate) fn individualize(&mut self, vertex: u32) {
        let start = self.cell[vertex as usize];
        if self.size(start) == 1 {
            return;
        }
        self.swap_to(vertex, start);
        self.split(start, start + 1);
        self.enqueue(start);
    }

    /// A place in the log of splits.
    pub(crate) fn mark(&self) -> usize {
        self.splits.len()
    }

    /// Takes back all splits since `mark`; the trace is the caller's.
    pub(crate) fn undo(&mut self, mark: usize) {
        while self.splits.len() > mark {
            let (start, parent) = self.splits.pop().expect("longer than the mark");
            let size = self.size(start);
            for place in start..start + size {
                self.cell[self.elements[place as usize] as usize] = parent;
            }
            self.cells[parent as usize].size += size;
            self.cells[start as usize].size = 0;
            self.cell_count -= 1;
        }
    }

    /// Splits by the orders of bonds alone.
    fn refine_bonds(&mut self, graph: &Graph) {
        while self.taken < self.queue.len() {
            let start = self.queue[self.taken];
            self.taken += 1;
            self.cells[start as usize].is_queued = false;
            let splitter: SmallVec<[u32; 32]> = SmallVec::from_slice(self.members(start));
            self.trace = self.trace.wrapping_add(mix(u64::from(start)));
            if graph.has_hub() {
                self.split_by_each_order(graph, &splitter);
            } else {
                for &vertex in &splitter {
                    let arcs = graph.arcs(vertex);
                    self.work += arcs.len() as u64;
                    for arc in arcs {
                        self.touch(arc.to, 1 << (12 * arc.order));
                    }
                }
                self.split_touched();
            }
            if self.is_discrete() {
                // Nothing is left to split.
                for &open in &self.queue[self.taken..] {
                    self.cells[open as usize].is_queued = false;
                }
                break;
            }
        }
        self.queue.clear();
        self.taken = 0;
    }

    /// Splits by the bonds to one cell, one order after the other: their counts together may not fit into one number.
    fn split_by_each_order(&mut self, graph: &Graph, splitter: &[u32]) {
        for order in 0..ORDERS {
            for &vertex in splitter {
                let arcs = graph.arcs(vertex);
                self.work += arcs.len() as u64;
                for arc in arcs.iter().filter(|arc| arc.order == order) {
                    self.touch(arc.to, 1);
                }
            }
            self.split_touched();
        }
    }

    /// Splits by what the marks of sites say; true if anything was split.
    fn refine_sites(&mut self, sites: &[Site]) -> bool {
        for site in sites.iter().filter(|site| site.number > 0) {
            let value = site.value(|vertex| self.cell[vertex as usize]);
            let kind = match site.kind {
                Kind::Tetrahedral => 1,
                Kind::Bond => 2,
                Kind::Allene => 3,
                Kind::Polyhedron(class) => 4 + class as u64,
            };
            let weight = mix(kind << 8 | u64::from(value)) | 1;
            if value > 0 {
                // Also where the ends are in cells of their own, so that a search sees a wrong choice at once and not only
                // at the end of all paths behind it.
                for end in site.ends {
                    self.trace = self.trace.wrapping_add(mix(weight.wrapping_add(u64::from(self.cell[end as usize]))));
                }
            }
            self.touch(site.ends[0], weight);
            if site.ends[1] != site.ends[0] {
                self.touch(site.ends[1], weight);
            }
        }
        self.work += sites.len() as u64;
        let before = self.splits.len();
        self.split_touched();
        self.splits.len() > before
    }

    #[inline]
    fn touch(&mut self, vertex: u32, weight: u64) {
        let start = self.cell[vertex as usize];
        let Cell { size, hits, .. } = self.cells[start as usize];
        if size == 1 {
            return;
        }
        let spot = &mut self.spots[vertex as usize];
        spot.weight = spot.weight.wrapping_add(weight);
        if std::mem::replace(&mut spot.is_touched, true) {
            return;
        }
        if hits == 0 {
            self.touched_cells.push(start);
        }
        self.cells[start as usize].hits = hits + 1;
        self.touched.push(vertex);
        self.swap_to(vertex, start + size - 1 - hits);
    }

    /// Splits the cells that were touched by the weights of their vertices.
    fn split_touched(&mut self) {
        let mut trace = 0_u64;
        for &vertex in &self.touched {
            let seen = self.spots[vertex as usize].weight ^ u64::from(self.cell[vertex as usize]) << 48;
            trace = trace.wrapping_add((seen ^ seen >> 29).wrapping_mul(0xff51_afd7_ed55_8ccd));
        }
        self.trace = self.trace.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(trace);
        if self.touched_cells.len() > 1 {
            self.touched_cells.sort_unstable();
        }
        for k in 0..self.touched_cells.len() {
            let start = self.touched_cells[k];
            let cell = &mut self.cells[start as usize];
            let (size, hits) = (cell.size, std::mem::take(&mut cell.hits));
            self.split_cell(start, size, hits);
        }
        self.touched_cells.clear();
        for &vertex in &self.touched {
            let spot = &mut self.spots[vertex as usize];
            (spot.weight, spot.is_touched) = (0, false);
        }
        self.touched.clear();
    }

    /// Splits one cell whose last `hits` vertices are the touched ones.
    fn split_cell(&mut self, start: u32, size: u32, hits: u32) {
        let (first, end) = ((start + size - hits) as usize, (start + size) as usize);
        let spots = &self.spots;
        let weight = |vertex: u32| spots[vertex as usize].weight;
        let range = &mut self.elements[first..end];
        let low = weight(range[0]);
        if range.iter().all(|&vertex| weight(vertex) == low) {
            if first > start as usize {
                self.split(start, first as u32);
                self.enqueue_pieces(start, &[start, first as u32]);
            }
            return;
        }
        range.sort_unstable_by_key(|&vertex| weight(vertex));
        let mut pieces: SmallVec<[u32; 16]> = SmallVec::from_slice(&[start]);
        let mut before = None;
        for place in first..end {
            let spot = &mut self.spots[self.elements[place] as usize];
            spot.position = place as u32;
            if place > start as usize && before != Some(spot.weight) {
                pieces.push(place as u32);
            }
            before = Some(spot.weight);
        }
        for k in 1..pieces.len() {
            self.split(pieces[k - 1], pieces[k]);
        }
        self.enqueue_pieces(start, &pieces);
    }

    /// Queues the parts of a cell: all if it was queued itself, else all but the largest.
    fn enqueue_pieces(&mut self, start: u32, pieces: &[u32]) {
        let mut largest = pieces[0];
        for &piece in pieces {
            if self.size(piece) > self.size(largest) {
                largest = piece;
            }
        }
        let all = self.cells[start as usize].is_queued;
        for &piece in pieces {
            if all || piece != largest {
                self.enqueue(piece);
            }
        }
    }

    fn enqueue(&mut self, start: u32) {
        if !std::mem::replace(&mut self.cells[start as usize].is_queued, true) {
            self.queue.push(start);
        }
    }

    fn split(&mut self, parent: u32, start: u32) {
        let end = parent + self.size(parent);
        self.cells[parent as usize].size = start - parent;
        self.cells[start as usize].size = end - start;
        for place in start..end {
            self.cell[self.elements[place as usize] as usize] = start;
        }
        self.cell_count += 1;
        self.splits.push((start, parent));
    }

    fn swap_to(&mut self, vertex: u32, place: u32) {
        let from = self.spots[vertex as usize].position;
        let other = self.elements[place as usize];
        self.elements.swap(from as usize, place as usize);
        self.spots[vertex as usize].position = place;
        self.spots[other as usize].position = from;
    }

    /// Takes over the cells of another partition of the same vertices, which cannot be taken back.
    pub(crate) fn restore(&mut self, elements: Vec<u32>, cell: &[u32]) {
        for cell in &mut self.cells {
            cell.size = 0;
        }
        for (place, &vertex) in elements.iter().enumerate() {
            self.spots[vertex as usize].position = place as u32;
            self.cell[vertex as usize] = cell[vertex as usize];
            self.cells[cell[vertex as usize] as usize].size += 1;
        }
        self.elements = elements;
        self.cell_count = self.cells.iter().filter(|cell| cell.size > 0).count();
        self.splits.clear();
    }

    /// Breaks all ties that are left, each by an arbitrary vertex of the first cell that has several.
    pub(crate) fn finish(&mut self, graph: &Graph, sites: &[Site]) {
        let mut place = 0;
        while place < self.elements.len() {
            if self.size(place as u32) > 1 {
                self.individualize(self.elements[place]);
                self.refine(graph, sites);
            }
            place += 1;
        }
    }
}

/// A bijective scrambler (the finaliser of `MurmurHash3`).
#[inline]
const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}
