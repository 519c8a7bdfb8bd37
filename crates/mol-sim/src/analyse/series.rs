//! Collective variables over time.

use crate::{Dynamics, Error, Result};
use mol_core::stats::{Histogram, split};
use mol_core::{Checkpoint, CollectiveVariable, Derivatives, Domain, Fault, Observer, Stop, Want};
use std::io::{Read, Write};
use std::ops::ControlFlow;

/// Observer that records collective variables of every walker each `stride` steps.
///
/// It is a [`Checkpoint`], so that it can stand beside a simulation in one file ([`save_to`](crate::save_to)).
///
/// ```
/// use mol_core::{Element, Seed, State, System, Vec3, geometry::Distance};
/// use mol_sim::{HarmonicBond, HarmonicBonds, Langevin, LangevinConfig, Simulation, TimeSeries};
/// let system = System::new(vec![Element::O; 2]);
/// let bond = HarmonicBonds::new(2, vec![HarmonicBond { atoms: [0, 1], k: 73.0, r0: 1.21 }])?;
/// let langevin = Langevin::new(&system, LangevinConfig::default())?;
/// let start = State::at_rest(vec![Vec3::zeros(), Vec3::x() * 1.21]);
/// let mut simulation = Simulation::new(system, start, bond, langevin, Seed::new(7).rng())?;
/// let mut series = TimeSeries::new(vec![Box::new(Distance::new(2, [0, 1])?)], 10)?;
/// simulation.run(1000, &mut series)?;
/// assert_eq!(series.values(0, 0).len(), 100);
/// assert!((series.values(0, 0)[99] - 1.21).abs() < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TimeSeries {
    variables: Vec<Box<dyn CollectiveVariable>>,
    stride: u64,
    /// Shape `[variables][walkers][frames]`; no walkers before the first frame.
    values: Vec<Vec<Vec<f64>>>,
}

impl TimeSeries {
    /// A recorder of `variables` at the steps that are multiples of `stride`.
    ///
    /// # Errors
    /// If there is no variable, they are not of the same atoms, or the stride is 0.
    pub fn new(variables: Vec<Box<dyn CollectiveVariable>>, stride: u64) -> Result<Self> {
        let atoms: Vec<usize> = variables.iter().map(CollectiveVariable::atoms).collect();
        if atoms.is_empty() || atoms.iter().any(|count| *count != atoms[0]) {
            return Err(Error::argument("collective variables", "one or more, of the same number of atoms", atoms));
        }
        if stride == 0 {
            return Err(Error::argument("stride of a time series", "at least 1", stride));
        }
        let values = vec![Vec::new(); variables.len()];
        Ok(Self { variables, stride, values })
    }

    /// Number of walkers seen; 0 before the first frame.
    #[must_use]
    pub fn walkers(&self) -> usize {
        self.values[0].len()
    }

    /// Values of a variable along a walker, in its own unit, shape `[frames]`.
    ///
    /// # Panics
    /// If there is no such variable or walker.
    #[must_use]
    pub fn values(&self, variable: usize, walker: usize) -> &[f64] {
        &self.values[variable][walker]
    }

    /// Histogram of a variable over all walkers, its errors from `blocks` pieces of each walker.
    ///
    /// The pieces must be longer than the correlation time; one per walker is the safest, if there are several.
    /// `range` is needed for a variable on a line; a periodic one has its own.
    ///
    /// # Errors
    /// If there is no such variable, a range is missing, there are fewer than two blocks in all, or as
    /// [`Histogram::of_blocks`].
    pub fn histogram(&self, variable: usize, range: Option<[f64; 2]>, bins: usize, blocks: usize) -> Result<Histogram> {
        let Some(walkers) = self.values.get(variable) else {
            return Err(Error::argument("collective variable", "one of those recorded", variable));
        };
        let mut pieces = Vec::with_capacity(walkers.len() * blocks);
        for walker in walkers {
            pieces.extend(split(walker, blocks)?);
        }
        let domain = self.variables[variable].domain();
        let range = match (domain, range) {
            (Domain::Periodic { low, high }, _) => [low, high],
            (Domain::Line, Some(range)) => range,
            (Domain::Line, None) => return Err(Error::argument("range", "given for a variable on a line", range)),
        };
        Ok(Histogram::of_blocks(&pieces, domain, range, bins)?)
    }

    fn record(&mut self, dynamics: &dyn Dynamics) -> Result<()> {
        let atoms = dynamics.system().atoms();
        mol_core::Error::check_len("atoms of the simulation, as the variables have", self.variables[0].atoms(), atoms)?;
        let mut scratch = Derivatives::new(atoms, Want::Energy);
        for (variable, walkers) in self.variables.iter_mut().zip(&mut self.values) {
            walkers.resize_with(dynamics.walkers(), Vec::new);
            for (index, values) in walkers.iter_mut().enumerate() {
                values.push(variable.value(dynamics.moment(index).state.frame(), &mut scratch));
            }
        }
        Ok(())
    }
}

impl<S: Dynamics> Observer<S> for TimeSeries {
    fn observe(&mut self, step: u64, dynamics: &S) -> ControlFlow<Stop> {
        if !step.is_multiple_of(self.stride) {
            return ControlFlow::Continue(());
        }
        match self.record(dynamics) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(Stop::Failed(error.into())),
        }
    }
}

const FORMAT: &str = "molkit-time-series";

impl Checkpoint for TimeSeries {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        mol_core::save_state(out, FORMAT, 1, &self.values)
    }

    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        let values: Vec<Vec<Vec<f64>>> = mol_core::load_state(from, FORMAT, 1)?;
        mol_core::Error::check_len("variables of the time series", self.values.len(), values.len())?;
        let walkers = values[0].len();
        if let Some(odd) = values.iter().find(|variable| variable.len() != walkers) {
            mol_core::Error::check_len("walkers of a variable of the time series", walkers, odd.len())?;
        }
        self.values = values;
        Ok(())
    }
}
