//! Daylight's model.

use super::super::Rings;
use super::super::flat::Flat;
use super::Marks;

pub(super) fn mark(kekule: &Flat, rings: &Rings) -> Marks {
    super::rdkit::mark(kekule, rings)
}
