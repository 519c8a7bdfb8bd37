//! Conjugation and hybridisation.
//!
//! Both are counted from bonds and lone pairs and follow `RDKit`, since force-field types are defined by them: a lone
//! pair beside a π bond makes its atom sp². Deliberately not here: angles or any other use of coordinates.

use super::aromaticity::pi_electrons;
use super::valence::{normal_valences, outer_electrons, radical_electrons, sigma_valence, total_degree};
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Element, Molecule};

/// Hybridisation of an atom's orbitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Hybridization {
    /// A wildcard, or more orbitals than the scheme knows.
    Unspecified,
    /// One orbital or none: hydrogen, bare ions.
    S,
    /// Linear.
    Sp,
    /// Trigonal planar, lone pairs beside π bonds included.
    Sp2,
    /// Tetrahedral.
    Sp3,
    /// Square planar, if so marked.
    Sp2d,
    /// Five orbitals.
    Sp3d,
    /// Six orbitals.
    Sp3d2,
}

/// Whether each bond is conjugated, shape `[bonds]`.
pub(super) fn conjugated(kekule: &Molecule, aromatic: &[bool]) -> Vec<bool> {
    let mut conjugated = aromatic.to_vec();
    for (atom, _) in kekule.atoms().filter(|&(atom, _)| can_conjugate(kekule, atom)) {
        if !(2..=3).contains(&total_degree(kekule, atom)) {
            continue;
        }
        let is_pi = |bond: BondIndex| aromatic[bond.index()] || kekule.bond(bond).order > BondOrder::Single;
        for &first in kekule.bonds_of(atom) {
            if !is_pi(first) || !can_conjugate(kekule, kekule.bond(first).other(atom)) {
                continue;
            }
            for &second in kekule.bonds_of(atom).iter().filter(|&&second| second != first) {
                let beyond = kekule.bond(second).other(atom);
                if total_degree(kekule, beyond) <= 3
                    && can_conjugate(kekule, beyond)
                    && pi_electrons(kekule, beyond).is_some_and(|count| count > 0)
                {
                    conjugated[first.index()] = true;
                    conjugated[second.index()] = true;
                }
            }
        }
    }
    conjugated
}

/// Not hypervalent, and of the second period or, beyond it, without lone pairs that a third period atom keeps to
/// itself.
fn can_conjugate(kekule: &Molecule, atom: AtomIndex) -> bool {
    let data = kekule.atom(atom);
    let Some(element) = data.element else { return true };
    let exceeds = |&lowest: &usize| sigma_valence(kekule, atom) > lowest;
    if data.charge == 0 && normal_valences(element).first().is_some_and(exceeds) {
        return false;
    }
    let outer = outer_electrons(element);
    element.number() <= 10 || outer != 5 && outer != 6 || outer == 6 && total_degree(kekule, atom) < 2
}

pub(super) fn has_conjugated(molecule: &Molecule, atom: AtomIndex, conjugated: &[bool]) -> bool {
    molecule.bonds_of(atom).iter().any(|bond| conjugated[bond.index()])
}

pub(super) fn hybridization(kekule: &Molecule, atom: AtomIndex, conjugated: &[bool]) -> Hybridization {
    let data = kekule.atom(atom);
    let Some(element) = data.element else { return Hybridization::Unspecified };
    let degree = total_degree(kekule, atom);
    match (data.chirality.map(crate::Chirality::class), degree) {
        (Some(ChiralClass::Tetrahedral), 4) => return Hybridization::Sp3,
        (Some(ChiralClass::SquarePlanar), 2..=4) => return Hybridization::Sp2d,
        (Some(ChiralClass::TrigonalBipyramidal), 2..=5) => return Hybridization::Sp3d,
        (Some(ChiralClass::Octahedral), 2..=6) => return Hybridization::Sp3d2,
        _ => {}
    }
    match degree as i32 + lone_orbitals(kekule, atom, element) {
        ..=1 => Hybridization::S,
        2 => Hybridization::Sp,
        3 => Hybridization::Sp2,
        4 if degree <= 3 && has_conjugated(kekule, atom, conjugated) => Hybridization::Sp2,
        4 => Hybridization::Sp3,
        5 => Hybridization::Sp3d,
        6 => Hybridization::Sp3d2,
        _ => Hybridization::Unspecified,
    }
}

/// Lone pairs and unpaired electrons; negative if bonds and charge ask for more electrons than there are (metals).
fn lone_orbitals(kekule: &Molecule, atom: AtomIndex, element: Element) -> i32 {
    if element == Element::H {
        return 0;
    }
    let outer = outer_electrons(element);
    let charge = i32::from(kekule.atom(atom).charge);
    let valence = sigma_valence(kekule, atom) as i32;
    let free = outer - valence - charge;
    let unpaired = if valence + outer - charge < 8 { radical_electrons(kekule, atom) as i32 } else { 0 };
    (free - unpaired) / 2 + unpaired
}
