//! An ordered partition of the vertices and its refinement.
//!
//! Cells are ranges of one list of vertices; the colour of a vertex is where its cell starts. A cell is split by how its
//! vertices are bonded to another one, and by what the marks of its stereo sites say, until nothing changes (McKay,
//! *Congr. Numer.* **30**, 45 (1981), with Hopcroft's rule of leaving out the largest part). What happens depends on
//! cells only, never on numbers of vertices, and is summed up in [`Partition::trace`]. Splits are logged, so that a search
//! takes them back instead of copying.

use super::graph::Graph;
use super::site::{Kind, Site};

/// An ordered partition.
#[derive(Clone, Debug)]
pub(crate) struct Partition {
    /// Vertices, cell by cell.
    pub(crate) elements: Vec<u32>,
    position: Vec<u32>,
    /// Start of the cell of each vertex.
    pub(crate) cell: Vec<u32>,
    /// Size of each cell, at its start.
    pub(crate) size: Vec<u32>,
    /// Summary of all refinements so far that is equal for equivalent vertices.
    pub(crate) trace: u64,
    /// Bonds looked at so far.
    pub(crate) work: u64,
    /// Starts of cells split off, each with the start of what it was split from.
    splits: Vec<(u32, u32)>,
    /// Number of cells.
    cells: usize,
    queue: Vec<u32>,
    /// Cells of the queue that are done.
    taken: usize,
    queued: Vec<bool>,
    weight: Vec<u64>,
    touched: Vec<u32>,
    is_touched: Vec<bool>,
    touched_cells: Vec<u32>,
    /// Vertices touched in each cell, at its start.
    hits: Vec<u32>,
    splitter: Vec<u32>,
    pieces: Vec<u32>,
}

impl Partition {
    /// Vertices of equal colour in one cell, cells by ascending colour; not refined yet.
    pub(crate) fn new(colors: &[u64]) -> Self {
        let count = colors.len();
        let mut keyed: Vec<(u64, u32)> = colors.iter().copied().zip(0..).collect();
        keyed.sort_unstable();
        let mut partition = Self {
            elements: keyed.iter().map(|&(_, vertex)| vertex).collect(),
            position: vec![0; count],
            cell: vec![0; count],
            size: vec![0; count],
            trace: 0,
            work: 0,
            splits: Vec::with_capacity(count),
            cells: 0,
            queue: Vec::with_capacity(count),
            taken: 0,
            queued: vec![false; count],
            weight: vec![0; count],
            touched: Vec::with_capacity(count),
            is_touched: vec![false; count],
            touched_cells: Vec::with_capacity(count),
            hits: vec![0; count],
            splitter: Vec::with_capacity(count),
            pieces: Vec::new(),
        };
        let mut start = 0;
        for (place, &(color, vertex)) in keyed.iter().enumerate() {
            if place > 0 && keyed[place - 1].0 != color {
                start = place;
            }
            partition.position[vertex as usize] = place as u32;
            partition.cell[vertex as usize] = start as u32;
            partition.size[start] += 1;
            if place == start {
                partition.cells += 1;
                partition.enqueue(start as u32);
            }
        }
        partition
    }

    /// Whether every cell is a single vertex.
    pub(crate) fn is_discrete(&self) -> bool {
        self.cells == self.elements.len()
    }

    /// The vertices of the cell that starts at `start`.
    pub(crate) fn members(&self, start: u32) -> &[u32] {
        &self.elements[start as usize..(start + self.size[start as usize]) as usize]
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
        if self.size[start as usize] == 1 {
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
            let size = self.size[start as usize];
            for place in start..start + size {
                self.cell[self.elements[place as usize] as usize] = parent;
            }
            self.size[parent as usize] += size;
            self.size[start as usize] = 0;
            self.cells -= 1;
        }
    }

    /// Splits by the orders of bonds alone.
    fn refine_bonds(&mut self, graph: &Graph) {
        while self.taken < self.queue.len() {
            let start = self.queue[self.taken];
            self.taken += 1;
            self.queued[start as usize] = false;
            let mut splitter = std::mem::take(&mut self.splitter);
            splitter.clear();
            splitter.extend_from_slice(self.members(start));
            for &vertex in &splitter {
                let arcs = graph.arcs(vertex);
                self.work += arcs.len() as u64;
                for arc in arcs {
                    self.touch(arc.to, 1 << (12 * arc.order));
                }
            }
            self.splitter = splitter;
            self.trace = self.trace.wrapping_add(mix(u64::from(start)));
            self.split_touched();
            if self.is_discrete() {
                // Nothing is left to split.
                for &open in &self.queue[self.taken..] {
                    self.queued[open as usize] = false;
                }
                break;
            }
        }
        self.queue.clear();
        self.taken = 0;
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
        let size = self.size[start as usize];
        if size == 1 {
            return;
        }
        let sum = &mut self.weight[vertex as usize];
        *sum = sum.wrapping_add(weight);
        if std::mem::replace(&mut self.is_touched[vertex as usize], true) {
            return;
        }
        let hits = self.hits[start as usize];
        if hits == 0 {
            self.touched_cells.push(start);
        }
        self.hits[start as usize] = hits + 1;
        self.touched.push(vertex);
        self.swap_to(vertex, start + size - 1 - hits);
    }

    /// Splits the cells that were touched by the weights of their vertices.
    fn split_touched(&mut self) {
        let mut trace = 0_u64;
        for &vertex in &self.touched {
            let seen = self.weight[vertex as usize] ^ u64::from(self.cell[vertex as usize]) << 48;
            trace = trace.wrapping_add((seen ^ seen >> 29).wrapping_mul(0xff51_afd7_ed55_8ccd));
        }
        self.trace = self.trace.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(trace);
        let mut cells = std::mem::take(&mut self.touched_cells);
        if cells.len() > 1 {
            cells.sort_unstable();
        }
        for &start in &cells {
            let size = self.size[start as usize];
            let hits = std::mem::take(&mut self.hits[start as usize]);
            self.split_cell(start, size, hits);
        }
        cells.clear();
        self.touched_cells = cells;
        let mut touched = std::mem::take(&mut self.touched);
        for vertex in touched.drain(..) {
            self.weight[vertex as usize] = 0;
            self.is_touched[vertex as usize] = false;
        }
        self.touched = touched;
    }

    /// Splits one cell whose last `hits` vertices are the touched ones.
    fn split_cell(&mut self, start: u32, size: u32, hits: u32) {
        let (first, end) = ((start + size - hits) as usize, (start + size) as usize);
        let weight = &self.weight;
        let range = &mut self.elements[first..end];
        let low = weight[range[0] as usize];
        if range.iter().all(|&vertex| weight[vertex as usize] == low) {
            if first > start as usize {
                self.split(start, first as u32);
                self.enqueue_pieces(start, &[start, first as u32]);
            }
            return;
        }
        range.sort_unstable_by_key(|&vertex| weight[vertex as usize]);
        for place in first..end {
            self.position[self.elements[place] as usize] = place as u32;
        }
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.clear();
        pieces.push(start);
        for place in first..end {
            let is_new = place > start as usize
                && (place == first
                    || self.weight[self.elements[place] as usize] != self.weight[self.elements[place - 1] as usize]);
            if is_new {
                pieces.push(place as u32);
            }
        }
        for k in 1..pieces.len() {
            self.split(pieces[k - 1], pieces[k]);
        }
        self.enqueue_pieces(start, &pieces);
        self.pieces = pieces;
    }

    /// Queues the parts of a cell: all if it was queued itself, else all but the largest.
    fn enqueue_pieces(&mut self, start: u32, pieces: &[u32]) {
        let mut largest = pieces[0];
        for &piece in pieces {
            if self.size[piece as usize] > self.size[largest as usize] {
                largest = piece;
            }
        }
        let all = self.queued[start as usize];
        for &piece in pieces {
            if all || piece != largest {
                self.enqueue(piece);
            }
        }
    }

    fn enqueue(&mut self, start: u32) {
        if !std::mem::replace(&mut self.queued[start as usize], true) {
            self.queue.push(start);
        }
    }

    fn split(&mut self, parent: u32, start: u32) {
        let end = parent + self.size[parent as usize];
        self.size[parent as usize] = start - parent;
        self.size[start as usize] = end - start;
        for place in start..end {
            self.cell[self.elements[place as usize] as usize] = start;
        }
        self.cells += 1;
        self.splits.push((start, parent));
    }

    fn swap_to(&mut self, vertex: u32, place: u32) {
        let from = self.position[vertex as usize];
        let other = self.elements[place as usize];
        self.elements.swap(from as usize, place as usize);
        self.position[vertex as usize] = place;
        self.position[other as usize] = from;
    }

    /// Takes over the cells of another partition of the same vertices, which cannot be taken back.
    pub(crate) fn restore(&mut self, elements: Vec<u32>, cell: &[u32]) {
        self.size.fill(0);
        for (place, &vertex) in elements.iter().enumerate() {
            self.position[vertex as usize] = place as u32;
            self.cell[vertex as usize] = cell[vertex as usize];
            self.size[cell[vertex as usize] as usize] += 1;
        }
        self.elements = elements;
        self.cells = self.size.iter().filter(|&&size| size > 0).count();
        self.splits.clear();
    }

    /// Breaks all ties that are left, each by an arbitrary vertex of the first cell that has several.
    pub(crate) fn finish(&mut self, graph: &Graph, sites: &[Site]) {
        let mut place = 0;
        while place < self.elements.len() {
            if self.size[place] > 1 {
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
