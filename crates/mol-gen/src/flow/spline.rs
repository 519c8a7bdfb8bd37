//! Rational-quadratic splines on an interval, by their unnormalised parameters.
//!
//! The pieces are functions of one element, forced inline, so that a coupling's loop over a batch is one kernel. The K
//! exponentials of a softmax run over a fixed number of lanes, which is what vectorises.

use mol_core::tensor::{Activation, Real};

/// Most bins of a spline: the lanes of a softmax.
pub(super) const MOST_BINS: usize = 16;
/// Least width and height of a bin, as a fraction of the interval.
const LEAST_BIN: f64 = 2e-3;
/// Least slope at a knot.
const LEAST_SLOPE: f64 = 2e-3;

/// A monotone spline of [low, high] onto itself.
///
/// Raw parameters: `bins` for the widths, `bins` for the heights, then the slopes: one per interior knot, with slope one
/// at the ends, or one per knot if the interval is a circle. Zeros give the identity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spline<E> {
    pub(super) bins: usize,
    /// Half the length of the interval.
    pub(super) bound: E,
    pub(super) periodic: bool,
}

/// One piece: knots and slopes on both sides, and where its slopes come from.
#[derive(Clone, Copy)]
struct Piece<E> {
    index: usize,
    x: E,
    width: E,
    y: E,
    height: E,
    slopes: [E; 2],
    /// ∂slope/∂raw.
    sigmoids: [E; 2],
}

/// Image (or argument) of a point, with ln dy/dx there.
pub(super) struct Value<E> {
    pub(super) y: E,
    pub(super) log_slope: E,
}

impl<E: Real> Spline<E> {
    /// Number of raw parameters.
    pub(super) const fn parameters(&self) -> usize {
        if self.periodic { 3 * self.bins } else { 3 * self.bins - 1 }
    }

    /// Share of the interval of each bin.
    #[inline(always)]
    fn shares(&self, raw: &[E]) -> [E; MOST_BINS] {
        let mut p = [E::of(f64::NEG_INFINITY); MOST_BINS];
        p[..self.bins].copy_from_slice(&raw[..self.bins]);
        let mut top = p[0];
        for v in &p[1..] {
            top = Real::max(*v, top);
        }
        for v in &mut p {
            *v = Real::exp(*v - top);
        }
        let mut sum = E::ZERO;
        for v in &p[..self.bins] {
            sum += *v;
        }
        let scale = E::ONE / sum;
        for v in &mut p {
            *v *= scale;
        }
        p
    }

    /// Length of a bin that has this share of the interval.
    #[inline(always)]
    fn length(&self, share: E) -> E {
        let least = E::of(2.0 * LEAST_BIN) * self.bound;
        least + self.stretch() * share
    }

    /// ∂length/∂share.
    #[inline(always)]
    fn stretch(&self) -> E {
        E::of(2.0 - 2.0 * LEAST_BIN * self.bins as f64) * self.bound
    }

    /// Slope at knot `k` and its derivative by its raw parameter.
    #[inline(always)]
    fn slope(&self, raw: &[E], k: usize) -> (E, E) {
        let at = match self.slope_parameter(k) {
            Some(at) => raw[2 * self.bins + at],
            None => return (E::ONE, E::ZERO),
        };
        let (shifted, sigmoid, _) = Activation::ShiftedSoftplus.evaluate(at);
        let scale = E::of((1.0 - LEAST_SLOPE) / std::f64::consts::LN_2);
        (E::ONE + shifted * scale, sigmoid * scale)
    }

    /// Which slope parameter knot `k` has.
    #[inline(always)]
    const fn slope_parameter(&self, k: usize) -> Option<usize> {
        if self.periodic {
            Some(if k == self.bins { 0 } else { k })
        } else if k == 0 || k == self.bins {
            None
        } else {
            Some(k - 1)
        }
    }

    /// The piece in which the coordinate `at` of `which` (0: x, 1: y) lies.
    #[inline(always)]
    fn piece(&self, raw: &[E], shares: &[[E; MOST_BINS]; 2], at: E, which: usize) -> Piece<E> {
        let mut low = [-self.bound; 2];
        let mut index = 0;
        loop {
            let lengths = [self.length(shares[0][index]), self.length(shares[1][index])];
            if index + 1 == self.bins || at < low[which] + lengths[which] {
                let ((d0, s0), (d1, s1)) = (self.slope(raw, index), self.slope(raw, index + 1));
                let [x, y] = low;
                let [width, height] = lengths;
                return Piece { index, x, width, y, height, slopes: [d0, d1], sigmoids: [s0, s1] };
            }
            low[0] += lengths[0];
            low[1] += lengths[1];
            index += 1;
        }
    }

    #[inline(always)]
    fn both_shares(&self, raw: &[E]) -> [[E; MOST_BINS]; 2] {
        [self.shares(raw), self.shares(&raw[self.bins..])]
    }

    #[inline(always)]
    fn outside(&self, x: E) -> bool {
        !self.periodic && (x <= -self.bound || x >= self.bound)
    }

    /// y and ln dy/dx at x.
    #[inline(always)]
    pub(super) fn apply(&self, raw: &[E], x: E) -> Value<E> {
        if self.outside(x) {
            return Value { y: x, log_slope: E::ZERO };
        }
        self.piece(raw, &self.both_shares(raw), x, 0).value(x)
    }

    /// x and ln dy/dx at y.
    #[inline(always)]
    pub(super) fn invert(&self, raw: &[E], y: E) -> Value<E> {
        if self.outside(y) {
            return Value { y, log_slope: E::ZERO };
        }
        let piece = self.piece(raw, &self.both_shares(raw), y, 1);
        let x = piece.x + piece.width * piece.solve(y);
        Value { y: x, log_slope: piece.value(x).log_slope }
    }

    /// Calls `seed` with dy/dx, ∂ ln(dy/dx)/∂x and y at x and adds the gradient of `a y + b ln(dy/dx)`, for the (a, b)
    /// that it returns, to `gradient`.
    #[inline(always)]
    pub(super) fn adjoint(&self, raw: &[E], x: E, seed: impl FnOnce(E, E, E) -> (E, E), gradient: &mut [E]) {
        if self.outside(x) {
            seed(E::ONE, E::ZERO, x);
            return;
        }
        let shares = self.both_shares(raw);
        let piece = self.piece(raw, &shares, x, 0);
        let [by_x, by_y, by_slopes] = piece.adjoint(x, seed);
        let k = piece.index;
        for (side, (by_slope, sigmoid)) in by_slopes.into_iter().zip(piece.sigmoids).enumerate() {
            if let Some(at) = self.slope_parameter(k + side) {
                gradient[2 * self.bins + at] += by_slope * sigmoid;
            }
        }
        for (which, [knot, length]) in [by_x, by_y].into_iter().enumerate() {
            // The knot is the sum of the lengths before it; each length depends on all raw parameters by the softmax.
            let share = &shares[which];
            let mut mean = length * share[k];
            for p in &share[..k] {
                mean += knot * *p;
            }
            let stretch = self.stretch();
            let out = &mut gradient[which * self.bins..][..self.bins];
            for (j, (g, p)) in out.iter_mut().zip(share).enumerate() {
                let before = if j < k { knot } else { E::ZERO };
                let by_length = if j == k { length } else { before };
                *g += stretch * *p * (by_length - mean);
            }
        }
    }
}

impl<E: Real> Piece<E> {
    /// y and ln dy/dx at x.
    #[inline(always)]
    fn value(&self, x: E) -> Value<E> {
        let [d0, d1] = self.slopes;
        let (s, two) = (self.height / self.width, E::of(2.0));
        let xi = (x - self.x) / self.width;
        let eta = E::ONE - xi;
        let p = xi * eta;
        let below = s + (d0 + d1 - two * s) * p;
        let above = s * xi * xi + d0 * p;
        let rise = d1 * xi * xi + two * s * p + d0 * eta * eta;
        let ratio = s / below;
        Value { y: self.y + self.height * above / below, log_slope: ln(ratio * ratio * rise) }
    }

    /// ξ of y: the root of a ξ² + b ξ + c that lies in [0, 1], in the form without cancellation.
    #[inline(always)]
    fn solve(&self, y: E) -> E {
        let [d0, d1] = self.slopes;
        let s = self.height / self.width;
        let up = (y - self.y) / self.height;
        let bend = d0 + d1 - E::of(2.0) * s;
        let (a, b, c) = ((s - d0) + up * bend, d0 - up * bend, -(s * up));
        let root = Real::sqrt(Real::max(b * b - E::of(4.0) * a * c, E::ZERO));
        E::of(2.0) * c / (-b - root)
    }

    /// Gradients by ([x knot, width], [y knot, height], slopes) of `a y + b ln(dy/dx)`.
    #[inline(always)]
    fn adjoint(&self, x: E, seed: impl FnOnce(E, E, E) -> (E, E)) -> [[E; 2]; 3] {
        let [d0, d1] = self.slopes;
        let (s, two) = (self.height / self.width, E::of(2.0));
        let xi = (x - self.x) / self.width;
        let eta = E::ONE - xi;
        let (p, tilt) = (xi * eta, E::ONE - two * xi);
        let bend = d0 + d1 - two * s;
        let below = s + bend * p;
        let above = s * xi * xi + d0 * p;
        let rise = d1 * xi * xi + two * s * p + d0 * eta * eta;
        let inverse = E::ONE / below;
        let f = above * inverse;
        // Partial derivatives of f = above / below by (ξ, s, d₀, d₁) …
        let below_by = [bend * tilt, E::ONE - two * p, p, p];
        let above_by = [two * s * xi + d0 * tilt, xi * xi, p, E::ZERO];
        // … and of ln(dy/dx) = 2 ln s + ln rise − 2 ln below.
        let rise_by = [two * d1 * xi + two * s * tilt - two * d0 * eta, two * p, eta * eta, xi * xi];
        let one_over_rise = E::ONE / rise;
        let mut f_by = [E::ZERO; 4];
        let mut log_by = [E::ZERO; 4];
        for k in 0..4 {
            f_by[k] = (above_by[k] - f * below_by[k]) * inverse;
            log_by[k] = rise_by[k] * one_over_rise - two * below_by[k] * inverse;
        }
        log_by[1] += two / s;
        let ratio = s * inverse;
        let (a, b) = seed(ratio * ratio * rise, log_by[0] / self.width, self.y + self.height * f);
        let mut by = [E::ZERO; 4];
        for k in 0..4 {
            by[k] = a * self.height * f_by[k] + b * log_by[k];
        }
        let knot = -by[0] / self.width;
        let width = (-by[0] * xi - by[1] * s) / self.width;
        let height = a * f + by[1] / self.width;
        [[knot, width], [a, height], [by[2], by[3]]]
    }
}

/// Natural logarithm, through f64: `Real` has none.
#[inline(always)]
pub(super) fn ln<E: Real>(x: E) -> E {
    E::of(x.f64().ln())
}
