//! Daylight's model, as `OpenSMILES` took it over.
//!
//! The manual asks for rings of sp² atoms with 4n + 2 π electrons and shows examples; the electrons of an atom are not
//! tabulated there, and the table of `OpenSMILES` is a draft. What is common to both and to the implementations that follow
//! them: a double bond in the ring gives one electron, a lone pair two, an empty orbital none, and a double bond out of the
//! ring leaves an electron unless it leads to a more electronegative atom. Where they leave room: an S=O in the ring keeps
//! its lone pair for the ring, a nitrogen of five bonds counts as the charged form, tellurium and silicon take no part, and
//! n = 0 is taken (cyclopropenylium). Deliberately not here: the rule itself.

use super::super::Rings;
use super::super::flat::Flat;
use super::Marks;
use super::huckel::{self, Donor};
use super::rdkit::is_more_electronegative;
use crate::{BondIndex, BondOrder, Element};

/// Marks what is aromatic, given the symmetrised rings.
pub(super) fn mark(kekule: &Flat, rings: &Rings) -> Marks {
    huckel::mark(kekule, rings, |atom| donor(kekule, rings, atom))
}

/// What an atom on a ring gives.
fn donor(kekule: &Flat, rings: &Rings, atom: u32) -> Donor {
    let data = &kekule.atoms[atom as usize];
    let (mut inside, mut outside) = (None, None);
    for link in kekule.links(atom).iter().filter(|link| kekule.is_multiple(link.bond)) {
        let is_outside = rings.of_bond(BondIndex::new(link.bond as usize)).is_empty();
        let place = if is_outside { &mut outside } else { &mut inside };
        if kekule.order(link.bond) != BondOrder::Double || place.replace(link.atom).is_some() {
            return Donor::Cannot;
        }
    }
    let Some(element) = data.element() else {
        return if inside.is_some() { Donor::One } else { Donor::OneOrTwo };
    };
    let is_oxygen = |other: u32| kekule.atoms[other as usize].number == Element::O.number();
    let has_normal_valence = data.valences().first() == Some(&(data.valence as usize));
    match element {
        _ if data.total_degree() > 3 => Donor::Cannot,
        Element::N if data.charge == 0 && data.valence == 5 => match (inside, outside) {
            (Some(_), Some(other)) if is_oxygen(other) => Donor::One,
            _ => Donor::Cannot,
        },
        Element::S | Element::SE if data.charge == 0 && data.valence == 4 => match (inside, outside) {
            (None, Some(other)) if is_oxygen(other) => Donor::Two,
            _ => Donor::Cannot,
        },
        Element::B
        | Element::C
        | Element::N
        | Element::O
        | Element::P
        | Element::S
        | Element::AS
        | Element::SE
            if has_normal_valence || element == Element::C && data.charge == 1 =>
        {
            match (inside, outside) {
                (Some(_), None) => Donor::One,
                (None, Some(other)) if is_more_electronegative(kekule, other, atom) => Donor::Vacant,
                (None, Some(_)) => Donor::One,
                (Some(_), Some(_)) => Donor::Cannot,
                (None, None) => match data.outer() - i32::from(data.charge) - data.total_degree() as i32 {
                    0 => Donor::Vacant,
                    2.. => Donor::Two,
                    _ => Donor::Cannot,
                },
            }
        }
        _ => Donor::Cannot,
    }
}
