//! A V2000 table: fields in columns.

use super::table::Mark;
use super::writer::{Entry, MOST, TO_TEXT, bond_code, refused};
use crate::Result;
use std::fmt::Write as _;

/// Appends the counts line, the blocks and the properties.
pub(super) fn v2000_table(text: &mut String, entry: &Entry) -> Result<()> {
    let molecule = entry.molecule;
    let (atoms, bonds) = (molecule.atom_count(), molecule.bond_count());
    if atoms > MOST || bonds > MOST {
        let got = format!("{atoms} atoms, {bonds} bonds");
        return Err(refused("molecule of a V2000 record", "of at most 999 atoms and 999 bonds", got));
    }
    if !entry.record.groups.is_empty() {
        let got = format!("{} of them", entry.record.groups.len());
        return Err(refused("stereo groups of a V2000 record", "none: write V3000", got));
    }
    let flag = u8::from(entry.record.is_chiral);
    writeln!(text, "{atoms:>3}{bonds:>3}  0  0  {flag}  0  0  0  0  0999 V2000").expect(TO_TEXT);
    for ((atom, data), (x, stated)) in molecule.atoms().zip(entry.positions.iter().zip(&entry.atoms)) {
        let symbol = data.element.map_or("*", crate::Element::symbol);
        let map = data.map_number;
        if map > MOST as u32 {
            return Err(refused("map number in a V2000 record", "at most 999", format!("{map} at atom {atom}")));
        }
        let valence = match stated.valence {
            None => 0,
            Some(0) => 15,
            Some(valence @ 1..=14) => valence,
            Some(valence) => {
                return Err(refused("valence of a V2000 record", "at most 14", format!("{valence} at atom {atom}")));
            }
        };
        // Minus zero is a zero.
        for c in x.iter().map(|c| (c * 1e4).round() / 1e4 + 0.0) {
            let column = format!("{c:>10.4}");
            if column.len() > 10 || !c.is_finite() {
                let expected = "of coordinates from -9999.9999 to 99999.9999 Å";
                return Err(refused("conformer of a V2000 record", expected, format!("{x:?} at atom {atom}")));
            }
            text.push_str(&column);
        }
        let parity = stated.parity;
        writeln!(text, " {symbol:<3} 0  0{parity:>3}  0  0{valence:>3}  0  0  0{map:>3}  0  0").expect(TO_TEXT);
    }
    for (bond, mark) in &entry.bonds {
        let order = bond_code(bond)?;
        let code = match mark {
            Mark::None => 0,
            Mark::Up => 1,
            Mark::Either => 3,
            Mark::Down => 6,
        };
        writeln!(text, "{:>3}{:>3}{order:>3}{code:>3}", bond.begin.index() + 1, bond.end.index() + 1).expect(TO_TEXT);
    }
    property(text, "CHG", molecule.atoms().map(|(_, atom)| i32::from(atom.charge)));
    property(text, "RAD", entry.atoms.iter().map(|stated| radical(stated.unpaired)));
    property(text, "ISO", molecule.atoms().map(|(_, atom)| i32::from(atom.isotope.unwrap_or(0))));
    Ok(())
}

/// The code of one or two unpaired electrons.
pub(super) const fn radical(unpaired: u8) -> i32 {
    if unpaired == 0 { 0 } else { 1 + unpaired as i32 }
}

/// Lines such as `M  CHG`, eight entries each, for the values that are not zero.
fn property(text: &mut String, name: &str, values: impl Iterator<Item = i32>) {
    let entries: Vec<(usize, i32)> = (1..).zip(values).filter(|(_, value)| *value != 0).collect();
    for chunk in entries.chunks(8) {
        write!(text, "M  {name}{:>3}", chunk.len()).expect(TO_TEXT);
        for (atom, value) in chunk {
            write!(text, "{atom:>4}{value:>4}").expect(TO_TEXT);
        }
        text.push('\n');
    }
}
