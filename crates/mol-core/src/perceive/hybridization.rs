//! Conjugation and hybridisation.
//!
//! Both are counted from bonds and lone pairs and follow `RDKit`, since force-field types are defined by them: a lone
//! pair beside a π bond makes its atom sp². Deliberately not here: angles or any other use of coordinates.

use super::Rings;
use super::aromaticity::{aromatize, pi_electrons};
use super::valence::{normal_valences, outer_electrons, radical_electrons, sigma_valence, total_degree};
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Element, Molecule, Result};

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

/// What follows from the graph of a molecule: rings, Kekulé and aromatic form, conjugation, hybridisation.
///
/// All lists and molecules share the numbering of the molecule they were perceived from.
///
/// ```
/// use mol_core::{Molecule, perceive::{Hybridization, Perception}};
/// let formamide = Perception::new(&Molecule::from_smiles("NC=O")?)?;
/// assert_eq!(formamide.hybridizations, [Hybridization::Sp2; 3]); // the lone pair of N is conjugated
/// assert_eq!(formamide.conjugated, [true, true]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Perception {
    /// A smallest set of smallest rings.
    pub rings: Rings,
    /// The molecule with single and double bonds only ([`Molecule::kekulized`]).
    pub kekule: Molecule,
    /// The molecule with its aromatic atoms and bonds marked ([`Molecule::with_aromaticity`]).
    pub aromatic: Molecule,
    /// Whether each bond is aromatic, shape `[bonds]`; unlike in `aromatic`, bonds with a direction mark are too.
    pub aromatic_bonds: Vec<bool>,
    /// Whether each bond is part of a conjugated system, shape `[bonds]`.
    pub conjugated: Vec<bool>,
    /// Shape `[atoms]`.
    pub hybridizations: Vec<Hybridization>,
}

impl Perception {
    /// Perceives `molecule`, whether its aromatic bonds are marked or written out.
    ///
    /// A bond is conjugated if it is aromatic, is a π bond of an atom with two or three neighbours, or stands beside
    /// one and leads to an atom of at most three neighbours that has π electrons or a lone pair. An atom has
    ///
    /// ```text
    /// orbitals = neighbours + lone pairs + unpaired electrons
    /// ```
    ///
    /// 2 are sp, 3 sp², 4 sp³, 5 sp³d, 6 sp³d²; 4 are sp² if the atom has at most three neighbours and a conjugated
    /// bond.
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
    pub fn new(molecule: &Molecule) -> Result<Self> {
        let kekule = molecule.kekulized()?;
        let rings = Rings::new(&kekule);
        let (aromatic, aromatic_bonds) = aromatize(&kekule);
        let conjugated = conjugated(&kekule, &aromatic_bonds);
        let hybridizations = kekule.atoms().map(|(atom, _)| hybridization(&kekule, atom, &conjugated)).collect();
        Ok(Self { rings, kekule, aromatic, aromatic_bonds, conjugated, hybridizations })
    }

    /// Hybridisation of one atom.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn hybridization(&self, atom: AtomIndex) -> Hybridization {
        self.hybridizations[atom.index()]
    }

    /// Whether an atom has a conjugated bond.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn is_conjugated(&self, atom: AtomIndex) -> bool {
        has_conjugated(&self.kekule, atom, &self.conjugated)
    }
}

fn conjugated(kekule: &Molecule, aromatic: &[bool]) -> Vec<bool> {
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

fn has_conjugated(molecule: &Molecule, atom: AtomIndex, conjugated: &[bool]) -> bool {
    molecule.bonds_of(atom).iter().any(|bond| conjugated[bond.index()])
}

fn hybridization(kekule: &Molecule, atom: AtomIndex, conjugated: &[bool]) -> Hybridization {
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
