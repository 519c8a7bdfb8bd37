//! What coordinates show about one centre or one double bond, as a number.
//!
//! A mark of the graph means something beside an order of neighbours, so each function here says it in the order of the
//! molecule at hand. Deliberately not here: which atoms and bonds are looked at, R and S, E and Z as letters.

use crate::{AtomIndex, Bond, BondIndex, BondOrder, Molecule, Vec3};
use smallvec::SmallVec;

/// Signed volume of a tetrahedral centre: that of the tetrahedron of the unit vectors `u` from the atom to its
/// neighbours,
///
/// ```text
/// V = (u₁ − u₀) · [(u₂ − u₀) × (u₃ − u₀)]
/// ```
///
/// with the neighbours in the order that [`Chirality`](crate::Chirality) refers to; one that is not an atom of the graph (counted
/// hydrogen, lone pair) is minus the sum of the others. Negative is anticlockwise (SMILES `@`, number 1), positive
/// clockwise (`@@`, 2); ±16/(3√3) = ±3.08 is regular, 0 flat. `None` unless the atom has three or four neighbours,
/// three of them in the graph, all elsewhere than the atom itself.
///
/// # Panics
/// If `atom` is not of the molecule or `positions`, shape `[atoms]`, is too short.
#[must_use]
pub fn chiral_volume(molecule: &Molecule, atom: AtomIndex, positions: &[Vec3]) -> Option<f64> {
    let hydrogens = usize::from(molecule.hydrogens(atom));
    if !(3..=4).contains(&molecule.degree(atom)) || molecule.degree(atom) + hydrogens > 4 {
        return None;
    }
    let mut units: SmallVec<[Vec3; 4]> = SmallVec::new();
    for neighbor in molecule.neighbors(atom) {
        units.push((positions[neighbor.index()] - positions[atom.index()]).try_normalize(1e-6)?);
    }
    if units.len() == 3 {
        // Of length 1 if the three are regular, 0 if they are flat, as is then the volume.
        let opposite = -units.iter().sum::<Vec3>();
        units.insert(if hydrogens == 1 { 0 } else { 3 }, opposite);
    }
    Some((units[1] - units[0]).dot(&(units[2] - units[0]).cross(&(units[3] - units[0]))))
}

/// Cosine of the torsion about a double bond, +1 for cis, −1 for trans, between the neighbour `left` of its
/// beginning and `right` of its end; `None` if three of the four atoms lie on a line.
///
/// # Panics
/// If `positions`, shape `[atoms]`, is too short.
#[must_use]
pub fn double_bond_cosine(bond: &Bond, left: AtomIndex, right: AtomIndex, positions: &[Vec3]) -> Option<f64> {
    let at = |atom: AtomIndex| positions[atom.index()];
    let axis = (at(bond.end) - at(bond.begin)).try_normalize(1e-6)?;
    let side = |arm: Vec3| (arm - axis * arm.dot(&axis)).try_normalize(1e-3);
    Some(side(at(left) - at(bond.begin))?.dot(&side(at(right) - at(bond.end))?))
}

/// The two marked neighbours of a double bond and whether they lie cis: what direction marks say about it.
///
/// Gives `(left, right, cis)` with `left` a neighbour of the beginning; `None` for other bonds and where a mark is
/// missing.
///
/// ```
/// use mol_core::{AtomIndex, BondIndex, Molecule, perceive::stated_side};
/// let trans = Molecule::from_smiles("C/C=C/C")?;
/// let (left, right, cis) = stated_side(&trans, BondIndex::new(1)).expect("both ends are marked");
/// assert_eq!((left.index(), right.index(), cis), (0, 3, false));
/// # Ok::<(), mol_core::smiles::Error>(())
/// ```
///
/// # Panics
/// If `bond` is not of the molecule.
#[must_use]
pub fn stated_side(molecule: &Molecule, bond: BondIndex) -> Option<(AtomIndex, AtomIndex, bool)> {
    let data = molecule.bond(bond);
    if data.order != BondOrder::Double {
        return None;
    }
    let marked = |atom: AtomIndex| {
        let mut bonds = molecule.bonds_of(atom).iter().map(|&k| molecule.bond(k));
        bonds.find_map(|k| Some((k.other(atom), k.direction_from(atom)?)))
    };
    let ((left, up), (right, also_up)) = (marked(data.begin)?, marked(data.end)?);
    Some((left, right, up == also_up))
}
