//! Perception against `RDKit`: atom by atom on a sample that is kept here, or on another table of `scripts/perception.py`
//! named by `MOLKIT_PERCEPTION`; by counts on all 3121 reference molecules.

use mol_core::perceive::{Hybridization, Perception, Rings, Rotatable, rotatable_bonds};
use mol_core::testing::reference;
use mol_core::{BondOrder, Molecule};

fn read(smiles: &str) -> Molecule {
    Molecule::from_smiles(smiles).unwrap_or_else(|error| panic!("{smiles}: {error}"))
}

fn bits(flags: impl Iterator<Item = bool>) -> String {
    flags.map(|flag| if flag { '1' } else { '0' }).collect()
}

const fn letter(hybridization: Hybridization) -> char {
    match hybridization {
        Hybridization::S => 's',
        Hybridization::Sp => '1',
        Hybridization::Sp2 => '2',
        Hybridization::Sp3 => '3',
        Hybridization::Sp2d => 'q',
        Hybridization::Sp3d => '5',
        Hybridization::Sp3d2 => '6',
        Hybridization::Unspecified => 'u',
    }
}

#[test]
fn every_atom_and_bond_of_a_sample_is_perceived_as_rdkit_does() {
    let other = std::env::var_os("MOLKIT_PERCEPTION").map(|path| std::fs::read_to_string(path).expect("a table"));
    let table = other.as_deref().unwrap_or(include_str!("data/perception.tsv"));
    let mut rows = 0;
    for line in table.lines().skip(1) {
        let [smiles, expected @ ..] = &line.split('\t').collect::<Vec<_>>()[..] else { panic!("an empty line") };
        let molecule = read(smiles);
        let seen = Perception::new(&molecule).unwrap_or_else(|error| panic!("{smiles}: {error}"));
        let mut bonds: Vec<_> =
            molecule.bonds().map(|(k, bond)| (bond.begin.min(bond.end), bond.begin.max(bond.end), k.index())).collect();
        bonds.sort_unstable();
        let got = [
            seen.hybridizations().iter().map(|&hybridization| letter(hybridization)).collect(),
            bits(seen.molecule().atoms().map(|(_, atom)| atom.aromatic)),
            bits(bonds.iter().map(|bond| seen.conjugated_bonds()[bond.2])),
            bits(bonds.iter().map(|bond| seen.aromatic_bonds()[bond.2])),
            rotatable_bonds(&molecule, Rotatable::Strict).len().to_string(),
            rotatable_bonds(&molecule, Rotatable::Heavy).len().to_string(),
        ];
        assert_eq!(got.each_ref().map(String::as_str), expected, "{smiles}");
        rows += 1;
    }
    assert!(rows == 313 || other.is_some() && rows > 313, "{rows} rows");
}

#[test]
fn counts_of_all_molecules_agree_with_rdkit() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    let mut rows = 0;
    for row in text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        let smiles = row[1];
        let molecule = read(smiles);
        let marked = molecule.with_aromaticity().unwrap_or_else(|error| panic!("{smiles}: {error}"));
        let rings = Rings::new(&molecule);
        let sizes: Vec<String> = rings.iter().map(|ring| ring.len().to_string()).collect();
        let got = [
            rings.len(),
            marked.atoms().filter(|(_, atom)| atom.aromatic).count(),
            rotatable_bonds(&molecule, Rotatable::Strict).len(),
        ];
        assert_eq!(got.map(|count| count.to_string()), [row[9], row[11], row[12]], "{smiles}");
        assert_eq!(sizes.join(" "), row[10], "{smiles}");
        rows += 1;
    }
    assert_eq!(rows, 3121);
}

#[test]
fn kekule_and_aromatic_form_go_both_ways() {
    let Some(path) = reference("smiles/rdkit_properties.csv") else { return };
    let text = std::fs::read_to_string(path).expect("the file was found");
    for (k, row) in text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()).enumerate().step_by(3) {
        for smiles in [row[1], row[3]] {
            let molecule = read(smiles);
            let marked = molecule.with_aromaticity().unwrap_or_else(|error| panic!("{k} {smiles}: {error}"));
            let written_out = marked.kekulized().unwrap_or_else(|error| panic!("{k} {smiles}: {error}"));
            assert!(written_out.bonds().all(|(_, bond)| bond.order != BondOrder::Aromatic));
            assert_eq!(written_out.with_aromaticity().expect("no aromatic bonds"), marked, "{smiles}");
            let spelled = read(&marked.to_smiles());
            assert_eq!((spelled.formula(), spelled.charge()), (molecule.formula(), molecule.charge()), "{smiles}");
            let hydrogens = |m: &Molecule| m.atoms().map(|(atom, _)| m.hydrogens(atom)).collect::<Vec<_>>();
            assert_eq!(hydrogens(&written_out), hydrogens(&molecule), "{smiles}");
            assert_eq!(hydrogens(&marked), hydrogens(&molecule), "{smiles}");
        }
    }
}
