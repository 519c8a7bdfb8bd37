//! Topological torsions: chains of atoms.

use super::counts::{fold_bits, fold_counts, fold_simulated};
use super::graph::Graph;
use super::hash::combine;
use super::labels::Labels;
use super::types::{CODE_BITS, LABEL_BITS, atom_codes};
use super::{Counts, Fingerprint, FoldedSize, MOST_PATHS, MOST_STEPS, STEPS, Scheme};
use crate::perceive::Perception;
use crate::{Element, Error, Result};

/// Topological-torsion fingerprints: every chain of `atoms` bonded atoms other than hydrogen, by element, π electrons and further
/// neighbours of each.
///
/// A ring of `atoms − 1` atoms is a chain too, from its atom of the least number around to itself; that it starts there
/// is `RDKit`'s rule and makes the code of small rings depend on the numbering. Unfolded codes tell what they mean,
/// nine bits of each atom; folded ones are hashes. Bits stand for counts as in [`AtomPairs`](super::AtomPairs).
///
/// ```
/// use mol_core::{Molecule, fingerprint::TopologicalTorsions, perceive::Perception};
/// let hexane = Perception::new(&Molecule::from_smiles("CCCCCC")?)?;
/// let counts = TopologicalTorsions::default().sparse_counts(&hexane)?;
/// assert_eq!(counts.entries().iter().map(|entry| entry.1).collect::<Vec<_>>(), [2, 1]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Nilakantan, Bauman, Dixon and Venkataraghavan, *J. Chem. Inf. Comput. Sci.* **27**, 82 (1987); codes and hashes as
/// `RDKit`'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TopologicalTorsions {
    /// Atoms of a chain, 3 to 7.
    pub atoms: u8,
    /// Number of bits, or counts, of the folded forms.
    pub size: FoldedSize,
    /// Whether R and S differ, in chains of at most five atoms.
    pub chirality: bool,
    /// Whether the bits of a code say how often it occurs.
    pub simulate_counts: bool,
}

impl Default for TopologicalTorsions {
    fn default() -> Self {
        Self { atoms: 4, size: FoldedSize::default(), chirality: false, simulate_counts: true }
    }
}

impl TopologicalTorsions {
    fn named(self, folded: &str) -> Scheme {
        let chirality = if self.chirality { " chirality" } else { "" };
        Scheme::from(format!("topological-torsions-rdkit-1 atoms={}{folded}{chirality}", self.atoms))
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
    /// [`Error::InvalidArgument`] unless chains are of 3 to 7 atoms, with chirality 3 to 5; [`Error::TooMany`] beyond
    /// [`MOST_PATHS`](super::MOST_PATHS) chains, or [`MOST_STEPS`](super::MOST_STEPS) bonds on the way.
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
        let bits = self.code_bits();
        let mut codes = Vec::new();
        self.visit(seen, |chain| {
            codes.push(chain.iter().rev().fold(0, |code, &atom| code << bits | u64::from(atom)));
        })?;
        Ok(Counts::of_codes(self.named("").on(seen), codes))
    }

    fn hashes(self, seen: &Perception) -> Result<Vec<u32>> {
        let mut hashes = Vec::new();
        self.visit(seen, |chain| hashes.push(chain.iter().fold(0, |hash, &atom| combine(hash, atom))))?;
        Ok(hashes)
    }

    fn code_bits(self) -> u32 {
        CODE_BITS + if self.chirality { LABEL_BITS } else { 0 }
    }

    /// Shows the codes of the atoms of each chain, in the direction in which they are the lesser.
    fn visit(self, seen: &Perception, mut found: impl FnMut(&[u32])) -> Result<()> {
        let length = usize::from(self.atoms);
        if !(3..=if self.chirality { 5 } else { 7 }).contains(&length) {
            let expected = "3 to 7 (with chirality 5) atoms long";
            return Err(Error::InvalidArgument { what: "torsion chains", expected, got: length.to_string() });
        }
        let graph = Graph::new(seen);
        let labels = self.chirality.then(|| Labels::new(seen, &graph));
        // Labels lie above the nine bits and are folded into them.
        let limit = (1 << CODE_BITS) - 1;
        // Those within a chain count two neighbours less, those at its ends one.
        let ends: Vec<u32> = atom_codes(seen, &graph, labels.as_ref())
            .into_iter()
            .map(|code| code.wrapping_sub(2) % limit + 1)
            .collect();
        let mut codes = [0; 7];
        let mut count = 0;
        let molecule = seen.molecule();
        let heavy: Vec<bool> = molecule.atoms().map(|(_, atom)| atom.element != Some(Element::H)).collect();
        visit_chains(&graph, &heavy, length, &mut |chain| {
            count += 1;
            if count > MOST_PATHS {
                return Err(Error::TooMany { what: "chains of atoms", limit: MOST_PATHS });
            }
            for (k, &atom) in chain.iter().enumerate() {
                let inner = k > 0 && k + 1 < length;
                codes[k] = ends[atom as usize] - u32::from(inner);
            }
            let codes = &mut codes[..length];
            if codes.iter().rev().lt(codes.iter()) {
                codes.reverse();
            }
            found(codes);
            Ok(())
        })
    }
}

/// Shows every chain once, from the end of the lesser number, and every ring of `length − 1` atoms from its least
/// around by its lesser neighbour.
fn visit_chains(
    graph: &Graph,
    heavy: &[bool],
    length: usize,
    found: &mut impl FnMut(&[u32]) -> Result<()>,
) -> Result<()> {
    let mut chain: Vec<u32> = Vec::with_capacity(length);
    // The next neighbour to try at each place.
    let mut next: Vec<usize> = Vec::with_capacity(length);
    let mut steps = 0;
    for start in (0..graph.atom_count() as u32).filter(|&atom| heavy[atom as usize]) {
        chain.push(start);
        next.push(0);
        while let (Some(&last), Some(tried)) = (chain.last(), next.last_mut()) {
            let Some(&(other, _)) = graph.around(last as usize).get(*tried) else {
                chain.pop();
                next.pop();
                continue;
            };
            *tried += 1;
            steps += 1;
            if steps > MOST_STEPS {
                return Err(Error::TooMany { what: STEPS, limit: MOST_STEPS });
            }
            if !heavy[other as usize] {
                continue;
            }
            let complete = chain.len() + 1 == length;
            if !chain.contains(&other) {
                chain.push(other);
                if !complete {
                    next.push(0);
                    continue;
                }
                if start < other {
                    found(&chain)?;
                }
                chain.pop();
            } else if complete && other == start && length > 3 {
                let least = chain.iter().all(|&atom| start <= atom);
                if least && chain[1] < last {
                    chain.push(other);
                    found(&chain)?;
                    chain.pop();
                }
            }
        }
    }
    Ok(())
}
