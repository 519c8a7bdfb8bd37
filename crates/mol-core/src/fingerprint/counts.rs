//! Fingerprints as counts.

use super::{Fingerprint, FoldedSize, Scheme};

/// How often each code occurs in a molecule, unfolded or folded, and the [`Scheme`] that says what the codes mean.
///
/// ```
/// use mol_core::{Molecule, fingerprint::Morgan, perceive::Perception};
/// let butane = Perception::new(&Molecule::from_smiles("CCCC")?)?;
/// let counts = Morgan::default().sparse_counts(&butane);
/// assert_eq!(counts.total(), 9); // 2 CH₃, 2 CH₂, the surroundings of each at radius 1, one at radius 2: all of it
/// assert_eq!(counts.entries().len(), 5);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "Plain", into = "Plain")]
pub struct Counts {
    scheme: Scheme,
    /// Codes, ascending, with their counts, none of them zero.
    entries: Vec<(u64, u32)>,
}

/// The serialised form, in any order.
#[derive(serde::Serialize, serde::Deserialize)]
struct Plain {
    scheme: Scheme,
    entries: Vec<(u64, u32)>,
}

impl Counts {
    /// These counts, in any order; those of one code are added up (to 2³² − 1 at most).
    #[must_use]
    pub fn new(scheme: Scheme, mut entries: Vec<(u64, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(later.1);
            }
            same
        });
        entries.retain(|entry| entry.1 > 0);
        Self { scheme, entries }
    }

    /// The counts of codes listed once for each time they occur.
    pub(super) fn of_codes(scheme: Scheme, mut codes: Vec<u64>) -> Self {
        codes.sort_unstable();
        let entries = codes.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect();
        Self { scheme, entries }
    }

    /// How they were made.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Codes and their counts, ascending by code.
    #[must_use]
    pub fn entries(&self) -> &[(u64, u32)] {
        &self.entries
    }

    /// How often a code occurs.
    #[must_use]
    pub fn get(&self, code: u64) -> u32 {
        self.entries.binary_search_by_key(&code, |entry| entry.0).map_or(0, |k| self.entries[k].1)
    }

    /// Sum of all counts.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.entries.iter().map(|entry| u64::from(entry.1)).sum()
    }

    /// The counts as numbers, shape `[size]`, codes taken modulo `size`: the input of a model.
    #[must_use]
    pub fn to_dense(&self, size: FoldedSize) -> Vec<f32> {
        let mut dense = vec![0.0; size.get()];
        for &(code, count) in &self.entries {
            dense[(code % size.get() as u64) as usize] += count as f32;
        }
        dense
    }
}

impl From<Counts> for Plain {
    fn from(counts: Counts) -> Self {
        Self { scheme: counts.scheme, entries: counts.entries }
    }
}

impl From<Plain> for Counts {
    fn from(plain: Plain) -> Self {
        Self::new(plain.scheme, plain.entries)
    }
}

/// Least count for each of the four bits that stand for one code where counts are simulated by bits.
pub(super) const COUNT_BOUNDS: [u32; 4] = [1, 2, 4, 8];

/// Folds codes, listed once for each time they occur, into bits.
pub(super) fn fold_bits(scheme: Scheme, size: FoldedSize, codes: &[u32]) -> Fingerprint {
    let mut fingerprint = Fingerprint::empty(scheme, size);
    // A power of two, the usual case, needs no division.
    let bits = size.get() as u32;
    if bits.is_power_of_two() {
        codes.iter().for_each(|code| fingerprint.set((code & (bits - 1)) as usize));
    } else {
        codes.iter().for_each(|code| fingerprint.set((code % bits) as usize));
    }
    fingerprint
}

/// Folds codes into bits, four to a code: at least 1, 2, 4, 8 times there.
pub(super) fn fold_simulated(scheme: Scheme, size: FoldedSize, codes: &[u32]) -> Fingerprint {
    let places = (size.get() / COUNT_BOUNDS.len()) as u32;
    let mut folded: Vec<u32> = codes.iter().map(|code| code % places).collect();
    folded.sort_unstable();
    let mut fingerprint = Fingerprint::empty(scheme, size);
    for run in folded.chunk_by(|a, b| a == b) {
        for (k, &bound) in COUNT_BOUNDS.iter().enumerate() {
            if run.len() >= bound as usize {
                fingerprint.set(run[0] as usize * COUNT_BOUNDS.len() + k);
            }
        }
    }
    fingerprint
}

/// Folds codes into counts.
pub(super) fn fold_counts(scheme: Scheme, size: FoldedSize, codes: &[u32]) -> Counts {
    let bits = size.get() as u32;
    Counts::of_codes(scheme, codes.iter().map(|code| u64::from(code % bits)).collect())
}
