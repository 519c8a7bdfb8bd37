//! A flow with the density it starts from: a sampler that knows its likelihood.

use super::base::{draw_base, log_base};
use super::{Direction, Feature, Flow, FlowConfig, Whitening};
use crate::Result;
use mol_core::ndarray::Array1;
use mol_core::tensor::{Archive, Real, constant, values};
use mol_core::{Density, Error, Rng, Sampler, Seed};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;

const FORMAT: &str = "molkit-flow";
const VERSION: u32 = 1;
/// Rows per unit of parallel work: part of a batch's bits.
const CHUNK: usize = 128;

/// Base density → [`Flow`] → [`Whitening`] of the linear features.
///
/// ```text
/// x = μ + A y on the linear features, y = f(z), z ~ p₀
/// ln p(x) = ln p₀(z) − ln |det ∂f/∂z| − ln |det A|
/// ```
///
/// Items are arrays of shape `[features]`: circular features in [−π, π), linear ones in the unit of the data. Weights and activations
/// are of type `E`, so log densities carry a rounding error of about 1e-5 in f32.
///
/// ```
/// use mol_core::{Density, Sampler, Seed, ndarray::array};
/// use mol_gen::flow::{Feature, Flow, FlowConfig, FlowModel, Transform, Whitening};
/// let (line, circle) = (Transform::Affine { limit: 2.0 }, Transform::CircularSpline { bins: 8 });
/// let config = FlowConfig::alternating(&[Feature::Linear], 1, line, circle, &[]);
/// let mut model = FlowModel::new(Flow::<f64>::new(config, Seed::new(1))?, Whitening::identity(1))?;
/// // A new flow is its base density: ln p(1) = −½ − ½ ln 2π.
/// assert!((model.log_density(&array![1.0]) + 0.5 + 0.5 * std::f64::consts::TAU.ln()).abs() < 1e-12);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FlowModel<E> {
    flow: Flow<E>,
    whitening: Whitening,
    /// Places of the linear features.
    linear: Vec<usize>,
}

/// What is written beside the weights.
#[derive(Serialize, Deserialize)]
struct Saved {
    flow: FlowConfig,
    whitening: Whitening,
}

impl<E: Real> FlowModel<E> {
    /// A flow with the whitening of its linear features, in their order.
    ///
    /// # Errors
    /// A shape mismatch if the whitening has another number of features.
    pub fn new(flow: Flow<E>, whitening: Whitening) -> Result<Self> {
        let kinds = flow.features().iter().enumerate();
        let linear: Vec<usize> = kinds.filter(|(_, f)| **f == Feature::Linear).map(|(k, _)| k).collect();
        Error::check_len("features of the whitening", linear.len(), whitening.dim())?;
        Ok(Self { flow, whitening, linear })
    }

    /// The flow.
    #[must_use]
    pub const fn flow(&self) -> &Flow<E> {
        &self.flow
    }

    /// The whitening of the linear features.
    #[must_use]
    pub const fn whitening(&self) -> &Whitening {
        &self.whitening
    }

    /// The same model with other weights.
    ///
    /// # Errors
    /// A shape mismatch if there are too few or many.
    pub fn with_weights(mut self, flat: Vec<E>) -> Result<Self> {
        self.flow = self.flow.with_weights(flat)?;
        Ok(self)
    }

    /// Number of features.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.flow.features().len()
    }

    /// `map` on the linear features of one item.
    fn on_linear(&self, row: &mut [f64], map: impl FnOnce(&Whitening, &mut [f64])) {
        let mut part: Vec<f64> = self.linear.iter().map(|k| row[*k]).collect();
        map(&self.whitening, &mut part);
        for (k, x) in self.linear.iter().zip(part) {
            row[*k] = x;
        }
    }

    /// x → the flow's own output y, in place.
    ///
    /// # Panics
    /// If `row` has another number of features.
    pub fn whiten(&self, row: &mut [f64]) {
        self.on_linear(row, Whitening::whiten);
    }

    /// y → x, in place.
    ///
    /// # Panics
    /// As [`whiten`](Self::whiten).
    pub fn colour(&self, row: &mut [f64]) {
        self.on_linear(row, Whitening::colour);
    }

    /// ∂L/∂x → ∂L/∂y, in place.
    ///
    /// # Panics
    /// As [`whiten`](Self::whiten).
    pub fn pull_back(&self, gradient: &mut [f64]) {
        self.on_linear(gradient, Whitening::pull_back);
    }

    /// `n` draws, shape `[n × features]` row by row, with their log densities `[n]`.
    ///
    /// Noise is drawn in order on this thread, the flow runs in chunks on the ambient pool.
    pub fn sample_batch(&self, n: usize, rng: &mut Rng) -> (Vec<f64>, Vec<f64>) {
        let mut latent: Vec<E> = Vec::with_capacity(n * self.dim());
        for _ in 0..n {
            draw_base(self.flow.features(), &mut latent, rng);
        }
        let work = |z: &[E]| {
            let (y, log_det) = self.run(z.to_vec(), Direction::Generate);
            let mut items: Vec<f64> = y.iter().map(|x| x.f64()).collect();
            items.chunks_exact_mut(self.dim()).for_each(|row| self.colour(row));
            let log_p = z
                .chunks_exact(self.dim())
                .zip(log_det)
                .map(|(z, log_det)| log_base(self.flow.features(), z) - log_det.f64() - self.whitening.log_det());
            (items, log_p.collect::<Vec<f64>>())
        };
        let parts: Vec<_> = latent.par_chunks(CHUNK * self.dim()).map(work).collect();
        let (items, log_p): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        (items.concat(), log_p.concat())
    }

    /// Log densities of `items`, shape `[n × features]` row by row.
    ///
    /// # Panics
    /// If `items` is not a whole number of rows.
    #[must_use]
    pub fn log_density_batch(&self, items: &[f64]) -> Vec<f64> {
        assert_eq!(items.len() % self.dim(), 0, "items against the model's features");
        let work = |rows: &[f64]| {
            let mut rows = rows.to_vec();
            rows.chunks_exact_mut(self.dim()).for_each(|row| self.whiten(row));
            let (z, log_det) = self.run(rows.iter().map(|x| E::of(*x)).collect(), Direction::Normalise);
            let log_p = z
                .chunks_exact(self.dim())
                .zip(log_det)
                .map(|(z, log_det)| log_base(self.flow.features(), z) + log_det.f64() - self.whitening.log_det());
            log_p.collect::<Vec<f64>>()
        };
        let parts: Vec<_> = items.par_chunks(CHUNK * self.dim()).map(work).collect();
        parts.concat()
    }

    fn run(&self, rows: Vec<E>, direction: Direction) -> (Vec<E>, Vec<E>) {
        let shape = (rows.len() / self.dim(), self.dim());
        let (y, log_det) = self.flow.apply(&self.flow.constants(), &constant(rows, shape), direction);
        (values(&y), values(&log_det))
    }

    /// Writes the model as safetensors, atomically.
    ///
    /// # Errors
    /// The path and the operating system's reason.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let saved = Saved { flow: self.flow.config().clone(), whitening: self.whitening.clone() };
        let mut archive = Archive::new(FORMAT, VERSION, &saved)?;
        for (name, (rows, columns), numbers) in self.flow.weights().iter() {
            archive.push(name, &[rows, columns], numbers);
        }
        Ok(archive.save(path.as_ref())?)
    }

    /// Reads a model.
    ///
    /// # Errors
    /// If the file is damaged, of another format, precision or a newer version, or its tensors do not fit its configuration.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let archive = Archive::open(path, FORMAT, VERSION)?;
        let saved: Saved = archive.config()?;
        if !saved.whitening.is_valid() {
            let problem = "its whitening has matrices of another size or numbers that are not finite".to_owned();
            return Err(Error::Checkpoint { what: path.display().to_string(), problem }.into());
        }
        let flow = Flow::new(saved.flow, Seed::new(0))?;
        let mut flat = Vec::with_capacity(flow.weights().len());
        for (name, (rows, columns), _) in flow.weights().iter() {
            flat.extend(archive.tensor::<E>(name, &[rows, columns])?);
        }
        Self::new(flow.with_weights(flat)?, saved.whitening)
    }
}

impl<E: Real> Sampler for FlowModel<E> {
    type Item = Array1<f64>;

    fn sample(&mut self, rng: &mut Rng) -> Array1<f64> {
        self.sample_batch(1, rng).0.into()
    }
}

impl<E: Real> Density for FlowModel<E> {
    /// # Panics
    /// If `item` has another number of features.
    fn log_density(&mut self, item: &Array1<f64>) -> f64 {
        assert_eq!(item.len(), self.dim(), "item of another dimension than its density");
        self.log_density_batch(&item.to_vec())[0]
    }
}
