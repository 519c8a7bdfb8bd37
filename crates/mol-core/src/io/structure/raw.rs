//! Atoms as a file lists them, before bonds; what both formats are read into.

use super::Residue;
use crate::io::lines::MOST_ATOMS;
use crate::{Element, Vec3};

/// Most positions of all models of a file together.
const MOST_POSITIONS: usize = 1 << 27;

/// Most atoms of all different models of a file together; models alike count once.
const MOST_HELD: usize = 2 * MOST_ATOMS;

/// What a file says of an atom's element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Stated(Element),
    /// Stated to be unknown, or no atom: `X`, lone pairs, dummies.
    Unknown,
    /// Not stated: deduced from names.
    Absent,
}

impl Symbol {
    /// The element of a symbol in any case, as the wwPDB and programs write it.
    pub(super) fn parse(symbol: &str) -> Result<Self, String> {
        match symbol.to_ascii_uppercase().as_str() {
            "D" => Ok(Self::Stated(Element::H)),
            "X" | "EP" | "LP" | "DU" => Ok(Self::Unknown),
            _ => Element::from_symbol(&capitalized(symbol)).map(Self::Stated).map_err(|error| error.to_string()),
        }
    }
}

/// An atom record.
#[derive(Clone, Debug)]
pub(super) struct RawAtom {
    pub(super) name: String,
    /// Label of the alternate location, 0 for none.
    pub(super) alternate: u8,
    pub(super) position: Vec3,
    pub(super) occupancy: f64,
    pub(super) b_factor: f64,
    pub(super) element: Symbol,
    pub(super) is_deuterium: bool,
    pub(super) charge: Option<i8>,
    pub(super) is_hetero: bool,
    /// The text by which bonds refer to the atom, at most eight bytes.
    pub(super) serial: [u8; 8],
    pub(super) line: usize,
    /// The name of its residue where that is another one than the first atom's: alternate locations may differ in it.
    pub(super) other_residue: Option<Box<str>>,
}

/// One model.
#[derive(Clone, Debug, Default)]
pub(super) struct RawModel {
    pub(super) residues: Vec<Residue>,
    pub(super) atoms: Vec<RawAtom>,
}

/// Identity of a residue in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResidueKey<'a> {
    pub(super) name: &'a str,
    pub(super) chain: &'a str,
    pub(super) number: i32,
    pub(super) insertion: Option<char>,
}

impl RawModel {
    /// Appends an atom to the last residue or to a new one: residues are told apart by chain, number and insertion code, by
    /// name unless alternate locations differ in it, and by an atom that comes twice.
    pub(super) fn push(&mut self, key: ResidueKey, mut atom: RawAtom) {
        let continues = self.residues.last().is_some_and(|last| {
            let same_place =
                (last.chain.as_str(), last.number, last.insertion) == (key.chain, key.number, key.insertion);
            let same_name = last.name == key.name || atom.alternate != 0;
            let before = &self.atoms[last.atoms.clone()];
            // Only the beginning of a residue can tell that another one of the same number begins.
            let comes_again = before.first().is_some_and(|first| {
                first.name == atom.name && (first.alternate == atom.alternate) && last.name == key.name
            });
            same_place && same_name && !last.ends_chain && !comes_again
        });
        if continues {
            let residue = self.residues.last_mut().expect("a residue that continues");
            residue.atoms.end += 1;
            atom.other_residue = (residue.name != key.name).then(|| key.name.into());
        } else {
            let start = self.atoms.len();
            self.residues.push(Residue {
                name: key.name.to_owned(),
                chain: key.chain.to_owned(),
                number: key.number,
                insertion: key.insertion,
                ends_chain: false,
                atoms: start..start + 1,
            });
        }
        self.atoms.push(atom);
    }

    /// Whether the other model has the same atoms in the same order.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.residues == other.residues
            && self.atoms.len() == other.atoms.len()
            && self.atoms.iter().zip(&other.atoms).all(|(a, b)| a.name == b.name && a.element == b.element)
    }
}

/// A model with one location for each atom, and the positions of all models like it, itself included.
pub(super) type Group = (RawModel, Vec<Vec<Vec3>>);

/// The models of a file: of those that have the same atoms as the one before, only the positions are held.
#[derive(Debug, Default)]
pub(super) struct Models {
    groups: Vec<Group>,
    open: RawModel,
    /// Positions so far, and atoms of the groups so far, of the whole file.
    positions: usize,
    held: usize,
}

impl Models {
    /// Appends an atom to the model that is open.
    pub(super) fn push(&mut self, key: ResidueKey, atom: RawAtom) -> Result<(), String> {
        self.positions += 1;
        if self.open.atoms.len() >= MOST_ATOMS || self.positions > MOST_POSITIONS || self.held > MOST_HELD {
            let all = format!("{MOST_HELD} of all different ones, {MOST_POSITIONS} positions in all");
            return Err(format!("expected models of at most {MOST_ATOMS} atoms, {all}"));
        }
        self.open.push(key, atom);
        Ok(())
    }

    /// Ends the chain of the last atom.
    pub(super) fn end_chain(&mut self) {
        if let Some(residue) = self.open.residues.last_mut() {
            residue.ends_chain = true;
        }
    }

    /// Whether nothing has come since the last [`take`](Self::take).
    pub(super) const fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.open.atoms.is_empty()
    }

    /// Ends the model that is open, if it has atoms.
    pub(super) fn close(&mut self) {
        let model = std::mem::take(&mut self.open);
        if model.atoms.is_empty() {
            return;
        }
        let model = model.with_one_location();
        let positions = model.atoms.iter().map(|atom| atom.position).collect();
        match self.groups.last_mut() {
            Some((first, all)) if first.is_like(&model) => all.push(positions),
            _ => {
                self.held += model.atoms.len();
                self.groups.push((model, vec![positions]));
            }
        }
    }

    /// Hands the groups over; the limits go on to count.
    pub(super) fn take(&mut self) -> Vec<Group> {
        self.close();
        std::mem::take(&mut self.groups)
    }
}

/// A symbol as IUPAC writes it.
fn capitalized(symbol: &str) -> String {
    let mut letters = symbol.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|c| c.to_ascii_lowercase())).collect()
}
