//! One system moving on one potential: the loop, its observers, its restart.

use crate::integrate::{Engine, Saved, check_sizes, is_finite};
use crate::{Dynamics, Error, Integrator, Moment, Result, checkpoint};
use mol_core::{Checkpoint, Fault, Observer, Potential, Rng, State, Stop, System, Vec3};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

/// How a run ended when nothing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All steps were done.
    Completed,
    /// An observer asked to stop; the state is that of the step it saw and can be run on.
    Requested,
}

/// A system, its state, the potential it moves on, the integrator that moves it and its random stream.
///
/// After each step observers see the whole simulation and may ask it anything. A step that fails leaves it at the last
/// good step, so that it can be saved or looked at.
///
/// ```
/// use mol_core::{Element, Seed, State, System, Vec3, units::FEMTOSECOND};
/// use mol_sim::{HarmonicBond, HarmonicBonds, Simulation, VelocityVerlet, VelocityVerletConfig};
/// let system = System::new(vec![Element::from_symbol("H")?; 2]);
/// let bond = HarmonicBonds::new(2, vec![HarmonicBond { atoms: [0, 1], k: 35.0, r0: 0.74 }])?;
/// let integrator = VelocityVerlet::new(&system, VelocityVerletConfig::default())?;
/// let start = State::at_rest(vec![Vec3::zeros(), Vec3::x() * 0.84]);
/// let mut simulation = Simulation::new(system, start, bond, integrator, Seed::new(1).rng())?;
/// let before = simulation.invariant(); // ½ · 35 · 0.1² = 0.175 eV
/// simulation.run(1000, &mut ())?;
/// assert!((before - 0.175).abs() < 1e-12);
/// assert!((simulation.invariant() - before).abs() < 0.05 * before); // (ω dt)²/4 = 4 %
/// assert!((simulation.time() / FEMTOSECOND - 500.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Simulation {
    system: System,
    state: State,
    potential: Box<dyn Potential>,
    integrator: Box<dyn Integrator>,
    rng: Rng,
    engine: Engine,
    degrees_of_freedom: usize,
}

impl Simulation {
    /// A simulation of `system` from `state`; computes the forces of the start.
    ///
    /// # Errors
    /// If system, state, potential and integrator are not of the same atoms and masses, a number of the state is not
    /// finite, or energy or forces of the start are not.
    pub fn new(
        system: System,
        state: State,
        potential: impl Potential + 'static,
        integrator: impl Integrator + 'static,
        rng: Rng,
    ) -> Result<Self> {
        let (potential, integrator): (Box<dyn Potential>, Box<dyn Integrator>) =
            (Box::new(potential), Box::new(integrator));
        check_masses(&system, &*integrator)?;
        check_sizes(&*integrator, &*potential, &state)?;
        let degrees_of_freedom = 3 * system.atoms();
        let engine = Engine::new(&*integrator);
        let mut simulation = Self { system, state, potential, integrator, rng, engine, degrees_of_freedom };
        simulation.engine.evaluate(&mut *simulation.potential, &simulation.state)?;
        Ok(simulation)
    }

    /// The number of degrees of freedom that [`temperature`](Self::temperature) divides by; 3N unless set here, 3N − 3
    /// where the total momentum is zero and kept.
    ///
    /// # Errors
    /// If it is 0 or more than 3N.
    pub fn with_degrees_of_freedom(mut self, degrees_of_freedom: usize) -> Result<Self> {
        if degrees_of_freedom == 0 || degrees_of_freedom > 3 * self.system.atoms() {
            return Err(Error::argument("degrees of freedom", "between 1 and 3N", degrees_of_freedom));
        }
        self.degrees_of_freedom = degrees_of_freedom;
        Ok(self)
    }

    /// Puts the simulation into another state, e.g. that of a neighbour in an exchange; generator and integrator stay
    /// as they are.
    ///
    /// # Errors
    /// If the state is of another size, not finite, or its energy or forces are not; the simulation is then unchanged.
    pub fn set_state(&mut self, state: State) -> Result<()> {
        check_sizes(&*self.integrator, &*self.potential, &state)?;
        let mut engine = Engine::new(&*self.integrator);
        engine.evaluate(&mut *self.potential, &state)?;
        (self.engine, self.state) = (engine, state);
        Ok(())
    }

    /// Takes `steps` steps; `observer` sees the simulation after each.
    ///
    /// # Errors
    /// [`Error::Diverged`] when energy or forces stop being finite, [`Error::Output`] when an observer lost its
    /// output. The simulation then stands at the last good step.
    pub fn run(&mut self, steps: u64, observer: &mut dyn Observer<Self>) -> Result<Ended> {
        for _ in 0..steps {
            self.engine.step(&mut *self.integrator, &mut *self.potential, &mut self.state, &mut self.rng)?;
            match observer.observe(self.state.step, self) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(Stop::Requested) => return Ok(Ended::Requested),
                ControlFlow::Break(Stop::Failed(source)) => {
                    return Err(Error::Output { step: self.state.step, source });
                }
            }
        }
        Ok(Ended::Completed)
    }

    /// What the atoms are.
    #[must_use]
    pub const fn system(&self) -> &System {
        &self.system
    }

    /// Positions, velocities, cell and step.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Forces of the state [eV/Å], shape `[atoms]`.
    #[must_use]
    pub fn forces(&self) -> &[Vec3] {
        self.engine.derivatives.forces()
    }

    /// Potential energy U \[eV\].
    #[must_use]
    pub const fn potential_energy(&self) -> f64 {
        self.engine.energy
    }

    /// Kinetic energy K = ½ Σ m v² \[eV\].
    #[must_use]
    pub fn kinetic_energy(&self) -> f64 {
        self.system.kinetic_energy(&self.state.velocities)
    }

    /// Kinetic temperature 2K/(k f) \[K\] of f [degrees of freedom](Self::with_degrees_of_freedom).
    #[must_use]
    pub fn temperature(&self) -> f64 {
        self.system.temperature(&self.state.velocities, self.degrees_of_freedom)
    }

    /// The integrator's conserved quantity \[eV\].
    #[must_use]
    pub fn invariant(&self) -> f64 {
        self.integrator.invariant(self.kinetic_energy() + self.engine.energy)
    }

    /// Time since step 0 [Å√(u/eV)].
    #[must_use]
    pub fn time(&self) -> f64 {
        self.state.step as f64 * self.integrator.time_step()
    }

    /// Saves to a file, atomically; see [`save_to`](crate::save_to) for several parts in one file.
    ///
    /// # Errors
    /// [`Error::Core`] or [`Error::Checkpoint`] naming the file.
    pub fn save_to(&self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::save_to(path, &[self])
    }

    /// Continues from a file of [`save_to`](Self::save_to), as if the run had not been interrupted, to the bit.
    ///
    /// # Errors
    /// [`Error::Core`] or [`Error::Checkpoint`] naming the file; the simulation is then unchanged.
    pub fn load_from(&mut self, path: impl AsRef<Path>) -> Result<()> {
        checkpoint::load_from(path, &mut [self])
    }
}

/// Checks that the integrator was made for this system.
pub(crate) fn check_masses(system: &System, integrator: &dyn Integrator) -> Result<()> {
    mol_core::Error::check_len(
        "masses of the integrator, as the system has",
        system.atoms(),
        integrator.masses().len(),
    )?;
    match system.masses().iter().zip(integrator.masses()).position(|(a, b)| a != b) {
        None => Ok(()),
        Some(atom) => Err(Error::argument(
            "mass in the integrator",
            "that of the system: make both from one System",
            format!("atom {atom}: {} u, in the system {} u", integrator.masses()[atom], system.masses()[atom]),
        )),
    }
}

/// Checks a state read from a checkpoint.
pub(crate) fn check_state(atoms: usize, state: &State) -> Result<()> {
    mol_core::Error::check_len("positions in the checkpoint", atoms, state.positions.len())?;
    mol_core::Error::check_len("velocities in the checkpoint", atoms, state.velocities.len())?;
    match state.positions.iter().chain(&state.velocities).position(|x| !is_finite(x)) {
        None => Ok(()),
        Some(index) => {
            Err(mol_core::Error::NotFinite { what: "vector in the checkpoint", index, value: f64::NAN }.into())
        }
    }
}

/// Checks that a checkpoint is of this system.
pub(crate) fn check_system(here: &System, there: &System) -> Result<()> {
    if here == there {
        return Ok(());
    }
    let problem = format!(
        "saved for another system: {} atoms there, {} here, or other elements or masses",
        there.atoms(),
        here.atoms()
    );
    Err(Error::Checkpoint { what: FORMAT.to_owned(), problem })
}

const FORMAT: &str = "molkit-simulation";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Body {
    system: System,
    integrator: Saved,
    rng: Rng,
    state: State,
}

impl Checkpoint for Simulation {
    fn save(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let body = Body {
            system: self.system.clone(),
            integrator: Saved::new(&*self.integrator),
            rng: self.rng.clone(),
            state: self.state.clone(),
        };
        mol_core::save_state(out, FORMAT, VERSION, &body)
    }

    fn load(&mut self, from: &mut dyn Read) -> Result<(), Fault> {
        let body: Body = mol_core::load_state(from, FORMAT, VERSION)?;
        check_system(&self.system, &body.system)?;
        body.integrator.check(&*self.integrator)?;
        check_state(self.system.atoms(), &body.state)?;
        let mut engine = Engine::new(&*self.integrator);
        engine.evaluate(&mut *self.potential, &body.state)?;
        body.integrator.restore(&mut *self.integrator);
        (self.engine, self.state, self.rng) = (engine, body.state, body.rng);
        Ok(())
    }
}

impl Dynamics for Simulation {
    fn system(&self) -> &System {
        &self.system
    }

    fn step(&self) -> u64 {
        self.state.step
    }

    fn walkers(&self) -> usize {
        1
    }

    fn moment(&self, _: usize) -> Moment<'_> {
        Moment {
            walker: None,
            state: &self.state,
            forces: self.forces(),
            potential_energy: self.engine.energy,
            kinetic_energy: self.kinetic_energy(),
            invariant: self.invariant(),
            time: self.time(),
        }
    }
}
