//! Lennard-Jones pairs within a cut-off.

use crate::forcefield::assert_sizes;
use crate::{Error, Result};
use mol_core::{Derivatives, Fault, Frame, Mat3, NeighborList, Pairs, Potential, Vec3, Want};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What happens at the cut-off of [`LennardJones`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncation {
    /// The energy jumps by u(cut-off); LAMMPS' `lj/cut` and the NIST reference values.
    Plain,
    /// u(cut-off) is subtracted, so that the energy is continuous; the forces are those of `Plain`.
    #[default]
    Shifted,
}

/// Configuration of [`LennardJones`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LennardJonesConfig {
    /// Cut-off [Å], positive; 10 Å.
    pub cutoff: f64,
    /// Skin of the neighbour list [Å], not negative; 1 Å. It changes the speed and no bit of the result.
    pub skin: f64,
    /// What happens at the cut-off.
    pub truncation: Truncation,
}

impl Default for LennardJonesConfig {
    fn default() -> Self {
        Self { cutoff: 10.0, skin: 1.0, truncation: Truncation::default() }
    }
}

/// Lennard-Jones energy of all pairs within a cut-off, in any cell.
///
/// ```text
/// E = Σ_{i<j} 4 ε ((σ/r)¹² − (σ/r)⁶) − shift      r < cut-off
/// ```
/// `r` distance [Å], `σ` where the pair's energy is zero [Å], `ε` depth \[eV\]; between unlike atoms σ = (σᵢ + σⱼ)/2
/// and ε = √(εᵢεⱼ) (Lorentz–Berthelot). In a periodic cell all images within the cut-off count, those of the atom
/// itself included. Excluded pairs are excluded with all of their images. No correction for the tail beyond the
/// cut-off is added.
///
/// ```
/// use mol_core::{Frame, PotentialExt, Vec3};
/// use mol_sim::{LennardJones, LennardJonesConfig, Truncation};
/// let config = LennardJonesConfig { truncation: Truncation::Plain, ..Default::default() };
/// let mut argon = LennardJones::uniform(2, 0.0104, 3.4, config)?;
/// let minimum = 2_f64.powf(1.0 / 6.0) * 3.4;
/// let (energy, forces) = argon.energy_and_forces(Frame::isolated(&[Vec3::zeros(), Vec3::x() * minimum]));
/// assert!((energy + 0.0104).abs() < 1e-12); // −ε
/// assert!(forces[0].norm() < 1e-12);
/// # Ok::<(), mol_sim::Error>(())
/// ```
///
/// J. E. Lennard-Jones, *Proc. Phys. Soc.* **43**, 461 (1931); M. P. Allen and D. J. Tildesley, *Computer Simulation
/// of Liquids*, 2nd ed. (2017), §1.3.
#[derive(Debug)]
pub struct LennardJones {
    kinds: Arc<[u32]>,
    table: Arc<Table>,
    excluded: Arc<[[u32; 2]]>,
    cutoff_squared: f64,
    neighbors: NeighborList,
    fault: Option<Fault>,
}

/// 4εσ¹², 4εσ⁶ and shift for each pair of kinds.
#[derive(Debug)]
struct Table {
    kinds: usize,
    pairs: Vec<[f64; 3]>,
}

impl LennardJones {
    /// Like atoms of depth `epsilon` \[eV\] and diameter `sigma` [Å].
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn uniform(atoms: usize, epsilon: f64, sigma: f64, config: LennardJonesConfig) -> Result<Self> {
        Self::new(&vec![(epsilon, sigma); atoms], &[], config)
    }

    /// Atoms of given (ε \[eV\], σ [Å]), shape `[atoms]`, without the pairs `excluded` (bonded neighbours).
    ///
    /// # Errors
    /// If an ε is negative, σ or the cut-off not positive, the skin negative, a number not finite, or an excluded pair
    /// no pair of atoms.
    pub fn new(parameters: &[(f64, f64)], excluded: &[[usize; 2]], config: LennardJonesConfig) -> Result<Self> {
        let mut distinct: Vec<(f64, f64)> = Vec::new();
        let mut kinds = Vec::with_capacity(parameters.len());
        for &(epsilon, sigma) in parameters {
            Error::check("Lennard-Jones epsilon", "not negative and finite", epsilon, epsilon >= 0.0)?;
            Error::check("Lennard-Jones sigma", "positive and finite", sigma, sigma > 0.0)?;
            let kind = distinct.iter().position(|known| *known == (epsilon, sigma)).unwrap_or_else(|| {
                distinct.push((epsilon, sigma));
                distinct.len() - 1
            });
            kinds.push(kind as u32);
        }
        let mut pairs = Vec::with_capacity(excluded.len());
        for &[i, j] in excluded {
            super::check_atoms("excluded pair", parameters.len(), &[i, j])?;
            pairs.push([i.min(j) as u32, i.max(j) as u32]);
        }
        pairs.sort_unstable();
        let neighbors = NeighborList::new(config.cutoff, config.skin, Pairs::Half)?;
        Ok(Self {
            kinds: kinds.into(),
            table: Arc::new(Table::new(&distinct, &config)),
            excluded: pairs.into(),
            cutoff_squared: config.cutoff * config.cutoff,
            neighbors,
            fault: None,
        })
    }

    /// Energy and wanted derivatives over the list; the constants only leave out work, the energy has the same bits.
    fn sum<const FORCES: bool, const VIRIAL: bool>(&self, positions: &[Vec3], out: &mut Derivatives) -> f64 {
        let (mut energy, mut virial) = (0.0, Mat3::zeros());
        let mut idle = [];
        let forces = out.forces_mut().unwrap_or(&mut idle);
        for run in self.neighbors.pairs().chunk_by(|a, b| a.i == b.i) {
            let i = run[0].i as usize;
            let (x, mut on_i) = (positions[i], Vec3::zeros());
            let row = &self.table.pairs[self.kinds[i] as usize * self.table.kinds..][..self.table.kinds];
            for pair in run {
                let j = pair.j as usize;
                let separation = positions[j] + pair.shift - x;
                let rr = separation.norm_squared();
                if rr >= self.cutoff_squared || self.is_excluded(pair.i, pair.j) {
                    continue;
                }
                let [c12, c6, shift] = row[self.kinds[j] as usize];
                let inverse = 1.0 / rr;
                let sixth = inverse * inverse * inverse;
                energy += (c12 * sixth - c6) * sixth - shift;
                if FORCES {
                    let force = separation * ((12.0 * c12 * sixth - 6.0 * c6) * sixth * inverse);
                    if i != j {
                        on_i -= force;
                        forces[j] += force;
                    }
                    if VIRIAL {
                        virial += separation * force.transpose();
                    }
                }
            }
            if FORCES {
                forces[i] += on_i;
            }
        }
        if let Some(sum) = out.virial_mut() {
            *sum += virial;
        }
        energy
    }

    fn is_excluded(&self, i: u32, j: u32) -> bool {
        !self.excluded.is_empty() && self.excluded.binary_search(&[i.min(j), i.max(j)]).is_ok()
    }
}

impl Table {
    fn new(distinct: &[(f64, f64)], config: &LennardJonesConfig) -> Self {
        let mut pairs = Vec::with_capacity(distinct.len() * distinct.len());
        for (epsilon_i, sigma_i) in distinct {
            for (epsilon_j, sigma_j) in distinct {
                let epsilon = (epsilon_i * epsilon_j).sqrt();
                let s6 = (0.5 * (sigma_i + sigma_j)).powi(6);
                let (c12, c6) = (4.0 * epsilon * s6 * s6, 4.0 * epsilon * s6);
                let at_cutoff = config.cutoff.powi(-6);
                let shift = match config.truncation {
                    Truncation::Plain => 0.0,
                    Truncation::Shifted => (c12 * at_cutoff - c6) * at_cutoff,
                };
                pairs.push([c12, c6, shift]);
            }
        }
        Self { kinds: distinct.len(), pairs }
    }
}

impl Clone for LennardJones {
    fn clone(&self) -> Self {
        Self {
            kinds: Arc::clone(&self.kinds),
            table: Arc::clone(&self.table),
            excluded: Arc::clone(&self.excluded),
            cutoff_squared: self.cutoff_squared,
            neighbors: self.neighbors.clone(),
            fault: None,
        }
    }
}

impl Potential for LennardJones {
    fn atoms(&self) -> usize {
        self.kinds.len()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        assert_sizes(self.kinds.len(), &frame, out);
        if let Err(error) = self.neighbors.update(frame.positions, frame.cell) {
            self.fault = Some(error.into());
            return f64::NAN;
        }
        match out.want() {
            Want::Energy => self.sum::<false, false>(frame.positions, out),
            Want::Forces => self.sum::<true, false>(frame.positions, out),
            Want::Virial => self.sum::<true, true>(frame.positions, out),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }
}
