//! Rings, valences, MMFF94 aromaticity and symmetry against `RDKit`, on molecules and on random mutations of them.
//!
//! `data/perception_models.tsv` is written by `scripts/perception_models.py`, which can be run on any other list.

use mol_core::perceive::{
    AromaticityModel, Perception, RingFamilies, Symmetry, ValenceModel, check_valence, mmff94_aromatic_rings,
    symmetry_classes,
};
use mol_core::{AtomIndex, Molecule, smiles};

fn read(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

/// One line of the table.
struct Row<'a> {
    smiles: &'a str,
    molecule: Molecule,
    refusal: &'a str,
    fields: Vec<&'a str>,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for line in table.lines().skip(1) {
        let [smiles, refusal, fields @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        match Molecule::from_smiles(smiles) {
            Ok(molecule) => rows.push(Row { smiles, molecule, refusal, fields: fields.to_vec() }),
            // RDKit's own aromatic silicon is no SMILES.
            Err(smiles::Error { .. }) => assert!(smiles.contains("[si"), "{smiles}"),
        }
    }
    rows
}

const TABLE: &str = include_str!("data/perception_models.tsv");

#[test]
fn what_rdkit_refuses_is_refused() {
    let mut refused = 0;
    for row in rows(TABLE) {
        let got = match (check_valence(&row.molecule, ValenceModel::Strict), row.molecule.kekulized()) {
            (Err(_), _) => "valence",
            (Ok(()), Err(_)) => "kekulize",
            _ => "",
        };
        assert_eq!(got, row.refusal, "{}", row.smiles);
        refused += usize::from(!got.is_empty());
    }
    assert_eq!(refused, 223);
}

#[test]
fn rings_families_and_junctions_are_rdkits() {
    let mut count = 0;
    for row in rows(TABLE).into_iter().filter(|row| row.refusal.is_empty()) {
        let seen = Perception::new(&row.molecule).unwrap();
        let rings = seen.symmetrized_rings();
        let join = |numbers: Vec<usize>| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let got = [
            join(row.molecule.atoms().map(|(atom, _)| rings.of_atom(atom).len()).collect()),
            join(rings.iter().map(<[_]>::len).collect()),
            RingFamilies::new(&row.molecule).len().to_string(),
            rings.spiro_atoms().len().to_string(),
            rings.bridgeheads(&row.molecule).len().to_string(),
        ];
        assert_eq!(got.each_ref().map(String::as_str), row.fields[1..6], "{}", row.smiles);
        count += 1;
    }
    assert_eq!(count, 559);
}

#[test]
fn mmff94_aromaticity_is_rdkits() {
    for row in rows(TABLE).into_iter().filter(|row| row.refusal.is_empty()) {
        let marked = row.molecule.with_aromaticity_model(AromaticityModel::Mmff94).unwrap();
        let bits: String = marked.atoms().map(|(_, atom)| if atom.aromatic { '1' } else { '0' }).collect();
        assert_eq!(bits, row.fields[0], "{}", row.smiles);
    }
}

#[test]
fn symmetry_classes_are_rdkits() {
    for row in rows(TABLE).into_iter().filter(|row| row.refusal.is_empty()) {
        let ours = symmetry_classes(&row.molecule);
        let theirs: Vec<usize> = row.fields[6].split(' ').map(|rank| rank.parse().unwrap()).collect();
        for a in 0..ours.len() {
            for b in 0..a {
                assert_eq!(ours[a] == ours[b], theirs[a] == theirs[b], "{} atoms {a} {b}", row.smiles);
            }
        }
    }
}

#[test]
fn models_of_aromaticity_differ_where_they_should() {
    let count = |smiles: &str| {
        [AromaticityModel::Rdkit, AromaticityModel::Daylight, AromaticityModel::Mmff94].map(|model| {
            let marked = read(smiles).with_aromaticity_model(model).unwrap();
            marked.atoms().filter(|(_, atom)| atom.aromatic).count()
        })
    };
    for (smiles, expected) in [
        ("C1=CC=CC=C1", [6, 6, 6]),
        ("c1ccc2ccccc2c1", [10, 10, 10]),
        ("O=c1cccc[nH]1", [6, 6, 0]),
        ("c1ccc2cccc2cc1", [10, 10, 0]),
        ("O=C1C=CC=CC=C1", [7, 7, 7]),
        ("O=C1C=CC(=O)C=C1", [0, 0, 0]),
        ("O=S1C=CC=C1", [0, 5, 0]),
        ("O=N1=CC=CC=C1", [0, 6, 6]),
        ("C1=C[Te]C=C1", [5, 0, 0]),
        ("C1=C[CH+]1", [3, 3, 0]),
        ("C=C1C=CC=C1", [0, 0, 0]),
        ("C=C1C=CC(=C)C=C1", [6, 6, 0]),
        ("C1=CNC=C1", [5, 5, 5]),
        ("b1ccccc1", [6, 6, 6]),
        ("C1=CC=CC=CC=C1", [0, 0, 0]),
    ] {
        assert_eq!(count(smiles), expected, "{smiles}");
    }
    let indole = Perception::with_model(&read("c1ccc2[nH]ccc2c1"), AromaticityModel::Daylight).unwrap();
    assert_eq!((indole.model(), mmff94_aromatic_rings(&indole)), (AromaticityModel::Daylight, vec![0, 1]));
}

#[test]
fn valence_models_differ_where_they_should() {
    let accepts = |smiles: &str| {
        [ValenceModel::Strict, ValenceModel::Hypervalent].map(|model| check_valence(&read(smiles), model).is_ok())
    };
    for (smiles, expected) in [
        ("C", [true, true]),
        ("CC(C)(C)(C)C", [false, false]),
        ("[CH5]", [false, false]),
        ("[CH4+]", [false, false]),
        ("[NH4+]", [true, true]),
        ("C[N](C)(C)C", [false, true]),
        ("CN(=O)=O", [true, true]),
        ("CN=N#N", [true, true]),
        ("C=N(=C)C", [false, true]),
        ("OCl(=O)(=O)=O", [true, true]),
        ("FCl(F)F", [false, true]),
        ("FI(F)(F)(F)F", [true, true]),
        ("FI(F)(F)(F)(F)(F)F", [false, true]),
        ("FI(F)(F)(F)(F)(F)(F)F", [false, false]),
        ("FS(F)(F)(F)(F)F", [true, true]),
        ("FS(F)(F)(F)(F)(F)F", [false, false]),
        ("F[P-](F)(F)(F)(F)F", [true, true]),
        ("FP(F)(F)(F)F", [true, true]),
        ("FO(F)F", [false, false]),
        ("Cl[Pt](Cl)(Cl)(Cl)(Cl)(Cl)(Cl)Cl", [true, true]),
        ("F[Xe](F)(F)(F)(F)F", [true, true]),
        ("[H-]", [true, true]),
        ("*=*#*", [true, true]),
    ] {
        assert_eq!(accepts(smiles), expected, "{smiles}");
    }
    let error = check_valence(&read("CC(C)(C)(C)C.FO(F)F"), ValenceModel::Strict).unwrap_err().to_string();
    assert!(
        error.contains("C at atom 1 has 5, at most 4") && error.contains("O at atom 7 has 3, at most 2"),
        "{error}"
    );
}

#[test]
fn the_group_of_a_molecule_has_its_order() {
    for (smiles, hydrogens, order, classes) in [
        ("", false, 1, 0),
        ("C", true, 24, 2),
        ("CCO", true, 12, 6),
        ("c1ccccc1", true, 12, 2),
        ("C1=CC=CC=C1", true, 12, 2),
        ("CC(C)(C)C", true, 31_104, 3),
        ("O.O", true, 8, 2),
        ("[H][H]", false, 2, 1),
        ("C12C3C4C1C5C2C3C45", true, 48, 2),
        // Fullerene and dodecahedrane: the full icosahedral group.
        (
            "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4c4c9c5c1c1c6c2c3c41",
            false,
            120,
            1,
        ),
        ("C12C3C4C5C1C6C7C2C8C3C9C4C1C5C6C2C7C8C9C12", false, 120, 1),
    ] {
        let mut molecule = read(smiles);
        if hydrogens {
            molecule = molecule.with_explicit_hydrogens().unwrap();
        }
        // Kekulé structures of C60 are told apart, so the bonds are taken as perceived.
        let symmetry = Symmetry::new(&Perception::new(&molecule).unwrap());
        assert_eq!((symmetry.order(), symmetry.class_count()), (Some(order), classes), "{smiles}");
        for map in symmetry.generators() {
            let kept = |bond: mol_core::Bond| {
                let [a, b] = [bond.begin, bond.end].map(|atom| map[atom.index()]);
                molecule.bond_between(a, b).is_some()
            };
            assert!(molecule.bonds().all(|(_, bond)| kept(bond)), "{smiles}");
            assert!((0..map.len()).all(|k| symmetry.classes()[k] == symmetry.classes()[map[k].index()]), "{smiles}");
        }
    }
}

#[test]
fn refinement_alone_is_not_enough() {
    // Decalin and bicyclopentyl frames in one molecule: every atom has the neighbourhood of its image, but no automorphism
    // exchanges them.
    let pair = read("C1CCC2CCCCC2C1.C1CCCC1C1CCCC1");
    let classes = symmetry_classes(&pair);
    let (first, second) = classes.split_at(10);
    assert!(first.iter().all(|class| !second.contains(class)), "{classes:?}");
    // A cage on which RDKit's older refinement stops early as well: two kinds of bridge nitrogen.
    let cage = read("C1CN2CN1CN3CCN(C2)C3");
    let seen = Symmetry::new(&Perception::new(&cage).unwrap());
    assert!(seen.is_exact() && seen.order() == Some(4), "{seen:?}");
    assert_eq!(seen.classes()[AtomIndex::new(0).index()], seen.classes()[8]);
}
