//! SchNet: continuous-filter convolutions on distances.
//!
//! ```text
//! x_i⁰ = a(Z_i)                                                    embedding
//! x_i ← x_i + o₂ φ(o₁ Σ_j (x_j w_in) ∘ W(d_ij) f_c(d_ij) + c₁) + c₂        interaction, T times
//! W(d) = φ(e(d) w₁ + b₁) w₂ + b₂                                   filter
//! ε_i  = r₂ φ(r₁ x_i + d₁) + d₂                                    readout, E = Σ E₀ + s Σ ε_i
//! ```
//!
//! with φ the shifted softplus, e(d) Gaussians and f_c the cosine cut-off. `graph` is the network on the tape, for
//! training; `engine` is the same network by hand, without tape or allocation, for simulation; they are tested to agree.
//!
//! Schütt et al., *NeurIPS* (2017); *J. Chem. Phys.* **148**, 241722 (2018).

mod engine;
mod file;
mod filters;
pub(crate) mod graph;
#[cfg(test)]
mod tests;

pub(crate) use engine::{Engine, Pairs, Workspace};
pub use filters::FilterMode;

use crate::{DistanceRanges, Error, Result, Standardization};
use mol_core::tensor::{Parameters, Real};
use mol_core::{Element, Seed};
use serde::{Deserialize, Serialize};

/// Shape of a [`SchNet`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchNetConfig {
    /// Width F of features and filters; multiples of 16 run fastest.
    pub features: usize,
    /// Number T of interaction blocks.
    pub interactions: usize,
    /// Number K of Gaussians.
    pub basis: usize,
    /// Cut-off r_c [Å].
    pub cutoff: f64,
}

impl Default for SchNetConfig {
    /// F = 64, T = 3, K = 50, r_c = 5 Å.
    fn default() -> Self {
        Self { features: 64, interactions: 3, basis: 50, cutoff: 5.0 }
    }
}

impl SchNetConfig {
    fn validate(&self) -> Result<()> {
        let positive = |what, value: usize, least: usize, expected| {
            if value < least { Err(Error::Config { what, expected, got: value.to_string() }) } else { Ok(()) }
        };
        positive("features", self.features, 2, "at least 2")?;
        positive("interactions", self.interactions, 1, "at least 1")?;
        positive("basis", self.basis, 2, "at least 2")?;
        if !(self.cutoff > 0.0 && self.cutoff.is_finite()) {
            let got = self.cutoff.to_string();
            return Err(Error::Config { what: "cutoff", expected: "positive and finite", got });
        }
        Ok(())
    }
}

/// A SchNet with all it needs to be used: weights, elements, standardisation, the distances it has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct SchNet<E> {
    config: SchNetConfig,
    elements: Vec<Element>,
    weights: Parameters<E>,
    layout: Layout,
    /// References and scale.
    pub standardization: Standardization,
    /// Distances of the training data.
    pub ranges: DistanceRanges,
}

/// Indices of the matrices in the parameter list.
#[derive(Clone, Debug, PartialEq)]
struct Layout {
    embedding: usize,
    blocks: Vec<BlockLayout>,
    readout: [usize; 4],
}

/// One interaction's matrices.
#[derive(Clone, Copy, Debug, PartialEq)]
struct BlockLayout {
    input: usize,
    /// w₁, b₁, w₂, b₂.
    filter: [usize; 4],
    /// o₁, c₁, o₂, c₂.
    output: [usize; 4],
}

impl<E: Real> SchNet<E> {
    /// A network with random weights: Glorot-uniform matrices, zero biases, normal embeddings.
    ///
    /// # Errors
    /// If a setting lies outside its range or an element stands twice or not at all.
    pub fn new(config: SchNetConfig, elements: &[Element], seed: Seed) -> Result<Self> {
        config.validate()?;
        let mut sorted = elements.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.is_empty() || sorted.len() != elements.len() {
            let got = format!("{} elements, {} different", elements.len(), sorted.len());
            return Err(Error::Config { what: "elements", expected: "at least one, each once", got });
        }
        let SchNetConfig { features: f, interactions, basis, .. } = config;
        let mut rng = seed.stream("weights").rng();
        let mut p = Parameters::default();
        let normal: Vec<E> = (0..sorted.len() * f).map(|_| E::of(rng.normal())).collect();
        let embedding = p.push("embedding", (sorted.len(), f), &normal)?;
        let zeros = vec![E::ZERO; f];
        let mut blocks = Vec::new();
        for t in 0..interactions {
            let mut matrix = |name: &str, shape| p.push_glorot(format!("interaction.{t}.{name}"), shape, &mut rng);
            let weights = [
                matrix("in2f", (f, f))?,
                matrix("filter.0.weight", (basis, f))?,
                matrix("filter.1.weight", (f, f))?,
                matrix("f2out.0.weight", (f, f))?,
                matrix("f2out.1.weight", (f, f))?,
            ];
            let mut bias = |name: &str| p.push(format!("interaction.{t}.{name}"), (1, f), &zeros);
            blocks.push(BlockLayout {
                input: weights[0],
                filter: [weights[1], bias("filter.0.bias")?, weights[2], bias("filter.1.bias")?],
                output: [weights[3], bias("f2out.0.bias")?, weights[4], bias("f2out.1.bias")?],
            });
        }
        let half = f / 2;
        let readout = [
            p.push_glorot("readout.0.weight", (f, half), &mut rng)?,
            p.push("readout.0.bias", (1, half), &zeros[..half])?,
            p.push_glorot("readout.1.weight", (half, 1), &mut rng)?,
            p.push("readout.1.bias", (1, 1), &zeros[..1])?,
        ];
        let standardization = Standardization { references: vec![0.0; sorted.len()], scale: 1.0 };
        let ranges = DistanceRanges::new(&sorted);
        let layout = Layout { embedding, blocks, readout };
        Ok(Self { config, elements: sorted, weights: p, layout, standardization, ranges })
    }

    /// Settings.
    #[must_use]
    pub const fn config(&self) -> &SchNetConfig {
        &self.config
    }

    /// Elements it knows, by atomic number.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Weights.
    #[must_use]
    pub const fn weights(&self) -> &Parameters<E> {
        &self.weights
    }

    /// The same network with other weights.
    ///
    /// # Errors
    /// If there are more or fewer of them.
    pub fn with_weights(mut self, flat: Vec<E>) -> Result<Self> {
        self.weights = self.weights.with_flat(flat)?;
        Ok(self)
    }

    /// Rows of atoms in [`elements`](Self::elements).
    ///
    /// # Errors
    /// [`Error::ElementNotTrained`] naming the first atom the model does not know.
    pub fn species(&self, atoms: &[Element]) -> Result<Vec<u32>> {
        let row = |(atom, element): (usize, &Element)| {
            self.elements.binary_search(element).map(|k| k as u32).map_err(|_| Error::ElementNotTrained {
                atom,
                element: *element,
                known: self.elements.iter().map(|e| e.symbol()).collect::<Vec<_>>().join(", "),
            })
        };
        atoms.iter().enumerate().map(row).collect()
    }
}
