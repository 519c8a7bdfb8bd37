//! Valences as the models of this module count them.

use crate::{AtomIndex, BondOrder, Element, Molecule};

/// Normal valences of an element, ascending; empty where none is known.
pub(super) const fn normal_valences(element: Element) -> &'static [usize] {
    match element.number() {
        1 | 3 | 9 | 11 | 17 | 19 | 35 | 37 | 55 | 85 | 87 => &[1],
        2 | 10 | 18 | 36 | 86 => &[0],
        4 | 8 | 12 | 20 | 38 | 56 | 88 => &[2],
        5 | 7 | 13 | 31 | 49 => &[3],
        6 | 14 | 32 => &[4],
        15 | 33 | 51 | 83 => &[3, 5],
        16 | 34 | 52 | 84 => &[2, 4, 6],
        50 | 82 => &[2, 4],
        53 => &[1, 3, 5],
        54 => &[0, 2, 4, 6],
        _ => &[],
    }
}

/// Normal valences of a charged atom: those of the neutral element with as many electrons. Nitrogen may also have five
/// bonds, as nitro groups are drawn.
pub(crate) fn effective_valences(element: Element, charge: i8) -> &'static [usize] {
    if element == Element::N && charge == 0 {
        return &[3, 5];
    }
    let number = i16::from(element.number()) - i16::from(charge);
    match u8::try_from(number).ok().and_then(|number| Element::from_number(number).ok()) {
        // Beyond the noble gas of its period an atom has given or taken more than its shell holds.
        Some(like) => normal_valences(like),
        None => &[],
    }
}

/// Valence electrons: of the outer shell, of transition metals also the open d shell (of group 12 not), as `RDKit`
/// counts them for all elements that form bonds it knows.
pub(super) fn outer_electrons(element: Element) -> i32 {
    let number = i32::from(element.number());
    match number {
        30 | 48 | 80 | 112 => 2,
        1 | 2 => number,
        3..=10 => number - 2,
        11..=18 => number - 10,
        19..=29 => number - 18,
        31..=36 => number - 28,
        37..=47 => number - 36,
        49..=54 => number - 46,
        55..=71 => number - 54,
        72..=79 => number - 68,
        81..=86 => number - 78,
        _ => number - 86,
    }
}

/// Bonds and hydrogens of an atom with each aromatic bond counted as single.
pub(super) fn sigma_valence(molecule: &Molecule, atom: AtomIndex) -> usize {
    let order = |order| match order {
        BondOrder::Single | BondOrder::Aromatic => 1,
        BondOrder::Double => 2,
        BondOrder::Triple => 3,
        BondOrder::Quadruple => 4,
    };
    let bonds: usize = molecule.bonds_of(atom).iter().map(|&bond| order(molecule.bond(bond).order)).sum();
    bonds + usize::from(molecule.hydrogens(atom))
}

/// Neighbours, hydrogens included.
pub(in crate::perceive) fn total_degree(molecule: &Molecule, atom: AtomIndex) -> usize {
    molecule.degree(atom) + usize::from(molecule.hydrogens(atom))
}

/// Unpaired electrons of an atom of a Kekulé molecule: what it lacks of its lowest normal valence.
pub(crate) fn radical_electrons(molecule: &Molecule, atom: AtomIndex) -> usize {
    let data = molecule.atom(atom);
    let valences = data.element.map_or(&[][..], |element| effective_valences(element, data.charge));
    valences.first().map_or(0, |lowest| lowest.saturating_sub(sigma_valence(molecule, atom)))
}
