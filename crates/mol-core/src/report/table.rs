//! Tables of a report and numbers with their uncertainty.

use super::canvas::escape;
use std::fmt::Write as _;

/// A table: a heading per column and rows of text; cells that are numbers are set to the right.
///
/// ```
/// use mol_core::report::{Table, uncertain};
/// let table = Table::new(["element", "force error [meV/Å]"]).row(["C", &uncertain(61.27, 1.3)]).row(["H", "40.1"]);
/// assert_eq!(table.rows(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these column headings.
    pub fn new<S: AsRef<str>>(columns: impl IntoIterator<Item = S>) -> Self {
        Self { columns: columns.into_iter().map(|c| c.as_ref().to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row; its number of cells is checked when the table enters a report.
    pub fn row<S: AsRef<str>>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.rows.push(cells.into_iter().map(|c| c.as_ref().to_owned()).collect());
        self
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn html(&self) -> String {
        let mut out = String::from("<div class=\"table\"><table>\n<thead><tr>");
        for (k, heading) in self.columns.iter().enumerate() {
            let numeric = !self.rows.is_empty() && self.rows.iter().all(|row| is_number(&row[k]));
            let _infallible = write!(out, "<th{}>{}</th>", class(numeric), escape(heading));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for cell in row {
                let _infallible = write!(out, "<td{}>{}</td>", class(is_number(cell)), escape(cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table></div>\n");
        out
    }
}

fn class(numeric: bool) -> &'static str {
    if numeric { " class=\"n\"" } else { "" }
}

/// Starts like a number, or stands for a missing one.
fn is_number(cell: &str) -> bool {
    let digits = cell.trim_start_matches(['-', '−', '+', '±', '<', '≤', '≈', ' ']);
    matches!(cell, "–" | "—" | "NaN") || digits.starts_with(|c: char| c.is_ascii_digit())
}

/// `value ± error`, both rounded to two significant digits of the error.
///
/// A zero, negative or non-finite error leaves the value alone with six significant digits.
///
/// ```
/// use mol_core::report::uncertain;
/// assert_eq!(uncertain(0.331_74, 0.012_3), "0.332 ± 0.012");
/// assert_eq!(uncertain(-12_345.0, 678.0), "−12350 ± 680");
/// ```
#[must_use]
pub fn uncertain(value: f64, error: f64) -> String {
    if !(error > 0.0 && error.is_finite() && value.is_finite()) {
        let shown = if value != 0.0 && value.is_finite() { 5 - value.abs().log10().floor() as i32 } else { 0 };
        return format!("{value:.*}", shown.clamp(0, 15) as usize).replace('-', "−");
    }
    // Two digits of the error as it will be printed: 0.0996 is 0.10.
    let exponent: i32 = format!("{error:.1e}").split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let decimals = 1 - exponent;
    let unit = 10f64.powi(-decimals);
    let (value, error) =
        if decimals < 0 { ((value / unit).round() * unit, (error / unit).round() * unit) } else { (value, error) };
    let decimals = decimals.clamp(0, 15) as usize;
    format!("{value:.decimals$} ± {error:.decimals$}").replace('-', "−")
}
