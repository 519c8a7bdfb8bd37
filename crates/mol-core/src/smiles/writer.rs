//! The ways of writing a molecule as SMILES.

use super::sheet::Sheet;
use super::write::{Explicit, write};
use crate::canon::{Budget, Scope, Stereo, canonical};
use crate::perceive::Perception;
use crate::{AtomIndex, Molecule, Result, Rng};

/// In which order atoms are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum SmilesOrder {
    /// One order for all spellings; the molecule is brought to its canonical form ([`Canonical`](crate::Canonical)).
    #[default]
    Canonical,
    /// By the numbers of the atoms, as far as a depth-first walk allows; the molecule is written as it is.
    AsNumbered,
}

/// How to write a molecule.
///
/// ```
/// use mol_core::{Molecule, smiles::{SmilesOrder, SmilesWriter}};
/// let phenol = Molecule::from_smiles("c1ccccc1[C@H](F)O")?;
/// let flat = SmilesWriter { stereo: false, ..SmilesWriter::default() };
/// assert_eq!(flat.write(&phenol)?, "OC(F)c1ccccc1");
/// let rooted = SmilesWriter { order: SmilesOrder::AsNumbered, root: Some(mol_core::AtomIndex::new(7)), ..flat };
/// assert_eq!(rooted.write(&phenol)?, "FC(c1ccccc1)O");
/// let kekule = SmilesWriter { kekule: true, ..flat };
/// assert_eq!(kekule.write(&phenol)?, "OC(F)C1=CC=CC=C1");
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, named where they are set")]
pub struct SmilesWriter {
    /// Order of the atoms.
    pub order: SmilesOrder,
    /// The atom that stands first, if one is to; the others follow in their order. In the canonical order equivalent roots
    /// give one text.
    pub root: Option<AtomIndex>,
    /// Whether stereo is written.
    pub stereo: bool,
    /// Whether isotopes are written; the canonical form without them is that of the unlabelled compound.
    pub isotopes: bool,
    /// Whether atom-map numbers are written; the canonical order without them does not see them.
    pub map_numbers: bool,
    /// Single and double bonds instead of aromatic ones.
    pub kekule: bool,
    /// A symbol for every bond, `-` and `:` included.
    pub explicit_bonds: bool,
    /// Every atom in brackets with its hydrogens.
    pub explicit_hydrogens: bool,
}

impl Default for SmilesWriter {
    /// The canonical form with all it says.
    fn default() -> Self {
        Self {
            order: SmilesOrder::Canonical,
            root: None,
            stereo: true,
            isotopes: true,
            map_numbers: true,
            kekule: false,
            explicit_bonds: false,
            explicit_hydrogens: false,
        }
    }
}

impl SmilesWriter {
    /// Writes a molecule.
    ///
    /// # Errors
    /// [`crate::Error::Kekulize`] if the order is canonical or a Kekulé form is asked for and aromatic bonds cannot be
    /// assigned; [`crate::Error::InvalidArgument`] if the root is not of the molecule.
    pub fn write(&self, molecule: &Molecule) -> Result<String> {
        self.check_root(molecule)?;
        match self.order {
            SmilesOrder::Canonical => self.write_perceived(&Perception::new(molecule)?),
            SmilesOrder::AsNumbered => {
                let priority = (0..molecule.atom_count() as u32).collect();
                self.write_by(molecule, priority)
            }
        }
    }

    /// Writes the canonical form of a molecule that is perceived already, whatever [`order`](Self::order) says.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_perceived(&self, perception: &Perception) -> Result<String> {
        self.check_root(perception.molecule())?;
        let stereo = if self.stereo { Stereo::Stated } else { Stereo::None };
        let scope = Scope { stereo, maps: self.map_numbers, isotopes: self.isotopes, ..Scope::ALL };
        let form = |explicit| canonical(perception, scope, self.root, explicit, &mut Budget::default()).text;
        if !self.kekule {
            return Ok(form(self.explicit()));
        }
        // The canonical numbering settles which of several Kekulé structures is written.
        let kekule = Molecule::from_smiles(&form(Explicit::default()))?.kekulized()?;
        let sheet = Sheet::of(&kekule);
        let priority: Vec<u32> = (0..kekule.atom_count() as u32).collect();
        Ok(write(&sheet, &priority, self.explicit()).0)
    }

    /// Writes a molecule in a random order: the first atom is uniform over all atoms (unless there is a
    /// [`root`](Self::root)), and so is the order of the branches at each atom. The molecule is written as it is.
    ///
    /// ```
    /// use mol_core::{Molecule, Seed, smiles::SmilesWriter};
    /// let ethanol = Molecule::from_smiles("CCO")?;
    /// let mut rng = Seed::new(1).rng();
    /// let spelling = SmilesWriter::default().write_random(&ethanol, &mut rng)?;
    /// assert!(["CCO", "OCC", "C(C)O", "C(O)C"].contains(&spelling.as_str()));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_random(&self, molecule: &Molecule, rng: &mut Rng) -> Result<String> {
        self.check_root(molecule)?;
        let mut priority: Vec<u32> = (0..molecule.atom_count() as u32).collect();
        rng.shuffle(&mut priority);
        self.write_by(molecule, priority)
    }

    fn write_by(&self, molecule: &Molecule, mut priority: Vec<u32>) -> Result<String> {
        if let Some(root) = self.root {
            for place in &mut priority {
                *place += 1;
            }
            priority[root.index()] = 0;
        }
        let kekule = if self.kekule { Some(molecule.kekulized()?) } else { None };
        let mut sheet = Sheet::of(kekule.as_ref().unwrap_or(molecule));
        if !self.stereo {
            sheet.drop_stereo();
        }
        if !self.isotopes {
            sheet.drop(|atom| atom.isotope.take().is_some());
        }
        if !self.map_numbers {
            sheet.drop(|atom| std::mem::take(&mut atom.map_number) > 0);
        }
        Ok(write(&sheet, &priority, self.explicit()).0)
    }

    const fn explicit(&self) -> Explicit {
        Explicit { bonds: self.explicit_bonds, hydrogens: self.explicit_hydrogens }
    }

    fn check_root(&self, molecule: &Molecule) -> Result<()> {
        match self.root {
            Some(root) if root.index() >= molecule.atom_count() => {
                let got = format!("atom {root} of {}", molecule.atom_count());
                Err(crate::Error::InvalidArgument { what: "root", expected: "an atom of the molecule", got })
            }
            _ => Ok(()),
        }
    }
}
