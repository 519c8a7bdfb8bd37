//! Axes: the range shown, where its ticks stand and what they say.

use crate::{Error, Result};

/// How numbers are laid on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    Log,
}

/// One tick: where and what it says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// A resolved axis: limits in data units and the map to 0…1.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    scale: Scale,
    step: Option<f64>,
}

impl Axis {
    /// The axis that shows `values`, with a margin of 4 % where no range was asked for.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if an asked range is empty, or if a logarithmic axis has to show a number ≤ 0.
    pub(super) fn fit(
        what: &'static str,
        scale: Scale,
        range: Option<(f64, f64)>,
        step: Option<f64>,
        values: impl Iterator<Item = f64>,
        from_zero: bool,
    ) -> Result<Self> {
        if let Some((low, high)) = range {
            if !(low < high && low.is_finite() && high.is_finite()) || (scale == Scale::Log && low <= 0.0) {
                let expected = "a finite range low < high (low > 0 on a logarithmic axis)";
                return Err(Error::InvalidArgument { what, expected, got: format!("{low}..{high}") });
            }
            return Ok(Self { low, high, scale, step });
        }
        let (mut low, mut high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = if scale == Scale::Log { (1.0, 10.0) } else { (0.0, 1.0) };
        }
        if scale == Scale::Log {
            if low <= 0.0 {
                return Err(Error::InvalidArgument {
                    what,
                    expected: "positive values on a logarithmic axis",
                    got: low.to_string(),
                });
            }
            let margin = ((high / low).ln() * 0.05).max(0.05).exp();
            return Ok(Self { low: low / margin, high: high * margin, scale, step });
        }
        if from_zero && low >= 0.0 {
            low = 0.0;
        }
        // A constant is shown in the middle of a range of its own size (or of 1 around zero).
        let span = high - low;
        let margin = if span > 1e-12 * high.abs().max(low.abs()) { 0.04 * span } else { high.abs().max(1.0) * 0.5 };
        let low = if from_zero && low == 0.0 { 0.0 } else { low - margin };
        Ok(Self { low, high: high + margin, scale, step })
    }

    /// Where `value` stands: 0 at the low end, 1 at the high end.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }

    /// About `wanted` ticks: 1, 2 or 5 times a power of ten on a linear axis (or the asked step), decades or their parts
    /// on a logarithmic one.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<Tick> {
        match self.scale {
            Scale::Linear => self.linear_ticks(wanted),
            Scale::Log => self.log_ticks(),
        }
    }

    fn linear_ticks(&self, wanted: usize) -> Vec<Tick> {
        let asked = self.step.filter(|s| *s > 0.0 && (self.high - self.low) / s < 100.0);
        let step = asked.unwrap_or_else(|| nice_step(self.high - self.low, wanted));
        let decimals = decimals(step);
        let (first, last) = ((self.low / step - 1e-9).ceil(), (self.high / step + 1e-9).floor());
        let count = (last - first).clamp(-1.0, 200.0) as i64;
        (0..=count)
            .map(|k| {
                let value = (first + k as f64) * step;
                Tick { value, label: tick_label(value, step, decimals) }
            })
            .collect()
    }

    fn log_ticks(&self) -> Vec<Tick> {
        let decades = (self.high / self.low).log10();
        let parts: &[f64] = if decades > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        (first..=last)
            .flat_map(|power| parts.iter().map(move |part| (part * 10f64.powi(power), power)))
            .filter(|(value, _)| (self.low..=self.high).contains(value))
            .map(|(value, power)| {
                let label = if (-3..5).contains(&power) {
                    plain(value, usize::try_from(-power).unwrap_or(0))
                } else {
                    scientific(value)
                };
                Tick { value, label }
            })
            .collect()
    }
}

/// The step of about `wanted` ticks over `span`: 1, 2 or 5 times a power of ten.
pub(super) fn nice_step(span: f64, wanted: usize) -> f64 {
    let raw = span / wanted.max(2) as f64;
    let power = 10f64.powf(raw.log10().floor());
    // The nearest in ratio: the bounds are the geometric means of neighbours.
    let multiples = [(1.0, 2f64.sqrt()), (2.0, 10f64.sqrt()), (5.0, 50f64.sqrt())];
    multiples.into_iter().find(|(_, bound)| raw < bound * power).map_or(10.0, |(multiple, _)| multiple) * power
}

/// Decimals that show every multiple of `step` exactly.
fn decimals(step: f64) -> usize {
    (0..15).find(|d| ((step * 10f64.powi(*d)).round() / 10f64.powi(*d) - step).abs() < 1e-6 * step).unwrap_or(15)
        as usize
}

fn tick_label(value: f64, step: f64, decimals: usize) -> String {
    let largest = value.abs().max(step);
    if value.abs() < step * 1e-6 {
        "0".to_owned()
    } else if !(1e-4..1e6).contains(&largest) || step < 1e-5 {
        scientific(value)
    } else {
        plain(value, decimals)
    }
}

/// Fixed notation with a true minus sign.
fn plain(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('-', "−")
}

/// `2.5e−7`, mantissa without trailing zeros.
fn scientific(value: f64) -> String {
    let text = format!("{value:.3e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    format!("{mantissa}e{exponent}").replace('-', "−")
}
