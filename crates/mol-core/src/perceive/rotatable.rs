//! Rotatable bonds by three definitions.
//!
//! A conformer search and a descriptor mean different things by the word, so the definition is an argument.
//! Deliberately not here: the torsion angles themselves.

use super::{Perception, ring_bonds};
use crate::{AtomIndex, BondIndex, BondOrder, Element, Molecule};

/// What counts as a rotatable bond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Rotatable {
    /// Single bonds off rings whose ends both have another neighbour other than hydrogen, and no triple bond nor two
    /// double bonds (a linear end turns nothing).
    #[default]
    Heavy,
    /// As [`Heavy`](Self::Heavy), but a hydrogen is a neighbour too, unless an end carries nothing but three of them:
    /// turning H–O–C–C changes the shape, turning a methyl group does not.
    WithHydrogens,
    /// `RDKit`'s strict definition, made for descriptors: off rings, no end with one heavy neighbour or a triple bond,
    /// not beside CF₃, CCl₃, CBr₃ or *tert*-butyl, no amide, ester or their kind. Aromaticity is perceived for it; a
    /// molecule whose aromatic bonds cannot be kekulized is taken as it is written.
    Strict,
}

/// The rotatable bonds of `molecule`, ascending.
///
/// Hydrogens may be atoms of the graph or counted: the answer is the same.
///
/// ```
/// use mol_core::{Molecule, perceive::{Rotatable, rotatable_bonds}};
/// let count = |smiles: &str, definition| Molecule::from_smiles(smiles).map(|m| rotatable_bonds(&m, definition).len());
/// assert_eq!(count("OCCO", Rotatable::Heavy)?, 1);
/// assert_eq!(count("OCCO", Rotatable::WithHydrogens)?, 3);
/// assert_eq!(count("CCCCC(CCCC)CCCC", Rotatable::WithHydrogens)?, 9); // methyl groups do not count
/// assert_eq!((count("CC(=O)NCC", Rotatable::Heavy)?, count("CC(=O)NCC", Rotatable::Strict)?), (2, 1));
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
///
/// The strict definition: `RDKit`, `rdMolDescriptors.CalcNumRotatableBonds`.
#[must_use]
pub fn rotatable_bonds(molecule: &Molecule, definition: Rotatable) -> Vec<BondIndex> {
    let perceived = if definition == Rotatable::Strict { Perception::new(molecule).ok() } else { None };
    match perceived {
        Some(perception) => perception.rotatable_bonds(definition),
        None => View { molecule, on_ring: &ring_bonds(molecule) }.rotatable(definition),
    }
}

impl Perception {
    /// The rotatable bonds, ascending, as [`rotatable_bonds`] finds them for a molecule; what is aromatic in the strict
    /// definition is so by this perception's model.
    #[must_use]
    pub fn rotatable_bonds(&self, definition: Rotatable) -> Vec<BondIndex> {
        let molecule = self.molecule();
        let on_ring: Vec<bool> = molecule.bonds().map(|(bond, _)| self.is_ring_bond(bond)).collect();
        View { molecule, on_ring: &on_ring }.rotatable(definition)
    }
}

struct View<'a> {
    molecule: &'a Molecule,
    on_ring: &'a [bool],
}

impl View<'_> {
    fn rotatable(&self, definition: Rotatable) -> Vec<BondIndex> {
        let turns = |&bond: &BondIndex| {
            let data = self.molecule.bond(bond);
            let (a, b) = (data.begin, data.end);
            match definition {
                _ if self.on_ring[bond.index()] => false,
                Rotatable::Strict => {
                    matches!(data.order, BondOrder::Single | BondOrder::Aromatic)
                        && self.is_loose(a)
                        && self.is_loose(b)
                        && !(self.is_acyl_like(a) && self.is_acyl_like(b))
                }
                _ => {
                    data.order == BondOrder::Single
                        && [(a, b), (b, a)].iter().all(|&(x, y)| self.turns(x, y, definition))
                }
            }
        };
        self.molecule.bonds().map(|(bond, _)| bond).filter(turns).collect()
    }

    /// Whether turning about a bond of `atom` to `other` moves something at `atom`.
    fn turns(&self, atom: AtomIndex, other: AtomIndex, definition: Rotatable) -> bool {
        let orders = self.molecule.bonds_of(atom).iter().map(|&bond| self.molecule.bond(bond).order);
        let pi: usize = orders
            .map(|order| usize::from(order == BondOrder::Double) + 2 * usize::from(order == BondOrder::Triple))
            .sum();
        let is_linear = pi > 1 && self.molecule.degree(atom) + usize::from(self.molecule.hydrogens(atom)) == 2;
        if is_linear || self.element(atom) == Some(Element::H) {
            return false;
        }
        let heavy = self.heavy(atom).filter(|&beyond| beyond != other).count();
        let hydrogens = self.hydrogens(atom) - usize::from(self.is_hydrogen(other));
        heavy > 0 || definition == Rotatable::WithHydrogens && hydrogens > 0 && hydrogens != 3
    }

    fn element(&self, atom: AtomIndex) -> Option<Element> {
        self.molecule.atom(atom).element
    }

    fn is_hydrogen(&self, atom: AtomIndex) -> bool {
        self.element(atom) == Some(Element::H)
    }

    fn heavy(&self, atom: AtomIndex) -> impl Iterator<Item = AtomIndex> {
        self.molecule.neighbors(atom).filter(|&other| !self.is_hydrogen(other))
    }

    /// Hydrogens of an atom, drawn or counted.
    fn hydrogens(&self, atom: AtomIndex) -> usize {
        self.molecule.neighbors(atom).filter(|&other| self.is_hydrogen(other)).count()
            + usize::from(self.molecule.hydrogens(atom))
    }

    fn is_aliphatic(&self, atom: AtomIndex, element: Element) -> bool {
        self.element(atom) == Some(element) && !self.molecule.atom(atom).aromatic
    }

    /// Not terminal, without a triple bond, and no carbon with three equal terminal groups.
    fn is_loose(&self, atom: AtomIndex) -> bool {
        let bonds = || self.molecule.bonds_of(atom).iter().map(|&bond| self.molecule.bond(bond));
        let is_rotor = |element: Element| {
            let same = |other: &AtomIndex| {
                self.is_aliphatic(*other, element) && (element != Element::C || self.hydrogens(*other) == 3)
            };
            self.is_aliphatic(atom, Element::C) && self.heavy(atom).filter(same).count() >= 3
        };
        self.heavy(atom).count() != 1
            && bonds().all(|bond| bond.order != BondOrder::Triple)
            && ![Element::F, Element::CL, Element::BR, Element::C].into_iter().any(is_rotor)
    }

    /// A carbon of three neighbours with a double bond to N, O or S and a single bond off rings to N, O or S, or the
    /// other end of such a single bond.
    fn is_acyl_like(&self, atom: AtomIndex) -> bool {
        let links = |from: AtomIndex| {
            let bonds = self.molecule.bonds_of(from).iter();
            let free = bonds
                .filter(|bond| !self.on_ring[bond.index()] && self.molecule.bond(**bond).order == BondOrder::Single);
            free.map(move |&bond| self.molecule.bond(bond).other(from))
        };
        self.is_acyl(atom) && links(atom).any(|other| self.is_donor(other))
            || self.is_donor(atom) && links(atom).any(|other| self.is_acyl(other))
    }

    fn is_donor(&self, atom: AtomIndex) -> bool {
        self.element(atom) == Some(Element::N)
            || self.is_aliphatic(atom, Element::O)
            || self.is_aliphatic(atom, Element::S) && self.heavy(atom).count() != 1
    }

    fn is_acyl(&self, atom: AtomIndex) -> bool {
        let to_hetero = |&bond: &BondIndex| {
            let data = self.molecule.bond(bond);
            let other = data.other(atom);
            data.order == BondOrder::Double
                && [Element::N, Element::O, Element::S].iter().any(|&element| self.is_aliphatic(other, element))
        };
        self.is_aliphatic(atom, Element::C)
            && self.heavy(atom).count() == 3
            && self.molecule.bonds_of(atom).iter().any(to_hetero)
    }
}
