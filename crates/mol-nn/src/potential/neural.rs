//! A trained network as a [`Potential`].

use super::{Engine, FilterMode, Pairs, SchNet, Workspace};
use crate::{DistanceRanges, Error, Result, Standardization};
use mol_core::tensor::Real;
use mol_core::{Derivatives, Element, Fault, Frame, NeighborList, Pairs as Count, Potential, Vec3, Want};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What happens when a distance leaves the range of the training data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guard {
    /// Nothing.
    Ignore,
    /// A `tracing` warning the first time, and a count of frames in [`NeuralPotential::frames_outside`].
    #[default]
    Warn,
    /// The energy is NaN, and `take_fault` names the atoms and distances.
    Refuse,
}

/// Settings of a [`NeuralPotential`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeuralPotentialConfig {
    /// Network or table.
    pub filters: FilterMode,
    /// What to do outside the training range.
    pub guard: Guard,
    /// Distance [Å] by which a pair may leave the range unremarked.
    pub margin: f64,
}

impl Default for NeuralPotentialConfig {
    /// Tabulated filters; warns from 0.1 Å outside the range on.
    fn default() -> Self {
        Self { filters: FilterMode::default(), guard: Guard::Warn, margin: 0.1 }
    }
}

/// A [`SchNet`] on a fixed list of atoms: energies and forces for anything that takes a [`Potential`].
///
/// Evaluated by hand-written forward and backward passes on reused buffers; with tabulated filters nothing is allocated
/// after the first frame, with the filter network gemm takes a packing buffer for each of its products.
/// A batch is evaluated frame by frame: the work of one small molecule stays in cache, that of eight does not (measured:
/// 50 µs a frame alone, 78 µs in a joint graph of eight walkers).
/// Clones share the network and cost its scratch only. Any cell is served; forces and virial are exact derivatives of
/// the energy it returns.
///
/// ```
/// use mol_core::{Element, Frame, PotentialExt, Seed, Vec3};
/// use mol_nn::{NeuralPotential, NeuralPotentialConfig, SchNet, SchNetConfig};
/// let model = SchNet::<f32>::new(SchNetConfig::default(), &[Element::H, Element::O], Seed::new(1))?;
/// let water = [Element::O, Element::H, Element::H];
/// let mut potential = NeuralPotential::new(&model, &water, NeuralPotentialConfig::default())?;
/// let x = [Vec3::zeros(), Vec3::new(0.96, 0.0, 0.0), Vec3::new(-0.24, 0.93, 0.0)];
/// let (energy, forces) = potential.energy_and_forces(Frame::isolated(&x));
/// assert!(energy.is_finite() && forces.iter().sum::<Vec3>().norm() < 1e-6);
/// # Ok::<(), mol_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NeuralPotential<E> {
    shared: Arc<Shared<E>>,
    list: NeighborList,
    pairs: Neighbors<E>,
    workspace: Workspace<E>,
    outside: u64,
    fault: Option<Arc<Error>>,
}

#[derive(Debug)]
struct Shared<E> {
    engine: Engine<E>,
    config: NeuralPotentialConfig,
    cutoff: f64,
    elements: Vec<Element>,
    species: Vec<u32>,
    reference: f64,
    standardization: Standardization,
    ranges: DistanceRanges,
}

/// The pairs of one frame.
#[derive(Clone, Debug, Default)]
struct Neighbors<E> {
    first: Vec<u32>,
    second: Vec<u32>,
    distances: Vec<E>,
    /// Separation of each pair [Å].
    separations: Vec<Vec3>,
}

impl<E: Real> NeuralPotential<E> {
    /// `model` on atoms of the given elements.
    ///
    /// # Errors
    /// If the model does not know an element, the table has fewer than 2 knots or the margin is negative.
    pub fn new(model: &SchNet<E>, atoms: &[Element], config: NeuralPotentialConfig) -> Result<Self> {
        if let FilterMode::Table { knots } = config.filters
            && knots < 2
        {
            return Err(Error::Config { what: "knots", expected: "at least 2", got: knots.to_string() });
        }
        if config.margin.is_nan() || config.margin < 0.0 {
            return Err(Error::Config { what: "margin", expected: "zero or positive", got: config.margin.to_string() });
        }
        let species = model.species(atoms)?;
        let shared = Shared {
            engine: Engine::new(model, config.filters),
            config,
            cutoff: model.config().cutoff,
            elements: atoms.to_vec(),
            reference: model.standardization.reference(&species),
            species,
            standardization: model.standardization.clone(),
            ranges: model.ranges.clone(),
        };
        Ok(Self {
            list: NeighborList::new(shared.cutoff, 0.0, Count::Half)?,
            shared: Arc::new(shared),
            pairs: Neighbors::default(),
            workspace: Workspace::default(),
            outside: 0,
            fault: None,
        })
    }

    /// Number of frames so far with a distance outside the training range (counted unless the guard is `Ignore`).
    #[must_use]
    pub const fn frames_outside(&self) -> u64 {
        self.outside
    }

    /// Collects the pairs of `frame` within the cut-off.
    ///
    /// # Errors
    /// A position that is not finite; a distance outside the training range if the guard refuses those.
    fn collect(&mut self, frame: Frame<'_>) -> Result<()> {
        let shared = &self.shared;
        self.list.update(frame.positions, frame.cell)?;
        let pairs = &mut self.pairs;
        pairs.first.clear();
        pairs.second.clear();
        pairs.distances.clear();
        pairs.separations.clear();
        let mut stray = None;
        for pair in self.list.pairs() {
            let r = pair.separation(frame.positions);
            let d = r.norm();
            if d >= shared.cutoff {
                continue;
            }
            if shared.config.guard != Guard::Ignore && stray.is_none() {
                stray = shared.outside(pair.i as usize, pair.j as usize, d);
            }
            pairs.first.push(pair.i);
            pairs.second.push(pair.j);
            pairs.distances.push(E::of(d));
            pairs.separations.push(r);
        }
        let Some(error) = stray else { return Ok(()) };
        if self.outside == 0 && shared.config.guard == Guard::Warn {
            tracing::warn!("{error}");
        }
        self.outside += 1;
        if shared.config.guard == Guard::Refuse { Err(error) } else { Ok(()) }
    }
}

impl<E> Shared<E> {
    /// The pair's complaint, if its distance lies outside the training range by more than the margin.
    fn outside(&self, i: usize, j: usize, distance: f64) -> Option<Error> {
        let (low, high) = self.ranges.range(self.species[i], self.species[j]);
        let margin = self.config.margin;
        let seen = low <= high;
        (seen && (distance < low - margin || distance > high + margin)).then(|| Error::OutsideTraining {
            i,
            j,
            first: self.elements[i],
            second: self.elements[j],
            distance,
            low,
            high,
        })
    }
}

impl<E: Real> Potential for NeuralPotential<E> {
    fn atoms(&self) -> usize {
        self.shared.species.len()
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let atoms = self.shared.species.len();
        assert!(frame.positions.len() == atoms && out.atoms() == atoms, "frame or accumulator of other atoms");
        if let Err(error) = self.collect(frame) {
            self.fault = Some(Arc::new(error));
            return f64::NAN;
        }
        let pairs = &self.pairs;
        let want_forces = out.want() >= Want::Forces;
        let ends = Pairs { first: &pairs.first, second: &pairs.second, distances: &pairs.distances };
        self.shared.engine.evaluate(&self.shared.species, ends, want_forces, &mut self.workspace);
        let scale = self.shared.standardization.scale;
        if want_forces {
            let ends = pairs.first.iter().zip(&pairs.second).zip(&pairs.separations);
            for (((&i, &j), r), slope) in ends.zip(&self.workspace.slopes) {
                let force = r * (-scale * slope.f64() / r.norm());
                out.add_pair(i as usize, j as usize, r, &force);
            }
        }
        self.shared.reference + scale * self.workspace.energies.iter().map(|e| e.f64()).sum::<f64>()
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take().map(|fault| Box::new(fault) as Fault)
    }
}
