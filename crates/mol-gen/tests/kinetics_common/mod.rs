//! Processes with known relaxation times, for the tests of kinetics.
#![allow(dead_code)] // each test file uses some of them

use mol_core::ndarray::Array2;
use mol_core::{Rng, Seed};
use rayon::prelude::*;

/// −U′ of the potential of Prinz *et al.*, *J. Chem. Phys.* **134**, 174105 (2011):
/// U = 4 (x⁸ + 0.8 e^(−80 x²) + 0.2 e^(−80 (x − ½)²) + 0.5 e^(−40 (x + ½)²)).
fn prinz_force(x: f64) -> f64 {
    let (a, b, x3) = (x - 0.5, x + 0.5, x * x * x);
    -4.0 * (8.0 * x3 * x3 * x
        - 128.0 * x * (-80.0 * x * x).exp()
        - 32.0 * a * (-80.0 * a * a).exp()
        - 40.0 * b * (-40.0 * b * b).exp())
}

/// Lag of the tests' Prinz data: 0.005 in units of D = kT = 1.
const LAG: f64 = 0.005;

/// `walkers` trajectories of `frames` frames 0.005 apart on the Prinz potential, shape `[frames, 1]` each.
///
/// Euler–Maruyama with 20 steps of 2.5·10⁻⁴ per frame. Diagonalising its propagator on a grid gives relaxation times of 168.16, 25.324
/// and 12.988 frames, 0.8 % above and 0.1 % and 0.2 % below those of the continuous process.
pub(crate) fn prinz(walkers: usize, frames: usize, seed: u64) -> Vec<Array2<f64>> {
    const STEPS: usize = 20;
    let step = LAG / STEPS as f64;
    let width = (2.0 * step).sqrt();
    let walk = |walker: usize| {
        let mut rng = Seed::new(seed).stream("prinz").at(walker as u64).rng();
        let mut x = [-0.75, -0.25, 0.25, 0.7][walker % 4];
        let mut next = || {
            for _ in 0..STEPS {
                x += prinz_force(x) * step + width * rng.normal();
            }
            x
        };
        // Five times the slowest relaxation, to forget the start.
        (0..800).for_each(|_| _ = next());
        Array2::from_shape_fn((frames, 1), |_| next())
    };
    (0..walkers).into_par_iter().map(walk).collect()
}

/// Stationary first-order processes with these decays per frame and unit variance, mixed into as many features.
pub(crate) fn mixed(decays: &[f64], frames: usize, rng: &mut Rng) -> Array2<f64> {
    let n = decays.len();
    let mut z: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
    let mut out = Array2::zeros((frames, n));
    for mut row in out.outer_iter_mut() {
        for (z, decay) in z.iter_mut().zip(decays) {
            *z = decay * *z + (1.0 - decay * decay).sqrt() * rng.normal();
        }
        for (k, x) in row.iter_mut().enumerate() {
            *x = 5.0 + z[k] + 0.5 * z[(k + 1) % n] - 0.3 * z[(k + 2) % n];
        }
    }
    out
}

/// A trajectory of a Markov chain with transition matrix `t`, shape `[states, states]`.
pub(crate) fn chain(t: &Array2<f64>, frames: usize, rng: &mut Rng) -> Vec<usize> {
    let mut state = rng.below(t.nrows());
    let next = |_| {
        let mut u = rng.uniform();
        let row = t.row(state);
        state = row
            .iter()
            .position(|p| {
                u -= p;
                u < 0.0
            })
            .unwrap_or(row.len() - 1);
        state
    };
    (0..frames).map(next).collect()
}

/// Runs `work` on a pool of so many threads.
pub(crate) fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(work)
}
