//! Unique ring families: rings grouped so that their number and members do not depend on any choice.
//!
//! A smallest set of rings is not unique, and all relevant cycles can be exponentially many; the families lie between.
//! Deliberately not here: the single cycles of a family, which [`Rings::symmetrized`](super::Rings::symmetrized) lists.

use super::blocks::Blocks;
use super::flat::{Flat, atom_index, bond_index};
use super::sets::Sets;
use super::sssr::Cycles;
use crate::{AtomIndex, BondIndex, Molecule};

/// The unique ring families of a molecule.
///
/// Two relevant cycles of one size belong to one family if they share a bond and differ by a sum of shorter cycles, and
/// so do all that are joined through others. The macrocycle through a *para*-phenylene is one family, though it can take
/// either side of the benzene ring; the three rings of bicyclo\[2.2.2\]octane are three.
///
/// ```
/// use mol_core::{Molecule, perceive::RingFamilies};
/// let cyclophane = RingFamilies::new(&Molecule::from_smiles("C1CCCCc2ccc(CCCC1)cc2")?);
/// assert_eq!((cyclophane.len(), cyclophane.size(0), cyclophane.size(1)), (2, 6, 13));
/// assert_eq!(cyclophane.atoms(1).len(), 15); // both sides of the benzene ring
/// assert_eq!(RingFamilies::new(&Molecule::from_smiles("C1CC2CCC1CC2")?).len(), 3);
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
///
/// Kolodzik, Urbaczek & Rarey, *J. Chem. Inf. Model.* **52**, 2013 (2012).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingFamilies {
    families: Vec<Family>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Family {
    size: usize,
    atoms: Vec<AtomIndex>,
    bonds: Vec<BondIndex>,
}

impl RingFamilies {
    /// Finds the families of `molecule`, sorted by the size of their rings, then by their atoms.
    #[must_use]
    pub fn new(molecule: &Molecule) -> Self {
        let flat = Flat::new(molecule);
        let cycles = Cycles::with_relations(&flat, &Blocks::new(&flat));
        // The bonds of each family of equally short paths.
        let mut parts: Vec<Part> = Vec::new();
        for k in 0..cycles.len() {
            let family = cycles.family(k);
            if parts.len() <= family {
                parts.resize_with(family + 1, Part::default);
            }
            parts[family].size = cycles.atoms(k).len();
            parts[family].atoms.extend_from_slice(cycles.atoms(k));
            parts[family].bonds.extend_from_slice(cycles.bonds(k));
        }
        for part in &mut parts {
            for list in [&mut part.atoms, &mut part.bonds] {
                list.sort_unstable();
                list.dedup();
            }
        }
        let mut joined = Sets::new(parts.len());
        let mut by_bond = vec![Vec::new(); flat.bonds.len()];
        for (k, part) in parts.iter().enumerate() {
            for &bond in &part.bonds {
                for &other in &by_bond[bond as usize] {
                    let part_of: &Part = &parts[other];
                    if part_of.size == part.size && cycles.is_related(k, other) {
                        joined.join(k as u32, other as u32);
                    }
                }
                by_bond[bond as usize].push(k);
            }
        }
        let mut merged: Vec<Part> = vec![Part::default(); parts.len()];
        for (k, part) in parts.into_iter().enumerate() {
            let into = &mut merged[joined.least(k as u32) as usize];
            into.size = part.size;
            into.atoms.extend(part.atoms);
            into.bonds.extend(part.bonds);
        }
        let whole = |mut part: Part| {
            for list in [&mut part.atoms, &mut part.bonds] {
                list.sort_unstable();
                list.dedup();
            }
            Family {
                size: part.size,
                atoms: part.atoms.into_iter().map(atom_index).collect(),
                bonds: part.bonds.into_iter().map(bond_index).collect(),
            }
        };
        let mut families: Vec<Family> = merged.into_iter().filter(|part| part.size > 0).map(whole).collect();
        families.sort_unstable_by(|a, b| {
            a.size.cmp(&b.size).then_with(|| a.atoms.cmp(&b.atoms)).then_with(|| a.bonds.cmp(&b.bonds))
        });
        Self { families }
    }

    /// Number of families.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.families.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.families.is_empty()
    }

    /// Size of the rings of a family.
    ///
    /// # Panics
    /// If there is no such family.
    #[must_use]
    pub fn size(&self, family: usize) -> usize {
        self.families[family].size
    }

    /// The atoms of all rings of a family, ascending.
    ///
    /// # Panics
    /// If there is no such family.
    #[must_use]
    pub fn atoms(&self, family: usize) -> &[AtomIndex] {
        &self.families[family].atoms
    }

    /// The bonds of all rings of a family, ascending.
    ///
    /// # Panics
    /// If there is no such family.
    #[must_use]
    pub fn bonds(&self, family: usize) -> &[BondIndex] {
        &self.families[family].bonds
    }
}

/// Atoms and bonds of a family in the making.
#[derive(Clone, Default)]
struct Part {
    size: usize,
    atoms: Vec<u32>,
    bonds: Vec<u32>,
}
