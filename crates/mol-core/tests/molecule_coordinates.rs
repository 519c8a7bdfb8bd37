//! Bonds perceived in the reference data against the molecules they are of.

use mol_core::testing::reference;
use mol_core::{Element, Molecule, Vec3};

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
            assert!(expected.match_graph(&seen).is_some(), "{path} frame {}: {}", 5 * k, seen.to_smiles());
        }
    }
}
