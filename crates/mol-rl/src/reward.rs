//! The Gibbs score: how much of a molecule's conformational weight a set of conformers holds.
//!
//! A [`Normalizer`] carries the reference energy and partition sum of one molecule on one energy surface; [`Normalizers`]
//! keep those of many in a JSON file. They are made once, from the distinct conformers of any reference search
//! ([`Normalizer::from_energies`]), and fixed from then on, so that rewards of different runs compare. Deliberately not
//! here: which conformers are distinct (`search`), and free energies, which need more than minima.

use crate::{Error, Result};
use mol_core::units::KCAL_PER_MOL;
use std::collections::BTreeMap;
use std::path::Path;

/// Thermal energy of the reward unless said otherwise [eV]: 1 kcal/mol, which is kT at 503 K.
pub const DEFAULT_THERMAL_ENERGY: f64 = KCAL_PER_MOL;

/// Version of the file of [`Normalizers`].
const VERSION: u32 = 1;

/// Reference energy E₀, thermal energy kT and partition sum Z₀ of one molecule on one energy surface.
///
/// ```text
/// score(C) = Σ_{x ∈ C} exp(−(E(x) − E₀) / kT) / Z₀
/// ```
///
/// over the distinct conformers of the set C; one conformer's term is its reward. With Z₀ summed over the reference
/// conformers a set that holds all of them scores 1, and one that holds more scores more. Not to be confused with a
/// Gibbs free energy: it counts minima, without their widths.
///
/// T. Gogineni, Z. Xu, E. Punzalan, R. Jiang, J. Kammeraad, A. Tewari and P. Zimmerman, *Adv. Neural Inf. Process. Syst.*
/// **33**, 20142 (2020), arXiv:2006.07078. There kT is a constant of each molecule; the authors' program takes 1 kcal/mol
/// where none is given, and so does [`DEFAULT_THERMAL_ENERGY`].
///
/// ```
/// use mol_rl::Normalizer;
/// let normalizer = Normalizer::from_energies(&[-1.0, -1.0 + 0.1 * 2.0_f64.ln()], 0.1)?;
/// assert!((normalizer.partition - 1.5).abs() < 1e-12);
/// assert!((normalizer.reward(-1.0) - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalizer {
    /// Reference energy E₀, usually the lowest known [eV].
    pub energy: f64,
    /// Thermal energy kT [eV].
    pub thermal_energy: f64,
    /// Partition sum Z₀ over the reference conformers.
    pub partition: f64,
}

impl Normalizer {
    /// From given values.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] unless all are finite, kT and Z₀ positive.
    pub fn new(energy: f64, thermal_energy: f64, partition: f64) -> Result<Self> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        if !(energy.is_finite() && positive(thermal_energy) && positive(partition)) {
            let got = format!("E0 = {energy} eV, kT = {thermal_energy} eV, Z0 = {partition}");
            let expected = "finite, with kT and Z0 positive";
            return Err(Error::InvalidArgument { what: "normalisers of a Gibbs score", expected, got });
        }
        Ok(Self { energy, thermal_energy, partition })
    }

    /// E₀ is the lowest of the energies [eV] of distinct reference conformers, Z₀ their partition sum.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there are none, one is not finite, or kT is not positive.
    pub fn from_energies(energies: &[f64], thermal_energy: f64) -> Result<Self> {
        let lowest = energies.iter().copied().fold(f64::INFINITY, f64::min);
        if let Some(energy) = energies.iter().find(|energy| !energy.is_finite()) {
            let (what, expected) = ("energies of a Gibbs score", "finite");
            return Err(Error::InvalidArgument { what, expected, got: format!("{energy} eV") });
        }
        let partition = energies.iter().map(|e| (-(e - lowest) / thermal_energy).exp()).sum();
        Self::new(lowest, thermal_energy, partition)
    }

    /// The reward exp(−(E − E₀)/kT) / Z₀ of a new conformer of energy `energy` [eV].
    ///
    /// The exponent is bounded at 500, so that an energy however far below E₀ gives a number.
    #[must_use]
    pub fn reward(&self, energy: f64) -> f64 {
        // Unlike `min`, `clamp` lets NaN through.
        (-(energy - self.energy) / self.thermal_energy).clamp(f64::NEG_INFINITY, 500.0).exp() / self.partition
    }

    /// The score of distinct conformers of the energies `energies` [eV]; 0 for none.
    #[must_use]
    pub fn score(&self, energies: &[f64]) -> f64 {
        energies.iter().map(|&energy| self.reward(energy)).sum()
    }
}

/// [`Normalizer`]s of many molecules, kept in a JSON file.
///
/// The key is the caller's: a SMILES string, or a name with the energy surface in it ("5-butylnonane UFF"), because the
/// values of one surface are wrong on another.
///
/// ```
/// use mol_rl::{Normalizer, Normalizers};
/// # let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("normalizers.json");
/// let mut all = Normalizers::default();
/// all.insert("OCCO, SchNet", Normalizer::new(-421.3, 0.0434, 2.5)?);
/// all.write(&path)?;
/// assert_eq!(Normalizers::read(&path)?.get("OCCO, SchNet")?.partition, 2.5);
/// assert!(Normalizers::read(&path)?.get("CCO, SchNet").is_err());
/// # Ok::<(), mol_rl::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Normalizers {
    molecules: BTreeMap<String, Normalizer>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    version: u32,
    molecules: BTreeMap<String, Normalizer>,
}

/// The name of the file's format.
const FORMAT: &str = "molkit-normalizers";

impl Normalizers {
    /// The values of a molecule.
    ///
    /// # Errors
    /// [`Error::NoNormalizer`] naming the key.
    pub fn get(&self, key: &str) -> Result<Normalizer> {
        self.molecules.get(key).copied().ok_or_else(|| Error::NoNormalizer { key: key.to_owned() })
    }

    /// Puts the values of a molecule; returns those it had.
    pub fn insert(&mut self, key: &str, normalizer: Normalizer) -> Option<Normalizer> {
        self.molecules.insert(key.to_owned(), normalizer)
    }

    /// The molecules in order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Normalizer)> {
        self.molecules.iter().map(|(key, normalizer)| (key.as_str(), normalizer))
    }

    /// Writes the file as a whole or not at all.
    ///
    /// # Errors
    /// [`Error::Core`] with the path and the reason.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let file = File { format: FORMAT.to_owned(), version: VERSION, molecules: self.molecules.clone() };
        let write = |out: &mut dyn std::io::Write| {
            serde_json::to_writer_pretty(&mut *out, &file)?;
            out.write_all(b"\n")
        };
        Ok(mol_core::io::write_atomic(path, write)?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Core`] if it cannot be read, [`Error::Normalizers`] with the path if it is no such file, of a newer version,
    /// or holds values that are none.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text =
            std::fs::read_to_string(path).map_err(|source| mol_core::Error::Io { path: path.to_owned(), source })?;
        let wrong = |problem: String| Error::Normalizers { path: path.to_owned(), problem };
        let file: File = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if file.format != FORMAT {
            return Err(wrong(format!("expected format {FORMAT:?}, got {:?}", file.format)));
        }
        if file.version != VERSION {
            return Err(wrong(format!("version {} is not this build's {VERSION}", file.version)));
        }
        for (key, n) in &file.molecules {
            Normalizer::new(n.energy, n.thermal_energy, n.partition)
                .map_err(|error| wrong(format!("{key:?}: {error}")))?;
        }
        Ok(Self { molecules: file.molecules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_none_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.json");
        let error = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Normalizers::read(&path).unwrap_err().to_string()
        };
        assert!(error("{").contains("n.json"));
        assert!(error(r#"{"format": "x", "version": 1, "molecules": {}}"#).contains("molkit-normalizers"));
        assert!(error(r#"{"format": "molkit-normalizers", "version": 2, "molecules": {}}"#).contains("version 2"));
        let bad = r#"{"energy": 0.0, "thermal_energy": 0.0, "partition": 1.0}"#;
        let text = format!(r#"{{"format": "molkit-normalizers", "version": 1, "molecules": {{"CC": {bad}}}}}"#);
        assert!(error(&text).contains("\"CC\"") && error(&text).contains("kT = 0"));
        assert!(Normalizers::read(folder.path().join("none.json")).unwrap_err().to_string().contains("none.json"));
    }

    #[test]
    fn what_is_written_reads_back_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.json");
        let mut all = Normalizers::default();
        assert_eq!(all.insert("a", Normalizer::new(1.0 / 3.0, 0.1, 7.0).unwrap()), None);
        all.insert("b", Normalizer::from_energies(&[0.1, 0.2], DEFAULT_THERMAL_ENERGY).unwrap());
        all.write(&path).unwrap();
        assert_eq!(Normalizers::read(&path).unwrap(), all);
        assert_eq!(all.iter().count(), 2);
        assert!(Normalizer::from_energies(&[], 1.0).is_err());
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Normalizer::from_energies(&[0.0, bad], 1.0).is_err(), "{bad}");
        }
        let normalizer = Normalizer::new(0.0, 0.01, 2.0).unwrap();
        assert!(normalizer.reward(-1e3).is_finite() && normalizer.reward(-1e3) > normalizer.reward(-1.0));
        assert!(normalizer.reward(f64::NAN).is_nan());
    }
}
