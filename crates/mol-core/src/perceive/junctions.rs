//! How rings are joined: spiro, fused, bridged.
//!
//! Read off the atoms and bonds that two rings share. Deliberately not here: names of ring systems.

use super::Rings;
use crate::AtomIndex;

/// What two rings share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum RingJunction {
    /// Nothing.
    Separate,
    /// One atom.
    Spiro,
    /// One bond and its two atoms.
    Fused,
    /// More than one bond, or atoms far from each other.
    Bridged,
}

impl Rings {
    /// How two rings are joined.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::{RingJunction, Rings}};
    /// let junction = |smiles: &str| Molecule::from_smiles(smiles).map(|m| Rings::new(&m).junction(0, 1));
    /// assert_eq!(junction("C1CC12CC2")?, RingJunction::Spiro);
    /// assert_eq!(junction("C1CC2CC2C1")?, RingJunction::Fused);
    /// assert_eq!(junction("C1CC2CCC1C2")?, RingJunction::Bridged);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    ///
    /// # Panics
    /// If there is no such ring.
    #[must_use]
    pub fn junction(&self, a: usize, b: usize) -> RingJunction {
        let atoms = self.atoms(a).iter().filter(|atom| self.of_atom(**atom).contains(&b)).count();
        let bonds = self.bonds(a).iter().filter(|bond| self.of_bond(**bond).contains(&b)).count();
        match (atoms, bonds) {
            (0, _) => RingJunction::Separate,
            (1, _) => RingJunction::Spiro,
            (2, 1) => RingJunction::Fused,
            _ => RingJunction::Bridged,
        }
    }

    /// The spiro atoms: those that are all two rings share, ascending.
    ///
    /// `RDKit`'s `CalcNumSpiroAtoms` counts them over the [symmetrised](Self::symmetrized) rings.
    #[must_use]
    pub fn spiro_atoms(&self) -> Vec<AtomIndex> {
        let mut found: Vec<AtomIndex> = Vec::new();
        self.each_pair(|a, b| {
            let mut shared = self.atoms(a).iter().copied().filter(|&atom| self.of_atom(atom).contains(&b));
            if let (Some(atom), None) = (shared.next(), shared.next()) {
                found.push(atom);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The bridgeheads: the ends of paths of two and more bonds that two rings share, ascending.
    ///
    /// `RDKit`'s `CalcNumBridgeheadAtoms` counts them over the [symmetrised](Self::symmetrized) rings.
    ///
    /// ```
    /// use mol_core::{Molecule, perceive::Rings};
    /// let norbornane = Molecule::from_smiles("C1CC2CCC1C2")?;
    /// let heads: Vec<usize> = Rings::new(&norbornane).bridgeheads().iter().map(|atom| atom.index()).collect();
    /// assert_eq!(heads, [2, 5]);
    /// # Ok::<(), mol_core::smiles::Error>(())
    /// ```
    #[must_use]
    pub fn bridgeheads(&self) -> Vec<AtomIndex> {
        let mut found: Vec<AtomIndex> = Vec::new();
        self.each_pair(|a, b| {
            let (atoms, bonds) = (self.atoms(a), self.bonds(a));
            let is_shared = |k: usize| self.of_bond(bonds[k]).contains(&b);
            if (0..bonds.len()).filter(|&k| is_shared(k)).count() < 2 {
                return;
            }
            // Bond k goes from atom k to the next: an atom parts two rings where one of its two bonds is shared.
            let before = |k: usize| if k == 0 { bonds.len() - 1 } else { k - 1 };
            found.extend((0..atoms.len()).filter(|&k| is_shared(k) != is_shared(before(k))).map(|k| atoms[k]));
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Every pair of rings that share an atom, once.
    fn each_pair(&self, mut visit: impl FnMut(usize, usize)) {
        let mut others: Vec<usize> = Vec::new();
        for a in 0..self.len() {
            others.clear();
            others.extend(self.atoms(a).iter().flat_map(|&atom| self.of_atom(atom)).copied().filter(|&b| b > a));
            others.sort_unstable();
            others.dedup();
            for &b in &others {
                visit(a, b);
            }
        }
    }
}
