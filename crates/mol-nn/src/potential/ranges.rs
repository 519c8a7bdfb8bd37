//! Which distances a model has seen: the simplest honest answer to "may I trust it here?".

use mol_core::Element;
use serde::{Deserialize, Serialize};

/// Smallest and largest distance of each pair of elements in the training data [Å]: all distances of isolated frames, those
/// below the cut-off of frames in a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistanceRanges {
    elements: Vec<Element>,
    /// Row-major upper and lower triangle alike: `[a * n + b]`.
    low: Vec<f64>,
    high: Vec<f64>,
}

impl DistanceRanges {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(elements: &[Element]) -> Self {
        let n = elements.len() * elements.len();
        // Finite stand-ins for ±∞, which JSON cannot carry.
        Self { elements: elements.to_vec(), low: vec![f64::MAX; n], high: vec![0.0; n] }
    }

    /// Takes in one distance [Å] of elements given by their rows in the model's list.
    pub fn see(&mut self, a: u32, b: u32, distance: f64) {
        let n = self.elements.len();
        for k in [a as usize * n + b as usize, b as usize * n + a as usize] {
            self.low[k] = self.low[k].min(distance);
            self.high[k] = self.high[k].max(distance);
        }
    }

    /// Smallest and largest distance seen [Å]; `low > high` if none.
    #[must_use]
    pub fn range(&self, a: u32, b: u32) -> (f64, f64) {
        let k = a as usize * self.elements.len() + b as usize;
        (self.low[k], self.high[k])
    }
}
