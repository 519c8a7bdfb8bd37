//! L-BFGS with a Wolfe line search.

use super::{Descent, Method, Move, check_positive, dot, longest};
use crate::{Error, Result, Vec3};
use std::collections::VecDeque;

/// Limited-memory BFGS: Newton's method with an inverse Hessian built from the last m steps.
///
/// ```text
/// d = H F      by the two-loop recursion over (sₖ, yₖ) = (xₖ₊₁ − xₖ, Fₖ − Fₖ₊₁),   H₀ = s·y / y·y   (1/stiffness at first)
/// x ← x + t d  with   E(t) ≤ E(0) + c₁ t E′(0)   and   E′(t) ≥ c₂ E′(0),   c₁ = 10⁻⁴, c₂ = 0.9
/// ```
///
/// The step t is found by bracketing with safeguarded cubic interpolation; t = 1 is tried first, so that most iterations
/// cost one evaluation. No atom moves by more than `max_step` in an iteration. Near the minimum, where the decrease
/// drowns in the rounding of E, the approximate Wolfe condition of Hager and Zhang takes over, which looks at slopes only.
/// Not to be confused with ASE's `LBFGS`, which has no line search and can go uphill.
///
/// J. Nocedal, *Math. Comput.* **35**, 773 (1980); D. C. Liu and J. Nocedal, *Math. Program.* **45**, 503 (1989); line
/// search after A. S. Lewis and M. L. Overton, *Math. Program.* **141**, 135 (2013); W. W. Hager and H. Zhang, *SIAM J.
/// Optim.* **16**, 170 (2005), equation (4.1).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lbfgs {
    /// Steps remembered, m ≥ 1.
    pub memory: usize,
    /// Longest displacement of an atom in one iteration [Å].
    pub max_step: f64,
    /// Curvature assumed before any is known [eV/Å²]; a stiff bond has about 70.
    pub stiffness: f64,
    /// Relative rounding error of the energies: 1e-10 for double precision, 1e-6 for single.
    pub energy_noise: f64,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Self { memory: 20, max_step: 0.2, stiffness: 70.0, energy_noise: 1e-10 }
    }
}

impl Method for Lbfgs {
    fn begin(&self, positions: &[Vec3]) -> Result<Box<dyn Descent>> {
        check_positive("longest step of L-BFGS [Å]", self.max_step)?;
        check_positive("stiffness of L-BFGS [eV/Å²]", self.stiffness)?;
        if self.memory == 0 {
            return Err(Error::InvalidArgument { what: "memory of L-BFGS", expected: "at least 1", got: "0".into() });
        }
        if !(self.energy_noise >= 0.0 && self.energy_noise < 1.0) {
            let got = self.energy_noise.to_string();
            return Err(Error::InvalidArgument { what: "energy noise of L-BFGS", expected: "in [0, 1)", got });
        }
        let zeros = vec![Vec3::zeros(); positions.len()];
        Ok(Box::new(Running {
            config: self.clone(),
            trial: positions.to_vec(),
            positions: positions.to_vec(),
            energy: f64::INFINITY,
            forces: zeros.clone(),
            direction: zeros,
            history: VecDeque::with_capacity(self.memory),
            search: None,
        }))
    }
}

/// Sufficient decrease.
const C1: f64 = 1e-4;
/// Sufficient flattening.
const C2: f64 = 0.9;
/// Hager and Zhang's δ.
const DELTA: f64 = 0.1;
/// A line search longer than this has lost its way.
const MAX_PROBES: u32 = 20;

/// A point on the line: step, energy, slope.
#[derive(Clone, Copy)]
struct Point {
    t: f64,
    energy: f64,
    slope: f64,
}

/// A line search under way.
struct Search {
    /// Slope at t = 0, negative.
    slope: f64,
    /// Step of the trial.
    t: f64,
    /// Step at which an atom has moved by the longest displacement allowed.
    longest: f64,
    /// The best point from which the energy still falls.
    low: Point,
    /// A point beyond the minimum.
    high: Option<Point>,
    probes: u32,
}

/// One remembered step.
struct Pair {
    s: Vec<Vec3>,
    y: Vec<Vec3>,
    s_dot_y: f64,
}

struct Running {
    config: Lbfgs,
    trial: Vec<Vec3>,
    positions: Vec<Vec3>,
    energy: f64,
    forces: Vec<Vec3>,
    direction: Vec<Vec3>,
    history: VecDeque<Pair>,
    /// None before the first evaluation.
    search: Option<Search>,
}

impl Descent for Running {
    fn trial(&self) -> &[Vec3] {
        &self.trial
    }

    fn tell(&mut self, energy: f64, forces: &[Vec3]) -> Move {
        let Some(search) = &mut self.search else {
            (self.energy, self.forces) = (energy, forces.to_vec());
            self.begin_search();
            return Move::Accepted;
        };
        search.probes += 1;
        let here = Point { t: search.t, energy, slope: -dot(forces, &self.direction) };
        let decreased = energy <= self.energy + C1 * here.t * search.slope;
        let level = energy <= self.energy + self.config.energy_noise * self.energy.abs();
        let flattened = level && here.slope <= (2.0 * DELTA - 1.0) * search.slope;
        if !(decreased || flattened) {
            search.high = Some(here);
        } else if here.slope < C2 * search.slope && here.t < search.longest {
            search.low = here;
        } else {
            self.accept(energy, forces);
            return Move::Accepted;
        }
        let interval = search.high.map_or(f64::INFINITY, |high| (high.t - search.low.t) / high.t);
        if search.probes >= MAX_PROBES || interval < 1e-12 {
            // The memory may have spoilt the direction; without it the direction is the force itself.
            if self.history.is_empty() {
                return Move::Stalled;
            }
            self.history.clear();
            self.begin_search();
            return Move::Probed;
        }
        search.t = match search.high {
            None => (3.0 * here.t).min(search.longest),
            Some(high) => between(search.low, high),
        };
        self.place_trial();
        Move::Probed
    }
}

impl Running {
    /// Takes the trial as the next iterate and remembers the step.
    fn accept(&mut self, energy: f64, forces: &[Vec3]) {
        let s: Vec<Vec3> = self.trial.iter().zip(&self.positions).map(|(new, old)| new - old).collect();
        let y: Vec<Vec3> = self.forces.iter().zip(forces).map(|(old, new)| old - new).collect();
        let s_dot_y = dot(&s, &y);
        // Only positive curvature keeps H positive definite; a shortened step may lack it.
        if s_dot_y > 1e-12 * (dot(&s, &s) * dot(&y, &y)).sqrt() {
            if self.history.len() == self.config.memory {
                self.history.pop_front();
            }
            self.history.push_back(Pair { s, y, s_dot_y });
        }
        self.positions.copy_from_slice(&self.trial);
        self.forces.copy_from_slice(forces);
        self.energy = energy;
        self.begin_search();
    }

    /// The two-loop recursion, and the first step along its direction.
    fn begin_search(&mut self) {
        self.direction.copy_from_slice(&self.forces);
        let mut weights = Vec::with_capacity(self.history.len());
        for pair in self.history.iter().rev() {
            let weight = dot(&pair.s, &self.direction) / pair.s_dot_y;
            add(&mut self.direction, -weight, &pair.y);
            weights.push(weight);
        }
        let scale = self.history.back().map_or(1.0 / self.config.stiffness, |p| p.s_dot_y / dot(&p.y, &p.y));
        self.direction.iter_mut().for_each(|d| *d *= scale);
        for (pair, weight) in self.history.iter().zip(weights.iter().rev()) {
            let correction = weight - dot(&pair.y, &self.direction) / pair.s_dot_y;
            add(&mut self.direction, correction, &pair.s);
        }
        let mut slope = -dot(&self.forces, &self.direction);
        if slope.is_nan() || slope >= 0.0 {
            self.history.clear();
            let scale = 1.0 / self.config.stiffness;
            self.direction.iter_mut().zip(&self.forces).for_each(|(d, f)| *d = f * scale);
            slope = -dot(&self.forces, &self.direction);
        }
        let reach = self.config.max_step / longest(&self.direction);
        let low = Point { t: 0.0, energy: self.energy, slope };
        self.search = Some(Search { slope, t: reach.min(1.0), longest: reach, low, high: None, probes: 0 });
        self.place_trial();
    }

    fn place_trial(&mut self) {
        let t = self.search.as_ref().map_or(0.0, |search| search.t);
        for ((trial, x), d) in self.trial.iter_mut().zip(&self.positions).zip(&self.direction) {
            *trial = x + d * t;
        }
    }
}

fn add(a: &mut [Vec3], factor: f64, b: &[Vec3]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b * factor;
    }
}

/// The minimum of the cubic through two points, kept away from both by a tenth of their distance.
fn between(low: Point, high: Point) -> f64 {
    let width = high.t - low.t;
    let a = low.slope + high.slope - 3.0 * (high.energy - low.energy) / width;
    let b = (a * a - low.slope * high.slope).sqrt();
    let cubic = high.t - width * (high.slope + b - a) / (high.slope - low.slope + 2.0 * b);
    if cubic.is_finite() { cubic.clamp(low.t + 0.1 * width, high.t - 0.1 * width) } else { low.t + 0.5 * width }
}
