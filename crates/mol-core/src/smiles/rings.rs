//! Ring bonds that are open while a SMILES is read.

use super::read::Symbol;
use crate::AtomIndex;
use rustc_hash::FxHashMap;

/// One end of a ring bond.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub(super) atom: AtomIndex,
    /// The place kept for it among the neighbours of the atom.
    pub(super) place: usize,
    pub(super) symbol: Option<Symbol>,
    pub(super) offset: usize,
}

/// Open ring bonds by number: an array for digits, a map for the rest.
#[derive(Default)]
pub(super) struct OpenRings {
    digits: [Option<Opening>; 10],
    more: FxHashMap<u32, Opening>,
}

impl OpenRings {
    /// Takes the open end of a number away, if there is one.
    pub(super) fn take(&mut self, number: u32) -> Option<Opening> {
        match self.digits.get_mut(number as usize) {
            Some(place) => place.take(),
            None => self.more.remove(&number),
        }
    }

    /// Keeps an open end.
    pub(super) fn open(&mut self, number: u32, opening: Opening) {
        match self.digits.get_mut(number as usize) {
            Some(place) => *place = Some(opening),
            None => drop(self.more.insert(number, opening)),
        }
    }

    /// The ends still open, in the order in which they were opened.
    pub(super) fn open_ends(&self) -> Vec<(u32, Opening)> {
        let digits = (0..).zip(self.digits).filter_map(|(number, opening)| Some((number, opening?)));
        let more = self.more.iter().map(|(number, opening)| (*number, *opening));
        let mut all: Vec<(u32, Opening)> = digits.chain(more).collect();
        all.sort_unstable_by_key(|(_, opening)| opening.offset);
        all
    }
}
