//! Violated bounds and handedness in four dimensions, on flat arrays.
//!
//! The fourth dimension lets atoms pass one another on the way to their places; a weight then presses it flat. Pairs are
//! summed in single precision, eight at a time: the bounds are good to a hundredth of an ångström.

use super::bounds::Bounds;
use super::descent::Objective;
use super::handed::Handed;

/// Pairs that are summed together.
const LANES: usize = 8;

/// Violations of distance bounds and handedness,
///
/// ```text
/// E = Σ (d²/u² − 1)²  where d > u   +   Σ (2l²/(l² + d²) − 1)²  where d < l
///   + c Σ (1 − V/V₀)²  where V < V₀   +   f Σ w²
/// ```
///
/// with d in four dimensions, V in the first three, w the fourth coordinate. (Error function of Havel, *Encyclopedia of
/// Computational Chemistry* (1998), as in Riniker and Landrum, *J. Chem. Inf. Model.* **55**, 2562 (2015).)
#[derive(Clone, Debug)]
pub(super) struct Limits {
    atoms: usize,
    /// Atoms filled up to whole lanes.
    width: usize,
    /// l² and 1/u² of the pairs of each atom with those from the start of its first block on.
    lower: Vec<[f32; LANES]>,
    upper: Vec<[f32; LANES]>,
    handed: Vec<Handed>,
}

impl Limits {
    pub(super) fn new(bounds: &Bounds, handed: Vec<Handed>) -> Self {
        let atoms = bounds.atoms;
        let width = atoms.next_multiple_of(LANES);
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for i in 0..atoms {
            for block in (i + 1) / LANES..width / LANES {
                let pair = |lane: usize| Some(block * LANES + lane).filter(|&j| j > i && j < atoms);
                let square = |d: f64| (d * d) as f32;
                lower.push(std::array::from_fn(|lane| pair(lane).map_or(0.0, |j| square(bounds.lower(i, j)))));
                upper.push(std::array::from_fn(|lane| pair(lane).map_or(0.0, |j| 1.0 / square(bounds.upper(i, j)))));
            }
        }
        Self { atoms, width, lower, upper, handed }
    }

    /// Atoms filled up to whole lanes: coordinates are all x, all y, all z, all w, each of this length.
    pub(super) const fn width(&self) -> usize {
        self.width
    }
}

/// The limits with their weights and scratch.
pub(super) struct Violations<'a> {
    pub(super) limits: &'a Limits,
    pub(super) chiral_weight: f64,
    pub(super) flat_weight: f64,
    pub(super) scratch: &'a mut Scratch,
}

/// Coordinates and gradient in single precision.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    x: Vec<f32>,
    gradient: Vec<f32>,
}

impl Objective for Violations<'_> {
    fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let limits = self.limits;
        let width = limits.width;
        let scratch = &mut *self.scratch;
        scratch.x.clear();
        scratch.x.extend(x.iter().map(|&x| x as f32));
        scratch.gradient.clear();
        scratch.gradient.resize(x.len(), 0.0);
        let mut energy = limits.pairs(&scratch.x, &mut scratch.gradient);
        for (g, &single) in gradient.iter_mut().zip(&scratch.gradient) {
            *g = f64::from(single);
        }
        for centre in &limits.handed {
            let (volume, gradients) = centre.volume(|k| [x[k], x[width + k], x[2 * width + k]].into());
            if let Some((penalty, slope)) = centre.penalty(volume) {
                energy += self.chiral_weight * penalty;
                for (&corner, by_corner) in centre.corners.iter().zip(gradients) {
                    for axis in 0..3 {
                        gradient[axis * width + corner] += by_corner[axis] * (self.chiral_weight * slope);
                    }
                }
            }
        }
        let (w, gw) = (&x[3 * width..], &mut gradient[3 * width..]);
        for (g, &w) in gw.iter_mut().zip(w) {
            energy += self.flat_weight * w * w;
            *g += 2.0 * self.flat_weight * w;
        }
        energy
    }
}

impl Limits {
    /// The sum over pairs; the gradient is added to.
    fn pairs(&self, x: &[f32], gradient: &mut [f32]) -> f64 {
        let width = self.width;
        let [x, y, z, w] = [0, 1, 2, 3].map(|axis| blocks(&x[axis * width..(axis + 1) * width]));
        let (gx, rest) = gradient.split_at_mut(width);
        let (gy, rest) = rest.split_at_mut(width);
        let (gz, gw) = rest.split_at_mut(width);
        let [gx, gy, gz, gw] = [gx, gy, gz, gw].map(blocks_mut);
        let mut energy = 0.0_f64;
        let mut place = 0;
        for i in 0..self.atoms {
            let (own, lane) = (i / LANES, i % LANES);
            let (xi, yi, zi, wi) = (x[own][lane], y[own][lane], z[own][lane], w[own][lane]);
            let mut sums = [[0.0_f32; LANES]; 5];
            for block in (i + 1) / LANES..width / LANES {
                let (lower, upper) = (&self.lower[place], &self.upper[place]);
                place += 1;
                let (bx, by, bz, bw) = (&x[block], &y[block], &z[block], &w[block]);
                let mut force = [[0.0_f32; LANES]; 4];
                for k in 0..LANES {
                    let (dx, dy, dz, dw) = (bx[k] - xi, by[k] - yi, bz[k] - zi, bw[k] - wi);
                    let d = dx * dx + dy * dy + dz * dz + dw * dw;
                    let excess = (d * upper[k] - 1.0).max(0.0);
                    let inverse = 1.0 / (lower[k] + d + 1e-6);
                    let lack = (2.0 * lower[k] * inverse - 1.0).max(0.0);
                    // Twice the derivative with respect to d².
                    let slope = 4.0 * excess * upper[k] - 8.0 * lack * lower[k] * inverse * inverse;
                    sums[4][k] += excess * excess + lack * lack;
                    force[0][k] = slope * dx;
                    force[1][k] = slope * dy;
                    force[2][k] = slope * dz;
                    force[3][k] = slope * dw;
                }
                for k in 0..LANES {
                    gx[block][k] += force[0][k];
                    gy[block][k] += force[1][k];
                    gz[block][k] += force[2][k];
                    gw[block][k] += force[3][k];
                    sums[0][k] += force[0][k];
                    sums[1][k] += force[1][k];
                    sums[2][k] += force[2][k];
                    sums[3][k] += force[3][k];
                }
            }
            gx[own][lane] -= total(&sums[0]);
            gy[own][lane] -= total(&sums[1]);
            gz[own][lane] -= total(&sums[2]);
            gw[own][lane] -= total(&sums[3]);
            energy += f64::from(total(&sums[4]));
        }
        energy
    }
}

fn blocks(list: &[f32]) -> &[[f32; LANES]] {
    list.as_chunks().0
}

fn blocks_mut(list: &mut [f32]) -> &mut [[f32; LANES]] {
    list.as_chunks_mut().0
}

fn total(lanes: &[f32; LANES]) -> f32 {
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
}
