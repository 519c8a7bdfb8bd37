//! What `RDKit` knows of the elements: weights, masses and radii that differ from those of [`Element`].
//!
//! Codes of labelled atoms depend on the difference between the isotope's mass and the weight of the element, cut to a
//! whole number: for ²⁵Na 2.0 with one table and 1.99 with another; descriptors are compared with its weights and radii.
//! Deliberately not here: anything that is not needed for the same numbers; weights proper are [`Element::mass`].

use crate::Element;
use std::sync::LazyLock;

/// One row of the table.
pub(crate) struct RdkitElement {
    /// Standard weight [u].
    pub(crate) weight: f64,
    /// Mass of the commonest isotope [u].
    pub(crate) commonest: f64,
    /// Bond radius of Labute's surface [Å].
    pub(crate) radius: f64,
}

/// By atomic number; 0 is the wildcard.
static TABLE: LazyLock<Vec<RdkitElement>> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in, and the tests read it whole";
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/rdkit_elements.csv")[..]);
    let rows = reader.records().map(|row| {
        let row = row.expect(READ);
        let value = |column: usize| row[column].parse().expect(READ);
        RdkitElement { weight: value(1), commonest: value(2), radius: value(3) }
    });
    std::iter::once(RdkitElement { weight: 0.0, commonest: 0.0, radius: 0.0 }).chain(rows).collect()
});

/// The row of an atomic number, 0 for the wildcard.
pub(crate) fn rdkit_element(number: u8) -> &'static RdkitElement {
    debug_assert!(usize::from(number) <= Element::COUNT, "an atomic number");
    &TABLE[usize::from(number)]
}

/// Standard weight [u].
pub(crate) fn weight(element: Element) -> f64 {
    rdkit_element(element.number()).weight
}

/// Nucleons of the commonest isotope.
pub(super) fn usual_nucleons(element: Element) -> u16 {
    rdkit_element(element.number()).commonest.round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_all_elements_in_order() {
        for element in Element::all() {
            assert!((weight(element) - element.mass()).abs() < 4.0, "{element}: {}", weight(element));
            assert!((f64::from(usual_nucleons(element)) - weight(element)).abs() < 8.0, "{element}");
        }
        assert_eq!((weight(Element::S), usual_nucleons(Element::BR)), (32.067, 79));
    }
}
