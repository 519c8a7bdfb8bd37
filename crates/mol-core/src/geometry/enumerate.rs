//! Systematic enumeration of torsion angles.
//!
//! A [`TorsionGrid`] is a list of angles per torsion; its settings are counted like the digits of a number in mixed radix,
//! the last torsion fastest, so that any setting can be reached by its number and huge grids cost nothing. Symmetry
//! leaves one setting of each class; a budget below the size of the grid is spent so that every angle of every torsion is
//! tried equally often. Deliberately not here: building and minimising the conformers (searches of `mol-rl`).

use super::torsions::wrap_angle;
use crate::{Error, Result, Rng};
use rustc_hash::FxHashSet;
use std::f64::consts::TAU;

/// Tries to replace a repeated setting of a sample before it is accepted as it is.
const REPAIRS: usize = 100;

/// A grid of torsion angles: for each torsion the angles to try.
///
/// ```
/// use mol_core::geometry::TorsionGrid;
/// let grid = TorsionGrid::uniform(2, 3, std::f64::consts::PI)?; // ±60° and 180° of two torsions
/// assert_eq!(grid.count(), Some(9));
/// assert_eq!(grid.settings().nth(5), Some(vec![1, 2]));
/// assert_eq!(grid.angles(&[1, 2])?.iter().map(|a| a.to_degrees().round()).collect::<Vec<_>>(), [-60.0, 60.0]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TorsionGrid {
    /// Angles [rad] of each torsion, none empty.
    angles: Vec<Vec<f64>>,
}

/// A symmetry of the torsions: where each goes, and whether all angles change their sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TorsionSymmetry {
    /// Torsion i goes to place `permutation[i]`.
    pub permutation: Vec<usize>,
    /// Whether the symmetry is a mirror, φ → −φ.
    pub mirror: bool,
}

impl TorsionGrid {
    /// Any angles [rad] for each torsion.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if a torsion has no angles, [`Error::NotFinite`] naming the torsion.
    pub fn new(angles: Vec<Vec<f64>>) -> Result<Self> {
        for (index, list) in angles.iter().enumerate() {
            if list.is_empty() {
                let got = format!("none for torsion {index}");
                return Err(Error::InvalidArgument { what: "angles of a torsion", expected: "at least one", got });
            }
            if let Some(&value) = list.iter().find(|angle| !angle.is_finite()) {
                return Err(Error::NotFinite { what: "an angle of torsion", index, value });
            }
        }
        Ok(Self { angles })
    }

    /// `bins` angles evenly around the circle for each of `torsions` torsions, the first at `offset` [rad].
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn uniform(torsions: usize, bins: usize, offset: f64) -> Result<Self> {
        let circle: Vec<f64> = (0..bins).map(|k| wrap_angle(offset + TAU * k as f64 / bins as f64)).collect();
        Self::new(vec![circle; torsions])
    }

    /// Number of torsions.
    #[must_use]
    pub const fn torsions(&self) -> usize {
        self.angles.len()
    }

    /// Number of angles of each torsion, shape `[torsions]`.
    #[must_use]
    pub fn radices(&self) -> Vec<usize> {
        self.angles.iter().map(Vec::len).collect()
    }

    /// Number of settings; `None` if it exceeds 2¹²⁸ − 1.
    #[must_use]
    pub fn count(&self) -> Option<u128> {
        self.angles.iter().try_fold(1_u128, |product, list| product.checked_mul(list.len() as u128))
    }

    /// The angles [rad] of a setting, shape `[torsions]`.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for another number of digits, [`Error::InvalidArgument`] for a digit out of range.
    pub fn angles(&self, setting: &[usize]) -> Result<Vec<f64>> {
        Error::check_len("digits of a torsion setting", self.torsions(), setting.len())?;
        let angle = |(list, &digit): (&Vec<f64>, &usize)| {
            let got = || format!("{digit} of {}", list.len());
            let refuse = || Error::InvalidArgument { what: "torsion bin", expected: "in range", got: got() };
            list.get(digit).copied().ok_or_else(refuse)
        };
        self.angles.iter().zip(setting).map(angle).collect()
    }

    /// Setting number `index`, the last torsion fastest; `None` past the end.
    #[must_use]
    pub fn setting(&self, mut index: u128) -> Option<Vec<usize>> {
        let mut setting = vec![0; self.torsions()];
        for (digit, list) in setting.iter_mut().zip(&self.angles).rev() {
            let radix = list.len() as u128;
            *digit = (index % radix) as usize;
            index /= radix;
        }
        (index == 0).then_some(setting)
    }

    /// All settings in order.
    #[must_use]
    pub fn settings(&self) -> TorsionSettings {
        TorsionSettings { radices: self.radices(), next: Some(vec![0; self.torsions()]) }
    }

    /// The settings that come first among their images under `symmetries`, which should be a group.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if a permutation is none, or a symmetry takes an angle of the grid to one that is not
    /// on it.
    pub fn unique_settings(&self, symmetries: &[TorsionSymmetry]) -> Result<impl Iterator<Item = Vec<usize>> + use<>> {
        let images = symmetries.iter().map(|symmetry| self.images(symmetry)).collect::<Result<Vec<_>>>()?;
        Ok(self.settings().filter(move |setting| {
            images.iter().all(|(permutation, digits)| {
                let mut image = vec![0; setting.len()];
                for (torsion, &digit) in setting.iter().enumerate() {
                    image[permutation[torsion]] = digits[torsion][digit];
                }
                *setting <= image
            })
        }))
    }

    /// The permutation of a symmetry, and for each torsion and digit the digit at its new place.
    fn images(&self, symmetry: &TorsionSymmetry) -> Result<(Vec<usize>, Vec<Vec<usize>>)> {
        let permutation = &symmetry.permutation;
        Error::check_len("torsions of a symmetry", self.torsions(), permutation.len())?;
        let mut sorted = permutation.clone();
        sorted.sort_unstable();
        let refuse = |expected, got| Err(Error::InvalidArgument { what: "symmetry of torsions", expected, got });
        if !sorted.iter().copied().eq(0..self.torsions()) {
            return refuse("a permutation", format!("{permutation:?}"));
        }
        let mut digits = Vec::with_capacity(self.torsions());
        for (torsion, list) in self.angles.iter().enumerate() {
            let (place, sign) = (permutation[torsion], if symmetry.mirror { -1.0 } else { 1.0 });
            let find = |angle: &f64| {
                let same = |other: &f64| wrap_angle(sign * angle - other).abs() < 1e-9;
                self.angles[place].iter().position(same)
            };
            match list.iter().map(find).collect::<Option<Vec<usize>>>() {
                Some(found) => digits.push(found),
                None => return refuse("one that keeps the grid", format!("torsion {torsion} to {place}")),
            }
        }
        Ok((permutation.clone(), digits))
    }

    /// `budget` settings: all of them in order if the grid is not larger, else a sample with equal coverage.
    ///
    /// In the sample each torsion tries each of its K angles ⌊budget / K⌋ or ⌈budget / K⌉ times (a Latin hypercube:
    /// McKay, Beckman and Conover, *Technometrics* **21**, 239 (1979)), and settings differ from one another unless the
    /// budget is close to the size of a small grid.
    pub fn sample(&self, budget: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
        if self.count().is_some_and(|count| count <= budget as u128) {
            return self.settings().collect();
        }
        let mut settings = vec![vec![0; self.torsions()]; budget];
        for (torsion, list) in self.angles.iter().enumerate() {
            // The digits that come once more often are drawn too.
            let mut order: Vec<usize> = (0..list.len()).collect();
            rng.shuffle(&mut order);
            let mut column: Vec<usize> = (0..budget).map(|row| order[row % list.len()]).collect();
            rng.shuffle(&mut column);
            for (setting, digit) in settings.iter_mut().zip(column) {
                setting[torsion] = digit;
            }
        }
        self.repair(&mut settings, rng);
        settings
    }

    /// Exchanges single digits between settings, which keeps the coverage, until no setting is repeated.
    fn repair(&self, settings: &mut [Vec<usize>], rng: &mut Rng) {
        let mut seen: FxHashSet<Vec<usize>> = FxHashSet::default();
        let mut repeated = Vec::new();
        for (row, setting) in settings.iter().enumerate() {
            if !seen.insert(setting.clone()) {
                repeated.push(row);
            }
        }
        for row in repeated {
            for _ in 0..REPAIRS {
                let (other, torsion) = (rng.below(settings.len()), rng.below(self.torsions()));
                let (mut mine, mut theirs) = (settings[row].clone(), settings[other].clone());
                std::mem::swap(&mut mine[torsion], &mut theirs[torsion]);
                if mine == theirs || seen.contains(&mine) || seen.contains(&theirs) {
                    continue;
                }
                seen.remove(&settings[other]);
                seen.insert(mine.clone());
                seen.insert(theirs.clone());
                (settings[row], settings[other]) = (mine, theirs);
                break;
            }
        }
    }
}

/// The settings of a [`TorsionGrid`] in order; see [`TorsionGrid::settings`].
#[derive(Clone, Debug)]
pub struct TorsionSettings {
    radices: Vec<usize>,
    next: Option<Vec<usize>>,
}

impl Iterator for TorsionSettings {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let current = self.next.take()?;
        let mut following = current.clone();
        for (digit, &radix) in following.iter_mut().zip(&self.radices).rev() {
            *digit += 1;
            if *digit < radix {
                self.next = Some(following);
                break;
            }
            *digit = 0;
        }
        Some(current)
    }
}
