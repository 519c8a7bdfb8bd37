//! Errors of a potential against reference data.

use super::LabelledFrame;
use crate::Result;
use mol_core::{Derivatives, Element, Frame, Potential, Vec3, Want};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Predicted energy and forces of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Energy [eV].
    pub energy: f64,
    /// Forces [eV/Å].
    pub forces: Vec<Vec3>,
}

/// Errors of the forces on one element's atoms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElementErrors {
    /// The element.
    pub element: Element,
    /// Number of its atoms in all frames.
    pub atoms: usize,
    /// Mean absolute error of a force component [eV/Å].
    pub force_mae: f64,
    /// Root mean square of the reference components [eV/Å].
    pub reference_rms: f64,
}

/// Errors of energies and forces over frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Number of frames.
    pub frames: usize,
    /// Mean absolute error of the energy of a frame [eV].
    pub energy_mae: f64,
    /// Root mean square error of the energy of a frame [eV].
    pub energy_rmse: f64,
    /// Mean absolute error of a force component [eV/Å].
    pub force_mae: f64,
    /// Root mean square error of a force component [eV/Å].
    pub force_rmse: f64,
    /// Mean absolute error of x, y and z components [eV/Å]: equal but for noise, or an invariance is broken.
    pub force_mae_by_component: [f64; 3],
    /// By element, in the order of atomic number.
    pub by_element: Vec<ElementErrors>,
}

/// Predictions of `potential` on `frames`, which must all have its atoms; in parallel, one clone per frame chunk.
///
/// # Errors
/// If a frame has another number of atoms.
pub fn predict<P: Potential + Clone>(potential: &P, frames: &[LabelledFrame]) -> Result<Vec<Prediction>> {
    for frame in frames {
        mol_core::Error::check_len("atoms of a frame", potential.atoms(), frame.positions.len())?;
    }
    let chunks: Vec<Vec<Prediction>> = frames
        .par_chunks(32)
        .map(|chunk| {
            let mut potential = potential.clone();
            let mut out = Derivatives::new(potential.atoms(), Want::Forces);
            let one = |frame: &LabelledFrame| {
                out.clear();
                let energy = potential.accumulate(Frame::new(&frame.positions, &frame.cell), &mut out);
                Prediction { energy, forces: out.forces().to_vec() }
            };
            chunk.iter().map(one).collect()
        })
        .collect();
    Ok(chunks.into_iter().flatten().collect())
}

impl Errors {
    /// Compares predictions with the labels of `frames`.
    ///
    /// # Errors
    /// If there are no frames or the numbers of frames or atoms differ.
    pub fn new(frames: &[LabelledFrame], predictions: &[Prediction]) -> Result<Self> {
        mol_core::Error::check_len("predictions", frames.len(), predictions.len())?;
        if frames.is_empty() {
            let got = "0".to_owned();
            return Err(crate::Error::Config { what: "frames to measure errors on", expected: "at least one", got });
        }
        let (mut energy_abs, mut energy_square) = (0.0, 0.0);
        let mut component = [0.0; 3];
        let mut force_square = 0.0;
        let mut elements = BTreeMap::<Element, (usize, f64, f64)>::new();
        for (frame, predicted) in frames.iter().zip(predictions) {
            mol_core::Error::check_len("predicted forces", frame.forces.len(), predicted.forces.len())?;
            let error = predicted.energy - frame.energy;
            energy_abs += error.abs();
            energy_square += error * error;
            for ((reference, got), element) in frame.forces.iter().zip(&predicted.forces).zip(&frame.elements) {
                let error = got - reference;
                force_square += error.norm_squared();
                let entry = elements.entry(*element).or_default();
                entry.0 += 1;
                entry.2 += reference.norm_squared();
                for (sum, e) in component.iter_mut().zip(error.iter()) {
                    *sum += e.abs();
                    entry.1 += e.abs();
                }
            }
        }
        let (n, atoms) = (frames.len() as f64, elements.values().map(|e| e.0).sum::<usize>().max(1) as f64);
        Ok(Self {
            frames: frames.len(),
            energy_mae: energy_abs / n,
            energy_rmse: (energy_square / n).sqrt(),
            force_mae: component.iter().sum::<f64>() / (3.0 * atoms),
            force_rmse: (force_square / (3.0 * atoms)).sqrt(),
            force_mae_by_component: component.map(|c| c / atoms),
            by_element: elements
                .into_iter()
                .map(|(element, (atoms, absolute, square))| ElementErrors {
                    element,
                    atoms,
                    force_mae: absolute / (3 * atoms) as f64,
                    reference_rms: (square / (3 * atoms) as f64).sqrt(),
                })
                .collect(),
        })
    }
}
