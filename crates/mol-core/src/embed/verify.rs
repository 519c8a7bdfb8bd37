//! Whether coordinates are those of the graph.

use super::refusal::Refusal;
use super::shape::Stated;
use crate::perceive::{Hybridization, Perception, Rings, chiral_volume, double_bond_cosine, stated_side};
use crate::{AtomIndex, Bond, BondIndex, ChiralClass, Molecule, Vec3};

/// Relative deviation of a bond from its ideal length that is still a bond.
const STRETCH: f64 = 0.15;
/// Slack on the sum of covalent radii at which `Molecule::from_coordinates` sees a bond [Å].
const BOND_SEEN: f64 = 0.45;
/// Least volume of the atom with three of its neighbours; 0.77 is regular, 0 flat.
const INSIDE: f64 = 0.1;
/// A chiral volume less than this is flat; a regular tetrahedron has 3.08.
const FLAT: f64 = 0.5;

/// What coordinates are compared with.
pub(super) struct Check<'a> {
    pub(super) molecule: &'a Molecule,
    /// What messages call each atom, shape `[atoms]`.
    pub(super) names: &'a [AtomIndex],
    /// Ideal lengths [Å], shape `[bonds]`.
    pub(super) lengths: &'a [f64],
    /// Pairs that are neither bonded nor held by an angle, with the least distance at which they are not taken for bonded [Å].
    pub(super) far: &'a [([u32; 2], f64)],
    /// Stated centres and the sign of their volume.
    pub(super) centres: &'a [(AtomIndex, f64)],
    pub(super) tetrahedral: &'a [AtomIndex],
    pub(super) marked: &'a [MarkedBond],
    pub(super) stated: &'a [Stated],
}

impl Check<'_> {
    /// The first thing that is wrong; `None` if nothing is.
    ///
    /// Checked are the lengths of bonds, atoms that lie so close that they would be taken for bonded (those that an angle
    /// holds excepted), tetrahedral atoms, chirality of all classes and the sides of marked double bonds.
    pub(super) fn problem(&self, positions: &[Vec3]) -> Option<Refusal> {
        for (index, bond) in self.molecule.bonds() {
            let (begin, end) = (bond.begin.index(), bond.end.index());
            let (ideal, length) = (self.lengths[index.index()], (positions[begin] - positions[end]).norm());
            if (length / ideal - 1.0).abs() > STRETCH {
                return Some(Refusal::Bond { bond: [begin, end].map(|k| self.names[k]), length, ideal });
            }
        }
        for &([i, j], least) in self.far {
            let (i, j) = (i as usize, j as usize);
            let square = (positions[i] - positions[j]).norm_squared();
            if square < least * least {
                return Some(Refusal::Clash { atoms: [i, j].map(|k| self.names[k]), distance: square.sqrt() });
            }
        }
        if let Some(atom) = self.tetrahedral.iter().find(|&&atom| is_turned_out(self.molecule, atom, positions)) {
            return Some(Refusal::Tetrahedron { atom: self.names[atom.index()] });
        }
        self.stereo_problem(positions)
    }

    /// The first mark of the graph that coordinates do not show.
    pub(super) fn stereo_problem(&self, positions: &[Vec3]) -> Option<Refusal> {
        for &(atom, wanted) in self.centres {
            let shown = chiral_volume(self.molecule, atom, positions).map(|volume| volume * wanted);
            if let Some(volume) = shown.filter(|&volume| volume < FLAT) {
                return Some(Refusal::Stereocentre { atom: self.names[atom.index()], inverted: volume < 0.0 });
            }
        }
        if let Some(stated) = self.stated.iter().find(|stated| !stated.is_shown(positions)) {
            return Some(Refusal::Shape { atom: self.names[stated.atom.index()] });
        }
        for &MarkedBond { bond, left, right, cis } in self.marked {
            let cosine = double_bond_cosine(&bond, left, right, positions).unwrap_or(0.0);
            if (if cis { cosine } else { -cosine }) < 0.5 {
                return Some(Refusal::DoubleBond { bond: [bond.begin, bond.end].map(|k| self.names[k.index()]), cis });
            }
        }
        None
    }
}

/// The least distances at which `Molecule::from_coordinates` sees no bond, for all pairs in `pairs`.
pub(super) fn apart(molecule: &Molecule, pairs: impl Iterator<Item = [u32; 2]>) -> Vec<([u32; 2], f64)> {
    let radii: Vec<f64> =
        molecule.atoms().map(|(_, atom)| atom.element.map_or(0.77, crate::Element::covalent_radius)).collect();
    pairs.map(|[i, j]| ([i, j], radii[i as usize] + radii[j as usize] + BOND_SEEN)).collect()
}

/// Tetrahedral centres the graph states, with the sign of their volume.
pub(super) fn centres(molecule: &Molecule) -> Vec<(AtomIndex, f64)> {
    let tetrahedral = |chirality: &crate::Chirality| chirality.class() == ChiralClass::Tetrahedral;
    let stated = molecule.atoms().filter_map(|(atom, data)| Some((atom, data.chirality.filter(tetrahedral)?)));
    stated.map(|(atom, chirality)| (atom, if chirality.number() == 1 { -1.0 } else { 1.0 })).collect()
}

/// A double bond whose side the graph states.
#[derive(Clone, Copy, Debug)]
pub(super) struct MarkedBond {
    bond: Bond,
    left: AtomIndex,
    right: AtomIndex,
    cis: bool,
}

impl MarkedBond {
    /// The marked double bonds of a molecule; in rings below eight atoms marks mean nothing.
    pub(super) fn all(molecule: &Molecule, rings: &Rings) -> Vec<Self> {
        let free = |bond: &BondIndex| rings.smallest_at_bond(*bond).is_none_or(|size| size >= 8);
        let marked = molecule.bonds().filter(|(bond, _)| free(bond)).filter_map(|(index, bond)| {
            let (left, right, cis) = stated_side(molecule, index)?;
            Some(Self { bond, left, right, cis })
        });
        marked.collect()
    }
}

/// The atoms of sp³ hybridisation with four neighbours, those excepted that are on two rings of three or four, or have
/// no other bonds (bicyclobutane and the propellanes turn such atoms out).
pub(super) fn tetrahedral(molecule: &Molecule, seen: &Perception) -> Vec<AtomIndex> {
    let small = |bond: &BondIndex| seen.rings().smallest_at_bond(*bond).is_some_and(|size| size <= 4);
    let is_wanted = |atom: &AtomIndex| {
        let bonds = molecule.bonds_of(*atom);
        let rings = seen.rings().of_atom(*atom).iter().filter(|&&ring| seen.rings().atoms(ring).len() <= 4).count();
        bonds.len() == 4 && seen.hybridization(*atom) == Hybridization::Sp3 && rings < 2 && !bonds.iter().all(small)
    };
    molecule.atoms().map(|(atom, _)| atom).filter(is_wanted).collect()
}

/// Whether an atom lies outside the tetrahedron of its four neighbours, as no ordinary one does: a bond then points the
/// wrong way although the handedness is right.
fn is_turned_out(molecule: &Molecule, atom: AtomIndex, positions: &[Vec3]) -> bool {
    let unit = |neighbor: AtomIndex| (positions[neighbor.index()] - positions[atom.index()]).normalize();
    let u: Vec<Vec3> = molecule.neighbors(atom).map(unit).collect();
    let volume = |a: usize, b: usize, c: usize| u[a].dot(&u[b].cross(&u[c]));
    // Barycentric coordinates of the atom: all of one sign inside.
    let shares = [volume(1, 2, 3), -volume(0, 2, 3), volume(0, 1, 3), -volume(0, 1, 2)];
    let sign = shares.iter().sum::<f64>().signum();
    shares.iter().any(|share| share * sign < INSIDE)
}
