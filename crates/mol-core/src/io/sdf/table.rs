//! A connection table, whatever its version, and the molecule it describes.

use super::atoms::{PlacedAtom, chirality_of_parity, hydrogens};
use super::v2000::Flat;
use super::v3000::Tagged;
use super::wedge::with_wedges;
use super::{SdfLayout, StereoGroup};
use crate::{Atom, AtomIndex, BondOrder, Molecule, MoleculeBuilder, Vec3};

/// What a bond line says of the stereo at its beginning, or of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    /// Wedge, its narrow end at the first atom.
    Up,
    /// Hash, its narrow end at the first atom.
    Down,
    /// A wavy single bond or a crossed double one: left open.
    Either,
}

/// A bond line: its two atoms, order, and mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlacedBond {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) order: BondOrder,
    /// Whether both electrons are the first atom's.
    pub(super) is_dative: bool,
    pub(super) mark: Mark,
}

/// What was read of a table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) atoms: Vec<PlacedAtom>,
    pub(super) bonds: Vec<PlacedBond>,
    pub(super) groups: Vec<StereoGroup>,
    /// The chiral flag.
    pub(super) is_chiral: bool,
}

/// A table under construction.
pub(super) enum Parser {
    V2000(Flat),
    V3000(Tagged),
}

/// The order of a bond type, and whether it is dative.
pub(super) fn bond_order(code: i64) -> Result<(BondOrder, bool), String> {
    Ok(match code {
        1 => (BondOrder::Single, false),
        2 => (BondOrder::Double, false),
        3 => (BondOrder::Triple, false),
        4 => (BondOrder::Aromatic, false),
        9 => (BondOrder::Single, true),
        other => {
            let rest = "query and hydrogen bonds are not read";
            return Err(format!("expected a bond type from 1 to 4 or 9, got {other}: {rest}"));
        }
    })
}

impl Parser {
    /// Begins with the counts line, which says the version.
    pub(super) fn new(counts: &str) -> Result<Self, String> {
        if counts.contains("V3000") { Ok(Self::V3000(Tagged::default())) } else { Flat::new(counts).map(Self::V2000) }
    }

    /// Whether `M  END` has come.
    pub(super) const fn is_complete(&self) -> bool {
        match self {
            Self::V2000(parser) => parser.is_complete(),
            Self::V3000(parser) => parser.is_complete(),
        }
    }

    /// Takes the next line.
    pub(super) fn line(&mut self, line: &str) -> Result<(), String> {
        match self {
            Self::V2000(parser) => parser.line(line),
            Self::V3000(parser) => parser.line(line),
        }
    }

    /// The table that was read.
    pub(super) fn into_table(self) -> Table {
        match self {
            Self::V2000(parser) => parser.into_table(),
            Self::V3000(parser) => parser.into_table(),
        }
    }
}

impl Table {
    /// The molecule with its stereo, and what its coordinates are; `dimension` is the code of the second line.
    pub(super) fn finish(self, dimension: Option<&str>) -> Result<(Molecule, SdfLayout), String> {
        let mut builder = MoleculeBuilder::with_capacity(self.atoms.len(), self.bonds.len());
        for placed in &self.atoms {
            builder.add_atom(Atom { hydrogens: Some(0), ..placed.bare() });
        }
        for bond in &self.bonds {
            let (begin, end) = (AtomIndex::new(bond.begin), AtomIndex::new(bond.end));
            builder.add_bond(begin, end, bond.order).map_err(|error| error.to_string())?;
            if bond.order == BondOrder::Aromatic {
                for atom in [begin, end] {
                    builder.atom_mut(atom).expect("both ends of a bond exist").aromatic = true;
                }
            }
        }
        let mut given = vec![0_usize; self.atoms.len()];
        self.bonds.iter().filter(|bond| bond.is_dative).for_each(|bond| given[bond.begin] += 1);
        for (k, placed) in self.atoms.iter().enumerate() {
            let atom = AtomIndex::new(k);
            let count = hydrogens(builder.molecule(), atom, placed, given[k])
                .map_err(|message| format!("atom {}: {message}", k + 1))?;
            let data = builder.atom_mut(atom).expect("an atom of the table");
            data.hydrogens = None;
            let implied = builder.molecule().hydrogens(atom);
            let data = builder.atom_mut(atom).expect("an atom of the table");
            if !(data.is_bare() && implied == count) {
                data.hydrogens = Some(count);
            }
        }
        let mut molecule = builder.build().map_err(|error| error.to_string())?;
        let positions: Vec<Vec3> = self.atoms.iter().map(|placed| placed.position).collect();
        // A drawing that is called 3D by mistake has marks that places in space need not have.
        let is_drawn = self.bonds.iter().any(|bond| bond.mark != Mark::None);
        let in_space = positions.iter().any(|x| x.z != 0.0) || dimension == Some("3D") && !is_drawn;
        let absent = dimension != Some("3D") && positions.iter().all(|x| *x == Vec3::zeros());
        if absent {
            return Ok((self.with_parities(molecule), SdfLayout::Absent));
        }
        molecule.add_conformer(positions).map_err(|error| error.to_string())?;
        if in_space {
            let molecule = molecule.with_stereo_of(0).map_err(|error| error.to_string())?;
            return Ok((molecule, SdfLayout::Space));
        }
        let drawn = with_wedges(&molecule, &self.bonds);
        // Wedges at atoms that are no centres say nothing; where that cannot be found out they stay.
        let meant = drawn.without_idle_stereo().unwrap_or(drawn);
        Ok((meant, SdfLayout::Flat))
    }

    /// Chirality without coordinates: parity 1 is clockwise for the neighbours by number, seen with the highest one,
    /// or a counted hydrogen, behind.
    fn with_parities(&self, mut molecule: Molecule) -> Molecule {
        for (k, placed) in self.atoms.iter().enumerate() {
            let atom = AtomIndex::new(k);
            if let Some(chirality) = chirality_of_parity(&molecule, atom, placed.parity) {
                molecule.set_chirality(atom, Some(chirality));
            }
        }
        molecule
    }
}
