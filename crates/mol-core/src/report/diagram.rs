//! Diagrams: boxes on a grid and labelled arrows between them.

use super::canvas::{Anchor, Canvas, GREY, INK, PALETTE, assemble, shade, tint};
use crate::{Error, Result};

/// Width and height of a box, and the space between boxes, in CSS pixels.
const BOX: (f64, f64) = (220.0, 92.0);
const GAP: (f64, f64) = (104.0, 84.0);
const MARGIN: f64 = 12.0;
/// Mean width of a letter in units of its size: a generous guess, since fonts are the viewer's.
const LETTER: f64 = 0.56;

/// Boxes on a grid, joined by arrows: what feeds what.
///
/// ```
/// use mol_core::report::Diagram;
/// let diagram = Diagram::new("A pipeline")
///     .node((0, 0), "Learning", "mol-nn", "SchNet")
///     .node((1, 0), "Dynamics", "mol-sim", "Langevin")
///     .arrow((0, 0), (1, 0), "Potential");
/// assert!(diagram.svg()?.contains("Potential"));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Diagram {
    title: String,
    nodes: Vec<Node>,
    arrows: Vec<((usize, usize), (usize, usize), String)>,
}

#[derive(Clone, Debug)]
struct Node {
    cell: (usize, usize),
    /// Title, group (which gives the colour) and detail.
    lines: [String; 3],
}

impl Diagram {
    /// An empty diagram; the title is for screen readers.
    #[must_use]
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// Adds a box in the cell (column, row): a title, the group it belongs to (boxes of one group share a colour), a detail.
    #[must_use]
    pub fn node(mut self, cell: (usize, usize), title: &str, group: &str, detail: &str) -> Self {
        self.nodes.push(Node { cell, lines: [title, group, detail].map(str::to_owned) });
        self
    }

    /// Adds an arrow between two boxes with a label.
    #[must_use]
    pub fn arrow(mut self, from: (usize, usize), to: (usize, usize), label: &str) -> Self {
        self.arrows.push((from, to, label.to_owned()));
        self
    }

    /// Width in CSS pixels.
    #[must_use]
    pub fn width(&self) -> f64 {
        let columns = self.nodes.iter().map(|n| n.cell.0 + 1).max().unwrap_or(1) as f64;
        2.0 * MARGIN + columns * BOX.0 + (columns - 1.0) * GAP.0
    }

    /// The drawing.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no box, two boxes share a cell, or an arrow begins or ends where no box is.
    pub fn svg(&self) -> Result<String> {
        let bad = |expected, got| Err(Error::InvalidArgument { what: "diagram", expected, got });
        if self.nodes.is_empty() {
            return bad("of at least one box", "none".into());
        }
        for (k, node) in self.nodes.iter().enumerate() {
            if self.nodes[..k].iter().any(|other| other.cell == node.cell) {
                return bad("of one box per cell", format!("{:?} again", node.cell));
            }
        }
        for (from, to, label) in &self.arrows {
            if from == to || [from, to].iter().any(|end| self.nodes.iter().all(|n| n.cell != **end)) {
                return bad("of arrows between two boxes", format!("{label}: {from:?} to {to:?}"));
            }
        }
        let rows = self.nodes.iter().map(|n| n.cell.1 + 1).max().unwrap_or(1) as f64;
        let height = 2.0 * MARGIN + rows * BOX.1 + (rows - 1.0) * GAP.1;
        let mut groups: Vec<&str> = Vec::new();
        let drawing = Canvas::layer(|canvas| {
            for (from, to, _) in &self.arrows {
                arrow(canvas, centre(*from), centre(*to))?;
            }
            // Labels after all arrows: none runs through another's text.
            for (from, to, label) in &self.arrows {
                let ((x0, y0), (x1, y1)) = ends(centre(*from), centre(*to));
                let (x, y) = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
                let half = 0.5 * LETTER * 12.0 * label.chars().count() as f64 + 3.0;
                canvas.rectangle((x - half, y - 9.0), (x + half, y + 9.0), (255, 255, 255), 1.0)?;
                canvas.text(label, (x, y), 12.0, Anchor::Middle, INK)?;
            }
            for node in &self.nodes {
                let group = groups.iter().position(|g| *g == node.lines[1]).unwrap_or_else(|| {
                    groups.push(&node.lines[1]);
                    groups.len() - 1
                });
                let colour = PALETTE[group % PALETTE.len()];
                let (x, y) = centre(node.cell);
                let (low, high) = ((x - BOX.0 / 2.0, y - BOX.1 / 2.0), (x + BOX.0 / 2.0, y + BOX.1 / 2.0));
                canvas.rectangle(low, high, tint(colour, 0.14), 1.0)?;
                canvas.path(&[low, (high.0, low.1), high, (low.0, high.1), low], colour, 1.0, 1.5)?;
                for ((text, size), offset) in node.lines.iter().zip([15.0, 12.0, 12.0]).zip([-24.0, 2.0, 24.0]) {
                    let ink = if offset == 2.0 { shade(colour, 0.75) } else { INK };
                    canvas.text(text, (x, y + offset), size, Anchor::Middle, ink)?;
                }
            }
            Ok(())
        })?;
        Ok(assemble(&self.title, (self.width(), height), &[drawing]))
    }
}

/// Middle of a cell.
fn centre(cell: (usize, usize)) -> (f64, f64) {
    let at = |index: usize, size: f64, gap: f64| MARGIN + size / 2.0 + index as f64 * (size + gap);
    (at(cell.0, BOX.0, GAP.0), at(cell.1, BOX.1, GAP.1))
}

/// The line from middle to middle, cut where it leaves the boxes.
fn ends(from: (f64, f64), to: (f64, f64)) -> ((f64, f64), (f64, f64)) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    // Fraction of the line inside a box: limited by the side that is reached first.
    let inside = (BOX.0 / 2.0 / dx.abs()).min(BOX.1 / 2.0 / dy.abs());
    let gap = inside + 3.0 / dx.hypot(dy);
    ((from.0 + gap * dx, from.1 + gap * dy), (to.0 - gap * dx, to.1 - gap * dy))
}

fn arrow(canvas: &mut Canvas<'_>, from: (f64, f64), to: (f64, f64)) -> Result<()> {
    let (tail, head) = ends(from, to);
    let (dx, dy) = (head.0 - tail.0, head.1 - tail.1);
    let length = dx.hypot(dy);
    let (ex, ey) = (dx / length, dy / length);
    let foot = (head.0 - 9.0 * ex, head.1 - 9.0 * ey);
    canvas.path(&[tail, foot], GREY, 1.0, 1.5)?;
    canvas.polygon(&[head, (foot.0 - 4.5 * ey, foot.1 + 4.5 * ex), (foot.0 + 4.5 * ey, foot.1 - 4.5 * ex)], GREY, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_arrows_and_labels_are_drawn_the_same_each_time() {
        let diagram = Diagram::new("a & b").node((0, 0), "A", "one", "").node((1, 1), "B", "two", "<detail>").arrow(
            (0, 0),
            (1, 1),
            "feeds",
        );
        let svg = diagram.svg().unwrap();
        assert_eq!(svg, diagram.clone().svg().unwrap());
        for text in ["a &amp; b", ">\nA\n", "&lt;detail&gt;", "feeds"] {
            assert!(svg.contains(text), "{text} in {svg}");
        }
        assert_eq!(diagram.width(), 2.0 * MARGIN + 2.0 * BOX.0 + GAP.0);
    }

    #[test]
    fn arrows_end_at_the_edges() {
        let ((x0, y0), (x1, y1)) = ends(centre((0, 0)), centre((1, 0)));
        assert!((x1 - x0 - (GAP.0 - 6.0)).abs() < 1e-9 && (y0 - y1).abs() < 1e-9);
    }

    #[test]
    fn faults_are_named() {
        let one = Diagram::new("").node((0, 0), "A", "", "");
        let message = |d: Diagram| d.svg().unwrap_err().to_string();
        assert!(message(Diagram::new("")).contains("at least one box"));
        assert!(message(one.clone().node((0, 0), "B", "", "")).contains("(0, 0) again"));
        assert!(message(one.clone().arrow((0, 0), (1, 0), "x")).contains("x: (0, 0) to (1, 0)"));
        assert!(message(one.arrow((0, 0), (0, 0), "x")).contains("between two boxes"));
    }
}
