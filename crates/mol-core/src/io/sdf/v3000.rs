//! The lines of a V3000 connection table: words behind `M  V30`, blocks between `BEGIN` and `END`.

use super::atoms::{PlacedAtom, unpaired_of};
use super::table::{Mark, PlacedBond, Table, bond_order};
use super::v2000::element_of;
use super::{StereoGroup, StereoKind};
use crate::io::lines::{LONGEST_LINE, MOST_ATOMS, excerpt};
use crate::{AtomIndex, Vec3};
use rustc_hash::FxHashMap;

/// What every line of a table begins with.
const TAG: &str = "M  V30 ";

/// A V3000 table under construction.
#[derive(Default)]
pub(super) struct Tagged {
    table: Table,
    /// Names of the blocks that are open, outermost first; blocks that are skipped count as one.
    blocks: Vec<Block>,
    /// Depth of blocks inside one that is skipped.
    skipped: usize,
    /// What lines that end in `-` have said so far.
    pending: String,
    /// Place of each atom by its number in the file.
    places: FxHashMap<i64, usize>,
    /// Atoms and bonds as counted by the header of the table.
    counts: Option<(usize, usize)>,
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Table,
    Atoms,
    Bonds,
    Collection,
    Skipped,
}

impl Tagged {
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
        let Some(text) = line.strip_prefix(TAG).or_else(|| (line == TAG.trim_end()).then_some("")) else {
            return match line.trim_end() {
                "M  END" => self.end(),
                _ => Err(format!(
                    "expected a line that begins with \"M  V30\" or is \"M  END\", got {:?}",
                    excerpt(line)
                )),
            };
        };
        if self.pending.len() + text.len() > LONGEST_LINE {
            return Err(format!("expected continued lines of at most {LONGEST_LINE} bytes together"));
        }
        if let Some(begun) = text.trim_end().strip_suffix('-') {
            self.pending.push_str(begun);
            return Ok(());
        }
        if self.pending.is_empty() {
            return self.whole(text);
        }
        let mut whole = std::mem::take(&mut self.pending);
        whole.push_str(text);
        self.whole(&whole)
    }

    fn end(&mut self) -> Result<(), String> {
        if !self.blocks.is_empty() || !self.pending.is_empty() {
            return Err("expected the end of every block before \"M  END\"".to_owned());
        }
        let got = (self.table.atoms.len(), self.table.bonds.len());
        match self.counts {
            Some(counts) if counts == got => {
                self.ended = true;
                Ok(())
            }
            Some((atoms, bonds)) => {
                Err(format!("expected {atoms} atoms and {bonds} bonds, got {} and {}", got.0, got.1))
            }
            None => Err("expected a COUNTS line before \"M  END\"".to_owned()),
        }
    }

    /// Takes a line with its continuations.
    fn whole(&mut self, text: &str) -> Result<(), String> {
        let mut words = text.split_ascii_whitespace();
        let first = words.next().unwrap_or("");
        if self.blocks.last() == Some(&Block::Skipped) {
            match first {
                "BEGIN" => self.skipped += 1,
                "END" if self.skipped > 0 => self.skipped -= 1,
                "END" => {
                    self.blocks.pop();
                }
                _ => {}
            }
            return Ok(());
        }
        match (first, self.blocks.last()) {
            ("BEGIN", open) => {
                let name = words.next().unwrap_or("");
                let block = match (name, open) {
                    ("CTAB", None) if self.counts.is_none() => Block::Table,
                    ("ATOM", Some(Block::Table)) => Block::Atoms,
                    ("BOND", Some(Block::Table)) => Block::Bonds,
                    ("COLLECTION", Some(Block::Table)) => Block::Collection,
                    ("SGROUP" | "OBJ3D", Some(Block::Table)) => Block::Skipped,
                    ("RGROUP" | "TEMPLATE", _) => {
                        return Err(format!("{name} blocks are not read: they are no one structure"));
                    }
                    _ => {
                        return Err(format!("expected the beginning of a block of the table, got {:?}", excerpt(text)));
                    }
                };
                self.blocks.push(block);
                Ok(())
            }
            ("END", Some(_)) => {
                self.blocks.pop();
                Ok(())
            }
            ("COUNTS", Some(Block::Table)) => self.count(text),
            ("" | "LINKNODE" | "SGROUP", Some(Block::Table)) => Ok(()),
            (_, Some(Block::Atoms)) => self.atom(text),
            (_, Some(Block::Bonds)) => self.bond(text),
            (_, Some(Block::Collection)) => self.collection(text),
            _ => Err(format!("expected BEGIN, END or COUNTS, got {:?}", excerpt(text))),
        }
    }

    fn count(&mut self, text: &str) -> Result<(), String> {
        let mut numbers = text.split_ascii_whitespace().skip(1).map(|word| word.parse::<usize>().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(atoms), Some(bonds)) if self.counts.is_none() => {
                if atoms > MOST_ATOMS {
                    return Err(format!("expected at most {MOST_ATOMS} atoms, got {atoms}"));
                }
                self.counts = Some((atoms, bonds));
                self.table.is_chiral = text.split_ascii_whitespace().nth(5) == Some("1");
                Ok(())
            }
            _ => Err(format!("expected one line \"COUNTS atoms bonds …\", got {:?}", excerpt(text))),
        }
    }

    fn atom(&mut self, text: &str) -> Result<(), String> {
        let fields = fields(text)?;
        let malformed = || format!("expected \"index type x y z map …\", got {:?}", excerpt(text));
        let (plain, options) = fields.split_at_checked(6).ok_or_else(malformed)?;
        let number: i64 = plain[0].parse().map_err(|_| malformed())?;
        let coordinate = |k: usize| {
            let value: Option<f64> = plain[k].parse().ok().filter(|x: &f64| x.is_finite());
            value.ok_or_else(|| format!("expected a finite coordinate, got {:?}", excerpt(plain[k])))
        };
        let position = Vec3::new(coordinate(2)?, coordinate(3)?, coordinate(4)?);
        let symbol = plain[1].trim_matches('"');
        if symbol.starts_with('[') || symbol.eq_ignore_ascii_case("NOT") {
            return Err(format!("atom lists are queries and not read, got {:?}", excerpt(symbol)));
        }
        let (element, isotope) = element_of(symbol)?;
        let map_number =
            plain[5].parse().map_err(|_| format!("expected an atom map of at least 0, got {:?}", plain[5]))?;
        let mut atom = PlacedAtom::new(position, element, isotope, map_number);
        for option in options {
            let (key, value) =
                option.split_once('=').ok_or_else(|| format!("expected KEY=value, got {:?}", excerpt(option)))?;
            let number =
                || value.parse::<i64>().map_err(|_| format!("expected an integer for {key}, got {:?}", excerpt(value)));
            let refuse = |expected: &str| format!("expected {expected}, got {:?}", excerpt(option));
            match key {
                "CHG" => {
                    let charge = i8::try_from(number()?).ok().filter(|charge| (-99..=99).contains(charge));
                    atom.charge = charge.ok_or_else(|| refuse("a charge from -99 to 99"))?;
                }
                "RAD" => atom.unpaired = unpaired_of(number()?).ok_or_else(|| refuse("a radical of 0 to 3"))?,
                "CFG" => {
                    let parity = number()?;
                    atom.parity = i32::try_from(parity)
                        .ok()
                        .filter(|p| (0..=3).contains(p))
                        .ok_or_else(|| refuse("a parity from 0 to 3"))?;
                }
                "MASS" => {
                    let mass = value.parse::<f64>().ok().map(f64::round).filter(|mass| (0.0..=999.0).contains(mass));
                    let nucleons = mass.ok_or_else(|| refuse("an isotope from 0 to 999"))? as u16;
                    if nucleons > 0 {
                        atom.isotope = Some(nucleons);
                    }
                }
                "VAL" => {
                    atom.valence = match number()? {
                        0 => None,
                        -1 => Some(0),
                        valence @ 1..=99 => Some(valence as usize),
                        _ => return Err(refuse("a valence from -1 to 99")),
                    };
                }
                "HCOUNT" => {
                    atom.hydrogens = match number()? {
                        0 => None,
                        -1 => Some(0),
                        count @ 1..=9 => Some(count as u8),
                        _ => return Err(refuse("a count of hydrogens from -1 to 9")),
                    };
                }
                "SUBST" | "UNSAT" | "RBCNT" if value != "0" => return Err(format!("{key} is a query and not read")),
                _ => {}
            }
        }
        if self.places.insert(number, self.table.atoms.len()).is_some() {
            return Err(format!("expected another number for each atom, got {number} twice"));
        }
        if self.table.atoms.len() >= self.counts.map_or(0, |(atoms, _)| atoms) {
            return Err("expected no more atoms than COUNTS says".to_owned());
        }
        self.table.atoms.push(atom);
        Ok(())
    }

    fn bond(&mut self, text: &str) -> Result<(), String> {
        let fields = fields(text)?;
        let malformed = || format!("expected \"index type atom atom …\", got {:?}", excerpt(text));
        let (plain, options) = fields.split_at_checked(4).ok_or_else(malformed)?;
        let number = |k: usize| plain[k].parse::<i64>().map_err(|_| malformed());
        let atom = |k: usize| {
            let number = number(k)?;
            let place = self.places.get(&number).copied();
            place.ok_or_else(|| format!("expected the number of an atom of the table, got {number}"))
        };
        let (begin, end, (order, is_dative)) = (atom(2)?, atom(3)?, bond_order(number(1)?)?);
        let mut mark = Mark::None;
        for option in options {
            match option.split_once('=') {
                Some(("CFG", "0")) => {}
                Some(("CFG", "1")) => mark = Mark::Up,
                Some(("CFG", "2")) => mark = Mark::Either,
                Some(("CFG", "3")) => mark = Mark::Down,
                Some(("CFG", _)) => return Err(format!("expected CFG from 0 to 3, got {:?}", excerpt(option))),
                Some(("TOPO", value)) if value != "0" => return Err("TOPO is a query and not read".to_owned()),
                Some(("ENDPTS", _)) => return Err("bonds to several atoms at once (ENDPTS) are not read".to_owned()),
                _ => {}
            }
        }
        if self.table.bonds.len() >= self.counts.map_or(0, |(_, bonds)| bonds) {
            return Err("expected no more bonds than COUNTS says".to_owned());
        }
        self.table.bonds.push(PlacedBond { begin, end, order, is_dative, mark });
        Ok(())
    }

    /// A line such as `MDLV30/STERAC1 ATOMS=(2 4 5)`; collections other than of stereo are for the eye.
    fn collection(&mut self, text: &str) -> Result<(), String> {
        let fields = fields(text)?;
        let Some(name) = fields.first().and_then(|name| name.trim_matches('"').strip_prefix("MDLV30/STE")) else {
            return Ok(());
        };
        let malformed =
            || format!("expected \"MDLV30/STEABS, STERELn or STERACn ATOMS=(n a …)\", got {:?}", excerpt(text));
        let (kind, number) = name.split_at_checked(3).ok_or_else(malformed)?;
        let kind = match kind {
            "ABS" => StereoKind::Absolute,
            "REL" => StereoKind::Relative,
            "RAC" => StereoKind::Racemic,
            _ => return Err(malformed()),
        };
        let number = if number.is_empty() { 0 } else { number.parse().map_err(|_| malformed())? };
        let mut group = StereoGroup { kind, number, atoms: Vec::new() };
        for option in &fields[1..] {
            let Some(list) = option.strip_prefix("ATOMS=(").and_then(|rest| rest.strip_suffix(')')) else {
                return Err(format!("expected ATOMS=(…) in a stereo group, got {:?}", excerpt(option)));
            };
            let numbers: Option<Vec<i64>> = list.split_ascii_whitespace().map(|word| word.parse().ok()).collect();
            let numbers = numbers.ok_or_else(malformed)?;
            let (&count, atoms) = numbers.split_first().ok_or_else(malformed)?;
            if usize::try_from(count).ok() != Some(atoms.len()) {
                return Err(format!("expected {count} atoms in a list, got {}", atoms.len()));
            }
            for number in atoms {
                let place = self.places.get(number).copied();
                let place =
                    place.ok_or_else(|| format!("expected the number of an atom of the table, got {number}"))?;
                group.atoms.push(AtomIndex::new(place));
            }
        }
        self.table.groups.push(group);
        Ok(())
    }
}

/// The words of a line; parentheses and quotes hold theirs together.
fn fields(text: &str) -> Result<Vec<&str>, String> {
    let mut fields = Vec::new();
    let (mut start, mut depth, mut quoted) = (None, 0_usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| format!("expected \"(\" before \")\", got {:?}", excerpt(text)))?;
            }
            _ => {}
        }
        let is_space = byte.is_ascii_whitespace() && depth == 0 && !quoted;
        match (is_space, start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                fields.push(&text[from..at]);
                start = None;
            }
            _ => {}
        }
    }
    if depth > 0 || quoted {
        return Err(format!("expected the end of parentheses or quotes, got {:?}", excerpt(text)));
    }
    fields.extend(start.map(|from| &text[from..]));
    Ok(fields)
}

#[cfg(test)]
mod tests;
