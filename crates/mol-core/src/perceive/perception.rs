//! All that follows from a molecular graph, found once and asked often.
//!
//! Search, fingerprints, descriptors, force fields and embedding take a [`Perception`] rather than a molecule, so that a
//! program that needs several of them perceives once. Deliberately not here: stereo, and anything that needs coordinates.

use super::aromaticity::{AromaticityModel, Marks, marks, rdkit_marks, written_order};
use super::blocks::Blocks;
use super::flat::Flat;
use super::hybridization::{conjugated, hybridization};
use super::kekulize::assign;
use super::sssr::{Cycles, Selection};
use super::{Hybridization, Rings};
use crate::{AtomIndex, BondIndex, BondOrder, Element, Molecule, Result};
use std::sync::OnceLock;

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
#[derive(Clone, Debug)]
pub struct Perception {
    model: AromaticityModel,
    rings: Rings,
    /// Left out where it is the same.
    symmetrized: Option<Box<Rings>>,
    /// For each bond whether it is on a ring, where the lists of rings are not complete.
    on_ring: Option<Box<[bool]>>,
    /// Atoms and bonds of the Kekulé form.
    flat: Flat,
    /// The Kekulé form as a molecule, made when it is first asked for.
    kekule: OnceLock<Molecule>,
    aromatic: Molecule,
    aromatic_bonds: Vec<bool>,
    /// Conjugation and hybridisation, found when first asked for.
    electrons: OnceLock<Electrons>,
    /// What substructure search asks, made when it is first asked for.
    search: OnceLock<Box<crate::smarts::Table>>,
}

/// What the π electrons make of bonds and atoms.
#[derive(Clone, Debug, PartialEq)]
struct Electrons {
    conjugated: Vec<bool>,
    hybridizations: Vec<Hybridization>,
}

impl Electrons {
    /// `aromatic` bonds are those of the default model.
    fn new(flat: &Flat, aromatic: &[bool]) -> Self {
        let conjugated = conjugated(flat, aromatic);
        let is_conjugated = |atom: u32| flat.links(atom).iter().any(|link| conjugated[link.bond as usize]);
        let atoms = (0_u32..).zip(&flat.atoms);
        let hybridizations = atoms.map(|(k, atom)| hybridization(atom, || is_conjugated(k))).collect();
        Self { conjugated, hybridizations }
    }
}

/// Equal if everything perceived is; the molecules are compared as [`Molecule`] does.
impl PartialEq for Perception {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model
            && self.aromatic == other.aromatic
            && self.kekule() == other.kekule()
            && self.rings == other.rings
            && self.aromatic_bonds == other.aromatic_bonds
            && self.electrons() == other.electrons()
    }
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
        Self::with_model(molecule, AromaticityModel::default())
    }

    /// As [`new`](Self::new), with aromatic atoms and bonds by another model. Conjugation and hybridisation do not depend on
    /// it: they are those of the default model.
    ///
    /// ```
    /// use mol_core::{AtomIndex, Molecule, perceive::{AromaticityModel, Perception}};
    /// let pyridone = Molecule::from_smiles("O=C1C=CC=CN1")?;
    /// let mmff94 = Perception::with_model(&pyridone, AromaticityModel::Mmff94)?;
    /// assert!(Perception::new(&pyridone)?.is_aromatic(AtomIndex::new(1)) && !mmff94.is_aromatic(AtomIndex::new(1)));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds cannot be assigned.
    pub fn with_model(molecule: &Molecule, model: AromaticityModel) -> Result<Self> {
        let mut flat = Flat::new(molecule);
        assign(&mut flat)?;
        let blocks = Blocks::new(&flat);
        let cycles = Cycles::new(&flat, &blocks);
        let on_ring =
            (!cycles.is_complete(Selection::Basis)).then(|| blocks.ring_bonds(flat.bonds.len()).into_boxed_slice());
        let rings = Rings::select(&flat, &cycles, Selection::Basis);
        let symmetrized = (!cycles.is_basis()).then(|| Box::new(Rings::select(&flat, &cycles, Selection::Relevant)));
        let mut marked = rdkit_marks(&flat, symmetrized.as_deref().unwrap_or(&rings));
        let electrons = OnceLock::new();
        if model != AromaticityModel::Rdkit {
            let of_default = electrons.get_or_init(|| Electrons::new(&flat, &marked.bonds));
            marked = marks(model, &flat, symmetrized.as_deref().unwrap_or(&rings), &of_default.hybridizations);
        }
        let aromatic = molecule.marked(&flat, &marked);
        let Marks { bonds: aromatic_bonds, .. } = marked;
        let (kekule, search) = (OnceLock::new(), OnceLock::new());
        Ok(Self { model, rings, symmetrized, on_ring, flat, kekule, aromatic, aromatic_bonds, electrons, search })
    }

    /// Made from the aromatic bonds kept, which are those of the default model unless this was made with them.
    fn electrons(&self) -> &Electrons {
        self.electrons.get_or_init(|| Electrons::new(&self.flat, &self.aromatic_bonds))
    }

    /// The molecule with its aromatic atoms and bonds marked.
    pub(super) fn into_molecule(self) -> Molecule {
        self.aromatic
    }

    pub(crate) const fn flat(&self) -> &Flat {
        &self.flat
    }

    pub(crate) fn search_table(&self) -> &crate::smarts::Table {
        self.search.get_or_init(|| Box::new(crate::smarts::Table::new(self)))
    }

    /// The model of aromaticity.
    #[must_use]
    pub const fn model(&self) -> AromaticityModel {
        self.model
    }

    /// The molecule with its aromatic atoms and bonds marked, as [`Molecule::with_aromaticity`] gives it; a bond with a
    /// direction mark stays single there, which [`order`](Self::order) sees through.
    #[must_use]
    pub const fn molecule(&self) -> &Molecule {
        &self.aromatic
    }

    /// The molecule with single and double bonds only, as [`Molecule::kekulized`] gives it.
    #[must_use]
    pub fn kekule(&self) -> &Molecule {
        self.kekule.get_or_init(|| {
            let mut kekule = self.aromatic.clone();
            kekule.rewrite(|bond| self.flat.order(bond), |_| false);
            kekule
        })
    }

    /// A smallest set of smallest rings.
    #[must_use]
    pub const fn rings(&self) -> &Rings {
        &self.rings
    }

    /// The rings without a choice among equals ([`Rings::symmetrized`]), which queries such as `[R2]` count.
    #[must_use]
    pub fn symmetrized_rings(&self) -> &Rings {
        self.symmetrized.as_deref().unwrap_or(&self.rings)
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
        if self.is_aromatic_bond(bond) { BondOrder::Aromatic } else { self.kekule_order(bond) }
    }

    /// Order of a bond in the Kekulé form.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn kekule_order(&self, bond: BondIndex) -> BondOrder {
        self.flat.order(bond.index() as u32)
    }

    /// Order of a bond as it is written down: as [`order`](Self::order), but for wildcards ([`written_order`]).
    pub(crate) fn written_order(&self, bond: BondIndex) -> BondOrder {
        written_order(&self.flat, &self.aromatic_bonds, bond.index() as u32)
    }

    /// Whether each bond is part of a conjugated system, shape `[bonds]`.
    #[must_use]
    pub fn conjugated_bonds(&self) -> &[bool] {
        &self.electrons().conjugated
    }

    /// Whether an atom has a conjugated bond.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn is_conjugated(&self, atom: AtomIndex) -> bool {
        let conjugated = self.conjugated_bonds();
        self.flat.links(atom.index() as u32).iter().any(|link| conjugated[link.bond as usize])
    }

    /// Hybridisation of an atom.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn hybridization(&self, atom: AtomIndex) -> Hybridization {
        self.hybridizations()[atom.index()]
    }

    /// Hybridisation of every atom, shape `[atoms]`.
    #[must_use]
    pub fn hybridizations(&self) -> &[Hybridization] {
        &self.electrons().hybridizations
    }

    /// Hydrogens of an atom that are not atoms of the graph ([`Molecule::hydrogens`]).
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn implicit_hydrogens(&self, atom: AtomIndex) -> usize {
        usize::from(self.flat.atoms[atom.index()].hydrogens)
    }

    /// All hydrogens of an atom, neighbours in the graph and counted ones.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn hydrogens(&self, atom: AtomIndex) -> usize {
        let links = self.flat.links(atom.index() as u32).iter();
        let drawn = links.filter(|link| self.flat.atoms[link.atom as usize].number == Element::H.number());
        self.implicit_hydrogens(atom) + drawn.count()
    }

    /// Neighbours of an atom, counted hydrogens included.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn total_degree(&self, atom: AtomIndex) -> usize {
        self.flat.atoms[atom.index()].total_degree() as usize
    }

    /// Valence of an atom: the bond orders of the Kekulé form and all hydrogens.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn valence(&self, atom: AtomIndex) -> usize {
        self.flat.atoms[atom.index()].valence as usize
    }

    /// Whether an atom is on a ring, of whatever size.
    ///
    /// # Panics
    /// If `atom` is not of the molecule.
    #[must_use]
    pub fn in_ring(&self, atom: AtomIndex) -> bool {
        match &self.on_ring {
            None => !self.rings.of_atom(atom).is_empty(),
            Some(on_ring) => self.flat.links(atom.index() as u32).iter().any(|link| on_ring[link.bond as usize]),
        }
    }

    /// Whether a bond is on a ring, of whatever size.
    ///
    /// # Panics
    /// If `bond` is not of the molecule.
    #[must_use]
    pub fn is_ring_bond(&self, bond: BondIndex) -> bool {
        match &self.on_ring {
            None => !self.rings.of_bond(bond).is_empty(),
            Some(on_ring) => on_ring[bond.index()],
        }
    }
}
