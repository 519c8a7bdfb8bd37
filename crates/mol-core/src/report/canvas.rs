//! Drawing surface: plotters' SVG back end at four units per pixel, and the palette.
//!
//! The back end has whole-number coordinates, so drawings are made at [`UNIT`] times their size and scaled by the
//! view box. Layers are separate fragments, so that data can be clipped to the frame by a nested `<svg>`, which needs
//! no identifiers that could collide when many drawings stand in one page.

use crate::{Error, Result};
use plotters::backend::DrawingBackend as _;
use plotters::prelude::{RGBColor, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontTransform, IntoFont as _, ShapeStyle, TextStyle};
use std::fmt::Write as _;

/// Drawing units per CSS pixel.
pub(super) const UNIT: f64 = 4.0;
/// Font of every text; the viewer's own, so that files stay small.
const FONT: &str = "Helvetica Neue, Helvetica, Arial, DejaVu Sans, sans-serif";

/// Red, green, blue.
pub(super) type Rgb = (u8, u8, u8);
/// Okabe & Ito's colours in the order they are given to series.
pub(super) const PALETTE: [Rgb; 7] =
    [(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233), (90, 90, 90)];
pub(super) const INK: Rgb = (34, 34, 34);
pub(super) const FAINT: Rgb = (228, 228, 228);
pub(super) const GREY: Rgb = (130, 130, 130);

/// `weight` of `colour` and the rest white.
pub(super) fn tint(colour: Rgb, weight: f64) -> Rgb {
    let mix = |c: u8| (255.0 - (255.0 - f64::from(c)) * weight).round() as u8;
    (mix(colour.0), mix(colour.1), mix(colour.2))
}

/// `weight` of `colour` and the rest black.
pub(super) fn shade(colour: Rgb, weight: f64) -> Rgb {
    let mix = |c: u8| (f64::from(c) * weight).round() as u8;
    (mix(colour.0), mix(colour.1), mix(colour.2))
}

/// Which way a text runs from its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Left,
    Middle,
    Right,
    /// Read from below, centred.
    Upright,
}

/// One layer of a drawing. Coordinates are CSS pixels.
pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
}

impl Canvas<'_> {
    /// Draws a layer and returns its SVG fragment.
    ///
    /// # Errors
    /// [`Error::Drawing`] if the back end refuses.
    pub(super) fn layer(draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>) -> Result<String> {
        let mut text = String::new();
        // Dropping the back end would not report a failure, so it is presented by hand. Its size is never used.
        let mut canvas = Canvas { backend: SVGBackend::with_string(&mut text, (1, 1)) };
        draw(&mut canvas)?;
        canvas.backend.present().map_err(failed)?;
        drop(canvas);
        let inner = text.split_once(">\n").map_or("", |(_, rest)| rest);
        Ok(inner.trim_end().trim_end_matches("</svg>").to_owned())
    }

    /// A line through `points`.
    pub(super) fn path(&mut self, points: &[(f64, f64)], colour: Rgb, alpha: f64, width: f64) -> Result<()> {
        if points.len() < 2 {
            return Ok(());
        }
        let style = ShapeStyle { color: rgb(colour).mix(alpha), filled: false, stroke_width: unit(width) as u32 };
        self.backend.draw_path(points.iter().map(pixel), &style).map_err(failed)
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, points: &[(f64, f64)], colour: Rgb, alpha: f64) -> Result<()> {
        self.backend.fill_polygon(points.iter().map(pixel), &rgb(colour).mix(alpha)).map_err(failed)
    }

    /// A filled rectangle given by two corners.
    pub(super) fn rectangle(&mut self, a: (f64, f64), b: (f64, f64), colour: Rgb, alpha: f64) -> Result<()> {
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        self.polygon(&[low, (high.0, low.1), high, (low.0, high.1)], colour, alpha)
    }

    /// A text of `size` CSS pixels, vertically centred on its point.
    pub(super) fn text(&mut self, text: &str, at: (f64, f64), size: f64, anchor: Anchor, colour: Rgb) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let horizontal = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle | Anchor::Upright => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        // The back end divides sizes by 1.24.
        let colour = rgb(colour);
        let style = TextStyle::from((FONT, 1.24 * size * UNIT).into_font()).color(&colour);
        let style = style.pos(Pos::new(horizontal, VPos::Center));
        let style = if matches!(anchor, Anchor::Upright) { style.transform(FontTransform::Rotate270) } else { style };
        self.backend.draw_text(&text.replace(char::is_control, "\u{fffd}"), &style, pixel(&at)).map_err(failed)
    }
}

/// Puts fragments together: `size` in CSS pixels, `title` for screen readers.
pub(super) fn assemble(title: &str, size: (f64, f64), fragments: &[String]) -> String {
    let (width, height) = size;
    let mut svg = String::new();
    let _infallible = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n",
        unit(width),
        unit(height),
        escape(title),
    );
    for fragment in fragments {
        svg.push_str(fragment);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Clips a fragment to the rectangle `low`–`high`, CSS pixels.
pub(super) fn clipped(fragment: &str, low: (f64, f64), high: (f64, f64)) -> String {
    let (x, y, width, height) = (unit(low.0), unit(low.1), unit(high.0 - low.0), unit(high.1 - low.1));
    format!(
        "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" viewBox=\"{x} {y} {width} {height}\">\n\
         {fragment}</svg>\n"
    )
}

/// Text that is safe between tags and inside quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not characters of XML 1.0.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            other => out.push(other),
        }
    }
    out
}

/// `#RRGGBB`.
pub(super) fn hex(colour: Rgb) -> String {
    format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
}

/// CSS pixels to drawing units.
pub(super) fn unit(x: f64) -> i32 {
    (x * UNIT).round() as i32
}

fn pixel(point: &(f64, f64)) -> (i32, i32) {
    // Far outside the frame nothing is seen; the bound keeps files small and viewers within their number range.
    let bounded = |x: f64| unit(x.clamp(-20_000.0, 20_000.0));
    (bounded(point.0), bounded(point.1))
}

fn rgb(colour: Rgb) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Drawing { reason: error.to_string() }
}
