//! A V3000 table: words behind `M  V30`.

use super::StereoKind;
use super::table::Mark;
use super::write_v2000::radical;
use super::writer::{Entry, TO_TEXT, bond_code, refused};
use crate::Result;
use std::fmt::Write as _;

/// Longest line of a table, with its beginning and the mark of its continuation [bytes].
const WIDTH: usize = 80;

/// Appends the counts line and the blocks.
pub(super) fn v3000_table(text: &mut String, entry: &Entry) -> Result<()> {
    let molecule = entry.molecule;
    text.push_str("  0  0  0     0  0            999 V3000\n");
    let flag = u8::from(entry.record.is_chiral);
    push(text, "BEGIN CTAB");
    push(text, &format!("COUNTS {} {} 0 0 {flag}", molecule.atom_count(), molecule.bond_count()));
    push(text, "BEGIN ATOM");
    for ((k, (atom, data)), (x, stated)) in (1..).zip(molecule.atoms()).zip(entry.positions.iter().zip(&entry.atoms)) {
        let symbol = data.element.map_or("*", crate::Element::symbol);
        // The shortest text that reads back to the same number.
        let mut line = format!("{k} {symbol} {:?} {:?} {:?} {}", x.x, x.y, x.z, data.map_number);
        let valence = match stated.valence {
            None => 0,
            Some(0) => -1,
            Some(valence) => valence as i32,
        };
        if valence > 99 {
            return Err(refused("valence of an SDF record", "at most 99", format!("{valence} at atom {atom}")));
        }
        let options = [
            ("CHG", i32::from(data.charge)),
            ("RAD", radical(stated.unpaired)),
            ("CFG", i32::from(stated.parity)),
            ("MASS", i32::from(data.isotope.unwrap_or(0))),
            ("VAL", valence),
        ];
        for (key, value) in options.iter().filter(|(_, value)| *value != 0) {
            write!(line, " {key}={value}").expect(TO_TEXT);
        }
        push(text, &line);
    }
    push(text, "END ATOM");
    push(text, "BEGIN BOND");
    for (k, (bond, mark)) in (1..).zip(&entry.bonds) {
        let order = bond_code(bond)?;
        let option = match mark {
            Mark::None => "",
            Mark::Up => " CFG=1",
            Mark::Either => " CFG=2",
            Mark::Down => " CFG=3",
        };
        push(text, &format!("{k} {order} {} {}{option}", bond.begin.index() + 1, bond.end.index() + 1));
    }
    push(text, "END BOND");
    groups(text, entry)?;
    push(text, "END CTAB");
    Ok(())
}

fn groups(text: &mut String, entry: &Entry) -> Result<()> {
    if entry.record.groups.is_empty() {
        return Ok(());
    }
    push(text, "BEGIN COLLECTION");
    for group in &entry.record.groups {
        let kind = match group.kind {
            StereoKind::Absolute => "STEABS".to_owned(),
            StereoKind::Relative => format!("STEREL{}", group.number),
            StereoKind::Racemic => format!("STERAC{}", group.number),
        };
        let mut line = format!("MDLV30/{kind} ATOMS=({}", group.atoms.len());
        for atom in &group.atoms {
            if atom.index() >= entry.molecule.atom_count() {
                let got = format!("atom {atom} of {}", entry.molecule.atom_count());
                return Err(refused("stereo group of an SDF record", "of atoms of its molecule", got));
            }
            write!(line, " {}", atom.index() + 1).expect(TO_TEXT);
        }
        line.push(')');
        push(text, &line);
    }
    push(text, "END COLLECTION");
    Ok(())
}

/// Appends a line, continued where it is too long; it is ASCII.
fn push(text: &mut String, line: &str) {
    const ROOM: usize = WIDTH - "M  V30 ".len() - "-".len();
    let mut rest = line;
    while rest.len() > ROOM {
        let (now, later) = rest.split_at(ROOM);
        writeln!(text, "M  V30 {now}-").expect(TO_TEXT);
        rest = later;
    }
    writeln!(text, "M  V30 {rest}").expect(TO_TEXT);
}
