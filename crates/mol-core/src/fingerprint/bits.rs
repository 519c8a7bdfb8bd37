//! Fingerprints as bits.

use super::Scheme;
use crate::{Error, Result};

/// How many bits (or counts) the codes of a fingerprint are folded into: 8 to 2²⁶, 2048 unless said otherwise.
///
/// ```
/// use mol_core::fingerprint::FoldedSize;
/// assert_eq!(FoldedSize::default().get(), 2048);
/// assert!(FoldedSize::new(0).is_err());
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "usize", into = "usize")]
pub struct FoldedSize(u32);

impl FoldedSize {
    /// So many bits.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] outside 8 to 2²⁶.
    pub fn new(bits: usize) -> Result<Self> {
        if (8..=1 << 26).contains(&bits) {
            Ok(Self(bits as u32))
        } else {
            let got = bits.to_string();
            Err(Error::InvalidArgument { what: "size of a fingerprint", expected: "8 to 2^26 bits", got })
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for FoldedSize {
    fn default() -> Self {
        Self(2048)
    }
}

impl TryFrom<usize> for FoldedSize {
    type Error = Error;

    fn try_from(bits: usize) -> Result<Self> {
        Self::new(bits)
    }
}

impl From<FoldedSize> for usize {
    fn from(size: FoldedSize) -> Self {
        size.get()
    }
}

/// A fingerprint: so many bits, and the [`Scheme`] that says what they mean.
///
/// ```
/// use mol_core::{Molecule, fingerprint::Morgan, perceive::Perception};
/// let aspirin = Perception::new(&Molecule::from_smiles("CC(=O)Oc1ccccc1C(=O)O")?)?;
/// let bits = Morgan::default().fingerprint(&aspirin);
/// assert_eq!((bits.size(), bits.count_ones()), (2048, 24));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Fingerprint {
    scheme: Scheme,
    size: u32,
    /// Bit k is bit k % 64 of word k / 64; those beyond the size are 0.
    words: Vec<u64>,
}

/// The serialised form: what is on, ascending.
#[derive(serde::Serialize, serde::Deserialize)]
struct Plain {
    scheme: Scheme,
    size: FoldedSize,
    on: Vec<u32>,
}

impl Fingerprint {
    /// A fingerprint of these bits, in any order, repetitions allowed.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] with the first bit that is not below `size`.
    pub fn from_bits(scheme: Scheme, size: FoldedSize, on: impl IntoIterator<Item = usize>) -> Result<Self> {
        let mut fingerprint = Self::empty(scheme, size);
        for bit in on {
            if bit >= size.get() {
                let got = format!("{bit} of {}", size.get());
                return Err(Error::InvalidArgument { what: "bit", expected: "less than the size", got });
            }
            fingerprint.set(bit);
        }
        Ok(fingerprint)
    }

    /// A fingerprint of these words.
    pub(super) fn from_words(scheme: &Scheme, size: FoldedSize, words: &[u64]) -> Result<Self> {
        Error::check_len("words of a fingerprint", size.get().div_ceil(64), words.len())?;
        let beyond = words.last().map_or(0, |last| last.checked_shr((size.0 - 1) % 64 + 1).unwrap_or(0));
        if beyond != 0 {
            let got = format!("bits beyond the {} there are", size.get());
            return Err(Error::InvalidArgument {
                what: "words of a fingerprint",
                expected: "bits within its size",
                got,
            });
        }
        Ok(Self { scheme: scheme.clone(), size: size.0, words: words.to_vec() })
    }

    pub(super) fn empty(scheme: Scheme, size: FoldedSize) -> Self {
        Self { scheme, size: size.0, words: vec![0; size.get().div_ceil(64)] }
    }

    /// Sets a bit known to be below the size.
    #[inline]
    pub(super) fn set(&mut self, bit: usize) {
        self.words[bit / 64] |= 1 << (bit % 64);
    }

    /// How it was made.
    #[must_use]
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Number of bits.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size as usize
    }

    /// The bits, 64 to a word, the first one lowest. Shape `[size.div_ceil(64)]`.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Number of bits that are on.
    #[must_use]
    pub fn count_ones(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether a bit is on; beyond the size none is.
    #[must_use]
    pub fn contains(&self, bit: usize) -> bool {
        self.words.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// The bits that are on, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(k, &word)| {
            let next = |rest: &u64| Some(rest & (rest - 1)).filter(|&rest| rest != 0);
            std::iter::successors(Some(word).filter(|&word| word != 0), next)
                .map(move |rest| 64 * k + rest.trailing_zeros() as usize)
        })
    }

    /// The bits as numbers 0 and 1, shape `[size]`: the input of a model.
    #[must_use]
    pub fn to_dense(&self) -> Vec<f32> {
        (0..self.size()).map(|bit| f32::from(u8::from(self.contains(bit)))).collect()
    }

    /// `Err` unless both are of one scheme and size.
    pub(super) fn check_comparable(&self, other: &Self) -> Result<()> {
        self.scheme.check_same(&other.scheme)?;
        Error::check_len("bits of a fingerprint", self.size(), other.size())
    }
}

impl From<Fingerprint> for Plain {
    fn from(fingerprint: Fingerprint) -> Self {
        let on = fingerprint.ones().map(|bit| bit as u32).collect();
        Self { scheme: fingerprint.scheme, size: FoldedSize(fingerprint.size), on }
    }
}

impl TryFrom<Plain> for Fingerprint {
    type Error = Error;

    fn try_from(plain: Plain) -> Result<Self> {
        Self::from_bits(plain.scheme, plain.size, plain.on.into_iter().map(|bit| bit as usize))
    }
}
