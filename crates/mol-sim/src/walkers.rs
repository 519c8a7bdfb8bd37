//! Many independent copies of one system, their forces computed in batches, on all cores.

use crate::integrate::{LastGood, Saved, check_sizes, diverged, finite};
use crate::simulation::{Ended, check_masses, check_state, check_system};
use crate::{Dynamics, Error, Integrator, Moment, Result, checkpoint};
use mol_core::{
    Cell, Checkpoint, Derivatives, Fault, Frame, Observer, Potential, Rng, Seed, State, Stop, System, Want,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

/// Independent walkers of the same atoms on the same potential.
///
/// Walker `i` draws from `seed.stream("walker").at(i)` and is to the bit the [`Simulation`](crate::Simulation) with
/// that generator: neither the number of walkers nor that of threads changes it. Walkers are kept in chunks of
/// [`CHUNK`](Self::CHUNK); a chunk has its own clone of the potential, gives it all of its frames at once
/// ([`accumulate_batch`](Potential::accumulate_batch)) and runs from one observation to the next without waiting for
/// the others.
///
/// ```
/// use mol_core::{Element, Seed, State, System, Vec3};
/// use mol_sim::{HarmonicWell, Langevin, LangevinConfig, Walkers};
/// let system = System::new(vec![Element::from_symbol("C")?]);
/// let well = HarmonicWell::new(vec![Vec3::zeros()], 1.0)?;
/// let langevin = Langevin::new(&system, LangevinConfig::default())?;
/// let starts = vec![State::at_rest(vec![Vec3::zeros()]); 6];
/// let mut walkers = Walkers::new(system, starts, &well, &langevin, Seed::new(1))?;
/// walkers.run(100, 10, &mut ())?;
/// assert_eq!(walkers.iter().map(|moment| moment.state.step).sum::<u64>(), 600);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Walkers {
    system: System,
    chunks: Vec<Chunk>,
    count: usize,
    step: u64,
}

/// Walkers that share one clone of the potential.
struct Chunk {
    potential: Box<dyn Potential>,
    walkers: Vec<Walker>,
    derivatives: Vec<Derivatives>,
    energies: Vec<f64>,
}

struct Walker {
    index: usize,
    state: State,
    rng: Rng,
    integrator: Box<dyn Integrator>,
    /// Before the step under way.
    last_step: LastGood,
    /// Before the block under way.
    last_block: LastGood,
}

impl Walkers {
    /// Walkers per clone of the potential; a constant, so that bits do not depend on the number of threads.
    pub const CHUNK: usize = 4;

    /// One walker from each of `states`.
    ///
    /// # Errors
    /// If there is no state, they are not all at one step, or as [`Simulation::new`](crate::Simulation::new).
    pub fn new(
        system: System,
        states: Vec<State>,
        potential: &dyn Potential,
        integrator: &dyn Integrator,
        seed: Seed,
    ) -> Result<Self> {
        check_masses(&system, integrator)?;
        let step = states.first().map(|state| state.step);
        let Some(step) = step.filter(|step| states.iter().all(|state| state.step == *step)) else {
            let steps: Vec<u64> = states.iter().map(|state| state.step).collect();
            return Err(Error::argument("starting states", "one or more, all at the same step", steps));
        };
        let mut walkers = Vec::with_capacity(states.len());
        for (index, state) in states.into_iter().enumerate() {
            check_sizes(integrator, potential, &state)?;
            let rng = seed.stream("walker").at(index as u64).rng();
            let (last_step, last_block) = Default::default();
            walkers.push(Walker { index, state, rng, integrator: integrator.boxed_clone(), last_step, last_block });
        }
        let count = walkers.len();
        let mut chunks = Vec::with_capacity(count.div_ceil(Self::CHUNK));
        let mut rest = walkers.into_iter().peekable();
        while rest.peek().is_some() {
            let walkers: Vec<Walker> = rest.by_ref().take(Self::CHUNK).collect();
            let derivatives = vec![Derivatives::new(system.atoms(), Want::Forces); walkers.len()];
            let energies = vec![f64::NAN; walkers.len()];
            chunks.push(Chunk { potential: potential.boxed_clone(), walkers, derivatives, energies });
        }
        let mut all = Self { system, chunks, count, step };
        all.evaluate()?;
        Ok(all)
    }

    /// Takes `steps` steps of every walker; `observer` sees all of them whenever the number of steps done is a
    /// multiple of `stride`.
    ///
    /// # Errors
    /// [`Error::Diverged`], which names the walker and holds its last good state; all walkers are then back at the
    /// last multiple of `stride` (or the start of this run). [`Error::Output`] when an observer lost its output.
    pub fn run(&mut self, steps: u64, stride: u64, observer: &mut dyn Observer<Self>) -> Result<Ended> {
        if stride == 0 {
            return Err(Error::argument("stride", "at least 1", stride));
        }
        let end = self.step + steps;
        while self.step < end {
            let block = (stride - self.step % stride).min(end - self.step);
            let outcomes: Vec<Result<()>> = self.chunks.par_iter_mut().map(|chunk| chunk.run(block)).collect();
            if let Err(error) = outcomes.into_iter().collect::<Result<()>>() {
                for walker in self.chunks.iter_mut().flat_map(|chunk| &mut chunk.walkers) {
                    let Walker { state, rng, integrator, last_block, .. } = walker;
                    last_block.restore(state, rng, &mut **integrator);
                }
                self.evaluate()?;
                return Err(error);
            }
            self.step += block;
            if !self.step.is_multiple_of(stride) {
                continue;
            }
            match observer.observe(self.step, self) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Stop::Requested) => return Ok(Ended::Requested),
                ControlFlow::Break(Stop::Failed(source)) => return Err(Error::Output { step: self.step, source }),
            }
        }
        Ok(Ended::Completed)
    }

    /// All walkers as they stand, in order.
    pub fn iter(&self) -> impl Iterator<Item = Moment<'_>> {
        (0..self.count).map(|index| self.moment(index))
    }

    /// Saves to a file, atomically.
    ///
    /// # Errors
    /// [`Error::Core`] or [`Error::Checkpoint`] naming the file.
    pub fn save_to(&self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::save_to(path, &[self])
    }

    /// Continues from a file of [`save_to`](Self::save_to), to the bit.
    ///
    /// # Errors
    /// [`Error::Core`] or [`Error::Checkpoint`] naming the file.
    pub fn load_from(&mut self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::load_from(path, &mut [self])
    }

    /// Energies and forces of all walkers where they stand.
    fn evaluate(&mut self) -> Result<()> {
        let outcomes: Vec<Result<()>> = self.chunks.par_iter_mut().map(Chunk::evaluate).collect();
        outcomes.into_iter().collect()
    }

    fn in_order(&self) -> impl Iterator<Item = &Walker> {
        self.chunks.iter().flat_map(|chunk| &chunk.walkers)
    }
}

impl Chunk {
    /// `steps` steps of each walker of the chunk.
    fn run(&mut self, steps: u64) -> Result<()> {
        for Walker { state, rng, integrator, last_block, .. } in &mut self.walkers {
            last_block.keep(state, rng, &**integrator);
        }
        for _ in 0..steps {
            for (walker, derivatives) in self.walkers.iter_mut().zip(&self.derivatives) {
                let Walker { state, rng, integrator, last_step, .. } = walker;
                last_step.keep(state, rng, &**integrator);
                integrator.first_half(state, derivatives.forces(), rng);
                state.step += 1;
            }
            self.evaluate()?;
            for (walker, derivatives) in self.walkers.iter_mut().zip(&self.derivatives) {
                let Walker { state, rng, integrator, .. } = walker;
                integrator.second_half(state, derivatives.forces(), rng);
            }
        }
        Ok(())
    }

    /// Energies and forces of the chunk in one batch; an error is that of its first walker that fails.
    fn evaluate(&mut self) -> Result<()> {
        let count = self.walkers.len();
        // A fixed array instead of a vector: frames borrow the states, so their list cannot be kept from step to step.
        let mut frames = [Frame::new(&[], &Cell::NONE); Walkers::CHUNK];
        for (frame, walker) in frames.iter_mut().zip(&self.walkers) {
            *frame = walker.state.frame();
        }
        for derivatives in &mut self.derivatives {
            derivatives.clear();
        }
        self.potential.accumulate_batch(&frames[..count], &mut self.derivatives, &mut self.energies);
        for ((walker, derivatives), energy) in self.walkers.iter().zip(&self.derivatives).zip(&self.energies) {
            if !finite(*energy, derivatives.forces()) {
                let fault = self.potential.take_fault();
                let last_good = walker.last_step.state().unwrap_or(&walker.state).clone();
                let mut error = diverged(&mut *self.potential, &walker.state, derivatives, *energy, fault, last_good);
                if let Error::Diverged(divergence) = &mut error {
                    divergence.walker = Some(walker.index);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}

const FORMAT: &str = "molkit-walkers";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Body {
    system: System,
    walkers: Vec<SavedWalker>,
}

#[derive(Serialize, Deserialize)]
struct SavedWalker {
    integrator: Saved,
    rng: Rng,
    state: State,
}

impl Checkpoint for Walkers {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let save = |walker: &Walker| SavedWalker {
            integrator: Saved::new(&*walker.integrator),
            rng: walker.rng.clone(),
            state: walker.state.clone(),
        };
        let body = Body { system: self.system.clone(), walkers: self.in_order().map(save).collect() };
        mol_core::save_state(out, FORMAT, VERSION, &body)
    }

    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        let mut body: Body = mol_core::load_state(from, FORMAT, VERSION)?;
        check_system(&self.system, &body.system)?;
        mol_core::Error::check_len("walkers in the checkpoint", self.count, body.walkers.len())?;
        let step = body.walkers[0].state.step;
        for (walker, saved) in self.in_order().zip(&body.walkers) {
            saved.integrator.check(&*walker.integrator)?;
            check_state(self.system.atoms(), &saved.state)?;
            if saved.state.step != step {
                let got = saved.state.step;
                return Err(Error::argument("step of a walker in the checkpoint", "that of the first", got).into());
            }
        }
        let swap = |all: &mut Self, saved: &mut [SavedWalker]| {
            for (walker, saved) in all.chunks.iter_mut().flat_map(|chunk| &mut chunk.walkers).zip(saved) {
                let here = Saved::new(&*walker.integrator);
                saved.integrator.restore(&mut *walker.integrator);
                saved.integrator = here;
                std::mem::swap(&mut walker.rng, &mut saved.rng);
                std::mem::swap(&mut walker.state, &mut saved.state);
            }
        };
        swap(self, &mut body.walkers);
        if let Err(error) = self.evaluate() {
            swap(self, &mut body.walkers);
            self.evaluate()?;
            return Err(error.into());
        }
        self.step = step;
        Ok(())
    }
}

impl Dynamics for Walkers {
    fn system(&self) -> &System {
        &self.system
    }

    fn step(&self) -> u64 {
        self.step
    }

    fn walkers(&self) -> usize {
        self.count
    }

    fn moment(&self, index: usize) -> Moment<'_> {
        let (chunk, place) = (&self.chunks[index / Self::CHUNK], index % Self::CHUNK);
        let (walker, potential_energy) = (&chunk.walkers[place], chunk.energies[place]);
        let kinetic_energy = self.system.kinetic_energy(&walker.state.velocities);
        Moment {
            walker: Some(index),
            state: &walker.state,
            forces: chunk.derivatives[place].forces(),
            potential_energy,
            kinetic_energy,
            invariant: walker.integrator.invariant(kinetic_energy + potential_energy),
            time: walker.state.step as f64 * walker.integrator.time_step(),
        }
    }
}
