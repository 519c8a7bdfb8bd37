//! Neural potentials: networks trained on energies and forces that are then potentials like any other.
//!
//! - [`SchNet`] is the network with all it needs to be used, saved as one file; [`train::EnergyAndForces`] is its loss
//!   with the exact gradient, driven by [`Trainer`](mol_core::tensor::Trainer);
//! - [`NeuralPotential`] is the network on a list of atoms: a [`Potential`](mol_core::Potential), evaluated without tape
//!   or allocation;
//! - [`Guard`] and [`TrainingWalls`] watch and hold the edge of the training data.
//!
//! ```
//! use mol_core::tensor::{Trainer, TrainerConfig};
//! use mol_core::{Cell, Element, Frame, PotentialExt, Seed, Vec3};
//! use mol_nn::train::{EnergyAndForces, LabelledFrame, LossWeights};
//! use mol_nn::{NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
//!
//! // A hydrogen molecule as a spring of 36 eV/Å²: eleven frames to learn from.
//! let frame = |d: f64| LabelledFrame {
//!     elements: vec![Element::H; 2],
//!     positions: vec![Vec3::zeros(), Vec3::x() * d],
//!     cell: Cell::NONE,
//!     energy: 18.0 * (d - 0.74).powi(2),
//!     forces: vec![Vec3::x() * (36.0 * (d - 0.74)), Vec3::x() * (-36.0 * (d - 0.74))],
//! };
//! let data: Vec<_> = (0..11).map(|k| frame(0.64 + 0.02 * k as f64)).collect();
//! let shape = SchNetConfig { features: 16, interactions: 1, basis: 20, cutoff: 3.0 };
//! let mut model = SchNet::<f32>::new(shape, &[Element::H], Seed::new(1))?;
//! let objective = EnergyAndForces::new(&mut model, &data, &[], LossWeights::default())?;
//! let config = TrainerConfig { epochs: 300, batch: 4, average: Some(0.9), ..TrainerConfig::default() };
//! let mut trainer = Trainer::new(config, model.weights().clone())?;
//! trainer.run(&objective, &mut (), None)?;
//! let model = model.with_weights(trainer.best()?.flat().to_vec())?;
//!
//! let mut potential = NeuralPotential::new(&model, &[Element::H; 2], NeuralPotentialConfig::default())?;
//! let (_, forces) = potential.energy_and_forces(Frame::isolated(&frame(0.79).positions));
//! assert!((forces[0].x - 1.8).abs() < 0.2, "{}", forces[0].x);
//! # Ok::<(), mol_nn::Error>(())
//! ```

mod cutoff;
mod error;
mod potential;
mod radial;
pub mod train;

pub use cutoff::CosineCutoff;
pub use error::{Error, Result};
pub use potential::{
    DistanceRanges, FilterMode, Guard, NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig, Standardization,
    TrainingWalls,
};
pub use radial::GaussianBasis;
