//! The torsion environment with other actions: one torsion at a time, or any angles.

use super::{TorsionEnvironment, TorsionObservation};
use crate::search::TorsionSearch;
use mol_core::{DiscreteEnvironment, Environment, Rng, Step};
use std::collections::BTreeSet;
use std::f64::consts::TAU;

/// A torsion environment in which an action sets one torsion: number torsion × bins + bin.
///
/// Masked are bins in which the torsion is already, and settings (the bins of all torsions) that were tried or visited in
/// this episode, as long as anything else is left.
pub struct SingleTorsion {
    environment: TorsionEnvironment,
    visited: BTreeSet<Vec<usize>>,
    mask: Vec<bool>,
}

impl SingleTorsion {
    /// `environment` with actions on one torsion.
    #[must_use]
    pub fn new(environment: TorsionEnvironment) -> Self {
        let mut one = Self { environment, visited: BTreeSet::new(), mask: Vec::new() };
        one.look();
        one
    }

    /// The environment underneath.
    #[must_use]
    pub fn into_inner(self) -> TorsionEnvironment {
        self.environment
    }

    /// Marks the present setting as visited and finds what is legal.
    fn look(&mut self) {
        let now = self.environment.bins_now();
        let bins = self.environment.config().bins;
        let setting = |action: usize| {
            let mut setting = now.clone();
            setting[action / bins] = action % bins;
            setting
        };
        self.visited.insert(now.clone());
        self.mask = (0..now.len() * bins).map(|action| !self.visited.contains(&setting(action))).collect();
        if !self.mask.contains(&true) {
            self.mask = (0..now.len() * bins).map(|action| setting(action) != now).collect();
        }
    }
}

impl Environment for SingleTorsion {
    type Observation = TorsionObservation;
    type Action = usize;

    fn reset(&mut self, rng: &mut Rng) -> TorsionObservation {
        let observation = self.environment.reset(rng);
        self.visited.clear();
        self.look();
        observation
    }

    /// # Panics
    /// If the action is illegal.
    fn step(&mut self, action: &usize, _rng: &mut Rng) -> Step<TorsionObservation> {
        assert!(
            self.mask.get(*action) == Some(&true),
            "action {action} is illegal: the torsion is there, or was tried"
        );
        let bins = self.environment.config().bins;
        let mut setting = self.environment.bins_now();
        setting[action / bins] = action % bins;
        let target = self.environment.grid().angles(&setting).expect("a bin of a torsion is on the grid");
        let mut angles = self.environment.angles_now().to_vec();
        angles[action / bins] = target[action / bins];
        self.visited.insert(setting);
        let step = self.environment.turn(&angles);
        self.look();
        step
    }

    fn sample_action(&self, rng: &mut Rng) -> usize {
        let legal: Vec<usize> = (0..self.mask.len()).filter(|&action| self.mask[action]).collect();
        legal[rng.below(legal.len())]
    }
}

impl DiscreteEnvironment for SingleTorsion {
    fn actions(&self) -> usize {
        self.mask.len()
    }

    fn legal(&self, mask: &mut [bool]) {
        mask.copy_from_slice(&self.mask);
    }
}

impl TorsionSearch for SingleTorsion {
    fn torsion(&self) -> &TorsionEnvironment {
        &self.environment
    }
}

/// A torsion environment in which an action is the target angle of every torsion [rad], shape `[torsions]`.
pub struct ContinuousTorsions(TorsionEnvironment);

impl ContinuousTorsions {
    /// `environment` with angles as actions.
    #[must_use]
    pub fn new(environment: TorsionEnvironment) -> Self {
        Self(environment.offering(0))
    }

    /// The environment underneath.
    #[must_use]
    pub fn into_inner(self) -> TorsionEnvironment {
        let bins = self.0.config().bins;
        self.0.offering(bins)
    }
}

impl Environment for ContinuousTorsions {
    type Observation = TorsionObservation;
    type Action = Vec<f64>;

    fn reset(&mut self, rng: &mut Rng) -> TorsionObservation {
        self.0.reset(rng)
    }

    /// Angles that are not finite give no conformer and no reward.
    ///
    /// # Panics
    /// If there are not as many angles as torsions.
    fn step(&mut self, action: &Vec<f64>, _rng: &mut Rng) -> Step<TorsionObservation> {
        self.0.turn(action)
    }

    fn sample_action(&self, rng: &mut Rng) -> Vec<f64> {
        self.0.task().torsions().chains().iter().map(|_| TAU * (rng.uniform() - 0.5)).collect()
    }
}

impl TorsionSearch for ContinuousTorsions {
    fn torsion(&self) -> &TorsionEnvironment {
        &self.0
    }
}
