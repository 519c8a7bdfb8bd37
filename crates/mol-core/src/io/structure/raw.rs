//! Atoms as a file lists them, before bonds; what both formats are read into.

use super::Residue;
use crate::io::lines::MOST_ATOMS;
use crate::{Element, Vec3};

/// Most positions of all models of a file together.
const MOST_POSITIONS: usize = 1 << 27;

/// An atom record.
#[derive(Clone, Debug)]
pub(super) struct RawAtom {
    pub(super) name: String,
    /// Label of the alternate location, 0 for none.
    pub(super) alternate: u8,
    pub(super) position: Vec3,
    pub(super) occupancy: f64,
    pub(super) b_factor: f64,
    /// As stated; `None` if it has to be deduced from the name.
    pub(super) element: Option<Element>,
    pub(super) is_deuterium: bool,
    pub(super) charge: Option<i8>,
    pub(super) is_hetero: bool,
    /// The text by which bonds refer to the atom, at most eight bytes.
    pub(super) serial: [u8; 8],
    pub(super) line: usize,
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
    pub(super) fn push(&mut self, key: ResidueKey, atom: RawAtom) {
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
            self.residues.last_mut().expect("a residue that continues").atoms.end += 1;
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

/// The models of a file: of those that have the same atoms as the one before, only the positions are held.
#[derive(Debug, Default)]
pub(super) struct Models {
    /// A model with one location for each atom, and the positions of all models like it, itself included.
    pub(super) groups: Vec<(RawModel, Vec<Vec<Vec3>>)>,
    open: RawModel,
    positions: usize,
}

impl Models {
    /// Appends an atom to the model that is open.
    pub(super) fn push(&mut self, key: ResidueKey, atom: RawAtom) -> Result<(), String> {
        self.positions += 1;
        if self.open.atoms.len() >= MOST_ATOMS || self.positions > MOST_POSITIONS {
            return Err(format!("expected models of at most {MOST_ATOMS} atoms, {MOST_POSITIONS} positions in all"));
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
            _ => self.groups.push((model, vec![positions])),
        }
    }
}
