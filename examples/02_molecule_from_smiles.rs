//! A molecule from a SMILES string: its atoms, formula and mass, its symmetries, and the bonds found again in coordinates.
//!
//! ```text
//! cargo run --release --example 02_molecule_from_smiles -- "CC(=O)Oc1ccccc1C(=O)O"
//! ```

#![allow(clippy::print_stdout)] // an example talks

use molkit::{Element, Molecule, Vec3};

fn main() -> Result<(), molkit::Error> {
    // `--quick`, which every example takes, has nothing to shorten here.
    let smiles = std::env::args().skip(1).find(|a| a != "--quick").unwrap_or_else(|| "OCCO".to_owned());

    // 1. Reading. A malformed string is an error with the byte at which it goes wrong.
    let molecule = Molecule::from_smiles(&smiles)?;
    println!("{smiles}: {}, {:.3} u, charge {:+}", molecule.formula(), molecule.mass(), molecule.charge());
    if let Err(error) = Molecule::from_smiles("C1CC") {
        println!("C1CC: {error}");
    }

    // 2. The graph. Hydrogens are counted at their atoms until they are asked for.
    println!("\natom  element  charge  hydrogens  neighbours");
    for (index, atom) in molecule.atoms() {
        let symbol = atom.element.map_or("*", Element::symbol);
        let neighbors: Vec<String> = molecule.neighbors(index).map(|other| other.to_string()).collect();
        let hydrogens = molecule.hydrogens(index);
        println!("{index:>4}  {symbol:>7}  {:>+6}  {hydrogens:>9}  {}", atom.charge, neighbors.join(" "));
    }

    // 3. Symmetry: the exchanges of identical atoms that no model of the energy may notice.
    let complete = molecule.with_explicit_hydrogens()?;
    match complete.automorphisms(100_000) {
        Ok(all) => println!("\n{} atoms with hydrogens, {} automorphisms", complete.atom_count(), all.len()),
        Err(error) => println!("\n{} atoms with hydrogens; {error}", complete.atom_count()),
    }
    println!("written again: {}", molecule.to_smiles());

    // 4. The other way: bonds from the coordinates of a water molecule, matched to the string "O".
    let positions = [Vec3::new(0.76, 0.59, 0.0), Vec3::zeros(), Vec3::new(-0.76, 0.59, 0.0)];
    let seen = Molecule::from_coordinates(&[Element::H, Element::O, Element::H], &positions)?;
    let water = Molecule::from_smiles("O")?.with_explicit_hydrogens()?;
    if let Some(matched) = water.match_graph(&seen)? {
        let places: Vec<String> = matched.iter().map(ToString::to_string).collect();
        println!("\natoms of \"O\" with hydrogens in the coordinates: {}", places.join(" "));
    }
    Ok(())
}
