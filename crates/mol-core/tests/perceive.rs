//! Perception: rings of cages, invariance under renumbering, Kekulé structures that need a real matching, refusals.

use mol_core::perceive::{Hybridization, Perception, Rings, Rotatable, Symmetry, rotatable_bonds};
use mol_core::{Atom, AtomIndex, BondOrder, Element, Molecule, MoleculeBuilder, Seed};
use proptest::prelude::*;

const C60: &str = "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41";

fn read(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

fn sizes(molecule: &Molecule) -> Vec<usize> {
    Rings::new(molecule).iter().map(<[_]>::len).collect()
}

#[test]
fn rings_of_cages() {
    let table: [(&str, &[usize]); 12] = [
        ("CCC", &[]),
        ("C12C3C4C1C5C4C3C25", &[4; 5]), // cubane
        // The sixth face of a cube is a sum of the others; the ring fused to it is not.
        ("C126C3C4C1C5C4C3C25CCCC6", &[4, 4, 4, 4, 4, 6]),
        ("C1CC2CCC1C2", &[5, 5]),           // norbornane
        ("C1CC2CCC1CC2", &[6, 6]),          // bicyclo[2.2.2]octane
        ("C1C2CC3CC1CC(C2)C3", &[6, 6, 6]), // adamantane
        ("C12C3C1C23", &[3, 3, 3]),         // tetrahedrane
        ("C1CC2(C1)CCC2", &[4, 4]),         // spiro
        ("c1ccc2cc3ccccc3cc2c1", &[6; 3]),  // anthracene
        ("C1CCCCCCCCCCCCCCCCC1.C1CC1", &[3, 18]),
        ("C1C2CC3CC1CC(C2)(C3)C45CC6CC(C4)CC(C6)C5", &[6; 6]), // two adamantanes
        ("C12C3C4C5C1C6C7C2C8C3C9C4C1C5C6C2C7C8C9C12", &[5; 11]), // dodecahedrane: 12 faces
    ];
    for (smiles, expected) in table {
        let molecule = read(smiles);
        let found = sizes(&molecule);
        let count = molecule.bond_count() + molecule.components().len() - molecule.atom_count();
        assert_eq!(found.len(), count, "{smiles}");
        assert_eq!(found, expected, "{smiles}");
    }
    let mut fullerene = [[5; 12].as_slice(), &[6; 19]].concat();
    fullerene.sort_unstable();
    assert_eq!(sizes(&read(C60)), fullerene);
}

#[test]
fn membership_goes_both_ways() {
    let indene = read("C1C=Cc2ccccc12");
    let rings = Rings::new(&indene);
    let shared = indene.bond_between(AtomIndex::new(3), AtomIndex::new(8)).expect("the fused bond");
    assert_eq!(rings.of_bond(shared), [0, 1]);
    assert_eq!((rings.smallest_at_bond(shared), rings.smallest_at_atom(AtomIndex::new(5))), (Some(5), Some(6)));
    assert!(rings.has_atom_in_size(AtomIndex::new(3), 6) && !rings.has_atom_in_size(AtomIndex::new(0), 6));
    let across: Vec<AtomIndex> = [0, 3, 8].map(AtomIndex::new).to_vec();
    assert_eq!(
        (rings.smallest_with(&across), rings.smallest_with(&[AtomIndex::new(0), AtomIndex::new(5)])),
        (Some(5), None)
    );
    assert_eq!(rings.atoms(0)[0], AtomIndex::new(0));
    for ring in 0..rings.len() {
        for (k, &bond) in rings.bonds(ring).iter().enumerate() {
            let next = rings.atoms(ring)[(k + 1) % rings.atoms(ring).len()];
            assert_eq!(indene.bond(bond).other(rings.atoms(ring)[k]), next);
        }
    }
}

#[test]
fn a_matching_goes_round_odd_cycles() {
    for (smiles, double) in
        [(C60, 30), ("c1cc2cccccc2c1", 5), ("c1ccc2c(c1)c1cccc3cccc2c31", 8), ("*1cccc1", 2), ("c1cc[nH]c1", 2)]
    {
        let molecule = read(smiles).kekulized().unwrap_or_else(|error| panic!("{smiles}: {error}"));
        let doubles: Vec<_> = molecule.bonds().filter(|(_, bond)| bond.order == BondOrder::Double).collect();
        assert_eq!(doubles.len(), double, "{smiles}");
        for (atom, data) in molecule.atoms() {
            let here = doubles.iter().filter(|(_, bond)| bond.begin == atom || bond.end == atom).count();
            assert!(here <= 1 && !data.aromatic, "{smiles} atom {atom}");
        }
    }
}

#[test]
fn a_wildcard_gives_its_double_bond_up() {
    let mut builder = MoleculeBuilder::new();
    for hydrogens in [1, 0, 2, 9, 2] {
        let carbon = Atom { hydrogens: Some(hydrogens), aromatic: true, ..Atom::new(Element::C) };
        builder.add_atom(if hydrogens == 9 { Atom::wildcard() } else { carbon });
    }
    for (a, b) in [(0, 1), (0, 2), (1, 3), (1, 4)] {
        builder.add_bond(AtomIndex::new(a), AtomIndex::new(b), BondOrder::Aromatic).unwrap();
    }
    let kekule = builder.build().unwrap().kekulized().unwrap();
    let orders: Vec<BondOrder> = kekule.bonds().map(|(_, bond)| bond.order).collect();
    assert_eq!(orders, [BondOrder::Single, BondOrder::Double, BondOrder::Single, BondOrder::Double]);
}

#[test]
fn what_cannot_be_kekulized_is_named() {
    for (smiles, atoms) in [("c1cccc1", "atom"), ("c1ccnc1.C", "atom"), ("c1ccc2cccc2c1", "atom")] {
        let error = read(smiles).kekulized().expect_err(smiles);
        let mol_core::Error::Kekulize { atoms: left } = &error else { panic!("{error}") };
        assert_eq!(left.len(), 1, "{smiles}: {error}");
        assert!(error.to_string().contains(atoms) && error.to_string().contains("[nH]"), "{error}");
    }
    assert!(Perception::new(&read("c1cccc1")).is_err());
}

#[test]
fn named_systems_are_aromatic_or_not() {
    let aromatic = |smiles: &str| {
        let marked = read(smiles).with_aromaticity().unwrap_or_else(|error| panic!("{smiles}: {error}"));
        marked.atoms().filter(|(_, atom)| atom.aromatic).count()
    };
    for (smiles, count) in [
        ("C1=CC=CC=C1", 6),
        ("C1=CC=C[CH-]1", 5),
        ("C1=CC=CC=C[CH+]1", 7),
        ("C1=C[CH+]1", 3),
        ("C1=CCC=C1", 0),
        ("C1=CC=C1", 0),
        ("C1=CC=CC=CC=C1", 0),
        ("C1=CC2=CC=CC=CC2=C1", 10),
        ("C1=CNC=C1", 5),
        ("O=C1C=CC=CN1", 6),
        ("O=C1C=CC(=O)C=C1", 0),
        ("C=C1C=CC=C1", 0),
        ("C1=CS(=O)C=C1", 0),
        ("B1C=CC=CN1", 0),
        ("C1=CC=[O+]C=C1", 6),
        ("C1=CC=[N+]([O-])C=C1", 6),
    ] {
        assert_eq!(aromatic(smiles), count, "{smiles}");
    }
    // The inner bond of azulene belongs to neither outline.
    let azulene = read("C1=CC2=CC=CC=CC2=C1").with_aromaticity().expect("no aromatic bonds");
    assert_eq!(azulene.bonds().filter(|(_, bond)| bond.order == BondOrder::Aromatic).count(), 10);
}

#[test]
fn hydrogens_and_conformers_survive() {
    let mut pyrrole = read("c1cc[nH]c1").with_explicit_hydrogens().expect("no conformers");
    let places: Vec<_> = (0..10).map(|k| mol_core::Vec3::new(f64::from(k), 0.0, 0.0)).collect();
    pyrrole.add_conformer(places.clone()).expect("ten atoms");
    let both = pyrrole.kekulized().and_then(|m| m.with_aromaticity()).expect("pyrrole");
    assert_eq!(both.conformers()[0].positions(), places);
    assert_eq!(both, pyrrole);
    let counted = read("C1=CNC=C1").with_aromaticity().expect("no aromatic bonds");
    assert_eq!(counted.atom(AtomIndex::new(2)).hydrogens, Some(1));
}

#[test]
fn lone_pairs_beside_pi_bonds_are_sp2() {
    use Hybridization::{S, Sp, Sp2, Sp3};
    let hybrids = |smiles: &str| Perception::new(&read(smiles)).expect("kekulizable").hybridizations().to_vec();
    assert_eq!(hybrids("CNC(C)=O"), [Sp3, Sp2, Sp2, Sp3, Sp2]);
    assert_eq!(hybrids("CN"), [Sp3, Sp3]);
    assert_eq!(hybrids("C=C=C"), [Sp2, Sp, Sp2]);
    assert_eq!(hybrids("CC#N"), [Sp3, Sp, Sp]);
    assert_eq!(hybrids("[H]Oc1ccccc1")[..3], [S, Sp2, Sp2]);
    assert_eq!(hybrids("CS(C)(=O)=O"), [Sp3, Sp3, Sp3, Sp2, Sp2]);
    let phenol = Perception::new(&read("Oc1ccccc1")).expect("kekulizable");
    assert!(phenol.is_conjugated(AtomIndex::new(0)) && phenol.conjugated_bonds().iter().all(|&yes| yes));
}

/// The same molecule with its atoms and bonds in another order; entry k of the list is the new number of atom k.
fn renumbered(molecule: &Molecule, seed: u64) -> (Molecule, Vec<usize>) {
    let mut rng = Seed::new(seed).rng();
    let mut old: Vec<usize> = (0..molecule.atom_count()).collect();
    rng.shuffle(&mut old);
    let mut new = vec![0; old.len()];
    old.iter().enumerate().for_each(|(k, &atom)| new[atom] = k);
    let mut builder = MoleculeBuilder::new();
    for &atom in &old {
        let index = AtomIndex::new(atom);
        builder.add_atom(Atom { hydrogens: Some(molecule.hydrogens(index)), ..*molecule.atom(index) });
    }
    let mut bonds: Vec<_> = molecule.bonds().map(|(_, bond)| bond).collect();
    rng.shuffle(&mut bonds);
    for bond in bonds {
        let [a, b] = [bond.begin, bond.end].map(|atom| AtomIndex::new(new[atom.index()]));
        builder.add_bond(a, b, bond.order).expect("the same bonds");
    }
    (builder.build().expect("the same atoms"), new)
}

const MOLECULES: [&str; 15] = [
    "C12C3C4C1C5C4C3C25",
    "CC(=O)Oc1ccccc1C(=O)O",
    "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
    "c1ccc2c(c1)ccc1c2ccc2ccccc21",
    "C1=CC2=CC=CC=CC2=C1",
    "OCCO",
    "CC(C)(C)NS(=O)(=O)c1ccc(C#N)cc1",
    "C1CC2CCC1CC2",
    "O=C1C=CC(=O)c2ccccc12",
    "C[N+]1=CC=CC=C1.[O-]C(=O)C(F)(F)F",
    "c1cc2ccc3ccc4ccc5ccc6ccc1c1c2c3c4c5c61",
    C60,
    "CC[C@H](C)[C@@H]1NC(=O)[C@H]2CCCN2C1=O",
    "C1C2CC3CC1CC(C2)(C3)NC(=N)N",
    "c1cc2cc3ccc(cc4ccc(cc5ccc(cc1n2)[nH]5)n4)[nH]3",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn numbering_changes_nothing(which in 0..MOLECULES.len(), seed in any::<u64>(), explicit in any::<bool>()) {
        let mut molecule = read(MOLECULES[which]);
        if explicit {
            molecule = molecule.with_explicit_hydrogens().expect("no conformers");
        }
        let (other, new) = renumbered(&molecule, seed);
        let (a, b) = (Perception::new(&molecule).expect("kekulizable"), Perception::new(&other).expect("kekulizable"));
        prop_assert_eq!(sizes(&molecule), sizes(&other));
        for (atom, _) in molecule.atoms() {
            let image = AtomIndex::new(new[atom.index()]);
            prop_assert_eq!(a.hybridization(atom), b.hybridization(image));
            prop_assert_eq!(a.is_aromatic(atom), b.is_aromatic(image));
            prop_assert_eq!(a.rings().smallest_at_atom(atom), b.rings().smallest_at_atom(image));
            prop_assert_eq!(a.is_conjugated(atom), b.is_conjugated(image));
            prop_assert_eq!(molecule.hydrogens(atom), b.kekule().hydrogens(image));
        }
        let image = |bond: mol_core::BondIndex| {
            let ends = [molecule.bond(bond).begin, molecule.bond(bond).end].map(|atom| AtomIndex::new(new[atom.index()]));
            other.bond_between(ends[0], ends[1]).expect("the same bonds")
        };
        for (bond, _) in molecule.bonds() {
            prop_assert_eq!(a.conjugated_bonds()[bond.index()], b.conjugated_bonds()[image(bond).index()]);
            prop_assert_eq!(a.aromatic_bonds()[bond.index()], b.aromatic_bonds()[image(bond).index()]);
            prop_assert_eq!(a.rings().smallest_at_bond(bond), b.rings().smallest_at_bond(image(bond)));
        }
        for definition in [Rotatable::Heavy, Rotatable::WithHydrogens, Rotatable::Strict] {
            let mut turned: Vec<_> = rotatable_bonds(&molecule, definition).into_iter().map(image).collect();
            turned.sort_unstable();
            prop_assert_eq!(turned, rotatable_bonds(&other, definition));
        }
    }
}

#[test]
fn definitions_of_rotatable_bonds_differ() {
    let count = |smiles: &str| {
        let molecule = read(smiles);
        [Rotatable::Heavy, Rotatable::WithHydrogens, Rotatable::Strict].map(|d| rotatable_bonds(&molecule, d).len())
    };
    for (smiles, expected) in [
        ("OCCO", [1, 3, 1]),
        ("[H]OCCO[H]", [1, 3, 1]),
        ("CCCCC(CCCC)CCCC", [9, 9, 9]),
        ("CC#CC", [0, 0, 0]),
        ("CC(=O)NC", [1, 1, 0]),
        ("FC(F)(F)CC(C)(C)C", [2, 2, 0]),
        ("OO", [0, 1, 0]),
        ("CN", [0, 0, 0]),
        ("CCN", [0, 1, 0]),
        ("c1ccccc1-c1ccccc1", [1, 1, 1]),
        ("C1=CC=CC=C1NC=O", [2, 2, 2]),
    ] {
        assert_eq!(count(smiles), expected, "{smiles}");
    }
}

/// A graph of carbons without hydrogens, single bonds only.
fn graph(atoms: usize, bonds: impl IntoIterator<Item = (usize, usize)>) -> Molecule {
    let mut builder = MoleculeBuilder::new();
    for _ in 0..atoms {
        builder.add_atom(Atom { hydrogens: Some(0), ..Atom::new(Element::C) });
    }
    for (a, b) in bonds {
        builder.add_bond(AtomIndex::new(a), AtomIndex::new(b), BondOrder::Single).expect("a simple graph");
    }
    builder.build().expect("no open rings")
}

/// Two rings of `n` atoms, one above the other.
fn prism(n: usize) -> Molecule {
    graph(2 * n, (0..n).flat_map(|k| [(k, (k + 1) % n), (n + k, n + (k + 1) % n), (k, n + k)]))
}

#[test]
fn large_ring_systems_are_solved_and_dense_graphs_end() {
    // Squares, and one of the two large faces.
    for n in [345, 520, 690] {
        let rings = Rings::new(&prism(n));
        assert!(rings.is_complete(), "{n}");
        assert_eq!((rings.len(), rings.iter().map(<[_]>::len).max()), (n + 1, Some(n)), "{n}");
    }
    // Squares of the rows of a sheet and nothing else, whatever its size.
    let sheet = |n: usize| {
        let at = move |x: usize, y: usize| n * y + x;
        let across = (0..n).flat_map(move |y| (1..n).map(move |x| (at(x - 1, y), at(x, y))));
        graph(n * n, across.chain((0..n).flat_map(move |x| (1..n).map(move |y| (at(x, y - 1), at(x, y))))))
    };
    let rings = Rings::new(&sheet(60));
    assert!(rings.is_complete() && rings.len() == 59 * 59 && rings.iter().all(|ring| ring.len() == 4));
    // Complete bipartite graphs have n⁴/4 squares; complete ones n³/6 triangles.
    let bipartite = |n: usize| graph(2 * n, (0..n).flat_map(move |a| (n..2 * n).map(move |b| (a, b))));
    let small = bipartite(12);
    assert!(Rings::new(&small).is_complete() && !Rings::symmetrized(&small).is_complete());
    for dense in [bipartite(44), bipartite(200)] {
        let seen = Perception::new(&dense).expect("single bonds");
        assert!(!seen.rings().is_complete());
        assert!(seen.rings().len() < dense.bond_count() && !seen.rings().is_empty());
        assert!(dense.atoms().all(|(atom, _)| seen.in_ring(atom)));
        assert!(dense.bonds().all(|(bond, _)| seen.is_ring_bond(bond)));
    }
}

#[test]
fn membership_does_not_need_the_list_of_rings() {
    // A ladder of more than 16 384 nine-membered rings: none is listed, all of its bonds are on rings.
    let rungs = 16_390;
    let long = (0..4 * rungs).map(|k| (k, k + 1));
    let short = (0..3 * rungs).map(|k| (4 * rungs + 1 + k, 4 * rungs + 2 + k));
    let across = (0..=rungs).map(|k| (4 * k, 4 * rungs + 1 + 3 * k));
    let ladder = graph(7 * rungs + 2, long.chain(short).chain(across));
    let seen = Perception::new(&ladder).expect("single bonds");
    assert!(seen.rings().is_empty() && !seen.rings().is_complete());
    assert!(ladder.atoms().all(|(atom, _)| seen.in_ring(atom)));
}

#[test]
fn many_ring_systems_take_the_time_of_one_each() {
    let triangles = read("C1CC1.".repeat(40_000).trim_end_matches('.'));
    assert_eq!(Rings::new(&triangles).len(), 40_000);
    // Seven-membered beside five-membered rings, each with a blossom.
    let azulenes = read("c1ccc2cccc2cc1.".repeat(8_000).trim_end_matches('.'));
    let kekule = azulenes.kekulized().expect("alternating");
    assert_eq!(kekule.bonds().filter(|(_, bond)| bond.order == BondOrder::Double).count(), 40_000);
}

#[test]
fn symmetry_of_long_chains_and_of_a_cage_that_refinement_does_not_tell_apart() {
    let chain = Perception::new(&read(&"C".repeat(6001))).expect("single bonds");
    let symmetry = Symmetry::new(&chain);
    assert_eq!((symmetry.class_count(), symmetry.order(), symmetry.is_exact()), (3001, Some(2), true));
    // Pendant rings that turn: each multiplies the group by two.
    let pendant = Perception::new(&read(&"CC(c1ccccc1)".repeat(60))).expect("aromatic");
    let symmetry = Symmetry::new(&pendant);
    assert_eq!((symmetry.order(), symmetry.is_exact()), (Some(1 << 60), true));
    // Tutte's 12-cage: 126 atoms of two orbits, alike in all distances.
    let steps = [17, 27, -13, -59, -35, 35, -11, 13, -53, 53, -27, 21, 57, 11, -21, -57, 59, -17];
    let across = (0..126_i32).map(|k| (k, (k + steps[k as usize % 18]).rem_euclid(126))).filter(|(a, b)| a < b);
    let cage = graph(126, (0..126).map(|k| (k, (k + 1) % 126)).chain(across.map(|(a, b)| (a as usize, b as usize))));
    assert_eq!(cage.bond_count(), 189);
    let symmetry = Symmetry::new(&Perception::new(&cage).expect("single bonds"));
    assert_eq!((symmetry.class_count(), symmetry.order(), symmetry.is_exact()), (2, Some(12_096), true));
    for seed in 0..4 {
        let (other, new) = renumbered(&cage, seed);
        let renumbered = Symmetry::new(&Perception::new(&other).expect("single bonds"));
        let back: Vec<usize> = (0..126).map(|atom| renumbered.classes()[new[atom]]).collect();
        assert_eq!(back, symmetry.classes(), "seed {seed}");
    }
}

#[test]
fn matching_hard_graphs_ends() {
    // Two strongly regular graphs of 16 atoms that are not one: the rook's and Shrikhande's.
    let square = |k: usize| (k / 4, k % 4);
    let pairs = || (0..16).flat_map(|a| (0..a).map(move |b| (a, b)));
    let rook = graph(16, pairs().filter(|&(a, b)| square(a).0 == square(b).0 || square(a).1 == square(b).1));
    let shrikhande = graph(
        16,
        pairs().filter(|&(a, b)| {
            let ((x, y), (u, v)) = (square(a), square(b));
            matches!(((x + 4 - u) % 4, (y + 4 - v) % 4), (0, 1 | 3) | (1 | 3, 0) | (1, 1) | (3, 3))
        }),
    );
    assert_eq!((rook.bond_count(), shrikhande.bond_count()), (48, 48));
    assert_eq!(rook.match_graph(&shrikhande).expect("small"), None);
    assert!(rook.match_graph(&renumbered(&rook, 1).0).expect("small").is_some());
}
