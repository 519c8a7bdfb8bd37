//! k-means: continuous coordinates into discrete states.

use super::data;
use crate::{Error, Result};
use mol_core::Rng;
use mol_core::ndarray::{Array2, ArrayBase, ArrayView2, Data, Ix2};
use rayon::prelude::*;

/// Frames per unit of work; part of the result's bits.
const CHUNK: usize = 4096;

/// Estimator of k centres that divide frames into states by nearness.
///
/// ```text
/// inertia = Σ_t min_c |x_t − c|²
/// ```
///
/// Centres start by k-means++ (each next one a frame drawn with probability proportional to its squared distance from the nearest
/// centre so far) and move by Lloyd's iteration: to the mean of their frames. Distances are Euclidean in the coordinates
/// given: scale them first, by TICA's kinetic map for instance. A tie goes to the centre of lower number; a centre without
/// frames moves to the frame farthest from its own centre. Bits depend on the seed, not on the threads.
///
/// ```
/// use mol_core::{Seed, ndarray::array};
/// use mol_gen::kinetics::KMeans;
/// let x = array![[0.0], [0.1], [5.0], [5.2]];
/// let model = KMeans::new(2).fit(&[x.view()], &mut Seed::new(1).rng())?;
/// let states = model.assign(&x)?;
/// assert!(states[0] == states[1] && states[2] == states[3] && states[0] != states[2]);
/// assert!((model.inertia() - (0.005 + 0.02)).abs() < 1e-12);
/// # Ok::<(), mol_gen::Error>(())
/// ```
///
/// S. P. Lloyd, *IEEE Trans. Inf. Theory* **28**, 129 (1982); D. Arthur and S. Vassilvitskii, *SODA* 1027 (2007).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct KMeans {
    /// Number of centres k.
    pub clusters: usize,
    /// Most iterations of Lloyd.
    pub iterations: usize,
    /// Ends when the inertia falls by less than this fraction.
    pub tolerance: f64,
}

impl KMeans {
    /// k centres, at most 100 iterations, to a relative change of the inertia of 10⁻⁵.
    #[must_use]
    pub const fn new(clusters: usize) -> Self {
        Self { clusters, iterations: 100, tolerance: 1e-5 }
    }

    /// Finds the centres. Cost O(frames clusters features) for the start and for each iteration.
    ///
    /// # Errors
    /// As [`Covariances::estimate`](super::Covariances::estimate) but for the lag; without clusters, or with fewer distinct frames than
    /// clusters; a tolerance that is negative or NaN.
    pub fn fit<S: Data<Elem = f64>>(&self, trajectories: &[ArrayBase<S, Ix2>], rng: &mut Rng) -> Result<KMeansModel> {
        let views = data::views(trajectories);
        let d = data::features(&views)?;
        data::check_finite(&views)?;
        data::argument("clusters", "at least 1", self.clusters > 0, &self.clusters)?;
        data::argument("tolerance", "zero or positive", self.tolerance >= 0.0, &self.tolerance)?;
        let frames: Vec<f64> = views.iter().flat_map(|x| x.iter().copied()).collect();
        let mut centers = start(&frames, d, self.clusters, rng)?;
        let (mut last, mut iterations) = (f64::INFINITY, 0);
        loop {
            let (inertia, mut sums, counts, farthest) = lloyd(&frames, d, &centers);
            if iterations == self.iterations || inertia >= last * (1.0 - self.tolerance) {
                let centers = Array2::from_shape_vec((self.clusters, d), centers).expect("d numbers per centre");
                return Ok(KMeansModel { centers, inertia, iterations });
            }
            (last, iterations) = (inertia, iterations + 1);
            let mut far = farthest.into_iter();
            for ((sum, center), count) in sums.chunks_exact_mut(d).zip(centers.chunks_exact_mut(d)).zip(&counts) {
                if *count > 0 {
                    sum.iter_mut().for_each(|s| *s /= *count as f64);
                    center.copy_from_slice(sum);
                } else if let Some(frame) = far.next() {
                    center.copy_from_slice(&frames[frame * d..][..d]);
                }
            }
        }
    }
}

/// k-means++: the first centres.
fn start(frames: &[f64], d: usize, clusters: usize, rng: &mut Rng) -> Result<Vec<f64>> {
    let n = frames.len() / d;
    let mut centers = frames[rng.below(n) * d..][..d].to_vec();
    let mut nearest = vec![f64::INFINITY; n];
    while centers.len() < clusters * d {
        let newest = &centers[centers.len() - d..];
        let sums: Vec<f64> = nearest
            .par_chunks_mut(CHUNK)
            .zip(frames.par_chunks(CHUNK * d))
            .map(|(nearest, x)| {
                let each = nearest.iter_mut().zip(x.chunks_exact(d));
                each.fold(0.0, |sum, (nearest, x)| {
                    *nearest = nearest.min(distance(x, newest));
                    sum + *nearest
                })
            })
            .collect();
        let total: f64 = sums.iter().sum();
        if total <= 0.0 {
            return Err(Error::TooFew {
                what: "distinct frames to cluster",
                expected: clusters,
                got: centers.len() / d,
            });
        }
        let mut left = rng.uniform() * total;
        let chunk = sums.iter().position(|sum| {
            let here = left < *sum;
            left -= if here { 0.0 } else { *sum };
            here
        });
        // Rounding may leave nothing: then the last frame that is no centre yet.
        let chosen = chunk.and_then(|chunk| {
            let mut within = nearest.iter().enumerate().skip(chunk * CHUNK).take(CHUNK);
            within.find_map(|(k, x)| {
                left -= *x;
                (left < 0.0 && *x > 0.0).then_some(k)
            })
        });
        let last = || nearest.iter().rposition(|x| *x > 0.0).expect("the sum is positive");
        let chosen = chosen.unwrap_or_else(last);
        centers.extend_from_slice(&frames[chosen * d..][..d]);
    }
    Ok(centers)
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The nearest centre and its squared distance; of equal ones the first.
fn nearest(x: &[f64], centers: &[f64]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    if let [x] = *x {
        for (k, c) in centers.iter().enumerate() {
            let r = (x - c) * (x - c);
            if r < best.1 {
                best = (k, r);
            }
        }
        return best;
    }
    for (k, c) in centers.chunks_exact(x.len()).enumerate() {
        let r = distance(x, c);
        if r < best.1 {
            best = (k, r);
        }
    }
    best
}

/// Inertia, sums and numbers of the frames of each centre, and frames by distance from their centre for centres without any.
fn lloyd(frames: &[f64], d: usize, centers: &[f64]) -> (f64, Vec<f64>, Vec<usize>, Vec<usize>) {
    let k = centers.len() / d;
    let parts: Vec<(f64, Vec<f64>, Vec<usize>)> = frames
        .par_chunks(CHUNK * d)
        .map(|x| {
            let (mut inertia, mut sums, mut counts) = (0.0, vec![0.0; k * d], vec![0; k]);
            for x in x.chunks_exact(d) {
                let (c, r) = nearest(x, centers);
                inertia += r;
                counts[c] += 1;
                sums[c * d..][..d].iter_mut().zip(x).for_each(|(s, x)| *s += x);
            }
            (inertia, sums, counts)
        })
        .collect();
    let (mut inertia, mut sums, mut counts) = (0.0, vec![0.0; k * d], vec![0; k]);
    for (i, s, c) in &parts {
        inertia += i;
        sums.iter_mut().zip(s).for_each(|(a, b)| *a += b);
        counts.iter_mut().zip(c).for_each(|(a, b)| *a += b);
    }
    let empty = counts.iter().filter(|count| **count == 0).count();
    let mut far = Vec::new();
    if empty > 0 {
        let mut all: Vec<_> = frames.chunks_exact(d).map(|x| nearest(x, centers).1).enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        far = all.into_iter().take(empty).map(|(frame, _)| frame).collect();
    }
    (inertia, sums, counts, far)
}

/// The centres that [`KMeans`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct KMeansModel {
    centers: Array2<f64>,
    inertia: f64,
    iterations: usize,
}

impl KMeansModel {
    /// States by nearness to given centres, shape `[clusters, features]`: a regular grid, for instance.
    ///
    /// # Errors
    /// Without centres or features, or if a coordinate is not finite.
    pub fn from_centers(centers: Array2<f64>) -> Result<Self> {
        if centers.is_empty() {
            return Err(Error::TooFew { what: "cluster centres", expected: 1, got: 0 });
        }
        if let Some((index, value)) = centers.iter().enumerate().find(|(_, v)| !v.is_finite()) {
            return Err(mol_core::Error::NotFinite { what: "coordinate of a centre", index, value: *value }.into());
        }
        Ok(Self { centers: centers.as_standard_layout().into_owned(), inertia: 0.0, iterations: 0 })
    }

    /// The centres, shape `[clusters, features]`.
    #[must_use]
    pub const fn centers(&self) -> &Array2<f64> {
        &self.centers
    }

    /// Sum of squared distances of the fitted frames from their centres; 0 if centres were given.
    #[must_use]
    pub const fn inertia(&self) -> f64 {
        self.inertia
    }

    /// Iterations done.
    #[must_use]
    pub const fn iterations(&self) -> usize {
        self.iterations
    }

    /// State of every frame, shape `[frames]`.
    ///
    /// # Errors
    /// If the frames have another number of features or one is not finite.
    pub fn assign<S: Data<Elem = f64>>(&self, trajectory: &ArrayBase<S, Ix2>) -> Result<Vec<usize>> {
        let view: ArrayView2<'_, f64> = trajectory.view();
        data::check_features(&[view], self.centers.ncols())?;
        data::check_finite(&[view])?;
        let d = self.centers.ncols();
        let frames: Vec<f64> = view.iter().copied().collect();
        let centers = self.centers.as_slice().expect("standard layout since construction");
        let parts: Vec<Vec<usize>> =
            frames.par_chunks(CHUNK * d).map(|x| x.chunks_exact(d).map(|x| nearest(x, centers).0).collect()).collect();
        Ok(parts.concat())
    }
}
