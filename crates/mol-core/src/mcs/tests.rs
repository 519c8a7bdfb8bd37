//! Tests of common substructures: against trying everything, under renumbering, limits, options.

use super::*;
use crate::{BondOrder, Molecule, Seed};

fn perceive(smiles: &str) -> Perception {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    Perception::new(&molecule).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

/// Checks that a result is a common substructure by elements and orders, and gives its atoms and bonds.
fn checked(a: &Perception, b: &Perception, options: &Options) -> (usize, usize) {
    let common = maximum_common_substructure(a, b, options);
    let image = |atom: AtomIndex| common.atoms.iter().find(|pair| pair.0 == atom).expect("a bond has its atoms").1;
    let mut images: Vec<_> = common.atoms.iter().map(|pair| pair.1).collect();
    images.sort_unstable();
    images.dedup();
    assert_eq!(images.len(), common.atoms.len(), "an atom has two images");
    for &(one, two) in &common.atoms {
        if options.atoms == AtomComparison::Elements {
            assert_eq!(a.molecule().atom(one).element, b.molecule().atom(two).element);
        }
        assert!(!options.ring_matches_ring || a.in_ring(one) == b.in_ring(two));
    }
    for &(one, two) in &common.bonds {
        let (first, second) = (a.molecule().bond(one), b.molecule().bond(two));
        let ends = [image(first.begin), image(first.end)];
        assert!(ends == [second.begin, second.end] || ends == [second.end, second.begin]);
        if options.bonds == BondComparison::ExactOrder {
            assert_eq!(a.order(one), b.order(two));
        }
        assert!(!options.ring_matches_ring || a.is_ring_bond(one) == b.is_ring_bond(two));
    }
    (common.atoms.len(), common.bonds.len())
}

/// The largest number of bonds kept by any one-to-one mapping, connected or not, by trying all.
fn all_mappings(a: &Perception, b: &Perception, connected: bool) -> usize {
    fn alike(a: BondOrder, b: BondOrder) -> bool {
        a == b || matches!((a, b), (BondOrder::Single, BondOrder::Aromatic) | (BondOrder::Aromatic, BondOrder::Single))
    }
    fn descend(a: &Perception, b: &Perception, connected: bool, image: &mut Vec<Option<AtomIndex>>, best: &mut usize) {
        let next = image.len();
        if next < a.molecule().atom_count() {
            let atom = AtomIndex::new(next);
            for (other, data) in b.molecule().atoms() {
                if data.element == a.molecule().atom(atom).element && !image.contains(&Some(other)) {
                    image.push(Some(other));
                    descend(a, b, connected, image, best);
                    image.pop();
                }
            }
            image.push(None);
            descend(a, b, connected, image, best);
            image.pop();
            return;
        }
        let kept: Vec<_> = a
            .molecule()
            .bonds()
            .filter(|(index, bond)| {
                let ends = [bond.begin, bond.end].map(|end| image[end.index()]);
                let [Some(begin), Some(end)] = ends else { return false };
                let common = b.molecule().bond_between(begin, end);
                common.is_some_and(|common| alike(a.order(*index), b.order(common)))
            })
            .map(|(_, bond)| (bond.begin.index(), bond.end.index()))
            .collect();
        if !connected {
            *best = (*best).max(kept.len());
            return;
        }
        // The largest connected part, by spreading labels.
        let mut label: Vec<usize> = (0..next).collect();
        for _ in 0..next {
            for &(begin, end) in &kept {
                let least = label[begin].min(label[end]);
                (label[begin], label[end]) = (least, least);
            }
        }
        let largest = (0..next).map(|k| kept.iter().filter(|bond| label[bond.0] == k).count()).max();
        *best = (*best).max(largest.unwrap_or(0));
    }
    let mut best = 0;
    descend(a, b, connected, &mut Vec::new(), &mut best);
    best
}

#[test]
fn small_molecules_against_all_mappings() {
    let smiles =
        ["CC(C)CO", "C1CC1CO", "C1CCC1=O", "OCC=CC", "N1C=CC=C1", "CC(=O)NC", "C1CC2CC12", "CN.CCO", "C12C3C1C23"];
    for (k, first) in smiles.iter().enumerate() {
        for second in &smiles[k..] {
            let (a, b) = (perceive(first), perceive(second));
            for connected in [true, false] {
                let options = Options { connected, ..Options::default() };
                let (_, bonds) = checked(&a, &b, &options);
                assert_eq!(bonds, all_mappings(&a, &b, connected), "{first} {second} {connected}");
            }
        }
    }
}

#[test]
fn options_say_what_is_common() {
    let plain = Options::default();
    let ring = Options { ring_matches_ring: true, ..plain };
    let complete = Options { complete_rings: true, ..plain };
    for (first, second, options, expected) in [
        ("C", "CC", plain, (1, 0)),
        ("C", "N", plain, (0, 0)),
        ("", "N", plain, (0, 0)),
        ("CCO", "c1ccccc1O", plain, (3, 2)),
        ("C1CCCCC1", "c1ccccc1", plain, (6, 6)),
        ("C=C", "c1ccccc1", plain, (1, 0)),
        ("C1CCCCC1", "c1ccccc1", Options { bonds: BondComparison::ExactOrder, ..plain }, (1, 0)),
        ("C1CC1", "CCC", plain, (3, 2)),
        ("C1CC1", "CCC", ring, (0, 0)),
        ("C1CC1C", "CCCC", complete, (2, 1)),
        ("C1CCC2CCCCC2C1", "C1CCCCC1CC", complete, (6, 6)),
        ("c1ccc2[nH]ccc2c1", "c1ccc2occc2c1", complete, (6, 6)),
        ("CCO", "CCN", Options { atoms: AtomComparison::Any, ..plain }, (3, 2)),
        ("CCCCl", "CCCBr", Options { atoms: AtomComparison::Heavy, ..plain }, (4, 3)),
        ("[13CH3]C", "CC", Options { atoms: AtomComparison::Isotopes, ..plain }, (1, 0)),
        ("[NH3+]C", "NC", Options { match_valences: true, ..plain }, (1, 0)),
        ("[NH3+]C", "NC", Options { match_charges: true, ..plain }, (1, 0)),
        ("C=CC", "CCC", Options { bonds: BondComparison::Any, ..plain }, (3, 2)),
        ("OCCCCN", "OC.CN", Options { connected: false, ..plain }, (4, 2)),
        ("OCCCCN", "OC.CN", plain, (2, 1)),
        ("C1CCCCC1", "C1CCCCC1", Options { maximize: Maximize::Atoms, ..plain }, (6, 6)),
    ] {
        assert_eq!(checked(&perceive(first), &perceive(second), &options), expected, "{first} {second}");
        assert_eq!(checked(&perceive(second), &perceive(first), &options), expected, "{second} {first}");
    }
}

#[test]
fn the_numbering_does_not_show() {
    let pairs = [
        ("CC(=O)Oc1ccccc1C(=O)O", "NC(=O)c1ccccc1OCC"),
        ("CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "Cn1cnc2c1ncnc2N"),
        ("C1CC2CCC1CC2", "OC1CCC(CC1)C(C)C"),
    ];
    let mut rng = Seed::new(11).rng();
    for (first, second) in pairs {
        let (a, b) = (perceive(first), perceive(second));
        for options in [Options::default(), Options { complete_rings: true, ..Options::default() }] {
            let expected = checked(&a, &b, &options);
            for _ in 0..5 {
                let atoms = a.molecule().atom_count();
                let mut order: Vec<usize> = (0..atoms).collect();
                rng.shuffle(&mut order);
                let mut builder = crate::MoleculeBuilder::new();
                for &k in &order {
                    builder.add_atom(*a.kekule().atom(AtomIndex::new(k)));
                }
                let place = |atom: AtomIndex| order.iter().position(|&k| k == atom.index()).map(AtomIndex::new);
                for (_, bond) in a.kekule().bonds() {
                    let [begin, end] = [bond.begin, bond.end].map(|end| place(end).expect("a permutation"));
                    builder.add_bond(begin, end, bond.order).expect("the bonds of a molecule");
                }
                let renumbered =
                    Perception::new(&builder.build().expect("atoms of a molecule")).expect("a Kekulé form");
                assert_eq!(checked(&renumbered, &b, &options), expected, "{first} {second} {order:?}");
            }
        }
    }
}

#[test]
fn limits_stop_the_search_with_something_in_hand() {
    let (a, b) = (perceive("CC(=O)Oc1ccccc1C(=O)O"), perceive("NC(=O)c1ccccc1OCC"));
    let whole = maximum_common_substructure(&a, &b, &Options::default());
    assert!(whole.is_optimal && whole.steps > 10);
    let mut last = 0;
    for step_limit in 0..whole.steps {
        let options = Options { step_limit, ..Options::default() };
        let part = maximum_common_substructure(&a, &b, &options);
        assert!(!part.is_optimal && part.steps == step_limit && part.bonds.len() >= last);
        assert_eq!(part, maximum_common_substructure(&a, &b, &options));
        last = part.bonds.len();
    }
    let options = Options { time_limit: Some(Duration::ZERO), ..Options::default() };
    let none = maximum_common_substructure(&a, &b, &options);
    assert_eq!((none.steps, none.is_optimal, none.atoms.len()), (0, false, 1));
}

#[test]
fn a_hard_pair_ends_at_its_limit() {
    // Two large grids of one element: no bound is of help.
    let grid = |n: usize| {
        let mut builder = crate::MoleculeBuilder::new();
        let atoms: Vec<AtomIndex> =
            (0..n * n).map(|_| builder.add_atom(crate::Atom::new(crate::Element::SI))).collect();
        for k in 0..n * n {
            if k % n + 1 < n {
                builder.add_bond(atoms[k], atoms[k + 1], BondOrder::Single).expect("new");
            }
            if k + n < n * n {
                builder.add_bond(atoms[k], atoms[k + n], BondOrder::Single).expect("new");
            }
        }
        Perception::new(&builder.build().expect("plain atoms")).expect("no aromatic bonds")
    };
    let options = Options { step_limit: 2000, connected: false, ..Options::default() };
    let common = maximum_common_substructure(&grid(6), &grid(7), &options);
    assert!(common.steps <= 2000 && common.bonds.len() > 20, "{}", common.bonds.len());
}
