//! Layout of a [`Plot`] on its canvas: margins, axes, grid, legend, notes.

use super::Plot;
use super::axis::Axis;
use super::canvas::{Anchor, Canvas, FAINT, INK, PALETTE, Rgb, clipped};
use super::plot::{Layer, Series};
use crate::Result;

/// Font sizes, CSS pixels.
pub(super) const TICK_SIZE: f64 = 12.5;
const LABEL_SIZE: f64 = 14.0;

/// Where everything stands, CSS pixels.
pub(super) struct Layout<'a> {
    pub(super) plot: &'a Plot,
    pub(super) x: &'a Axis,
    pub(super) y: &'a Axis,
    /// Upper left corner of the frame.
    pub(super) low: (f64, f64),
    /// Lower right corner of the frame.
    pub(super) high: (f64, f64),
    legend: Vec<(String, Rgb)>,
}

/// The fragments of a drawing from back to front.
pub(super) fn fragments(plot: &Plot, x: &Axis, y: &Axis) -> Result<Vec<String>> {
    let layout = Layout::new(plot, x, y);
    let mut fragments = vec![Canvas::layer(|canvas| layout.grid(canvas))?];
    let mut data = String::new();
    for series in &plot.series {
        data.push_str(&layout.series(series)?);
    }
    fragments.push(clipped(&data, layout.low, layout.high));
    fragments.push(Canvas::layer(|canvas| layout.frame(canvas))?);
    for series in &plot.series {
        if let Layer::HeatMap { values, .. } = &series.layer {
            fragments.push(Canvas::layer(|canvas| layout.colour_scale(canvas, &series.name, values))?);
        }
    }
    Ok(fragments)
}

impl<'a> Layout<'a> {
    fn new(plot: &'a Plot, x: &'a Axis, y: &'a Axis) -> Self {
        let mut legend: Vec<(String, Rgb)> = Vec::new();
        for series in plot.series.iter().filter(|s| has_legend(s)) {
            if !legend.iter().any(|(name, _)| *name == series.name) {
                legend.push((series.name.clone(), PALETTE[legend.len() % PALETTE.len()]));
            }
        }
        let heat = plot.series.iter().any(|s| matches!(s.layer, Layer::HeatMap { .. }));
        let widest = y.ticks(6).iter().map(|t| text_width(&t.label, TICK_SIZE)).fold(0.0, f64::max);
        let low = (widest + 38.0, 14.0 + if plot.title.is_empty() { 0.0 } else { 24.0 });
        let width = plot.size.0 - low.0 - if heat { 84.0 } else { 20.0 };
        let mut layout = Self { plot, x, y, low, high: (low.0 + width, plot.size.1 - 54.0), legend };
        layout.low.1 += 21.0 * layout.legend_rows().len() as f64;
        layout
    }

    /// The entries of the legend, as many to a row as fit.
    fn legend_rows(&self) -> Vec<Vec<(f64, &(String, Rgb))>> {
        let mut rows: Vec<Vec<(f64, &(String, Rgb))>> = Vec::new();
        let mut at = f64::INFINITY;
        for entry in &self.legend {
            let width = 40.0 + text_width(&entry.0, TICK_SIZE);
            if at + width > self.high.0 + 12.0 {
                rows.push(Vec::new());
                at = self.low.0;
            }
            rows.last_mut().expect("a row was pushed before the first entry").push((at, entry));
            at += width;
        }
        rows
    }

    pub(super) fn colour(&self, name: &str) -> Rgb {
        self.legend.iter().find(|(entry, _)| entry == name).map_or(PALETTE[0], |(_, colour)| *colour)
    }

    /// Where a point of the data stands on the canvas.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (u, v) = (self.x.place(x), self.y.place(y));
        (self.low.0 + u * (self.high.0 - self.low.0), self.high.1 - v * (self.high.1 - self.low.1))
    }

    /// Ticks of the horizontal axis: positions, labels.
    fn x_ticks(&self) -> Vec<(f64, String)> {
        if self.plot.categories.is_empty() {
            let width = self.high.0 - self.low.0;
            self.x.ticks((width / 80.0) as usize).into_iter().map(|t| (t.value, t.label)).collect()
        } else {
            self.plot.categories.iter().enumerate().map(|(k, name)| (k as f64, name.clone())).collect()
        }
    }

    fn y_ticks(&self) -> Vec<(f64, String)> {
        let height = self.high.1 - self.low.1;
        self.y.ticks((height / 45.0) as usize).into_iter().map(|t| (t.value, t.label)).collect()
    }

    fn grid(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        if self.plot.categories.is_empty() {
            for (value, _) in self.x_ticks() {
                let (x, _) = self.at(value, self.y.low);
                canvas.path(&[(x, self.low.1), (x, self.high.1)], FAINT, 1.0, 0.75)?;
            }
        }
        for (value, _) in self.y_ticks() {
            let (_, y) = self.at(self.x.low, value);
            canvas.path(&[(self.low.0, y), (self.high.0, y)], FAINT, 1.0, 0.75)?;
        }
        Ok(())
    }

    fn frame(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let ((x0, y0), (x1, y1)) = (self.low, self.high);
        canvas.path(&[(x0, y0), (x0, y1), (x1, y1)], INK, 1.0, 1.0)?;
        for (value, label) in self.x_ticks() {
            let (x, _) = self.at(value, self.y.low);
            canvas.path(&[(x, y1), (x, y1 + 4.0)], INK, 1.0, 1.0)?;
            canvas.text(&label, (x, y1 + 14.0), TICK_SIZE, Anchor::Middle, INK)?;
        }
        for (value, label) in self.y_ticks() {
            let (_, y) = self.at(self.x.low, value);
            canvas.path(&[(x0 - 4.0, y), (x0, y)], INK, 1.0, 1.0)?;
            canvas.text(&label, (x0 - 8.0, y), TICK_SIZE, Anchor::Right, INK)?;
        }
        let middle = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
        canvas.text(&self.plot.x.label, (middle.0, y1 + 37.0), LABEL_SIZE, Anchor::Middle, INK)?;
        canvas.text(&self.plot.y.label, (14.0, middle.1), LABEL_SIZE, Anchor::Upright, INK)?;
        canvas.text(&self.plot.title, (x0, 18.0), LABEL_SIZE + 1.0, Anchor::Left, INK)?;
        let rows = self.legend_rows();
        for (k, row) in rows.iter().enumerate() {
            let y = y0 - 4.0 - 21.0 * (rows.len() - k) as f64 + 7.0;
            for (x, (name, colour)) in row {
                self.key(canvas, name, *colour, (*x, y))?;
                canvas.text(name, (x + 24.0, y), TICK_SIZE, Anchor::Left, INK)?;
            }
        }
        for (k, note) in self.plot.notes.iter().enumerate() {
            canvas.text(note, (x0 + 10.0, y0 + 14.0 + 18.0 * k as f64), TICK_SIZE + 0.5, Anchor::Left, INK)?;
        }
        Ok(())
    }

    /// The sign in the legend: a line for lines, a block for all else.
    fn key(&self, canvas: &mut Canvas<'_>, name: &str, colour: Rgb, (x, y): (f64, f64)) -> Result<()> {
        let mut layers = self.plot.series.iter().filter(|s| s.name == name).map(|s| &s.layer);
        if layers.any(|layer| matches!(layer, Layer::Line { .. })) {
            canvas.path(&[(x, y), (x + 18.0, y)], colour, 1.0, 2.5)
        } else {
            canvas.rectangle((x + 4.0, y - 5.0), (x + 15.0, y + 5.0), colour, 1.0)
        }
    }
}

fn has_legend(series: &Series) -> bool {
    !series.name.is_empty() && !matches!(series.layer, Layer::HeatMap { .. })
}

/// Rough width of a text; fonts differ, so margins are generous.
fn text_width(text: &str, size: f64) -> f64 {
    0.56 * size * text.chars().count() as f64
}
