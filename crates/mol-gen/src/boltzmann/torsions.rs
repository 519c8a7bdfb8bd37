//! The proposal that learns nothing by gradients: torsion histogram and Gaussians, the baseline of every flow.

use super::Proposal;
use crate::flow::{Feature, Whitening};
use crate::{Error, Result};
use mol_core::ndarray::{Array1, Array2, ArrayView2};
use mol_core::{Density, Rng, Sampler};
use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};

/// Most cells of the joint histogram.
const MOST_CELLS: u128 = 1 << 40;

/// Settings of a [`TorsionProposal`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TorsionProposalConfig {
    /// Bins per torsion of the joint histogram.
    pub bins: usize,
    /// Fraction of all draws spread evenly over the torus, so that no cell is impossible.
    pub floor: f64,
    /// Whether each torsion well has its own Gaussian; if not, there is one for all.
    pub wells: bool,
}

impl Default for TorsionProposalConfig {
    /// 24 bins of 15°, a floor of 10⁻³, one Gaussian per well.
    fn default() -> Self {
        Self { bins: 24, floor: 1e-3, wells: true }
    }
}

/// Joint histogram of the circular features × normal distribution of the linear ones, given the well.
///
/// ```text
/// q(φ, y) = p(cell of φ) / |cell| · N(y; μ_w, Σ_w),      w = well of the cell
/// ```
///
/// A well is a combination of thirds of the circle, [0, 120°), [120°, 240°), [240°, 360°), one per torsion: gauche+, trans and
/// gauche−. A well with too few samples for a covariance takes the Gaussian of all. The density is exact, so its draws can be
/// weighed; what it misses is how the linear coordinates follow the torsions within a well, and anharmonicity.
///
/// ```
/// use mol_core::{Density, Seed, ndarray::Array2};
/// use mol_gen::boltzmann::{TorsionProposal, TorsionProposalConfig};
/// use mol_gen::flow::Feature;
/// let mut rng = Seed::new(1).rng();
/// let samples = Array2::from_shape_fn((4000, 1), |_| rng.normal());
/// let mut normal = TorsionProposal::fit(&[Feature::Linear], &samples.view(), TorsionProposalConfig::default())?;
/// // Without torsions it is the normal distribution of the samples.
/// assert!((normal.log_density(&vec![0.0].into()) + 0.5 * std::f64::consts::TAU.ln()).abs() < 0.05);
/// # Ok::<(), mol_gen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TorsionProposal {
    circular: Vec<usize>,
    linear: Vec<usize>,
    config: TorsionProposalConfig,
    /// Number of cells of the histogram.
    cells: u64,
    /// Probability of each occupied cell, the floor not counted.
    occupied: BTreeMap<u64, f64>,
    /// Occupied cells with their cumulative probability.
    cumulative: Vec<(u64, f64)>,
    gaussians: BTreeMap<u64, Whitening>,
    overall: Whitening,
}

impl TorsionProposal {
    /// Fitted to `samples`, shape `[samples, features]`.
    ///
    /// # Errors
    /// If there are no features or fewer than two samples, a row has another number of features, a number is not finite, a linear feature does not
    /// vary, a setting lies outside its range, or bins to the power of the torsions exceeds 2⁴⁰.
    pub fn fit(features: &[Feature], samples: &ArrayView2<'_, f64>, config: TorsionProposalConfig) -> Result<Self> {
        let invalid =
            |what, expected, got: String| Err(mol_core::Error::InvalidArgument { what, expected, got }.into());
        if features.is_empty() {
            return Err(Error::TooFew { what: "features of a torsion proposal", expected: 1, got: 0 });
        }
        mol_core::Error::check_len("features of a sample", features.len(), samples.ncols())?;
        if samples.nrows() < 2 {
            let got = samples.nrows();
            return Err(Error::TooFew { what: "samples to fit a torsion proposal", expected: 2, got });
        }
        if let Some((at, value)) = samples.iter().enumerate().find(|(_, x)| !x.is_finite()) {
            let (what, index) = ("feature of sample", at / samples.ncols());
            return Err(mol_core::Error::NotFinite { what, index, value: *value }.into());
        }
        if config.bins == 0 {
            return invalid("bins of a torsion proposal", "at least 1", "0".into());
        }
        if !(0.0..1.0).contains(&config.floor) {
            return invalid("floor of a torsion proposal", "in [0, 1)", config.floor.to_string());
        }
        let of = |kind| (0..features.len()).filter(|k| features[*k] == kind).collect::<Vec<_>>();
        let (circular, linear) = (of(Feature::Circular), of(Feature::Linear));
        let cells = (config.bins as u128).checked_pow(circular.len() as u32).filter(|cells| *cells <= MOST_CELLS);
        let Some(cells) = cells else {
            let got = format!("{} bins in each of {} torsions", config.bins, circular.len());
            return invalid("cells of a torsion proposal", "at most 2⁴⁰: take fewer bins", got);
        };
        let mut this = Self {
            cells: cells as u64,
            config,
            occupied: BTreeMap::new(),
            cumulative: Vec::new(),
            gaussians: BTreeMap::new(),
            overall: Whitening::identity(0),
            circular,
            linear,
        };
        let mut wells: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (k, row) in samples.rows().into_iter().enumerate() {
            let row = row.to_vec();
            *this.occupied.entry(this.cell(&row)).or_default() += 1.0 / samples.nrows() as f64;
            wells.entry(this.well(&row)).or_default().push(k);
        }
        let mut sum = 0.0;
        for (cell, p) in &this.occupied {
            sum += p;
            this.cumulative.push((*cell, sum));
        }
        if !this.linear.is_empty() {
            let part = |rows: &[usize]| {
                Array2::from_shape_fn((rows.len(), this.linear.len()), |(i, j)| samples[(rows[i], this.linear[j])])
            };
            let all: Vec<usize> = (0..samples.nrows()).collect();
            let overall = Whitening::principal(&part(&all).view())?;
            let enough = 4 * this.linear.len();
            for (well, rows) in wells.iter().filter(|(_, rows)| config.wells && rows.len() >= enough) {
                if let Ok(gaussian) = Whitening::principal(&part(rows).view()) {
                    this.gaussians.insert(*well, gaussian);
                }
            }
            this.overall = overall;
        }
        Ok(this)
    }

    /// Bin of an angle.
    fn bin(&self, angle: f64) -> usize {
        (((angle + PI).rem_euclid(TAU) / TAU * self.config.bins as f64) as usize).min(self.config.bins - 1)
    }

    /// Number of the cell of one item.
    fn cell(&self, row: &[f64]) -> u64 {
        self.circular.iter().fold(0, |cell, k| cell * self.config.bins as u64 + self.bin(row[*k]) as u64)
    }

    /// Number of the well of one item; that of its cell's centre, so that a cell lies in one well.
    fn well(&self, row: &[f64]) -> u64 {
        let width = TAU / self.config.bins as f64;
        let third = |k: &usize| {
            let centre = (self.bin(row[*k]) as f64 + 0.5) * width - PI;
            ((centre.rem_euclid(TAU) / TAU * 3.0) as u64).min(2)
        };
        // Wrapping beyond 40 torsions is of no consequence: the cells end first.
        self.circular.iter().fold(0_u64, |well, k| well.wrapping_mul(3).wrapping_add(third(k)))
    }

    fn gaussian(&self, row: &[f64]) -> &Whitening {
        self.gaussians.get(&self.well(row)).unwrap_or(&self.overall)
    }

    fn draw_into(&self, row: &mut [f64], rng: &mut Rng) {
        let floor = rng.uniform() < self.config.floor;
        let (u, width) = (rng.uniform(), TAU / self.config.bins as f64);
        let mut cell = if floor {
            rng.below(self.cells as usize) as u64
        } else {
            let at = self.cumulative.partition_point(|(_, sum)| *sum <= u).min(self.cumulative.len() - 1);
            self.cumulative[at].0
        };
        for k in self.circular.iter().rev() {
            let bin = cell % self.config.bins as u64;
            row[*k] = (bin as f64 + rng.uniform()) * width - PI;
            cell /= self.config.bins as u64;
        }
        let mut normal: Vec<f64> = self.linear.iter().map(|_| rng.normal()).collect();
        if !normal.is_empty() {
            self.gaussian(row).colour(&mut normal);
        }
        for (k, x) in self.linear.iter().zip(normal) {
            row[*k] = x;
        }
    }

    fn log_density_of(&self, row: &[f64]) -> f64 {
        let seen = self.occupied.get(&self.cell(row)).copied().unwrap_or(0.0);
        let p = (1.0 - self.config.floor) * seen + self.config.floor / self.cells as f64;
        let cell = self.circular.len() as f64 * (TAU / self.config.bins as f64).ln();
        let mut sum = p.ln() - cell;
        if !self.linear.is_empty() {
            let mut y: Vec<f64> = self.linear.iter().map(|k| row[*k]).collect();
            let gaussian = self.gaussian(row);
            gaussian.whiten(&mut y);
            sum -= y.iter().map(|y| 0.5 * (y * y + TAU.ln())).sum::<f64>() + gaussian.log_det();
        }
        sum
    }
}

impl Proposal for TorsionProposal {
    fn dim(&self) -> usize {
        self.circular.len() + self.linear.len()
    }

    fn draw(&self, n: usize, rng: &mut Rng) -> (Vec<f64>, Vec<f64>) {
        let mut items = vec![0.0; n * self.dim()];
        items.chunks_exact_mut(self.dim()).for_each(|row| self.draw_into(row, rng));
        let log_q = items.chunks_exact(self.dim()).map(|row| self.log_density_of(row)).collect();
        (items, log_q)
    }
}

impl Sampler for TorsionProposal {
    type Item = Array1<f64>;

    fn sample(&mut self, rng: &mut Rng) -> Array1<f64> {
        self.draw(1, rng).0.into()
    }
}

impl Density for TorsionProposal {
    /// # Panics
    /// If `item` has another number of features.
    fn log_density(&mut self, item: &Array1<f64>) -> f64 {
        assert_eq!(item.len(), self.dim(), "item of another dimension than its density");
        self.log_density_of(&item.to_vec())
    }
}
