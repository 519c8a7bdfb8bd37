//! Morgan fingerprints: circular surroundings of every atom.
//!
//! The extended-connectivity fingerprints of Rogers and Hahn, *J. Chem. Inf. Model.* **50**, 742 (2010), by the
//! invariants and the hash of `RDKit`, so that its bits are these bits. An atom starts from a hash of its properties;
//! in each layer its code is hashed with those of its neighbours, and what covers the same bonds as an earlier
//! surrounding is dropped. Deliberately not here: surroundings as SMARTS, and atoms' own weights.

mod features;
mod grow;
mod invariants;

pub(crate) use invariants::connectivity;

use super::counts::{fold_bits, fold_counts};
use super::graph::Graph;
use super::labels::{Label, Labels};
use super::{Counts, Fingerprint, FoldedSize, Scheme};
use crate::AtomIndex;
use crate::perceive::Perception;
use std::fmt::Write as _;

/// What atoms start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum MorganAtoms {
    /// Element, neighbours, hydrogens, charge, isotope, ring or not: ECFP.
    #[default]
    Connectivity,
    /// Donor, acceptor, aromatic, halogen, basic, acidic, as six bits: FCFP. (Definitions adapted from Gobbi and
    /// Poppinger, *Biotechnol. Bioeng.* **61**, 47 (1998).)
    Features,
}

/// Morgan fingerprints, by default those of radius 2 on 2048 bits (ECFP4).
///
/// ```text
/// c₀(a) = hash(Z, neighbours, hydrogens, charge, Δmass, 1 if on a ring)
/// c_k(a) = hash(k − 1, c_{k−1}(a), sorted (order of the bond, c_{k−1}(b)) for all neighbours b)
/// ```
///
/// Each c_k whose surrounding covers a new set of bonds is a code; bit code mod size is set. With `chirality` the label
/// of a centre (R, S or neither) enters as soon as all its neighbours have different codes, and E or Z the bond.
///
/// ```
/// use mol_core::{Molecule, fingerprint::Morgan, perceive::Perception};
/// let read = |smiles: &str| Perception::new(&Molecule::from_smiles(smiles)?);
/// let morgan = Morgan { radius: 3, ..Morgan::default() };
/// let (phenol, aniline) = (morgan.fingerprint(&read("Oc1ccccc1")?), morgan.fingerprint(&read("Nc1ccccc1")?));
/// assert_eq!(phenol.ones().count(), 13);
/// assert!((phenol.tanimoto(&aniline)? - 7.0 / 19.0).abs() < 1e-12);
/// # Ok::<(), mol_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Morgan {
    /// Layers of neighbours. Time and memory grow with the size of the surroundings.
    pub radius: u8,
    /// Number of bits, or counts, of the folded forms.
    pub size: FoldedSize,
    /// What atoms start from.
    pub atoms: MorganAtoms,
    /// Whether bonds of different order differ.
    pub bond_orders: bool,
    /// Whether stereocentres and double bonds of different configuration differ.
    pub chirality: bool,
    /// Whether surroundings of the same bonds are counted for each atom and radius that has them.
    pub redundant: bool,
}

impl Default for Morgan {
    fn default() -> Self {
        Self {
            radius: 2,
            size: FoldedSize::default(),
            atoms: MorganAtoms::Connectivity,
            bond_orders: true,
            chirality: false,
            redundant: false,
        }
    }
}

/// A surrounding that a Morgan fingerprint found: its code, the atom in its middle and its radius in bonds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct AtomEnvironment {
    /// Number of layers of neighbours.
    pub radius: u8,
    /// The atom in the middle; of several with the same bonds around them the one of the least code, then number.
    pub atom: AtomIndex,
    /// Unfolded code; the bit is this modulo the size.
    pub code: u32,
}

impl AtomEnvironment {
    /// The bit that it sets in a fingerprint of this size.
    ///
    /// ```
    /// use mol_core::{Molecule, fingerprint::Morgan, perceive::Perception};
    /// let (morgan, ethanol) = (Morgan::default(), Perception::new(&Molecule::from_smiles("CCO")?)?);
    /// let bits = morgan.fingerprint(&ethanol);
    /// assert!(morgan.environments(&ethanol).iter().all(|found| bits.contains(found.bit(morgan.size))));
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub const fn bit(&self, size: FoldedSize) -> usize {
        self.code as usize % size.get()
    }
}

impl Morgan {
    /// The name of these fingerprints, without the size for unfolded counts.
    fn named(&self, folded: Option<&str>) -> Scheme {
        let mut name = format!("morgan-rdkit-1 radius={}", self.radius);
        if let Some(kind) = folded {
            write!(name, " {kind}={}", self.size.get()).expect("a String takes all");
        }
        for (set, option) in [
            (self.atoms == MorganAtoms::Features, " features"),
            (!self.bond_orders, " no-bond-orders"),
            (self.chirality, " chirality"),
            (self.redundant, " redundant"),
        ] {
            name.push_str(if set { option } else { "" });
        }
        Scheme::from(name)
    }

    /// The scheme of [`fingerprint`](Self::fingerprint), with the default model of aromaticity.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.named(Some("bits"))
    }

    /// The fingerprint of a molecule as bits.
    #[must_use]
    pub fn fingerprint(&self, seen: &Perception) -> Fingerprint {
        fold_bits(self.scheme().on(seen), self.size, &self.codes(seen))
    }

    /// The fingerprint of a molecule as counts, folded as the bits are.
    #[must_use]
    pub fn folded_counts(&self, seen: &Perception) -> Counts {
        fold_counts(self.named(Some("counts")).on(seen), self.size, &self.codes(seen))
    }

    /// The fingerprint of a molecule as counts of unfolded codes.
    #[must_use]
    pub fn sparse_counts(&self, seen: &Perception) -> Counts {
        Counts::of_codes(self.named(None).on(seen), self.codes(seen).into_iter().map(u64::from).collect())
    }

    /// Unfolded codes and how often they occur, ascending by code.
    #[must_use]
    pub fn counts(&self, seen: &Perception) -> Vec<(u32, u32)> {
        let mut codes = self.codes(seen);
        codes.sort_unstable();
        codes.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect()
    }

    /// Which surroundings the fingerprint is made of, by radius, then atom: what a bit stands for.
    ///
    /// ```
    /// use mol_core::{Molecule, fingerprint::Morgan, perceive::Perception};
    /// let ethanol = Perception::new(&Molecule::from_smiles("CCO")?)?;
    /// let found = Morgan::default().environments(&ethanol);
    /// let places: Vec<_> = found.iter().map(|found| (found.radius, found.atom.index())).collect();
    /// assert_eq!(places, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]);
    /// # Ok::<(), mol_core::Error>(())
    /// ```
    #[must_use]
    pub fn environments(&self, seen: &Perception) -> Vec<AtomEnvironment> {
        let mut all = Vec::new();
        self.visit(seen, |code, atom, radius| {
            all.push(AtomEnvironment { radius: radius as u8, atom: AtomIndex::new(atom as usize), code });
        });
        all.sort_unstable();
        all
    }

    /// Unfolded codes, each as often as it occurs.
    fn codes(&self, seen: &Perception) -> Vec<u32> {
        let mut codes = Vec::with_capacity(seen.molecule().atom_count() * 3);
        self.visit(seen, |code, _, _| codes.push(code));
        codes
    }

    fn visit(&self, seen: &Perception, mut found: impl FnMut(u32, u32, u32)) {
        let graph = Graph::new(seen);
        let invariants = match self.atoms {
            MorganAtoms::Connectivity => connectivity(seen, &graph),
            MorganAtoms::Features => features::invariants(seen, &graph),
        };
        let mut bonds = if self.bond_orders { graph.orders.clone() } else { vec![1; graph.bonds.len()] };
        let mut stereo = Vec::new();
        if self.chirality {
            let labels = Labels::new(seen, &graph);
            if self.bond_orders {
                for (code, cis) in bonds.iter_mut().zip(&labels.cis) {
                    *code = cis.map_or(*code, |cis| if cis { 122 } else { 123 });
                }
            }
            stereo.extend(labels.atoms.iter().map(|label| match label {
                Label::None => 0,
                Label::Ring => 1,
                Label::S => 2,
                Label::R => 3,
            }));
        }
        let start = grow::Start { invariants, bonds, stereo };
        grow::grow(&graph, start, u32::from(self.radius), self.redundant, &mut found);
    }
}
