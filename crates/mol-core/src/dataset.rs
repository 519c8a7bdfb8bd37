//! Indexed collections of training items.
//!
//! A trainer asks for items by index, from several threads; where they lie (memory, a file) is the data set's business.
//! Splits are [`Subset`]s by index, so that nothing is copied and a split can be recorded. Deliberately not here: batches
//! and order, which belong to the trainer and its random stream.

use crate::{Error, Fault, Result};

/// Items by index, readable from many threads.
///
/// `&[T]` is one; `mol_core::testing::check_dataset` tests an implementation.
pub trait Dataset: Sync {
    /// One item.
    type Item;

    /// Number of items.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, the same at each call.
    ///
    /// # Errors
    /// What the storage reports, with the index; an index beyond the end.
    fn get(&self, index: usize) -> Result<Self::Item, Fault>;
}

macro_rules! forward_dataset {
    ($pointer:ty $(, $bound:ident)*) => {
        impl<D: Dataset + ?Sized $(+ $bound)*> Dataset for $pointer {
            type Item = D::Item;
            fn len(&self) -> usize {
                (**self).len()
            }
            fn is_empty(&self) -> bool {
                (**self).is_empty()
            }
            fn get(&self, index: usize) -> Result<Self::Item, Fault> {
                (**self).get(index)
            }
        }
    };
}
forward_dataset!(&D);
forward_dataset!(Box<D>);
forward_dataset!(std::sync::Arc<D>, Send);

/// Items in memory. A slice rather than a `Vec`, whose own `get` the trait's would shadow.
impl<T: Clone + Sync> Dataset for [T] {
    type Item = T;

    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Result<T, Fault> {
        Ok(self.get(index).cloned().ok_or_else(|| out_of_range(index, self.len()))?)
    }
}

fn out_of_range(index: usize, len: usize) -> Error {
    let got = format!("{index} of {len}");
    Error::InvalidArgument { what: "index into a data set", expected: "less than its length", got }
}

/// Chosen items of a data set, in a chosen order: a split, a fold, a bootstrap sample.
///
/// ```
/// use mol_core::{Dataset, Subset};
/// let all = [10, 11, 12, 13];
/// let test = Subset::new(&all[..], vec![3, 0])?;
/// assert_eq!((test.len(), test.get(0).ok(), test.get(1).ok()), (2, Some(13), Some(10)));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Subset<D> {
    dataset: D,
    indices: Vec<usize>,
}

impl<D: Dataset> Subset<D> {
    /// Items `indices` of `dataset`, in this order; repetitions are allowed.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] with the first index beyond the end.
    pub fn new(dataset: D, indices: Vec<usize>) -> Result<Self> {
        match indices.iter().find(|&&index| index >= dataset.len()) {
            Some(&index) => Err(out_of_range(index, dataset.len())),
            None => Ok(Self { dataset, indices }),
        }
    }

    /// Which items of the data set these are.
    #[must_use]
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }
}

impl<D: Dataset> Dataset for Subset<D> {
    type Item = D::Item;

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn get(&self, index: usize) -> Result<Self::Item, Fault> {
        let inner = *self.indices.get(index).ok_or_else(|| out_of_range(index, self.indices.len()))?;
        self.dataset.get(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_checked_at_both_ends() {
        let all: std::sync::Arc<dyn Dataset<Item = char> + Send> = std::sync::Arc::new(&['a', 'b', 'c'][..]);
        let error = Subset::new(all.clone(), vec![1, 3]).err().unwrap().to_string();
        assert_eq!(error, "index into a data set must be less than its length, got 3 of 3");
        let some = Subset::new(all, vec![2, 2, 0]).unwrap();
        let nested = Subset::new(&some, vec![0, 2]).unwrap();
        assert_eq!((nested.get(0).unwrap(), nested.get(1).unwrap()), ('c', 'a'));
        assert!(nested.get(2).is_err() && !nested.is_empty());
        assert_eq!(some.indices(), [2, 2, 0]);
    }
}
