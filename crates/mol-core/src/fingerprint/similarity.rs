//! How alike two fingerprints are.
//!
//! All coefficients lie between 0 and 1, and two empty fingerprints have similarity 0, as in `RDKit`: nothing in common
//! is no sign of likeness. Deliberately not here: coefficients that count what both lack.

use super::{Counts, Fingerprint, Scheme};
use crate::{Error, Result};

impl Scheme {
    /// `Err` unless the two are equal.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] with both names.
    pub fn check_same(&self, other: &Self) -> Result<()> {
        if self == other {
            return Ok(());
        }
        let got = format!("{self:?} and {other:?}", self = self.name(), other = other.name());
        Err(Error::InvalidArgument { what: "fingerprints to compare", expected: "of one scheme", got })
    }
}

/// What all coefficients are made of: a and b are the amounts in either, c what they share.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Overlap {
    a: f64,
    b: f64,
    c: f64,
}

fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 { numerator / denominator } else { 0.0 }
}

impl Overlap {
    fn tanimoto(self) -> f64 {
        ratio(self.c, self.a + self.b - self.c)
    }

    fn dice(self) -> f64 {
        ratio(2.0 * self.c, self.a + self.b)
    }

    fn tversky(self, alpha: f64, beta: f64) -> f64 {
        ratio(self.c, alpha * (self.a - self.c) + beta * (self.b - self.c) + self.c)
    }
}

macro_rules! coefficients {
    ($what:literal) => {
        #[doc = concat!("Tanimoto's coefficient of ", $what, ":")]
        ///
        /// ```text
        /// T = c / (a + b − c)
        /// ```
        ///
        /// (Rogers and Tanimoto, *Science* **132**, 1115 (1960); Jaccard's index.)
        ///
        /// # Errors
        /// [`Error::InvalidArgument`] if they are of different schemes, [`Error::ShapeMismatch`] of different sizes.
        pub fn tanimoto(&self, other: &Self) -> Result<f64> {
            Ok(self.overlap(other)?.tanimoto())
        }

        #[doc = concat!("Dice's coefficient of ", $what, ":")]
        ///
        /// ```text
        /// D = 2 c / (a + b)
        /// ```
        ///
        /// (Dice, *Ecology* **26**, 297 (1945).)
        ///
        /// # Errors
        /// As [`tanimoto`](Self::tanimoto).
        pub fn dice(&self, other: &Self) -> Result<f64> {
            Ok(self.overlap(other)?.dice())
        }

        #[doc = concat!("Tversky's index of ", $what, ", which is not symmetric:")]
        ///
        /// ```text
        /// S = c / (α (a − c) + β (b − c) + c)
        /// ```
        ///
        /// α = β = 1 is Tanimoto, ½ Dice; α = 1, β = 0 is the part of `self` that `other` has. (Tversky, *Psychol.
        /// Rev.* **84**, 327 (1977).)
        ///
        /// # Errors
        /// As [`tanimoto`](Self::tanimoto), and [`Error::InvalidArgument`] if a weight is negative or not finite.
        pub fn tversky(&self, other: &Self, alpha: f64, beta: f64) -> Result<f64> {
            for (what, weight) in [("alpha of Tversky's index", alpha), ("beta of Tversky's index", beta)] {
                if !(weight.is_finite() && weight >= 0.0) {
                    let got = weight.to_string();
                    return Err(Error::InvalidArgument { what, expected: "finite and not negative", got });
                }
            }
            Ok(self.overlap(other)?.tversky(alpha, beta))
        }
    };
}

/// Here a and b are the numbers of bits on, c of those on in both.
impl Fingerprint {
    coefficients!("two sets of bits");

    /// Cosine of the angle between two sets of bits (Ochiai's coefficient), c / √(a b).
    ///
    /// # Errors
    /// As [`tanimoto`](Self::tanimoto).
    pub fn cosine(&self, other: &Self) -> Result<f64> {
        let Overlap { a, b, c } = self.overlap(other)?;
        Ok(ratio(c, (a * b).sqrt()))
    }

    fn overlap(&self, other: &Self) -> Result<Overlap> {
        self.check_comparable(other)?;
        let (mut a, mut b, mut c) = (0, 0, 0);
        for (x, y) in self.words().iter().zip(other.words()) {
            a += x.count_ones();
            b += y.count_ones();
            c += (x & y).count_ones();
        }
        Ok(Overlap { a: f64::from(a), b: f64::from(b), c: f64::from(c) })
    }
}

/// Here a and b are the sums of the counts, c the sum of the lesser ones.
impl Counts {
    coefficients!("two tables of counts");

    /// Cosine of the angle between two tables of counts as vectors, x·y / (|x| |y|).
    ///
    /// # Errors
    /// As [`tanimoto`](Self::tanimoto).
    pub fn cosine(&self, other: &Self) -> Result<f64> {
        let mut dot = 0.0;
        self.shared(other, |x, y| dot += f64::from(x) * f64::from(y))?;
        let square = |counts: &Self| counts.entries().iter().map(|entry| f64::from(entry.1).powi(2)).sum::<f64>();
        Ok(ratio(dot, (square(self) * square(other)).sqrt()))
    }

    fn overlap(&self, other: &Self) -> Result<Overlap> {
        let mut c = 0;
        self.shared(other, |x, y| c += u64::from(x.min(y)))?;
        Ok(Overlap { a: self.total() as f64, b: other.total() as f64, c: c as f64 })
    }

    /// Visits the counts of the codes that both have.
    fn shared(&self, other: &Self, mut visit: impl FnMut(u32, u32)) -> Result<()> {
        self.scheme().check_same(other.scheme())?;
        let (mut left, mut right) = (self.entries().iter().peekable(), other.entries().iter().peekable());
        while let (Some(&&(x, m)), Some(&&(y, n))) = (left.peek(), right.peek()) {
            if x == y {
                visit(m, n);
            }
            if x <= y {
                left.next();
            }
            if y <= x {
                right.next();
            }
        }
        Ok(())
    }
}
