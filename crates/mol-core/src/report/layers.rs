//! The layers of a figure: points, lines, bands, histograms, bars, maps.

use super::axis::{Axis, Scale};
use super::canvas::{Anchor, Canvas, GREY, INK, Rgb, UNIT, hex, shade, tint, unit};
use super::draw::{Layout, TICK_SIZE};
use super::plot::{Layer, Series, ends};
use crate::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Width of data lines, CSS pixels.
const LINE: f64 = 1.75;
/// Half the width of the cross lines of error bars, CSS pixels.
const WHISKER: f64 = 3.0;

impl Layout<'_> {
    /// The fragment of one layer, to be clipped to the frame.
    pub(super) fn series(&self, series: &Series) -> Result<String> {
        let colour = self.colour(&series.name);
        match &series.layer {
            Layer::Points { x, y } => Ok(self.cloud(x, y, colour)),
            Layer::Line { x, y } => {
                let points = x.iter().zip(y).map(|(x, y)| self.at(*x, *y)).collect::<Vec<_>>();
                Canvas::layer(|canvas| canvas.path(&thinned(&points), colour, 1.0, LINE))
            }
            Layer::Band { x, low, high } => {
                let upper = x.iter().zip(high).map(|(x, y)| self.at(*x, *y)).collect::<Vec<_>>();
                let lower = x.iter().zip(low).map(|(x, y)| self.at(*x, *y)).collect::<Vec<_>>();
                let (mut outline, lower) = (thinned(&upper), thinned(&lower));
                outline.extend(lower.into_iter().rev());
                Canvas::layer(|canvas| canvas.polygon(&outline, colour, 0.2))
            }
            Layer::Measured { x, y, error } => Canvas::layer(|canvas| {
                for ((x, y), error) in x.iter().zip(y).zip(error) {
                    self.whisker(canvas, *x, *y, *error, colour)?;
                    let (px, py) = self.at(*x, *y);
                    canvas.rectangle((px - 3.0, py - 3.0), (px + 3.0, py + 3.0), colour, 1.0)?;
                }
                Ok(())
            }),
            Layer::Histogram { edges, values, error } => {
                Canvas::layer(|canvas| self.histogram(canvas, edges, values, error.as_deref(), colour))
            }
            Layer::Bars { values, error } => {
                Canvas::layer(|canvas| self.bars(canvas, series, values, error.as_deref(), colour))
            }
            Layer::HeatMap { x, y, columns, values } => self.heat_map(*x, *y, *columns, values),
            Layer::Diagonal => {
                let (low, high) = (self.x.low.min(self.y.low), self.x.high.max(self.y.high));
                let line = [self.at(low, low), self.at(high, high)];
                Canvas::layer(|canvas| canvas.path(&line, GREY, 1.0, 1.25))
            }
            Layer::Horizontal(y) => Self::dashes(self.at(self.x.low, *y), self.at(self.x.high, *y)),
            Layer::Vertical(x) => Self::dashes(self.at(*x, self.y.low), self.at(*x, self.y.high)),
        }
    }

    /// Points merged on a grid of half pixels; one path per class of density, rare first.
    fn cloud(&self, x: &[f64], y: &[f64], colour: Rgb) -> String {
        let radius = match x.len() {
            0..=100 => 3.2,
            101..=1000 => 2.4,
            1001..=5000 => 1.8,
            _ => 1.4,
        };
        let cell = 0.5 * radius;
        let mut spots: BTreeMap<(i32, i32), usize> = BTreeMap::new();
        for (x, y) in x.iter().zip(y) {
            let (px, py) = self.at(*x, *y);
            let inside = (self.low.0 - 5.0..self.high.0 + 5.0).contains(&px)
                && (self.low.1 - 5.0..self.high.1 + 5.0).contains(&py);
            if inside {
                *spots.entry(((px / cell).round() as i32, (py / cell).round() as i32)).or_default() += 1;
            }
        }
        // Density: points within one spot and its neighbours.
        let near = |&(a, b): &(i32, i32)| -> usize {
            (-1..=1).flat_map(|i| (-1..=1).map(move |j| (a + i, b + j))).filter_map(|key| spots.get(&key)).sum()
        };
        let mut classes: [Vec<(i32, i32)>; 4] = Default::default();
        for spot in spots.keys() {
            classes[match near(spot) {
                0..=2 => 0,
                3..=7 => 1,
                8..=23 => 2,
                _ => 3,
            }]
            .push(*spot);
        }
        let colours = [tint(colour, 0.55), tint(colour, 0.8), colour, shade(colour, 0.55)];
        let mut out = String::new();
        for (class, colour) in classes.iter().zip(colours).filter(|(class, _)| !class.is_empty()) {
            let mut path = String::new();
            let mut last = (0, 0);
            for (a, b) in class {
                let to = (unit(f64::from(*a) * cell), unit(f64::from(*b) * cell));
                let _infallible = write!(path, "m{} {}h0", to.0 - last.0, to.1 - last.1);
                last = to;
            }
            let _infallible = writeln!(
                out,
                "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.0}\" stroke-linecap=\"round\"/>",
                hex(colour),
                2.0 * radius * UNIT
            );
        }
        out
    }

    fn whisker(&self, canvas: &mut Canvas<'_>, x: f64, y: f64, error: f64, colour: Rgb) -> Result<()> {
        let ((px, top), (_, bottom)) = (self.at(x, y + error), self.at(x, (y - error).max(self.lowest())));
        canvas.path(&[(px, top), (px, bottom)], colour, 1.0, 1.25)?;
        canvas.path(&[(px - WHISKER, top), (px + WHISKER, top)], colour, 1.0, 1.25)?;
        canvas.path(&[(px - WHISKER, bottom), (px + WHISKER, bottom)], colour, 1.0, 1.25)
    }

    /// A lower end that also a logarithmic axis can place.
    fn lowest(&self) -> f64 {
        if self.y.low > 0.0 { self.y.low * 1e-3 } else { f64::NEG_INFINITY }
    }

    fn histogram(
        &self,
        canvas: &mut Canvas<'_>,
        edges: &[f64],
        values: &[f64],
        error: Option<&[f64]>,
        colour: Rgb,
    ) -> Result<()> {
        let base = self.y.low.max(0.0).max(self.lowest());
        let mut outline = Vec::with_capacity(2 * values.len() + 2);
        outline.extend(edges.first().map(|edge| self.at(*edge, base)));
        for (edge, value) in edges.windows(2).zip(values) {
            let value = value.max(self.lowest());
            outline.extend([self.at(edge[0], value), self.at(edge[1], value)]);
        }
        outline.extend(edges.last().map(|edge| self.at(*edge, base)));
        canvas.polygon(&outline, colour, 0.15)?;
        canvas.path(&outline, colour, 1.0, LINE)?;
        for (k, error) in error.unwrap_or_default().iter().enumerate() {
            self.whisker(canvas, f64::midpoint(edges[k], edges[k + 1]), values[k], *error, colour)?;
        }
        Ok(())
    }

    fn bars(
        &self,
        canvas: &mut Canvas<'_>,
        series: &Series,
        values: &[f64],
        error: Option<&[f64]>,
        colour: Rgb,
    ) -> Result<()> {
        let sets: Vec<&Series> = self.plot.series.iter().filter(|s| matches!(s.layer, Layer::Bars { .. })).collect();
        let place = sets.iter().position(|s| std::ptr::eq(*s, series)).unwrap_or(0);
        let width = 0.72 / sets.len().max(1) as f64;
        for (k, value) in values.iter().enumerate() {
            let left = k as f64 - 0.36 + width * place as f64;
            let (low, high) =
                (self.at(left + 0.04 * width, 0f64.max(self.y.low)), self.at(left + 0.96 * width, *value));
            canvas.rectangle(low, high, colour, 0.85)?;
            if let Some(error) = error {
                self.whisker(canvas, left + 0.5 * width, *value, error[k], INK)?;
            }
        }
        Ok(())
    }

    fn heat_map(&self, x: (f64, f64), y: (f64, f64), columns: usize, values: &[f64]) -> Result<String> {
        let scale = colour_axis(values)?;
        let rows = values.len() / columns;
        Canvas::layer(|canvas| {
            for (k, value) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                let (i, j) = ((k % columns) as f64, (k / columns) as f64);
                let corner = |i: f64, j: f64| {
                    self.at(x.0 + (x.1 - x.0) * i / columns as f64, y.0 + (y.1 - y.0) * j / rows as f64)
                };
                // A little larger than the cell, or viewers let white shine through the seams.
                canvas.rectangle(corner(i, j), corner(i + 1.06, j + 1.06), heat(scale.place(*value)), 1.0)?;
            }
            Ok(())
        })
    }

    /// The colour scale of a heat map, right of the frame.
    pub(super) fn colour_scale(&self, canvas: &mut Canvas<'_>, name: &str, values: &[f64]) -> Result<()> {
        let scale = colour_axis(values)?;
        let (left, bottom, height) = (self.high.0 + 14.0, self.high.1, self.high.1 - self.low.1);
        for k in 0..64 {
            let (a, b) = (f64::from(k) / 64.0, f64::from(k + 1) / 64.0);
            canvas.rectangle(
                (left, bottom - a * height),
                (left + 12.0, bottom - (b + 0.01).min(1.0) * height),
                heat(a),
                1.0,
            )?;
        }
        for tick in scale.ticks((height / 45.0) as usize) {
            let y = bottom - scale.place(tick.value) * height;
            canvas.text(&tick.label, (left + 17.0, y), TICK_SIZE, Anchor::Left, INK)?;
        }
        canvas.text(name, (self.plot.size.0 - 12.0, bottom - 0.5 * height), TICK_SIZE, Anchor::Upright, INK)
    }

    fn dashes(from: (f64, f64), to: (f64, f64)) -> Result<String> {
        let length = (to.0 - from.0).hypot(to.1 - from.1).max(1.0);
        let along = |s: f64| (from.0 + (to.0 - from.0) * s / length, from.1 + (to.1 - from.1) * s / length);
        let dashes = (length / 8.0).ceil().min(1000.0) as usize;
        Canvas::layer(|canvas| {
            (0..dashes).try_for_each(|k| {
                let start = 8.0 * k as f64;
                canvas.path(&[along(start), along((start + 4.0).min(length))], GREY, 1.0, 1.25)
            })
        })
    }
}

/// The axis of a colour scale over the finite values.
fn colour_axis(values: &[f64]) -> Result<Axis> {
    let range = ends(values.iter().copied().filter(|v| v.is_finite()));
    Axis::fit("colour scale", Scale::Linear, range, None, values.iter().copied().filter(|v| v.is_finite()), false)
}

/// Colour of 0…1: Viridis by five of its stops (N. Smith and S. van der Walt, 2015).
fn heat(t: f64) -> Rgb {
    const STOPS: [[f64; 3]; 5] =
        [[68.0, 1.0, 84.0], [59.0, 82.0, 139.0], [33.0, 145.0, 140.0], [94.0, 201.0, 98.0], [253.0, 231.0, 37.0]];
    let t = t.clamp(0.0, 1.0) * 4.0;
    let k = (t as usize).min(3);
    let mix = |c: usize| (STOPS[k][c] + (STOPS[k + 1][c] - STOPS[k][c]) * (t - k as f64)).round() as u8;
    (mix(0), mix(1), mix(2))
}

/// A line thinned to first, lowest, highest and last point of every half pixel column, if it has many more points.
///
/// Only a line that runs from left to right can be thinned so; another one is kept.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let column = |point: &(f64, f64)| (2.0 * point.0).floor();
    let width = points.first().zip(points.last()).map_or(0.0, |(a, b)| column(b) - column(a));
    if (points.len() as f64) < 6.0 * width.max(100.0) || !points.is_sorted_by(|a, b| a.0 <= b.0) {
        return points.to_vec();
    }
    let mut kept = Vec::new();
    for chunk in points.chunk_by(|a, b| column(a) == column(b)) {
        let by_height = |a: &usize, b: &usize| chunk[*a].1.total_cmp(&chunk[*b].1);
        let lowest = (0..chunk.len()).min_by(by_height).unwrap_or(0);
        let highest = (0..chunk.len()).max_by(by_height).unwrap_or(0);
        let mut indices = [0, lowest.min(highest), lowest.max(highest), chunk.len() - 1].to_vec();
        indices.dedup();
        kept.extend(indices.into_iter().map(|k| chunk[k]));
    }
    kept
}
