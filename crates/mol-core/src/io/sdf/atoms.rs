//! Atom lines, and the format's rules for what they leave out: hydrogens, isotopes, parities.

use super::v2000::{element_of, integer};
use crate::io::lines::excerpt;
use crate::perceive::effective_valences;
use crate::{Atom, AtomIndex, BondOrder, ChiralClass, Chirality, Element, Molecule, Vec3};

/// An atom line with what property lines say about it.
#[derive(Clone, Debug)]
pub(super) struct PlacedAtom {
    pub(super) position: Vec3,
    element: Option<Element>,
    pub(super) isotope: Option<u16>,
    /// The isotope of the symbol: `D` and `T`.
    pub(super) named_isotope: Option<u16>,
    pub(super) charge: i8,
    pub(super) unpaired: u8,
    pub(super) parity: i32,
    /// Total number of bonds and hydrogens, if stated.
    pub(super) valence: Option<usize>,
    /// Number of hydrogens beside the bonds, if stated.
    pub(super) hydrogens: Option<u8>,
    map_number: u32,
}

impl PlacedAtom {
    /// An atom of which nothing else is said.
    pub(super) const fn new(
        position: Vec3,
        element: Option<Element>,
        named_isotope: Option<u16>,
        map_number: u32,
    ) -> Self {
        Self {
            position,
            element,
            isotope: named_isotope,
            named_isotope,
            charge: 0,
            unpaired: 0,
            parity: 0,
            valence: None,
            hydrogens: None,
            map_number,
        }
    }

    /// The atom of a V2000 line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let malformed = || format!("expected an atom line of three coordinates and a symbol, got {:?}", excerpt(line));
        let coordinate = |from: usize| {
            let text = line.get(from..from + 10).ok_or_else(malformed)?.trim();
            let value: f64 = text
                .parse()
                .map_err(|_| format!("expected a coordinate in columns {}-{}, got {text:?}", from + 1, from + 10))?;
            if value.is_finite() { Ok(value) } else { Err(format!("expected a finite coordinate, got {text:?}")) }
        };
        let position = Vec3::new(coordinate(0)?, coordinate(10)?, coordinate(20)?);
        let rest = line.get(31..).ok_or_else(malformed)?;
        let symbol = rest.get(..rest.len().min(3)).ok_or_else(malformed)?.trim();
        let (element, named_isotope) = element_of(symbol)?;
        let mut isotope = named_isotope;
        let field = |from: usize, to: usize| integer(line, from, to).map(|value| value.unwrap_or(0));
        let shift = field(34, 36)?;
        if shift != 0 {
            let base = element.map_or(0, nearest_isotope) + shift;
            isotope = Some(u16::try_from(base).map_err(|_| format!("mass difference {shift} is out of range"))?);
        }
        let (charge, unpaired) = match field(36, 39)? {
            code @ (1..=3 | 5..=7) => ((4 - code) as i8, 0),
            4 => (0, 1),
            0 => (0, 0),
            other => return Err(format!("expected a charge code from 0 to 7, got {other}")),
        };
        let valence = match field(48, 51)? {
            0 => None,
            15 => Some(0),
            count @ 1..=14 => Some(count as usize),
            other => return Err(format!("expected a valence from 0 to 15, got {other}")),
        };
        let map_number = u32::try_from(field(60, 63)?).map_err(|_| "expected an atom map of at least 0".to_owned())?;
        let parity = field(39, 42)?;
        let atom = Self::new(position, element, named_isotope, map_number);
        Ok(Self { isotope, charge, unpaired, parity, valence, ..atom })
    }

    /// The atom without its hydrogens.
    pub(super) const fn bare(&self) -> Atom {
        Atom {
            element: self.element,
            isotope: self.isotope,
            charge: self.charge,
            map_number: self.map_number,
            ..Atom::wildcard()
        }
    }
}

/// Unpaired electrons of a radical code, one or two; a singlet carbene has two that are not bonding either.
pub(super) const fn unpaired_of(code: i64) -> Option<u8> {
    match code {
        0 => Some(0),
        2 => Some(1),
        1 | 3 => Some(2),
        _ => None,
    }
}

/// The isotope that mass differences count from: the standard weight, rounded.
pub(super) fn nearest_isotope(element: Element) -> i32 {
    element.mass().round() as i32
}

/// Hydrogens that an atom has beside its bonds, of which it gives `given` as a donor: they take nothing of its valence.
pub(super) fn hydrogens(molecule: &Molecule, atom: AtomIndex, placed: &PlacedAtom, given: usize) -> Result<u8, String> {
    if let Some(count) = placed.hydrogens {
        return Ok(count);
    }
    let bonds = bond_sum(molecule, atom).saturating_sub(given);
    match placed.valence {
        Some(valence) if valence < bonds => Err(format!("has bonds of order {bonds}, its stated valence is {valence}")),
        Some(valence) => Ok((valence - bonds).min(9) as u8),
        None => Ok(implied_hydrogens(placed.element, placed.charge, placed.unpaired, bonds)),
    }
}

/// Bond orders of an atom; an aromatic system is one double bond, if there is room for it below the lowest valence.
pub(super) fn bond_sum(molecule: &Molecule, atom: AtomIndex) -> usize {
    let orders = || molecule.bonds_of(atom).iter().map(|&bond| molecule.bond(bond).order);
    let sum: usize = orders().map(BondOrder::valence).sum();
    let aromatic = orders().any(|order| order == BondOrder::Aromatic);
    let data = molecule.atom(atom);
    let lowest = data.element.and_then(|element| effective_valences(element, data.charge).first());
    sum + usize::from(aromatic && lowest.is_some_and(|&lowest| sum < lowest))
}

/// Elements whose valence the format fills with hydrogens: the non-metals.
pub(super) const fn is_filled(element: Element) -> bool {
    matches!(element.number(), 5..=9 | 14..=17 | 33..=35 | 52 | 53)
}

/// The hydrogens that fill an atom to its next normal valence, less its unpaired electrons.
pub(super) fn implied_hydrogens(element: Option<Element>, charge: i8, unpaired: u8, bonds: usize) -> u8 {
    let Some(element) = element.filter(|&element| is_filled(element)) else { return 0 };
    let wanted = bonds + usize::from(unpaired);
    let next = effective_valences(element, charge).iter().find(|&&valence| valence >= wanted);
    next.map_or(0, |valence| (valence - wanted) as u8)
}

/// Chirality of a parity (1 odd, 2 even) for the order of neighbours of the molecule.
pub(super) fn chirality_of_parity(molecule: &Molecule, atom: AtomIndex, parity: i32) -> Option<Chirality> {
    let order = parity_order(molecule, atom)?;
    // Seen from the first neighbour of the list 4-1-2-3 with 4 behind: clockwise from the front is anticlockwise from
    // 4.
    let number = match parity {
        1 => 1,
        2 => 2,
        _ => return None,
    };
    Some(Chirality::new(ChiralClass::Tetrahedral, number).expect("the class has the numbers 1 and 2").reordered(&order))
}

/// Parity of an atom's chirality, 0 if it has none.
pub(super) fn parity_of_chirality(molecule: &Molecule, atom: AtomIndex) -> u8 {
    let Some(chirality) = molecule.atom(atom).chirality.filter(|c| c.class() == ChiralClass::Tetrahedral) else {
        return 0;
    };
    let Some(order) = parity_order(molecule, atom) else { return 0 };
    let mut inverse = vec![0; order.len()];
    for (place, &old) in order.iter().enumerate() {
        inverse[old] = place;
    }
    chirality.reordered(&inverse).number()
}

/// The list that a molecule's chirality refers to, as places of the list (highest, lowest, next, next) of parities.
fn parity_order(molecule: &Molecule, atom: AtomIndex) -> Option<Vec<usize>> {
    let hydrogens = usize::from(molecule.hydrogens(atom));
    let neighbors: Vec<AtomIndex> = molecule.neighbors(atom).collect();
    if neighbors.len() + hydrogens > 4 || neighbors.len() < 3 {
        return None;
    }
    // Places in the order of the molecule: hydrogen, neighbours, lone pair.
    let mut list: Vec<usize> = neighbors.iter().map(|neighbor| neighbor.index()).collect();
    if hydrogens == 1 {
        list.insert(0, usize::MAX);
    } else if list.len() == 3 {
        list.push(usize::MAX);
    }
    let mut by_number = list.clone();
    by_number.sort_unstable();
    by_number.rotate_right(1);
    list.iter().map(|number| by_number.iter().position(|other| other == number)).collect()
}
