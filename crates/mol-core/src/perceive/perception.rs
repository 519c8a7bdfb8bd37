//! All that follows from a molecular graph, found once and asked often.
//!
//! Search, fingerprints, descriptors, force fields and embedding take a [`Perception`] rather than a molecule, so that a
//! program that needs several of them perceives once. Deliberately not here: stereo, and anything that needs coordinates.

use super::aromaticity::aromatize;
use super::hybridization::{conjugated, has_conjugated, hybridization};
use super::valence::{sigma_valence, total_degree};
use super::{Hybridization, Rings};
use crate::{AtomIndex, BondIndex, BondOrder, Element, Molecule, Result};

/// What follows from the graph of a molecule: rings, Kekulé and aromatic form, conjugation, hybridisation, counts of
/// hydrogens and neighbours.
///
/// Everything shares the numbering of the molecule it was perceived from.
///
/// ```
/// use mol_core::{AtomIndex, Molecule, perceive::{Hybridization, Perception}};
/// let formamide = Perception::new(&Molecule::from_smiles("NC=O")?)?;
/// assert_eq!(formamide.hybridization(AtomIndex::new(0)), Hybridization::Sp2); // the lone pair of N is conjugated
/// assert_eq!(formamide.conjugated_bonds(), [true, true]);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Perception {
    rings: Rings,
    kekule: Molecule,
    aromatic: Molecule,
    aromatic_bonds: Vec<bool>,
    conjugated: Vec<bool>,
    hybridizations: Vec<Hybridization>,
    hydrogens: Vec<u8>,
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
        let hydrogens = kekule.atoms().map(|(atom, _)| kekule.hydrogens(atom)).collect();
        Ok(Self { rings, kekule, aromatic, aromatic_bonds, conjugated, hybridizations, hydrogens })
    }

    /// The molecule with its aromatic atoms and bonds marked, as [`Molecule::with_aromaticity`] gives it; a bond with a
    /// direction mark stays single there, which [`order`](Self::order) sees through.
    #[must_use]
    pub const fn molecule(&self) -> &Molecule {
        &self.aromatic
    }

    /// The molecule with single and double bonds only, as [`Molecule::kekulized`] gives it.
    #[must_use]
    pub const fn kekule(&self) -> &Molecule {
        &self.kekule
    }

    /// A smallest set of smallest rings.
    #[must_use]
    pub const fn rings(&self) -> &Rings {
        &self.rings
    }

    /// Whether an atom is aromatic.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn is_aromatic(&self, atom: AtomIndex) -> bool {
        self.aromatic.atom(atom).aromatic
    }

    /// Whether a bond is aromatic, one with a direction mark too.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn is_aromatic_bond(&self, bond: BondIndex) -> bool {
        self.aromatic_bonds[bond.index()]
    }

    /// Whether each bond is aromatic, those with a direction mark too, shape `[bonds]`.
    #[must_use]
    pub fn aromatic_bonds(&self) -> &[bool] {
        &self.aromatic_bonds
    }

    /// Order of a bond: [`BondOrder::Aromatic`] if it is aromatic, else that of the Kekulé form.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn order(&self, bond: BondIndex) -> BondOrder {
        if self.is_aromatic_bond(bond) { BondOrder::Aromatic } else { self.kekule.bond(bond).order }
    }

    /// Whether each bond is part of a conjugated system, shape `[bonds]`.
    #[must_use]
    pub fn conjugated_bonds(&self) -> &[bool] {
        &self.conjugated
    }

    /// Whether an atom has a conjugated bond.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn is_conjugated(&self, atom: AtomIndex) -> bool {
        has_conjugated(&self.kekule, atom, &self.conjugated)
    }

    /// Hybridisation of an atom.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn hybridization(&self, atom: AtomIndex) -> Hybridization {
        self.hybridizations[atom.index()]
    }

    /// Hybridisation of every atom, shape `[atoms]`.
    #[must_use]
    pub fn hybridizations(&self) -> &[Hybridization] {
        &self.hybridizations
    }

    /// Hydrogens of an atom that are not atoms of the graph ([`Molecule::hydrogens`]).
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn implicit_hydrogens(&self, atom: AtomIndex) -> usize {
        usize::from(self.hydrogens[atom.index()])
    }

    /// All hydrogens of an atom, neighbours in the graph and counted ones.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn hydrogens(&self, atom: AtomIndex) -> usize {
        let drawn = |other: &AtomIndex| self.kekule.atom(*other).element == Some(Element::H);
        self.implicit_hydrogens(atom) + self.kekule.neighbors(atom).filter(drawn).count()
    }

    /// Neighbours of an atom, counted hydrogens included.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn total_degree(&self, atom: AtomIndex) -> usize {
        total_degree(&self.kekule, atom)
    }

    /// Valence of an atom: the bond orders of the Kekulé form and all hydrogens.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn valence(&self, atom: AtomIndex) -> usize {
        sigma_valence(&self.kekule, atom)
    }

    /// Whether an atom is on a ring.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn in_ring(&self, atom: AtomIndex) -> bool {
        !self.rings.of_atom(atom).is_empty()
    }

    /// Whether a bond is on a ring.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn is_ring_bond(&self, bond: BondIndex) -> bool {
        !self.rings.of_bond(bond).is_empty()
    }
}
