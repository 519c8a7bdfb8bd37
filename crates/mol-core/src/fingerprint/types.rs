//! The code of one atom in atom pairs and topological torsions.

use super::graph::Graph;
use super::labels::{Label, Labels};
use crate::perceive::{Hybridization, Perception};
use crate::{AtomIndex, BondOrder};

/// Bits of a code: three for neighbours, two for π electrons, four for the element.
pub(super) const CODE_BITS: u32 = 9;
/// More bits for R or S.
pub(super) const LABEL_BITS: u32 = 2;

/// Elements that have a number of their own, by atomic number; all others share the last, 15.
const ELEMENTS: [u8; 15] = [5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 51, 52, 53];

/// Code of each atom, shape `[atoms]`; with `labels` those of R and S differ.
///
/// ```text
/// neighbours mod 7 | (π electrons mod 3) << 3 | element << 5 | label << 9
/// ```
pub(super) fn atom_codes(seen: &Perception, graph: &Graph, labels: Option<&Labels>) -> Vec<u32> {
    let of_atom = |(index, atom): (AtomIndex, &crate::Atom)| {
        let number = atom.element.map_or(0, crate::Element::number);
        let kind = ELEMENTS.binary_search(&number).unwrap_or(15) as u32;
        let label = labels.map_or(0, |labels| match labels.atoms[index.index()] {
            Label::R => 1,
            Label::S => 2,
            Label::None | Label::Ring => 0,
        });
        let degree = graph.degree(index.index()) as u32;
        degree % 7 | (pi_electrons(seen, index) % 3) << 3 | kind << 5 | label << CODE_BITS
    };
    seen.kekule().atoms().map(of_atom).collect()
}

/// One for an aromatic atom, none for an sp³ one, else the bonds beyond the first to each neighbour.
fn pi_electrons(seen: &Perception, atom: AtomIndex) -> u32 {
    if seen.is_aromatic(atom) {
        return 1;
    }
    if seen.hybridization(atom) == Hybridization::Sp3 {
        return 0;
    }
    let extra = |order| match order {
        BondOrder::Single | BondOrder::Aromatic => 0,
        BondOrder::Double => 1,
        BondOrder::Triple => 2,
        BondOrder::Quadruple => 3,
    };
    let molecule = seen.kekule();
    molecule.bonds_of(atom).iter().map(|&bond| extra(molecule.bond(bond).order)).sum()
}
