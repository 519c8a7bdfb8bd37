//! Rings, valences, MMFF94 aromaticity and symmetry against `RDKit`, on molecules and on random mutations of them.
//!
//! `data/perception_models.tsv` is written by `scripts/perception_models.py`, which can be run on any other list;
//! `MOLKIT_PERCEPTION_MODELS=FILE` names its table, and the first test prints and counts what differs.
#![allow(clippy::print_stdout, reason = "docs/methods/perception.md quotes the disagreements printed here")]

use mol_core::perceive::{
    AromaticityModel, Perception, RingFamilies, Symmetry, ValenceModel, check_valence, mmff94_aromatic_rings,
    symmetry_classes,
};
use mol_core::{AtomIndex, Molecule};
use std::collections::BTreeMap;

fn read(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

/// What this library says of a molecule, by column of the table.
fn columns(molecule: &Molecule, refusal: &str, theirs: &[&str]) -> Vec<(&'static str, String, String)> {
    let got = match (check_valence(molecule, ValenceModel::Strict), molecule.kekulized()) {
        (Err(_), _) => "valence",
        (Ok(()), Err(_)) => "kekulize",
        _ => "",
    };
    let mut columns = vec![("refusal", got.to_owned(), refusal.to_owned())];
    let (true, Ok(seen)) = (refusal.is_empty(), Perception::new(molecule)) else { return columns };
    let marked = molecule.with_aromaticity_model(AromaticityModel::Mmff94).expect("kekulized before");
    let rings = seen.symmetrized_rings();
    let join = |numbers: Vec<usize>| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    // Classes are numbered otherwise: each by the first atom it has.
    let classes = |numbers: Vec<usize>| {
        join(numbers.iter().map(|number| numbers.iter().position(|other| other == number).unwrap_or(0)).collect())
    };
    let ranks = theirs[6].split(' ').map(|rank| rank.parse().expect("a rank")).collect();
    columns.extend([
        (
            "mmff94",
            marked.atoms().map(|(_, atom)| if atom.aromatic { '1' } else { '0' }).collect(),
            theirs[0].to_owned(),
        ),
        (
            "rings of atoms",
            join(molecule.atoms().map(|(atom, _)| rings.of_atom(atom).len()).collect()),
            theirs[1].to_owned(),
        ),
        ("ring sizes", join(rings.iter().map(<[_]>::len).collect()), theirs[2].to_owned()),
        ("ring families", RingFamilies::new(molecule).len().to_string(), theirs[3].to_owned()),
        ("spiro atoms", rings.spiro_atoms().len().to_string(), theirs[4].to_owned()),
        ("bridgeheads", rings.bridgeheads().len().to_string(), theirs[5].to_owned()),
        ("symmetry classes", classes(symmetry_classes(molecule)), classes(ranks)),
    ]);
    columns
}

#[test]
fn every_column_of_a_table_of_rdkit_agrees() {
    let other = std::env::var_os("MOLKIT_PERCEPTION_MODELS").map(|path| std::fs::read_to_string(path).unwrap());
    let table = other.as_deref().unwrap_or(include_str!("data/perception_models.tsv"));
    let (mut rows, mut refused) = (0, 0);
    let mut wrong: BTreeMap<&str, usize> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let [smiles, refusal, theirs @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let Ok(molecule) = Molecule::from_smiles(smiles) else {
            // RDKit's own aromatic silicon is no SMILES.
            assert!(smiles.contains("[si"), "{smiles}");
            continue;
        };
        rows += 1;
        refused += usize::from(!refusal.is_empty());
        for (column, got, expected) in columns(&molecule, refusal, theirs) {
            if got != expected {
                println!("{column}: {smiles}: {got} instead of {expected}");
                *wrong.entry(column).or_default() += 1;
            }
        }
    }
    println!("{rows} rows, {refused} refused, disagreements {wrong:?}");
    assert!(other.is_some() || wrong.is_empty(), "{wrong:?}");
    assert!(other.is_some() || (rows, refused) == (782, 223), "{rows} {refused}");
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
