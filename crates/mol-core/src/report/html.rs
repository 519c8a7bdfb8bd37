//! The report: blocks in reading order, written as one HTML page with its figures and numbers.

use super::canvas::escape;
use super::{Diagram, Plot, Table};
use crate::io::write_atomic;
use crate::{Error, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Style of the page: readable measure, follows the reader's light or dark theme; drawings stay on white.
const STYLE: &str = include_str!("report.css");

#[derive(Clone, Debug)]
enum Block {
    Heading(String),
    Paragraph(String),
    KeyFigure { name: String, value: String, unit: String },
    Table { html: String, caption: String },
    Figure { name: String, svg: String, caption: String, width: f64 },
}

/// What can stand in a report as a figure: [`Plot`] and [`Diagram`].
pub trait Figure {
    /// The drawing as SVG.
    ///
    /// # Errors
    /// What makes it impossible to draw.
    fn svg(&self) -> Result<String>;

    /// Width in CSS pixels.
    fn width(&self) -> f64;
}

impl Figure for Plot {
    fn svg(&self) -> Result<String> {
        self.svg()
    }

    fn width(&self) -> f64 {
        self.size.0
    }
}

impl Figure for Diagram {
    fn svg(&self) -> Result<String> {
        self.svg()
    }

    fn width(&self) -> f64 {
        self.width()
    }
}

/// A self-contained report, built in reading order.
///
/// All text is plain text: `<`, `&` and quotes are escaped. The order and the arguments determine every byte written.
///
/// ```
/// use mol_core::report::{Report, Table};
/// let mut report = Report::new("Argon");
/// report.heading("Results").table(&Table::new(["T [K]", "E [eV]"]).row(["87.3", "−0.061"]), "Melt & gas.")?;
/// report.number("temperature_k", 87.3);
/// assert!(report.html().contains("Melt &amp; gas."));
/// assert_eq!(report.numbers(), "{\n  \"temperature_k\": 87.3\n}\n");
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    title: String,
    blocks: Vec<Block>,
    numbers: Map<String, Value>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), blocks: Vec::new(), numbers: Map::new() }
    }

    /// Starts a section.
    pub fn heading(&mut self, text: &str) -> &mut Self {
        self.blocks.push(Block::Heading(text.to_owned()));
        self
    }

    /// Adds a paragraph of plain text.
    pub fn paragraph(&mut self, text: &str) -> &mut Self {
        self.blocks.push(Block::Paragraph(text.to_owned()));
        self
    }

    /// Adds a number that shall be seen first: name, value as it is to be read, unit (may be empty). Consecutive ones
    /// stand side by side.
    pub fn key_figure(&mut self, name: &str, value: &str, unit: &str) -> &mut Self {
        self.blocks.push(Block::KeyFigure { name: name.to_owned(), value: value.to_owned(), unit: unit.to_owned() });
        self
    }

    /// Adds a table.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if a row has not one cell per column.
    pub fn table(&mut self, table: &Table, caption: &str) -> Result<&mut Self> {
        for row in &table.rows {
            Error::check_len("row of a table", table.columns.len(), row.len())?;
        }
        self.blocks.push(Block::Table { html: table.html(), caption: caption.to_owned() });
        Ok(self)
    }

    /// Adds a figure, which is also written as `name.svg`. Consecutive figures stand side by side where there is room.
    ///
    /// # Errors
    /// What the drawing finds wrong, and [`Error::InvalidArgument`] unless `name` is a new name of lower-case letters,
    /// digits, `-` and `_`.
    pub fn figure(&mut self, name: &str, figure: &dyn Figure, caption: &str) -> Result<&mut Self> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        let taken = self.blocks.iter().any(|b| matches!(b, Block::Figure { name: other, .. } if other == name));
        if name.is_empty() || !name.chars().all(allowed) || taken {
            return Err(Error::InvalidArgument {
                what: "name of a figure",
                expected: "a new name of lower-case letters, digits, - and _",
                got: name.to_owned(),
            });
        }
        let (svg, width) = (figure.svg()?, figure.width());
        self.blocks.push(Block::Figure { name: name.to_owned(), svg, caption: caption.to_owned(), width });
        Ok(self)
    }

    /// Records a number for machines; NaN and infinities become `null`. A key set twice keeps the last value.
    pub fn number(&mut self, key: &str, value: f64) -> &mut Self {
        self.numbers.insert(key.to_owned(), Value::from(value));
        self
    }

    /// Records anything serialisable for machines: counts, lists, whole configurations.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if `value` has no form in JSON, such as a map whose keys are not text.
    pub fn record(&mut self, key: &str, value: &impl Serialize) -> Result<&mut Self> {
        let value = serde_json::to_value(value).map_err(|error| Error::InvalidArgument {
            what: "value recorded in a report",
            expected: "a value with a form in JSON",
            got: format!("{key}: {error}"),
        })?;
        self.numbers.insert(key.to_owned(), value);
        Ok(self)
    }

    /// The recorded numbers as JSON, keys in alphabetical order.
    #[must_use]
    pub fn numbers(&self) -> String {
        // Sorted here, because a feature of serde_json elsewhere in the build may keep the order of insertion.
        let sorted: BTreeMap<_, _> = self.numbers.clone().into_iter().collect();
        format!("{:#}\n", Value::Object(sorted.into_iter().collect()))
    }

    /// The page.
    #[must_use]
    pub fn html(&self) -> String {
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
            title = escape(&self.title)
        );
        let (mut figures, mut tables) = (0, 0);
        for run in self.blocks.chunk_by(|a, b| a.group().is_some() && a.group() == b.group()) {
            let group = run[0].group();
            if let Some(class) = group {
                let _infallible = writeln!(out, "<div class=\"{class}\">");
            }
            for block in run {
                block.write(&mut out, &mut figures, &mut tables);
            }
            if group.is_some() {
                out.push_str("</div>\n");
            }
        }
        // In a script element only "</" and "<!--" could end or change it; no "<" at all is simpler.
        let numbers = self.numbers().replace('<', "\\u003c");
        let _infallible = write!(
            out,
            "</main>\n<footer>Written by molkit {}.</footer>\n\
             <script type=\"application/json\" id=\"numbers\">\n{numbers}</script>\n</body>\n</html>\n",
            env!("CARGO_PKG_VERSION")
        );
        out
    }

    /// Writes `report.html`, `numbers.json` and every figure as SVG into `dir`, which is made if need be.
    ///
    /// Each file appears whole or not at all; the page comes last.
    ///
    /// # Errors
    /// [`Error::Io`] with the path that could not be written.
    pub fn write(&self, dir: &Path) -> Result<()> {
        std::fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_owned(), source })?;
        for block in &self.blocks {
            if let Block::Figure { name, svg, .. } = block {
                write_atomic(dir.join(format!("{name}.svg")), |out| out.write_all(svg.as_bytes()))?;
            }
        }
        write_atomic(dir.join("numbers.json"), |out| out.write_all(self.numbers().as_bytes()))?;
        write_atomic(dir.join("report.html"), |out| out.write_all(self.html().as_bytes()))
    }
}

impl Block {
    /// Class of the element that holds a run of such blocks.
    fn group(&self) -> Option<&'static str> {
        match self {
            Self::KeyFigure { .. } => Some("keys"),
            Self::Figure { .. } => Some("figures"),
            _ => None,
        }
    }

    fn write(&self, out: &mut String, figures: &mut usize, tables: &mut usize) {
        let _infallible = match self {
            Self::Heading(text) => writeln!(out, "<h2>{}</h2>", escape(text)),
            Self::Paragraph(text) => writeln!(out, "<p>{}</p>", escape(text)),
            Self::KeyFigure { name, value, unit } => writeln!(
                out,
                "<div class=\"key\"><span class=\"value\">{}</span> <span class=\"unit\">{}</span>\
                 <span class=\"name\">{}</span></div>",
                escape(value),
                escape(unit),
                escape(name)
            ),
            Self::Table { html, caption } => {
                *tables += 1;
                writeln!(
                    out,
                    "<figure class=\"tabular\">\n<figcaption><b>Table {tables}.</b> {}</figcaption>\n{html}</figure>",
                    escape(caption)
                )
            }
            Self::Figure { svg, caption, width, .. } => {
                *figures += 1;
                writeln!(
                    out,
                    "<figure style=\"max-width:{width}px\">\n<div class=\"drawing\">{svg}</div>\
                     <figcaption><b>Figure {figures}.</b> {}</figcaption>\n</figure>",
                    escape(caption)
                )
            }
        };
    }
}
