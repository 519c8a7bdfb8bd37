//! Clusters of conformers that lie close together.

use crate::{Error, Result};

/// Clusters by Butina's rule: the member with most neighbours within `threshold` takes all of them, then the next one takes
/// what is left of its own, until all are taken.
///
/// `distances` are those of pairs (1, 0), (2, 0), (2, 1), …, shape `[n (n − 1) / 2]`, in the unit of `threshold`, as
/// [`SymmetricRmsd::matrix`](crate::geometry::SymmetricRmsd::matrix) gives them. Every cluster lists its centre first, the
/// others ascending; clusters come in the order in which they are taken, neighbours being counted once, at the start, and of
/// equal counts the lower index first.
///
/// ```
/// use mol_core::ensemble::butina;
/// // Four on a line, at 0, 1, 2 and 9.
/// let distances = [1.0, 2.0, 1.0, 9.0, 8.0, 7.0];
/// assert_eq!(butina(&distances, 4, 1.5)?, [vec![1, 0, 2], vec![3]]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// D. Butina, *J. Chem. Inf. Comput. Sci.* **39**, 747 (1999).
///
/// # Errors
/// [`Error::ShapeMismatch`] if `distances` are not those of `count` members.
pub fn butina(distances: &[f64], count: usize, threshold: f64) -> Result<Vec<Vec<usize>>> {
    let pairs = count.checked_mul(count.saturating_sub(1)).map_or(usize::MAX, |twice| twice / 2);
    Error::check_len("distances between all pairs", pairs, distances.len())?;
    let mut neighbors: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut place = 0;
    for i in 1..count {
        for j in 0..i {
            if distances[place] <= threshold {
                neighbors[i].push(j);
                neighbors[j].push(i);
            }
            place += 1;
        }
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&k| (std::cmp::Reverse(neighbors[k].len()), k));
    let mut taken = vec![false; count];
    let mut clusters = Vec::new();
    for centre in order {
        if std::mem::replace(&mut taken[centre], true) {
            continue;
        }
        let mut cluster = vec![centre];
        cluster.extend(neighbors[centre].iter().filter(|&&k| !std::mem::replace(&mut taken[k], true)));
        cluster[1..].sort_unstable();
        clusters.push(cluster);
    }
    Ok(clusters)
}
