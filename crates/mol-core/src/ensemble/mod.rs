//! Conformers of one molecule with their energies: sorted, aligned, thinned out, relaxed, clustered, weighed and written.
//!
//! [`Ensemble`] is what a conformer search returns and what a program for spectra or docking reads. It keeps three lists of
//! one length and nothing derived, so that every operation is a function of them; symmetries and torsions are found once by
//! the caller ([`SymmetricRmsd`](crate::geometry::SymmetricRmsd),
//! [`TorsionFingerprint`](crate::geometry::TorsionFingerprint)) and passed in. Deliberately not here: making conformers
//! ([`embed`](crate::embed), `mol-rl`), and entropies beyond the count of conformers.

mod compare;
#[cfg(test)]
mod tests;

pub use compare::Pruning;

use crate::io::{SdfRecord, write_sdf};
use crate::minimize::{Ending, Method, Minimize};
use crate::molecule::check_finite;
use crate::units::{BOLTZMANN, KCAL_PER_MOL};
use crate::{Error, Frame, Molecule, Potential, PotentialExt, Result, Vec3};
use std::io::Write;

/// Conformers of a molecule and their energies [eV].
///
/// ```
/// use mol_core::{Molecule, Vec3, ensemble::Ensemble, units::KCAL_PER_MOL};
/// let water = Molecule::from_smiles("O")?;
/// let places = [0.0, 1.0, 2.0].map(|x| vec![Vec3::x() * x]);
/// let energies = [1.0, 0.0, 9.0].map(|energy| energy * KCAL_PER_MOL).to_vec();
/// let mut ensemble = Ensemble::new(&water, places.to_vec(), energies)?;
/// ensemble.sort();
/// ensemble.keep_window(5.0 * KCAL_PER_MOL)?;
/// assert_eq!((ensemble.len(), ensemble.conformers()[0][0].x), (2, 1.0));
/// assert!((ensemble.weights(298.15)?[0] - 0.844).abs() < 1e-3);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Ensemble {
    molecule: Molecule,
    conformers: Vec<Vec<Vec3>>,
    energies: Vec<f64>,
}

/// The serialised form, checked when it is read back.
#[derive(serde::Serialize, serde::Deserialize)]
struct Plain {
    molecule: Molecule,
    conformers: Vec<Vec<Vec3>>,
    energies: Vec<f64>,
}

impl From<Ensemble> for Plain {
    fn from(Ensemble { molecule, conformers, energies }: Ensemble) -> Self {
        Self { molecule, conformers, energies }
    }
}

impl TryFrom<Plain> for Ensemble {
    type Error = Error;

    fn try_from(plain: Plain) -> Result<Self> {
        Self::new(&plain.molecule, plain.conformers, plain.energies)
    }
}

impl Ensemble {
    /// Conformers of `molecule` [Å], each of shape `[atoms]`, and their energies [eV], shape `[conformers]`. Conformers that
    /// the molecule itself carries are left behind.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] or [`Error::NotFinite`].
    pub fn new(molecule: &Molecule, conformers: Vec<Vec<Vec3>>, energies: Vec<f64>) -> Result<Self> {
        Error::check_len("energies of conformers", conformers.len(), energies.len())?;
        for conformer in &conformers {
            Error::check_len("positions of a conformer", molecule.atom_count(), conformer.len())?;
            check_finite(conformer)?;
        }
        if let Some(index) = energies.iter().position(|energy| !energy.is_finite()) {
            return Err(Error::NotFinite { what: "energy of conformer", index, value: energies[index] });
        }
        let mut molecule = molecule.clone();
        molecule.clear_conformers();
        Ok(Self { molecule, conformers, energies })
    }

    /// The conformers that `molecule` carries, with the energies that `potential` gives them.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the potential is of another number of atoms, [`Error::PotentialFailed`] naming the
    /// conformer.
    pub fn evaluate(molecule: &Molecule, potential: &mut (impl Potential + ?Sized)) -> Result<Self> {
        potential.check_atoms(molecule.atom_count())?;
        let conformers: Vec<Vec<Vec3>> = molecule.conformers().iter().map(|c| c.positions().to_vec()).collect();
        let mut energies = Vec::with_capacity(conformers.len());
        for (index, conformer) in conformers.iter().enumerate() {
            let energy = potential.energy(Frame::isolated(conformer));
            if !energy.is_finite() {
                let source = potential.take_fault().unwrap_or_else(|| format!("energy {energy}").into());
                return Err(Error::PotentialFailed { place: format!("conformer {index}"), source });
            }
            energies.push(energy);
        }
        Self::new(molecule, conformers, energies)
    }

    /// Number of conformers.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.conformers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.conformers.is_empty()
    }

    /// The molecule, without conformers.
    #[must_use]
    pub const fn molecule(&self) -> &Molecule {
        &self.molecule
    }

    /// Positions [Å], shape `[conformers, atoms]`.
    #[must_use]
    pub fn conformers(&self) -> &[Vec<Vec3>] {
        &self.conformers
    }

    /// Energies [eV], shape `[conformers]`.
    #[must_use]
    pub fn energies(&self) -> &[f64] {
        &self.energies
    }

    /// Energies above the lowest [eV], shape `[conformers]`.
    #[must_use]
    pub fn relative_energies(&self) -> Vec<f64> {
        let lowest = self.lowest();
        self.energies.iter().map(|energy| energy - lowest).collect()
    }

    /// The molecule with the conformers, in their order.
    #[must_use]
    pub fn to_molecule(&self) -> Molecule {
        let mut molecule = self.molecule.clone();
        for conformer in &self.conformers {
            molecule.add_conformer(conformer.clone()).expect("checked when the ensemble was made");
        }
        molecule
    }

    /// Sorts by energy, the lowest first; equal ones keep their order.
    pub fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.energies[a].total_cmp(&self.energies[b]));
        self.take(&order);
    }

    /// Keeps the conformers that lie at most `width` [eV] above the lowest.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the width is negative or not a number.
    pub fn keep_window(&mut self, width: f64) -> Result<()> {
        if width.is_nan() || width < 0.0 {
            let (expected, got) = ("not negative", width.to_string());
            return Err(Error::InvalidArgument { what: "width of an energy window [eV]", expected, got });
        }
        let highest = self.lowest() + width;
        let kept: Vec<usize> = (0..self.len()).filter(|&k| self.energies[k] <= highest).collect();
        self.take(&kept);
        Ok(())
    }

    /// Boltzmann weights at `temperature` [K], shape `[conformers]`:
    ///
    /// ```text
    /// wᵢ = exp(−(Eᵢ − E_min) / kT) / Σⱼ exp(−(Eⱼ − E_min) / kT)
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] unless the temperature is finite and positive.
    pub fn weights(&self, temperature: f64) -> Result<Vec<f64>> {
        if !(temperature.is_finite() && temperature > 0.0) {
            let (expected, got) = ("finite and positive", temperature.to_string());
            return Err(Error::InvalidArgument { what: "temperature [K]", expected, got });
        }
        let factors: Vec<f64> =
            self.relative_energies().iter().map(|energy| (-energy / (BOLTZMANN * temperature)).exp()).collect();
        let sum: f64 = factors.iter().sum();
        Ok(factors.iter().map(|factor| factor / sum).collect())
    }

    /// Minimises all conformers and gives how each ended, in the order they had. Those that fail are removed.
    ///
    /// All descend together through [`Minimize::run_batch`], so a potential that evaluates many frames in one pass is used
    /// as it is meant to be.
    ///
    /// # Errors
    /// As [`Minimize::run_batch`]; failures of single conformers stand in the list.
    pub fn minimize<M: Method>(
        &mut self,
        minimize: &Minimize<M>,
        potential: &mut (impl Potential + ?Sized),
    ) -> Result<Vec<Result<Ending>>> {
        let starts: Vec<Frame<'_>> = self.conformers.iter().map(|x| Frame::isolated(x)).collect();
        let minima = minimize.run_batch(potential, &starts, &mut ())?;
        let (mut conformers, mut energies) = (Vec::new(), Vec::new());
        let mut endings = Vec::with_capacity(minima.len());
        for minimum in minima {
            endings.push(minimum.map(|minimum| {
                conformers.push(minimum.positions);
                energies.push(minimum.energy);
                minimum.ending
            }));
        }
        (self.conformers, self.energies) = (conformers, energies);
        Ok(endings)
    }

    /// One SDF record for each conformer, called `title`, with the data fields `energy_eV`, `relative_kcal_per_mol` and
    /// `weight`, the Boltzmann weight at `temperature` [K].
    ///
    /// # Errors
    /// As [`weights`](Self::weights).
    pub fn to_records(&self, title: &str, temperature: f64) -> Result<Vec<SdfRecord>> {
        let weights = self.weights(temperature)?;
        let relative = self.relative_energies();
        let record = |k: usize| {
            let mut molecule = self.molecule.clone();
            molecule.add_conformer(self.conformers[k].clone()).expect("checked when the ensemble was made");
            let data = vec![
                ("energy_eV".to_owned(), format!("{}", self.energies[k])),
                ("relative_kcal_per_mol".to_owned(), format!("{:.4}", relative[k] / KCAL_PER_MOL)),
                ("weight".to_owned(), format!("{:.6}", weights[k])),
            ];
            SdfRecord { title: title.to_owned(), data, ..SdfRecord::new(molecule) }
        };
        Ok((0..self.len()).map(record).collect())
    }

    /// Writes [`to_records`](Self::to_records) as SDF.
    ///
    /// # Errors
    /// As [`weights`](Self::weights) and [`write_sdf`].
    pub fn write_sdf(&self, out: &mut dyn Write, title: &str, temperature: f64) -> Result<()> {
        self.to_records(title, temperature)?.iter().try_for_each(|record| write_sdf(out, record))
    }

    fn lowest(&self) -> f64 {
        self.energies.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn keep(&mut self, kept: &[usize]) -> usize {
        let before = self.len();
        self.take(kept);
        before - self.len()
    }

    /// The conformers of these places, in this order.
    fn take(&mut self, places: &[usize]) {
        self.energies = places.iter().map(|&k| self.energies[k]).collect();
        self.conformers = places.iter().map(|&k| std::mem::take(&mut self.conformers[k])).collect();
    }
}
