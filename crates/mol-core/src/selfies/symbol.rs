//! Single symbols: what stands between brackets.

use crate::{Atom, BondDirection, Element};

/// The sixteen symbols that count when they follow a branch or a ring, in the order of their values.
pub(super) const DIGITS: [&str; 16] = [
    "[C]",
    "[Ring1]",
    "[Ring2]",
    "[Branch1]",
    "[=Branch1]",
    "[#Branch1]",
    "[Branch2]",
    "[=Branch2]",
    "[#Branch2]",
    "[O]",
    "[N]",
    "[=N]",
    "[=C]",
    "[#C]",
    "[S]",
    "[P]",
];

/// A symbol, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Symbol {
    /// An atom with the bond before it; `tag` is 1 for `@`, 2 for `@@`.
    Atom { order: u8, direction: Option<BondDirection>, atom: Atom, tag: Option<u8> },
    /// A branch whose length is in the next `digits` symbols.
    Branch { order: u8, digits: u8 },
    /// A ring bond whose reach is in the next `digits` symbols; marks as seen from its two ends.
    Ring { order: u8, digits: u8, marks: [Option<BondDirection>; 2] },
    /// The end of the chain.
    Epsilon,
}

impl Symbol {
    /// Reads a symbol with its brackets; `None` if it is none.
    pub(super) fn read(symbol: &str) -> Option<Self> {
        let inner = symbol.strip_prefix('[')?.strip_suffix(']')?;
        let digits = inner.as_bytes().last().filter(|digit| (b'1'..=b'3').contains(digit)).map(|digit| digit - b'0');
        // As in the reference, whatever ends like a branch or a ring is one or an error.
        let kind = |name: &str| symbol.len() >= 4 && symbol.get(symbol.len() - 4..symbol.len() - 2) == Some(name);
        if kind("ch") {
            let order = order(inner.strip_suffix(['1', '2', '3'])?.strip_suffix("Branch")?)?;
            return Some(Self::Branch { order, digits: digits? });
        }
        if kind("ng") {
            let before = inner.strip_suffix(['1', '2', '3'])?.strip_suffix("Ring")?;
            let digits = digits?;
            if let Some(order) = order(before) {
                return Some(Self::Ring { order, digits, marks: [None, None] });
            }
            let &[left, right] = before.as_bytes() else { return None };
            let mark = |byte| match byte {
                b'-' => Some(None),
                byte => direction(byte).map(Some),
            };
            let marks = [mark(left)?, mark(right)?];
            return (marks != [None, None]).then_some(Self::Ring { order: 1, digits, marks });
        }
        if inner.contains("eps") {
            return Some(Self::Epsilon);
        }
        read_atom(inner)
    }
}

/// The value of a symbol as a digit; symbols that are none count zero.
pub(super) fn digit(symbol: &str) -> usize {
    DIGITS.iter().position(|other| *other == symbol).unwrap_or(0)
}

/// The digits of a number, the most significant first; zero has one.
pub(super) fn digits(number: usize) -> Vec<&'static str> {
    let mut list = vec![DIGITS[number % 16]];
    let mut rest = number / 16;
    while rest > 0 {
        list.push(DIGITS[rest % 16]);
        rest /= 16;
    }
    list.reverse();
    list
}

fn order(bond: &str) -> Option<u8> {
    match bond {
        "" => Some(1),
        "=" => Some(2),
        "#" => Some(3),
        _ => None,
    }
}

const fn direction(byte: u8) -> Option<BondDirection> {
    match byte {
        b'/' => Some(BondDirection::Up),
        b'\\' => Some(BondDirection::Down),
        _ => None,
    }
}

/// Bond, isotope, element, `@` or `@@`, H with a digit, charge with a sign and a number.
fn read_atom(inner: &str) -> Option<Symbol> {
    if !inner.is_ascii() {
        return None;
    }
    let mut rest = inner;
    let (mut order, mut mark) = (1, None);
    match rest.as_bytes().first()? {
        b'=' => order = 2,
        b'#' => order = 3,
        &byte => mark = direction(byte),
    }
    if order > 1 || mark.is_some() {
        rest = &rest[1..];
    }
    let finish = |atom, tag| Some(Symbol::Atom { order, direction: mark, atom, tag });
    if let "B" | "C" | "N" | "O" | "P" | "S" | "F" | "Cl" | "Br" | "I" = rest {
        return finish(Atom::new(rest.parse().ok()?), None);
    }
    let nucleons = rest.bytes().take_while(u8::is_ascii_digit).count();
    let isotope = if nucleons > 0 { Some(rest[..nucleons].parse().ok().filter(|&n: &u16| n <= 999)?) } else { None };
    rest = &rest[nucleons..];
    let two = rest.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase);
    let symbol = rest.get(..1 + usize::from(two))?;
    let element: Element = symbol.parse().ok().filter(|_| symbol.as_bytes()[0].is_ascii_uppercase())?;
    rest = &rest[symbol.len()..];
    let tag = rest.bytes().take_while(|&byte| byte == b'@').count().min(2);
    rest = &rest[tag..];
    let mut hydrogens = 0;
    if let Some(after) = rest.strip_prefix('H') {
        hydrogens = after.bytes().next().filter(u8::is_ascii_digit)? - b'0';
        rest = &after[1..];
    }
    let mut charge = 0_i8;
    if !rest.is_empty() {
        let number = &rest[1..rest.len().min(1 + 2)];
        let plain = rest.len() - 1 == number.len() && !number.is_empty();
        if !plain || !number.bytes().all(|byte| (b'1'..=b'9').contains(&byte)) {
            return None;
        }
        let size: i8 = number.parse().ok()?;
        charge = match rest.as_bytes()[0] {
            b'+' => size,
            b'-' => -size,
            _ => return None,
        };
    }
    if element == Element::H && hydrogens > 0 {
        return None;
    }
    let atom = Atom { isotope, charge, hydrogens: Some(hydrogens), ..Atom::new(element) };
    finish(atom, (tag > 0).then_some(tag as u8))
}
