//! Which list of neighbours a chirality refers to, in a text and in what is read from it or written to it.
//!
//! In a text the neighbours of an atom are: the preceding atom, its hydrogens, then ring bonds and branches as written. A
//! molecule counts the hydrogens first. For an allene the list is that of the substituents at the two ends of its row of
//! double bonds. Reading and writing, of SMILES and of SELFIES, differ in what they walk on only: [`Neighborhoods`].

use crate::molecule::is_odd;
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Molecule};
use smallvec::SmallVec;

/// Places of a list of neighbours.
pub(crate) type Order = SmallVec<[usize; 8]>;

/// Bonds of an atom.
pub(crate) type Bonds = SmallVec<[u32; 8]>;

/// What stands around each atom, in a molecule and in a text.
pub(crate) trait Neighborhoods {
    /// Number of atoms.
    fn atom_count(&self) -> usize;

    /// Number of bonds of an atom.
    fn degree(&self, atom: u32) -> usize;

    /// Counted hydrogens of an atom.
    fn hydrogens(&self, atom: u32) -> usize;

    /// The bonds of an atom in the order of the molecule.
    fn bonds(&self, atom: u32) -> Bonds;

    /// The bonds of an atom in the order of the text, and whether the first of them leads to the preceding atom.
    fn written(&self, atom: u32) -> (Bonds, bool);

    /// The two bonds of an atom, each with what stands behind it, if it has no others, no hydrogens, and both are double.
    fn cumulated(&self, atom: u32) -> Option<[(u32, u32); 2]>;

    /// The neighbours of an atom in the order of the text, as places in the order of the molecule, hydrogens included; one
    /// bond left out.
    fn order_at(&self, atom: u32, without: Option<u32>) -> Order {
        let hydrogens = self.hydrogens(atom);
        let mut own = self.bonds(atom);
        own.retain(|&mut bond| Some(bond) != without);
        let (bonds, preceded) = self.written(atom);
        let place = |bond: &u32| own.iter().position(|other| other == bond).map(|place| hydrogens + place);
        let (first, rest) = bonds.split_at(usize::from(preceded).min(bonds.len()));
        first.iter().filter_map(place).chain(0..hydrogens).chain(rest.iter().filter_map(place)).collect()
    }

    /// The list of a chirality in the text as places of its list in the molecule; empty if the list means nothing.
    fn list_order(&self, atom: u32, class: ChiralClass, cumulenes: &Cumulenes) -> Order {
        if self.degree(atom) > 6 {
            // No class has so many neighbours: the number means nothing and stays.
            return Order::new();
        }
        if class != ChiralClass::Allenal {
            return self.order_at(atom, None);
        }
        let ends = cumulenes.ends(atom).into_iter().flatten().filter(|&(end, _)| self.degree(end) <= 3);
        let odd = ends.filter(|&(end, inner)| {
            let order = self.order_at(end, Some(inner));
            order.len() == 2 && is_odd(&order)
        });
        // An exchange at either end is an exchange of the list of four.
        if odd.count() % 2 == 1 { Order::from_slice(&[1, 0, 2, 3]) } else { Order::from_slice(&[0, 1, 2, 3]) }
    }
}

/// The class that `@` stands for at an atom with so many neighbours, hydrogens included.
pub(crate) const fn implied_class(neighbors: usize) -> ChiralClass {
    match neighbors {
        2 => ChiralClass::Allenal,
        5 => ChiralClass::TrigonalBipyramidal,
        6 => ChiralClass::Octahedral,
        _ => ChiralClass::Tetrahedral,
    }
}

/// The inverse of a permutation.
pub(crate) fn inverse(order: &[usize]) -> Order {
    let mut inverse = Order::from_elem(0, order.len());
    order.iter().enumerate().for_each(|(place, &old)| inverse[old] = place);
    inverse
}

/// The rows of an even number of double bonds, by the atom in the middle, which alone carries the chirality of the row.
///
/// All are found in one pass over the atoms, however many tags they have and however long they are.
#[derive(Debug, Default)]
pub(crate) struct Cumulenes {
    /// Middle atom, and either end with its bond towards the middle; by the middle.
    rows: Vec<(u32, [(u32, u32); 2])>,
}

impl Cumulenes {
    /// Finds the rows.
    pub(crate) fn find(around: &impl Neighborhoods) -> Self {
        let count = around.atom_count();
        let mut seen = vec![false; count];
        let mut rows = Vec::new();
        for start in 0..count as u32 {
            let Some(links) = around.cumulated(start).filter(|_| !seen[start as usize]) else { continue };
            seen[start as usize] = true;
            // Inner atoms from the start on, first towards the one end, then towards the other.
            let mut inner: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
            let ends = [0, 1].map(|side| {
                let (mut atom, mut bond) = links[side];
                while let Some(onward) = around.cumulated(atom) {
                    if std::mem::replace(&mut seen[atom as usize], true) {
                        // A ring of double bonds only has no ends.
                        return None;
                    }
                    inner[side].push(atom);
                    (atom, bond) = if onward[0].1 == bond { onward[1] } else { onward[0] };
                }
                Some((atom, bond))
            });
            let [Some(one), Some(two)] = ends else { continue };
            let (left, right) = (inner[0].len(), inner[1].len());
            let middle = match (left + right) % 2 {
                1 => continue,
                _ if left == right => start,
                _ if left > right => inner[0][(left - right) / 2 - 1],
                _ => inner[1][(right - left) / 2 - 1],
            };
            rows.push((middle, [one, two]));
        }
        rows.sort_unstable_by_key(|row| row.0);
        Self { rows }
    }

    /// The two ends of the row with `middle` in its middle, each with its bond towards it; `None` if it is no middle.
    pub(crate) fn ends(&self, middle: u32) -> Option<[(u32, u32); 2]> {
        self.rows.binary_search_by_key(&middle, |row| row.0).ok().map(|k| self.rows[k].1)
    }
}

/// A molecule with the order in which a text gives the bonds of each atom, and whether the first leads to the preceding atom.
pub(crate) struct InText<'a, F> {
    pub(crate) molecule: &'a Molecule,
    pub(crate) sequence: F,
}

impl<F: Fn(AtomIndex) -> (SmallVec<[BondIndex; 4]>, bool)> Neighborhoods for InText<'_, F> {
    fn atom_count(&self) -> usize {
        self.molecule.atom_count()
    }

    fn degree(&self, atom: u32) -> usize {
        self.molecule.degree(AtomIndex::new(atom as usize))
    }

    fn hydrogens(&self, atom: u32) -> usize {
        usize::from(self.molecule.hydrogens(AtomIndex::new(atom as usize)))
    }

    fn bonds(&self, atom: u32) -> Bonds {
        self.molecule.bonds_of(AtomIndex::new(atom as usize)).iter().map(|bond| bond.index() as u32).collect()
    }

    fn written(&self, atom: u32) -> (Bonds, bool) {
        let (bonds, preceded) = (self.sequence)(AtomIndex::new(atom as usize));
        (bonds.iter().map(|bond| bond.index() as u32).collect(), preceded)
    }

    fn cumulated(&self, atom: u32) -> Option<[(u32, u32); 2]> {
        let index = AtomIndex::new(atom as usize);
        let &[one, two] = self.molecule.bonds_of(index) else { return None };
        let is_double = |bond: BondIndex| self.molecule.bond(bond).order == BondOrder::Double;
        let link = |bond: BondIndex| (self.molecule.bond(bond).other(index).index() as u32, bond.index() as u32);
        (is_double(one) && is_double(two) && self.molecule.hydrogens(index) == 0).then(|| [link(one), link(two)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn middles(smiles: &str) -> Vec<u32> {
        let molecule = Molecule::from_smiles(smiles).expect("valid");
        let around = InText { molecule: &molecule, sequence: |_| (SmallVec::new(), false) };
        Cumulenes::find(&around).rows.iter().map(|row| row.0).collect()
    }

    #[test]
    fn rows_of_double_bonds_have_their_middle() {
        assert_eq!(middles("CC=C=CC"), [2]);
        assert_eq!(middles("CC=CC"), [] as [u32; 0]);
        assert_eq!(middles("CC=C=C=CC"), [] as [u32; 0]); // an odd number of double bonds is cis or trans
        assert_eq!(middles("C=C=C=C=C"), [2]);
        assert_eq!(middles("C=C=C.C(=C)=C"), [1, 3]);
        assert_eq!(middles("C1=C=C=C=1"), [] as [u32; 0]); // a closed row has no ends
        assert_eq!(middles(&format!("C{}", "=C".repeat(100_000))), [50_000]);
        // Each middle, however the atoms are numbered.
        assert_eq!(middles("C(=C=C=C)=C"), [1]);
        assert_eq!(middles("C(=C)=C=C=C"), [2]);
    }
}
