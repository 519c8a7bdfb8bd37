//! The vectors of chemprop.

use super::MoleculeGraph;
use super::tags::{ReadFrom, Stereo, Tag};
use crate::BondOrder;
use crate::fingerprint::graph::order_of_type;
use crate::fingerprint::rdkit_elements::weight;
use crate::perceive::{Hybridization, Perception};
use ndarray::Array2;

/// Which elements and hybridisations have a place of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ChempropAtoms {
    /// Elements 1 to 100; sp, sp², sp³, sp³d, sp³d²: 133 numbers.
    V1,
    /// Elements 1 to 36 and iodine; s, sp, sp², sp²d, sp³, sp³d, sp³d²: 72 numbers.
    #[default]
    V2,
    /// H, B, C, N, O, F, Si, P, S, Cl, Br, I; s, sp, sp², sp³: 44 numbers.
    Organic,
}

/// Elements of the organic set, by atomic number.
const ORGANIC: [u8; 12] = [1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 35, 53];
/// Numbers for a bond.
const BOND_FEATURES: usize = 14;

impl ChempropAtoms {
    /// Numbers for an atom.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::V1 => 133,
            Self::V2 => 72,
            Self::Organic => 44,
        }
    }

    /// Number of elements with a place, and the place of one.
    fn element(self, number: u8) -> (usize, Option<usize>) {
        match self {
            Self::V1 => (100, (1..=100).contains(&number).then(|| usize::from(number) - 1)),
            Self::V2 if number == 53 => (37, Some(36)),
            Self::V2 => (37, (1..=36).contains(&number).then(|| usize::from(number) - 1)),
            Self::Organic => (12, ORGANIC.iter().position(|&known| known == number)),
        }
    }

    fn hybridizations(self) -> &'static [Hybridization] {
        use Hybridization::{S, Sp, Sp2, Sp2d, Sp3, Sp3d, Sp3d2};
        match self {
            Self::V1 => &[Sp, Sp2, Sp3, Sp3d, Sp3d2],
            Self::V2 => &[S, Sp, Sp2, Sp2d, Sp3, Sp3d, Sp3d2],
            Self::Organic => &[S, Sp, Sp2, Sp3],
        }
    }
}

/// The graph of a molecule with the vectors of chemprop (checked against its version 2.3.1).
///
/// An atom has, one after the other, each but the last two with one place more for anything else:
///
/// | atom | places |
/// |---|---|
/// | element | as [`ChempropAtoms`] says |
/// | neighbours, hydrogens included | 0, 1, 2, 3, 4, 5 |
/// | formal charge | −1, −2, 1, 2, 0 |
/// | chirality | none, clockwise, anticlockwise, unknown |
/// | hydrogens that are not atoms of the graph | 0, 1, 2, 3, 4 |
/// | hybridisation | as [`ChempropAtoms`] says |
/// | aromatic | 0 or 1 |
/// | mass | 0.01 × mass [u] |
///
/// | bond | places |
/// |---|---|
/// | no bond | always 0 here |
/// | order | single, double, triple, aromatic |
/// | conjugated | 0 or 1 |
/// | on a ring | 0 or 1 |
/// | configuration | none, any, Z, E, cis, trans, anything else |
///
/// Masses are the standard weights of `RDKit` or, for a labelled atom, that of its isotope.
///
/// ```
/// use mol_core::{Molecule, featurize::{ChempropAtoms, chemprop}, perceive::Perception};
/// let methanol = chemprop(&Perception::new(&Molecule::from_smiles("CO")?)?, ChempropAtoms::V2);
/// let on: Vec<usize> = (0..71).filter(|&k| methanol.atoms[[1, k]] == 1.0).collect();
/// assert_eq!(on, [7, 40, 49, 51, 57, 66]); // O, 2 neighbours, charge 0, no chirality, 1 H, sp³
/// assert_eq!(methanol.atoms[[1, 71]], 0.15999);
/// # Ok::<(), mol_core::Error>(())
/// ```
///
/// Yang et al., *J. Chem. Inf. Model.* **59**, 3370 (2019); Heid et al., *J. Chem. Inf. Model.* **64**, 9 (2024).
#[must_use]
pub fn chemprop(seen: &Perception, layout: ChempropAtoms) -> MoleculeGraph<f32> {
    chemprop_of(seen, layout, ReadFrom::Smiles)
}

/// As [`chemprop`], for a molecule read from something else than a SMILES.
#[must_use]
pub fn chemprop_of(seen: &Perception, layout: ChempropAtoms, read_from: ReadFrom) -> MoleculeGraph<f32> {
    let molecule = seen.molecule();
    let stereo = Stereo::new(seen, read_from);
    let mut atoms = Array2::zeros((molecule.atom_count(), layout.size()));
    for (index, atom) in molecule.atoms() {
        let below = |value: usize, count: usize| (count, Some(value).filter(|&value| value < count));
        let hybridization = seen.hybridization(index);
        let kinds = layout.hybridizations();
        let choices = [
            layout.element(atom.element.map_or(0, crate::Element::number)),
            below(seen.total_degree(index), 6),
            (5, [-1, -2, 1, 2, 0].iter().position(|&charge| charge == atom.charge)),
            match stereo.tags[index.index()] {
                Tag::Unspecified => (4, Some(0)),
                Tag::Clockwise => (4, Some(1)),
                Tag::Anticlockwise => (4, Some(2)),
                Tag::Other => (4, None),
            },
            below(seen.implicit_hydrogens(index), 5),
            (kinds.len(), kinds.iter().position(|&kind| kind == hybridization)),
        ];
        let mut row = atoms.row_mut(index.index());
        let mut start = 0;
        for (count, choice) in choices {
            row[start + choice.unwrap_or(count)] = 1.0;
            start += count + 1;
        }
        row[start] = f32::from(u8::from(seen.is_aromatic(index)));
        let average = || atom.element.map_or(0.0, weight);
        let mass = if atom.isotope.is_some_and(|nucleons| nucleons > 0) { atom.mass() } else { average() };
        row[start + 1] = (0.01 * mass) as f32;
    }
    let mut bonds = Array2::zeros((molecule.bond_count(), BOND_FEATURES));
    let mut ends = Vec::with_capacity(molecule.bond_count());
    for (index, bond) in molecule.bonds() {
        ends.push([bond.begin.index(), bond.end.index()]);
        let mut row = bonds.row_mut(index.index());
        match order_of_type(seen, index) {
            BondOrder::Single => row[1] = 1.0,
            BondOrder::Double => row[2] = 1.0,
            BondOrder::Triple => row[3] = 1.0,
            BondOrder::Aromatic => row[4] = 1.0,
            BondOrder::Quadruple => {}
        }
        row[5] = f32::from(u8::from(seen.conjugated_bonds()[index.index()]));
        row[6] = f32::from(u8::from(seen.is_ring_bond(index)));
        row[7 + stereo.cis[index.index()].map_or(0, |cis| if cis { 2 } else { 3 })] = 1.0;
    }
    MoleculeGraph { atoms, bonds, ends }
}
