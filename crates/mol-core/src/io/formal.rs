//! Formal charges that explicit hydrogens imply, for formats that have none.

use crate::{AtomIndex, Element, MoleculeBuilder};

/// Sum of the bond orders of an atom, aromatic ones counted as one.
pub(super) fn sigma_sum(builder: &MoleculeBuilder, atom: AtomIndex) -> usize {
    let molecule = builder.molecule();
    molecule.bonds_of(atom).iter().map(|&bond| molecule.bond(bond).order.valence()).sum()
}

/// The charge of an atom all of whose hydrogens are neighbours, by the number of its bonds:
///
/// ```text
/// N, P  4 → +1      O, S  1 → −1, 3 → +1 (S with single bonds only)      B, Al 4 → −1     F, Cl, Br, I  0 → −1
/// N     2 → −1      S     4 single → +2             C 3, a triple bond → −1 (isocyanide)
/// P, As, Sb  6 → −1       Si 6 → −2                 Cl, Br, I, single bonds to oxygen only: 2 → +1, 3 → +2, 4 → +3, 6 → +1
/// alone: Li Na K Rb Cs → +1    Mg Ca Sr Ba Zn Cd → +2    Al → +3
/// ```
///
/// and 0 for all else: metals of several charges have none, nor have H and carbon, whose cations, anions and radicals have the
/// same bonds. Only single and multiple bonds, not aromatic ones, may be there.
pub(super) fn implied_charge(builder: &MoleculeBuilder, atom: AtomIndex) -> i8 {
    let molecule = builder.molecule();
    let Some(element) = molecule.atom(atom).element else { return 0 };
    let sum = sigma_sum(builder, atom);
    let degree = molecule.degree(atom);
    let is_oxide = || molecule.neighbors(atom).all(|other| molecule.atom(other).element == Some(Element::O));
    match (element, sum) {
        (Element::N | Element::P, 4) | (Element::O, 3) => 1,
        (_, 6) if matches!(element.number(), 15 | 33 | 51) => -1,
        (Element::SI, 6) if degree == 6 => -2,
        (Element::S, 3) if degree == 3 => 1,
        (Element::S, 4) if degree == 4 => 2,
        (Element::CL | Element::BR | Element::I, 2..=4 | 6) if sum == degree && is_oxide() => match sum {
            3 => 2,
            4 => 3,
            _ => 1,
        },
        (Element::O | Element::S, 1)
        | (Element::B | Element::AL, 4)
        | (Element::F | Element::CL | Element::BR | Element::I, 0) => -1,
        (Element::N, 2) if degree > 0 => -1,
        (Element::C, 3) if degree == 1 => -1,
        (_, 0) => match element.number() {
            3 | 11 | 19 | 37 | 55 => 1,
            12 | 20 | 30 | 38 | 48 | 56 => 2,
            13 => 3,
            _ => 0,
        },
        _ => 0,
    }
}
