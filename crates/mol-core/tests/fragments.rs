//! Synthetic accessibility, scaffolds, BRICS and clean-up against `RDKit` (scripts/descriptors_reference.py).
//!
//! `MOLKIT_DESCRIPTORS=FILE` names another table of that script; what differs is printed and counted.
#![allow(clippy::print_stdout, reason = "docs/methods/scaffolds.md quotes the disagreements printed here")]

use mol_core::descriptor::{Descriptors, gasteiger_charges, synthetic_accessibility};
use mol_core::fragment::{brics_bonds, brics_fragments};
use mol_core::perceive::Perception;
use mol_core::standardize::{
    Change, Cleaned, NeutralizeOptions, StandardizeOptions, largest_fragment, neutralize, normalize_groups, standardize,
};
use mol_core::testing::reference;
use mol_core::{
    Atom, AtomIndex, BondOrder, Element, Molecule, MoleculeBuilder, generic_scaffold, murcko_scaffold, side_chains,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Row<'a> = BTreeMap<&'a str, &'a str>;

fn perceive(smiles: &str) -> Option<Perception> {
    Molecule::from_smiles(smiles).ok().and_then(|molecule| Perception::new(&molecule).ok())
}

/// Counts the rows in which `check` finds a column to differ, and prints some.
fn compare(mut check: impl FnMut(&Row, &Perception, &mut dyn FnMut(&'static str, String))) {
    let other = std::env::var_os("MOLKIT_DESCRIPTORS").map(|path| std::fs::read_to_string(path).expect("a table"));
    let table = other.as_deref().unwrap_or(include_str!("data/descriptors.tsv"));
    let mut lines = table.lines().skip(1);
    let columns: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut rows = 0;
    for line in lines {
        let row: Row = columns.iter().copied().zip(line.split('\t')).collect();
        let Some(perception) = perceive(row["smiles"]) else { continue };
        rows += 1;
        check(&row, &perception, &mut |column, got| {
            if row[column] != "!" {
                let text = format!("{}: {got} not {}", row["smiles"], row[column]);
                wrong.entry(column).or_default().push(text);
            }
        });
    }
    for (column, list) in &wrong {
        println!("{column}: {} of {rows}", list.len());
        for text in list.iter().take(30) {
            println!("  {text}");
        }
    }
    assert!(rows == 313 || other.is_some(), "{rows} rows");
    assert!(wrong.is_empty(), "disagreements are listed above");
}

/// The form by which molecules are compared.
fn form(molecule: &Molecule) -> String {
    molecule.to_canonical_smiles().unwrap_or_else(|error| error.to_string())
}

fn canonical(smiles: &str) -> String {
    // RDKit writes some bonds to metals as no SMILES of the specification.
    Molecule::from_smiles(smiles).map_or_else(|error| error.to_string(), |molecule| form(&molecule))
}

fn canonical_parts(smiles: &str) -> Vec<String> {
    let mut parts: Vec<String> = smiles.split('.').filter(|part| !part.is_empty()).map(canonical).collect();
    parts.sort_unstable();
    parts
}

#[test]
fn synthetic_accessibility_is_rdkits() {
    compare(|row, perception, wrong| {
        let got = synthetic_accessibility(perception).expect("it has atoms");
        if !row["accessibility_stereo"].parse::<f64>().is_ok_and(|value| (value - got).abs() < 2e-5) {
            wrong("accessibility_stereo", format!("{got:.5}"));
        }
    });
}

#[test]
fn brics_cuts_the_same_bonds() {
    compare(|row, perception, wrong| {
        let molecule = perception.molecule();
        let mut found: Vec<(usize, usize, u16, u16)> = brics_bonds(perception)
            .into_iter()
            .map(|cut| {
                let bond = molecule.bond(cut.bond);
                let (a, b) = (bond.begin.index(), bond.end.index());
                if a < b { (a, b, cut.begin, cut.end) } else { (b, a, cut.end, cut.begin) }
            })
            .collect();
        found.sort_unstable();
        let mut expected: Vec<(usize, usize, u16, u16)> = Vec::new();
        for text in row["brics_bonds"].split(' ').filter(|text| !text.is_empty()) {
            let numbers: Vec<usize> = text.split(['-', ':']).map(|number| number.parse().expect("a number")).collect();
            expected.push((numbers[0], numbers[1], numbers[2] as u16, numbers[3] as u16));
        }
        expected.sort_unstable();
        if found != expected {
            wrong("brics_bonds", format!("{found:?}"));
        }
    });
}

#[test]
fn scaffolds_are_rdkits() {
    compare(|row, perception, wrong| {
        for (column, got) in [("murcko", murcko_scaffold(perception)), ("generic", generic_scaffold(perception))] {
            let got = form(&got);
            if row[column] != "!" && got != canonical(row[column]) {
                wrong(column, got);
            }
        }
    });
}

#[test]
fn scaffolds_of_all_reference_molecules_are_rdkits() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let column =
        text.lines().next().and_then(|line| line.split(',').position(|name| name == "murcko")).expect("a header");
    let (mut rows, mut seen) = (0, BTreeMap::new());
    for fields in text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        let perception = perceive(fields[1]).unwrap_or_else(|| panic!("{}", fields[1]));
        let expected = seen.entry(fields[column].to_owned()).or_insert_with(|| canonical(fields[column]));
        assert_eq!(form(&murcko_scaffold(&perception)), *expected, "{}", fields[1]);
        rows += 1;
    }
    assert_eq!(rows, 3121);
}

#[test]
fn broken_molecules_are_rdkits() {
    let pieces = |perception: &Perception| {
        let mut forms: Vec<String> = brics_fragments(perception).iter().map(form).collect();
        forms.sort_unstable();
        forms
    };
    compare(|row, perception, wrong| {
        let flat = perceive(&row["smiles"].replace(['@', '/', '\\'], "")).expect("as with stereo");
        for (column, got) in [("brics_broken", pieces(perception)), ("brics_flat", pieces(&flat))] {
            if row[column] != "!" && got != canonical_parts(row[column]) {
                wrong(column, got.join("."));
            }
        }
    });
}

#[test]
fn clean_up_is_rdkits() {
    compare(|row, perception, wrong| {
        let neutral = neutralize(perception.molecule(), NeutralizeOptions::default()).expect("perceived already");
        assert_eq!(neutral.changes.is_empty(), &neutral.molecule == perception.molecule());
        let largest = largest_fragment(perception.molecule()).expect("perceived already");
        for (column, got) in [("uncharged", form(&neutral.molecule)), ("largest", form(&largest.molecule))] {
            if row[column] != "!" && got != canonical(row[column]) {
                wrong(column, got);
            }
        }
    });
}

#[test]
fn groups_are_written_as_rdkit_reads_them() {
    // What is drawn, and RDKit's SMILES of it after reading.
    for (drawn, normal) in [
        ("CN(=O)=O", "C[N+](=O)[O-]"),
        ("O=N(=O)c1ccc(cc1)N(=O)=O", "O=[N+]([O-])c1ccc([N+](=O)[O-])cc1"),
        ("c1ccn(=O)cc1", "[O-][n+]1ccccc1"),
        ("CN(C)(C)=O", "C[N+](C)(C)[O-]"),
        ("CN=N#N", "CN=[N+]=[N-]"),
        ("C=N#N", "C=[N+]=[N-]"),
        ("OCl(=O)(=O)=O", "[O-][Cl+3]([O-])([O-])O"),
        ("O=Cl[O-]", "[O-][Cl+][O-]"),
        ("CI(=O)=O", "CI(=O)=O"),
        ("C[N+](=O)[O-]", "C[N+](=O)[O-]"),
    ] {
        let molecule = Molecule::from_smiles(drawn).expect("valid");
        let cleaned = normalize_groups(&molecule).unwrap_or_else(|error| panic!("{drawn}: {error}"));
        assert_eq!(form(&cleaned.molecule), canonical(normal), "{drawn}");
        assert_eq!(cleaned.changes.is_empty(), drawn == normal, "{drawn}");
        assert_eq!(cleaned.molecule.formula(), molecule.formula());
        let again = normalize_groups(&cleaned.molecule).expect("valid");
        assert!(again.changes.is_empty(), "{drawn}");
    }
}

#[test]
fn neutral_molecules_keep_stereo_and_bonds() {
    for (charged, neutral) in [
        ("C[C@H]([NH3+])C(=O)[O-]", "C[C@H](N)C(=O)O"),
        ("C/C=C/C(=O)[O-].[Na+]", "C/C=C/C(=O)[O-].[Na+]"),
        ("[O-]C(=O)CC[NH+](C)C", "OC(=O)CCN(C)C"),
        ("[CH2-]C", "CC"),
        ("c1cc[nH+]cc1", "c1ccncc1"),
        ("[O-]c1ccccc1", "Oc1ccccc1"),
        ("[NH4+]", "N"),
        ("[OH3+]", "O"),
        ("C[S@@H+]CC", "CSCC"),
        // RDKit protonates the acetate, which leaves two charges instead of one.
        ("[Na+].[Na+].CC(=O)[O-]", "[Na+].[Na+].CC(=O)[O-]"),
    ] {
        let neutralized = |molecule: &Molecule| neutralize(molecule, NeutralizeOptions::default()).expect("valid");
        let molecule = Molecule::from_smiles(charged).expect("valid");
        let cleaned = neutralized(&molecule);
        assert_eq!(form(&cleaned.molecule), canonical(neutral), "{charged}");
        assert!(neutralized(&cleaned.molecule).changes.is_empty(), "{charged}");
        // Hydrogens that are atoms protonate as well; the changes name the atoms of what was given.
        let drawn = molecule.with_explicit_hydrogens().expect("no conformers");
        let from_drawn = neutralized(&drawn);
        assert_eq!(form(&from_drawn.molecule.without_explicit_hydrogens()), canonical(neutral), "{charged} drawn");
        assert_eq!(from_drawn.changes, cleaned.changes, "{charged}");
        for change in &from_drawn.changes {
            let Change::Neutralized { atom, from, .. } = change else { panic!("{change:?}") };
            assert_eq!(drawn.atom(*atom).charge, *from, "{charged}");
        }
    }
    // Hydrogens before the atom that they are on.
    let ammonium = Molecule::from_smiles("[H][N+]([H])([H])CC(=O)[O-]").expect("valid");
    let cleaned = neutralize(&ammonium, NeutralizeOptions::default()).expect("valid");
    assert_eq!(form(&cleaned.molecule), canonical("NCC(=O)O"));
    let atoms: Vec<usize> = cleaned
        .changes
        .iter()
        .map(|change| match change {
            Change::Neutralized { atom, .. } => atom.index(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(atoms, [7, 1]);
}

#[test]
fn clean_up_of_many_fragments_is_one_pass() {
    let acetates = Molecule::from_smiles(&vec!["CC(=O)[O-]"; 6000].join(".")).expect("valid");
    let neutral = neutralize(&acetates, NeutralizeOptions::default()).expect("valid");
    assert_eq!((neutral.changes.len(), neutral.molecule.charge()), (6000, 0));
    assert_eq!(largest_fragment(&acetates).expect("valid").changes.len(), 5999);
    let esters = perceive(&vec!["CCOC(C)=O"; 1500].join(".")).expect("valid");
    assert_eq!(brics_fragments(&esters).len(), 4500);
    assert_eq!(side_chains(&esters).len(), 1500);
}

#[test]
fn all_steps_of_clean_up_are_the_steps_one_after_the_other() {
    let drawn = Molecule::from_smiles("[Na+].[O-]C(=O)c1ccc(cc1)N(=O)=O.O").expect("valid");
    let all = standardize(&drawn, StandardizeOptions::default()).expect("valid");
    assert_eq!(form(&all.molecule), canonical("OC(=O)c1ccc(cc1)[N+](=O)[O-]"));
    assert_eq!(all.changes.len(), 4);
    let none = StandardizeOptions { largest_fragment: false, normalize_groups: false, neutralize: None };
    assert_eq!(standardize(&drawn, none).expect("valid"), Cleaned { molecule: drawn.clone(), changes: Vec::new() });
    let text = serde_json::to_string(&all).expect("no maps with odd keys");
    assert_eq!(serde_json::from_str::<Cleaned>(&text).expect("as written"), all);
}

#[test]
fn fragments_make_up_the_molecule() {
    compare(|row, perception, _| {
        let molecule = perception.molecule();
        let core = murcko_scaffold(perception);
        let chains: usize = side_chains(perception).iter().map(heavy).sum();
        assert_eq!(heavy(&core) + chains, heavy(molecule), "{}", row["smiles"]);
        let pieces: usize = brics_fragments(perception).iter().map(heavy).sum();
        assert_eq!(pieces, heavy(molecule), "{}", row["smiles"]);
        let again = Perception::new(&core).expect("a scaffold is a molecule");
        assert_eq!(form(&murcko_scaffold(&again)), form(&core), "{}", row["smiles"]);
    });
}

/// Atoms other than hydrogen and wildcards.
fn heavy(molecule: &Molecule) -> usize {
    molecule.atoms().filter(|(_, atom)| atom.element.is_some_and(|element| element != Element::H)).count()
}

/// A molecule of few kinds of atoms bonded at random, valences be as they may.
fn random_molecule(atoms: &[(u8, i8, u8)], bonds: &[(usize, usize, u8)]) -> Molecule {
    let mut builder = MoleculeBuilder::new();
    for &(kind, charge, hydrogens) in atoms {
        let elements = [6, 6, 6, 7, 7, 8, 8, 16, 15, 17, 53, 1, 5, 26];
        let element = elements.get(usize::from(kind)).map(|&number| Element::from_number(number).expect("an element"));
        let hydrogens = (element != Some(Element::H) && hydrogens < 4).then_some(hydrogens);
        builder.add_atom(Atom { element, charge, hydrogens, ..Atom::wildcard() });
    }
    for &(a, b, order) in bonds {
        let [a, b] = [a, b].map(|k| AtomIndex::new(k % atoms.len()));
        let order = [BondOrder::Single, BondOrder::Double, BondOrder::Triple][usize::from(order % 3)];
        // Refused where there is one already.
        let _ = builder.add_bond(a, b, order);
    }
    builder.build().expect("the atoms keep the rules")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_panics_and_all_is_finite_on_random_graphs(
        atoms in prop::collection::vec((0_u8..15, -2_i8..3, 0_u8..7), 1..14),
        bonds in prop::collection::vec((0_usize..64, 0_usize..64, 0_u8..5), 0..22),
    ) {
        let molecule = random_molecule(&atoms, &bonds);
        let perception = Perception::new(&molecule).expect("no aromatic bonds");
        let d = Descriptors::new(&perception);
        prop_assert!(d.to_vec().iter().all(|value| value.is_finite()), "{d:?}");
        prop_assert!((0.0..=1.0).contains(&d.drug_likeness) && (0.0..=1.0).contains(&d.fraction_sp3));
        if let Some(score) = synthetic_accessibility(&perception) {
            prop_assert!((1.0..=10.0).contains(&score), "{score}");
        }
        if let Ok(charges) = gasteiger_charges(&perception, 12) {
            prop_assert!((charges.total() - molecule.charge() as f64).abs() < 1e-6, "{}", charges.total());
        }
        let scaffold = murcko_scaffold(&perception);
        prop_assert!(heavy(&scaffold) <= heavy(&molecule));
        prop_assert_eq!(generic_scaffold(&perception).atom_count(), scaffold.atom_count());
        let pieces: usize = brics_fragments(&perception).iter().map(heavy).sum();
        prop_assert_eq!(pieces, heavy(&molecule));
        let force = NeutralizeOptions { force: true, protons_only: false };
        let neutral = neutralize(&molecule, force).expect("no aromatic bonds").molecule;
        prop_assert!(heavy(&neutral) == heavy(&molecule));
        let normal = normalize_groups(&molecule).expect("no aromatic bonds");
        prop_assert!(normalize_groups(&normal.molecule).expect("perceived").changes.is_empty());
        largest_fragment(&molecule).expect("no aromatic bonds");
    }
}
