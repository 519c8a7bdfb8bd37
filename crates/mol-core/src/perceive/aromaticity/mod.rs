//! Aromaticity of a Kekulé molecule by one of three models.
//!
//! Aromaticity is a convention, and models, force fields and canonical forms are tied to the one they were made with; so
//! the convention is an argument. [`AromaticityModel`] says what each means. Deliberately not here: aromaticity as a
//! physical property.

mod daylight;
mod huckel;
mod mmff94;
mod rdkit;

pub use mmff94::mmff94_aromatic_rings;

use super::flat::Flat;
use super::{Hybridization, Perception, Rings};
use crate::{BondOrder, Molecule, Result};

/// What counts as aromatic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AromaticityModel {
    /// `RDKit`'s, the most common one: Hückel's rule on rings and the outlines of up to six fused rings, where a carbonyl
    /// carbon gives nothing; 2-pyridone, tropone and azulene are aromatic.
    ///
    /// The RDKit Book, section "The RDKit Aromaticity Model".
    #[default]
    Rdkit,
    /// Daylight's, which `OpenSMILES` took over: as [`Rdkit`](Self::Rdkit), but thiophene oxides and nitrogens of five bonds
    /// take part, tellurium, silicon and radicals do not. Elements: B, C, N, O, P, S, As, Se.
    ///
    /// Daylight Theory Manual, section 3.4.2; OpenSMILES specification, version 1.0, section 3.5; where both leave room is
    /// said in docs/methods/perception.md.
    Daylight,
    /// Halgren's for MMFF94: rings that hold 4n + 2 π electrons by themselves, where a lone pair counts in rings of odd size
    /// without a double bond to the outside but into another aromatic ring; neither 2-pyridone nor azulene.
    ///
    /// T. A. Halgren, *J. Comput. Chem.* **17**, 490 (1996).
    Mmff94,
}

/// Which atoms and bonds are aromatic.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    pub(crate) atoms: Vec<bool>,
    pub(crate) bonds: Vec<bool>,
}

impl Marks {
    fn none(flat: &Flat) -> Self {
        Self { atoms: vec![false; flat.atoms.len()], bonds: vec![false; flat.bonds.len()] }
    }
}

pub(super) use rdkit::mark as rdkit_marks;

/// Order of a bond as it is written down, given which bonds are aromatic.
///
/// A wildcard has no valence that would tell what it gives to a ring, so its bonds do: they are aromatic if exactly one of
/// its aromatic bonds is double in the Kekulé form, so that it takes a double bond when it is read again, as the N of
/// pyridine; else they keep their orders, single for one that is like the O of furan.
pub(crate) fn written_order(kekule: &Flat, aromatic: &[bool], bond: u32) -> BondOrder {
    let order = kekule.order(bond);
    if !aromatic[bond as usize] {
        return order;
    }
    let is_double = |bond: u32| aromatic[bond as usize] && kekule.order(bond) == BondOrder::Double;
    let is_told = |atom: u32| {
        kekule.atoms[atom as usize].number != 0
            || kekule.links(atom).iter().filter(|link| is_double(link.bond)).count() == 1
    };
    if kekule.bonds[bond as usize].ends.into_iter().all(is_told) { BondOrder::Aromatic } else { order }
}

/// Marks by a model other than `RDKit`'s.
pub(super) fn marks(model: AromaticityModel, kekule: &Flat, rings: &Rings, hybridizations: &[Hybridization]) -> Marks {
    match model {
        AromaticityModel::Mmff94 => mmff94::mark(kekule, rings, hybridizations),
        AromaticityModel::Rdkit | AromaticityModel::Daylight => daylight::mark(kekule, rings),
    }
}

impl Molecule {
    /// The same molecule with aromatic atoms and bonds marked by Hückel's rule; hydrogen counts, conformers, chirality
    /// and numbering are kept. What is marked already is assigned to single and double bonds first.
    ///
    /// Each atom of a ring gives to the π system
    ///
    /// ```text
    /// 1   with a double bond in a ring, or out of it to an atom that is not more electronegative
    /// 0   with a double bond out of the ring to a more electronegative atom (C=O), or with an empty p orbital (C⁺, B)
    /// 2   with a lone pair (pyrrole N, O, S, C⁻)
    /// ```
    ///
    /// and the ring is aromatic if all of its atoms can take part (at most three neighbours, at most one double bond,
    /// no more bonds than the element's normal valence, elements of the first three periods, Se and Te) and their
    /// electrons number 2 or 4n + 2 ≥ 6. Of rings fused by one bond the outline counts, up to six rings; bonds inside
    /// an outline stay as they are (azulene), and an atom in three of the rings gives nothing. A bond with a direction
    /// mark stays single, so that no stereo is lost; so do the bonds of a wildcard that has no double bond in the ring.
    ///
    /// ```
    /// use mol_core::Molecule;
    /// let furan = Molecule::from_smiles("C1=COC=C1")?.with_aromaticity()?;
    /// assert_eq!(furan.to_smiles(), "c1cocc1");
    /// let cyclooctatetraene = Molecule::from_smiles("C1=CC=CC=CC=C1")?.with_aromaticity()?;
    /// assert!(cyclooctatetraene.atoms().all(|(_, atom)| !atom.aromatic));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds that are there already cannot be assigned.
    ///
    /// Hückel, *Z. Phys.* **70**, 204 (1931); the model: the RDKit Book, section "The RDKit Aromaticity Model".
    pub fn with_aromaticity(&self) -> Result<Self> {
        self.with_aromaticity_model(AromaticityModel::Rdkit)
    }

    /// As [`with_aromaticity`](Self::with_aromaticity), by another model.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::AromaticityModel};
    /// let aromatic = |smiles: &str, model| {
    ///     let marked = Molecule::from_smiles(smiles)?.with_aromaticity_model(model)?;
    ///     Ok::<usize, mol_core::Error>(marked.atoms().filter(|(_, atom)| atom.aromatic).count())
    /// };
    /// let pyridone = "O=C1C=CC=CN1";
    /// assert_eq!(aromatic(pyridone, AromaticityModel::Rdkit)?, 6);
    /// assert_eq!(aromatic(pyridone, AromaticityModel::Daylight)?, 6);
    /// assert_eq!(aromatic(pyridone, AromaticityModel::Mmff94)?, 0);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if aromatic bonds that are there already cannot be assigned.
    pub fn with_aromaticity_model(&self, model: AromaticityModel) -> Result<Self> {
        Ok(Perception::with_model(self, model)?.into_molecule())
    }
}
