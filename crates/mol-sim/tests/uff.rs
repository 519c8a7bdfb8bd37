//! UFF against RDKit's energies and gradients, and the contract of a potential.
#![allow(clippy::print_stdout, reason = "docs/methods/uff.md quotes the errors printed here")]

use mol_core::io::read_sdf;
use mol_core::testing::{PotentialCheck, check_potential, reference};
use mol_core::units::KCAL_PER_MOL;
use mol_core::{AtomIndex, Cell, Frame, Molecule, MoleculeBuilder, Potential, PotentialExt, Seed, Vec3};
use mol_sim::{Error, Uff, UffAromaticity, UffConfig};
use serde_json::Value;

/// The records of an SDF file: name and molecule with its conformer.
fn records(path: &std::path::Path) -> Vec<(String, Molecule)> {
    let records = read_sdf(path).expect("readable").map(|record| record.expect("valid"));
    records.map(|record| (record.title, record.molecule)).collect()
}

fn json(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(reference(path)?).expect("readable");
    Some(serde_json::from_str(&text).expect("json"))
}

/// Energy [kcal/mol] and gradient [kcal/mol/Å] in the first conformer.
fn evaluate(molecule: &Molecule, aromaticity: UffAromaticity) -> (f64, Vec<Vec3>) {
    let mut uff = Uff::with_config(molecule, UffConfig { aromaticity }).expect("typed");
    let (energy, forces) = uff.energy_and_forces(Frame::isolated(molecule.conformers()[0].positions()));
    (energy / KCAL_PER_MOL, forces.iter().map(|f| f / -KCAL_PER_MOL).collect())
}

/// The largest errors of energy and gradient norm over the conformers, whose expected values `expected` knows by name.
fn errors(aromaticity: UffAromaticity, expected: impl Fn(&str) -> (f64, f64)) -> Option<(f64, f64)> {
    let records = records(&reference("conformers/conformers.sdf")?);
    assert_eq!(records.len(), 120);
    let mut worst = (0.0_f64, 0.0_f64);
    for (name, molecule) in records {
        let (energy, gradient) = evaluate(&molecule, aromaticity);
        let norm = gradient.iter().map(Vec3::norm_squared).sum::<f64>().sqrt();
        let (expected, expected_norm) = expected(&name);
        worst = (worst.0.max((energy - expected).abs()), worst.1.max((norm - expected_norm).abs()));
    }
    println!("{aromaticity:?}: errors of energy {:.1e} kcal/mol, of gradient norm {:.1e} kcal/mol/Å", worst.0, worst.1);
    Some(worst)
}

#[test]
fn conformers_have_the_reference_energies() {
    let Some(expected) = json("conformers/conformers_mmff_uff.json") else { return };
    let of = |name: &str, key: &str| expected[name][key].as_f64().expect("number");
    let worst = errors(UffAromaticity::Mmff94, |name| (of(name, "uff"), of(name, "uff_grad_norm")));
    let (energy, norm) = worst.expect("beside the json");
    assert!(energy < 1e-9 && norm < 1e-9, "{energy} {norm}");
}

#[test]
fn conformers_have_the_energies_of_rdkit_with_its_own_aromaticity() {
    let lines = || include_str!("data/uff_rdkit.csv").lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let number = |text: &str| text.parse().expect("number");
    let of = |name: &str| {
        let line = lines().find(|line| line[0] == name).expect("every conformer is in the table");
        (number(line[1]), number(line[2]))
    };
    let Some((energy, norm)) = errors(UffAromaticity::Huckel, of) else { return };
    assert!(energy < 1e-9 && norm < 1e-9, "{energy} {norm}");
}

#[test]
fn other_elements_have_the_reference_energies_and_gradients() {
    let Some(expected) = json("conformers/uff_extra.json") else { return };
    let records = records(&reference("conformers/uff_extra.sdf").expect("beside the json"));
    assert_eq!(records.len(), 22);
    let (mut worst, mut worst_gradient) = (0.0_f64, 0.0_f64);
    for (name, molecule) in records {
        if molecule.conformers().is_empty() {
            // Na+ and Cl- both at the origin, which is a record without coordinates; RDKit leaves out such pairs.
            assert_eq!(name, "u23");
            continue;
        }
        let (energy, gradient) = evaluate(&molecule, UffAromaticity::Mmff94);
        let of = &expected["records"][&name];
        let error = energy - of["uff_kcal"].as_f64().expect("number");
        let numbers = of["gradient"].as_array().expect("list").iter().map(|g| g.as_f64().expect("number"));
        assert_eq!(numbers.len(), 3 * gradient.len());
        let here = gradient.iter().flat_map(|g| g.iter()).zip(numbers).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        worst = worst.max(error.abs());
        worst_gradient = worst_gradient.max(here);
    }
    println!("errors of energy {worst:.1e} kcal/mol, of gradient components {worst_gradient:.1e} kcal/mol/Å");
    assert!(worst < 1e-9 && worst_gradient < 1e-6, "{worst} {worst_gradient}");
}

/// Molecules of all kinds of terms: every branch of the torsions, small flat rings, a pyramid, a linear atom, salts.
const SMILES: [&str; 14] = [
    "CCCCC(CCCC)CCCC",
    "CC(=O)NC",
    "C=CC=O",
    "CSSC",
    "OOC=C",
    "C1=CC1=C",
    "C1=CC1",
    "C1=CCC1=O",
    "CP(C)C",
    "CC#N",
    "C=C=C",
    "c1ccsc1",
    "[Na+].[Cl-]",
    "CS(=O)(=O)N",
];

fn explicit(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).expect("SMILES").with_explicit_hydrogens().expect("no conformers")
}

/// Some coordinates of a molecule, far from any minimum: on a jittered helix, apart from each other.
fn scattered(atoms: usize, seed: u64) -> Vec<Vec3> {
    let mut rng = Seed::new(seed).rng();
    let turn = |k: usize| k as f64 * 1.9;
    let site = |k: usize| Vec3::new(1.6 * turn(k).cos(), 1.6 * turn(k).sin(), 0.45 * k as f64);
    (0..atoms).map(|k| site(k) + Vec3::new(rng.normal(), rng.normal(), rng.normal()) * 0.1).collect()
}

#[test]
fn keeps_the_contract_of_a_potential() {
    for (seed, smiles) in (0..).zip(SMILES) {
        let uff = Uff::new(&explicit(smiles)).expect("typed");
        let frames: Vec<Vec<Vec3>> = (0..2).map(|k| scattered(uff.atoms(), seed + 100 * k)).collect();
        let frames: Vec<Frame<'_>> = frames.iter().map(|x| Frame::isolated(x)).collect();
        let options =
            PotentialCheck { step: 2e-4, gradient_tolerance: 1e-7, max_atoms: 8, ..PotentialCheck::default() };
        check_potential(&uff, &frames, &options);
    }
}

#[test]
fn the_numbering_of_atoms_does_not_matter() {
    for (seed, smiles) in (0..).zip(SMILES) {
        let molecule = explicit(smiles);
        let n = molecule.atom_count();
        let x = scattered(n, seed);
        let (energy, forces) = Uff::new(&molecule).expect("typed").energy_and_forces(Frame::isolated(&x));
        let mut new: Vec<usize> = (0..n).collect();
        Seed::new(seed).rng().shuffle(&mut new);
        let (shuffled, y) = renumbered(&molecule, &x, &new);
        let (same, moved) = Uff::new(&shuffled).expect("typed").energy_and_forces(Frame::isolated(&y));
        assert!((energy - same).abs() < 1e-11 * energy.abs(), "{smiles}: {energy} {same}");
        let largest = forces.iter().map(Vec3::norm).fold(0.0, f64::max);
        for k in 0..n {
            assert!((forces[k] - moved[new[k]]).norm() < 1e-11 * largest, "{smiles}, atom {k}");
        }
    }
}

/// The molecule with atom k at place `new[k]`, its bonds in reverse order and turned round.
fn renumbered(molecule: &Molecule, x: &[Vec3], new: &[usize]) -> (Molecule, Vec<Vec3>) {
    let mut builder = MoleculeBuilder::new();
    let mut y = vec![Vec3::zeros(); x.len()];
    for (place, y) in y.iter_mut().enumerate() {
        let old = new.iter().position(|k| *k == place).expect("a permutation");
        builder.add_atom(*molecule.atom(AtomIndex::new(old)));
        *y = x[old];
    }
    let bonds: Vec<_> = molecule.bonds().map(|(_, bond)| bond).collect();
    for bond in bonds.into_iter().rev() {
        let [begin, end] = [bond.begin, bond.end].map(|atom| AtomIndex::new(new[atom.index()]));
        builder.add_bond(end, begin, bond.order).expect("bond");
    }
    (builder.build().expect("valid"), y)
}

#[test]
fn atoms_have_the_published_types() {
    let types = |smiles: &str| Uff::new(&explicit(smiles)).expect("typed").types().join(" ");
    for (smiles, expected) in [
        ("C", "C_3 H_ H_ H_ H_"),
        ("C=C", "C_2 C_2 H_ H_ H_ H_"),
        ("C#N", "C_1 N_1 H_"),
        ("NC=O", "N_R C_R O_R H_ H_ H_"),
        ("n1ccccc1", "N_R C_R C_R C_R C_R C_R H_ H_ H_ H_ H_"),
        ("N1=CC=CC=C1", "N_R C_R C_R C_R C_R C_R H_ H_ H_ H_ H_"),
        ("CP", "C_3 P_3+3 H_ H_ H_ H_ H_"),
        ("OP(=O)(O)O", "O_3 P_3+5 O_2 O_3 O_3 H_ H_ H_"),
        ("CS(C)=O", "C_3 S_3+4 C_3 O_2 H_ H_ H_ H_ H_ H_"),
        ("FC(Cl)(Br)I", "F_ C_3 Cl Br I_"),
        ("C[SiH3]", "C_3 Si3 H_ H_ H_ H_ H_ H_"),
        ("[BH4-]", "B_3 H_ H_ H_ H_"),
        ("C[S-]", "C_3 S_3+2 H_ H_ H_"),
    ] {
        assert_eq!(types(smiles), expected, "{smiles}");
    }
}

#[test]
fn what_has_no_type_is_refused_by_name() {
    let refusal = |molecule: &Molecule| match Uff::new(molecule) {
        Err(error @ Error::Untyped { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let implicit = refusal(&Molecule::from_smiles("CCO").expect("SMILES"));
    assert_eq!(implicit, "UFF: atom 0 (C): 3 of its hydrogens are no atoms: call Molecule::with_explicit_hydrogens");
    assert!(refusal(&explicit("C*")).contains("atom 1 (*): the wildcard"));
    assert!(refusal(&explicit("[Fe+2]")).contains("atom 0 (Fe): no type for charge +2, valence 0"));
    assert!(refusal(&explicit("C[CH2]")).contains("atom 1 (C): no type for charge +0, valence 3"));
    assert!(refusal(&explicit("CN(=O)=O")).contains("atom 1 (N): no type for charge +0, valence 5"));
    assert!(refusal(&explicit("FS(F)(F)(F)(F)F")).contains("atom 1 (S)"));
    assert!(refusal(&explicit("FP(F)(F)(F)F")).contains("needs a conformer"));
}

#[test]
fn a_bipyramid_has_its_axis_where_the_conformer_has_it() {
    let mut molecule = explicit("FP(F)(F)(F)F");
    let (s, c) = (0.75_f64.sqrt(), -0.5);
    let neighbors = [Vec3::z(), -Vec3::z(), Vec3::x(), Vec3::new(c, s, 0.0), Vec3::new(c, -s, 0.0)].map(|v| v * 1.55);
    let mut x = vec![neighbors[0], Vec3::zeros()];
    x.extend(&neighbors[1..]);
    molecule.add_conformer(x.clone()).expect("finite");
    let mut uff = Uff::new(&molecule).expect("typed");
    let angle = uff.term_energies(Frame::isolated(&x))[1].clone();
    // The axis and the plane are at their minima, the six right angles 19.47° from the tetrahedral one.
    assert_eq!(angle.0, "angle");
    assert!(angle.1 > 0.0);
    let (_, forces) = uff.energy_and_forces(Frame::isolated(&x));
    assert!(forces[1].norm() < 1e-12, "{}", forces[1]);
}

#[test]
fn frames_that_cannot_be_evaluated_are_explained() {
    let mut uff = Uff::new(&explicit("C")).expect("typed");
    let x = scattered(5, 1);
    let cell = Cell::orthorhombic(20.0, 20.0, 20.0).expect("a cell");
    assert!(uff.energy(Frame::new(&x, &cell)).is_nan());
    assert!(uff.take_fault().expect("a reason").to_string().contains("no periodic cell"));
    let mut y = x.clone();
    y[2].y = f64::NAN;
    assert!(uff.energy(Frame::isolated(&y)).is_nan());
    assert!(uff.take_fault().expect("a reason").to_string().contains("atom"));
    y = x.clone();
    y[3] = y[0];
    assert!(uff.energy(Frame::isolated(&y)).is_nan());
    assert!(uff.take_fault().expect("a reason").to_string().contains("atoms 0 and 3 at one place"));
    assert!(uff.energy(Frame::isolated(&x)).is_finite() && uff.take_fault().is_none());
    // Atoms that are not bonded repel without bound.
    let mut salt = Uff::new(&explicit("[Na+].[Cl-]")).expect("typed");
    assert_eq!(salt.energy(Frame::isolated(&[Vec3::zeros(); 2])), f64::INFINITY);
}

#[test]
fn the_two_spellings_of_benzene_are_one_molecule() {
    let x = scattered(12, 4);
    let energy = |smiles| Uff::new(&explicit(smiles)).expect("typed").energy(Frame::isolated(&x));
    assert_eq!(energy("c1ccccc1"), energy("C1=CC=CC=C1"));
}
