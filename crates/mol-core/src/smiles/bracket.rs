//! Atoms in brackets: `[13C@@H2+:7]`.

use super::read::Reader;
use super::stereo::Tag;
use super::{Error, ErrorKind, Leniency};
use crate::{Atom, ChiralClass, Chirality, Element};

/// Aromatic symbols, two letters first.
const AROMATIC: [(&[u8], Element); 9] = [
    (b"as", Element::AS),
    (b"se", Element::SE),
    (b"te", Element::TE),
    (b"b", Element::B),
    (b"c", Element::C),
    (b"n", Element::N),
    (b"o", Element::O),
    (b"p", Element::P),
    (b"s", Element::S),
];

const CLASSES: [ChiralClass; 5] = [
    ChiralClass::Tetrahedral,
    ChiralClass::Allenal,
    ChiralClass::SquarePlanar,
    ChiralClass::TrigonalBipyramidal,
    ChiralClass::Octahedral,
];

impl Reader<'_> {
    /// Reads `[` isotope? symbol chirality? hydrogens? charge? class? `]`.
    pub(super) fn read_bracket(&mut self) -> Result<(Atom, Option<Tag>), Error> {
        self.at += 1;
        let mut isotope = match self.peek() {
            Some(b'0'..=b'9') => Some(self.digits("isotope", "digits", usize::MAX, 999)? as u16),
            _ => None,
        };
        let (element, aromatic) = match self.isotope_symbol(isotope) {
            Some(nucleons) => {
                isotope = Some(nucleons);
                (Some(Element::H), false)
            }
            None => self.symbol()?,
        };
        let tag = if self.peek() == Some(b'@') { Some(self.chirality()?) } else { None };
        let hydrogens = self.hydrogens(element)?;
        let charge = self.charge()?;
        let map_number = if self.peek() == Some(b':') {
            self.at += 1;
            self.digits("atom class", "the digits of an atom class", usize::MAX, u32::MAX - 1)?
        } else {
            0
        };
        self.expect(b']', "']', or the parts of an atom in their order: isotope, symbol, @, H, charge, class")?;
        let atom = Atom { element, isotope, charge, hydrogens: Some(hydrogens), aromatic, chirality: None, map_number };
        Ok((atom, tag))
    }

    /// The nucleons of `D` or `T`, which only a lenient reader knows.
    fn isotope_symbol(&mut self, stated: Option<u16>) -> Option<u16> {
        let nucleons = match *self.rest() {
            [b'D', ref next @ ..] if !next.first().is_some_and(u8::is_ascii_lowercase) => 2,
            [b'T', ref next @ ..] if !next.first().is_some_and(u8::is_ascii_lowercase) => 3,
            _ => return None,
        };
        if stated.is_some() || !self.tolerate(self.at, Leniency::HydrogenIsotope) {
            return None;
        }
        self.at += 1;
        Some(nucleons)
    }

    /// Element (`None` for the wildcard) and whether it is aromatic.
    fn symbol(&mut self) -> Result<(Option<Element>, bool), Error> {
        let rest = self.rest();
        if rest.first() == Some(&b'*') {
            self.at += 1;
            return Ok((None, false));
        }
        if let Some(&(symbol, element)) = AROMATIC.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
            self.at += symbol.len();
            return Ok((Some(element), true));
        }
        if rest.first() == Some(&b'#') && self.tolerate(self.at, Leniency::AtomicNumber) {
            self.at += 1;
            let offset = self.at;
            let number = self.digits("atomic number", "an atomic number", 3, 118)?;
            let element = u8::try_from(number).ok().and_then(|number| Element::from_number(number).ok());
            let unknown = || Error { offset, kind: ErrorKind::UnknownElement { symbol: format!("#{number}") } };
            return element.map(|element| (Some(element), false)).ok_or_else(unknown);
        }
        let rest = self.rest();
        let letters = rest.iter().take(2).take_while(|byte| byte.is_ascii_alphabetic()).count();
        for length in (1..=letters).rev() {
            if let Some(element) = Element::lookup(&rest[..length]) {
                self.at += length;
                return Ok((Some(element), false));
            }
        }
        if letters == 0 {
            return Err(self.unexpected("an element symbol"));
        }
        let symbol = rest[..letters].iter().map(|&byte| char::from(byte)).collect();
        Err(Error { offset: self.at, kind: ErrorKind::UnknownElement { symbol } })
    }

    /// `@`, `@@`, or a class with its number.
    fn chirality(&mut self) -> Result<Tag, Error> {
        self.at += 1;
        if self.peek() == Some(b'@') {
            self.at += 1;
            return Ok(Tag::Clockwise);
        }
        let Some(class) = CLASSES.into_iter().find(|class| self.rest().starts_with(class.letters().as_bytes())) else {
            return Ok(Tag::Anticlockwise);
        };
        let offset = self.at;
        self.at += 2;
        let number = self.digits("arrangement", "the number of the arrangement", 2, 99)?;
        Chirality::new(class, number as u8).map(Tag::Stated).map_err(|_| {
            let kind = ErrorKind::UnknownChirality { class: class.letters(), number, count: class.count() };
            Error { offset, kind }
        })
    }

    /// `H` and at most one digit.
    fn hydrogens(&mut self, element: Option<Element>) -> Result<u8, Error> {
        if self.peek() != Some(b'H') {
            return Ok(0);
        }
        if element == Some(Element::H) {
            return Err(Error { offset: self.at, kind: ErrorKind::HydrogenOnHydrogen });
        }
        self.at += 1;
        match self.peek() {
            Some(b'0'..=b'9') => Ok(self.digits("hydrogen count", "a digit", 1, 9)? as u8),
            _ => Ok(1),
        }
    }

    /// A sign with at most two digits, or the sign doubled.
    fn charge(&mut self) -> Result<i8, Error> {
        let Some(sign @ (b'+' | b'-')) = self.peek() else { return Ok(0) };
        self.at += 1;
        let size = match self.peek() {
            Some(b'0'..=b'9') => self.digits("charge", "a digit", 2, 99)? as i8,
            Some(byte) if byte == sign => {
                self.at += 1;
                let mut size = 2;
                while self.peek() == Some(sign) && size < 99 {
                    if size == 2 && !self.tolerate(self.at, Leniency::RepeatedSign) {
                        break;
                    }
                    self.at += 1;
                    size += 1;
                }
                size
            }
            _ => 1,
        };
        Ok(if sign == b'+' { size } else { -size })
    }
}
