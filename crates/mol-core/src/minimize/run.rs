//! The loop around a method.

use super::{Descent, Lbfgs, Method, Move, check_positive, longest};
use crate::{Derivatives, Error, Fault, Frame, Observer, Potential, PotentialExt, Result, Stop, Vec3, Want};
use std::ops::ControlFlow;

/// A minimisation: a method and when to end.
///
/// ```
/// use mol_core::{Frame, Vec3, potential_fn};
/// use mol_core::minimize::{Lbfgs, Minimize};
/// // E = ½ (x − 1)² + 10 y² of one atom.
/// let mut valley = potential_fn(1, |frame, out| {
///     let x = frame.positions[0];
///     if let Some(forces) = out.forces_mut() {
///         forces[0] += Vec3::new(1.0 - x.x, -20.0 * x.y, 0.0);
///     }
///     0.5 * (x.x - 1.0).powi(2) + 10.0 * x.y * x.y
/// });
/// let minimize = Minimize::<Lbfgs> { force_tolerance: 1e-6, ..Minimize::default() };
/// let minimum = minimize.run(&mut valley, Frame::isolated(&[Vec3::new(3.0, -2.0, 0.0)]), &mut ())?;
/// assert!(minimum.converged() && (minimum.positions[0] - Vec3::x()).norm() < 1e-6);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Minimize<M = Lbfgs> {
    /// Converged when no atom's force is longer than this [eV/Å]; 0.05 is ASE's habit, 1e-4 suits normal modes.
    pub force_tolerance: f64,
    /// At most so many iterations.
    pub max_iterations: u64,
    /// The method.
    pub method: M,
}

impl<M: Default> Default for Minimize<M> {
    fn default() -> Self {
        Self { force_tolerance: 0.05, max_iterations: 1000, method: M::default() }
    }
}

/// Why a minimisation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Ending {
    /// The forces are small enough.
    Converged,
    /// The iterations ran out.
    Iterations,
    /// The energies are not precise enough to go on.
    Stalled,
    /// The observer asked for it.
    Requested,
}

/// Where a minimisation stands, for its observer.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Positions [Å], shape `[atoms]`.
    pub positions: Vec<Vec3>,
    /// Energy [eV].
    pub energy: f64,
    /// Longest force on an atom [eV/Å].
    pub max_force: f64,
    /// Iterations done.
    pub iterations: u64,
    /// Evaluations of the potential.
    pub evaluations: u64,
}

/// Where a minimisation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// Positions [Å], shape `[atoms]`.
    pub positions: Vec<Vec3>,
    /// Energy [eV].
    pub energy: f64,
    /// Longest force on an atom [eV/Å].
    pub max_force: f64,
    /// Iterations done.
    pub iterations: u64,
    /// Evaluations of the potential.
    pub evaluations: u64,
    /// Why it ended.
    pub ending: Ending,
}

impl Minimum {
    /// Whether the forces are small enough.
    #[must_use]
    pub fn converged(&self) -> bool {
        self.ending == Ending::Converged
    }
}

/// One descent, its progress and the end of it.
struct Runner {
    descent: Box<dyn Descent>,
    progress: Progress,
    /// The trial that is being told.
    told: Vec<Vec3>,
    out: Derivatives,
    ending: Option<Result<Ending>>,
}

impl<M: Method> Minimize<M> {
    /// Descends from `start`; the cell stays as it is.
    ///
    /// The observer sees each iterate, the start as number 0. Iterations that run out are not an error: see
    /// [`Minimum::ending`].
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a parameter, [`Error::ShapeMismatch`] or [`Error::NotFinite`] for the start,
    /// [`Error::PotentialFailed`] with the iteration and the atom if energy or forces become NaN,
    /// [`Error::ObserverFailed`] if output was lost.
    pub fn run(
        &self,
        potential: &mut (impl Potential + ?Sized),
        start: Frame<'_>,
        observer: &mut dyn Observer<Progress>,
    ) -> Result<Minimum> {
        let mut runner = self.begin(potential, start, "")?;
        while runner.ending.is_none() {
            let frame = Frame::new(runner.descent.trial(), start.cell);
            runner.out.clear();
            let energy = potential.accumulate(frame, &mut runner.out);
            let moved = runner.take(energy, self, "", &mut || potential.take_fault());
            if moved == Some(Move::Accepted) {
                match observer.observe(runner.progress.iterations, &runner.progress) {
                    ControlFlow::Continue(()) => {}
                    ControlFlow::Break(stop) => runner.stop(stop),
                }
            }
        }
        runner.finish()
    }

    /// Descends from many starts of the same atoms at once; each result has the bits of its own [`run`](Self::run).
    ///
    /// A start that fails does not disturb the others. The observer sees all of them after each round of evaluations.
    ///
    /// # Errors
    /// As [`run`](Self::run) for parameters and starts, naming the start. Later failures stand in the list.
    pub fn run_batch(
        &self,
        potential: &mut (impl Potential + ?Sized),
        starts: &[Frame<'_>],
        observer: &mut dyn Observer<[Progress]>,
    ) -> Result<Vec<Result<Minimum>>> {
        let begin = |(index, start): (usize, &Frame<'_>)| self.begin(potential, *start, &format!("start {index}, "));
        let mut runners = starts.iter().enumerate().map(begin).collect::<Result<Vec<_>>>()?;
        let mut shown: Vec<Progress> = runners.iter().map(|runner| runner.progress.clone()).collect();
        for round in 0_u64.. {
            let active: Vec<usize> = (0..runners.len()).filter(|&k| runners[k].ending.is_none()).collect();
            if active.is_empty() {
                break;
            }
            let mut out: Vec<Derivatives> = Vec::with_capacity(active.len());
            for &k in &active {
                runners[k].out.clear();
                out.push(std::mem::replace(&mut runners[k].out, Derivatives::new(0, Want::Energy)));
            }
            let mut energies = vec![0.0; active.len()];
            let frames: Vec<Frame<'_>> =
                active.iter().map(|&k| Frame::new(runners[k].descent.trial(), starts[k].cell)).collect();
            potential.accumulate_batch(&frames, &mut out, &mut energies);
            _ = potential.take_fault();
            for ((&k, energy), out) in active.iter().zip(energies).zip(out) {
                runners[k].out = out;
                let finite = energy.is_finite() && are_finite(runners[k].out.forces());
                let failed: Vec<Vec3> = if finite { Vec::new() } else { runners[k].descent.trial().to_vec() };
                // A batch has one fault for all its frames: ask this frame alone again.
                let mut fault = || {
                    let mut again = Derivatives::new(failed.len(), Want::Forces);
                    potential.accumulate(Frame::new(&failed, starts[k].cell), &mut again);
                    potential.take_fault()
                };
                runners[k].take(energy, self, &format!("start {k}, "), &mut fault);
                shown[k].clone_from(&runners[k].progress);
            }
            match observer.observe(round, &shown) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Stop::Requested) => {
                    runners.iter_mut().filter(|r| r.ending.is_none()).for_each(|r| r.stop(Stop::Requested));
                }
                ControlFlow::Break(Stop::Failed(source)) => return Err(Error::ObserverFailed { step: round, source }),
            }
        }
        Ok(runners.into_iter().map(Runner::finish).collect())
    }

    fn begin(&self, potential: &(impl Potential + ?Sized), start: Frame<'_>, place: &str) -> Result<Runner> {
        check_positive("force tolerance [eV/Å]", self.force_tolerance)?;
        potential.check_atoms(start.positions.len())?;
        for (index, x) in start.positions.iter().enumerate() {
            if let Some(&value) = x.iter().find(|x| !x.is_finite()) {
                let what = if place.is_empty() { "position of atom" } else { "in one of the starts, position of atom" };
                return Err(Error::NotFinite { what, index, value });
            }
        }
        let atoms = start.positions.len();
        let descent = self.method.begin(start.positions)?;
        let positions = start.positions.to_vec();
        let progress =
            Progress { positions, energy: f64::NAN, max_force: f64::INFINITY, iterations: 0, evaluations: 0 };
        let out = Derivatives::new(atoms, Want::Forces);
        Ok(Runner { descent, progress, told: start.positions.to_vec(), out, ending: None })
    }
}

/// Whether all forces are numbers.
fn are_finite(forces: &[Vec3]) -> bool {
    forces.iter().all(|force| force.iter().all(|x| x.is_finite()))
}

impl Runner {
    /// Takes the energy (forces are in `out`) of the trial; says how the descent moved, unless it failed.
    fn take<M>(
        &mut self,
        energy: f64,
        settings: &Minimize<M>,
        place: &str,
        fault: &mut dyn FnMut() -> Option<Fault>,
    ) -> Option<Move> {
        let first = self.progress.evaluations == 0;
        self.progress.evaluations += 1;
        let forces = self.out.forces();
        let bad_force = forces.iter().position(|f| f.iter().any(|x| !x.is_finite()));
        // A collision at a trial is +∞ and may be backed away from; anything else that is not finite is a failure.
        let collision = energy == f64::INFINITY && !first;
        if !collision && (!energy.is_finite() || bad_force.is_some()) {
            let atom = bad_force.map_or(String::new(), |atom| format!(", force on atom {atom}"));
            let place = format!("{place}iteration {}{atom}", self.progress.iterations);
            let none = || format!("it returned energy {energy} and no reason").into();
            self.ending = Some(Err(Error::PotentialFailed { place, source: fault().unwrap_or_else(none) }));
            return None;
        }
        let max_force = longest(forces);
        self.told.copy_from_slice(self.descent.trial());
        let moved = self.descent.tell(energy, forces);
        match moved {
            Move::Accepted => {
                std::mem::swap(&mut self.progress.positions, &mut self.told);
                self.progress.energy = energy;
                self.progress.max_force = max_force;
                self.progress.iterations += u64::from(!first);
                if self.progress.max_force <= settings.force_tolerance {
                    self.ending = Some(Ok(Ending::Converged));
                } else if self.progress.iterations >= settings.max_iterations {
                    self.ending = Some(Ok(Ending::Iterations));
                }
            }
            Move::Stalled => self.ending = Some(Ok(Ending::Stalled)),
            Move::Probed => {}
        }
        Some(moved)
    }

    fn stop(&mut self, stop: Stop) {
        let step = self.progress.iterations;
        match stop {
            // What has just converged stays converged.
            Stop::Requested => _ = self.ending.get_or_insert(Ok(Ending::Requested)),
            Stop::Failed(source) => self.ending = Some(Err(Error::ObserverFailed { step, source })),
        }
    }

    fn finish(self) -> Result<Minimum> {
        let Progress { positions, energy, max_force, iterations, evaluations } = self.progress;
        let ending = self.ending.unwrap_or(Ok(Ending::Requested))?;
        Ok(Minimum { positions, energy, max_force, iterations, evaluations, ending })
    }
}
