//! The features of the Open Graph Benchmark.

use super::MoleculeGraph;
use super::tags::{ReadFrom, Stereo, Tag};
use crate::fingerprint::graph::order_of_type;
use crate::perceive::{Hybridization, Perception, unpaired_electrons};
use crate::{BondOrder, Element};
use ndarray::Array2;

/// Number of values of each feature of an atom, for embedding tables: see [`ogb`].
pub const OGB_ATOM_SIZES: [usize; 9] = [119, 5, 12, 12, 10, 6, 6, 2, 2];
/// Number of values of each feature of a bond.
pub const OGB_BOND_SIZES: [usize; 3] = [5, 6, 2];

/// The graph of a molecule with the nine atom and three bond features of the Open Graph Benchmark (`smiles2graph` of
/// the package ogb 1.3.6), each a number from 0 that chooses a row of an embedding.
///
/// | atom | values |
/// |---|---|
/// | element | atomic number − 1; 118 for anything else |
/// | chirality | 0 none, 1 clockwise, 2 anticlockwise, 4 another shape |
/// | neighbours, hydrogens included | 0 to 10; 11 more |
/// | formal charge | charge + 5 for −5 to 5; 11 beyond |
/// | hydrogens that are not atoms of the graph | 0 to 8; 9 more |
/// | unpaired electrons | 0 to 4; 5 more |
/// | hybridisation | 0 sp, 1 sp², 2 sp³, 3 sp³d, 4 sp³d², 5 others |
/// | aromatic | 0, 1 |
/// | on a ring | 0, 1 |
///
/// | bond | values |
/// |---|---|
/// | order | 0 single, 1 double, 2 triple, 3 aromatic, 4 others |
/// | configuration | 0 none, 1 Z, 2 E |
/// | conjugated | 0, 1 |
///
/// ```
/// use mol_core::{Molecule, featurize::ogb, perceive::Perception};
/// let graph = ogb(&Perception::new(&Molecule::from_smiles("Cl[C@H](/C=C/C)Br")?)?);
/// assert_eq!(graph.atoms.row(1).to_vec(), [5, 2, 4, 5, 1, 0, 2, 0, 0]);
/// assert_eq!(graph.bonds.row(2).to_vec(), [1, 2, 0]);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Hu et al., *Adv. Neural Inf. Process. Syst.* **33**, 22118 (2020).
#[must_use]
pub fn ogb(seen: &Perception) -> MoleculeGraph<i64> {
    ogb_of(seen, ReadFrom::Smiles)
}

/// As [`ogb`], for a molecule read from something else than a SMILES.
#[must_use]
pub fn ogb_of(seen: &Perception, read_from: ReadFrom) -> MoleculeGraph<i64> {
    let molecule = seen.molecule();
    let stereo = Stereo::new(seen, read_from);
    let mut atoms = Array2::zeros((molecule.atom_count(), OGB_ATOM_SIZES.len()));
    for (index, atom) in molecule.atoms() {
        let upto = |value: usize, most: i64| (value as i64).min(most);
        let row = [
            atom.element.map_or(118, |element: Element| i64::from(element.number()) - 1),
            match stereo.tags[index.index()] {
                Tag::Unspecified => 0,
                Tag::Clockwise => 1,
                Tag::Anticlockwise => 2,
                Tag::Other => 4,
            },
            upto(seen.total_degree(index), 11),
            if (-5..=5).contains(&atom.charge) { i64::from(atom.charge) + 5 } else { 11 },
            upto(seen.implicit_hydrogens(index), 9),
            upto(unpaired_electrons(atom.element, atom.charge, seen.valence(index), molecule.degree(index)), 5),
            match seen.hybridization(index) {
                Hybridization::Sp => 0,
                Hybridization::Sp2 => 1,
                Hybridization::Sp3 => 2,
                Hybridization::Sp3d => 3,
                Hybridization::Sp3d2 => 4,
                Hybridization::S | Hybridization::Sp2d | Hybridization::Unspecified => 5,
            },
            i64::from(seen.is_aromatic(index)),
            i64::from(seen.in_ring(index)),
        ];
        atoms.row_mut(index.index()).iter_mut().zip(row).for_each(|(place, value)| *place = value);
    }
    let mut bonds = Array2::zeros((molecule.bond_count(), OGB_BOND_SIZES.len()));
    let mut ends = Vec::with_capacity(molecule.bond_count());
    for (index, bond) in molecule.bonds() {
        ends.push([bond.begin.index(), bond.end.index()]);
        let order = match order_of_type(seen, index) {
            BondOrder::Single => 0,
            BondOrder::Double => 1,
            BondOrder::Triple => 2,
            BondOrder::Aromatic => 3,
            BondOrder::Quadruple => 4,
        };
        let side = stereo.cis[index.index()].map_or(0, |cis| if cis { 1 } else { 2 });
        let row = [order, side, i64::from(seen.conjugated_bonds()[index.index()])];
        bonds.row_mut(index.index()).iter_mut().zip(row).for_each(|(place, value)| *place = value);
    }
    MoleculeGraph { atoms, bonds, ends }
}
