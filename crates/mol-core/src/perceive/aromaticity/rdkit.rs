//! `RDKit`'s model.
//!
//! Electrons each atom gives to the π system are read off its bonds. The peculiarities (carbonyl carbons in rings, azulene's
//! inner bond) are kept, because models and force fields are trained on it. Deliberately not here: the rule itself.

use super::super::Rings;
use super::super::flat::Flat;
use super::Marks;
use super::huckel::{self, Donor};
use crate::Element;

/// Marks what is aromatic, given the symmetrised rings.
pub(in crate::perceive) fn mark(kekule: &Flat, rings: &Rings) -> Marks {
    huckel::mark(kekule, rings, |atom| donor(kekule, rings, atom))
}

/// What an atom on a ring gives.
fn donor(kekule: &Flat, rings: &Rings, atom: u32) -> Donor {
    let data = &kekule.atoms[atom as usize];
    let (mut outside, mut inside, mut multiple) = (None, None, 0);
    for link in kekule.links(atom).iter().filter(|link| kekule.is_multiple(link.bond)) {
        multiple += 1;
        let is_outside = rings.of_bond(crate::BondIndex::new(link.bond as usize)).is_empty();
        let place = if is_outside { &mut outside } else { &mut inside };
        place.get_or_insert(link.atom);
    }
    if data.number == 0 {
        return if inside.is_some() { Donor::One } else { Donor::OneOrTwo };
    }
    let is_candidate = (data.number <= 18 || [Element::SE, Element::TE].map(Element::number).contains(&data.number))
        && multiple <= 1
        && !data.is_hypervalent()
        && (data.unpaired() == 0 || data.number == Element::C.number() && data.charge == 0);
    if !is_candidate {
        return Donor::Cannot;
    }
    let is_stolen = outside.is_some_and(|other| is_more_electronegative(kekule, other, atom));
    match data.pi_electrons() {
        Some(0) if outside.is_some() => Donor::Vacant,
        Some(0) if inside.is_some() => Donor::One,
        None | Some(0) => Donor::Cannot,
        Some(1) if is_stolen => Donor::Vacant,
        Some(1) if outside.is_some() || inside.is_some() => Donor::One,
        // The cations of tropylium and cyclopropenyl.
        Some(1) => {
            if data.charge == 1 {
                Donor::Vacant
            } else {
                Donor::Cannot
            }
        }
        Some(count) if (count - u32::from(is_stolen)) % 2 == 1 => Donor::One,
        Some(_) => Donor::Two,
    }
}

/// Whether `a` is more electronegative than `b`, as the columns and rows of the table have it.
pub(super) fn is_more_electronegative(kekule: &Flat, a: u32, b: u32) -> bool {
    let [a, b] = [a, b].map(|atom| &kekule.atoms[atom as usize]);
    a.number != 0 && (a.outer() > b.outer() || a.outer() == b.outer() && a.number < b.number)
}
