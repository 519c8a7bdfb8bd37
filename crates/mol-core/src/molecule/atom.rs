//! One atom of a molecule.

use super::Chirality;
use crate::Element;

/// An atom as a line notation states it; what follows from its bonds is asked of the [`Molecule`](crate::Molecule).
///
/// ```
/// use mol_core::{Atom, Element};
/// let ammonium = Atom { charge: 1, hydrogens: Some(4), ..Atom::new(Element::N) };
/// assert_eq!(ammonium.isotope, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Atom {
    /// The element; `None` is the wildcard `*`, an atom of unknown kind.
    pub element: Option<Element>,
    /// Number of protons and neutrons, at most 999; `None` is the natural mixture, `Some(0)` an isotope left open.
    pub isotope: Option<u16>,
    /// Formal charge [e], −99 to 99.
    pub charge: i8,
    /// Hydrogens that are not atoms of the graph: `Some(n)` states them, n ≤ 9 (an atom in SMILES brackets); `None` leaves
    /// them to the normal valence ([`Molecule::hydrogens`](crate::Molecule::hydrogens)).
    pub hydrogens: Option<u8>,
    /// Whether the atom is part of an aromatic system: B, C, N, O, P, S, As, Se and Te can be, wildcards, and, in the model
    /// of `RDKit`, Be, Mg, Al and Si.
    pub aromatic: bool,
    /// Arrangement of the neighbours in space, if stated.
    pub chirality: Option<Chirality>,
    /// Atom-map number (SMILES "atom class") below 2³² − 1, 0 for none.
    pub map_number: u32,
}

impl Atom {
    /// An uncharged atom of natural isotopes whose hydrogens follow from its valence.
    #[must_use]
    pub const fn new(element: Element) -> Self {
        Self {
            element: Some(element),
            isotope: None,
            charge: 0,
            hydrogens: None,
            aromatic: false,
            chirality: None,
            map_number: 0,
        }
    }

    /// The wildcard `*`.
    #[must_use]
    pub const fn wildcard() -> Self {
        Self { element: None, ..Self::new(Element::H) }
    }

    /// Average mass without hydrogens [u]: the isotope's if one is stated (its nucleon number where the mass is not known),
    /// else the standard weight; 0 for the wildcard.
    ///
    /// ```
    /// use mol_core::{Atom, Element};
    /// let deuterium = Atom { isotope: Some(2), ..Atom::new(Element::H) };
    /// assert_eq!(deuterium.mass(), 2.014101778);
    /// ```
    #[must_use]
    pub fn mass(&self) -> f64 {
        match (self.element, self.isotope) {
            (None, _) => 0.0,
            (Some(element), None | Some(0)) => element.mass(),
            (Some(element), Some(nucleons)) => element.isotope_mass(nucleons).unwrap_or_else(|| f64::from(nucleons)),
        }
    }

    /// Whether SMILES writes the atom without brackets, provided that its hydrogens follow from its valence.
    pub(crate) fn is_bare(&self) -> bool {
        let plain =
            Self { hydrogens: self.hydrogens, aromatic: self.aromatic, element: self.element, ..Self::wildcard() };
        *self == plain
            && match self.element {
                None | Some(Element::B | Element::C | Element::N | Element::O | Element::P | Element::S) => true,
                Some(Element::F | Element::CL | Element::BR | Element::I) => !self.aromatic,
                Some(_) => false,
            }
    }

    /// The first broken rule of the field docs, as what must hold.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.isotope.is_some_and(|nucleons| nucleons > 999) {
            Some("of an isotope of at most 999 nucleons")
        } else if !(-99..=99).contains(&self.charge) {
            Some("of a charge from -99 to 99")
        } else if self.map_number == u32::MAX {
            Some("of a map number below 4294967295")
        } else if self.hydrogens.is_some_and(|count| count > 9) {
            Some("of at most 9 hydrogens")
        } else if self.element == Some(Element::H) && self.hydrogens.is_some_and(|count| count > 0) {
            Some("without hydrogens on a hydrogen: make them atoms")
        } else if self.aromatic && !self.element.is_none_or(can_be_aromatic) {
            Some("aromatic only if Be, B, C, N, O, Mg, Al, Si, P, S, As, Se, Te or a wildcard")
        } else {
            None
        }
    }
}

/// The elements that a model of aromaticity can mark.
fn can_be_aromatic(element: Element) -> bool {
    matches!(
        element,
        Element::BE
            | Element::B
            | Element::C
            | Element::N
            | Element::O
            | Element::MG
            | Element::AL
            | Element::SI
            | Element::P
            | Element::S
            | Element::AS
            | Element::SE
            | Element::TE
    )
}
