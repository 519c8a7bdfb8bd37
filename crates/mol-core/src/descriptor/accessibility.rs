//! Synthetic accessibility.
//!
//! Fragments that are common among a million molecules of `PubChem` are taken to be easy to make; size, stereocentres, spiro
//! atoms, bridges and macrocycles to be hard. The scores of the fragments (`data/fragment_scores.bin.gz`) are unpacked when
//! the first molecule is scored. Deliberately not here: planning of syntheses.

use super::RingCounts;
use super::set::without_drawn_hydrogens;
use crate::fingerprint::Morgan;
use crate::perceive::{Perception, StereoElements};
use flate2::read::GzDecoder;
use std::io::Read;
use std::sync::LazyLock;

/// The score of fragments that are not in the table.
const UNKNOWN: f64 = -4.0;
/// Range of raw scores that is mapped to 10 to 1.
const WORST: f64 = -4.0;
const BEST: f64 = 2.5;
/// Rings larger than this are macrocycles.
const LARGEST_RING: usize = 8;

/// Scores by Morgan code.
struct Scores {
    codes: Vec<u32>,
    /// Where codes with each value of the upper 16 bits begin.
    starts: Vec<u32>,
    scores: Vec<u16>,
    values: Vec<f64>,
}

static SCORES: LazyLock<Scores> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in and read whole by the tests";
    let mut bytes = Vec::new();
    let packed = &include_bytes!("../../data/fragment_scores.bin.gz")[..];
    GzDecoder::new(packed).read_to_end(&mut bytes).expect(READ);
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect(READ)) as usize;
    let (value_count, count) = (number(0), number(4));
    let (values, mut rest) = bytes[8..].split_at(8 * value_count);
    let values = values.chunks_exact(8).map(|value| f64::from_le_bytes(value.try_into().expect(READ))).collect();
    let mut last = 0;
    let mut gap = || {
        let (mut gap, mut shift) = (0, 0);
        loop {
            let (&byte, after) = rest.split_first().expect(READ);
            rest = after;
            gap |= u32::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return gap;
            }
        }
    };
    let mut codes = Vec::with_capacity(count);
    for _ in 0..count {
        last += gap();
        codes.push(last);
    }
    let (low, high) = rest.split_at(count);
    let scores = low.iter().zip(high).map(|(&low, &high)| u16::from_le_bytes([low, high])).collect();
    let starts =
        (0..=1 << 16).map(|upper: u64| codes.partition_point(|&code| u64::from(code) < upper << 16) as u32).collect();
    Scores { codes, starts, scores, values }
});

impl Scores {
    fn of(&self, code: u32) -> f64 {
        let upper = (code >> 16) as usize;
        let (first, last) = (self.starts[upper] as usize, self.starts[upper + 1] as usize);
        self.codes[first..last]
            .binary_search(&code)
            .map_or(UNKNOWN, |place| self.values[usize::from(self.scores[first + place])])
    }
}

/// How hard a molecule is to make, from 1 (easy) to 10 (hard); `None` for a molecule without atoms.
///
/// ```text
/// s = Σ n_f s_f / Σ n_f  +  n − n^1.005 − lg(c + 1) − lg(p + 1) − lg(b + 1) − [m] lg 2  +  max(0, ½ ln(n / f))
/// ```
///
/// with n_f fragments of score s_f (Morgan, radius 2), n heavy atoms, c stereocentres, p spiro and b bridgehead atoms, \[m\] 1
/// if there is a ring of more than eight atoms, f different fragments; s is mapped from −4 … 2.5 to 10 … 1, and smoothed
/// above 8.
///
/// The form is that of `RDKit`'s `Contrib/SA_Score`, whose last term and macrocycle penalty are not in the paper.
/// Stereocentres are those of [`StereoElements`].
///
/// ```
/// use mol_core::{Molecule, descriptor::synthetic_accessibility, perceive::Perception};
/// let score = |smiles| Ok::<_, mol_core::Error>(synthetic_accessibility(&Perception::new(&Molecule::from_smiles(smiles)?)?));
/// let aspirin = score("CC(=O)Oc1ccccc1C(=O)O")?.expect("it has atoms");
/// assert!((aspirin - 1.580).abs() < 1e-3);
/// assert!(score("C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=C3C=CC(O)=C4")?.expect("it has atoms") > 2.5);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Ertl & Schuffenhauer, *J. Cheminform.* **1**, 8 (2009).
#[must_use]
pub fn synthetic_accessibility(perception: &Perception) -> Option<f64> {
    let stripped = without_drawn_hydrogens(perception);
    let perception = stripped.as_ref().unwrap_or(perception);
    let size = perception.molecule().atom_count() as f64;
    let fragments = Morgan::default().counts(perception);
    let total: f64 = fragments.iter().map(|&(_, count)| f64::from(count)).sum();
    if total == 0.0 {
        return None;
    }
    let scores = &*SCORES;
    let known = fragments.iter().map(|&(code, count)| scores.of(code) * f64::from(count)).sum::<f64>() / total;
    let penalty = |count: usize| (count as f64 + 1.0).log10();
    let rings = RingCounts::new(perception);
    let centers = StereoElements::new(perception).centers().len();
    let macrocycles = perception.rings().iter().filter(|ring| ring.len() > LARGEST_RING).count();
    let complexity = size.powf(1.005) - size
        + penalty(centers)
        + penalty(rings.spiro_atoms)
        + penalty(rings.bridgehead_atoms)
        + penalty(macrocycles.min(1));
    let symmetry = 0.5 * (size / fragments.len() as f64).ln().max(0.0);
    let score = 11.0 - (known - complexity + symmetry - WORST + 1.0) / (BEST - WORST) * 9.0;
    let smooth = if score > 8.0 { 8.0 + (score - 8.0).ln() } else { score };
    Some(if smooth > 10.0 { 10.0 } else { smooth.max(1.0) })
}
