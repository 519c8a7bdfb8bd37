//! Bonds and stereo perceived from coordinates against the molecules they are of.

use mol_core::embed::{EmbedConfig, Embedder};
use mol_core::io::{SdfLayout, SdfReader, SdfRecord, write_sdf};
use mol_core::testing::reference;
use mol_core::{Atom, Element, Molecule, MoleculeBuilder, Seed, Vec3};

/// The frames of an extended XYZ file whose columns begin with species and position, at most `most`.
fn frames(path: &str, every: usize) -> Option<Vec<(Vec<Element>, Vec<Vec3>)>> {
    let text = std::fs::read_to_string(reference(path)?).expect("the file was found");
    let mut lines = text.lines();
    let mut frames = Vec::new();
    while let Some(count) = lines.next() {
        let count: usize = count.trim().parse().expect("a number of atoms");
        let atom = |line: &str| {
            let mut fields = line.split_whitespace();
            let element: Element = fields.next().expect("a symbol").parse().expect("an element");
            let mut number = || fields.next().expect("a coordinate").parse::<f64>().expect("a number");
            (element, Vec3::new(number(), number(), number()))
        };
        frames.push(lines.by_ref().skip(1).take(count).map(atom).unzip());
    }
    Some(frames.into_iter().step_by(every).collect())
}

#[test]
fn every_frame_of_ethanediol_ethanol_and_aspirin_shows_its_molecule() {
    for (path, smiles) in [
        ("ethanediol/gfn2_ethanediol.extxyz", "OCCO"),
        ("ethanol/gfn2_ethanol.extxyz", "CCO"),
        ("aspirin/gfn2_aspirin.extxyz", "CC(=O)Oc1ccccc1C(=O)O"),
    ] {
        let Some(frames) = frames(path, 5) else { return };
        let expected = Molecule::from_smiles(smiles).expect("valid").with_explicit_hydrogens().expect("no conformers");
        assert!(frames.len() > 200);
        for (k, (elements, positions)) in frames.into_iter().enumerate() {
            let seen = Molecule::from_coordinates(&elements, &positions).expect("finite");
            assert!(expected.match_graph(&seen).unwrap().is_some(), "{path} frame {}: {}", 5 * k, seen.to_smiles());
        }
    }
}

/// The molecule of a SMILES with all hydrogens and one conformer that has the stereo of the SMILES, its marks taken away.
fn placed(smiles: &str) -> Molecule {
    let stated = Molecule::from_smiles(smiles).expect(smiles).with_explicit_hydrogens().expect("no conformers");
    let embedder = Embedder::new(&stated, EmbedConfig::default()).expect("explicit hydrogens");
    let conformer = embedder.conformer(&mut Seed::new(5).rng()).expect("an easy molecule");
    let mut builder = MoleculeBuilder::new();
    for (_, atom) in stated.atoms() {
        builder.add_atom(Atom { chirality: None, ..*atom });
    }
    for (_, bond) in stated.bonds() {
        builder.add_bond(bond.begin, bond.end, bond.order).expect("the same bonds");
    }
    let mut bare = builder.build().expect("the same bonds");
    bare.add_conformer(conformer).expect("a place for each atom");
    assert_eq!(bare.without_explicit_hydrogens().to_smiles().matches(['@', '/', '\\']).count(), 0, "{smiles}");
    bare
}

#[test]
fn centres_that_differ_by_stereo_alone_are_seen() {
    for smiles in [
        "OC[C@H](O)[C@H](O)[C@H](O)CO",  // ribitol
        "OC[C@H](O)[C@@H](O)[C@H](O)CO", // xylitol
        "OC[C@H](O)[C@H](O)[C@@H](O)CO", // arabinitol: the middle is no centre
        "C[C@@H]1[C@H](C)[C@@]1(Cl)Br",
        "C[C@@H]1[C@H](C)[C@]1(Cl)Br",
        r"C/C=C\[C@H](O)/C=C/C",
        r"C/C=C\[C@@H](O)/C=C/C",
        r"C/C=C(/[C@H](F)Cl)[C@@H](F)Cl",
        r"C/C=C(\[C@H](F)Cl)[C@@H](F)Cl",
        "C[C@H]1CC[C@H](C)CC1",
        "C[C@H]1CC[C@@H](C)CC1",
        "C[N@]1C[C@@H]1C",
        "C[N@]1C[C@H]1C",
        "CC[N@H+](C)Cc1ccccc1",
        "C/C=N/[H]",
        r"C/C=N\[H]",
        "CC(C)O",
        "CC=C(C)C",
    ] {
        let expected = Molecule::from_smiles(smiles).expect(smiles).to_canonical_smiles().unwrap();
        let seen = placed(smiles).with_stereo_of(0).expect("a conformer");
        assert_eq!(seen.to_canonical_smiles().unwrap(), expected, "{smiles}");
        // What says nothing is not marked in the first place.
        assert_eq!(seen.without_idle_stereo().unwrap(), seen, "{smiles}");
    }
}

/// A molecule with its atoms at places given in Å.
fn at(smiles: &str, places: &[[f64; 3]]) -> Molecule {
    let mut molecule = Molecule::from_smiles(smiles).expect(smiles);
    molecule.add_conformer(places.iter().map(|&[x, y, z]| Vec3::new(x, y, z)).collect()).expect("as many places");
    molecule
}

#[test]
fn allenes_and_rows_of_double_bonds_are_seen() {
    // F–C=C=C–Cl, the second side up or down along z; mirror images of each other.
    let allene =
        |up: f64| at("FC=C=CCl", &[[-0.7, 1.2, 0.0], [0.0; 3], [1.3, 0.0, 0.0], [2.6, 0.0, 0.0], [3.3, 0.0, up]]);
    let [a, b] = [1.2, -1.2].map(|up| allene(up).with_stereo_of(0).unwrap().to_canonical_smiles().unwrap());
    assert_ne!(a, b);
    // Seen from F: the hydrogen of its carbon, then chlorine and the other hydrogen. F points to +y, Cl to +z: looking from
    // F along the axis's perpendicular the three run clockwise.
    let stated = |text: &str| Molecule::from_smiles(text).unwrap().to_canonical_smiles().unwrap();
    assert_eq!([a, b], ["F[CH]=[C@@]=[CH]Cl", "F[CH]=[C@]=[CH]Cl"].map(stated));
    assert_eq!(allene(0.0).with_stereo_of(0).unwrap().to_canonical_smiles().unwrap(), "FC=C=CCl", "flat");
    let row = |side: f64| {
        at(
            "FC=C=C=CF",
            &[[-0.7, 1.2, 0.0], [0.0; 3], [1.3, 0.0, 0.0], [2.6, 0.0, 0.0], [3.9, 0.0, 0.0], [4.6, side, 0.0]],
        )
    };
    let seen = [1.2, -1.2].map(|side| row(side).with_stereo_of(0).unwrap().to_canonical_smiles().unwrap());
    assert_eq!(seen, [r"F/C=C=C=C\F", "F/C=C=C=C/F"]);
}

#[test]
fn marks_that_coordinates_do_not_decide_stay() {
    let star = [[1.0, 0.0, 0.0], [0.0; 3], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]];
    for smiles in ["F[C@](Cl)(Br)I", "F[C@@](Cl)(Br)I", "F[Pt@SP1](Cl)(Br)I", "F[Pt@SP2](Cl)(Br)I"] {
        assert_eq!(at(smiles, &star).with_stereo_of(0).unwrap().to_smiles(), smiles, "flat");
    }
    let turned = [[-0.7, 1.2, 0.0], [0.0; 3], [1.3, 0.0, 0.0], [2.0, 0.0, 1.2]];
    for smiles in ["F/C=C/F", r"F/C=C\F", "FC=CF"] {
        assert_eq!(at(smiles, &turned).with_stereo_of(0).unwrap().to_smiles(), smiles, "perpendicular");
    }
    // What coordinates do decide they overrule.
    let cis = [[-0.7, 1.2, 0.0], [0.0; 3], [1.3, 0.0, 0.0], [2.0, 1.2, 0.0]];
    assert_eq!(at("F/C=C/F", &cis).with_stereo_of(0).unwrap().to_smiles(), r"F/C=C\F");
}

#[test]
fn drawings_of_double_bonds_between_stereo_ligands_keep_their_side() {
    // CH3–CH=C with two ligands CHFCl that differ as mirror images; the methyl group cis to the upper or the lower one.
    for smiles in [r"C/C=C(/[C@H](F)Cl)[C@@H](F)Cl", r"C/C=C(\[C@H](F)Cl)[C@@H](F)Cl"] {
        let upper = if smiles.starts_with("C/C=C(/") { 1.0 } else { -1.0 };
        let places = [
            [-0.8, 1.2],
            [0.0, 0.0],
            [1.4, 0.0],
            [2.1, 1.2 * -upper],
            [1.4, 2.4 * -upper],
            [3.5, 1.2 * -upper],
            [2.1, -1.2 * -upper],
            [1.4, -2.4 * -upper],
            [3.5, -1.2 * -upper],
        ];
        let drawn = at(smiles, &places.map(|[x, y]| [x, y, 0.0]));
        let mut file = Vec::new();
        let record = SdfRecord { layout: SdfLayout::Flat, ..SdfRecord::new(drawn) };
        write_sdf(&mut file, &record).expect("a V2000 molecule");
        let back = SdfReader::new(&file[..], "memory").next().expect("one record").expect("just written");
        let expected = Molecule::from_smiles(smiles).unwrap().to_canonical_smiles().unwrap();
        assert_eq!(back.molecule.to_canonical_smiles().unwrap(), expected, "{smiles}");
    }
}
