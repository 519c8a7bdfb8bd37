//! The lines of a V2000 connection table: fields in columns.

use super::atoms::{PlacedAtom, unpaired_of};
use super::table::{Mark, PlacedBond, Table, bond_order};
use crate::Element;
use crate::io::lines::excerpt;

/// A V2000 table under construction.
pub(super) struct Flat {
    table: Table,
    atoms_to_come: usize,
    bonds_to_come: usize,
    /// Lines that belong to a property and are skipped.
    skip: usize,
    /// Whether charges and radicals of the atom block are overruled.
    charged: bool,
    /// Whether mass differences of the atom block are overruled.
    weighed: bool,
    ended: bool,
}

impl Flat {
    /// Begins with the counts line.
    pub(super) fn new(counts: &str) -> Result<Self, String> {
        let version = counts.get(33..).unwrap_or("").trim();
        if !version.is_empty() && !version.starts_with("V2000") {
            return Err(format!("expected V2000 at the end of the counts line, got {:?}", excerpt(version)));
        }
        let count = |from: usize, what: &str| match integer(counts, from, from + 3) {
            Ok(Some(count)) if count >= 0 => Ok(count as usize),
            _ => Err(format!(
                "expected the number of {what} in columns {}-{}, got {:?}",
                from + 1,
                from + 3,
                excerpt(counts)
            )),
        };
        let (atoms, bonds) = (count(0, "atoms")?, count(3, "bonds")?);
        Ok(Self {
            table: Table { is_chiral: integer(counts, 12, 15).ok().flatten() == Some(1), ..Table::default() },
            atoms_to_come: atoms,
            bonds_to_come: bonds,
            skip: 0,
            charged: false,
            weighed: false,
            ended: false,
        })
    }

    /// Whether `M  END` has come.
    pub(super) const fn is_complete(&self) -> bool {
        self.ended
    }

    /// The table that was read.
    pub(super) fn into_table(self) -> Table {
        self.table
    }

    /// Takes the next line.
    pub(super) fn line(&mut self, line: &str) -> Result<(), String> {
        if self.atoms_to_come > 0 {
            self.atoms_to_come -= 1;
            self.table.atoms.push(PlacedAtom::parse(line)?);
            return Ok(());
        }
        if self.bonds_to_come > 0 {
            self.bonds_to_come -= 1;
            let bond = self.bond(line)?;
            self.table.bonds.push(bond);
            return Ok(());
        }
        self.property(line)
    }

    fn bond(&self, line: &str) -> Result<PlacedBond, String> {
        let number = |from: usize, what: &str| {
            let found = integer(line, from, from + 3).ok().flatten();
            found
                .ok_or_else(|| format!("expected {what} in columns {}-{}, got {:?}", from + 1, from + 3, excerpt(line)))
        };
        let atom = |from: usize| {
            let number = number(from, "an atom number")?;
            let place = usize::try_from(number - 1).ok().filter(|&place| place < self.table.atoms.len());
            place.ok_or_else(|| format!("expected an atom from 1 to {}, got {number}", self.table.atoms.len()))
        };
        let (order, is_dative) = bond_order(i64::from(number(6, "a bond type")?))?;
        let mark = match integer(line, 9, 12).ok().flatten() {
            Some(1) => Mark::Up,
            Some(6) => Mark::Down,
            Some(3 | 4) => Mark::Either,
            _ => Mark::None,
        };
        Ok(PlacedBond { begin: atom(0)?, end: atom(3)?, order, is_dative, mark })
    }

    /// A line of the properties block.
    fn property(&mut self, line: &str) -> Result<(), String> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        let tag = line.get(..6).unwrap_or(line);
        match tag.trim_end() {
            "M  END" => self.ended = true,
            "M  CHG" => {
                self.overrule();
                self.entries(line, |atom, value| {
                    let charge = i8::try_from(value).ok().filter(|charge| (-99..=99).contains(charge));
                    atom.charge = charge.ok_or_else(|| format!("expected a charge from -99 to 99, got {value}"))?;
                    Ok(())
                })?;
            }
            "M  RAD" => {
                self.overrule();
                self.entries(line, |atom, value| {
                    let unpaired = unpaired_of(i64::from(value));
                    atom.unpaired = unpaired.ok_or_else(|| format!("expected a radical of 0 to 3, got {value}"))?;
                    Ok(())
                })?;
            }
            "M  ISO" => {
                if !std::mem::replace(&mut self.weighed, true) {
                    self.table.atoms.iter_mut().for_each(|atom| atom.isotope = atom.named_isotope);
                }
                self.entries(line, |atom, value| {
                    let nucleons = u16::try_from(value).ok().filter(|&n| n <= 999);
                    atom.isotope = Some(nucleons.ok_or_else(|| format!("expected an isotope up to 999, got {value}"))?);
                    Ok(())
                })?;
            }
            "M  ALS" => return Err("atom lists are queries and not read".into()),
            _ if line.starts_with("A  ") || line.starts_with("G  ") => self.skip = 1,
            _ if line.starts_with("S  SKP") => self.skip = integer(line, 6, 9)?.unwrap_or(0).max(0) as usize,
            _ if line.starts_with("M  ") || line.starts_with("V  ") || line.trim().is_empty() => {}
            _ => return Err(format!("expected a property line or \"M  END\", got {:?}", excerpt(line))),
        }
        Ok(())
    }

    /// Property lines replace all charges and radicals of the atom block at once.
    fn overrule(&mut self) {
        if !std::mem::replace(&mut self.charged, true) {
            for atom in &mut self.table.atoms {
                (atom.charge, atom.unpaired) = (0, 0);
            }
        }
    }

    fn entries(
        &mut self,
        line: &str,
        mut set: impl FnMut(&mut PlacedAtom, i32) -> Result<(), String>,
    ) -> Result<(), String> {
        let malformed = || format!("expected \"M  XXXnn8 aaa vvv …\", got {:?}", excerpt(line));
        let count = integer(line, 6, 9)?.filter(|count| (0..=8).contains(count)).ok_or_else(malformed)?;
        for k in 0..count as usize {
            let at = 9 + 8 * k;
            let number = integer(line, at, at + 4)?.ok_or_else(malformed)?;
            let value = integer(line, at + 4, at + 8)?.ok_or_else(malformed)?;
            let atoms = self.table.atoms.len();
            let atom = usize::try_from(number - 1).ok().and_then(|place| self.table.atoms.get_mut(place));
            set(atom.ok_or_else(|| format!("expected an atom from 1 to {atoms}, got {number}"))?, value)?;
        }
        Ok(())
    }
}

/// The integer in columns `from..to` (from 0): `None` if they are blank or beyond the line.
pub(super) fn integer(line: &str, from: usize, to: usize) -> Result<Option<i32>, String> {
    let Some(rest) = line.get(from.min(line.len())..) else {
        return Err(format!("expected ASCII text in columns, got {:?}", excerpt(line)));
    };
    let width = (to - from).min(rest.len());
    let Some(text) = rest.get(..width).map(str::trim) else {
        return Err(format!("expected ASCII text in columns, got {:?}", excerpt(line)));
    };
    if text.is_empty() {
        return Ok(None);
    }
    let malformed = |_| format!("expected an integer in columns {}-{to}, got {text:?}", from + 1);
    text.parse().map(Some).map_err(malformed)
}

/// The element of a symbol of the atom block, `None` for the wildcard.
pub(super) fn element_of(symbol: &str) -> Result<(Option<Element>, Option<u16>), String> {
    match symbol {
        "*" | "R" | "R#" => Ok((None, None)),
        "D" => Ok((Some(Element::H), Some(2))),
        "T" => Ok((Some(Element::H), Some(3))),
        "A" | "Q" | "L" | "LP" | "X" | "M" => Err(format!("atom symbol {symbol:?} is a query and not read")),
        _ => Element::from_symbol(symbol).map(|element| (Some(element), None)).map_err(|error| error.to_string()),
    }
}
