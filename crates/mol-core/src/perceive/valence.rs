//! Valences as the models of this module count them.

use super::flat::{FlatAtom, pairs};
use crate::{AtomIndex, Element, Molecule};

/// Normal valences of an element by its number, ascending; empty where none is known.
pub(super) const fn normal_valences(number: u8) -> &'static [usize] {
    match number {
        1 | 3 | 9 | 11 | 17 | 19 | 35 | 37 | 55 | 87 => &[1],
        2 | 10 | 18 | 36 | 86 => &[0],
        4 | 8 | 12 | 20 | 38 | 56 | 88 => &[2],
        5 | 7 | 13 | 31 | 49 => &[3],
        6 | 14 | 32 => &[4],
        15 | 33 | 51 | 83 => &[3, 5],
        16 | 34 | 52 | 84 => &[2, 4, 6],
        50 | 82 => &[2, 4],
        53 | 85 => &[1, 3, 5],
        54 => &[0, 2, 4, 6],
        _ => &[],
    }
}

/// Normal valences of a charged atom: those of the neutral element with as many electrons. Nitrogen may also have five
/// bonds, as nitro groups are drawn.
pub(crate) const fn effective_valences(element: Element, charge: i8) -> &'static [usize] {
    effective(element.number(), charge)
}

const fn effective(number: u8, charge: i8) -> &'static [usize] {
    if number == Element::N.number() && charge == 0 {
        return &[3, 5];
    }
    // Beyond the noble gas of its period an atom has given or taken more than its shell holds.
    let like = number as i16 - charge as i16;
    if like < 1 || like > Element::COUNT as i16 { &[] } else { normal_valences(like as u8) }
}

/// Valence electrons as `RDKit` counts them: of the outer shell, of transition metals also the open d shell (of group 12
/// and from rutherfordium on not), of lanthanides and actinides from the third on the f shell but for two.
const fn outer_electrons(number: i32) -> i32 {
    match number {
        30 | 48 | 80 | 104.. => 2,
        1 | 2 => number,
        3..=10 => number - 2,
        11..=18 => number - 10,
        19..=29 => number - 18,
        31..=36 => number - 28,
        37..=47 => number - 36,
        49..=54 => number - 46,
        55..=58 => number - 54,
        59..=71 => number - 56,
        72..=79 => number - 68,
        81..=86 => number - 78,
        91..=103 => number - 88,
        _ => number - 86,
    }
}

/// [`outer_electrons`] by atomic number, none for the wildcard.
static OUTER: [i32; Element::COUNT + 1] = {
    let mut outer = [0; Element::COUNT + 1];
    let mut number = 1;
    while number <= Element::COUNT {
        outer[number] = outer_electrons(number as i32);
        number += 1;
    }
    outer
};

/// Bonds and hydrogens of an atom with each aromatic bond counted as single.
fn sigma_valence(molecule: &Molecule, atom: AtomIndex) -> usize {
    let bonds: u32 = molecule.bonds_of(atom).iter().map(|&bond| pairs(molecule.bond(bond).order)).sum();
    bonds as usize + usize::from(molecule.hydrogens(atom))
}

/// Unpaired electrons of an atom of a Kekulé molecule; see [`unpaired_electrons`].
pub(crate) fn radical_electrons(molecule: &Molecule, atom: AtomIndex) -> usize {
    let data = molecule.atom(atom);
    unpaired_electrons(data.element, data.charge, sigma_valence(molecule, atom), molecule.degree(atom))
}

/// Unpaired electrons of an atom, all of whose hydrogens are counted in its valence, as `RDKit` counts them.
///
/// ```text
/// min(s − e − v + q, e − v − q)     what the shell of s = 8 (H and He 2) lacks, what of e valence electrons is not in a bond
/// ```
///
/// with v bonds and the charge q. Where the first is negative, the nearest normal valence above counts instead of the
/// shell; where the second is, it says nothing. An element without normal valences (a transition metal) has none in a
/// bond, else e − q modulo 2.
pub(crate) fn unpaired_electrons(element: Option<Element>, charge: i8, valence: usize, degree: usize) -> usize {
    let Some(element) = element else { return 0 };
    let number = element.number();
    let (outer, charge, valence) = (OUTER[usize::from(number)], i32::from(charge), valence as i32);
    let normal = normal_valences(number);
    if normal.is_empty() {
        let free = outer - charge;
        return usize::from(degree == 0 && free > 0 && free % 2 == 1);
    }
    let shell = if number <= 2 { 2 } else { 8 };
    let mut lacks = shell - outer - valence + charge;
    if lacks < 0 {
        let more = || normal.iter().map(|&normal| normal as i32 - valence + charge).find(|&free| free >= 0);
        lacks = if normal.len() > 1 { more().unwrap_or(0) } else { 0 };
    }
    let free = outer - valence - charge;
    usize::try_from(if free >= 0 { lacks.min(free) } else { lacks }).unwrap_or(0)
}

/// What models of electrons ask of an atom of a Kekulé molecule.
impl FlatAtom {
    pub(super) fn element(&self) -> Option<Element> {
        Element::from_number(self.number).ok()
    }

    /// Normal valences of the atom with its charge.
    pub(super) fn valences(&self) -> &'static [usize] {
        if self.number == 0 { &[] } else { effective(self.number, self.charge) }
    }

    /// Whether it has more bonds than its lowest normal valence.
    pub(super) fn is_hypervalent(&self) -> bool {
        self.valences().first().is_some_and(|&lowest| self.valence as usize > lowest)
    }

    /// Whether it has more bonds than the lowest normal valence of its element, uncharged (for nitrogen three).
    pub(super) fn is_hypervalent_as_element(&self) -> bool {
        normal_valences(self.number).first().is_some_and(|&lowest| self.valence as usize > lowest)
    }

    /// Unpaired electrons: what it lacks of its lowest normal valence.
    pub(super) fn unpaired(&self) -> u32 {
        self.valences().first().map_or(0, |&lowest| (lowest as u32).saturating_sub(self.valence))
    }

    /// Valence electrons of the element.
    pub(super) const fn outer(&self) -> i32 {
        OUTER[self.number as usize]
    }

    /// Electrons it can give to a π system; `None` if it has no part in one: univalent elements, more than three
    /// neighbours.
    pub(super) fn pi_electrons(&self) -> Option<u32> {
        let valence = *normal_valences(self.number).first()? as i32;
        let degree = self.total_degree();
        if valence <= 1 || degree > 3 {
            return None;
        }
        let lone = (self.outer() - valence - i32::from(self.charge)).max(0);
        let free = valence - degree as i32 + lone - self.unpaired() as i32;
        let free = if free > 1 && self.valence - degree > 1 { 1 } else { free };
        u32::try_from(free).ok()
    }
}
