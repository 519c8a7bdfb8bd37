//! Monte-Carlo minimisation: a random walk over minima.

use super::{MinimizedConformer, Search, SearchRecord, TorsionTask, go_on};
use crate::{Budget, Error, Result};
use mol_core::units::KCAL_PER_MOL;
use mol_core::{Observer, Rng};
use std::f64::consts::TAU;

/// Basin hopping in torsions: some torsions of a walker's minimum get new angles, the result is minimised, and the move is
/// accepted by Metropolis' rule on the minimised energies.
///
/// ```text
/// x → x′ = min(turn(x)),     accepted with probability min(1, exp(−(E(x′) − E(x)) / kT))
/// ```
///
/// Walkers are independent and take their steps in turn; minimisations of one round run at once. Each starts at a random
/// setting. Note that kT is a parameter of the walk, not the temperature of the molecule; 0 accepts downhill only.
///
/// Z. Li and H. A. Scheraga, *Proc. Natl. Acad. Sci. USA* **84**, 6611 (1987); D. J. Wales and J. P. K. Doye, *J. Phys.
/// Chem. A* **101**, 5111 (1997).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonteCarloMinimization {
    /// kT of the acceptance [eV].
    pub thermal_energy: f64,
    /// A move turns 1 to this many torsions, each number with the same probability.
    pub most_turned: usize,
    /// Walkers.
    pub walkers: usize,
}

impl Default for MonteCarloMinimization {
    /// kT = 1 kcal/mol, up to 3 torsions, 4 walkers.
    fn default() -> Self {
        Self { thermal_energy: KCAL_PER_MOL, most_turned: 3, walkers: 4 }
    }
}

impl MonteCarloMinimization {
    fn check(&self) -> Result<()> {
        let refuse = |what, expected, got| Err(Error::InvalidArgument { what, expected, got });
        if !(self.thermal_energy.is_finite() && self.thermal_energy >= 0.0) {
            let what = "kT of Monte-Carlo minimisation [eV]";
            return refuse(what, "finite and not negative", self.thermal_energy.to_string());
        }
        if self.most_turned == 0 || self.walkers == 0 {
            let got = format!("{} torsions and {} walkers", self.most_turned, self.walkers);
            return refuse("torsions turned and walkers of Monte-Carlo minimisation", "at least 1", got);
        }
        Ok(())
    }

    /// The angles of a move: new ones for some torsions, and the present ones for the others.
    fn turn(&self, torsions: &[f64], rng: &mut Rng) -> Vec<f64> {
        let turned = 1 + rng.below(self.most_turned.min(torsions.len()));
        let mut order: Vec<usize> = (0..torsions.len()).collect();
        rng.shuffle(&mut order);
        let mut angles = torsions.to_vec();
        order[..turned].iter().for_each(|&torsion| angles[torsion] = random_angle(rng));
        angles
    }
}

fn random_angle(rng: &mut Rng) -> f64 {
    TAU * (rng.uniform() - 0.5)
}

impl Search for MonteCarloMinimization {
    fn name(&self) -> &'static str {
        "Monte-Carlo minimisation"
    }

    fn run(
        &self,
        task: &TorsionTask,
        budget: &Budget,
        observer: &mut dyn Observer<SearchRecord>,
        rng: &mut Rng,
    ) -> Result<SearchRecord> {
        self.check()?;
        let mut record = SearchRecord::new(task.conformer_set());
        let mut walkers: Vec<Option<MinimizedConformer>> = vec![None; self.walkers];
        while !budget.is_exhausted() {
            let round = budget.remaining().min(self.walkers as u64) as usize;
            let mut starts = Vec::with_capacity(round);
            for walker in &walkers[..round] {
                let (base, angles) = match walker {
                    Some(now) => (&now.positions[..], self.turn(&now.torsions, rng)),
                    None => (task.start(), task.torsions().chains().iter().map(|_| random_angle(rng)).collect()),
                };
                // A walker whose angles cannot be set (a straight chain) tries the start of the task as it is.
                starts.push(task.set(base, &angles).unwrap_or_else(|_| task.start().to_vec()));
            }
            let (outcomes, calls) = task.minimize_all(&starts, budget);
            record.add_energy_calls(calls);
            for (walker, outcome) in walkers.iter_mut().zip(outcomes) {
                record.push(&outcome)?;
                // Drawn whether needed or not, so that a fault does not shift the numbers of the other walkers.
                let threshold = rng.uniform();
                if let Ok(next) = outcome {
                    let accept = match walker {
                        None => true,
                        Some(now) if next.energy <= now.energy => true,
                        Some(now) => threshold < (-(next.energy - now.energy) / self.thermal_energy).exp(),
                    };
                    if accept {
                        *walker = Some(next);
                    }
                }
            }
            if !go_on(observer, &record)? {
                break;
            }
        }
        Ok(record)
    }
}
