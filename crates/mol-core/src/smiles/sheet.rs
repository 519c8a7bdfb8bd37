//! What is written: a molecule as flat arrays, with every choice but the walk made.

use crate::perceive;
use crate::{Atom, BondDirection, BondIndex, BondOrder, Element, Molecule};

/// An atom to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Its chirality refers to the counted hydrogens, then the strokes.
    pub(crate) atom: Atom,
    /// Counted hydrogens.
    pub(crate) hydrogens: u8,
    /// Whether it goes without brackets.
    pub(crate) bare: bool,
}

/// A bond to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) begin: u32,
    pub(crate) order: BondOrder,
    /// Seen from `begin`.
    pub(crate) direction: Option<BondDirection>,
    /// Bonds of one group, counted from 1, may have their directions exchanged together; the first written is then `/`.
    pub(crate) group: u32,
    /// Whether a reader takes the bond between these atoms for what it is if no symbol stands there.
    pub(crate) implied: bool,
}

/// A bond as seen from one of its atoms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    pub(crate) to: u32,
    pub(crate) line: u32,
}

/// A molecule to write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) rows: Vec<Row>,
    pub(crate) lines: Vec<Line>,
    pub(crate) starts: Vec<u32>,
    pub(crate) strokes: Vec<Stroke>,
}

/// Whether a reader takes a bond between these atoms for what it is if no symbol stands there. Nothing in the
/// text tells an aromatic wildcard from another, so its aromatic bonds need their symbol.
pub(crate) fn is_implied(order: BondOrder, ends: [&Atom; 2], is_on_ring: impl FnOnce() -> bool) -> bool {
    let both = ends.iter().all(|atom| atom.aromatic && atom.element.is_some());
    match order {
        BondOrder::Single => !both,
        BondOrder::Aromatic => both && is_on_ring(),
        _ => false,
    }
}

impl Sheet {
    pub(crate) fn strokes(&self, atom: u32) -> &[Stroke] {
        &self.strokes[self.starts[atom as usize] as usize..self.starts[atom as usize + 1] as usize]
    }

    /// A molecule as it is, every field of every atom and bond.
    pub(crate) fn of(molecule: &Molecule) -> Self {
        let count = molecule.atom_count();
        let mut sheet = Self {
            rows: Vec::with_capacity(count),
            lines: Vec::with_capacity(molecule.bond_count()),
            starts: Vec::with_capacity(count + 1),
            strokes: Vec::with_capacity(2 * molecule.bond_count()),
        };
        let aromatic = molecule.bonds().any(|(_, bond)| bond.order == BondOrder::Aromatic);
        let on_ring = if aromatic { perceive::ring_bonds(molecule) } else { Vec::new() };
        for (index, bond) in molecule.bonds() {
            let ends = [bond.begin, bond.end].map(|end| molecule.atom(end));
            let implied = is_implied(bond.order, ends, || on_ring[index.index()]);
            let begin = bond.begin.index() as u32;
            sheet.lines.push(Line { begin, order: bond.order, direction: bond.direction, group: 0, implied });
        }
        sheet.starts.push(0);
        for (index, atom) in molecule.atoms() {
            let hydrogens = molecule.hydrogens(index);
            sheet.rows.push(Row { atom: *atom, hydrogens, bare: atom.is_bare() && atom.hydrogens.is_none() });
            let stroke = |&bond: &BondIndex| Stroke {
                to: molecule.bond(bond).other(index).index() as u32,
                line: bond.index() as u32,
            };
            sheet.strokes.extend(molecule.bonds_of(index).iter().map(stroke));
            sheet.starts.push(sheet.strokes.len() as u32);
        }
        sheet
    }

    /// Drops marks of all kinds.
    pub(crate) fn drop_stereo(&mut self) {
        for line in &mut self.lines {
            line.direction = None;
        }
        self.drop(|atom| atom.chirality.take().is_some());
    }

    /// Takes something away from the atoms, as `change` does, which says whether it was there; brackets go where none are
    /// needed any more.
    pub(crate) fn drop(&mut self, change: impl Fn(&mut Atom) -> bool) {
        for k in 0..self.rows.len() {
            if change(&mut self.rows[k].atom) {
                self.rows[k].bare = self.can_be_bare(k as u32);
            }
        }
    }

    /// Whether an atom without brackets would be read as this one.
    pub(crate) fn can_be_bare(&self, atom: u32) -> bool {
        let row = &self.rows[atom as usize];
        row.atom.is_bare() && self.implied_hydrogens(atom) == Some(row.hydrogens)
    }

    /// The hydrogens that a reader gives an uncharged atom without brackets; `None` for elements that need them.
    fn implied_hydrogens(&self, atom: u32) -> Option<u8> {
        let data = &self.rows[atom as usize].atom;
        let Some(element) = data.element else { return Some(0) };
        let valences: &[u32] = match element {
            Element::B => &[3],
            Element::C => &[4],
            Element::N | Element::P => &[3, 5],
            Element::O => &[2],
            Element::S => &[2, 4, 6],
            Element::F | Element::CL | Element::BR | Element::I => &[1],
            _ => return None,
        };
        let (mut sum, mut multiple, mut aromatic) = (0_u32, false, data.aromatic);
        for stroke in self.strokes(atom) {
            let line = &self.lines[stroke.line as usize];
            match line.order {
                BondOrder::Single => sum += 1,
                BondOrder::Aromatic => {
                    sum += 1;
                    aromatic = true;
                }
                BondOrder::Double => (sum, multiple) = (sum + 2, true),
                BondOrder::Triple => (sum, multiple) = (sum + 3, true),
                BondOrder::Quadruple => (sum, multiple) = (sum + 4, true),
            }
        }
        if aromatic {
            return Some(valences[0].saturating_sub(sum + u32::from(!multiple)) as u8);
        }
        Some(valences.iter().find(|&&valence| valence >= sum).map_or(0, |valence| (valence - sum) as u8))
    }
}
