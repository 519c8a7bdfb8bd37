//! Counts of SMARTS matches against `RDKit`'s on the reference molecules.

use mol_core::Molecule;
use mol_core::perceive::Perception;
use mol_core::smarts::{Pattern, Target};
use mol_core::testing::reference;

#[test]
fn counts_of_ninety_patterns_are_those_of_rdkit() {
    let (Some(counts), Some(molecules)) =
        (reference("smiles/smarts_counts.csv"), reference("smiles/rdkit_properties.csv"))
    else {
        return;
    };
    let text = std::fs::read_to_string(molecules).expect("the file was found");
    let perceptions: Vec<Perception> = text
        .lines()
        .skip(1)
        .step_by(10)
        .map(|line| {
            let smiles = line.split(',').nth(1).expect("a column of SMILES");
            let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
            Perception::new(&molecule).unwrap_or_else(|error| panic!("{smiles}: {error}"))
        })
        .collect();
    let targets: Vec<Target> = perceptions.iter().map(Target::new).collect();
    let mut reader = csv::Reader::from_path(counts).expect("the file was found");
    let mut patterns = 0;
    for row in reader.records() {
        let row = row.expect("a table of two columns");
        let pattern = Pattern::from_smarts(&row[0]).unwrap_or_else(|error| panic!("{}: {error}", &row[0]));
        let got: Vec<String> = targets.iter().map(|target| pattern.count(target.perception()).to_string()).collect();
        assert_eq!(got.join(" "), row[1], "{}", &row[0]);
        patterns += 1;
    }
    assert_eq!(patterns, 90);
}
