//! What a search has found: distinct conformers, and the energy of every minimisation in order.

use crate::{Normalizer, Spent, TorsionFault};
use mol_core::Vec3;
use mol_core::geometry::{TorsionAngles, TorsionFingerprint};
use std::sync::Arc;

/// When two minimised conformers are the same: both criteria must hold.
///
/// The torsion fingerprint alone cannot tell rotamers of groups with equivalent neighbours (see
/// [`TorsionFingerprint`]), energies alone cannot tell mirror images. Set `energy` to infinity for the fingerprint alone,
/// as TorsionNet does.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SameConformer {
    /// Largest torsion fingerprint deviation.
    pub deviation: f64,
    /// Largest difference of energies [eV].
    pub energy: f64,
}

impl Default for SameConformer {
    /// 0.05, and 0.002 eV (0.05 kcal/mol).
    fn default() -> Self {
        Self { deviation: 0.05, energy: 0.002 }
    }
}

/// A minimised conformer.
#[derive(Clone, Debug, PartialEq)]
pub struct MinimizedConformer {
    /// Positions [Å], shape `[atoms]`.
    pub positions: Vec<Vec3>,
    /// Energy [eV].
    pub energy: f64,
    /// Angles of the task's torsions [rad], shape `[torsions]`.
    pub torsions: Vec<f64>,
}

/// Distinct conformers of one molecule.
#[derive(Clone, Debug)]
pub struct ConformerSet {
    fingerprint: Arc<TorsionFingerprint>,
    same: SameConformer,
    members: Vec<(MinimizedConformer, TorsionAngles)>,
}

impl ConformerSet {
    /// No conformers yet.
    #[must_use]
    pub const fn new(fingerprint: Arc<TorsionFingerprint>, same: SameConformer) -> Self {
        Self { fingerprint, same, members: Vec::new() }
    }

    /// Number of distinct conformers.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The conformers in the order in which they were found.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &MinimizedConformer> {
        self.members.iter().map(|(conformer, _)| conformer)
    }

    /// Their energies [eV] in the same order.
    #[must_use]
    pub fn energies(&self) -> Vec<f64> {
        self.iter().map(|conformer| conformer.energy).collect()
    }

    /// The conformer of lowest energy.
    #[must_use]
    pub fn lowest(&self) -> Option<&MinimizedConformer> {
        self.iter().min_by(|a, b| a.energy.total_cmp(&b.energy))
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.members.clear();
    }

    /// Adds a conformer unless it is the same as one of these; of two that are the same the lower one is kept. Returns
    /// whether it is new.
    ///
    /// # Errors
    /// [`Error::Core`](crate::Error::Core) if it is of another number of atoms.
    pub fn insert(&mut self, conformer: MinimizedConformer) -> crate::Result<bool> {
        let angles = self.fingerprint.angles(&conformer.positions)?;
        for (member, known) in &mut self.members {
            if (member.energy - conformer.energy).abs() <= self.same.energy
                && self.fingerprint.deviation(known, &angles)? <= self.same.deviation
            {
                if conformer.energy < member.energy {
                    (*member, *known) = (conformer, angles);
                }
                return Ok(false);
            }
        }
        self.members.push((conformer, angles));
        Ok(true)
    }
}

/// Everything a search has done, whatever the method: the common result.
#[derive(Clone, Debug)]
pub struct SearchRecord {
    conformers: ConformerSet,
    energies: Vec<f64>,
    faults: Vec<(u64, TorsionFault)>,
    energy_calls: u64,
}

impl SearchRecord {
    /// Nothing done yet.
    #[must_use]
    pub const fn new(conformers: ConformerSet) -> Self {
        Self { conformers, energies: Vec::new(), faults: Vec::new(), energy_calls: 0 }
    }

    /// Books one minimisation; returns whether its conformer is new.
    ///
    /// # Errors
    /// As [`ConformerSet::insert`].
    pub fn push(&mut self, outcome: &Result<MinimizedConformer, TorsionFault>) -> crate::Result<bool> {
        match outcome {
            Ok(conformer) => {
                let new = self.conformers.insert(conformer.clone())?;
                self.energies.push(conformer.energy);
                Ok(new)
            }
            Err(fault) => {
                self.faults.push((self.energies.len() as u64, fault.clone()));
                self.energies.push(f64::INFINITY);
                Ok(false)
            }
        }
    }

    /// Books energy calls.
    pub const fn add_energy_calls(&mut self, calls: u64) {
        self.energy_calls += calls;
    }

    /// The distinct conformers.
    #[must_use]
    pub const fn conformers(&self) -> &ConformerSet {
        &self.conformers
    }

    /// The energy [eV] of each minimisation in order, +∞ for those that failed.
    #[must_use]
    pub fn energies(&self) -> &[f64] {
        &self.energies
    }

    /// The minimisations that failed: their numbers, from 0, and why.
    #[must_use]
    pub fn faults(&self) -> &[(u64, TorsionFault)] {
        &self.faults
    }

    /// What it cost.
    #[must_use]
    pub const fn spent(&self) -> Spent {
        Spent { minimizations: self.energies.len() as u64, energies: self.energy_calls }
    }

    /// The lowest energy [eV]; `None` if nothing was found.
    #[must_use]
    pub fn lowest(&self) -> Option<f64> {
        self.conformers.lowest().map(|conformer| conformer.energy)
    }

    /// The lowest energy [eV] after each minimisation, +∞ before the first success.
    #[must_use]
    pub fn best_so_far(&self) -> Vec<f64> {
        let mut best = f64::INFINITY;
        self.energies
            .iter()
            .map(|&energy| {
                best = best.min(energy);
                best
            })
            .collect()
    }

    /// Number of distinct conformers no more than `window` [eV] above `reference` [eV].
    #[must_use]
    pub fn within(&self, window: f64, reference: f64) -> usize {
        self.conformers.iter().filter(|conformer| conformer.energy - reference <= window).count()
    }

    /// The Gibbs score of the distinct conformers.
    #[must_use]
    pub fn score(&self, normalizer: &Normalizer) -> f64 {
        normalizer.score(&self.conformers.energies())
    }

    /// Appends what was done afterwards, by the same or another method.
    ///
    /// # Errors
    /// As [`ConformerSet::insert`] for records of different molecules.
    pub fn append(&mut self, later: &Self) -> crate::Result<()> {
        let before = self.energies.len() as u64;
        self.faults.extend(later.faults.iter().map(|(at, fault)| (before + at, fault.clone())));
        self.energies.extend(&later.energies);
        self.energy_calls += later.energy_calls;
        later.conformers.iter().try_for_each(|conformer| self.conformers.insert(conformer.clone()).map(|_| ()))
    }

    /// One record of several that ran side by side: their minimisations in turn, conformers merged in that order.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`](crate::Error::InvalidArgument) if there are none; as [`ConformerSet::insert`] for records
    /// of different molecules.
    pub fn merge(records: &[Self]) -> crate::Result<Self> {
        let Some(first) = records.first() else {
            let (what, expected) = ("records of a search", "at least one");
            return Err(crate::Error::InvalidArgument { what, expected, got: "none".into() });
        };
        let mut merged = Self::new(ConformerSet::new(Arc::clone(&first.conformers.fingerprint), first.conformers.same));
        let longest = records.iter().map(|record| record.energies.len()).max().unwrap_or(0);
        for turn in 0..longest {
            for record in records {
                if let Some(&energy) = record.energies.get(turn) {
                    let fault = record.faults.iter().find(|(at, _)| *at == turn as u64);
                    merged.faults.extend(fault.map(|(_, fault)| (merged.energies.len() as u64, fault.clone())));
                    merged.energies.push(energy);
                }
            }
        }
        for record in records {
            merged.energy_calls += record.energy_calls;
            for conformer in record.conformers.iter() {
                merged.conformers.insert(conformer.clone())?;
            }
        }
        Ok(merged)
    }
}
