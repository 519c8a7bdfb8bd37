//! Chirality between a text and a molecule: which list of neighbours a tag refers to.
//!
//! In a text the neighbours of an atom are: the preceding atom, its hydrogens, then ring bonds and branches as written. A
//! molecule counts the hydrogens first. For an allene the list is that of the substituents at both ends.

use crate::molecule::is_odd;
use crate::{AtomIndex, BondIndex, BondOrder, ChiralClass, Chirality, Molecule, MoleculeBuilder};
use smallvec::SmallVec;

/// Places of a list of neighbours.
type Order = SmallVec<[usize; 8]>;

/// A chirality tag as written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tag {
    /// `@`, whose class follows from the number of neighbours.
    Anticlockwise,
    /// `@@`.
    Clockwise,
    /// A class with its number.
    Stated(Chirality),
}

/// What the text says beyond the graph.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Atom, tag, and how many ring bonds the atom has.
    pub(super) tags: Vec<(AtomIndex, Tag, usize)>,
    /// Atoms without a preceding one, ascending.
    pub(super) roots: Vec<AtomIndex>,
}

/// Gives the atoms their chirality, each number moved from the order of the text to that of the molecule.
pub(super) fn resolve(builder: &mut MoleculeBuilder, written: &Written) {
    for &(atom, tag, ring_bonds) in &written.tags {
        let molecule = builder.molecule();
        let number = |number| Chirality::new(implied_class(molecule, atom), number).expect("all classes have 1 and 2");
        let chirality = match tag {
            Tag::Anticlockwise => number(1),
            Tag::Clockwise => number(2),
            Tag::Stated(chirality) => chirality,
        };
        let sequence = |atom: AtomIndex| {
            let preceded = written.roots.binary_search(&atom).is_err();
            (molecule.bonds_of(atom).iter().copied().collect(), preceded)
        };
        let order = inverse(&list_order(molecule, atom, chirality.class(), sequence));
        let mut chirality = chirality.reordered(&order);
        let saturated = || molecule.bonds_of(atom).iter().all(|&bond| molecule.bond(bond).order == BondOrder::Single);
        if has_turned_lone_pair(chirality.class(), molecule.degree(atom), molecule.hydrogens(atom), ring_bonds)
            && saturated()
        {
            chirality = chirality.reordered(&[1, 0, 2, 3]);
        }
        builder.atom_mut(atom).expect("tags belong to atoms").chirality = Some(chirality);
    }
}

/// Whether the lone pair of a saturated atom counts as an exchange: that of three neighbours and one ring bond does.
///
/// The specification does not say where a lone pair stands in the list. Here it is last, as in `RDKit`, which makes this one
/// exception; its users exchange such strings (sulfoxides on rings, aziridines), so it is kept.
pub(super) fn has_turned_lone_pair(class: ChiralClass, degree: usize, hydrogens: u8, ring_bonds: usize) -> bool {
    class == ChiralClass::Tetrahedral && degree == 3 && hydrogens == 0 && ring_bonds == 1
}

/// The class `@` stands for.
fn implied_class(molecule: &Molecule, atom: AtomIndex) -> ChiralClass {
    match molecule.degree(atom) + usize::from(molecule.hydrogens(atom)) {
        2 => ChiralClass::Allenal,
        5 => ChiralClass::TrigonalBipyramidal,
        6 => ChiralClass::Octahedral,
        _ => ChiralClass::Tetrahedral,
    }
}

/// The list of the text as places of the list of the molecule, given the bonds of each atom in the order of the text and
/// whether the first of them leads to the preceding atom.
fn list_order(
    molecule: &Molecule,
    atom: AtomIndex,
    class: ChiralClass,
    sequence: impl Fn(AtomIndex) -> (SmallVec<[BondIndex; 4]>, bool),
) -> Order {
    if molecule.degree(atom) > 6 {
        // No class has so many neighbours: the number means nothing and stays.
        return Order::new();
    }
    if class != ChiralClass::Allenal {
        return order_at(molecule, atom, None, &sequence);
    }
    let ends = cumulene_ends(molecule, atom);
    let odd = ends.into_iter().flatten().filter(|&(end, _)| molecule.degree(end) <= 3).filter(|&(end, inner)| {
        let order = order_at(molecule, end, Some(inner), &sequence);
        order.len() == 2 && is_odd(&order)
    });
    // An exchange at either end is an exchange of the list of four.
    if odd.count() % 2 == 1 { SmallVec::from_slice(&[1, 0, 2, 3]) } else { SmallVec::from_slice(&[0, 1, 2, 3]) }
}

/// The neighbours of one atom in the order of the text, as places in the order of the molecule, without one bond.
fn order_at(
    molecule: &Molecule,
    atom: AtomIndex,
    without: Option<BondIndex>,
    sequence: &impl Fn(AtomIndex) -> (SmallVec<[BondIndex; 4]>, bool),
) -> Order {
    let hydrogens = usize::from(molecule.hydrogens(atom));
    let own: SmallVec<[BondIndex; 8]> =
        molecule.bonds_of(atom).iter().copied().filter(|&bond| Some(bond) != without).collect();
    let (bonds, preceded) = sequence(atom);
    let place = |bond: &BondIndex| own.iter().position(|other| other == bond).map(|place| hydrogens + place);
    let (first, rest) = bonds.split_at(usize::from(preceded).min(bonds.len()));
    first.iter().filter_map(place).chain(0..hydrogens).chain(rest.iter().filter_map(place)).collect()
}

/// The ends of a chain of double bonds through `middle`, each with its bond towards it; `None` if the chain is closed or
/// `middle` is no middle.
fn cumulene_ends(molecule: &Molecule, middle: AtomIndex) -> Option<[(AtomIndex, BondIndex); 2]> {
    let &[one, two] = molecule.bonds_of(middle) else { return None };
    let walk = |mut bond: BondIndex| {
        let mut atom = molecule.bond(bond).other(middle);
        for _ in 0..molecule.atom_count() {
            let onward = match *molecule.bonds_of(atom) {
                [a, b] if molecule.hydrogens(atom) == 0 => {
                    if a == bond {
                        b
                    } else {
                        a
                    }
                }
                _ => return Some((atom, bond)),
            };
            if molecule.bond(onward).order != BondOrder::Double {
                return Some((atom, bond));
            }
            (atom, bond) = (molecule.bond(onward).other(atom), onward);
        }
        None
    };
    Some([walk(one)?, walk(two)?])
}

fn inverse(order: &[usize]) -> Order {
    let mut inverse = Order::from_elem(0, order.len());
    order.iter().enumerate().for_each(|(place, &old)| inverse[old] = place);
    inverse
}
