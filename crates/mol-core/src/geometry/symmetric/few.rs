//! Groups of few symmetries, each tried.

use super::exchange::{Choice, Exchanges};
use crate::{Mat3, Vec3};

/// Groups up to this order are listed.
pub(super) const MOST: u128 = 64;

/// All symmetries of a small group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listed {
    /// Pairs (target, mobile) that all symmetries share.
    shared: Vec<(u32, u32)>,
    /// The other pairs of each symmetry, one after another, of equal number.
    others: Vec<(u32, u32)>,
    /// Number of pairs of each symmetry in `others`.
    stride: usize,
    /// Number of symmetries.
    count: usize,
}

impl Listed {
    /// `None` if there are more than [`MOST`].
    pub(super) fn new(exchanges: &Exchanges) -> Option<Self> {
        let count = exchanges.order.filter(|&order| order <= MOST)? as usize;
        let mut lists: Vec<Vec<Vec<(u32, u32)>>> = Vec::new();
        let (whole, below) = exchanges.nodes.split_last()?;
        let open = |lists: &[Vec<Vec<(u32, u32)>>], start: &[(u32, u32)], choices: &[Choice]| {
            let mut list = vec![start.to_vec()];
            for choice in choices {
                let mut longer = Vec::new();
                for way in ways(choice) {
                    let mut partial = list.clone();
                    for child in way {
                        let join =
                            |a: &Vec<(u32, u32)>| lists[child].iter().map(|b| [&a[..], b].concat()).collect::<Vec<_>>();
                        partial = partial.iter().flat_map(join).collect();
                    }
                    longer.extend(partial);
                }
                list = longer;
            }
            list
        };
        for node in below {
            let list = open(&lists, &node.pairs, &node.choices);
            lists.push(list);
        }
        let all = open(&lists, &[], &whole.choices);
        Some(Self { shared: whole.pairs.clone(), stride: all[0].len(), others: all.concat(), count })
    }

    /// Σ y xᵀ of each symmetry.
    pub(super) fn matrices(&self, mobile: &[Vec3], target: &[Vec3]) -> impl Iterator<Item = Mat3> {
        let add = |sum: Mat3, &(y, x): &(u32, u32)| sum + target[y as usize] * mobile[x as usize].transpose();
        let shared = self.shared.iter().fold(Mat3::zeros(), add);
        (0..self.count).map(move |k| self.pairs(k).iter().fold(shared, add))
    }

    /// The mobile vertex of each target vertex in symmetry `k`.
    pub(super) fn symmetry(&self, k: usize) -> Vec<usize> {
        let mut image = vec![0; self.shared.len() + self.stride];
        self.shared.iter().chain(self.pairs(k)).for_each(|&(y, x)| image[y as usize] = x as usize);
        image
    }

    fn pairs(&self, k: usize) -> &[(u32, u32)] {
        &self.others[k * self.stride..(k + 1) * self.stride]
    }
}

/// The decisions of a choice, as the nodes that each asks for.
fn ways(choice: &Choice) -> Vec<Vec<usize>> {
    match choice {
        Choice::Map { options } => options.iter().map(|&option| vec![option]).collect(),
        Choice::Permute { k, entries } => {
            let mut ways = vec![Vec::new()];
            for i in 0..*k {
                let row = &entries[i * k..(i + 1) * k];
                let column = |node: usize| entries.iter().position(|&entry| entry == node).map(|place| place % k);
                ways = ways
                    .iter()
                    .flat_map(|way: &Vec<usize>| {
                        let taken: Vec<Option<usize>> = way.iter().map(|&node| column(node)).collect();
                        let free = (0..*k).filter(move |&j| !taken.contains(&Some(j)));
                        free.map(|j| [&way[..], &[row[j]]].concat()).collect::<Vec<_>>()
                    })
                    .collect();
            }
            ways
        }
    }
}
