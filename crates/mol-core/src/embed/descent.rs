//! A limited-memory BFGS descent on flat arrays that allocates nothing once its memory is there.
//!
//! [`crate::minimize`] serves potentials, observers and exact stopping; embedding runs thousands of short, loose
//! descents on a few hundred numbers, where those services cost more than the steps.

use std::time::Instant;

/// Steps that are remembered.
const MEMORY: usize = 12;
/// Halvings of one step before the descent is over.
const BACKTRACKS: usize = 8;
/// Share of the predicted decrease that a step must bring (Armijo).
const DECREASE: f64 = 1e-4;

/// What is minimised.
pub(super) trait Objective {
    /// The value at `x`; `gradient` (of the same length) is overwritten.
    fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> f64;
}

/// When a descent ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) iterations: usize,
    /// Largest component of the gradient.
    pub(super) gradient: f64,
    /// Decrease per iteration that is not worth going on for, three times in a row.
    pub(super) decrease: f64,
    /// Longest move of one coordinate in one step.
    pub(super) step: f64,
    /// When it ends wherever it is.
    pub(super) deadline: Option<Instant>,
}

/// Whether a deadline has passed.
pub(super) fn is_over(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

/// The memory of a descent (J. Nocedal, *Math. Comput.* **35**, 773 (1980)); any run starts afresh.
#[derive(Clone, Debug, Default)]
pub(super) struct Descent {
    moves: Vec<Vec<f64>>,
    turns: Vec<Vec<f64>>,
    products: [f64; MEMORY],
    gradient: Vec<f64>,
    direction: Vec<f64>,
    trial: Vec<f64>,
    trial_gradient: Vec<f64>,
}

impl Descent {
    fn resize(&mut self, n: usize) {
        self.moves.resize_with(MEMORY, Vec::new);
        self.turns.resize_with(MEMORY, Vec::new);
        for list in self.moves.iter_mut().chain(&mut self.turns) {
            list.resize(n, 0.0);
        }
        for list in [&mut self.gradient, &mut self.direction, &mut self.trial, &mut self.trial_gradient] {
            list.resize(n, 0.0);
        }
    }

    /// Moves `x` downhill and returns the value there.
    pub(super) fn run(&mut self, objective: &mut impl Objective, x: &mut [f64], stop: Stop) -> f64 {
        self.resize(x.len());
        let mut value = objective.evaluate(x, &mut self.gradient);
        // Remembered steps, and the place of the next.
        let (mut known, mut next) = (0, 0);
        let mut idle = 0;
        for _ in 0..stop.iterations {
            let steepest = largest(&self.gradient);
            if steepest < stop.gradient || !value.is_finite() || is_over(stop.deadline) {
                break;
            }
            self.turn(known, next);
            let mut slope = dot(&self.direction, &self.gradient);
            if slope >= 0.0 {
                known = 0;
                self.turn(0, next);
                slope = dot(&self.direction, &self.gradient);
            }
            let longest = largest(&self.direction);
            let mut step = if known == 0 { (0.1 / longest).min(1.0) } else { 1.0 };
            step = step.min(stop.step / longest);
            let mut found = None;
            for _ in 0..BACKTRACKS {
                for ((trial, &x), &d) in self.trial.iter_mut().zip(x.iter()).zip(&self.direction) {
                    *trial = x + step * d;
                }
                let there = objective.evaluate(&self.trial, &mut self.trial_gradient);
                if there <= value + DECREASE * step * slope {
                    found = Some(there);
                    break;
                }
                // The minimum of the parabola through both values and the slope, within bounds.
                let curvature = 2.0 * (there - value - step * slope);
                let best = if curvature > 0.0 { -slope * step * step / curvature } else { 0.0 };
                step = if best.is_finite() { best.clamp(0.1 * step, 0.5 * step) } else { 0.1 * step };
            }
            let Some(there) = found else {
                if known == 0 {
                    break;
                }
                known = 0;
                continue;
            };
            let (moved, turned) = (&mut self.moves[next], &mut self.turns[next]);
            for k in 0..x.len() {
                moved[k] = self.trial[k] - x[k];
                turned[k] = self.trial_gradient[k] - self.gradient[k];
            }
            let product = dot(moved, turned);
            if product > 1e-10 * dot(turned, turned) {
                self.products[next] = 1.0 / product;
                next = (next + 1) % MEMORY;
                known = (known + 1).min(MEMORY);
            }
            x.copy_from_slice(&self.trial);
            std::mem::swap(&mut self.gradient, &mut self.trial_gradient);
            idle = if value - there < stop.decrease { idle + 1 } else { 0 };
            value = there;
            if idle == 3 {
                break;
            }
        }
        value
    }

    /// Sets the direction: minus the inverse Hessian that the last `known` steps suggest times the gradient.
    fn turn(&mut self, known: usize, next: usize) {
        for (d, &g) in self.direction.iter_mut().zip(&self.gradient) {
            *d = -g;
        }
        let mut shares = [0.0; MEMORY];
        let place = |back: usize| (next + MEMORY - 1 - back) % MEMORY;
        for back in 0..known {
            let k = place(back);
            shares[k] = self.products[k] * dot(&self.moves[k], &self.direction);
            add(&mut self.direction, -shares[k], &self.turns[k]);
        }
        if known > 0 {
            let k = place(0);
            let scale = 1.0 / (self.products[k] * dot(&self.turns[k], &self.turns[k]));
            for d in &mut self.direction {
                *d *= scale;
            }
        }
        for back in (0..known).rev() {
            let k = place(back);
            let share = shares[k] - self.products[k] * dot(&self.turns[k], &self.direction);
            add(&mut self.direction, share, &self.moves[k]);
        }
    }
}

fn largest(list: &[f64]) -> f64 {
    list.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

/// Sum of products in four lanes, so that it runs at the machine's width in a fixed order.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (chunks_a, chunks_b) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = chunks_a.remainder().iter().zip(chunks_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in chunks_a.zip(chunks_b) {
        for lane in 0..4 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]) + rest
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    for (x, &y) in to.iter_mut().zip(what) {
        *x += factor * y;
    }
}
