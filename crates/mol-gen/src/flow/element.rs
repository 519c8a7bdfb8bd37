//! The elementwise map of a coupling, with its inverse and the adjoints of both.

use super::spline::Spline;
use mol_core::tensor::{Activation, Real};

/// y = eˢ R(x) + t: spline R, bounded log-scale s and shift t, each optional; on a circle y is wrapped.
///
/// Raw parameters: those of the spline, the raw log-scale r (s = L tanh(r / L)), the shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<E> {
    pub(super) spline: Option<Spline<E>>,
    /// Bound L of the log-scale.
    pub(super) limit: Option<E>,
    pub(super) shift: bool,
}

impl<E: Real> Element<E> {
    /// Number of raw parameters.
    pub(super) const fn parameters(&self) -> usize {
        self.of_spline() + self.limit.is_some() as usize + self.shift as usize
    }

    const fn of_spline(&self) -> usize {
        match &self.spline {
            Some(spline) => spline.parameters(),
            None => 0,
        }
    }

    #[inline(always)]
    fn periodic(&self) -> bool {
        self.spline.is_some_and(|s| s.periodic)
    }

    /// (s, ∂s/∂r, t).
    #[inline(always)]
    fn affine(&self, raw: &[E]) -> (E, E, E) {
        let raw = &raw[self.of_spline()..];
        let (log_scale, slope) = match self.limit {
            None => (E::ZERO, E::ZERO),
            Some(limit) => {
                let (t, slope, _) = Activation::Tanh.evaluate(raw[0] / limit);
                (limit * t, slope)
            }
        };
        let shift = if self.shift { raw[usize::from(self.limit.is_some())] } else { E::ZERO };
        (log_scale, slope, shift)
    }

    /// (y, ln dy/dx) at x.
    #[inline(always)]
    pub(super) fn apply(&self, raw: &[E], x: E) -> (E, E) {
        let (log_scale, _, shift) = self.affine(raw);
        let (inner, log_slope) = match &self.spline {
            None => (x, E::ZERO),
            Some(spline) => {
                let value = spline.apply(raw, if spline.periodic { wrap(x) } else { x });
                (value.y, value.log_slope)
            }
        };
        if self.periodic() {
            return (wrap(inner + shift), log_slope);
        }
        (inner * Real::exp(log_scale) + shift, log_slope + log_scale)
    }

    /// (x, ln dx/dy) at y.
    #[inline(always)]
    pub(super) fn invert(&self, raw: &[E], y: E) -> (E, E) {
        let (log_scale, _, shift) = self.affine(raw);
        let inner = if self.periodic() { wrap(y - shift) } else { (y - shift) * Real::exp(-log_scale) };
        match &self.spline {
            None => (inner, -log_scale),
            Some(spline) => {
                let value = spline.invert(raw, inner);
                (value.y, -(value.log_slope + log_scale))
            }
        }
    }

    /// Adjoint of [`apply`](Self::apply) (or, if `INVERSE`, of [`invert`](Self::invert), whose output is `x`): takes
    /// the adjoints of output and log-slope, adds to the raw parameters' gradient, returns the input's.
    ///
    /// With F the map and l its log-slope, at x = F⁻¹(y): dx/dy = 1 / F′ and ∂x/∂θ = −F_θ / F′, so the inverse is the
    /// forward adjoint with other seeds.
    #[inline(always)]
    pub(super) fn adjoint<const INVERSE: bool>(&self, raw: &[E], x: E, out: E, log: E, gradient: &mut [E]) -> E {
        let (log_scale, slope_of_scale, _) = self.affine(raw);
        let scale = Real::exp(log_scale);
        let x = if self.periodic() { wrap(x) } else { x };
        let (mut down, mut by_y, mut by_log, mut inner) = (E::ZERO, out, log, x);
        let mut seed = |slope: E, bend: E, at: E| {
            let total = slope * scale;
            inner = at;
            if INVERSE {
                down = (out - log * bend) / total;
                (by_y, by_log) = (-down, -log);
            } else {
                down = out * total + log * bend;
            }
            (by_y * scale, by_log)
        };
        match &self.spline {
            None => _ = seed(E::ONE, E::ZERO, x),
            Some(spline) => spline.adjoint(raw, x, seed, gradient),
        }
        let mut at = self.of_spline();
        if self.limit.is_some() {
            gradient[at] += (by_y * scale * inner + by_log) * slope_of_scale;
            at += 1;
        }
        if self.shift {
            gradient[at] += by_y;
        }
        down
    }
}

/// The image of an angle in [−π, π).
#[inline(always)]
pub(super) fn wrap<E: Real>(angle: E) -> E {
    use std::f64::consts::{PI, TAU};
    if angle >= E::of(-PI) && angle < E::of(PI) {
        return angle;
    }
    let wide = angle.f64();
    let wrapped = E::of(wide - TAU * ((wide + PI) / TAU).floor());
    if wrapped >= E::of(PI) || wrapped < E::of(-PI) { E::of(-PI) } else { wrapped }
}
