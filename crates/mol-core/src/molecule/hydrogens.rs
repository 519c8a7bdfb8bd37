//! Hydrogens that are counted rather than drawn: how many there are, and both ways of writing a molecule.

use super::{Atom, AtomIndex, BondData, BondIndex, BondOrder, Molecule, MoleculeBuilder, UNCOUNTED};
use crate::perceive::{Flat, Marks, written_order};
use crate::{BondDirection, Element, Error, Result};
use smallvec::SmallVec;

impl Molecule {
    /// Number of hydrogens of an atom that are not atoms of the graph.
    ///
    /// Stated ([`Atom::hydrogens`]) or, for the uncharged organic subset, what fills the atom to a normal valence by the
    /// rules of `OpenSMILES`:
    ///
    /// ```text
    /// h = max(0, v − b),   v = the smallest normal valence ≥ b, the largest if none is
    /// ```
    ///
    /// where b is the sum of the bond orders and v one of B 3, C 4, N 3 5, O 2, P 3 5, S 2 4 6, halogens 1. An aromatic
    /// bond counts one, and an atom that is aromatic or has aromatic bonds spends one more on the π system, unless a
    /// double bond is written at it already; then only the lowest valence is filled. Other elements, and charged atoms,
    /// have none unless stated.
    ///
    /// ```
    /// use mol_core::{AtomIndex, Molecule};
    /// let pyridone = Molecule::from_smiles("O=c1cccc[nH]1")?;
    /// let counts: Vec<u8> = pyridone.atoms().map(|(atom, _)| pyridone.hydrogens(atom)).collect();
    /// assert_eq!(counts, [0, 0, 1, 1, 1, 1, 1]);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `atom` is not of this molecule.
    #[must_use]
    pub fn hydrogens(&self, atom: AtomIndex) -> u8 {
        let node = &self.graph[atom.node()];
        if node.hydrogens == UNCOUNTED { self.counted_hydrogens(atom) } else { node.hydrogens }
    }

    fn counted_hydrogens(&self, atom: AtomIndex) -> u8 {
        self.atom(atom).hydrogens.unwrap_or_else(|| self.valence_hydrogens(atom).unwrap_or(0))
    }

    /// Counts the hydrogens of all atoms once and for all.
    pub(super) fn settle(&mut self) {
        for k in 0..self.atom_count() {
            let atom = AtomIndex(k as u32);
            self.node_mut(atom).hydrogens = self.counted_hydrogens(atom);
        }
    }

    /// The rule of [`hydrogens`](Self::hydrogens) for an atom that does not state them, `None` if no normal valence is as
    /// large as its bonds.
    fn valence_hydrogens(&self, index: AtomIndex) -> Option<u8> {
        let atom = self.atom(index);
        let (mut sum, mut multiple, mut aromatic) = (0, false, atom.aromatic);
        for &bond in self.bonds_of(index) {
            match self.bond(bond).order {
                BondOrder::Single => sum += 1,
                BondOrder::Aromatic => {
                    sum += 1;
                    aromatic = true;
                }
                order => {
                    sum += if order == BondOrder::Double { 2 } else { 1 + order as usize };
                    multiple = true;
                }
            }
        }
        if aromatic {
            let lowest = *normal_valences(atom).first()?;
            return Some(lowest.saturating_sub(sum + usize::from(!multiple)) as u8);
        }
        hydrogens_to(atom, sum)
    }

    /// A copy with the orders of a Kekulé form, marked aromatic where that is so, whose hydrogen counts are what they
    /// were; they are stated where one of the forms would imply others.
    pub(crate) fn marked(&self, kekule: &Flat, marks: &Marks) -> Self {
        let mut marked = self.clone();
        for (k, node) in marked.graph.node_weights_mut().enumerate() {
            let Some(flat) = kekule.atoms.get(k) else { continue };
            let written_out = (flat.valence - u32::from(flat.hydrogens)) as usize;
            if node.atom.hydrogens.is_none() && hydrogens_to(&node.atom, written_out).unwrap_or(0) != node.hydrogens {
                node.atom.hydrogens = Some(node.hydrogens);
            }
        }
        marked.rewrite(|bond| written_order(kekule, &marks.bonds, bond), |atom| marks.atoms[atom]);
        marked
    }

    /// Gives the bonds other orders and the atoms other flags; hydrogen counts stay what they were, and bonds with a
    /// direction mark single.
    pub(crate) fn rewrite(&mut self, order: impl Fn(u32) -> BondOrder, aromatic: impl Fn(usize) -> bool) {
        let mut changed: SmallVec<[AtomIndex; 32]> = SmallVec::new();
        for k in 0..self.bond_count() {
            let bond = self.bond(BondIndex::new(k));
            let new = order(k as u32);
            if new != bond.order && !(bond.direction.is_some() && new == BondOrder::Aromatic) {
                self.graph[BondIndex::new(k).edge()].order = new;
                changed.extend([bond.begin, bond.end]);
            }
        }
        for k in 0..self.atom_count() {
            let atom = &mut self.node_mut(AtomIndex::new(k)).atom;
            if atom.aromatic != aromatic(k) {
                atom.aromatic = !atom.aromatic;
                changed.push(AtomIndex::new(k));
            }
        }
        for atom in changed {
            self.keep_hydrogens(atom);
        }
    }

    /// Gives a bond a direction mark; an aromatic one becomes single by it, as SMILES has it.
    pub(crate) fn state_direction(&mut self, bond: BondIndex, direction: BondDirection) {
        let data = self.bond(bond);
        self.set_direction(bond, Some(direction));
        if data.order == BondOrder::Aromatic {
            self.graph[bond.edge()].order = BondOrder::Single;
            self.keep_hydrogens(data.begin);
            self.keep_hydrogens(data.end);
        }
    }

    /// States the hydrogens that an atom had before its bonds were changed, if it would not have them now.
    fn keep_hydrogens(&mut self, atom: AtomIndex) {
        let before = self.hydrogens(atom);
        if self.atom(atom).hydrogens.is_none() && self.counted_hydrogens(atom) != before {
            self.node_mut(atom).atom.hydrogens = Some(before);
        }
    }

    /// The same molecule with every hydrogen an atom: new ones follow the present atoms, in the order of their neighbours.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if hydrogens are missing and the molecule has conformers: the new atoms have no
    /// coordinates, and losing those of the others silently would be worse. Call
    /// [`clear_conformers`](Self::clear_conformers) first.
    pub fn with_explicit_hydrogens(&self) -> Result<Self> {
        let counts: Vec<u8> = self.atoms().map(|(atom, _)| self.hydrogens(atom)).collect();
        let missing = counts.iter().any(|&count| count > 0);
        if missing && !self.conformers.is_empty() {
            let expected = "cleared before hydrogens without coordinates are added";
            let got = format!("{} of them", self.conformers.len());
            return Err(Error::InvalidArgument { what: "conformers", expected, got });
        }
        let mut builder = self.to_builder();
        for ((heavy, _), count) in self.atoms().zip(counts) {
            let atom = builder.atom_at(heavy);
            atom.hydrogens = Some(0);
            let mut order: SmallVec<_> = SmallVec::new();
            for _ in 0..count {
                let hydrogen = builder.add_atom(Atom { hydrogens: Some(0), ..Atom::new(Element::H) });
                order.push(builder.push_bond(heavy, hydrogen, BondData { order: BondOrder::Single, direction: None }));
            }
            // Chirality counts hydrogens first: the new atoms take their place.
            order.extend_from_slice(self.bonds_of(heavy));
            builder.set_order(heavy, order);
        }
        let mut molecule = builder.finish();
        molecule.conformers.clone_from(&self.conformers);
        Ok(molecule)
    }

    /// The same molecule with its plain hydrogens counted at their neighbours instead; conformers keep the other atoms.
    ///
    /// Plain is a neutral hydrogen of natural isotopes without map number, bonded to one atom that is no hydrogen nor
    /// wildcard, and has at most nine of them, by a single bond without direction mark. The order of the atoms that stay is
    /// kept; of the organic subset the count is stated only where valence does not imply it.
    #[must_use]
    pub fn without_explicit_hydrogens(&self) -> Self {
        let plain: Vec<bool> = self.atoms().map(|(atom, _)| self.is_plain_hydrogen(atom)).collect();
        let mut builder = MoleculeBuilder::with_capacity(self.atom_count(), self.bond_count());
        let mut renumbered = vec![None; self.atom_count()];
        for (index, atom) in self.atoms().filter(|(index, _)| !plain[index.index()]) {
            let here: SmallVec<[bool; 8]> = self.neighbors(index).map(|other| plain[other.index()]).collect();
            let mut atom = *atom;
            let gone = here.iter().filter(|&&is_gone| is_gone).count();
            if gone > 0 {
                let before = usize::from(self.hydrogens(index));
                atom.hydrogens = Some((before + gone) as u8);
                let place = |wanted: bool| (0..here.len()).filter(move |&k| here[k] == wanted).map(move |k| k + before);
                let order: Vec<usize> = (0..before).chain(place.clone()(true)).chain(place(false)).collect();
                atom.chirality = atom.chirality.map(|chirality| chirality.reordered(&order));
            }
            renumbered[index.index()] = Some(builder.add_atom(atom));
        }
        let mut bonds = vec![None; self.bond_count()];
        for (index, bond) in self.bonds() {
            if let (Some(begin), Some(end)) = (renumbered[bond.begin.index()], renumbered[bond.end.index()]) {
                let data = BondData { order: bond.order, direction: bond.direction };
                bonds[index.index()] = Some(builder.push_bond(begin, end, data));
            }
        }
        for (old, new) in renumbered.iter().enumerate().filter_map(|(old, new)| Some((AtomIndex::new(old), (*new)?))) {
            builder.set_order(new, self.bonds_of(old).iter().filter_map(|bond| bonds[bond.index()]).collect());
            let implied = builder.molecule().valence_hydrogens(new);
            let atom = builder.atom_at(new);
            if atom.is_bare() && atom.hydrogens == implied {
                atom.hydrogens = None;
            }
        }
        let mut molecule = builder.finish();
        molecule.conformers = self.conformers.iter().map(|conformer| conformer.without(&plain)).collect();
        molecule
    }

    /// As [`without_explicit_hydrogens`](Self::without_explicit_hydrogens), without a copy if no hydrogen is drawn.
    ///
    /// ```
    /// let drawn = mol_core::Molecule::from_smiles("[H]OC([H])([H])C")?;
    /// assert_eq!(drawn.into_without_explicit_hydrogens().to_smiles(), "OCC");
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn into_without_explicit_hydrogens(mut self) -> Self {
        if self.atoms().any(|(_, atom)| atom.element == Some(Element::H)) {
            return self.without_explicit_hydrogens();
        }
        for k in 0..self.atom_count() {
            let atom = self.atom(AtomIndex::new(k));
            if atom.hydrogens.is_some() && atom.is_bare() && atom.hydrogens == self.valence_hydrogens(AtomIndex::new(k))
            {
                self.node_mut(AtomIndex::new(k)).atom.hydrogens = None;
            }
        }
        self
    }

    fn is_plain_hydrogen(&self, index: AtomIndex) -> bool {
        let Some(&bond) = self.bonds_of(index).first() else { return false };
        self.is_foldable_hydrogen(index) && self.bond(bond).direction.is_none()
    }

    /// Whether an atom is a plain hydrogen, a direction mark on its bond apart.
    pub(crate) fn is_foldable_hydrogen(&self, index: AtomIndex) -> bool {
        let atom = self.atom(index);
        let bare = Atom { hydrogens: atom.hydrogens, ..Atom::new(Element::H) };
        if *atom != bare || self.hydrogens(index) > 0 {
            return false;
        }
        let &[bond] = self.bonds_of(index) else { return false };
        let bond = self.bond(bond);
        let heavy = bond.other(index);
        bond.order == BondOrder::Single
            && self.atom(heavy).element.is_some_and(|element| element != Element::H)
            && self.degree(heavy) + usize::from(self.hydrogens(heavy)) <= 9
    }
}

/// The normal valences `OpenSMILES` knows for an uncharged atom, ascending.
#[inline]
const fn normal_valences(atom: &Atom) -> &'static [usize] {
    match atom.element {
        _ if atom.charge != 0 => &[],
        Some(Element::B) => &[3],
        Some(Element::C) => &[4],
        Some(Element::N | Element::P) => &[3, 5],
        Some(Element::O) => &[2],
        Some(Element::S) => &[2, 4, 6],
        Some(Element::F | Element::CL | Element::BR | Element::I) => &[1],
        _ => &[],
    }
}

/// Hydrogens that fill bonds of order `sum` up to a normal valence.
#[inline]
fn hydrogens_to(atom: &Atom, sum: usize) -> Option<u8> {
    normal_valences(atom).iter().find(|&&valence| valence >= sum).map(|valence| (valence - sum) as u8)
}
