//! UFF against RDKit's energies and gradients, and the contract of a potential.

use mol_core::testing::{PotentialCheck, check_potential, reference};
use mol_core::units::KCAL_PER_MOL;
use mol_core::{Atom, AtomIndex, BondOrder, Cell, Element, Frame, Molecule, MoleculeBuilder, Potential, PotentialExt, Seed, Vec3};
use mol_sim::{Error, Uff};
use serde_json::Value;

/// The records of an SDF file: name and molecule with its conformer.
fn records(path: &std::path::Path) -> Vec<(String, Molecule)> {
    let text = std::fs::read_to_string(path).expect("readable");
    text.split("$$$$\n").filter(|part| !part.trim().is_empty()).map(record).collect()
}

fn record(text: &str) -> (String, Molecule) {
    let lines: Vec<&str> = text.lines().collect();
    let count = |range| lines[3].get::<std::ops::Range<usize>>(range).and_then(|n| n.trim().parse::<usize>().ok()).expect("count");
    let (atoms, bonds) = (count(0..3), count(3..6));
    let mut builder = MoleculeBuilder::new();
    let mut x = Vec::new();
    for line in &lines[4..4 + atoms] {
        let fields: Vec<&str> = line.split_whitespace().collect();
        x.push(Vec3::from_iterator((0..3).map(|k| fields[k].parse().expect("coordinate"))));
        builder.add_atom(Atom { hydrogens: Some(0), ..Atom::new(Element::from_symbol(fields[3]).expect("element")) });
    }
    for line in &lines[4 + atoms..4 + atoms + bonds] {
        let n = |k: usize| line[3 * k..3 * k + 3].trim().parse::<usize>().expect("number");
        let order = [BondOrder::Single, BondOrder::Double, BondOrder::Triple][n(2) - 1];
        builder.add_bond(AtomIndex::new(n(0) - 1), AtomIndex::new(n(1) - 1), order).expect("bond");
    }
    for line in lines.iter().filter(|line| line.starts_with("M  CHG")) {
        let n: Vec<i32> = line.split_whitespace().skip(3).map(|n| n.parse().expect("number")).collect();
        for pair in n.chunks(2) {
            builder.atom_mut(AtomIndex::new(pair[0] as usize - 1)).expect("atom").charge = pair[1] as i8;
        }
    }
    let mut molecule = builder.build().expect("valid");
    molecule.add_conformer(x).expect("finite");
    (lines[0].to_owned(), molecule)
}

fn json(path: &str) -> Option<Value> {
    let text = std::fs::read_to_string(reference(path)?).expect("readable");
    Some(serde_json::from_str(&text).expect("json"))
}

/// Energy [kcal/mol] and gradient [kcal/mol/Å].
fn evaluate(molecule: &Molecule) -> (f64, Vec<Vec3>) {
    let mut uff = Uff::new(molecule).expect("typed");
    let positions = molecule.conformers()[0].positions();
    let (energy, forces) = uff.energy_and_forces(Frame::isolated(positions));
    (energy / KCAL_PER_MOL, forces.iter().map(|f| f / -KCAL_PER_MOL).collect())
}

#[test]
fn conformers_have_the_reference_energies() {
    let Some(expected) = json("conformers/conformers_mmff_uff.json") else { return };
    let records = records(&reference("conformers/conformers.sdf").expect("beside the json"));
    assert_eq!(records.len(), 120);
    let (mut worst, mut worst_norm) = (0.0_f64, 0.0_f64);
    for (name, molecule) in records {
        let (energy, gradient) = evaluate(&molecule);
        let norm = gradient.iter().map(Vec3::norm_squared).sum::<f64>().sqrt();
        let of = |key: &str| expected[&name][key].as_f64().expect("number");
        let (error, norm_error) = (energy - of("uff"), norm - of("uff_grad_norm"));
        if error.abs() > 1e-6 { println!("{name} {energy} {error} {norm_error}"); }
        worst = worst.max(error.abs());
        worst_norm = worst_norm.max(norm_error.abs());
    }
    println!("largest errors: energy {worst:.1e} kcal/mol, gradient norm {worst_norm:.1e} kcal/mol/Å");
    assert!(worst < 1e-6 && worst_norm < 1e-6, "{worst} {worst_norm}");
}

#[test]
fn other_elements_have_the_reference_energies_and_gradients() {
    let Some(expected) = json("conformers/uff_extra.json") else { return };
    let records = records(&reference("conformers/uff_extra.sdf").expect("beside the json"));
    assert_eq!(records.len(), 22);
    let (mut worst, mut worst_gradient) = (0.0_f64, 0.0_f64);
    for (name, molecule) in records {
        let (energy, gradient) = evaluate(&molecule);
        let of = &expected["records"][&name];
        let error = energy - of["uff_kcal"].as_f64().expect("number");
        let numbers = of["gradient"].as_array().expect("list").iter().map(|g| g.as_f64().expect("number"));
        let here = gradient.iter().flat_map(|g| g.iter()).zip(numbers).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if error.abs() > 1e-6 || here > 1e-6 { println!("{name} {} {energy} {error} {here} {:?}", of["smiles"], Uff::new(&molecule).unwrap().types()); }
        worst = worst.max(error.abs());
        worst_gradient = worst_gradient.max(here);
    }
    println!("largest errors: energy {worst:.1e} kcal/mol, gradient {worst_gradient:.1e} kcal/mol/Å");
    assert!(worst < 1e-6 && worst_gradient < 1e-6, "{worst} {worst_gradient}");
}
