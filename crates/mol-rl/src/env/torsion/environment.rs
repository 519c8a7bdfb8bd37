//! The torsion environment with actions that set all torsions to bins.

use super::{TorsionGraph, TorsionObservation};
use crate::search::{ConformerSet, MinimizedConformer, SearchRecord, TorsionFault, TorsionSearch, TorsionTask};
use crate::{Budget, Error, Normalizer, Result};
use mol_core::geometry::TorsionGrid;
use mol_core::{Environment, Rng, Step, Vec3};
use std::sync::{Arc, Mutex, PoisonError};

/// Where an episode begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TorsionStart {
    /// At the minimum next to the molecule's conformer, which is found once.
    #[default]
    Given,
    /// At a random setting, minimised at the cost of one minimisation; at the given minimum if that fails.
    Random,
}

/// What of the past makes a conformer a duplicate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TorsionMemory {
    /// The conformers of the episode: rewards depend on the episode alone, as reinforcement learning assumes.
    #[default]
    Episode,
    /// All conformers since this copy of the environment was made ([`fork`](TorsionEnvironment::fork) begins anew, copies
    /// do not know of each other's): rewards are for what is new to this copy, and the same actions earn less the second
    /// time. Such an environment does not meet `check_environment`.
    Run,
}

/// How episodes go.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TorsionEnvironmentConfig {
    /// Angles per torsion, evenly around the circle, the first at 180°.
    pub bins: usize,
    /// Steps of an episode, after which it is truncated.
    pub steps: usize,
    /// Where it begins.
    pub start: TorsionStart,
    /// What makes a conformer a duplicate.
    pub memory: TorsionMemory,
}

impl Default for TorsionEnvironmentConfig {
    /// 6 bins, 50 steps, the given start, duplicates by episode.
    fn default() -> Self {
        Self { bins: 6, steps: 50, start: TorsionStart::Given, memory: TorsionMemory::Episode }
    }
}

/// An agent that turns a molecule's torsions and is paid for new minima of low energy.
///
/// A step sets all torsions of the present conformer, minimises, and checks the result ([`TorsionTask`]). The reward is
/// the Gibbs term of the conformer ([`Normalizer::reward`]) if it is new, and 0 if it is known or the step failed; after a
/// failure the conformer is the one before ([`last_fault`](Self::last_fault) says why). Episodes are truncated after a
/// fixed number of steps or when the budget is spent, and never terminate: conformational space has no end.
///
/// The action is one bin per torsion, shape `[torsions]`. [`SingleTorsion`](super::SingleTorsion) and
/// [`ContinuousTorsions`](super::ContinuousTorsions) are the same environment with other actions.
///
/// T. Gogineni et al., *Adv. Neural Inf. Process. Syst.* **33**, 20142 (2020), arXiv:2006.07078. There the molecule is
/// minimised from the same starting geometry and duplicates are found by fingerprints alone.
pub struct TorsionEnvironment {
    task: TorsionTask,
    config: TorsionEnvironmentConfig,
    normalizer: Normalizer,
    grid: TorsionGrid,
    graph: Arc<TorsionGraph>,
    budget: Budget,
    /// The minimum next to the given conformer.
    origin: MinimizedConformer,
    now: MinimizedConformer,
    step: usize,
    seen: ConformerSet,
    record: Arc<Mutex<SearchRecord>>,
    fault: Option<TorsionFault>,
}

/// A view of an environment's record that stays valid when the environment has moved elsewhere, into a learner say.
#[derive(Clone, Debug)]
pub struct TorsionRecorder(Arc<Mutex<SearchRecord>>);

impl TorsionRecorder {
    /// The record as it stands.
    #[must_use]
    pub fn record(&self) -> SearchRecord {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl TorsionEnvironment {
    /// The environment of a task; minimises the start at the cost of one minimisation.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there are fewer than 2 bins or no steps, [`Error::Start`] if the start cannot be
    /// minimised.
    pub fn new(
        mut task: TorsionTask,
        normalizer: Normalizer,
        config: TorsionEnvironmentConfig,
        budget: Budget,
    ) -> Result<Self> {
        if config.bins < 2 || config.steps == 0 {
            let got = format!("{} bins and {} steps", config.bins, config.steps);
            let (what, expected) = ("torsion environment", "of at least 2 bins and 1 step");
            return Err(Error::InvalidArgument { what, expected, got });
        }
        let normalizer = Normalizer::new(normalizer.energy, normalizer.thermal_energy, normalizer.partition)?;
        let grid = TorsionGrid::uniform(task.torsions().len(), config.bins, std::f64::consts::PI)?;
        let graph = Arc::new(TorsionGraph::new(task.molecule(), task.torsions(), config.bins));
        let mut record = SearchRecord::new(task.conformer_set());
        let start = task.start().to_vec();
        let (outcome, calls) = task.minimize(&start, &budget);
        record.add_energy_calls(calls);
        record.push(&outcome)?;
        let origin = outcome.map_err(|source| Error::Start { source })?;
        let seen = task.conformer_set();
        let record = Arc::new(Mutex::new(record));
        let now = origin.clone();
        Ok(Self { task, config, normalizer, grid, graph, budget, origin, now, step: 0, seen, record, fault: None })
    }

    /// A copy with a record and a budget of its own, for a vector of environments; costs nothing.
    #[must_use]
    pub fn fork(&self, budget: Budget) -> Self {
        Self {
            task: self.task.clone(),
            config: self.config,
            normalizer: self.normalizer,
            grid: self.grid.clone(),
            graph: Arc::clone(&self.graph),
            budget,
            origin: self.origin.clone(),
            now: self.origin.clone(),
            step: 0,
            seen: self.task.conformer_set(),
            record: Arc::new(Mutex::new(SearchRecord::new(self.task.conformer_set()))),
            fault: None,
        }
    }

    /// The same environment whose observations say that a torsion has `choices`, 0 for any angle.
    pub(super) fn offering(mut self, choices: usize) -> Self {
        Arc::make_mut(&mut self.graph).choices = choices;
        self
    }

    /// The task.
    #[must_use]
    pub const fn task(&self) -> &TorsionTask {
        &self.task
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> TorsionEnvironmentConfig {
        self.config
    }

    /// The graph that observations share.
    #[must_use]
    pub const fn graph(&self) -> &Arc<TorsionGraph> {
        &self.graph
    }

    /// The angles of the bins.
    #[must_use]
    pub const fn grid(&self) -> &TorsionGrid {
        &self.grid
    }

    /// The account that steps are booked on.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Looks at everything found since the environment was made.
    pub fn record<T>(&self, look: impl FnOnce(&SearchRecord) -> T) -> T {
        look(&self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A handle on the record.
    #[must_use]
    pub fn recorder(&self) -> TorsionRecorder {
        TorsionRecorder(Arc::clone(&self.record))
    }

    /// Why the last step gave no conformer, if it did not.
    #[must_use]
    pub const fn last_fault(&self) -> Option<&TorsionFault> {
        self.fault.as_ref()
    }

    /// The present angles of the torsions [rad], shape `[torsions]`.
    #[must_use]
    pub fn angles_now(&self) -> &[f64] {
        &self.now.torsions
    }

    /// The bin of each torsion that is nearest to its present angle, shape `[torsions]`.
    #[must_use]
    pub fn bins_now(&self) -> Vec<usize> {
        let width = std::f64::consts::TAU / self.config.bins as f64;
        let bin = |angle: &f64| ((angle - std::f64::consts::PI) / width).round().rem_euclid(self.config.bins as f64);
        self.now.torsions.iter().map(|angle| bin(angle) as usize % self.config.bins).collect()
    }

    /// Sets all torsions to `angles` [rad], shape `[torsions]`, and minimises: a step with the angles as the action.
    ///
    /// # Panics
    /// If there are not as many angles as torsions.
    pub fn turn(&mut self, angles: &[f64]) -> Step<TorsionObservation> {
        let torsions = self.task.torsions().len();
        assert!(angles.len() == torsions, "{} angles for {torsions} torsions", angles.len());
        let (mut reward, mut spent) = (0.0, self.budget.is_exhausted());
        if !spent {
            let start = self.task.set(&self.now.positions, angles);
            let outcome = self.minimize(start);
            if let Some(conformer) = outcome {
                let new_to_run = self.book(&Ok(conformer.clone()));
                let new = self.seen.insert(conformer.clone()).expect(SAME_ATOMS);
                if new && (self.config.memory == TorsionMemory::Episode || new_to_run) {
                    reward = self.normalizer.reward(conformer.energy);
                }
                self.now = conformer;
            }
            spent = self.budget.is_exhausted();
        }
        self.step += 1;
        let truncated = spent || self.step >= self.config.steps;
        Step { observation: self.observation(), reward, terminated: false, truncated }
    }

    /// Minimises what could be set; a failure is booked and kept as the fault.
    fn minimize(&mut self, start: Result<Vec<Vec3>, TorsionFault>) -> Option<MinimizedConformer> {
        let outcome = match start {
            Ok(start) => {
                let (outcome, calls) = self.task.minimize(&start, &self.budget);
                self.record.lock().unwrap_or_else(PoisonError::into_inner).add_energy_calls(calls);
                outcome
            }
            Err(fault) => {
                self.budget.spend(1, 0);
                Err(fault)
            }
        };
        match outcome {
            Ok(conformer) => {
                self.fault = None;
                Some(conformer)
            }
            Err(fault) => {
                self.fault = Some(fault.clone());
                self.book(&Err(fault));
                None
            }
        }
    }

    /// Books an outcome on the run; whether it is new to it.
    fn book(&self, outcome: &Result<MinimizedConformer, TorsionFault>) -> bool {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).push(outcome).expect(SAME_ATOMS)
    }

    fn observation(&self) -> TorsionObservation {
        TorsionObservation {
            graph: Arc::clone(&self.graph),
            positions: self.now.positions.clone(),
            torsions: self.now.torsions.clone(),
            energy: (self.now.energy - self.normalizer.energy) / self.normalizer.thermal_energy,
            elapsed: self.step as f64 / self.config.steps as f64,
        }
    }
}

/// Why inserting a conformer cannot fail.
const SAME_ATOMS: &str = "the conformer has the atoms of the task";

impl Environment for TorsionEnvironment {
    type Observation = TorsionObservation;
    type Action = Vec<usize>;

    fn reset(&mut self, rng: &mut Rng) -> TorsionObservation {
        (self.now, self.step, self.fault) = (self.origin.clone(), 0, None);
        self.seen.clear();
        if self.config.start == TorsionStart::Random && !self.budget.is_exhausted() {
            let angles = self.grid.angles(&self.sample_action(rng)).expect("a sampled action is on the grid");
            let start = self.task.set(&self.origin.positions, &angles);
            if let Some(conformer) = self.minimize(start) {
                self.book(&Ok(conformer.clone()));
                self.now = conformer;
            }
        }
        // Standing still earns nothing.
        self.seen.insert(self.now.clone()).expect(SAME_ATOMS);
        self.observation()
    }

    /// # Panics
    /// If the action is not one bin per torsion.
    fn step(&mut self, action: &Vec<usize>, _rng: &mut Rng) -> Step<TorsionObservation> {
        match self.grid.angles(action) {
            Ok(angles) => self.turn(&angles),
            Err(error) => panic!("illegal action {action:?}: {error}"),
        }
    }

    fn sample_action(&self, rng: &mut Rng) -> Vec<usize> {
        self.grid.radices().into_iter().map(|bins| rng.below(bins)).collect()
    }
}

impl TorsionSearch for TorsionEnvironment {
    fn torsion(&self) -> &TorsionEnvironment {
        self
    }
}
