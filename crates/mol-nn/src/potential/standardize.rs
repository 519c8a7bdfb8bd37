//! Between the network's numbers of order one and energies in eV.

use crate::{Error, Result};
use mol_core::Element;
use mol_core::nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Atomic reference energies and the unit of the network's output.
///
/// ```text
/// E = Σ_i E₀(Z_i) + s Σ_i ε_i
/// ```
///
/// E₀ reference energy of an element [eV], s scale [eV], ε_i the network's output for atom i. The references carry what
/// composition alone explains, so that the network learns differences; s makes its targets of order one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standardization {
    /// E₀ of each element of the model, in its order [eV].
    pub references: Vec<f64>,
    /// s [eV].
    pub scale: f64,
}

impl Standardization {
    /// References by least squares on composition, scale by the r.m.s. force component times 1 Å.
    ///
    /// With fewer independent compositions than elements the shortest solution is taken, so frames of a single molecule
    /// share its mean energy among their atoms. `compositions` counts the atoms of each of `elements` per frame, shape
    /// `[frames][elements]`; `energies` [eV], shape `[frames]`; `force_rms` [eV/Å].
    ///
    /// # Errors
    /// If there are no frames, an energy is not finite or the forces vanish.
    pub fn fit(elements: &[Element], compositions: &[Vec<f64>], energies: &[f64], force_rms: f64) -> Result<Self> {
        if energies.is_empty() {
            return Err(Error::Config { what: "training set", expected: "not empty", got: "0 frames".into() });
        }
        if !(force_rms > 0.0 && force_rms.is_finite()) {
            let got = force_rms.to_string();
            return Err(Error::Config { what: "r.m.s. training force", expected: "positive and finite", got });
        }
        if let Some(index) = energies.iter().position(|e| !e.is_finite()) {
            return Err(mol_core::Error::NotFinite { what: "energy of frame", index, value: energies[index] }.into());
        }
        // Equal compositions are one equation: the normal matrix stays small however many frames there are.
        let n = elements.len();
        let (mut normal, mut right) = (DMatrix::<f64>::zeros(n, n), DVector::<f64>::zeros(n));
        for (counts, energy) in compositions.iter().zip(energies) {
            for a in 0..n {
                right[a] += counts[a] * energy;
                for b in 0..n {
                    normal[(a, b)] += counts[a] * counts[b];
                }
            }
        }
        let largest = normal.diagonal().max();
        let references = normal.svd(true, true).solve(&right, largest * 1e-10).map_err(|problem| Error::Config {
            what: "atomic references",
            expected: "solvable",
            got: problem.into(),
        })?;
        Ok(Self { references: references.as_slice().to_vec(), scale: force_rms })
    }

    /// Sum of the references of atoms given by their rows in the model's element list [eV].
    #[must_use]
    pub fn reference(&self, species: &[u32]) -> f64 {
        species.iter().map(|&s| self.references[s as usize]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_several_molecules_are_exact() {
        let (h, o) = (-13.5, -2040.0);
        let compositions = [vec![2.0, 1.0], vec![2.0, 0.0], vec![2.0, 2.0]];
        let energies: Vec<f64> = compositions.iter().map(|c| c[0] * h + c[1] * o).collect();
        let fit = Standardization::fit(&[Element::H, Element::O], &compositions, &energies, 1.0).expect("solvable");
        assert!((fit.references[0] - h).abs() < 1e-8 && (fit.references[1] - o).abs() < 1e-8, "{fit:?}");
    }

    #[test]
    fn one_composition_keeps_its_mean() {
        let compositions = [vec![6.0, 2.0], vec![6.0, 2.0]];
        let fit = Standardization::fit(&[Element::H, Element::C], &compositions, &[-10.0, -12.0], 2.0).expect("ok");
        assert!((6.0 * fit.references[0] + 2.0 * fit.references[1] + 11.0).abs() < 1e-10);
        assert_eq!(fit.scale, 2.0);
        assert!(Standardization::fit(&[Element::H], &[vec![1.0]], &[f64::NAN], 1.0).is_err());
        assert!(Standardization::fit(&[Element::H], &[], &[], 1.0).is_err());
        assert!(Standardization::fit(&[Element::H], &[vec![1.0]], &[0.0], 0.0).is_err());
    }
}
