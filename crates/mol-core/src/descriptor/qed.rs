//! Quantitative estimate of drug-likeness.

use super::counts::is_qed_acceptor;
use super::sites::Sites;
use crate::perceive::Perception;
use crate::smarts::{Pattern, Target};
use std::sync::LazyLock;

/// Which of the paper's weightings of the eight properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum QedWeights {
    /// The mean of the thousand weightings of highest information: what "QED" means without further words.
    #[default]
    Mean,
    /// The weighting of highest information.
    Max,
    /// All equal.
    Equal,
}

/// The properties that make the estimate.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct QedProperties {
    /// Molecular weight [u].
    pub molecular_weight: f64,
    /// Crippen's partition coefficient.
    pub log_p: f64,
    /// Hydrogen-bond acceptors, by the paper's own definition.
    pub acceptors: usize,
    /// Hydrogen-bond donors.
    pub donors: usize,
    /// Topological polar surface area [Å²].
    pub polar_surface_area: f64,
    /// Rotatable bonds.
    pub rotatable_bonds: usize,
    /// Rings that are left when aliphatic ring atoms beside aliphatic atoms are taken away.
    pub aromatic_rings: usize,
    /// Unwanted substructures of the paper's list.
    pub alerts: usize,
}

/// A desirability function and its weights.
struct Desirability {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    e: f64,
    f: f64,
    maximum: f64,
    weight_max: f64,
    weight_mean: f64,
}

const READ: &str = "the table is compiled in and read whole by the tests";

static DESIRABILITIES: LazyLock<Vec<Desirability>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/qed.csv")[..]);
    let entry = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.expect(READ);
        let value = |k: usize| row[k].parse().expect(READ);
        let [a, b, c, d, e, f, maximum, weight_max, weight_mean] = std::array::from_fn(|k| value(k + 1));
        Desirability { a, b, c, d, e, f, maximum, weight_max, weight_mean }
    };
    reader.records().map(entry).collect()
});

static ALERTS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/qed_alerts.csv")[..]);
    reader.records().map(|row| Pattern::from_smarts(&row.expect(READ)[0]).expect(READ)).collect()
});

impl Desirability {
    /// The asymmetric double sigmoid.
    fn at(&self, x: f64) -> f64 {
        let rise = 1.0 + (-(x - self.c + 0.5 * self.d) / self.e).exp();
        let fall = 1.0 + (-(x - self.c - 0.5 * self.d) / self.f).exp();
        (self.a + self.b / rise * (1.0 - 1.0 / fall)) / self.maximum
    }
}

impl QedProperties {
    /// The weighted geometric mean of the desirabilities, 0 to 1.
    ///
    /// ```text
    /// QED = exp( Σ w_i ln d_i / Σ w_i ),   d(x) = [a + b / (1 + e^−(x − c + d/2)/e) · (1 − 1 / (1 + e^−(x − c − d/2)/f))] / d_max
    /// ```
    ///
    /// ```
    /// use mol_core::descriptor::{QedProperties, QedWeights};
    /// let aspirin = QedProperties {
    ///     molecular_weight: 180.159, log_p: 1.3101, acceptors: 3, donors: 1, polar_surface_area: 63.6,
    ///     rotatable_bonds: 2, aromatic_rings: 1, alerts: 2,
    /// };
    /// assert!((aspirin.estimate(QedWeights::Mean) - 0.5501).abs() < 1e-4);
    /// ```
    #[must_use]
    pub fn estimate(&self, weights: QedWeights) -> f64 {
        let values = [
            self.molecular_weight,
            self.log_p,
            self.acceptors as f64,
            self.donors as f64,
            self.polar_surface_area,
            self.rotatable_bonds as f64,
            self.aromatic_rings as f64,
            self.alerts as f64,
        ];
        let (mut sum, mut total) = (0.0, 0.0);
        for (x, desirability) in values.into_iter().zip(DESIRABILITIES.iter()) {
            let weight = match weights {
                QedWeights::Mean => desirability.weight_mean,
                QedWeights::Max => desirability.weight_max,
                QedWeights::Equal => 1.0,
            };
            sum += weight * desirability.at(x).ln();
            total += weight;
        }
        (sum / total).exp()
    }
}

pub(super) fn acceptors(sites: &Sites) -> usize {
    (0..sites.len()).filter(|&atom| is_qed_acceptor(sites, atom)).count()
}

/// Independent cycles of what is left without aliphatic ring atoms that are singly bonded to an aliphatic atom.
pub(super) fn aromatic_rings(sites: &Sites) -> usize {
    let dropped = |atom: usize| {
        let site = sites.site(atom);
        site.in_ring && !site.aromatic && sites.plain(atom).any(|(_, other)| !other.aromatic)
    };
    let mut component: Vec<u32> =
        (0..sites.len()).map(|atom| if dropped(atom) { u32::MAX } else { atom as u32 }).collect();
    // Each bond that joins two parts is a branch of a tree, each other closes a ring.
    let mut rings = 0;
    for atom in (0..sites.len()).filter(|&atom| sites.site(atom).degree > 0) {
        for link in sites.links(atom).iter().filter(|link| atom < link.to as usize) {
            let [a, b] = [atom, link.to as usize].map(|end| component[end]);
            if a == u32::MAX || b == u32::MAX {
                continue;
            }
            let [a, b] = [a, b].map(|end| root(&mut component, end));
            rings += usize::from(a == b);
            component[a.max(b) as usize] = a.min(b);
        }
    }
    rings
}

/// The representative of a set, halving the path on the way.
fn root(parents: &mut [u32], mut atom: u32) -> u32 {
    while parents[atom as usize] != atom {
        let above = parents[atom as usize];
        parents[atom as usize] = parents[above as usize];
        atom = above;
    }
    atom
}

/// How many of the unwanted substructures a molecule contains.
pub(super) fn alerts(perception: &Perception) -> usize {
    let target = Target::new(perception);
    ALERTS.iter().filter(|alert| alert.is_in_target(&target)).count()
}
