//! Search against `RDKit` on answers that are kept here (`scripts/search.py`): primitives, common substructures.

use mol_core::Molecule;
use mol_core::mcs::{AtomComparison, BondComparison, Maximize, Options, maximum_common_substructure};
use mol_core::perceive::Perception;
use mol_core::smarts::Pattern;

fn perceive(smiles: &str) -> Perception {
    let molecule = Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"));
    Perception::new(&molecule).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

#[test]
fn primitives_match_as_often_as_in_rdkit() {
    let mut lines = include_str!("data/smarts.tsv").lines().skip(1);
    let molecules: Vec<Perception> =
        lines.next().into_iter().flat_map(|row| row.split('\t').skip(1)).map(perceive).collect();
    assert_eq!(molecules.len(), 40);
    let mut patterns = 0;
    for line in lines {
        let (smarts, expected) = line.split_once('\t').expect("a pattern and its counts");
        let pattern = Pattern::from_smarts(smarts).unwrap_or_else(|error| panic!("{smarts}: {error}"));
        let counts: Vec<String> = molecules.iter().map(|molecule| pattern.count(molecule).to_string()).collect();
        assert_eq!(counts.join("\t"), expected, "{smarts}");
        patterns += 1;
    }
    assert!(patterns >= 60, "{patterns}");
}

#[test]
fn common_substructures_are_as_large_as_rdfmcs_finds_them() {
    let mut pairs = 0;
    for line in include_str!("data/mcs.tsv").lines().skip(1) {
        let [name, first, second, atoms, bonds] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let plain = Options::default();
        let options = match name {
            "default" => plain,
            "ring" => Options { ring_matches_ring: true, ..plain },
            "complete" => Options { complete_rings: true, ..plain },
            "exact" => Options { bonds: BondComparison::ExactOrder, ..plain },
            "any atom" => Options { atoms: AtomComparison::Any, ..plain },
            "any bond" => Options { bonds: BondComparison::Any, ..plain },
            "atoms" => Options { maximize: Maximize::Atoms, ..plain },
            "valence" => Options { match_valences: true, ..plain },
            _ => panic!("{name}"),
        };
        let common = maximum_common_substructure(&perceive(first), &perceive(second), &options);
        let sizes = [common.atoms.len(), common.bonds.len()].map(|size| size.to_string());
        assert_eq!((sizes.each_ref().map(String::as_str), common.is_optimal), ([atoms, bonds], true), "{line}");
        pairs += 1;
    }
    assert!(pairs >= 150, "{pairs}");
}
