//! Atom pairs: two atoms and how many bonds lie between them.

use super::counts::{fold_bits, fold_counts, fold_simulated};
use super::graph::Graph;
use super::hash::combine;
use super::labels::Labels;
use super::types::{CODE_BITS, LABEL_BITS, atom_codes};
use super::{Counts, Fingerprint, FoldedSize, MOST_PATHS, MOST_STEPS, STEPS, Scheme};
use crate::perceive::Perception;
use crate::{Error, Result};

/// Bits of the distance in an unfolded code.
const DISTANCE_BITS: u32 = 5;
/// Largest distance that can be asked for.
const LARGEST_DISTANCE: u8 = 30;

/// Atom-pair fingerprints: every two atoms of a component at most `max_distance` bonds apart, by element, neighbours and
/// π electrons of both and their distance.
///
/// Unfolded codes tell what they mean: five bits of distance, nine of either atom. Folded ones are hashes. Bits stand
/// for counts unless `simulate_counts` is off: each code has four, for at least 1, 2, 4 and 8 occurrences.
///
/// ```
/// use mol_core::{Molecule, fingerprint::AtomPairs, perceive::Perception};
/// let propane = Perception::new(&Molecule::from_smiles("CCC")?)?;
/// let counts = AtomPairs::default().sparse_counts(&propane)?;
/// assert_eq!(counts.entries().iter().map(|entry| (entry.0 % 32, entry.1)).collect::<Vec<_>>(), [(2, 1), (1, 2)]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Carhart, Smith and Venkataraghavan, *J. Chem. Inf. Comput. Sci.* **25**, 64 (1985); codes and hashes as `RDKit`'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct AtomPairs {
    /// Least distance in bonds.
    pub min_distance: u8,
    /// Largest distance in bonds, at most 30.
    pub max_distance: u8,
    /// Number of bits, or counts, of the folded forms.
    pub size: FoldedSize,
    /// Whether R and S differ.
    pub chirality: bool,
    /// Whether the bits of a code say how often it occurs.
    pub simulate_counts: bool,
}

impl Default for AtomPairs {
    fn default() -> Self {
        Self {
            min_distance: 1,
            max_distance: LARGEST_DISTANCE,
            size: FoldedSize::default(),
            chirality: false,
            simulate_counts: true,
        }
    }
}

impl AtomPairs {
    fn named(self, folded: &str) -> Scheme {
        let chirality = if self.chirality { " chirality" } else { "" };
        let Self { min_distance, max_distance, .. } = self;
        Scheme::from(format!("atom-pairs-rdkit-1 distance={min_distance}..{max_distance}{folded}{chirality}"))
    }

    /// The scheme of [`fingerprint`](Self::fingerprint), with the default model of aromaticity.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        let counts = if self.simulate_counts { " of-counts" } else { "" };
        self.named(&format!(" bits={}{counts}", self.size.get()))
    }

    /// The fingerprint of a molecule as bits.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the distances are no range within 0 to 30; [`Error::TooMany`] beyond
    /// [`MOST_PATHS`](super::MOST_PATHS) pairs, or [`MOST_STEPS`](super::MOST_STEPS) bonds on the way.
    pub fn fingerprint(&self, seen: &Perception) -> Result<Fingerprint> {
        let fold = if self.simulate_counts { fold_simulated } else { fold_bits };
        Ok(fold(self.scheme().on(seen), self.size, &self.hashes(seen)?))
    }

    /// The fingerprint of a molecule as counts, folded.
    ///
    /// # Errors
    /// As [`fingerprint`](Self::fingerprint).
    pub fn folded_counts(&self, seen: &Perception) -> Result<Counts> {
        let scheme = self.named(&format!(" counts={}", self.size.get()));
        Ok(fold_counts(scheme.on(seen), self.size, &self.hashes(seen)?))
    }

    /// The fingerprint of a molecule as counts of unfolded codes.
    ///
    /// # Errors
    /// As [`fingerprint`](Self::fingerprint).
    pub fn sparse_counts(&self, seen: &Perception) -> Result<Counts> {
        let bits = CODE_BITS + if self.chirality { LABEL_BITS } else { 0 };
        let mut codes = Vec::new();
        self.visit(seen, |low, high, distance| {
            let code = distance | low << DISTANCE_BITS | high << (DISTANCE_BITS + bits);
            codes.push(u64::from(code));
        })?;
        Ok(Counts::of_codes(self.named("").on(seen), codes))
    }

    fn hashes(self, seen: &Perception) -> Result<Vec<u32>> {
        let mut hashes = Vec::new();
        self.visit(seen, |low, high, distance| hashes.push(combine(combine(combine(0, low), distance), high)))?;
        Ok(hashes)
    }

    /// Shows the lesser and the greater code and the distance of each pair.
    fn visit(self, seen: &Perception, mut found: impl FnMut(u32, u32, u32)) -> Result<()> {
        if self.min_distance > self.max_distance || self.max_distance > LARGEST_DISTANCE {
            let got = format!("{} to {}", self.min_distance, self.max_distance);
            return Err(Error::InvalidArgument { what: "distances", expected: "a range within 0 to 30", got });
        }
        let graph = Graph::new(seen);
        let labels = self.chirality.then(|| Labels::new(seen, &graph));
        let mut codes = atom_codes(seen, &graph, labels.as_ref());
        // Of a code with all bits set none would be left: it shares 0.
        let limit = (1 << (CODE_BITS + if self.chirality { LABEL_BITS } else { 0 })) - 1;
        for code in &mut codes {
            *code %= limit;
        }
        let mut reached = vec![u32::MAX; codes.len()];
        let (mut here, mut next) = (Vec::new(), Vec::new());
        let (mut steps, mut pairs) = (0, 0);
        for first in 0..codes.len() as u32 {
            here.clear();
            here.push(first);
            reached[first as usize] = first;
            for distance in 1..=u32::from(self.max_distance) {
                next.clear();
                for &atom in &here {
                    let around = graph.around(atom as usize);
                    steps += around.len();
                    for &(other, _) in around {
                        if reached[other as usize] != first {
                            reached[other as usize] = first;
                            next.push(other);
                        }
                    }
                }
                if next.is_empty() {
                    break;
                }
                if steps > MOST_STEPS {
                    return Err(Error::TooMany { what: STEPS, limit: MOST_STEPS });
                }
                if distance >= u32::from(self.min_distance) {
                    for &second in next.iter().filter(|&&second| second > first) {
                        let (a, b) = (codes[first as usize], codes[second as usize]);
                        pairs += 1;
                        if pairs > MOST_PATHS {
                            return Err(Error::TooMany { what: "pairs of atoms", limit: MOST_PATHS });
                        }
                        found(a.min(b), a.max(b), distance);
                    }
                }
                std::mem::swap(&mut here, &mut next);
            }
        }
        Ok(())
    }
}
