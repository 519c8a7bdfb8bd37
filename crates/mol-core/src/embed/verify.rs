//! Whether coordinates are those of the graph.

use crate::perceive::{chiral_volume, double_bond_cosine, stated_side};
use crate::{Bond, BondIndex, ChiralClass, Molecule, Vec3};

/// Relative deviation of a bond from its ideal length that is still a bond.
const STRETCH: f64 = 0.15;
/// Slack on the sum of covalent radii at which `Molecule::from_coordinates` sees a bond [Å].
const BOND_SEEN: f64 = 0.45;
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
        |atom: usize| molecule.atom(crate::AtomIndex::new(atom)).element.map_or(0.77, crate::Element::covalent_radius);
    for i in 0..positions.len() {
        for j in 0..i {
            let distance = (positions[i] - positions[j]).norm();
            if apart(i, j) > 2 && distance < radius(i) + radius(j) + BOND_SEEN {
                return Some(format!("atoms {j} and {i} clash at {distance:.2} Å"));
            }
        }
    }
    stereo_problem(molecule, positions)
}

/// The first mark of the graph that coordinates do not show.
pub(super) fn stereo_problem(molecule: &Molecule, positions: &[Vec3]) -> Option<String> {
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
    for (index, bond) in molecule.bonds() {
        if let Some((left, right, cis)) = stated_side(molecule, index) {
            let cosine = double_bond_cosine(&bond, left, right, positions).unwrap_or(0.0);
            if (if cis { cosine } else { -cosine }) < 0.5 {
                let side = if cis { "cis" } else { "trans" };
                return Some(format!("the double bond {}-{} is not {side}", bond.begin, bond.end));
            }
        }
    }
    None
}
