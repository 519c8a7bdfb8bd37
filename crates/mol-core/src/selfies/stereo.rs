//! Chirality between a string and a molecule: which list of neighbours `@` refers to.
//!
//! In a SELFIES the neighbours of an atom are: the preceding atom, its hydrogens, its ring bonds in the order in which the ring
//! symbols stand, its branches. A molecule counts the hydrogens first, then its bonds. For an allene the list is that of the
//! substituents at both ends.

use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Chirality, Molecule};
use smallvec::SmallVec;

/// Bonds of an atom in the order of a string, and whether the first leads to the preceding atom.
pub(super) type Sequence = (SmallVec<[BondIndex; 4]>, bool);

/// The chirality that a tag stands for, in the order of the molecule; `None` where the atom can have none.
pub(super) fn read(
    molecule: &Molecule,
    atom: AtomIndex,
    tag: u8,
    sequence: &dyn Fn(AtomIndex) -> Sequence,
) -> Option<Chirality> {
    let class = match molecule.degree(atom) + usize::from(molecule.hydrogens(atom)) {
        2 if ends_of_cumulene(molecule, atom).is_some() => ChiralClass::Allenal,
        3 | 4 => ChiralClass::Tetrahedral,
        5 => ChiralClass::TrigonalBipyramidal,
        6 => ChiralClass::Octahedral,
        _ => return None,
    };
    let chirality = Chirality::new(class, tag).expect("all classes have the numbers 1 and 2");
    let order = order(molecule, atom, class, sequence);
    let mut inverse: SmallVec<[usize; 8]> = SmallVec::from_elem(0, order.len());
    order.iter().enumerate().for_each(|(place, &old)| inverse[old] = place);
    Some(chirality.reordered(&inverse))
}

/// The tag of an atom's chirality in a string; `None` if `@` and `@@` cannot say it.
pub(super) fn write(
    molecule: &Molecule,
    atom: AtomIndex,
    chirality: Chirality,
    sequence: &dyn Fn(AtomIndex) -> Sequence,
) -> Option<u8> {
    let tag = chirality.reordered(&order(molecule, atom, chirality.class(), sequence)).number();
    let is_said = chirality.class() != ChiralClass::SquarePlanar && tag <= 2;
    is_said.then_some(tag).filter(|&tag| read(molecule, atom, tag, sequence) == Some(chirality))
}

/// The list of the string as places of the list of the molecule.
fn order(
    molecule: &Molecule,
    atom: AtomIndex,
    class: ChiralClass,
    sequence: &dyn Fn(AtomIndex) -> Sequence,
) -> SmallVec<[usize; 8]> {
    if class != ChiralClass::Allenal {
        return order_at(molecule, atom, None, sequence);
    }
    let ends = ends_of_cumulene(molecule, atom).into_iter().flatten();
    let odd = ends.filter(|&(end, inner)| {
        let order = order_at(molecule, end, Some(inner), sequence);
        order.len() == 2 && order[0] > order[1]
    });
    // An exchange at either end is an exchange of the list of four.
    if odd.count() % 2 == 1 { SmallVec::from_slice(&[1, 0, 2, 3]) } else { SmallVec::from_slice(&[0, 1, 2, 3]) }
}

/// The neighbours of one atom in the order of the string, as places in the order of the molecule, without one bond.
fn order_at(
    molecule: &Molecule,
    atom: AtomIndex,
    without: Option<BondIndex>,
    sequence: &dyn Fn(AtomIndex) -> Sequence,
) -> SmallVec<[usize; 8]> {
    let hydrogens = usize::from(molecule.hydrogens(atom));
    let own: SmallVec<[BondIndex; 8]> =
        molecule.bonds_of(atom).iter().copied().filter(|&bond| Some(bond) != without).collect();
    let (bonds, preceded) = sequence(atom);
    let place = |bond: &BondIndex| own.iter().position(|other| other == bond).map(|place| hydrogens + place);
    let (first, rest) = bonds.split_at(usize::from(preceded).min(bonds.len()));
    first.iter().filter_map(place).chain(0..hydrogens).chain(rest.iter().filter_map(place)).collect()
}

/// The ends of a chain of an even number of double bonds with `middle` in its middle, each with its bond towards it.
fn ends_of_cumulene(molecule: &Molecule, middle: AtomIndex) -> Option<[(AtomIndex, BondIndex); 2]> {
    let is_double = |bond: BondIndex| molecule.bond(bond).order == BondOrder::Double;
    let &[one, two] = molecule.bonds_of(middle) else { return None };
    let walk = |mut bond: BondIndex| {
        let (mut atom, mut steps) = (molecule.bond(bond).other(middle), 1);
        // A closed ring of double bonds has no ends.
        while steps <= molecule.atom_count() {
            let onward = molecule.bonds_of(atom).iter().copied().find(|&other| other != bond && is_double(other));
            let Some(next) = onward.filter(|_| molecule.degree(atom) == 2) else { return Some((atom, bond, steps)) };
            (atom, bond, steps) = (molecule.bond(next).other(atom), next, steps + 1);
        }
        None
    };
    let ends = (is_double(one) && is_double(two)).then(|| Some([walk(one)?, walk(two)?]))??;
    (ends[0].2 == ends[1].2).then_some(ends.map(|(atom, bond, _)| (atom, bond)))
}
