//! Whether coordinates are those of the graph.

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

/// The first thing that is wrong, in words; `None` if nothing is.
///
/// Checked are the lengths of bonds, atoms three or more bonds apart that lie so close that they would be taken for
/// bonded, tetrahedral chirality and the sides of marked double bonds.
pub(super) fn problem(
    molecule: &Molecule,
    lengths: &dyn Fn(BondIndex) -> f64,
    apart: &dyn Fn(usize, usize) -> u8,
    tetrahedral: &[AtomIndex],
    marked: &[MarkedBond],
    positions: &[Vec3],
) -> Option<String> {
    for (index, bond) in molecule.bonds() {
        let (ideal, Bond { begin, end, .. }) = (lengths(index), bond);
        let length = (positions[begin.index()] - positions[end.index()]).norm();
        if (length / ideal - 1.0).abs() > STRETCH {
            return Some(format!("bond {begin}-{end} is {length:.2} Å long instead of {ideal:.2}"));
        }
    }
    let radius =
        |atom: usize| molecule.atom(AtomIndex::new(atom)).element.map_or(0.77, crate::Element::covalent_radius);
    for i in 0..positions.len() {
        for j in 0..i {
            let distance = (positions[i] - positions[j]).norm();
            if apart(i, j) > 2 && distance < radius(i) + radius(j) + BOND_SEEN {
                return Some(format!("atoms {j} and {i} clash at {distance:.2} Å"));
            }
        }
    }
    if let Some(atom) = tetrahedral.iter().find(|&&atom| is_turned_out(molecule, atom, positions)) {
        return Some(format!("atom {atom} lies outside the tetrahedron of its neighbours"));
    }
    stereo_problem(molecule, marked, positions)
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

/// The atoms of sp³ hybridisation with four neighbours, those excepted that are on two rings of three or four, or have no
/// other bonds (bicyclobutane and the propellanes turn such atoms out).
pub(super) fn tetrahedral(molecule: &Molecule, seen: &Perception) -> Vec<AtomIndex> {
    let small = |bond: &BondIndex| seen.rings.smallest_at_bond(*bond).is_some_and(|size| size <= 4);
    let is_wanted = |atom: &AtomIndex| {
        let bonds = molecule.bonds_of(*atom);
        let rings = seen.rings.of_atom(*atom).iter().filter(|&&ring| seen.rings.atoms(ring).len() <= 4).count();
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

/// The first mark of the graph that coordinates do not show.
pub(super) fn stereo_problem(molecule: &Molecule, marked: &[MarkedBond], positions: &[Vec3]) -> Option<String> {
    for (atom, data) in molecule.atoms() {
        let Some(chirality) = data.chirality.filter(|chirality| chirality.class() == ChiralClass::Tetrahedral) else {
            continue;
        };
        if let Some(volume) = chiral_volume(molecule, atom, positions) {
            let wanted = if chirality.number() == 1 { -1.0 } else { 1.0 };
            if volume * wanted < FLAT {
                let shown = if volume * wanted < 0.0 { "inverted" } else { "flat" };
                return Some(format!("the stereocentre at atom {atom} is {shown}"));
            }
        }
    }
    for &MarkedBond { bond, left, right, cis } in marked {
        let cosine = double_bond_cosine(&bond, left, right, positions).unwrap_or(0.0);
        if (if cis { cosine } else { -cosine }) < 0.5 {
            let side = if cis { "cis" } else { "trans" };
            return Some(format!("the double bond {}-{} is not {side}", bond.begin, bond.end));
        }
    }
    None
}
