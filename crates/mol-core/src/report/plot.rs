//! The figure being described: axes, layers and their data.

use super::axis::{Axis, Scale, nice_step};
use super::{canvas, draw};
use crate::{Error, Result};

/// What is drawn, in the order it was added.
#[derive(Clone, Debug)]
pub(super) enum Layer {
    Points { x: Vec<f64>, y: Vec<f64> },
    Line { x: Vec<f64>, y: Vec<f64> },
    Band { x: Vec<f64>, low: Vec<f64>, high: Vec<f64> },
    Measured { x: Vec<f64>, y: Vec<f64>, error: Vec<f64> },
    Histogram { edges: Vec<f64>, values: Vec<f64>, error: Option<Vec<f64>> },
    Bars { values: Vec<f64>, error: Option<Vec<f64>> },
    HeatMap { x: (f64, f64), y: (f64, f64), columns: usize, values: Vec<f64> },
    Diagonal,
    Horizontal(f64),
    Vertical(f64),
}

/// A named layer; layers of one name share colour and legend entry.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) layer: Layer,
}

/// One axis as asked for.
#[derive(Clone, Debug)]
pub(super) struct AxisOptions {
    pub(super) label: String,
    pub(super) scale: Scale,
    pub(super) range: Option<(f64, f64)>,
    pub(super) step: Option<f64>,
}

/// A figure: axes and layers of data, drawn by [`svg`](Self::svg).
///
/// Layers of the same name share a colour and one entry of the legend; an empty name has no entry. Give every axis its
/// unit in the label, in brackets. Nothing is checked while the figure is described: [`svg`](Self::svg) checks all.
///
/// ```
/// use mol_core::report::Plot;
///
/// let step = [0.0, 1.0, 2.0, 3.0];
/// let svg = Plot::new("step", "loss [eV²/Å²]")
///     .log_y()
///     .line("training", &step, &[4.0, 1.0, 0.3, 0.2])
///     .line("validation", &step, &[4.4, 1.2, 0.5, 0.4])
///     .svg()?;
/// assert!(svg.starts_with("<svg"));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Plot {
    pub(super) title: String,
    pub(super) x: AxisOptions,
    pub(super) y: AxisOptions,
    pub(super) size: (f64, f64),
    pub(super) categories: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) series: Vec<Series>,
}

impl Plot {
    /// An empty figure of 560 × 360 pixels with these axis labels.
    pub fn new(x_label: &str, y_label: &str) -> Self {
        let axis = |label: &str| AxisOptions { label: label.to_owned(), scale: Scale::Linear, range: None, step: None };
        Self {
            title: String::new(),
            x: axis(x_label),
            y: axis(y_label),
            size: (560.0, 360.0),
            categories: Vec::new(),
            notes: Vec::new(),
            series: Vec::new(),
        }
    }

    /// Predicted against reference values of `quantity` in `unit`: a square with equal axes, the diagonal, and the mean
    /// absolute and root mean square errors written into it.
    ///
    /// ```text
    /// MAE = 1/n Σ |pᵢ − rᵢ|      RMSE = (1/n Σ (pᵢ − rᵢ)²)^½
    /// ```
    pub fn parity(quantity: &str, unit: &str, reference: &[f64], predicted: &[f64]) -> Self {
        let both = || reference.iter().chain(predicted).copied().filter(|v| v.is_finite());
        let (low, high) = both().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let errors = || reference.iter().zip(predicted).map(|(r, p)| p - r);
        let n = reference.len().min(predicted.len()).max(1) as f64;
        let mean_absolute = errors().map(f64::abs).sum::<f64>() / n;
        let root_mean_square = (errors().map(|e| e * e).sum::<f64>() / n).sqrt();
        let mut plot = Self::new(&format!("reference {quantity} [{unit}]"), &format!("predicted {quantity} [{unit}]"))
            .size(420.0, 420.0)
            .diagonal()
            .points("", reference, predicted)
            .note(&format!("MAE {} {unit}", significant(mean_absolute)))
            .note(&format!("RMSE {} {unit}", significant(root_mean_square)));
        if low < high {
            let margin = 0.04 * (high - low);
            let step = nice_step(high - low, 5);
            plot = plot.x_range(low - margin, high + margin).y_range(low - margin, high + margin);
            plot = plot.x_step(step).y_step(step);
        }
        plot
    }

    /// Sets a heading above the figure.
    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// Sets the size [CSS pixels]; at least 240 × 180.
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = (width, height);
        self
    }

    /// Makes the horizontal axis logarithmic.
    pub fn log_x(mut self) -> Self {
        self.x.scale = Scale::Log;
        self
    }

    /// Makes the vertical axis logarithmic.
    pub fn log_y(mut self) -> Self {
        self.y.scale = Scale::Log;
        self
    }

    /// Shows `low..high` on the horizontal axis; what lies outside is cut off.
    pub fn x_range(mut self, low: f64, high: f64) -> Self {
        self.x.range = Some((low, high));
        self
    }

    /// Shows `low..high` on the vertical axis; what lies outside is cut off.
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y.range = Some((low, high));
        self
    }

    /// Sets the distance of the ticks of the horizontal axis, e.g. 60 for degrees.
    pub fn x_step(mut self, step: f64) -> Self {
        self.x.step = Some(step);
        self
    }

    /// Sets the distance of the ticks of the vertical axis.
    pub fn y_step(mut self, step: f64) -> Self {
        self.y.step = Some(step);
        self
    }

    /// Names the places of the horizontal axis, for [`bars`](Self::bars): place k stands at x = k.
    pub fn categories<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        self.categories = names.iter().map(|name| name.as_ref().to_owned()).collect();
        self
    }

    /// Writes a line of text into the upper left corner.
    pub fn note(mut self, text: &str) -> Self {
        self.notes.push(text.to_owned());
        self
    }

    /// A cloud of points. Points that fall on the same spot are merged and drawn darker the more there are, so that ten
    /// thousand points stay readable and the file small.
    pub fn points(self, name: &str, x: &[f64], y: &[f64]) -> Self {
        self.layer(name, Layer::Points { x: x.to_vec(), y: y.to_vec() })
    }

    /// A line through points in the order given. A long line is thinned to what a screen can show: per pixel column its
    /// first, lowest, highest and last point.
    pub fn line(self, name: &str, x: &[f64], y: &[f64]) -> Self {
        self.layer(name, Layer::Line { x: x.to_vec(), y: y.to_vec() })
    }

    /// A shaded band between `low` and `high`, such as an error band around a line of the same name.
    pub fn band(self, name: &str, x: &[f64], low: &[f64], high: &[f64]) -> Self {
        self.layer(name, Layer::Band { x: x.to_vec(), low: low.to_vec(), high: high.to_vec() })
    }

    /// Markers with error bars y ± error.
    pub fn measured(self, name: &str, x: &[f64], y: &[f64], error: &[f64]) -> Self {
        self.layer(name, Layer::Measured { x: x.to_vec(), y: y.to_vec(), error: error.to_vec() })
    }

    /// A histogram: `values[k]` between `edges[k]` and `edges[k + 1]`, optionally ± `error[k]`.
    pub fn histogram(self, name: &str, edges: &[f64], values: &[f64], error: Option<&[f64]>) -> Self {
        let error = error.map(<[f64]>::to_vec);
        self.layer(name, Layer::Histogram { edges: edges.to_vec(), values: values.to_vec(), error })
    }

    /// One bar per category, optionally ± `error`; several sets of bars stand side by side.
    pub fn bars(self, name: &str, values: &[f64], error: Option<&[f64]>) -> Self {
        let error = error.map(<[f64]>::to_vec);
        self.layer(name, Layer::Bars { values: values.to_vec(), error })
    }

    /// A map of `values`, shape `[rows, columns]` with the lowest y first, over `x` and `y` = (low, high), with a colour
    /// scale; NaN stays white. Its name is the label of the scale.
    pub fn heat_map(self, name: &str, x: (f64, f64), y: (f64, f64), columns: usize, values: &[f64]) -> Self {
        self.layer(name, Layer::HeatMap { x, y, columns, values: values.to_vec() })
    }

    /// The line y = x.
    pub fn diagonal(self) -> Self {
        self.layer("", Layer::Diagonal)
    }

    /// A dashed horizontal line at `y`.
    pub fn horizontal(self, y: f64) -> Self {
        self.layer("", Layer::Horizontal(y))
    }

    /// A dashed vertical line at `x`.
    pub fn vertical(self, x: f64) -> Self {
        self.layer("", Layer::Vertical(x))
    }

    fn layer(mut self, name: &str, layer: Layer) -> Self {
        self.series.push(Series { name: name.to_owned(), layer });
        self
    }

    /// Draws the figure: a complete SVG document without outside references.
    ///
    /// # Errors
    /// - [`Error::ShapeMismatch`] if the lists of a layer differ in length;
    /// - [`Error::NotFinite`] if a value that has to be drawn is NaN or infinite;
    /// - [`Error::InvalidArgument`] for an empty range, a number ≤ 0 on a logarithmic axis, or a figure that is too small.
    pub fn svg(&self) -> Result<String> {
        let (width, height) = self.size;
        if !((240.0..=4000.0).contains(&width) && (180.0..=4000.0).contains(&height)) {
            return Err(Error::InvalidArgument {
                what: "size of a figure",
                expected: "240 × 180 to 4000 × 4000 pixels",
                got: format!("{width} × {height}"),
            });
        }
        for series in &self.series {
            series.layer.check(self.categories.len())?;
        }
        let solid = self.series.iter().any(|s| matches!(s.layer, Layer::Bars { .. } | Layer::Histogram { .. }));
        let x_range =
            if self.categories.is_empty() { self.x.range } else { Some((-0.5, self.categories.len() as f64 - 0.5)) };
        let (xs, ys): (Vec<_>, Vec<_>) = self.series.iter().map(|s| s.layer.extent()).unzip();
        let heat = self.series.iter().any(|s| matches!(s.layer, Layer::HeatMap { .. }));
        // A histogram or a map fills its axis from edge to edge.
        let x_range = if solid || heat { x_range.or_else(|| ends(xs.iter().flatten().copied())) } else { x_range };
        let y_range = if heat { self.y.range.or_else(|| ends(ys.iter().flatten().copied())) } else { self.y.range };
        let x = Axis::fit("horizontal axis", self.x.scale, x_range, self.x.step, xs.into_iter().flatten(), false)?;
        let y = Axis::fit("vertical axis", self.y.scale, y_range, self.y.step, ys.into_iter().flatten(), solid)?;
        let title = if self.title.is_empty() {
            format!("{} against {}", self.y.label, self.x.label)
        } else {
            self.title.clone()
        };
        Ok(canvas::assemble(&title, self.size, &draw::fragments(self, &x, &y)?))
    }
}

impl Layer {
    fn check(&self, categories: usize) -> Result<()> {
        let lists: Vec<(&'static str, &[f64])> = match self {
            Self::Points { x, y } | Self::Line { x, y } => vec![("x of a layer", x), ("y of a layer", y)],
            Self::Band { x, low, high } => vec![("x of a band", x), ("low of a band", low), ("high of a band", high)],
            Self::Measured { x, y, error } => vec![("x of points", x), ("y of points", y), ("error bars", error)],
            Self::Histogram { edges, values, error } => {
                Error::check_len("edges of a histogram", values.len() + 1, edges.len())?;
                finite("edge of a histogram", edges)?;
                let mut lists = vec![("value of a histogram", &values[..])];
                lists.extend(error.iter().map(|e| ("error bars", &e[..])));
                lists
            }
            Self::Bars { values, error } => {
                Error::check_len("bars (one per category)", categories, values.len())?;
                let mut lists = vec![("value of a bar", &values[..])];
                lists.extend(error.iter().map(|e| ("error bars", &e[..])));
                lists
            }
            Self::HeatMap { x, y, columns, values } => {
                if *columns == 0 || values.is_empty() || !values.len().is_multiple_of(*columns) {
                    return Err(Error::ShapeMismatch {
                        what: "values of a heat map",
                        expected: vec![values.len() / (*columns).max(1), *columns],
                        got: vec![values.len()],
                    });
                }
                return finite("limit of a heat map", &[x.0, x.1, y.0, y.1]);
            }
            Self::Diagonal => Vec::new(),
            Self::Horizontal(at) | Self::Vertical(at) => vec![("reference line", std::slice::from_ref(at))],
        };
        for (what, list) in &lists {
            Error::check_len(what, lists[0].1.len(), list.len())?;
            finite(what, list)?;
        }
        Ok(())
    }

    /// The values that the axes have to show.
    fn extent(&self) -> (Vec<f64>, Vec<f64>) {
        let around = |y: &[f64], error: &[f64]| -> Vec<f64> {
            y.iter().zip(error).flat_map(|(y, e)| [y - e, y + e]).chain(y.iter().copied()).collect()
        };
        let bars = |values: &[f64], error: &Option<Vec<f64>>| {
            let zeros = vec![0.0; values.len()];
            around(values, error.as_ref().unwrap_or(&zeros)).into_iter().chain([0.0]).collect()
        };
        match self {
            Self::Points { x, y } | Self::Line { x, y } => (x.clone(), y.clone()),
            Self::Band { x, low, high } => (x.clone(), [&low[..], &high[..]].concat()),
            Self::Measured { x, y, error } => (x.clone(), around(y, error)),
            Self::Histogram { edges, values, error } => (edges.clone(), bars(values, error)),
            Self::Bars { values, error } => (Vec::new(), bars(values, error)),
            Self::HeatMap { x, y, .. } => (vec![x.0, x.1], vec![y.0, y.1]),
            Self::Diagonal => (Vec::new(), Vec::new()),
            Self::Horizontal(at) => (Vec::new(), vec![*at]),
            Self::Vertical(at) => (vec![*at], Vec::new()),
        }
    }
}

/// Least and greatest value, if they differ.
pub(super) fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    (low < high).then_some((low, high))
}

fn finite(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}

/// Three significant digits.
fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let decimals = (2 - value.abs().log10().floor() as i32).clamp(0, 9);
    format!("{value:.*}", decimals as usize)
}
