//! A molecule as a pattern.

use super::query::{AtomTest, BondTest, CHARGE_ZERO, Expression, Fact, Graph, QueryAtom, QueryBond};
use crate::fingerprint::graph::order_of_type;
use crate::perceive::{Perception, StereoElements, radical_electrons};
use crate::{AtomIndex, BondDirection, BondOrder, ChiralClass, Molecule};
use smallvec::SmallVec;

/// The graph that matches what contains `molecule`.
pub(super) fn graph_of(molecule: &Molecule) -> Graph {
    let perception = Perception::new(molecule).ok();
    let stereo = perception.as_ref().map(StereoElements::new);
    let mut graph = Graph::default();
    let mut component_of = vec![0; molecule.atom_count()];
    for (k, component) in molecule.components().iter().enumerate() {
        graph.groups.push(None);
        for atom in component {
            component_of[atom.index()] = k as u32;
        }
    }
    for (index, _) in molecule.atoms() {
        graph.atoms.push(QueryAtom {
            expression: Expression::of(&tests(molecule, index, perception.as_ref(), stereo.as_ref())),
            bonds: molecule.bonds_of(index).iter().map(|bond| bond.index() as u32).collect(),
            map_number: 0,
            component: component_of[index.index()],
        });
    }
    for (index, bond) in molecule.bonds() {
        let order = perception.as_ref().map_or(bond.order, |perception| order_of_type(perception, index));
        // A mark beside no double bond with sides says nothing.
        let says = |stereo: &StereoElements| {
            let mut sided = stereo.bonds().iter().filter(|sided| sided.specified).flat_map(|sided| sided.ends);
            sided.any(|end| end == bond.begin || end == bond.end)
        };
        let direction = bond.direction.filter(|_| stereo.as_ref().is_none_or(says));
        let test = match (order, direction) {
            (BondOrder::Single, Some(direction)) => {
                BondTest::Direction { up: direction == BondDirection::Up, or_unspecified: false }
            }
            (order, _) => BondTest::Order(order),
        };
        let expression = Expression::of(&[test]);
        graph.bonds.push(QueryBond { begin: bond.begin.index() as u32, end: bond.end.index() as u32, expression });
    }
    graph
}

fn tests(
    molecule: &Molecule,
    index: AtomIndex,
    perception: Option<&Perception>,
    stereo: Option<&StereoElements>,
) -> SmallVec<[AtomTest; 4]> {
    let atom = molecule.atom(index);
    let number = atom.element.map_or(0, crate::Element::number);
    let mut tests: SmallVec<[AtomTest; 4]> = SmallVec::new();
    tests.push(AtomTest::element(number, None));
    if let Some(isotope) = atom.isotope.filter(|&isotope| isotope > 0) {
        tests.push(AtomTest::exactly(Fact::Isotope, isotope));
    }
    if atom.charge != 0 {
        let charge = i32::from(CHARGE_ZERO) + i32::from(atom.charge);
        tests.push(AtomTest::exactly(Fact::Charge, u16::try_from(charge).unwrap_or(CHARGE_ZERO)));
    }
    if let Some(perception) = perception.filter(|seen| radical_electrons(seen.kekule(), index) > 0) {
        // Of one element and charge, equal valences leave equally many electrons unpaired.
        tests.push(AtomTest::exactly(Fact::Valence, u16::try_from(perception.valence(index)).unwrap_or(u16::MAX)));
    }
    let says = |stereo: &StereoElements| stereo.centers().iter().any(|center| center.atom == index && center.specified);
    let is_idle = |class| class == ChiralClass::Tetrahedral && !stereo.is_none_or(says);
    if let Some(chirality) = atom.chirality.filter(|chirality| !is_idle(chirality.class())) {
        // The list of a molecule begins with the hydrogens, that of a pattern ends with what it leaves out.
        let hydrogens = usize::from(molecule.hydrogens(index));
        let count = hydrogens + molecule.degree(index);
        let order: SmallVec<[usize; 8]> = (hydrogens..count).chain(0..hydrogens).collect();
        tests.push(AtomTest::Chirality {
            chirality: chirality.reordered(&order),
            or_unspecified: false,
            implied: false,
        });
    }
    tests
}
