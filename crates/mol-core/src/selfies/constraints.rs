//! How many bonds an atom may have.

use super::Error;
use crate::Element;
use std::collections::BTreeMap;

/// The sum of bond orders that an atom of each element and charge may have, its own hydrogens included.
///
/// ```
/// use mol_core::{Element, selfies::Constraints};
/// let mut constraints = Constraints::default();
/// assert_eq!(constraints.capacity(Element::N, 1), 4);
/// constraints.set(Element::CL, 0, 7);
/// assert_eq!(constraints, Constraints::hypervalent().with(Element::BR, 0, 1).with(Element::I, 0, 1).with(Element::N, 0, 3));
/// ```
///
/// The default and the two presets are the tables of the package `selfies` (Lo et al., *Digital Discovery* **2**, 897 (2023)).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Constraints {
    /// By atomic number and charge, so that the order is fixed.
    listed: BTreeMap<(u8, i8), u8>,
    others: u8,
}

/// Entries such as `N`, `N+1`, and `?` for all others.
type Plain = BTreeMap<String, u8>;

impl Default for Constraints {
    /// H, F, Cl, Br, I 1; B 3, B⁺ 2, B⁻ 4; C 4, C⁺ C⁻ 3; N 3, N⁺ 4, N⁻ 2; O 2, O⁺ 3, O⁻ 1; P 5, P⁺ 4, P⁻ 6; S 6, S⁺ S⁻ 5;
    /// all others 8.
    fn default() -> Self {
        let halogens = [Element::H, Element::F, Element::CL, Element::BR, Element::I].map(|element| (element, 0, 1));
        let rest = [
            (Element::B, [3, 2, 4]),
            (Element::C, [4, 3, 3]),
            (Element::N, [3, 4, 2]),
            (Element::O, [2, 3, 1]),
            (Element::P, [5, 4, 6]),
            (Element::S, [6, 5, 5]),
        ];
        let rest = rest.into_iter().flat_map(|(element, [neutral, cation, anion])| {
            [(element, 0, neutral), (element, 1, cation), (element, -1, anion)]
        });
        let listed =
            halogens.into_iter().chain(rest).map(|(element, charge, n)| ((element.number(), charge), n)).collect();
        Self { listed, others: 8 }
    }
}

impl Constraints {
    /// Phosphorus and sulfur without expanded octets.
    #[must_use]
    pub fn octet_rule() -> Self {
        let phosphorus = [(0, 3), (1, 4), (-1, 2)].map(|(charge, n)| (Element::P, charge, n));
        let sulfur = [(0, 2), (1, 3), (-1, 1)].map(|(charge, n)| (Element::S, charge, n));
        phosphorus
            .into_iter()
            .chain(sulfur)
            .fold(Self::default(), |table, (element, charge, n)| table.with(element, charge, n))
    }

    /// Chlorine, bromine and iodine of valence seven, nitrogen of five.
    #[must_use]
    pub fn hypervalent() -> Self {
        let expanded = [(Element::CL, 7), (Element::BR, 7), (Element::I, 7), (Element::N, 5)];
        expanded.into_iter().fold(Self::default(), |table, (element, n)| table.with(element, 0, n))
    }

    /// The capacity of an atom without its hydrogens taken off.
    #[must_use]
    pub fn capacity(&self, element: Element, charge: i8) -> u8 {
        *self.listed.get(&(element.number(), charge)).unwrap_or(&self.others)
    }

    /// Sets the capacity of an element at a charge.
    pub fn set(&mut self, element: Element, charge: i8, capacity: u8) {
        self.listed.insert((element.number(), charge), capacity);
    }

    /// Sets the capacity of all that are not listed.
    pub fn set_others(&mut self, capacity: u8) {
        self.others = capacity;
    }

    /// The same table with another entry.
    #[must_use]
    pub fn with(mut self, element: Element, charge: i8, capacity: u8) -> Self {
        self.set(element, charge, capacity);
        self
    }

    /// The elements and charges that are listed, with their capacities, by atomic number and charge.
    pub fn iter(&self) -> impl Iterator<Item = (Element, i8, u8)> {
        let known = |(&(number, charge), &capacity): (&(u8, i8), &u8)| {
            (Element::from_number(number).expect("entries are made of elements"), charge, capacity)
        };
        self.listed.iter().map(known)
    }
}

impl From<Constraints> for Plain {
    fn from(constraints: Constraints) -> Self {
        let name = |element: Element, charge: i8| {
            if charge == 0 { element.symbol().to_owned() } else { format!("{}{charge:+}", element.symbol()) }
        };
        let listed = constraints.iter().map(|(element, charge, capacity)| (name(element, charge), capacity));
        listed.chain([("?".to_owned(), constraints.others)]).collect()
    }
}

impl TryFrom<Plain> for Constraints {
    type Error = Error;

    fn try_from(plain: Plain) -> Result<Self, Error> {
        let mut constraints = Self { listed: BTreeMap::new(), others: 8 };
        let mut stated = false;
        for (key, capacity) in plain {
            if key == "?" {
                (constraints.others, stated) = (capacity, true);
                continue;
            }
            let fault = |reason| Error::Constraint { key: key.clone(), reason };
            let sign = key.find(['+', '-']).unwrap_or(key.len());
            let element: Element = key[..sign].parse().map_err(|_| fault("expected an element first"))?;
            let charge = if sign == key.len() { Ok(0) } else { key[sign..].parse() };
            constraints.set(element, charge.map_err(|_| fault("expected a charge such as +1"))?, capacity);
        }
        if stated {
            return Ok(constraints);
        }
        Err(Error::Constraint { key: "?".to_owned(), reason: "it must be there, for all elements that are not listed" })
    }
}
