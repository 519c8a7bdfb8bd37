//! Splits of data that keep groups together.

use crate::{Error, Result};
use mol_core::Seed;
use serde::{Deserialize, Serialize};

/// Indices of frames for training, validation and test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Frames trained on.
    pub train: Vec<usize>,
    /// Frames that choose the best weights.
    pub validation: Vec<usize>,
    /// Frames never seen before the final measurement.
    pub test: Vec<usize>,
}

/// Splits frames so that all frames of a group (a trajectory, a molecule) stay on one side.
///
/// Frames of one trajectory resemble each other: a random split over frames measures interpolation in time and flatters
/// the model. Groups are shuffled by `seed`; the first `validation` of them validate, the next `test` test.
///
/// ```
/// use mol_core::Seed;
/// let groups = [0, 0, 1, 1, 2, 2, 3, 3];
/// let split = mol_nn::train::split_by_group(&groups, 1, 1, Seed::new(1))?;
/// assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (4, 2, 2));
/// # Ok::<(), mol_nn::Error>(())
/// ```
///
/// # Errors
/// If no group is left for training.
pub fn split_by_group(groups: &[i64], validation: usize, test: usize, seed: Seed) -> Result<Split> {
    let mut names = groups.to_vec();
    names.sort_unstable();
    names.dedup();
    if names.len() <= validation + test {
        let got = format!("{} groups for {validation} of validation and {test} of test", names.len());
        return Err(Error::Config { what: "split", expected: "to leave a group for training", got });
    }
    seed.stream("split").rng().shuffle(&mut names);
    let (held_out, rest) = names.split_at(validation + test);
    let (validation, test) = held_out.split_at(validation);
    let of = |names: &[i64]| (0..groups.len()).filter(|&k| names.contains(&groups[k])).collect();
    Ok(Split { train: of(rest), validation: of(validation), test: of(test) })
}
