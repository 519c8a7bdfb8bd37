//! One record of an SDF file.

use crate::Molecule;

/// What the coordinates of a record are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum SdfLayout {
    /// None: all zero, and not called 3D.
    Absent,
    /// A drawing, z = 0.
    Flat,
    /// Places in space.
    #[default]
    Space,
}

/// A molecule of an SDF file with what stands around it.
///
/// ```
/// use mol_core::{Molecule, io::SdfRecord};
/// let record = SdfRecord { title: "ethanol".to_owned(), ..SdfRecord::new(Molecule::from_smiles("CCO")?) };
/// assert!(record.data.is_empty());
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SdfRecord {
    /// First line: usually the name.
    pub title: String,
    /// Third line.
    pub comment: String,
    /// The molecule; its coordinates, if any, are its conformers (a reader gives one).
    pub molecule: Molecule,
    /// What the conformers are. [`SdfLayout::Absent`] with no conformers.
    pub layout: SdfLayout,
    /// Data fields as (name, value), in the order of the file; values may have several lines.
    pub data: Vec<(String, String)>,
}

impl SdfRecord {
    /// A record of nothing but a molecule, whose conformers are places in space.
    #[must_use]
    pub fn new(molecule: Molecule) -> Self {
        let layout = if molecule.conformers().is_empty() { SdfLayout::Absent } else { SdfLayout::Space };
        Self { molecule, layout, ..Self::default() }
    }

    /// The value of the first data field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.data.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
