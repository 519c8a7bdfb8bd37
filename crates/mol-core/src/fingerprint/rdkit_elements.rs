//! Weights of the elements as `RDKit` has them.
//!
//! Codes of labelled atoms depend on the difference between the isotope's mass and the weight of the element, cut to a
//! whole number: for ²⁵Na 2.0 with one table and 1.99 with another. Deliberately not here: anything that is not needed
//! for the same bits; weights proper are [`Element::mass`].

use crate::Element;
use std::sync::LazyLock;

/// Standard weight [u] and nucleons of the commonest isotope, by atomic number.
static TABLE: LazyLock<Vec<(f64, u16)>> = LazyLock::new(|| {
    const READ: &str = "the table is compiled in, and the tests read it whole";
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/rdkit_elements.csv")[..]);
    let rows = reader.records().map(|row| {
        let row = row.expect(READ);
        let value = |column: usize| row[column].parse::<f64>().expect(READ);
        (value(1), value(2).round() as u16)
    });
    rows.collect()
});

/// Standard weight [u].
pub(crate) fn weight(element: Element) -> f64 {
    TABLE[usize::from(element.number()) - 1].0
}

/// Nucleons of the commonest isotope.
pub(super) fn usual_nucleons(element: Element) -> u16 {
    TABLE[usize::from(element.number()) - 1].1
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
