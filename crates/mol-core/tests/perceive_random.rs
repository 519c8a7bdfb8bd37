//! Perception of random graphs: it never panics, finds what must be there, and does not depend on the numbering.

use mol_core::perceive::{
    AromaticityModel, Perception, RingFamilies, Rings, Symmetry, ValenceModel, check_valence, ring_bonds,
    symmetry_classes,
};
use mol_core::{Atom, AtomIndex, BondOrder, Element, Molecule, MoleculeBuilder, Seed};
use proptest::prelude::*;

/// An atom from a few numbers.
fn atom(kind: u8, charge: i8, hydrogens: Option<u8>) -> Atom {
    const KINDS: [Element; 12] = [
        Element::C,
        Element::C,
        Element::C,
        Element::N,
        Element::O,
        Element::S,
        Element::P,
        Element::B,
        Element::CL,
        Element::FE,
        Element::SE,
        Element::H,
    ];
    match KINDS.get(usize::from(kind)) {
        Some(&element) => Atom { charge, hydrogens: hydrogens.filter(|_| element != Element::H), ..Atom::new(element) },
        None => Atom { charge, hydrogens, ..Atom::wildcard() },
    }
}

/// A graph of a list of atoms and a list of pairs; impossible bonds are left out.
fn graph(atoms: &[(u8, i8, Option<u8>)], bonds: &[(usize, usize, u8)]) -> Molecule {
    const ORDERS: [BondOrder; 8] = [
        BondOrder::Single,
        BondOrder::Single,
        BondOrder::Double,
        BondOrder::Double,
        BondOrder::Aromatic,
        BondOrder::Aromatic,
        BondOrder::Triple,
        BondOrder::Quadruple,
    ];
    let mut builder = MoleculeBuilder::new();
    for &(kind, charge, hydrogens) in atoms {
        builder.add_atom(atom(kind, charge, hydrogens));
    }
    for &(a, b, order) in bonds {
        let ends = [a, b].map(|k| AtomIndex::new(k % atoms.len()));
        let _ = builder.add_bond(ends[0], ends[1], ORDERS[usize::from(order)]);
    }
    builder.build().expect("atoms within the rules")
}

fn graphs() -> impl Strategy<Value = Molecule> {
    let charge = prop_oneof![6 => Just(0_i8), 1 => -2..3_i8, 1 => Just(-99_i8), 1 => Just(99_i8)];
    let hydrogens = prop_oneof![4 => Just(None), 1 => (0..10_u8).prop_map(Some)];
    let atoms = prop::collection::vec((0..13_u8, charge, hydrogens), 1..24);
    let bonds = prop::collection::vec((0..64_usize, 0..64_usize, 0..8_u8), 0..60);
    (atoms, bonds).prop_map(|(atoms, bonds)| graph(&atoms, &bonds))
}

/// The same molecule with atoms and bonds in another order; entry k is the new number of atom k.
fn renumbered(molecule: &Molecule, seed: u64) -> (Molecule, Vec<usize>) {
    let mut rng = Seed::new(seed).rng();
    let mut old: Vec<usize> = (0..molecule.atom_count()).collect();
    rng.shuffle(&mut old);
    let mut new = vec![0; old.len()];
    old.iter().enumerate().for_each(|(k, &atom)| new[atom] = k);
    let mut builder = MoleculeBuilder::new();
    for &atom in &old {
        builder.add_atom(*molecule.atom(AtomIndex::new(atom)));
    }
    let mut bonds: Vec<_> = molecule.bonds().map(|(_, bond)| bond).collect();
    rng.shuffle(&mut bonds);
    for bond in bonds {
        let [a, b] = [bond.begin, bond.end].map(|atom| AtomIndex::new(new[atom.index()]));
        builder.add_bond(a, b, bond.order).expect("the same bonds");
    }
    (builder.build().expect("the same atoms"), new)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn perception_of_any_graph_is_whole(molecule in graphs()) {
        let is_sound = check_valence(&molecule, ValenceModel::Strict).is_ok()
            && molecule.atoms().all(|(_, atom)| atom.charge.abs() <= 1 && atom.element.is_some());
        for model in [AromaticityModel::Rdkit, AromaticityModel::Daylight, AromaticityModel::Mmff94] {
            if let Ok(seen) = Perception::with_model(&molecule, model) {
                prop_assert!(seen.kekule().bonds().all(|(_, bond)| bond.order != BondOrder::Aromatic));
                prop_assert_eq!(seen.hybridizations().len(), molecule.atom_count());
                for (atom, _) in molecule.atoms() {
                    prop_assert_eq!(seen.kekule().hydrogens(atom), molecule.hydrogens(atom));
                    prop_assert_eq!(seen.molecule().hydrogens(atom), molecule.hydrogens(atom));
                }
                let again = Perception::with_model(seen.molecule(), model);
                prop_assert!(!is_sound || again.is_ok(), "{model:?} {}", molecule.to_smiles());
            }
        }
        for model in [ValenceModel::Strict, ValenceModel::Hypervalent] {
            let _ = check_valence(&molecule, model);
        }
        let strict = check_valence(&molecule, ValenceModel::Strict).is_ok();
        prop_assert!(!strict || check_valence(&molecule, ValenceModel::Hypervalent).is_ok());
        let rings = Rings::new(&molecule);
        prop_assert_eq!(rings.len(), molecule.bond_count() + molecule.components().len() - molecule.atom_count());
        let all = Rings::symmetrized(&molecule);
        prop_assert!(all.len() >= rings.len());
        let sizes = |rings: &Rings| rings.iter().map(<[_]>::len).collect::<Vec<_>>();
        for (bond, on_ring) in ring_bonds(&molecule).into_iter().enumerate() {
            let bond = mol_core::BondIndex::new(bond);
            prop_assert_eq!(on_ring, !rings.of_bond(bond).is_empty());
            prop_assert_eq!(rings.smallest_at_bond(bond), all.smallest_at_bond(bond));
        }
        let families = RingFamilies::new(&molecule);
        prop_assert!(families.len() <= all.len() && families.is_empty() == rings.is_empty());
        prop_assert_eq!(sizes(&rings).first().copied(), (!families.is_empty()).then(|| families.size(0)));
        prop_assert!(all.spiro_atoms().len() <= molecule.atom_count());
        prop_assert!(all.bridgeheads().len() <= molecule.atom_count());
    }

    #[test]
    fn numbering_of_any_graph_changes_nothing(molecule in graphs(), seed in any::<u64>()) {
        let (other, new) = renumbered(&molecule, seed);
        let sizes = |rings: &Rings| rings.iter().map(<[_]>::len).collect::<Vec<_>>();
        prop_assert_eq!(sizes(&Rings::new(&molecule)), sizes(&Rings::new(&other)));
        let (a, b) = (Rings::symmetrized(&molecule), Rings::symmetrized(&other));
        prop_assert_eq!(sizes(&a), sizes(&b));
        let families = [&molecule, &other].map(RingFamilies::new);
        prop_assert_eq!(families[0].len(), families[1].len());
        prop_assert_eq!(a.spiro_atoms().len(), b.spiro_atoms().len());
        prop_assert_eq!(a.bridgeheads().len(), b.bridgeheads().len());
        for model in [ValenceModel::Strict, ValenceModel::Hypervalent] {
            prop_assert_eq!(check_valence(&molecule, model).is_ok(), check_valence(&other, model).is_ok());
        }
        for (atom, _) in molecule.atoms() {
            prop_assert_eq!(a.of_atom(atom).len(), b.of_atom(AtomIndex::new(new[atom.index()])).len());
        }
        let seen = [&molecule, &other].map(|molecule| Perception::new(molecule).is_ok());
        prop_assert_eq!(seen[0], seen[1]);
    }

    #[test]
    fn classes_are_orbits(molecule in graphs(), seed in any::<u64>()) {
        let classes = symmetry_classes(&molecule);
        if let Ok(seen) = Perception::new(&molecule) {
            let symmetry = Symmetry::new(&seen);
            prop_assert_eq!(symmetry.classes(), &classes[..]);
            // Orbits of the generators are the classes.
            let mut label: Vec<usize> = (0..classes.len()).collect();
            for _ in 0..classes.len() {
                for map in symmetry.generators() {
                    for k in 0..map.len() {
                        let low = label[k].min(label[map[k].index()]);
                        label[k] = low;
                        label[map[k].index()] = low;
                    }
                }
            }
            for a in 0..classes.len() {
                for b in 0..a {
                    prop_assert_eq!(label[a] == label[b], classes[a] == classes[b]);
                }
            }
        }
        // An aromatic bond may be written out in several ways on random graphs: compare where nothing is chosen.
        if molecule.bonds().all(|(_, bond)| bond.order == BondOrder::Single) {
            let (other, new) = renumbered(&molecule, seed);
            let again = symmetry_classes(&other);
            for (k, &class) in classes.iter().enumerate() {
                prop_assert_eq!(class, again[new[k]]);
            }
        }
    }
}

#[test]
fn large_systems_are_bounded() {
    // A sheet of squares, a ladder of rings joined in opposite places, and a complete graph.
    let grid = |side: usize| {
        let mut builder = MoleculeBuilder::new();
        for _ in 0..side * side {
            builder.add_atom(Atom::new(Element::C));
        }
        for k in 0..side * side {
            if k % side + 1 < side {
                builder.add_bond(AtomIndex::new(k), AtomIndex::new(k + 1), BondOrder::Single).unwrap();
            }
            if k + side < side * side {
                builder.add_bond(AtomIndex::new(k), AtomIndex::new(k + side), BondOrder::Single).unwrap();
            }
        }
        builder.build().unwrap()
    };
    let sheet = grid(40);
    assert_eq!(Rings::new(&sheet).len(), 39 * 39);
    assert!(Rings::new(&sheet).iter().all(|ring| ring.len() == 4));
    assert_eq!(Rings::symmetrized(&sheet).len(), 39 * 39);
    let mut text = "C1CCC(CC1)".repeat(12);
    text = text.replacen("C1CCC(CC1)", "C2C1CCC(CC1)", 1) + "C2";
    let chain = Molecule::from_smiles(&text).unwrap();
    let rings = Rings::symmetrized(&chain);
    assert!(rings.len() <= Rings::MOST_SYMMETRIZED * Rings::new(&chain).len());
    assert_eq!(RingFamilies::new(&chain).len(), 13);
    let mut builder = MoleculeBuilder::new();
    for _ in 0..20 {
        builder.add_atom(Atom::wildcard());
    }
    for a in 0..20 {
        for b in 0..a {
            builder.add_bond(AtomIndex::new(a), AtomIndex::new(b), BondOrder::Single).unwrap();
        }
    }
    let complete = builder.build().unwrap();
    assert_eq!((Rings::new(&complete).len(), Rings::symmetrized(&complete).len()), (171, 1140));
    let symmetry = Symmetry::new(&Perception::new(&complete).unwrap());
    assert_eq!(symmetry.order(), Some((1..=20_u128).product()));
}
