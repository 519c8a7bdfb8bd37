//! What both layouts say about atoms and bonds, in one place.

use crate::fingerprint::graph::Graph;
use crate::fingerprint::labels::{Label, Labels};
use crate::perceive::Perception;
use crate::{AtomIndex, BondIndex, ChiralClass, Molecule};

/// Arrangement of the neighbours of a marked centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// None is marked, or it says nothing.
    Unspecified,
    Clockwise,
    Anticlockwise,
    /// Square-planar, trigonal-bipyramidal or octahedral.
    Other,
}

/// From what kind of text a molecule was read, on which `RDKit`'s order of an atom's bonds depends, and with it which of
/// two arrangements is called clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ReadFrom {
    /// From a SMILES, atoms numbered in the order of the text: first the bond by which the text reached an atom, then those
    /// to atoms first met from it, then those that close rings.
    #[default]
    Smiles,
    /// From a list of bonds (MOL, SDF, mol2): in the order of the list.
    Bonds,
}

/// A molecule and what stereo it states.
pub(super) struct Stereo {
    pub(super) tags: Vec<Tag>,
    /// Whether the ranking neighbours lie on the same side, for double bonds that say so.
    pub(super) cis: Vec<Option<bool>>,
}

impl Stereo {
    pub(super) fn new(seen: &Perception, read_from: ReadFrom) -> Self {
        let graph = Graph::new(seen);
        let labels = Labels::new(seen, &graph);
        let molecule = seen.molecule();
        let tag = |(index, _): (AtomIndex, _)| match labels.atoms[index.index()] {
            Label::None => Tag::Unspecified,
            _ => tag(seen, molecule, index, read_from),
        };
        Self { tags: molecule.atoms().map(tag).collect(), cis: labels.cis }
    }
}

/// Turns the mark of an atom into the direction in which its bonds follow each other in a list, that of `RDKit`.
///
/// A hydrogen that is not drawn stands second in this list; a lone pair is left out.
fn tag(seen: &Perception, molecule: &Molecule, index: AtomIndex, read_from: ReadFrom) -> Tag {
    let Some(chirality) = molecule.atom(index).chirality else { return Tag::Unspecified };
    match chirality.class() {
        ChiralClass::Tetrahedral => {}
        ChiralClass::Allenal => return Tag::Unspecified,
        ChiralClass::SquarePlanar | ChiralClass::TrigonalBipyramidal | ChiralClass::Octahedral => return Tag::Other,
    }
    let bonds = molecule.bonds_of(index);
    let place = |&bond: &BondIndex| match read_from {
        ReadFrom::Bonds => (false, bond.index()),
        ReadFrom::Smiles => {
            let other = molecule.bond(bond).other(index);
            // The first bond of the later atom is the one by which it was reached.
            let later = index.max(other);
            (molecule.bonds_of(later).first() != Some(&bond), other.index())
        }
    };
    let keys: Vec<(bool, usize)> = bonds.iter().map(place).collect();
    // Among bonds that close rings the order of writing counts.
    let before = |a: usize, b: usize| match (keys[a].0, keys[b].0) {
        (false, false) => keys[a].1 < keys[b].1,
        (true, true) => a < b,
        (first_closes, _) => !first_closes,
    };
    let inversions: usize = (0..keys.len()).map(|i| (i + 1..keys.len()).filter(|&j| before(j, i)).count()).sum();
    let swaps = inversions + usize::from(keys.len() == 3 && seen.implicit_hydrogens(index) == 1);
    if (chirality.number() == 1) ^ (swaps % 2 == 1) { Tag::Anticlockwise } else { Tag::Clockwise }
}
