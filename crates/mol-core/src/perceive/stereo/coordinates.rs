//! Stereo that coordinates show: tetrahedral centres and cis or trans double bonds.
//!
//! A mark of the graph means something beside an order of neighbours, so each function here says it in the order of the
//! molecule at hand. Deliberately not here: R and S, E and Z as letters, allenes and centres of more than four
//! neighbours.

use crate::Error;
use crate::perceive::valence::total_degree;
use crate::perceive::{Rings, symmetry_classes};
use crate::{
    AtomIndex, Bond, BondDirection, BondIndex, BondOrder, ChiralClass, Chirality, Element, Molecule, Result, Vec3,
};
use smallvec::SmallVec;
use std::borrow::Cow;

/// Volume spanned by the directions to the neighbours below which a centre is flat; a regular tetrahedron has 3.08.
const FLAT: f64 = 0.2;
/// Cosine between the sides of a double bond below which it is neither cis nor trans.
const SQUARE: f64 = 0.2;
/// Rings from this size on can hold a trans double bond.
const TRANS_RING: usize = 8;

/// Signed volume of a tetrahedral centre: that of the tetrahedron of the unit vectors `u` from the atom to its
/// neighbours,
///
/// ```text
/// V = (u₁ − u₀) · [(u₂ − u₀) × (u₃ − u₀)]
/// ```
///
/// with the neighbours in the order that [`Chirality`] refers to; one that is not an atom of the graph (counted
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

impl Molecule {
    /// The same molecule with the stereo that conformer `conformer` shows: chirality of tetrahedral centres and marks
    /// beside double bonds; marks that were there are dropped, classes of chirality other than the tetrahedral kept.
    ///
    /// A centre is an atom of B, C, N, Si, P, Ge or As with four neighbours (nitrogen without hydrogen: protonated
    /// amines invert), or of P, S, As or Se with three and a lone pair, whose neighbours are of different
    /// [`symmetry_classes`](crate::perceive::symmetry_classes); two equal ones are allowed if both are on a ring
    /// through the centre that has another such centre (cis and trans rings). A double bond between carbons or
    /// nitrogens off small rings (below 8) is marked if the neighbours of each end differ. Flat centres and
    /// perpendicular double bonds stay unmarked. Where the marks of two double bonds would say something wrong about a
    /// third one between them, one of them moves to the other neighbour if that is an atom of the graph.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] if there is no such conformer.
    pub fn with_stereo_of(&self, conformer: usize) -> Result<Self> {
        let Some(positions) = self.conformers().get(conformer) else {
            let got = format!("{conformer} of {}", self.conformers().len());
            return Err(Error::InvalidArgument { what: "conformer", expected: "one of the molecule", got });
        };
        let positions = positions.positions();
        Ok(self.with_stereo_at(positions, &|_| Some(Cow::Borrowed(positions)), &[]))
    }

    /// As [`with_stereo_of`](Self::with_stereo_of) at any positions, with each centre as it is at the positions that
    /// `seen_at` gives for it (none: it is no centre), and without the double bonds `undecided`.
    pub(crate) fn with_stereo_at<'a>(
        &self,
        positions: &[Vec3],
        seen_at: &dyn Fn(AtomIndex) -> Option<Cow<'a, [Vec3]>>,
        undecided: &[BondIndex],
    ) -> Self {
        let classes = symmetry_classes(self);
        let rings = Rings::new(self);
        let mut builder = self.to_builder();
        for (bond, _) in self.bonds() {
            builder.bond_data_mut(bond).direction = None;
        }
        let kinds: Vec<Centre> = self.atoms().map(|(atom, _)| centre(self, atom, &classes, &rings)).collect();
        for (atom, data) in self.atoms() {
            if data.chirality.is_some_and(|chirality| chirality.class() != ChiralClass::Tetrahedral) {
                continue;
            }
            let partnered = || {
                let here = rings.of_atom(atom).iter().flat_map(|&ring| rings.atoms(ring));
                here.filter(|&&other| other != atom && kinds[other.index()] == Centre::OfRing).count() > 0
            };
            let is_centre = match kinds[atom.index()] {
                Centre::None => false,
                Centre::Plain => true,
                Centre::OfRing => partnered(),
            };
            let seen = if is_centre { seen_at(atom) } else { None };
            let volume = seen.and_then(|positions| chiral_volume(self, atom, &positions));
            let number = volume.filter(|volume| volume.abs() > FLAT).map(|volume| if volume < 0.0 { 1 } else { 2 });
            let chirality = number.map(|number| {
                Chirality::new(ChiralClass::Tetrahedral, number).expect("the class has the numbers 1 and 2")
            });
            builder.atom_mut(atom).expect("an atom of the same molecule").chirality = chirality;
        }
        let mut marked = builder.finish();
        let double = |(k, bond): &(BondIndex, Bond)| {
            can_be_marked(&marked, *k, bond, &classes, &rings) && !undecided.contains(k)
        };
        let double = marked.bonds().filter(double).map(|(k, _)| k).collect();
        mark_double_bonds(&mut marked, positions, double);
        unmark_others(&mut marked, positions, undecided, &rings);
        for conformer in self.conformers() {
            marked.add_conformer(conformer.positions().to_vec()).expect("conformers of the same atoms");
        }
        marked
    }
}

/// Whether an atom can be a tetrahedral centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Centre {
    None,
    /// All neighbours differ.
    Plain,
    /// Two neighbours along a ring look alike.
    OfRing,
}

fn centre(molecule: &Molecule, atom: AtomIndex, classes: &[usize], rings: &Rings) -> Centre {
    let Some(element) = molecule.atom(atom).element else { return Centre::None };
    let four = [Element::B, Element::C, Element::N, Element::SI, Element::P, Element::AS].contains(&element)
        || element.number() == 32;
    let three = [Element::P, Element::S, Element::AS, Element::SE].contains(&element);
    let fits = match total_degree(molecule, atom) {
        4 => four,
        3 => three,
        _ => false,
    };
    let planar = |bond: &BondIndex| {
        let order = molecule.bond(*bond).order;
        order == BondOrder::Aromatic || order != BondOrder::Single && element == Element::C
    };
    if !fits || molecule.hydrogens(atom) > 1 || molecule.bonds_of(atom).iter().any(planar) {
        return Centre::None;
    }
    // A counted hydrogen beside one that is an atom.
    let is_hydrogen = |other: AtomIndex| {
        let data = molecule.atom(other);
        data.element == Some(Element::H) && data.isotope.is_none()
    };
    let drawn = molecule.neighbors(atom).any(is_hydrogen);
    if molecule.hydrogens(atom) == 1 && drawn {
        return Centre::None;
    }
    // A protonated amine loses its proton and inverts.
    if element == Element::N && (drawn || molecule.hydrogens(atom) > 0) {
        return Centre::None;
    }
    let mut around: SmallVec<[(usize, BondIndex); 4]> =
        molecule.bonds_of(atom).iter().map(|&bond| (classes[molecule.bond(bond).other(atom).index()], bond)).collect();
    around.sort_unstable();
    let equal: SmallVec<[_; 4]> = around.windows(2).filter(|pair| pair[0].0 == pair[1].0).collect();
    match equal[..] {
        [] => Centre::Plain,
        [pair] if pair.iter().all(|(_, bond)| !rings.of_bond(*bond).is_empty()) => Centre::OfRing,
        _ => Centre::None,
    }
}

/// Marks the single bonds beside double bonds, each chain of conjugated ones from its first on.
fn mark_double_bonds(molecule: &mut Molecule, positions: &[Vec3], mut open: Vec<BondIndex>) {
    let is_marked = |molecule: &Molecule, bond: BondIndex| {
        let bond = molecule.bond(bond);
        [bond.begin, bond.end]
            .iter()
            .any(|&end| molecule.bonds_of(end).iter().any(|&k| molecule.bond(k).direction.is_some()))
    };
    while !open.is_empty() {
        let next = open.iter().position(|&bond| is_marked(molecule, bond)).unwrap_or(0);
        let bond = open.remove(next);
        let data = molecule.bond(bond);
        let (left, right) = (mark_bond(molecule, data.begin), mark_bond(molecule, data.end));
        let (Some(left), Some(right)) = (left, right) else { continue };
        let (x, y) = (molecule.bond(left).other(data.begin), molecule.bond(right).other(data.end));
        let Some(cosine) = double_bond_cosine(&data, x, y, positions).filter(|cosine| cosine.abs() > SQUARE) else {
            continue;
        };
        let flip = |direction: BondDirection| if cosine > 0.0 { direction } else { direction.reversed() };
        let left_mark = mark_from(molecule, left, data.begin);
        let right_mark = mark_from(molecule, right, data.end);
        let (up, also) = match (left_mark, right_mark) {
            // Rings of double bonds can ask one mark for two things: the first has it.
            (Some(mark), Some(other)) if other != flip(mark) => continue,
            (Some(mark), Some(other)) => (mark, other),
            (Some(mark), None) => (mark, flip(mark)),
            (None, Some(mark)) => (flip(mark), mark),
            (None, None) => (BondDirection::Down, flip(BondDirection::Down)),
        };
        for (single, atom, mark) in [(left, data.begin, up), (right, data.end, also)] {
            let from_begin = if molecule.bond(single).begin == atom { mark } else { mark.reversed() };
            molecule.set_direction(single, Some(from_begin));
        }
    }
}

/// The mark that a single bond has as seen from `atom`, or must have because the double bond beyond it is marked on its
/// other neighbour: the two lie on opposite sides.
fn mark_from(molecule: &Molecule, single: BondIndex, atom: AtomIndex) -> Option<BondDirection> {
    let beyond = molecule.bond(single).other(atom);
    let around = || molecule.bonds_of(beyond).iter().map(|&k| (k, molecule.bond(k)));
    let implied = || {
        let is_end = around().any(|(_, bond)| bond.order == BondOrder::Double);
        let mut others = around().filter(|(k, _)| is_end && *k != single);
        others.find_map(|(_, bond)| bond.direction_from(beyond))
    };
    molecule.bond(single).direction_from(atom).or_else(implied)
}

/// The single bond of an end of a double bond that carries the mark: one that has it, else one to a heavy
/// atom, if possible one without a double bond.
fn mark_bond(molecule: &Molecule, atom: AtomIndex) -> Option<BondIndex> {
    let singles = molecule.bonds_of(atom).iter().copied().filter(|&k| molecule.bond(k).order == BondOrder::Single);
    singles.min_by_key(|&k| {
        let beyond = molecule.bond(k).other(atom);
        let double = molecule.bonds_of(beyond).iter().any(|&b| molecule.bond(b).order == BondOrder::Double);
        (molecule.bond(k).direction.is_none(), molecule.atom(beyond).element == Some(Element::H), double, k)
    })
}

/// Takes back what the marks of two double bonds say about a third one between them that is undecided or lies otherwise.
///
/// One end of the third bond gives up its marks, if the bonds beyond do not need them or can be marked on another
/// neighbour that has no double bond. Where neither end can, the marks cannot be written and the statement stays.
fn unmark_others(molecule: &mut Molecule, positions: &[Vec3], undecided: &[BondIndex], rings: &Rings) {
    let agrees = |molecule: &Molecule, bond: BondIndex| {
        if rings.smallest_at_bond(bond).is_some_and(|size| size < TRANS_RING) {
            return None;
        }
        let (left, right, cis) = stated_side(molecule, bond)?;
        let cosine = double_bond_cosine(&molecule.bond(bond), left, right, positions);
        let is_seen = cosine.is_some_and(|cosine| cosine.abs() > SQUARE && (cosine > 0.0) == cis);
        Some(is_seen && !undecided.contains(&bond))
    };
    let all: Vec<(BondIndex, Bond)> = molecule.bonds().collect();
    for (bond, data) in all {
        if agrees(molecule, bond) == Some(false) {
            let is_needed = |bond: BondIndex| agrees(molecule, bond) == Some(true);
            let ends = [data.begin, data.end];
            let changes = ends.into_iter().find_map(|end| without_marks(molecule, end, &is_needed));
            for (single, mark) in changes.into_iter().flatten() {
                molecule.set_direction(single, mark);
            }
        }
    }
}

/// The changes that leave the single bonds of `end` without marks; `None` if a double bond that `is_needed` would lose
/// its own.
fn without_marks(
    molecule: &Molecule,
    end: AtomIndex,
    is_needed: &dyn Fn(BondIndex) -> bool,
) -> Option<Vec<(BondIndex, Option<BondDirection>)>> {
    let has_double =
        |atom: AtomIndex| molecule.bonds_of(atom).iter().any(|&bond| molecule.bond(bond).order == BondOrder::Double);
    let mut changes = Vec::new();
    for &single in molecule.bonds_of(end) {
        let beyond = molecule.bond(single).other(end);
        let Some(mark) = molecule.bond(single).direction_from(beyond) else { continue };
        changes.push((single, None));
        let around = molecule.bonds_of(beyond);
        let mut others = around.iter().map(|&k| (k, molecule.bond(k))).filter(|(k, _)| *k != single);
        if !around.iter().any(|&bond| is_needed(bond)) || others.clone().any(|(_, bond)| bond.direction.is_some()) {
            continue;
        }
        let is_free = |bond: &Bond| bond.order == BondOrder::Single && !has_double(bond.other(beyond));
        let (other, data) = others.find(|(_, bond)| is_free(bond))?;
        // The two neighbours of one end lie on opposite sides.
        changes.push((other, Some(if data.begin == beyond { mark.reversed() } else { mark })));
    }
    Some(changes)
}

fn can_be_marked(molecule: &Molecule, index: BondIndex, bond: &Bond, classes: &[usize], rings: &Rings) -> bool {
    let differs = |atom: AtomIndex| {
        let element = molecule.atom(atom).element;
        let others: SmallVec<[BondIndex; 4]> =
            molecule.bonds_of(atom).iter().copied().filter(|&other| other != index).collect();
        let neighbors: SmallVec<[usize; 4]> =
            others.iter().map(|&other| classes[molecule.bond(other).other(atom).index()]).collect();
        let total = neighbors.len() + usize::from(molecule.hydrogens(atom));
        let fits = match element {
            Some(Element::C) => total == 2,
            Some(Element::N) => total == 1 || total == 2 && molecule.atom(atom).charge == 1,
            _ => false,
        };
        fits && others.iter().all(|&other| molecule.bond(other).order == BondOrder::Single)
            && match neighbors[..] {
                [] => false,
                [a, b] => a != b,
                _ => true,
            }
    };
    bond.order == BondOrder::Double
        && rings.smallest_at_bond(index).is_none_or(|size| size >= TRANS_RING)
        && differs(bond.begin)
        && differs(bond.end)
}
