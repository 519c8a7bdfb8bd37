//! Divisions into training, validation and test.
//!
//! Parts are lists of indices, ascending, so that a split can be recorded and no item is in two of them. What a split
//! measures depends on it: at random, a model is tested on neighbours of what it has seen; by groups (scaffolds,
//! clusters), on what it has not. Deliberately not here: order and batches, which belong to the trainer, and cross
//! validation.

use crate::perceive::Perception;
use crate::{Dataset, Error, Result, Rng, Subset, murcko_scaffold};
use std::collections::BTreeMap;

/// Parts of a whole for training, validation and test.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "[f64; 3]", into = "[f64; 3]")]
pub struct Fractions([f64; 3]);

impl Fractions {
    /// The three parts.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] unless none is negative and they add up to 1 (within 10⁻⁹).
    pub fn new(train: f64, validation: f64, test: f64) -> Result<Self> {
        let parts = [train, validation, test];
        // A sum that is no number is not near 1 either.
        if parts.iter().all(|&part| part >= 0.0) && (parts.iter().sum::<f64>() - 1.0).abs() < 1e-9 {
            Ok(Self(parts))
        } else {
            let expected = "of three parts that are not negative and add up to 1";
            Err(Error::InvalidArgument { what: "fractions of a split", expected, got: format!("{parts:?}") })
        }
    }

    /// How many of `items` fall to each part: the fraction rounded down, and one more where the rest is largest until
    /// all are given (Hamilton's method; of equal rests the first).
    ///
    /// ```
    /// use mol_core::data::Fractions;
    /// assert_eq!(Fractions::new(0.8, 0.1, 0.1)?.counts(12), [10, 1, 1]);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn counts(&self, items: usize) -> [usize; 3] {
        let shares = self.0.map(|part| part * items as f64);
        // A share that is whole but for rounding is whole.
        let mut counts = shares.map(|share| (share + 1e-9).floor() as usize);
        let mut order = [0, 1, 2];
        order.sort_by(|&a, &b| (shares[b] - counts[b] as f64).total_cmp(&(shares[a] - counts[a] as f64)));
        let rest = items.saturating_sub(counts.iter().sum());
        order.into_iter().cycle().take(rest).for_each(|part| counts[part] += 1);
        counts
    }
}

impl TryFrom<[f64; 3]> for Fractions {
    type Error = Error;

    fn try_from([train, validation, test]: [f64; 3]) -> Result<Self> {
        Self::new(train, validation, test)
    }
}

impl From<Fractions> for [f64; 3] {
    fn from(fractions: Fractions) -> Self {
        fractions.0
    }
}

/// Which items train, validate and test, each list ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Split {
    /// Items trained on.
    pub train: Vec<usize>,
    /// Items that choose among models.
    pub validation: Vec<usize>,
    /// Items never seen before the final measurement.
    pub test: Vec<usize>,
}

impl Split {
    /// The three parts of a data set.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an item is beyond its end.
    pub fn subsets<D: Dataset + Copy>(&self, dataset: D) -> Result<[Subset<D>; 3]> {
        let part = |items: &[usize]| Subset::new(dataset, items.to_vec());
        Ok([part(&self.train)?, part(&self.validation)?, part(&self.test)?])
    }

    /// The split that gives item i to part `parts[i]` (0, 1 or 2).
    fn from_parts(parts: &[usize]) -> Self {
        let part = |wanted| (0..parts.len()).filter(|&item| parts[item] == wanted).collect();
        Self { train: part(0), validation: part(1), test: part(2) }
    }
}

/// Splits so many items at random; the sizes are those of [`Fractions::counts`].
///
/// ```
/// use mol_core::{Seed, data::{Fractions, random_split}};
/// let split = random_split(1000, Fractions::new(0.8, 0.1, 0.1)?, &mut Seed::new(7).stream("split").rng());
/// assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (800, 100, 100));
/// # Ok::<(), mol_core::Error>(())
/// ```
pub fn random_split(items: usize, fractions: Fractions, rng: &mut Rng) -> Split {
    let [train, validation, _] = fractions.counts(items);
    let mut order: Vec<usize> = (0..items).collect();
    rng.shuffle(&mut order);
    let mut parts = vec![0; items];
    for (place, item) in order.into_iter().enumerate() {
        parts[item] = usize::from(place >= train) + usize::from(place >= train + validation);
    }
    Split::from_parts(&parts)
}

/// Splits at random so that each stratum (class, bin of a value) is divided as the whole is, to less than one item per
/// part and stratum boundary; the sizes of the parts are those of [`Fractions::counts`] exactly.
///
/// `strata[i]` is the stratum of item i. Items stand stratum by stratum, the strata and the items of each in random order,
/// around a circle; from a random place on they go one by one to the part that is furthest behind its share. So every item
/// has the same chance to come into a part, however small its stratum is.
pub fn stratified_split(strata: &[usize], fractions: Fractions, rng: &mut Rng) -> Split {
    let items = strata.len();
    let counts = fractions.counts(items);
    let mut order: Vec<usize> = (0..items).collect();
    rng.shuffle(&mut order);
    let mut rank: BTreeMap<usize, usize> = strata.iter().map(|&stratum| (stratum, 0)).collect();
    let mut ranks: Vec<usize> = (0..rank.len()).collect();
    rng.shuffle(&mut ranks);
    rank.values_mut().zip(ranks).for_each(|(own, drawn)| *own = drawn);
    order.sort_by_key(|&item| rank[&strata[item]]);
    if items > 0 {
        order.rotate_left(rng.below(items));
    }
    let mut parts = vec![0; items];
    let mut given = [0_usize; 3];
    for (place, item) in order.into_iter().enumerate() {
        // In whole numbers: how far behind a part is, times the number of items.
        let behind = |part: &usize| (place + 1) as i128 * counts[*part] as i128 - given[*part] as i128 * items as i128;
        let part = (0..3).rev().max_by_key(behind).expect("there are three parts");
        given[part] += 1;
        parts[item] = part;
    }
    Split::from_parts(&parts)
}

/// In which order groups are dealt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum GroupOrder {
    /// The largest first, of equal ones that of the later first member: nothing is drawn, and the test set is made of the
    /// rarest groups. (Ramsundar et al., *Deep Learning for the Life Sciences*, O'Reilly (2019): `DeepChem`.)
    LargestFirst,
    /// Groups of more than half the validation or test set first, then the others, both at random: parts that are more
    /// alike. (Yang et al., *J. Chem. Inf. Model.* **59**, 3370 (2019): `chemprop`.)
    Balanced,
}

/// Splits items so that no group is torn.
///
/// `groups[i]` is the group of item i; [`group_by`] makes them of any keys, such as scaffolds. Groups are taken in the
/// order asked for; each goes to training if it fits below that fraction, else to validation, else to the test set, which
/// so takes what is left over. Sizes are exact only as far as the groups allow: with [`GroupOrder::LargestFirst`] a group
/// larger than the whole of training goes to validation (as in the original), so look at the sizes before training.
///
/// ```
/// use mol_core::{Seed, data::{Fractions, GroupOrder, group_by, grouped_split}};
/// let groups = group_by(["benzene", "pyridine", "benzene", "", "benzene", "indole"]);
/// let fractions = Fractions::new(0.5, 0.25, 0.25)?;
/// let split = grouped_split(&groups, fractions, GroupOrder::LargestFirst, &mut Seed::new(1).rng());
/// assert_eq!((split.train, split.validation, split.test), (vec![0, 2, 4], vec![5], vec![1, 3]));
/// # Ok::<(), mol_core::Error>(())
/// ```
pub fn grouped_split(groups: &[usize], fractions: Fractions, order: GroupOrder, rng: &mut Rng) -> Split {
    let items = groups.len() as f64;
    let [train, validation, test] = fractions.0.map(|part| part * items + 1e-9);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, &group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(item);
    }
    let mut members: Vec<Vec<usize>> = members.into_values().collect();
    match order {
        GroupOrder::LargestFirst => members.sort_by_key(|group| std::cmp::Reverse((group.len(), group[0]))),
        GroupOrder::Balanced => {
            let is_large = |group: &Vec<usize>| group.len() as f64 > validation.min(test) / 2.0;
            let (mut large, mut small): (Vec<_>, Vec<_>) = members.into_iter().partition(is_large);
            rng.shuffle(&mut large);
            rng.shuffle(&mut small);
            large.append(&mut small);
            members = large;
        }
    }
    let mut given = [0_usize; 3];
    let mut parts = vec![2; groups.len()];
    for group in members {
        let fits = |part: usize, limit: f64| (given[part] + group.len()) as f64 <= limit;
        // Largest first, both cut-offs count what training has taken, as in the original.
        let rest = match order {
            GroupOrder::LargestFirst => train + validation - given[0] as f64,
            GroupOrder::Balanced => validation,
        };
        let part = if fits(0, train) {
            0
        } else if fits(1, rest) {
            1
        } else {
            2
        };
        given[part] += group.len();
        for item in group {
            parts[item] = part;
        }
    }
    Split::from_parts(&parts)
}

/// Numbers molecules by their Murcko scaffold, shape `[molecules]`: the groups of a scaffold split. All without rings are
/// one group; stereo does not count.
///
/// ```
/// use mol_core::{Molecule, data::scaffold_groups, perceive::Perception};
/// let read = |smiles: &str| Perception::new(&Molecule::from_smiles(smiles)?);
/// let molecules = [read("Cc1ccccc1")?, read("CCO")?, read("OC1=CC=CC=C1")?, read("c1ccncc1")?, read("C")?];
/// assert_eq!(scaffold_groups(&molecules)?, [0, 1, 0, 2, 1]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Bemis and Murcko, *J. Med. Chem.* **39**, 2887 (1996); the split: Wu et al., *Chem. Sci.* **9**, 513 (2018).
///
/// # Errors
/// [`Error::InvalidArgument`] with the place of the first molecule whose scaffold has no canonical SMILES, and why
/// ([`Molecule::to_canonical_smiles`](crate::Molecule::to_canonical_smiles)).
pub fn scaffold_groups(molecules: &[Perception]) -> Result<Vec<usize>> {
    let key = |(place, seen): (usize, &Perception)| {
        murcko_scaffold(seen).to_canonical_smiles().map_err(|error| Error::InvalidArgument {
            what: "scaffold of a molecule",
            expected: "one with a canonical SMILES",
            got: format!("molecule {place}: {error}"),
        })
    };
    Ok(group_by(molecules.iter().enumerate().map(key).collect::<Result<Vec<String>>>()?))
}

/// Numbers keys by their first appearance: equal keys are one group.
pub fn group_by<K: Ord>(keys: impl IntoIterator<Item = K>) -> Vec<usize> {
    let mut known = BTreeMap::new();
    keys.into_iter()
        .map(|key| {
            let next = known.len();
            *known.entry(key).or_insert(next)
        })
        .collect()
}
