//! One record of an SDF file.

use crate::{AtomIndex, Molecule};

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

/// Which form of a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum SdfVersion {
    /// V2000 if it can hold the record, else V3000.
    #[default]
    Automatic,
    /// Columns, at most 999 atoms, coordinates to 10⁻⁴ Å.
    V2000,
    /// Words, any number of atoms, coordinates to the last bit, stereo groups.
    V3000,
}

/// What a group of centres says of the compound ("enhanced stereochemistry").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum StereoKind {
    /// The configuration drawn.
    Absolute,
    /// The one drawn or its mirror image, only one of them (`&` is [`Racemic`](Self::Racemic)).
    Relative,
    /// Both the one drawn and its mirror image.
    Racemic,
}

/// Centres whose configurations are known together, of a V3000 table's collections.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StereoGroup {
    /// What is known.
    pub kind: StereoKind,
    /// Number of the group among its kind, 0 for absolute ones.
    pub number: u32,
    /// The centres.
    pub atoms: Vec<AtomIndex>,
}

/// A molecule of an SDF file with what stands around it.
///
/// ```
/// use mol_core::{Molecule, io::SdfRecord};
/// let record = SdfRecord { title: "ethanol".to_owned(), ..SdfRecord::new(Molecule::from_smiles("CCO")?) };
/// assert!(record.data.is_empty());
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SdfRecord {
    /// First line: usually the name.
    pub title: String,
    /// Third line.
    pub comment: String,
    /// The molecule; its coordinates, if any, are its conformers (a reader gives one).
    pub molecule: Molecule,
    /// What the conformers are. [`SdfLayout::Absent`] with no conformers.
    pub layout: SdfLayout,
    /// The format's chiral flag: whether the centres are known absolutely; without it some programs take a record for the
    /// racemate, or for one of two mirror images. Molecules here are always what their marks say.
    pub is_chiral: bool,
    /// Groups of centres (V3000 only); none says that every chirality is absolute or that nothing is known of it.
    pub groups: Vec<StereoGroup>,
    /// Data fields as (name, value), in the order of the file; values may have several lines.
    pub data: Vec<(String, String)>,
}

impl SdfRecord {
    /// A record of nothing but a molecule, whose conformers are places in space; flagged chiral if it has a centre that is
    /// stated.
    #[must_use]
    pub fn new(molecule: Molecule) -> Self {
        let layout = if molecule.conformers().is_empty() { SdfLayout::Absent } else { SdfLayout::Space };
        let is_chiral = molecule.atoms().any(|(_, atom)| atom.chirality.is_some());
        Self { molecule, layout, is_chiral, ..Self::default() }
    }

    /// The value of the first data field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.data.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
