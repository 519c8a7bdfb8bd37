//! Many conformers at once.

use super::descent::is_over;
use super::part::Scratch;
use super::{Embedder, Refusal, Refusals};
use crate::{Molecule, Result, Seed, Vec3};
use rayon::prelude::*;
use std::fmt;

/// Conformers one task makes: the schedule is cut by it, the result is not.
const CHUNK: usize = 4;
/// Conformers that are made before the next are begun, pruned and stored.
const BLOCK: usize = 256;

/// What [`Embedder::embed_many`] made.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Embedded {
    /// Positions [Å], shape `[conformers][atoms]`, in the order of their indices.
    pub conformers: Vec<Vec<Vec3>>,
    /// Which of the wanted conformers each is: its stream of random numbers.
    pub indices: Vec<usize>,
    /// Whether each is strained: the best of eight attempts, all of them above what other attempts reached (a frame caught
    /// inside out, say); shape `[conformers]`.
    pub strained: Vec<bool>,
    /// Those that were not found.
    pub failures: Vec<Failure>,
    /// Those that were not begun because the time was up.
    pub skipped: usize,
    /// Those left out because an earlier one is alike.
    pub pruned: usize,
    /// Attempts that were refused, those of conformers found at last included.
    pub refusals: Refusals,
}

/// A conformer that was not found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// Which of the wanted.
    pub index: usize,
    /// Why.
    pub reason: FailureReason,
}

/// Why a conformer was not found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum FailureReason {
    /// The attempts were spent; what was wrong with the last one.
    Attempts(Refusal),
    /// The time was up.
    Time,
}

impl fmt::Display for FailureReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attempts(refusal) => refusal.fmt(out),
            Self::Time => out.write_str("the time was up"),
        }
    }
}

impl Embedder {
    /// Makes `count` conformers on all threads of the ambient rayon pool.
    ///
    /// Conformer k draws from `seed.stream("conformer").at(k)`, so that it is the same whatever `count` and the number
    /// of threads. Without a time budget the result depends on nothing but the molecule, the configuration and the seed.
    ///
    /// Of two conformers that are alike ([`EmbedConfig::prune`](super::EmbedConfig::prune)) the one of the lower index is
    /// kept, and so are both where [`SymmetricRmsd::within`](crate::geometry::SymmetricRmsd::within) cannot decide.
    ///
    /// ```
    /// use mol_core::{Molecule, Seed, embed::{EmbedConfig, Embedder}};
    /// let butane = Molecule::from_smiles("CCCC")?.with_explicit_hydrogens()?;
    /// let config = EmbedConfig { prune: Some(0.3), ..EmbedConfig::default() };
    /// let made = Embedder::new(&butane, config)?.embed_many(20, &Seed::new(1));
    /// assert_eq!(made.conformers.len() + made.pruned, 20);
    /// assert!(made.failures.is_empty() && made.conformers.len() <= 4);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn embed_many(&self, count: usize, seed: &Seed) -> Embedded {
        let deadline = self.deadline();
        let stream = seed.stream("conformer");
        let mut embedded = Embedded::default();
        let mut first = 0;
        while first < count {
            let block: Vec<usize> = (first..count.min(first.saturating_add(BLOCK))).collect();
            first += block.len();
            let made: Vec<_> = block
                .par_chunks(CHUNK)
                .flat_map_iter(|chunk| {
                    let mut scratch = Scratch::default();
                    let make = |&index: &usize| {
                        let mut refusals = Refusals::default();
                        let mut rng = stream.at(index as u64).rng();
                        (index, self.place(deadline, &mut refusals, &mut scratch, &mut rng), refusals)
                    };
                    chunk.iter().map(make).collect::<Vec<_>>()
                })
                .collect();
            for (index, result, refusals) in made {
                embedded.refusals.add(&refusals);
                match result {
                    Ok((positions, _)) if self.is_known(&positions, &embedded.conformers) => embedded.pruned += 1,
                    Ok((positions, strained)) => {
                        embedded.conformers.push(positions);
                        embedded.indices.push(index);
                        embedded.strained.push(strained);
                    }
                    Err(reason) => embedded.failures.push(Failure { index, reason }),
                }
            }
            if is_over(deadline) {
                embedded.skipped = count - first;
                break;
            }
        }
        embedded
    }

    /// Whether pruning is on and `positions` are like one of `others`.
    fn is_known(&self, positions: &[Vec3], others: &[Vec<Vec3>]) -> bool {
        let (Some(limit), Some(alike)) = (self.config.prune, &self.alike) else { return false };
        others.par_iter().any(|other| alike.within(positions, other, limit).unwrap_or(false))
    }
}

impl Embedded {
    /// `molecule`, which must be the one that was embedded, with these conformers in place of those it has.
    ///
    /// # Errors
    /// [`crate::Error::ShapeMismatch`] for another number of atoms.
    pub fn into_molecule(self, molecule: &Molecule) -> Result<Molecule> {
        let mut molecule = molecule.clone();
        molecule.clear_conformers();
        for positions in self.conformers {
            molecule.add_conformer(positions)?;
        }
        Ok(molecule)
    }
}
