//! Unit tests of molecules: building, hydrogens, matching, coordinates, serialisation.

use super::*;
use crate::Vec3;

fn read(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap()
}

#[test]
fn builder_refuses_impossible_bonds_and_atoms() {
    let mut builder = MoleculeBuilder::new();
    let [a, b] = [0, 1].map(|_| builder.add_atom(Atom::new(Element::C)));
    builder.add_bond(a, b, BondOrder::Single).unwrap();
    for (begin, end, word) in [(a, a, "different"), (b, a, "only one"), (a, AtomIndex::new(2), "existing")] {
        let message = builder.add_bond(begin, end, BondOrder::Single).unwrap_err().to_string();
        assert!(message.contains(word) && message.contains(&format!("{begin}-{end}")), "{message}");
    }
    let c = builder.add_atom(Atom::wildcard());
    assert!(builder.add_marked_bond(b, c, BondOrder::Double, Some(BondDirection::Up)).is_err());
    assert_eq!(builder.clone().build().unwrap().bond_count(), 1);

    let carbon = Atom::new(Element::C);
    let faults = [
        Atom { isotope: Some(1000), ..carbon },
        Atom { charge: -100, ..carbon },
        Atom { hydrogens: Some(10), ..carbon },
        Atom { hydrogens: Some(1), ..Atom::new(Element::H) },
        Atom { aromatic: true, ..Atom::new(Element::F) },
        Atom { aromatic: true, ..Atom::new(Element::NA) },
        Atom { map_number: u32::MAX, ..carbon },
    ];
    for fault in faults {
        let mut builder = builder.clone();
        builder.add_atom(fault);
        let message = builder.build().unwrap_err().to_string();
        assert!(message.contains("atom 3"), "{message}");
    }
}

#[test]
fn neighbours_come_in_the_order_of_the_text() {
    let molecule = read("N[C@@]1(F)CCO1");
    let around: Vec<usize> = molecule.neighbors(AtomIndex::new(1)).map(AtomIndex::index).collect();
    assert_eq!(around, [0, 5, 2, 3], "preceding atom, ring bond, branch, chain");
    assert_eq!(molecule.degree(AtomIndex::new(1)), 4);
    assert!(molecule.bond_between(AtomIndex::new(5), AtomIndex::new(1)).is_some());
    assert!(molecule.bond_between(AtomIndex::new(0), AtomIndex::new(5)).is_none());
}

#[test]
fn formulas_masses_charges_components() {
    let salt = read("[Na+].[Cl-].O");
    assert_eq!((salt.formula().as_str(), salt.charge(), salt.components().len()), ("ClH2NaO", 0, 3));
    assert_eq!(read("*C*").formula(), "CH2*2");
    assert_eq!(read("[Ca+2]").formula(), "Ca+2");
    assert_eq!(read("").formula(), "");
    assert!((read("[13CH4]").mass() - (13.003_354_835 + 4.0 * 1.008)).abs() < 1e-8);
    assert_eq!(read("[300C]").mass(), 300.0, "a nuclide nobody weighed");
    assert_eq!(read("[0S]").mass(), Element::S.mass());
    assert!(read("*").elements().is_err());
}

#[test]
fn valences_of_the_organic_subset() {
    // The last atom's hydrogens.
    let cases = [
        ("C", 4),
        ("N", 3),
        ("O", 2),
        ("S", 2),
        ("P", 3),
        ("B", 3),
        ("F", 1),
        ("*", 0),
        ("CCS", 1),
        ("C#N", 0),
        ("O=S(=O)(C)S", 1),
        ("CS(=O)C", 3),
        ("CN(C)(C)N", 2),
        ("C$C", 0),
        ("FCl", 0),
        ("c1ccccc1C", 3),
        ("[CH2]C", 3),
        ("c1ccccc1", 1),
        ("C1=CC=CC=C1", 1),
        ("[cH]1[cH][cH][cH][cH]n1", 0),
        ("c1cccs1", 0),
        ("c1cccp1", 0),
    ];
    for (smiles, expected) in cases {
        let molecule = read(smiles);
        assert_eq!(molecule.hydrogens(AtomIndex::new(molecule.atom_count() - 1)), expected, "{smiles}");
    }
    assert_eq!(read("CS(C)(C)C").formula(), "C4H12S");
    assert_eq!(read("CP(C)(C)C").formula(), "C4H13P", "phosphorus goes on to five");
}

#[test]
fn hydrogens_drawn_and_counted_again() {
    for smiles in ["OCCO", "C[C@H](N)C(=O)O", "c1cc[nH]c1", "[NH4+].[Cl-]", "C[Si@H](F)Cl", "F/C=C/F", "[2H]OC"] {
        let molecule = read(smiles);
        let drawn = molecule.with_explicit_hydrogens().unwrap();
        assert_eq!(drawn.formula(), molecule.formula());
        assert!(drawn.atoms().all(|(k, _)| drawn.hydrogens(k) == 0));
        assert_eq!(drawn.without_explicit_hydrogens(), molecule, "{smiles}");
    }
    // Not plain: labelled, molecular, marked, bridging.
    for smiles in ["[2H][2H]", "[H][H]", "[H]/N=C/F", "[H+]", "[B]([H][B])"] {
        assert_eq!(read(smiles).without_explicit_hydrogens().atom_count(), read(smiles).atom_count(), "{smiles}");
    }
}

#[test]
fn a_molecule_of_28_heavy_atoms_fits_in_four_kibibytes() {
    // Drug-like ones, spelled with many brackets too.
    for smiles in [
        "CC(C)c1c(C(=O)Nc2ccccc2)c(-c2ccccc2)c(F)n1CCCO",
        "[CH3:1][C:2]([CH3:3])([CH3:4])[C@@H:5]1[NH:6][C:7](=[O:8])[C@H:9]2[CH2:10][CH2:11][CH2:12][N:13]2[C:14]1=[O:15].O[C@H]1[C@@H](O)[C@H](O)[C@@H](O)[C@@H](O)[C@H]1O.O",
    ] {
        let molecule = read(smiles);
        assert_eq!(molecule.heavy_atom_count(), 28, "{smiles}");
        let size = size_of::<Molecule>() + molecule.heap_size();
        assert!(size < 4096, "{size} bytes: {smiles}");
        assert_eq!(molecule.clone().into_without_explicit_hydrogens(), molecule.without_explicit_hydrogens());
    }
}

#[test]
fn conformers_follow_their_atoms() {
    let mut water = read("[H]O[H]");
    let place = |x: f64| Vec3::new(x, 0.0, 0.0);
    assert!(matches!(water.add_conformer(vec![place(0.0)]), Err(Error::ShapeMismatch { .. })));
    let broken = vec![place(0.0), place(f64::NAN), place(1.0)];
    assert!(matches!(water.add_conformer(broken), Err(Error::NotFinite { index: 1, .. })));
    assert_eq!(water.add_conformer([-1.0, 0.0, 1.0].map(place).to_vec()).unwrap(), 0);
    assert_eq!(
        water.with_explicit_hydrogens().unwrap().conformers(),
        water.conformers(),
        "nothing to add, nothing lost"
    );
    let bare = water.without_explicit_hydrogens();
    assert_eq!(bare.conformers()[0].positions(), [place(0.0)]);
    assert!(bare.with_explicit_hydrogens().is_err(), "new hydrogens have no coordinates");
    assert!(bare.to_builder().molecule().conformers().is_empty());
}

#[test]
fn automorphism_groups_have_their_orders() {
    for (smiles, order) in
        [("C", 24), ("OCCO", 8), ("c1ccccc1", 12), ("CC(C)(C)C", 31_104), ("O.O", 8), ("CCO", 12), ("", 1)]
    {
        let molecule = read(smiles).with_explicit_hydrogens().unwrap();
        let all = molecule.automorphisms(40_000).unwrap();
        assert_eq!(all.len(), order, "{smiles}");
        for permutation in &all {
            let kept = |(_, bond): (BondIndex, Bond)| {
                let [a, b] = [bond.begin, bond.end].map(|atom| permutation[atom.index()]);
                molecule.bond_between(a, b).is_some()
            };
            assert!(molecule.bonds().all(kept));
        }
    }
    // Cubane, whose 48 symmetries as a graph are those of the cube.
    assert_eq!(read("C12C3C4C1C5C2C3C45").automorphisms(100).unwrap().len(), 48);
    let error = read("CC(C)(C)C").with_explicit_hydrogens().unwrap().automorphisms(1000).unwrap_err();
    assert!(matches!(error, Error::TooMany { limit: 1000, .. }));
}

#[test]
fn matching_tells_isomers_apart() {
    assert!(read("CCO").match_graph(&read("COC")).unwrap().is_none());
    assert!(read("[13CH3]C").match_graph(&read("CC")).unwrap().is_none());
    assert!(read("[O-]C=O").match_graph(&read("O=C[O-]")).unwrap().is_some(), "orders are not compared");
    // Decalin and bicyclopentyl: the same atoms, degrees and first neighbourhoods.
    assert!(read("C1CCC2CCCCC2C1").match_graph(&read("C1CCCC1C1CCCC1")).unwrap().is_none());
}

#[test]
fn coordinates_show_the_bonds() {
    let positions =
        [[0.0, 0.0, 0.0], [0.63, 0.63, 0.63], [-0.63, -0.63, 0.63], [-0.63, 0.63, -0.63], [0.63, -0.63, -0.63]];
    let mut positions: Vec<Vec3> = positions.map(Vec3::from).to_vec();
    let mut elements = vec![Element::C, Element::H, Element::H, Element::H, Element::H];
    let methane = Molecule::from_coordinates(&elements, &positions).unwrap();
    assert!(methane.match_graph(&read("C").with_explicit_hydrogens().unwrap()).unwrap().is_some());
    assert_eq!(methane.conformers()[0].positions(), positions);
    // A hydrogen in reach of two atoms stays with the nearer; far away everything stands alone.
    elements.extend([Element::H, Element::AU]);
    positions.extend([Vec3::new(1.1, 1.2, 0.9), Vec3::new(1e300, 0.0, 0.0)]);
    let crowded = Molecule::from_coordinates(&elements, &positions).unwrap();
    assert_eq!((crowded.bond_count(), crowded.components().len()), (4, 3));
    assert!(matches!(Molecule::from_coordinates(&elements, &positions[1..]), Err(Error::ShapeMismatch { .. })));
    positions[3].z = f64::INFINITY;
    assert!(matches!(Molecule::from_coordinates(&elements, &positions), Err(Error::NotFinite { index: 3, .. })));
    assert_eq!(Molecule::from_coordinates(&[], &[]).unwrap().atom_count(), 0);
}

#[test]
fn serde_loses_nothing_and_checks() {
    let mut molecule = read(r"[13CH3:7]/C=C/[C@@H]1CO1.[Co@OH12](F)(Cl)(Br)(I)(N)O.c1ccccc1");
    let positions = (0..molecule.atom_count()).map(|k| Vec3::new(k as f64 / 3.0, 1e-17, -0.1)).collect();
    molecule.add_conformer(positions).unwrap();
    let text = serde_json::to_string(&molecule).unwrap();
    assert_eq!(serde_json::from_str::<Molecule>(&text).unwrap(), molecule);
    for (from, to) in [
        (r#""begin":0,"end":1"#, r#""begin":0,"end":99"#),
        (r#""begin":0,"end":1"#, r#""begin":1,"end":1"#),
        (r#""order":[[0]"#, r#""order":[[1]"#),
        (r#""order":[[0],"#, r#""order":["#),
        (r#""charge":0"#, r#""charge":101"#),
        (r#"["Octahedral",12]"#, r#"["Octahedral",31]"#),
        (r#""conformers":[[[0.0"#, r#""conformers":[[[0.0,0.0,0.0],[0.0"#),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(serde_json::from_str::<Molecule>(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
}
