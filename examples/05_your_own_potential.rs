//! Your own energy surface in thirty lines, and everything that then works with it.
//!
//! The surface is the Morse potential between all pairs of atoms. Implementing one trait is all: the contract test,
//! the minimisers, sums with other potentials and dynamics take it as they take a trained network.
//!
//! P. M. Morse, *Phys. Rev.* **34**, 57 (1929); clusters: J. P. K. Doye and D. J. Wales, *J. Chem. Soc., Faraday Trans.*
//! **93**, 4233 (1997).

#![allow(clippy::print_stdout)] // an example talks

use molkit::minimize::{Lbfgs, Minimize};
use molkit::sim::{Simulation, VelocityVerlet, VelocityVerletConfig};
use molkit::testing::{PotentialCheck, check_potential};
use molkit::units::PICOSECOND;
use molkit::{Derivatives, Element, Frame, Potential, PotentialExt, Seed, State, Sum, System, Vec3, potential_fn};

/// E = D Σ [(1 − exp(−a (r − r₀)))² − 1] over all pairs.
#[derive(Clone)]
struct Morse {
    atoms: usize,
    /// Depth D [eV].
    depth: f64,
    /// Stiffness a [1/Å].
    stiffness: f64,
    /// Distance r₀ [Å].
    distance: f64,
}

impl Potential for Morse {
    fn atoms(&self) -> usize {
        self.atoms
    }

    fn accumulate(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
        let x = frame.positions;
        let mut energy = 0.0;
        for j in 0..self.atoms {
            for i in 0..j {
                let separation = x[j] - x[i];
                let r = separation.norm();
                let decay = (-self.stiffness * (r - self.distance)).exp();
                energy += self.depth * ((1.0 - decay).powi(2) - 1.0);
                let slope = 2.0 * self.depth * self.stiffness * (1.0 - decay) * decay;
                // The force on j and its reaction on i, and the virial if it is wanted.
                out.add_pair(i, j, &separation, &(separation * (-slope / r)));
            }
        }
        energy
    }

    fn boxed_clone(&self) -> Box<dyn Potential> {
        Box::new(self.clone())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let atoms = 7;
    let mut morse = Morse { atoms, depth: 1.0, stiffness: 6.0, distance: 1.0 };
    let mut rng = Seed::new(1).rng();
    let starts: Vec<Vec<Vec3>> =
        (0..50).map(|_| (0..atoms).map(|_| Vec3::from_fn(|_, _| 0.9 * rng.normal())).collect()).collect();
    let frames: Vec<Frame<'_>> = starts.iter().map(|positions| Frame::isolated(positions)).collect();

    // 1. Forces against finite differences, virial, symmetries, batches, NaN: it panics at the first broken promise.
    let swapped = PotentialCheck { permutations: vec![vec![1, 0, 2, 3, 4, 5, 6]], ..PotentialCheck::default() };
    check_potential(&morse, &frames[..3], &swapped);
    println!("the contract of Potential holds");

    // 2. Fifty random starts, minimised together; a start that flies apart does not disturb the others.
    let minimize = Minimize::<Lbfgs> { force_tolerance: 1e-6, ..Minimize::default() };
    let minima: Vec<_> = minimize.run_batch(&mut morse, &frames, &mut ())?.into_iter().collect::<Result<_, _>>()?;
    let lowest = minima.iter().min_by(|a, b| a.energy.total_cmp(&b.energy)).ok_or("no start")?;
    println!("lowest of {} minima: {:.6} eV after {} evaluations", minima.len(), lowest.energy, lowest.evaluations);
    println!("literature:          -16.207580 eV (the pentagonal bipyramid)");

    // 3. Composed: the same surface and a closure that pulls the first two atoms apart, as one potential.
    let pull = potential_fn(atoms, |frame, out| {
        let separation = frame.positions[1] - frame.positions[0];
        out.add_pair(0, 1, &separation, &(0.5 * separation.normalize()));
        -0.5 * separation.norm()
    });
    let mut pulled = Sum::new(atoms).with("morse", morse)?.with("pull", pull)?;
    let minimum = minimize.run(&mut pulled, Frame::isolated(&lowest.positions), &mut ())?;
    for (name, energy) in pulled.term_energies(Frame::isolated(&minimum.positions)) {
        println!("under tension, {name}: {energy:.6} eV");
    }

    // 4. Dynamics: ten thousand steps under tension at constant energy.
    let system = System::new(vec![Element::AR; atoms]);
    let integrator = VelocityVerlet::new(&system, VelocityVerletConfig::default())?;
    let mut start = State::at_rest(minimum.positions);
    start.velocities = system.maxwell_boltzmann(100.0, &mut rng)?;
    let mut dynamics = Simulation::new(system, start, pulled, integrator, rng)?;
    let before = dynamics.invariant();
    let _ended = dynamics.run(10_000, &mut ())?;
    println!(
        "after {:.1} ps: energy changed by {:.1e} eV",
        dynamics.time() / PICOSECOND,
        dynamics.invariant() - before
    );
    Ok(())
}
