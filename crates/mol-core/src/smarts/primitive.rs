//! Reader of atoms and bonds: their primitives, and what a bracket around a hydrogen means.

use super::query::{AtomTest, BondTest, CHARGE_ZERO, Expression, Fact};
use super::read::Reader;
use super::{Error, ErrorKind};
use crate::{BondOrder, ChiralClass, Chirality, Element};

/// Elements with an aromatic symbol.
const AROMATIC: [(&str, u8); 11] = [
    ("as", 33),
    ("se", 34),
    ("si", 14),
    ("te", 52),
    ("b", 5),
    ("c", 6),
    ("n", 7),
    ("o", 8),
    ("p", 15),
    ("s", 16),
    ("a", 0),
];

/// The largest number of a count.
const LARGEST: u32 = 9999;
/// The largest charge.
const LARGEST_CHARGE: u32 = 99;

impl Reader<'_> {
    /// An atom, bare or in brackets, with its map number.
    pub(super) fn atom_expression(
        &mut self,
        depth: usize,
        wanted: &'static str,
    ) -> Result<(Expression<AtomTest>, u32), Error> {
        if self.peek() != Some(b'[') {
            let (test, length) = bare(self.rest()).ok_or_else(|| self.unexpected(wanted))?;
            self.at += length;
            return Ok((Expression::of(&[test]), 0));
        }
        self.at += 1;
        let expression = if let Some(tests) = self.hydrogen()? {
            Expression::of(&tests)
        } else {
            let begins = |byte| !matches!(byte, b']' | b';' | b',' | b'&' | b':');
            self.expression(begins, "an atom primitive", |reader| reader.atom_test(depth))?
        };
        let map_number = if self.peek() == Some(b':') {
            self.at += 1;
            self.digits("map number", "digits behind ':'", 10, u32::MAX - 1)?
        } else {
            0
        };
        self.expect(b']', "an atom primitive, ';', ',', '&', ':' or ']'")?;
        Ok((expression, map_number))
    }

    /// The tests of `[H]`, with an isotope before it and a charge behind it at most: a hydrogen, not a count of them.
    fn hydrogen(&mut self) -> Result<Option<Vec<AtomTest>>, Error> {
        let rest = self.rest();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if rest.get(digits) != Some(&b'H') {
            return Ok(None);
        }
        let is_charge = |byte: &&u8| matches!(byte, b'+' | b'-' | b'0'..=b'9');
        let charge = rest[digits + 1..].iter().take_while(is_charge).count();
        let signed = charge == 0 || matches!(rest[digits + 1], b'+' | b'-');
        if !signed || !matches!(rest.get(digits + 1 + charge), Some(b']' | b':')) {
            return Ok(None);
        }
        let mut tests = vec![AtomTest::element(1, None)];
        if digits > 0 {
            tests.push(self.isotope()?);
        }
        self.at += 1;
        if charge > 0 {
            tests.push(self.charge()?);
        }
        Ok(Some(tests))
    }

    fn atom_test(&mut self, depth: usize) -> Result<AtomTest, Error> {
        let rest = self.rest();
        if let Some((element, length)) = symbol(rest) {
            self.at += length;
            return Ok(AtomTest::element(element.number(), Some(false)));
        }
        for (symbol, number) in AROMATIC {
            if rest.starts_with(symbol.as_bytes()) {
                self.at += symbol.len();
                return Ok(match number {
                    0 => AtomTest::exactly(Fact::Aromatic, 1),
                    _ => AtomTest::element(number, Some(true)),
                });
            }
        }
        let byte = rest.first().copied().unwrap_or_default();
        if let Some(fact) = Fact::of_letter(byte) {
            self.at += 1;
            let (low, high) = self.counts()?.unwrap_or(match fact.letter() {
                Some((_, true)) => (1, u16::MAX),
                _ => (1, 1),
            });
            return Ok(AtomTest::Fact { fact, low, high });
        }
        match byte {
            b'*' => {
                self.at += 1;
                Ok(AtomTest::Any)
            }
            b'A' => {
                self.at += 1;
                Ok(AtomTest::exactly(Fact::Aromatic, 0))
            }
            b'k' => {
                self.at += 1;
                let (low, high) = self.counts()?.unwrap_or((1, u16::MAX));
                Ok(AtomTest::RingOfSize { low, high })
            }
            b'^' => {
                self.at += 1;
                let code = self.digits("hybridisation", "a digit", 1, 5)?;
                Ok(AtomTest::exactly(Fact::Hybridization, code as u16 + 1))
            }
            b'#' => {
                self.at += 1;
                let number = self.digits("atomic number", "an atomic number", 3, Element::COUNT as u32)?;
                Ok(AtomTest::element(number as u8, None))
            }
            b'0'..=b'9' => self.isotope(),
            b'+' | b'-' => self.charge(),
            b'@' => self.chirality(),
            b'$' => {
                self.at += 1;
                Ok(AtomTest::Environment(self.environment(depth)?))
            }
            _ => Err(self.unexpected("an atom primitive")),
        }
    }

    fn isotope(&mut self) -> Result<AtomTest, Error> {
        Ok(AtomTest::exactly(Fact::Isotope, self.digits("isotope", "digits", 5, 999)? as u16))
    }

    /// `n` or `{n-m}`, `{n-}`, `{-m}`, `{n}`; `None` if neither stands here.
    fn counts(&mut self) -> Result<Option<(u16, u16)>, Error> {
        match self.peek() {
            Some(b'0'..=b'9') => {
                let count = self.digits("count", "digits", 5, LARGEST)? as u16;
                Ok(Some((count, count)))
            }
            Some(b'{') => {
                let start = self.at;
                self.at += 1;
                let low = if self.peek() == Some(b'-') { None } else { Some(self.range_end()?) };
                let high = match (self.peek(), low) {
                    (Some(b'-'), _) => {
                        self.at += 1;
                        if self.peek() == Some(b'}') && low.is_some() { None } else { Some(self.range_end()?) }
                    }
                    (_, low) => low,
                };
                self.expect(b'}', "'-' or '}'")?;
                let (first, last) = (low.unwrap_or(0), high.unwrap_or(u32::from(u16::MAX)));
                if first > last {
                    return Err(Error { offset: start, kind: ErrorKind::EmptyRange { low: first, high: last } });
                }
                Ok(Some((first as u16, last as u16)))
            }
            _ => Ok(None),
        }
    }

    fn range_end(&mut self) -> Result<u32, Error> {
        self.digits("count", "digits", 5, LARGEST)
    }

    /// `+`, `++`, `+n`, `+{n-m}` and the same with `-`.
    fn charge(&mut self) -> Result<AtomTest, Error> {
        let sign = self.peek().unwrap_or(b'+');
        let start = self.at;
        while self.peek() == Some(sign) {
            self.at += 1;
        }
        let signs = self.at - start;
        let largest = LARGEST_CHARGE as u16;
        let (low, high) = match self.counts()? {
            Some(counts) if signs == 1 => (counts.0, if counts.1 == u16::MAX { largest } else { counts.1 }),
            Some(_) => return Err(Error { offset: start, kind: self.unexpected("one sign before a number").kind }),
            None => {
                let charge = u16::try_from(signs).unwrap_or(u16::MAX);
                (charge, charge)
            }
        };
        if low > largest || high > largest {
            let kind = ErrorKind::NumberTooLarge { what: "charge", largest: LARGEST_CHARGE };
            return Err(Error { offset: start, kind });
        }
        Ok(if sign == b'+' {
            AtomTest::Fact { fact: Fact::Charge, low: CHARGE_ZERO + low, high: CHARGE_ZERO + high }
        } else {
            AtomTest::Fact { fact: Fact::Charge, low: CHARGE_ZERO - high, high: CHARGE_ZERO - low }
        })
    }

    /// `@`, `@@`, `@TH1` …, each with `?` behind it or not.
    fn chirality(&mut self) -> Result<AtomTest, Error> {
        self.at += 1;
        let classes = [
            ChiralClass::Tetrahedral,
            ChiralClass::Allenal,
            ChiralClass::SquarePlanar,
            ChiralClass::TrigonalBipyramidal,
            ChiralClass::Octahedral,
        ];
        let rest = self.rest();
        let stated = classes
            .into_iter()
            .find(|class| rest.starts_with(class.letters().as_bytes()) && rest.get(2).is_some_and(u8::is_ascii_digit));
        let chirality = if let Some(class) = stated {
            let offset = self.at;
            self.at += 2;
            let number = self.digits("number of the arrangement", "digits", 2, 99)?;
            Chirality::new(class, number as u8).map_err(|_| {
                let kind = ErrorKind::UnknownChirality { class: class.letters(), number, count: class.count() };
                Error { offset, kind }
            })?
        } else {
            let clockwise = self.peek() == Some(b'@');
            self.at += usize::from(clockwise);
            Chirality::new(ChiralClass::Tetrahedral, 1 + u8::from(clockwise)).expect("the class has 1 and 2")
        };
        let or_unspecified = self.peek() == Some(b'?');
        self.at += usize::from(or_unspecified);
        Ok(AtomTest::Chirality { chirality, or_unspecified, implied: stated.is_none() })
    }

    pub(super) const fn begins_bond(byte: u8) -> bool {
        matches!(byte, b'-' | b'=' | b'#' | b'$' | b':' | b'~' | b'@' | b'/' | b'\\' | b'!' | b'<')
    }

    pub(super) fn bond_expression(&mut self) -> Result<Expression<BondTest>, Error> {
        let begins = |byte| byte != b'!' && Self::begins_bond(byte);
        self.expression(begins, "a bond primitive", Self::bond_test)
    }

    fn bond_test(&mut self) -> Result<BondTest, Error> {
        let (first, second) = (self.peek(), self.rest().get(1));
        let mut length = 1;
        let test = match (first, second) {
            (Some(b'-'), Some(b'>')) => {
                length = 2;
                BondTest::Dative { forward: true }
            }
            (Some(b'<'), Some(b'-')) => {
                length = 2;
                BondTest::Dative { forward: false }
            }
            (Some(b'-'), _) => BondTest::Order(BondOrder::Single),
            (Some(b'='), _) => BondTest::Order(BondOrder::Double),
            (Some(b'#'), _) => BondTest::Order(BondOrder::Triple),
            (Some(b'$'), _) => BondTest::Order(BondOrder::Quadruple),
            (Some(b':'), _) => BondTest::Order(BondOrder::Aromatic),
            (Some(b'~'), _) => BondTest::Any,
            (Some(b'@'), _) => BondTest::Ring,
            (Some(mark @ (b'/' | b'\\')), next) => {
                let or_unspecified = next == Some(&b'?');
                length += usize::from(or_unspecified);
                BondTest::Direction { up: mark == b'/', or_unspecified }
            }
            _ => return Err(self.unexpected("a bond primitive")),
        };
        self.at += length;
        Ok(test)
    }
}

/// An atom that needs no brackets, and the length of its symbol.
fn bare(rest: &[u8]) -> Option<(AtomTest, usize)> {
    let test = match rest {
        [b'C', b'l', ..] => return Some((AtomTest::element(17, Some(false)), 2)),
        [b'B', b'r', ..] => return Some((AtomTest::element(35, Some(false)), 2)),
        [b'*', ..] => AtomTest::Any,
        [b'A', ..] => AtomTest::exactly(Fact::Aromatic, 0),
        [b'a', ..] => AtomTest::exactly(Fact::Aromatic, 1),
        [letter, ..] => {
            let number = match letter.to_ascii_uppercase() {
                b'B' => 5,
                b'C' => 6,
                b'N' => 7,
                b'O' => 8,
                b'P' => 15,
                b'S' => 16,
                b'F' if *letter == b'F' => 9,
                b'I' if *letter == b'I' => 53,
                _ => return None,
            };
            AtomTest::element(number, Some(letter.is_ascii_lowercase()))
        }
        [] => return None,
    };
    Some((test, 1))
}

/// The symbol of an element at the start of a bracket's rest; hydrogen alone is a count, and `D`, `R`, `X` and the like
/// are no symbols. `Nh` is nitrogen with counted hydrogens, as everyone writes it who uses `h`; nihonium is `#113`.
fn symbol(rest: &[u8]) -> Option<(Element, usize)> {
    let long = rest.get(..2).filter(|letters| letters != b"Nh").and_then(Element::lookup).map(|element| (element, 2));
    let short = || rest.get(..1).and_then(Element::lookup).filter(|&element| element != Element::H);
    long.or_else(|| short().map(|element| (element, 1)))
}
