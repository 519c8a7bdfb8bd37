//! Chemical elements: symbol, mass and radii from one table.
//!
//! An [`Element`] is its atomic number, one byte, so arrays of elements cost nothing; properties are looked up in
//! immutable tables (`data/elements.csv`, `data/isotopes.csv`, written by `scripts/elements.py`). Deliberately not here:
//! valences (they belong to the line notation or force field that defines them) and ionic radii.

use crate::{Error, Result};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A chemical element by its atomic number, 1 (H) to 118 (Og). Serialised as its symbol.
///
/// ```
/// use mol_core::Element;
/// let chlorine: Element = "Cl".parse()?;
/// assert_eq!((chlorine, chlorine.number()), (Element::CL, 17));
/// assert_eq!(chlorine.mass(), 35.45);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(into = "&'static str", try_from = "Cow<'_, str>")]
pub struct Element(u8);

macro_rules! common_elements {
    ($($constant:ident $number:literal $name:literal),* $(,)?) => {
        $(#[doc = $name] pub const $constant: Self = Self($number);)*
    };
}

impl Element {
    common_elements! {
        H 1 "Hydrogen.", HE 2 "Helium.", LI 3 "Lithium.", BE 4 "Beryllium.", B 5 "Boron.", C 6 "Carbon.", N 7 "Nitrogen.",
        O 8 "Oxygen.", F 9 "Fluorine.", NE 10 "Neon.", NA 11 "Sodium.", MG 12 "Magnesium.", AL 13 "Aluminium.",
        SI 14 "Silicon.", P 15 "Phosphorus.", S 16 "Sulfur.", CL 17 "Chlorine.", AR 18 "Argon.", K 19 "Potassium.",
        CA 20 "Calcium.", MN 25 "Manganese.", FE 26 "Iron.", CO 27 "Cobalt.", NI 28 "Nickel.", CU 29 "Copper.",
        ZN 30 "Zinc.", AS 33 "Arsenic.", SE 34 "Selenium.", BR 35 "Bromine.", KR 36 "Krypton.", PD 46 "Palladium.",
        AG 47 "Silver.", SN 50 "Tin.", TE 52 "Tellurium.", I 53 "Iodine.", XE 54 "Xenon.", PT 78 "Platinum.", AU 79 "Gold.",
    }

    /// Number of elements.
    pub const COUNT: usize = 118;

    /// The element of a symbol, written as IUPAC writes it: "Cl", not "CL".
    ///
    /// # Errors
    /// [`Error::UnknownElement`] if there is none.
    pub fn from_symbol(symbol: &str) -> Result<Self> {
        Self::lookup(symbol.as_bytes()).ok_or_else(|| Error::UnknownElement { symbol: symbol.to_owned() })
    }

    /// The element of an atomic number.
    ///
    /// # Errors
    /// [`Error::UnknownElement`] outside 1 to 118.
    pub fn from_number(number: u8) -> Result<Self> {
        if (1..=Self::COUNT).contains(&usize::from(number)) {
            Ok(Self(number))
        } else {
            Err(Error::UnknownElement { symbol: number.to_string() })
        }
    }

    /// All elements from hydrogen to oganesson.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=118).map(Self)
    }

    /// Atomic number Z.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Symbol, e.g. "Cl".
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.row().symbol
    }

    /// English name, e.g. "Chlorine".
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Standard atomic weight [u], the conventional value where IUPAC gives an interval; for elements that have none, the
    /// mass of a long-lived isotope. (Prohaska et al., *Pure Appl. Chem.* **94**, 573 (2022).)
    #[must_use]
    pub fn mass(self) -> f64 {
        self.row().mass
    }

    /// Mass of the isotope with `nucleons` protons and neutrons [u], `None` if it is not known.
    ///
    /// ```
    /// use mol_core::Element;
    /// assert_eq!(Element::H.isotope_mass(2), Some(2.014101778));
    /// assert_eq!(Element::H.isotope_mass(40), None);
    /// ```
    #[must_use]
    pub fn isotope_mass(self, nucleons: u16) -> Option<f64> {
        let table = &*ISOTOPES;
        table.binary_search_by_key(&(self.0, nucleons), |row| row.0).ok().map(|k| table[k].1)
    }

    /// Single-bond covalent radius [Å] (Cordero et al., *Dalton Trans.* 2832 (2008): C sp³, low-spin Mn, Fe, Co; beyond
    /// curium Pyykkö & Atsumi, *Chem. Eur. J.* **15**, 186 (2009)).
    #[must_use]
    pub fn covalent_radius(self) -> f64 {
        self.row().covalent_radius
    }

    /// Van der Waals radius [Å] (Alvarez, *Dalton Trans.* **42**, 8617 (2013)), `None` where crystals give none.
    ///
    /// These are larger than Bondi's, by 0.07 Å for carbon.
    #[must_use]
    pub fn vdw_radius(self) -> Option<f64> {
        self.row().vdw_radius
    }

    /// The element whose symbol is exactly `symbol`.
    pub(crate) fn lookup(symbol: &[u8]) -> Option<Self> {
        match *symbol {
            [a] if a.is_ascii_uppercase() => element_at(a, 0),
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_lowercase() => element_at(a, 1 + usize::from(b - b'a')),
            _ => None,
        }
    }

    fn row(self) -> &'static Row {
        &TABLE.rows[usize::from(self.0) - 1]
    }
}

fn element_at(first: u8, column: usize) -> Option<Element> {
    match TABLE.by_symbol[usize::from(first - b'A') * 27 + column] {
        0 => None,
        number => Some(Element(number)),
    }
}

impl FromStr for Element {
    type Err = Error;

    fn from_str(symbol: &str) -> Result<Self> {
        Self::from_symbol(symbol)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}

impl From<Element> for &'static str {
    fn from(element: Element) -> Self {
        element.symbol()
    }
}

impl TryFrom<Cow<'_, str>> for Element {
    type Error = Error;

    fn try_from(symbol: Cow<'_, str>) -> Result<Self> {
        Self::from_symbol(&symbol)
    }
}

/// One line of `data/elements.csv`.
struct Row {
    symbol: &'static str,
    name: &'static str,
    mass: f64,
    covalent_radius: f64,
    vdw_radius: Option<f64>,
}

/// All elements, and atomic numbers by first letter and second letter (27 columns, the first for none).
struct Table {
    rows: Vec<Row>,
    by_symbol: [u8; 26 * 27],
}

const BUILT_IN: &str = "the tables are compiled in and read whole by the tests";

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { rows: Vec::with_capacity(Element::COUNT), by_symbol: [0; 26 * 27] };
    for (number, line) in (1_u8..).zip(include_str!("../data/elements.csv").lines().skip(1)) {
        let mut field = line.split(',').skip(1);
        let mut text = || field.next().expect(BUILT_IN);
        let (symbol, name) = (text(), text());
        let mut value = || text().parse().ok();
        let (mass, covalent) = (value().expect(BUILT_IN), value().expect(BUILT_IN));
        table.rows.push(Row { symbol, name, mass, covalent_radius: covalent, vdw_radius: value() });
        let letters = symbol.as_bytes();
        let column = letters.get(1).map_or(0, |b| 1 + usize::from(b - b'a'));
        table.by_symbol[usize::from(letters[0] - b'A') * 27 + column] = number;
    }
    table
});

/// `((Z, nucleons), mass)`, ascending.
static ISOTOPES: LazyLock<Vec<((u8, u16), f64)>> = LazyLock::new(|| {
    let row = |line: &str| {
        let mut field = line.split(',');
        let mut text = || field.next().expect(BUILT_IN);
        let (number, nucleons) = (text().parse().expect(BUILT_IN), text().parse().expect(BUILT_IN));
        ((number, nucleons), text().parse().expect(BUILT_IN))
    };
    include_str!("../data/isotopes.csv").lines().skip(1).map(row).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_symbols_invert() {
        assert_eq!(Element::all().count(), Element::COUNT);
        assert_eq!(TABLE.rows.len(), Element::COUNT);
        for element in Element::all() {
            assert_eq!(Element::from_symbol(element.symbol()).unwrap(), element);
            assert_eq!(Element::from_number(element.number()).unwrap(), element);
            assert!(element.mass() > 1.0 && (0.2..3.0).contains(&element.covalent_radius()), "{element}");
            assert!(element.vdw_radius().is_none_or(|r| r > element.covalent_radius()), "{element}");
        }
        assert!(ISOTOPES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ISOTOPES.iter().all(|&((_, a), m)| (m - f64::from(a)).abs() < 0.25));
    }

    #[test]
    fn constants_name_their_elements() {
        let named =
            [(Element::CL, "Cl"), (Element::NA, "Na"), (Element::SE, "Se"), (Element::XE, "Xe"), (Element::AU, "Au")];
        assert!(named.iter().all(|(element, symbol)| element.symbol() == *symbol));
        assert_eq!(Element::from_number(118).unwrap().name(), "Oganesson");
        assert_eq!(format!("{:>3}|{:<3}|", Element::C, Element::BR), "  C|Br |");
    }

    #[test]
    fn known_values() {
        assert_eq!(Element::S.mass(), 32.06);
        assert_eq!(Element::C.covalent_radius(), 0.76);
        assert_eq!(Element::H.vdw_radius(), Some(1.2));
        assert_eq!(Element::C.isotope_mass(12), Some(12.0));
        assert_eq!(Element::from_symbol("U").unwrap().isotope_mass(238).map(f64::round), Some(238.0));
    }

    #[test]
    fn strangers_are_refused_by_name() {
        for text in ["", "h", "CL", "cl", "Xx", "Cl ", "Uuo", "é", "C1"] {
            let message = Element::from_symbol(text).unwrap_err().to_string();
            assert!(message.contains(&format!("{text:?}")), "{message}");
        }
        assert!(Element::from_number(0).is_err() && Element::from_number(119).is_err());
    }

    #[test]
    fn serde_is_the_symbol() {
        let list = vec![Element::H, Element::CL];
        let text = serde_json::to_string(&list).unwrap();
        assert_eq!(text, r#"["H","Cl"]"#);
        assert_eq!(serde_json::from_str::<Vec<Element>>(&text).unwrap(), list);
        assert!(serde_json::from_str::<Element>("\"Qq\"").is_err());
    }
}
