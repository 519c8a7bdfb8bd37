//! Self-contained reports of a study: figures as SVG, one HTML page, the numbers as JSON (feature `report`).
//!
//! A [`Plot`] collects layers (points, lines, bands, histograms, bars) and becomes an SVG drawing, a [`Diagram`] shows what
//! feeds what; a [`Report`] collects text, key figures, tables, figures and numbers in the order of reading and writes
//!
//! ```text
//! DIR/report.html     one file: style sheet, drawings and numbers inline, nothing is fetched
//! DIR/NAME.svg        every figure once more, for papers and slides
//! DIR/numbers.json    every number, for machines; also embedded in the page as <script id="numbers">
//! ```
//!
//! The same calls give the same bytes: nothing here reads the clock, a locale or the fonts of the machine. Pictures are
//! drawn through the SVG back end of plotters; layout (margins, ticks, legend) is ours, because its own measures text by
//! fonts that a library cannot assume. Colours are those of Okabe & Ito, told apart by colour-blind readers
//! (M. Okabe and K. Ito, *Color Universal Design* (2008); B. Wong, *Nat. Methods* **8**, 441 (2011)).
//!
//! ```
//! use mol_core::report::{Plot, Report};
//!
//! let (reference, predicted) = ([0.0, 1.0, 2.0], [0.1, 0.9, 2.0]);
//! let mut report = Report::new("Energies of water");
//! report
//!     .key_figure("Test error", "67", "meV")
//!     .paragraph("Three frames the network has not seen.")
//!     .figure("energies", &Plot::parity("energy", "eV", &reference, &predicted), "Parity of the energies.")?;
//! report.number("energy_mae_ev", 0.067);
//! let page = report.html();
//! assert!(page.contains("<svg") && page.contains("energy_mae_ev"));
//! # Ok::<(), mol_core::Error>(())
//! ```
//!
//! Deliberately not here: interaction, scripts, raster images, drawings of molecules.

mod axis;
mod canvas;
mod diagram;
mod draw;
mod html;
mod layers;
mod plot;
mod table;

pub use diagram::Diagram;
pub use html::{Figure, Report};
pub use plot::Plot;
pub use table::{Table, uncertain};

#[cfg(test)]
mod tests;
