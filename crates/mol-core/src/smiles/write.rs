//! Writer: a depth-first walk that numbers ring bonds, then the text.
//!
//! Neighbours are visited by ascending number. In a text just written a branch has lower numbers than anything behind
//! the ring bonds it closes, so reading and writing again walks the same tree: the text is a fixed point.

use super::stereo::{implied_class, list_order};
use crate::{Atom, AtomIndex, BondDirection, BondIndex, BondOrder, ChiralClass, Molecule, perceive};
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The walk: in which order everything is written.
struct Plan {
    /// Bonds of each atom in the order of the text: preceding atom, ring bonds, branches.
    bonds: Vec<SmallVec<[BondIndex; 4]>>,
    /// How many of them are the preceding atom (0 or 1) and ring bonds.
    heads: Vec<(usize, usize)>,
    /// Place of each atom in the text.
    place: Vec<usize>,
    roots: Vec<AtomIndex>,
}

/// Writes a molecule.
pub(super) fn write(molecule: &Molecule) -> String {
    let plan = Plan::new(molecule);
    let aromatic = molecule.bonds().any(|(_, bond)| bond.order == BondOrder::Aromatic);
    let on_ring = if aromatic { perceive::ring_bonds(molecule) } else { Vec::new() };
    let mut writer = Writer {
        molecule,
        plan: &plan,
        on_ring,
        text: String::with_capacity(2 * molecule.atom_count()),
        numbers: vec![0; molecule.bond_count()],
        free: BTreeSet::new(),
        next: 1,
    };
    for (k, &root) in plan.roots.iter().enumerate() {
        if k > 0 {
            writer.text.push('.');
        }
        writer.component(root);
    }
    writer.text
}

impl Plan {
    fn new(molecule: &Molecule) -> Self {
        let count = molecule.atom_count();
        let mut plan = Self {
            bonds: vec![SmallVec::new(); count],
            heads: vec![(0, 0); count],
            place: vec![usize::MAX; count],
            roots: Vec::new(),
        };
        let by_number = |atom: AtomIndex| {
            let mut bonds: SmallVec<[BondIndex; 4]> = molecule.bonds_of(atom).into();
            bonds.sort_unstable_by_key(|&bond| molecule.bond(bond).other(atom));
            bonds
        };
        let mut rings = vec![SmallVec::<[BondIndex; 4]>::new(); count];
        let mut seen = vec![false; molecule.bond_count()];
        let mut places = 0;
        // Atom, its bonds in the order of visit, the next of them.
        let mut path: Vec<(AtomIndex, SmallVec<[BondIndex; 4]>, usize)> = Vec::new();
        for (start, _) in molecule.atoms() {
            if plan.place[start.index()] != usize::MAX {
                continue;
            }
            plan.roots.push(start);
            plan.place[start.index()] = places;
            places += 1;
            path.push((start, by_number(start), 0));
            while let Some((atom, bonds, next)) = path.last_mut() {
                let atom = *atom;
                let Some(&bond) = bonds.get(*next) else {
                    path.pop();
                    continue;
                };
                *next += 1;
                if std::mem::replace(&mut seen[bond.index()], true) {
                    continue;
                }
                let other = molecule.bond(bond).other(atom);
                if plan.place[other.index()] == usize::MAX {
                    plan.place[other.index()] = places;
                    places += 1;
                    plan.bonds[atom.index()].push(bond);
                    plan.heads[other.index()].0 = 1;
                    path.push((other, by_number(other), 0));
                } else {
                    rings[atom.index()].push(bond);
                    rings[other.index()].push(bond);
                }
            }
        }
        plan.join(molecule, rings);
        plan
    }

    /// Puts preceding atoms and ring bonds before the branches.
    fn join(&mut self, molecule: &Molecule, rings: Vec<SmallVec<[BondIndex; 4]>>) {
        let mut reached_by = vec![None; self.place.len()];
        for (atom, _) in molecule.atoms() {
            for &bond in &self.bonds[atom.index()] {
                reached_by[molecule.bond(bond).other(atom).index()] = Some(bond);
            }
        }
        for ((atom, _), mut rings) in molecule.atoms().zip(rings) {
            rings.sort_unstable_by_key(|&bond| self.place[molecule.bond(bond).other(atom).index()]);
            self.heads[atom.index()].1 = rings.len();
            let branches = std::mem::take(&mut self.bonds[atom.index()]);
            self.bonds[atom.index()] = reached_by[atom.index()].into_iter().chain(rings).chain(branches).collect();
        }
    }

    fn preceded(&self, atom: AtomIndex) -> bool {
        self.heads[atom.index()].0 == 1
    }

    fn ring_bonds(&self, atom: AtomIndex) -> &[BondIndex] {
        let (preceding, rings) = self.heads[atom.index()];
        &self.bonds[atom.index()][preceding..preceding + rings]
    }

    fn branches(&self, atom: AtomIndex) -> &[BondIndex] {
        let (preceding, rings) = self.heads[atom.index()];
        &self.bonds[atom.index()][preceding + rings..]
    }
}

struct Writer<'a> {
    molecule: &'a Molecule,
    plan: &'a Plan,
    /// Empty if no bond is aromatic.
    on_ring: Vec<bool>,
    text: String,
    /// Ring number of each open ring bond.
    numbers: Vec<u32>,
    /// Ring numbers given back.
    free: BTreeSet<u32>,
    /// The smallest ring number never used.
    next: u32,
}

impl Writer<'_> {
    fn component(&mut self, root: AtomIndex) {
        self.atom(root);
        // Atom and the next of its branches.
        let mut path = vec![(root, 0)];
        while let Some((atom, next)) = path.last_mut() {
            let atom = *atom;
            let branches = self.plan.branches(atom);
            let Some(&bond) = branches.get(*next) else {
                path.pop();
                // The way back leads out of a branch unless it was the last of its atom.
                if path.last().is_some_and(|&(above, next)| next < self.plan.branches(above).len()) {
                    self.text.push(')');
                }
                continue;
            };
            *next += 1;
            if *next < branches.len() {
                self.text.push('(');
            }
            self.bond(bond, atom);
            let child = self.molecule.bond(bond).other(atom);
            self.atom(child);
            path.push((child, 0));
        }
    }

    fn atom(&mut self, index: AtomIndex) {
        let atom = *self.molecule.atom(index);
        if atom.is_bare() && atom.hydrogens.is_none() {
            self.symbol(&atom);
        } else {
            self.bracket(index, &atom);
        }
        let mut closed = SmallVec::<[u32; 4]>::new();
        for &bond in self.plan.ring_bonds(index) {
            let other = self.molecule.bond(bond).other(index);
            let number = if self.plan.place[other.index()] < self.plan.place[index.index()] {
                closed.push(self.numbers[bond.index()]);
                self.numbers[bond.index()]
            } else {
                self.bond(bond, index);
                let number = self.free.pop_first().unwrap_or(self.next);
                self.next = self.next.max(number + 1);
                self.numbers[bond.index()] = number;
                number
            };
            match number {
                0..=9 => self.push(format_args!("{number}")),
                10..=99 => self.push(format_args!("%{number}")),
                _ => self.push(format_args!("%({number})")),
            }
        }
        // Numbers closed here are not opened again here, which would read as one ring bond of two symbols.
        self.free.extend(closed);
    }

    fn symbol(&mut self, atom: &Atom) {
        let symbol = atom.element.map_or("*", crate::Element::symbol);
        if atom.aromatic {
            self.text.extend(symbol.chars().map(|letter| letter.to_ascii_lowercase()));
        } else {
            self.text.push_str(symbol);
        }
    }

    fn bracket(&mut self, index: AtomIndex, atom: &Atom) {
        self.text.push('[');
        if let Some(isotope) = atom.isotope {
            self.push(format_args!("{isotope}"));
        }
        self.symbol(atom);
        if let Some(chirality) = atom.chirality {
            let sequence = |atom: AtomIndex| (self.plan.bonds[atom.index()].clone(), self.plan.preceded(atom));
            let written = chirality.reordered(&list_order(self.molecule, index, chirality.class(), sequence));
            // Other readers know `@` for four neighbours only.
            let short = matches!(written.class(), ChiralClass::Tetrahedral | ChiralClass::Allenal)
                && implied_class(self.molecule, index) == written.class();
            match written.number() {
                1 if short => self.text.push('@'),
                2 if short => self.text.push_str("@@"),
                number => self.push(format_args!("@{}{number}", written.class().letters())),
            }
        }
        match self.molecule.hydrogens(index) {
            0 => {}
            1 => self.text.push('H'),
            count => self.push(format_args!("H{count}")),
        }
        let sign = if atom.charge > 0 { '+' } else { '-' };
        match atom.charge.unsigned_abs() {
            0 => {}
            1 => self.text.push(sign),
            size => self.push(format_args!("{sign}{size}")),
        }
        if atom.map_number > 0 {
            self.push(format_args!(":{}", atom.map_number));
        }
        self.text.push(']');
    }

    /// The symbol of a bond as written from `from`, where it does not go without saying.
    fn bond(&mut self, index: BondIndex, from: AtomIndex) {
        let bond = self.molecule.bond(index);
        let both = self.molecule.atom(bond.begin).aromatic && self.molecule.atom(bond.end).aromatic;
        let symbol = match (bond.order, bond.direction_from(from)) {
            (_, Some(BondDirection::Up)) => '/',
            (_, Some(BondDirection::Down)) => '\\',
            (BondOrder::Single, None) if both => '-',
            (BondOrder::Single, None) => return,
            (BondOrder::Double, None) => '=',
            (BondOrder::Triple, None) => '#',
            (BondOrder::Quadruple, None) => '$',
            (BondOrder::Aromatic, None) if both && self.on_ring[index.index()] => return,
            (BondOrder::Aromatic, None) => ':',
        };
        self.text.push(symbol);
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        self.text.write_fmt(text).expect("a String takes all");
    }
}
