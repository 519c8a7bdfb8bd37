//! Conjugation and hybridisation.
//!
//! Both are counted from bonds and lone pairs and follow `RDKit`, since force-field types are defined by them: a lone
//! pair beside a π bond makes its atom sp². Deliberately not here: angles or any other use of coordinates.

use super::flat::{Flat, FlatAtom};
use crate::{ChiralClass, Element};

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
pub(super) fn conjugated(kekule: &Flat, aromatic: &[bool]) -> Vec<bool> {
    // Bit 0: it can be part of a conjugated system; bit 1: and carry it on.
    let part = |atom: &FlatAtom| {
        let can = can_conjugate(atom);
        let carries = can && atom.total_degree() <= 3 && atom.pi_electrons().is_some_and(|count| count > 0);
        u8::from(can) | u8::from(carries) << 1
    };
    let parts: Vec<u8> = kekule.atoms.iter().map(part).collect();
    let mut conjugated = aromatic.to_vec();
    for (atom, data) in (0_u32..).zip(&kekule.atoms) {
        if parts[atom as usize] == 0 || !(2..=3).contains(&data.total_degree()) {
            continue;
        }
        for first in kekule.links(atom) {
            let is_pi = aromatic[first.bond as usize] || kekule.is_multiple(first.bond);
            if !is_pi || parts[first.atom as usize] == 0 {
                continue;
            }
            for second in kekule.links(atom) {
                if second.bond != first.bond && parts[second.atom as usize] > 1 {
                    conjugated[first.bond as usize] = true;
                    conjugated[second.bond as usize] = true;
                }
            }
        }
    }
    conjugated
}

/// Not hypervalent, and of the second period or, beyond it, without lone pairs that a third period atom keeps to
/// itself.
fn can_conjugate(atom: &FlatAtom) -> bool {
    if atom.number == 0 {
        return true;
    }
    if atom.charge == 0 && atom.is_hypervalent_as_element() {
        return false;
    }
    let outer = atom.outer();
    atom.number <= 10 || outer != 5 && outer != 6 || outer == 6 && atom.total_degree() < 2
}

pub(super) fn hybridization(atom: &FlatAtom, is_conjugated: impl FnOnce() -> bool) -> Hybridization {
    if atom.number == 0 {
        return Hybridization::Unspecified;
    }
    let degree = atom.total_degree();
    match (atom.class, degree) {
        (None, _) => {}
        (Some(ChiralClass::Tetrahedral), 4) => return Hybridization::Sp3,
        (Some(ChiralClass::SquarePlanar), 2..=4) => return Hybridization::Sp2d,
        (Some(ChiralClass::TrigonalBipyramidal), 2..=5) => return Hybridization::Sp3d,
        (Some(ChiralClass::Octahedral), 2..=6) => return Hybridization::Sp3d2,
        _ => {}
    }
    match degree as i32 + lone_orbitals(atom) {
        ..=1 => Hybridization::S,
        2 => Hybridization::Sp,
        3 => Hybridization::Sp2,
        4 if degree <= 3 && is_conjugated() => Hybridization::Sp2,
        4 => Hybridization::Sp3,
        5 => Hybridization::Sp3d,
        6 => Hybridization::Sp3d2,
        _ => Hybridization::Unspecified,
    }
}

/// Lone pairs and unpaired electrons; negative if bonds and charge ask for more electrons than there are (metals).
fn lone_orbitals(atom: &FlatAtom) -> i32 {
    if atom.number == Element::H.number() {
        return 0;
    }
    let (outer, charge, valence) = (atom.outer(), i32::from(atom.charge), atom.valence as i32);
    let free = outer - valence - charge;
    let unpaired = if valence + outer - charge < 8 { atom.unpaired() as i32 } else { 0 };
    (free - unpaired) / 2 + unpaired
}
