//! Groups of similar items from lists of neighbours.
//!
//! Both methods see nothing but who is near whom, which [`Library::neighbors`](crate::fingerprint::Library::neighbors)
//! finds for fingerprints; any other measure does as well. Neither draws at random. Deliberately not here: hierarchical
//! clustering, and k-means, which asks for means.

use crate::{Error, Result};
use std::collections::BTreeSet;

/// Items in groups, each item in one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Clusters {
    members: Vec<Vec<usize>>,
    items: usize,
}

impl Clusters {
    /// The groups in the order in which they were found; the first item of each is its centre.
    #[must_use]
    pub fn members(&self) -> &[Vec<usize>] {
        &self.members
    }

    /// Number of the group of each item, shape `[items]`: what [`grouped_split`](super::grouped_split) takes.
    #[must_use]
    pub fn of_items(&self) -> Vec<usize> {
        let mut groups = vec![0; self.items];
        for (group, members) in self.members.iter().enumerate() {
            for &item in members {
                groups[item] = group;
            }
        }
        groups
    }
}

/// Clusters by the method of Taylor and Butina: the item of most neighbours and all of these are a group, then the next
/// item that is left.
///
/// `neighbors[i]` lists who is near item i, without i itself, ascending; being near is mutual (lists of so many nearest
/// ones are not: unite them with their reverse first). Of items with equally many the one of the greatest number goes first. With `recount` only neighbours that are still left are counted; without, as in the
/// original, all of them.
///
/// ```
/// use mol_core::data::butina;
/// let near = [vec![1], vec![0, 2], vec![1, 3], vec![2], vec![]];
/// assert_eq!(butina(&near, false)?.members(), [vec![2, 1, 3], vec![0], vec![4]]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Taylor, *J. Chem. Inf. Comput. Sci.* **35**, 59 (1995); Butina, *J. Chem. Inf. Comput. Sci.* **39**, 747 (1999).
///
/// # Errors
/// [`Error::InvalidArgument`] if a neighbour is no item, a list is not ascending or names its own item, or one of two
/// neighbours does not list the other.
pub fn butina(neighbors: &[Vec<usize>], recount: bool) -> Result<Clusters> {
    check(neighbors)?;
    check_mutual(neighbors)?;
    let mut left: Vec<usize> = neighbors.iter().map(Vec::len).collect();
    let mut queue: BTreeSet<(usize, usize)> = left.iter().copied().zip(0..).collect();
    let mut taken = vec![false; neighbors.len()];
    let mut members = Vec::new();
    while let Some((_, centre)) = queue.pop_last() {
        taken[centre] = true;
        let mut group = vec![centre];
        for &item in &neighbors[centre] {
            if !std::mem::replace(&mut taken[item], true) {
                queue.remove(&(left[item], item));
                group.push(item);
            }
        }
        if recount {
            for other in group.iter().flat_map(|&item| &neighbors[item]).copied() {
                if !taken[other] {
                    queue.remove(&(left[other], other));
                    left[other] -= 1;
                    queue.insert((left[other], other));
                }
            }
        }
        members.push(group);
    }
    Ok(Clusters { members, items: neighbors.len() })
}

/// Clusters by leaders: each item in turn that no leader before it has for a neighbour leads a group, and takes its
/// neighbours that are in none (sphere exclusion). Lists need not be mutual.
///
/// ```
/// use mol_core::data::leader;
/// let near = [vec![1], vec![0, 2], vec![1, 3], vec![2], vec![]];
/// assert_eq!(leader(&near)?.of_items(), [0, 0, 1, 1, 2]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Hudson et al., *Quant. Struct.-Act. Relat.* **15**, 285 (1996).
///
/// # Errors
/// [`Error::InvalidArgument`] if a neighbour is no item.
pub fn leader(neighbors: &[Vec<usize>]) -> Result<Clusters> {
    check(neighbors)?;
    let mut taken = vec![false; neighbors.len()];
    let mut members = Vec::new();
    for centre in 0..neighbors.len() {
        if std::mem::replace(&mut taken[centre], true) {
            continue;
        }
        let near = neighbors[centre].iter().copied();
        let free = near.filter(|&item| !std::mem::replace(&mut taken[item], true));
        members.push(std::iter::once(centre).chain(free).collect());
    }
    Ok(Clusters { members, items: neighbors.len() })
}

fn check_mutual(neighbors: &[Vec<usize>]) -> Result<()> {
    let refused = |expected, got| Err(Error::InvalidArgument { what: "neighbours", expected, got });
    for (item, list) in neighbors.iter().enumerate() {
        if !list.is_sorted_by(|a, b| a < b) {
            return refused("in ascending order, each once", format!("another order in the list of item {item}"));
        }
        if list.binary_search(&item).is_ok() {
            return refused("other items", format!("item {item} in its own list"));
        }
        if let Some(other) = list.iter().find(|&&other| neighbors[other].binary_search(&item).is_err()) {
            return refused("mutual", format!("{other} in the list of {item}, but not {item} in that of {other}"));
        }
    }
    Ok(())
}

fn check(neighbors: &[Vec<usize>]) -> Result<()> {
    match neighbors.iter().flatten().find(|&&item| item >= neighbors.len()) {
        None => Ok(()),
        Some(item) => {
            let got = format!("{item} of {}", neighbors.len());
            Err(Error::InvalidArgument { what: "neighbour", expected: "one of the items", got })
        }
    }
}
