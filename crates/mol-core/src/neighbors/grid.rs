//! Bins in fractional coordinates: the O(N) search behind the neighbour list.

use super::{Pair, Pairs};
use crate::{Cell, Error, Mat3, Result, Vec3};

/// Bins per cut-off: finer bins follow the sphere more closely, but there are more of them to visit.
const BINS_PER_CUTOFF: f64 = 2.0;
/// Atoms further than this many cells from the origin have lost the digits a distance needs.
const FARTHEST: f64 = 1e8;
/// More runs of bins around one atom than this is a cut-off in the wrong unit.
const MOST_RUNS: f64 = 1e7;

/// Buffers of the search, kept between builds.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    /// Bin of each atom, per direction.
    bins: Vec<[i32; 3]>,
    /// Cell each atom lies in, per direction.
    cells: Vec<[i32; 3]>,
    /// Atoms of bin b: `sorted[first[b]..first[b + 1]]`, ascending.
    first: Vec<u32>,
    sorted: Vec<Sorted>,
    /// Neighbours of the current atom: second atom in the high half, index into `images` in the low half.
    hits: Vec<u64>,
    /// Lattice images met around the current atom, relative to wrapped positions.
    images: Vec<[i32; 3]>,
    stencil: Vec<Run>,
}

/// An atom in bin order: its position inside the cell and its number.
#[derive(Clone, Copy, Debug)]
struct Sorted {
    x: Vec3,
    id: u32,
}

/// Bins visited around a central one: offsets in the first two directions and the reach in the third.
#[derive(Clone, Copy, Debug)]
struct Run {
    d0: i32,
    d1: i32,
    reach: i32,
}

/// What the bins look like for this frame.
struct Layout {
    vectors: Mat3,
    inverse: Mat3,
    periodic: [bool; 3],
    /// Number of bins per direction.
    count: [i32; 3],
    /// Fractional coordinate of the first bin's face, and bins per unit of fractional coordinate.
    low: [f64; 3],
    scale: [f64; 3],
    /// Perpendicular thickness of a bin [Å].
    thickness: [f64; 3],
}

/// Extra search radius [Å] that covers rounding, so that no pair within the cut-off is ever missed.
pub(super) const SLACK: f64 = 1e-9;

impl Grid {
    /// Appends every pair within `radius` [Å] to `pairs`, and the end of each atom's pairs to `starts`.
    pub(super) fn search(
        &mut self,
        positions: &[Vec3],
        cell: &Cell,
        radius: f64,
        kind: Pairs,
        pairs: &mut Vec<Pair>,
        starts: &mut Vec<usize>,
    ) -> Result<()> {
        if positions.is_empty() {
            return Ok(());
        }
        // Wrapping loses the digits that large coordinates do not have.
        let farthest = if cell.is_periodic() { positions.iter().map(Vec3::amax).fold(0.0, f64::max) } else { 0.0 };
        let radius = radius + SLACK + 1e-14 * farthest;
        let layout = Layout::new(positions, cell, radius);
        self.sort(positions, &layout)?;
        self.plan(&layout, radius)?;
        for i in 0..positions.len() {
            self.around(i, &layout, radius * radius, kind);
            self.emit(i, &layout, pairs);
            starts.push(pairs.len());
        }
        Ok(())
    }

    /// Wraps the atoms and sorts them by bin (a counting sort, so that each bin is in ascending order).
    fn sort(&mut self, positions: &[Vec3], layout: &Layout) -> Result<()> {
        self.bins.clear();
        self.cells.clear();
        self.first.clear();
        self.first.resize(layout.count.iter().map(|&n| n as usize).product::<usize>() + 1, 0);
        for (index, x) in positions.iter().enumerate() {
            let s = layout.inverse * x;
            let (mut bin, mut home) = ([0; 3], [0; 3]);
            for k in 0..3 {
                let mut t = s[k] - layout.low[k];
                if layout.periodic[k] {
                    let whole = t.floor();
                    if whole.is_nan() || whole.abs() >= FARTHEST {
                        return Err(Error::InvalidArgument {
                            what: "position of an atom",
                            expected: "within 10⁸ cells of the origin",
                            got: format!("{:?} for atom {index}", [x.x, x.y, x.z]),
                        });
                    }
                    home[k] = whole as i32;
                    t -= whole;
                }
                // `as` saturates and turns NaN (an infinite extent) into 0.
                bin[k] = ((t * layout.scale[k]) as i32).clamp(0, layout.count[k] - 1);
            }
            self.bins.push(bin);
            self.cells.push(home);
            self.first[layout.index(bin)] += 1;
        }
        let mut end = 0;
        for count in &mut self.first {
            end += *count;
            *count = end;
        }
        let blank = Sorted { x: Vec3::zeros(), id: 0 };
        self.sorted.clear();
        self.sorted.resize(positions.len(), blank);
        for (id, x) in positions.iter().enumerate().rev() {
            let slot = &mut self.first[layout.index(self.bins[id])];
            *slot -= 1;
            let inside = x - layout.translation(self.cells[id]);
            self.sorted[*slot as usize] = Sorted { x: inside, id: id as u32 };
        }
        Ok(())
    }

    /// Lists the runs of bins that can hold a neighbour of an atom anywhere in the central bin.
    fn plan(&mut self, layout: &Layout, radius: f64) -> Result<()> {
        let reach = [0, 1, 2].map(|k| {
            let reach = (radius / layout.thickness[k] + 1e-9).ceil();
            if layout.periodic[k] { reach } else { reach.min(f64::from(layout.count[k] - 1)) }
        });
        if reach.iter().map(|r| 2.0 * r + 1.0).product::<f64>() > MOST_RUNS {
            return Err(Error::InvalidArgument {
                what: "cut-off [Å]",
                expected: "one that spans fewer than 10⁷ images of the cell",
                got: format!("{radius} in a cell whose bins are {:?} Å thick", layout.thickness),
            });
        }
        let [r0, r1, r2] = reach.map(|r| r as i32);
        // The gap between bins d apart is (|d| − 1) thicknesses; gaps add up as squares only along orthogonal normals.
        let orthogonal = layout.is_orthogonal();
        let gap = |d: i32, k: usize| f64::from((d.abs() - 1).max(0)) * layout.thickness[k];
        self.stencil.clear();
        for d0 in -r0..=r0 {
            for d1 in -r1..=r1 {
                let mut reach = r2;
                if orthogonal {
                    let rest = radius * radius - gap(d0, 0).powi(2) - gap(d1, 1).powi(2);
                    if rest < -1e-9 * radius * radius {
                        continue;
                    }
                    reach = ((rest.max(0.0).sqrt() / layout.thickness[2] + 1e-6).ceil() as i32).min(r2);
                }
                self.stencil.push(Run { d0, d1, reach });
            }
        }
        Ok(())
    }

    /// Collects the neighbours of atom `i` as `hits`: second atom, then image in lexicographic order.
    fn around(&mut self, i: usize, layout: &Layout, limit: f64, kind: Pairs) {
        let bin = self.bins[i];
        let centre = layout.index(bin);
        let members = &self.sorted[self.first[centre] as usize..self.first[centre + 1] as usize];
        let position = members.partition_point(|atom| (atom.id as usize) < i);
        let x = members[position].x;
        self.hits.clear();
        self.images.clear();
        for run in &self.stencil {
            let Some((n0, b0)) = layout.locate(0, bin[0] + run.d0) else { continue };
            let Some((n1, b1)) = layout.locate(1, bin[1] + run.d1) else { continue };
            let row = (b0 * layout.count[1] + b1) * layout.count[2];
            let (mut low, high) = (bin[2] - run.reach, bin[2] + run.reach);
            if !layout.periodic[2] {
                low = low.max(0);
            }
            // One contiguous range of bins per image along the third direction.
            while low <= high {
                let n2 = low.div_euclid(layout.count[2]);
                if n2 > 0 && !layout.periodic[2] {
                    break;
                }
                let base = n2 * layout.count[2];
                let last = high.min(base + layout.count[2] - 1);
                let range = self.first[(row + low - base) as usize] as usize
                    ..self.first[(row + last - base + 1) as usize] as usize;
                let n = [n0, n1, n2];
                let wanted = Wanted {
                    centre: x - layout.translation(n),
                    limit,
                    lowest: if kind == Pairs::Half { i as u32 + u32::from(n <= [0; 3]) } else { 0 },
                    itself: if n == [0; 3] { i as u32 } else { u32::MAX },
                };
                let before = self.hits.len();
                wanted.collect(&self.sorted[range], self.images.len() as u64, &mut self.hits);
                if self.hits.len() > before {
                    self.images.push(n);
                }
                low = last + 1;
            }
        }
        self.hits.sort_unstable();
    }

    fn emit(&self, i: usize, layout: &Layout, pairs: &mut Vec<Pair>) {
        let home = self.cells[i];
        pairs.extend(self.hits.iter().map(|hit| {
            let j = (hit >> 32) as usize;
            let image = self.images[(hit & 0xffff_ffff) as usize];
            // Positions are not wrapped, so the translation makes good for the cells the two atoms lie in.
            let n = [0, 1, 2].map(|k| image[k] + home[k] - self.cells[j][k]);
            Pair { i: i as u32, j: j as u32, shift: layout.translation(n) }
        }));
    }
}

impl Layout {
    fn new(positions: &[Vec3], cell: &Cell, radius: f64) -> Self {
        let vectors = cell.vectors().copied().unwrap_or_else(Mat3::identity);
        let inverse = cell.inverse().copied().unwrap_or_else(Mat3::identity);
        let periodic = cell.periodic();
        let (mut low, mut high) = (Vec3::repeat(f64::INFINITY), Vec3::repeat(f64::NEG_INFINITY));
        if periodic != [true; 3] {
            for x in positions {
                let s = inverse * x;
                (low, high) = (low.inf(&s), high.sup(&s));
            }
        }
        for k in (0..3).filter(|&k| periodic[k]) {
            (low[k], high[k]) = (0.0, 1.0);
        }
        let width = [0, 1, 2].map(|k| (high[k] - low[k]) / inverse.row(k).norm());
        let mut count = width.map(|w| (w * BINS_PER_CUTOFF / (radius * (1.0 + 1e-9))).clamp(1.0, 1e6).floor());
        // Not many more bins than atoms: a molecule that flew apart must not cost memory.
        let most = 2.0 * positions.len() as f64 + 64.0;
        while count.iter().product::<f64>() > most {
            let largest = if count[0] >= count[1].max(count[2]) { 0 } else { 1 + usize::from(count[2] > count[1]) };
            count[largest] = (count[largest] / 2.0).ceil();
        }
        let scale = [0, 1, 2].map(|k| if high[k] > low[k] { count[k] / (high[k] - low[k]) } else { 0.0 });
        let thickness = [0, 1, 2].map(|k| width[k] / count[k]);
        Self { vectors, inverse, periodic, count: count.map(|n| n as i32), low: low.into(), scale, thickness }
    }

    /// Number of a bin, the third direction running fastest.
    fn index(&self, bin: [i32; 3]) -> usize {
        ((bin[0] * self.count[1] + bin[1]) * self.count[2] + bin[2]) as usize
    }

    /// The image and the bin of a bin coordinate that may lie outside, if there is one.
    fn locate(&self, k: usize, bin: i32) -> Option<(i32, i32)> {
        let image = bin.div_euclid(self.count[k]);
        (image == 0 || self.periodic[k]).then(|| (image, bin - image * self.count[k]))
    }

    fn translation(&self, n: [i32; 3]) -> Vec3 {
        let row = |k: usize| Vec3::new(self.vectors[(k, 0)], self.vectors[(k, 1)], self.vectors[(k, 2)]);
        row(0) * f64::from(n[0]) + row(1) * f64::from(n[1]) + row(2) * f64::from(n[2])
    }

    fn is_orthogonal(&self) -> bool {
        [(0, 1), (0, 2), (1, 2)].iter().all(|&(i, j)| self.vectors.row(i).dot(&self.vectors.row(j)) == 0.0)
    }
}

/// Which atoms of a range of bins are neighbours of the current one.
struct Wanted {
    /// The current atom, moved against the image.
    centre: Vec3,
    /// Square of the search radius [Å²].
    limit: f64,
    /// Smallest second atom.
    lowest: u32,
    /// The current atom where it would meet itself.
    itself: u32,
}

impl Wanted {
    /// Appends the neighbours among `atoms`, tagged with their image.
    fn collect(&self, atoms: &[Sorted], tag: u64, hits: &mut Vec<u64>) {
        // Written unconditionally and kept by advancing the end: there is no branch to mispredict.
        let mut end = hits.len();
        hits.resize(end + atoms.len(), 0);
        for atom in atoms {
            hits[end] = u64::from(atom.id) << 32 | tag;
            let near = (atom.x - self.centre).norm_squared() <= self.limit;
            let other = atom.id >= self.lowest && atom.id != self.itself;
            end += usize::from(near) * usize::from(other);
        }
        hits.truncate(end);
    }
}
