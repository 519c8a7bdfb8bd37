//! One molecule of a mol2 file.

use crate::{Error, Molecule, Result};

/// A molecule with the types, names and charges of a mol2 file beside it.
///
/// ```
/// use mol_core::{Molecule, io::Mol2Record};
/// let record = Mol2Record::new(Molecule::from_smiles("CO")?.with_explicit_hydrogens()?);
/// assert_eq!((record.names[1].as_str(), record.types[1].as_str(), record.types[2].as_str()), ("O2", "O.3", "H"));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Mol2Record {
    /// Name of the molecule.
    pub name: String,
    /// What kind of molecule: `SMALL`, `PROTEIN`, ….
    pub kind: String,
    /// How the charges were found: `GASTEIGER`, `USER_CHARGES`, …; `NO_CHARGES` if there are none.
    pub charge_kind: String,
    /// The molecule, with one conformer.
    pub molecule: Molecule,
    /// Name of each atom, shape `[atoms]`.
    pub names: Vec<String>,
    /// SYBYL type of each atom, shape `[atoms]`.
    pub types: Vec<String>,
    /// Partial charge of each atom [e], shape `[atoms]`, or empty.
    pub charges: Vec<f64>,
    /// Substructure of each atom, a place in `substructures`; shape `[atoms]`, or empty.
    pub substructure_of: Vec<usize>,
    /// The substructures (residues), in the order in which atoms name them.
    pub substructures: Vec<Substructure>,
}

/// A part of a molecule: usually a residue.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Substructure {
    /// Its number in the file.
    pub number: i64,
    /// Its name, e.g. `ALA12`.
    pub name: String,
}

impl Mol2Record {
    /// A record of nothing but a molecule: names from symbols and numbers, types from elements and bonds.
    ///
    /// The types are a plain choice that keeps the element and the π bonds (`C.3`, `C.2`, `C.1`, `C.ar`, …), not a typing
    /// for a force field.
    #[must_use]
    pub fn new(molecule: Molecule) -> Self {
        let names = molecule
            .atoms()
            .map(|(k, a)| format!("{}{}", a.element.map_or("Du", crate::Element::symbol), k.index() + 1));
        let types = molecule.atoms().map(|(atom, _)| super::write::plain_type(&molecule, atom));
        Self {
            kind: "SMALL".to_owned(),
            charge_kind: "NO_CHARGES".to_owned(),
            names: names.collect(),
            types: types.collect(),
            molecule,
            ..Self::default()
        }
    }

    /// Checks that every list fits the molecule.
    pub(super) fn check(&self) -> Result<()> {
        let atoms = self.molecule.atom_count();
        Error::check_len("names of a mol2 record", atoms, self.names.len())?;
        Error::check_len("types of a mol2 record", atoms, self.types.len())?;
        if !self.charges.is_empty() {
            Error::check_len("charges of a mol2 record", atoms, self.charges.len())?;
        }
        if !self.substructure_of.is_empty() {
            Error::check_len("substructures of the atoms of a mol2 record", atoms, self.substructure_of.len())?;
        }
        Ok(())
    }
}
