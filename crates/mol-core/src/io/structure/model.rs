//! What a structure holds.

use super::bonds::{Links, Problem, molecule};
use super::raw::{Group, RawAtom, RawModel};
use crate::{AtomIndex, Cell, Error, Molecule, Result};
use std::ops::Range;

/// A molecule or complex with its residues, as PDB and mmCIF describe it.
///
/// Stereo is in the coordinates: [`Molecule::with_stereo_of`] finds it.
///
/// ```
/// use mol_core::{Molecule, Vec3, io::Structure};
/// let mut water = Molecule::from_smiles("O")?.with_explicit_hydrogens()?;
/// water.add_conformer(vec![Vec3::zeros(), Vec3::x(), Vec3::y()])?;
/// let water = Structure::from_molecule(water);
/// assert_eq!((water.residues[0].name.as_str(), water.sites[2].name.as_str()), ("UNL", "H2"));
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Structure {
    /// Title, or the name of the data block.
    pub title: String,
    /// Atoms and bonds; each model is a conformer.
    pub molecule: Molecule,
    /// What is known of each atom beside the molecule, shape `[atoms]`.
    pub sites: Vec<AtomSite>,
    /// Residues, in the order of their atoms, which they cover without gaps.
    pub residues: Vec<Residue>,
    /// Cell of the crystal or simulation box.
    pub cell: Cell,
}

/// An atom as a place in a residue.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AtomSite {
    /// Name within the residue, e.g. `CA`.
    pub name: String,
    /// Place of its residue in [`Structure::residues`].
    pub residue: usize,
    /// Label of the alternate location that was taken, if there were several.
    pub alternate: Option<char>,
    /// Share of the molecules in which the atom is here, 1 if not stated.
    pub occupancy: f64,
    /// Isotropic displacement factor B = 8π²⟨u²⟩ [Å²], 0 if not stated.
    pub b_factor: f64,
    /// Whether the file calls it a hetero atom.
    pub is_hetero: bool,
}

/// A residue: an amino acid, nucleotide, ligand, ion or water.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Residue {
    /// Name, e.g. `ALA`.
    pub name: String,
    /// Chain, may be empty.
    pub chain: String,
    /// Number in its chain; not always ascending, nor unique without the insertion code.
    pub number: i32,
    /// Insertion code, which tells residues of the same number apart.
    pub insertion: Option<char>,
    /// Whether the chain is said to end here.
    pub ends_chain: bool,
    /// Its atoms, as places.
    pub atoms: Range<usize>,
}

impl Structure {
    /// A structure of one residue `UNL`, its atoms named by element and number.
    #[must_use]
    pub fn from_molecule(molecule: Molecule) -> Self {
        let mut counts = std::collections::BTreeMap::new();
        let site = |(_, atom): (AtomIndex, &crate::Atom)| {
            let symbol = atom.element.map_or("X", crate::Element::symbol);
            let count = counts.entry(symbol).or_insert(0_usize);
            *count += 1;
            let name = format!("{}{count}", symbol.to_uppercase());
            AtomSite { name, residue: 0, alternate: None, occupancy: 1.0, b_factor: 0.0, is_hetero: true }
        };
        let sites: Vec<AtomSite> = molecule.atoms().map(site).collect();
        let residue = Residue {
            name: "UNL".to_owned(),
            chain: String::new(),
            number: 1,
            insertion: None,
            ends_chain: false,
            atoms: 0..sites.len(),
        };
        Self { title: String::new(), molecule, sites, residues: vec![residue], cell: Cell::NONE }
    }

    /// The residue of an atom.
    ///
    /// # Panics
    /// If `atom` is not of the structure.
    #[must_use]
    pub fn residue_of(&self, atom: AtomIndex) -> &Residue {
        &self.residues[self.sites[atom.index()].residue]
    }

    /// Checks that the lists fit the molecule.
    pub(super) fn check(&self) -> Result<()> {
        let atoms = self.molecule.atom_count();
        Error::check_len("sites of a structure", atoms, self.sites.len())?;
        let mut next = 0;
        for (k, residue) in self.residues.iter().enumerate() {
            let is_next = residue.atoms.start == next && residue.atoms.end >= next && residue.atoms.end <= atoms;
            if !is_next || self.sites[residue.atoms.clone()].iter().any(|site| site.residue != k) {
                let expected = "ranges that follow one another, as the sites of their atoms say";
                let got = format!("residue {k} of atoms {:?}", residue.atoms);
                return Err(Error::InvalidArgument { what: "residues of a structure", expected, got });
            }
            next = residue.atoms.end;
        }
        Error::check_len("atoms of the residues of a structure", atoms, next)
    }
}

/// The structures of a file.
pub(super) fn assemble<'a>(
    title: &str,
    cell: Cell,
    groups: Vec<Group>,
    links: impl Fn(&RawModel) -> Links<'a>,
) -> Result<Vec<Structure>, Problem> {
    let mut structures = Vec::with_capacity(groups.len());
    for (model, positions) in groups {
        let mut molecule = molecule(&model, &links(&model))?;
        for positions in positions {
            molecule.add_conformer(positions).map_err(|error| (model.atoms[0].line, error.to_string()))?;
        }
        let places = model.residues.iter().enumerate().flat_map(|(k, residue)| residue.atoms.clone().map(move |_| k));
        let site = |(atom, residue): (RawAtom, usize)| AtomSite {
            name: atom.name,
            residue,
            alternate: (atom.alternate != 0).then_some(char::from(atom.alternate)),
            occupancy: atom.occupancy,
            b_factor: atom.b_factor,
            is_hetero: atom.is_hetero,
        };
        let sites = model.atoms.into_iter().zip(places).map(site).collect();
        structures.push(Structure { title: title.to_owned(), molecule, sites, residues: model.residues, cell });
    }
    Ok(structures)
}
