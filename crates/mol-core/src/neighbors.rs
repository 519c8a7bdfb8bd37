//! Pairs of atoms within a cut-off, in any cell.
//!
//! Images are explicit: each pair carries the lattice translation of its second atom, so a cell may be smaller than the
//! cut-off, an atom may neighbour its own images, and a kernel never asks for a minimum image. Atoms are sorted into
//! bins in fractional coordinates, which serves orthorhombic, triclinic and slab cells by the same O(N) code; a small
//! isolated molecule takes the plain double loop.
//!
//! The order is part of the contract: by first atom, then second atom, then image. It does not depend on where atoms
//! were when the list was built, so a kernel that sums pairs in list order and skips those beyond its cut-off gets the
//! same bits from a fresh list and from one with a skin.
//!
//! Deliberately not here: exclusions of bonded neighbours (a force field's affair) and parallel building (engines
//! already run one potential per thread).

mod grid;
#[cfg(test)]
mod tests;

use crate::{Cell, Error, Result, Vec3};
use grid::Grid;

/// Up to this many atoms without a cell, all pairs are compared directly.
const DIRECT: usize = 64;

/// A pair within the cut-off (plus skin).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// First atom.
    pub i: u32,
    /// Second atom.
    pub j: u32,
    /// Translation of the image of `j` [Å]: the separation is `x_j + shift − x_i`.
    pub shift: Vec3,
}

impl Pair {
    /// The separation `x_j + shift − x_i` [Å] at the given positions, shape `[atoms]`.
    ///
    /// # Panics
    /// If the positions are fewer than those the list was built for.
    #[must_use]
    #[inline]
    pub fn separation(&self, positions: &[Vec3]) -> Vec3 {
        positions[self.j as usize] + self.shift - positions[self.i as usize]
    }
}

/// Whether each pair stands once or in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Pairs {
    /// Each pair once: i < j with every image of j, and i = j with those images whose first non-zero lattice index is
    /// positive.
    Half,
    /// Each pair from both of its atoms: (i, j, T) and (j, i, −T).
    Full,
}

/// Neighbour list with a Verlet skin.
///
/// The list holds every pair closer than the cut-off, and those up to cut-off + skin at the time it was built, so that it
/// stays complete until an atom has moved by half of the skin (Verlet, *Phys. Rev.* **159**, 98 (1967)). A kernel
/// therefore compares each distance with its own cut-off. Nothing is allocated once the buffers have grown.
///
/// ```
/// use mol_core::{Cell, NeighborList, Pairs, Vec3};
/// // One argon atom in a cubic cell of 3.7 Å: 6 neighbours at 3.7 Å and 12 at 5.23 Å, all of them its own images.
/// let cell = Cell::orthorhombic(3.7, 3.7, 3.7)?;
/// let mut list = NeighborList::new(5.5, 0.0, Pairs::Full)?;
/// assert!(list.update(&[Vec3::zeros()], &cell)?);
/// assert_eq!(list.pairs().len(), 18);
/// assert!(!list.update(&[Vec3::zeros()], &cell)?); // nothing moved
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NeighborList {
    cutoff: f64,
    skin: f64,
    kind: Pairs,
    pairs: Vec<Pair>,
    /// `pairs[starts[i]..starts[i + 1]]` are those of first atom i.
    starts: Vec<usize>,
    /// Positions and cell the list was built for; no positions before the first build.
    built: Option<(Vec<Vec3>, Cell)>,
    grid: Grid,
}

impl NeighborList {
    /// An empty list for pairs up to `cutoff` [Å], rebuilt when an atom has moved half of `skin` [Å].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `cutoff` is not positive or `skin` is negative, or either is not finite.
    pub fn new(cutoff: f64, skin: f64, kind: Pairs) -> Result<Self> {
        if !(cutoff > 0.0 && cutoff.is_finite()) {
            let got = cutoff.to_string();
            return Err(Error::InvalidArgument { what: "cut-off [Å]", expected: "positive and finite", got });
        }
        if !(skin >= 0.0 && skin.is_finite()) {
            let got = skin.to_string();
            return Err(Error::InvalidArgument { what: "skin [Å]", expected: "zero or positive, and finite", got });
        }
        let (pairs, starts) = (Vec::new(), vec![0]);
        Ok(Self { cutoff, skin, kind, pairs, starts, built: None, grid: Grid::default() })
    }

    /// Makes the list hold every pair within the cut-off of this frame; says whether it was rebuilt.
    ///
    /// It is rebuilt when an atom has moved by more than half of the skin, or the cell or the number of atoms changed.
    ///
    /// # Errors
    /// [`Error::NotFinite`] naming the atom whose position is not finite; [`Error::InvalidArgument`] if an atom is more
    /// than 10⁸ cells away or the cut-off spans more than 10⁷ images of the cell. The list is then empty.
    pub fn update(&mut self, positions: &[Vec3], cell: &Cell) -> Result<bool> {
        if self.is_current(positions, cell) {
            return Ok(false);
        }
        let mut built = self.built.take().map_or_else(Vec::new, |(positions, _)| positions);
        self.pairs.clear();
        self.starts.clear();
        self.starts.push(0);
        if let Some(index) = positions.iter().position(|x| !(x.x + x.y + x.z).is_finite()) {
            let value = positions[index].iter().copied().find(|x| !x.is_finite()).unwrap_or(f64::INFINITY);
            return Err(Error::NotFinite { what: "position of atom", index, value });
        }
        if positions.len() <= DIRECT && !cell.is_periodic() {
            self.compare_all(positions);
        } else if let Err(error) =
            self.grid.search(positions, cell, self.cutoff + self.skin, self.kind, &mut self.pairs, &mut self.starts)
        {
            self.pairs.clear();
            self.starts.truncate(1);
            return Err(error);
        }
        built.clear();
        built.extend_from_slice(positions);
        self.built = Some((built, *cell));
        Ok(true)
    }

    /// The pairs in the order of (i, j, image); those between cut-off and cut-off + skin are among them.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The pairs whose first atom is `i`; with [`Pairs::Full`], all neighbours of `i`. Empty before the first update.
    #[must_use]
    pub fn of(&self, i: usize) -> &[Pair] {
        match (self.starts.get(i), self.starts.get(i + 1)) {
            (Some(&start), Some(&end)) => &self.pairs[start..end],
            _ => &[],
        }
    }

    /// The cut-off [Å], without the skin.
    #[must_use]
    pub const fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// The skin [Å].
    #[must_use]
    pub const fn skin(&self) -> f64 {
        self.skin
    }

    /// Whether pairs stand once or in both directions.
    #[must_use]
    pub const fn kind(&self) -> Pairs {
        self.kind
    }

    fn is_current(&self, positions: &[Vec3], cell: &Cell) -> bool {
        let Some((old, old_cell)) = &self.built else { return false };
        let limit = 0.25 * self.skin * self.skin;
        old_cell == cell
            && old.len() == positions.len()
            // A NaN compares false, so that the rebuild finds and names it.
            && positions.iter().zip(old).all(|(x, y)| (x - y).norm_squared() <= limit)
    }

    fn compare_all(&mut self, positions: &[Vec3]) {
        let limit = (self.cutoff + self.skin + grid::SLACK).powi(2);
        for (i, x) in positions.iter().enumerate() {
            let first = if self.kind == Pairs::Half { i + 1 } else { 0 };
            for (j, y) in positions.iter().enumerate().skip(first) {
                if i != j && (y - x).norm_squared() <= limit {
                    self.pairs.push(Pair { i: i as u32, j: j as u32, shift: Vec3::zeros() });
                }
            }
            self.starts.push(self.pairs.len());
        }
    }
}
