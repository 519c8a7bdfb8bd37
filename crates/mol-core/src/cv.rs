//! Scalar functions of a frame: collective variables.
//!
//! A collective variable has the shape of a potential (it adds −∂s/∂x to an accumulator), so that biasing one is a chain
//! rule and its derivatives are tested by the same code. What it adds is a [`Domain`]: dihedrals live on a circle.

use crate::{Derivatives, Frame};

/// The range of a collective variable.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Domain {
    /// The real line.
    Line,
    /// A circle cut open at `low` ≡ `high`.
    Periodic {
        /// Lower end of the period.
        low: f64,
        /// Upper end of the period.
        high: f64,
    },
}

impl Domain {
    /// The circle of dihedral angles, [−π, π) [rad].
    pub const ANGLE: Self = Self::Periodic { low: -std::f64::consts::PI, high: std::f64::consts::PI };

    /// `a − b` by the shorter way round.
    ///
    /// ```
    /// use mol_core::Domain;
    /// let degrees = Domain::Periodic { low: -180.0, high: 180.0 };
    /// assert_eq!(degrees.difference(170.0, -170.0), -20.0);
    /// assert_eq!(Domain::Line.difference(170.0, -170.0), 340.0);
    /// ```
    #[must_use]
    pub fn difference(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Line => a - b,
            Self::Periodic { low, high } => {
                let (d, period) = (a - b, high - low);
                d - period * (d / period).round()
            }
        }
    }

    /// The image of `s` within low ≤ s < high; `s` itself on the line.
    ///
    /// ```
    /// use mol_core::Domain;
    /// assert_eq!(Domain::Periodic { low: 0.0, high: 360.0 }.wrap(-90.0), 270.0);
    /// ```
    #[must_use]
    pub fn wrap(self, s: f64) -> f64 {
        match self {
            Self::Line => s,
            Self::Periodic { low, high } => {
                let wrapped = low + (s - low).rem_euclid(high - low);
                if wrapped >= high { low } else { wrapped }
            }
        }
    }
}

/// A scalar of a frame with its gradient; what enhanced sampling biases.
///
/// `mol_core::testing::check_collective_variable` tests an implementation.
pub trait CollectiveVariable: Send + Sync {
    /// Number of atoms of the frames it takes.
    fn atoms(&self) -> usize;

    /// Its range.
    fn domain(&self) -> Domain {
        Domain::Line
    }

    /// The value s; adds −∂s/∂x (and its virial) to `out`, as a potential does.
    ///
    /// # Panics
    /// If `frame` or `out` are of another number of atoms.
    fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64;

    /// An independent copy.
    fn boxed_clone(&self) -> Box<dyn CollectiveVariable>;
}

macro_rules! forward_cv {
    ($pointer:ty) => {
        impl<C: CollectiveVariable + ?Sized> CollectiveVariable for $pointer {
            fn atoms(&self) -> usize {
                (**self).atoms()
            }
            fn domain(&self) -> Domain {
                (**self).domain()
            }
            fn value(&mut self, frame: Frame<'_>, out: &mut Derivatives) -> f64 {
                (**self).value(frame, out)
            }
            fn boxed_clone(&self) -> Box<dyn CollectiveVariable> {
                (**self).boxed_clone()
            }
        }
    };
}
forward_cv!(Box<C>);
forward_cv!(&mut C);

impl Clone for Box<dyn CollectiveVariable> {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn differences_are_at_most_half_a_period() {
        assert!((Domain::ANGLE.difference(PI - 0.1, -PI + 0.1) + 0.2).abs() < 1e-15);
        for k in -50..50 {
            let (a, b) = (0.37 * f64::from(k), 1.3);
            let d = Domain::ANGLE.difference(a, b);
            assert!(
                d.abs() <= PI && {
                    let turns = (a - b - d) / (2.0 * PI);
                    (turns - turns.round()).abs() < 1e-12
                }
            );
        }
        assert!(Domain::ANGLE.difference(f64::NAN, 0.0).is_nan());
    }

    #[test]
    fn wrapping_stays_below_the_upper_end() {
        let angle = Domain::ANGLE;
        assert_eq!(angle.wrap(PI), -PI);
        assert_eq!(angle.wrap(-PI), -PI);
        assert_eq!(angle.wrap(0.25), 0.25);
        // Just below the lower end, rounding would give the upper one.
        assert!(angle.wrap(-PI - 1e-17) < PI && angle.wrap((-PI).next_down()) < PI);
        assert_eq!(Domain::Line.wrap(1e9), 1e9);
    }
}
