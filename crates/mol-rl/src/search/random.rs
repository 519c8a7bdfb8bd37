//! Random search: every torsion uniformly on the circle.

use super::{BATCH, Search, SearchRecord, TorsionTask, go_on, minimize_settings};
use crate::{Budget, Result};
use mol_core::{Observer, Rng};
use std::f64::consts::TAU;

/// Minimises settings whose torsions are independent and uniform: what every other search must beat.
///
/// ```text
/// φᵢ ~ U(−π, π)
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RandomSearch;

impl Search for RandomSearch {
    fn name(&self) -> &'static str {
        "random"
    }

    fn run(
        &self,
        task: &TorsionTask,
        budget: &Budget,
        observer: &mut dyn Observer<SearchRecord>,
        rng: &mut Rng,
    ) -> Result<SearchRecord> {
        let mut record = SearchRecord::new(task.conformer_set());
        while !budget.is_exhausted() {
            let batch = budget.remaining().min(BATCH as u64);
            let angle = |rng: &mut Rng| TAU * (rng.uniform() - 0.5);
            let settings: Vec<Vec<f64>> =
                (0..batch).map(|_| task.torsions().chains().iter().map(|_| angle(rng)).collect()).collect();
            minimize_settings(task, &settings, budget, &mut record)?;
            if !go_on(observer, &record)? {
                break;
            }
        }
        Ok(record)
    }
}
