//! Many fingerprints in one piece of memory, and search among them.
//!
//! Bits in common are counted by adding words bit by bit (Harley and Seal's carry-save adders), which needs no
//! instruction beyond those of every 64-bit processor and keeps up with its memory. Fingerprints lie sorted by their
//! number of bits, so that those too small or too large to be similar enough are not even read. Deliberately not here:
//! approximate search, and libraries larger than memory.
//!
//! Swamidass and Baldi, *J. Chem. Inf. Model.* **47**, 302 (2007); Muła, Kurz and Lemire, *Comput. J.* **61**, 111
//! (2018).

use super::popcount::common_ones;
use super::{Fingerprint, FoldedSize, Scheme};
use crate::{Error, Result};
use rayon::prelude::*;

/// Fingerprints that one task looks at: a constant, so that the work is cut alike for any number of threads.
const CHUNK: usize = 4096;
/// Tasks that run before the best of all so far are compared again.
const BATCH: usize = 32;

/// By which coefficient fingerprints are compared; see the methods of [`Fingerprint`] of these names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Similarity {
    /// Tanimoto's.
    #[default]
    Tanimoto,
    /// Dice's.
    Dice,
    /// The cosine.
    Cosine,
}

impl Similarity {
    /// The coefficient for a and b bits of which c are common; 0 if none can be.
    #[inline]
    fn of(self, a: u32, b: u32, c: u32) -> f64 {
        let (x, y, shared) = (f64::from(a), f64::from(b), f64::from(c));
        let (numerator, denominator) = match self {
            Self::Tanimoto => (shared, x + y - shared),
            Self::Dice => (2.0 * shared, x + y),
            Self::Cosine => (shared, (x * y).sqrt()),
        };
        if denominator > 0.0 { numerator / denominator } else { 0.0 }
    }

    /// The largest value that fingerprints of a and b bits can reach.
    fn bound(self, a: u32, b: u32) -> f64 {
        self.of(a, b, a.min(b))
    }
}

/// A fingerprint found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Hit {
    /// Its place in the list that the library was made of.
    pub index: usize,
    /// How similar it is to the query.
    pub similarity: f64,
}

impl Hit {
    /// Best first, of equals the one that came first.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        other.similarity.total_cmp(&self.similarity).then(self.index.cmp(&other.index))
    }
}

/// Fingerprints of one scheme, ready for search. All answers are the same for any number of threads.
///
/// ```
/// use mol_core::{Molecule, fingerprint::{Library, Morgan, Similarity}, perceive::Perception};
/// let read = |smiles: &str| Ok(Morgan::default().fingerprint(&Perception::new(&Molecule::from_smiles(smiles)?)?));
/// let all = ["CCO", "CCN", "CCCO", "c1ccccc1"].map(read).into_iter().collect::<Result<Vec<_>, mol_core::Error>>()?;
/// let library = Library::new(&all)?;
/// let hits = library.nearest(&read("CCO")?, 2, Similarity::Tanimoto)?;
/// assert_eq!((hits[0].index, hits[0].similarity, hits[1].index), (0, 1.0, 2));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Library {
    scheme: Scheme,
    size: usize,
    /// Words of one fingerprint.
    width: usize,
    /// All of them, sorted by bits on.
    words: Vec<u64>,
    /// Bits on of each, ascending.
    ones: Vec<u32>,
    /// Its place in the original list.
    indices: Vec<u32>,
}

/// The serialised form: all words, in the order of the list that the library was made of.
#[derive(serde::Serialize, serde::Deserialize)]
struct Plain {
    scheme: Scheme,
    size: FoldedSize,
    words: Vec<u64>,
}

impl From<Library> for Plain {
    fn from(library: Library) -> Self {
        let mut words = vec![0; library.words.len()];
        for (place, &index) in library.indices.iter().enumerate() {
            let start = index as usize * library.width;
            words[start..start + library.width].copy_from_slice(library.row(place));
        }
        let size = FoldedSize::new(library.size).expect("the size of a fingerprint");
        Self { scheme: library.scheme, size, words }
    }
}

impl TryFrom<Plain> for Library {
    type Error = Error;

    fn try_from(plain: Plain) -> Result<Self> {
        let Plain { scheme, size, words } = plain;
        let width = size.get().div_ceil(64);
        let rows = words.chunks(width);
        Self::new(&rows.map(|row| Fingerprint::from_words(&scheme, size, row)).collect::<Result<Vec<_>>>()?)
    }
}

impl Library {
    /// A library of these fingerprints.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there are none, they are of different schemes or more than 2³² − 1;
    /// [`Error::ShapeMismatch`] if they are of different sizes.
    pub fn new(fingerprints: &[Fingerprint]) -> Result<Self> {
        let refused = |expected, got: usize| {
            Err(Error::InvalidArgument { what: "fingerprints of a library", expected, got: got.to_string() })
        };
        let Some(first) = fingerprints.first() else { return refused("at least one", 0) };
        if u32::try_from(fingerprints.len()).is_err() {
            return refused("fewer than 2^32", fingerprints.len());
        }
        fingerprints.iter().try_for_each(|fingerprint| first.check_comparable(fingerprint))?;
        let ones: Vec<u32> = fingerprints.iter().map(|fingerprint| fingerprint.count_ones() as u32).collect();
        let mut indices: Vec<u32> = (0..fingerprints.len() as u32).collect();
        indices.sort_by_key(|&index| ones[index as usize]);
        let mut words = Vec::with_capacity(fingerprints.len() * first.words().len());
        for &index in &indices {
            words.extend_from_slice(fingerprints[index as usize].words());
        }
        let ones = indices.iter().map(|&index| ones[index as usize]).collect();
        let (scheme, size, width) = (first.scheme().clone(), first.size(), first.words().len());
        Ok(Self { scheme, size, width, words, ones, indices })
    }

    /// Number of fingerprints, at least 1.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ones.len()
    }

    /// Whether there are none: never, as [`new`](Self::new) refuses it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ones.is_empty()
    }

    /// How all of them were made.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Similarity of each fingerprint to a query, in the order of the list that the library was made of.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if the query is of another scheme, [`Error::ShapeMismatch`] of another size.
    pub fn similarities(&self, query: &Fingerprint, by: Similarity) -> Result<Vec<f64>> {
        let found = self.scan(query, 0..self.len(), &|a, b, c| Some(by.of(a, b, c)))?;
        let mut all = vec![0.0; self.len()];
        for hit in found {
            all[hit.index] = hit.similarity;
        }
        Ok(all)
    }

    /// All fingerprints that are at least `threshold` similar to a query, best first, of equals the earlier one.
    ///
    /// # Errors
    /// As [`similarities`](Self::similarities), and [`Error::InvalidArgument`] unless the threshold lies within 0 and 1.
    pub fn within(&self, query: &Fingerprint, threshold: f64, by: Similarity) -> Result<Vec<Hit>> {
        check_unit("threshold of similarity", threshold)?;
        let a = query.count_ones() as u32;
        let range = self.range(a, |bound| bound >= threshold, by);
        let keep = |a, b, c| Some(by.of(a, b, c)).filter(|&similarity| similarity >= threshold);
        let mut hits = self.scan(query, range, &keep)?;
        hits.sort_unstable_by(Hit::order);
        Ok(hits)
    }

    /// The `count` fingerprints most similar to a query, best first, of equals the earlier one.
    ///
    /// # Errors
    /// As [`similarities`](Self::similarities).
    pub fn nearest(&self, query: &Fingerprint, count: usize, by: Similarity) -> Result<Vec<Hit>> {
        self.check(query)?;
        let a = query.count_ones() as u32;
        let bound_of = |chunk: usize| {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.len());
            let (low, high) = (self.ones[range.start], self.ones[range.end - 1]);
            by.bound(a, a.clamp(low, high))
        };
        // Chunks that can hold the most similar first.
        let mut chunks: Vec<(f64, usize)> =
            (0..self.len().div_ceil(CHUNK)).map(|chunk| (bound_of(chunk), chunk)).collect();
        chunks.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        let mut best: Vec<Hit> = Vec::new();
        for batch in chunks.chunks(BATCH) {
            let worst = best.get(count.wrapping_sub(1)).map_or(0.0, |hit| hit.similarity);
            if count == 0 || best.len() >= count && batch[0].0 < worst {
                break;
            }
            let found: Vec<Vec<Hit>> = batch
                .par_iter()
                .map(|&(_, chunk)| {
                    let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.len());
                    let keep = |a, b, c| Some(by.of(a, b, c)).filter(|&similarity| similarity >= worst);
                    let mut hits = self.scan_one(query, a, range, &keep);
                    keep_best(&mut hits, count);
                    hits
                })
                .collect();
            best.extend(found.into_iter().flatten());
            keep_best(&mut best, count);
        }
        Ok(best)
    }

    /// For each fingerprint, in the order of the list that the library was made of, those at most `distance` (1 −
    /// similarity) away, without itself, ascending: what [`butina`](crate::data::butina) takes.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] unless the distance lies within 0 and 1.
    pub fn neighbors(&self, distance: f64, by: Similarity) -> Result<Vec<Vec<usize>>> {
        check_unit("distance of neighbours", distance)?;
        let near = |similarity: f64| 1.0 - similarity <= distance;
        let lists: Vec<Vec<usize>> = (0..self.len())
            .into_par_iter()
            .with_min_len(16)
            .map(|place| {
                let (query, a) = (self.row(place), self.ones[place]);
                let range = self.range(a, near, by);
                let mut list = Vec::new();
                for other in range.filter(|&other| other != place) {
                    if near(by.of(a, self.ones[other], common_ones(query, self.row(other)))) {
                        list.push(self.indices[other] as usize);
                    }
                }
                list.sort_unstable();
                list
            })
            .collect();
        let mut sorted = vec![Vec::new(); self.len()];
        lists.into_iter().zip(&self.indices).for_each(|(list, &index)| sorted[index as usize] = list);
        Ok(sorted)
    }

    fn row(&self, place: usize) -> &[u64] {
        &self.words[place * self.width..(place + 1) * self.width]
    }

    /// Places of those whose number of bits allows what `enough` asks of the similarity.
    fn range(&self, a: u32, enough: impl Fn(f64) -> bool, by: Similarity) -> std::ops::Range<usize> {
        // The bound rises up to a bits and falls from there on.
        let peak = self.ones.partition_point(|&b| b < a);
        let start = self.ones[..peak].partition_point(|&b| !enough(by.bound(a, b)));
        let end = peak + self.ones[peak..].partition_point(|&b| enough(by.bound(a, b)));
        start..end
    }

    /// What `keep` gives for each place, in the order of the places.
    fn scan(
        &self,
        query: &Fingerprint,
        range: std::ops::Range<usize>,
        keep: &(impl Fn(u32, u32, u32) -> Option<f64> + Sync),
    ) -> Result<Vec<Hit>> {
        self.check(query)?;
        let a = query.count_ones() as u32;
        let chunks: Vec<Vec<Hit>> = (0..range.len().div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let start = range.start + chunk * CHUNK;
                self.scan_one(query, a, start..(start + CHUNK).min(range.end), keep)
            })
            .collect();
        Ok(chunks.concat())
    }

    fn scan_one(
        &self,
        query: &Fingerprint,
        a: u32,
        range: std::ops::Range<usize>,
        keep: &impl Fn(u32, u32, u32) -> Option<f64>,
    ) -> Vec<Hit> {
        let rows = self.words[range.start * self.width..range.end * self.width].chunks_exact(self.width);
        let mut hits = Vec::new();
        for ((row, &b), &index) in rows.zip(&self.ones[range.clone()]).zip(&self.indices[range]) {
            if let Some(similarity) = keep(a, b, common_ones(query.words(), row)) {
                hits.push(Hit { index: index as usize, similarity });
            }
        }
        hits
    }

    fn check(&self, query: &Fingerprint) -> Result<()> {
        self.scheme.check_same(query.scheme())?;
        Error::check_len("bits of the query", self.size, query.size())
    }
}

/// Sorts the best so many to the front and drops the others.
fn keep_best(hits: &mut Vec<Hit>, count: usize) {
    if count < hits.len() {
        hits.select_nth_unstable_by(count, Hit::order);
        hits.truncate(count);
    }
    hits.sort_unstable_by(Hit::order);
}

fn check_unit(what: &'static str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        Err(Error::InvalidArgument { what, expected: "within 0 and 1", got: value.to_string() })
    }
}
