//! Systematic search: the settings of a grid.

use super::{BATCH, Search, SearchRecord, TorsionTask, go_on, minimize_settings};
use crate::{Budget, Error, Result};
use mol_core::geometry::TorsionGrid;
use mol_core::{Observer, Rng};

/// More settings than this are refused: nobody minimises them all, and they are listed beforehand.
const MOST: u64 = 1 << 24;

/// Minimises every setting of a grid, or, if the budget is smaller, a sample in which every angle of every torsion is
/// tried equally often ([`TorsionGrid::sample`]). Ends when the grid is done. A grid and a budget of more than 2²⁴ settings
/// are refused.
///
/// ```
/// let search = mol_rl::search::SystematicSearch::default();
/// assert_eq!((search.bins, search.offset), (3, std::f64::consts::PI), "gauche and trans");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystematicSearch {
    /// Angles per torsion, evenly around the circle.
    pub bins: usize,
    /// The first of them [rad].
    pub offset: f64,
}

impl Default for SystematicSearch {
    /// ±60° and 180°.
    fn default() -> Self {
        Self { bins: 3, offset: std::f64::consts::PI }
    }
}

impl Search for SystematicSearch {
    fn name(&self) -> &'static str {
        "systematic"
    }

    /// # Errors
    /// As [`Search::run`]; [`Error::Core`] if there are no bins or the offset is not finite; [`Error::InvalidArgument`] if
    /// the grid and the budget both exceed 2²⁴ settings.
    fn run(
        &self,
        task: &TorsionTask,
        budget: &Budget,
        observer: &mut dyn Observer<SearchRecord>,
        rng: &mut Rng,
    ) -> Result<SearchRecord> {
        let grid = TorsionGrid::uniform(task.torsions().len(), self.bins, self.offset)?;
        let tried = grid.count().unwrap_or(u128::MAX).min(u128::from(budget.remaining()));
        if tried > u128::from(MOST) {
            let (what, expected) = ("settings of a systematic search", "at most 2²⁴, by the grid or the budget");
            return Err(Error::InvalidArgument { what, expected, got: tried.to_string() });
        }
        let mut record = SearchRecord::new(task.conformer_set());
        let settings = grid.sample(tried as usize, rng);
        let mut settings = settings.iter();
        while !budget.is_exhausted() {
            let batch = budget.remaining().min(BATCH as u64) as usize;
            let angles = settings.by_ref().take(batch).map(|setting| grid.angles(setting));
            let angles = angles.collect::<mol_core::Result<Vec<_>>>()?;
            if angles.is_empty() {
                break;
            }
            minimize_settings(task, &angles, budget, &mut record)?;
            if !go_on(observer, &record)? {
                break;
            }
        }
        Ok(record)
    }
}
