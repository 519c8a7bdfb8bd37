//! The serialised form of a molecule: plain lists, checked when they are read back.

use super::{Atom, Bond, BondIndex, Conformer, Molecule, MoleculeBuilder};
use crate::{Error, Result, Vec3};

/// Lists of atoms and bonds, the order of the bonds around each atom, and coordinates [Å].
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Plain {
    atoms: Vec<Atom>,
    bonds: Vec<Bond>,
    order: Vec<Vec<BondIndex>>,
    conformers: Vec<Vec<Vec3>>,
}

impl From<Molecule> for Plain {
    fn from(molecule: Molecule) -> Self {
        Self {
            atoms: molecule.atoms().map(|(_, atom)| *atom).collect(),
            bonds: molecule.bonds().map(|(_, bond)| bond).collect(),
            order: molecule.atoms().map(|(atom, _)| molecule.bonds_of(atom).to_vec()).collect(),
            conformers: molecule
                .conformers()
                .iter()
                .map(|conformer| Conformer::positions(conformer).to_vec())
                .collect(),
        }
    }
}

impl TryFrom<Plain> for Molecule {
    type Error = Error;

    fn try_from(plain: Plain) -> Result<Self> {
        let mut builder = MoleculeBuilder::with_capacity(plain.atoms.len(), plain.bonds.len());
        let atoms: Vec<_> = plain.atoms.into_iter().map(|atom| builder.add_atom(atom)).collect();
        for bond in plain.bonds {
            builder.add_marked_bond(bond.begin, bond.end, bond.order, bond.direction)?;
        }
        Error::check_len("orders of neighbours", atoms.len(), plain.order.len())?;
        for (atom, order) in atoms.into_iter().zip(plain.order) {
            let sorted = |bonds: &[BondIndex]| {
                let mut bonds = bonds.to_vec();
                bonds.sort_unstable();
                bonds
            };
            if sorted(&order) != sorted(builder.molecule().bonds_of(atom)) {
                let expected = "a permutation of the bonds of its atom";
                let got = format!("another list at atom {atom}");
                return Err(Error::InvalidArgument { what: "order of neighbours", expected, got });
            }
            builder.set_order(atom, order.into());
        }
        let mut molecule = builder.build()?;
        for positions in plain.conformers {
            molecule.add_conformer(positions)?;
        }
        Ok(molecule)
    }
}
