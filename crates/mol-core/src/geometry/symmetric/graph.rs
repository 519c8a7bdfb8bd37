//! The coloured graph whose symmetries are the exchanges of equivalent atoms.

use super::SymmetryOptions;
use crate::perceive::Perception;
use crate::{AtomIndex, BondOrder, Element, Error, Result};
use smallvec::SmallVec;

/// Mark of a bond between an atom and a terminal oxygen or nitrogen of a conjugated pair.
const DELOCALISED: u8 = 16;

/// The atoms that are compared, numbered without gaps, with what must be equal for two to be exchanged.
pub(super) struct Graph {
    /// The atom of the molecule that each vertex is.
    pub(super) atoms: Vec<usize>,
    /// Equal for vertices that may be exchanged as far as the atoms themselves go.
    pub(super) colors: Vec<u64>,
    /// Neighbours with the kind of the bond.
    pub(super) neighbors: Vec<SmallVec<[(usize, u8); 4]>>,
}

impl Graph {
    pub(super) fn new(perception: &Perception, options: &SymmetryOptions) -> Result<Self> {
        let molecule = perception.kekule();
        let is_kept = |atom: AtomIndex| options.hydrogens || molecule.atom(atom).element != Some(Element::H);
        let atoms: Vec<usize> =
            molecule.atoms().map(|(k, _)| k).filter(|&k| is_kept(k)).map(AtomIndex::index).collect();
        if atoms.is_empty() {
            let expected = "one with atoms to compare (other than hydrogen, unless hydrogens count)";
            let got = format!("{} atoms", molecule.atom_count());
            return Err(Error::InvalidArgument { what: "molecule of a symmetric RMSD", expected, got });
        }
        let mut vertex = vec![usize::MAX; molecule.atom_count()];
        atoms.iter().enumerate().for_each(|(k, &atom)| vertex[atom] = k);
        let mut charged: Vec<i8> = atoms.iter().map(|&atom| molecule.atom(AtomIndex::new(atom)).charge).collect();
        let mut neighbors: Vec<SmallVec<[(usize, u8); 4]>> = vec![SmallVec::new(); atoms.len()];
        for (index, bond) in molecule.bonds() {
            let [a, b] = [bond.begin, bond.end].map(|end| vertex[end.index()]);
            if a != usize::MAX && b != usize::MAX {
                let kind = perception.order(index) as u8;
                neighbors[a].push((b, kind));
                neighbors[b].push((a, kind));
            }
        }
        if options.terminal_groups {
            let element = |k: usize| molecule.atom(AtomIndex::new(atoms[k])).element;
            for (end, middle) in delocalised_ends(&neighbors, &element) {
                charged[end] = 0;
                let mark = |list: &mut SmallVec<[(usize, u8); 4]>, to: usize| {
                    list.iter_mut().filter(|(other, _)| *other == to).for_each(|(_, kind)| *kind = DELOCALISED);
                };
                mark(&mut neighbors[end], middle);
                mark(&mut neighbors[middle], end);
            }
        }
        let color = |(k, &atom): (usize, &usize)| {
            let atom = molecule.atom(AtomIndex::new(atom));
            let element = atom.element.map_or(0, |element| u64::from(element.number()));
            let isotope = atom.isotope.map_or(0, |isotope| 1 + u64::from(isotope));
            element | isotope << 8 | (i64::from(charged[k]) + 128) as u64 * (1 << 24)
        };
        let colors = atoms.iter().enumerate().map(color).collect();
        Ok(Self { atoms, colors, neighbors })
    }

    pub(super) fn len(&self) -> usize {
        self.atoms.len()
    }
}

/// The terminal oxygens and nitrogens bound to an atom that has another such neighbour by a bond of the other order, single
/// or double, each with that atom: carboxylates, nitro groups, phosphates, sulfonates, amidines.
fn delocalised_ends(
    neighbors: &[SmallVec<[(usize, u8); 4]>],
    element: &dyn Fn(usize) -> Option<Element>,
) -> Vec<(usize, usize)> {
    let order_of_end = |k: usize| match neighbors[k][..] {
        [(middle, order)] if [Some(Element::O), Some(Element::N)].contains(&element(k)) => Some((middle, order)),
        _ => None,
    };
    let mut ends = Vec::new();
    for k in 0..neighbors.len() {
        let Some((middle, order)) = order_of_end(k) else { continue };
        let partner = match order {
            o if o == BondOrder::Single as u8 => BondOrder::Double as u8,
            o if o == BondOrder::Double as u8 => BondOrder::Single as u8,
            _ => continue,
        };
        let is_partner = |&(other, kind): &(usize, u8)| other != k && kind == partner && order_of_end(other).is_some();
        if neighbors[middle].iter().any(is_partner) {
            ends.push((k, middle));
        }
    }
    ends
}
