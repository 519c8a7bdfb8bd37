//! Indexed collections of training items.

use crate::Fault;

/// Items by index, readable from many threads.
pub trait Dataset: Sync {
    /// One item.
    type Item;

    /// Number of items.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`.
    ///
    /// # Errors
    /// What the storage reports, with the index.
    fn get(&self, index: usize) -> Result<Self::Item, Fault>;
}
