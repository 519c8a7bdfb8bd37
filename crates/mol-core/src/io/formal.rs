//! Formal charges that explicit hydrogens imply, for formats that have none.

use crate::{AtomIndex, BondOrder, Element, MoleculeBuilder};

/// Sum of the bond orders of an atom, aromatic ones counted as one.
pub(super) fn sigma_sum(builder: &MoleculeBuilder, atom: AtomIndex) -> usize {
    let molecule = builder.molecule();
    let order = |order| match order {
        BondOrder::Single | BondOrder::Aromatic => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
    };
    molecule.bonds_of(atom).iter().map(|&bond| order(molecule.bond(bond).order)).sum()
}

/// The charge of an atom all of whose hydrogens are neighbours, by the number of its bonds:
///
/// ```text
/// N, P  4 → +1      O, S  1 → −1, 3 → +1 (S with single bonds only)      B 4 → −1      F, Cl, Br, I  0 → −1
/// N     2 single → −1
/// ```
///
/// and 0 for all else. Only single and multiple bonds, not aromatic ones, may be there.
pub(super) fn implied_charge(builder: &MoleculeBuilder, atom: AtomIndex) -> i8 {
    let molecule = builder.molecule();
    let Some(element) = molecule.atom(atom).element else { return 0 };
    let sum = sigma_sum(builder, atom);
    let degree = molecule.degree(atom);
    match (element, sum) {
        (Element::N | Element::P, 4) | (Element::O, 3) => 1,
        (Element::S, 3) if degree == 3 => 1,
        (Element::O | Element::S, 1) | (Element::B, 4) => -1,
        (Element::N, 2) if degree > 0 => -1,
        (Element::F | Element::CL | Element::BR | Element::I, 0) => -1,
        _ => 0,
    }
}
